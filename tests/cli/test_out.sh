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

# ---- A class list.

list=$scratch/list.csv
# names_are NAMES: of 7A, with their seats; they are forgotten then.
names_are() {
	exits 0 names 7A --json
	got=$(json '" ".join("%d:%s" % (n["seat"], n["name"]) for n in d["names"])')
	[ "$got" = "$1" ] || wrong "the names are \"$got\", not \"$1\""
	exits 0 names 7A --forget --yes
}

it "names import: as spreadsheets save a class"
exits 0 class 7A --size 30
printf 'Zoë\nAli\n' >"$list"
exits 0 names import 7A "$list"
says "2 names kept"
names_are "1:Zoë 2:Ali"
printf '\357\273\277Platz;Nachname;Vorname\r\n4;"Berg; van";Zoë\r\n2;Ümit;Ali\r\n' >"$list"
exits 0 names import 7A "$list"
names_are "4:Zoë Berg; van 2:Ali Ümit"
printf 'Student Name\tSeat\nZoë "Zo" B\t12\n' >"$list"
exits 0 names import 7A "$list" --json
json_is 'd["names"]' 1
names_are '12:Zoë "Zo" B'
printf 'Berg,Zoë\nÜmit,Ali\n' >"$list"
exits 0 names 7A --import "$list"
names_are "1:Berg Zoë 2:Ümit Ali"

it "names import: a list that is none gets its sentence, and nothing is kept"
refuses() {
	printf "$1" >"$list"
	exits 1 names import 7A "$list"
	complains "$2"
	one_line_on_stderr
}
refuses '' "there are no names in it"
refuses 'seat,name\n' "there are no names in it"
refuses 'seat,class\n1,7A\n' "none of the headings says where the names are"
refuses '1,Zoë\n0,Ali\n' 'line 2: "0" is no seat'
refuses '1,Zoë\n61,Ali\n' 'line 2: "61" is no seat'
refuses '1,Zoë\nx,Ali\n' 'line 2: "x" is no seat'
refuses '1,Zoë\n31,Ali\n' "there is no seat 31"
refuses '1,Zoë\n1,Ali\n' "line 2: seat 1 has a name already"
refuses '1,Zoë\n2,\n' "line 2: seat 2 has no name"
refuses '1,"Zoë\n' "a quote is opened and never closed"
refuses 'Zo\353\n' "CSV UTF-8"
refuses '\377\376Z\000' "CSV UTF-8"
refuses "$(seq -s '\n' -f 'Pupil %g' 61)" "more than 60 names"
exits 2 names import 7A
complains "which file?"
exits 2 names 7A 9B
exits 1 names import 7A "$scratch/none.csv"
complains "No such file"
exits 3 names import 5C "$list"
complains 'there is no class "5C"'
exits 0 names 7A --json
json_is d '{"names": []}'

# ---- Export.

