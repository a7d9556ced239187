# kith init: a new store, and what keeps it from being one.
. "$(dirname "$0")/lib.sh"

it "init makes a store in a folder that is mine alone"
exits 0 init --name Amina --kdf interactive
says "Welcome, Amina"
[ "$(stat -c %a "$KITH_HOME")" = 700 ] || wrong "the folder's mode is $(stat -c %a "$KITH_HOME")"

it "a second init in the same folder is refused and changes nothing"
exits 1 init --name Ben --kdf interactive
complains "already"
one_line_on_stderr
exits 0 status --json

it "init --json gives person and device"
KITH_HOME=$scratch/second
exits 0 init --name "Bén 漢" --kdf interactive --json
json_is 'len(d["person"])' 52
json_is 'len(d["device"])' 26
json_is 'd["name"]' "Bén 漢"

it "init without a name says which option is missing, and makes nothing"
KITH_HOME=$scratch/third
exits 2 init --kdf interactive
complains "--name"
[ ! -e "$KITH_HOME" ] || wrong "a folder was made"

it "init refuses a name that is empty or too long"
exits 2 init --name "" --kdf interactive
complains "--name is empty"
exits 2 init --name "  " --kdf interactive
exits 1 init --name "$(printf '%065d' 0)" --kdf interactive
[ ! -e "$KITH_HOME" ] || wrong "a folder was made"

it "init with an unknown cost names the choices"
exits 2 init --name X --kdf interactiv
complains 'did you mean "interactive"'

it "init without a terminal and a passphrase file says which option is missing"
file=$KITH_PASSPHRASE_FILE
unset KITH_PASSPHRASE_FILE
exits 4 init --name X --kdf interactive
complains "--passphrase-file"
[ ! -e "$KITH_HOME" ] || wrong "a folder was made"
export KITH_PASSPHRASE_FILE="$file"

it "init refuses an empty passphrase file, and one that is not UTF-8"
: >"$scratch/empty"
exits 1 init --name X --kdf interactive --passphrase-file "$scratch/empty"
printf 'caf\351\n' >"$scratch/latin"
exits 1 init --name X --kdf interactive --passphrase-file "$scratch/latin"
complains "UTF-8"
exits 1 init --name X --kdf interactive --passphrase-file "$scratch/nowhere"
[ ! -e "$KITH_HOME" ] || wrong "a folder was made"

it "init writes a recovery key to a file that is mine alone"
KITH_HOME=$scratch/fourth
exits 0 init --name X --kdf interactive --recovery-file "$scratch/sheet"
[ "$(stat -c %a "$scratch/sheet")" = 600 ] || wrong "the sheet's mode is $(stat -c %a "$scratch/sheet")"
[ "$(wc -c <"$scratch/sheet")" -gt 100 ] || wrong "the sheet is too short"

it "init never overwrites an existing recovery file, and then makes no store"
KITH_HOME=$scratch/fifth
exits 1 init --name X --kdf interactive --recovery-file "$scratch/sheet"
[ ! -e "$KITH_HOME" ] || wrong "a folder was made"

it "a passphrase opens however a keyboard writes its accents"
printf 'quatre e\314\201te\314\201s\n' >"$scratch/apart"
printf 'quatre \303\251t\303\251s\n' >"$scratch/composed"
exits 0 --home "$scratch/accents" init --name X --kdf interactive --passphrase-file "$scratch/apart"
exits 0 --home "$scratch/accents" list --passphrase-file "$scratch/composed"

it "the store's folder holds neither name nor passphrase"
! grep -rqaE "Amina|four quiet" "$scratch/home" || wrong "found in the clear"

it "a wrong passphrase is exit 4 with one sentence"
KITH_HOME=$scratch/home
echo "three other words" >"$scratch/wrong"
exits 4 list --passphrase-file "$scratch/wrong"
one_line_on_stderr
exits 4 list --json --passphrase-file "$scratch/wrong"
json_is 'd["error"]["code"]' passphrase

it "--home wins over KITH_HOME, which wins over XDG_DATA_HOME and HOME"
unset KITH_HOME
exits 6 list
complains "$HOME/.local/share/kith"
export XDG_DATA_HOME="$scratch/data"
exits 6 list
complains "$scratch/data/kith"
export XDG_DATA_HOME=relative
exits 6 list
complains "$HOME/.local/share/kith"
unset XDG_DATA_HOME
export KITH_HOME="$scratch/nowhere"
exits 6 list
complains "kith init"
exits 0 list --home "$scratch/home"

finish
