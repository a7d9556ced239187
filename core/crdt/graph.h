/*
 * An event graph: every change to one text, as runs (Gentle & Kleppmann, "Collaborative
 * Text Editing with Eg-walker", EuroSys 2025, §3.8).
 *
 * An *event* is one scalar value inserted or deleted. Events have local numbers, from 0
 * in the order they were applied here, so that whatever an event has seen has smaller
 * numbers. A change is a range of events. A version is a set of *heads*: events such that
 * none has seen another; it stands for all that they have seen, themselves included.
 *
 * Only text*.c, graph*.c and walk*.c include this.
 */
#ifndef KITH_CRDT_GRAPH_H
#define KITH_CRDT_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/id.h"
#include "core/crdt/vector.h"

/* Event numbers stay below this; walk.h has other uses for greater ones. */
#define EVENTS_MAX (UINT32_C(1) << 30)

/* Each event here has seen the one before it; the first has seen `parents`. Runs lie side
 * by side and cover all events. */
struct graph_run {
	uint32_t start;
	/* All events below this were seen by all events of the run, and event `whole`
	 * was not (when it is `start`: everything before the run was seen). */
	uint32_t whole;
	uint32_t len_before; /* of the visible text here, before the run was applied */
	uint32_t parents, parent_count; /* in `parents` of the graph, descending */
};

/* Operations joined where one goes on where the other ended. Of a deletion `pos` is the
 * smallest place it deletes; `is_back`: the last character goes first. */
struct op_run {
	uint32_t start, pos, len;
	bool is_insert, is_back;
};

/* `count` changes by one log with numbers one after another, `per` events each. */
struct clock_run {
	uint32_t start;
	uint32_t log; /* index into `logs` */
	uint32_t per, count;
	uint64_t entry;
};

/* `runs` are indexes into `clock`, in order. */
struct graph_log {
	struct log_id id;
	uint32_t *runs;
	size_t count, cap;
};

struct heads {
	uint32_t *at; /* descending; owned */
	size_t count, cap;
};

struct graph_near {
	size_t run, op, clock;
};

/* A zeroed one is empty. */
struct graph {
	uint32_t events;
	struct graph_run *runs;
	size_t run_count, run_cap;
	uint32_t *parents;
	size_t parent_count, parent_cap;
	struct op_run *ops;
	size_t op_count, op_cap;
	struct clock_run *clock;
	size_t clock_count, clock_cap;
	struct graph_log *logs; /* in the order they first wrote */
	size_t log_count, log_cap;
	struct heads heads;      /* of everything */
	struct graph_near *near; /* where searches ended: the next one is mostly near */
};

struct span {
	uint32_t start, end;
};

struct span_list {
	struct span *at; /* owned */
	size_t count, cap;
};

void graph_release(struct graph *graph);
void heads_release(struct heads *heads);
void heads_set(struct heads *heads, const uint32_t *at, size_t count);
void span_list_release(struct span_list *list);

/* The index of the run that holds the event. */
size_t graph_run_of(const struct graph *graph, uint32_t event);
size_t graph_op_of(const struct graph *graph, uint32_t event);
uint32_t graph_run_end(const struct graph *graph, size_t run);
/* What the run's first event has seen; NULL where that is nothing. Borrowed. */
const uint32_t *graph_parents(const struct graph *graph, const struct graph_run *run);
const struct clock_run *graph_clock_of(const struct graph *graph, uint32_t event);
/* Whether a change ends with the event. */
bool graph_ends_change(const struct graph *graph, uint32_t event);

/* The log's index; log_count when it wrote nothing here. */
size_t graph_log_of(const struct graph *graph, struct log_id log);
/* The same, entered when it is new. */
size_t graph_log_made(struct graph *graph, struct log_id id);
uint64_t graph_last_entry(const struct graph *graph, size_t log);

/* Whether a change by `log` that had seen `seen` has seen everything here. */
bool graph_seen_all(
	const struct graph *graph, struct log_id log, const struct vector *seen);

/* The version a change by `log` was made on. Into `out`, which is zeroed or reused. */
void graph_version(const struct graph *graph, struct log_id log,
	const struct vector *seen, struct heads *out);

/* The events that only `a` has seen, and only `b`; descending. Lists are emptied first.
 */
void graph_diff(const struct graph *graph, const struct heads *a, const struct heads *b,
	struct span_list *only_a, struct span_list *only_b);

/* A new change of `events` events, its operations added one by one. */
void graph_begin(struct graph *graph, struct log_id log, uint64_t entry,
	const struct heads *parents, uint32_t whole, uint32_t len_before,
	uint32_t events);
/* The same piece by piece, for loading: a run, and a run of changes of one log. Where it
 * is known beforehand how many there are, room for just as many comes first. */
void graph_reserve(struct graph *graph, size_t runs, size_t parents, size_t ops);
void graph_add_run(struct graph *graph, const struct heads *parents, uint32_t whole,
	uint32_t len_before, uint32_t events);
void graph_add_clock(struct graph *graph, size_t log, struct clock_run run);
void graph_add_op_run(struct graph *graph, struct op_run run);
/* Of events that are counted already. */
void graph_put_op(struct graph *graph, struct op_run run);

void graph_add_op(struct graph *graph, bool is_insert, uint32_t pos, uint32_t len);

size_t graph_memory(const struct graph *graph);

#endif
