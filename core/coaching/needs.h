/*
 * What waits for a word of mine: read from what both wrote, never stored, and never a
 * debt. It fades when it is answered, dropped or let lie.
 */
#ifndef KITH_COACHING_NEEDS_H
#define KITH_COACHING_NEEDS_H

#include "core/notebook/notebook.h"

enum need_kind {
	NEED_ANSWER, /* a partner asks me to visit: accept, another time, or not */
	NEED_AGAIN,  /* I had accepted, and the plan changed since */
	NEED_TIME,   /* a partner proposes another time for my lesson */
	NEED_SIGN,   /* a partner signed our agreement as it is, I did not */
	NEED_LOOK,   /* feedback of a kind I did not ask for is held back */
	NEED_QUOTE,  /* a partner asks to quote words of mine */
	NEED_PART,   /* a partner ended it, and what I noted in their lesson is here */
};

struct need {
	enum need_kind kind;
	struct id document;
	struct person_id partner;
	const char *word; /* NEED_TIME: the time; NEED_LOOK: the kind; else "" */
};

/* All of them, with every partner; in the transaction's arena. Errors: those of reading.
 */
MUST_USE enum err needs_of(
	struct notebook_txn *txn, struct need **out, size_t *count, struct why *why);

#endif
