# What each of two teachers takes out after a hand-over: a lesson goes by the hand of who taught
# it, nobody's words go as another's, and no name of a pupil goes unseen (DOMAIN §4.2, SCHEMA).
# Every text has a word of its own, which is looked for in whatever was written.
. "$(dirname "$0")/two.sh"

# has FOLDER WORD..., lacks FOLDER WORD...: in any file of it, or in a file's name.
has() {
	folder=$scratch/$1
	shift
	for word; do grep -rqi -- "$word" "$folder" || wrong "$word is not in ${folder##*/}"; done
}
lacks() {
	folder=$scratch/$1
	shift
	for word; do
		! grep -rqi -- "$word" "$folder" || wrong "$word is in $(cd "$folder" && grep -rli -- "$word" . | tr '\n' ' ')"
		[ -z "$(find "$folder" -iname "*$word*")" ] || wrong "$word is in a file's name"
	done
}

amina_and_ben

# Amina's words: planfocus planaim goalwish amireflects amidebrief amistep amireply amisecret.
# Ben's: lineseen eyesonly noticedword heldword benreflects benote bendebrief bencomment.
printf 'seat,name\n11,Marcus Tull\n' >"$scratch/list.csv"
a class 9B --size 28
a names 9B --import "$scratch/list.csv"
good names
a goal "goalwish of the year" --json
goal=$(json 'd["handle"]')
a share "$goal" --with Ben
good share
a note "amisecret" --json
a visit plan --with ben --class 9B --when "2027-01-26 10:10" --min 20 --place planplace --focus "planfocus here" \
	--aim "planaim here" --use flow,script --want noticed,wondered --json
good plan
visit=$(json 'd["handle"]')
swap_bundles
b visit accept "$visit"
good accept
b edit goalwish comments --append "text=bencomment"
good comment
b class 9B --size 28
b names 9B --import "$scratch/list.csv"
good names
{
	echo "q 11"
	echo "T: lineseen, and again"
	echo "~ eyesonly"
	echo "/star"
	echo "/stop"
} | "$KITH" --home "$scratch/ben" observe "$visit" --seats 28 >"$out" 2>"$err" || wrong "observe: $(cat "$err")"
b feedback "$visit" noticed "noticedword" --at 0:00
good feedback
b feedback "$visit" wondered "heldword"
good feedback
b note "benote" --about "$visit"
good note

it "before the hand-over the lesson is in neither's export: it is nobody's to take out yet"
b export "$scratch/before.b"
good export
says "Left out: 3 documents of lessons that your partners taught."
lacks before.b lineseen eyesonly planfocus planaim
has before.b noticedword heldword benote goalwish
a export "$scratch/before.a"
good export
lacks before.a lineseen eyesonly noticedword heldword benote
has before.a planfocus planaim goalwish amisecret

b handover "$visit"
good handover
# Wondering is not wanted any more when it comes: Amina's kith holds it back.
a edit "$visit" wanted --remove wondered
good edit
swap_bundles
a reflect "$visit" --json
reflection=$(json 'd["handle"]')
a edit "$reflection" "answer[expected]" --set "amireflects"
good reflect
b reflect "$visit" --json
good reflect
reflection=$(json 'd["handle"]')
b edit "$reflection" "answer[expected]" --set "benreflects"
good reflect
a debrief "$visit" --json
good debrief
page=$(json 'd["handle"]')
a edit "$page" body --set "amidebrief"
a step "amistep" --visit "$visit"
good step
swap_bundles
b edit "$page" body --append "bendebrief"
good edit
a feedback --json
feedback=$(json '[f["handle"] for f in d["feedback"] if "noticedword" in json.dumps(f)][0]')
a feedback reply "$feedback" "amireply"
good reply
swap_bundles

it "the teacher takes out the lesson, whoever wrote it down, and what her partner gave her"
a export "$scratch/all.a"
good export
has all.a planfocus planaim planplace lineseen noticedword amireflects amidebrief bendebrief amistep \
	amireply bencomment amisecret
says "Left out: 1 piece of feedback that is held back."

it "what was held back stays so, and lines for the observer's own eyes are not there"
lacks all.a heldword eyesonly benreflects benote

it "the observer takes out nothing of the lesson: only his own feedback and reflections"
b export "$scratch/all.b"
good export
has all.b noticedword heldword benreflects benote
lacks all.b lineseen eyesonly planfocus planaim amidebrief bendebrief S11
says "documents of lessons that your partners taught"
[ ! -e "$scratch/all.b/session" ] || wrong "there is a session"
[ ! -e "$scratch/all.b/visit" ] || wrong "there is a visit"
[ "$(wc -l <"$scratch/all.b/events.csv")" -eq 1 ] || wrong "events are in it"
[ "$(wc -l <"$scratch/all.b/figures.csv")" -eq 1 ] || wrong "figures are in it"

