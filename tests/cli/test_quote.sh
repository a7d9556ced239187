# A partner's words in the year's portfolio: only as they approved them (DOMAIN §6, J10).
. "$(dirname "$0")/lib.sh"

unset KITH_HOME
trap "" PIPE
a() { kith --home "$scratch/amina" "$@"; }
b() { kith --home "$scratch/ben" "$@"; }
# The two meet: a bundle each way, and one back, so that both know.
meet() {
	for file in 1 2; do rm -f "$scratch/$file.kith"; done
	a bundle write "$scratch/1.kith" --for Ben
	good write
	b bundle read "$scratch/1.kith"
	good read
	b bundle write "$scratch/2.kith" --for Amina
	good write
	a bundle read "$scratch/2.kith"
	good read
}
# year WORD..., year_not WORD...: in Amina's portfolio.
portfolio() {
	a report --year 2026-27 --html "$scratch/year.html"
	good year
}
year() {
	portfolio
	for word; do grep -qF -- "$word" "$scratch/year.html" || wrong "$word is not in the portfolio"; done
}
year_not() {
	portfolio
	for word; do ! grep -qF -- "$word" "$scratch/year.html" || wrong "$word is in the portfolio"; done
}
# state STATE: of the one quote, as both see it.
state() {
	for who in a b; do
		$who quote --json
		json_is 'd["quotes"][0]["state"]' "$1"
	done
}

a init --name Amina --kdf interactive
good init
b init --name Ben --kdf interactive
good init
pair_homes "$scratch/amina" "$scratch/ben" || exit 1
a visit plan --with ben --when "2027-01-26 10:10" --focus "Wait time" --use flow --want noticed,wondered --json
good plan
visit=$(json 'd["handle"]')
meet
b visit accept "$visit"
good accept
printf 'q 4\n/stop\n' | "$KITH" --home "$scratch/ben" observe "$visit" --seats 28 >"$out" 2>"$err" || wrong "observe"
b feedback "$visit" noticed "You waited four seconds. Marcus spoke."
good feedback
b feedback "$visit" wondered "What told you to wait?"
good feedback
b handover "$visit"
good handover
a edit "$visit" wanted --remove wondered
meet
a class 9B --size 28
printf 'seat,name\n11,Marcus\n' >"$scratch/list.csv"
a names 9B --import "$scratch/list.csv"
good names
a feedback --json
noticed=$(json '[f["handle"] for f in d["feedback"] if not f["held_back"]][0]')
held=$(json '[f["handle"] for f in d["feedback"] if f["held_back"]][0]')

it "what cannot be quoted: no exact words, a pupil's name, what is held back, one's own words"
a quote ask "$noticed" "You waited 4 seconds."
[ $status -eq 3 ] || wrong "exit $status"
complains "a quote is exact"
a quote ask "$noticed"
[ $status -eq 1 ] || wrong "exit $status"
complains Marcus
a quote ask "$held"
[ $status -eq 1 ] || wrong "exit $status"
complains "held back"
b quote ask "$noticed" "You waited four seconds."
[ $status -eq 1 ] || wrong "exit $status"
complains "a partner gave you"
a quote ask
[ $status -eq 2 ] || wrong "exit $status"
a quote --json
json_is 'd["quotes"]' '[]'

it "asked: the partner is told, and nothing is in the portfolio"
a quote ask "$noticed" "You waited four seconds." --json
good ask
json_is 'd["state"]' asked
quote=$(json 'd["handle"]')
meet
state asked
b quote
says "Amina asks to quote you so: kith quote approve $quote"
year_not "four seconds"
a quote approve "$quote"
[ $status -eq 1 ] || wrong "approved by who asked: exit $status"
complains "only the one whose words they are"

it "approved: exactly these words are in the portfolio, with the name of who wrote them"
b quote approve "$quote"
good approve
year_not "four seconds"
meet
state approved
year "You waited four seconds." Ben "What colleagues said"
year_not "Marcus spoke" "What told you"

it "any change of the words asks anew"
a edit "$quote" words --set "You waited four whole seconds."
good edit
year_not seconds
meet
state asked

it "other words are proposed, taken, and so approved"
b quote other "$quote" She waited four seconds.
good other
meet
state other_words
a quote
says "They would rather be quoted so: “She waited four seconds.”"
year_not seconds
a quote take "$quote"
good take
year "She waited four seconds."
meet
state approved

it "declined: it is out again, and asking is no nagging"
b quote decline "$quote"
good decline
meet
state declined
year_not seconds
b quote approve "$quote"
good approve
meet
year "She waited four seconds."

it "an export of one's own words has none of them"
a export "$scratch/mine" --mine-only --hide-names
good export
! grep -rq "four seconds" "$scratch/mine" || wrong "a quote is in it"

it "when the pair ends, so does the approval"
b unpair Amina --yes --erase-captures
good unpair
rm -f "$scratch/2.kith"
b bundle write "$scratch/2.kith" --for Amina
a bundle read "$scratch/2.kith"
good read
year_not seconds
a quote --json
json_is 'd["quotes"][0]["state"]' ended

finish
