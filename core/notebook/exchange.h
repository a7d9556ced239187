/*
 * What two nodes say to each other about the one space they share, as bytes; the half of
 * sync that knows the notebook (DESIGN §6.3). net/protocol/sync.h decides what is said
 * when. All MessagePack in shortest form:
 *
 *   claim    = [own list's number, number of the other's list held, flags,
 *               [[device bin 16, incarnation bin 8, seq, head hash bin 32] …], sum bin 32
 * or nil] push     = [[[device, incarnation, seq, hash of that entry] …],
 *               [[index of the log above, entry] …], more bool, claim or nil]
 *   fetch    = [[log id bin 8, seq] …]
 *   sections = [[log id bin 8, entry] …]
 *   ask      = [log id bin 8, from, count]
 *   hashes   = [log id bin 8, from, [hash bin 32 …]]
 *   states   = [[document id bin 16, state hash bin 32] …]
 *
 * Every function works in a transaction that the caller commits; after an error it is
 * aborted, and nothing has changed.
 */
#ifndef KITH_NOTEBOOK_EXCHANGE_H
#define KITH_NOTEBOOK_EXCHANGE_H

#include "core/notebook/apply.h"

#define EXCHANGE_CLAIM_MAX  ((size_t)32 * 1024)
#define EXCHANGE_PUSH_MAX   ((size_t)2 << 20) /* of one push or answer, one entry more */
#define EXCHANGE_FETCH_MAX  1024u             /* entries asked for at a time */
#define EXCHANGE_HASHES_MAX 1024u
#define EXCHANGE_STATES_MAX 8192u

/* Append what this store holds of the partner's space. */
MUST_USE enum err exchange_claim(struct notebook_txn *txn, struct partner *partner,
	struct buf *out, struct why *why);

/* What a claim of the other side means here. */
struct heard {
	/* What they hold; with a fork between us, of which nothing is to be pushed before
	 * it is healed, also all that is here. Owned: heard_release() */
	struct vector theirs;
	bool list_behind; /* they hold an old list of my devices */
	bool list_ahead;  /* they have a newer list of theirs */
	bool i_lack, they_lack;
	bool equal;    /* the vectors are */
	bool verified; /* and the sums: recorded with the partner */
	bool differ;   /* and yet the sums are not */
	bool restored; /* more of my own log is there: this store went on in a new one */
	bool my_fork;  /* another entry of mine stands, or may stand, there: ask about
			  `log` */
	bool their_fork;
	bool stale; /* carried, and older than what is known: nothing was taken in */
	struct log_id log;
	uint64_t seq;
};
void heard_release(struct heard *heard);

/*
 * Take in a claim of the partner's `device`: into the ledger, and what follows from it.
 * Errors: ERR_CORRUPT, ERR_TOO_BIG, ERR_REFUSED (logs of strangers).
 */
MUST_USE enum err exchange_hear(struct notebook_txn *txn, struct partner *partner,
	struct id device, struct bytes claim, struct heard *out, struct why *why);

/* How a claim came that was not said but carried, in a bundle: what its writer had read
 * of ours by then. */
struct carried {
	bool since_met;  /* one that was written since the two last met */
	bool since_pull; /* one that was written since own history last had to come back:
			    so they know how much of it is here */
};

/*
 * The same for a claim in a bundle. It may be old, so it ends no wait for own history
 * unless it was made since; and where it says nothing more than is known, and may be from
 * before the two last met, it is `stale`. Errors: as exchange_hear().
 */
MUST_USE enum err exchange_hear_carried(struct notebook_txn *txn, struct partner *partner,
	struct id device, struct bytes claim, const struct carried *carried,
	struct heard *out, struct why *why);

/*
 * Append a push of what a holder of `theirs` lacks, at most about `max` bytes, and move
 * `theirs` on by it. `more`: something is left. With the last one goes a claim. Nothing
 * is appended where nothing lacks.
 */
MUST_USE enum err exchange_push(struct notebook_txn *txn, struct partner *partner,
	struct vector *theirs, size_t max, struct buf *out, bool *more, struct why *why);

/* What a push brought. `claim` borrows the push; empty: none in it. */
struct taken {
	struct apply_came came;
	bool more;
	struct bytes claim;
};

/*
 * Verify a push wholly, then apply it.
 * Errors: ERR_CORRUPT, ERR_TOO_BIG, ERR_GAP, ERR_FORK, ERR_AUTH, ERR_REFUSED; ERR_FULL
 * when what this partner may bring is used up.
 */
MUST_USE enum err exchange_take(struct notebook_txn *txn, struct partner *partner,
	struct bytes push, struct taken *out, struct why *why);

/* ---- How much a partner may bring: bytes of entries (DESIGN §4.7). */

struct exchange_room {
	uint64_t used, most;
};

MUST_USE enum err exchange_room(struct notebook_txn *txn, struct partner *partner,
	struct exchange_room *out, struct why *why);
MUST_USE enum err exchange_set_room(struct notebook_txn *txn, struct partner *partner,
	uint64_t most, struct why *why);
/* Keep for the teacher why a push was not taken: in their language, shown by status. */
MUST_USE enum err exchange_note(
	struct notebook_txn *txn, struct partner *partner, const char *sentence);

/* ---- Repair: sections that nobody took back and that are not here. */

/* Append a fetch of what is missing; nothing when all is here. */
MUST_USE enum err exchange_fetch(struct notebook_txn *txn, struct partner *partner,
	struct buf *out, struct why *why);
MUST_USE enum err exchange_give(struct notebook_txn *txn, struct partner *partner,
	struct bytes fetch, struct buf *out, struct why *why);
MUST_USE enum err exchange_fill(struct notebook_txn *txn, struct partner *partner,
	struct bytes sections, struct why *why);

/* Rebuild this side's documents from their entries. */
MUST_USE enum err exchange_rebuild(
	struct notebook_txn *txn, struct partner *partner, struct why *why);

/* ---- A fork of my own log: find what both have, give up what follows it here. */

void exchange_ask(struct log_id log, uint64_t upto, struct buf *out);
MUST_USE enum err exchange_hashes(struct notebook_txn *txn, struct partner *partner,
	struct bytes ask, struct buf *out, struct why *why);

/* `again`: the common part lies before these; ask for those up to `upto`. */
MUST_USE enum err exchange_heal(struct notebook_txn *txn, struct partner *partner,
	struct bytes hashes, bool *again, struct log_id *log, uint64_t *upto,
	struct why *why);

/* ---- When all else failed: which documents differ. */

MUST_USE enum err exchange_states(struct notebook_txn *txn, struct partner *partner,
	struct buf *out, struct why *why);
MUST_USE enum err exchange_compare(struct notebook_txn *txn, struct partner *partner,
	struct bytes states, struct why *why);

#endif
