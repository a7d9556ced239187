#include "core/coaching/views.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/fields.h"
#include "core/coaching/handover.h"
#include "core/notebook/card.h"
#include "core/notebook/places.h"

/* ---- People */

const char *view_partner(const struct partner *partner)
{
	return partner->called[0] != '\0' ? partner->called : partner->name;
}

const char *view_person(struct notebook_txn *txn, const struct person_id *person)
{
	if (person_equal(*person, notebook_me(txn_notebook(txn))->person))
		return tr("me");
	struct partner *partner = people_partner(txn, person);
	if (partner != NULL)
		return view_partner(partner);
	char text[PERSON_TEXT + 1];
	person_text(*person, text);
	return arena_format(txn_arena(txn), "%.8s…", text);
}

/* ---- Values and titles */

static const char *clean_line(struct notebook_txn *txn, struct bytes text)
{
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, text, false);
	return arena_string(txn_arena(txn), buf_bytes(&clean));
}

/* Whether its title may be what it is about: the visit of a session. */
static bool titled_by_reference(const struct kind_schema *kind)
{
	for (size_t i = 0; kind->title[i] != NULL; i++) {
		const struct field_schema *field =
			kind_field(kind, bytes_text(kind->title[i]));
		if (field != NULL && field->value == VALUE_REF)
			return true;
	}
	return false;
}

/* What a reference points to, without following the references in its title in turn. */
static const char *referred(struct notebook_txn *txn, struct bytes id_bytes)
{
	struct id id;
	struct card card;
	struct leaf *leaf;
	char handle[HANDLE_TEXT];
	if (id_bytes.len != sizeof id.b)
		return "?";
	memcpy(id.b, id_bytes.at, sizeof id.b);
	if (card_find(txn, id, &card, NULL) == OK && card.kind != NULL)
		id_handle(txn, id, card.kind, handle);
	else if (leaf_open(txn, id, &leaf, NULL) == OK)
		leaf_handle(txn, leaf, handle); /* it has moved since */
	else
		return tr("(not here)");
	return arena_text(txn_arena(txn), handle);
}

static const char *item_text(struct notebook_txn *txn, const struct field_schema *field,
	struct pack_reader *r);

static bool is_part(
	const struct record_field *parts, const char *name, enum value_type type)
{
	for (; parts != NULL && parts->name != NULL; parts++)
		if (strcmp(parts->name, name) == 0)
			return parts->type == type;
	return false;
}

/* "date 2027-01-31 · value 12"; a part called text needs no name. What a hash is of, only
 * the machines compare. */
static const char *record_text(
	struct notebook_txn *txn, const struct field_schema *field, struct pack_reader *r)
{
	struct arena *arena = txn_arena(txn);
	const char *all = "";
	size_t parts = pack_read_map(r, RECORD_PARTS_MAX);
	for (size_t i = 0; i < parts && !r->failed; i++) {
		const char *name = arena_string(arena, pack_read_text(r, 64));
		const char *value = item_text(txn, NULL, r);
		bool hash = is_part(field->record, name, VALUE_HASH);
		if (hash && parts > 1)
			continue;
		if (hash)
			value = tr("as it stood then");
		else if (is_part(field->record, name, VALUE_CHOICE))
			value = tr_in("choice", value);
		bool named = !hash && strcmp(name, "text") != 0;
		all = arena_format(arena, "%s%s%s%s%s", all, all[0] != '\0' ? " · " : "",
			named ? tr_in("field", name) : "", named ? " " : "", value);
	}
	return all;
}

static const char *bin_text(struct notebook_txn *txn, struct bytes bin)
{
	if (bin.len == sizeof(struct id))
		return referred(txn, bin);
	char *text = arena_new(txn_arena(txn), bin.len * 8 / 5 + 2);
	base32_text(bin, text);
	return text;
}

/* In digits, with the reader's decimal point. */
static const char *number_text(struct arena *arena, double number)
{
	const char *text = arena_format(arena, "%.15g", number),
		   *point = strchr(text, '.');
	return point == NULL ? text
			     : arena_format(arena, "%.*s%s%s", (int)(point - text), text,
				       tr_decimal(), point + 1);
}

/* `field` where the value may be one of its records; else NULL. */
static const char *item_text(
	struct notebook_txn *txn, const struct field_schema *field, struct pack_reader *r)
{
	struct arena *arena = txn_arena(txn);
	enum pack_type next;
	if (field != NULL && field->value == VALUE_RECORD && pack_peek(r, &next) &&
		next == PACK_MAP)
		return record_text(txn, field, r);
	struct bytes whole = pack_read_any(r);
	struct pack_reader inner = pack_read(whole);
	struct pack_item item;
	if (pack_next(&inner, &item) != OK)
		return "?";
	switch (item.type) {
	case PACK_NIL:
		return "";
	case PACK_BOOL:
		return item.v.b ? tr("yes") : tr("no");
	case PACK_UINT:
		return arena_format(arena, "%llu", (unsigned long long)item.v.u);
	case PACK_INT:
		return arena_format(arena, "%lld", (long long)item.v.i);
	case PACK_NUMBER:
		return number_text(arena, item.v.number);
	case PACK_TEXT:
		return clean_line(txn, item.v.bytes);
	case PACK_BIN:
		return bin_text(txn, item.v.bytes);
	case PACK_ARRAY:
	case PACK_MAP:
		return "…";
	}
	return "?";
}

