#include "core/crdt/diff.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/diff_myers.h"

/* Steps the search may take in all: some 50 ms on a slow machine. */
#define BUDGET ((size_t)1 << 24)

/* Larger texts (both together, in scalar values) are compared line by line first. */
#define LINES_FROM 1024

/* What two rewritten passages have in common by chance is not kept: up to this many
 * scalar values, when they are fewer than those changed on either side of them. Two
 * rewritten passages merge better whole than as a comb. */
#define CHANCE_MAX 8

/* One text as scalar values, and as lines when they are asked for. */
struct side {
	uint32_t *items;
	uint8_t *changed;
	size_t count;
	uint32_t *starts; /* of each line, and of the end */
	size_t lines, cap;
};

void diff_release(struct diff *diff)
{
	mem_free(diff->runs);
	*diff = (struct diff){0};
}

static bool continues(uint8_t b)
{
	return (b & 0xc0) == 0x80;
}

static size_t same_front(struct bytes a, struct bytes b)
{
	size_t max = a.len < b.len ? a.len : b.len, n = 0;
	while (max - n >= 64 && memcmp(a.at + n, b.at + n, 64) == 0)
		n += 64;
	while (n < max && a.at[n] == b.at[n])
		n++;
	while (n > 0 &&
		((n < a.len && continues(a.at[n])) || (n < b.len && continues(b.at[n]))))
		n--;
	return n;
}

static size_t same_back(struct bytes a, struct bytes b)
{
	size_t max = a.len < b.len ? a.len : b.len, n = 0;
	const uint8_t *end_a = a.at + a.len, *end_b = b.at + b.len;
	while (max - n >= 64 && memcmp(end_a - n - 64, end_b - n - 64, 64) == 0)
		n += 64;
	while (n < max && *(end_a - n - 1) == *(end_b - n - 1))
		n++;
	while (n > 0 && continues(*(end_a - n)))
		n--;
	return n;
}

static void side_init(struct side *side, struct bytes text)
{
	*side = (struct side){.items = mem_array(text.len, sizeof(uint32_t))};
	while (utf8_next(&text, &side->items[side->count]))
		side->count++;
	side->changed = mem_new(side->count);
}

static void side_release(struct side *side)
{
	mem_free(side->items);
	mem_free(side->changed);
	mem_free(side->starts);
}

static void add_start(struct side *side, size_t start)
{
	side->starts =
		mem_grow(side->starts, side->lines, &side->cap, sizeof(*side->starts));
	side->starts[side->lines] = (uint32_t)start;
}

static void find_lines(struct side *side)
{
	add_start(side, 0);
	for (size_t i = 0; i < side->count; i++) {
		if (side->items[i] == '\n' || i + 1 == side->count) {
			side->lines++;
			add_start(side, i + 1);
		}
	}
}

/* A table of the lines met so far; equal lines get equal numbers. */
struct line {
	const uint32_t *items;
	size_t count;
	uint32_t hash;
};

static uint32_t hash_line(const uint32_t *items, size_t count)
{
	uint64_t h = count;
	for (size_t i = 0; i < count; i++)
		h = (h ^ items[i]) * UINT64_C(0x9e3779b97f4a7c15), h ^= h >> 29;
	return (uint32_t)(h ^ h >> 32);
}

static bool same_line(const struct line *a, const struct line *b)
{
	/* A line with a count has items. NOLINTBEGIN(clang-analyzer-core.*) */
	return a->hash == b->hash && a->count == b->count &&
	       (a->count == 0 ||
		       memcmp(a->items, b->items, a->count * sizeof(*a->items)) == 0);
	/* NOLINTEND(clang-analyzer-core.*) */
}

/* The slot of `line`: where it stands, or the free one where it belongs. */
static uint32_t find_slot(const struct line *table, size_t mask, const struct line *line)
{
	size_t slot = line->hash & mask;
	while (table[slot].items != NULL && !same_line(&table[slot], line))
		slot = (slot + 1) & mask;
	return (uint32_t)slot;
}

static uint32_t *number_lines(const struct side *side, struct line *table, size_t mask)
{
	uint32_t *numbers = mem_array(side->lines, sizeof(*numbers));
	for (size_t i = 0; i < side->lines; i++) {
		const uint32_t *items = side->items + side->starts[i];
		size_t count = side->starts[i + 1] - side->starts[i];
		struct line line = {items, count, hash_line(items, count)};
		numbers[i] = find_slot(table, mask, &line);
		table[numbers[i]] = line;
	}
	return numbers;
}

