# What the shells offer after <TAB>: kith's own answer, and each shell that is here.
. "$(dirname "$0")/lib.sh"
files=$(cd "$(dirname "$0")/../../packaging/completions" && pwd)
PATH=$(dirname "$KITH"):$PATH
# offers CANDIDATES WORD...: all that may stand for the last word, parted by spaces.
offers() {
	candidates=$1
	shift
	exits 0 help --complete -- "$@"
	got=$(cut -f 1 "$out" | tr '\n' ' ')
	[ "${got% }" = "$candidates" ] || wrong "after \"$*\": \"${got% }\", not \"$candidates\""
}

it "a command is completed from its beginning"
offers "visit" vis
offers "share shared" sha
offers "" frobn
offers "" frobn ""
exits 0 help --complete -- ""
[ "$(wc -l <"$out")" -eq "$("$KITH" help --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["commands"]))')" ] ||
	wrong "not every command is offered"

it "options are those of the command and those of all"
offers "--with --when --want" visit plan --w
offers "--json" list --j
offers "--home --json --plain --passphrase-file --help --version" --
offers "" list --w

it "values of which there are few are offered"
offers "mine theirs both" settle n-abcde body --keep ""
offers "mine" settle n-abcde body --keep m
offers "--keep=mine" settle n-abcde body --keep=m
offers "mine" settle n-abcde body --keep = m
offers "noticed,strength" visit plan --want noticed,s
offers "flanders flow" visit plan --use fl
offers "reflecting" debrief v-abcde --pack r

it "words are offered where they stand"
offers "plan" visit p
offers "thank" feedback th
offers "noticed" feedback v-abcde n
offers "" feedback thank ""
offers "wish why" edit g-abcde w
offers "note names" list n
offers "observe observing" help ob
offers "" note te
offers ":file" names --import ""
offers ":dir" --home ""

it "documents and partners are offered while an unlocked node runs, and nobody is asked for a key"
exits 0 init --name Amina --kdf interactive
goal=$(handle goal "Ask, then wait")
offers "" show ""
"$KITH" run --listen 127.0.0.1:0 >"$scratch/log" 2>&1 &
pids=$!
for _ in $(seq 100); do
	grep -q "open, listening" "$scratch/log" && break
	sleep 0.1
done
offers "$goal" show ""
offers "$goal" edit g
offers "" show n-
kill "$pids"
wait "$pids"
pids=

it "bash completes"
cat >"$scratch/try.bash" <<-'END'
	. "$1/kith.bash"
	complete -p kith >/dev/null || exit 1
	COMP_WORDS=(kith vis) COMP_CWORD=1
	_kith kith
	echo "${COMPREPLY[*]}"
	COMP_WORDS=(kith settle x y --keep "") COMP_CWORD=5
	_kith kith
	echo "${COMPREPLY[*]}"
	END
got=$(bash "$scratch/try.bash" "$files" 2>&1 | tr '\n' '/')
[ "$got" = "visit/mine theirs both/" ] || wrong "$got"

if command -v fish >/dev/null; then
	it "fish completes"
	got=$(fish --no-config -c 'source $argv[1]/kith.fish; complete -C "kith vis"; complete -C "kith settle x y --keep t"' "$files" 2>&1 |
		cut -f 1 | tr '\n' '/')
	[ "$got" = "visit/theirs/" ] || wrong "$got"
fi

if command -v zsh >/dev/null; then
	it "zsh completes"
	mkdir -p "$scratch/functions" && cp "$files/kith.zsh" "$scratch/functions/_kith"
	got=$(zsh -f -c 'fpath=($1 $fpath); autoload -U compinit; compinit -D -u; print $_comps[kith]' zsh "$scratch/functions")
	[ "$got" = _kith ] || wrong "it is not loaded: $got"
	# What _describe would show, without a terminal to show it on.
	cat >"$scratch/try.zsh" <<-'END'
		_describe() { print -l "${(@P)3}" | cut -d: -f1; }
		words=(kith vis) CURRENT=2
		. $1/_kith
		words=(kith settle x y --keep t) CURRENT=6
		. $1/_kith
		END
	got=$(zsh -f "$scratch/try.zsh" "$scratch/functions" 2>&1 | tr '\n' '/')
	[ "$got" = "visit/theirs/" ] || wrong "$got"
fi

finish
