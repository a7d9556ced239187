# The journeys of two teachers, with two real stores and the real command (DOMAIN §6).
. "$(dirname "$0")/two.sh"

port=$((20000 + $$ % 20000))
# A and B: what the two type, at a terminal: [QUESTION ANSWER]... -- WORD... Counted, and held
# against DOMAIN §6; what the test asks beside it (a, b) is not.
commands=0 asked=0
A() { typed "$scratch/amina" "$@" && count; }
B() { typed "$scratch/ben" "$@" && count; }
count() {
	commands=$((commands + 1))
	asked=$((asked + questions))
	good typed
}
# within COMMANDS QUESTIONS: no more of either than the journey is written with; begins anew.
within() {
	[ $commands -gt 0 ] || wrong "nothing was counted"
	[ $commands -le "$1" ] || wrong "$commands commands, written are $1"
	[ $asked -le "$2" ] || wrong "$asked questions, written are $2"
	commands=0 asked=0
}
# seen PATTERN: the last match on the screen.
seen() { grep -oE "$1" "$out" | tail -n 1; }
# Amina's node runs while Ben meets it.
meet() {
	node_begin "$scratch/amina" $port
	b sync --with Amina --wait 30 --address 127.0.0.1:$port --json
	good sync
	json_is 'd["verified"]' true
	node_end
}

it "J1: a first evening alone: a store and a goal"
passphrase=$(cat "$KITH_PASSPHRASE_FILE") passphrase_file=$KITH_PASSPHRASE_FILE
unset KITH_PASSPHRASE_FILE
A 'Name' Amina '[Pp]assphrase' "$passphrase" 'again' "$passphrase" 'recovery' n -- init --kdf interactive
export KITH_PASSPHRASE_FILE=$passphrase_file
A -- goal "More pupils answer in 9B" --why "quiet ones vanish" --measure "seats reached %" --by 2027-02
says private
# kith · passphrase, name, school year, recovery sheet
within 2 4
b init --name Ben --kdf interactive
good init

it "J2: they pair by a code, compare three words, and sign how they work together"
mkfifo "$scratch/in.a" "$scratch/in.b"
"$KITH" --home "$scratch/amina" pair --listen 127.0.0.1:$port <"$scratch/in.a" >"$scratch/out.a" 2>&1 &
one=$!
exec 3>"$scratch/in.a"
code=$(await "$scratch/out.a" '[0-9][0-9]-[a-z]+-[a-z]+-[a-z]+')
"$KITH" --home "$scratch/ben" pair --enter --address 127.0.0.1:$port <"$scratch/in.b" >"$scratch/out.b" 2>&1 &
two=$!
pids="$one $two"
exec 4>"$scratch/in.b"
echo "$code" >&4
[ "$(await "$scratch/out.a" 'words: .*')" = "$(await "$scratch/out.b" 'words: .*')" ] || wrong "the words differ"
echo y >&3
echo y >&4
wait $one || wrong "amina: exit $?"
wait $two || wrong "ben: exit $?"
exec 3>&- 4>&-
pids=
commands=1 asked=2 # kith pair --enter: the code, the words
B -- agreement --sign
meet
# Each: kith pair · "same?"; "Agree how you work together?"; s to sign, for which there is a command.
within 2 2
a agreement --sign --json
good agreement
json_is 'd["state"]' agreed
meet
b agreement --json
json_is 'd["state"]' agreed

it "J3: a plan is sent, seen exactly, accepted"
A -- visit plan --with ben --class 9B --when "2027-01-26 10:10" --min 20 \
	--focus "Whom do I ask, and how long do I wait?" --use flow,wait --want noticed,questions
visit=$(seen 'v-[0-9a-z]+')
a shared --with Ben
says "Whom do I ask"
meet
json_is '[n["what"] for n in d["partners"][0]["needs_you"]]' '["answer_visit"]'
json_is 'len(d["partners"][0]["new"])' 1
b visit --json
json_is 'd["visits"][0]["state"]' sent
B -- visit accept "$visit"
# kith visit plan; kith visit accept
within 2 0
meet
a visit show "$visit" --json
json_is 'd["state"]' accepted

it "J4: the room is drawn once, and names stay here"
B -- room 9B 4x8 --gap c3
# kith room
within 1 0
b class 9B --size 28
good class
printf 'seat,name\n11,Marcus\n' >"$scratch/list.csv"
b names 9B --import "$scratch/list.csv"
good names

it "J5: an observation that breaks off goes on where the clock is, with the gap marked"
mkfifo "$scratch/in.o"
"$KITH" --home "$scratch/ben" observe "$visit" --seats 28 <"$scratch/in.o" >"$scratch/out.o" 2>&1 &
pids=$!
exec 5>"$scratch/in.o"
echo "q 7" >&5
await "$scratch/out.o" 'question  S7' >/dev/null
kill -9 $pids
wait $pids 2>/dev/null
exec 5>&-
pids=
sleep 1

it "J5: observing live, in typed lines; what is for own eyes is no event"
{
	for seat in 4 11 4 2 11 4 9 11 4 2 4; do echo "q $seat"; done
	echo "question ends"
	echo "pupil starts"
	echo "T: Marcus, why do you think so?"
	echo "~ she looked tired"
	echo "/star"
	echo "q 3"
	echo "/undo"
	echo "/stop"
} | "$KITH" --home "$scratch/ben" observe "$visit" --seats 28 >"$out" 2>"$err" || wrong "observe: $(cat "$err")"
says "question  S11"
complains "gap"
! grep -q "$(printf '\a')" "$out" "$err" "$scratch/out.o" || wrong "it beeps"
b trim "$visit" --json
json_is 'len(d["lines"])' 15
json_is 'd["lines"][0]["text"]' "question  S7"
json_is 'd["lines"][1]["t_ms"] >= 1000' true
commands=1 # typed lines here, keys at a terminal: kith look
within 1 0
b observe "$visit"
[ $status -eq 1 ] || wrong "observed twice"
complains "observed to its end"

