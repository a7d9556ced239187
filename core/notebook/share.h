/*
 * The deliberate acts: sharing, taking back, dropping, ending a pair (DESIGN §§4.1, 4.6).
 */
#ifndef KITH_NOTEBOOK_SHARE_H
#define KITH_NOTEBOOK_SHARE_H

#include "core/notebook/people.h"

/*
 * Share a private document with a partner. With the role ROLE_EDIT, or where the kind
 * says so, the document moves: from now on it lives in the pair's space. Otherwise it is
 * shown: the pair's document follows it.
 *
 * `there`: the document in the pair's space. Errors: ERR_REFUSED with the reason (kind is
 * local, role not offered, already shared, former partner). For a provisional partner it
 * waits: nothing is offered before the two have met.
 */
MUST_USE enum err share_document(struct notebook_txn *txn, struct id document,
	struct partner *partner, enum role role, struct id *there, struct why *why);

/* The role a kind is shared with unless another is asked for. */
enum role share_default_role(const struct kind_schema *kind);

enum reach {
	REACH_NOT_SENT,      /* nothing of it was ever offered */
	REACH_MAY_HAVE_LEFT, /* offered, not acknowledged */
	REACH_HELD,          /* the partner's device said that it holds it */
};

/*
 * Take back: `document` is in a pair's space, or a master that `partner` (or everybody,
 * for NULL) sees. Called once for each document of a pair's space; `was` says what the
 * ledger knew. Where nothing ever left, nothing is said, and what had moved is private
 * again (`back`, else zero). Errors: ERR_REFUSED when it is not the caller's to take
 * back.
 */
MUST_USE enum err share_takeback(struct notebook_txn *txn, struct id document,
	enum reach *was, struct id *back, struct why *why);

/* Drop: my copy of what a partner shared, or my part in what is together. */
MUST_USE enum err share_drop(
	struct notebook_txn *txn, struct id document, struct why *why);

/* End the pair. What was shown is taken back, all else ends with a private copy on each
 * side. `last` (may be NULL): a document of mine in the pair's space that was not offered
 * yet; it goes out with the end, and each keeps a copy. */
MUST_USE enum err share_unpair(struct notebook_txn *txn, struct partner *partner,
	const struct id *last, struct why *why);

/* Carry what changed in shown documents into the pair's drafts (DESIGN §4.1), before
 * offering. */
MUST_USE enum err share_follow(
	struct notebook_txn *txn, struct partner *partner, struct why *why);

#endif
