/*
 * Versions compared: graph_version() and graph_diff(). Both walk from the heads down,
 * greatest event first, run by run, until only what both sides have seen is left.
 */
#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crdt/graph.h"

enum side { ONLY_A = 1, ONLY_B = 2, SHARED = 3 };

struct mark {
	uint32_t event;
	uint8_t side;
};

/*
 * What is still to be looked at, greatest event first. A few marks, as it mostly is, are
 * kept in ascending order and need no memory; more are a binary heap.
 */
#define FEW 16u

struct queue {
	struct mark *heap; /* NULL as long as `few` holds them; owned */
	size_t count, cap;
	size_t shared;
	struct mark few[FEW];
};

#define CLEAN_QUEUE __attribute__((cleanup(queue_release)))

static void queue_begin(struct queue *queue)
{
	queue->heap = NULL;
	queue->count = queue->shared = queue->cap = 0;
}

static void queue_release(struct queue *queue)
{
	mem_free(queue->heap);
}

/* Marks in descending order are a heap. */
static void queue_become_heap(struct queue *queue)
{
	queue->cap = (size_t)2 * FEW;
	queue->heap = mem_resize(NULL, queue->cap, sizeof(*queue->heap));
	for (size_t i = 0; i < queue->count; i++)
		queue->heap[i] = queue->few[queue->count - 1 - i];
}

static void heap_add(struct queue *queue, struct mark mark)
{
	queue->heap =
		mem_grow(queue->heap, queue->count, &queue->cap, sizeof(*queue->heap));
	struct mark *at = queue->heap;
	size_t i = queue->count++;
	for (; i > 0 && at[(i - 1) / 2].event < mark.event; i = (i - 1) / 2)
		at[i] = at[(i - 1) / 2];
	at[i] = mark;
}

static struct mark heap_take(struct queue *queue)
{
	struct mark *at = queue->heap, top = at[0], last = at[--queue->count];
	size_t i = 0;
	for (size_t child = 1; child < queue->count; child = 2 * i + 1) {
		if (child + 1 < queue->count && at[child + 1].event > at[child].event)
			child++;
		if (last.event >= at[child].event)
			break;
		at[i] = at[child];
		i = child;
	}
	at[i] = last;
	return top;
}

static void queue_add(struct queue *queue, uint32_t event, uint8_t side)
{
	queue->shared += side == SHARED;
	if (queue->heap == NULL && queue->count == FEW)
		queue_become_heap(queue);
	if (queue->heap != NULL) {
		heap_add(queue, (struct mark){event, side});
		return;
	}
	size_t i = queue->count++;
	for (; i > 0 && queue->few[i - 1].event > event; i--)
		queue->few[i] = queue->few[i - 1];
	queue->few[i] = (struct mark){event, side};
}

static struct mark queue_take(struct queue *queue)
{
	struct mark top =
		queue->heap != NULL ? heap_take(queue) : queue->few[--queue->count];
	queue->shared -= top.side == SHARED;
	return top;
}

/* Whether there is a mark at or after the event. */
static bool queue_reaches(const struct queue *queue, uint32_t event)
{
	if (queue->count == 0)
		return false;
	const struct mark *top =
		queue->heap != NULL ? &queue->heap[0] : &queue->few[queue->count - 1];
	return top->event >= event;
}

static void add_heads(struct queue *queue, const struct heads *heads, uint8_t side)
{
	for (size_t i = 0; i < heads->count; i++)
		queue_add(queue, heads->at[i], side);
}

static void add_parents(struct queue *queue, const struct graph *graph,
	const struct graph_run *run, uint8_t side)
{
	for (uint32_t i = 0; i < run->parent_count; i++)
		queue_add(queue, graph->parents[run->parents + i], side);
}

/* Events from `start` up to `end`, seen by that side only. Comes descending. */
static void emit(struct span_list *list, uint32_t start, uint32_t end)
{
	if (start == end)
		return;
	if (list->count > 0 && list->at[list->count - 1].start == end) {
		list->at[list->count - 1].start = start;
		return;
	}
	list->at = mem_grow(list->at, list->count, &list->cap, sizeof(*list->at));
	list->at[list->count++] = (struct span){start, end};
}

void graph_diff(const struct graph *graph, const struct heads *a, const struct heads *b,
	struct span_list *only_a, struct span_list *only_b)
{
	only_a->count = only_b->count = 0;
	CLEAN_QUEUE struct queue queue;
	queue_begin(&queue);
	add_heads(&queue, a, ONLY_A);
	add_heads(&queue, b, ONLY_B);
	while (queue.count > queue.shared) {
		struct mark top = queue_take(&queue);
		const struct graph_run *run =
			&graph->runs[graph_run_of(graph, top.event)];
		while (queue_reaches(&queue, run->start)) {
			struct mark next = queue_take(&queue);
			if ((next.side | top.side) == top.side)
				continue;
			if (top.side != SHARED)
				emit(top.side == ONLY_A ? only_a : only_b, next.event + 1,
					top.event + 1);
			top = (struct mark){next.event, (uint8_t)(next.side | top.side)};
		}
		if (top.side != SHARED)
			emit(top.side == ONLY_A ? only_a : only_b, run->start,
				top.event + 1);
		add_parents(&queue, graph, run, top.side);
	}
}

/* The last event of `log` in its entries up to `entry`; false when there is none. */
static bool last_event(
	const struct graph *graph, size_t log, uint64_t entry, uint32_t *event)
{
	const struct graph_log *own = &graph->logs[log];
	size_t low = 0, high = own->count;
	while (high > low) {
		size_t middle = low + (high - low) / 2;
		if (graph->clock[own->runs[middle]].entry <= entry)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	const struct clock_run *run = &graph->clock[own->runs[low - 1]];
	uint64_t past = entry - run->entry;
	uint32_t count = past < run->count ? (uint32_t)past + 1 : run->count;
	*event = run->start + run->per * count - 1;
	return true;
}

/* Of the events named those that no other one has seen. What is NAMED is a candidate as
 * long as nobody was found to have seen it. */
enum { NAMED = 1, SEEN = 2 };

static void keep_heads(const struct graph *graph, struct queue *queue, struct heads *out)
{
	size_t named = queue->count;
	out->count = 0;
	while (named > 0) {
		struct mark top = queue_take(queue);
		const struct graph_run *run =
			&graph->runs[graph_run_of(graph, top.event)];
		bool is_seen = top.side == SEEN;
		named -= top.side == NAMED;
		while (queue_reaches(queue, run->start)) {
			struct mark next = queue_take(queue);
			named -= next.side == NAMED;
			is_seen |= next.event == top.event && next.side == SEEN;
		}
		if (!is_seen) {
			out->at = mem_grow(
				out->at, out->count, &out->cap, sizeof(*out->at));
			out->at[out->count++] = top.event;
		}
		if (named > 0)
			add_parents(queue, graph, run, SEEN);
	}
}

void graph_version(const struct graph *graph, struct log_id log,
	const struct vector *seen, struct heads *out)
{
	CLEAN_QUEUE struct queue queue;
	queue_begin(&queue);
	for (size_t i = 0; i < graph->log_count; i++) {
		struct log_id id = graph->logs[i].id;
		uint64_t entry =
			log_id_equal(id, log) ? UINT64_MAX : vector_get(seen, id);
		uint32_t event = 0;
		if (last_event(graph, i, entry, &event))
			queue_add(&queue, event, NAMED);
	}
	keep_heads(graph, &queue, out);
}
