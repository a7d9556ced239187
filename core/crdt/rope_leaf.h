/*
 * A leaf of a rope: UTF-8 in a gap buffer that never grows beyond LEAF_MAX.
 * Only rope*.c include this.
 */
#ifndef KITH_CRDT_ROPE_LEAF_H
#define KITH_CRDT_ROPE_LEAF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* Measured on the editing traces (tests/bench/bench_rope): smaller leaves cost more
 * changes of leaf, larger ones more bytes moved at a far jump. */
#ifndef LEAF_MAX
#define LEAF_MAX UINT32_C(65536)
#endif

/* Below this many bytes a leaf is joined with its neighbour if that is small as well. */
#define LEAF_JOINED (LEAF_MAX / 4)

/* Bytes [0, gap) and [gap_end, cap) of `at` are the text, which is plain ASCII exactly
 * when it has as many bytes as `scalars`. No scalar value lies across the gap. */
struct leaf {
	uint8_t *at;
	uint32_t cap, gap, gap_end;
	uint32_t before;  /* scalar values before the gap */
	uint32_t scalars; /* in all */
};

static inline uint32_t leaf_bytes(const struct leaf *leaf)
{
	return leaf->cap - (leaf->gap_end - leaf->gap);
}

static inline uint32_t leaf_room(const struct leaf *leaf)
{
	return leaf->gap_end - leaf->gap;
}

static inline bool leaf_is_ascii(const struct leaf *leaf)
{
	return leaf->scalars == leaf_bytes(leaf);
}

void leaf_init(struct leaf *leaf, uint32_t cap);
void rope_leaf_release(struct leaf *leaf);

/* See to it that there is room for `room` bytes, or as much as a leaf may have. */
void leaf_grow(struct leaf *leaf, uint32_t room);
/* Give memory back when less than a quarter is used. */
void leaf_shrink(struct leaf *leaf);

/* The byte, as if there were no gap, at which scalar value `pos` begins. */
uint32_t leaf_byte(const struct leaf *leaf, uint32_t pos);

/* Move the gap before scalar value `pos`. */
void leaf_move(struct leaf *leaf, uint32_t pos);

/* Delete `del` scalar values from `pos` on; the gap is at `pos` afterwards. */
void leaf_cut(struct leaf *leaf, uint32_t pos, uint32_t del);

/* Put text of `scalars` into the gap, which has the room, and leave the gap after it. */
void leaf_put(struct leaf *leaf, struct bytes text, uint32_t scalars);

/* Move everything from scalar value `pos` on into `right`, a released leaf. */
void leaf_split(struct leaf *leaf, uint32_t pos, struct leaf *right);

/* Text from byte `from` to byte `to` as at most two pieces. */
void leaf_pieces(
	const struct leaf *leaf, uint32_t from, uint32_t to, struct bytes out[2]);

#endif
