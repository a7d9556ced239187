/*
 * Documents that follow one of mine: what is shown to a partner is carried into the
 * pair's document, field by field (DESIGN §4.1).
 *
 * A value replaces only values that this store knows it carried: anything else stays
 * beside it, and both are shown until one is chosen. What was carried is remembered as
 * hashes, of a log's records as their ids.
 */
#include <string.h>

#include "core/crdt/value.h"
#include "core/notebook/follow_parts.h"
#include "core/notebook/share.h"

#define MARKS_KEPT 8u /* of a register: the newest values carried */

bool follow_has(const struct field_schema *field)
{
	return field->who != WHO_COMMENT;
}

/* What the master holds of a register or a text, as one value. */
struct bytes follow_value_now(struct follow *f)
{
	struct arena *arena = &f->txn->arena;
	const struct leaf *master = &f->master->leaf;
	struct reading reading = {0};
	CLEAN_BUF struct buf packed = {0};
	struct bytes text = {0};
	struct id target, there;
	if (f->field->type == FIELD_TEXT) {
		if (!read_text(master->sealed, master->draft, f->field, f->key, arena,
			    &text))
			return (struct bytes){0};
		pack_text(&packed, text);
		return arena_bytes(arena, buf_bytes(&packed));
	}
	read_values(master->sealed, master->draft, f->field, f->key, arena, &reading);
	if (reading.count == 0)
		return (struct bytes){0};
	if (!refs_read(f->field, reading.items[0].value, &target))
		return reading.items[0].value;
	if (!refs_there(f->txn, f->space, target, &there))
		return (struct bytes){0};
	refs_pack(there, &packed);
	return arena_bytes(arena, buf_bytes(&packed));
}

/* A reference that cannot be carried yet is carried when its target is shared. */
static enum err wait_for_target(struct follow *f)
{
	const struct leaf *master = &f->master->leaf;
	struct reading reading = {0};
	struct id target;
	if (f->field->type != FIELD_REGISTER || f->field->value != VALUE_REF)
		return OK;
	read_values(master->sealed, master->draft, f->field, f->key, &f->txn->arena,
		&reading);
	if (reading.count == 0 || !refs_read(f->field, reading.items[0].value, &target))
		return OK;
	return refs_later(
		f->txn, f->space, f->copy->leaf.id, bytes_text(f->field->name), target);
}

void follow_read_copy(struct follow *f, struct reading *out)
{
	const struct leaf *copy = &f->copy->leaf;
	read_values(copy->sealed, copy->draft, f->field, f->key, &f->txn->arena, out);
}

static enum err draft_of(struct follow *f, struct draft **out)
{
	f->changed = true;
	return leaf_draft(f->txn, &f->copy->leaf, out, f->why);
}

void follow_remember(struct follow *f, struct bytes value)
{
	CLEAN_BUF struct buf marks = {0};
	uint8_t mark[MARK];
	struct bytes old = f->marks, one;
	follow_mark(value, mark);
	buf_add(&marks, BYTES_OF(mark));
	while (marks.len < (size_t)MARKS_KEPT * MARK && bytes_take(&old, MARK, &one))
		if (memcmp(one.at, mark, MARK) != 0)
			buf_add(&marks, one);
	follow_add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
}

bool follow_newest_is(struct bytes marks, struct bytes value)
{
	struct bytes newest;
	return bytes_take(&marks, MARK, &newest) && follow_value_marked(newest, value);
}

static enum err carry_value(
	struct follow *f, struct bytes now, const struct reading *there)
{
	CLEAN_BUF struct buf known = {0}, all = {0};
	struct draft *draft = NULL;
	size_t count = 0;
	for (size_t i = 0; i < there->count; i++) {
		if (!follow_value_marked(f->marks, there->items[i].value))
			continue;
		buf_add(&known, there->items[i].value);
		count++;
	}
	pack_array(&all, count);
	buf_add(&all, buf_bytes(&known));
	enum err e = draft_of(f, &draft);
	if (e == OK)
		e = draft_carry(draft, f->copy->leaf.sealed, f->field, f->key, now,
			buf_bytes(&all), f->why);
	return e;
}

