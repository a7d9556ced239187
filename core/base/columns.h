/*
 * How text stands in the columns of a terminal: what people take for one character, how
 * wide it is, which way it runs.
 *
 * A letter with its accents, a Hangul syllable, a family of emoji are one cluster each
 * (UAX #29, extended grapheme clusters) and are never cut apart. Widths are those of UAX
 * #11: two for a Chinese character, none for an accent; a joined or coloured emoji and a
 * flag take two together, as terminals draw them that draw them as one. The tables are
 * utf8proc's (https://juliastrings.github.io/utf8proc/), whatever the locale is.
 */
#ifndef KITH_BASE_COLUMNS_H
#define KITH_BASE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/bytes.h"

/* Take one cluster from the front of valid text; false at the end or on an invalid byte.
 */
bool cluster_next(struct bytes *rest, struct bytes *cluster);
size_t cluster_columns(struct bytes cluster);

/* Columns that one line of clean text takes. */
size_t text_columns(struct bytes text);

/*
 * Append `text` with each stretch that runs right to left in a first strong isolate (UAX
 * #9), so that numbers and signs beside it keep their places. Lines are looked at one by
 * one; what has no such letter is as it was.
 */
void add_isolated(struct buf *out, struct bytes text);

#endif
