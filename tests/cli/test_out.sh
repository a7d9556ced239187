# What a teacher gets out again, and puts in: find, export, a class list.
. "$(dirname "$0")/lib.sh"

# documents: the handles of the last --json list, in one line.
documents() { json '" ".join(x["handle"] for x in d["documents"])'; }
# documents_are HANDLE...
documents_are() {
	got=$(documents 2>&1)
	[ "$got" = "$*" ] || wrong "found \"$got\", not \"$*\""
}

it "find: nothing to look in, nothing to look for"
exits 6 find wait
complains "there is no kith store"
exits 0 init --name Amina --kdf interactive
exits 2 find
complains "seek what?"
exits 0 find wait
says "Nothing you hold says so."
exits 0 find wait --json
json_is d '{"documents": []}'

it "find: words in any order, case and accent, in every kind"
goal=$(handle goal "More pupils answer in 9B" --why "les élèves discrets")
note=$(handle note "$(printf 'Group work\nWho speaks first in the Café?\n  Wait, then ask.')" --about "$goal")
step=$(handle step "Ask, count to 3, then choose" --know "longer WAIT time")
exits 0 find cafe --json
documents_are "$note"
json_is 'd["documents"][0]["places"][0]["field"]' body
json_is 'd["documents"][0]["places"][0]["found"]' Café
json_is 'd["documents"][0]["fields"]["body"]["value"].count("\n")' 2
exits 0 find ELEVES --json
documents_are "$goal"
exits 0 find wait --json
documents_are "$note $step"
exits 0 find wait count --json
documents_are "$step"
exits 0 find count zebra --json
documents_are ""
exits 0 find "speaks first" --json
documents_are "$note"
exits 0 find "first speaks" --json
documents_are ""
exits 0 find first speaks --json
documents_are "$note"

it "find: shows the handle, the title, where, and the words around"
exits 0 find speaks
says "$note  note  Group work"
says "    body: Group work Who speaks first in the Café? Wait, then…"

it "find: of one kind; with a partner that is none"
exits 0 find wait --kind step --json
documents_are "$step"
exits 0 find wait --kind notes --json
documents_are "$note"
exits 2 find wait --kind nots
complains 'did you mean "note"'
exits 3 find wait --with Ben
complains Ben

it "find: an option, a seat, a word that is none"
exits 2 find ""
complains "one of the words is empty"
exits 2 find wait --seat S4
complains "of which class"
for seat in 0 61 S S1x -1; do
	exits 1 find --class 9B --seat=$seat
	complains "a seat is a number from 1 to 60"
done
exits 2 find a b c d e f g h i j k l m n o p q
one_line_on_stderr

it "find: everything about one seat"
exits 0 class 9B --size 28
printf 'seat,name\n14,Zoë van Berg\n3,Ali\n' >"$scratch/list.csv"
exits 0 names 9B --import "$scratch/list.csv"
visit=$(handle visit plan --class 9B --focus "Does S14 speak?" --use flow,wait)
other=$(handle visit plan --class 7A --focus "Does S14 listen?")
printf '%s\n' "q 14" "q 3" "T: S14, why?" "T: S140 is no seat" "T: Berg again" /stop |
	"$KITH" observe "$visit" --seats 28 >"$out" 2>"$err" || wrong "observe: $(cat "$err")"
named=$(handle note "zoe asked me after the lesson")
maybe=$(handle note "s14 again")
exits 0 find --class 9b --seat S14 --json
json_is '{x["handle"] for x in d["documents"]} >= {"'"$visit"'", "'"$named"'", "'"$maybe"'"}' true
json_is '"'"$other"'" in {x["handle"] for x in d["documents"]}' false
json_is '[len(x["places"]) for x in d["documents"] if x["kind"] == "session"]' '[3]'
json_is '[x["of_class"] for x in d["documents"] if x["handle"] == "'"$maybe"'"]' '[false]'
json_is '[x["places"][0]["text"] for x in d["documents"] if x["kind"] == "names"]' '["Zoë van Berg"]'
exits 0 find --class 9B --seat 14
says "it may be meant"
says "Looked for the seat"
exits 0 find --class 7A --json
documents_are "$other"

finish
