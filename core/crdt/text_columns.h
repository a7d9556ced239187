/*
 * The event graph of a text as columns of LEB128 numbers, and back with every check: the
 * logs, the runs of changes, how long graph runs are, what they have seen, kinds and
 * lengths of operations, places of operations. Each column says its bytes first.
 *
 * Only text*.c and history.c include this.
 */
#ifndef KITH_CRDT_TEXT_COLUMNS_H
#define KITH_CRDT_TEXT_COLUMNS_H

#include "core/crdt/text_body.h"

void columns_save(const struct graph *graph, struct buf *out);

/*
 * Build the graph of an empty text from its columns, replaying everything. `inserted`
 * is all text that was ever inserted, in the order of its events: then the visible text
 * is built as well; or NULL: then `*len` says how long it must be.
 * False when anything is wrong; the text is only fit to be freed then.
 */
bool columns_load(struct bytes columns, const struct bytes *inserted, struct text *text,
	uint32_t *len);

#endif
