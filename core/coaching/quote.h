/*
 * A quote: words of a partner that I may show to others, when they approved exactly those
 * (DOMAIN §6, J10). I ask; they approve, decline or would rather be quoted otherwise.
 *
 * An approval is a record by the partner over the words and where they stand as they are:
 * any edit asks anew by itself, and a record of my own approves nothing. The newest
 * answer counts, so that an approval can be withdrawn. A promise between two people, no
 * cryptographic signature. The kind is beyond SCHEMA.md, which has no place for it.
 */
#ifndef KITH_COACHING_QUOTE_H
#define KITH_COACHING_QUOTE_H

#include "core/notebook/notebook.h"

enum quote_state {
	QUOTE_ASKED, /* not answered, or not as it is now */
	QUOTE_APPROVED,
	QUOTE_DECLINED,
	QUOTE_OTHER, /* they proposed other words, approved beforehand */
	QUOTE_ENDED, /* the pair ended: no record says any more who approved */
};

/* "asked", "approved", …: stable, for JSON. */
const char *quote_state_word(enum quote_state state);

/* Texts in the transaction's arena. */
struct quote {
	bool is_mine; /* I asked; else the words are mine */
	struct person_id partner;
	struct bytes words;
	struct bytes other; /* of QUOTE_OTHER */
	struct id source;   /* a feedback or a page */
	enum quote_state state;
};
MUST_USE enum err quote_read(
	struct notebook_txn *txn, struct id id, struct quote *out, struct why *why);

/*
 * Ask to quote `words` of a feedback that was given to me, or of a page of both; `words`
 * empty: the feedback's whole text. It goes out when the two next meet.
 * Errors: ERR_REFUSED for another source, one that is held back, a name of a pupil;
 * ERR_NOT_FOUND for words that do not stand there; ERR_TOO_BIG over 2,000 bytes.
 */
MUST_USE enum err coach_quote(struct notebook_txn *txn, struct id source,
	struct bytes words, struct id *out, struct why *why);

enum quote_answer { QUOTE_APPROVE, QUOTE_DECLINE, QUOTE_PROPOSE };
/* Answer one that a partner asked. `words`: of QUOTE_PROPOSE. Errors: ERR_REFUSED for my
 * own; ERR_INVALID for a proposal of nothing. */
MUST_USE enum err coach_quote_answer(struct notebook_txn *txn, struct id quote,
	enum quote_answer answer, struct bytes words, struct why *why);

/* Take the words they proposed, which approves them. Errors: ERR_REFUSED where none are.
 */
MUST_USE enum err coach_quote_take(
	struct notebook_txn *txn, struct id quote, struct why *why);

#endif
