#include <string.h>

#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"
#include "core/notebook/words_page.h"

#include "core/base/tr.h"

/* ---- Leaves that are open in this transaction: a hash table by id, which is random
 * already. */

static size_t slot_of(const struct notebook_txn *txn, struct id id)
{
	uint64_t h = 0;
	memcpy(&h, id.b, sizeof h);
	return (size_t)h & (txn->leaf_room - 1);
}

static struct leaf_own *find_open(const struct notebook_txn *txn, struct id id)
{
	if (txn->leaf_room == 0)
		return NULL;
	for (size_t i = slot_of(txn, id);; i = (i + 1) & (txn->leaf_room - 1)) {
		struct leaf_own *leaf = txn->leaves[i];
		if (leaf == NULL || id_equal(leaf->leaf.id, id))
			return leaf;
	}
}

struct leaf_own *leaf_if_open(const struct notebook_txn *txn, struct id id)
{
	return find_open(txn, id);
}

static void put_open(struct notebook_txn *txn, struct leaf_own *leaf)
{
	size_t i = slot_of(txn, leaf->leaf.id);
	while (txn->leaves[i] != NULL)
		i = (i + 1) & (txn->leaf_room - 1);
	txn->leaves[i] = leaf;
}

static void add_open(struct notebook_txn *txn, struct leaf_own *leaf)
{
	if (txn->leaf_count * 2 >= txn->leaf_room) {
		struct leaf_own **old = txn->leaves;
		size_t room = txn->leaf_room;
		txn->leaf_room = room == 0 ? 64 : room * 2;
		txn->leaves = mem_array(txn->leaf_room, sizeof(struct leaf_own *));
		for (size_t i = 0; i < room; i++)
			if (old[i] != NULL)
				put_open(txn, old[i]);
		mem_free(old);
	}
	txn->leaf_count++;
	put_open(txn, leaf);
}

/* ---- Opening. */

void leaf_place(struct notebook_txn *txn, struct leaf_own *own)
{
	struct leaf *leaf = &own->leaf;
	leaf->head = leaf->sealed != NULL  ? document_head(leaf->sealed)
		     : leaf->draft != NULL ? draft_head(leaf->draft)
					   : NULL;
	leaf->is_private = id_equal(leaf->space, txn->notebook->mine);
	struct space *space = NULL;
	if (!leaf->is_private && space_open(txn, leaf->space, &space) == OK)
		leaf->partner = space->partner;
	const struct person_id *me = &txn->notebook->me.person;
	leaf->by_me = leaf->is_private ||
		      (leaf->head != NULL &&
			      document_may_end(leaf->head, me, SECTION_TAKEBACK));
}

enum err leaf_load(struct notebook_txn *txn, struct id id, struct leaf_own **out)
{
	*out = find_open(txn, id);
	if (*out != NULL)
		return (*out)->erased ? ERR_NOT_FOUND : OK;
	struct leaf_own *own = NULL;
	enum err e = leaf_read(txn, id, &own);
	if (e != OK)
		return e;
	leaf_place(txn, own);
	add_open(txn, own);
	*out = own;
	return OK;
}

struct leaf_own *leaf_add(struct notebook_txn *txn, struct id id, struct id space)
{
	struct leaf_own *own = find_open(txn, id);
	/* Called back in the transaction that moved it: its record and its keys are there
	 * still, and will be written anew. */
	bool again = own != NULL;
	if (!again)
		own = mem_new(sizeof *own);
	own->leaf.id = id;
	own->leaf.space = space;
	own->erased = false;
	own->fresh = own->fresh || !again;
	own->dirty_record = true;
	if (!again)
		add_open(txn, own);
	all_add(txn, id);
	return own;
}

/* ---- Saving. */

void leaf_state(const struct space *space, const struct leaf_own *own, struct hash *out)
{
	CLEAN_BUF struct buf canonical = {0};
	document_canonical(own->leaf.sealed, &canonical);
	struct bytes parts[] = {BYTES_OF(own->leaf.id.b), buf_bytes(&canonical)};
	keyed_hash(
		BYTES_OF(space->key.b), "kith/state/1", parts, 2, out->b, sizeof out->b);
}

static enum err save_state(struct notebook_txn *txn, struct leaf_own *own)
{
	struct space *space = NULL;
	enum err e = space_open(txn, own->leaf.space, &space);
	if (e != OK || own->leaf.sealed == NULL)
		return e;
	if (own->counted)
		space_sum_drop(space, &own->state);
	leaf_state(space, own, &own->state);
	space_sum_add(space, &own->state);
	own->counted = true;
	own->dirty_state = false;
	own->dirty_record = true;
	return OK;
}

enum err leaves_count(struct notebook_txn *txn)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < txn->leaf_room; i++)
		if (txn->leaves[i] != NULL && txn->leaves[i]->dirty_state &&
			!txn->leaves[i]->erased)
			e = save_state(txn, txn->leaves[i]);
	return e;
}

/* What follows this one in pairs' spaces has something to carry. */
static enum err mark_followers(struct notebook_txn *txn, const struct leaf_own *own)
{
	struct leaf_copy *links = NULL;
	size_t count = 0;
	if (own->shares == 0)
		return OK;
	enum err e = leaf_links(txn, own->leaf.id, &links, &count);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct partner *partner = people_partner(txn, &links[i].partner);
		struct space *space = NULL;
		if (partner == NULL)
			continue;
		e = space_open(txn, partner->space, &space);
		if (e == OK)
			space_mark_follow(space, links[i].document);
	}
	return e;
}

