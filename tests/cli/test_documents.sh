# goal, note, list, show, edit, erase: a person's own documents.
. "$(dirname "$0")/lib.sh"
exits 0 init --name Amina --kdf interactive

it "an empty store lists nothing, in words and in JSON"
exits 0 list
says "kith goal"
exits 0 list --json
json_is 'd["documents"]' '[]'

it "goal makes a private goal with what was said of it"
exits 0 goal "More pupils answer in 9B" --why "quiet ones vanish" --measure "seats reached %" --by 2027-02-01 --json
json_is 'd["kind"]' goal
json_is 'd["shared_with"]' '[]'
json_is 'd["handle"][:2]' g-
json_is 'len(d["id"])' 26
goal=$(json 'd["handle"]')
exits 0 show "$goal" --json
json_is 'd["title"]' "More pupils answer in 9B"
json_is 'd["fields"]["wish"]["value"]' "More pupils answer in 9B"
json_is 'd["fields"]["why"]["value"]' "quiet ones vanish"
json_is 'd["fields"]["measured_by"]["value"]' "seats reached %"
json_is 'd["fields"]["by"]["value"]' 2027-02-01
json_is 'd["both_wrote"]' false

it "a goal's handle is at least five characters of its id"
json_is 'd["id"].startswith(d["handle"][2:])' true
json_is 'len(d["handle"]) >= 7' true

it "note makes a note, also one about a document"
exits 0 note "First line
second line" --about "$goal" --json
note=$(json 'd["handle"]')
exits 0 show "$note" --json
json_is 'd["title"]' "First line"
json_is 'd["fields"]["body"]["value"]' "First line
second line"
exits 0 show "$goal" --json
id=$(json 'd["id"]')
exits 0 show "$note" --json
json_is 'd["fields"]["about"]["value"]' "$id"

it "note - reads the text from stdin"
printf 'from a pipe\n' | "$KITH" note - --json >"$out" 2>"$err" || wrong "failed: $(cat "$err")"
piped=$(json 'd["handle"]')
exits 0 show "$piped" --field body
says "from a pipe"

it "list names every document, and only those of a kind when asked"
exits 0 list --json
json_is 'sorted(x["kind"] for x in d["documents"])' '["goal", "note", "note"]'
json_is 'all(k in d["documents"][0] for k in ("handle", "id", "kind", "title", "fields", "shared_with", "both_wrote"))' true
exits 0 list note --json
json_is '[x["kind"] for x in d["documents"]]' '["note", "note"]'
exits 0 list goals
says "More pupils"
says_not "First line"

it "a document answers to its handle, its id, and any unique part of its title"
exits 0 show "$(json 'd["documents"]' >/dev/null 2>&1; echo "$goal")"
for name in "$id" "g-$id" "9B" "more PUPILS" "$(echo "$goal" | tr a-z A-Z)"; do
	exits 0 show "$name" --json
	json_is 'd["id"]' "$id"
done

it "what is not here is exit 3, with its name in the sentence"
exits 3 show g-zzzzz
complains "g-zzzzz"
one_line_on_stderr
exits 3 show "no such title"
complains "no such title"
exits 3 show "no such title" --json
json_is 'd["error"]["code"]' not_found

it "what names two documents is exit 3, with both candidates"
twin=$(handle note "More pupils write")
exits 3 show "More pupils"
complains "$goal"
complains "$twin"
exits 3 show "More pupils" --json
json_is 'd["error"]["code"]' ambiguous
exits 3 show n-

it "edit --set replaces a value, and says what changed"
exits 0 edit "$goal" by --set 2027-03-01 --json
json_is 'd["handle"]' "$goal"
json_is 'd["changed"]' true
exits 0 edit "$goal" by --set 2027-03-01 --json
json_is 'd["changed"]' false
exits 0 show "$goal" --json
json_is 'd["fields"]["by"]["value"]' 2027-03-01
exits 0 edit "$goal" state --set active
exits 0 show "$goal" --field state
says active

it "edit --set with nothing empties a value"
exits 0 edit "$goal" by --set ""
exits 0 show "$goal" --json
json_is '"by" in d["fields"]' false

it "edit --append adds a line to a text"
exits 0 edit "$note" body --append "third line"
exits 0 show "$note" --field body
says "third line"
json_lines=$(wc -l <"$out")
[ "$json_lines" -eq 3 ] || wrong "$json_lines lines, not 3"

