/* columns_load(): the event graph from its columns, and the text with it. */
#include "core/crdt/text_columns.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/graph_seen.h"

static bool take_u32(struct bytes *rest, uint32_t max, uint32_t *out)
{
	uint64_t v = 0;
	if (!bytes_take_varint(rest, &v) || v > max)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* How many whole numbers a column holds: each ends with its only byte below 0x80. */
static size_t numbers_in(struct bytes column)
{
	size_t count = 0;
	for (size_t i = 0; i < column.len; i++)
		count += column.at[i] < 0x80;
	return count;
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

/* The members of runs of changes, column by column; counts and entries depend on what
 * stands before them. */
static bool load_clock_columns(
	struct bytes *rest, size_t count, size_t logs, struct clock_run *runs)
{
	for (size_t i = 0; i < count; i++) {
		if (!take_u32(rest, UINT32_MAX, &runs[i].log) || runs[i].log >= logs)
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!bytes_take_varint(rest, &runs[i].entry))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!take_u32(rest, EVENTS_MAX, &runs[i].per) || runs[i].per == 0)
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (!take_u32(rest, EVENTS_MAX / runs[i].per, &runs[i].count) ||
			runs[i].count == 0)
			return false;
	}
	return true;
}

/* Entries of a log go up, and there are as many events as `*events` then says. */
static bool add_clock_runs(
	struct graph *graph, struct clock_run *runs, size_t count, uint32_t *events)
{
	*events = 0;
	for (size_t i = 0; i < count; i++) {
		struct clock_run *run = &runs[i];
		uint64_t last = graph->logs[run->log].count > 0
					? graph_last_entry(graph, run->log)
					: 0;
		if (run->entry > UINT64_MAX - last - 1 - run->count ||
			run->per * run->count > EVENTS_MAX - *events)
			return false;
		run->entry += last + 1;
		run->start = *events;
		graph_add_clock(graph, run->log, *run);
		*events += run->per * run->count;
	}
	return true;
}

static bool load_clock(struct bytes *rest, struct graph *graph, uint32_t *events)
{
	uint64_t count = 0;
	if (!load_logs(rest, graph) || !bytes_take_varint(rest, &count) ||
		count > rest->len / 4)
		return false;
	CLEAN_MEM struct clock_run *runs = mem_array((size_t)count, sizeof(*runs));
	if (!load_clock_columns(rest, (size_t)count, graph->log_count, runs) ||
		!add_clock_runs(graph, runs, (size_t)count, events))
		return false;
	for (size_t i = 0; i < graph->log_count; i++) {
		if (graph->logs[i].count == 0)
			return false;
	}
	return true;
}

struct reader {
	struct bytes lengths, parent_counts, parents, kinds, places;
	uint32_t at;             /* where the last operation ended */
	struct bytes inserted;   /* what is still to come of it */
	size_t scalars;          /* and how many scalar values that is */
	struct bytes walked;     /* as it was where the walk began */
	bool has_text, is_ascii; /* whether there is any */
	struct heads heads;
	struct walk *walk;
	struct graph_seen *seen; /* NULL: versions are compared in the graph */
	uint32_t events;         /* in all */
	uint32_t len;            /* of the text here */
};

/* What a run has seen: heads in descending order, ends of changes. */
static bool load_parents(struct reader *reader, const struct graph *graph)
{
	struct heads *heads = &reader->heads;
	uint32_t start = graph->events, count = 0, last = start;
	if (!take_u32(&reader->parent_counts, UINT32_MAX, &count) ||
		count > reader->parents.len ||
		(start > 0 && !graph_ends_change(graph, start - 1)))
		return false;
	heads->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t back = 0;
		if (!take_u32(&reader->parents, start, &back) || back == 0 ||
			start - back >= last || !graph_ends_change(graph, start - back))
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
	if (len > reader->scalars)
		return false;
	reader->scalars -= len;
	return bytes_take(&reader->inserted,
		reader->is_ascii ? len : utf8_offset(reader->inserted, len), out);
}