/* Compare scalar values [x0, x1) of `a` and [y0, y1) of `b`. */
static void compare_part(struct side *a, size_t x0, size_t x1, struct side *b, size_t y0,
	size_t y1, size_t *budget)
{
	if (x0 == x1 && y0 == y1)
		return;
	diff_myers((struct diff_side){a->items + x0, a->changed + x0, x1 - x0},
		(struct diff_side){b->items + y0, b->changed + y0, y1 - y0}, budget);
}

/* Walk the lines both have in common; what lies between is compared closely. */
static void compare_between(struct side *a, const uint8_t *changed_a, struct side *b,
	const uint8_t *changed_b, size_t *budget)
{
	size_t i = 0, j = 0;
	while (i < a->lines || j < b->lines) {
		size_t x0 = a->starts[i], y0 = b->starts[j];
		while (i < a->lines && changed_a[i])
			i++;
		while (j < b->lines && changed_b[j])
			j++;
		compare_part(a, x0, a->starts[i], b, y0, b->starts[j], budget);
		while (i < a->lines && j < b->lines && !changed_a[i] && !changed_b[j])
			i++, j++;
	}
}

static void compare_lines(struct side *a, struct side *b, size_t *budget)
{
	find_lines(a);
	find_lines(b);
	size_t mask = 15;
	while (mask < 2 * (a->lines + b->lines))
		mask = mask * 2 + 1;
	CLEAN_MEM struct line *table = mem_array(mask + 1, sizeof(*table));
	CLEAN_MEM uint32_t *numbers_a = number_lines(a, table, mask);
	CLEAN_MEM uint32_t *numbers_b = number_lines(b, table, mask);
	CLEAN_MEM uint8_t *changed_a = mem_new(a->lines);
	CLEAN_MEM uint8_t *changed_b = mem_new(b->lines);
	diff_myers((struct diff_side){numbers_a, changed_a, a->lines},
		(struct diff_side){numbers_b, changed_b, b->lines}, budget);
	compare_between(a, changed_a, b, changed_b, budget);
}

static uint32_t most(const struct diff_run *run)
{
	return run->added > run->removed ? run->added : run->removed;
}

/* Add a run; while it and the one before have only chance between them, they are one. */
static void add_run(struct diff *diff, struct diff_run run)
{
	while (diff->count > 0) {
		struct diff_run *last = &diff->runs[diff->count - 1];
		if (run.kept > CHANCE_MAX || run.kept >= most(last) ||
			run.kept >= most(&run))
			break;
		run = (struct diff_run){last->kept, last->added + run.kept + run.added,
			last->removed + run.kept + run.removed};
		diff->count--;
	}
	diff->runs = mem_grow(diff->runs, diff->count, &diff->cap, sizeof(run));
	diff->runs[diff->count++] = run;
}

static void read_runs(
	const struct side *a, const struct side *b, size_t front, struct diff *out)
{
	size_t i = 0, j = 0;
	struct diff_run run = {.kept = (uint32_t)front};
	while (i < a->count || j < b->count) {
		while (i < a->count && a->changed[i])
			run.removed++, i++;
		while (j < b->count && b->changed[j])
			run.added++, j++;
		if (run.removed > 0 || run.added > 0) {
			add_run(out, run);
			run = (struct diff_run){0};
		}
		while (i < a->count && j < b->count && !a->changed[i] && !b->changed[j])
			run.kept++, i++, j++;
	}
}

void diff_text(struct bytes from, struct bytes to, struct diff *out)
{
	if (from.len == 0)
		from = bytes_text("");
	if (to.len == 0)
		to = bytes_text("");
	size_t front = same_front(from, to);
	struct bytes kept = {from.at, front};
	from = (struct bytes){from.at + front, from.len - front};
	to = (struct bytes){to.at + front, to.len - front};
	size_t back = same_back(from, to);
	from.len -= back;
	to.len -= back;

	CLEANUP(side_release) struct side a, b;
	side_init(&a, from);
	side_init(&b, to);
	size_t budget = BUDGET;
	if (a.count + b.count >= LINES_FROM)
		compare_lines(&a, &b, &budget);
	else
		compare_part(&a, 0, a.count, &b, 0, b.count, &budget);
	read_runs(&a, &b, utf8_count(kept), out);
}
