/* Bundles on sticks: written, read at once, later, twice or never. */
#include "tests/test.h"

#include "tests/sim/random.h"
#include "tests/sim/world.h"
#include "tests/unit/protocol/carrier.h"

#define STICKS 24

struct stick {
	struct buf file;
	int pair, from; /* side of the pair who wrote it */
	unsigned roots; /* of the pair, when it was written */
};

static struct stick sticks[STICKS];
static unsigned roots[PAIRS];

void sticks_clear(void)
{
	for (size_t i = 0; i < STICKS; i++)
		buf_release(&sticks[i].file);
	memset(roots, 0, sizeof roots);
}

void sticks_renewed(int pair)
{
	roots[pair]++;
}

static bool may_write(int pair, int side)
{
	struct node *node = &people[pair_of[pair][side]];
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_look(node->book, &txn, NULL), OK);
	const struct partner *partner =
		node_partner(node, txn, &people[pair_of[pair][1 - side]]);
	bool may = partner->state != PARTNER_PROVISIONAL || partner->has_before;
	notebook_abort(txn);
	return may;
}

/* Into any place: what was there is lost if nobody read it. */
static struct stick *write_stick(int pair, int side)
{
	struct stick *stick = &sticks[random_upto(STICKS)];
	struct node *from = &people[pair_of[pair][side]],
		    *to = &people[pair_of[pair][1 - side]];
	if (!may_write(pair, side))
		return NULL;
	tell("bundle by", pair_of[pair][side], NULL);
	*stick = (struct stick){
		.file = stick->file, .pair = pair, .from = side, .roots = roots[pair]};
	mark_sealed(pair);
	(void)carrier_write(from, to, &stick->file);
	carrier_open(from, to, buf_bytes(&stick->file), &plain[pair]);
	buf_add(&cipher[pair], buf_bytes(&stick->file));
	check_said(pair);
	return stick;
}

static struct bundle_taken read_stick(const struct stick *stick)
{
	struct bundle_taken taken = {0};
	struct why why = {0};
	int to = pair_of[stick->pair][1 - stick->from];
	tell("bundle read by", to, NULL);
	enum err e = carrier_read(&people[to], buf_bytes(&stick->file), &taken, &why);
	/* The pair's root may be another one by now. */
	if (e == ERR_AUTH && stick->roots != roots[stick->pair])
		return taken;
	check(e == OK, "%s reads a bundle: %s", people[to].name, why.text);
	buf_add_format(&story, "  %zu came%s%s%s%s%s%s%s%s%s%s%s%s\n", taken.came,
		taken.known ? ", known" : "", taken.stale ? ", stale" : "",
		taken.verified ? ", verified" : "", taken.differs ? ", differs" : "",
		taken.they_lack ? ", they lack" : "", taken.i_lack ? ", lacks" : "",
		taken.waits ? ", waits" : "", taken.missed ? ", missed" : "",
		taken.restored ? ", restored" : "", taken.pulling ? ", pulling" : "",
		taken.my_fork || taken.their_fork ? ", forked" : "",
		taken.healed ? ", healed" : "");
	return taken;
}

void stick_deed(void)
{
	int pair = (int)random_upto(PAIRS), side = (int)random_upto(2);
	const struct stick *stick = &sticks[random_upto(STICKS)];
	switch (random_upto(4)) {
	case 0:
		(void)write_stick(pair, side);
		break;
	case 1: /* an old one, or one read already */
		if (stick->file.len > 0)
			(void)read_stick(stick);
		break;
	default:
		stick = write_stick(pair, side);
		if (stick != NULL)
			(void)read_stick(stick);
		break;
	}
}

/* To and fro until both have read that nothing is left. */
bool settle_by_sticks(int pair)
{
	unsigned proven = 0;
	for (unsigned round = 0; round < 24 && proven < 4; round++) {
		const struct stick *stick = write_stick(pair, (int)round % 2);
		if (stick == NULL)
			continue;
		struct bundle_taken taken = read_stick(stick);
		proven = taken.verified && !taken.waits && !taken.they_lack ? proven + 1
									    : 0;
	}
	if (proven == 4) {
		tell("verified by bundles with", pair_of[pair][1], NULL);
		mark_delivered(pair);
	}
	return proven == 4;
}
