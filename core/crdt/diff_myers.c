#include "core/crdt/diff_myers.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

/* After this many steps from both ends the search takes the best it has found: the cost
 * of a difference d is then at most d times this, not d squared. */
#define REACH 512

/* A box of the edit graph: a[x0, x1) against b[y0, y1). */
struct box {
	ptrdiff_t x0, x1, y0, y1;
};

struct point {
	ptrdiff_t x, y;
};

/* The furthest x on each diagonal x - y, from the upper left and from the lower right. */
struct search {
	struct diff_side a, b;
	ptrdiff_t *forward, *backward;
	size_t *budget;
};

static void mark(const struct search *s, struct box box)
{
	if (box.x1 > box.x0)
		memset(s->a.changed + box.x0, 1, (size_t)(box.x1 - box.x0));
	if (box.y1 > box.y0)
		memset(s->b.changed + box.y0, 1, (size_t)(box.y1 - box.y0));
}

/* Diagonals lo, lo + 2, … hi have been reached; the two outside are never better. */
struct band {
	ptrdiff_t lo, hi;
};

static void widen(struct band *band, struct band all, ptrdiff_t *at, ptrdiff_t worst)
{
	if (band->lo > all.lo)
		at[--band->lo - 1] = worst;
	else
		++band->lo;
	if (band->hi < all.hi)
		at[++band->hi + 1] = worst;
	else
		--band->hi;
}

static struct point run_forward(const struct search *s, struct box box, ptrdiff_t d)
{
	ptrdiff_t below = s->forward[d - 1], above = s->forward[d + 1];
	ptrdiff_t x = below < above ? above : below + 1;
	while (x < box.x1 && x - d < box.y1 && s->a.items[x] == s->b.items[x - d])
		x++;
	s->forward[d] = x;
	return (struct point){x, x - d};
}

static struct point run_backward(const struct search *s, struct box box, ptrdiff_t d)
{
	ptrdiff_t below = s->backward[d - 1], above = s->backward[d + 1];
	ptrdiff_t x = below < above ? below : above - 1;
	while (x > box.x0 && x - d > box.y0 && s->a.items[x - 1] == s->b.items[x - 1 - d])
		x--;
	s->backward[d] = x;
	return (struct point){x, x - d};
}

/*
 * A point on a shortest path through the box, neither end of it empty on both sides; or,
 * when that is too far, the furthest one reached from the upper left.
 */
static struct point middle(const struct search *s, struct box box)
{
	struct band all = {box.x0 - box.y1, box.x1 - box.y0};
	ptrdiff_t first = box.x0 - box.y0, last = box.x1 - box.y1;
	struct band ahead = {first, first}, back = {last, last};
	bool is_odd = ((first - last) & 1) != 0;
	s->forward[first] = box.x0;
	s->backward[last] = box.x1;
	struct point best = {box.x0, box.y0};
	for (ptrdiff_t cost = 1;; cost++) {
		widen(&ahead, all, s->forward, -1);
		for (ptrdiff_t d = ahead.hi; d >= ahead.lo; d -= 2) {
			struct point p = run_forward(s, box, d);
			if (is_odd && back.lo <= d && d <= back.hi &&
				s->backward[d] <= p.x)
				return p;
			if (p.x <= box.x1 && p.y <= box.y1 && p.x + p.y > best.x + best.y)
				best = p;
		}
		widen(&back, all, s->backward, PTRDIFF_MAX);
		for (ptrdiff_t d = back.hi; d >= back.lo; d -= 2) {
			struct point p = run_backward(s, box, d);
			if (!is_odd && ahead.lo <= d && d <= ahead.hi &&
				p.x <= s->forward[d])
				return p;
		}
		size_t steps = (size_t)(2 * cost + 2);
		*s->budget -= steps < *s->budget ? steps : *s->budget;
		if (cost >= REACH || *s->budget == 0)
			return best;
	}
}

static void solve(const struct search *s, struct box box)
{
	for (;;) {
		while (box.x0 < box.x1 && box.y0 < box.y1 &&
			s->a.items[box.x0] == s->b.items[box.y0])
			box.x0++, box.y0++;
		while (box.x0 < box.x1 && box.y0 < box.y1 &&
			s->a.items[box.x1 - 1] == s->b.items[box.y1 - 1])
			box.x1--, box.y1--;
		if (box.x0 == box.x1 || box.y0 == box.y1 || *s->budget == 0) {
			mark(s, box);
			return;
		}
		/* Each part costs half of what the box did, so the depth is a logarithm;
		 * where the search was cut off the left part costs at most REACH. */
		struct point p = middle(s, box);
		solve(s, (struct box){box.x0, p.x, box.y0, p.y});
		box.x0 = p.x;
		box.y0 = p.y;
	}
}

void diff_myers(struct diff_side a, struct diff_side b, size_t *budget)
{
	size_t diagonals = a.count + b.count + 3;
	CLEAN_MEM ptrdiff_t *forward = mem_resize(NULL, diagonals, sizeof(*forward));
	CLEAN_MEM ptrdiff_t *backward = mem_resize(NULL, diagonals, sizeof(*backward));
	struct search s = {a, b, forward + b.count + 1, backward + b.count + 1, budget};
	solve(&s, (struct box){0, (ptrdiff_t)a.count, 0, (ptrdiff_t)b.count});
}
