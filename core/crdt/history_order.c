#include "core/crdt/history_order.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* Events one after another of which only the last one is anybody's parent. */
struct piece {
	struct span span;
	size_t run;                /* of the graph */
	uint32_t waiting;          /* parents that are not placed yet */
	size_t child, child_count; /* in `children` */
	double weight;             /* events that come of it, shared among parents */
	uint32_t placed;           /* where its last event is in the new order */
	bool is_first;             /* of its run */
};

struct pieces {
	const struct graph *graph;
	struct piece *at;
	size_t count, cap;
	uint32_t *children;
	uint32_t *ready; /* a stack */
	size_t ready_count;
};

static int compare_events(const void *a, const void *b)
{
	uint32_t x, y;
	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static void add_piece(struct pieces *pieces, struct piece piece)
{
	pieces->at =
		mem_grow(pieces->at, pieces->count, &pieces->cap, sizeof(*pieces->at));
	pieces->at[pieces->count++] = piece;
}

/* Runs cut after every event that is a parent. */
static void cut_runs(struct pieces *pieces)
{
	const struct graph *graph = pieces->graph;
	CLEAN_MEM uint32_t *cuts = mem_array(graph->parent_count, sizeof(*cuts));
	if (graph->parent_count > 0)
		memcpy(cuts, graph->parents, graph->parent_count * sizeof(*cuts));
	qsort(cuts, graph->parent_count, sizeof(*cuts), compare_events);
	size_t next = 0;
	for (size_t run = 0; run < graph->run_count; run++) {
		uint32_t start = graph->runs[run].start, end = graph_run_end(graph, run);
		for (uint32_t at = start; at < end;) {
			while (next < graph->parent_count && cuts[next] < at)
				next++;
			uint32_t stop = next < graph->parent_count && cuts[next] < end
						? cuts[next] + 1
						: end;
			add_piece(pieces, (struct piece){.span = {at, stop},
						  .run = run,
						  .is_first = at == start});
			at = stop;
		}
	}
}

/* The piece that ends with the event. */
static uint32_t piece_of(const struct pieces *pieces, uint32_t event)
{
	size_t low = 0, high = pieces->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (pieces->at[middle].span.start <= event)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static uint32_t parent_count(const struct pieces *pieces, const struct piece *piece)
{
	return piece->is_first ? pieces->graph->runs[piece->run].parent_count : 1;
}

static uint32_t parent_of(
	const struct pieces *pieces, const struct piece *piece, uint32_t i)
{
	const struct graph *graph = pieces->graph;
	if (!piece->is_first)
		return piece->span.start - 1;
	return graph->parents[graph->runs[piece->run].parents + i];
}

/* Who comes of whom, and how much: children lie after their parents. */
static void link(struct pieces *pieces)
{
	size_t sum = 0;
	for (int fill = 0; fill < 2; fill++) {
		for (size_t i = 0; i < pieces->count; i++) {
			struct piece *piece = &pieces->at[i];
			piece->waiting = parent_count(pieces, piece);
			for (uint32_t p = 0; p < piece->waiting; p++) {
				struct piece *parent = &pieces->at[piece_of(
					pieces, parent_of(pieces, piece, p))];
				if (fill == 1)
					pieces->children[parent->child +
							 parent->child_count] =
						(uint32_t)i;
				parent->child_count++;
			}
		}
		for (size_t i = 0; i < pieces->count && fill == 0; i++) {
			pieces->at[i].child = sum;
			sum += pieces->at[i].child_count;
			pieces->at[i].child_count = 0;
		}
		if (fill == 0)
			pieces->children = mem_array(sum, sizeof(*pieces->children));
	}
	for (size_t i = pieces->count; i-- > 0;) {
		struct piece *piece = &pieces->at[i];
		piece->weight += piece->span.end - piece->span.start;
		for (uint32_t p = 0; p < piece->waiting; p++)
			pieces->at[piece_of(pieces, parent_of(pieces, piece, p))]
				.weight += piece->weight / piece->waiting;
	}
}

/* The lightest is on top. */
static void make_ready(struct pieces *pieces, uint32_t piece, size_t bottom)
{
	size_t i = pieces->ready_count++;
	for (; i > bottom &&
		pieces->at[pieces->ready[i - 1]].weight < pieces->at[piece].weight;
		i--)
		pieces->ready[i] = pieces->ready[i - 1];
	pieces->ready[i] = piece;
}

/* ---- the new graph ---- */

static void place_clock(const struct graph *graph, struct span span, struct graph *out)
{
	uint32_t at = out->events;
	while (span.start < span.end) {
		const struct clock_run *run = graph_clock_of(graph, span.start);
		uint32_t nth = (span.start - run->start) / run->per;
		uint32_t count = (span.end - span.start) / run->per;
		if (count > run->count - nth)
			count = run->count - nth;
		struct clock_run moved = *run, *last = NULL;
		moved.start = at;
		moved.entry += nth;
		moved.count = count;
		if (out->clock_count > 0)
			last = &out->clock[out->clock_count - 1];
		size_t log = graph_log_made(out, graph->logs[run->log].id);
		if (last != NULL && last->log == log && last->per == moved.per &&
			last->entry + last->count == moved.entry)
			last->count += count;
		else
			graph_add_clock(out, log, moved);
		span.start += count * run->per;
		at += count * run->per;
	}
}

static void place_ops(const struct graph *graph, struct span span, struct graph *out)
{
	for (size_t i = graph_op_of(graph, span.start);
		i < graph->op_count && graph->ops[i].start < span.end; i++) {
		const struct op_run *op = &graph->ops[i];
		uint32_t from = span.start > op->start ? span.start - op->start : 0;
		uint32_t to =
			span.end - op->start < op->len ? span.end - op->start : op->len;
		if (op->is_insert)
			graph_add_op(out, true, op->pos + from, to - from);
		else if (!op->is_back)
			graph_add_op(out, false, op->pos, to - from);
		else
			for (uint32_t k = from; k < to; k++)
				graph_add_op(out, false, op->pos + op->len - 1 - k, 1);
	}
}

static void place(struct pieces *pieces, struct piece *piece, struct heads *parents,
	struct graph *out, struct span_list *order)
{
	uint32_t count = parent_count(pieces, piece);
	parents->count = 0;
	for (uint32_t p = 0; p < count; p++) {
		parents->at = mem_grow(
			parents->at, parents->count, &parents->cap, sizeof(*parents->at));
		uint32_t event = parent_of(pieces, piece, p);
		parents->at[parents->count++] =
			pieces->at[piece_of(pieces, event)].placed;
	}
	qsort(parents->at, parents->count, sizeof(*parents->at), compare_events);
	for (size_t i = 0; i < parents->count / 2; i++) {
		uint32_t was = parents->at[i];
		parents->at[i] = parents->at[parents->count - 1 - i];
		parents->at[parents->count - 1 - i] = was;
	}
	uint32_t events = piece->span.end - piece->span.start;
	place_clock(pieces->graph, piece->span, out);
	if (out->events == 0 || parents->count != 1 || parents->at[0] != out->events - 1)
		graph_add_run(out, parents, out->events, 0, events);
	place_ops(pieces->graph, piece->span, out);
	piece->placed = out->events - 1;
	order->at = mem_grow(order->at, order->count, &order->cap, sizeof(*order->at));
	order->at[order->count++] = piece->span;
}

void history_order(const struct graph *graph, struct graph *out, struct span_list *order)
{
	struct pieces pieces = {.graph = graph};
	struct heads parents = {0};
	cut_runs(&pieces);
	link(&pieces);
	pieces.ready = mem_array(pieces.count, sizeof(*pieces.ready));
	for (size_t i = 0; i < pieces.count; i++) {
		if (pieces.at[i].waiting == 0)
			make_ready(&pieces, (uint32_t)i, 0);
	}
	while (pieces.ready_count > 0) {
		struct piece *piece = &pieces.at[pieces.ready[--pieces.ready_count]];
		size_t bottom = pieces.ready_count;
		place(&pieces, piece, &parents, out, order);
		for (size_t i = 0; i < piece->child_count; i++) {
			uint32_t child = pieces.children[piece->child + i];
			if (--pieces.at[child].waiting == 0)
				make_ready(&pieces, child, bottom);
		}
	}
	assert(out->events == graph->events);
	heads_release(&parents);
	mem_free(pieces.at);
	mem_free(pieces.children);
	mem_free(pieces.ready);
}