static enum err follow_value(struct follow *f)
{
	struct reading there = {0};
	struct bytes now = follow_value_now(f);
	CLEAN_BUF struct buf nothing = {0};
	follow_read_copy(f, &there);
	if (now.len == 0) {
		if (there.count == 0)
			return wait_for_target(f);
		/* Emptied: a text to nothing, a register to nil. */
		if (f->field->type == FIELD_TEXT)
			pack_cstr(&nothing, "");
		else
			pack_nil(&nothing);
		now = buf_bytes(&nothing);
	}
	bool same = there.count == 1 && bytes_equal(there.items[0].value, now);
	bool all_known = true;
	for (size_t i = 0; i < there.count; i++)
		all_known =
			all_known && follow_value_marked(f->marks, there.items[i].value);
	/* What stands there beside ours was looked at when ours was carried. */
	bool carried = !all_known && follow_newest_is(f->marks, now);
	enum err e = same || carried ? OK : carry_value(f, now, &there);
	if (e == OK)
		follow_remember(f, now);
	return e;
}

bool follow_reading_has(const struct reading *reading, struct bytes value)
{
	for (size_t i = 0; i < reading->count; i++)
		if (bytes_equal(reading->items[i].value, value))
			return true;
	return false;
}

static enum err follow_set(struct follow *f)
{
	struct arena *arena = &f->txn->arena;
	struct reading now = {0}, there = {0};
	struct draft *draft = NULL;
	CLEAN_BUF struct buf marks = {0};
	enum err e = OK;
	read_set(f->master->leaf.sealed, f->master->leaf.draft, f->field, f->key, arena,
		&now);
	read_set(f->copy->leaf.sealed, f->copy->leaf.draft, f->field, f->key, arena,
		&there);
	for (size_t i = 0; e == OK && i < now.count; i++) {
		uint8_t mark[MARK];
		follow_mark(now.items[i].value, mark);
		buf_add(&marks, BYTES_OF(mark));
		if (follow_reading_has(&there, now.items[i].value))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_add(draft, f->copy->leaf.sealed, f->field, f->key,
				now.items[i].value, f->why);
	}
	for (size_t i = 0; e == OK && i < there.count; i++) {
		if (follow_reading_has(&now, there.items[i].value) ||
			!follow_value_marked(f->marks, there.items[i].value))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_remove(draft, f->copy->leaf.sealed, f->field, f->key,
				there.items[i].value, f->why);
	}
	follow_add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
	return e;
}

bool follow_reading_has_rid(const struct reading *reading, const uint8_t rid[8])
{
	for (size_t i = 0; i < reading->count; i++)
		if (memcmp(reading->items[i].rid, rid, 8) == 0)
			return true;
	return false;
}

static enum err follow_log(struct follow *f)
{
	struct arena *arena = &f->txn->arena;
	struct reading now = {0}, there = {0};
	struct draft *draft = NULL;
	CLEAN_BUF struct buf marks = {0};
	enum err e = OK;
	read_log(f->master->leaf.sealed, f->master->leaf.draft, f->field, arena, &now);
	read_log(f->copy->leaf.sealed, f->copy->leaf.draft, f->field, arena, &there);
	for (size_t i = 0; e == OK && i < now.count; i++) {
		const struct reading_item *item = &now.items[i];
		buf_add(&marks, BYTES_OF(item->rid));
		if (follow_marked(f->marks, item->rid, 8) ||
			follow_reading_has_rid(&there, item->rid))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_append(draft, f->copy->leaf.sealed, f->field, item->rid,
				item->value, f->why);
	}
	for (size_t i = 0; e == OK && i < there.count; i++) {
		const struct reading_item *item = &there.items[i];
		if (follow_reading_has_rid(&now, item->rid) ||
			!follow_marked(f->marks, item->rid, 8))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_void(draft, f->copy->leaf.sealed, f->field, item->rid,
				&f->txn->notebook->me.person, f->why);
	}
	follow_add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
	return e;
}

static enum err follow_field(
	struct follow *f, follow_step value, follow_step set, follow_step log)
{
	f->marks = follow_marks(&f->copy->carried, f->field->name, f->key);
	switch (f->field->type) {
	case FIELD_REGISTER:
	case FIELD_TEXT:
		return value(f);
	case FIELD_SET:
		return set(f);
	case FIELD_LOG:
		return log(f);
	}
	return OK;
}

