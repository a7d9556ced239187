/* From the graph to a walk: where it must begin, and who wrote what (text_trace()). */
#include <assert.h>

#include "core/base/mem.h"
#include "core/crdt/text_body.h"

uint32_t text_whole(const struct text *text, const struct heads *version)
{
	struct text_cache *cache = text->cache;
	graph_diff(&text->graph, &text->graph.heads, version, &cache->unseen,
		&cache->unknown);
	size_t count = cache->unseen.count;
	return count > 0 ? cache->unseen.at[count - 1].start : text->graph.events;
}

/* How much longer the operations of these events, all of which had seen everything before
 * them, made the text. */
static int64_t growth(const struct graph *graph, uint32_t start, uint32_t end)
{
	int64_t sum = 0;
	if (start == end)
		return 0;
	for (size_t i = graph_op_of(graph, start);
		i < graph->op_count && graph->ops[i].start < end; i++) {
		const struct op_run *op = &graph->ops[i];
		uint32_t from = op->start > start ? op->start : start;
		uint32_t to = op->start + op->len < end ? op->start + op->len : end;
		sum += op->is_insert ? (int64_t)(to - from) : -(int64_t)(to - from);
	}
	return sum;
}

uint32_t text_cut(const struct graph *graph, uint32_t whole, uint32_t *len)
{
	assert(whole < graph->events);
	size_t run = graph->run_count;
	uint32_t at = whole;
	do {
		run--;
		/* A run that has seen all before it may be cut anywhere. */
		if (graph->runs[run].whole < graph->runs[run].start &&
			graph->runs[run].whole < at)
			at = graph->runs[run].whole;
	} while (graph->runs[run].start > at);
	const struct graph_run *first = &graph->runs[run];
	*len = (uint32_t)(first->len_before + growth(graph, first->start, at));
	return at;
}

void text_forget_walk(const struct text *text)
{
	walk_free(text->cache->walk);
	text->cache->walk = NULL;
}

struct walk *text_walk(const struct text *text, const struct heads *version,
	uint32_t whole, uint32_t *len)
{
	struct text_cache *cache = text->cache;
	uint32_t len_before = 0, start = text_cut(&text->graph, whole, &len_before);
	if (cache->walk != NULL && walk_start(cache->walk) > start)
		text_forget_walk(text);
	if (cache->walk == NULL) {
		cache->walk = walk_new(&text->graph, start, len_before);
		walk_replay(cache->walk, text->graph.events);
	}
	*len = walk_to(cache->walk, version);
	return cache->walk;
}

/* ---- who wrote what ---- */

struct run_list {
	struct text_run *at;
	size_t count, cap;
};

static void add_run(struct run_list *list, struct text_run run)
{
	struct text_run *last = list->count > 0 ? &list->at[list->count - 1] : NULL;
	if (last != NULL && last->entry == run.entry &&
		log_id_equal(last->log, run.log)) {
		last->len += run.len;
		return;
	}
	list->at = mem_grow(list->at, list->count, &list->cap, sizeof(*list->at));
	list->at[list->count++] = run;
}

/* The characters inserted by these events, cut where an entry ends. */
static void add_events(
	const struct graph *graph, uint32_t event, uint32_t len, struct run_list *list)
{
	while (len > 0) {
		const struct clock_run *run = graph_clock_of(graph, event);
		uint32_t nth = (event - run->start) / run->per;
		uint32_t n = run->start + (nth + 1) * run->per - event;
		if (n > len)
			n = len;
		add_run(list,
			(struct text_run){graph->logs[run->log].id, run->entry + nth, n,
				event - run->start - nth * run->per});
		event += n;
		len -= n;
	}
}

void text_trace(const struct text *text, struct arena *arena, struct text_run **runs,
	size_t *count)
{
	struct run_list list = {0};
	if (text_unpack(text) != OK) {
		*runs = NULL;
		*count = 0;
		return;
	}
	struct walk *walk = walk_new(&text->graph, 0, 0);
	walk_replay(walk, text->graph.events);
	size_t index = 0;
	uint32_t event = 0, len = 0;
	while (walk_next(walk, &index, &event, &len))
		add_events(&text->graph, event, len, &list);
	walk_free(walk);
	*count = list.count;
	*runs = arena_array(arena, list.count, sizeof(**runs));
	for (size_t i = 0; i < list.count; i++)
		(*runs)[i] = list.at[i];
	mem_free(list.at);
}