const char *view_value(
	struct notebook_txn *txn, const struct field_schema *field, struct bytes packed)
{
	struct pack_reader r = pack_read(packed);
	return item_text(txn, field, &r);
}

static const char *card_text(
	struct notebook_txn *txn, const struct card *card, bool follow);

/* What is named after another document has that one's title, which is followed no
 * further: two may refer to each other. */
static const char *title_there(struct notebook_txn *txn, struct id id)
{
	struct card card;
	struct leaf *moved;
	if (card_find(txn, id, &card, NULL) != OK &&
		(leaf_open(txn, id, &moved, NULL) != OK ||
			card_find(txn, moved->id, &card, NULL) != OK))
		return NULL;
	return card.kind != NULL ? card_text(txn, &card, false) : NULL;
}

/* Its own title, what it is about, whom it is with, or that it is empty. */
static const char *card_text(
	struct notebook_txn *txn, const struct card *card, bool follow)
{
	struct arena *arena = txn_arena(txn);
	const char *text = clean_line(txn, card->title);
	const char *kind = tr_in("kind", card->kind->name);
	if (text[strspn(text, " \t")] != '\0')
		return card->title_is_cut ? arena_format(arena, "%s…", text) : text;
	if (follow && !id_is_zero(card->about) && titled_by_reference(card->kind) &&
		(text = title_there(txn, card->about)) != NULL)
		return text;
	const struct person_id *with = card_partner(txn, card);
	if (card->kind->owner == OWNER_BOTH && with != NULL)
		return arena_format(
			arena, tr("%s with %s"), kind, view_person(txn, with));
	return arena_format(arena, tr("(empty %s)"), kind);
}

/* A partner's feedback may have to be held back: that stands in other documents. */
static const char *title_shown(struct notebook_txn *txn, const struct card *card)
{
	bool held = false;
	if (strcmp(card->kind->name, "feedback") == 0 &&
		feedback_is_held_back(txn, card->id, &held, NULL) == OK && held)
		return tr("(held back: not what you asked for)");
	return card_text(txn, card, true);
}

const char *view_title(struct notebook_txn *txn, const struct leaf *leaf)
{
	struct card card;
	card_of(txn, leaf, &card);
	return title_shown(txn, &card);
}

/* ---- Documents */

static void add_sharing(
	struct notebook_txn *txn, const struct leaf *leaf, struct view_document *out)
{
	struct arena *arena = txn_arena(txn);
	if (!leaf->is_private) {
		out->shared_with = arena_array(arena, 1, sizeof *out->shared_with);
		out->shared_with[0] = view_person(txn, &leaf->partner);
		out->shared_count = 1;
		return;
	}
	struct leaf_copy *copies;
	size_t count = leaf_copies(txn, leaf->id, &copies);
	out->shared_with = arena_array(arena, count, sizeof *out->shared_with);
	for (size_t i = 0; i < count; i++)
		out->shared_with[i] = view_person(txn, &copies[i].partner);
	out->shared_count = count;
}

static void view_head(
	struct notebook_txn *txn, const struct leaf *leaf, struct view_document *out)
{
	*out = (struct view_document){
		.id = leaf->id,
		.head = leaf->head,
		.title = view_title(txn, leaf),
		.is_private = leaf->is_private,
		.by_me = leaf->by_me,
		.both_wrote = places_has(txn, leaf),
		.incomplete = leaf->incomplete,
		.unread = leaf->unread,
		.shared_s = leaf->shared_s,
	};
	leaf_handle(txn, leaf, out->handle);
	add_sharing(txn, leaf, out);
}

/*
 * What partners added to their copies of a document of mine, beside what stands in mine:
 * the records of its logs, each with the partner's name.
 */
static void add_answers(
	struct notebook_txn *txn, const struct leaf *leaf, struct view_document *out)
{
	struct leaf_copy *copies;
	size_t count = leaf->is_private ? leaf_copies(txn, leaf->id, &copies) : 0;
	for (size_t i = 0; i < count; i++) {
		struct leaf *copy;
		if (leaf_open(txn, copies[i].document, &copy, NULL) != OK)
			continue;
		fields_add_answers(txn, copy, view_person(txn, &copies[i].partner), out);
		out->both_wrote = out->both_wrote || places_has(txn, copy);
	}
}

