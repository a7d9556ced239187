/*
 * Places where both wrote, and settling them (CLI.md "Both wrote").
 */
#ifndef KITH_NOTEBOOK_PLACES_H
#define KITH_NOTEBOOK_PLACES_H

#include "core/notebook/people.h"

struct place_both {
	struct id document;
	struct bytes field, key;   /* key: of a family, else empty */
	struct bytes mine, theirs; /* plain text; empty: what was deleted there */
	bool is_text;
	size_t mine_at, theirs_at; /* of a text: where they begin, as it was sealed */
	uint8_t mark[16];          /* stable name of the place */
};

/* The places of one document, or (zero id) of all, that were not settled yet; borrowed.
 */
MUST_USE enum err places_of(struct notebook_txn *txn, struct id document,
	struct place_both **out, size_t *count, struct why *why);

/* Whether a document has such a place. Cheap: looks at what was noted when entries came.
 */
bool places_has(struct notebook_txn *txn, const struct leaf *leaf);

enum keep { KEEP_MINE, KEEP_THEIRS, KEEP_BOTH };

/* Settle every place of that field. Errors: ERR_NOT_FOUND when there is none. */
MUST_USE enum err places_settle(struct notebook_txn *txn, struct id document,
	struct bytes field, enum keep keep, size_t *settled, struct why *why);

#endif
