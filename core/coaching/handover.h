/*
 * From observer to teacher: feedback in the kinds that were asked for, a look at exactly
 * what goes and what stays, and the deliberate act. From then on the records are the
 * teacher's who taught (SCHEMA.md, "Hand-over").
 */
#ifndef KITH_COACHING_HANDOVER_H
#define KITH_COACHING_HANDOVER_H

#include "core/coaching/lesson.h"
#include "core/coaching/names.h"
#include "core/coaching/visit.h"

/* A stretch of the lesson that feedback points at; t2_ms 0: a moment. */
struct feedback_at {
	uint64_t t_ms, t2_ms;
};

#define FEEDBACK_AT_MAX 5u

struct feedback_words {
	const char *kind;  /* one of wanted_words */
	const char *frame; /* NULL: free */
	struct bytes body;
	const struct feedback_at *at;
	size_t at_count;
};

/*
 * A private draft of feedback on a visit.
 * Errors: ERR_REFUSED for a kind that was not wanted ("Amina asked for noticings; ask her
 * first?"), for a visit that is mine to teach, dropped or taken back; ERR_INVALID for a
 * kind that is none, an empty text, more than five moments.
 */
MUST_USE enum err coach_feedback(struct notebook_txn *txn, struct id visit,
	const struct feedback_words *words, struct id *out, struct why *why);

enum feedback_answer { FEEDBACK_THANKED, FEEDBACK_PARKED, FEEDBACK_REPLY };
MUST_USE enum err coach_feedback_answer(struct notebook_txn *txn, struct id feedback,
	enum feedback_answer answer, const char *text, struct why *why);

/* Feedback of a kind that was not wanted, from a partner whose kith did not refuse it: it
 * is kept and held back until the teacher asks to see it. */
MUST_USE enum err feedback_is_held_back(
	struct notebook_txn *txn, struct id feedback, bool *out, struct why *why);

/* What goes with a hand-over, and what stays. In the transaction's arena. */
struct handover {
	struct id session, visit;
	struct person_id to;
	size_t events, lines, moments;
	size_t feedback[WANTED_KINDS];
	struct id *feedback_ids;
	size_t feedback_count;
	size_t own_lines;       /* stay here */
	struct name_hit *names; /* pupils' names that stand in what would go */
	size_t name_count;
};

/*
 * Look at a hand-over before it is one.
 * Errors: ERR_EXISTS when it is handed over already; ERR_REFUSED for a session of no
 * visit, or of a visit that was not sent; ERR_TOO_BIG over 32,768 records or 900 KiB.
 */
MUST_USE enum err handover_look(struct notebook_txn *txn, struct id session,
	struct handover *out, struct why *why);

/* Do it. Errors: as handover_look(). `there`: the session in the pair's space. */
MUST_USE enum err coach_handover(struct notebook_txn *txn,
	const struct handover *handover, struct id *there, struct why *why);

/* Take events out before handing over; their ids leave no gap. */
MUST_USE enum err coach_trim(struct notebook_txn *txn, struct id session,
	const struct lesson_line *lines, size_t count, struct why *why);

/* Replace the names of `handover` by seats, in lines, captions and feedback. */
MUST_USE enum err coach_hide_names(
	struct notebook_txn *txn, const struct handover *handover, struct why *why);

#endif
