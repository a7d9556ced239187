/*
 * For tests of this room: the teachers of the notebook's tests, at desks with the real
 * kinds of documents, and what they say in words.
 */
#ifndef KITH_TESTS_COACHING_DESK_H
#define KITH_TESTS_COACHING_DESK_H

#include "tests/test.h"

#include "core/coaching/commands.h"
#include "core/coaching/schema.h"
#include "core/coaching/views.h"
#include "tests/unit/notebook/meeting.h"

/* Test setup: all as they were first. Amina and Ben are paired. */
static inline int desks_again(void **state)
{
	(void)teachers_again(state);
	for (size_t i = 0; i < TEACHERS; i++) {
		teacher_close(&teachers[i]);
		teachers[i].schema = &coaching_schema;
		teacher_open(&teachers[i]);
	}
	return 0;
}

/* One change of one field, committed when it went well. `changed` of it, for OK. */
static inline enum err change(struct teacher *t, struct id id, enum edit_act act,
	const char *field, const char *key, const char *value, bool *changed,
	struct why *why)
{
	struct leaf *leaf = NULL;
	struct notebook_txn *txn = edit(t);
	assert_int_equal(leaf_open(txn, id, &leaf, NULL), OK);
	struct edit_words words = {
		.field = kind_field(leaf->head->kind, bytes_text(field)),
		.key = bytes_text(key),
		.value = bytes_text(value)};
	words.act = act;
	enum err e = coach_edit(txn, id, &words, changed, why);
	if (e == OK)
		done(txn);
	else
		notebook_abort(txn);
	return e;
}

static inline bool changes(struct teacher *t, struct id id, enum edit_act act,
	const char *field, const char *value)
{
	bool changed = false;
	struct why why = {0};
	enum err e = change(t, id, act, field, "", value, &changed, &why);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
	return changed;
}

static inline void refuses(struct teacher *t, struct id id, enum edit_act act,
	const char *field, const char *value, enum err wanted, const char *word)
{
	bool changed = false;
	struct why why = {0};
	assert_int_equal(change(t, id, act, field, "", value, &changed, &why), wanted);
	if (strstr(why.text, word) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", why.text, word);
}

static inline struct id new_goal(struct teacher *t, const char *wish)
{
	struct id id;
	struct why why = {0};
	struct goal_words words = {.wish = bytes_text(wish)};
	struct notebook_txn *txn = edit(t);
	enum err e = coach_goal(txn, &words, &id, &why);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
	done(txn);
	return id;
}

/* A field as a person reads it: values side by side with bars, "" for nothing. In the
 * transaction. */
static inline const char *shown(struct notebook_txn *txn,
	const struct view_document *document, const char *name, const char *key)
{
	const struct view_field *field =
		view_field(document, bytes_text(name), bytes_text(key));
	const char *out = "";
	for (size_t i = 0; field != NULL && i < field->count; i++)
		out = arena_format(txn_arena(txn), "%s%s%s", out, i > 0 ? "|" : "",
			field->schema->type == FIELD_TEXT
				? arena_string(txn_arena(txn), field->items[i].value)
				: view_value(txn, field->schema, field->items[i].value));
	return out;
}

static inline void check_shown(
	struct teacher *t, struct id id, const char *field, const char *wanted)
{
	struct view_document document;
	struct notebook_txn *txn = look(t);
	assert_int_equal(view_document(txn, id, &document, NULL), OK);
	assert_string_equal(shown(txn, &document, field, ""), wanted);
	notebook_abort(txn);
}

#endif
