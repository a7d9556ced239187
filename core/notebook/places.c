#include "core/notebook/places.h"

#include <string.h>

#include "core/base/utf8.h"
#include "core/crdt/marks.h"
#include "core/crdt/value.h"
#include "core/notebook/card.h"
#include "core/notebook/internal.h"

/* ---- Finding. */

static bool was_seen(const struct leaf_own *own, const struct mark *mark)
{
	for (size_t i = 0; i < own->seen_count; i++)
		if (memcmp(own->seen[i], mark->name, sizeof mark->name) == 0)
			return true;
	return false;
}

/* Own work that nobody else has seen may have settled it already. */
static bool competes(
	struct notebook_txn *txn, const struct leaf_own *own, const struct mark *mark)
{
	struct reading reading = {0};
	if (mark->is_text)
		return true;
	read_values(own->leaf.sealed, own->leaf.draft, mark->field, mark->key,
		txn_arena(txn), &reading);
	return reading.count > 1;
}

static struct place_both place_of(
	struct notebook_txn *txn, const struct leaf_own *own, const struct mark *mark)
{
	const struct person_id *me = &txn->notebook->me.person;
	bool a_is_mine = person_equal(mark->a_by, *me) || !person_equal(mark->b_by, *me);
	struct place_both place = {.document = own->leaf.id,
		.field = bytes_text(mark->field->name),
		.key = mark->key,
		.mine = a_is_mine ? mark->a : mark->b,
		.theirs = a_is_mine ? mark->b : mark->a,
		.is_text = mark->is_text,
		.mine_at = a_is_mine ? mark->a_at : mark->b_at,
		.theirs_at = a_is_mine ? mark->b_at : mark->a_at};
	memcpy(place.mark, mark->name, sizeof place.mark);
	return place;
}

struct found {
	struct place_both *items;
	size_t count, cap;
};

static void places_in(
	struct notebook_txn *txn, const struct leaf_own *own, struct found *out)
{
	struct mark *marks = NULL;
	size_t count = 0;
	if (!own->both || own->leaf.sealed == NULL)
		return;
	document_marks(own->leaf.sealed, txn_arena(txn), &marks, &count);
	for (size_t i = 0; i < count; i++) {
		if (was_seen(own, &marks[i]) || !competes(txn, own, &marks[i]))
			continue;
		out->items =
			mem_grow(out->items, out->count, &out->cap, sizeof *out->items);
		out->items[out->count++] = place_of(txn, own, &marks[i]);
	}
}

enum err places_of(struct notebook_txn *txn, struct id document, struct place_both **out,
	size_t *count, struct why *why)
{
	struct found found = {0};
	const struct card only = {.id = document, .both_wrote = true}, *cards = &only;
	size_t all = 1;
	enum err e = OK;
	*count = 0;
	if (id_is_zero(document))
		e = card_all(txn, &cards, &all, why);
	for (size_t i = 0; e == OK && i < all; i++) {
		struct leaf_own *own = NULL;
		if (!cards[i].both_wrote)
			continue;
		e = leaf_load(txn, cards[i].id, &own);
		if (e == OK)
			places_in(txn, own, &found);
	}
	if (e == OK) {
		*out = arena_array(txn_arena(txn), found.count, sizeof **out);
		for (size_t i = 0; i < found.count; i++)
			(*out)[i] = found.items[i];
		*count = found.count;
	}
	mem_free(found.items);
	return e == OK ? OK
		       : because(why, e, "a document cannot be read: %s", err_text(e));
}

bool places_has(struct notebook_txn *txn, const struct leaf *leaf)
{
	/* By its id: what a view hands in may be a copy of the leaf. */
	struct leaf_own *own = NULL;
	return leaf_load(txn, leaf->id, &own) == OK && own->both;
}

/* ---- Settling. */

struct settle {
	struct notebook_txn *txn;
	struct leaf_own *own;
	const struct field_schema *field;
	struct draft *draft;
	enum keep keep;
	struct why *why;
};

static void set_seen(struct leaf_own *own, const uint8_t mark[16])
{
	if (own->seen_count == LEAF_SEEN_MAX) {
		memmove(own->seen, own->seen + 1,
			(LEAF_SEEN_MAX - 1) * sizeof *own->seen);
		own->seen_count--;
	}
	own->seen =
		mem_grow(own->seen, own->seen_count, &own->seen_cap, sizeof *own->seen);
	memcpy(own->seen[own->seen_count++], mark, sizeof *own->seen);
	own->dirty_record = true;
}

