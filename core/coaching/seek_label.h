/*
 * What seeking knows of one class and one seat: whether a document belongs to the class,
 * and whether a text names the seat, as "S14", "seat 14" or by the name kept for it.
 */
#ifndef KITH_COACHING_SEEK_LABEL_H
#define KITH_COACHING_SEEK_LABEL_H

#include "core/base/fold.h"
#include "core/notebook/notebook.h"

#define SEEK_MARKS_MAX 16u

/* A zeroed one admits everything and names nothing. In the transaction's arena. */
struct seek_label {
	struct bytes class; /* folded; empty: any */
	struct bytes seat;  /* "S14"; empty: all of the class */
	unsigned number;
	struct bytes marks[SEEK_MARKS_MAX]; /* folded: what names it in a text */
	size_t mark_count;
};

/* `class` may be NULL. Errors: ERR_USAGE for a seat without a class, ERR_INVALID for a
 * seat over 60 and an empty class. */
MUST_USE enum err seek_label_read(struct seek_label *out, struct notebook_txn *txn,
	const char *class, unsigned seat, struct why *why);

/* Whether a document may be about it: one of another class is not. `is_of_class`: it
 * belongs to this one. */
bool seek_label_admits(const struct seek_label *label, struct notebook_txn *txn,
	const struct leaf *leaf, bool *is_of_class);

/* Whether a folded text names it, as words of their own; where first, unless `out` holds
 * something already. */
bool seek_label_names(
	const struct seek_label *label, struct bytes folded, struct fold_span *out);

/* Whether this, of an event, is the seat. */
bool seek_label_seat(const struct seek_label *label, struct bytes subject);

/* Whether a record of the name key is of this class and seat. */
bool seek_label_record(const struct seek_label *label, struct notebook_txn *txn,
	const struct leaf *leaf, struct bytes record);

#endif
