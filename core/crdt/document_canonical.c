/* The canonical sealed state, over which the two sides compare sums (DESIGN §6.3): what
 * stands in the document, not how it came there. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/crdt/body.h"
#include "core/crdt/value.h"

static int by_bytes(const void *a, const void *b)
{
	return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* Sorted bytewise; equal values are one. */
static void pack_values(const struct values *values, struct buf *out)
{
	CLEAN_ARENA struct arena arena = {0};
	struct bytes *sorted = arena_array(&arena, values->count, sizeof *sorted);
	for (size_t i = 0; i < values->count; i++)
		sorted[i] = values->items[i].value;
	if (values->count > 1)
		qsort(sorted, values->count, sizeof *sorted, by_bytes);
	size_t kept = 0;
	for (size_t i = 0; i < values->count; i++)
		if (kept == 0 || !bytes_equal(sorted[kept - 1], sorted[i]))
			sorted[kept++] = sorted[i];
	pack_array(out, kept);
	for (size_t i = 0; i < kept; i++)
		buf_add(out, sorted[i]);
}

static size_t living(const struct records *records)
{
	size_t count = 0;
	for (size_t i = 0; i < records->count; i++)
		count += records->items[i].is_void ? 0 : 1;
	return count;
}

/* Each record with whether it is the owner's: there are two persons in a space. */
static void pack_records(
	const struct records *records, const struct person_id *owner, struct buf *out)
{
	pack_array(out, living(records));
	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->items[i];
		if (record->is_void)
			continue;
		pack_array(out, 3);
		pack_bool(out, person_equal(record->at.by, *owner));
		pack_bin(out, BYTES_OF(record->rid));
		buf_add(out, record->at.value);
	}
}

static void pack_whole_text(const struct text *text, struct buf *out)
{
	CLEAN_BUF struct buf bytes = {0};
	text_bytes(text, &bytes);
	pack_text(out, buf_bytes(&bytes));
}

static bool holds_something(const struct field_state *field)
{
	switch (field->held) {
	case HELD_VALUES:
		return field->as.values.count > 0;
	case HELD_TEXT:
		return text_len(field->as.text) > 0;
	case HELD_RECORDS:
		break;
	}
	return living(&field->as.records) > 0;
}

static void pack_field(
	const struct field_state *field, const struct person_id *owner, struct buf *out)
{
	pack_array(out, 3);
	value_pack_field(field->field, field->key, out);
	switch (field->held) {
	case HELD_VALUES:
		pack_values(&field->as.values, out);
		break;
	case HELD_TEXT:
		pack_whole_text(field->as.text, out);
		break;
	case HELD_RECORDS:
		pack_records(&field->as.records, owner, out);
		break;
	}
}

void document_canonical(const struct document *document, struct buf *out)
{
	size_t count = 0;
	for (size_t i = 0; i < document->field_count; i++)
		count += holds_something(&document->fields[i]) ? 1 : 0;
	pack_array(out, 4);
	pack_cstr(out, document->head.kind->name);
	pack_bin(out, BYTES_OF(document->head.owner.b));
	pack_uint(out, document->head.role);
	pack_array(out, count);
	for (size_t i = 0; i < document->field_count; i++)
		if (holds_something(&document->fields[i]))
			pack_field(&document->fields[i], &document->head.owner, out);
}