static void edit(struct reader *reader, struct text *text, const struct op_run *op,
	struct bytes part)
{
	reader->len = op->is_insert ? reader->len + op->len : reader->len - op->len;
	if (reader->has_text)
		rope_splice(text->rope, op->pos, op->is_insert ? 0 : op->len, part);
}

/* An operation, or a part of one, that is walked. The text is edited when the walk has
 * ended: end_walk(). */
static void walk_op(struct reader *reader, struct op_run op)
{
	if (op.is_insert)
		walk_insert(reader->walk, op.start, op.pos, op.len);
	else
		walk_delete(reader->walk, op.start, op.pos, op.len, op.is_back);
	reader->len = walk_len(reader->walk);
}

/* The first `len` events of an operation, and what is left of it. */
static struct op_run split_op(struct op_run *op, uint32_t len)
{
	struct op_run first = *op;
	first.len = len;
	if (op->is_back)
		first.pos += op->len - len;
	else if (op->is_insert)
		op->pos += len;
	op->start += len;
	op->len -= len;
	return first;
}

/* One operation, of which the events before `walked` are plain edits. */
static bool load_one(
	struct reader *reader, struct text *text, struct op_run op, uint32_t walked)
{
	uint32_t plain = op.start >= walked ? 0 : walked - op.start;
	struct bytes part;
	if (plain > 0) {
		struct op_run first = plain < op.len ? split_op(&op, plain) : op;
		if (first.is_insert && !take_text(reader, first.len, &part))
			return false;
		edit(reader, text, &first, first.is_insert ? part : (struct bytes){0});
		if (plain >= first.len && first.start == op.start)
			return true;
	}
	if (op.start == walked) {
		reader->walked = reader->inserted;
		walk_restart(reader->walk, walked, reader->len);
	}
	if (op.is_insert && !take_text(reader, op.len, &part))
		return false;
	walk_op(reader, op);
	return true;
}

/* The edits one by one: for a short walk in a long text. */
static void make_edits(struct reader *reader, struct text *text)
{
	struct reader inserted = *reader;
	size_t count = 0;
	const struct walk_edit *edits = walk_edits(reader->walk, &count);
	inserted.inserted = reader->walked;
	inserted.scalars = SIZE_MAX; /* they were counted as they were walked */
	for (size_t i = 0; i < count; i++) {
		struct bytes part = {0};
		if (edits[i].is_insert)
			(void)take_text(&inserted, edits[i].len, &part);
		rope_splice(text->rope, edits[i].pos,
			edits[i].is_insert ? 0 : edits[i].len, part);
	}
}

/* Where in the inserted text that of each insertion of a walk begins. */
struct origin {
	uint32_t event;
	size_t byte;
};

static struct origin *origins_of(const struct reader *reader, const struct graph *graph)
{
	uint32_t start = walk_start(reader->walk);
	size_t first = graph_op_of(graph, start), byte = 0;
	struct origin *origins = mem_array(graph->op_count - first, sizeof(*origins));
	for (size_t i = first; i < graph->op_count; i++) {
		const struct op_run *op = &graph->ops[i];
		uint32_t skip = op->start < start ? start - op->start : 0;
		origins[i - first] = (struct origin){op->start + skip, byte};
		if (op->is_insert && op->len > skip)
			byte += reader->is_ascii
					? op->len - skip
					: utf8_offset(
						  (struct bytes){reader->walked.at + byte,
							  reader->walked.len - byte},
						  op->len - skip);
	}
	return origins;
}

