/*
 * An instrument: what to look for, under which key, and how numbers are made of it. The
 * shipped ones are text files; a teacher's own is a file of the same form (DOMAIN §2.1).
 *
 *	name: Question level
 *	version: 1
 *	family: tally            tally, timer, exclusive, interval, sweep, flow, move,
 *script, beats or checklist formulae: questions      which of the functions below;
 *default: the family's own interval: 120            seconds, for interval and sweep
 *	source: Cotton 1988
 *	note: how it is used, one line
 *	code: l | lower | asks for what was said | group
 *	      key, word, meaning, group; the last two may be missing
 *
 * Lines that begin with # and empty lines are passed over.
 */
#ifndef KITH_COACHING_INSTRUMENT_H
#define KITH_COACHING_INSTRUMENT_H

#include "core/coaching/instruments/figures.h"

#define INSTRUMENT_CODES 32u
#define INSTRUMENT_FILE  ((size_t)64 * 1024) /* bytes of a file */

enum family {
	FAMILY_TALLY,
	FAMILY_TIMER,
	FAMILY_EXCLUSIVE,
	FAMILY_INTERVAL,
	FAMILY_SWEEP,
	FAMILY_FLOW,
	FAMILY_MOVE,
	FAMILY_SCRIPT,
	FAMILY_BEATS,
	FAMILY_CHECKLIST,
};

struct instrument_code {
	struct bytes key; /* what is pressed: one character; for "10" two */
	struct bytes word, meaning, group;
};

/* Borrows the text it was read from, or the program's own. */
struct instrument {
	struct bytes id; /* the shipped one's short name, "questions"; of an own one its
			    name */
	struct bytes name, source, note;
	unsigned version, interval_s;
	enum family family;
	struct bytes formulae;
	struct instrument_code codes[INSTRUMENT_CODES];
	size_t code_count;
};

/*
 * Read one from the text of a file.
 * Errors, with the line's number and what to do in `why`: ERR_INVALID (an unknown word,
 * two codes on one key, no code, a key that the observer's keys need for themselves),
 * ERR_TOO_BIG.
 */
MUST_USE enum err instrument_read(
	struct bytes text, struct instrument *out, struct why *why);

/* The shipped ones, in the order of the help. */
const struct instrument *instruments_shipped(size_t *count);
/* By id or any unique beginning of id or name; NULL. */
const struct instrument *instrument_find(const char *word);

/* What it says of a recording. */
void instrument_figures(const struct instrument *instrument,
	const struct recording *recording, struct arena *arena, struct figures *out);

#endif
