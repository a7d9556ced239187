#include "core/notebook/ending.h"

#include <string.h>

#include "core/notebook/internal.h"

/* What stays of an ended document with this person. */
enum rest {
	REST_NOTHING,
	REST_WORDS, /* what they wrote in it themself, as a private note */
	REST_COPY,  /* all of it, as a private document */
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
	/* What follows a document of mine is there still. */
	if (!id_is_zero(leaf->master))
		return REST_NOTHING;
	if (type == SECTION_DROP)
		return person_equal(*who, *me) ? REST_NOTHING : REST_COPY;
	if (type == SECTION_CLOSE)
		return !is_shown(head) ? REST_COPY : mine ? REST_NOTHING : REST_WORDS;
	/* The records of a lesson go with the one who taught it. */
	if (head->kind->owner == OWNER_TAUGHT)
		return mine ? REST_COPY : REST_NOTHING;
	return REST_WORDS;
}

static enum err keep_rest(
	struct notebook_txn *txn, struct leaf_own *own, enum rest rest, struct why *why)
{
	if (rest == REST_COPY)
		return leaf_private_copy(txn, own, random_id(), why);
	if (rest == REST_NOTHING)
		return OK;
	CLEAN_BUF struct buf words = {0};
	document_words(
		own->leaf.sealed, own->leaf.draft, &txn->notebook->me.person, &words);
	return leaf_note(txn, buf_bytes(&words), why);
}

static enum err unlink_copy(struct notebook_txn *txn, const struct leaf *leaf)
{
	if (id_is_zero(leaf->master))
		return OK;
	struct leaf_copy *links = NULL;
	size_t count = 0, kept = 0;
	enum err e = leaf_links(txn, leaf->master, &links, &count);
	for (size_t i = 0; e == OK && i < count; i++)
		if (!id_equal(links[i].document, leaf->id))
			links[kept++] = links[i];
	return e == OK && kept < count ? leaf_set_links(txn, leaf->master, links, kept) : e;
}

static void tell(struct notebook_txn *txn, struct space *space, const struct leaf *leaf,
	enum section_type type, const struct person_id *who)
{
	const struct partner *partner = people_partner(txn, &space->partner);
	if (partner == NULL || !person_equal(*who, space->partner) || type == SECTION_CLOSE)
		return;
	space_notice(space, "%s %s a %s", partner->called,
		type == SECTION_DROP ? "let go of" : "took back", leaf->head->kind->name);
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
		e = keep_rest(txn, own, rest_of(txn, &own->leaf, type, who), why);
		if (e == OK)
			e = unlink_copy(txn, &own->leaf);
		if (e != OK)
			return e;
	}
	if (own != NULL && !own->erased) {
		/* Decided here, it counts until it is said: the partner holds it still. */
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
	const struct id *all = NULL;
	size_t total = 0;
	enum err e = leaf_all(txn, &all, &total, why);
	*count = 0;
	*out = arena_array(&txn->arena, total, sizeof **out);
	for (size_t i = 0; e == OK && i < total; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(txn, all[i], &own);
		if (e == OK && id_equal(own->leaf.space, space))
			(*out)[(*count)++] = all[i];
		if (e == ERR_NOT_FOUND)
			e = OK; /* ended in this very transaction */
	}
	return e;
}

enum err ending_close(struct notebook_txn *txn, struct space *space,
	const struct person_id *who, struct why *why)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(txn, space->id, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++)
		e = ending_apply(txn, space, ids[i], SECTION_CLOSE, who, false, why);
	return e;
}
