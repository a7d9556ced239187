/*
 * Pages of words in the store, and keeping them in step with the documents.
 */
#ifndef KITH_NOTEBOOK_WORDS_PAGE_H
#define KITH_NOTEBOOK_WORDS_PAGE_H

#include "core/notebook/internal.h"
#include "core/notebook/words.h"

#define WORDS_PAGES 1024u

/* Once the notebook knows its private space: what its pages are called. */
void words_pages_begin(struct notebook *notebook);
/* Whether that id is a page's. */
bool words_page_is(const struct notebook *notebook, struct id id);
/* The page that quotes a document. */
struct id words_page_of(const struct notebook_txn *txn, struct id document);

/* False where the page does not have that document, or is damaged. Errors: ERR_IO. */
MUST_USE enum err words_page_find(
	struct notebook_txn *txn, struct id id, struct words *out, bool *is_there);
/* Put in or replace; take out because the document ended. In memory until
 * words_pages_save(). */
MUST_USE enum err words_page_put(
	struct notebook_txn *txn, struct id id, const struct words *words);
MUST_USE enum err words_page_drop(struct notebook_txn *txn, struct id id);
/* The pages that lost one, at most WORDS_PAGES: to be erased before they are saved. */
size_t words_pages_lost(const struct notebook_txn *txn, struct id *out);
MUST_USE enum err words_pages_save(struct notebook_txn *txn);

/* words.c: of the leaf as it is now, in the transaction's arena. */
void words_make(struct notebook_txn *txn, const struct leaf *leaf, struct words *out);

#endif
