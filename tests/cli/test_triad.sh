# A triad is three pairs: three teachers, three real stores, and nobody learns of a third.
. "$(dirname "$0")/lib.sh"

unset KITH_HOME
port=$((20000 + $$ % 20000))
as() { # as HOME WORD...
	home=$scratch/$1
	shift
	kith --home "$home" "$@"
	[ $status -eq 0 ] || { wrong "exit $status: $*"; sed 's/^/#   /' "$err"; }
}
# meet HOME HOME NAME: the first one's node runs while the second meets NAME there.
meet() {
	node_begin "$scratch/$1" $port
	as "$2" sync --with "$3" --wait 30 --address 127.0.0.1:$port --json
	json_is 'd["verified"]' true
	node_end
}
# nothing_of WORD...: none of them is in anything that Ben can get out of his store.
nothing_of() {
	as ben list --json
	cp "$out" "$scratch/ben.all"
	handles=$(json '" ".join(x["handle"] for x in d["documents"])')
	[ -n "$handles" ] || wrong "Ben has nothing at all"
	for handle in $handles; do
		as ben show "$handle" --json
		cat "$out" >>"$scratch/ben.all"
	done
	for words in "shared --as-partner" "shared --json" "partners --json" "status --json" "both-wrote --json"; do
		# shellcheck disable=SC2086  # they are words
		as ben $words
		cat "$out" >>"$scratch/ben.all"
	done
	rm -rf "$scratch/ben.out"
	as ben export "$scratch/ben.out"
	for word in "$@"; do
		grep -qF -- "$word" "$scratch/ben.all" && wrong "Ben's store says \"$word\""
		grep -rqF -- "$word" "$scratch/ben.out" && wrong "Ben's export says \"$word\""
	done
}

it "three teachers pair, two and two"
for name in Amina Ben Carla; do
	home=$(echo $name | tr ABC abc)
	as "$home" init --name $name --kdf interactive
done
for two in "amina ben" "amina carla" "ben carla"; do
	# shellcheck disable=SC2086
	pair_homes "$scratch/${two% *}" "$scratch/${two#* }" || wrong "$two did not pair"
done

it "one goal shown to two is two documents"
as amina goal "Quiet pupils speak" --json
goal=$(json 'd["handle"]')
as amina share "$goal" --with Ben --json
for_ben=$(json 'd["shared"][0]["handle_there"]')
as amina share "$goal" --with Carla --json
for_carla=$(json 'd["shared"][0]["handle_there"]')
[ "$for_ben" != "$for_carla" ] || wrong "both have $for_ben"

it "what two have together, a third does not learn of"
as amina page "Palimpsest with her" --with Carla --json
page=$(json 'd["handle"]')
as amina edit "$page" body --set "Quincunx, said to her alone"
as carla note "Zeugma for Amina" --json
as carla share "$(json 'd["handle"]')" --with Amina
meet amina ben Amina
meet amina carla Amina
as carla edit "$for_carla" comments --append "Rhubarb, says she"
meet amina carla Amina
meet amina ben Amina
as amina show "$goal"
says Rhubarb
as amina partners --json
carla=$(json '[p["person"] for p in d["partners"] if p["name"] == "Carla"][0]')
nothing_of Palimpsest Quincunx Zeugma Rhubarb "$page" "$for_carla"
as amina shared --with Ben --as-partner
for word in Palimpsest Quincunx Zeugma Rhubarb Carla "$carla"; do
	grep -qF "$word" "$out" && wrong "as Ben has it, there is \"$word\""
done
as ben show "$for_ben" --json
grep -qF "$carla" "$out" && wrong "Carla's key is in Ben's copy"

it "taken back from one, it stays with the other"
as amina takeback "$for_ben" --from Ben --yes
meet amina ben Amina
meet amina carla Amina
kith --home "$scratch/ben" show "$for_ben"
[ $status -eq 3 ] || wrong "Ben has it still: exit $status"
as carla show "$for_carla"
says "Quiet pupils speak"
says Rhubarb
finish
