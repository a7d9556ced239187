#include "core/crdt/section.h"

#include <assert.h>

#include "core/base/pack.h"
#include "core/crdt/change.h"
#include "core/crdt/value.h"
#include "core/crdt/values.h"

/* ---- The head. */

void section_head_release(struct section_head *head)
{
	vector_release(&head->since);
	*head = (struct section_head){0};
}

static void read_draft(struct pack_reader *r, struct section_head *out)
{
	if (pack_read_nil(r))
		return;
	pack_read_fixed(r, out->draft.b, sizeof out->draft.b);
	/* None is written as nil. */
	if (id_is_zero(out->draft))
		r->failed = true;
}

static void read_head(struct pack_reader *r, struct section_head *out)
{
	*out = (struct section_head){0};
	if (pack_read_array(r, 5) != 5)
		r->failed = true;
	uint64_t type = pack_read_uint(r, SECTION_CLOSE);
	if (type < SECTION_CREATE)
		r->failed = true;
	else
		out->type = (enum section_type)type;
	out->schema = (uint32_t)pack_read_uint(r, UINT32_MAX);
	read_draft(r, out);
	if (!pack_read_nil(r)) {
		vector_unpack(r, VECTOR_LOGS_MAX, &out->since);
		out->has_since = !r->failed;
	}
}

static bool has_body(const struct section_head *head)
{
	return head->type == SECTION_CREATE || head->type == SECTION_EDIT;
}

static bool is_end(const struct section_head *head, struct pack_reader *r)
{
	return pack_read_nil(r) && !head->has_since && id_is_zero(head->draft);
}

/* The head, with the body behind it looked at only so far that it is one item. */
static enum err peek(struct bytes rest, struct section_head *out, struct bytes *body)
{
	struct pack_reader r = pack_read(rest);
	read_head(&r, out);
	*body = r.rest;
	if (r.failed)
		return ERR_CORRUPT;
	if (has_body(out))
		(void)pack_read_any(&r);
	else if (!is_end(out, &r))
		return ERR_CORRUPT;
	return pack_done(&r) ? OK : ERR_CORRUPT;
}

enum err section_peek(struct bytes rest, struct section_head *out)
{
	struct bytes body;
	enum err e = peek(rest, out, &body);
	if (e != OK)
		section_head_release(out);
	return e;
}

/* ---- The body. What cannot be read fails the reader; what can, but is no value of its
 * field, makes the section void; both are looked for to the end. */

struct decoder {
	struct pack_reader r;
	const struct schema *schema;
	const struct kind_schema *kind;
	struct arena *arena;
	struct section *out;
	size_t ops;
	bool is_void, is_too_big;
};

/* An array of log, entry and position: at least this many bytes. */
#define PLACE_LEAST 13

static void read_place(struct pack_reader *r, struct place *out)
{
	if (pack_read_array(r, 3) != 3)
		r->failed = true;
	pack_read_fixed(r, out->log.b, sizeof out->log.b);
	out->entry = pack_read_uint(r, UINT64_MAX);
	out->position = (uint32_t)pack_read_uint(r, UINT32_MAX);
	if (out->entry == 0)
		r->failed = true;
}

static void read_replaced(struct decoder *d, struct op *op)
{
	size_t count = pack_read_array(&d->r, d->r.rest.len / PLACE_LEAST);
	if (count == 0)
		return;
	struct place *places = arena_array(d->arena, count, sizeof *places);
	for (size_t i = 0; i < count && !d->r.failed; i++) {
		read_place(&d->r, &places[i]);
		if (i > 0 && place_compare(&places[i - 1], &places[i]) >= 0)
			d->r.failed = true;
	}
	op->replaced = places;
	op->replaced_count = count;
}

static void read_value(struct decoder *d, const struct field_schema *field, struct op *op)
{
	op->value = pack_read_any(&d->r);
	if (d->r.failed)
		return;
	if (!value_fits(field, op->value))
		d->is_void = true;
}

static void count_ops(struct decoder *d, size_t more)
{
	d->ops += more;
	if (d->ops > SECTION_OPS_MAX)
		d->is_too_big = true;
}

static void read_change(struct decoder *d, struct op *op)
{
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change = {0};
	op->change = pack_read_bin(&d->r, SIZE_MAX);
	if (d->r.failed)
		return;
	enum err e = text_change_decode(op->change, &arena, &change);
	if (e == ERR_TOO_BIG)
		d->is_too_big = true;
	else if (e != OK)
		d->r.failed = true;
	count_ops(d, change.count);
}

