/*
 * Two histories of one log: the branch that loses here is taken out again, and what was
 * written in it is kept as private notes (SECURITY §5.2).
 */
#include <string.h>

#include "core/crdt/change.h"
#include "core/crdt/value.h"
#include "core/notebook/apply.h"
#include "core/notebook/ending.h"
#include "core/notebook/internal.h"
#include "core/notebook/restore.h"

struct fork {
	struct notebook_txn *txn;
	struct space *space;
	struct vector kept; /* in each log, the last entry that stays */
	struct why *why;
};

/* ---- Which entries go: those of the log after the common part, and all that saw them.
 */

static bool saw(const struct entry *entry, struct log_id log, uint64_t common)
{
	for (size_t i = 0; i < entry->seen_count; i++)
		if (log_id_equal(entry->seen[i].log, log) && entry->seen[i].seq > common)
			return true;
	return false;
}

/* The first entry of a log that saw one which goes; everything after it saw it too. */
static enum err first_that_saw(struct fork *f, const struct space_log *log,
	struct log_id forked, uint64_t common, uint64_t *first)
{
	enum err e = OK;
	*first = 0;
	for (uint64_t seq = 1; e == OK && *first == 0 && seq <= log->seq; seq++) {
		struct kept_entry kept;
		e = space_get_entry(f->txn, f->space, log->id, seq, false, &kept);
		if (e == OK && saw(&kept.entry, forked, common))
			*first = seq;
		kept_entry_release(&kept);
	}
	return e;
}

/* To a fixed point: an entry that saw one which goes, goes. Each round takes a log back,
 * so there are no more rounds than logs squared. */
static enum err spread(struct fork *f, struct log_id log, uint64_t common)
{
	const struct person_id *me = &f->txn->notebook->me.person;
	for (size_t i = 0; i < f->space->log_count; i++) {
		const struct space_log *other = &f->space->logs[i];
		uint64_t first = 0;
		if (log_id_equal(other->id, log))
			continue;
		enum err e = first_that_saw(f, other, log, common, &first);
		if (e != OK)
			return e;
		if (first == 0 || vector_get(&f->kept, other->id) < first)
			continue;
		if (!person_equal(other->person, *me))
			return because(f->why, ERR_FORK,
				"your partner built on words that a copy of this "
				"notebook "
				"does not have: only pairing again helps");
		vector_set(&f->kept, other->id, first - 1);
		e = spread(f, other->id, first - 1);
		if (e != OK)
			return e;
	}
	return OK;
}

/* ---- What was written in them. */

static void add_line(struct buf *out, struct bytes text)
{
	if (text.len == 0)
		return;
	if (out->len > 0)
		buf_add_u8(out, '\n');
	buf_add(out, text);
}

static void op_words(const struct op *op, struct buf *out)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf plain = {0};
	struct text_change change;
	switch (op->act) {
	case OP_WRITE:
	case OP_ADD:
	case OP_APPEND:
		value_plain(op->value, &plain);
		break;
	case OP_TEXT:
		if (text_change_decode(op->change, &arena, &change) == OK)
			buf_add(&plain, change.text);
		break;
	case OP_REMOVE:
	case OP_VOID:
		break;
	}
	add_line(out, buf_bytes(&plain));
}

static void section_words(const struct section *section, struct buf *out)
{
	for (size_t i = 0; i < section->field_count; i++)
		for (size_t k = 0; k < section->fields[i].count; k++)
			op_words(&section->fields[i].ops[k], out);
}

/* A take-back is said again; an end of the space too. */
static void end_again(struct fork *f, struct id document, enum section_type type)
{
	struct space *s = f->space;
	for (size_t i = 0; i < s->end_count; i++)
		if (id_equal(s->ends[i].document, document))
			return;
	space_add_end(s, &(struct space_end){.document = document, .type = type});
}

