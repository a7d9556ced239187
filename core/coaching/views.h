/*
 * What a teacher sees: documents read from one look at the notebook, as plain values in
 * the transaction's arena. Nothing here changes anything.
 */
#ifndef KITH_COACHING_VIEWS_H
#define KITH_COACHING_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/notebook/notebook.h"
#include "core/notebook/people.h"

/* One value of a field, and whose it is. */
struct view_item {
	struct bytes value; /* text: UTF-8; else MessagePack (a log: the record, a map) */
	struct bytes id;    /* of a record of a log; else empty */
	struct person_id by;
	bool has_by;      /* a text has no single writer */
	const char *with; /* a record from the copy that this partner holds; NULL: of this
			     document */
};

/* A field, or one key of a family, that holds something. */
struct view_field {
	const struct field_schema *schema;
	struct bytes key;        /* of a family; else empty */
	struct view_item *items; /* register: the one shown first, then those that compete
				    with it */
	size_t count;
};

struct view_document {
	struct id id;
	char handle[HANDLE_TEXT];
	const struct document_head *head;
	const char *title;         /* one clean line; never empty */
	struct view_field *fields; /* in the schema's order */
	size_t field_count;
	const char **shared_with; /* what I call them */
	size_t shared_count;
	bool is_private;
	bool by_me; /* mine to take back */
	bool both_wrote;
	bool incomplete, unread;
	uint64_t shared_s;
};

/* One document with everything in it. Errors: as leaf_open(). */
MUST_USE enum err view_document(struct notebook_txn *txn, struct id id,
	struct view_document *out, struct why *why);

/*
 * A document exactly as the partner who shares it has it: sealed content only. Of one
 * that was never offered, no field.
 */
MUST_USE enum err view_as_partner(struct notebook_txn *txn, struct id id,
	struct view_document *out, struct why *why);

/* A line of a list. */
struct view_line {
	struct id id;
	char handle[HANDLE_TEXT];
	const struct kind_schema *kind;
	const char *title;
	const char **shared_with;
	size_t shared_count;
	bool both_wrote, is_partial; /* withheld, or newer than this version knows */
	enum role role;              /* of the partner, where it is not private */
};

/* The line of one document, which is not opened for it. Errors: ERR_NOT_FOUND. */
MUST_USE enum err view_line(
	struct notebook_txn *txn, struct id id, struct view_line *out, struct why *why);

/* What view_list() gives, without opening any of them. */
MUST_USE enum err view_lines(struct notebook_txn *txn, const struct kind_schema *kind,
	struct view_line **out, size_t *count, struct why *why);

/*
 * All documents, or those of one kind, by kind and title. The copies that follow a
 * document of mine are not listed: their partners stand in its `shared_with`.
 */
MUST_USE enum err view_list(struct notebook_txn *txn, const struct kind_schema *kind,
	struct view_document **out, size_t *count, struct why *why);

/* The field of that name and key, or NULL when it holds nothing. */
const struct view_field *view_field(
	const struct view_document *document, struct bytes name, struct bytes key);

/* A title alone: one clean line, "(empty note)" when there is none. */
const char *view_title(struct notebook_txn *txn, const struct leaf *leaf);

/* What documents are listed by: kind, then title. For qsort(): view_order_compare(). */
struct view_order {
	const struct kind_schema *kind;
	const char *title;
	struct id id;
};
struct view_order view_order(struct notebook_txn *txn, const struct leaf *leaf);
/* From its card. */
struct view_order view_order_of(struct notebook_txn *txn, struct id id);
int view_order_compare(const void *left, const void *right);

/* What I call a person: "me", a partner's name, or the beginning of an id. */
const char *view_person(struct notebook_txn *txn, const struct person_id *person);
const char *view_partner(const struct partner *partner);

/* A value for a person to read: a date, a word, a number, the title of what it refers to.
 */
const char *view_value(
	struct notebook_txn *txn, const struct field_schema *field, struct bytes packed);

#endif
