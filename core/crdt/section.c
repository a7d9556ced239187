#include "core/crdt/section.h"

#include <assert.h>

#include "core/base/pack.h"
#include "core/crdt/change.h"
#include "core/crdt/section_fields.h"

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

/* ---- The body. */

/* Takes all before the fields. ERR_VOID where there is no such kind, role or way: then
 * what follows cannot be read. */
static enum err read_create(
	struct pack_reader *r, const struct schema *schema, struct section *out)
{
	if (pack_read_array(r, 6) != 6)
		r->failed = true;
	out->kind = schema_kind(schema, pack_read_text(r, SIZE_MAX));
	pack_read_fixed(r, out->owner.b, sizeof out->owner.b);
	uint64_t role = pack_read_uint(r, UINT64_MAX);
	uint64_t way = pack_read_uint(r, UINT64_MAX);
	pack_read_fixed(r, out->nonce, sizeof out->nonce);
	if (r->failed)
		return ERR_CORRUPT;
	if (out->kind == NULL || role > ROLE_EDIT || way > WAY_COPY)
		return ERR_VOID;
	out->role = (enum role)role;
	out->way = (enum way)way;
	return OK;
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
	struct pack_reader r = pack_read(body);
	out->kind = kind;
	if (out->head.type == SECTION_CREATE)
		e = read_create(&r, schema, out);
	if (e == OK)
		e = section_fields_decode(&r, arena, out);
	if (e == OK && !pack_done(&r))
		e = ERR_CORRUPT;
	return e;
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
	section_fields_encode(section, out);
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
