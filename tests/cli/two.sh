# What the tests of two teachers share beside lib.sh: Amina and Ben, each with a store.
. "$(dirname "$0")/lib.sh"

unset KITH_HOME
trap "" PIPE
a() { kith --home "$scratch/amina" "$@"; }
b() { kith --home "$scratch/ben" "$@"; }
# Both stores are made, and paired; else the test is over.
amina_and_ben() {
	a init --name Amina --kdf interactive
	good init
	b init --name Ben --kdf interactive
	good init
	pair_homes "$scratch/amina" "$scratch/ben" || exit 1
}
# The two meet: a bundle each way, so that both know.
swap_bundles() {
	for file in 1 2; do rm -f "$scratch/$file.kith"; done
	a bundle write "$scratch/1.kith" --for Ben
	good write
	b bundle read "$scratch/1.kith"
	good read
	b bundle write "$scratch/2.kith" --for Amina
	good write
	a bundle read "$scratch/2.kith"
	good read
}
