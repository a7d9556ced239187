# What the tests of the command line share: the real kith, in temporary homes.
# $KITH is the program. Each case is a sentence; a failed check prints what was wrong.
set -u
: "${KITH:?the path of the program}"
scratch=$(mktemp -d)
pids=
# Where python3 is a version manager's shim, starting it costs more than what it runs.
real_python=$(python3 -c 'import sys; print(sys.executable)')
python3() { "$real_python" "$@"; }
cases_failed=0 case_name= case_bad=0
out=$scratch/.out err=$scratch/.err status=0

clean_up() {
	for pid in $pids; do kill "$pid" 2>/dev/null; done
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

unset KITH_PLAIN NO_COLOR VISUAL EDITOR XDG_DATA_HOME
export HOME="$scratch" TZ=UTC
export KITH_HOME="$scratch/home" KITH_PASSPHRASE_FILE="$scratch/passphrase"
echo "four quiet test words" >"$KITH_PASSPHRASE_FILE"

# Begin a case; the one before it ends.
it() {
	end_case
	case_name=$1
	case_bad=0
}
end_case() {
	[ -n "$case_name" ] || return 0
	if [ $case_bad -eq 0 ]; then
		echo "ok - $case_name"
	else
		echo "not ok - $case_name"
		cases_failed=$((cases_failed + 1))
	fi
	case_name=
}
finish() {
	end_case
	[ $cases_failed -eq 0 ]
	exit
}
wrong() {
	case_bad=1
	printf '# %s\n' "$*"
}

# kith WORD...: run it with an empty stdin that is no terminal; sets $status, fills $out and $err.
kith() {
	"$KITH" "$@" >"$out" 2>"$err" </dev/null
	status=$?
}
# exits CODE WORD...: run it, and it must end so.
exits() {
	expected=$1
	shift
	kith "$@"
	[ $status -eq "$expected" ] && return
	wrong "kith $(printf '%.60s ' "$@"): exit $status, not $expected"
	sed 's/^/#   /' "$out" "$err" | head -n 20
}
# What the last run wrote.
says() { grep -qF -- "$1" "$out" || { wrong "stdout lacks: $1"; head -n 20 "$out" | sed 's/^/#   /'; }; }
says_not() { ! grep -qF -- "$1" "$out" || wrong "stdout has: $1"; }
complains() { grep -qF -- "$1" "$err" || { wrong "stderr lacks: $1"; head -n 20 "$err" | sed 's/^/#   /'; }; }
one_line_on_stderr() { [ "$(wc -l <"$err")" -eq 1 ] || { wrong "stderr is not one line:"; sed 's/^/#   /' "$err"; }; }

# typed HOME [QUESTION ANSWER]... -- WORD...: run it at a terminal, as a person does. Each question
# is a pattern that is waited for; there must be as many as are asked, and no more. What the
# screen showed is in $out; $questions is their number.
typed() {
	python3 "$(dirname "$0")/typed.py" "$KITH" "$@" >"$out" 2>"$err"
	status=$?
	questions=0
	for word; do
		[ "$word" = -- ] && break
		questions=$((questions + 1))
	done
	questions=$(((questions - 1) / 2))
	! grep -q '^typed: ' "$err" || { wrong "$(cat "$err")"; sed 's/^/#   /' "$out"; }
}

# json EXPRESSION: the value of a Python expression over `d`, the last run's JSON document.
json() {
	python3 -c '
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
v = eval(sys.argv[2])
print(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False))' "$out" "$1"
}
# json_is EXPRESSION EXPECTED
json_is() {
	got=$(json "$1" 2>&1) || { wrong "no JSON, or not so: $1"; head -n 20 "$out" | sed 's/^/#   /'; return; }
	[ "$got" = "$2" ] || wrong "$1 is $got, not $2"
}
# handle WORD...: run a command that makes one document, print its handle.
handle() {
	kith "$@" --json
	json 'd["handle"]'
}

# good WORD...: the last run did it; the words name it.
good() { [ $status -eq 0 ] || { wrong "exit $status: $*"; sed 's/^/#   /' "$err"; }; }
# await FILE PATTERN: wait until a line of it matches, for twenty seconds at most; prints the
# last match.
await() {
	for _ in $(seq 400); do
		found=$(grep -oE "$2" "$1" | tail -n 1) && [ -n "$found" ] && { printf '%s\n' "$found"; return 0; }
		sleep 0.05
	done
	wrong "nothing like \"$2\" came"
	return 1
}
# node_begin HOME [PORT]: its node runs, and has said its first line, until node_end.
node_begin() {
	"$KITH" --home "$1" run --listen "127.0.0.1:${2:-0}" >"$scratch/run" 2>&1 </dev/null &
	node=$!
	pids=$node
	await "$scratch/run" '.+' >/dev/null
}
node_end() {
	kill $node
	wait $node 2>/dev/null
	pids=
}

# pair_homes HOME HOME: pair the two stores over this machine's loopback.
pair_homes() {
	rm -f "$scratch"/pair.*
	mkfifo "$scratch/pair.in1" "$scratch/pair.in2"
	pair_port=$((20000 + ($$ * 7 + ${pair_port:-0}) % 20000))
	"$KITH" --home "$1" pair --listen 127.0.0.1:$pair_port <"$scratch/pair.in1" >"$scratch/pair.out1" 2>&1 &
	pair_one=$!
	exec 8>"$scratch/pair.in1"
	pair_code=
	for _ in $(seq 200); do
		pair_code=$(grep -oE '[0-9][0-9]-[a-z]+-[a-z]+-[a-z]+' "$scratch/pair.out1" | tail -n 1)
		[ -n "$pair_code" ] && break
		sleep 0.05
	done
	"$KITH" --home "$2" pair --enter --address 127.0.0.1:$pair_port <"$scratch/pair.in2" >"$scratch/pair.out2" 2>&1 &
	pair_two=$!
	pids="$pair_one $pair_two"
	exec 9>"$scratch/pair.in2"
	printf '%s\ny\n' "$pair_code" >&9
	echo y >&8
	pair_status=0
	wait $pair_one || pair_status=$?
	wait $pair_two || pair_status=$?
	exec 8>&- 9>&-
	pids=
	[ $pair_status -eq 0 ] || { echo "# pairing failed"; cat "$scratch"/pair.out*; }
	return $pair_status
}
