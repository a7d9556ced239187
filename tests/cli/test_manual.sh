# The manual as it was built ($MANUAL, a folder): well formed, and with all that the program has.
. "$(dirname "$0")/lib.sh"
: "${MANUAL:?the folder of the pages}"
unset LANGUAGE
export LC_ALL=C.UTF-8

it "every page is well formed"
for page in "$MANUAL"/*.[17]; do
	if command -v groff >/dev/null; then
		said=$(groff -man -ww -b -Tutf8 "$page" 2>&1 >/dev/null)
		[ -z "$said" ] || wrong "$said"
	fi
	if command -v mandoc >/dev/null; then
		said=$(mandoc -T lint -W warning "$page" 2>&1)
		[ -z "$said" ] || wrong "$said"
	fi
	[ -s "$page" ] || wrong "$page is empty"
done

# What a person reads, hyphens as typed.
sed -e 's/\\-/-/g' -e 's/\\f[BIR]//g' "$MANUAL"/*.1 >"$scratch/manual"
sed -e 's/\\-/-/g' -e 's/\\f[BIR]//g' "$MANUAL"/kith-kinds.7 >"$scratch/kinds"

it "every part of the help has its page, and the first page names it"
exits 0 help --json
for part in $(json '" ".join(g["name"] for g in d["groups"] if g["name"] != "kith")'); do
	[ -s "$MANUAL/kith-$part.1" ] || wrong "there is no page kith-$part"
	grep -q "^kith-$part(1)" "$scratch/manual" || wrong "kith(1) does not name kith-$part"
done

it "every command and every option is in it, once"
for name in $(json '" ".join(c["name"] for c in d["commands"])'); do
	[ "$(grep -cE "^\.SS \"kith $name[ \"]" "$scratch/manual")" -eq 1 ] || wrong "kith $name"
done
json '"\n".join(o["name"] for c in d["commands"] for o in c["options"])' >"$scratch/options"
while read -r name; do
	grep -qE "^--$name( |$)" "$scratch/manual" || wrong "--$name"
done <"$scratch/options"

it "every kind is in it with every field"
exits 0 help kinds --json
json '"\n".join(k["name"] + " (" + k["letter"] + "-)" for k in d["kinds"])' >"$scratch/names"
while read -r name; do
	grep -qF ".SS \"$name\"" "$scratch/kinds" || wrong "$name"
done <"$scratch/names"
[ "$(grep -c '^\.TP' "$scratch/kinds")" -eq "$(json 'sum(len(k["fields"]) for k in d["kinds"])')" ] ||
	wrong "the fields of kith-kinds(7) are not those of the program"

it "the page of a command says what its help says"
exits 0 help share
says "from then on you both have the same one"
grep -q "from then on you both have the same one" "$scratch/manual" || wrong "the manual does not"

finish
