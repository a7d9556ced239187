#include "core/crdt/body.h"

enum held field_held(const struct field_schema *field, enum way way)
{
	switch (field->type) {
	case FIELD_REGISTER:
	case FIELD_SET:
		return HELD_VALUES;
	case FIELD_TEXT:
		return field_is_whole(field, way) ? HELD_VALUES : HELD_TEXT;
	case FIELD_LOG:
		break;
	}
	return HELD_RECORDS;
}

int field_compare(const struct field_schema *a, struct bytes a_key,
	const struct field_schema *b, struct bytes b_key)
{
	if (a != b)
		return a < b ? -1 : 1; /* of one table */
	return bytes_compare(a_key, b_key);
}

int place_compare(const struct place *a, const struct place *b)
{
	int order = log_id_compare(a->log, b->log);
	if (order != 0)
		return order;
	if (a->entry != b->entry)
		return a->entry < b->entry ? -1 : 1;
	return a->position < b->position ? -1 : a->position > b->position;
}

size_t document_fields_before(const struct document *document,
	const struct field_schema *field, struct bytes key)
{
	size_t low = 0, high = document->field_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct field_state *at = &document->fields[middle];
		if (field_compare(at->field, at->key, field, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct field_state *document_field(const struct document *document,
	const struct field_schema *field, struct bytes key)
{
	size_t i = document_fields_before(document, field, key);
	if (i == document->field_count)
		return NULL;
	const struct field_state *at = &document->fields[i];
	return field_compare(at->field, at->key, field, key) == 0 ? at : NULL;
}

const struct writer *document_writer(const struct document *document, struct log_id log)
{
	size_t low = 0, high = document->writer_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = log_id_compare(document->writers[middle].log, log);
		if (order == 0)
			return &document->writers[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct touch *writer_touch(const struct writer *writer, uint64_t entry)
{
	size_t low = 0, high = writer->touch_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct touch *at = &writer->touches[middle];
		if (at->entry == entry)
			return at;
		if (at->entry < entry)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct vector *writer_since(const struct writer *writer, uint64_t entry)
{
	size_t low = 0, high = writer->began_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (writer->began[middle].entry <= entry)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &writer->began[low - 1].since : NULL;
}
