/* What the benchmarks measure time with. */
#ifndef KITH_TESTS_BENCH_TIMING_H
#define KITH_TESTS_BENCH_TIMING_H

#include <stdlib.h>
#include <time.h>

static inline double now_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline double now_s(void)
{
	return now_ms() / 1e3;
}

static inline int compare_ms(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* Of at least one. Sorts them. */
static inline double median_ms(double *ms, size_t count)
{
	qsort(ms, count, sizeof(*ms), compare_ms);
	return ms[count / 2];
}

#endif
