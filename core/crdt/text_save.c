/*
 * text_save() and text_load(): a form byte (1); the text; the logs; runs of changes;
 * graph runs; runs of operations. Numbers are LEB128; the text and the graph runs say
 * their bytes first.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/text_body.h"

#define FORM 1u

static uint64_t zigzag(int64_t v)
{
	return v < 0 ? (uint64_t)-v * 2 - 1 : (uint64_t)v * 2;
}

static void save_clock(const struct graph *graph, struct buf *out)
{
	buf_add_varint(out, graph->log_count);
	for (size_t i = 0; i < graph->log_count; i++)
		buf_add_raw(out, graph->logs[i].id.b, sizeof(graph->logs[i].id.b));
	buf_add_varint(out, graph->clock_count);
	for (size_t i = 0; i < graph->clock_count; i++) {
		buf_add_varint(out, graph->clock[i].log);
		buf_add_varint(out, graph->clock[i].entry);
		buf_add_varint(out, graph->clock[i].per);
		buf_add_varint(out, graph->clock[i].count);
	}
}

static void save_runs(const struct graph *graph, struct buf *out)
{
	CLEAN_BUF struct buf runs = {0};
	for (size_t i = 0; i < graph->run_count; i++) {
		const struct graph_run *run = &graph->runs[i];
		buf_add_varint(&runs, graph_run_end(graph, i) - run->start);
		buf_add_varint(&runs, run->parent_count);
		for (uint32_t p = 0; p < run->parent_count; p++)
			buf_add_varint(
				&runs, run->start - graph->parents[run->parents + p]);
	}
	buf_add_varint(out, runs.len);
	buf_add(out, buf_bytes(&runs));
}

static void save_ops(const struct graph *graph, struct buf *out)
{
	uint32_t at = 0;
	for (size_t i = 0; i < graph->op_count; i++) {
		const struct op_run *op = &graph->ops[i];
		buf_add_varint(
			out, (uint64_t)op->len * 4 + op->is_back * 2u + op->is_insert);
		buf_add_varint(out, zigzag((int64_t)op->pos - at));
		at = op->is_insert ? op->pos + op->len : op->pos;
	}
}

void text_save(const struct text *text, struct buf *out)
{
	buf_add_u8(out, FORM);
	buf_add_varint(out, rope_bytes(text->rope));
	rope_add(text->rope, out);
	save_clock(&text->graph, out);
	save_runs(&text->graph, out);
	save_ops(&text->graph, out);
}

static bool take_u32(struct bytes *rest, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;
	if (!bytes_take_varint(rest, &v) || v > max)
		return false;
	*out = (uint32_t)v;
	return true;
}

static bool take_part(struct bytes *rest, struct bytes *out)
{
	uint64_t len = 0;
	return bytes_take_varint(rest, &len) && len <= rest->len &&
	       bytes_take(rest, (size_t)len, out);
}

static bool load_logs(struct bytes *rest, struct graph *graph)
{
	uint64_t count = 0;
	if (!bytes_take_varint(rest, &count) || count > rest->len / 8)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct log_id id;
		if (!bytes_take_into(rest, id.b, sizeof(id.b)) ||
			graph_log_made(graph, id) != i)
			return false;
	}
	return true;
}

/* Entries of a log go up, and there are as many events as `*events` then says. */
static bool load_clock(struct bytes *rest, struct graph *graph, uint32_t *events)
{
	uint64_t count = 0;
	if (!load_logs(rest, graph) || !bytes_take_varint(rest, &count) ||
		count > rest->len / 4)
		return false;
	*events = 0;
	for (size_t i = 0; i < count; i++) {
		uint32_t log = 0;
		struct clock_run run = {.start = *events};
		if (graph->log_count == 0 ||
			!take_u32(rest, (uint32_t)graph->log_count - 1, &log) ||
			!bytes_take_varint(rest, &run.entry) || run.entry == 0 ||
			!take_u32(rest, EVENTS_MAX, &run.per) || run.per == 0 ||
			!take_u32(rest, (EVENTS_MAX - *events) / run.per, &run.count) ||
			run.count == 0 || run.entry > UINT64_MAX - run.count)
			return false;
		if (graph->logs[log].count > 0 &&
			run.entry <= graph_last_entry(graph, log))
			return false;
		graph_add_clock(graph, log, run);
		*events += run.per * run.count;
	}
	for (size_t i = 0; i < graph->log_count; i++) {
		if (graph->logs[i].count == 0)
			return false;
	}
	return true;
}

/* Whether a change ends with the event. */
static bool is_change_end(const struct graph *graph, uint32_t event)
{
	/* The clock is loaded before the events are. */
	size_t low = 0, high = graph->clock_count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (graph->clock[middle].start <= event)
			low = middle;
		else
			high = middle;
	}
	const struct clock_run *run = &graph->clock[low];
	return (event + 1 - run->start) % run->per == 0;
}

