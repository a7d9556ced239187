# Folders that are no store, or no longer a good one: a sentence, exit 6, nothing changed.
. "$(dirname "$0")/lib.sh"
exits 0 init --name Amina --kdf interactive
exits 0 note "kept safe"

it "a missing disk is a sentence that says how to make a store"
exits 6 list --home /nonexistent/disk/kith
complains "/nonexistent/disk/kith"
one_line_on_stderr

it "init on a missing disk says what could not be made"
[ "$(id -u)" -eq 0 ] && missing=/proc/kith/store || missing=/nonexistent/disk/kith
kith init --name X --kdf interactive --home "$missing"
[ $status -eq 1 ] || [ $status -eq 6 ] || wrong "exit $status"
one_line_on_stderr

it "an empty folder and a foreign one are no store"
mkdir "$scratch/empty" "$scratch/foreign"
echo "shopping list" >"$scratch/foreign/header"
echo "pictures" >"$scratch/foreign/data.mdb"
exits 6 list --home "$scratch/empty"
exits 6 list --home "$scratch/foreign"
[ "$(cat "$scratch/foreign/header")" = "shopping list" ] || wrong "the folder was changed"

it "a file in place of the folder is refused"
echo x >"$scratch/file"
exits 6 list --home "$scratch/file"
one_line_on_stderr

# damaged NAME COMMAND...: a copy of the store, then the command on it
damaged() {
	rm -rf "$scratch/bad"
	cp -a "$KITH_HOME" "$scratch/bad"
	(cd "$scratch/bad" && eval "$1")
	before=$(cd "$scratch/bad" && find . -type f -name '*.mdb' -o -type f -name 'header*' | sort | xargs cksum)
	exits 6 list --home "$scratch/bad"
	one_line_on_stderr
	after=$(cd "$scratch/bad" && find . -type f -name '*.mdb' -o -type f -name 'header*' | sort | xargs cksum)
	[ "$before" = "$after" ] || wrong "the folder was changed"
}
data=$(cd "$KITH_HOME" && find . -name 'data.mdb' | head -n 1)
[ -n "$data" ] || data=$(cd "$KITH_HOME" && find . -name '*.mdb' | head -n 1)
size=$(wc -c <"$KITH_HOME/$data")

it "a store cut in half is refused before it is opened"
damaged "truncate -s $((size / 2)) $data"

it "a store cut to nothing is refused"
damaged "truncate -s 0 $data"

it "a store whose first pages are noise is refused"
damaged "dd if=/dev/zero of=$data bs=4096 count=2 conv=notrunc 2>/dev/null"

it "a header cut short is refused"
damaged 'for f in header*; do truncate -s 20 "$f"; done'

it "the undamaged store still has everything"
exits 0 list
says "kept safe"

it "a full disk is a sentence, exit 6, and the old state stays"
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	mkdir "$scratch/small"
	cat >"$scratch/full.sh" <<-'END'
		mount -t tmpfs -o size=3m tmpfs "$1/small" || exit 77
		cp -a "$KITH_HOME" "$1/small/home"
		dd if=/dev/zero of="$1/small/filler" bs=4096 2>/dev/null
		head -c 300000 /dev/zero | tr '\0' 'x' | fold -w 70 | "$KITH" --home "$1/small/home" note - >"$1/.out" 2>"$1/.err"
		echo $? >"$1/code"
		rm "$1/small/filler"
		"$KITH" --home "$1/small/home" list >"$1/after" 2>&1
	END
	head -c 100000 /dev/zero | tr '\0' 'x' >/dev/null
	unshare --mount sh "$scratch/full.sh" "$scratch"
	if [ -f "$scratch/code" ]; then
		code=$(cat "$scratch/code")
		[ "$code" -eq 6 ] || [ "$code" -eq 1 ] || wrong "exit $code"
		one_line_on_stderr
		grep -q "kept safe" "$scratch/after" || { wrong "the old state is gone"; sed 's/^/#   /' "$scratch/after"; }
	fi
fi

it "a read-only folder can be refused, never half written"
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	unshare --mount sh -c 'mount --bind "$KITH_HOME" "$KITH_HOME" && mount -o remount,bind,ro "$KITH_HOME" &&
		"$KITH" note "lost" >"$1/.out" 2>"$1/.err" </dev/null; echo $? >"$1/code"' sh "$scratch"
	[ "$(cat "$scratch/code")" -eq 6 ] || wrong "exit $(cat "$scratch/code")"
	one_line_on_stderr
	exits 0 list
	says_not "lost"
fi

finish
