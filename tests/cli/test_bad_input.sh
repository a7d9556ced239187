# Bad input of the coaching commands and of the engine below them: each gets its sentence and
# its exit code, and nothing is lost (issues 8 and 10).
. "$(dirname "$0")/two.sh"

# refused CODE WORDS: the last run was, by one sentence on stderr that has these words.
refused() {
	[ $status -eq "$1" ] || wrong "exit $status, not $1"
	complains "$2"
	one_line_on_stderr
}
# observe HOME VISIT: typed lines from stdin.
echo /stop >"$scratch/stop"
observe() {
	"$KITH" --home "$scratch/$1" observe "$2" --seats 28 >"$out" 2>"$err"
	status=$?
}

amina_and_ben
# Amina's node runs, so that her commands need not derive the key anew; Ben's does not: they
# meet by bundles, when the test says so.
node_begin "$scratch/amina"

it "a class has 1 to 60 pupils"
for size in 0 61 -1 many 1000000000000000000000; do
	a class 9B --size=$size
	refused 1 "60"
done
a list class
says "Nothing yet"
a class 9B --size 60
good class
a class 9B --size 61
refused 1 "60"
a list class --json
json_is 'd["documents"][0]["fields"]["size"]["value"]' 60

it "a seat that is not there is said, and no name is kept"
a class 7C --size 4
good class
printf 'seat,name\n1,Aylin\n5,Marcus\n' >"$scratch/list.csv"
a names 7C --import "$scratch/list.csv"
refused 1 "5"
a names 7C
says_not Aylin
printf 'seat,name\n0,Aylin\n' >"$scratch/list.csv"
a names 7C --import "$scratch/list.csv"
[ $status -eq 1 ] || wrong "seat 0: exit $status"
a names 7C --import "$scratch/not-there.csv"
[ $status -ne 0 ] || wrong "a list that is not there was read"
one_line_on_stderr

it "a day in any usual form, and nonsense with the forms there are"
for day in 2027-01-31 31.1.2027 31.01.27 "31 Jan" "Jan 31" "31. January" tomorrow tue 2w 10d 3m 2027-02; do
	a step "by $day" --by "$day"
	good "$day"
done
a list step --json
json_is 'len(d["documents"])' 12
for day in someday 2027-02-30 31.2.2027 2027-13-01 -2w "tue wed" 99999w; do
	a step "never" --by "$day"
	refused 1 2027-01-31
	a goal "never" --by "$day"
	refused 1 2027-01-31
	a visit plan --focus "never" --when "$day"
	refused 1 2027-01-31
done
for kind in step goal visit; do
	a list $kind
	says_not never
done

it "an option with nothing in it is said, and nothing is made of the rest"
for blank in "" " " "	" "$(printf '\302\240')"; do
	for option in "goal g --by" "goal g --why" "goal g --measure" "step s --by" "step s --first" "page p --with" \
		"note n --about" "class c --room" "measure x m --on" "door d --when" "door d --place" \
		"visit plan --focus f --when" "visit plan --when tue --focus" "kudos k --with" "list --home" \
		"report --year" "report x --html" "export --calendar" "find x --class" "pair --name-for" \
		"sync --with" "agreement --with" "unpair Ben --yes --keep-captures --thanks"; do
		# shellcheck disable=SC2086
		a $option "$blank"
		refused 2 "${option##* } is empty"
	done
done
for kind in goal step page note class door visit kudos; do
	a list $kind --json
	json_is 'sum(1 for d in d["documents"] if d["title"] in "gspncdfk")' 0
done
a partners
says Ben
a goal "With a day" --by 2w --json
goal=$(json 'd["handle"]')
a edit "$goal" by --set "" --json
json_is 'd["changed"]' true

it "a title with nothing in it makes no document"
for words in "goal" "note" "step" "door" "class" "kudos" "visit plan --focus"; do
	for blank in "" " " "$(printf '\302\240')"; do
		# shellcheck disable=SC2086
		a $words "$blank"
		[ $status -eq 1 ] || [ $status -eq 2 ] || wrong "$words: exit $status"
		one_line_on_stderr
	done
done
a list --json
json_is 'sum(1 for d in d["documents"] if "empty" in d["title"])' 0

it "a visit is 5 to 120 minutes"
for minutes in 180 4 121 -20 soon; do
	a visit plan --with ben --focus "Whom do I ask?" --when "tue 10:10" --min=$minutes
	refused 1 120
done
a list visit
says "Nothing yet"

it "a plan without a focus, with four instruments, with none of that name, a kind that is none"
a visit plan --when "tue 10:10"
refused 1 focus
a visit plan --focus f --use flow,wait,questions,script
refused 1 three
a visit plan --focus f --use telepathy
refused 3 telepathy
a visit plan --focus f --want praise
[ $status -eq 1 ] || wrong "a kind that is none: exit $status"
complains praise

it "observing without a plan: it is said, and what was seen is kept"
printf 'T: sit down\n/stop\n' | "$KITH" --home "$scratch/ben" observe >"$out" 2>"$err" || wrong "exit $?"
complains "belongs to no visit"
says "1 line"
session=$(grep -oE 's-[0-9a-z]+' "$out" | tail -n 1)
b handover "$session"
[ $status -eq 1 ] || wrong "handed over to nobody: exit $status"
one_line_on_stderr
b observe v-zzzzz
refused 3 zzzzz
b observe --use telepathy
refused 3 telepathy

it "one's own lesson is the partner's to observe"
a visit plan --with ben --class 9B --when "2027-01-26 10:10" --focus "Whom do I ask?" --use flow \
	--want noticed --json
