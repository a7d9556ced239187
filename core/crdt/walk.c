#include "core/crdt/walk.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crdt/graph_seen.h"
#include "core/crdt/walk_tree.h"

/* Events from `event` on delete the characters from `id` on; the last one first when
 * `is_back`. */
struct target {
	uint32_t event, id, len;
	bool is_back;
};

struct walk {
	const struct graph *graph;
	uint32_t start, end;
	uint32_t before; /* characters that were there before the walk */
	uint32_t change; /* where the change at hand begins */
	struct heads at;
	struct tree tree;
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
	walk_restart(walk, start, len);
	return walk;
}

void walk_restart(struct walk *walk, uint32_t start, uint32_t len)
{
	walk->start = walk->end = walk->change = start;
	walk->before = len;
	walk->target_count = walk->edit_count = 0;
	tree_begin(&walk->tree, len);
}

void walk_free(struct walk *walk)
{
	if (walk == NULL)
		return;
	heads_release(&walk->at);
	heads_release(&walk->parents);
	span_list_release(&walk->retreat);
	span_list_release(&walk->advance);
	tree_release(&walk->tree);
	mem_free(walk->targets);
	mem_free(walk->edits);
	mem_free(walk);
}

/* The name in the tree of what an event inserted, and back. */
static uint32_t id_of(const struct walk *walk, uint32_t event)
{
	return walk->before + (event - walk->start);
}

static uint32_t event_of(const struct walk *walk, uint32_t id)
{
	return walk->start + (id - walk->before);
}

uint32_t walk_start(const struct walk *walk)
{
	return walk->start;
}

/* Add `by` to the state of characters side by side in name, if not in place. */
static void set_state(struct walk *walk, uint32_t id, uint32_t len, int by)
{
	while (len > 0) {
		struct tree_place place = tree_find(&walk->tree, id);
		const struct item *item = tree_item(&walk->tree, place);
		if (item->id != id)
			place = tree_cut(&walk->tree, &place, id - item->id);
		item = tree_item(&walk->tree, place);
		uint32_t n = item->len < len ? item->len : len;
		uint16_t state = (uint16_t)(item->state + by);
		if (item->len > n)
			(void)tree_cut(&walk->tree, &place, n);
		item = tree_item(&walk->tree, place);
		tree_set(&walk->tree, place, state, item->dead);
		id += n;
		len -= n;
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
			set_state(walk, id_of(walk, span.start), n, by);
		else
			move_deleted(walk, span.start, n, by);
		span.start += n;
		i++;
	}
}

static bool heads_equal(const struct heads *a, const struct heads *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->at, b->at, a->count * sizeof(*a->at)) == 0);
}

void walk_stand(struct walk *walk, const struct heads *version)
{
	heads_set(&walk->at, version->at, version->count);
}

/* Move by what comparing versions found. */
static uint32_t move(struct walk *walk)
{
	for (size_t i = 0; i < walk->retreat.count; i++)
		move_span(walk, walk->retreat.at[i], -1);
	for (size_t i = walk->advance.count; i-- > 0;)
		move_span(walk, walk->advance.at[i], 1);
	return walk->tree.width.there;
}

uint32_t walk_to(struct walk *walk, const struct heads *version)
{
	if (heads_equal(&walk->at, version))
		return walk->tree.width.there;
	graph_diff(walk->graph, &walk->at, version, &walk->retreat, &walk->advance);
	heads_set(&walk->at, version->at, version->count);
	return move(walk);
}

uint32_t walk_to_run(struct walk *walk, struct graph_seen *seen, size_t run)
{
	graph_seen_to(seen, run, &walk->retreat, &walk->advance);
	return move(walk);
}

/*
 * Whether an item stands to the right of whatever a draft may insert at this place of the
 * text here: of what is directly after the living character to the left. So it does when
 * dead characters lie between, and when its own left neighbour is farther to the left.
 */
static bool is_last(const struct walk *walk, const struct item *before, uint32_t left)
{
	if (before == NULL)
		return false;
	if (before->id >= id_of(walk, walk->change))
		return before->is_last;
	return before->dead < walk->change || before->id + before->len - 1 != left;
}

static bool comes_first(const struct walk *walk, uint32_t id, uint32_t other)
{
	const struct graph *graph = walk->graph;
	const struct clock_run *a = graph_clock_of(graph, event_of(walk, id));
	const struct clock_run *b = graph_clock_of(graph, event_of(walk, other));
	return log_id_compare(graph->logs[a->log].id, graph->logs[b->log].id) < 0;
}

