#include "core/coaching/seek.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/coaching/handover.h"
#include "core/coaching/seek_label.h"
#include "core/coaching/views.h"
#include "core/coaching/writing.h"
#include "core/crdt/value.h"
#include "core/notebook/card.h"
#include "core/notebook/words.h"

/* One search while it goes from document to document. */
struct seeking {
	struct notebook_txn *txn;
	const struct seek_words *words;
	struct bytes terms[SEEK_WORDS_MAX]; /* folded */
	struct seek_label label;
	struct arena work;  /* of one document */
	struct buf scratch; /* one text, folded */

	/* the document at hand */
	const struct leaf *leaf;
	const char *with;
	unsigned fits; /* which words it has so far, as bits */
	struct seek_place *places;
	size_t place_count, place_cap;

	struct seek_hit *hits;
	size_t hit_count, hit_cap;
};

/* ---- Texts. */

static struct bytes bytes_kept(struct seeking *s, struct bytes text)
{
	return arena_bytes(txn_arena(s->txn), text);
}

static void keep_place(struct seeking *s, const struct seek_place *place,
	struct bytes text, struct fold_span folded)
{
	s->places = mem_grow(s->places, s->place_count, &s->place_cap, sizeof *s->places);
	struct seek_place *kept = &s->places[s->place_count++];
	*kept = *place;
	kept->text = bytes_kept(s, text);
	kept->with = s->with;
	kept->key = arena_text(txn_arena(s->txn), place->key);
	if (folded.len > 0)
		kept->found = fold_source(kept->text, folded.at, folded.len);
}

/* One text at its place. `seat`: whom an event names; empty of what is no event. */
static void look_at_text(struct seeking *s, const struct seek_place *place,
	struct bytes text, struct bytes seat)
{
	unsigned fits = 0;
	struct fold_span first = {0};
	struct seek_place here = *place;
	buf_clear(&s->scratch);
	fold_add(&s->scratch, text);
	for (size_t i = 0; i < s->words->count; i++) {
		const uint8_t *at = memmem(
			s->scratch.at, s->scratch.len, s->terms[i].at, s->terms[i].len);
		if (at == NULL)
			continue;
		if (fits == 0)
			first = (struct fold_span){
				(size_t)(at - s->scratch.at), s->terms[i].len};
		fits |= 1u << i;
	}
	s->fits |= fits;
	here.fits = (unsigned)__builtin_popcount(fits);
	bool is_named = seek_label_names(&s->label, buf_bytes(&s->scratch), &first);
	bool is_seat = seek_label_seat(&s->label, seat);
	if (s->words->seat > 0 ? is_named || is_seat : fits != 0 || is_named)
		keep_place(s, &here, text, first);
}

static void look_at_event(
	struct seeking *s, struct seek_place *place, struct bytes record)
{
	struct bytes text = part_text(record, "text"), seat = part_text(record, "subj");
	if (text.len == 0 && seek_label_seat(&s->label, seat))
		text = part_text(record, "code");
	if (text.len > 0)
		look_at_text(s, place, text, seat);
}

static void look_at_record(struct seeking *s, const struct field_schema *field,
	struct seek_place *place, struct bytes record)
{
	double t_ms = part_number(record, "t_ms", -1);
	place->has_time = t_ms >= 0;
	place->t_ms = place->has_time ? (uint64_t)t_ms : 0;
	if (strcmp(field->name, "events") == 0) {
		look_at_event(s, place, record);
		return;
	}
	bool of_seat = seek_label_record(&s->label, s->txn, s->leaf, record);
	for (const struct record_field *part = field->record; part->name != NULL; part++)
		if (part_is_sought(part))
			look_at_text(s, place, part_text(record, part->name),
				of_seat ? s->label.seat : (struct bytes){0});
}

static void look_at_field(
	struct seeking *s, const struct field_schema *field, struct bytes key)
{
	const struct leaf *leaf = s->leaf;
	struct reading reading = {0};
	struct bytes text;
	struct seek_place place = {
		.field = field->name, .key = arena_string(&s->work, key)};
	switch (field->type) {
	case FIELD_TEXT:
		if (read_text(leaf->sealed, leaf->draft, field, key, &s->work, &text))
			look_at_text(s, &place, text, (struct bytes){0});
		return;
	case FIELD_REGISTER:
		read_values(leaf->sealed, leaf->draft, field, key, &s->work, &reading);
		break;
	case FIELD_SET:
		read_set(leaf->sealed, leaf->draft, field, key, &s->work, &reading);
		break;
	case FIELD_LOG:
		read_log(leaf->sealed, leaf->draft, field, &s->work, &reading);
		break;
	}
	for (size_t i = 0; i < reading.count; i++) {
		if (field->value == VALUE_RECORD)
			look_at_record(s, field, &place, reading.items[i].value);
		else
			look_at_text(s, &place, value_text(reading.items[i].value),
				(struct bytes){0});
	}
}

