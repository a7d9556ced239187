#include "core/coaching/export.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/tr.h"
#include "core/coaching/handover.h"
#include "core/coaching/writing.h"

/* ---- What goes. */

static bool is_kind(const struct leaf *leaf, const char *name)
{
	return strcmp(leaf->head->kind->name, name) == 0;
}

static bool is_my_own(struct notebook_txn *txn, const struct leaf *leaf)
{
	return person_equal(leaf->head->owner, notebook_me(txn_notebook(txn))->person);
}

/* The document that a reference leads to; NULL. */
static struct leaf *referred(
	struct notebook_txn *txn, const struct leaf *leaf, const char *field)
{
	struct leaf *out = NULL;
	struct id id = have_ref(txn, leaf, field);
	return !id_is_zero(id) && leaf_open(txn, id, &out, NULL) == OK ? out : NULL;
}

/* Whether a document leads to a lesson that is not known to be mine: a plan that was
 * taken back is not here to say so. */
static bool is_about_others(
	struct notebook_txn *txn, const struct leaf *leaf, const char *field)
{
	const struct leaf *about = referred(txn, leaf, field);
	if (about == NULL)
		return !id_is_zero(have_ref(txn, leaf, field));
	return !is_my_own(txn, about);
}

/* Whether it is data of a lesson that somebody else taught: the plan, what was seen, what
 * both wrote about it, the lines for own eyes. */
static bool is_others_lesson(struct notebook_txn *txn, const struct leaf *leaf)
{
	const struct leaf *about;
	if (is_kind(leaf, "visit"))
		return !is_my_own(txn, leaf);
	if (is_kind(leaf, "session"))
		return !is_my_own(txn, leaf) || is_about_others(txn, leaf, "visit");
	if (is_kind(leaf, "page"))
		return is_about_others(txn, leaf, "visit");
	if (!is_kind(leaf, "note"))
		return false;
	about = referred(txn, leaf, "about");
	return about != NULL && is_kind(about, "session") && is_others_lesson(txn, about);
}

/* What was kept at the end of a pair still says in its head who else wrote in it. */
static bool is_mine_alone(struct notebook_txn *txn, const struct leaf *leaf)
{
	return leaf->head->kind->owner != OWNER_BOTH && !is_kind(leaf, "quote") &&
	       is_my_own(txn, leaf) && leaf->head->role != ROLE_EDIT;
}

static enum left_out reason_of(struct notebook_txn *txn, const struct export_scope *scope,
	const struct leaf *leaf)
{
	bool held = false;
	if (is_kind(leaf, "names"))
		return LEFT_NAME_KEY;
	if (scope->kind != NULL && leaf->head->kind != scope->kind)
		return LEFT_KIND;
	if (is_others_lesson(txn, leaf))
		return LEFT_LESSON;
	if (feedback_is_held_back(txn, leaf->id, &held, NULL) == OK && held)
		return LEFT_HELD;
	if (scope->mine_only && !is_mine_alone(txn, leaf))
		return LEFT_NOT_MINE;
	return LEFT_NOT;
}

enum err export_choose(struct notebook_txn *txn, const struct export_scope *scope,
	struct export_choice *out, struct why *why)
{
	const struct id *ids;
	size_t count;
	*out = (struct export_choice){0};
	enum err e = leaf_all(txn, &ids, &count, why);
	if (e != OK)
		return e;
	struct view_order *order = arena_array(txn_arena(txn), count, sizeof *order);
	for (size_t i = 0; i < count; i++) {
		struct leaf *leaf;
		e = leaf_open(txn, ids[i], &leaf, why);
		if (e == ERR_NOT_FOUND)
			continue; /* of this one only hashes are here */
		if (e != OK)
			return e;
		if (!id_is_zero(leaf->master))
			continue; /* it follows one of mine, which goes */
		enum left_out reason = reason_of(txn, scope, leaf);
		out->left[reason]++;
		out->seen++;
		if (reason == LEFT_NOT)
			order[out->count++] = view_order(txn, leaf);
	}
	if (out->count > 1)
		qsort(order, out->count, sizeof *order, view_order_compare);
	out->ids = arena_array(txn_arena(txn), out->count, sizeof *out->ids);
	for (size_t i = 0; i < out->count; i++)
		out->ids[i] = order[i].id;
	return OK;
}

