/*
 * References between documents. One that is shared names a document of the same space, by
 * the id that it has there; where it has none, the reference stays with its author until
 * the target is shared too (DESIGN §4.1).
 */
#include <string.h>

#include "core/notebook/internal.h"

bool refs_read(const struct field_schema *field, struct bytes value, struct id *out)
{
	if (field->type != FIELD_REGISTER || field->value != VALUE_REF)
		return false;
	struct pack_reader r = pack_read(value);
	pack_read_fixed(&r, out->b, sizeof out->b);
	return pack_done(&r);
}

void refs_pack(struct id id, struct buf *out)
{
	pack_bin(out, BYTES_OF(id.b));
}

/* The copy of a private document that the space's partner is shown. */
static bool copy_there(struct notebook_txn *txn, const struct space *space,
	const struct leaf_own *master, struct id *out)
{
	struct leaf_copy *copies = NULL;
	size_t count = leaf_copies(txn, master->leaf.id, &copies);
	for (size_t i = 0; i < count; i++) {
		struct leaf_own *copy = NULL;
		if (!person_equal(copies[i].partner, space->partner) ||
			leaf_load(txn, copies[i].document, &copy) != OK ||
			!id_equal(copy->leaf.space, space->id))
			continue;
		*out = copy->leaf.id;
		return true;
	}
	return false;
}

bool refs_there(struct notebook_txn *txn, const struct space *space, struct id target,
	struct id *out)
{
	struct leaf_own *own = NULL;
	struct id now;
	if (leaf_alias_of(txn, target, &now))
		target = now;
	if (leaf_load(txn, target, &own) != OK)
		return false;
	if (own->leaf.is_private)
		return copy_there(txn, space, own, out);
	*out = target;
	return id_equal(own->leaf.space, space->id);
}

/* ---- What waits: for each space, [document, field, target] … */

struct later_key {
	uint8_t name[8], space[16];
};

static struct later_key later_key(const struct space *space)
{
	struct later_key key = {.name = {'r', 'e', 'f', 'e', 'r', 's'}};
	memcpy(key.space, space->id.b, sizeof key.space);
	return key;
}

