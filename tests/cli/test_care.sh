# The care of a store: backup and restore, compact, a new passphrase; what is refused changes nothing.
. "$(dirname "$0")/lib.sh"

# state DIR: what lies there, but not LMDB's lock file.
state() { (cd "$1" && find . -type f ! -name lock.mdb -exec sha256sum {} + | sort -k 2); }
old=$KITH_PASSPHRASE_FILE
new=$scratch/new-passphrase
echo "four other quiet words" >"$new"

exits 0 init --name Amina --kdf interactive --recovery-file "$scratch/sheet"
note=$(handle note "who speaks first?")

it "status says when the last backup was made, once, and that there is none"
exits 0 status
says "Last backup: none yet"
exits 0 status --json
json_is 'd["backup_due"]' true
json_is 'd["last_backup"]' null

it "a backup is one file, closed to others, and nothing is left beside it"
exits 0 backup "$scratch/kith.backup" --json
json_is 'd["damaged"]' 0
json_is 'd["bytes"] > 0' true
[ "$(stat -c %a "$scratch/kith.backup")" = 600 ] || wrong "others may read it"
[ ! -e "$scratch/kith.backup.part" ] || wrong "the unfinished file is still there"
! grep -qa "who speaks" "$scratch/kith.backup" || wrong "it is readable"
exits 0 status --json
json_is 'd["backup_due"]' false

it "an old backup is said in a calm sentence"
exits 0 status
says_not "two weeks"
if command -v faketime >/dev/null; then
	faketime "15 days" "$KITH" status >"$out" 2>"$err" </dev/null
	says "two weeks"
fi

it "the store is there again in a new folder, with its handle, beside the old one"
exits 0 --home "$scratch/second" restore "$scratch/kith.backup"
says "Welcome back, Amina"
exits 0 --home "$scratch/second" show "$note"
says "who speaks first?"
exits 0 list
says "$note"

it "the recovery key opens a backup, with the passphrase forgotten"
KITH_PASSPHRASE_FILE=$new
exits 4 --home "$scratch/third" restore "$scratch/kith.backup"
one_line_on_stderr
[ ! -e "$scratch/third" ] || wrong "a folder was made"
exits 0 --home "$scratch/third" restore "$scratch/kith.backup" --recovery-file "$scratch/sheet" --json
json_is 'd["name"]' Amina
KITH_PASSPHRASE_FILE=$old
exits 0 --home "$scratch/third" show "$note"

it "a restore overwrites nothing"
state "$scratch/second" >"$scratch/before"
exits 1 --home "$scratch/second" restore "$scratch/kith.backup"
complains "already"
one_line_on_stderr
state "$scratch/second" | cmp -s - "$scratch/before" || wrong "the store changed"
mkdir "$scratch/photos"
echo x >"$scratch/photos/holiday"
exits 6 --home "$scratch/photos" restore "$scratch/kith.backup"
complains "not empty"
[ "$(ls "$scratch/photos")" = holiday ] || wrong "the folder changed"

it "a damaged, shortened, foreign or missing backup is refused before anything is written"
cp "$scratch/kith.backup" "$scratch/bad"
printf 'x' | dd of="$scratch/bad" bs=1 seek=5000 conv=notrunc 2>/dev/null
exits 6 --home "$scratch/fourth" restore "$scratch/bad"
complains "damaged or cut short"
truncate -s 40000 "$scratch/bad"
exits 6 --home "$scratch/fourth" restore "$scratch/bad"
complains "damaged or cut short"
exits 6 --home "$scratch/fourth" restore "$old"
complains "no backup of kith"
exits 1 --home "$scratch/fourth" restore "$scratch/nothing" --json
json_is 'd["error"]["code"]' io
[ ! -e "$scratch/fourth" ] || wrong "a folder was made"

it "a backup replaces an older one of the same store and nothing else"
exits 0 backup "$scratch/kith.backup"
exits 1 backup "$scratch/sheet"
complains "another name"
exits 1 backup "$scratch"
complains "is a folder"
exits 1 backup "$KITH_HOME/inside"
complains "store's own folder"
exits 1 backup "$scratch/no/such/folder"
one_line_on_stderr
exits 2 backup
ls -a "$scratch" | grep -q '\.part$' && wrong "an unfinished file was left"

