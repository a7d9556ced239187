/*
 * Cards: of each document what a list says of it: its kind, its title, what it is about
 * and where it stands. They lie together, sealed, in 256 pages, so that a list opens only
 * the documents it shows more of.
 *
 * A card is a copy and never the truth: what a transaction has changed it reads from the
 * document, and a document without a card is opened. To the store each page is a document
 * with a key of its own; where a document ends, the page that quoted it is written anew
 * under a new key, so that its title goes with it (DESIGN §5).
 */
#ifndef KITH_NOTEBOOK_CARD_H
#define KITH_NOTEBOOK_CARD_H

#include "core/notebook/notebook.h"

#define CARD_TITLE_MAX 200u /* bytes: a line of a list, not a page */

/* Borrowed from the transaction, until it changes the document. */
struct card {
	struct id id;
	const struct kind_schema *kind; /* NULL: nothing readable of it is here */
	struct id space;
	struct id master, about; /* zero where there is none; `about` is the first
				    reference of its kind: the visit, the goal */
	uint64_t shared_s;
	struct bytes title; /* the first line that says something; empty where it is
			       made of a reference or of nothing */
	bool title_is_cut;
	bool is_private, was_shown; /* to somebody, at some time */
	bool both_wrote, incomplete, unread;
	bool is_mine;   /* owned by this person; */
	bool by_me;     /* and mine to take back, as of a leaf */
	enum role role; /* of the other; of a private one nobody asks */
};

/* Of one document. Errors: ERR_NOT_FOUND, as leaf_open() but for documents that moved. */
MUST_USE enum err card_find(
	struct notebook_txn *txn, struct id id, struct card *out, struct why *why);

/* Of all, in the order of ids, those without a kind too. */
MUST_USE enum err card_all(struct notebook_txn *txn, const struct card **out,
	size_t *count, struct why *why);

/* The documents that stand in a space, at any moment of a transaction. */
MUST_USE enum err card_in_space(struct notebook_txn *txn, struct id space,
	struct id **out, size_t *count, struct why *why);

/* The documents of a kind, and of these (`about` given) what is about that one; in the
 * order of ids. */
MUST_USE enum err card_select(struct notebook_txn *txn, const struct kind_schema *kind,
	const struct id *about, const struct id **out, size_t *count, struct why *why);

/* Whose pair's space it stands in; NULL of a private one. Borrowed. */
const struct person_id *card_partner(struct notebook_txn *txn, const struct card *card);

/* The card of a leaf as it is handed in: of a part of a document, its part's. */
void card_of(struct notebook_txn *txn, const struct leaf *leaf, struct card *out);

#endif
