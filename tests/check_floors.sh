#!/bin/sh
# The house of the design: each floor includes only floors below it, and each library has one door.
# Run from the project's root. Prints every offence and exits 1 when there is one.
set -u
bad=0
offence() { printf '%s\n' "$1"; bad=1; }

# floor: the folders it may include besides itself
allowed() {
	case $1 in
	core/base) echo "core/base" ;;
	core/crdt) echo "core/base core/crdt" ;;
	core/crypto) echo "core/base core/crypto" ;;
	core/store) echo "core/base core/crypto core/store" ;;
	core/notebook) echo "core/base core/crdt core/crypto core/store core/notebook" ;;
	core/coaching) echo "core/base core/crdt core/crypto core/notebook core/coaching" ;;
	net/protocol) echo "core/base core/crdt core/crypto core/notebook net/protocol" ;;
	net/host) echo "core/base core/crdt core/crypto core/notebook net/protocol net/host" ;;
	cli) echo "core/base core/crdt core/crypto core/notebook core/coaching net/protocol net/host cli" ;;
	tui) echo "core/base core/crdt core/crypto core/notebook core/coaching net/protocol net/host tui" ;;
	esac
}

for floor in core/base core/crdt core/crypto core/store core/notebook core/coaching net/protocol net/host cli tui; do
	may=$(allowed "$floor")
	for line in $(grep -rnoE --include='*.[ch]' '^#include "[^"]+"' "$floor" 2>/dev/null | tr ' ' '|'); do
		file=${line%%:*}
		path=$(printf '%s' "$line" | sed 's/.*"\(.*\)"/\1/')
		folder=${path%/*}
		[ "$folder" = core/coaching/instruments ] && folder=core/coaching
		ok=no
		for f in $may; do [ "$folder" = "$f" ] && ok=yes; done
		[ "$file" = cli/main.c ] && [ "$path" = tui/tui.h ] && ok=yes
		[ $ok = yes ] || offence "$file includes $path: not a floor below $floor"
	done
done

# one door a library: pattern, the only place that may name it
door() {
	for file in $(grep -rlE --include='*.[ch]' "$1" core net cli tui 2>/dev/null); do
		case $file in $2) ;; *) offence "$file names what only $2 may: $1" ;; esac
	done
}
door '#include <sodium' 'core/crypto/*'
door '#include <lmdb' 'core/store/*'
door '#include <msgpack' 'core/base/pack.c'
door '#include <avahi' 'net/host/*'
door '#include <(sys/socket|netinet/|arpa/inet|netdb|ifaddrs|net/if)' 'net/host/*'
door '#include <(ncurses|curses|ncursesw/)' 'tui/screen.c'
exit $bad