static bool is_left_of(const struct walk *walk, uint32_t a, uint32_t b)
{
	return tree_order(&walk->tree, a) < tree_order(&walk->tree, b);
}

static bool has_farther_left(
	const struct walk *walk, const struct item *other, const struct item *item)
{
	if (other->left == item->left || item->left == TREE_NONE)
		return false;
	return other->left == TREE_NONE || is_left_of(walk, other->left, item->left);
}

static bool has_nearer_right(
	const struct walk *walk, const struct item *other, const struct item *item)
{
	if (other->right == item->right || other->right == TREE_NONE)
		return false;
	return item->right == TREE_NONE || is_left_of(walk, other->right, item->right);
}

/*
 * Among what others inserted at the gap, the place of a new item. Both its neighbours and
 * those of the others are at the ends of items: they were cut there.
 */
static struct tree_place integrate(
	const struct walk *walk, struct tree_place gap, const struct item *item)
{
	struct tree_place at = gap, next = gap;
	bool is_scanning = false;
	while (tree_settle(&walk->tree, &next)) {
		const struct item *other = tree_item(&walk->tree, next);
		if (other->state != 0 || has_farther_left(walk, other, item))
			break;
		if (other->left == item->left) {
			if (other->right == item->right &&
				comes_first(walk, item->id, other->id))
				break;
			is_scanning = has_nearer_right(walk, other, item);
		}
		next.index++;
		next.here += item_here(other);
		if (!is_scanning)
			at = next;
	}
	return at;
}

/* The next character that was there in the version; TREE_NONE at the end. */
static uint32_t right_of(const struct walk *walk, struct tree_place place)
{
	while (tree_settle(&walk->tree, &place)) {
		const struct item *item = tree_item(&walk->tree, place);
		if (item->state != 0)
			return item->id;
		place.index++;
	}
	return TREE_NONE;
}

