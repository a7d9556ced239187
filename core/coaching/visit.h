/*
 * A visit, from first thought to close: the plan of the one who will teach, the other's
 * answers, and where it stands. States are computed from what both wrote, never stored
 * (SCHEMA.md, visit).
 */
#ifndef KITH_COACHING_VISIT_H
#define KITH_COACHING_VISIT_H

#include "core/notebook/notebook.h"
#include "core/notebook/people.h"

enum visit_state {
	VISIT_DRAFT,      /* not sent */
	VISIT_SENT,       /* sent, not answered */
	VISIT_OTHER_TIME, /* the other proposes another time, or the plan changed since */
	VISIT_DECLINED,   /* not this one */
	VISIT_ACCEPTED,   /* the plan as it is now was accepted */
	VISIT_DROPPED,    /* by either, without a reason */
	VISIT_RAN,        /* it took place */
	VISIT_HANDED_OVER, /* a session names it */
	VISIT_TALKED,
	VISIT_REFLECTED,
	VISIT_CLOSED,
};

/* Feedback wanted, as bits in the order of the schema's words: noticed, strength,
 * wondered, idea, data. */
#define WANTED_KINDS 5u
extern const char *const wanted_words[WANTED_KINDS];

struct visit {
	struct id id, goal, room;
	enum visit_state state;
	bool i_teach;             /* the plan is mine */
	struct person_id partner; /* once it is sent */
	const char *when, *place, *class_label, *aim, *focus, *not_wanted, *sit;
	int64_t minutes;
	const char **instruments;
	size_t instrument_count;
	unsigned wanted;                     /* bits; 0: nothing was said */
	const char *other_when, *other_text; /* the newest other time proposed */
	bool both_answered; /* accepted and dropped without having seen each other */
};

/* Read a visit and where it stands. In the transaction's arena. */
MUST_USE enum err visit_read(
	struct notebook_txn *txn, struct id id, struct visit *out, struct why *why);

/* "sent", "accepted": for JSON; and for a person, a message for gettext. */
const char *visit_state_word(enum visit_state state);
const char *visit_state_text(enum visit_state state);

/* A plan; any but `focus` may be NULL or zero. */
struct visit_words {
	const char *class_label, *when, *place, *aim, *focus, *not_wanted, *sit;
	int64_t minutes; /* 0: not said */
	const char *const *instruments;
	size_t instrument_count;
	const char *const *wanted;
	size_t wanted_count;
	struct id goal, room;
};
/* Errors: ERR_INVALID (no focus, a day that is none, minutes outside 5 … 120, more than
 * three instruments, one that is not here, a kind of feedback that is none). */
MUST_USE enum err coach_visit_plan(struct notebook_txn *txn,
	const struct visit_words *words, struct id *out, struct why *why);
/* Change a plan that is mine: what is given replaces what was there. */
MUST_USE enum err coach_visit_change(struct notebook_txn *txn, struct id visit,
	const struct visit_words *words, struct why *why);

enum visit_answer {
	ANSWER_ACCEPT,
	ANSWER_OTHER_TIME, /* `when` */
	ANSWER_DECLINE,
	ANSWER_DROP,     /* either of the two, at any point */
	ANSWER_ASK_KIND, /* "may I also say an idea?": `text` is the kind */
	ANSWER_SUGGEST,  /* `text` */
};
/* Errors: ERR_REFUSED where it is not the caller's to say, or over already. */
MUST_USE enum err coach_visit_answer(struct notebook_txn *txn, struct id visit,
	enum visit_answer answer, const char *when, const char *text, struct why *why);

/* It ran, we talked, I reflected, it is closed. */
enum visit_done { DONE_RAN, DONE_TALKED, DONE_REFLECTED, DONE_CLOSED };
MUST_USE enum err coach_visit_done(
	struct notebook_txn *txn, struct id visit, enum visit_done done, struct why *why);

/* How often I visited this partner and was visited, of visits that ran (R1): an
 * invitation to both, never a debt. */
struct balance {
	size_t visited, was_visited;
};
MUST_USE enum err visit_balance(struct notebook_txn *txn, const struct person_id *partner,
	struct balance *out, struct why *why);

/* Of a visit only what visit_wants() asks of it, and its id. Errors: as visit_read(). */
MUST_USE enum err visit_read_wanted(
	struct notebook_txn *txn, struct id id, struct visit *out, struct why *why);

/* Whether the giver may hand this kind of feedback over: wanted, or asked for and not
 * refused. Nothing said means everything is wanted. */
bool visit_wants(const struct visit *visit, const char *kind);

#endif
