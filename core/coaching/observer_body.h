/*
 * The inside of an observer, for its two files: keys (observer.c) and typed lines
 * (observer_lines.c).
 */
#ifndef KITH_COACHING_OBSERVER_BODY_H
#define KITH_COACHING_OBSERVER_BODY_H

#include "core/coaching/observer.h"

#define SEATS_UNKNOWN 60u
#define LINE_MAX_LEN  2000u /* bytes */
#define UNDO_MAX      64u

enum typing {
	TYPING_NOTHING,
	TYPING_LINE, /* of the script */
	TYPING_OWN,  /* for own eyes */
};

/* What undo needs to know of an event. */
struct done {
	size_t instrument, code; /* SIZE_MAX: no code */
	bool is_state;           /* a timer it started or stopped */
};

struct observer {
	const struct instrument *instruments[OBSERVER_INSTRUMENTS];
	size_t count, hand;
	size_t counts[OBSERVER_INSTRUMENTS][INSTRUMENT_CODES];
	bool running[OBSERVER_INSTRUMENTS][INSTRUMENT_CODES]; /* timers */
	unsigned seats, digits; /* digits: the number typed so far */
	unsigned seat;          /* chosen for the next code */
	unsigned round, at;     /* of a sweep: its number, the seat to look at */
	bool paused, escaped;
	enum typing typing;
	uint64_t typing_ms;
	struct buf line, last, keys, subj, own_text;
	struct event event; /* the last one, for a mark that follows */
	bool may_mark;
	struct done done[UNDO_MAX];
	size_t done_count;
};

/* Each returns how many observations it made. */
size_t seen_say(struct observation out[], const char *text);
size_t seen_only(struct observation out[], enum observed what, uint64_t t_ms);

/* Code number `code` of the instrument in hand, for the seat that is meant. */
size_t observe_code(
	struct observer *o, size_t code, uint64_t t_ms, struct observation out[]);
/* A line of the script; "T:" or "S9:" in front says who spoke. */
size_t observe_script(
	struct observer *o, struct bytes text, uint64_t t_ms, struct observation out[]);
size_t observe_own(
	struct observer *o, struct bytes text, uint64_t t_ms, struct observation out[]);
/* The keys that mean the same with every instrument. */
size_t observe_command(
	struct observer *o, char key, uint64_t t_ms, struct observation out[]);
/* What a key says of the code before it; NULL where it says nothing. */
const char *observe_mark_of(const struct observer *o, struct bytes key);

#endif
