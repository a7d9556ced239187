# A report in a language from right to left, as a browser shows it. Without a browser this is
# passed over: what is written is tested in tests/unit/coaching/test_drawing.c.
. "$(dirname "$0")/lib.sh"

here=$(dirname "$0")
for browser in chromium chromium-browser google-chrome ""; do
	[ -n "$browser" ] || { echo "no Chromium is here"; exit 77; }
	command -v "$browser" >/dev/null && break
done
command -v msgfmt >/dev/null || { echo "msgfmt is not here"; exit 77; }
mkdir -p "$scratch/locale/ar/LC_MESSAGES"
msgfmt --check-format -o "$scratch/locale/ar/LC_MESSAGES/kith.mo" "$here/arabic.po"
# shows NAME: the page as a picture; its ink in $foot and $axis.
shows() {
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=800,900 \
		--user-data-dir="$scratch/browser" --screenshot="$scratch/$1.png" "file://$scratch/$1.html" \
		>/dev/null 2>"$scratch/browser.log"
	ink=$(python3 "$here/ink.py" "$scratch/$1.png") || wrong "no picture of $1: $(tail -n 3 "$scratch/browser.log")"
	foot=${ink% *} axis=${ink#* }
}
side() { awk -v at="$1" 'BEGIN { print at < 0.5 ? "left" : "right" }'; }

exits 0 init --name Amina --kdf interactive
exits 0 goal "More pupils answer" --why "quiet ones vanish"
exits 0 measure More "seats reached" --unit percent --baseline 10,5 --target 60
exits 0 measure "seats reached" 12 --on 2026-09-01
exits 0 measure "seats reached" 35,5 --on 2026-10-01

it "an English page begins at the left"
exits 0 report More --html "$scratch/en.html"
shows en
[ "$(side "$foot") $(side "$axis")" = "left left" ] || wrong "the foot is at $foot, the axis at $axis"

it "an Arabic page begins at the right, its charts too, with the language's own decimal point"
export KITH_LOCALEDIR="$scratch/locale" LANGUAGE=ar
exits 0 report More --html "$scratch/ar.html"
grep -q '<html lang="ar" dir="rtl">' "$scratch/ar.html" || wrong "no dir"
grep -q '10٫5' "$scratch/ar.html" || wrong "no Arabic decimal point"
shows ar
[ "$(side "$foot") $(side "$axis")" = "right right" ] || wrong "the foot is at $foot, the axis at $axis"

finish
