/*
 * What an observer recorded in a lesson: events on one clock, as numbers are made from
 * them. They are never rewritten: a correction voids a record, and numbers are computed
 * anew (DOMAIN §2.0, R5).
 *
 * Values borrow; an event that was voided is not among them.
 */
#ifndef KITH_COACHING_EVENT_H
#define KITH_COACHING_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* In the order of the words in the schema's `kind` of a session's events. */
enum event_kind {
	EVENT_POINT, /* it happened, at this moment */
	EVENT_START, /* it began, and lasts until the stop of the same code */
	EVENT_STOP,
	EVENT_EXCLUSIVE, /* it began, and what of its group went on ended */
	EVENT_INTERVAL,  /* it was seen in the interval that `t_ms` lies in */
	EVENT_SWEEP,  /* in one round over the seats: seat `subj` was `code`; `x` is the
			 number of the round, from 1 */
	EVENT_SCRIPT, /* a line was written: `mod` is who spoke, `text` the words */
	EVENT_MOMENT, /* starred, to come back to */
	EVENT_MOVE,   /* somebody moved: `subj` who, to the zone `code` or to x, y */
};

struct event {
	uint64_t t_ms; /* since the start; pauses and gaps count */
	enum event_kind kind;
	struct bytes instrument; /* whose code it is; empty: of every one */
	struct bytes code;       /* empty where it has none, as the next three */
	struct bytes mod;        /* speaker, cause, individual or group, correct or not */
	struct bytes subj;       /* "S14", "T", "class" */
	struct bytes text;
	double x, y; /* NAN where not given */
};

/* A stretch in which nothing was observed: a pause, a lid that closed. */
struct gap {
	uint64_t t_ms, length_ms;
};

/* A whole recording. Events in the order of time, equal times as recorded; gaps likewise,
 * not overlapping. */
struct recording {
	const struct event *events;
	size_t count;
	const struct gap *gaps;
	size_t gap_count;
	uint64_t length_ms; /* from start to end, gaps included */
	unsigned seats;     /* in the class; 0: not known */
};

/* How much of from … to was observed, gaps left out. */
uint64_t recording_observed_ms(
	const struct recording *recording, uint64_t from_ms, uint64_t to_ms);

/* The number of a seat: 14 of "S14" and of "14"; 0 where it is none. */
unsigned event_seat(const struct event *event);

#endif
