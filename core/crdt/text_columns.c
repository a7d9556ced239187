#include "core/crdt/text_columns.h"

#include "core/base/mem.h"
#include "core/base/utf8.h"

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

static void save_lengths(const struct graph *graph, struct buf *out)
{
	for (size_t i = 0; i < graph->run_count; i++)
		buf_add_varint(out, graph_run_end(graph, i) - graph->runs[i].start);
}

static void save_parents(const struct graph *graph, struct buf *out)
{
	for (size_t i = 0; i < graph->run_count; i++) {
		const struct graph_run *run = &graph->runs[i];
		buf_add_varint(out, run->parent_count);
		for (uint32_t p = 0; p < run->parent_count; p++)
			buf_add_varint(
				out, run->start - graph->parents[run->parents + p]);
	}
}

static void save_kinds(const struct graph *graph, struct buf *out)
{
	for (size_t i = 0; i < graph->op_count; i++) {
		const struct op_run *op = &graph->ops[i];
		unsigned kind = op->is_insert ? 0 : op->is_back ? 2 : 1;
		buf_add_varint(out, (uint64_t)(op->len - 1) * 3 + kind);
	}
}

static void save_places(const struct graph *graph, struct buf *out)
{
	uint32_t at = 0;
	for (size_t i = 0; i < graph->op_count; i++) {
		const struct op_run *op = &graph->ops[i];
		/* What is deleted backward begins where the last edit ended. */
		uint32_t from = op->is_back ? op->pos + op->len : op->pos;
		buf_add_varint(out, zigzag((int64_t)from - at));
		at = op->is_insert ? op->pos + op->len : op->pos;
	}
}

void columns_save(const struct graph *graph, struct buf *out)
{
	static void (*const SAVERS[])(const struct graph *, struct buf *) = {
		save_clock, save_lengths, save_parents, save_kinds, save_places};
	for (size_t i = 0; i < sizeof(SAVERS) / sizeof(SAVERS[0]); i++) {
		CLEAN_BUF struct buf column = {0};
		SAVERS[i](graph, &column);
		buf_add_varint(out, column.len);
		buf_add(out, buf_bytes(&column));
	}
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

struct reader {
	struct bytes lengths, parents, kinds, places;
	uint32_t at;             /* where the last operation ended */
	struct bytes inserted;   /* what is still to come of it */
	bool has_text, is_ascii; /* whether there is any */
	struct heads heads;
	uint32_t events; /* in all */
	uint32_t len;    /* of the text here */
};

/* What a run has seen: heads in descending order, ends of changes. */
static bool load_parents(struct reader *reader, const struct graph *graph)
{
	struct heads *heads = &reader->heads;
	uint32_t start = graph->events, count = 0, last = start;
	if (!take_u32(&reader->parents, UINT32_MAX, &count) ||
		count > reader->parents.len ||
		(start > 0 && !is_change_end(graph, start - 1)))
		return false;
	heads->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t back = 0;
		if (!take_u32(&reader->parents, start, &back) || back == 0 ||
			start - back >= last || !is_change_end(graph, start - back))
			return false;
		last = start - back;
		heads->at = mem_grow(
			heads->at, heads->count, &heads->cap, sizeof(*heads->at));
		heads->at[heads->count++] = last;
	}
	return true;
}

/* One run of operations within `events` events and a text of `*len` there. */
static bool load_op(
	struct reader *reader, uint32_t events, uint32_t *len, struct op_run *op)
{
	uint64_t v = 0, step = 0;
	if (!bytes_take_varint(&reader->kinds, &v) ||
		!bytes_take_varint(&reader->places, &step) || v / 3 >= events ||
		step > 4 * (uint64_t)EVENTS_MAX)
		return false;
	*op = (struct op_run){.is_insert = v % 3 == 0,
		.is_back = v % 3 == 2,
		.len = (uint32_t)(v / 3) + 1};
	int64_t pos = reader->at +
		      (step % 2 == 1 ? -(int64_t)(step / 2) - 1 : (int64_t)(step / 2));
	if (op->is_back)
		pos -= op->len;
	if (pos < 0 || pos > *len)
		return false;
	op->pos = (uint32_t)pos;
	if (!op->is_insert && op->len > *len - op->pos)
		return false;
	*len = op->is_insert ? *len + op->len : *len - op->len;
	reader->at = op->is_insert ? op->pos + op->len : op->pos;
	return true;
}

