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
#include "core/notebook/internal.h"
#include "core/notebook/share.h"

#define MARK       16u
#define MARKS_KEPT 8u /* of a register: the newest values carried */

void share_nonce(const struct me *me, struct id space, struct id document, uint32_t count,
	uint8_t out[16])
{
	uint8_t number[4] = {(uint8_t)(count >> 24), (uint8_t)(count >> 16),
		(uint8_t)(count >> 8), (uint8_t)count};
	struct bytes parts[] = {
		BYTES_OF(space.b), BYTES_OF(document.b), BYTES_OF(number)};
	keyed_hash(BYTES_OF(me->log_mac.b), "kith/nonce/1", parts, 3, out, 16);
}

/* ---- What was carried: [name, key, marks] …, as packed items. */

static struct bytes marks_of(
	const struct buf *carried, const char *name, struct bytes key)
{
	struct pack_reader r = pack_read(buf_bytes(carried));
	while (r.rest.len > 0 && !r.failed) {
		struct bytes field = pack_read_text(&r, 256);
		struct bytes member = pack_read_bin(&r, KEY_MAX);
		struct bytes marks = pack_read_bin(&r, SIZE_MAX);
		if (!r.failed && bytes_equal(field, bytes_text(name)) &&
			bytes_equal(member, key))
			return marks;
	}
	return (struct bytes){0};
}

static void add_marks(
	struct buf *carried, const char *name, struct bytes key, struct bytes marks)
{
	if (marks.len == 0)
		return;
	pack_cstr(carried, name);
	pack_bin(carried, key);
	pack_bin(carried, marks);
}

static void mark_of(struct bytes value, uint8_t out[MARK])
{
	struct hash hash = hash_of("kith/carried/1", &value, 1);
	memcpy(out, hash.b, MARK);
}

static bool marked(struct bytes marks, const uint8_t *mark, size_t len)
{
	struct bytes one;
	while (bytes_take(&marks, len, &one))
		if (memcmp(one.at, mark, len) == 0)
			return true;
	return false;
}

static bool value_marked(struct bytes marks, struct bytes value)
{
	uint8_t mark[MARK];
	mark_of(value, mark);
	return marked(marks, mark, MARK);
}

/* ---- One document that follows. */

struct follow {
	struct notebook_txn *txn;
	struct space *space;
	struct leaf_own *copy, *master;
	const struct field_schema *field;
	struct bytes key, marks; /* of this field, as they were */
	struct buf carried;      /* of all, as they will be */
	bool changed;
	struct why *why;
};

/* Owner's fields follow; a log that both write is each pair's own. */
static bool follows(const struct field_schema *field)
{
	return field->who != WHO_COMMENT;
}

/* What the master holds of a register or a text, as one value. */
static struct bytes value_now(struct follow *f)
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

static void read_copy(struct follow *f, struct reading *out)
{
	const struct leaf *copy = &f->copy->leaf;
	read_values(copy->sealed, copy->draft, f->field, f->key, &f->txn->arena, out);
}

static enum err draft_of(struct follow *f, struct draft **out)
{
	f->changed = true;
	return leaf_draft(f->txn, &f->copy->leaf, out, f->why);
}

static void remember_value(struct follow *f, struct bytes value)
{
	CLEAN_BUF struct buf marks = {0};
	uint8_t mark[MARK];
	struct bytes old = f->marks, one;
	mark_of(value, mark);
	buf_add(&marks, BYTES_OF(mark));
	while (marks.len < (size_t)MARKS_KEPT * MARK && bytes_take(&old, MARK, &one))
		if (memcmp(one.at, mark, MARK) != 0)
			buf_add(&marks, one);
	add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
}

static bool newest_mark_is(struct bytes marks, struct bytes value)
{
	struct bytes newest;
	return bytes_take(&marks, MARK, &newest) && value_marked(newest, value);
}

static enum err carry_value(
	struct follow *f, struct bytes now, const struct reading *there)
{
	CLEAN_BUF struct buf known = {0}, all = {0};
	struct draft *draft = NULL;
	size_t count = 0;
	for (size_t i = 0; i < there->count; i++) {
		if (!value_marked(f->marks, there->items[i].value))
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
	struct bytes now = value_now(f);
	CLEAN_BUF struct buf nothing = {0};
	read_copy(f, &there);
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
		all_known = all_known && value_marked(f->marks, there.items[i].value);
	/* What stands there beside ours was looked at when ours was carried. */
	bool carried = !all_known && newest_mark_is(f->marks, now);
	enum err e = same || carried ? OK : carry_value(f, now, &there);
	if (e == OK)
		remember_value(f, now);
	return e;
}

static bool reading_has(const struct reading *reading, struct bytes value)
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
		mark_of(now.items[i].value, mark);
		buf_add(&marks, BYTES_OF(mark));
		if (reading_has(&there, now.items[i].value))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_add(draft, f->copy->leaf.sealed, f->field, f->key,
				now.items[i].value, f->why);
	}
	for (size_t i = 0; e == OK && i < there.count; i++) {
		if (reading_has(&now, there.items[i].value) ||
			!value_marked(f->marks, there.items[i].value))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_remove(draft, f->copy->leaf.sealed, f->field, f->key,
				there.items[i].value, f->why);
	}
	add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
	return e;
}

