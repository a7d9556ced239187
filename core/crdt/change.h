/*
 * One change to a text, as operations and as bytes: what one section does to one text
 * field. Kinds, positions and lengths as columns of delta + variable-length integers in
 * runs, inserted content as one UTF-8 string (DESIGN §4.3).
 */
#ifndef KITH_CRDT_CHANGE_H
#define KITH_CRDT_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/mem.h"

#define CHANGE_OPS_MAX  65536u
#define CHANGE_TEXT_MAX ((size_t)1 << 20) /* bytes */
/* The farthest place, and the longest deletion, in scalar values. */
#define CHANGE_PLACE_MAX (UINT32_C(1) << 30)

/* In the order they are made, each at its place in the text as those before it left it.
 */
struct text_op {
	bool is_insert;
	uint32_t pos;
	uint32_t len; /* scalar values */
};

struct text_change {
	const struct text_op *ops;
	size_t count;
	struct bytes text; /* of all insertions, in their order; valid UTF-8 */
};

/* Append the bytes. */
void text_change_encode(const struct text_change *change, struct buf *out);

/*
 * Into `arena`; the text borrows `bytes` where it is not compressed. Memory is bounded by
 * a constant times the input and the limits above. Errors: ERR_CORRUPT (not well formed,
 * not shortest form, not UTF-8, lengths that do not add up), ERR_TOO_BIG.
 */
MUST_USE enum err text_change_decode(
	struct bytes bytes, struct arena *arena, struct text_change *out);

#endif
