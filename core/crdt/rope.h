/*
 * A rope: a text of Unicode scalar values that is cheap to edit anywhere.
 *
 * A short list of gap buffers (Craig Finseth, "The Craft of Text Editing", 1991, ch. 6)
 * of UTF-8, each at most 64 KiB, with the last one used remembered: typing is a store
 * into a buffer, a far jump costs one leaf, never the text. All positions and lengths
 * count scalar values; a leaf of plain ASCII knows that they are its bytes.
 *
 * What goes in is valid UTF-8: the caller has checked it (core/base/utf8.h).
 */
#ifndef KITH_CRDT_ROPE_H
#define KITH_CRDT_ROPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

struct rope;

struct rope *rope_new(void);
struct rope *rope_from(struct bytes text);
struct rope *rope_copy(const struct rope *rope);
void rope_free(struct rope *rope);
void rope_freep(struct rope **rope); /* for CLEANUP() */
void rope_clear(struct rope *rope);

size_t rope_len(const struct rope *rope);   /* scalar values */
size_t rope_bytes(const struct rope *rope); /* bytes of UTF-8 */

/*
 * Replace the `del` scalar values from `pos` on by `text`; returns how many `text` holds.
 * `pos` + `del` lie within the rope: an assertion, since every position that comes from
 * outside is compared with the length of its text first.
 */
size_t rope_splice(struct rope *rope, size_t pos, size_t del, struct bytes text);
void rope_insert(struct rope *rope, size_t pos, struct bytes text);
void rope_delete(struct rope *rope, size_t pos, size_t len);

/* Add to the end of the rope. */
void rope_append(struct rope *rope, struct bytes text);
void rope_append_range(
	struct rope *rope, const struct rope *from, size_t pos, size_t len);

/* Append the `len` scalar values from `pos` on, or all, to `out` as UTF-8. */
void rope_add_range(const struct rope *rope, size_t pos, size_t len, struct buf *out);
void rope_add(const struct rope *rope, struct buf *out);

/*
 * Read the rope piece by piece without copying it: `place` starts as 0 and is the rope's
 * own afterwards. The pieces are not empty, cut no scalar value, and live until the next
 * change. False at the end.
 */
bool rope_next(const struct rope *rope, size_t *place, struct bytes *piece);

/* The byte offset in the whole text of scalar value `pos`, and back. */
size_t rope_byte_of(const struct rope *rope, size_t pos);
size_t rope_pos_of(const struct rope *rope, size_t byte);

/* Whether both hold the same text, however it is cut into leaves. */
bool rope_equal(const struct rope *a, const struct rope *b);
bool rope_is(const struct rope *rope, struct bytes text);

/* Bytes of memory the rope holds, itself included. */
size_t rope_memory(const struct rope *rope);

#endif
