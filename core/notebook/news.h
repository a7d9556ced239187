/*
 * News: what came from a partner between two looks at the notebook, document by document,
 * for the digest people read after a sync (DOMAIN §5.3).
 */
#ifndef KITH_NOTEBOOK_NEWS_H
#define KITH_NOTEBOOK_NEWS_H

#include "core/crdt/vector.h"
#include "core/notebook/people.h"

/* How far the partner's words went, and which documents there were, at one moment. */
struct news_mark {
	struct vector seen; /* owned, as the next */
	struct id *ids;     /* of every document, in order */
	size_t count;
};

/* Errors: those of the store. */
MUST_USE enum err news_mark(
	struct notebook_txn *txn, struct partner *partner, struct news_mark *out);
void news_mark_release(struct news_mark *mark);

struct news {
	struct id *fresh; /* of the partner's, new here; borrowed from the transaction */
	struct id *changed; /* that were here, and the partner wrote in them */
	size_t fresh_count, changed_count;
	size_t gone; /* that were here, and the partner ended */
};

/* What the partner's entries since then came to. Costs the entries that came, not the
 * documents there are. Errors: those of the store. */
MUST_USE enum err news_since(struct notebook_txn *txn, struct partner *partner,
	const struct news_mark *mark, struct news *out);

#endif
