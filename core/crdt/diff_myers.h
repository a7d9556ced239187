/*
 * The shortest edit between two sequences of numbers (Myers 1986, linear space), within a
 * budget. Only diff*.c include this.
 */
#ifndef KITH_CRDT_DIFF_MYERS_H
#define KITH_CRDT_DIFF_MYERS_H

#include <stddef.h>
#include <stdint.h>

/* One sequence: `changed[i]` says that item i is not common to both. */
struct diff_side {
	const uint32_t *items;
	uint8_t *changed;
	size_t count;
};

/*
 * Mark in both what is not common: the unmarked items are the same on both sides.
 * `budget` is the number of steps the search may take; when it is spent, what is not
 * looked at yet is marked.
 */
void diff_myers(struct diff_side a, struct diff_side b, size_t *budget);

#endif
