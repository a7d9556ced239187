# The reader's language: no English sentence is left in a language that has all of them, and
# what programs read stays as it is. The language is made here: every sentence in brackets.
. "$(dirname "$0")/lib.sh"

top=$(dirname "$0")/../..
pseudo() { python3 "$top/tests/cli/pseudo.py" "$@"; }
command -v msgfmt >/dev/null || { echo "msgfmt is not here"; exit 77; }

it "the template has every sentence, and msgfmt finds its formats in order"
"$top/packaging/po/extract" "$scratch/kith.pot" || wrong "extract failed"
msgfmt --check-format -o /dev/null "$scratch/kith.pot" 2>"$err" || wrong "$(cat "$err")"
pseudo make "$scratch/kith.pot" "$scratch/locale" 2>"$err" || wrong "$(cat "$err")"
export KITH_LOCALEDIR="$scratch/locale" LANGUAGE=xx

unset KITH_HOME
port=$((20000 + $$ % 20000))
trap "" PIPE
a() { kith --home "$scratch/amina" "$@"; }
b() { kith --home "$scratch/ben" "$@"; }
# speaks WHO WORD...: it succeeds, and says nothing in English.
speaks() {
	"$@"
	[ $status -eq 0 ] || { wrong "exit $status: $*"; sed 's/^/#   /' "$err"; }
	pseudo leaks "$out" "$err" >"$scratch/leaks" || { wrong "English is left of: $*"; sed 's/^/#   /' "$scratch/leaks"; }
}
# fails WHO WORD...: it fails, with a reason that is not English.
fails() {
	"$@"
	[ $status -ne 0 ] || wrong "no failure: $*"
	pseudo leaks "$out" "$err" >"$scratch/leaks" || { wrong "English is left of: $*"; sed 's/^/#   /' "$scratch/leaks"; }
}
# meet: Amina's node runs while Ben meets it.
meet() {
	node_begin "$scratch/amina" $port
	speaks b sync --with Амина --wait 30 --address 127.0.0.1:$port
	node_end
}

it "a store, a goal, a note, a measure and a class say nothing in English"
speaks a init --name Амина --kdf interactive
speaks b init --name Бен --kdf interactive
speaks a goal "Больше ответов" --why "тихие" --by 2027-02
speaks a note "Наблюдение"
speaks a measure Больше "Доля" --unit percent --direction up --baseline 1 --target 2.5
speaks a class 9Б --size 30
speaks a room 9Б 5x6
speaks a step "Ждать" --by 2w
speaks a door "Дверь" --when "2027-01-26 10:10"
speaks a list
speaks a show Больше
speaks a show Доля
speaks a status
speaks a partners
speaks a shared
speaks a both-wrote
speaks a visit
speaks a feedback

it "refusals are not English either, their codes and what programs read are"
fails a goal
fails a frobnicate
fails a show Нет
fails a settle Больше wish
fails a measure Доля много
fails a step "Ждать" --by "32.1.2027"
fails a edit Больше wish --add x
fails a share Больше --with Никто
fails a takeback Больше
fails a sync
a show Нет --json
json_is 'd["error"]["code"]' not_found
a list --json
json_is 'sorted({x["kind"] for x in d["documents"]})' '["class", "door", "goal", "measure", "note", "room", "step"]'

it "the help of every command is translated"
for name in $(KITH_LOCALEDIR=/nowhere "$KITH" help --json | python3 -c 'import json, sys; print(*(c["name"] for c in json.load(sys.stdin)["commands"]))'); do
	kith help "$name"
	grep -vE "^kith $name" "$out" >"$scratch/help"
	pseudo leaks "$scratch/help" >"$scratch/leaks" || { wrong "English is left in: help $name"; sed 's/^/#   /' "$scratch/leaks"; }