static bool load_parents(
	struct bytes *runs, const struct graph *graph, struct heads *parents)
{
	uint32_t start = graph->events, count = 0, last = start;
	if (!take_u32(runs, UINT32_MAX, &count) || count > runs->len ||
		(start > 0 && !is_change_end(graph, start - 1)))
		return false;
	parents->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t back = 0;
		if (!take_u32(runs, start, &back) || back == 0 || start - back >= last ||
			!is_change_end(graph, start - back))
			return false;
		last = start - back;
		parents->at = mem_grow(
			parents->at, parents->count, &parents->cap, sizeof(*parents->at));
		parents->at[parents->count++] = last;
	}
	return true;
}

struct op_reader {
	struct bytes rest;
	uint32_t at;
};

/* One run of operations within `events` events and a text of `*len`. */
static bool load_op(
	struct op_reader *ops, uint32_t events, uint32_t *len, struct op_run *op)
{
	uint64_t v = 0, step = 0;
	if (!bytes_take_varint(&ops->rest, &v) || !bytes_take_varint(&ops->rest, &step))
		return false;
	*op = (struct op_run){
		.is_insert = v % 2 == 1, .is_back = v / 2 % 2 == 1, .len = 0};
	if (v / 4 == 0 || v / 4 > events || step > 4 * (uint64_t)EVENTS_MAX)
		return false;
	int64_t pos = ops->at +
		      (step % 2 == 1 ? -(int64_t)(step / 2) - 1 : (int64_t)(step / 2));
	op->len = (uint32_t)(v / 4);
	if (pos < 0 || pos > *len || (op->is_insert && op->is_back))
		return false;
	op->pos = (uint32_t)pos;
	if (!op->is_insert && op->len > *len - op->pos)
		return false;
	*len = op->is_insert ? *len + op->len : *len - op->len;
	ops->at = op->is_insert ? op->pos + op->len : op->pos;
	return true;
}

static bool load_ops(
	struct op_reader *ops, struct graph *graph, uint32_t events, uint32_t *len)
{
	while (events > 0) {
		struct op_run op;
		if (!load_op(ops, events, len, &op))
			return false;
		events -= op.len;
		graph_add_op_run(graph, op);
	}
	return true;
}

/* How long the text is after the walk went over what is new. */
static uint32_t grown(struct walk *walk, uint32_t end, uint32_t len)
{
	size_t count = 0;
	walk_replay(walk, end);
	const struct walk_edit *edits = walk_edits(walk, &count);
	for (size_t i = 0; i < count; i++)
		len = edits[i].is_insert ? len + edits[i].len : len - edits[i].len;
	return len;
}

/* One graph run with its operations; `*len` is the length of the text here. */
static bool load_run(struct text *text, struct bytes *runs, struct op_reader *ops,
	struct heads *parents, uint32_t events, uint32_t *len)
{
	struct graph *graph = &text->graph;
	uint32_t count = 0, len_there = *len, whole = graph->events;
	if (!take_u32(runs, events - graph->events, &count) || count == 0 ||
		!is_change_end(graph, graph->events + count - 1) ||
		!load_parents(runs, graph, parents))
		return false;
	if (graph->events > 0)
		whole = text_whole(text, parents);
	struct walk *walk = NULL;
	if (whole < graph->events)
		walk = text_walk(text, parents, whole, &len_there);
	else
		text_forget_walk(text);
	graph_add_run(graph, parents, whole, *len, count);
	if (!load_ops(ops, graph, count, &len_there))
		return false;
	*len = walk != NULL ? grown(walk, graph->events, *len) : len_there;
	return true;
}

static bool load(struct bytes saved, struct text *text)
{
	uint8_t form = 0;
	struct bytes visible, runs;
	struct op_reader ops = {0};
	uint32_t events = 0, len = 0;
	if (!bytes_take_u8(&saved, &form) || form != FORM ||
		!take_part(&saved, &visible) || !utf8_valid(visible) ||
		!load_clock(&saved, &text->graph, &events) || !take_part(&saved, &runs))
		return false;
	ops.rest = saved;
	struct heads parents = {0};
	bool ok = true;
	while (ok && text->graph.events < events)
		ok = load_run(text, &runs, &ops, &parents, events, &len);
	heads_release(&parents);
	text_forget_walk(text);
	rope_append(text->rope, visible);
	return ok && runs.len == 0 && ops.rest.len == 0 && rope_len(text->rope) == len;
}

enum err text_load(struct bytes saved, struct text **out)
{
	*out = NULL;
	struct text *text = text_new();
	if (!load(saved, text)) {
		text_free(text);
		return ERR_CORRUPT;
	}
	*out = text;
	return OK;
}
