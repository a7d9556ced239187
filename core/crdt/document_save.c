#include "core/crdt/document_columns.h"
#include "core/crdt/value_short.h"
#include "core/crdt/values.h"

size_t persons_find(const struct persons *persons, const struct person_id *person)
{
	size_t i = 0;
	while (i < persons->count && !person_equal(persons->items[i], *person))
		i++;
	return i;
}

struct saver {
	const struct document *document;
	struct columns columns;
	struct buf texts;
	struct persons persons;
	size_t entry; /* of the last value: its number among all of all logs */
};

/* ---- The head. */

static void add_head(struct saver *s, uint64_t v)
{
	column_add(&s->columns, COLUMN_HEAD, v);
}

static void add_bytes(struct saver *s, struct bytes bytes)
{
	buf_add(&s->columns.at[COLUMN_HEAD], bytes);
}

static void add_person(struct saver *s, const struct person_id *person)
{
	size_t number = persons_find(&s->persons, person);
	add_head(s, number);
	if (number == s->persons.count) {
		s->persons.items[s->persons.count++] = *person;
		add_bytes(s, BYTES_OF(person->b));
	}
}

static void add_kind(struct saver *s, const struct kind_schema *kind)
{
	struct bytes name = bytes_text(kind->name);
	add_head(s, (uint8_t)kind->letter);
	if (kind->letter != 0)
		return;
	add_head(s, name.len);
	add_bytes(s, name);
}

static void add_writer(struct saver *s, const struct writer *writer)
{
	struct touch last = {0};
	add_bytes(s, BYTES_OF(writer->log.b));
	add_person(s, &writer->person);
	add_head(s, writer->touch_count);
	for (size_t i = 0; i < writer->touch_count; i++) {
		add_head(s, writer->touches[i].entry - last.entry - 1);
		add_head(s, writer->touches[i].lamport - last.lamport - 1);
		last = writer->touches[i];
	}
}

static size_t number_of(const struct document *document, struct log_id log)
{
	return (size_t)(document_writer(document, log) - document->writers);
}

static void add_began(struct saver *s, const struct writer *writer)
{
	uint64_t last = 0;
	add_head(s, writer->began_count);
	for (size_t i = 0; i < writer->began_count; i++) {
		const struct vector *since = &writer->began[i].since;
		add_head(s, writer->began[i].entry - last);
		add_head(s, since->count);
		for (size_t k = 0; k < since->count; k++) {
			add_head(s, number_of(s->document, since->items[k].log));
			add_head(s, since->items[k].entry);
		}
		last = writer->began[i].entry;
	}
}

/* ---- The fields. */

/* The number of its entry among all of all logs. */
static size_t entry_number(const struct document *document, const struct place *place)
{
	const struct writer *writer = document_writer(document, place->log);
	size_t number = (size_t)(writer_touch(writer, place->entry) - writer->touches);
	for (const struct writer *w = document->writers; w < writer; w++)
		number += w->touch_count;
	return number;
}

/* `before` (may be NULL): the one before it in its field. */
static void add_place(
	struct saver *s, const struct place *place, const struct place *before)
{
	size_t entry = entry_number(s->document, place);
	bool goes_on = before != NULL && entry == s->entry;
	column_add_signed(
		&s->columns, COLUMN_ENTRIES, (int64_t)entry - (int64_t)s->entry);
	column_add(&s->columns, COLUMN_POSITIONS,
		goes_on ? place->position - before->position - 1 : place->position);
	s->entry = entry;
}

static void add_count(struct saver *s, size_t count)
{
	column_add_signed(&s->columns, COLUMN_COUNTS, (int64_t)count - 1);
}

static void add_values(
	struct saver *s, const struct field_schema *field, const struct values *values)
{
	add_count(s, values->count);
	for (size_t i = 0; i < values->count; i++) {
		const struct written *at = &values->items[i];
		add_place(s, &at->place, i > 0 ? &at[-1].place : NULL);
		value_shorten(field, at->value, &s->columns.at[COLUMN_VALUES]);
	}
}

static void add_records(
	struct saver *s, const struct field_schema *field, const struct records *records)
{
	add_count(s, records->count);
	for (size_t i = 0; i < records->count; i++) {
		const struct record *at = &records->items[i];
		struct buf *values = &s->columns.at[COLUMN_VALUES];
		add_place(s, &at->at.place, i > 0 ? &at[-1].at.place : NULL);
		buf_add(&s->columns.at[COLUMN_RIDS], BYTES_OF(at->rid));
		if (at->is_void)
			buf_add_u8(values, SHORT_NEVER);
		else
			value_shorten(field, at->at.value, values);
	}
}

static void add_text(struct saver *s, const struct text *text)
{
	size_t start = s->texts.len;
	text_save(text, &s->texts);
	column_add(&s->columns, COLUMN_TEXTS, s->texts.len - start);
}

static void add_fields(struct saver *s)
{
	CLEAN_ARENA struct arena arena = {0};
	const struct document *d = s->document;
	struct field_name *names = arena_array(&arena, d->field_count, sizeof *names);
	for (size_t i = 0; i < d->field_count; i++) {
		const struct field_state *at = &d->fields[i];
		names[i] = (struct field_name){at->field, at->key};
		switch (at->held) {
		case HELD_VALUES:
			add_values(s, at->field, &at->as.values);
			break;
		case HELD_TEXT:
			add_text(s, at->as.text);
			break;
		case HELD_RECORDS:
			add_records(s, at->field, &at->as.records);
			break;
		}
	}
	field_names_add(&s->columns, d->head.kind, names, d->field_count);
}

static void add_document_head(struct saver *s, const struct document *document)
{
	const struct document_head *head = &document->head;
	s->persons.items[s->persons.count++] = head->owner;
	add_kind(s, head->kind);
	add_head(s, 3 * (uint64_t)head->way + head->role);
	add_bytes(s, BYTES_OF(head->owner.b));
	add_person(s, &head->creator);
	add_head(s, document->writer_count);
	for (size_t i = 0; i < document->writer_count; i++)
		add_writer(s, &document->writers[i]);
	for (size_t i = 0; i < document->writer_count; i++)
		add_began(s, &document->writers[i]);
}

void document_save(const struct document *document, struct buf *out)
{
	struct saver s = {.document = document};
	add_document_head(&s, document);
	add_fields(&s);
	buf_add_u8(out, DOCUMENT_FORM);
	columns_pack(&s.columns, DOCUMENT_ZEROS, DOCUMENT_COLUMNS_MAX, out);
	buf_add(out, buf_bytes(&s.texts));
	columns_release(&s.columns);
	buf_release(&s.texts);
}
