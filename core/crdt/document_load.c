/* Arrays grow with what is really read, never with what a count claims. */
#include <string.h>

#include "core/crdt/document_columns.h"
#include "core/crdt/value_short.h"
#include "core/crdt/values.h"

struct loader {
	struct column_reader columns;
	struct bytes texts;
	struct arena arena;
	struct buf value;
	struct document *document;
	struct persons persons;
	uint64_t entry; /* of the last value: its number among all of all logs */
};

static void fail_unless(struct loader *l, bool right)
{
	l->columns.failed |= !right;
}

static bool is_well(const struct loader *l)
{
	return !l->columns.failed;
}

/* ---- The head. */

static uint64_t take_head(struct loader *l, uint64_t max)
{
	return column_take(&l->columns, COLUMN_HEAD, max);
}

static const struct kind_schema *take_kind(struct loader *l, const struct schema *schema)
{
	uint64_t letter = take_head(l, UINT8_MAX);
	for (size_t i = 0; letter != 0 && i < schema->count; i++)
		if ((uint8_t)schema->kinds[i].letter == letter)
			return &schema->kinds[i];
	if (letter != 0)
		return NULL;
	size_t len = (size_t)take_head(l, UINT8_MAX);
	const struct kind_schema *kind =
		schema_kind(schema, column_take_bytes(&l->columns, COLUMN_HEAD, len));
	return kind != NULL && kind->letter == 0 ? kind : NULL;
}

static void take_new_person(struct loader *l, struct person_id *out)
{
	column_take_fixed(&l->columns, COLUMN_HEAD, out->b, sizeof out->b);
	fail_unless(l, persons_find(&l->persons, out) == l->persons.count);
	if (is_well(l))
		l->persons.items[l->persons.count++] = *out;
}

static void take_person(struct loader *l, struct person_id *out)
{
	size_t number = (size_t)take_head(l, l->persons.count);
	if (number == l->persons.count)
		take_new_person(l, out);
	else
		*out = l->persons.items[number];
}

static void load_head(struct loader *l, const struct schema *schema)
{
	struct document_head *head = &l->document->head;
	head->kind = take_kind(l, schema);
	uint64_t way_and_role = take_head(l, 3 * WAY_COPY + ROLE_EDIT);
	head->way = (enum way)(way_and_role / 3);
	head->role = (enum role)(way_and_role % 3);
	take_new_person(l, &head->owner);
	take_person(l, &head->creator);
	fail_unless(l, head->kind != NULL && (head->kind->ways & (1u << head->way)) != 0);
}

/* A number that is greater than `last`, written as what it is beyond one more. */
static uint64_t take_next(struct loader *l, uint64_t last)
{
	fail_unless(l, last < UINT64_MAX);
	return is_well(l) ? last + 1 + take_head(l, UINT64_MAX - last - 1) : 0;
}

static void load_writer(struct loader *l, struct writer *w)
{
	struct touch last = {0};
	column_take_fixed(&l->columns, COLUMN_HEAD, w->log.b, sizeof w->log.b);
	take_person(l, &w->person);
	uint64_t count = take_head(l, UINT64_MAX);
	fail_unless(l, count > 0);
	for (uint64_t i = 0; i < count && is_well(l); i++) {
		last.entry = take_next(l, last.entry);
		last.lamport = take_next(l, last.lamport);
		w->touches = mem_grow(
			w->touches, w->touch_count, &w->touch_cap, sizeof *w->touches);
		w->touches[w->touch_count++] = last;
	}
}

/* One thing seen: a writer, in their order, and one of its entries. */
static void load_seen(struct loader *l, struct vector *since)
{
	const struct document *d = l->document;
	size_t number = (size_t)take_head(l, d->writer_count - 1);
	uint64_t entry = take_head(l, UINT64_MAX);
	fail_unless(l, entry > 0);
	if (!is_well(l))
		return;
	struct log_id log = d->writers[number].log;
	fail_unless(
		l, since->count == 0 ||
			   log_id_compare(since->items[since->count - 1].log, log) < 0);
	vector_set(since, log, entry);
}

static void load_began(struct loader *l, struct writer *w)
{
	uint64_t count = take_head(l, UINT64_MAX), last = 0;
	for (uint64_t i = 0; i < count && is_well(l); i++) {
		uint64_t step = take_head(l, UINT64_MAX - last);
		uint64_t seen = take_head(l, VECTOR_LOGS_MAX);
		struct began began = {.entry = last + step};
		fail_unless(l, step > 0 && writer_touch(w, began.entry) != NULL);
		for (uint64_t k = 0; k < seen && is_well(l); k++)
			load_seen(l, &began.since);
		w->began = mem_grow(
			w->began, w->began_count, &w->began_cap, sizeof *w->began);
		w->began[w->began_count++] = began;
		last = began.entry;
	}
}

static void load_writers(struct loader *l)
{
	struct document *d = l->document;
	uint64_t count = take_head(l, VECTOR_LOGS_MAX);
	fail_unless(l, count > 0);
	for (uint64_t i = 0; i < count && is_well(l); i++) {
		d->writers = mem_grow(
			d->writers, d->writer_count, &d->writer_cap, sizeof *d->writers);
		struct writer *w = &d->writers[d->writer_count++];
		*w = (struct writer){0};
		load_writer(l, w);
		fail_unless(l, i == 0 || log_id_compare(w[-1].log, w->log) < 0);
	}
	for (size_t i = 0; i < d->writer_count && is_well(l); i++)
		load_began(l, &d->writers[i]);
}

/* ---- The fields. */

/* Of the entry with that number among all of all logs; NULL where there is none. */
static const struct touch *entry_of(
	const struct document *d, uint64_t number, const struct writer **writer)
{
	for (const struct writer *w = d->writers; w < d->writers + d->writer_count; w++) {
		*writer = w;
		if (number < w->touch_count)
			return &w->touches[number];
		number -= w->touch_count;
	}
	return NULL;
}

