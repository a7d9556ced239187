#include "core/coaching/fields.h"

#include <string.h>

#include "core/base/pack.h"

/* Own work that is still a draft names nobody yet: it is mine. */
static void take_items(struct notebook_txn *txn, const struct field_schema *schema,
	const struct reading *reading, struct view_field *out)
{
	const struct me *me = notebook_me(txn_notebook(txn));
	out->count = reading->count;
	out->items = arena_array(txn_arena(txn), reading->count, sizeof *out->items);
	for (size_t i = 0; i < reading->count; i++) {
		const struct reading_item *item = &reading->items[i];
		out->items[i].value = item->value;
		out->items[i].by = item->is_draft ? me->person : item->by;
		out->items[i].has_by = true;
		if (schema->type == FIELD_LOG)
			out->items[i].id =
				arena_bytes(txn_arena(txn), BYTES_OF(item->rid));
	}
}

/* A nil is what an emptied register holds. */
static bool is_nil(const struct view_field *field)
{
	struct pack_reader r = pack_read(field->items[0].value);
	return field->schema->type == FIELD_REGISTER && field->count == 1 &&
	       pack_read_nil(&r);
}

static void read_one_text(struct notebook_txn *txn, const struct leaf *leaf,
	const struct field_schema *schema, struct bytes key, struct view_field *out)
{
	struct bytes text;
	if (!read_text(leaf->sealed, leaf->draft, schema, key, txn_arena(txn), &text) ||
		text.len == 0)
		return;
	out->items = arena_array(txn_arena(txn), 1, sizeof *out->items);
	out->items[0].value = text;
	out->count = 1;
}

bool fields_read(struct notebook_txn *txn, const struct leaf *leaf,
	const struct field_schema *schema, struct bytes key, struct view_field *out)
{
	struct arena *arena = txn_arena(txn);
	struct reading reading = {0};
	*out = (struct view_field){.schema = schema, .key = arena_bytes(arena, key)};
	switch (schema->type) {
	case FIELD_TEXT:
		read_one_text(txn, leaf, schema, key, out);
		break;
	case FIELD_REGISTER:
		read_values(leaf->sealed, leaf->draft, schema, key, arena, &reading);
		take_items(txn, schema, &reading, out);
		break;
	case FIELD_SET:
		read_set(leaf->sealed, leaf->draft, schema, key, arena, &reading);
		take_items(txn, schema, &reading, out);
		break;
	case FIELD_LOG:
		read_log(leaf->sealed, leaf->draft, schema, arena, &reading);
		take_items(txn, schema, &reading, out);
		break;
	}
	return out->count > 0 && !is_nil(out);
}

static void add_field(struct notebook_txn *txn, const struct view_field *field,
	struct view_document *out)
{
	/* Views are small and live as long as their transaction: growing by copying is
	 * enough. */
	if ((out->field_count & (out->field_count - 1)) == 0) {
		size_t room = out->field_count == 0 ? 1 : out->field_count * 2;
		struct view_field *grown =
			arena_array(txn_arena(txn), room, sizeof *grown);
		if (out->field_count > 0)
			memcpy(grown, out->fields, out->field_count * sizeof *grown);
		out->fields = grown;
	}
	out->fields[out->field_count++] = *field;
}

static void read_family(struct notebook_txn *txn, const struct leaf *leaf,
	const struct field_schema *schema, struct view_document *out)
{
	struct bytes *keys;
	size_t count;
	struct view_field field;
	read_keys(leaf->sealed, leaf->draft, schema, txn_arena(txn), &keys, &count);
	for (size_t i = 0; i < count; i++)
		if (fields_read(txn, leaf, schema, keys[i], &field))
			add_field(txn, &field, out);
}

void fields_read_all(
	struct notebook_txn *txn, const struct leaf *leaf, struct view_document *out)
{
	const struct kind_schema *kind = leaf->head->kind;
	for (size_t i = 0; i < kind->field_count; i++) {
		struct view_field field;
		if (kind->fields[i].family)
			read_family(txn, leaf, &kind->fields[i], out);
		else if (fields_read(
				 txn, leaf, &kind->fields[i], (struct bytes){0}, &field))
			add_field(txn, &field, out);
	}
}

static struct view_field *field_of(
	struct view_document *document, const struct field_schema *schema)
{
	for (size_t i = 0; i < document->field_count; i++)
		if (document->fields[i].schema == schema)
			return &document->fields[i];
	return NULL;
}

/* The records of `more` behind those that are there. */
static void join_records(
	struct notebook_txn *txn, struct view_field *field, const struct view_field *more)
{
	struct view_item *items =
		arena_array(txn_arena(txn), field->count + more->count, sizeof *items);
	memcpy(items, field->items, field->count * sizeof *items);
	memcpy(items + field->count, more->items, more->count * sizeof *items);
	field->items = items;
	field->count += more->count;
}

void fields_add_answers(struct notebook_txn *txn, const struct leaf *copy,
	const char *with, struct view_document *out)
{
	const struct kind_schema *kind = copy->head->kind;
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field_schema *schema = &kind->fields[i];
		struct view_field answers;
		if (schema->type != FIELD_LOG || schema->who != WHO_COMMENT ||
			!fields_read(txn, copy, schema, (struct bytes){0}, &answers))
			continue;
		for (size_t k = 0; k < answers.count; k++)
			answers.items[k].with = with;
		struct view_field *field = field_of(out, schema);
		if (field != NULL)
			join_records(txn, field, &answers);
		else
			add_field(txn, &answers, out);
	}
}
