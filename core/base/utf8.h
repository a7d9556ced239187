/*
 * UTF-8 (RFC 3629): what is valid, how many Unicode scalar values it holds, where to cut.
 */
#ifndef KITH_BASE_UTF8_H
#define KITH_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* No surrogates, no overlong forms, nothing above U+10FFFF. NUL counts as invalid. */
bool utf8_valid(struct bytes text);

/* Whether valid text has nothing to read: it is empty, or white space (Unicode's property
 * White_Space) and characters of no width alone. */
bool utf8_blank(struct bytes text);

/* The number of scalar values in valid text. */
size_t utf8_count(struct bytes text);

/* The byte offset of scalar number `index` in valid text; text.len when it has fewer. */
size_t utf8_offset(struct bytes text, size_t index);
/* How many bytes the last `count` scalar values of valid text are: it has as many. */
size_t utf8_offset_back(struct bytes text, size_t count);

/* Take one scalar value from the front; false at the end or on an invalid byte. */
bool utf8_next(struct bytes *rest, uint32_t *scalar);

/* Append one scalar value. */
void utf8_add(struct buf *buf, uint32_t scalar);

/* The longest prefix of valid text of at most `max` bytes that cuts no scalar value. */
struct bytes utf8_cut(struct bytes text, size_t max);

/*
 * Append `text` without what could drive a terminal or reorder a line: C0 and C1 controls
 * (line break and tab stay when `lines`) and the bidirectional controls of UAX #9.
 */
void utf8_add_clean(struct buf *buf, struct bytes text, bool lines);

#endif
