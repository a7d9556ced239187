#include "core/crdt/rope_leaf.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"

/* A new leaf has at least this much, so that a short text grows a few times only. */
#define LEAF_MIN UINT32_C(64)

void leaf_init(struct leaf *leaf, uint32_t cap)
{
	if (cap < LEAF_MIN)
		cap = LEAF_MIN;
	assert(cap <= LEAF_MAX);
	*leaf = (struct leaf){.at = mem_resize(NULL, cap, 1), .cap = cap, .gap_end = cap};
}

void rope_leaf_release(struct leaf *leaf)
{
	mem_free(leaf->at);
	*leaf = (struct leaf){0};
}

/* Give the leaf `cap` bytes, no fewer than it uses. */
static void set_cap(struct leaf *leaf, uint32_t cap)
{
	uint32_t after = leaf->cap - leaf->gap_end;
	uint8_t *at = mem_resize(NULL, cap, 1);
	memcpy(at, leaf->at, leaf->gap);
	memcpy(at + cap - after, leaf->at + leaf->gap_end, after);
	mem_free(leaf->at);
	leaf->at = at;
	leaf->gap_end = cap - after;
	leaf->cap = cap;
}

void leaf_grow(struct leaf *leaf, uint32_t room)
{
	if (leaf_room(leaf) >= room || leaf->cap == LEAF_MAX)
		return;
	/* Twice as much, so that typing copies a leaf a few times only; the exact size
	 * for a text that is loaded whole. */
	uint32_t exact = leaf_bytes(leaf) + room, twice = leaf->cap * 2;
	uint32_t cap = exact > twice ? exact : twice;
	set_cap(leaf, cap < LEAF_MAX ? cap : LEAF_MAX);
}

void leaf_shrink(struct leaf *leaf)
{
	uint32_t used = leaf_bytes(leaf);
	if (leaf->cap > LEAF_MIN && used < leaf->cap / 4)
		set_cap(leaf, used < LEAF_MIN / 2 ? LEAF_MIN : used * 2);
}

uint32_t leaf_byte(const struct leaf *leaf, uint32_t pos)
{
	if (leaf_is_ascii(leaf))
		return pos;
	struct bytes before = {leaf->at, leaf->gap},
		     after = {leaf->at + leaf->gap_end, leaf->cap - leaf->gap_end};
	if (pos >= leaf->before) {
		uint32_t from_gap = pos - leaf->before, from_end = leaf->scalars - pos;
		return from_gap <= from_end
			       ? leaf->gap + (uint32_t)utf8_offset(after, from_gap)
			       : leaf_bytes(leaf) -
					 (uint32_t)utf8_offset_back(after, from_end);
	}
	uint32_t from_gap = leaf->before - pos;
	return pos <= from_gap ? (uint32_t)utf8_offset(before, pos)
			       : leaf->gap - (uint32_t)utf8_offset_back(before, from_gap);
}

static void move_to_byte(struct leaf *leaf, uint32_t byte)
{
	if (byte < leaf->gap) {
		uint32_t n = leaf->gap - byte;
		memmove(leaf->at + leaf->gap_end - n, leaf->at + byte, n);
		leaf->gap -= n;
		leaf->gap_end -= n;
	} else if (byte > leaf->gap) {
		uint32_t n = byte - leaf->gap;
		memmove(leaf->at + leaf->gap, leaf->at + leaf->gap_end, n);
		leaf->gap += n;
		leaf->gap_end += n;
	}
}

void leaf_move(struct leaf *leaf, uint32_t pos)
{
	if (pos == leaf->before)
		return;
	move_to_byte(leaf, leaf_byte(leaf, pos));
	leaf->before = pos;
}

/* The part before the gap goes by moving its left end, the part after it by moving its
 * right end: no bytes move when the gap lies within what is deleted, as with a
 * backspace. */
void leaf_cut(struct leaf *leaf, uint32_t pos, uint32_t del)
{
	uint32_t from = leaf_byte(leaf, pos), to = leaf_byte(leaf, pos + del);
	if (to < leaf->gap)
		move_to_byte(leaf, to);
	else if (from > leaf->gap)
		move_to_byte(leaf, from);
	uint32_t gap = leaf->gap;
	leaf->gap = from;
	leaf->gap_end += to - gap;
	leaf->before = pos;
	leaf->scalars -= del;
}

void leaf_put(struct leaf *leaf, struct bytes text, uint32_t scalars)
{
	uint8_t *to = leaf->at + leaf->gap;
	if (text.len == 1)
		*to = *text.at;
	else if (text.len > 0)
		memcpy(to, text.at, text.len);
	leaf->gap += (uint32_t)text.len;
	leaf->before += scalars;
	leaf->scalars += scalars;
}

void leaf_pieces(const struct leaf *leaf, uint32_t from, uint32_t to, struct bytes out[2])
{
	uint32_t cut = to < leaf->gap ? to : leaf->gap > from ? leaf->gap : from;
	uint32_t shift = leaf->gap_end - leaf->gap;
	out[0] = (struct bytes){leaf->at + from, cut - from};
	out[1] = (struct bytes){leaf->at + cut + shift, to - cut};
}

void leaf_split(struct leaf *leaf, uint32_t pos, struct leaf *right)
{
	leaf_move(leaf, pos);
	uint32_t after = leaf->cap - leaf->gap_end, scalars = leaf->scalars - pos;
	leaf_init(right, after);
	leaf_put(right, (struct bytes){leaf->at + leaf->gap_end, after}, scalars);
	leaf->gap_end = leaf->cap;
	leaf->scalars = pos;
}
