# How a partnership ends, at a terminal: what is asked, what stays with whom, and what the other
# is told and asked (DOMAIN §6, J12).
. "$(dirname "$0")/two.sh"

# observed FOCUS: Ben observes a lesson of Amina's; its handle is in $visit.
observed() {
	a visit plan --with ben --when "2027-01-26 10:10" --focus "$1" --use flow --json
	good plan
	visit=$(json 'd["handle"]')
	swap_bundles
	b visit accept "$visit"
	good accept
	printf 'q 4\n/stop\n' | "$KITH" --home "$scratch/ben" observe "$visit" --seats 28 >"$out" 2>"$err" || wrong "observe"
}
sessions() {
	kith --home "$scratch/$1" list session --json
	json 'len(d["documents"])'
}

amina_and_ben
a agreement --sign
good agreement
observed "Handed over"
b handover "$visit"
good handover
observed "Not handed over"
a page "Our plan for spring" --with Ben
good page
a goal "A goal that was shown" --json
a share "$(json 'd["handle"]')" --with Ben
good share
swap_bundles

it "unpair asks whether to be sure, and for a last line; n and Ctrl-C leave all as it is"
typed "$scratch/amina" 'End it with Ben\? \[y/N\]' n -- unpair Ben
[ $status -eq 1 ] || wrong "n: exit $status"
says "You keep: your goals"
says "Ben keeps likewise."
says "you agreed on 12 months"
says "What you showed each other is taken back"
typed "$scratch/amina" 'End it with Ben' y 'thank-you' '\C' -- unpair Ben
[ $status -ne 0 ] || wrong "Ctrl-C: exit 0"
a partners --json
json_is 'd["partners"][0]["state"]' active

it "of lessons observed it asks what becomes of the captures instead, so that no more than two are asked"
typed "$scratch/ben" '2 raw captures of Amina.s lessons are here. Erase them now\? \[Y/n\]' '\C' -- unpair Amina
[ $status -ne 0 ] || wrong "Ctrl-C: exit 0"
says "Ctrl-C leaves all as it is"
[ "$(sessions ben)" = 2 ] || wrong "a capture went"
b partners --json
json_is 'd["partners"][0]["state"]' active
typed "$scratch/ben" 'Erase them now' "" 'thank-you' "The back row says hello." -- unpair Amina
good unpair
says "The raw captures are erased: 2."
says "Your thank-you goes out"
[ "$(sessions ben)" = 0 ] || wrong "captures are here"
b list page
says "Our plan for spring"
b list feedback
good list
b unpair Amina --yes
[ $status -eq 1 ] || wrong "ended twice: exit $status"
complains "already"

it "who taught keeps the lesson, the pages and the last line, and has nothing to decide"
swap_bundles
[ "$(sessions amina)" = 1 ] || wrong "Amina has $(sessions amina) lessons"
a list page
says "Our plan for spring"
a list goal
says "A goal that was shown"
a list kudos
says "back row"
a status
says "Ben ended your pairing"
says_not "raw capture"
typed "$scratch/amina" -- unpair Ben
good unpair
says "Ben ended it."
a unpair Ben --yes
[ $status -eq 1 ] || wrong "ended twice: exit $status"

# ended_by_amina: they pair again, Ben observes, and Amina ends it.
ended_by_amina() {
	pair_homes "$scratch/amina" "$scratch/ben" || exit 1
	observed "$1"
	b handover "$visit"
	good handover
	observed "$1, and not handed over"
	a page "$1 plan" --with Ben
	good page
	swap_bundles
	a unpair Ben --yes
	good unpair
	rm -f "$scratch/1.kith"
	a bundle write "$scratch/1.kith" --for Ben
	b bundle read "$scratch/1.kith"
	good read
}

it "who observed is told that the other ended it, and is asked what becomes of the captures"
ended_by_amina "Summer"
says "The pair with Amina has ended."
says "kith unpair Amina"
b status
says "Amina ended your pairing"
says "2 raw captures of their lessons are here; keep or erase them: kith unpair Amina"
b status --json
json_is 'd["partners"][0]["captures_to_decide"]' 2
[ "$(sessions ben)" = 2 ] || wrong "something went unasked"
b unpair Amina --yes
[ $status -eq 2 ] || wrong "undecided: exit $status"
complains "--erase-captures or --keep-captures"
b unpair Amina --yes --keep-captures --thanks "Too late"
[ $status -eq 1 ] || wrong "a line to nobody: exit $status"
complains "Amina ended it"
typed "$scratch/ben" 'Erase them now' '\C' -- unpair Amina
[ $status -ne 0 ] || wrong "Ctrl-C: exit 0"
[ "$(sessions ben)" = 2 ] || wrong "a capture went"

it "erased: they are gone with the question, and all else stays"
typed "$scratch/ben" '2 raw captures of Amina.s lessons are here. Erase them now\? \[Y/n\]' "" -- unpair Amina
good unpair
says "Amina ended it."
says "The raw captures are erased: 2."
[ "$(sessions ben)" = 0 ] || wrong "captures are here"
b status --json
json_is 'd["partners"][0]["captures_to_decide"]' 0
b list page
says "Summer plan"

it "kept: they stay, and nothing asks again"
ended_by_amina "Winter"
typed "$scratch/ben" 'Erase them now' n -- unpair Amina
good unpair
[ "$(sessions ben)" = 2 ] || wrong "a capture went"
b status --json
json_is 'd["partners"][0]["captures_to_decide"]' 0
b unpair Amina --yes
[ $status -eq 1 ] || wrong "decided twice: exit $status"
complains "already"

finish
