/*
 * The difference of two texts: which runs to keep, to drop and to add.
 *
 * Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations" (Algorithmica 1,
 * 1986), the linear space refinement. Large texts are compared line by line first, then
 * within the lines that differ. Where two stretches have nothing worth keeping in common,
 * or the search would take too long, the whole stretch is replaced: still right, only
 * longer.
 */
#ifndef KITH_CRDT_DIFF_H
#define KITH_CRDT_DIFF_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* Keep `kept` scalar values, then put in the next `added` of the new text and leave out
 * the next `removed` of the old one. Only the first may have `kept` 0; no run has both
 * others 0. What follows the last run is kept. */
struct diff_run {
	uint32_t kept, added, removed;
};

/* A zeroed one is no difference. Owns `runs`. */
struct diff {
	struct diff_run *runs;
	size_t count, cap;
};

void diff_release(struct diff *diff);

#define CLEAN_DIFF __attribute__((cleanup(diff_release)))

/* The runs that make `to` from `from`, both valid UTF-8, into a zeroed `out`. */
void diff_text(struct bytes from, struct bytes to, struct diff *out);

#endif