# in_folder PYTHON: the program runs in the folder that was exported, and must succeed.
in_folder() {
	(cd "$scratch/x" && python3 -c "$1") >"$scratch/py" 2>&1 || {
		wrong "not so in the export:"
		tail -n 6 "$scratch/py" | sed 's/^/#   /'
	}
}
nothing_beside() {
	! ls -d "$scratch"/*.part-* >/dev/null 2>&1 || wrong "something half-written is left: $(ls -d "$scratch"/*.part-*)"
}

it "export: where to, and what is no place"
exits 2 export
complains "where to?"
exits 2 export "$scratch/x" --calendar "$scratch/c.ics"
exits 2 export "$scratch/x" --hide-names --keep-names
exits 2 export "$scratch/x" --kind nots
mkdir "$scratch/full" && touch "$scratch/full/f"
exits 1 export "$scratch/full"
complains "there is something in"
exits 1 export "$scratch/full/f"
complains "is no folder"
exits 1 export "$scratch/no/such"
complains "No such file"
exits 1 export ""
complains "into which folder"
(cd "$scratch" && mkdir -p here && cd here && "$KITH" export . >"$out" 2>"$err" </dev/null)
complains "that is the folder you stand in"
nothing_beside

it "export: names of pupils are shown, and go only when that is said"
exits 1 export "$scratch/x"
complains "Zoë van Berg → S14"
complains "say --hide-names or --keep-names"
[ ! -e "$scratch/x" ] || wrong "a folder was made"
nothing_beside
exits 0 export "$scratch/x" --hide-names
says "Names written as seats: Zoë van Berg → S14"
says "Left out: the names of your pupils."
! grep -rqi 'zo[eë]' "$scratch/x" || wrong "the name is in it: $(grep -rli 'zo[eë]' "$scratch/x")"
grep -rq "S14 asked me" "$scratch/x/note" || wrong "the seat is not in its place"
exits 0 export "$scratch/y" --keep-names --json
json_is 'd["names"]' '["Zoë van Berg"]'
json_is 'd["names_hidden"]' false
json_is '[x["reason"] for x in d["left_out"]]' '["name_key"]'
grep -rq "zoe asked me" "$scratch/y/note" || wrong "the name was to stay"
! grep -rq "Ali" "$scratch/y" || wrong "the name key is in the export"

it "export: only its owner reads it"
[ "$(find "$scratch/x" -type d ! -perm 700 -o -type f ! -perm 600)" = "" ] || wrong "others may read: $(find "$scratch/x" ! -perm 700 ! -perm 600)"

it "export: JSON Lines, Markdown, and what was left out"
in_folder '
import json
docs = [json.loads(l) for l in open("documents.jsonl", encoding="utf-8")]
assert len(docs) == len({d["id"] for d in docs})
goal = [d for d in docs if d["kind"] == "goal"][0]
assert goal["fields"]["why"]["value"] == "les élèves discrets", goal
assert not [d for d in docs if d["kind"] == "names"]
for d in docs:
    page = open("%s/%s.md" % (d["kind"], d["handle"]), encoding="utf-8").read()
    assert page.startswith("# ") and "not an evaluation" in page
    assert "%s/%s.md" % (d["kind"], d["handle"]) in open("index.md", encoding="utf-8").read()
text = open("README.md", encoding="utf-8").read()
assert "the names of your pupils" in text and "not an evaluation" in text
'
kith show "$goal" --json
cp "$out" "$scratch/shown"
in_folder '
import json
shown = json.load(open("../shown", encoding="utf-8"))
docs = [json.loads(l) for l in open("documents.jsonl", encoding="utf-8")]
assert [d for d in docs if d["id"] == shown["id"]] == [shown]
'

it "export: tables that a spreadsheet and a statistics program read"
exits 0 goal "=cmd|calc" --measure "reach %"
reach=$(handle measure "$goal" "+reach" --unit percent)
exits 0 measure "$reach" 41.5 --on 2026-11-20
rm -r "$scratch/x"
exits 0 export "$scratch/x" --hide-names
in_folder '
import csv
def rows(name):
    return list(csv.DictReader(open(name, encoding="utf-8-sig", newline=""), strict=True))
events = rows("events.csv")
assert [e["subject"] for e in events if e["kind"] == "point"] == ["S14", "S3"], events
assert "S14, why?" in [e["text"] for e in events]
assert {e["class"] for e in events} == {"9B"}
figures = {(f["instrument"], f["figure"]): f for f in rows("figures.csv")}
assert figures["Verbal flow", "contacts"]["value"] == "2"
readings = rows("readings.csv")
assert (readings[0]["date"], readings[0]["value"], readings[0]["name"]) == ("2026-11-20", "41.5", "\x27+reach"), readings
for name in "events.csv", "figures.csv", "readings.csv":
    raw = open(name, "rb").read()
    assert raw.count(b"\r\n") == raw.count(b"\n")
'

it "export: of one kind; into an empty folder"
mkdir "$scratch/empty"
exits 0 export "$scratch/empty/" --kind goal --keep-names --json
json_is 'd["documents"]' 2
[ -d "$scratch/empty/goal" ] && [ ! -e "$scratch/empty/note" ] || wrong "another kind is in it"

it "export: a disk that is full leaves nothing behind"
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	mkdir "$scratch/small"
	unshare --mount sh -c '
		mount -t tmpfs -o size=24k none "$1/small" || exit 0
		"$KITH" export "$1/small/x" --keep-names >"$1/.out" 2>"$1/.err" </dev/null
		echo $? >"$1/code"
		ls -A "$1/small" >"$1/left"' sh "$scratch"
	if [ -e "$scratch/code" ]; then
		[ "$(cat "$scratch/code")" = 1 ] || wrong "exit $(cat "$scratch/code")"
		complains "No space left"
		[ ! -s "$scratch/left" ] || wrong "left: $(cat "$scratch/left")"
	fi
fi

it "export: a calendar that a calendar reads"
exits 3 export --calendar "$scratch/none.ics" --kind goal
complains "no visit and no open door has a day"
dated=$(handle visit plan --class 9B --when "2027-01-26 10:10" --min 20 --place "Room 4; left" \
	--focus "$(printf 'Whom do I ask, and how long do I wait?\nÜber Zoë, and a line that is longer than seventy-five octets')")
exits 0 door "group work" --when 2027-02-01 --min 10
exits 1 export --calendar "$scratch/c.ics"
complains "Zoë van Berg → S14"
exits 0 export --calendar "$scratch/c.ics" --hide-names --json
json_is 'd["calendar_entries"]' 2
json_is 'd["undated"]' 2
parser=
for program in python3 /usr/bin/python3; do
	"$program" -c 'import icalendar' 2>/dev/null && parser=$program
done
if [ -z "$parser" ]; then
	printf '# passed over: no python3-icalendar here\n'
else
	"$parser" -c '
import datetime, icalendar, sys
raw = open(sys.argv[1], "rb").read()
assert all(len(l) <= 75 for l in raw.split(b"\r\n")) and raw.count(b"\r\n") == raw.count(b"\n")
cal = icalendar.Calendar.from_ical(raw)
assert str(cal["VERSION"]) == "2.0" and cal["PRODID"]
events = {str(e["SUMMARY"]): e for e in cal.walk("VEVENT")}
visit, door = events["Visit to 9B"], events["Open door: group work"]
assert not any(e.errors for e in events.values())
assert visit["DTSTART"].dt == datetime.datetime(2027, 1, 26, 10, 10), visit["DTSTART"].dt
assert visit["DTSTART"].dt.tzinfo is None
assert visit["DURATION"].dt == datetime.timedelta(minutes=20)
assert str(visit["LOCATION"]) == "Room 4; left"
assert str(visit["DESCRIPTION"]).split("\n")[1].startswith("Über S14, and a line"), visit["DESCRIPTION"]
assert visit["DTSTAMP"].dt.tzinfo is not None
assert door["DTSTART"].dt == datetime.date(2027, 2, 1)
print(visit["UID"])
' "$scratch/c.ics" >"$scratch/uid" 2>"$scratch/py" || { wrong "the calendar:"; tail -n 3 "$scratch/py" | sed 's/^/#   /'; }
	exits 0 export --calendar "$scratch/c.ics" --hide-names
	grep -q "UID:$(cat "$scratch/uid")" "$scratch/c.ics" || wrong "another UID the second time"
fi

finish
