/*
 * Words: of each document the texts that a person may seek, folded (core/base/fold.h), so
 * that a search opens only what has them. They lie together, sealed, in 1,024 pages by
 * the first ten bits of a document's id.
 *
 * Like a card (core/notebook/card.h) they are a copy and never the truth: of what a
 * transaction has changed they are made from the document, and a document without them is
 * opened. To the store each page is a document with a key of its own; where a document
 * ends, the page that quoted it is written anew under a new key (DESIGN §5).
 */
#ifndef KITH_NOTEBOOK_WORDS_H
#define KITH_NOTEBOOK_WORDS_H

#include "core/notebook/notebook.h"

/* Texts, a zero byte behind each. Borrowed from the transaction, until it changes the
 * document. */
struct words {
	struct bytes answers; /* of the logs that a partner may comment in */
	struct bytes others;
};

/* Of one document. Errors: as leaf_open() but for documents that moved. */
MUST_USE enum err words_find(
	struct notebook_txn *txn, struct id id, struct words *out, struct why *why);

#endif
