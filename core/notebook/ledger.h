/*
 * The ledger: what a partner can see, since when, and whether it arrived (DESIGN §6.2,
 * P8).
 */
#ifndef KITH_NOTEBOOK_LEDGER_H
#define KITH_NOTEBOOK_LEDGER_H

#include "core/notebook/share.h"

struct ledger_line {
	struct id document;
	struct person_id partner;
	bool by_me; /* mine to take back; false: the partner's */
	enum reach reach;
	uint64_t since_s; /* when it was shared here; 0: unknown */
	uint64_t held_s;  /* when the partner's device said so; 0: not yet */
	bool pending;     /* work on it waits to be offered */
};

/* Every document of the pair's space; borrowed from the transaction. */
MUST_USE enum err ledger_of(struct notebook_txn *txn, struct partner *partner,
	struct ledger_line **out, size_t *count, struct why *why);

/* What is known of one document. */
MUST_USE enum err ledger_line(struct notebook_txn *txn, struct id document,
	struct ledger_line *out, struct why *why);

/* How many documents, take-backs and the like wait to be offered to the partner. */
size_t ledger_pending(struct notebook_txn *txn, struct partner *partner);

/* What was refused, void or unread, newest first: sentences for `status`. */
size_t ledger_notices(
	struct notebook_txn *txn, struct partner *partner, const char ***out);

#endif
