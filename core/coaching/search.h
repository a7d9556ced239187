/*
 * Looking through all documents of one kind, or what is about one document. Only those
 * are opened (core/notebook/card.h). Copies that follow a document of mine are passed
 * over: theirs are mine already.
 */
#ifndef KITH_COACHING_SEARCH_H
#define KITH_COACHING_SEARCH_H

#include "core/notebook/notebook.h"

typedef bool fits_fn(struct notebook_txn *txn, const struct leaf *leaf, const void *arg);

/* The first that fits; NULL where none does. */
MUST_USE enum err first_of(struct notebook_txn *txn, const char *kind, fits_fn *fits,
	const void *arg, struct leaf **out, struct why *why);
/* The first about `about`: the visit, goal or document that its kind names first. */
MUST_USE enum err first_about(struct notebook_txn *txn, const char *kind, struct id about,
	struct leaf **out, struct why *why);

/* Its id alone; zero where there is none. */
MUST_USE enum err first_id_about(struct notebook_txn *txn, const char *kind,
	struct id about, struct id *out, struct why *why);

typedef void each_fn(void *arg, struct notebook_txn *txn, const struct leaf *leaf);

MUST_USE enum err each_of(struct notebook_txn *txn, const char *kind, each_fn *fn,
	void *arg, struct why *why);
/* Those whose owner I am. */
MUST_USE enum err each_of_mine(struct notebook_txn *txn, const char *kind, each_fn *fn,
	void *arg, struct why *why);
MUST_USE enum err each_about(struct notebook_txn *txn, const char *kind, struct id about,
	each_fn *fn, void *arg, struct why *why);

/* How many there are, by whose they are. */
struct counts {
	size_t mine, theirs;
};
MUST_USE enum err count_of(
	struct notebook_txn *txn, const char *kind, struct counts *out, struct why *why);

/* Fits where the pair's partner is this person (an agreement, a page: not a private one).
 */
bool is_with_person(
	struct notebook_txn *txn, const struct leaf *leaf, const void *person);

#endif