static enum err note_section(
	struct fork *f, const struct entry_section *section, bool *ends)
{
	struct section_head head;
	struct section whole = {0};
	struct leaf_own *own = NULL;
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf words = {0};
	*ends = false;
	if (section->withheld || section_peek(section->rest, &head) != OK)
		return OK;
	enum section_type type = head.type;
	section_head_release(&head);
	if (type != SECTION_CREATE && type != SECTION_EDIT) {
		*ends = true;
		end_again(f, section->document, type);
		return OK;
	}
	if (leaf_load(f->txn, section->document, &own) != OK || own->leaf.head == NULL)
		return OK;
	/* What follows a document of mine is there still; what is born again has it all.
	 */
	if (!id_is_zero(own->leaf.master) || own->born == 0)
		return OK;
	const struct kind_schema *kind =
		type == SECTION_EDIT ? own->leaf.head->kind : NULL;
	if (section_decode(
		    section->rest, f->txn->notebook->schema, kind, &arena, &whole) == OK)
		section_words(&whole, &words);
	section_head_release(&whole.head);
	return leaf_note(f->txn, buf_bytes(&words), f->why);
}

/* ---- Taking them out. */

static enum err take_out(struct fork *f, struct log_id log, uint64_t seq)
{
	struct kept_entry kept;
	enum err e = space_get_entry(f->txn, f->space, log, seq, true, &kept);
	for (size_t i = 0; e == OK && i < kept.entry.section_count; i++) {
		bool ends = false;
		e = note_section(f, &kept.entry.sections[i], &ends);
	}
	kept_entry_release(&kept);
	return e == OK ? space_drop_entry(f->txn, f->space, log, seq) : e;
}

static enum err take_out_all(struct fork *f)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < f->space->log_count; i++) {
		struct space_log *log = &f->space->logs[i];
		uint64_t kept = vector_get(&f->kept, log->id);
		for (uint64_t seq = kept + 1; e == OK && seq <= log->seq; seq++)
			e = take_out(f, log->id, seq);
		log->seq = kept;
		if (log->common > kept)
			log->common = kept;
	}
	return e;
}

/* Open drafts stand on ground that goes: notes keep them. */
static enum err note_drafts(struct fork *f)
{
	size_t count = f->space->drafts.count;
	struct id *drafts = idset_copy(&f->space->drafts, &f->txn->arena);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(f->txn, drafts[i], &own);
		if (e == OK && own->leaf.draft != NULL && own->born > 0)
			e = restore_note_draft(f->txn, own, f->why);
		if (e == ERR_NOT_FOUND)
			e = OK;
	}
	return e;
}

/* What the branch created is not sealed any more: with all it holds it waits, like any
 * birth, until own history is back (restore_pulled()). */
static enum err unseal_births(struct fork *f)
{
	static const uint8_t no_nonce[16];
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(f->txn, f->space->id, &ids, &count, f->why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(f->txn, ids[i], &own);
		if (e != OK || own->leaf.sealed == NULL ||
			own->born <= vector_get(&f->kept, own->born_log))
			continue;
		struct draft *birth = draft_flatten(
			own->leaf.sealed, own->leaf.draft, random_id(), own->leaf.head);
		draft_rebirth(birth, no_nonce, &f->kept);
		draft_free(own->leaf.draft);
		own->leaf.draft = birth;
		own->restored = own->dirty_draft = own->dirty_record = true;
		own->born = 0;
		space_mark_draft(f->space, own->leaf.id);
	}
	return e;
}

/* Of documents that the branch alone had, nothing is left but their names. */
static enum err forget_unborn(struct fork *f)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(f->txn, f->space->id, &ids, &count, f->why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(f->txn, ids[i], &own);
		if (e != OK || own->leaf.sealed != NULL || own->leaf.draft != NULL ||
			own->leaf.incomplete || own->leaf.unread)
			continue;
		e = leaf_forget(f->txn, own);
	}
	return e;
}

enum err restore_fork(struct notebook_txn *txn, struct space *space, struct log_id log,
	uint64_t common, struct why *why)
{
	struct fork f = {.txn = txn, .space = space, .why = why};
	space_vector(space, &f.kept);
	vector_set(&f.kept, log, common);
	enum err e = spread(&f, log, common);
	if (e == OK)
		e = unseal_births(&f);
	if (e == OK)
		e = note_drafts(&f);
	if (e == OK)
		e = take_out_all(&f);
	if (e == OK)
		e = apply_replay(txn, space, why);
	if (e == OK)
		e = forget_unborn(&f);
	if (e == OK)
		e = restore_space(txn, space, why);
	vector_release(&f.kept);
	if (e != OK)
		return e;
	space_notice(space,
		"two copies of this notebook were used: what only one of them "
		"said is in private notes now");
	return OK;
}