enum err view_document(struct notebook_txn *txn, struct id id, struct view_document *out,
	struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	view_head(txn, leaf, out);
	fields_read_all(txn, leaf, out);
	add_answers(txn, leaf, out);
	return OK;
}

enum err view_as_partner(struct notebook_txn *txn, struct id id,
	struct view_document *out, struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	struct leaf sealed = *leaf;
	sealed.draft = NULL;
	view_head(txn, &sealed, out);
	fields_read_all(txn, &sealed, out);
	return OK;
}

/* ---- Lists */

static void line_sharing(
	struct notebook_txn *txn, const struct card *card, struct view_line *out)
{
	struct arena *arena = txn_arena(txn);
	const struct person_id *partner = card_partner(txn, card);
	struct leaf_copy *copies;
	size_t count = card->was_shown ? leaf_copies(txn, card->id, &copies) : 0;
	out->shared_with =
		arena_array(arena, partner != NULL ? 1 : count, sizeof *out->shared_with);
	if (partner != NULL)
		out->shared_with[out->shared_count++] = view_person(txn, partner);
	for (size_t i = 0; partner == NULL && i < count; i++) {
		struct card copy;
		out->shared_with[out->shared_count++] =
			view_person(txn, &copies[i].partner);
		if (card_find(txn, copies[i].document, &copy, NULL) == OK)
			out->both_wrote = out->both_wrote || copy.both_wrote;
	}
}

static void line_of(
	struct notebook_txn *txn, const struct card *card, struct view_line *out)
{
	*out = (struct view_line){
		.id = card->id,
		.kind = card->kind,
		.title = title_shown(txn, card),
		.both_wrote = card->both_wrote,
		.is_partial = card->incomplete || card->unread,
		.role = card->role,
	};
	id_handle(txn, card->id, card->kind, out->handle);
	line_sharing(txn, card, out);
}

enum err view_line(
	struct notebook_txn *txn, struct id id, struct view_line *out, struct why *why)
{
	struct card card;
	enum err e = card_find(txn, id, &card, why);
	if (e == OK && card.kind == NULL)
		e = because(why, ERR_NOT_FOUND, "there is no such document here");
	if (e == OK)
		line_of(txn, &card, out);
	return e;
}

struct view_order view_order(struct notebook_txn *txn, const struct leaf *leaf)
{
	return (struct view_order){leaf->head->kind, view_title(txn, leaf), leaf->id};
}

struct view_order view_order_of(struct notebook_txn *txn, struct id id)
{
	struct card card;
	if (card_find(txn, id, &card, NULL) != OK || card.kind == NULL)
		return (struct view_order){.title = "", .id = id};
	return (struct view_order){card.kind, title_shown(txn, &card), id};
}

int view_order_compare(const void *left, const void *right)
{
	const struct view_order *a = left, *b = right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int order = strcasecmp(a->title, b->title);
	return order != 0 ? order : id_compare(a->id, b->id);
}

static int compare_lines(const void *left, const void *right)
{
	const struct view_line *a = left, *b = right;
	struct view_order x = {a->kind, a->title, a->id}, y = {b->kind, b->title, b->id};
	return view_order_compare(&x, &y);
}

enum err view_lines(struct notebook_txn *txn, const struct kind_schema *kind,
	struct view_line **out, size_t *count, struct why *why)
{
	const struct card *cards;
	size_t all, shown = 0;
	*count = 0;
	enum err e = card_all(txn, &cards, &all, why);
	if (e != OK)
		return e;
	for (size_t i = 0; i < all; i++)
		shown += cards[i].kind != NULL && id_is_zero(cards[i].master) &&
			 (kind == NULL || cards[i].kind == kind);
	struct view_line *lines = arena_array(txn_arena(txn), shown, sizeof *lines);
	for (size_t i = 0; i < all; i++)
		if (cards[i].kind != NULL && id_is_zero(cards[i].master) &&
			(kind == NULL || cards[i].kind == kind))
			line_of(txn, &cards[i], &lines[(*count)++]);
	if (*count > 1)
		qsort(lines, *count, sizeof *lines, compare_lines);
	*out = lines;
	return OK;
}

enum err view_list(struct notebook_txn *txn, const struct kind_schema *kind,
	struct view_document **out, size_t *count, struct why *why)
{
	struct view_line *lines;
	*count = 0;
	enum err e = view_lines(txn, kind, &lines, count, why);
	if (e != OK)
		return e;
	*out = arena_array(txn_arena(txn), *count, sizeof **out);
	for (size_t i = 0; e == OK && i < *count; i++)
		e = view_document(txn, lines[i].id, &(*out)[i], why);
	return e;
}

const struct view_field *view_field(
	const struct view_document *document, struct bytes name, struct bytes key)
{
	for (size_t i = 0; i < document->field_count; i++) {
		const struct view_field *field = &document->fields[i];
		if (bytes_equal(bytes_text(field->schema->name), name) &&
			bytes_equal(field->key, key))
			return field;
	}
	return NULL;
}
