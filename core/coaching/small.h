/*
 * The smaller kinds: measures of a goal, open doors, kudos, own instruments (SCHEMA.md).
 */
#ifndef KITH_COACHING_SMALL_H
#define KITH_COACHING_SMALL_H

#include "core/coaching/instruments/instrument.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"

struct measure_words {
	const char *name, *unit, *direction; /* words of the schema; NULL: not said */
	double baseline, target;             /* NAN: not said */
};
MUST_USE enum err coach_measure(struct notebook_txn *txn, struct id goal,
	const struct measure_words *words, struct id *out, struct why *why);
/* One reading, of today unless `day` says otherwise. */
MUST_USE enum err coach_reading(struct notebook_txn *txn, struct id measure, double value,
	unsigned n, const char *day, struct why *why);

struct door_words {
	const char *topic, *when, *place;
	int64_t minutes; /* 0: not said */
	const char *const *wanted;
	size_t wanted_count;
};
MUST_USE enum err coach_door(struct notebook_txn *txn, const struct door_words *words,
	struct id *out, struct why *why);
enum door_answer { DOOR_COME, DOOR_NOT_COMING, DOOR_CONFIRMED };
/* Come, or not: the guest's to say. Confirmed: the host's, in that pair's copy. */
MUST_USE enum err coach_door_answer(struct notebook_txn *txn, struct id door,
	enum door_answer answer, struct why *why);

/* One line of thanks; it goes out when the two next meet. */
MUST_USE enum err coach_kudos(struct notebook_txn *txn, struct partner *partner,
	const char *line, struct id *out, struct why *why);

/* An own instrument from its file's text. Errors: as instrument_read(); ERR_EXISTS where
 * a shipped one or one of mine has that name. */
MUST_USE enum err coach_instrument(
	struct notebook_txn *txn, struct bytes text, struct id *out, struct why *why);

#endif
