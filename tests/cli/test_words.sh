# Commands, options, help: what is understood, and what a wrong word gets.
. "$(dirname "$0")/lib.sh"

it "no word at all shows the help and how to begin"
exits 0
says "kith init"

it "help, --help and -h say the same"
exits 0 help
cp "$out" "$scratch/help"
for way in --help -h; do
	exits 0 $way
	cmp -s "$out" "$scratch/help" || wrong "$way differs"
done
exits 0 help share
cp "$out" "$scratch/help"
exits 0 share --help
cmp -s "$out" "$scratch/help" || wrong "share --help differs"

it "version, --version and -V say the same"
exits 0 version
cp "$out" "$scratch/version"
grep -qE '^kith [0-9]+\.[0-9]+\.[0-9]+$' "$scratch/version" || wrong "$(cat "$scratch/version")"
for way in --version -V; do
	exits 0 $way
	cmp -s "$out" "$scratch/version" || wrong "$way differs"
done

it "a wrong command names the nearest right one"
exits 2 takebak x
complains 'did you mean "takeback"'
one_line_on_stderr
exits 2 frobnicate
complains "kith help"
exits 2 help shaer
complains 'did you mean "share"'
exits 2 takebak x --json
json_is 'd["error"]["code"]' usage

it "a wrong option names the nearest right one"
exits 2 goal x --whi y
complains "did you mean --why"
exits 2 list --jsno
complains "did you mean --json"

it "missing and superfluous words are named"
exits 2 goal
complains "TITLE"
exits 2 note two words
complains "quote"
exits 2 share
exits 2 share x
complains "--with"
exits 2 settle x y
complains "--keep"

it "every command of the contract is there"
exits 0 help --json
for name in init goal note list show edit page pair partners unpair share takeback drop shared sync run status both-wrote settle erase lock unlock help; do
	json_is "sum(c['name'] == '$name' for c in d['commands'])" 1
done

it "every command belongs to a part, and each part has commands"
exits 0 help --json
json_is '[c["name"] for c in d["commands"] if c["group"] == ""]' '[]'
json_is 'sorted({c["group"] for c in d["commands"]} ^ {g["name"] for g in d["groups"]})' '[]'
for name in $(json '" ".join(g["name"] for g in d["groups"] if g["name"] != "kith")'); do
	exits 0 help "$name"
	says "kith help COMMAND"
done

it "no page of the help is wider than 80 columns"
exits 0 help --json
for name in '' kinds $(json '" ".join(x["name"] for x in d["groups"] + d["commands"])'); do
	exits 0 help $name
	wide=$(LC_ALL=C.UTF-8 awk 'length > 80' "$out")
	[ -z "$wide" ] || wrong "kith help $name: $wide"
done

it "the kinds of documents are told with their fields"
exits 0 help kinds
says "about_kind"
exits 0 help kinds --json
json_is '[f["choices"] for k in d["kinds"] if k["name"] == "step" for f in k["fields"] if f["name"] == "state"][0][0]' open
exits 2 help kind
complains 'did you mean "kinds"'

it "every command explains itself"
exits 0 help --json
for name in $(json '" ".join(c["name"] for c in d["commands"])'); do
	exits 0 help "$name"
	says "kith $name"
done

it "stdout that cannot be written is an error, not silence"
if [ -e /dev/full ]; then
	"$KITH" help >/dev/full 2>"$err"
	[ $? -eq 1 ] || wrong "exit $?"
	one_line_on_stderr
fi

it "output that is no terminal has no colour, and neither has NO_COLOR's"
exits 0 init --name Amina --kdf interactive
exits 0 note "plain"
exits 0 list
! grep -q "$(printf '\033')" "$out" || wrong "an escape came through"

it "commands that need a node say so when there is none"
exits 1 unlock
complains "kith run"
exits 1 lock
complains "kith run"

it "status without a node and without partners is an answer"
exits 0 status --json
json_is 'd["node"]' false
json_is 'd["partners"]' '[]'
json_is 'd["pending"]' 0
exits 0 partners --json
json_is 'd["partners"]' '[]'
exits 0 shared --json
json_is 'd["entries"]' '[]'
exits 0 both-wrote --json
json_is 'd["places"]' '[]'

it "acts that need a partner name the one that is not there"
exits 3 share plain --with Ben
complains "Ben"
exits 3 page "Debrief" --with Ben
exits 3 unpair Ben
exits 3 sync --with Ben
exits 2 share plain --with Ben --role writer
complains "comment"
exits 3 settle plain body --keep mine

it "taking back and dropping what is not shared is refused with the reason"
exits 1 takeback plain
one_line_on_stderr
exits 1 drop plain
one_line_on_stderr
exits 0 show plain

finish
