#include "core/notebook/card.h"

#include <stdlib.h>
#include <string.h>

#include "core/notebook/byid.h"
#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"

/* ---- Looking. */

static bool is_changed(const struct leaf_own *own)
{
	return own->dirty_record || own->dirty_draft || own->dirty_state || own->erased ||
	       own->fresh;
}

enum err card_find(
	struct notebook_txn *txn, struct id id, struct card *out, struct why *why)
{
	struct card_page *page;
	struct leaf_own *own = leaf_if_open(txn, id);
	const struct card *card = NULL;
	enum err e = OK;
	if (own == NULL) {
		e = card_page_open(txn, cards_of(txn), id.b[0], &page);
		if (e == OK)
			card = card_page_find(page, id);
		if (e == OK && card == NULL)
			e = leaf_load(txn, id, &own);
	}
	if (e == OK && own != NULL && own->erased)
		e = ERR_NOT_FOUND;
	if (e != OK)
		return because(why, e, "a document cannot be read: %s", err_text(e));
	if (card != NULL)
		*out = *card;
	else
		card_make(txn, own, out);
	return OK;
}

/* The list of all: where the id stands in it, or would. */
static size_t place_in(const struct cards *cards, struct id id, bool *is_there)
{
	return byid_place(cards->all, cards->count, sizeof *cards->all, id, is_there);
}

static void put_in(struct cards *cards, const struct card *card)
{
	bool is_there;
	size_t at = place_in(cards, card->id, &is_there);
	if (!is_there)
		cards->all = byid_open(
			cards->all, &cards->count, &cards->cap, sizeof *cards->all, at);
	cards->about_is_true = cards->about_is_true && is_there &&
			       id_equal(cards->all[at].about, card->about);
	cards->all[at] = *card;
}

static void drop_from(struct cards *cards, struct id id)
{
	bool is_there;
	size_t at = place_in(cards, id, &is_there);
	if (!is_there)
		return;
	cards->about_is_true = false;
	byid_close(cards->all, &cards->count, sizeof *cards->all, at);
}

/* All documents that have a record, from the pages; one without a card is opened. What
 * this transaction changed is for catch_up(). */
static enum err load_all(struct notebook_txn *txn, struct cards *cards, struct why *why)
{
	const struct id *ids;
	size_t count;
	enum err e = leaf_all(txn, &ids, &count, why);
	if (e != OK)
		return e;
	cards->all = mem_array(count, sizeof *cards->all);
	cards->cap = count;
	for (size_t i = 0; i < count; i++) {
		struct card card;
		const struct leaf_own *own = leaf_if_open(txn, ids[i]);
		if (own != NULL && is_changed(own))
			continue;
		e = card_find(txn, ids[i], &card, why);
		if (e == OK)
			cards->all[cards->count++] = card;
		else if (e != ERR_NOT_FOUND)
			return e;
	}
	cards->is_loaded = true;
	return OK;
}

/* What this transaction made, changed or ended. While entries are being applied a
 * document's content is not to be looked at. */
static void catch_up(struct notebook_txn *txn, struct cards *cards, bool reading)
{
	for (size_t i = 0; txn->write && i < txn->leaf_room; i++) {
		struct leaf_own *own = txn->leaves[i];
		struct card card;
		if (own == NULL || !is_changed(own))
			continue;
		if (own->erased) {
			drop_from(cards, own->leaf.id);
			continue;
		}
		if (reading)
			card_make(txn, own, &card);
		else
			card_place(own, &card);
		put_in(cards, &card);
	}
}

static enum err all_cards(
	struct notebook_txn *txn, bool reading, struct cards **out, struct why *why)
{
	struct cards *cards = *out = cards_of(txn);
	enum err e = cards->is_loaded ? OK : load_all(txn, cards, why);
	if (e == OK)
		catch_up(txn, cards, reading);
	return e;
}

