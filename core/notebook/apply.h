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
	BRINGER_ME,      /* made in this store, just now */
	BRINGER_PARTNER, /* the partner's device, in an authenticated session or bundle */
	BRINGER_STORE,   /* replayed from this store */
};

/* An entry and the log it stands in. `hash`, `lamport`, `known` are apply_check()'s. */
struct apply_item {
	struct log_id log;
	struct entry entry;
	struct hash hash;
	uint64_t lamport;
	bool known; /* it is here already */
};

/* What a batch brought, for the user. */
struct apply_came {
	size_t entries;         /* new ones */
	size_t sections, voids; /* of the partner's */
	struct id *documents;   /* touched; owned, release with apply_came_release() */
	size_t document_count, document_cap;
};
void apply_came_release(struct apply_came *came);

/*
 * Verify a batch, in its order, against the space: numbers, chains, what was seen, own
 * MACs. The logs must be known to the space. Changes nothing.
 *
 * Errors: ERR_GAP, ERR_FORK (`fork` is the log), ERR_AUTH, ERR_REFUSED; those of the
 * store.
 */
MUST_USE enum err apply_check(struct notebook_txn *txn, struct space *space,
	struct apply_item *items, size_t count, enum bringer bringer, struct log_id *fork,
	struct why *why);

/* Apply a checked batch. Errors: those of the store; ERR_VOID for a void section of
 * BRINGER_ME. `came` (may be NULL) is added to. */
MUST_USE enum err apply_batch(struct notebook_txn *txn, struct space *space,
	struct apply_item *items, size_t count, enum bringer bringer,
	struct apply_came *came, struct why *why);

/* Rebuild the documents of a space from its entries alone; drafts stay. */
MUST_USE enum err apply_replay(
	struct notebook_txn *txn, struct space *space, struct why *why);

/* A newer kith opened the store: read what had to wait. */
MUST_USE enum err apply_waiting(struct notebook_txn *txn, struct why *why);

struct place_in_log {
	struct log_id log;
	uint64_t seq, lamport;
};

/* The entries of a space, from `after` on, in an order in which each stands after all it
 * had seen. In the transaction's arena. */
MUST_USE enum err apply_order(struct notebook_txn *txn, struct space *space,
	const struct vector *after, struct place_in_log **out, size_t *count);

#endif