it "a full disk keeps the backup that was there"
if mkdir "$scratch/stick" && unshare -m true 2>/dev/null; then
	unshare -m sh -c "mount -t tmpfs -o size=100k none '$scratch/stick' &&
		'$KITH' backup '$scratch/stick/b' >/dev/null && cp '$scratch/stick/b' '$scratch/b.before' &&
		head -c 60000 /dev/zero >'$scratch/stick/more' 2>/dev/null
		'$KITH' backup '$scratch/stick/b' >'$out' 2>'$err' </dev/null
		echo \$? >'$scratch/code'; cmp '$scratch/stick/b' '$scratch/b.before' && ls '$scratch/stick' >'$scratch/names'"
	[ "$(cat "$scratch/code")" = 6 ] || wrong "exit $(cat "$scratch/code"), not 6"
	[ "$(tr '\n' ' ' <"$scratch/names")" = "b more " ] || wrong "the disk has: $(cat "$scratch/names")"
	complains "no space"
	one_line_on_stderr
fi

it "a new passphrase opens the store, the old one no more; backups keep theirs"
exits 2 passphrase
complains "--new-passphrase-file"
exits 0 passphrase --new-passphrase-file "$new"
says "Backups from before still open with the old one"
exits 4 list
KITH_PASSPHRASE_FILE=$new
exits 0 show "$note"
exits 4 passphrase --passphrase-file "$old" --new-passphrase-file "$old"
exits 4 --home "$scratch/fifth" restore "$scratch/kith.backup"
complains "the day it was made"
exits 0 --home "$scratch/fifth" restore "$scratch/kith.backup" --passphrase-file "$old"

it "the recovery key makes a forgotten passphrase anew"
exits 1 passphrase --recovery-file "$new" --new-passphrase-file "$old"
complains "no recovery key"
exits 0 passphrase --recovery-file "$scratch/sheet" --new-passphrase-file "$old" --json
json_is 'd["changed"]' true
KITH_PASSPHRASE_FILE=$old
exits 0 show "$note"
exits 2 passphrase --kdf cheap --new-passphrase-file "$new"

it "compacting gives back what was erased, and refuses while another has the store open"
head -c 60000 /dev/urandom | base64 >"$scratch/long"
long=$(handle note "$(head -c 70000 "$scratch/long" | tr -d '\n')")
exits 0 erase "$long" --yes
node_begin "$KITH_HOME"
exits 1 compact
complains "another kith has the store"
one_line_on_stderr
exits 0 backup "$scratch/kith.backup"
exits 0 lock
exits 0 compact --json
json_is 'd["freed"] > 50000' true
node_end
exits 0 show "$note"
exits 3 show "$long"

it "check reads all of it and says that it is whole"
exits 0 check
says "All is whole"
exits 0 check --json
json_is 'd["whole"]' true
json_is 'd["findings"]' '[]'
json_is 'd["documents"]' 1

it "check names what is damaged, changes nothing, and ends with 6; backup keeps the good one"
long=$(handle note "$(head -c 20000 "$scratch/long" | tr -d '\n')")
exits 0 compact
cp -a "$KITH_HOME" "$scratch/hurt"
kith --home "$scratch/hurt" list # it has noticed that it is a copy
# A long record has pages of its own: number u64, flags u16 at 10 (4: overflow), count u32 at 12.
python3 - "$scratch/hurt/data.mdb" <<'P'
import struct, sys
f = open(sys.argv[1], "r+b")
data = bytearray(f.read())
for at in range(8192, len(data), 4096):
    if struct.unpack_from("<QxxHI", data, at)[:2] == (at // 4096, 4) and struct.unpack_from("<I", data, at + 12)[0] > 3:
        data[at + 5000] ^= 1
f.seek(0)
f.write(data)
P
cat "$scratch/hurt/header" "$scratch/hurt/data.mdb" >"$scratch/before"
kith --home "$scratch/hurt" check --json
[ $status -eq 6 ] || wrong "exit $status, not 6"
# The note, and the page of words that its text stands in.
json_is 'sorted(f["id"] for f in d["findings"])' '["document", "pages"]'
json_is '[f["document"] for f in d["findings"] if f["id"] == "document"][0].startswith("'"${long#n-}"'")' true
kith --home "$scratch/hurt" show "$note"
says "who speaks first?"
cat "$scratch/hurt/header" "$scratch/hurt/data.mdb" | cmp -s - "$scratch/before" || wrong "the store changed"
cp "$scratch/kith.backup" "$scratch/b.before"
kith --home "$scratch/hurt" backup "$scratch/kith.backup"
[ $status -eq 6 ] || wrong "exit $status, not 6"
cmp "$scratch/kith.backup" "$scratch/b.before" || wrong "the good backup was replaced"

finish
