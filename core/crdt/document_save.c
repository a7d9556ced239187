/*
 * A document as this store keeps it.
 *
 *   document = [format, kind, owner bin 32, role, way, creator bin 32, writers, began,
 *              fields]
 *   writers  = [[log bin 8, person bin 32, [entry, lamport …]] …]
 *   began    = [[entry, n, writer, entry … n times, …] …], one for each writer
 *   fields   = [[name, key or nil, content] …]
 *   content  = of values [[writer, entry, position, value] …], of a text bin, of a log
 *              [[writer, entry, position, rid bin 8, value, or nil of a void one] …]
 *
 * Entries and lamports of a writer are differences to those before. A place names its
 * writer by number; lamport and person are looked up there.
 */
#include <string.h>

#include "core/base/pack.h"
#include "core/crdt/value.h"
#include "core/crdt/values.h"

#define DOCUMENT_FORMAT 1u

/* ---- Saving. */

static void save_writer(const struct writer *writer, struct buf *out)
{
	struct touch last = {0};
	pack_array(out, 3);
	pack_bin(out, BYTES_OF(writer->log.b));
	pack_bin(out, BYTES_OF(writer->person.b));
	pack_array(out, 2 * writer->touch_count);
	for (size_t i = 0; i < writer->touch_count; i++) {
		pack_uint(out, writer->touches[i].entry - last.entry);
		pack_uint(out, writer->touches[i].lamport - last.lamport);
		last = writer->touches[i];
	}
}

static uint64_t number_of(const struct document *document, struct log_id log)
{
	return (uint64_t)(document_writer(document, log) - document->writers);
}

static void save_began(
	const struct document *document, const struct writer *writer, struct buf *out)
{
	size_t items = 0;
	uint64_t last = 0;
	for (size_t i = 0; i < writer->began_count; i++)
		items += 2 + 2 * writer->began[i].since.count;
	pack_array(out, items);
	for (size_t i = 0; i < writer->began_count; i++) {
		const struct vector *since = &writer->began[i].since;
		pack_uint(out, writer->began[i].entry - last);
		pack_uint(out, since->count);
		for (size_t k = 0; k < since->count; k++) {
			pack_uint(out, number_of(document, since->items[k].log));
			pack_uint(out, since->items[k].entry);
		}
		last = writer->began[i].entry;
	}
}

static void save_place(
	const struct document *document, const struct place *place, struct buf *out)
{
	pack_uint(out, number_of(document, place->log));
	pack_uint(out, place->entry);
	pack_uint(out, place->position);
}

static void save_values(
	const struct document *document, const struct values *values, struct buf *out)
{
	pack_array(out, values->count);
	for (size_t i = 0; i < values->count; i++) {
		pack_array(out, 4);
		save_place(document, &values->items[i].place, out);
		buf_add(out, values->items[i].value);
	}
}

static void save_records(
	const struct document *document, const struct records *records, struct buf *out)
{
	pack_array(out, records->count);
	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->items[i];
		pack_array(out, 5);
		save_place(document, &record->at.place, out);
		pack_bin(out, BYTES_OF(record->rid));
		if (record->is_void)
			pack_nil(out);
		else
			buf_add(out, record->at.value);
	}
}

static void save_text(const struct text *text, struct buf *out)
{
	CLEAN_BUF struct buf bytes = {0};
	text_save(text, &bytes);
	pack_bin(out, buf_bytes(&bytes));
}

static void save_field(
	const struct document *document, const struct field_state *field, struct buf *out)
{
	pack_array(out, 3);
	value_pack_field(field->field, field->key, out);
	switch (field->held) {
	case HELD_VALUES:
		save_values(document, &field->as.values, out);
		break;
	case HELD_TEXT:
		save_text(field->as.text, out);
		break;
	case HELD_RECORDS:
		save_records(document, &field->as.records, out);
		break;
	}
}

void document_save(const struct document *document, struct buf *out)
{
	const struct document_head *head = &document->head;
	pack_array(out, 9);
	pack_uint(out, DOCUMENT_FORMAT);
	pack_cstr(out, head->kind->name);
	pack_bin(out, BYTES_OF(head->owner.b));
	pack_uint(out, head->role);
	pack_uint(out, head->way);
	pack_bin(out, BYTES_OF(head->creator.b));
	pack_array(out, document->writer_count);
	for (size_t i = 0; i < document->writer_count; i++)
		save_writer(&document->writers[i], out);
	pack_array(out, document->writer_count);
	for (size_t i = 0; i < document->writer_count; i++)
		save_began(document, &document->writers[i], out);
	pack_array(out, document->field_count);
	for (size_t i = 0; i < document->field_count; i++)
		save_field(document, &document->fields[i], out);
}