static void look_at_leaf(struct seeking *s, const struct leaf *leaf, bool answers_only)
{
	const struct kind_schema *kind = leaf->head->kind;
	s->leaf = leaf;
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field_schema *field = &kind->fields[i];
		struct bytes *keys, none = {0};
		size_t count = 1;
		if (!field_is_sought(field) || (answers_only && !field_is_answers(field)))
			continue;
		keys = &none;
		if (field->family)
			read_keys(leaf->sealed, leaf->draft, field, &s->work, &keys,
				&count);
		for (size_t k = 0; k < count; k++)
			look_at_field(s, field, keys[k]);
	}
}

/* ---- Documents. */

static int by_fits(const void *a, const void *b)
{
	const struct seek_place *x = *(const struct seek_place *const *)a;
	const struct seek_place *y = *(const struct seek_place *const *)b;
	return x->fits != y->fits ? (x->fits < y->fits) - (x->fits > y->fits)
				  : (x > y) - (x < y);
}

/* Most of the words first, then as they stand. */
static struct seek_place *sorted_places(struct seeking *s)
{
	struct seek_place *out =
		arena_array(txn_arena(s->txn), s->place_count, sizeof *out);
	const struct seek_place **order = mem_array(s->place_count, sizeof *order);
	for (size_t i = 0; i < s->place_count; i++)
		order[i] = &s->places[i];
	if (s->place_count > 1)
		qsort(order, s->place_count, sizeof *order, by_fits);
	for (size_t i = 0; i < s->place_count; i++)
		out[i] = *order[i];
	mem_free(order);
	return out;
}

static bool is_held_back(struct seeking *s, struct id id)
{
	bool held = false;
	return feedback_is_held_back(s->txn, id, &held, NULL) == OK && held;
}

static bool is_hit(const struct seeking *s, bool is_of_class)
{
	if (s->fits != (1u << s->words->count) - 1)
		return false;
	if (s->words->class_label != NULL && !is_of_class && s->place_count == 0)
		return false;
	return s->words->seat == 0 || s->place_count > 0;
}

static void look_at_copies(struct seeking *s, struct id document)
{
	struct leaf_copy *copies;
	size_t count = leaf_copies(s->txn, document, &copies);
	for (size_t i = 0; i < count; i++) {
		struct leaf *copy;
		s->with = view_person(s->txn, &copies[i].partner);
		if (leaf_open(s->txn, copies[i].document, &copy, NULL) == OK)
			look_at_leaf(s, copy, true);
	}
}

/* All its places, from the document itself. */
static enum err read_places(struct seeking *s, struct id document, struct leaf **leaf)
{
	enum err e = leaf_open(s->txn, document, leaf, NULL);
	s->fits = 0;
	s->place_count = 0;
	s->with = NULL;
	if (e != OK)
		return e;
	look_at_leaf(s, *leaf, false);
	if ((*leaf)->is_private)
		look_at_copies(s, document);
	return OK;
}

static void add_hit(struct seeking *s, struct id id, bool is_of_class)
{
	s->hits = mem_grow(s->hits, s->hit_count, &s->hit_cap, sizeof *s->hits);
	s->hits[s->hit_count++] = (struct seek_hit){.id = id, .is_of_class = is_of_class};
}

/* Whether the partner that was asked for has it too. */
static bool is_with(struct seeking *s, const struct card *card)
{
	const struct partner *with = s->words->with;
	const struct person_id *partner = card_partner(s->txn, card);
	struct leaf_copy *copies = NULL;
	size_t count = 0;
	if (with == NULL)
		return true;
	if (partner != NULL)
		return person_equal(*partner, with->person);
	if (card->was_shown)
		count = leaf_copies(s->txn, card->id, &copies);
	for (size_t i = 0; i < count; i++)
		if (person_equal(copies[i].partner, with->person))
			return true;
	return false;
}

static void fit(struct seeking *s, struct bytes texts)
{
	for (size_t i = 0; texts.len > 0 && i < s->words->count; i++)
		if (memmem(texts.at, texts.len, s->terms[i].at, s->terms[i].len) != NULL)
			s->fits |= 1u << i;
}

/* Which of the words a document has, without opening it. */
static enum err fit_document(struct seeking *s, const struct card *card, struct why *why)
{
	struct words words;
	struct leaf_copy *copies;
	enum err e = words_find(s->txn, card->id, &words, why);
	s->fits = 0;
	if (e != OK)
		return e;
	fit(s, words.answers);
	fit(s, words.others);
	size_t count = card->was_shown ? leaf_copies(s->txn, card->id, &copies) : 0;
	for (size_t i = 0; i < count; i++)
		if (words_find(s->txn, copies[i].document, &words, NULL) == OK)
			fit(s, words.answers);
	return OK;
}