/* The item to the left of a place; NULL when there is none. */
static const struct item *left_of(const struct walk *walk, struct tree_place *place)
{
	while (place->index == 0) {
		place->leaf = walk->tree.leaves[place->leaf].before;
		if (place->leaf == TREE_NONE)
			return NULL;
		place->index = walk->tree.leaves[place->leaf].count;
	}
	place->index--;
	return tree_item(&walk->tree, *place);
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

/* Directly after the character at place `pos` - 1 of the version, `*left`. */
static struct tree_place gap_of(struct walk *walk, uint32_t pos, uint32_t *left)
{
	*left = TREE_NONE;
	if (pos == 0)
		return (struct tree_place){0};
	uint32_t offset = 0;
	struct tree_place place = tree_seek(&walk->tree, pos - 1, &offset);
	const struct item *item = tree_item(&walk->tree, place);
	*left = item->id + offset;
	if (offset + 1 < item->len)
		return tree_cut(&walk->tree, &place, offset + 1);
	place.here += item_here(item);
	place.index++;
	return place;
}

/* Whether the item only goes on what stands to its left. */
static bool goes_on(
	const struct walk *walk, const struct item *before, const struct item *item)
{
	return before != NULL && before->id >= walk->before &&
	       before->id + before->len == item->id && item->left + 1 == item->id &&
	       before->state == 1 && before->dead == TREE_NONE &&
	       before->right == item->right;
}

void walk_insert(struct walk *walk, uint32_t event, uint32_t pos, uint32_t len)
{
	struct item item = {
		.id = id_of(walk, event), .len = len, .state = 1, .dead = TREE_NONE};
	tree_reserve(&walk->tree, (size_t)item.id + len);
	struct tree_place gap = gap_of(walk, pos, &item.left);
	item.right = right_of(walk, gap);
	struct tree_place at = integrate(walk, gap, &item), left_at = at;
	const struct item *before = left_of(walk, &left_at);
	item.is_last = is_last(walk, before, item.left);
	add_edit(walk, (struct walk_edit){.pos = at.here,
			       .len = len,
			       .is_insert = true,
			       .after_dead = item.is_last});
	if (goes_on(walk, before, &item))
		tree_extend(&walk->tree, left_at, len);
	else
		tree_insert(&walk->tree, at, item);
	passed(walk, event, len);
}

static void add_target(struct walk *walk, struct target target)
{
	walk->targets = mem_grow(walk->targets, walk->target_count, &walk->target_cap,
		sizeof(*walk->targets));
	walk->targets[walk->target_count++] = target;
}

/* Delete all characters of an item; returns how many. */
static uint32_t delete_item(
	struct walk *walk, struct tree_place place, uint32_t event, bool is_back)
{
	const struct item *item = tree_item(&walk->tree, place);
	uint32_t len = item->len, dead = item->dead;
	if (dead == TREE_NONE) {
		add_edit(walk, (struct walk_edit){.pos = place.here, .len = len});
		dead = event;
	}
	add_target(walk, (struct target){event, item->id, len, is_back});
	tree_set(&walk->tree, place, (uint16_t)(item->state + 1), dead);
	return len;
}

/* The item that ends with place `pos` of the version, cut so that it has at most `len`
 * characters; or that begins there. */
static struct tree_place item_before(struct walk *walk, uint32_t pos, uint32_t len)
{
	uint32_t offset = 0;
	struct tree_place place = tree_seek(&walk->tree, pos - 1, &offset);
	if (offset + 1 < tree_item(&walk->tree, place)->len)
		(void)tree_cut(&walk->tree, &place, offset + 1);
	return offset + 1 > len ? tree_cut(&walk->tree, &place, offset + 1 - len) : place;
}

static struct tree_place item_after(struct walk *walk, uint32_t pos, uint32_t len)
{
	uint32_t offset = 0;
	struct tree_place place = tree_seek(&walk->tree, pos, &offset);
	if (offset > 0)
		place = tree_cut(&walk->tree, &place, offset);
	if (tree_item(&walk->tree, place)->len > len)
		(void)tree_cut(&walk->tree, &place, len);
	return place;
}

void walk_delete(
	struct walk *walk, uint32_t event, uint32_t pos, uint32_t len, bool is_back)
{
	passed(walk, event, len);
	while (len > 0) {
		struct tree_place place = is_back ? item_before(walk, pos + len, len)
						  : item_after(walk, pos, len);
		uint32_t n = delete_item(walk, place, event, is_back);
		event += n;
		len -= n;
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
		heads_set(&walk->parents, graph_parents(graph, at), at->parent_count);
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

uint32_t walk_len(const struct walk *walk)
{
	return walk->tree.width.here;
}

bool walk_next_piece(const struct walk *walk, size_t *index, struct walk_piece *out)
{
	struct tree_place place = {.leaf = (uint32_t)(*index / (LEAF_ITEMS + 1)),
		.index = (uint32_t)(*index % (LEAF_ITEMS + 1))};
	if (!tree_settle(&walk->tree, &place))
		return false;
	const struct item *item = tree_item(&walk->tree, place);
	bool is_old = item->id < walk->before;
	*out = (struct walk_piece){.event = is_old ? item->id : event_of(walk, item->id),
		.len = item->len,
		.is_dead = item->dead != TREE_NONE,
		.is_old = is_old};
	*index = (size_t)place.leaf * (LEAF_ITEMS + 1) + place.index + 1;
	return true;
}

bool walk_next(const struct walk *walk, size_t *index, uint32_t *event, uint32_t *len)
{
	struct walk_piece piece;
	while (walk_next_piece(walk, index, &piece)) {
		if (piece.is_dead)
			continue;
		*event = piece.event;
		*len = piece.len;
		return true;
	}
	return false;
}

bool walk_next_deletion(const struct walk *walk, size_t *index, struct walk_deletion *out)
{
	if (*index == walk->target_count)
		return false;
	const struct target *target = &walk->targets[(*index)++];
	*out = (struct walk_deletion){.event = target->event,
		.inserted = event_of(walk, target->id),
		.len = target->len,
		.is_back = target->is_back};
	return true;
}

size_t walk_memory(const struct walk *walk)
{
	return sizeof(*walk) + tree_memory(&walk->tree) +
	       walk->target_cap * sizeof(*walk->targets) +
	       walk->edit_cap * sizeof(*walk->edits) +
	       walk->at.cap * sizeof(*walk->at.at) +
	       walk->parents.cap * sizeof(*walk->parents.at) +
	       walk->retreat.cap * sizeof(*walk->retreat.at) +
	       walk->advance.cap * sizeof(*walk->advance.at);
}