/* What the walked events from `event` on inserted, `len` scalar values. */
static void add_new(const struct reader *reader, const struct graph *graph,
	const struct origin *origins, uint32_t event, uint32_t len, struct buf *out)
{
	size_t first = graph_op_of(graph, walk_start(reader->walk));
	while (len > 0) {
		size_t op = graph_op_of(graph, event);
		const struct origin *origin = &origins[op - first];
		uint32_t n = graph->ops[op].start + graph->ops[op].len - event;
		if (n > len)
			n = len;
		struct bytes rest = {reader->walked.at + origin->byte,
				     reader->walked.len - origin->byte},
			     part;
		uint32_t skip = event - origin->event;
		(void)bytes_take(
			&rest, reader->is_ascii ? skip : utf8_offset(rest, skip), &part);
		(void)bytes_take(
			&rest, reader->is_ascii ? n : utf8_offset(rest, n), &part);
		buf_add(out, part);
		event += n;
		len -= n;
	}
}

/* The text as the walk has ordered it: what lies between its first and its last piece
 * that were there before, made anew. */
static void make_text(struct reader *reader, struct text *text)
{
	CLEAN_MEM struct origin *origins = origins_of(reader, &text->graph);
	CLEAN_BUF struct buf made = {0};
	size_t index = 0, len = rope_len(text->rope), from = 0;
	struct walk_piece piece, kept = {0}; /* an old one, the last so far */
	while (walk_next_piece(reader->walk, &index, &piece)) {
		if (piece.is_dead)
			continue;
		if (piece.is_old && piece.event == from && made.len == 0) {
			from += piece.len;
			continue;
		}
		rope_add_range(text->rope, kept.event, kept.len, &made);
		if (!piece.is_old)
			add_new(reader, &text->graph, origins, piece.event, piece.len,
				&made);
		kept = piece.is_old ? piece : (struct walk_piece){0};
	}
	size_t to = kept.len > 0 && kept.event + kept.len == len ? kept.len : 0;
	if (to == 0)
		rope_add_range(text->rope, kept.event, kept.len, &made);
	rope_splice(text->rope, from, len - from - to, buf_bytes(&made));
}

/* How many bytes of text cost as much as an edit at some other place of it. Tests build
 * with less, so that short texts are edited too. */
#ifndef EDIT_COST
#define EDIT_COST 128u
#endif

static void end_walk(struct reader *reader, struct text *text)
{
	size_t count = 0;
	(void)walk_edits(reader->walk, &count);
	if (!reader->has_text)
		return;
	if (count < rope_bytes(text->rope) / EDIT_COST)
		make_edits(reader, text);
	else
		make_text(reader, text);
}

/*
 * A run's operations: those before event `walked` have seen all before them and are all
 * seen by all after them; there a walk begins, or goes on when it is the run's start.
 */
static bool load_ops(struct reader *reader, struct text *text, size_t number,
	uint32_t walked, uint32_t len_there)
{
	struct graph *graph = &text->graph;
	uint32_t event = graph->runs[number].start, end = graph_run_end(graph, number);
	while (event < end) {
		struct op_run op;
		if (!load_op(reader, end - event, &len_there, &op))
			return false;
		op.start = event;
		graph_put_op(graph, op);
		event += op.len;
		if (!load_one(reader, text, op, walked))
			return false;
	}
	return true;
}

/* The first event that was not seen by who had seen `event` and all it had seen. */
static uint32_t first_after(const struct graph *graph, uint32_t event)
{
	const struct graph_run *run = &graph->runs[graph_run_of(graph, event)];
	return run->whole < run->start ? run->whole : event + 1;
}

/*
 * The first event not seen by a version; for one of several heads at least none of those
 * before it was not: walks then begin earlier than they need. Comparing versions for each
 * run would cost more.
 */
static uint32_t whole_of(const struct graph *graph, const struct heads *heads)
{
	uint32_t whole = 0;
	if (heads->count == graph->heads.count && heads->count > 0 &&
		memcmp(heads->at, graph->heads.at, heads->count * sizeof(*heads->at)) ==
			0)
		return graph->events;
	for (size_t i = 0; i < heads->count; i++) {
		uint32_t first = first_after(graph, heads->at[i]);
		if (first > whole)
			whole = first;
	}
	return whole;
}

/* The parents and the length of every run, and what is the first event it has not seen.
 */
