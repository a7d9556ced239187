#include "core/notebook/restore.h"

#include <string.h>

#include "core/base/tr.h"
#include "core/notebook/ending.h"
#include "core/notebook/internal.h"

enum err restore_note_draft(
	struct notebook_txn *txn, struct leaf_own *own, struct why *why)
{
	CLEAN_BUF struct buf words = {0};
	const struct person_id *me = &txn->notebook->me.person;
	/* What follows a document of mine is there still: only answers are new. */
	if (id_is_zero(own->leaf.master))
		document_words(NULL, own->leaf.draft, me, &words);
	else
		follow_answers(txn, NULL, own->leaf.draft, own->leaf.head, me, &words);
	enum err e = leaf_note(txn, buf_bytes(&words), why);
	draft_free(own->leaf.draft);
	own->leaf.draft = NULL;
	own->dirty_draft = true;
	leaf_place(txn, own);
	return e;
}

/* ---- A new incarnation. */

/* An open draft may have been sealed and sent in the history that was lost. A change to
 * what is sealed becomes a note at once. A birth waits until own history is back: the
 * document may come with it. */
static enum err set_aside(struct notebook_txn *txn, struct id document, struct why *why)
{
	struct leaf_own *own = NULL;
	enum err e = leaf_load(txn, document, &own);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	if (own->leaf.draft == NULL)
		return OK;
	own->restored = true;
	own->dirty_record = true;
	return own->leaf.sealed != NULL ? restore_note_draft(txn, own, why) : OK;
}

enum err restore_space(struct notebook_txn *txn, struct space *space, struct why *why)
{
	struct partner *partner = people_partner(txn, &space->partner);
	struct id *drafts = idset_copy(&space->drafts, &txn->arena);
	size_t count = space->drafts.count;
	space->has_own = false;
	space->pulling = true;
	vector_release(&space->target);
	trail_restart(&space->trail);
	space_touch(space);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count; i++)
		e = set_aside(txn, drafts[i], why);
	if (partner != NULL) {
		partner->identical = false;
		people_touch(txn, partner);
	}
	return e;
}

enum err restore_everywhere(struct notebook_txn *txn, struct why *why)
{
	struct partner *partners = NULL;
	size_t count = 0;
	enum err e = people_partners(txn, &partners, &count);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct space *space = NULL;
		e = space_open(txn, partners[i].space, &space);
		if (e == OK && partners[i].state != PARTNER_LEFT)
			e = restore_space(txn, space, why);
	}
	return e;
}

/* ---- Own history is back. */

static bool shown_already(
	struct notebook_txn *txn, const struct space *space, const struct leaf_own *born)
{
	struct leaf_copy *copies = NULL;
	size_t count = leaf_copies(txn, born->leaf.master, &copies);
	for (size_t i = 0; i < count; i++)
		if (person_equal(copies[i].partner, space->partner) &&
			!id_equal(copies[i].document, born->leaf.id))
			return true;
	return false;
}

/* The old log is continued by nobody, and only it could create that id. */
static enum err show_again(struct notebook_txn *txn, struct space *space,
	struct leaf_own *born, struct why *why)
{
	struct leaf_own *master = NULL, *copy = NULL;
	struct id before = born->leaf.id;
	const struct document_head *head = born->leaf.head;
	enum role role = head->role;
	enum way way = head->way;
	CLEAN_BUF struct buf words = {0};
	follow_answers(txn, NULL, born->leaf.draft, head, NULL, &words);
	enum err e = leaf_note(txn, buf_bytes(&words), why);
	if (e == OK)
		e = leaf_unlink(txn, born->leaf.master, before);
	bool again = e == OK && !shown_already(txn, space, born) &&
		     leaf_load(txn, born->leaf.master, &master) == OK;
	if (e == OK)
		e = leaf_forget(txn, born);
	if (e != OK || !again)
		return e;
	e = follow_birth(txn, space, master, role, way, &copy, why);
	return e == OK ? leaf_alias(txn, before, copy->leaf.id) : e;
}

