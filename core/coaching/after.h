/*
 * What follows a visit: the page both write on, the next step, what one thinks for
 * oneself; and what two agree on before: how they work together (SCHEMA.md, page, step,
 * reflection, agreement).
 */
#ifndef KITH_COACHING_AFTER_H
#define KITH_COACHING_AFTER_H

#include "core/coaching/pack.h"
#include "core/coaching/visit.h"

/*
 * The debrief page of a visit, together from birth, with the questions of a pack. The one
 * that is there already, if one is: a second is never made from one side.
 * Errors: ERR_REFUSED for a visit that was not sent, or dropped.
 */
MUST_USE enum err coach_debrief(struct notebook_txn *txn, struct id visit,
	const struct pack *pack, struct id *out, bool *made, struct why *why);

/* Write one answer on a page or in a reflection: the text of prompt `key`. */
MUST_USE enum err coach_answer(struct notebook_txn *txn, struct id document,
	struct bytes key, struct bytes text, struct why *why);

struct step_words {
	const char *what, *by, *first_action, *know_by;
	struct id visit; /* zero: of none */
};
MUST_USE enum err coach_step(struct notebook_txn *txn, const struct step_words *words,
	struct id *out, struct why *why);

/* A private reflection, of a visit or of none. */
MUST_USE enum err coach_reflection(struct notebook_txn *txn, struct id visit,
	const struct pack *pack, struct id *out, struct why *why);

/* ---- Agreeing: a record over the content as it is; any edit reopens it by itself. */

/* BLAKE2b-256 of the canonical state of the fields both may edit, in the table's order.
 */
struct hash agreed_hash(struct notebook_txn *txn, const struct leaf *leaf);

struct agreed {
	bool by_me, by_them; /* over the content as it is now */
	bool lapsed;         /* an agreement whose review is past */
};
/* Of a page or an agreement. */
MUST_USE enum err agreed_read(struct notebook_txn *txn, struct id document,
	struct agreed *out, struct why *why);

/* Agree to it as it is now. Errors: ERR_REFUSED while a register has two values. */
MUST_USE enum err coach_agree(
	struct notebook_txn *txn, struct id document, struct why *why);

/* The agreement with a partner, made with six ready sentences where there is none. */
MUST_USE enum err coach_agreement(struct notebook_txn *txn, const struct partner *partner,
	struct id *out, bool *made, struct why *why);

#endif
