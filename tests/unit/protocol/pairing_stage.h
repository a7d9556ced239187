/*
 * A stage for pairings: a shower, a typer, the line between them and what people do. What
 * happens is written down, one line for each event; the line can flip a byte or break.
 */
#ifndef KITH_TESTS_PAIRING_STAGE_H
#define KITH_TESTS_PAIRING_STAGE_H

#include "net/protocol/pairing.h"

enum {
	SHOWER,
	TYPER,
};

struct stage_side {
	struct identity_secret identity;
	struct person_id person;
	struct device_list devices;
	struct dh_secret own;
	struct buf list;
	const char *name;
	struct wire_versions versions;
	const struct pairing_known *known;
	size_t known_count;

	struct pairing *machine;
	char code[WORDS_TEXT_MAX]; /* shown last */
	char words[WORDS_TEXT_MAX];
	char they[PAIRING_NAME_MAX + 1]; /* their name at COMPARE */
	bool knew;                       /* is_known at COMPARE */
	bool wants_dial, compares;
	bool done; /* DONE was given: here the partner is written */
	struct pairing_outcome outcome;
	struct buf outcome_list;
	char outcome_name[PAIRING_NAME_MAX + 1];
	bool failed;
	enum err err;
	char why[512];

	size_t said; /* bytes that left this side on this connection */
};

struct stage {
	struct stage_side side[2];
	uint64_t now_ms;
	bool connected;
	struct buf log;
	struct buf heard[2]; /* what came to a side on this connection */

	/* What the line does to what `harm_side` says, from its byte `harm_at` on. */
	bool harmed; /* it came to that */
	int harm_side;
	size_t harm_at;
	uint8_t flip;
	bool cut;
	size_t owed;     /* bytes the other side had to say before it */
	size_t answered; /* and those it said after it */
	bool careless;   /* the writing of a partner fails: pairing_cancel() */
};

void stage_init(struct stage *stage); /* two people, Amina shows and Ben types */
void stage_release(struct stage *stage);

/* Sign the side's list anew after a change of `devices`. */
void stage_sign(struct stage_side *side);

/* Begin both machines. */
void stage_open(struct stage *stage);

/* The typer types what the shower shows; or anything. Dials when that is asked for. */
void stage_type_shown(struct stage *stage);
void stage_type(struct stage *stage, const char *text);
void stage_connect(struct stage *stage);
void stage_hang_up(struct stage *stage); /* the line breaks: both see the end */
void stage_answer(struct stage *stage, int side, bool same);
/* Let time pass in steps of deadlines. */
void stage_wait(struct stage *stage, uint64_t ms);

/* Open, type, connect: asserts that both compare the same words. */
void stage_to_words(struct stage *stage);

/* Hand over until nobody has anything to say. */
void stage_run(struct stage *stage);

#define STAGE(name)                                                                      \
	CLEANUP(stage_release) struct stage name;                                        \
	stage_init(&name)

void stage_assert_said(struct stage *stage, const char *lines);

#endif
