/*
 * An observation under way: what its two faces share, single keys on a terminal and typed
 * lines elsewhere.
 */
#ifndef KITH_CLI_OBSERVING_H
#define KITH_CLI_OBSERVING_H

#include "cli/cli.h"
#include "core/coaching/observer.h"

#define OBSERVING_UNDO 256u /* how many may be undone one after the other */

struct observing {
	struct cli *cli;
	struct observer *observer;
	struct id session, visit;
	uint64_t began_ms;  /* of CLOCK_BOOTTIME, at lesson time 0 */
	uint64_t paused_ms; /* lesson time at which a pause began; UINT64_MAX: none */
	struct {
		uint8_t rid[8];
		bool is_line;
	} written[OBSERVING_UNDO];
	size_t written_count;
	size_t events, lines;
	bool ended;
	struct buf line; /* plain: what came of the next line */
};

uint64_t observing_ms(const struct observing *o); /* lesson time now */
/* "12:04", in the run's arena. */
const char *observing_time(struct observing *o, uint64_t ms);

/* Keep what was seen, in one transaction of its own. Errors: as lesson_event(). */
MUST_USE enum err observing_write(struct observing *o, const struct observation *seen,
	size_t count, struct why *why);

/* Until the lesson ends, or nobody is there to go on. What was noted is noted. */
MUST_USE enum err observing_by_keys(struct observing *o, struct why *why);
MUST_USE enum err observing_by_lines(struct observing *o, struct why *why);

#endif
