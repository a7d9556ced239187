/*
 * The one door through which every entry enters, own or received: chain, authority, then
 * the documents (DESIGN §4.3).
 *
 * A batch is verified whole before the first write. What cannot be read is refused and
 * nothing changes; a section that may not do what it does is void, on every device, and
 * the user is told; what a newer schema added is kept and waits.
 */
#ifndef KITH_NOTEBOOK_APPLY_H
#define KITH_NOTEBOOK_APPLY_H

#include "core/notebook/space.h"

/* Who brought an entry here (SECURITY §5.1 "who vouches"). */
enum bringer {
	BRINGER_ME,      /* made in this store, just now, or replayed from it */
	BRINGER_PARTNER, /* the partner's device, in an authenticated session or bundle */
};

/* An entry and the log it stands in. */
struct apply_item {
	struct log_id log;
	struct entry entry;
	struct hash hash;
};

/* What a batch brought, for the user. */
struct apply_came {
	size_t entries;            /* new ones */
	size_t sections, voids;    /* of the partner's */
	struct id *documents;      /* touched; borrowed from the transaction */
	size_t document_count, document_cap;
};

/*
 * Verify a batch, in its order, against the space: numbers, chains, what was seen, own MACs.
 * Entries already here are skipped when they are the same. Changes nothing.
 *
 * Errors: ERR_GAP, ERR_FORK (with `fork` set), ERR_AUTH, ERR_REFUSED.
 */
MUST_USE enum err apply_check(struct notebook_txn *txn, struct space *space,
	struct apply_item *items, size_t count, enum bringer bringer, struct log_id *fork,
	struct why *why);

/* Apply a checked batch. Errors: only those of the store. */
MUST_USE enum err apply_batch(struct notebook_txn *txn, struct space *space,
	struct apply_item *items, size_t count, struct apply_came *came, struct why *why);

/* Rebuild the documents of a space from its entries alone; drafts stay. */
MUST_USE enum err apply_replay(struct notebook_txn *txn, struct space *space, struct why *why);

/* A newer kith opened the store: read what had to wait. */
MUST_USE enum err apply_waiting(struct notebook_txn *txn, struct why *why);

/* The entries of a space, from `after` on, in an order in which each stands after all it had seen. */
MUST_USE enum err apply_order(struct notebook_txn *txn, struct space *space,
	const struct vector *after, struct place_in_log **out, size_t *count);

struct place_in_log {
	struct log_id log;
	uint64_t seq, lamport;
};

#endif