done
kith help
sed -E 's/^  [a-z-]+( |$)//' "$out" >"$scratch/help"
pseudo leaks "$scratch/help" >"$scratch/leaks" || { wrong "English is left in the help"; sed 's/^/#   /' "$scratch/leaks"; }

it "the instruments and their keys are translated"
kith --home "$scratch/amina" instrument
sed -E '/^  ⟦?from: /d; s/^[a-z]+ //' "$out" >"$scratch/instruments"
pseudo leaks "$scratch/instruments" >"$scratch/leaks" || { wrong "English is left"; head -n 20 "$scratch/leaks" | sed 's/^/#   /'; }

it "two pair, plan a visit, observe it and hand it over without a word of English"
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
await "$scratch/out.b" 'words: .*' >/dev/null
await "$scratch/out.a" 'words: .*' >/dev/null
echo y >&3
echo y >&4
wait $one || wrong "amina: exit $?"
wait $two || wrong "ben: exit $?"
exec 3>&- 4>&-
pids=
pseudo leaks "$scratch/out.a" "$scratch/out.b" >"$scratch/leaks" || { wrong "English is left of pairing"; sed 's/^/#   /' "$scratch/leaks"; }
speaks a partners
speaks a agreement --sign
a visit plan --with Бен --class 9Б --when "2027-01-26 10:10" --min 20 --focus "Кого" --use flow,wait --want noticed --json
visit=$(json 'd["handle"]')
speaks a share Больше --with Бен
speaks a share Наблюдение --with Бен --role edit
meet
pseudo leaks "$scratch/run" >"$scratch/leaks" || { wrong "English is left of kith run"; sed 's/^/#   /' "$scratch/leaks"; }
speaks b visit accept "$visit"
printf '1\n2\n"да\n~нет\n/stop\n' | "$KITH" --home "$scratch/ben" observe "$visit" >"$out" 2>"$err"
status=$?
pseudo leaks "$out" "$err" >"$scratch/leaks" || { wrong "English is left of observe"; sed 's/^/#   /' "$scratch/leaks"; }
speaks b trim "$visit"
speaks b feedback "$visit" noticed "Хорошо"
fails b feedback "$visit" idea "Хорошо"
speaks b handover "$visit" --preview
speaks b handover "$visit" --yes
meet
speaks a visit
speaks a visit show "$visit"
speaks a feedback
speaks a shared
speaks a status
a shared --with Бен --as-partner
grep -vxE "  (flow|wait)" "$out" >"$scratch/theirs"
pseudo leaks "$scratch/theirs" >"$scratch/leaks" || { wrong "English is left of shared --as-partner"; sed 's/^/#   /' "$scratch/leaks"; }
speaks a report "$visit"
a debrief "$visit"
sed -E 's/^  [a-z]+:/ /' "$out" >"$scratch/debrief"
pseudo leaks "$scratch/debrief" >"$scratch/leaks" || { wrong "English is left of debrief"; sed 's/^/#   /' "$scratch/leaks"; }
speaks a takeback Больше --yes

it "the report to print has no English sentence"
a report "$visit" --html "$scratch/visit.html"
sed -E 's/<style>.*<\/style>//; s/<[^>]*aria-label="([^"]*)"[^>]*>/ \1 /g; s/<[^>]*>/ /g' "$scratch/visit.html" |
	sed '/^[a-z0-9.#:,{} -]*{/,/}$/d' >"$scratch/report"
pseudo leaks "$scratch/report" >"$scratch/leaks" || { wrong "English is left"; head -n 20 "$scratch/leaks" | sed 's/^/#   /'; }

it "a message that a catalogue lacks is English"
mkdir -p "$scratch/empty/xx/LC_MESSAGES"
printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\nmsgid "private"\nmsgstr "geheim"\n' |
	msgfmt -o "$scratch/empty/xx/LC_MESSAGES/kith.mo" -
KITH_LOCALEDIR=$scratch/empty a show Ждать
says geheim
says_not "⟦"

finish