/* Whether a field of that type knows that operation. A text that is carried whole is
 * written as a register is: which it is, only the document knows. */
static bool knows(enum field_type type, enum op_act act)
{
	switch (act) {
	case OP_WRITE:
		return type == FIELD_REGISTER || type == FIELD_TEXT;
	case OP_ADD:
	case OP_REMOVE:
		return type == FIELD_SET;
	case OP_APPEND:
	case OP_VOID:
		return type == FIELD_LOG;
	case OP_TEXT:
		return type == FIELD_TEXT;
	}
	return false;
}

static size_t op_parts(enum op_act act)
{
	return act == OP_ADD || act == OP_TEXT ? 2 : 3;
}

static void read_op(struct decoder *d, const struct field_schema *field, struct op *op)
{
	size_t parts = pack_read_array(&d->r, 3);
	op->act = (enum op_act)pack_read_uint(&d->r, OP_TEXT);
	if (d->r.failed || parts != op_parts(op->act)) {
		d->r.failed = true;
		return;
	}
	if (!knows(field->type, op->act))
		d->is_void = true;
	switch (op->act) {
	case OP_WRITE:
	case OP_REMOVE:
		read_value(d, field, op);
		read_replaced(d, op);
		break;
	case OP_ADD:
		read_value(d, field, op);
		break;
	case OP_APPEND:
		pack_read_fixed(&d->r, op->rid, sizeof op->rid);
		read_value(d, field, op);
		break;
	case OP_VOID:
		pack_read_fixed(&d->r, op->rid, sizeof op->rid);
		read_replaced(d, op);
		d->is_void = d->is_void || op->replaced_count != 1;
		break;
	case OP_TEXT:
		read_change(d, op);
		break;
	}
}

static void read_ops(struct decoder *d, struct field_ops *out)
{
	enum field_type type = out->field->type;
	out->count = pack_read_array(&d->r, SIZE_MAX);
	count_ops(d, out->count);
	if (d->is_too_big)
		return;
	bool is_one = type == FIELD_REGISTER || type == FIELD_TEXT;
	if (is_one ? out->count != 1 : out->count == 0)
		d->is_void = true;
	out->ops = arena_array(d->arena, out->count, sizeof *out->ops);
	for (size_t i = 0; i < out->count && !d->r.failed; i++)
		read_op(d, out->field, &out->ops[i]);
}

static struct bytes read_key(struct pack_reader *r)
{
	if (pack_read_nil(r))
		return (struct bytes){0};
	struct bytes key = pack_read_text(r, SIZE_MAX);
	if (key.len == 0)
		r->failed = true; /* none is written as nil */
	return key;
}

/* Takes one field; false where it is none this kind has. */
static bool read_field(struct decoder *d, struct field_ops *out)
{
	if (pack_read_array(&d->r, 3) != 3)
		d->r.failed = true;
	out->field = kind_field(d->kind, pack_read_text(&d->r, SIZE_MAX));
	out->key = read_key(&d->r);
	if (d->r.failed)
		return false;
	if (out->field == NULL || out->field->since_schema > d->out->head.schema ||
		!value_valid_key(out->field, out->key)) {
		d->is_void = true;
		(void)pack_read_any(&d->r);
		return false;
	}
	read_ops(d, out);
	return true;
}

static void read_fields(struct decoder *d)
{
	size_t most = d->kind->field_count * KEYS_MAX, of_family = 0;
	size_t count = pack_read_array(&d->r, most);
	struct field_ops *fields = arena_array(d->arena, count, sizeof *fields);
	struct field_ops *last = NULL;
	for (size_t i = 0; i < count && !d->r.failed && !d->is_too_big; i++) {
		struct field_ops *at = &fields[d->out->field_count];
		if (!read_field(d, at))
			continue;
		if (last != NULL &&
			field_compare(last->field, last->key, at->field, at->key) >= 0)
			d->r.failed = true;
		of_family = last != NULL && last->field == at->field ? of_family + 1 : 1;
		if (of_family > KEYS_MAX)
			d->is_void = true;
		last = at;
		d->out->field_count++;
	}
	d->out->fields = fields;
}

