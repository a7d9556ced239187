/*
 * Prompt packs: the questions of a model of coaching, to answer on a page, in a
 *reflection or in feedback. The shipped ones are data files (DOMAIN §5.5); what is
 *written down is the key of a prompt, so that a translated pack still fits.
 *
 *	id: grow
 *	name: GROW
 *	source: J. Whitmore, Coaching for Performance
 *	for: debrief             plan, debrief, reflection or feedback; may stand again
 *	prompt: goal | What do you want to reach?
 *	        key, question, minutes of a timed one
 */
#ifndef KITH_COACHING_PACK_H
#define KITH_COACHING_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

#define PACK_PROMPTS 16u

/* What a pack is for, as bits. */
enum pack_use {
	PACK_PLAN = 1,
	PACK_DEBRIEF = 2,
	PACK_REFLECTION = 4,
	PACK_FEEDBACK = 8,
};

struct prompt {
	struct bytes key, question;
	unsigned minutes; /* 0: not timed */
};

/* Borrows the text it was read from. */
struct pack {
	struct bytes id, name, source;
	unsigned uses;
	struct prompt prompts[PACK_PROMPTS];
	size_t prompt_count;
};

/* Errors: ERR_INVALID, with the line's number in `why`. */
MUST_USE enum err pack_parse(struct bytes text, struct pack *out, struct why *why);

/* The shipped ones, the default first. */
const struct pack *packs_shipped(size_t *count);
/* By id or a unique beginning of id or name; NULL. */
const struct pack *pack_find(struct bytes word);
/* NULL where the pack has no such prompt. */
const struct prompt *pack_prompt(const struct pack *pack, struct bytes key);

#endif
