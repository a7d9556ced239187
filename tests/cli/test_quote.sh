# A partner's words in the year's portfolio: only as they approved them (DOMAIN §6, J10).
. "$(dirname "$0")/two.sh"

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

amina_and_ben
a visit plan --with ben --when "2027-01-26 10:10" --focus "Wait time" --use flow --want noticed,wondered --json
good plan
visit=$(json 'd["handle"]')
swap_bundles
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
swap_bundles
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
swap_bundles
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
swap_bundles
state approved
year "You waited four seconds." Ben "What colleagues said"
year_not "Marcus spoke" "What told you"

it "any change of the words asks anew"
a edit "$quote" words --set "You waited four whole seconds."
good edit
year_not seconds
swap_bundles
state asked

it "other words are proposed, taken, and so approved"
b quote other "$quote" She waited four seconds.
good other
swap_bundles
state other_words
a quote
says "They would rather be quoted so: “She waited four seconds.”"
year_not seconds
a quote take "$quote"
good take
year "She waited four seconds."
swap_bundles
state approved

it "declined: it is out again, and asking is no nagging"
b quote decline "$quote"
good decline
swap_bundles
state declined
year_not seconds
b quote approve "$quote"
good approve
swap_bundles
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
