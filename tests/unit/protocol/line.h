/*
 * Two sessions in one process and the line between them, which can cut what is said into
 * pieces, alter a byte of it, or end it. What happens is written down as a transcript.
 */
#ifndef KITH_TESTS_LINE_H
#define KITH_TESTS_LINE_H

#include "net/protocol/session.h"

enum {
	DIALER,
	LISTENER,
};

struct line_side {
	const char *name;
	struct dh_secret own;
	struct dh_public own_public;
	struct session_key keys[3];
	size_t key_count;
	struct wire_versions versions;

	struct session *session;
	size_t said; /* bytes that left this side */
	bool up, closed, hung_up;
	struct session_event came;  /* SESSION_UP as it came */
	struct session_event ended; /* SESSION_CLOSED as it came; `why` is below */
	char why[200];
	struct buf message; /* the last one that came */
	size_t messages;
	size_t largest_step; /* most bytes that one turn put into the output */
};

struct line {
	struct line_side side[2];
	uint64_t now_ms;
	size_t piece;        /* bytes handed over at once */
	struct buf log;      /* one line for each event */
	struct buf heard[2]; /* all that came to this side, when `keep` */
	bool keep;

	/* What the line does to what `harm_side` says, from its byte `harm_at` on. */
	int harm_side;
	size_t harm_at;
	uint8_t flip; /* xor into that byte, 0: leave it */
	bool cut;     /* nothing from that byte on; the connection ends */
};

/* Two sides with one pair key each way, nothing open yet. */
void line_init(struct line *line);
void line_release(struct line *line);

/* Open both sessions with the keys and versions that stand in the sides. */
void line_open(struct line *line);

/* Hand over until nobody has anything more to say. */
void line_run(struct line *line);

/* Take up the events of one side. */
void line_events(struct line *line, int side);

/* Let time pass: both ticked at `now_ms`, then run. */
void line_wait(struct line *line, uint64_t ms);

/* Open and run: asserts that both sides are up. */
void line_meet(struct line *line);

void line_say(struct line *line, int side, uint8_t kind, const char *text);

#endif
