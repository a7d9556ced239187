/*
 * The reverse, after a restore: what came back from the partner is newer than the master;
 * and what stays of a document that followed when it ends.
 */
#include <string.h>

#include "core/crdt/value.h"
#include "core/notebook/follow_parts.h"

static enum err master_draft(struct follow *f, struct draft **out)
{
	f->changed = true;
	return leaf_draft(f->txn, &f->master->leaf, out, f->why);
}

static enum err back_value(struct follow *f)
{
	struct reading there = {0};
	struct draft *draft = NULL;
	struct bytes now = follow_value_now(f);
	struct id target;
	follow_read_copy(f, &there);
	if (there.count == 1 && !bytes_equal(there.items[0].value, now) &&
		!follow_value_marked(f->marks, there.items[0].value) &&
		!refs_read(f->field, there.items[0].value, &target) &&
		(now.len == 0 || follow_newest_is(f->marks, now))) {
		struct bytes value = there.items[0].value;
		enum err e = master_draft(f, &draft);
		if (e == OK && f->field->type == FIELD_TEXT)
			e = draft_text(draft, f->master->leaf.sealed, f->field, f->key,
				value_text(now), value_text(value), f->why);
		else if (e == OK)
			e = draft_set(draft, f->master->leaf.sealed, f->field, f->key,
				value, f->why);
		if (e == OK)
			follow_remember(f, value);
		return e;
	}
	follow_add_marks(&f->carried, f->field->name, f->key, f->marks);
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
		if (follow_reading_has(&now, there.items[i].value) ||
			follow_value_marked(f->marks, there.items[i].value))
			continue;
		follow_mark(there.items[i].value, mark);
		buf_add(&marks, BYTES_OF(mark));
		e = master_draft(f, &draft);
		if (e == OK)
			e = draft_add(draft, f->master->leaf.sealed, f->field, f->key,
				there.items[i].value, f->why);
	}
	follow_add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
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
		if (follow_reading_has_rid(&now, item->rid) ||
			follow_marked(f->marks, item->rid, 8))
			continue;
		buf_add(&marks, BYTES_OF(item->rid));
		e = master_draft(f, &draft);
		if (e == OK)
			e = draft_append(draft, f->master->leaf.sealed, f->field,
				item->rid, item->value, f->why);
	}
	follow_add_marks(&f->carried, f->field->name, f->key, buf_bytes(&marks));
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

/* ---- What stays when it ends. */

/* Values of mine that stand beside what my own document says, and that it never said. */
static enum err beside_value(struct follow *f)
{
	struct reading there = {0};
	struct bytes now = follow_value_now(f);
	follow_read_copy(f, &there);
	for (size_t i = 0; i < there.count; i++) {
		struct bytes value = there.items[i].value;
		if (bytes_equal(value, now) || follow_value_marked(f->marks, value) ||
			value_is_nil(value))
			continue;
		if (f->beside->len > 0)
			buf_add_u8(f->beside, '\n');
		value_plain(value, f->beside);
	}
	follow_add_marks(&f->carried, f->field->name, f->key, f->marks);
	return OK;
}

static enum err beside_nothing(struct follow *f)
{
	follow_add_marks(&f->carried, f->field->name, f->key, f->marks);
	return OK;
}

enum err follow_beside(struct notebook_txn *txn, struct space *space,
	struct leaf_own *copy, struct buf *out, struct why *why)
{
	struct follow f = {
		.txn = txn, .space = space, .copy = copy, .beside = out, .why = why};
	if (leaf_load(txn, copy->leaf.master, &f.master) != OK)
		return OK;
	return follow_all(&f, beside_value, beside_nothing, beside_nothing);
}

void follow_answers(struct notebook_txn *txn, const struct document *sealed,
	const struct draft *draft, const struct document_head *head,
	const struct person_id *person, struct buf *out)
{
	const struct person_id *me = &txn->notebook->me.person;
	for (size_t i = 0; i < head->kind->field_count; i++) {
		const struct field_schema *field = &head->kind->fields[i];
		struct reading reading = {0};
		if (follow_has(field) || field->type != FIELD_LOG)
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
