#include "core/coaching/search.h"

#include "core/coaching/schema.h"
#include "core/notebook/card.h"

/* The documents to look at, and how far it came. */
struct walk {
	const struct id *ids;
	size_t count, next;
	bool mine_alone;
};

static enum err start(struct notebook_txn *txn, const char *kind, const struct id *about,
	struct walk *out, struct why *why)
{
	*out = (struct walk){0};
	return card_select(txn, coaching_kind(kind), about, &out->ids, &out->count, why);
}

/* The card of the next one; false at the end. Copies that follow, and others' where mine
 * alone are asked for, are passed over. */
static bool next_card(struct notebook_txn *txn, struct walk *walk, struct card *out)
{
	while (walk->next < walk->count)
		if (card_find(txn, walk->ids[walk->next++], out, NULL) == OK &&
			id_is_zero(out->master) && (out->is_mine || !walk->mine_alone))
			return true;
	return false;
}

/* The next one; NULL at the end. What a call before this one ended is passed over. */
static enum err step(
	struct notebook_txn *txn, struct walk *walk, struct leaf **out, struct why *why)
{
	*out = NULL;
	struct card card;
	while (next_card(txn, walk, &card)) {
		enum err e = leaf_open(txn, card.id, out, why);
		if (e != ERR_NOT_FOUND)
			return e;
	}
	return OK;
}

static enum err first(struct notebook_txn *txn, struct walk *walk, fits_fn *fits,
	const void *arg, struct leaf **out, struct why *why)
{
	enum err e;
	while ((e = step(txn, walk, out, why)) == OK && *out != NULL)
		if (fits == NULL || fits(txn, *out, arg))
			return OK;
	return e;
}

static enum err each(struct notebook_txn *txn, struct walk *walk, each_fn *fn, void *arg,
	struct why *why)
{
	struct leaf *leaf;
	enum err e;
	while ((e = step(txn, walk, &leaf, why)) == OK && leaf != NULL)
		fn(arg, txn, leaf);
	return e;
}

enum err first_of(struct notebook_txn *txn, const char *kind, fits_fn *fits,
	const void *arg, struct leaf **out, struct why *why)
{
	struct walk walk;
	*out = NULL;
	enum err e = start(txn, kind, NULL, &walk, why);
	return e == OK ? first(txn, &walk, fits, arg, out, why) : e;
}

enum err first_about(struct notebook_txn *txn, const char *kind, struct id about,
	struct leaf **out, struct why *why)
{
	struct walk walk;
	*out = NULL;
	enum err e = start(txn, kind, &about, &walk, why);
	return e == OK ? first(txn, &walk, NULL, NULL, out, why) : e;
}

enum err first_id_about(struct notebook_txn *txn, const char *kind, struct id about,
	struct id *out, struct why *why)
{
	struct walk walk;
	struct card card;
	*out = (struct id){{0}};
	enum err e = start(txn, kind, &about, &walk, why);
	if (e == OK && next_card(txn, &walk, &card))
		*out = card.id;
	return e;
}

enum err each_of(struct notebook_txn *txn, const char *kind, each_fn *fn, void *arg,
	struct why *why)
{
	struct walk walk;
	enum err e = start(txn, kind, NULL, &walk, why);
	return e == OK ? each(txn, &walk, fn, arg, why) : e;
}

enum err each_of_mine(struct notebook_txn *txn, const char *kind, each_fn *fn, void *arg,
	struct why *why)
{
	struct walk walk;
	enum err e = start(txn, kind, NULL, &walk, why);
	walk.mine_alone = true;
	return e == OK ? each(txn, &walk, fn, arg, why) : e;
}

enum err count_of(
	struct notebook_txn *txn, const char *kind, struct counts *out, struct why *why)
{
	struct walk walk;
	struct card card;
	*out = (struct counts){0};
	enum err e = start(txn, kind, NULL, &walk, why);
	while (e == OK && next_card(txn, &walk, &card))
		*(card.is_mine ? &out->mine : &out->theirs) += 1;
	return e;
}

enum err each_about(struct notebook_txn *txn, const char *kind, struct id about,
	each_fn *fn, void *arg, struct why *why)
{
	struct walk walk;
	enum err e = start(txn, kind, &about, &walk, why);
	return e == OK ? each(txn, &walk, fn, arg, why) : e;
}

bool is_with_person(struct notebook_txn *txn, const struct leaf *leaf, const void *person)
{
	(void)txn;
	return !leaf->is_private &&
	       person_equal(leaf->partner, *(const struct person_id *)person);
}
