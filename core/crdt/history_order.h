/*
 * The same history in an order that is quick to walk: one branch after the other, small
 * ones first, since what was walked is taken back to walk the next (Gentle & Kleppmann,
 * EuroSys 2025, §3.7). Only history.c includes this.
 */
#ifndef KITH_CRDT_HISTORY_ORDER_H
#define KITH_CRDT_HISTORY_ORDER_H

#include "core/crdt/graph.h"

/*
 * Into `out`, a zeroed graph to be saved as columns and nothing else, and `order`: spans
 * of the events of `graph` in the order in which they stand in `out`.
 */
void history_order(const struct graph *graph, struct graph *out, struct span_list *order);

#endif
