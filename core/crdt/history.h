/*
 * A history: all changes ever made to a text, each an event of its own, as bytes that
 * make the text anew. What a store needs is text_save(), which has forgotten what was
 * deleted; this is for whoever wants to keep, hand over or measure the whole.
 */
#ifndef KITH_CRDT_HISTORY_H
#define KITH_CRDT_HISTORY_H

#include "core/crdt/text.h"

/* Bytes of text inserted over time, and of columns, that a history may hold. */
#define HISTORY_TEXT_MAX    ((size_t)1 << 26)
#define HISTORY_COLUMNS_MAX ((size_t)1 << 26)

/* Append it. `inserted`: the texts of all changes in the order they were applied. */
void history_encode(const struct text *text, struct bytes inserted, struct buf *out);

/*
 * Merge everything into an empty text. All of it is checked as a change is.
 * Errors: ERR_CORRUPT, ERR_TOO_BIG, and `*out` NULL.
 */
MUST_USE enum err history_merge(struct bytes history, struct text **out);

#endif