/* ---- Loading. Arrays grow with what is really read, never with what a count claims. */

struct loader {
	struct pack_reader r;
	struct document *document;
};

static void fail_unless(struct loader *l, bool right)
{
	if (!right)
		l->r.failed = true;
}

static void load_head(struct loader *l, const struct schema *schema)
{
	struct document_head *head = &l->document->head;
	fail_unless(l, pack_read_uint(&l->r, UINT32_MAX) == DOCUMENT_FORMAT);
	head->kind = schema_kind(schema, pack_read_text(&l->r, SIZE_MAX));
	pack_read_fixed(&l->r, head->owner.b, sizeof head->owner.b);
	head->role = (enum role)pack_read_uint(&l->r, ROLE_EDIT);
	head->way = (enum way)pack_read_uint(&l->r, WAY_COPY);
	pack_read_fixed(&l->r, head->creator.b, sizeof head->creator.b);
	fail_unless(l, head->kind != NULL && (head->kind->ways & (1u << head->way)) != 0);
}

/* A number that is greater than `last`, written as the difference. */
static uint64_t load_next(struct loader *l, uint64_t last)
{
	uint64_t step = pack_read_uint(&l->r, UINT64_MAX - last);
	fail_unless(l, step > 0);
	return last + step;
}

static void load_touches(struct loader *l, struct writer *w)
{
	size_t count = pack_read_array(&l->r, SIZE_MAX);
	struct touch last = {0};
	fail_unless(l, count > 0 && count % 2 == 0);
	for (size_t i = 0; i < count / 2 && !l->r.failed; i++) {
		last.entry = load_next(l, last.entry);
		last.lamport = load_next(l, last.lamport);
		w->touches = mem_grow(
			w->touches, w->touch_count, &w->touch_cap, sizeof *w->touches);
		w->touches[w->touch_count++] = last;
	}
}

/* One thing seen: a writer, in their order, and one of its entries. */
static void load_seen(struct loader *l, struct vector *since)
{
	const struct document *d = l->document;
	size_t number = (size_t)pack_read_uint(&l->r, VECTOR_LOGS_MAX);
	uint64_t entry = pack_read_uint(&l->r, UINT64_MAX);
	fail_unless(l, number < d->writer_count && entry > 0);
	if (l->r.failed)
		return;
	struct log_id log = d->writers[number].log;
	fail_unless(
		l, since->count == 0 ||
			   log_id_compare(since->items[since->count - 1].log, log) < 0);
	vector_set(since, log, entry);
}

static void load_began(struct loader *l, struct writer *w)
{
	size_t left = pack_read_array(&l->r, SIZE_MAX);
	uint64_t last = 0;
	while (left > 0 && !l->r.failed) {
		struct began began = {.entry = load_next(l, last)};
		size_t count = (size_t)pack_read_uint(&l->r, VECTOR_LOGS_MAX);
		fail_unless(l, writer_touch(w, began.entry) != NULL && left >= 2 &&
				       2 * count <= left - 2);
		for (size_t i = 0; i < count && !l->r.failed; i++)
			load_seen(l, &began.since);
		w->began = mem_grow(
			w->began, w->began_count, &w->began_cap, sizeof *w->began);
		w->began[w->began_count++] = began;
		last = began.entry;
		left -= l->r.failed ? left : 2 + 2 * count;
	}
}

static void load_writers(struct loader *l)
{
	struct document *d = l->document;
	size_t count = pack_read_array(&l->r, VECTOR_LOGS_MAX);
	for (size_t i = 0; i < count && !l->r.failed; i++) {
		d->writers = mem_grow(
			d->writers, d->writer_count, &d->writer_cap, sizeof *d->writers);
		struct writer *w = &d->writers[d->writer_count++];
		*w = (struct writer){0};
		fail_unless(l, pack_read_array(&l->r, 3) == 3);
		pack_read_fixed(&l->r, w->log.b, sizeof w->log.b);
		pack_read_fixed(&l->r, w->person.b, sizeof w->person.b);
		fail_unless(l, i == 0 || log_id_compare(w[-1].log, w->log) < 0);
		load_touches(l, w);
	}
	fail_unless(l, d->writer_count > 0);
	fail_unless(l, pack_read_array(&l->r, VECTOR_LOGS_MAX) == d->writer_count);
	for (size_t i = 0; i < d->writer_count && !l->r.failed; i++)
		load_began(l, &d->writers[i]);
}

