/*
 * What becomes of a document that ends: taken back, dropped, or closed with its space
 * (DESIGN §4.6). Nobody's words vanish, and nobody keeps the other's.
 */
#ifndef KITH_NOTEBOOK_ENDING_H
#define KITH_NOTEBOOK_ENDING_H

#include "core/notebook/space.h"

/*
 * End a document of `space` that `who` ended, here and now: what is to be kept becomes
 * private, the rest goes with its keys. Its id never comes back. `here`: decided in this
 * store, by its user.
 */
MUST_USE enum err ending_apply(struct notebook_txn *txn, struct space *space,
	struct id document, enum section_type type, const struct person_id *who,
	bool here, struct why *why);

/* Every document of the space, when `who` closed it; `but` (may be NULL) this one. */
MUST_USE enum err ending_close(struct notebook_txn *txn, struct space *space,
	const struct person_id *who, const struct id *but, struct why *why);

/* The ids of all documents of a space; in the transaction's arena. */
MUST_USE enum err ending_documents(struct notebook_txn *txn, struct id space,
	struct id **out, size_t *count, struct why *why);

#endif
