#include "core/coaching/writing.h"

#include <math.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/coaching/schema.h"
#include "core/crdt/value.h"
#include "core/notebook/people.h"

enum err write_new(
	struct notebook_txn *txn, const char *kind, struct id *out, struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_new(txn, coaching_kind(kind), &leaf, why);
	if (e == OK)
		*out = leaf->id;
	return e;
}

/* A document open for a change of one field. */
struct target {
	struct leaf *leaf;
	struct draft *draft;
	const struct field_schema *field;
};

static enum err aim(struct notebook_txn *txn, struct id id, const char *name,
	struct target *out, struct why *why)
{
	enum err e = leaf_open(txn, id, &out->leaf, why);
	if (e == OK)
		e = leaf_field(txn, out->leaf, bytes_text(name), &out->field, why);
	if (e == OK)
		e = leaf_draft(txn, out->leaf, &out->draft, why);
	return e;
}

enum err write_key(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes key, struct bytes text, struct why *why)
{
	struct target t;
	struct bytes now = {0};
	if (text.len == 0)
		return OK;
	enum err e = aim(txn, id, name, &t, why);
	if (e != OK)
		return e;
	if (t.field->type == FIELD_TEXT) {
		(void)read_text(t.leaf->sealed, t.leaf->draft, t.field, key,
			txn_arena(txn), &now);
		return draft_text(t.draft, t.leaf->sealed, t.field, key, now, text, why);
	}
	CLEAN_BUF struct buf packed = {0};
	pack_text(&packed, text);
	return draft_set(t.draft, t.leaf->sealed, t.field, key, buf_bytes(&packed), why);
}

enum err write_text(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes text, struct why *why)
{
	return write_key(txn, id, name, (struct bytes){0}, text, why);
}

enum err write_packed(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes packed, struct why *why)
{
	struct target t;
	enum err e = aim(txn, id, name, &t, why);
	if (e != OK)
		return e;
	return draft_set(
		t.draft, t.leaf->sealed, t.field, (struct bytes){0}, packed, why);
}

enum err write_int(struct notebook_txn *txn, struct id id, const char *name,
	int64_t value, struct why *why)
{
	CLEAN_BUF struct buf packed = {0};
	pack_int(&packed, value);
	return write_packed(txn, id, name, buf_bytes(&packed), why);
}

enum err write_ref(struct notebook_txn *txn, struct id id, const char *name,
	struct id target, struct why *why)
{
	CLEAN_BUF struct buf packed = {0};
	pack_bin(&packed, BYTES_OF(target.b));
	return write_packed(txn, id, name, buf_bytes(&packed), why);
}

enum err write_add(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes text, struct why *why)
{
	struct target t;
	CLEAN_BUF struct buf packed = {0};
	enum err e = aim(txn, id, name, &t, why);
	if (e != OK)
		return e;
	pack_text(&packed, text);
	return draft_add(t.draft, t.leaf->sealed, t.field, (struct bytes){0},
		buf_bytes(&packed), why);
}

static bool is_given(const struct part *part)
{
	return part->text.len > 0 || part->hash != NULL ||
	       (part->is_number && isfinite(part->number));
}

/* Parts stand in the schema's order: one record has one encoding. */
static void pack_parts(const struct field_schema *field, const struct part *parts,
	size_t count, struct buf *out)
{
	size_t given = 0;
	for (size_t i = 0; i < count; i++)
		given += is_given(&parts[i]);
	pack_map(out, given);
	for (const struct record_field *f = field->record; f->name != NULL; f++)
		for (size_t i = 0; i < count; i++) {
			const struct part *part = &parts[i];
			if (!is_given(part) || strcmp(part->name, f->name) != 0)
				continue;
			pack_cstr(out, part->name);
			if (part->text.len > 0)
				pack_text(out, part->text);
			else if (part->hash != NULL)
				pack_bin(out, (struct bytes){part->hash, 32});
			else
				pack_number(out, part->number);
		}
}

