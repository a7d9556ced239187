/*
 * Versions of a graph that a few logs wrote, as numbers: how many events of each log were
 * seen. A log has always seen itself, so these are its first ones, and two versions are
 * compared log by log; graph_diff() has to walk back to what both have seen. Two people
 * who type at once make a new version with every few keys.
 *
 * Only text*.c, graph*.c and walk*.c include this.
 */
#ifndef KITH_CRDT_GRAPH_SEEN_H
#define KITH_CRDT_GRAPH_SEEN_H

#include "core/crdt/graph.h"

/* More logs are compared faster in the graph. */
#define SEEN_LOGS 4u

struct graph_seen;

/*
 * Of all runs and changes of the graph, which must not change meanwhile: borrowed. NULL
 * where it is of no use: many logs, one log, or one that has not seen itself.
 */
struct graph_seen *graph_seen_new(const struct graph *graph);
void graph_seen_free(struct graph_seen *seen); /* NULL is fine */

/* Stand at the end of a run. */
void graph_seen_stand(struct graph_seen *seen, size_t run);

/* From where it stands to what the first event of a run has seen: the events seen no
 * longer, and those seen now, in no order; lists are emptied first. */
void graph_seen_to(struct graph_seen *seen, size_t run, struct span_list *back,
	struct span_list *forth);

#endif
