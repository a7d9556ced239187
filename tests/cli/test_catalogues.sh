# Every catalogue has every sentence of the program as it is now: packaging/po/update brings new
# ones in, and somebody translates them.
po=$(cd "$(dirname "$0")/../../packaging/po" && pwd)
for tool in msgmerge msgfmt; do
	command -v $tool >/dev/null || { echo "$tool is not here"; exit 77; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$po/extract" "$scratch/kith.pot" || exit 1
failed=0
for name in $(cat "$po/LINGUAS"); do
	msgmerge --quiet --no-fuzzy-matching -o "$scratch/$name.po" "$po/$name.po" "$scratch/kith.pot" || exit 1
	if ! figures=$(msgfmt --check-format --statistics -o /dev/null "$scratch/$name.po" 2>&1); then
		printf 'not ok - %s: %s\n' "$name" "$figures"
		failed=1
	elif printf '%s' "$figures" | grep -qE 'untranslated|fuzzy'; then
		printf 'not ok - %s: %s\n' "$name" "$figures"
		failed=1
	else
		printf 'ok - %s: %s\n' "$name" "$figures"
	fi
done
[ $failed -eq 0 ]