/* A place, with all but the value; `before` (may be NULL) is the one it must follow. */
static void load_place(
	struct loader *l, const struct written *before, struct written *out)
{
	const struct document *d = l->document;
	size_t number = (size_t)pack_read_uint(&l->r, VECTOR_LOGS_MAX);
	*out = (struct written){0};
	out->place.entry = pack_read_uint(&l->r, UINT64_MAX);
	out->place.position = (uint32_t)pack_read_uint(&l->r, UINT32_MAX);
	const struct touch *touch =
		number < d->writer_count
			? writer_touch(&d->writers[number], out->place.entry)
			: NULL;
	fail_unless(l, touch != NULL);
	if (l->r.failed || touch == NULL)
		return;
	out->place.log = d->writers[number].log;
	out->by = d->writers[number].person;
	out->lamport = touch->lamport;
	fail_unless(l, before == NULL || written_compare(before, out) < 0);
}

static void load_values(struct loader *l, struct field_state *field)
{
	struct values *v = &field->as.values;
	size_t count = pack_read_array(&l->r, SIZE_MAX);
	for (size_t i = 0; i < count && !l->r.failed; i++) {
		struct written item;
		fail_unless(l, pack_read_array(&l->r, 4) == 4);
		load_place(l, i > 0 ? &v->items[i - 1] : NULL, &item);
		struct bytes value = pack_read_any(&l->r);
		fail_unless(l, !l->r.failed && value_fits(field->field, value));
		if (l->r.failed)
			return;
		item.value = bytes_keep(value);
		v->items = mem_grow(v->items, v->count, &v->cap, sizeof *v->items);
		v->items[v->count++] = item;
	}
}

static void load_records(struct loader *l, struct field_state *field)
{
	struct records *v = &field->as.records;
	size_t count = pack_read_array(&l->r, SIZE_MAX);
	for (size_t i = 0; i < count && !l->r.failed; i++) {
		struct record item = {0};
		fail_unless(l, pack_read_array(&l->r, 5) == 5);
		load_place(l, i > 0 ? &v->items[i - 1].at : NULL, &item.at);
		pack_read_fixed(&l->r, item.rid, sizeof item.rid);
		item.is_void = pack_read_nil(&l->r);
		struct bytes value =
			item.is_void ? (struct bytes){0} : pack_read_any(&l->r);
		fail_unless(l, item.is_void ||
				       (!l->r.failed && value_fits(field->field, value)));
		if (l->r.failed)
			return;
		if (!item.is_void)
			item.at.value = bytes_keep(value);
		v->items = mem_grow(v->items, v->count, &v->cap, sizeof *v->items);
		v->items[v->count++] = item;
	}
}

static void load_text(struct loader *l, struct field_state *field)
{
	struct bytes saved = pack_read_bin(&l->r, SIZE_MAX);
	if (!l->r.failed && text_load(saved, &field->as.text) != OK)
		l->r.failed = true;
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

static void load_field(struct loader *l)
{
	struct document *d = l->document;
	fail_unless(l, pack_read_array(&l->r, 3) == 3);
	const struct field_schema *field =
		kind_field(d->head.kind, pack_read_text(&l->r, SIZE_MAX));
	struct bytes key = {0};
	if (!pack_read_nil(&l->r)) {
		key = pack_read_text(&l->r, KEY_MAX);
		fail_unless(l, key.len > 0);
	}
	fail_unless(l, field != NULL && value_valid_key(field, key));
	if (l->r.failed)
		return;
	const struct field_state *last =
		d->field_count > 0 ? &d->fields[d->field_count - 1] : NULL;
	fail_unless(
		l, last == NULL || field_compare(last->field, last->key, field, key) < 0);
	d->fields = mem_grow(d->fields, d->field_count, &d->field_cap, sizeof *d->fields);
	struct field_state *at = &d->fields[d->field_count++];
	*at = (struct field_state){.field = field, .key = bytes_keep(key)};
	load_content(l, at);
}

enum err document_load(
	const struct schema *schema, struct bytes saved, struct document **out)
{
	struct loader l = {
		.r = pack_read(saved), .document = mem_new(sizeof *l.document)};
	*out = NULL;
	fail_unless(&l, pack_read_array(&l.r, 9) == 9);
	load_head(&l, schema);
	if (!l.r.failed)
		load_writers(&l);
	size_t count = pack_read_array(&l.r, SIZE_MAX);
	for (size_t i = 0; i < count && !l.r.failed; i++)
		load_field(&l);
	if (!pack_done(&l.r)) {
		document_free(l.document);
		return ERR_CORRUPT;
	}
	*out = l.document;
	return OK;
}
