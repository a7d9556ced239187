#include "core/notebook/ending.h"

#include <string.h>

#include "core/base/tr.h"
#include "core/notebook/card.h"
#include "core/notebook/internal.h"

/* What stays of an ended document with this person. */
enum rest {
	REST_NOTHING,
	REST_WORDS,       /* what they wrote in it themself, as a private note */
	REST_ANSWERS,     /* of these only what does not stand in their own document */
	REST_ALL_ANSWERS, /* and what the other added there */
	REST_COPY,        /* all of it, as a private document */
};

static bool is_shown(const struct document_head *head)
{
	return head->way == WAY_SHOWN || head->way == WAY_COPY;
}

static enum rest rest_of(struct notebook_txn *txn, const struct leaf *leaf,
	enum section_type type, const struct person_id *who)
{
	const struct document_head *head = leaf->head;
	const struct person_id *me = &txn->notebook->me.person;
	bool mine = person_equal(head->owner, *me);
	bool by_me = person_equal(*who, *me);
	/* What follows a document of mine is there still. */
	if (!id_is_zero(leaf->master))
		return type == SECTION_DROP && !by_me ? REST_ALL_ANSWERS : REST_ANSWERS;
	/* The records of a lesson go with the one who taught it; after a restore nobody
	 * knows whether they ever went. */
	if (type == SECTION_DROP && head->kind->owner == OWNER_TAUGHT && by_me)
		return leaf->sealed != NULL ? REST_NOTHING : REST_COPY;
	if (type == SECTION_DROP)
		return by_me ? REST_WORDS : REST_COPY;
	if (type == SECTION_CLOSE)
		return !is_shown(head) ? REST_COPY : mine ? REST_NOTHING : REST_WORDS;
	if (head->kind->owner == OWNER_TAUGHT)
		return mine ? REST_COPY : REST_NOTHING;
	return REST_WORDS;
}

/* What had moved and never left is the document it was. */
static struct id private_id(struct notebook_txn *txn, const struct leaf_own *own)
{
	struct leaf_own *there = NULL;
	bool again = own->leaf.sealed == NULL && !id_is_zero(own->from) &&
		     leaf_load(txn, own->from, &there) == ERR_NOT_FOUND;
	return again ? own->from : random_id();
}

/* The handle that both knew it by answers to the copy. What the partner never had is
 * mine.
 */
static enum err keep_copy(struct notebook_txn *txn, struct leaf_own *own, struct why *why)
{
	struct id id = private_id(txn, own);
	enum err e = own->leaf.sealed != NULL ? leaf_kept_copy(txn, own, id, why)
					      : leaf_private_copy(txn, own, id, why);
	return e == OK ? leaf_alias(txn, own->leaf.id, id) : e;
}

static enum err keep_rest(struct notebook_txn *txn, struct space *space,
	struct leaf_own *own, enum rest rest, struct why *why)
{
	enum err e = OK;
	CLEAN_BUF struct buf words = {0};
	const struct person_id *me = &txn->notebook->me.person;
	const struct leaf *leaf = &own->leaf;
	switch (rest) {
	case REST_NOTHING:
		return OK;
	case REST_COPY:
		return keep_copy(txn, own, why);
	case REST_ANSWERS:
	case REST_ALL_ANSWERS:
		follow_answers(txn, leaf->sealed, leaf->draft, leaf->head,
			rest == REST_ANSWERS ? me : NULL, &words);
		e = follow_beside(txn, space, own, &words, why);
		break;
	case REST_WORDS:
		document_words(leaf->sealed, leaf->draft, me, &words);
		break;
	}
	return e == OK ? leaf_note(txn, buf_bytes(&words), why) : e;
}

static void tell(struct notebook_txn *txn, struct space *space, const struct leaf *leaf,
	enum section_type type, const struct person_id *who)
{
	const struct partner *partner = people_partner(txn, &space->partner);
	if (partner == NULL || !person_equal(*who, space->partner) ||
		type == SECTION_CLOSE)
		return;
	space_notice(space,
		type == SECTION_DROP ? "%s let go of a %s" : "%s took back a %s",
		partner->called, tr_in("kind", leaf->head->kind->name));
}

enum err ending_apply(struct notebook_txn *txn, struct space *space, struct id document,
	enum section_type type, const struct person_id *who, bool here, struct why *why)
{
	struct leaf_own *own = NULL;
	enum err e = leaf_load(txn, document, &own);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (e == OK && own->leaf.head != NULL) {
		tell(txn, space, &own->leaf, type, who);
		e = keep_rest(txn, space, own, rest_of(txn, &own->leaf, type, who), why);
		if (e == OK && !id_is_zero(own->leaf.master))
			e = leaf_unlink(txn, own->leaf.master, document);
		if (e != OK)
			return e;
	}
	if (own != NULL && !own->erased) {
		/* Decided here, it counts until it is said: the partner holds it still.
		 */
		if (own->counted && !here)
			space_sum_drop(space, &own->state);
		if (own->leaf.incomplete)
			space->incomplete--;
		if (own->leaf.unread)
			space->unread--;
		space_touch(space);
		e = leaf_forget(txn, own);
		if (e != OK)
			return e;
	}
	return space_set_ended(txn, space, document);
}

enum err ending_documents(struct notebook_txn *txn, struct id space, struct id **out,
	size_t *count, struct why *why)
{
	return card_in_space(txn, space, out, count, why);
}

enum err ending_close(struct notebook_txn *txn, struct space *space,
	const struct person_id *who, const struct id *but, struct why *why)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(txn, space->id, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++)
		if (but == NULL || !id_equal(*but, ids[i]))
			e = ending_apply(
				txn, space, ids[i], SECTION_CLOSE, who, false, why);
	return e;
}
