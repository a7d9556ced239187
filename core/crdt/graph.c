#include "core/crdt/graph.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crdt/runs.h"

void heads_release(struct heads *heads)
{
	mem_free(heads->at);
	*heads = (struct heads){0};
}

void heads_set(struct heads *heads, const uint32_t *at, size_t count)
{
	if (heads->cap < count) {
		heads->at = mem_resize(heads->at, count, sizeof(*heads->at));
		heads->cap = count;
	}
	if (count > 0)
		memmove(heads->at, at, count * sizeof(*at));
	heads->count = count;
}

void span_list_release(struct span_list *list)
{
	mem_free(list->at);
	*list = (struct span_list){0};
}

void graph_release(struct graph *graph)
{
	for (size_t i = 0; i < graph->log_count; i++)
		mem_free(graph->logs[i].runs);
	mem_free(graph->logs);
	mem_free(graph->clock);
	mem_free(graph->ops);
	mem_free(graph->parents);
	mem_free(graph->runs);
	mem_free(graph->near);
	heads_release(&graph->heads);
	*graph = (struct graph){0};
}

size_t graph_run_of(const struct graph *graph, uint32_t event)
{
	assert(event < graph->events);
	return runs_search(graph->runs, sizeof(*graph->runs), graph->run_count,
		&graph->near->run, event);
}

size_t graph_op_of(const struct graph *graph, uint32_t event)
{
	assert(event < graph->events);
	return runs_search(graph->ops, sizeof(*graph->ops), graph->op_count,
		&graph->near->op, event);
}

const struct clock_run *graph_clock_of(const struct graph *graph, uint32_t event)
{
	return &graph->clock[runs_search(graph->clock, sizeof(*graph->clock),
		graph->clock_count, &graph->near->clock, event)];
}

bool graph_ends_change(const struct graph *graph, uint32_t event)
{
	const struct clock_run *run = graph_clock_of(graph, event);
	return (event + 1 - run->start) % run->per == 0;
}

const uint32_t *graph_parents(const struct graph *graph, const struct graph_run *run)
{
	return run->parent_count > 0 ? &graph->parents[run->parents] : NULL;
}

uint32_t graph_run_end(const struct graph *graph, size_t run)
{
	return run + 1 < graph->run_count ? graph->runs[run + 1].start : graph->events;
}

size_t graph_log_of(const struct graph *graph, struct log_id log)
{
	size_t i = 0;
	while (i < graph->log_count && !log_id_equal(graph->logs[i].id, log))
		i++;
	return i;
}

static const struct clock_run *last_clock(const struct graph *graph, size_t log)
{
	const struct graph_log *own = &graph->logs[log];
	return &graph->clock[own->runs[own->count - 1]];
}

uint64_t graph_last_entry(const struct graph *graph, size_t log)
{
	const struct clock_run *run = last_clock(graph, log);
	return run->entry + (run->count - 1);
}

bool graph_seen_all(
	const struct graph *graph, struct log_id log, const struct vector *seen)
{
	for (size_t i = 0; i < graph->log_count; i++) {
		struct log_id id = graph->logs[i].id;
		if (!log_id_equal(id, log) &&
			vector_get(seen, id) < graph_last_entry(graph, i))
			return false;
	}
	return true;
}

/* Whether the change goes on where the last run ends. */
static bool goes_on(const struct graph *graph, const struct heads *parents)
{
	return graph->run_count > 0 && parents->count == 1 &&
	       parents->at[0] == graph->events - 1;
}

static void begin_run(struct graph *graph, const struct heads *parents, uint32_t whole,
	uint32_t len_before)
{
	graph->runs = mem_grow(
		graph->runs, graph->run_count, &graph->run_cap, sizeof(*graph->runs));
	graph->runs[graph->run_count++] = (struct graph_run){
		.start = graph->events,
		.whole = whole,
		.len_before = len_before,
		.parents = (uint32_t)graph->parent_count,
		.parent_count = (uint32_t)parents->count,
	};
	for (size_t i = 0; i < parents->count; i++) {
		graph->parents = mem_grow(graph->parents, graph->parent_count,
			&graph->parent_cap, sizeof(*graph->parents));
		graph->parents[graph->parent_count++] = parents->at[i];
	}
}

size_t graph_log_made(struct graph *graph, struct log_id id)
{
	size_t log = graph_log_of(graph, id);
	if (log == graph->log_count) {
		graph->logs = mem_grow(graph->logs, graph->log_count, &graph->log_cap,
			sizeof(*graph->logs));
		graph->logs[graph->log_count++] = (struct graph_log){.id = id};
	}
	return log;
}

void graph_add_clock(struct graph *graph, size_t log, struct clock_run run)
{
	if (graph->near == NULL)
		graph->near = mem_new(sizeof(*graph->near));
	struct graph_log *own = &graph->logs[log];
	own->runs = mem_grow(own->runs, own->count, &own->cap, sizeof(*own->runs));
	own->runs[own->count++] = (uint32_t)graph->clock_count;
	graph->clock = mem_grow(graph->clock, graph->clock_count, &graph->clock_cap,
		sizeof(*graph->clock));
	run.log = (uint32_t)log;
	graph->clock[graph->clock_count++] = run;
}

