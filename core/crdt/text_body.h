/* The inside of a text. Only text*.c include this. */
#ifndef KITH_CRDT_TEXT_BODY_H
#define KITH_CRDT_TEXT_BODY_H

#include "core/crdt/graph.h"
#include "core/crdt/rope.h"
#include "core/crdt/text.h"
#include "core/crdt/walk.h"

/* What only speeds up the next merge: no part of the state. */
struct text_cache {
	struct walk *walk; /* NULL, or over all events from its start on */
	struct heads version;
	struct span_list unseen, unknown;
	struct text *text; /* its own, to be unpacked when only read as well */
};

struct text {
	struct graph graph;
	/* The graph's columns, as long as nobody needed it: then `graph` is empty. */
	struct buf packed;
	struct rope *rope;
	struct text_cache *cache;
};

/* See to it that the graph is there. ERR_CORRUPT when the columns are not well formed. */
MUST_USE enum err text_unpack(const struct text *text);

/* Whether all operations lie within a text of `len` scalar values. */
bool text_ops_fit(const struct text_op *ops, size_t count, size_t len);

/* The greatest event, at most `whole`, that all events from it on have seen everything
 * before of; and how long the text was before it. */
uint32_t text_cut(const struct graph *graph, uint32_t whole, uint32_t *len);

/* The smallest event not seen by `version`; the number of events when it has seen all. */
uint32_t text_whole(const struct text *text, const struct heads *version);

/* A walk over everything, standing at `version` of which event `whole` is the smallest
 * not seen. */
struct walk *text_walk(const struct text *text, const struct heads *version,
	uint32_t whole, uint32_t *len);
void text_forget_walk(const struct text *text);

#endif