static void read_create(struct decoder *d)
{
	struct section *out = d->out;
	if (pack_read_array(&d->r, 6) != 6)
		d->r.failed = true;
	out->kind = schema_kind(d->schema, pack_read_text(&d->r, SIZE_MAX));
	pack_read_fixed(&d->r, out->owner.b, sizeof out->owner.b);
	uint64_t role = pack_read_uint(&d->r, UINT64_MAX);
	uint64_t way = pack_read_uint(&d->r, UINT64_MAX);
	pack_read_fixed(&d->r, out->nonce, sizeof out->nonce);
	if (d->r.failed)
		return;
	if (out->kind == NULL || role > ROLE_EDIT || way > WAY_COPY) {
		d->is_void = true;
		(void)pack_read_any(&d->r);
		return;
	}
	out->role = (enum role)role;
	out->way = (enum way)way;
	d->kind = out->kind;
	read_fields(d);
}

static enum err read_body(struct decoder *d)
{
	if (d->out->head.type == SECTION_CREATE)
		read_create(d);
	else
		read_fields(d);
	if (d->is_too_big)
		return ERR_TOO_BIG;
	if (!pack_done(&d->r))
		return ERR_CORRUPT;
	return d->is_void ? ERR_VOID : OK;
}

enum err section_decode(struct bytes rest, const struct schema *schema,
	const struct kind_schema *kind, struct arena *arena, struct section *out)
{
	struct bytes body;
	*out = (struct section){0};
	enum err e = peek(rest, &out->head, &body);
	if (e != OK || !has_body(&out->head))
		return e;
	if (out->head.schema > schema->number)
		return ERR_UNREAD;
	assert(kind != NULL || out->head.type == SECTION_CREATE);
	struct decoder d = {.r = pack_read(body),
		.schema = schema,
		.kind = kind,
		.arena = arena,
		.out = out};
	return read_body(&d);
}

/* ---- Writing. */

static void pack_head(struct buf *out, const struct section_head *head)
{
	pack_array(out, 5);
	pack_uint(out, head->type);
	pack_uint(out, head->schema);
	if (id_is_zero(head->draft))
		pack_nil(out);
	else
		pack_bin(out, BYTES_OF(head->draft.b));
	if (head->has_since)
		vector_pack(&head->since, out);
	else
		pack_nil(out);
}

static void pack_replaced(struct buf *out, const struct op *op)
{
	pack_array(out, op->replaced_count);
	for (size_t i = 0; i < op->replaced_count; i++) {
		pack_array(out, 3);
		pack_bin(out, BYTES_OF(op->replaced[i].log.b));
		pack_uint(out, op->replaced[i].entry);
		pack_uint(out, op->replaced[i].position);
	}
}

static void pack_op(struct buf *out, const struct op *op)
{
	pack_array(out, op_parts(op->act));
	pack_uint(out, op->act);
	switch (op->act) {
	case OP_WRITE:
	case OP_REMOVE:
		buf_add(out, op->value);
		pack_replaced(out, op);
		break;
	case OP_ADD:
		buf_add(out, op->value);
		break;
	case OP_APPEND:
		pack_bin(out, BYTES_OF(op->rid));
		buf_add(out, op->value);
		break;
	case OP_VOID:
		pack_bin(out, BYTES_OF(op->rid));
		pack_replaced(out, op);
		break;
	case OP_TEXT:
		pack_bin(out, op->change);
		break;
	}
}

static void pack_fields(struct buf *out, const struct section *section)
{
	pack_array(out, section->field_count);
	for (size_t i = 0; i < section->field_count; i++) {
		const struct field_ops *field = &section->fields[i];
		pack_array(out, 3);
		value_pack_field(field->field, field->key, out);
		pack_array(out, field->count);
		for (size_t k = 0; k < field->count; k++)
			pack_op(out, &field->ops[k]);
	}
}

void section_encode(const struct section *section, struct buf *out)
{
	pack_head(out, &section->head);
	if (!has_body(&section->head)) {
		pack_nil(out);
		return;
	}
	if (section->head.type == SECTION_CREATE) {
		pack_array(out, 6);
		pack_cstr(out, section->kind->name);
		pack_bin(out, BYTES_OF(section->owner.b));
		pack_uint(out, section->role);
		pack_uint(out, section->way);
		pack_bin(out, BYTES_OF(section->nonce));
	}
	pack_fields(out, section);
}

static size_t change_ops(struct bytes bytes)
{
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change = {0};
	return text_change_decode(bytes, &arena, &change) == OK ? change.count : 0;
}

size_t section_ops(const struct section *section)
{
	size_t ops = has_body(&section->head) ? 0 : 1;
	for (size_t i = 0; i < section->field_count; i++) {
		const struct field_ops *field = &section->fields[i];
		ops += field->count;
		for (size_t k = 0; k < field->count; k++)
			if (field->ops[k].act == OP_TEXT)
				ops += change_ops(field->ops[k].change);
	}
	return ops;
}