good plan
visit=$(json 'd["handle"]')
observe amina "$visit" <"$scratch/stop"
refused 1 "you teach"
swap_bundles

it "both cancel and accept at once: it is dropped, and both are told so"
a visit drop "$visit"
good drop
b visit accept "$visit"
good accept
swap_bundles
for who in a b; do
	$who visit show "$visit" --json
	json_is 'd["state"]' dropped
	$who visit show "$visit"
	says "at the same time"
done
b feedback "$visit" noticed "all the same"
refused 1 dropped
observe ben "$visit" <"$scratch/stop"
[ $status -eq 1 ] || wrong "a dropped visit was observed"
complains dropped

it "handing over twice, and before anything was seen"
a visit plan --with ben --class 9B --when "2027-01-27 10:10" --focus "How long do I wait?" --use flow \
	--want noticed --json
good plan
visit=$(json 'd["handle"]')
swap_bundles
b visit accept "$visit"
good accept
b handover "$visit"
[ $status -eq 3 ] || [ $status -eq 1 ] || wrong "nothing handed over: exit $status"
one_line_on_stderr

it "observing: a seat that is not there, a time that is none, words that are no key: nothing is lost"
{
	echo "q 4"
	echo "q 29"
	echo "q 0"
	echo "q nobody"
	printf 'q \377\n'
	printf 'T: %09000d\n' 7
	echo "/nosuch"
	echo "q 5"
	echo "/stop"
} >"$scratch/typed"
observe ben "$visit" <"$scratch/typed"
good observe
says "question  S4"
says "no such seat"
says "not UTF-8"
says "too long"
says "no such word"
says "question  S5"
b trim "$visit" --json
json_is 'len(d["lines"])' 6
b feedback "$visit" noticed "You waited." --at 99:99
refused 1 "12:04"
b feedback "$visit" noticed "You waited." --at 1,2,3,4,5,6
[ $status -eq 1 ] || wrong "six moments: exit $status"
b feedback "$visit" grade "B+"
refused 1 grade
b feedback "$visit" noticed ""
[ $status -eq 1 ] || wrong "an empty text: exit $status"
b feedback "$visit" noticed "You waited."
good feedback
b handover "$visit"
good handover
b handover "$visit"
refused 1 already
swap_bundles
b handover "$visit"
refused 1 already

it "feedback on a visit that was taken back"
a visit plan --with ben --class 9B --when "2027-01-28 10:10" --focus "Nobody will come" --json
good plan
gone=$(json 'd["handle"]')
swap_bundles
b feedback "$gone" noticed "kept for you"
good feedback
a takeback "$gone"
good takeback
swap_bundles
b feedback "$gone" noticed "too late"
[ $status -eq 3 ] || [ $status -eq 1 ] || wrong "exit $status"
one_line_on_stderr
b list feedback
says "kept for you"
b feedback thank f-zzzzz
refused 3 zzzzz

it "an instrument file with two codes on one key, and other files that are none"
printf 'name: Hands up\nfamily: tally\ncode: h | hand up\ncode: h | hand down\n' >"$scratch/two.txt"
a instrument --import "$scratch/two.txt"
refused 1 "h"
printf 'name: Hands up\nfamily: telepathy\ncode: h | hand up\n' >"$scratch/family.txt"
a instrument --import "$scratch/family.txt"
refused 1 telepathy
: >"$scratch/empty.txt"
a instrument --import "$scratch/empty.txt"
[ $status -eq 1 ] || wrong "an empty file: exit $status"
one_line_on_stderr
printf 'name: \377\n' >"$scratch/bytes.txt"
a instrument --import "$scratch/bytes.txt"
[ $status -eq 1 ] || wrong "no UTF-8: exit $status"
one_line_on_stderr
a list instrument
says "Nothing yet"

it "a room larger than a hall, and one that is none"
for shape in 0x4 21x4 4x21 4 x 4x-1 axb; do
	a room 9B $shape
	[ $status -eq 1 ] || [ $status -eq 2 ] || wrong "$shape: exit $status"
	one_line_on_stderr
done
a list room
says "Nothing yet"

it "what was taken back cannot be answered, dropped or taken back again"
a takeback "$gone"
[ $status -eq 3 ] || [ $status -eq 1 ] || wrong "exit $status"
one_line_on_stderr
b drop "$gone"
[ $status -eq 3 ] || [ $status -eq 1 ] || wrong "exit $status"
one_line_on_stderr
b visit accept "$gone"
[ $status -eq 3 ] || [ $status -eq 1 ] || wrong "exit $status"
one_line_on_stderr

it "a store that another node has open says so"
a run --listen 127.0.0.1:0
[ $status -eq 1 ] || wrong "exit $status"
one_line_on_stderr
complains "node"
a goal "written beside it"
good goal

it "a partner who answers nothing is not reached (5), and in time"
node_end
"$real_python" - "$scratch/port" <<'P' &
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(8)
open(sys.argv[1] + ".new", "w").write(str(s.getsockname()[1]))
import os
os.rename(sys.argv[1] + ".new", sys.argv[1])
s.settimeout(40)
held = []
try:
    while True:
        held.append(s.accept()[0])
except OSError:
    pass
P
pids=$!
for _ in $(seq 200); do [ -s "$scratch/port" ] && break; sleep 0.05; done
b sync --with Amina --wait 4 --address "127.0.0.1:$(cat "$scratch/port")" --json
[ $status -eq 5 ] || wrong "exit $status"
kill $pids
wait $pids 2>/dev/null
pids=

it "after all of it both have the same, proven"
swap_bundles
a status --json
json_is 'd["partners"][0]["identical"]' true
a list visit
says "How long do I wait?"

finish