static bool reading_has_rid(const struct reading *reading, const uint8_t rid[8])
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
		if (marked(f->marks, item->rid, 8) || reading_has_rid(&there, item->rid))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_append(draft, f->copy->leaf.sealed, f->field, item->rid,
				item->value, f->why);
	}
	for (size_t i = 0; e == OK && i < there.count; i++) {
		const struct reading_item *item = &there.items[i];
		if (reading_has_rid(&now, item->rid) || !marked(f->marks, item->rid, 8))
			continue;
		e = draft_of(f, &draft);
		if (e == OK)
			e = draft_void(draft, f->copy->leaf.sealed, f->field, item->rid,
				&f->txn->notebook->me.person, f->why);
	}
	add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
	return e;
}

typedef enum err (*step)(struct follow *f);

static enum err follow_field(struct follow *f, step value, step set, step log)
{
	f->marks = marks_of(&f->copy->carried, f->field->name, f->key);
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
static enum err follow_keys(struct follow *f, step value, step set, step log)
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

static enum err follow_all(struct follow *f, step value, step set, step log)
{
	const struct kind_schema *kind = f->copy->leaf.head->kind;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < kind->field_count; i++) {
		f->field = &kind->fields[i];
		if (follows(f->field))
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

/* ---- The reverse: what came back from the partner is newer than the master. */

static enum err master_draft(struct follow *f, struct draft **out)
{
	f->changed = true;
	return leaf_draft(f->txn, &f->master->leaf, out, f->why);
}

static enum err back_value(struct follow *f)
{
	struct reading there = {0};
	struct draft *draft = NULL;
	struct bytes now = value_now(f);
	struct id target;
	read_copy(f, &there);
	if (there.count == 1 && !bytes_equal(there.items[0].value, now) &&
		!value_marked(f->marks, there.items[0].value) &&
		!refs_read(f->field, there.items[0].value, &target) &&
		(now.len == 0 || newest_mark_is(f->marks, now))) {
		struct bytes value = there.items[0].value;
		enum err e = master_draft(f, &draft);
		if (e == OK && f->field->type == FIELD_TEXT)
			e = draft_text(draft, f->master->leaf.sealed, f->field, f->key,
				value_text(now), value_text(value), f->why);
		else if (e == OK)
			e = draft_set(draft, f->master->leaf.sealed, f->field, f->key,
				value, f->why);
		if (e == OK)
			remember_value(f, value);
		return e;
	}
	add_marks(&f->carried, f->field->name, f->key, f->marks);
	return OK;
}

static enum err back_set(struct follow *f)
{
	struct arena *arena = &f->txn->arena;
	struct reading now = {0}, there = {0};
	struct draft *draft = NULL;
	enum err e = OK;
	CLEAN_BUF struct buf marks = {0};
	buf_add(&marks, f->marks);
	read_set(f->master->leaf.sealed, f->master->leaf.draft, f->field, f->key, arena,
		&now);
	read_set(f->copy->leaf.sealed, f->copy->leaf.draft, f->field, f->key, arena,
		&there);
	for (size_t i = 0; e == OK && i < there.count; i++) {
		uint8_t mark[MARK];
		if (reading_has(&now, there.items[i].value) ||
			value_marked(f->marks, there.items[i].value))
			continue;
		mark_of(there.items[i].value, mark);
		buf_add(&marks, BYTES_OF(mark));
		e = master_draft(f, &draft);
		if (e == OK)
			e = draft_add(draft, f->master->leaf.sealed, f->field, f->key,
				there.items[i].value, f->why);
	}
	add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
	return e;
}

static enum err back_log(struct follow *f)
{
	struct arena *arena = &f->txn->arena;
	struct reading now = {0}, there = {0};
	struct draft *draft = NULL;
	enum err e = OK;
	CLEAN_BUF struct buf marks = {0};
	buf_add(&marks, f->marks);
	read_log(f->master->leaf.sealed, f->master->leaf.draft, f->field, arena, &now);
	read_log(f->copy->leaf.sealed, f->copy->leaf.draft, f->field, arena, &there);
	for (size_t i = 0; e == OK && i < there.count; i++) {
		const struct reading_item *item = &there.items[i];
		if (reading_has_rid(&now, item->rid) || marked(f->marks, item->rid, 8))
			continue;
		buf_add(&marks, BYTES_OF(item->rid));
		e = master_draft(f, &draft);
		if (e == OK)
			e = draft_append(draft, f->master->leaf.sealed, f->field,
				item->rid, item->value, f->why);
	}
	add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
	return e;
}

enum err follow_back(struct notebook_txn *txn, struct space *space, struct leaf_own *copy,
	bool *changed, struct why *why)
{
	struct follow f = {.txn = txn, .space = space, .copy = copy, .why = why};
	*changed = false;
	if (leaf_load(txn, copy->leaf.master, &f.master) != OK)
		return OK;
	enum err e = follow_all(&f, back_value, back_set, back_log);
	*changed = f.changed;
	return e;
}

/* ---- Births, and answers. */

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

void follow_answers(struct notebook_txn *txn, const struct document *sealed,
	const struct draft *draft, const struct document_head *head,
	const struct person_id *person, struct buf *out)
{
	const struct person_id *me = &txn->notebook->me.person;
	for (size_t i = 0; i < head->kind->field_count; i++) {
		const struct field_schema *field = &head->kind->fields[i];
		struct reading reading = {0};
		if (follows(field) || field->type != FIELD_LOG)
			continue;
		read_log(sealed, draft, field, &txn->arena, &reading);
		for (size_t k = 0; k < reading.count; k++) {
			const struct reading_item *item = &reading.items[k];
			const struct person_id *by = item->is_draft ? me : &item->by;
			if (person != NULL && !person_equal(*by, *person))
				continue;
			if (out->len > 0)
				buf_add_u8(out, '\n');
			value_plain(item->value, out);
		}
	}
}
