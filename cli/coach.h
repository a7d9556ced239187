/*
 * What the coaching commands share: finding a document of one kind, lists of words, times
 * in a lesson.
 */
#ifndef KITH_CLI_COACH_H
#define KITH_CLI_COACH_H

#include <stdint.h>

#include "cli/cli.h"
#include "core/coaching/views.h"

/* The kind of that name; NULL for NULL. Errors: ERR_USAGE, with the nearest. */
MUST_USE enum err coach_kind(
	const char *word, const struct kind_schema **out, struct why *why);

/* The document that word `index` means, which must be of that kind. Errors: ERR_USAGE
 * when the word is missing, ERR_REFUSED for another kind, as coach_find(). */
MUST_USE enum err coach_word(struct cli *cli, struct notebook_txn *txn, size_t index,
	const char *kind, struct id *out, struct why *why);

/* The session that word `index` means: one, or that of a visit. Errors: as above;
 * ERR_NOT_FOUND when the visit was not observed. */
MUST_USE enum err coach_session(struct cli *cli, struct notebook_txn *txn, size_t index,
	struct id *out, struct why *why);

/* "flow,wait" as its parts; in the run's arena. */
const char *const *coach_list(struct cli *cli, const char *text, size_t *count);

/* "12:04" or "1:02:03" into the lesson, as milliseconds. Errors: ERR_INVALID. */
MUST_USE enum err coach_time(const char *text, uint64_t *out_ms, struct why *why);

/* A whole number from `min` to `max`. Errors: ERR_INVALID. */
MUST_USE enum err coach_number(const char *what, const char *text, int64_t min,
	int64_t max, int64_t *out, struct why *why);

/* Show one document that was made or changed, with one sentence; commit. */
MUST_USE enum err coach_done(struct cli *cli, struct notebook_txn **txn, struct id id,
	const char *sentence, struct why *why);

/* The rest of the words from `index` on as one text; NULL when there are none. */
const char *coach_rest(struct cli *cli, size_t index);

/* The one partner that --with names, or the only one there is. Errors: ERR_USAGE. */
MUST_USE enum err coach_partner(
	struct cli *cli, struct notebook_txn *txn, struct partner **out, struct why *why);

/* How many captures of their lessons wait for my word since this partner ended it. */
size_t coach_captures_left(struct notebook_txn *txn, const struct partner *partner);
/* Nothing for none. */
void coach_say_captures(struct cli *cli, size_t captures, const char *name);

#endif