enum err write_record(struct notebook_txn *txn, struct id id, const char *name,
	const struct part *parts, size_t count, uint8_t rid[8], struct why *why)
{
	struct target t;
	uint8_t own[8];
	CLEAN_BUF struct buf packed = {0};
	enum err e = aim(txn, id, name, &t, why);
	if (e != OK)
		return e;
	random_fill(own, sizeof own);
	pack_parts(t.field, parts, count, &packed);
	e = draft_append(t.draft, t.leaf->sealed, t.field, own, buf_bytes(&packed), why);
	if (e == OK && rid != NULL)
		memcpy(rid, own, sizeof own);
	return e;
}

enum err write_void(struct notebook_txn *txn, struct id id, const char *name,
	const uint8_t rid[8], struct why *why)
{
	struct target t;
	enum err e = aim(txn, id, name, &t, why);
	if (e != OK)
		return e;
	return draft_void(t.draft, t.leaf->sealed, t.field, rid,
		&notebook_me(txn_notebook(txn))->person, why);
}

/* ---- Reading. */

static bool have_value(struct notebook_txn *txn, const struct leaf *leaf,
	const char *name, struct bytes *out)
{
	const struct field_schema *field = kind_field(leaf->head->kind, bytes_text(name));
	struct reading reading = {0};
	if (field == NULL)
		return false;
	read_values(leaf->sealed, leaf->draft, field, (struct bytes){0}, txn_arena(txn),
		&reading);
	if (reading.count == 0 || value_is_nil(reading.items[0].value))
		return false;
	*out = reading.items[0].value;
	return true;
}

struct bytes have_text(
	struct notebook_txn *txn, const struct leaf *leaf, const char *name)
{
	const struct field_schema *field = kind_field(leaf->head->kind, bytes_text(name));
	struct bytes text = {0}, value;
	if (field != NULL && field->type == FIELD_TEXT)
		(void)read_text(leaf->sealed, leaf->draft, field, (struct bytes){0},
			txn_arena(txn), &text);
	else if (have_value(txn, leaf, name, &value))
		text = value_text(value);
	return text;
}

const char *have_line(struct notebook_txn *txn, const struct leaf *leaf, const char *name)
{
	return arena_string(txn_arena(txn), have_text(txn, leaf, name));
}

int64_t have_int(struct notebook_txn *txn, const struct leaf *leaf, const char *name,
	int64_t otherwise)
{
	struct bytes value;
	if (!have_value(txn, leaf, name, &value))
		return otherwise;
	struct pack_reader r = pack_read(value);
	int64_t number = pack_read_int(&r);
	return r.failed ? otherwise : number;
}

struct id have_ref(struct notebook_txn *txn, const struct leaf *leaf, const char *name)
{
	struct id id = {{0}};
	struct bytes value;
	if (!have_value(txn, leaf, name, &value))
		return id;
	struct pack_reader r = pack_read(value);
	pack_read_fixed(&r, id.b, sizeof id.b);
	return r.failed ? (struct id){{0}} : id;
}

void have_all(struct notebook_txn *txn, const struct leaf *leaf, const char *name,
	struct reading *out)
{
	const struct field_schema *field = kind_field(leaf->head->kind, bytes_text(name));
	*out = (struct reading){0};
	if (field != NULL && field->type == FIELD_LOG)
		read_log(leaf->sealed, leaf->draft, field, txn_arena(txn), out);
	else if (field != NULL)
		read_set(leaf->sealed, leaf->draft, field, (struct bytes){0},
			txn_arena(txn), out);
}

struct bytes part_text(struct bytes record, const char *name)
{
	struct bytes value;
	return value_part(record, name, &value) ? value_text(value) : (struct bytes){0};
}

double part_number(struct bytes record, const char *name, double otherwise)
{
	struct bytes value;
	if (!value_part(record, name, &value))
		return otherwise;
	struct pack_reader r = pack_read(value);
	double number = pack_read_number(&r);
	return r.failed ? otherwise : number;
}

struct id part_ref(struct bytes record, const char *name)
{
	struct id id = {{0}};
	struct bytes value;
	if (!value_part(record, name, &value))
		return id;
	struct pack_reader r = pack_read(value);
	pack_read_fixed(&r, id.b, sizeof id.b);
	return r.failed ? (struct id){{0}} : id;
}

bool part_is(struct bytes record, const char *name, const char *word)
{
	return bytes_equal(part_text(record, name), bytes_text(word));
}
