#include "core/notebook/apply.h"

#include <stdlib.h>
#include <string.h>

#include "core/notebook/ending.h"
#include "core/notebook/internal.h"

static int by_lamport(const void *a, const void *b)
{
	const struct place_in_log *x = a, *y = b;
	if (x->lamport != y->lamport)
		return x->lamport < y->lamport ? -1 : 1;
	int order = log_id_compare(x->log, y->log);
	if (order != 0)
		return order;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

enum err apply_order(struct notebook_txn *txn, struct space *space,
	const struct vector *after, struct place_in_log **out, size_t *count)
{
	size_t total = 0;
	for (size_t i = 0; i < space->log_count; i++) {
		uint64_t had = vector_get(after, space->logs[i].id);
		if (space->logs[i].seq > had)
			total += (size_t)(space->logs[i].seq - had);
	}
	*out = arena_array(&txn->arena, total, sizeof **out);
	*count = 0;
	for (size_t i = 0; i < space->log_count; i++) {
		struct space_log *log = &space->logs[i];
		for (uint64_t seq = vector_get(after, log->id) + 1; seq <= log->seq;
			seq++) {
			struct kept_entry kept;
			enum err e =
				space_get_entry(txn, space, log->id, seq, false, &kept);
			uint64_t lamport = kept.lamport;
			kept_entry_release(&kept);
			if (e != OK)
				return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
			(*out)[(*count)++] = (struct place_in_log){log->id, seq, lamport};
		}
	}
	if (*count > 1)
		qsort(*out, *count, sizeof **out, by_lamport);
	return OK;
}

/* Nothing is sealed any more: what the sum holds are the ends that wait to be said. It is
 * not what was added to it and taken away: a sum that had gone wrong would stay so. */
static void sum_afresh(struct space *space)
{
	memset(space->sum, 0, sizeof space->sum);
	for (size_t i = 0; i < space->end_count; i++)
		if (space->ends[i].counted)
			space_sum_add(space, &space->ends[i].state);
	space_touch(space);
}

static enum err forget_sealed(
	struct notebook_txn *txn, struct space *space, struct why *why)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(txn, space->id, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(txn, ids[i], &own);
		if (e != OK)
			break;
		if (own->counted)
			space_sum_drop(space, &own->state);
		own->counted = false;
		if (own->leaf.incomplete)
			space->incomplete--;
		if (own->leaf.unread)
			space->unread--;
		own->leaf.incomplete = own->leaf.unread = false;
		document_free(own->before);
		own->before = own->leaf.sealed;
		own->leaf.sealed = NULL;
		vector_release(&own->touched);
		own->dirty_record = true;
	}
	for (size_t i = 0; i < space->log_count; i++) {
		space->logs[i].seq = space->logs[i].lamport = 0;
		space->logs[i].head = (struct hash){0};
		vector_release(&space->logs[i].past);
	}
	sum_afresh(space);
	return e;
}

/* The draft is carried over what changed under it. Where the ground itself is gone it
 * cannot be laid over it any more: a note keeps it. */
static enum err keep_draft(struct notebook_txn *txn, struct space *space,
	struct leaf_own *own, struct why *why)
{
	struct draft *draft = own->leaf.draft;
	struct document *before = own->before;
	own->before = NULL;
	enum err e = OK;
	if (draft != NULL && draft_head(draft) == NULL && own->leaf.incomplete) {
		CLEAN_BUF struct buf words = {0};
		document_words(NULL, draft, &txn->notebook->me.person, &words);
		e = leaf_note(txn, buf_bytes(&words), why);
		draft_free(draft);
		own->leaf.draft = NULL;
		own->dirty_draft = true;
	} else if (draft != NULL && before != NULL && own->leaf.sealed != NULL) {
		draft_move(draft, before, own->leaf.sealed, space->own);
		own->dirty_draft = true;
	}
	document_free(before);
	return e;
}

static enum err keep_drafts(
	struct notebook_txn *txn, struct space *space, struct why *why)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(txn, space->id, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(txn, ids[i], &own);
		if (e == OK)
			e = keep_draft(txn, space, own, why);
	}
	return e;
}

enum err apply_replay(struct notebook_txn *txn, struct space *space, struct why *why)
{
	static const struct vector nothing;
	struct place_in_log *order = NULL;
	size_t count = 0;
	enum err e = apply_order(txn, space, &nothing, &order, &count);
	if (e == OK)
		e = forget_sealed(txn, space, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct kept_entry kept;
		e = space_get_entry(txn, space, order[i].log, order[i].seq, true, &kept);
		if (e == OK) {
			struct apply_item item = {.log = order[i].log,
				.entry = kept.entry,
				.hash = kept.hash,
				.lamport = kept.lamport};
			e = apply_batch(txn, space, &item, 1, BRINGER_STORE, NULL, why);
		}
		kept_entry_release(&kept);
	}
	if (e == OK)
		e = keep_drafts(txn, space, why);
	return e;
}

enum err apply_waiting(struct notebook_txn *txn, struct why *why)
{
	struct partner *partners = NULL;
	size_t count = 0;
	enum err e = people_partners(txn, &partners, &count);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct space *space = NULL;
		e = space_open(txn, partners[i].space, &space);
		if (e == OK && space->unread > 0)
			e = apply_replay(txn, space, why);
	}
	return e;
}