const char *export_left_text(struct arena *arena, enum left_out reason, size_t count)
{
	switch (reason) {
	case LEFT_NAME_KEY:
		return arena_text(arena, tr("the names of your pupils"));
	case LEFT_LESSON:
		return arena_format(arena,
			tr_n("%zu document of lessons that your partners taught",
				"%zu documents of lessons that your partners taught",
				count),
			count);
	case LEFT_HELD:
		return arena_format(arena,
			tr_n("%zu piece of feedback that is held back",
				"%zu pieces of feedback that are held back", count),
			count);
	case LEFT_NOT_MINE:
		return arena_format(arena,
			tr_n("%zu document that a partner wrote, or both of you",
				"%zu documents that a partner wrote, or both of you",
				count),
			count);
	case LEFT_KIND:
		return arena_format(arena,
			tr_n("%zu document of another kind",
				"%zu documents of other kinds", count),
			count);
	case LEFT_NOT:
	case LEFT_REASONS:
		break;
	}
	return "";
}

/* ---- A document without what others wrote into it. */

static bool is_others(struct notebook_txn *txn, const struct view_item *item)
{
	return item->with != NULL ||
	       (item->has_by &&
		       !person_equal(item->by, notebook_me(txn_notebook(txn))->person));
}

/* Of what was kept at the end of a pair, no record says any more whose it is. */
static bool is_anybodys(
	const struct view_document *document, const struct field_schema *field)
{
	return document->is_private && document->head->role != ROLE_READ &&
	       field->type == FIELD_LOG && field->who == WHO_COMMENT;
}

/* What was seen in my lesson is mine, whoever wrote it down; what the observer said to a
 * moment of it is theirs. */
static bool is_evidence(const struct field_schema *field)
{
	return field->who == WHO_CREATOR && strcmp(field->name, "moments") != 0;
}

static void keep_mine(struct notebook_txn *txn, struct view_document *document)
{
	size_t fields = 0;
	for (size_t i = 0; i < document->field_count; i++) {
		struct view_field *field = &document->fields[i];
		size_t kept = 0;
		for (size_t k = 0; k < field->count; k++)
			if (is_evidence(field->schema) ||
				!(is_others(txn, &field->items[k]) ||
					is_anybodys(document, field->schema)))
				field->items[kept++] = field->items[k];
		field->count = kept;
		if (kept > 0)
			document->fields[fields++] = *field;
	}
	document->field_count = fields;
}

/* A document without a title of its own has that of what it is about: a plan's words are
 * not mine to take out under a reflection. */
static const char *own_title(
	struct notebook_txn *txn, const struct view_document *document)
{
	struct leaf *leaf;
	if (document->head->kind->title[0] == NULL ||
		strcmp(document->head->kind->title[0], "visit") != 0 ||
		leaf_open(txn, document->id, &leaf, NULL) != OK ||
		!is_about_others(txn, leaf, "visit"))
		return document->title;
	return arena_format(txn_arena(txn), tr("%s on a partner's lesson"),
		tr_in("kind", document->head->kind->name));
}

enum err export_view(struct notebook_txn *txn, const struct export_scope *scope,
	struct export_guard *guard, struct id id, struct view_document *out,
	struct why *why)
{
	enum err e = view_document(txn, id, out, why);
	if (e != OK)
		return e;
	if (scope->mine_only)
		keep_mine(txn, out);
	out->title = own_title(txn, out);
	export_guard_document(txn, guard, out);
	return OK;
}
