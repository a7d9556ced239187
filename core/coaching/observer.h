/*
 * Observing live: keys or typed lines in, events out. A machine without I/O that knows
 * which instrument is in hand, which seat is meant, and what the last thing was, so that
 * it can be undone. The caller keeps time and writes down what comes out, at once.
 *
 * Keys (DOMAIN §2.4): the codes of the instrument in hand · digits, then Enter: a seat ·
 * Tab the next instrument · Space star this moment · Enter a line, stamped with its first
 * letter · ~ a line for own eyes · u undo · p pause · ? the keys · Escape twice: the end.
 *
 * Typed lines, where there is no terminal: a code's key or word, with a seat after it
 * ("q 14") · "text in quotes" or T: text · ~ text · /undo /star /pause /on /next /keys
 * /stop.
 */
#ifndef KITH_COACHING_OBSERVER_H
#define KITH_COACHING_OBSERVER_H

#include "core/coaching/instruments/instrument.h"

#define OBSERVER_INSTRUMENTS 3u

struct observer;

/* `instruments` are borrowed for its life; `seats`: in the class, 0 unknown (then 1 …
 * 60). */
struct observer *observer_new(
	const struct instrument *const *instruments, size_t count, unsigned seats);
void observer_free(struct observer *observer);
void observer_freep(struct observer **observer);

enum observed {
	OBSERVED_EVENT,  /* write `event` down */
	OBSERVED_UNDO,   /* void the event written last that was not voided yet */
	OBSERVED_OWN,    /* `text`, for own eyes alone: into the private note */
	OBSERVED_MOMENT, /* star `event.t_ms`; `text` is its caption, may be empty */
	OBSERVED_PAUSE,  /* the clock stops being observed */
	OBSERVED_ON,     /* and goes on */
	OBSERVED_SAY,    /* `text` for the observer, one line */
	OBSERVED_KEYS,   /* show the keys: observer_keys() */
	OBSERVED_END,
};

struct observation {
	enum observed what;
	struct event event; /* borrows until the next call */
	const char *text;
};

/* At most so many come of one key. */
#define OBSERVATIONS 3u

/* One key: a character as UTF-8, or "\t", "\r", "\033", "\177" (backspace). Returns how
 * many observations it made. `t_ms` since the start. */
size_t observer_key(struct observer *observer, struct bytes key, uint64_t t_ms,
	struct observation out[OBSERVATIONS]);

/* One typed line, without its line break. */
size_t observer_line(struct observer *observer, struct bytes line, uint64_t t_ms,
	struct observation out[OBSERVATIONS]);

/* Nothing more to come: what was begun is finished (an open line is kept). */
size_t observer_close(
	struct observer *observer, uint64_t t_ms, struct observation out[OBSERVATIONS]);

/* ---- What to show. Borrowed until the next call. */

const struct instrument *observer_instrument(const struct observer *observer);
/* How often code `index` of the instrument in hand was pressed, undone ones left out. */
size_t observer_count(const struct observer *observer, size_t index);
/* The line that is being typed, or NULL. */
const char *observer_typing(struct observer *observer);
/* The seat that is meant now: chosen, or the sweep's; 0: none. */
unsigned observer_seat(const struct observer *observer);
unsigned observer_round(const struct observer *observer);
bool observer_is_paused(const struct observer *observer);
/* The last thing, in words: "question to S14"; "" before the first. */
const char *observer_last(struct observer *observer);
/* "[1] question  [2] answer …": all keys that mean something now. */
const char *observer_keys(struct observer *observer);

#endif
