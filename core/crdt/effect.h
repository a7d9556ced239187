/*
 * An effect: what an applied change did to the visible text, from left to right. Drafts
 * are carried over it, and a face moves its cursor by it.
 */
#ifndef KITH_CRDT_EFFECT_H
#define KITH_CRDT_EFFECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/id.h"

enum effect_kind { EFFECT_RETAIN, EFFECT_INSERT, EFFECT_DELETE };

/* One run. Retained and deleted ones count characters of the text before, inserted ones
 * of the text after. The rest of the text is retained. */
struct effect_run {
	enum effect_kind kind;
	uint32_t len;
	struct log_id by; /* of an insertion: whose */
	/* Of an insertion: it is not directly after the visible character to its left.
	 * Characters that had been deleted before this effect stand between, or its own
	 * left neighbour is farther to the left. A draft's insertion there is directly
	 * after that character, and stays to its left. */
	bool after_dead;
};

/* A zeroed one is the effect of nothing. Owns `runs`. */
struct effect {
	struct effect_run *runs;
	size_t count, cap;
};

void effect_release(struct effect *effect);

#define CLEAN_EFFECT __attribute__((cleanup(effect_release)))

/* Add at the right end; joins with the last run where that is of the same sort. */
void effect_add(struct effect *effect, enum effect_kind kind, size_t len);
void effect_add_insert(
	struct effect *effect, size_t len, struct log_id by, bool after_dead);

bool effect_is_empty(const struct effect *effect); /* changes nothing */

/*
 * Collects an effect from edits in the order they are made, each at its position in the
 * text as the edits before it have left it. Edits that go from left to right, or stay
 * near each other, cost O(1) each.
 */
struct effect_maker;

struct effect_maker *effect_maker_new(void);
void effect_maker_free(struct effect_maker *maker);
void effect_maker_insert(
	struct effect_maker *maker, size_t pos, size_t len, bool after_dead);
void effect_maker_delete(struct effect_maker *maker, size_t pos, size_t len);
/* Append what was collected to `out`, a zeroed effect; every insertion is `by`'s. */
void effect_maker_end(
	const struct effect_maker *maker, struct log_id by, struct effect *out);

#endif