/* Of a class or a seat: what belongs to it is said by other documents, too. */
static enum err look_at_document(struct seeking *s, struct id id)
{
	struct leaf *leaf;
	bool is_of_class = false;
	enum err e = leaf_open(s->txn, id, &leaf, NULL);
	if (e != OK || !seek_label_admits(&s->label, s->txn, leaf, &is_of_class))
		return e;
	e = read_places(s, id, &leaf);
	if (e == OK && is_hit(s, is_of_class) && !is_held_back(s, id))
		add_hit(s, id, is_of_class);
	arena_release(&s->work);
	return e;
}

static enum err look_at_card(struct seeking *s, const struct card *card, struct why *why)
{
	if (card->kind == NULL || !id_is_zero(card->master) ||
		(s->words->kind != NULL && card->kind != s->words->kind) ||
		!is_with(s, card))
		return OK;
	/* Words in the code of an event count where they are the seat's. */
	enum err e = s->words->seat > 0 ? OK : fit_document(s, card, why);
	if (e != OK || (s->words->seat == 0 && s->fits != (1u << s->words->count) - 1))
		return e;
	if (s->words->class_label != NULL)
		return look_at_document(s, card->id);
	if (!is_held_back(s, card->id))
		add_hit(s, card->id, false);
	return OK;
}

static enum err look_at_all(struct seeking *s, struct why *why)
{
	const struct card *cards;
	size_t count;
	enum err e = card_all(s->txn, &cards, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		e = look_at_card(s, &cards[i], why);
		if (e == ERR_NOT_FOUND)
			e = OK;
	}
	return e;
}

/* ---- The search. */

static enum err fold_terms(struct seeking *s, struct why *why)
{
	const struct seek_words *words = s->words;
	if (words->count == 0 && words->class_label == NULL)
		return because(why, ERR_USAGE, "seek what? A word, or --class 9B");
	if (words->count > SEEK_WORDS_MAX)
		return because(
			why, ERR_USAGE, "at most %u words at once", SEEK_WORDS_MAX);
	for (size_t i = 0; i < words->count; i++) {
		CLEAN_BUF struct buf folded = {0};
		fold_add(&folded, bytes_text(words->words[i]));
		struct bytes term = buf_bytes(&folded);
		while (term.len > 0 && term.at[0] == ' ')
			term = (struct bytes){term.at + 1, term.len - 1};
		while (term.len > 0 && term.at[term.len - 1] == ' ')
			term.len--;
		if (term.len == 0)
			return because(why, ERR_USAGE,
				"one of the words is empty; give at least a letter");
		s->terms[i] = bytes_kept(s, term);
	}
	return OK;
}

struct ordered_hit {
	struct view_order order; /* first: view_order_compare() */
	struct seek_hit hit;
};

static struct seek_hit *sorted_hits(struct seeking *s)
{
	struct ordered_hit *all = mem_array(s->hit_count, sizeof *all);
	struct seek_hit *out = arena_array(txn_arena(s->txn), s->hit_count, sizeof *out);
	for (size_t i = 0; i < s->hit_count; i++)
		all[i] = (struct ordered_hit){
			view_order_of(s->txn, s->hits[i].id), s->hits[i]};
	if (s->hit_count > 1)
		qsort(all, s->hit_count, sizeof *all, view_order_compare);
	for (size_t i = 0; i < s->hit_count; i++)
		out[i] = all[i].hit;
	mem_free(all);
	return out;
}

/* Of those that are to be shown. */
static enum err add_places(
	struct seeking *s, struct seek_hit *hits, size_t count, struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf *leaf;
		e = read_places(s, hits[i].id, &leaf);
		hits[i].places = sorted_places(s);
		hits[i].count = s->place_count;
		arena_release(&s->work);
	}
	return e == OK ? OK
		       : because(why, e, "a document cannot be read: %s", err_text(e));
}

enum err coach_seek(struct notebook_txn *txn, const struct seek_words *words,
	struct seek_hit **out, size_t *count, struct why *why)
{
	struct seeking s = {.txn = txn, .words = words};
	*out = NULL;
	*count = 0;
	enum err e = fold_terms(&s, why);
	if (e == OK)
		e = seek_label_read(&s.label, txn, words->class_label, words->seat, why);
	if (e == OK)
		e = look_at_all(&s, why);
	if (e == OK) {
		*out = sorted_hits(&s);
		*count = s.hit_count;
		bool few = words->most > 0 && words->most < s.hit_count;
		e = add_places(&s, *out, few ? words->most : s.hit_count, why);
	}
	arena_release(&s.work);
	buf_release(&s.scratch);
	mem_free(s.places);
	mem_free(s.hits);
	return e;
}
