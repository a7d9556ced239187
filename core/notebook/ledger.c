#include "core/notebook/ledger.h"

#include <stdlib.h>

#include "core/notebook/card.h"
#include "core/notebook/ending.h"
#include "core/notebook/internal.h"

static bool is_draft(const struct space *space, struct id document)
{
	return idset_has(&space->drafts, document) ||
	       idset_has(&space->follows, document);
}

/* Whether one of the partner's devices holds all that was written in it. */
static bool holds_all(const struct space *space, const struct leaf_own *own)
{
	for (size_t i = 0; i < space->holder_count; i++)
		if (vector_covers(&space->holders[i].held, &own->touched))
			return true;
	return false;
}

/* When a device came to hold the entry that created it: the first that said so. */
static bool held_since(
	const struct space *space, const struct leaf_own *own, uint64_t *when_s)
{
	bool held = false;
	*when_s = 0;
	for (size_t i = 0; i < space->holder_count; i++) {
		const struct space_holder *holder = &space->holders[i];
		if (vector_get(&holder->held, own->born_log) < own->born)
			continue;
		held = true;
		for (size_t k = 0; k < holder->step_count; k++) {
			const struct space_step *step = &holder->steps[k];
			if (!log_id_equal(step->log, own->born_log) ||
				step->seq < own->born)
				continue;
			if (*when_s == 0 || step->when_s < *when_s)
				*when_s = step->when_s;
			break;
		}
	}
	return held;
}

/* Of the leaf only what this store notes of it. */
static void fill(const struct space *space, const struct leaf_own *own, bool by_me,
	struct ledger_line *out)
{
	const struct leaf *leaf = &own->leaf;
	*out = (struct ledger_line){.document = leaf->id,
		.partner = space->partner,
		.by_me = by_me,
		.since_s = leaf->shared_s};
	if (own->born == 0)
		out->reach = own->restored ? REACH_MAY_HAVE_LEFT : REACH_NOT_SENT;
	else if (held_since(space, own, &out->held_s))
		out->reach = REACH_HELD;
	else
		out->reach = REACH_MAY_HAVE_LEFT;
	out->pending =
		is_draft(space, leaf->id) || (own->born > 0 && !holds_all(space, own));
}

enum err ledger_line(struct notebook_txn *txn, struct id document,
	struct ledger_line *out, struct why *why)
{
	struct leaf_own *own = NULL;
	struct space *space = NULL;
	enum err e = leaf_open_shared(txn, document, &own, &space, why);
	if (e == OK)
		fill(space, own, own->leaf.by_me, out);
	return e;
}

/* One of the pair's space; left out where nothing readable of it is here. */
static enum err add_line(struct notebook_txn *txn, const struct space *space,
	struct id document, struct ledger_line *lines, size_t *count)
{
	struct card card;
	struct leaf_own *kept = NULL;
	const struct leaf_own *own = leaf_if_open(txn, document);
	enum err e = card_find(txn, document, &card, NULL);
	if (e != OK || card.kind == NULL)
		return e;
	if (own == NULL) {
		e = leaf_peek(txn, document, &kept);
		own = kept;
	}
	if (e != OK)
		return e;
	fill(space, own, card.by_me, &lines[(*count)++]);
	if (kept != NULL)
		leaf_own_release(kept);
	return OK;
}

static int oldest_first(const void *a, const void *b)
{
	const struct ledger_line *x = a, *y = b;
	if (x->since_s != y->since_s)
		return x->since_s < y->since_s ? -1 : 1;
	return id_compare(x->document, y->document);
}

enum err ledger_of(struct notebook_txn *txn, struct partner *partner,
	struct ledger_line **out, size_t *count, struct why *why)
{
	struct space *space = NULL;
	struct id *ids = NULL;
	size_t all = 0;
	*count = 0;
	enum err e = space_open(txn, partner->space, &space);
	if (e == OK)
		e = ending_documents(txn, partner->space, &ids, &all, why);
	if (e != OK)
		return because(why, e, "what you share with %s cannot be read: %s",
			partner->called, err_text(e));
	*out = arena_array(txn_arena(txn), all, sizeof **out);
	for (size_t i = 0; e == OK && i < all; i++)
		e = add_line(txn, space, ids[i], *out, count);
	if (*count > 1)
		qsort(*out, *count, sizeof **out, oldest_first);
	return e;
}

size_t ledger_pending(struct notebook_txn *txn, struct partner *partner)
{
	struct space *space = NULL;
	if (partner->state == PARTNER_LEFT ||
		space_open(txn, partner->space, &space) != OK)
		return 0;
	size_t count = space->drafts.count + space->end_count;
	/* A shown document that has a draft waits once. */
	for (size_t i = 0; i < space->follows.count; i++)
		count += !idset_has(&space->drafts, space->follows.items[i]);
	return count;
}

size_t ledger_notices(
	struct notebook_txn *txn, struct partner *partner, const char ***out)
{
	struct space *space = NULL;
	*out = NULL;
	if (space_open(txn, partner->space, &space) != OK)
		return 0;
	const char **texts =
		arena_array(txn_arena(txn), space->notice_count, sizeof(const char *));
	for (size_t i = 0; i < space->notice_count; i++)
		texts[i] = space->notices[i];
	*out = texts;
	return space->notice_count;
}