/* Every member of a family that either side has, or the field itself. */
static enum err follow_keys(
	struct follow *f, follow_step value, follow_step set, follow_step log)
{
	struct arena *arena = &f->txn->arena;
	struct bytes *keys = NULL, *more = NULL;
	size_t count = 0, more_count = 0;
	f->key = (struct bytes){0};
	if (!f->field->family)
		return follow_field(f, value, set, log);
	read_keys(f->master->leaf.sealed, f->master->leaf.draft, f->field, arena, &keys,
		&count);
	read_keys(f->copy->leaf.sealed, f->copy->leaf.draft, f->field, arena, &more,
		&more_count);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count + more_count; i++) {
		f->key = i < count ? keys[i] : more[i - count];
		bool twice = false;
		for (size_t k = 0; i >= count && k < count; k++)
			twice = twice || bytes_equal(keys[k], f->key);
		if (!twice)
			e = follow_field(f, value, set, log);
	}
	return e;
}

enum err follow_all(struct follow *f, follow_step value, follow_step set, follow_step log)
{
	const struct kind_schema *kind = f->copy->leaf.head->kind;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < kind->field_count; i++) {
		f->field = &kind->fields[i];
		if (follow_has(f->field))
			e = follow_keys(f, value, set, log);
	}
	if (e == OK &&
		!bytes_equal(buf_bytes(&f->carried), buf_bytes(&f->copy->carried))) {
		buf_clear(&f->copy->carried);
		buf_add(&f->copy->carried, buf_bytes(&f->carried));
		f->copy->dirty_record = true;
	}
	buf_release(&f->carried);
	return e;
}

enum err follow_one(struct notebook_txn *txn, struct space *space, struct leaf_own *copy,
	struct why *why)
{
	struct follow f = {.txn = txn, .space = space, .copy = copy, .why = why};
	if (copy->leaf.head == NULL || id_is_zero(copy->leaf.master) ||
		leaf_load(txn, copy->leaf.master, &f.master) != OK)
		return OK;
	return follow_all(&f, follow_value, follow_set, follow_log);
}

enum err share_follow(struct notebook_txn *txn, struct partner *partner, struct why *why)
{
	struct space *space = NULL;
	enum err e = space_open(txn, partner->space, &space);
	if (e != OK)
		return because(why, e, "what you share with %s cannot be read: %s",
			partner->called, err_text(e));
	size_t count = space->follows.count;
	struct id *changed = idset_copy(&space->follows, &txn->arena);
	for (size_t i = 0; i < count; i++) {
		struct leaf_own *copy = NULL;
		struct why said = {0};
		/* A copy stays as it is. What waits for a newer kith waits with it. */
		if (leaf_load(txn, changed[i], &copy) != OK || copy->leaf.head == NULL ||
			copy->leaf.head->way != WAY_SHOWN || copy->leaf.unread ||
			copy->leaf.incomplete)
			continue;
		/* One document that cannot follow holds up no other. */
		if (follow_one(txn, space, copy, &said) != OK)
			space_notice(space, "a change could not be shown to %s: %s",
				partner->called, said.text);
	}
	if (count > 0)
		space_touch(space);
	idset_clear(&space->follows);
	return OK;
}

enum err follow_birth(struct notebook_txn *txn, struct space *space,
	struct leaf_own *master, enum role role, enum way way, struct leaf_own **out,
	struct why *why)
{
	const struct me *me = &txn->notebook->me;
	struct space_log *log = space_own_log(txn, space);
	uint8_t nonce[16];
	struct vector since = {0};
	if (log == NULL)
		return because(why, ERR_REFUSED,
			"too many devices wrote in this pairing: pair again");
	share_nonce(me, space->id, master->leaf.id, master->shares++, nonce);
	master->dirty_record = true;
	struct document_head head = {.kind = master->leaf.head->kind,
		.owner = me->person,
		.creator = me->person,
		.role = role,
		.way = way};
	struct id id = entry_document_id(log->id, nonce);
	space_vector(space, &since);
	struct leaf_own *copy = leaf_birth(
		txn, id, space->id, draft_new(random_id(), &since, &head, nonce));
	vector_release(&since);
	copy->leaf.master = master->leaf.id;
	copy->leaf.shared_s = txn->now_s;
	*out = copy;
	enum err e = leaf_link(txn, master->leaf.id, id, &space->partner);
	return e == OK ? follow_one(txn, space, copy, why) : e;
}