it "J6: feedback as asked for, a preview, the name guard, the hand-over"
B -- trim "$visit"
B -- feedback "$visit" noticed "At 0:00 you waited; Marcus spoke for the first time" --at 0:00
b feedback "$visit" idea "Try cold calling"
[ $status -eq 1 ] || wrong "an idea was taken"
complains "Amina asked for noticed, wondered"
b handover "$visit" --preview --json
good preview
json_is 'd["own_eyes_stay"]' 1
json_is 'd["names"]' '["Marcus"]'
b handover "$visit"
[ $status -eq 1 ] || wrong "names went"
complains Marcus
B -- feedback "$visit" wondered "What told you to wait then?" --at 0:00
B 'Marcus .*\[Y/n\]' y 'Go\? \[y/N\]' y -- handover "$visit"
# kith trim, say, say, handover · the name guard; "Go?"
within 4 2
b handover "$visit"
[ $status -eq 1 ] || wrong "handed over twice"
complains "already"
meet

it "J7: the owner sees the data, then the words; debrief, step, reflection"
A -- report "$visit"
says "contacts"
a report "$visit" --html "$scratch/visit.html"
good report
for word in Marcus tired; do
	! grep -q $word "$scratch/visit.html" || wrong "$word is in the report"
	! grep -rqa $word "$scratch/amina" || wrong "$word is in Amina's folder"
done
grep -q "S11 spoke" "$scratch/visit.html" || wrong "the feedback is not in the report"
for word in Marcus tired; do
	a find $word --json
	json_is 'len(d["documents"])' 0
done
for who in a b; do
	$who visit
	good balance
done
says "you visited 1, were visited 0. Invite them"
b report "$visit" --html "$scratch/not.html"
[ $status -eq 1 ] || wrong "the observer made the report"
a feedback --json
feedback=$(json 'd["feedback"][0]["handle"]')
a feedback thank "$feedback"
good thank
A '\?' "longer than I felt" '\?' "" '\?' "" '\?' "" '\?' "" -- debrief "$visit" --pack five
page=$(seen 'p-[0-9a-z]+')
A -- step "Ask, count to 3, then choose from the back row" --by 2w --know "seats reached > 60 %" --visit "$visit"
A '\?' "" '\?' "" '\?' "" -- reflect "$visit"
# kith read, talk, step, reflect · what do you expect to see?; the five questions; three prompts
within 4 9
a visit show "$visit" --json
json_is 'd["state"]' reflected

it "J8: both write on trains; nothing is lost, and the place is named"
meet
a edit "$page" body --set "Wait time felt long."
b edit "$page" body --set "Wait time grew in part two."
a edit "$page" topic --set free
b edit "$page" topic --set joint_plan
meet
B -- both-wrote
says topic
b show "$page" --field body
says "felt long"
says "grew in part two"
B -- settle "$page" topic --keep theirs
# kith sync (done by kith run where one runs), kith look-at · keep which? the answer is a command
within 2 1
meet
a both-wrote --json
json_is 'any(p["field"] == "topic" for p in d["places"])' false

it "J9: taking back, with the truth about delivery"
a note "Too private after all" --json
note=$(json 'd["handle"]')
a share "$note" --with Ben
good share
a takeback "$note" --json
json_is 'd["taken_back"][0]["state"]' never_left
a share "$note" --with Ben --json
good share
meet
b list note
says "Too private"
A 'y/N' y -- takeback "$note"
says "Ben had it"
# kith takeback · "Continue?"
within 1 1
meet
json_is 'd["partners"][0]["taken_back"]' 1
json_is 'd["partners"][0]["left_out"]' 0
b list note
says_not "Too private"

it "J10: a year's portfolio has no word of the partner"
A -- report --year 2026-27 --html "$scratch/year.html"
# kith report · "Ask Ben for 2 quotes?"
within 1 1
grep -q "More pupils answer" "$scratch/year.html" || wrong "no goal"
for word in "S11 spoke" "grew in part two" Marcus; do
	! grep -q "$word" "$scratch/year.html" || wrong "$word is in the portfolio"
done
grep -q "2 pieces of feedback" "$scratch/year.html" || wrong "what was left out is not said"

it "J12: the pair ends; what each keeps is said, raw captures are asked about, a thank-you goes"
b unpair Amina --yes
[ $status -eq 2 ] || wrong "exit $status"
complains "--erase-captures or --keep-captures"
b partners
says Amina
B 'Erase it now\? \[Y/n\]' "" 'last thank-you' "Thank you for the back row." -- unpair Amina
says "You keep: your goals"
says "you agreed on 12 months"
says "captures are erased: 1"
# kith pair close · erase the captures?; a last thank-you?
within 1 2
b list session
says_not "Whom do I ask"
meet
a list page
says "Whom do I ask"
a list visit
says "Whom do I ask"
a list session
says "Whom do I ask"
a list feedback
says "S11 spoke"
a list kudos
says "back row"
b list page
says "Whom do I ask"
b list session
says_not "Whom do I ask"
a partners --json
a share "$note" --with Ben
[ $status -ne 0 ] || wrong "shared after the end"

finish
