# From an empty folder to a goal that is read again: the whole program once, and quickly.
. "$(dirname "$0")/lib.sh"

it "a new notebook keeps a goal, and an edit of it"
exits 0 init --name Amina --kdf interactive
goal=$(handle goal "Ask, then wait")
exits 0 edit "$goal" why --set "I answer my own questions."
exits 0 show "$goal"
says "Ask, then wait"
says "I answer my own questions."

finish
