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
	uint32_t ops;              /* operations in it */
	double weight;             /* what comes of it, shared among parents */
	double alone;    /* what comes of it and of no other child of the last fork */
	uint32_t placed; /* where its last event is in the new order */
	bool is_first;   /* of its run */
};

struct pieces {
	const struct graph *graph;
	struct piece *at;
	size_t count, cap;
	uint32_t *children;
	uint32_t *ready;
	size_t ready_count;
	struct heads now; /* where a walk would stand */
	struct span_list back, forth;
};

/* How many pieces are compared before one is placed. */
#define LOOKED_AT 16u

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
			add_piece(pieces,
				(struct piece){.span = {at, stop},
					.run = run,
					.ops = (uint32_t)(graph_op_of(graph, stop - 1) -
							  graph_op_of(graph, at)) +
					       1,
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
		piece->weight += piece->ops;
		for (uint32_t p = 0; p < piece->waiting; p++)
			pieces->at[piece_of(pieces, parent_of(pieces, piece, p))]
				.weight += piece->weight / piece->waiting;
	}
}

/* Beyond this many pieces their descendants are guessed from shared weights. */
#define REACH_MAX 8192u

/* Sets of pieces that come of each piece, itself included. */
static uint64_t *reach_of_all(const struct pieces *pieces, size_t words)
{
	uint64_t *reach = mem_array(pieces->count * words, sizeof(*reach));
	for (size_t i = pieces->count; i-- > 0;) {
		uint64_t *own = reach + i * words;
		const struct piece *piece = &pieces->at[i];
		own[i / 64] |= UINT64_C(1) << (i % 64);
		for (size_t c = 0; c < piece->child_count; c++) {
			const uint64_t *child =
				reach + pieces->children[piece->child + c] * words;
			for (size_t w = i / 64; w < words; w++)
				own[w] |= child[w];
		}
	}
	return reach;
}

/* The operations of the pieces of which bits of `word`, number `at`, stand. */
static double ops_in(const struct pieces *pieces, uint64_t word, size_t at)
{
	double sum = 0;
	for (; word != 0; word &= word - 1)
		sum += pieces->at[at * 64 + (size_t)__builtin_ctzll(word)].ops;
	return sum;
}

/* What comes of each child of a fork alone: the branch until it is merged. */
static void weigh_fork(struct pieces *pieces, const struct piece *fork,
	const uint64_t *reach, size_t words)
{
	for (size_t w = 0; w < words; w++) {
		uint64_t once = 0, twice = 0;
		for (size_t c = 0; c < fork->child_count; c++) {
			uint64_t word =
				reach[pieces->children[fork->child + c] * words + w];
			twice |= once & word;
			once |= word;
		}
		for (size_t c = 0; c < fork->child_count && once != twice; c++) {
			uint32_t child = pieces->children[fork->child + c];
			pieces->at[child].alone += ops_in(
				pieces, reach[child * words + w] & once & ~twice, w);
		}
	}
}

static void weigh(struct pieces *pieces)
{
	if (pieces->count > REACH_MAX) {
		for (size_t i = 0; i < pieces->count; i++)
			pieces->at[i].alone = pieces->at[i].weight;
		return;
	}
	size_t words = (pieces->count + 63) / 64;
	CLEAN_MEM uint64_t *reach = reach_of_all(pieces, words);
	for (size_t i = 0; i < pieces->count; i++) {
		if (pieces->at[i].child_count > 1)
			weigh_fork(pieces, &pieces->at[i], reach, words);
	}
}

static void make_ready(struct pieces *pieces, uint32_t piece)
{
	pieces->ready[pieces->ready_count++] = piece;
}

static double ops_of(const struct graph *graph, const struct span_list *list)
{
	double sum = 0;
	for (size_t i = 0; i < list->count; i++)
		sum += 1 + (double)(graph_op_of(graph, list->at[i].end - 1) -
				    graph_op_of(graph, list->at[i].start));
	return sum;
}

/* What a walk that stands at `at` must take back and do again to place the piece. */
static double cost_of(struct pieces *pieces, const struct piece *piece)
{
	struct span_list *back = &pieces->back, *forth = &pieces->forth;
	uint32_t count = parent_count(pieces, piece);
	uint32_t *named = mem_array(count, sizeof(*named));
	for (uint32_t p = 0; p < count; p++)
		named[p] = parent_of(pieces, piece, p);
	struct heads heads = {.at = named, .count = count};
	graph_diff(pieces->graph, &pieces->now, &heads, back, forth);
	mem_free(named);
	return ops_of(pieces->graph, back) + ops_of(pieces->graph, forth);
}

/* The cheapest of those that became ready last; of equals the one that soonest ends. */
static uint32_t take_ready(struct pieces *pieces)
{
	size_t from =
		pieces->ready_count > LOOKED_AT ? pieces->ready_count - LOOKED_AT : 0;
	size_t best = from;
	double least = 0;
	for (size_t i = from; i < pieces->ready_count && pieces->ready_count > from + 1;
		i++) {
		const struct piece *piece = &pieces->at[pieces->ready[i]];
		double cost = cost_of(pieces, piece);
		if (i == from || cost < least ||
			(cost == least &&
				piece->alone < pieces->at[pieces->ready[best]].alone)) {
			best = i;
			least = cost;
		}
	}
	uint32_t taken = pieces->ready[best];
	pieces->ready_count--;
	memmove(pieces->ready + best, pieces->ready + best + 1,
		(pieces->ready_count - best) * sizeof(taken));
	return taken;
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
	if (parents->count > 1)
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
	weigh(&pieces);
	pieces.ready = mem_array(pieces.count, sizeof(*pieces.ready));
	for (size_t i = 0; i < pieces.count; i++) {
		if (pieces.at[i].waiting == 0)
			make_ready(&pieces, (uint32_t)i);
	}
	while (pieces.ready_count > 0) {
		struct piece *piece = &pieces.at[take_ready(&pieces)];
		place(&pieces, piece, &parents, out, order);
		heads_set(&pieces.now, &(uint32_t){piece->span.end - 1}, 1);
		for (size_t i = 0; i < piece->child_count; i++) {
			uint32_t child = pieces.children[piece->child + i];
			if (--pieces.at[child].waiting == 0)
				make_ready(&pieces, child);
		}
	}
	assert(out->events == graph->events);
	heads_release(&parents);
	mem_free(pieces.at);
	mem_free(pieces.children);
	mem_free(pieces.ready);
	heads_release(&pieces.now);
	span_list_release(&pieces.back);
	span_list_release(&pieces.forth);
}