/* The passage that goes, where it stands now: one's own draft may have moved it. */
static enum err settle_text(struct settle *s, const struct place_both *place)
{
	struct bytes goes = s->keep == KEEP_MINE ? place->theirs : place->mine;
	size_t at = s->keep == KEEP_MINE ? place->theirs_at : place->mine_at;
	size_t len = utf8_count(goes), now = 0;
	if (s->keep == KEEP_BOTH || len == 0)
		return OK;
	enum err e = draft_where(s->draft, s->field, place->key, at, len, &now);
	if (e == ERR_NOT_FOUND)
		return OK; /* taken out already */
	if (e != OK)
		return because(s->why, e,
			"you have changed that passage of %s since: edit it by hand",
			s->field->name);
	return draft_splice(s->draft, s->own->leaf.sealed, s->field, place->key, now, len,
		(struct bytes){0}, s->why);
}

/* The competing values of a register: mine, and the first that is not. */
static bool sides(
	struct settle *s, struct bytes key, struct bytes *mine, struct bytes *theirs)
{
	const struct person_id *me = &s->txn->notebook->me.person;
	struct reading reading = {0};
	bool has_mine = false, has_theirs = false;
	read_values(s->own->leaf.sealed, s->own->leaf.draft, s->field, key,
		txn_arena(s->txn), &reading);
	for (size_t i = 0; i < reading.count; i++) {
		const struct reading_item *item = &reading.items[i];
		bool is_mine = item->is_draft || person_equal(item->by, *me);
		if (is_mine && !has_mine) {
			*mine = item->value;
			has_mine = true;
		} else if (!has_theirs) {
			*theirs = item->value;
			has_theirs = true;
		} else if (!has_mine) {
			*mine = item->value;
			has_mine = true;
		}
	}
	return has_mine && has_theirs;
}

static enum err settle_register(struct settle *s, const struct place_both *place)
{
	struct bytes mine = {0}, theirs = {0};
	CLEAN_BUF struct buf joined = {0}, packed = {0};
	if (!sides(s, place->key, &mine, &theirs))
		return OK; /* the place before settled it */
	if (s->keep != KEEP_BOTH)
		return draft_set(s->draft, s->own->leaf.sealed, s->field, place->key,
			s->keep == KEEP_MINE ? mine : theirs, s->why);
	bool whole = s->field->type == FIELD_TEXT;
	if (!whole && s->field->value != VALUE_TEXT)
		return because(s->why, ERR_REFUSED,
			"%s holds one value: keep mine or theirs", s->field->name);
	buf_add(&joined, value_text(mine));
	buf_add_u8(&joined, '\n');
	buf_add(&joined, value_text(theirs));
	pack_text(&packed, buf_bytes(&joined));
	if (whole)
		return draft_text(s->draft, s->own->leaf.sealed, s->field, place->key,
			value_text(mine), buf_bytes(&joined), s->why);
	return draft_set(s->draft, s->own->leaf.sealed, s->field, place->key,
		buf_bytes(&packed), s->why);
}

static enum err settle_place(struct settle *s, const struct place_both *place)
{
	enum err e = place->is_text ? settle_text(s, place) : settle_register(s, place);
	if (e == OK)
		set_seen(s->own, place->mark);
	return e;
}

enum err places_settle(struct notebook_txn *txn, struct id document, struct bytes field,
	enum keep keep, size_t *settled, struct why *why)
{
	struct settle s = {.txn = txn, .keep = keep, .why = why};
	struct leaf *leaf = NULL;
	struct place_both *places = NULL;
	size_t count = 0, left = 0;
	*settled = 0;
	enum err e = leaf_open(txn, document, &leaf, why);
	if (e == OK)
		e = leaf_field(txn, leaf, field, &s.field, why);
	if (e == OK)
		e = places_of(txn, leaf->id, &places, &count, why);
	for (size_t i = 0; i < count; i++)
		left += !bytes_equal(places[i].field, field);
	if (e == OK && left == count)
		return because(why, ERR_NOT_FOUND, "there is nothing to settle in %s",
			s.field->name);
	if (e == OK)
		e = leaf_draft(txn, leaf, &s.draft, why);
	if (e != OK)
		return e;
	s.own = own_of(leaf);
	for (size_t i = 0; e == OK && i < count; i++) {
		if (!bytes_equal(places[i].field, field))
			continue;
		e = settle_place(&s, &places[i]);
		(*settled)++;
	}
	if (e == OK && left == 0)
		s.own->both = false;
	return e;
}
