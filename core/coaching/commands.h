/*
 * What a teacher wants, turned into edits of documents, or into the reason why not.
 *
 * Every function works in a transaction that the caller commits.
 */
#ifndef KITH_COACHING_COMMANDS_H
#define KITH_COACHING_COMMANDS_H

#include <stdbool.h>

#include "core/notebook/notebook.h"
#include "core/notebook/people.h"

/*
 * The document that a person means: by a handle, or by a part of a title that only it
 * has. Errors: ERR_NOT_FOUND; ERR_AMBIGUOUS, with the candidates in `why`.
 */
MUST_USE enum err coach_find(
	struct notebook_txn *txn, const char *words, struct id *out, struct why *why);

/* The same where documents of some kinds (NULL-terminated) are meant: their titles are
 * looked at first, so that a visit is not taken for what was seen in it, which has its
 * title. Only where none of them fits is it another kind. */
MUST_USE enum err coach_find_as(struct notebook_txn *txn, const char *words,
	const char *const *kinds, struct id *out, struct why *why);

/* A new goal; any but `wish` may be NULL. */
struct goal_words {
	struct bytes wish;
	const char *why, *measured_by, *by;
};
MUST_USE enum err coach_goal(struct notebook_txn *txn, const struct goal_words *words,
	struct id *out, struct why *why);

/* A new note; `about` (may be NULL) is the document it is about. */
MUST_USE enum err coach_note(struct notebook_txn *txn, struct bytes body,
	const struct id *about, struct id *out, struct why *why);

/* A new page that both write from its birth. */
MUST_USE enum err coach_page(struct notebook_txn *txn, const char *title,
	const struct partner *partner, struct id *out, struct why *why);

enum edit_act {
	EDIT_SET,     /* this and nothing else; empty: nothing at all */
	EDIT_ADD,     /* to a set */
	EDIT_REMOVE,  /* from a set; of a log the record with this id */
	EDIT_APPEND,  /* a line to a text, a record to a log */
	EDIT_REWRITE, /* a text that was made from `base` */
};

/* One change of one field, in words. */
struct edit_words {
	enum edit_act act;
	const struct field_schema *field;
	struct bytes key; /* of a family; else empty */
	struct bytes value;
	struct bytes base; /* EDIT_REWRITE alone */
};

/*
 * Do it. `changed`: whether the document is another now.
 * Errors: ERR_INVALID for a value outside the schema, ERR_TOO_BIG, ERR_REFUSED for an act
 * that the field's type does not know or a field that is not mine to write, ERR_NOT_FOUND
 * for a reference or record that is not here.
 */
MUST_USE enum err coach_edit(struct notebook_txn *txn, struct id document,
	const struct edit_words *words, bool *changed, struct why *why);

/* The text of a text field as it is now, own draft included. Borrowed from the
 * transaction. */
MUST_USE enum err coach_text(struct notebook_txn *txn, struct id document,
	const struct field_schema *field, struct bytes key, struct bytes *out,
	struct why *why);

#endif
