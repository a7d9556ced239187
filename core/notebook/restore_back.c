/*
 * What comes back with own history is recognised: the id of a document that this person
 * shared holds a keyed hash of the private document it was made from (DESIGN §4.1).
 */
#include <stdlib.h>
#include <string.h>

#include "core/notebook/internal.h"
#include "core/notebook/restore.h"

void share_nonce(const struct me *me, struct id space, struct id document, uint32_t count,
	uint8_t out[16])
{
	uint8_t number[4] = {(uint8_t)(count >> 24), (uint8_t)(count >> 16),
		(uint8_t)(count >> 8), (uint8_t)count};
	struct bytes parts[] = {
		BYTES_OF(space.b), BYTES_OF(document.b), BYTES_OF(number)};
	keyed_hash(BYTES_OF(me->log_mac.b), "kith/nonce/1", parts, 3, out, 16);
}

/* How many more shares than this store remembers may lie in the lost history. */
#define NONCE_AHEAD 8u

/* The nonces of all private documents for one space, sorted; in the arena. */
struct nonce {
	uint8_t b[16];
	struct id document;
	uint32_t count;
};

struct nonces {
	struct id space;
	struct nonce *items;
	size_t count;
};

static int by_nonce(const void *a, const void *b)
{
	const struct nonce *x = a, *y = b;
	return memcmp(x->b, y->b, sizeof x->b);
}

static enum err all_nonces(struct notebook_txn *txn, const struct space *space,
	struct nonces **out, struct why *why)
{
	const struct id *all = NULL;
	size_t count = 0, room = 0;
	if (txn->nonces != NULL && id_equal(txn->nonces->space, space->id)) {
		*out = txn->nonces;
		return OK;
	}
	enum err e = leaf_all(txn, &all, &count, why);
	if (e != OK)
		return e;
	struct nonces *n = arena_new(&txn->arena, sizeof *n);
	struct leaf_own **private = arena_array(&txn->arena, count, sizeof *private);
	n->space = space->id;
	for (size_t i = 0; i < count; i++) {
		if (leaf_load(txn, all[i], &private[i]) != OK ||
				!private[i] -> leaf.is_private)
		private[i] = NULL;
		else room += private[i] -> shares + NONCE_AHEAD;
	}
	n->items = arena_array(&txn->arena, room, sizeof *n->items);
	for (size_t i = 0; i < count; i++) {
		for (uint32_t k = 0;
			private[i] != NULL && k < private[i] -> shares + NONCE_AHEAD;
			k++) {
			struct nonce *nonce = &n->items[n->count++];
			nonce->document = private[i] -> leaf.id;
			nonce->count = k;
			share_nonce(&txn->notebook->me, space->id, nonce->document, k,
				nonce->b);
		}
	}
	if (n->count > 1)
		qsort(n->items, n->count, sizeof *n->items, by_nonce);
	*out = txn->nonces = n;
	return OK;
}

/* What had moved lives with the partner now: the private original ends. What it says that
 * the moved one does not is kept. */
static enum err end_original(struct notebook_txn *txn, struct leaf_own *original,
	struct leaf_own *moved, struct why *why)
{
	const struct person_id *me = &txn->notebook->me.person;
	CLEAN_BUF struct buf here = {0}, there = {0};
	document_words(NULL, original->leaf.draft, me, &here);
	document_words(moved->leaf.sealed, NULL, me, &there);
	enum err e = OK;
	if (!bytes_equal(buf_bytes(&here), buf_bytes(&there)))
		e = leaf_note(txn, buf_bytes(&here), why);
	moved->from = original->leaf.id;
	moved->shares = original->shares;
	moved->dirty_record = true;
	if (e == OK)
		e = leaf_forget(txn, original);
	return e == OK ? leaf_alias(txn, moved->from, moved->leaf.id) : e;
}

enum err restore_recognise(struct notebook_txn *txn, struct space *space,
	struct id document, const struct document_head *head, const uint8_t nonce[16],
	struct why *why)
{
	struct nonces *nonces = NULL;
	struct nonce key = {0};
	struct leaf_own *original = NULL, *own = NULL;
	enum err e = all_nonces(txn, space, &nonces, why);
	if (e != OK)
		return e;
	memcpy(key.b, nonce, sizeof key.b);
	const struct nonce *found = nonces->count > 0
					    ? bsearch(&key, nonces->items, nonces->count,
						      sizeof key, by_nonce)
					    : NULL;
	if (found == NULL || leaf_load(txn, found->document, &original) != OK ||
		!original->leaf.is_private)
		return OK;
	e = leaf_load(txn, document, &own);
	if (e != OK)
		return e;
	if (original->shares <= found->count)
		original->shares = found->count + 1;
	original->dirty_record = true;
	if (head->way == WAY_MOVED)
		return end_original(txn, original, own, why);
	own->leaf.master = found->document;
	own->dirty_record = true;
	return leaf_link(txn, found->document, document, &space->partner);
}
