/*
 * Sealing: the draft as the section that is offered. Of the places it names, those that
 * are gone meanwhile are left out; fields, keys and elements stand in an order that says
 * nothing of when what was written (DESIGN §4.1).
 */
#include <string.h>

#include "core/base/utf8.h"
#include "core/crdt/draft_body.h"
#include "core/crdt/rope.h"
#include "core/crdt/values.h"

/* Where one section goes. */
struct seal {
	const struct document *sealed;
	struct arena *arena;
};

/* The places of `seen` where something stands still. */
static void name_places(const struct seal *seal, const struct places *seen,
	const struct values *values, struct op *op)
{
	struct place *places = arena_array(seal->arena, seen->count, sizeof *places);
	op->replaced = places;
	for (size_t i = 0, at = 0; seal->sealed != NULL && i < seen->count; i++)
		if (values_find(values, seal->sealed, &seen->items[i], &at))
			places[op->replaced_count++] = seen->items[i];
}

static void seal_value(
	const struct seal *seal, const struct draft_field *work, struct field_ops *out)
{
	const struct draft_value *value = &work->as.value;
	out->ops = arena_array(seal->arena, 1, sizeof *out->ops);
	out->ops[0] = (struct op){.act = OP_WRITE, .value = value->value};
	name_places(seal, &value->seen,
		sealed_values(seal->sealed, work->field, work->key), &out->ops[0]);
	out->count = 1;
}

static void seal_set(
	const struct seal *seal, const struct draft_field *work, struct field_ops *out)
{
	const struct draft_set *set = &work->as.set;
	const struct values *values = sealed_values(seal->sealed, work->field, work->key);
	out->ops = arena_array(
		seal->arena, set->added_count + set->removed_count, sizeof *out->ops);
	for (size_t i = 0; i < set->added_count; i++)
		out->ops[out->count++] =
			(struct op){.act = OP_ADD, .value = set->added[i].value};
	for (size_t i = 0; i < set->removed_count; i++) {
		struct op *op = &out->ops[out->count];
		*op = (struct op){.act = OP_REMOVE, .value = set->removed[i].value};
		name_places(seal, &set->removed[i].seen, values, op);
		out->count += op->replaced_count > 0;
	}
}

/* Whether the record is there still, and not taken out by another of one's devices. */
static bool is_shown(
	const struct seal *seal, const struct records *records, const struct place *place)
{
	size_t at = 0;
	return seal->sealed != NULL && records_find(records, seal->sealed, place, &at) &&
	       !records->items[at].is_void;
}

static void seal_log(
	const struct seal *seal, const struct draft_field *work, struct field_ops *out)
{
	const struct draft_log *log = &work->as.log;
	const struct records *records = sealed_records(seal->sealed, work->field);
	out->ops = arena_array(
		seal->arena, log->appended_count + log->voided_count, sizeof *out->ops);
	for (size_t i = 0; i < log->appended_count; i++) {
		struct op *op = &out->ops[out->count++];
		*op = (struct op){.act = OP_APPEND, .value = log->appended[i].value};
		memcpy(op->rid, log->appended[i].rid, sizeof op->rid);
	}
	for (size_t i = 0; i < log->voided_count; i++) {
		if (!is_shown(seal, records, &log->voided[i].place))
			continue;
		struct op *op = &out->ops[out->count++];
		*op = (struct op){.act = OP_VOID,
			.replaced = &log->voided[i].place,
			.replaced_count = 1};
		memcpy(op->rid, log->voided[i].rid, sizeof op->rid);
	}
}

/* ---- Texts. */

/* The operations one text may come to, well under those of an entry. A draft comes near
 * it only where what arrived has cut it into very small pieces. */
#define TEXT_OPS_MAX 32768u

/* The same difference as one insertion and one deletion: all from the first place the
 * patch changes to the last is written anew. */
static struct patch *coarse_patch(const struct patch *patch, const struct rope *base)
{
	size_t index = 0, from = 0, end = patch_base_len(patch);
	struct patch_span span;
	if (patch_next(patch, &index, &span))
		from = span.retained;
	CLEANUP(rope_freep) struct rope *now = rope_new();
	patch_apply(patch, base, now);
	CLEAN_BUF struct buf text = {0};
	rope_add_range(now, from, rope_len(now) - from - (rope_len(base) - end), &text);
	struct patch *coarse = patch_new();
	patch_splice(coarse, from, end - from, buf_bytes(&text));
	return coarse;
}

static void seal_text(
	const struct seal *seal, const struct draft_field *work, struct field_ops *out)
{
	struct text_change change;
	const struct rope *base = sealed_text(seal->sealed, work->field, work->key);
	patch_seal(work->as.patch, seal->arena, &change);
	if (change.count > TEXT_OPS_MAX && base != NULL) {
		CLEANUP(patch_freep)
		struct patch *coarse = coarse_patch(work->as.patch, base);
		patch_seal(coarse, seal->arena, &change);
	}
	CLEAN_BUF struct buf bytes = {0};
	text_change_encode(&change, &bytes);
	out->ops = arena_array(seal->arena, 1, sizeof *out->ops);
	out->ops[0] = (struct op){
		.act = OP_TEXT, .change = arena_bytes(seal->arena, buf_bytes(&bytes))};
	out->count = 1;
}

static void seal_field(
	const struct seal *seal, const struct draft_field *work, struct field_ops *out)
{
	*out = (struct field_ops){.field = work->field, .key = work->key};
	switch (work->work) {
	case WORK_VALUE:
		seal_value(seal, work, out);
		break;
	case WORK_SET:
		seal_set(seal, work, out);
		break;
	case WORK_LOG:
		seal_log(seal, work, out);
		break;
	case WORK_TEXT:
		seal_text(seal, work, out);
		break;
	}
}

static void seal_birth(const struct draft *draft, struct section *out)
{
	out->head.type = SECTION_CREATE;
	out->owner = draft->head.owner;
	out->role = draft->head.role;
	out->way = draft->head.way;
	memcpy(out->nonce, draft->nonce, sizeof out->nonce);
}

void draft_seal(const struct draft *draft, const struct document *sealed,
	const struct schema *schema, const struct vector *seen, struct arena *arena,
	struct section *out)
{
	struct seal seal = {.sealed = sealed, .arena = arena};
	(void)schema;
	*out = (struct section){
		.head = {.type = SECTION_EDIT, .schema = 1, .draft = draft->id},
		.kind = sealed != NULL ? document_head(sealed)->kind : draft->kind};
	if (draft->is_birth)
		seal_birth(draft, out);
	out->head.has_since = !vector_equal(&draft->since, seen);
	if (out->head.has_since)
		vector_copy(&out->head.since, &draft->since);
	out->fields = arena_array(arena, draft->field_count, sizeof *out->fields);
	for (size_t i = 0; i < draft->field_count; i++) {
		const struct draft_field *work = &draft->fields[i];
		struct field_ops *field = &out->fields[out->field_count];
		seal_field(&seal, work, field);
		out->field_count += field->count > 0;
		if (field->count > 0 && work->field->since_schema > out->head.schema)
			out->head.schema = work->field->since_schema;
	}
}