enum err card_in_space(struct notebook_txn *txn, struct id space, struct id **out,
	size_t *count, struct why *why)
{
	struct cards *cards;
	*count = 0;
	enum err e = all_cards(txn, false, &cards, why);
	if (e != OK)
		return e;
	*out = arena_array(&txn->arena, cards->count, sizeof **out);
	for (size_t i = 0; i < cards->count; i++)
		if (id_equal(cards->all[i].space, space))
			(*out)[(*count)++] = cards->all[i].id;
	return OK;
}

enum err card_all(
	struct notebook_txn *txn, const struct card **out, size_t *count, struct why *why)
{
	struct cards *cards;
	enum err e = all_cards(txn, true, &cards, why);
	if (e != OK)
		return e;
	*out = cards->all;
	*count = cards->count;
	return OK;
}

static int by_about(const void *a, const void *b)
{
	const struct card *x = *(const struct card *const *)a,
			  *y = *(const struct card *const *)b;
	int order = id_compare(x->about, y->about);
	return order != 0 ? order : id_compare(x->id, y->id);
}

/* The cards that are about something, by what that is. */
static void sort_about(struct cards *cards)
{
	mem_free(cards->about);
	cards->about = mem_array(cards->count, sizeof *cards->about);
	cards->about_count = 0;
	for (size_t i = 0; i < cards->count; i++)
		if (!id_is_zero(cards->all[i].about))
			cards->about[cards->about_count++] = &cards->all[i];
	if (cards->about_count > 1)
		qsort(cards->about, cards->about_count, sizeof *cards->about, by_about);
	cards->about_is_true = true;
}

static size_t first_about(const struct cards *cards, struct id about)
{
	size_t low = 0, high = cards->about_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (id_compare(cards->about[middle]->about, about) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t select_about(struct cards *cards, const struct kind_schema *kind,
	struct id about, struct arena *arena, struct id **out)
{
	size_t found = 0;
	if (!cards->about_is_true)
		sort_about(cards);
	size_t first = first_about(cards, about), end = first;
	while (end < cards->about_count && id_equal(cards->about[end]->about, about))
		end++;
	*out = arena_array(arena, end - first, sizeof **out);
	for (size_t i = first; i < end; i++)
		if (cards->about[i]->kind == kind)
			(*out)[found++] = cards->about[i]->id;
	return found;
}

enum err card_select(struct notebook_txn *txn, const struct kind_schema *kind,
	const struct id *about, const struct id **out, size_t *count, struct why *why)
{
	const struct card *all;
	size_t total, found = 0;
	struct id *ids;
	enum err e = card_all(txn, &all, &total, why);
	*count = 0;
	if (e != OK)
		return e;
	if (about != NULL) {
		*count = select_about(txn->cards, kind, *about, &txn->arena, &ids);
		*out = ids;
		return OK;
	}
	for (size_t i = 0; i < total; i++)
		found += all[i].kind == kind;
	ids = arena_array(&txn->arena, found, sizeof *ids);
	for (size_t i = 0; i < total; i++)
		if (all[i].kind == kind)
			ids[(*count)++] = all[i].id;
	*out = ids;
	return OK;
}

const struct person_id *card_partner(struct notebook_txn *txn, const struct card *card)
{
	struct space *space = NULL;
	if (card->is_private || space_open(txn, card->space, &space) != OK)
		return NULL;
	return &space->partner;
}

/* ---- Keeping. */

enum err cards_note(struct notebook_txn *txn, struct leaf_own *own)
{
	struct card card;
	if (!is_changed(own) || (own->erased && own->fresh))
		return OK;
	if (own->erased)
		return card_page_drop(txn, cards_of(txn), own->leaf.id);
	card_make(txn, own, &card);
	return card_page_put(txn, cards_of(txn), &card);
}

void cards_release(struct notebook_txn *txn)
{
	struct cards *cards = txn->cards;
	if (cards == NULL)
		return;
	card_pages_release(cards);
	mem_free(cards->all);
	mem_free(cards->about);
	mem_free(cards);
	txn->cards = NULL;
}
