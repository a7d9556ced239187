/*
 * Reading fields: the sealed document with the own draft laid over it, into the values a
 * view shows. Used by the views and the commands of this room.
 */
#ifndef KITH_COACHING_FIELDS_H
#define KITH_COACHING_FIELDS_H

#include "core/coaching/views.h"

/* One field (of a family: one key); false when it holds nothing. In the transaction's
 * arena. */
bool fields_read(struct notebook_txn *txn, const struct leaf *leaf,
	const struct field_schema *schema, struct bytes key, struct view_field *out);

/* All fields that hold something, in the schema's order, into `out`. */
void fields_read_all(
	struct notebook_txn *txn, const struct leaf *leaf, struct view_document *out);

/* Add to `out` the records of the logs of `copy`, which the partner called `with` holds.
 */
void fields_add_answers(struct notebook_txn *txn, const struct leaf *copy,
	const char *with, struct view_document *out);

#endif