static enum err save_draft(struct notebook_txn *txn, struct leaf_own *own)
{
	struct leaf *leaf = &own->leaf;
	bool work = leaf->draft != NULL &&
		    (leaf->sealed == NULL || !draft_is_empty(leaf->draft));
	struct space *space = NULL;
	enum err e = leaf->is_private ? mark_followers(txn, own)
				      : space_open(txn, leaf->space, &space);
	if (e != OK)
		return e;
	if (!work) {
		if (space != NULL)
			space_unmark_draft(space, leaf->id);
		return store_delete_of(
			txn->store, leaf->id, TABLE_DRAFT, BYTES_OF(leaf->id.b));
	}
	if (space != NULL)
		space_mark_draft(space, leaf->id);
	CLEAN_BUF struct buf record = {0};
	draft_save(leaf->draft, &record);
	return store_put_of(txn->store, leaf->id, TABLE_DRAFT, BYTES_OF(leaf->id.b),
		buf_bytes(&record));
}

static enum err save_leaf(struct notebook_txn *txn, struct leaf_own *own)
{
	enum err e = OK;
	if (own->dirty_state)
		e = save_state(txn, own);
	if (e == OK && (own->dirty_record || own->dirty_state)) {
		CLEAN_BUF struct buf record = {0};
		leaf_pack(own, &record);
		e = store_put_of(txn->store, own->leaf.id, TABLE_DOCUMENT,
			BYTES_OF(own->leaf.id.b), buf_bytes(&record));
	}
	if (e == OK && own->dirty_draft)
		e = save_draft(txn, own);
	return e;
}

static enum err erase_ended(struct notebook_txn *txn)
{
	size_t count = 0;
	struct id *ids = arena_array(
		&txn->arena, txn->leaf_count + CARD_PAGES + WORDS_PAGES, sizeof *ids);
	for (size_t i = 0; i < txn->leaf_room; i++)
		if (txn->leaves[i] != NULL && txn->leaves[i]->erased &&
			!txn->leaves[i]->fresh)
			ids[count++] = txn->leaves[i]->leaf.id;
	/* What quotes them gets a new key. */
	for (size_t i = 0; txn->cards != NULL && i < CARD_PAGES; i++)
		if (txn->cards->pages[i].lost_one)
			ids[count++] = card_page_id(txn, (uint8_t)i);
	count += words_pages_lost(txn, ids + count);
	return count > 0 ? store_erase_in(txn->store, ids, count) : OK;
}

enum err leaves_save(struct notebook_txn *txn, struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < txn->leaf_room; i++)
		if (txn->leaves[i] != NULL) {
			e = cards_note(txn, txn->leaves[i]);
			if (e == OK)
				e = words_note(txn, txn->leaves[i]);
			if (e == OK && !txn->leaves[i]->erased)
				e = save_leaf(txn, txn->leaves[i]);
		}
	if (e == OK)
		e = erase_ended(txn);
	if (e == OK && txn->cards != NULL)
		e = card_pages_save(txn, txn->cards);
	if (e == OK)
		e = words_pages_save(txn);
	return e == OK ? OK
		       : because(why, e, "the change could not be written: %s",
				 err_text(e));
}

enum err leaf_forget(struct notebook_txn *txn, struct leaf_own *own)
{
	struct space *space = NULL;
	if (!own->leaf.is_private && space_open(txn, own->leaf.space, &space) == OK)
		space_unmark_draft(space, own->leaf.id);
	all_drop(txn, own->leaf.id);
	own->erased = true;
	own->counted = false;
	own->dirty_record = own->dirty_draft = own->dirty_state = false;
	return OK;
}

enum err leaf_open(
	struct notebook_txn *txn, struct id id, struct leaf **out, struct why *why)
{
	struct leaf_own *own = NULL;
	struct id now;
	enum err e = leaf_load(txn, id, &own);
	/* A reference to what has moved since. */
	if (e == ERR_NOT_FOUND && leaf_alias_of(txn, id, &now))
		e = leaf_load(txn, now, &own);
	if (e == OK && own->leaf.head == NULL)
		e = ERR_NOT_FOUND;
	*out = e == OK ? &own->leaf : NULL;
	if (e == ERR_NOT_FOUND)
		return because(why, e, "there is no such document here");
	return e == OK ? OK
		       : because(why, e, "a document cannot be read: %s", err_text(e));
}

struct id leaf_before(const struct leaf *leaf)
{
	const struct leaf_own *own = (const struct leaf_own *)(const void *)leaf;
	return id_is_zero(own->from) ? leaf->id : own->from;
}

enum err leaf_open_shared(struct notebook_txn *txn, struct id document,
	struct leaf_own **own, struct space **space, struct why *why)
{
	struct leaf *leaf = NULL;
	enum err e = leaf_open(txn, document, &leaf, why);
	if (e != OK)
		return e;
	*own = own_of(leaf);
	if (leaf->is_private)
		return because(why, ERR_REFUSED, "this %s is shared with nobody",
			tr_in("kind", leaf->head->kind->name));
	e = space_open(txn, leaf->space, space);
	return e == OK ? OK : because(why, e, "a space cannot be read: %s", err_text(e));
}