static bool load_runs(struct reader *reader, struct text *text)
{
	struct graph *graph = &text->graph;
	while (graph->events < reader->events) {
		uint32_t events = 0;
		if (!take_u32(
			    &reader->lengths, reader->events - graph->events, &events) ||
			events == 0 ||
			!graph_ends_change(graph, graph->events + events - 1) ||
			!load_parents(reader, graph))
			return false;
		uint32_t whole = whole_of(graph, &reader->heads);
		graph_add_run(graph, &reader->heads, whole, 0, events);
		graph->events += events;
	}
	return true;
}

/* Of each run the smallest event that some later run has not seen. */
static uint32_t *first_unseen(const struct graph *graph)
{
	uint32_t *unseen = mem_array(graph->run_count, sizeof(*unseen));
	uint32_t least = graph->events;
	for (size_t i = graph->run_count; i-- > 0;) {
		unseen[i] = least;
		if (graph->runs[i].whole < graph->runs[i].start &&
			graph->runs[i].whole < least)
			least = graph->runs[i].whole;
	}
	return unseen;
}

/* Let the walk, under way or about to begin, stand at what the run's first event has
 * seen; returns how long the text was there, `len` where it begins. */
static uint32_t stand(struct reader *reader, const struct graph *graph, size_t number,
	bool is_walking, uint32_t len)
{
	const struct graph_run *run = &graph->runs[number];
	if (is_walking && reader->seen != NULL)
		return walk_to_run(reader->walk, reader->seen, number);
	heads_set(&reader->heads, graph_parents(graph, run), run->parent_count);
	if (is_walking)
		return walk_to(reader->walk, &reader->heads);
	walk_stand(reader->walk, &reader->heads);
	return len;
}

static bool load_all_ops(struct reader *reader, struct text *text, const uint32_t *unseen)
{
	struct graph *graph = &text->graph;
	bool is_walking = false;
	for (size_t i = 0; i < graph->run_count; i++) {
		struct graph_run *run = &graph->runs[i];
		uint32_t len_there = reader->len;
		run->len_before = reader->len;
		if (is_walking && run->whole == run->start && unseen[i] >= run->start) {
			end_walk(reader, text);
			is_walking = false;
		}
		uint32_t walked = is_walking ? 0 : unseen[i];
		if (is_walking || walked == run->start)
			len_there = stand(reader, graph, i, is_walking, len_there);
		if (!load_ops(reader, text, i, walked, len_there))
			return false;
		if (reader->seen != NULL)
			graph_seen_stand(reader->seen, i);
		is_walking = is_walking || walked < graph_run_end(graph, i);
	}
	if (is_walking)
		end_walk(reader, text);
	return true;
}

static bool load_all(struct reader *reader, struct text *text)
{
	graph_reserve(&text->graph, numbers_in(reader->lengths),
		numbers_in(reader->parents), numbers_in(reader->kinds));
	if (!load_runs(reader, text))
		return false;
	CLEAN_MEM uint32_t *unseen = first_unseen(&text->graph);
	reader->seen = graph_seen_new(&text->graph);
	return load_all_ops(reader, text, unseen) && reader->lengths.len == 0 &&
	       reader->parent_counts.len == 0 && reader->parents.len == 0 &&
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
		reader.scalars = utf8_count(*inserted);
		reader.is_ascii = reader.scalars == inserted->len;
	}
	if (!take_part(&columns, &clock) || !take_part(&columns, &reader.lengths) ||
		!take_part(&columns, &reader.parent_counts) ||
		!take_part(&columns, &reader.parents) ||
		!take_part(&columns, &reader.kinds) ||
		!take_part(&columns, &reader.places) || columns.len > 0 ||
		!load_clock(&clock, &text->graph, &reader.events) || clock.len > 0)
		return false;
	reader.walk = walk_new(&text->graph, 0, 0);
	bool ok = load_all(&reader, text);
	walk_free(reader.walk);
	graph_seen_free(reader.seen);
	heads_release(&reader.heads);
	*len = reader.len;
	return ok;
}
