# Reports in a real browser: every instrument, a goal, a year, and a page that runs from right to
# left, made by the real commands from three weeks of school; checked by check_pages.mjs.
#
# usage: test_pages.sh MAKE_YEARS WORK [PICTURES]     $KITH is the program; WORK holds npm's packages
#
# Exits 77, skipped, where there is no Chromium, node or npm, or no registry to get the packages
# from.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

make_years=$1 work=$2 pictures=${3:-}
skip() { echo "skipped: $*"; exit 77; }

chromium=$(command -v chromium || command -v chromium-browser) || skip "no Chromium here"
command -v node >/dev/null && command -v npm >/dev/null || skip "no node with npm here"
command -v msgfmt >/dev/null || skip "no msgfmt here"
mkdir -p "$work"
if ! cmp -s "$here/package-lock.json" "$work/installed"; then
	cp "$here/package.json" "$here/package-lock.json" "$work/"
	(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) ||
		skip "npm cannot get the packages of tests/html/package.json: $(tail -n 1 "$work/npm.log")"
	cp "$here/package-lock.json" "$work/installed"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$make_years" "$scratch/years" 1000 3000 >"$scratch/made" 2>&1 || { cat "$scratch/made"; exit 1; }
echo "four quiet test words" >"$scratch/passphrase"
export KITH_HOME="$scratch/years/Amina" KITH_PASSPHRASE_FILE="$scratch/passphrase" TZ=UTC LC_ALL=C.UTF-8
export LANGUAGE=en
pages=$scratch/pages
mkdir "$pages"

# The handles of her own lessons, of her first goal.
"$KITH" visit --json >"$scratch/visits"
python3 - "$scratch/visits" >"$scratch/handles" <<'END'
import json, sys
for visit in json.load(open(sys.argv[1]))["visits"]:
    if visit["i_teach"]:
        print(visit["handle"])
END
number=0
while read -r handle; do
	number=$((number + 1))
	"$KITH" report "$handle" --html "$pages/visit-$number.html" >/dev/null
done <"$scratch/handles"
goal=$("$KITH" list goal --plain | awk 'NR == 1 { print $1 }')
"$KITH" report "$goal" --html "$pages/goal.html" >/dev/null
"$KITH" report --year 2027 --reflections --html "$pages/year.html" >/dev/null

# Right to left: a catalogue of three words makes it so.
mkdir "$scratch/po"
{
	printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
	printf '\nmsgctxt "language tag"\nmsgid "en"\nmsgstr "ar"\n'
	printf '\nmsgctxt "text direction"\nmsgid "ltr"\nmsgstr "rtl"\n'
	printf '\nmsgid "The plan"\nmsgstr "الخطة"\n'
} >"$scratch/po/ar.po"
mkdir -p "$scratch/locale/ar/LC_MESSAGES"
msgfmt -o "$scratch/locale/ar/LC_MESSAGES/kith.mo" "$scratch/po/ar.po"
number=0
while read -r handle; do
	number=$((number + 1))
	[ $number -le 2 ] || break
	LANGUAGE=ar KITH_LOCALEDIR="$scratch/locale" "$KITH" report "$handle" --html "$pages/rtl-$number.html" >/dev/null
done <"$scratch/handles"
grep -q 'lang="ar" dir="rtl"' "$pages/rtl-1.html" || { echo "not ok - the right-to-left page is none"; exit 1; }

# All sixteen instruments must be among them.
for name in "Running record" "Word for word" "Question level, six steps" COPUS "Flanders" "Verbal flow" "Wait time" \
	"Talk and silence" "At task" "Where the teacher is" "Transitions" "Opportunities to respond" "Disruptions" \
	"Checklist" "Praise" "Question level<"; do
	grep -qF "$name" "$pages"/visit-*.html || { echo "not ok - $name is on no page"; exit 1; }
done
[ -z "$pictures" ] || mkdir -p "$pictures"
node "$here/check_pages.mjs" "$work" "$chromium" "$pages" ${pictures:+"$pictures"}