static void add_clock(
	struct graph *graph, struct log_id id, uint64_t entry, uint32_t events)
{
	size_t log = graph_log_made(graph, id);
	if (graph->clock_count > 0) {
		struct clock_run *last = &graph->clock[graph->clock_count - 1];
		if (last->log == log && last->entry + last->count == entry &&
			last->per == events) {
			last->count++;
			return;
		}
	}
	graph_add_clock(graph, log,
		(struct clock_run){.start = graph->events,
			.per = events,
			.count = 1,
			.entry = entry});
}

/* Of the heads those that `parents` does not name stay, beside the new last event. */
static void set_heads(struct graph *graph, const struct heads *parents, uint32_t last)
{
	size_t kept = 0;
	for (size_t i = 0, p = 0; i < graph->heads.count; i++) {
		uint32_t head = graph->heads.at[i];
		while (p < parents->count && parents->at[p] > head)
			p++;
		if (p == parents->count || parents->at[p] != head)
			graph->heads.at[kept++] = head;
	}
	graph->heads.count = kept;
	graph->heads.at = mem_grow(
		graph->heads.at, kept, &graph->heads.cap, sizeof(*graph->heads.at));
	memmove(graph->heads.at + 1, graph->heads.at, kept * sizeof(*graph->heads.at));
	graph->heads.at[0] = last;
	graph->heads.count++;
}

void graph_begin(struct graph *graph, struct log_id log, uint64_t entry,
	const struct heads *parents, uint32_t whole, uint32_t len_before, uint32_t events)
{
	assert(events > 0 && events <= EVENTS_MAX - graph->events);
	if (!goes_on(graph, parents))
		begin_run(graph, parents, whole, len_before);
	add_clock(graph, log, entry, events);
	set_heads(graph, parents, graph->events + events - 1);
}

void graph_reserve(struct graph *graph, size_t runs, size_t parents, size_t ops)
{
	assert(graph->run_count == 0 && graph->parent_count == 0 && graph->op_count == 0);
	graph->runs = mem_resize(graph->runs, runs, sizeof(*graph->runs));
	graph->parents = mem_resize(graph->parents, parents, sizeof(*graph->parents));
	graph->ops = mem_resize(graph->ops, ops, sizeof(*graph->ops));
	graph->run_cap = runs;
	graph->parent_cap = parents;
	graph->op_cap = ops;
}

void graph_add_run(struct graph *graph, const struct heads *parents, uint32_t whole,
	uint32_t len_before, uint32_t events)
{
	assert(events > 0 && events <= EVENTS_MAX - graph->events);
	begin_run(graph, parents, whole, len_before);
	set_heads(graph, parents, graph->events + events - 1);
}

void graph_put_op(struct graph *graph, struct op_run run)
{
	graph->ops = mem_grow(
		graph->ops, graph->op_count, &graph->op_cap, sizeof(*graph->ops));
	graph->ops[graph->op_count++] = run;
}

void graph_add_op_run(struct graph *graph, struct op_run run)
{
	run.start = graph->events;
	graph->events += run.len;
	graph_put_op(graph, run);
}

/* Whether the operation goes on where `last` ended; `last` then holds it as well. */
static bool join(struct op_run *last, bool is_insert, uint32_t pos, uint32_t len)
{
	if (last->is_insert != is_insert)
		return false;
	if (is_insert) {
		if (last->pos + last->len != pos)
			return false;
	} else if (last->pos == pos && (!last->is_back || last->len == 1)) {
		last->is_back = false;
	} else if (len == 1 && pos + 1 == last->pos &&
		   (last->is_back || last->len == 1)) {
		last->is_back = true;
		last->pos = pos;
	} else {
		return false;
	}
	last->len += len;
	return true;
}

void graph_add_op(struct graph *graph, bool is_insert, uint32_t pos, uint32_t len)
{
	uint32_t start = graph->events;
	graph->events += len;
	const struct graph_run *run = &graph->runs[graph->run_count - 1];
	if (start > run->start &&
		join(&graph->ops[graph->op_count - 1], is_insert, pos, len))
		return;
	graph->events = start;
	graph_add_op_run(
		graph, (struct op_run){.pos = pos, .len = len, .is_insert = is_insert});
}

size_t graph_memory(const struct graph *graph)
{
	size_t sum = graph->run_cap * sizeof(*graph->runs) +
		     graph->parent_cap * sizeof(*graph->parents) +
		     graph->op_cap * sizeof(*graph->ops) +
		     graph->clock_cap * sizeof(*graph->clock) +
		     graph->log_cap * sizeof(*graph->logs) +
		     graph->heads.cap * sizeof(*graph->heads.at);
	for (size_t i = 0; i < graph->log_count; i++)
		sum += graph->logs[i].cap * sizeof(*graph->logs[i].runs);
	return sum;
}
