/*
 * Finding the run that holds a number, among runs in order of which each begins with the
 * number it starts at: of events, of operations, of changes. The next search is mostly
 * near the last one. Only graph*.c include this.
 */
#ifndef KITH_CRDT_RUNS_H
#define KITH_CRDT_RUNS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t runs_start(const uint8_t *runs, size_t size, size_t index)
{
	uint32_t start = 0;
	memcpy(&start, runs + index * size, sizeof(start));
	return start;
}

/* The last of `count` runs of `size` bytes that starts at or before `number`, sought from
 * `*near` on in steps that double. There is one. */
static inline __attribute__((always_inline)) size_t runs_search(
	const void *runs, size_t size, size_t count, size_t *near, uint32_t number)
{
	const uint8_t *at = runs;
	size_t low = *near < count ? *near : count - 1, high = low, step = 1;
	while (runs_start(at, size, low) > number) {
		high = low;
		low -= step < low ? step : low;
		step *= 2;
	}
	if (high == low) {
		for (high = low + 1; high < count && runs_start(at, size, high) <= number;
			step *= 2) {
			low = high;
			high += step < count - high ? step : count - high;
		}
	}
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (runs_start(at, size, middle) <= number)
			low = middle;
		else
			high = middle;
	}
	*near = low;
	return low;
}

#endif
