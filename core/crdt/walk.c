#include "core/crdt/walk.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"

/* A run of characters, each after the one before it. */
struct item {
	uint32_t id, len;
	uint32_t left, right; /* neighbours when it was inserted */
	uint32_t state;       /* at the version: 0 not there yet, 1 there, n deleted */
	uint32_t dead;        /* here: the event that deleted it; WALK_NONE: it lives */
	bool is_last;
};

/* Events from `event` on delete the characters from `id` on; the last one first when
 * `is_back`. */
struct target {
	uint32_t event, id, len;
	bool is_back;
};

struct walk {
	const struct graph *graph;
	uint32_t start, end;
	uint32_t change; /* where the change at hand begins */
	struct heads at;
	struct item *items;
	size_t count, cap;
	struct target *targets;
	size_t target_count, target_cap;
	struct walk_edit *edits;
	size_t edit_count, edit_cap;
	struct span_list retreat, advance;
	struct heads parents;
};

struct walk *walk_new(const struct graph *graph, uint32_t start, uint32_t len)
{
	struct walk *walk = mem_new(sizeof(*walk));
	walk->graph = graph;
	walk->start = walk->end = walk->change = start;
	if (len > 0) {
		walk->items = mem_grow(NULL, 0, &walk->cap, sizeof(*walk->items));
		walk->items[0] = (struct item){.id = WALK_BEFORE,
			.len = len,
			.left = WALK_NONE,
			.right = WALK_NONE,
			.state = 1,
			.dead = WALK_NONE};
		walk->count = 1;
	}
	return walk;
}

void walk_free(struct walk *walk)
{
	if (walk == NULL)
		return;
	heads_release(&walk->at);
	heads_release(&walk->parents);
	span_list_release(&walk->retreat);
	span_list_release(&walk->advance);
	mem_free(walk->items);
	mem_free(walk->targets);
	mem_free(walk->edits);
	mem_free(walk);
}

uint32_t walk_start(const struct walk *walk)
{
	return walk->start;
}

static void add_item(struct walk *walk, size_t index, struct item item)
{
	walk->items =
		mem_grow(walk->items, walk->count, &walk->cap, sizeof(*walk->items));
	memmove(&walk->items[index + 1], &walk->items[index],
		(walk->count - index) * sizeof(item));
	walk->items[index] = item;
	walk->count++;
}

/* Cut an item so that one begins at `offset` in it. */
static void cut(struct walk *walk, size_t index, uint32_t offset)
{
	struct item right = walk->items[index];
	right.left = right.id + offset - 1;
	right.id += offset;
	right.len -= offset;
	walk->items[index].len = offset;
	add_item(walk, index + 1, right);
}

/* The item that holds a character. */
static size_t find(const struct walk *walk, uint32_t id)
{
	size_t i = 0;
	while (id - walk->items[i].id >= walk->items[i].len)
		i++;
	return i;
}

/* The item that begins with a character; cuts one where needed. */
static size_t isolate(struct walk *walk, uint32_t id)
{
	size_t i = find(walk, id);
	if (walk->items[i].id == id)
		return i;
	cut(walk, i, id - walk->items[i].id);
	return i + 1;
}

/* Add `by` to the state of characters side by side in name, if not in place. */
static void set_state(struct walk *walk, uint32_t id, uint32_t len, int by)
{
	while (len > 0) {
		size_t i = isolate(walk, id);
		if (walk->items[i].len > len)
			cut(walk, i, len);
		walk->items[i].state += (uint32_t)by;
		id += walk->items[i].len;
		len -= walk->items[i].len;
	}
}