it "edit --append adds a record to a log, and --remove takes it back"
exits 0 edit "$note" comments --append "to myself"
exits 0 show "$note" --json
json_is 'd["fields"]["comments"][0]["text"]' "to myself"
json_is 'all(k in d["fields"]["comments"][0] for k in ("id", "by"))' true
record=$(json 'd["fields"]["comments"][0]["id"]')
exits 0 edit "$note" comments --remove "$record"
exits 0 show "$note" --json
json_is '"comments" in d["fields"]' false

it "edit --text-file hands in a text, from what it was made from"
exits 0 edit "$note" body --set "one
two
three"
printf 'one\ntwo\nthree' >"$scratch/base"
exits 0 edit "$note" body --append "four"
printf 'ONE\ntwo\nthree' >"$scratch/text"
exits 0 edit "$note" body --text-file "$scratch/text" --base-file "$scratch/base" --json
json_is 'd["changed"]' true
exits 0 show "$note" --field body
says ONE
says four
exits 0 edit "$note" body --text-file "$scratch/text"
exits 0 show "$note" --field body
says ONE
says_not four

it "the editor is not opened without a terminal: the missing option is named"
exits 2 edit "$note" body
complains "--set"

it "two changes at once are not understood"
exits 2 edit "$note" body --set x --append y
exits 2 edit "$note" body --base-file "$scratch/base"

it "a field or kind that is not there names the nearest"
exits 2 edit "$note" bodi --set x
complains 'did you mean "body"'
exits 2 list goul
complains 'did you mean "goal"'
exits 2 show "$note" --field bdoy
complains 'did you mean "body"'

it "a value outside the schema is refused with the reason, and changes nothing"
exits 1 edit "$goal" state --set finished
complains "active"
one_line_on_stderr
exits 1 edit "$goal" by --set someday
exits 1 edit "$goal" by --set 2027-02-30
exits 1 goal "A goal" --by someday
exits 3 show "A goal"
exits 1 edit "$goal" wish --add x
exits 0 show "$goal" --field state
says active

it "invalid UTF-8 is refused, from the line and from a file"
exits 2 note "$(printf 'caf\351')"
complains "UTF-8"
exits 2 edit "$note" body --set "$(printf '\377')"
printf 'caf\351\n' >"$scratch/latin"
exits 1 edit "$note" body --text-file "$scratch/latin"
complains "UTF-8"
printf 'a\000b' >"$scratch/nul"
exits 1 edit "$note" body --text-file "$scratch/nul"

it "a title of 10 MB is refused with the limit in the sentence"
head -c 10485760 /dev/zero | tr '\0' 'x' >"$scratch/huge"
"$KITH" note - <"$scratch/huge" >"$out" 2>"$err"
[ $? -eq 1 ] || wrong "exit $?"
complains "131,072"
exits 1 edit "$note" body --text-file "$scratch/huge"
"$KITH" goal - <"$scratch/huge" >"$out" 2>"$err" && wrong "taken"
exits 1 edit "$note" body --text-file "$scratch/nowhere"

it "what is too long for a register is refused"
long=$(head -c 5000 /dev/zero | tr '\0' 'x')
exits 1 goal "A goal" --measure "$long"
exits 3 show "A goal"

it "a text of exactly the limit is taken"
head -c 131072 /dev/zero | tr '\0' 'y' >"$scratch/limit"
exits 0 edit "$note" body --text-file "$scratch/limit"
printf 'y' >>"$scratch/limit"
exits 1 edit "$note" body --text-file "$scratch/limit"

it "a document with control characters cannot drive the terminal"
exits 0 note "$(printf 'red \033[31malert\a \342\200\256reversed')" --json
evil=$(json 'd["handle"]')
exits 0 show "$evil"
! grep -q "$(printf '\033')" "$out" || wrong "an escape came through"
exits 0 list
! grep -q "$(printf '\033')" "$out" || wrong "an escape came through"

it "erase destroys a private document, and only that"
exits 0 erase "$evil" --json
json_is 'd["erased"]' true
exits 3 show "$evil"
exits 3 erase "$evil"
exits 0 show "$goal"

it "a store survives a hundred commands"
i=0
while [ $i -lt 40 ]; do
	kith note "note $i"
	[ $status -eq 0 ] || wrong "note $i: exit $status"
	i=$((i + 1))
done
exits 0 list note --json
json_is 'len(d["documents"])' 43

finish
