# kith bundle: two teachers whom no network reaches after their pairing.
. "$(dirname "$0")/two.sh"

stick=$scratch/stick
mkdir "$stick"

# a_to_b, b_to_a: one bundle, written and read. What the reading said stays in $out.
a_to_b() {
	a bundle write "$stick/1.kith" --for Ben --json
	good write
	b bundle read "$stick/1.kith" --json
	good read
}
b_to_a() {
	b bundle write "$stick/2.kith" --for Amina --json
	good write
	a bundle read "$stick/2.kith" --json
	good read
}
# refused CODE WORDS: the last run was, by one sentence, and Ben's store is as it was.
refused() {
	[ $status -eq "$1" ] || wrong "exit $status, not $1"
	complains "$2"
	one_line_on_stderr
	b shared --json
	cmp -s "$out" "$scratch/before" || wrong "something changed"
}

amina_and_ben

it "what was shared crosses, is proven the same, and the one who wrote learns that it came"
a note "CANARY-UNSHARED never shown to anybody" --json
private=$(json 'd["handle"]')
a note "Group work: who speaks first" --json
note=$(json 'd["handle"]')
a edit "$note" body --append "CANARY-TYPED and gone again"
a edit "$note" body --set "Group work: who speaks first? The back row."
a share "$note" --with Ben --role comment --json
good share
a bundle write "$stick/1.kith" --for Ben --json
good write
json_is 'd["entries"]' 1
json_is 'd["partner"]' Ben
[ "$(json 'd["bytes"]')" = "$(stat -c %s "$stick/1.kith")" ] || wrong "bytes is not the size"
a shared --with Ben --json
json_is 'd["entries"][0]["state"]' may_have_left
b bundle read "$stick/1.kith" --json
good read
json_is 'd["received"]' 1
json_is 'd["verified"]' true
json_is 'd["carry_back"]' false
json_is 'len(d["documents"])' 1
b list note
says "Group work"
b_to_a
json_is 'd["verified"]' true
a shared --with Ben --json
json_is 'd["entries"][0]["state"]' held
a status --json
json_is 'd["partners"][0]["identical"]' true

it "nobody reads in the file whose it is or what it says"
[ "$(stat -c %a "$stick/1.kith")" = 600 ] || wrong "others may read the file"
a partners --json
person=$(json 'd["partners"][0]["person"]')
# A short word is soon among random bytes by chance: Ben with the byte that would stand before his name.
for word in Amina "Group work" "back row" "$person" "$note" CANARY; do
	! grep -qaiF -- "$word" "$stick/1.kith" || wrong "\"$word\" is in the file"