static size_t target_of(const struct walk *walk, uint32_t event)
{
	size_t low = 0, high = walk->target_count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (walk->targets[middle].event <= event)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void move_deleted(struct walk *walk, uint32_t event, uint32_t len, int by)
{
	for (size_t t = target_of(walk, event); len > 0; t++) {
		const struct target *target = &walk->targets[t];
		uint32_t skip = event - target->event, n = target->len - skip;
		if (n > len)
			n = len;
		uint32_t id = target->is_back ? target->id + target->len - skip - n
					      : target->id + skip;
		set_state(walk, id, n, by);
		event += n;
		len -= n;
	}
}

/* Take the events of a span out of the version (by -1) or into it (by 1). */
static void move_span(struct walk *walk, struct span span, int by)
{
	const struct op_run *ops = walk->graph->ops;
	size_t i = graph_op_of(walk->graph, span.start);
	while (span.start < span.end) {
		uint32_t n = ops[i].len - (span.start - ops[i].start);
		if (n > span.end - span.start)
			n = span.end - span.start;
		if (ops[i].is_insert)
			set_state(walk, span.start, n, by);
		else
			move_deleted(walk, span.start, n, by);
		span.start += n;
		i++;
	}
}

static uint32_t version_len(const struct walk *walk)
{
	uint32_t len = 0;
	for (size_t i = 0; i < walk->count; i++)
		len += walk->items[i].state == 1 ? walk->items[i].len : 0;
	return len;
}

uint32_t walk_to(struct walk *walk, const struct heads *version)
{
	graph_diff(walk->graph, &walk->at, version, &walk->retreat, &walk->advance);
	for (size_t i = 0; i < walk->retreat.count; i++)
		move_span(walk, walk->retreat.at[i], -1);
	for (size_t i = walk->advance.count; i-- > 0;)
		move_span(walk, walk->advance.at[i], 1);
	heads_set(&walk->at, version->at, version->count);
	return version_len(walk);
}

/* The index directly after the character at place `pos` - 1 of the version. */
static size_t gap_of(struct walk *walk, uint32_t pos)
{
	size_t i = 0;
	for (; pos > 0; i++) {
		const struct item *item = &walk->items[i];
		if (item->state != 1)
			continue;
		if (item->len > pos)
			cut(walk, i, pos);
		pos -= walk->items[i].len;
	}
	return i;
}

static uint32_t place_here(const struct walk *walk, size_t index)
{
	uint32_t pos = 0;
	for (size_t i = 0; i < index; i++)
		pos += walk->items[i].dead == WALK_NONE ? walk->items[i].len : 0;
	return pos;
}

/*
 * Whether an item stands to the right of whatever a draft may insert at this place of the
 * text here: of what is directly after the living character to the left. So it does when
 * dead characters lie between, and when its own left neighbour is farther to the left.
 */
static bool is_last(const struct walk *walk, size_t index, uint32_t left)
{
	if (index == 0)
		return false;
	const struct item *before = &walk->items[index - 1];
	if (before->id >= walk->change && before->id < WALK_BEFORE)
		return before->is_last;
	return before->dead < walk->change || before->id + before->len - 1 != left;
}

static bool comes_first(const struct walk *walk, uint32_t event, uint32_t other)
{
	const struct graph *graph = walk->graph;
	return log_id_compare(graph->logs[graph_clock_of(graph, event)->log].id,
		       graph->logs[graph_clock_of(graph, other)->log].id) < 0;
}

/* Where a neighbour stands, as an index; before all items, or after them. */
static size_t after_left(const struct walk *walk, uint32_t left)
{
	return left == WALK_NONE ? 0 : find(walk, left) + 1;
}

static size_t at_right(const struct walk *walk, uint32_t right)
{
	return right == WALK_NONE ? walk->count : find(walk, right);
}

/*
 * Among what others inserted at the gap, the place of a new item. Both its neighbours and
 * those of the others are at the ends of items: they were cut there.
 */
static size_t integrate(const struct walk *walk, size_t gap, const struct item *item)
{
	size_t right = at_right(walk, item->right), at = gap;
	bool is_scanning = false;
	for (size_t i = gap; i < walk->count && walk->items[i].state == 0; i++) {
		const struct item *other = &walk->items[i];
		size_t other_left = after_left(walk, other->left);
		if (other_left < gap)
			break;
		if (other_left == gap) {
			size_t other_right = at_right(walk, other->right);
			if (other_right == right &&
				comes_first(walk, item->id, other->id))
				break;
			is_scanning = other_right < right;
		}
		if (!is_scanning)
			at = i + 1;
	}
	return at;
}

static void add_edit(struct walk *walk, struct walk_edit edit)
{
	walk->edits = mem_grow(
		walk->edits, walk->edit_count, &walk->edit_cap, sizeof(*walk->edits));
	walk->edits[walk->edit_count++] = edit;
}

static void passed(struct walk *walk, uint32_t event, uint32_t len)
{
	walk->end = event + len;
	heads_set(&walk->at, &(uint32_t){walk->end - 1}, 1);
}

void walk_insert(struct walk *walk, uint32_t event, uint32_t pos, uint32_t len)
{
	size_t gap = gap_of(walk, pos), right = gap;
	while (right < walk->count && walk->items[right].state == 0)
		right++;
	const struct item *before = gap > 0 ? &walk->items[gap - 1] : NULL;
	struct item item = {.id = event,
		.len = len,
		.left = before != NULL ? before->id + before->len - 1 : WALK_NONE,
		.right = right < walk->count ? walk->items[right].id : WALK_NONE,
		.state = 1,
		.dead = WALK_NONE};
	size_t at = integrate(walk, gap, &item);
	item.is_last = is_last(walk, at, item.left);
	add_edit(walk, (struct walk_edit){.pos = place_here(walk, at),
			       .len = len,
			       .is_insert = true,
			       .after_dead = item.is_last});
	add_item(walk, at, item);
	passed(walk, event, len);
}

static void add_target(struct walk *walk, struct target target)
{
	walk->targets = mem_grow(walk->targets, walk->target_count, &walk->target_cap,
		sizeof(*walk->targets));
	walk->targets[walk->target_count++] = target;
}

/* Delete up to `len` characters of the item at `index`; returns how many. */
static uint32_t delete_item(
	struct walk *walk, size_t index, uint32_t event, uint32_t len, bool is_back)
{
	struct item *item = &walk->items[index];
	if (item->dead == WALK_NONE) {
		uint32_t pos = place_here(walk, index);
		add_edit(walk, (struct walk_edit){.pos = pos, .len = item->len});
		item->dead = event;
	}
	item->state++;
	add_target(walk, (struct target){event, item->id, item->len, is_back});
	assert(item->len <= len);
	return item->len;
}

/* The item that ends with place `pos` of the version, cut so that it has at most `len`
 * characters; or that begins there. */
static size_t item_before(struct walk *walk, uint32_t pos, uint32_t len)
{
	size_t i = gap_of(walk, pos) - 1;
	if (walk->items[i].len <= len)
		return i;
	cut(walk, i, walk->items[i].len - len);
	return i + 1;
}

static size_t item_after(struct walk *walk, uint32_t pos, uint32_t len)
{
	size_t i = gap_of(walk, pos);
	while (walk->items[i].state != 1)
		i++;
	if (walk->items[i].len > len)
		cut(walk, i, len);
	return i;
}

void walk_delete(
	struct walk *walk, uint32_t event, uint32_t pos, uint32_t len, bool is_back)
{
	while (len > 0) {
		size_t i = is_back ? item_before(walk, pos + len, len)
				   : item_after(walk, pos, len);
		uint32_t n = delete_item(walk, i, event, len, is_back);
		event += n;
		len -= n;
		passed(walk, event - n, n);
	}
}

void walk_begin(struct walk *walk, uint32_t event)
{
	walk->change = event;
	walk->edit_count = 0;
}

const struct walk_edit *walk_edits(const struct walk *walk, size_t *count)
{
	*count = walk->edit_count;
	return walk->edits;
}

/* The part of an operation run that lies in a span. */
static void replay_op(struct walk *walk, const struct op_run *op, struct span span)
{
	uint32_t from = span.start > op->start ? span.start - op->start : 0;
	uint32_t to = span.end - op->start < op->len ? span.end - op->start : op->len;
	uint32_t event = op->start + from, len = to - from;
	if (op->is_insert)
		walk_insert(walk, event, op->pos + from, len);
	else if (op->is_back)
		walk_delete(walk, event, op->pos + op->len - to, len, true);
	else
		walk_delete(walk, event, op->pos, len, false);
}

static void replay_run(struct walk *walk, size_t run, struct span span)
{
	const struct graph *graph = walk->graph;
	const struct graph_run *at = &graph->runs[run];
	if (span.start == at->start)
		heads_set(&walk->parents, &graph->parents[at->parents], at->parent_count);
	else
		heads_set(&walk->parents, &(uint32_t){span.start - 1}, 1);
	if (span.start == walk->start)
		heads_set(&walk->at, walk->parents.at, walk->parents.count);
	(void)walk_to(walk, &walk->parents);
	for (size_t i = graph_op_of(graph, span.start);
		i < graph->op_count && graph->ops[i].start < span.end; i++)
		replay_op(walk, &graph->ops[i], span);
}

void walk_replay(struct walk *walk, uint32_t end)
{
	walk->edit_count = 0;
	while (walk->end < end) {
		size_t run = graph_run_of(walk->graph, walk->end);
		uint32_t stop = graph_run_end(walk->graph, run);
		if (stop > end)
			stop = end;
		replay_run(walk, run, (struct span){walk->end, stop});
	}
}

bool walk_next(const struct walk *walk, size_t *index, uint32_t *character, uint32_t *len)
{
	while (*index < walk->count && walk->items[*index].dead != WALK_NONE)
		++*index;
	if (*index == walk->count)
		return false;
	*character = walk->items[*index].id;
	*len = walk->items[*index].len;
	++*index;
	return true;
}

size_t walk_memory(const struct walk *walk)
{
	return sizeof(*walk) + walk->cap * sizeof(*walk->items) +
	       walk->target_cap * sizeof(*walk->targets) +
	       walk->edit_cap * sizeof(*walk->edits) +
	       walk->at.cap * sizeof(*walk->at.at) +
	       walk->parents.cap * sizeof(*walk->parents.at) +
	       walk->retreat.cap * sizeof(*walk->retreat.at) +
	       walk->advance.cap * sizeof(*walk->advance.at);
}
