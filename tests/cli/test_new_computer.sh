# J11: a new computer. A backup of the old one, restored elsewhere, meets the partner; the old one
# goes on too. Nothing is lost, said twice, or rises again (DOMAIN §6, DESIGN §5).
. "$(dirname "$0")/lib.sh"

unset KITH_HOME
port=$((20000 + $$ % 20000))
trap "" PIPE
old() { kith --home "$scratch/old" "$@"; }
new() { kith --home "$scratch/new" "$@"; }
ben() { kith --home "$scratch/ben" "$@"; }
# meet old|new: that one's node runs while Ben syncs, until both say the same.
meet() {
	port=$((port + 1))
	node_begin "$scratch/$1" $port
	verified=false
	for _ in 1 2 3; do
		ben sync --with Amina --wait 30 --address 127.0.0.1:$port --json
		good sync
		verified=$(json 'd["verified"]')
		[ "$verified" = true ] && break
	done
	[ "$verified" = true ] || wrong "they do not verify"
	node_end
}
# What stands in the page for that one.
page_of() { "$1" show "$page" --field body; tr -d "\n" <"$out"; }
count_of() { "$1" list --json; json "sum(x['title'].startswith('$2') for x in d['documents'])"; }

old init --name Amina --kdf interactive
good init
ben init --name Ben --kdf interactive
good init
pair_homes "$scratch/old" "$scratch/ben" || exit 1
old note "a private thought"
good note
old page "Talk" --with Ben --json
good page
page=$(json 'd["handle"]')
old edit "$page" body --append "first words"
good edit
old note "shown to Ben" --json
shown=$(json 'd["handle"]')
old share "$shown" --with Ben --role read
good share
old note "regretted" --json
regretted=$(json 'd["handle"]')
old share "$regretted" --with Ben --role read
good share
meet old

it "the backup is made with something half written in a shared page"
old edit "$page" body --append " half a thought"
good edit
old backup "$scratch/kith.backup"
good backup

it "the old computer goes on: it sends what was half written, takes back, and is lost"
old edit "$page" body --append " and the rest"
good edit
old takeback "$regretted" --yes
good takeback
meet old
[ "$(count_of ben regretted)" = 0 ] || wrong "Ben still has what was taken back"

it "on the new computer all of the backup is there; the half written stands in a note of its own"
new restore "$scratch/kith.backup"
good restore
new list --json
json_is "sum(x['title'] == 'a private thought' for x in d['documents'])" 1
new find "half a thought"
says "half a thought"

it "it meets the partner: what came later is there, nothing twice, nothing taken back rises again"
meet new
[ "$(page_of new)" = "first words half a thought and the rest" ] || wrong "the page says: $(page_of new)"
[ "$(page_of ben)" = "$(page_of new)" ] || wrong "Ben's page says: $(page_of ben)"
[ -n "$(page_of new)" ] || wrong "the page is empty"
[ "$(count_of ben regretted)" = 0 ] || wrong "Ben has again what was taken back"
[ "$(count_of ben "shown to Ben")" = 1 ] || wrong "Ben has $(count_of ben "shown to Ben") of what is shown"
[ "$(count_of ben Talk)" = 1 ] || wrong "the page is doubled"
new check --json
json_is 'd["findings"]' '[]'

it "both computers are used after all: each one's words arrive, once"
new edit "$page" body --append ", from the new one"
good edit
meet new
old edit "$page" body --append ", from the old one"
good edit
meet old
meet new
meet old
text=$(page_of ben)
for part in "first words half a thought and the rest" ", from the new one" ", from the old one"; do
	[ "$(grep -oF -- "$part" <<<"$text" | wc -l)" -eq 1 ] || wrong "\"$part\" is not there once: $text"
done
[ "$(page_of old)" = "$text" ] || wrong "the old one says: $(page_of old)"
[ "$(page_of new)" = "$text" ] || wrong "the new one says: $(page_of new)"
for who in old new ben; do
	$who check --json
	json_is 'd["findings"]' '[]'
done

it "the new one shows the document on: Ben reads the change"
new edit "$shown" body --append " and changed"
good edit
meet new
ben find "and changed"
says "shown to Ben"
[ "$(count_of ben "shown to Ben")" = 1 ] || wrong "Ben has two of what is shown"

finish
