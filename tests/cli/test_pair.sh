# kith pair: two people, two stores, one code; and what goes wrong.
. "$(dirname "$0")/lib.sh"

for who in amina ben; do
	kith --home "$scratch/$who" init --name "$(echo $who | sed 's/^./\U&/')" --kdf interactive
	[ $status -eq 0 ] || { cat "$err"; exit 1; }
done
unset KITH_HOME
port=$((20000 + $$ % 20000))
trap "" PIPE # a command that ended reads no more

CODE='[0-9][0-9]-[a-z]+-[a-z]+-[a-z]+'

# begin [SHOWER'S HOME [TYPER'S HOME [OPTION...]]]: both commands, stdin on descriptors 3
# and 4; the options are the shower's.
begin() {
	ours=${1:-amina} theirs=${2:-ben}
	[ $# -gt 2 ] && shift 2 || shift $#
	rm -f "$scratch"/in.* "$scratch"/out.*
	mkfifo "$scratch/in.s" "$scratch/in.t"
	port=$((port + 1))
	"$KITH" --home "$scratch/$ours" pair --listen 127.0.0.1:$port ${json:-} "$@" \
		<"$scratch/in.s" >"$scratch/out.s" 2>"$scratch/err.s" &
	shower=$!
	exec 3>"$scratch/in.s"
	"$KITH" --home "$scratch/$theirs" pair --enter --address 127.0.0.1:$port ${json:-} \
		<"$scratch/in.t" >"$scratch/out.t" 2>"$scratch/err.t" &
	typer=$!
	exec 4>"$scratch/in.t"
	pids="$shower $typer"
}
code() { await "$scratch/out.s" "$CODE" || wrong "no code was shown"; }
words() { await "$scratch/out.$1" 'words: .*' || wrong "no words were shown"; }
# ends CODE CODE: how shower and typer must end.
ends() {
	wait $shower
	[ $? -eq "$1" ] || { wrong "the shower did not end with $1"; sed 's/^/#   /' "$scratch/out.s" "$scratch/err.s"; }
	wait $typer
	[ $? -eq "$2" ] || { wrong "the typer did not end with $2"; sed 's/^/#   /' "$scratch/out.t" "$scratch/err.t"; }
	exec 3>&- 4>&-
	pids=
}
partners() {
	kith --home "$scratch/$1" partners --json
	json '[p["name"] for p in d["partners"]]'
}
nobody() {
	for who in amina ben; do
		[ "$(partners $who)" = "[]" ] || wrong "$who has a partner: $(partners $who)"
	done
}

it "a wrong word is told before it costs anything"
begin
code >/dev/null
echo "07-aardvark-nonsense-adult" >&4
await "$scratch/err.t" 'word 2 looks wrong' >/dev/null || wrong "the typer was not told"
[ "$(grep -cE "$CODE" "$scratch/out.s")" -eq 1 ] || wrong "the code was spent"

it "words that differ to one of the two leave nothing, and both end with 7"
code >&4
words t >/dev/null
echo y >&4
words s >/dev/null
echo n >&3
ends 7 7
grep -q "nothing was kept" "$scratch/err.s" || wrong "the shower was not told"
grep -q "nothing was kept" "$scratch/err.t" || wrong "the typer was not told"
nobody

it "three wrong codes end it for both with 7"
begin
code >/dev/null
for n in 1 2 3; do
	echo "00-aardvark-adroitness-aardvark" >&4
	await "$scratch/err.t" "$([ $n -eq 3 ] && echo 'wait a minute' || echo 'did not match')" >/dev/null
	sleep 0.2
done
ends 7 7
nobody

it "after three wrong codes there is a minute to wait, for both"
for who in amina ben; do
	exits 1 --home "$scratch/$who" pair --listen 127.0.0.1:0
	complains "wait"
	one_line_on_stderr
	touch -d "61 seconds ago" "$scratch/$who/pair.wait"
done

it "a typer whose input ends after a wrong code ends with 7"
begin
code >/dev/null
echo "00-aardvark-adroitness-aardvark" >&4
exec 4>&-
wait $typer
[ $? -eq 7 ] || wrong "the typer ended otherwise"
kill $shower
wait $shower
[ $? -eq 1 ] || wrong "the shower ended otherwise"
exec 3>&-
pids=
nobody

it "input that ends while the words are on the screen keeps nothing"
begin
code >&4
words s >/dev/null
words t >/dev/null
exec 3>&-
ends 7 7
nobody

it "nobody pairs with themself"
begin amina amina
code >&4
wait $typer
[ $? -eq 1 ] || wrong "the typer did not end with 1"
grep -q "pairing is for two people" "$scratch/err.t" || wrong "the typer was not told why"
kill $shower
wait $shower
exec 3>&- 4>&-
pids=
nobody

it "mistyped once, another code is shown and pairs the two"
begin
code >/dev/null
echo "00-aardvark-adroitness-aardvark" >&4
await "$scratch/out.s" 'Another code: .*' >/dev/null || wrong "no other code was shown"
code >&4
left=$(words s)
right=$(words t)
[ "$left" = "$right" ] || wrong "$left, $right"
echo Y >&3
echo yes >&4
ends 0 0
tail -n 1 "$scratch/out.s" | grep -q "Paired with Ben" || wrong "the last line is another one"
[ "$(partners amina)" = '["Ben"]' ] || wrong "amina has $(partners amina)"
[ "$(partners ben)" = '["Amina"]' ] || wrong "ben has $(partners ben)"

it "the two met at once: the shower's entry is final, both are verified"
for who in amina ben; do
	kith --home "$scratch/$who" partners --json
	json_is 'd["partners"][0]["state"]' active
	json_is 'd["partners"][0]["identical"]' true
done

it "how much a partner may bring can be raised, and is one gigabyte at first"
kith --home "$scratch/amina" partners --json
json_is 'd["partners"][0]["room"]' 1073741824
kith --home "$scratch/amina" partners Ben --room 2G --json
json_is 'd["partners"][0]["room"]' 2147483648
for size in 0M 5 2000G -1G 1T "" 99999999999999999999G; do
	exits 2 --home "$scratch/amina" partners Ben --room "$size"
done
exits 2 --home "$scratch/amina" partners --room 1G
exits 3 --home "$scratch/amina" partners Zoe --room 1G

it "a known partner is told of, and the two stay one entry each"
begin ben amina
code >&4
words s >/dev/null
words t >/dev/null
grep -q "is your partner already" "$scratch/out.s" || wrong "the shower was not told"
echo y >&3
echo y >&4
ends 0 0
[ "$(partners amina)" = '["Ben"]' ] || wrong "amina has $(partners amina)"
[ "$(partners ben)" = '["Amina"]' ] || wrong "ben has $(partners ben)"

it "--json gives partner and words on stdout and nothing else there"
json=--json
begin
json=
code=$(await "$scratch/err.s" "$CODE") || wrong "no code on stderr"
echo "$code" >&4
await "$scratch/err.s" 'words: .*' >/dev/null || wrong "no words on stderr"
await "$scratch/err.t" 'words: .*' >/dev/null || wrong "no words on stderr"
echo y >&3
echo y >&4
ends 0 0
cp "$scratch/out.s" "$out"
json_is 'd["partner"]' Ben
json_is 'len(d["words"].split())' 3
json_is 'd["met"] and d["verified"]' true
first=$(json 'd["words"]')
cp "$scratch/out.t" "$out"
json_is 'd["partner"]' Amina
json_is 'd["words"]' "$first"

it "an answer typed ahead by a script counts"
begin
code=$(code)
printf '%s\ny\n' "$code" >&4
echo y >&3
ends 0 0

it "--name-for is what I call them"
kith --home "$scratch/carla" init --name Carla --kdf interactive
begin carla ben --name-for "Mr B"
code >&4
words s >/dev/null
words t >/dev/null
echo y >&3
echo y >&4
ends 0 0
[ "$(partners carla)" = '["Mr B"]' ] || wrong "carla has $(partners carla)"

it "options that do not go together are a usage error that names the right one"
exits 2 --home "$scratch/amina" pair --enter --listen 127.0.0.1:1
complains "--address"
exits 2 --home "$scratch/amina" pair --address 127.0.0.1:1
complains "--listen"
exits 2 --home "$scratch/amina" pair --name-for ""
exits 1 --home "$scratch/amina" pair --listen 127.0.0.1:99999
one_line_on_stderr

it "without a code on stdin the typer ends with one sentence"
exits 1 --home "$scratch/ben" pair --enter --address 127.0.0.1:1
complains "no code was typed"

finish