static enum err read_later(
	struct notebook_txn *txn, const struct space *space, struct buf *out)
{
	struct later_key key = later_key(space);
	enum err e = store_get(
		txn->store, TABLE_LINK, (struct bytes){key.name, sizeof key}, out);
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err put_later(
	struct notebook_txn *txn, const struct space *space, const struct buf *all)
{
	struct later_key key = later_key(space);
	return store_put(txn->store, TABLE_LINK, (struct bytes){key.name, sizeof key},
		buf_bytes(all));
}

static void add_later(
	struct buf *all, struct id document, struct bytes field, struct id target)
{
	pack_bin(all, BYTES_OF(document.b));
	pack_text(all, field);
	pack_bin(all, BYTES_OF(target.b));
}

enum err refs_later(struct notebook_txn *txn, const struct space *space,
	struct id document, struct bytes field, struct id target)
{
	CLEAN_BUF struct buf all = {0}, kept = {0};
	enum err e = read_later(txn, space, &all);
	struct pack_reader r = pack_read(buf_bytes(&all));
	while (e == OK && r.rest.len > 0 && !r.failed) {
		struct id a, b;
		pack_read_fixed(&r, a.b, sizeof a.b);
		struct bytes name = pack_read_text(&r, 256);
		pack_read_fixed(&r, b.b, sizeof b.b);
		if (!r.failed && !(id_equal(a, document) && bytes_equal(name, field)))
			add_later(&kept, a, name, b);
	}
	add_later(&kept, document, field, target);
	return e == OK ? put_later(txn, space, &kept) : e;
}

/* Say now what waited; nothing where it was written since, or is not ours to write. */
static enum err say(struct notebook_txn *txn, struct space *space, struct id document,
	struct bytes name, struct id there, struct why *why)
{
	struct leaf *leaf = NULL;
	struct draft *draft = NULL;
	const struct field_schema *field = NULL;
	struct reading reading = {0};
	if (leaf_open(txn, document, &leaf, NULL) != OK ||
		!id_equal(leaf->space, space->id))
		return OK;
	if (!id_is_zero(leaf->master)) {
		space_mark_follow(space, document);
		return OK;
	}
	if (leaf_field(txn, leaf, name, &field, NULL) != OK)
		return OK;
	read_values(leaf->sealed, leaf->draft, field, (struct bytes){0}, &txn->arena,
		&reading);
	if (reading.count > 0)
		return OK;
	enum err e = leaf_draft(txn, leaf, &draft, why);
	if (e != OK)
		return e;
	CLEAN_BUF struct buf value = {0};
	refs_pack(there, &value);
	return draft_set(
		draft, leaf->sealed, field, (struct bytes){0}, buf_bytes(&value), why);
}

enum err refs_now(struct notebook_txn *txn, struct space *space, struct id target,
	struct id there, struct why *why)
{
	CLEAN_BUF struct buf all = {0}, kept = {0};
	enum err e = read_later(txn, space, &all);
	struct pack_reader r = pack_read(buf_bytes(&all));
	bool changed = false;
	while (e == OK && r.rest.len > 0 && !r.failed) {
		struct id document, waits;
		pack_read_fixed(&r, document.b, sizeof document.b);
		struct bytes name = pack_read_text(&r, 256);
		pack_read_fixed(&r, waits.b, sizeof waits.b);
		if (r.failed)
			break;
		if (!id_equal(waits, target)) {
			add_later(&kept, document, name, waits);
			continue;
		}
		changed = true;
		e = say(txn, space, document, name, there, why);
	}
	return e == OK && changed ? put_later(txn, space, &kept) : e;
}

/* ---- Home again. */

static enum err set_ref(struct leaf_own *own, const struct field_schema *field,
	struct id target, struct why *why)
{
	CLEAN_BUF struct buf value = {0};
	refs_pack(target, &value);
	own->dirty_draft = true;
	return draft_set(
		own->leaf.draft, NULL, field, (struct bytes){0}, buf_bytes(&value), why);
}

/* What named a document that follows one of mine names mine. */
static enum err to_masters(
	struct notebook_txn *txn, struct leaf_own *own, struct why *why)
{
	const struct kind_schema *kind = own->leaf.head->kind;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < kind->field_count; i++) {
		const struct field_schema *field = &kind->fields[i];
		struct reading reading = {0};
		struct leaf_own *there = NULL;
		struct id target;
		if (field->type != FIELD_REGISTER || field->value != VALUE_REF)
			continue;
		read_values(NULL, own->leaf.draft, field, (struct bytes){0}, &txn->arena,
			&reading);
		if (reading.count > 0 &&
			refs_read(field, reading.items[0].value, &target) &&
			leaf_load(txn, target, &there) == OK &&
			!id_is_zero(there->leaf.master))
			e = set_ref(own, field, there->leaf.master, why);
	}
	return e;
}

enum err refs_home(struct notebook_txn *txn, const struct space *space,
	struct id document, struct leaf_own *own, struct why *why)
{
	CLEAN_BUF struct buf all = {0}, kept = {0};
	enum err e = to_masters(txn, own, why);
	if (e == OK)
		e = read_later(txn, space, &all);
	struct pack_reader r = pack_read(buf_bytes(&all));
	bool changed = false;
	while (e == OK && r.rest.len > 0 && !r.failed) {
		struct id waits, target;
		pack_read_fixed(&r, waits.b, sizeof waits.b);
		struct bytes name = pack_read_text(&r, 256);
		pack_read_fixed(&r, target.b, sizeof target.b);
		const struct field_schema *field = kind_field(own->leaf.head->kind, name);
		if (r.failed)
			break;
		if (!id_equal(waits, document) || field == NULL) {
			add_later(&kept, waits, name, target);
			continue;
		}
		changed = true;
		e = set_ref(own, field, target, why);
	}
	return e == OK && changed ? put_later(txn, space, &kept) : e;
}
