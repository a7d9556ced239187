/*
 * Classes and rooms: how many sit where. A room is rows of cells, each a seat's number or
 * nothing; seats are numbered row by row from the front (SCHEMA.md, class, room).
 */
#ifndef KITH_COACHING_ROOM_H
#define KITH_COACHING_ROOM_H

#include "core/coaching/drawing.h"
#include "core/notebook/notebook.h"

#define ROOM_SIDE 20u

struct class_words {
	const char *label, *subject, *room;
	int64_t size; /* 0: not said */
};
/* A new class, or the one of that label changed. Errors: ERR_INVALID for a size outside
 * 1 … 60 or no label. */
MUST_USE enum err coach_class(struct notebook_txn *txn, const struct class_words *words,
	struct id *out, struct why *why);

/* A cell without a seat: column and row from 1, as "c3" is the whole third column, "r2"
 * the second row, "c3r2" one cell. */
struct room_words {
	const char *label;
	unsigned rows, columns;
	const char *const *gaps;
	size_t gap_count;
};
/* A new room, or the one of that label drawn anew. Errors: ERR_INVALID for more than 20
 * rows or columns, a gap outside, a room without a seat, or with more than 60. */
MUST_USE enum err coach_room(struct notebook_txn *txn, const struct room_words *words,
	struct id *out, struct why *why);

/* Where the seats of a room stand; in the transaction's arena. False when it is no room.
 */
bool room_plan(struct notebook_txn *txn, struct id room, struct floor_plan *out);

/* The document of a kind whose `label` is this; zero where there is none. */
MUST_USE enum err labelled(struct notebook_txn *txn, const char *kind, const char *label,
	struct id *out, struct why *why);

#endif
