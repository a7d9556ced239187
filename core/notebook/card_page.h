/*
 * Pages of cards in the store: a page for each first byte of an id. Its record lies under
 * the page's own id, as if the page were a document, so that it has a key that an erase
 * destroys.
 */
#ifndef KITH_NOTEBOOK_CARD_PAGE_H
#define KITH_NOTEBOOK_CARD_PAGE_H

#include "core/notebook/card.h"

#define CARD_PAGES 256u

struct leaf_own;

/* The cards of one page, in the order of ids; their titles borrow from `record`, or from
 * the transaction. */
struct card_page {
	struct buf record;
	struct card *cards;
	size_t count, cap;
	bool is_open, is_dirty;
	bool lost_one; /* it quotes what ends with this transaction: a new key */
};

/* All that a transaction knows of cards. */
struct cards {
	struct card_page pages[CARD_PAGES];
	struct card *all; /* card.c */
	size_t count, cap;
	const struct card **about;
	size_t about_count;
	bool is_loaded, about_is_true;
};

/* What this transaction knows of them, made on first use. */
struct cards *cards_of(struct notebook_txn *txn);

/* card_make.c: of a document with its content; and where it stands, without a look at
 * that. */
void card_make(struct notebook_txn *txn, struct leaf_own *own, struct card *out);
void card_place(const struct leaf_own *own, struct card *out);
/* Whether it is this person's to take back, as document_may_end() has it. */
bool card_is_by_me(const struct card *card);

/* Once the notebook knows its private space: what its pages are called. */
void card_pages_begin(struct notebook *notebook);
/* Whether that id is a page's. */
bool card_page_is(const struct notebook *notebook, struct id id);
struct id card_page_id(const struct notebook_txn *txn, uint8_t number);

/* One that is damaged is as if it had no cards. Errors: ERR_IO. */
MUST_USE enum err card_page_open(struct notebook_txn *txn, struct cards *cards,
	uint8_t number, struct card_page **out);
/* NULL where it is not in the page. */
const struct card *card_page_find(const struct card_page *page, struct id id);
/* Put in or replace; take out. In memory until card_pages_save(). */
MUST_USE enum err card_page_put(
	struct notebook_txn *txn, struct cards *cards, const struct card *card);
MUST_USE enum err card_page_drop(
	struct notebook_txn *txn, struct cards *cards, struct id id);
/* Write what changed; those that lost one were erased before. */
MUST_USE enum err card_pages_save(struct notebook_txn *txn, struct cards *cards);
void card_pages_release(struct cards *cards);

#endif
