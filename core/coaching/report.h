/*
 * Reports: what a teacher takes out of kith to read, print or show, as one HTML page
 * (core/coaching/html.h). A report says what it left out, and that it is not an
 * evaluation (DOMAIN §4.2 no. 9).
 */
#ifndef KITH_COACHING_REPORT_H
#define KITH_COACHING_REPORT_H

#include "core/notebook/notebook.h"

/*
 * One observed lesson: the plan, the data, then the partner's words. Only who taught may
 * make it whole; an observer gets their own feedback and reflections.
 * Errors: ERR_NOT_FOUND when the visit was not observed, ERR_REFUSED.
 */
MUST_USE enum err report_visit(
	struct notebook_txn *txn, struct id visit, struct buf *out, struct why *why);

/* A goal and its measures over time. */
MUST_USE enum err report_goal(
	struct notebook_txn *txn, struct id goal, struct buf *out, struct why *why);

/*
 * A year, of my own words alone: goals, visits I taught with their data, steps, and the
 * reflections named in `reflections` (none by default). The partner's words, shared
 * pages, seats, names and own-eyes lines are left out by construction; how many is said.
 * Of the partner's words only quotes stand in it that they approved
 * (core/coaching/quote.h).
 */
struct year_words {
	const char *from, *to; /* YYYY-MM-DD, both included */
	bool reflections;
};
MUST_USE enum err report_year(struct notebook_txn *txn, const struct year_words *words,
	struct buf *out, struct why *why);

#endif