/* It did not come back. What had moved is private again; what was to be made together is
 * a note. */
static enum err settle_birth(struct notebook_txn *txn, struct space *space,
	struct leaf_own *born, struct why *why)
{
	struct leaf_own *there = NULL;
	struct id from = born->from, before = born->leaf.id;
	if (!id_is_zero(born->leaf.master))
		return show_again(txn, space, born, why);
	if (id_is_zero(from) || leaf_load(txn, from, &there) == OK) {
		enum err e = restore_note_draft(txn, born, why);
		return e == OK ? leaf_forget(txn, born) : e;
	}
	enum err e = leaf_private_copy(txn, born, from, why);
	if (e == OK)
		e = leaf_load(txn, from, &there);
	if (e != OK)
		return e;
	there->shares = born->shares;
	e = leaf_forget(txn, born);
	return e == OK ? leaf_alias(txn, before, from) : e;
}

/* A document of mine that a partner is shown, and that is not here: made anew from what
 * they are shown. */
static enum err make_master(
	struct notebook_txn *txn, struct leaf_own *copy, struct why *why)
{
	struct id id = random_id();
	struct leaf_own *master = NULL;
	struct space *space = NULL;
	enum err e = leaf_private_copy(txn, copy, id, why);
	if (e == OK)
		e = leaf_load(txn, id, &master);
	if (e == OK)
		e = space_open(txn, copy->leaf.space, &space);
	if (e != OK)
		return e;
	const struct kind_schema *kind = copy->leaf.head->kind;
	for (size_t i = 0; e == OK && i < kind->field_count; i++) {
		const struct field_schema *field = &kind->fields[i];
		struct reading reading = {0};
		if (field->who != WHO_COMMENT || field->type != FIELD_LOG)
			continue;
		read_log(NULL, master->leaf.draft, field, &txn->arena, &reading);
		for (size_t k = 0; e == OK && k < reading.count; k++)
			e = draft_void(master->leaf.draft, NULL, field,
				reading.items[k].rid, &txn->notebook->me.person, why);
	}
	if (e != OK)
		return e;
	copy->leaf.master = id;
	copy->dirty_record = true;
	master->shares = 1;
	e = leaf_link(txn, id, copy->leaf.id, &space->partner);
	return e == OK ? follow_one(txn, space, copy, why) : e;
}

/* A shown document that is newer there than here: ours is that again, unless it was
 * changed since. */
static enum err bring_back(struct notebook_txn *txn, struct space *space,
	struct leaf_own *copy, struct why *why)
{
	const struct person_id *me = &txn->notebook->me.person;
	const struct document_head *head = copy->leaf.head;
	bool changed = false;
	if (copy->leaf.sealed == NULL || copy->leaf.unread || copy->leaf.incomplete ||
		head->way != WAY_SHOWN || !person_equal(head->owner, *me))
		return OK;
	if (id_is_zero(copy->leaf.master))
		return make_master(txn, copy, why);
	enum err e = follow_back(txn, space, copy, &changed, why);
	if (e == OK && changed)
		space_notice(space,
			"a %s came back as it was last shown: yours is that again",
			tr_in("kind", head->kind->name));
	if (e == OK)
		space_mark_follow(space, copy->leaf.id);
	return e;
}

enum err restore_pulled(struct notebook_txn *txn, struct space *space, struct why *why)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(txn, space->id, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(txn, ids[i], &own);
		if (e == ERR_NOT_FOUND) {
			e = OK;
			continue;
		}
		if (e != OK || own->leaf.head == NULL)
			continue;
		if (own->restored && own->leaf.sealed == NULL)
			e = settle_birth(txn, space, own, why);
		else
			e = bring_back(txn, space, own, why);
	}
	return e;
}