done
! LC_ALL=C grep -qaF -- "$(printf '\243Ben')" "$stick/1.kith" || wrong "Ben is in the file"
host=$(hostname)
[ ${#host} -lt 6 ] || ! grep -qaiF -- "$host" "$stick/1.kith" || wrong "the computer's name is in the file"

it "what was not shared, and what was typed and deleted, is nowhere on the other side"
for word in CANARY-UNSHARED CANARY-TYPED; do
	b find "$word" >/dev/null 2>&1
	for handle in $(b list --json; json '" ".join(x["handle"] for x in d["documents"])'); do
		b show "$handle" --json
		says_not "$word"
	done
done

it "the same bundle twice changes nothing, and says so"
b shared --json
cp "$out" "$scratch/before"
b bundle read "$stick/1.kith" --json
good read
json_is 'd["read_before"]' true
json_is 'd["received"]' 0
b bundle read "$stick/1.kith"
says "read it before"
b shared --json
cmp -s "$out" "$scratch/before" || wrong "something changed"

it "damaged, cut short, for somebody else, one's own, newer, or none: one sentence each"
a note "Second" --json
second=$(json 'd["handle"]')
a share "$second" --with Ben --role comment
a bundle write "$stick/3.kith" --for Ben
good write
says "Only Ben can open it"
size=$(stat -c %s "$stick/3.kith")
b shared --json
cp "$out" "$scratch/before"
head -c $((size - 1)) "$stick/3.kith" >"$stick/bad.kith"
b bundle read "$stick/bad.kith"
refused 1 "not copied whole"
head -c 500 "$stick/3.kith" >"$stick/bad.kith"
b bundle read "$stick/bad.kith"
refused 1 "not copied whole"
python3 - "$stick/3.kith" "$stick/bad.kith" <<'PY'
import sys
d = bytearray(open(sys.argv[1], "rb").read())
d[-200] ^= 1
open(sys.argv[2], "wb").write(d)
PY
b bundle read "$stick/bad.kith"
refused 1 "damaged"
{ cat "$stick/3.kith"; echo; } >"$stick/bad.kith"
b bundle read "$stick/bad.kith"
refused 1 "damaged"
sed 's/^KITHB1/KITHB2/' "$stick/3.kith" >"$stick/bad.kith"
b bundle read "$stick/bad.kith"
refused 7 "newer kith"
echo "a shopping list" >"$stick/bad.kith"
b bundle read "$stick/bad.kith"
refused 1 "no bundle"
: >"$stick/bad.kith"
b bundle read "$stick/bad.kith"
refused 1 "no bundle"
b bundle read "$stick"
refused 1 "no bundle"
b bundle read "$stick/none.kith"
refused 1 "cannot read"
a bundle read "$stick/3.kith"
[ $status -eq 1 ] || wrong "her own: exit $status"
complains "you wrote it yourself"
kith --home "$scratch/carla" init --name Carla --kdf interactive
kith --home "$scratch/carla" bundle read "$stick/3.kith"
[ $status -eq 7 ] || wrong "Carla: exit $status"
complains "somebody else"
one_line_on_stderr
b bundle read "$stick/3.kith" --json
good read
json_is 'd["received"]' 1

it "a file that is no bundle is not written over; a bundle is"
echo "my thesis" >"$stick/thesis.txt"
a bundle write "$stick/thesis.txt" --for Ben
[ $status -eq 1 ] || wrong "exit $status"
complains "choose another name"
[ "$(cat "$stick/thesis.txt")" = "my thesis" ] || wrong "the thesis is gone"
a bundle write "$stick" --for Ben
complains "folder"
a bundle write "$stick/nowhere/1.kith" --for Ben
[ $status -eq 1 ] || wrong "exit $status"
a bundle write "$stick/3.kith" --for Ben
good write
[ -z "$(find "$stick" -name '.kith-*')" ] || wrong "something was left behind"

it "usage: for whom, and which of the two"
a bundle write "$stick/9.kith"
[ $status -eq 2 ] || wrong "exit $status"
complains "--for NAME"
a bundle write "$stick/9.kith" --for Nobody
[ $status -eq 3 ] || wrong "exit $status"
a bundle carry "$stick/9.kith"
[ $status -eq 2 ] || wrong "exit $status"
a bundle read "$stick/9.kith" --for Ben
[ $status -eq 2 ] || wrong "exit $status"

it "J8 by bundle: both write on trains; nothing is lost, and the place is named"
a page "Debrief 9B" --with Ben --json
good page
page=$(json 'd["handle"]')
a_to_b
b_to_a
a edit "$page" body --set "Wait time felt long."
b edit "$page" body --set "Wait time grew in part two."
a edit "$page" topic --set free
b edit "$page" topic --set joint_plan
a_to_b
json_is 'd["carry_back"]' true

b bundle write "$stick/2.kith" --for Amina
good write
a bundle read "$stick/2.kith"
good read
says "Both wrote here; nothing is lost:"
says "identical, verified"
b show "$page" --field body
says "felt long"
says "grew in part two"
b settle "$page" topic --keep theirs
good settle
b_to_a
a both-wrote --json
json_is 'any(p["field"] == "topic" for p in d["places"])' false

it "what is taken back is erased when the bundle is read"
a takeback "$note" --json
good takeback
json_is 'd["taken_back"][0]["state"]' held
b list note
says "Group work"
a bundle write "$stick/1.kith" --for Ben
b bundle read "$stick/1.kith"
good read
says "1 is gone"
b list note
says_not "Group work"

it "a bundle that never came costs nothing: the next one has all of it again"
a note "Lost on the bus" --json
a share "$(json 'd["handle"]')" --with Ben --role comment
a bundle write "$stick/lost.kith" --for Ben
a note "And one more" --json
a share "$(json 'd["handle"]')" --with Ben --role comment
a_to_b
b list note
says "Lost on the bus"
says "And one more"
b bundle read "$stick/lost.kith" --json
json_is 'd["read_before"]' true

it "a visit from plan to hand-over by bundles alone"
a visit plan --with ben --class 9B --when "2027-01-26 10:10" --min 20 --focus "Whom do I ask?" \
	--use flow,wait --want noticed --json
good plan
visit=$(json 'd["handle"]')
a_to_b
b visit accept "$visit"
good accept
printf 'q 4\nq 11\n/stop\n' | "$KITH" --home "$scratch/ben" observe "$visit" --seats 28 >"$out" 2>"$err" ||
	wrong "observe: $(cat "$err")"
b feedback "$visit" noticed "You waited four seconds"
good feedback
b handover "$visit"
good handover
b_to_a
json_is 'd["verified"]' true
a report "$visit"
good report
says "contacts"

it "a folder that was put back learns it from a bundle, and gets all of it back"
cp -a "$scratch/amina" "$scratch/amina-then"
a note "Written after the backup" --json
after=$(json 'd["handle"]')
a share "$after" --with Ben --role comment
a_to_b
b_to_a
rm -rf "$scratch/amina"
mv "$scratch/amina-then" "$scratch/amina"
a list note
says_not "Written after the backup"
b bundle write "$stick/2.kith" --for Amina
a bundle read "$stick/2.kith"
good read
says "put back from a copy"
a_to_b
b_to_a
a list note
says "Written after the backup"
a_to_b
json_is 'd["verified"]' true

it "a notebook that went on in the past is mended by bundles too"
a page "Of both histories" --with Ben
a_to_b
b_to_a
cp -a "$scratch/amina" "$scratch/amina-then"
a page "Of the first history" --with Ben
a_to_b
b_to_a
cp -a "$scratch/amina-then/." "$scratch/amina"
a page "Of the second history" --with Ben
a bundle write "$stick/1.kith" --for Ben
good write
b bundle read "$stick/1.kith"
good read
says "older notebook"
b list page
says_not "second history"
b_to_a
a_to_b
b_to_a
a_to_b
json_is 'd["verified"]' true
a list page
says "first history"
b list page
says "first history"
a list --json
grep -q "second history" "$out" || wrong "her words are gone"

it "beside a running node it works as well, and the node goes on"
node_begin "$scratch/amina"
a note "While the node runs" --json
a share "$(json 'd["handle"]')" --with Ben --role comment
a_to_b
json_is 'd["verified"]' true
b_to_a
json_is 'd["verified"]' true
kill -0 $node 2>/dev/null || wrong "the node ended"
node_end

it "the end of a pair travels too"
a unpair Ben --yes
good unpair
a bundle write "$stick/1.kith" --for Ben
good write
b bundle read "$stick/1.kith"
good read
says "has ended"

finish