it "his calendar has the day and the place, and not a word of the plan"
b export --calendar "$scratch/b.ics"
good calendar
grep -q "DTSTART:20270126T101000" "$scratch/b.ics" || wrong "the day is not in it"
! grep -qE "planfocus|planaim" "$scratch/b.ics" || wrong "the plan is in it"

it "--mine-only has no word of the partner, nor of what both wrote"
a export "$scratch/mine.a" --mine-only
good export
has mine.a planfocus planaim goalwish amireflects amistep amisecret
lacks mine.a noticedword heldword bendebrief amidebrief bencomment benreflects benote eyesonly
b export "$scratch/mine.b" --mine-only
good export
has mine.b noticedword heldword benreflects benote
lacks mine.b amireply goalwish planfocus planaim planplace amidebrief amistep amireflects lineseen

it "no name of the list goes: not in a text, a title cut short, a key, a caption, a table or a file's name"
a note "$(printf '%0195d Marcus' 0)"
good note
a edit "$page" "section[Marcus]" --set "he spoke"
good edit
a visit plan --focus "Does Tull speak?" --place "behind MARCUS" --when "2027-02-01 8:00" --json
good plan
a export "$scratch/names.a"
[ $status -eq 1 ] || wrong "names went"
complains "Marcus Tull"
[ ! -e "$scratch/names.a" ] || wrong "a folder was made"
a export "$scratch/names.a" --hide-names
good export
has names.a "S11 speak" "behind S11" lineseen
lacks names.a Marcus Tull Marc
a export --calendar "$scratch/a.ics" --hide-names
good calendar
! grep -qiE "marcus|tull" "$scratch/a.ics" || wrong "a name is in the calendar"
a export "$scratch/mine.names.a" --hide-names --mine-only
good export
lacks mine.names.a Marcus Tull Marc

it "after the end what he kept of her lessons is still not his to take out"
b unpair Amina --yes --keep-captures
good unpair
b list session
says "planfocus"
b export "$scratch/after.b"
good export
has after.b noticedword benreflects
lacks after.b lineseen eyesonly planfocus planaim amidebrief
b export "$scratch/after.mine.b" --mine-only
good export
has after.mine.b noticedword benreflects benote
lacks after.mine.b amireply lineseen eyesonly planfocus planaim planplace amidebrief
swap_bundles
a export "$scratch/after.a" --hide-names
good export
has after.a planfocus lineseen noticedword amireflects
lacks after.a heldword eyesonly Marcus
says "1 piece of feedback that is held back"
a export "$scratch/after.mine.a" --hide-names --mine-only
good export
has after.mine.a planfocus lineseen amireflects amisecret
lacks after.mine.a noticedword heldword bendebrief amidebrief bencomment

# broken_off SIGNAL: an export is stopped while its files are being written, and goes on to what
# it does then; its exit code is in $status.
broken_off() {
	python3 - "$KITH" "$scratch" "$1" <<'P'
import glob, os, signal, subprocess, sys, time
kith, scratch, name = sys.argv[1:]
target = scratch + "/cut"
child = subprocess.Popen([kith, "--home", scratch + "/amina", "export", target, "--hide-names"],
    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(scratch + "/.err", "w"))
end = time.monotonic() + 60
while child.poll() is None and time.monotonic() < end:
    if glob.glob(target + ".part-*/note/*"):
        break
os.kill(child.pid, signal.SIGSTOP)
early = os.path.exists(target)
os.kill(child.pid, getattr(signal, name))
os.kill(child.pid, signal.SIGCONT)
code = child.wait(60)
print(code)
sys.exit(1 if early else 0)
P
}
it "stopped in the middle by Ctrl-C or by a signal: no folder, and nothing beside it"
head -c 120000 /dev/zero | tr '\0' 'x' >"$scratch/long"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	a note - <"$scratch/long"
	"$KITH" --home "$scratch/amina" note - <"$scratch/long" >"$out" 2>"$err" || wrong "no note"
done
for signal in SIGINT SIGTERM SIGHUP; do
	status=$(broken_off $signal) || wrong "the folder was there before it was whole"
	[ "$status" -ne 0 ] || wrong "$signal: exit 0"
	complains "nothing was written"
	one_line_on_stderr
	[ ! -e "$scratch/cut" ] || wrong "$signal: a folder is there"
	[ -z "$(ls -d "$scratch"/cut.part-* 2>/dev/null)" ] || wrong "$signal: something half-written is left"
done

it "killed in the middle: what is left does not pass for an export, and the next one is whole"
status=$(broken_off SIGKILL) || wrong "the folder was there before it was whole"
[ ! -e "$scratch/cut" ] || wrong "a folder is there"
for left in "$scratch"/cut.part-*; do
	[ -d "$left" ] || wrong "nothing was begun: the kill came too late or too early"
	[ ! -e "$left/README.md" ] || wrong "the half has the page that comes last"
done
a export "$scratch/cut" --hide-names
good export
[ -e "$scratch/cut/README.md" ] || wrong "not whole"

finish