/* The text of the next insertion; empty where there is none to be had. */
static bool take_text(struct reader *reader, uint32_t len, struct bytes *out)
{
	*out = (struct bytes){0};
	if (!reader->has_text)
		return true;
	return bytes_take(&reader->inserted,
		reader->is_ascii ? len : utf8_offset(reader->inserted, len), out);
}

/* The operations of a run that has seen everything before it. */
static bool load_next(struct reader *reader, struct text *text, uint32_t events)
{
	while (events > 0) {
		struct op_run op;
		struct bytes part = {0};
		if (!load_op(reader, events, &reader->len, &op) ||
			(op.is_insert && !take_text(reader, op.len, &part)))
			return false;
		events -= op.len;
		graph_add_op_run(&text->graph, op);
		if (reader->has_text)
			rope_splice(text->rope, op.pos, op.is_insert ? 0 : op.len, part);
	}
	return true;
}

/* What one operation does here. */
static void edit(struct reader *reader, struct text *text, const struct walk_edit *edits,
	size_t count, struct bytes part)
{
	for (size_t i = 0; i < count; i++) {
		reader->len = edits[i].is_insert ? reader->len + edits[i].len
						 : reader->len - edits[i].len;
		if (reader->has_text)
			rope_splice(text->rope, edits[i].pos,
				edits[i].is_insert ? 0 : edits[i].len, part);
	}
}

/* The operations of a run that has not; `walk` stands where it was made, in a text of
 * `len`. */
static bool load_beside(struct reader *reader, struct text *text, struct walk *walk,
	uint32_t events, uint32_t len)
{
	while (events > 0) {
		struct op_run op;
		struct bytes part = {0};
		size_t count = 0;
		uint32_t event = text->graph.events;
		if (!load_op(reader, events, &len, &op) ||
			(op.is_insert && !take_text(reader, op.len, &part)))
			return false;
		events -= op.len;
		graph_add_op_run(&text->graph, op);
		walk_begin(walk, event);
		if (op.is_insert)
			walk_insert(walk, event, op.pos, op.len);
		else
			walk_delete(walk, event, op.pos, op.len, op.is_back);
		const struct walk_edit *edits = walk_edits(walk, &count);
		edit(reader, text, edits, count, part);
	}
	return true;
}

static bool load_run(struct reader *reader, struct text *text)
{
	struct graph *graph = &text->graph;
	uint32_t events = 0, len_there = reader->len, whole = graph->events;
	if (!take_u32(&reader->lengths, reader->events - graph->events, &events) ||
		events == 0 || !is_change_end(graph, graph->events + events - 1) ||
		!load_parents(reader, graph))
		return false;
	if (graph->events > 0)
		whole = text_whole(text, &reader->heads);
	struct walk *walk = NULL;
	if (whole < graph->events)
		walk = text_walk(text, &reader->heads, whole, &len_there);
	else
		text_forget_walk(text);
	graph_add_run(graph, &reader->heads, whole, reader->len, events);
	return walk != NULL ? load_beside(reader, text, walk, events, len_there)
			    : load_next(reader, text, events);
}

static bool load_all(struct reader *reader, struct text *text)
{
	while (text->graph.events < reader->events) {
		if (!load_run(reader, text))
			return false;
	}
	return reader->lengths.len == 0 && reader->parents.len == 0 &&
	       reader->kinds.len == 0 && reader->places.len == 0 &&
	       (!reader->has_text || reader->inserted.len == 0);
}

bool columns_load(struct bytes columns, const struct bytes *inserted, struct text *text,
	uint32_t *len)
{
	struct reader reader = {.has_text = inserted != NULL};
	struct bytes clock;
	if (inserted != NULL) {
		reader.inserted = *inserted;
		reader.is_ascii = utf8_count(*inserted) == inserted->len;
	}
	if (!take_part(&columns, &clock) || !take_part(&columns, &reader.lengths) ||
		!take_part(&columns, &reader.parents) ||
		!take_part(&columns, &reader.kinds) ||
		!take_part(&columns, &reader.places) || columns.len > 0 ||
		!load_clock(&clock, &text->graph, &reader.events) || clock.len > 0)
		return false;
	bool ok = load_all(&reader, text);
	heads_release(&reader.heads);
	text_forget_walk(text);
	*len = reader.len;
	return ok;
}
