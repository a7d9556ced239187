#include "core/crdt/graph_seen.h"

#include <assert.h>

#include "core/base/mem.h"
#include "core/crdt/runs.h"

/* Events of one log in one run: each has seen those before it. */
struct piece {
	uint32_t start, log;
	uint32_t before[SEEN_LOGS]; /* what its first event has seen */
	uint32_t after;             /* events of its log, up to its last one */
};

/* The same by log: from its event number `nth` on. */
struct own_piece {
	uint32_t nth, start;
};

struct own {
	struct own_piece *at;
	size_t count, cap, near;
	uint32_t events;
};

struct graph_seen {
	struct piece *pieces;
	size_t count, cap, near;
	uint32_t *firsts; /* the first piece of each run, and how many pieces there are */
	struct own logs[SEEN_LOGS];
	size_t log_count;
	uint32_t now[SEEN_LOGS]; /* where it stands */
};

/* Add what the event has seen, itself included. */
static void join(struct graph_seen *seen, uint32_t event, uint32_t *version)
{
	const struct piece *piece = &seen->pieces[runs_search(
		seen->pieces, sizeof(*piece), seen->count, &seen->near, event)];
	for (size_t i = 0; i < SEEN_LOGS; i++) {
		if (version[i] < piece->before[i])
			version[i] = piece->before[i];
	}
	uint32_t nth = piece->before[piece->log] + (event - piece->start) + 1;
	if (version[piece->log] < nth)
		version[piece->log] = nth;
}

/* The next `events` events, of one log, which have seen `version`: it comes to hold them.
 * False when the log has not seen itself. */
static bool add_piece(struct graph_seen *seen, uint32_t start, uint32_t log,
	uint32_t events, uint32_t *version)
{
	struct own *own = &seen->logs[log];
	if (version[log] != own->events)
		return false;
	own->at = mem_grow(own->at, own->count, &own->cap, sizeof(*own->at));
	own->at[own->count++] = (struct own_piece){own->events, start};
	seen->pieces =
		mem_grow(seen->pieces, seen->count, &seen->cap, sizeof(*seen->pieces));
	struct piece *piece = &seen->pieces[seen->count++];
	*piece = (struct piece){.start = start, .log = log};
	memcpy(piece->before, version, sizeof(piece->before));
	own->events += events;
	piece->after = version[log] = own->events;
	return true;
}

/* The pieces of a run; `*clock` is the run of changes that holds its first event, and
 * afterwards the one after its last. */
static bool add_run(
	struct graph_seen *seen, const struct graph *graph, size_t number, size_t *clock)
{
	const struct graph_run *run = &graph->runs[number];
	uint32_t version[SEEN_LOGS] = {0};
	seen->firsts[number] = (uint32_t)seen->count;
	for (uint32_t i = 0; i < run->parent_count; i++)
		join(seen, graph->parents[run->parents + i], version);
	for (uint32_t at = run->start, end = graph_run_end(graph, number); at < end;) {
		const struct clock_run *changes = &graph->clock[*clock];
		uint32_t stop = changes->start + changes->per * changes->count;
		if (stop <= end)
			++*clock;
		else
			stop = end;
		if (!add_piece(seen, at, changes->log, stop - at, version))
			return false;
		at = stop;
	}
	return true;
}

struct graph_seen *graph_seen_new(const struct graph *graph)
{
	if (graph->log_count < 2 || graph->log_count > SEEN_LOGS)
		return NULL;
	struct graph_seen *seen = mem_new(sizeof(*seen));
	seen->log_count = graph->log_count;
	seen->firsts = mem_array(graph->run_count + 1, sizeof(*seen->firsts));
	/* A piece ends where a run or a run of changes does. */
	seen->cap = graph->run_count + graph->clock_count;
	seen->pieces = mem_resize(NULL, seen->cap, sizeof(*seen->pieces));
	size_t clock = 0;
	for (size_t i = 0; i < graph->run_count; i++) {
		if (!add_run(seen, graph, i, &clock)) {
			graph_seen_free(seen);
			return NULL;
		}
	}
	seen->firsts[graph->run_count] = (uint32_t)seen->count;
	return seen;
}

void graph_seen_free(struct graph_seen *seen)
{
	if (seen == NULL)
		return;
	for (size_t i = 0; i < SEEN_LOGS; i++)
		mem_free(seen->logs[i].at);
	mem_free(seen->firsts);
	mem_free(seen->pieces);
	mem_free(seen);
}

/* The events of a log from number `nth` up to `end`. */
static void add_spans(struct own *own, uint32_t nth, uint32_t end, struct span_list *out)
{
	size_t i = runs_search(own->at, sizeof(*own->at), own->count, &own->near, nth);
	for (; nth < end; i++) {
		uint32_t stop = i + 1 < own->count ? own->at[i + 1].nth : own->events;
		if (stop > end)
			stop = end;
		uint32_t start = own->at[i].start + (nth - own->at[i].nth);
		out->at = mem_grow(out->at, out->count, &out->cap, sizeof(*out->at));
		out->at[out->count++] = (struct span){start, start + (stop - nth)};
		nth = stop;
	}
}

void graph_seen_stand(struct graph_seen *seen, size_t run)
{
	size_t last = seen->firsts[run + 1] - 1;
	const struct piece *piece = &seen->pieces[last];
	memcpy(seen->now, piece->before, sizeof(seen->now));
	seen->now[piece->log] = piece->after;
}

void graph_seen_to(struct graph_seen *seen, size_t run, struct span_list *back,
	struct span_list *forth)
{
	const uint32_t *to = seen->pieces[seen->firsts[run]].before;
	back->count = forth->count = 0;
	for (size_t i = 0; i < seen->log_count; i++) {
		if (seen->now[i] > to[i])
			add_spans(&seen->logs[i], to[i], seen->now[i], back);
		else if (seen->now[i] < to[i])
			add_spans(&seen->logs[i], seen->now[i], to[i], forth);
	}
	memcpy(seen->now, to, sizeof(seen->now));
}