/* All but the value; `before` (may be NULL) is the one it must follow. */
static void load_place(
	struct loader *l, const struct written *before, struct written *out)
{
	const struct writer *writer = NULL;
	int64_t step = column_take_signed(&l->columns, COLUMN_ENTRIES);
	uint64_t position = column_take(&l->columns, COLUMN_POSITIONS, UINT32_MAX);
	l->entry += (uint64_t)step;
	const struct touch *touch = entry_of(l->document, l->entry, &writer);
	*out = (struct written){0};
	fail_unless(l, touch != NULL);
	if (touch == NULL)
		return;
	if (before != NULL && step == 0)
		position += (uint64_t)before->place.position + 1;
	fail_unless(l, position <= UINT32_MAX);
	out->place = (struct place){writer->log, touch->entry, (uint32_t)position};
	out->by = writer->person;
	out->lamport = touch->lamport;
	fail_unless(l, before == NULL || written_compare(before, out) < 0);
}

/* In a buffer that lives until the next one. */
static struct bytes take_value(struct loader *l, const struct field_schema *field)
{
	buf_clear(&l->value);
	fail_unless(l,
		is_well(l) &&
			value_lengthen(field, &l->columns.at[COLUMN_VALUES], &l->value) &&
			value_fits(field, buf_bytes(&l->value)));
	return buf_bytes(&l->value);
}

static uint64_t take_count(struct loader *l)
{
	int64_t more = column_take_signed(&l->columns, COLUMN_COUNTS);
	fail_unless(l, more >= -1);
	return is_well(l) ? (uint64_t)(more + 1) : 0;
}

static void load_values(struct loader *l, struct field_state *field)
{
	struct values *v = &field->as.values;
	uint64_t count = take_count(l);
	for (uint64_t i = 0; i < count && is_well(l); i++) {
		struct written item;
		load_place(l, i > 0 ? &v->items[i - 1] : NULL, &item);
		struct bytes value = take_value(l, field->field);
		if (!is_well(l))
			return;
		item.value = bytes_keep(value);
		v->items = mem_grow(v->items, v->count, &v->cap, sizeof *v->items);
		v->items[v->count++] = item;
	}
}

static bool take_void(struct loader *l)
{
	struct bytes *values = &l->columns.at[COLUMN_VALUES];
	uint8_t never;
	return values->len > 0 && values->at[0] == SHORT_NEVER &&
	       bytes_take_u8(values, &never);
}

static void load_records(struct loader *l, struct field_state *field)
{
	struct records *v = &field->as.records;
	uint64_t count = take_count(l);
	for (uint64_t i = 0; i < count && is_well(l); i++) {
		struct record item = {0};
		load_place(l, i > 0 ? &v->items[i - 1].at : NULL, &item.at);
		column_take_fixed(&l->columns, COLUMN_RIDS, item.rid, sizeof item.rid);
		item.is_void = take_void(l);
		struct bytes value = {0};
		if (!item.is_void)
			value = take_value(l, field->field);
		if (!is_well(l))
			return;
		if (!item.is_void)
			item.at.value = bytes_keep(value);
		v->items = mem_grow(v->items, v->count, &v->cap, sizeof *v->items);
		v->items[v->count++] = item;
	}
}

static void load_text(struct loader *l, struct field_state *field)
{
	struct bytes saved = {0};
	uint64_t len = column_take(&l->columns, COLUMN_TEXTS, l->texts.len);
	fail_unless(l, is_well(l) && bytes_take(&l->texts, (size_t)len, &saved) &&
			       text_load(saved, &field->as.text) == OK);
}

static void load_content(struct loader *l, struct field_state *field)
{
	field->held = field_held(field->field, l->document->head.way);
	switch (field->held) {
	case HELD_VALUES:
		load_values(l, field);
		break;
	case HELD_TEXT:
		load_text(l, field);
		break;
	case HELD_RECORDS:
		load_records(l, field);
		break;
	}
}

static void load_fields(struct loader *l)
{
	struct document *d = l->document;
	struct field_name *names = NULL;
	size_t count = 0;
	fail_unless(l, field_names_take(&l->columns, d->head.kind, UINT32_MAX, &l->arena,
			       &names, &count) == OK);
	if (!is_well(l))
		return;
	d->fields = mem_array(count, sizeof *d->fields);
	d->field_cap = count;
	for (size_t i = 0; i < count && is_well(l); i++) {
		struct field_state *at = &d->fields[d->field_count++];
		at->field = names[i].field;
		at->key = bytes_keep(names[i].key);
		load_content(l, at);
	}
}

static bool load(struct loader *l, const struct schema *schema, struct bytes saved)
{
	uint8_t form = 0;
	if (!bytes_take_u8(&saved, &form) || form != DOCUMENT_FORM ||
		columns_unpack(&saved, DOCUMENT_COLUMNS_MAX, DOCUMENT_ZEROS, &l->arena,
			&l->columns) != OK)
		return false;
	l->texts = saved;
	load_head(l, schema);
	if (is_well(l))
		load_writers(l);
	if (is_well(l))
		load_fields(l);
	return columns_done(&l->columns) && l->texts.len == 0;
}

enum err document_load(
	const struct schema *schema, struct bytes saved, struct document **out)
{
	struct loader l = {.document = mem_new(sizeof *l.document)};
	bool is_right = load(&l, schema, saved);
	*out = is_right ? l.document : NULL;
	if (!is_right)
		document_free(l.document);
	buf_release(&l.value);
	arena_release(&l.arena);
	return is_right ? OK : ERR_CORRUPT;
}
