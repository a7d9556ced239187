#!/bin/sh
# The house of the design: each floor includes only floors below it, and each library has one door.
# Run from the project's root. Prints every offence and exits 1 when there is one.
# With --self-test it plants one offence of each sort in a house of its own and wants each found.
set -u

# Every #include line of the house in one pass; the rules are tables.
check() {
	find core net cli tui -name '*.[ch]' -exec grep -EH '^[[:space:]]*#[[:space:]]*include' {} + 2>/dev/null |
		awk -F: '
	BEGIN {
		# floor: the folders it may include besides itself
		low = "core/base core/crdt core/crypto"
		protocol = low " core/notebook"
		face = protocol " core/coaching net/protocol net/host"
		may["core/base"] = ""
		may["core/crdt"] = "core/base"
		may["core/crypto"] = "core/base"
		may["core/store"] = "core/base core/crypto"
		may["core/notebook"] = low " core/store"
		may["core/coaching"] = protocol
		may["net/protocol"] = protocol
		may["net/host"] = protocol " net/protocol"
		may["cli"] = may["tui"] = face

		# one door a library: what its headers begin with, who may name them
		door["sodium"] = "^core/crypto/"
		door["lmdb"] = "^core/store/"
		door["msgpack"] = "^core/base/pack\\.c$"
		door["brotli"] = "^core/base/squeeze\\.c$"
		door["utf8proc"] = "^core/base/(columns|fold)\\.c$"
		door["avahi"] = "^net/host/"
		for (n = split("sys/socket netinet/ arpa/inet netdb ifaddrs net/if", list, " "); n > 0; n--)
			door[list[n]] = "^net/host/"
		for (n = split("ncurses curses ncursesw/", list, " "); n > 0; n--)
			door[list[n]] = "^tui/screen\\.c$"
	}
	function folder_of(path) { sub("/[^/]*$", "", path); return path }
	function floor_of(file,    parts) {
		split(file, parts, "/")
		return file ~ /^(core|net)\// ? parts[1] "/" parts[2] : parts[1]
	}
	function offence(text) { print text; bad = 1 }
	{
		file = $1
		line = substr($0, length(file) + 2)
		floor = floor_of(file)
		path = line
		if (line ~ /include[[:space:]]*"/) {
			gsub(/^[^"]*"|".*$/, "", path)
			folder = folder_of(path)
			if (!(floor in may)) {
				offence(file " includes " path ": " floor " is no floor")
				next
			}
			if (folder == "core/coaching/instruments") folder = "core/coaching"
			if (folder == floor || index(" " may[floor] " ", " " folder " ")) next
			if (file == "cli/main.c" && path == "tui/tui.h") next
			offence(file " includes " path ": not a floor below " floor)
		} else {
			gsub(/^[^<]*<|>.*$/, "", path)
			for (name in door)
				if (index(path, name) == 1 && file !~ door[name]) {
					offence(file " names <" path ">: only " door[name] " may")
					next
				}
		}
	}
	END { exit bad }'
}

# The rules hold the house only as long as they see: each sort of offence, planted beside its
# like that is none.
self_test() {
	house=$(mktemp -d) || exit 1
	trap 'rm -rf "$house"' EXIT
	cd "$house" || exit 1
	mkdir -p core/base core/crdt core/crypto core/store core/notebook core/coaching/instruments \
		net/protocol net/host net/attic cli tui
	while IFS='|' read -r verdict file line; do
		printf '%s\n' "$line" >>"$file"
		[ "$verdict" = refused ] && printf '%s %s\n' "$file" "${line#*include }"
	done >expected <<-'END'
		allowed|core/base/a.c|#include "core/base/b.h"
		refused|core/base/a.c|#include "core/crdt/b.h"
		refused|core/crdt/a.h|#include "core/crypto/b.h"
		refused|core/crypto/a.c|#include "core/store/b.h"
		allowed|core/store/a.c|#include "core/crypto/b.h"
		refused|core/store/a.c|#include "core/crdt/b.h"
		refused|core/store/a.c|#  include "core/notebook/b.h"
		allowed|core/notebook/a.c|#include "core/store/b.h"
		refused|core/notebook/a.c|#include "core/coaching/b.h"
		allowed|core/coaching/a.c|#include "core/coaching/instruments/b.h"
		allowed|core/coaching/instruments/a.c|#include "core/coaching/b.h"
		refused|core/coaching/a.c|#include "net/protocol/b.h"
		refused|core/coaching/a.c|#include "core/store/b.h"
		refused|net/protocol/a.c|#include "core/coaching/b.h"
		refused|net/protocol/a.c|#include "net/host/b.h"
		allowed|net/host/a.c|#include "net/protocol/b.h"
		refused|net/host/a.c|#include "cli/b.h"
		allowed|cli/a.c|#include "net/host/b.h"
		refused|cli/a.c|#include "core/store/b.h"
		refused|cli/a.c|#include "tui/tui.h"
		allowed|cli/main.c|#include "tui/tui.h"
		refused|cli/main.c|#include "tui/screen.h"
		refused|tui/a.c|#include "cli/b.h"
		refused|tui/a.c|#include "beside.h"
		allowed|core/crypto/a.c|#include <sodium.h>
		refused|core/store/a.c|#include <sodium/core.h>
		allowed|core/store/a.c|#include <lmdb.h>
		refused|core/notebook/a.c|#include <lmdb.h>
		allowed|core/base/pack.c|#include <msgpack.h>
		refused|core/base/a.c|#include <msgpack/pack.h>
		allowed|core/base/squeeze.c|#include <brotli/decode.h>
		refused|core/base/a.c|#include <brotli/encode.h>
		allowed|core/base/fold.c|#include <utf8proc.h>
		allowed|core/base/columns.c|#include <utf8proc.h>
		refused|core/base/a.c|#include <utf8proc.h>
		allowed|net/host/a.c|#include <avahi-core/core.h>
		refused|net/protocol/a.c|#include <avahi-common/error.h>
		allowed|net/host/a.c|#include <sys/socket.h>
		refused|net/protocol/a.c|#include <sys/socket.h>
		refused|cli/a.c|#include <netinet/in.h>
		refused|cli/a.c|#include <arpa/inet.h>
		refused|core/base/a.c|#include <netdb.h>
		refused|core/base/a.c|#include <ifaddrs.h>
		refused|core/base/a.c| #include <net/if.h>
		allowed|tui/screen.c|#include <ncurses.h>
		refused|tui/a.c|#include <curses.h>
		refused|cli/a.c|#include <ncursesw/ncurses.h>
		refused|net/attic/a.c|#include "core/base/b.h"
		END
	check | sed 's/ includes \([^:]*\):.*/ "\1"/; s/ names \([^:]*\):.*/ \1/' | sort >found
	sort expected | diff - found || { printf 'the rules above are not kept\n'; exit 1; }
}

case ${1-} in
--self-test) self_test ;;
*) check ;;
esac
