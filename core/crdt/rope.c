#include "core/crdt/rope.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/rope_leaf.h"

/* A longer deletion looks whether memory can be given back, and may take longer. */
#define DEL_FAST 64u

/* At least one leaf; none is empty while there are others. `now` is the leaf last used,
 * `start` the scalar values before it. */
struct rope {
	struct leaf *leaves;
	size_t count, cap;
	size_t now, start;
	size_t len, bytes;
};

struct rope *rope_new(void)
{
	struct rope *rope = mem_new(sizeof(*rope));
	rope->leaves = mem_grow(NULL, 0, &rope->cap, sizeof(*rope->leaves));
	leaf_init(&rope->leaves[0], 0);
	rope->count = 1;
	return rope;
}

struct rope *rope_from(struct bytes text)
{
	struct rope *rope = rope_new();
	rope_append(rope, text);
	return rope;
}

struct rope *rope_copy(const struct rope *rope)
{
	struct rope *copy = rope_new();
	rope_append_range(copy, rope, 0, rope->len);
	return copy;
}

void rope_free(struct rope *rope)
{
	if (rope == NULL)
		return;
	for (size_t i = 0; i < rope->count; i++)
		rope_leaf_release(&rope->leaves[i]);
	mem_free(rope->leaves);
	mem_free(rope);
}

void rope_freep(struct rope **rope)
{
	rope_free(*rope);
	*rope = NULL;
}

void rope_clear(struct rope *rope)
{
	for (size_t i = 0; i < rope->count; i++)
		rope_leaf_release(&rope->leaves[i]);
	leaf_init(&rope->leaves[0], 0);
	rope->count = 1;
	rope->now = rope->start = rope->len = rope->bytes = 0;
}

size_t rope_len(const struct rope *rope)
{
	return rope->len;
}

size_t rope_bytes(const struct rope *rope)
{
	return rope->bytes;
}

static void add_leaf(struct rope *rope, size_t index, struct leaf leaf)
{
	rope->leaves = mem_grow(rope->leaves, rope->count, &rope->cap, sizeof(leaf));
	memmove(&rope->leaves[index + 1], &rope->leaves[index],
		(rope->count - index) * sizeof(leaf));
	rope->leaves[index] = leaf;
	rope->count++;
}

static void drop_leaf(struct rope *rope, size_t index)
{
	rope_leaf_release(&rope->leaves[index]);
	rope->count--;
	memmove(&rope->leaves[index], &rope->leaves[index + 1],
		(rope->count - index) * sizeof(struct leaf));
}

static struct leaf *step_left(struct rope *rope)
{
	rope->start -= rope->leaves[--rope->now].scalars;
	return &rope->leaves[rope->now];
}

static struct leaf *step_right(struct rope *rope)
{
	rope->start += rope->leaves[rope->now++].scalars;
	return &rope->leaves[rope->now];
}

/* Make `now` a leaf that holds `pos`, be it as its end. */
static struct leaf *seek(struct rope *rope, size_t pos)
{
	struct leaf *leaf = &rope->leaves[rope->now];
	while (pos < rope->start)
		leaf = step_left(rope);
	while (pos - rope->start > leaf->scalars)
		leaf = step_right(rope);
	return leaf;
}

/* Cut full leaf `now` so that there is room at `at`, and make the part with the room
 * `now`. Text that comes in from left to right fills the leaf it arrives at, then a new
 * one: it leaves full leaves behind, not halves. */
static void divide(struct rope *rope, uint32_t at)
{
	struct leaf *leaf = &rope->leaves[rope->now], right = {0};
	uint32_t middle = leaf->scalars / 2;
	if (at == leaf->scalars)
		leaf_init(&right, 0);
	else
		leaf_split(leaf, at > middle ? at : middle, &right);
	add_leaf(rope, rope->now + 1, right);
	if (at == rope->leaves[rope->now].scalars && right.scalars == 0)
		step_right(rope);
}

/* The leaf at `pos` with its gap there, and room for `want` bytes as far as a leaf may
 * have it, for one scalar value at least. */
static struct leaf *make_room(struct rope *rope, size_t pos, size_t want)
{
	struct leaf *leaf = seek(rope, pos);
	uint32_t wanted = want < LEAF_MAX ? (uint32_t)want : LEAF_MAX;
	leaf_grow(leaf, wanted);
	while (leaf_room(leaf) < (wanted < 4 ? wanted : 4)) {
		divide(rope, (uint32_t)(pos - rope->start));
		leaf = &rope->leaves[rope->now];
		leaf_grow(leaf, wanted);
	}
	leaf_move(leaf, (uint32_t)(pos - rope->start));
	return leaf;
}

/* As much of valid `text` as fits into `max` bytes; as utf8_cut(), but in bytes. */
static size_t fit(struct bytes text, size_t max)
{
	if (text.len <= max)
		return text.len;
	while (max > 0 && (text.at[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static size_t insert_slowly(struct rope *rope, size_t pos, struct bytes text)
{
	size_t sum = 0;
	while (text.len > 0) {
		struct leaf *leaf = make_room(rope, pos + sum, text.len);
		size_t len = fit(text, leaf_room(leaf));
		uint32_t n = (uint32_t)utf8_count((struct bytes){text.at, len});
		leaf_put(leaf, (struct bytes){text.at, len}, n);
		text = (struct bytes){text.at + len, text.len - len};
		rope->len += n;
		rope->bytes += len;
		sum += n;
	}
	return sum;
}

/* Join leaf `now` with a neighbour when both together fill less than half of one: so the
 * memory of a rope stays near its text. */
static void join(struct rope *rope)
{
	if (rope->count == 1)
		return;
	if (rope->now > 0)
		step_left(rope);
	struct leaf *left = &rope->leaves[rope->now], *right = left + 1;
	if (leaf_bytes(left) + leaf_bytes(right) >= LEAF_MAX / 2 && left->scalars > 0 &&
		right->scalars > 0)
		return;
	struct bytes piece[2];
	leaf_pieces(right, 0, leaf_bytes(right), piece);
	leaf_grow(left, leaf_bytes(right));
	leaf_move(left, left->scalars);
	leaf_put(left, piece[0], right->before);
	leaf_put(left, piece[1], right->scalars - right->before);
	drop_leaf(rope, rope->now + 1);
}

static void delete_slowly(struct rope *rope, size_t pos, size_t del)
{
	while (del > 0) {
		struct leaf *leaf = seek(rope, pos);
		if (pos - rope->start == leaf->scalars)
			leaf = step_right(rope);
		uint32_t at = (uint32_t)(pos - rope->start), rest = leaf->scalars - at;
		uint32_t n = del < rest ? (uint32_t)del : rest, bytes = leaf_bytes(leaf);
		leaf_cut(leaf, at, n);
		leaf_shrink(leaf);
		rope->bytes -= bytes - leaf_bytes(leaf);
		rope->len -= n;
		del -= n;
		if (leaf_bytes(leaf) < LEAF_JOINED)
			join(rope);
	}
}

size_t rope_splice(struct rope *rope, size_t pos, size_t del, struct bytes text)
{
	assert(pos <= rope->len && del <= rope->len - pos);
	struct leaf *leaf = &rope->leaves[rope->now];
	size_t at = pos - rope->start; /* wraps, and is too great, when before the leaf */
	if (at > leaf->scalars || del > leaf->scalars - at ||
		text.len > leaf_room(leaf) || del > DEL_FAST ||
		(del > 0 && rope->count > 1 &&
			leaf_bytes(leaf) < LEAF_JOINED + 4 * DEL_FAST)) {
		delete_slowly(rope, pos, del);
		return insert_slowly(rope, pos, text);
	}
	uint32_t bytes = leaf_bytes(leaf);
	if (del > 0)
		leaf_cut(leaf, (uint32_t)at, (uint32_t)del);
	else
		leaf_move(leaf, (uint32_t)at);
	uint32_t n = text.len <= 1 ? (uint32_t)text.len : (uint32_t)utf8_count(text);
	leaf_put(leaf, text, n);
	rope->len = rope->len - del + n;
	rope->bytes = rope->bytes - bytes + leaf_bytes(leaf);
	return n;
}

void rope_insert(struct rope *rope, size_t pos, struct bytes text)
{
	rope_splice(rope, pos, 0, text);
}

void rope_delete(struct rope *rope, size_t pos, size_t len)
{
	rope_splice(rope, pos, len, (struct bytes){0});
}

void rope_append(struct rope *rope, struct bytes text)
{
	rope_splice(rope, rope->len, 0, text);
}

bool rope_next(const struct rope *rope, size_t *place, struct bytes *piece)
{
	for (; *place < rope->count * 2; ++*place) {
		const struct leaf *leaf = &rope->leaves[*place / 2];
		struct bytes pieces[2];
		leaf_pieces(leaf, 0, leaf_bytes(leaf), pieces);
		if (pieces[*place % 2].len > 0) {
			*piece = pieces[(*place)++ % 2];
			return true;
		}
	}
	return false;
}

/* The leaf that holds `pos`, from the cached one on; `*pos` comes to count within it. */
static const struct leaf *leaf_at(const struct rope *rope, size_t *pos)
{
	assert(*pos <= rope->len);
	size_t index = rope->now, start = rope->start;
	while (*pos < start)
		start -= rope->leaves[--index].scalars;
	while (*pos - start > rope->leaves[index].scalars)
		start += rope->leaves[index++].scalars;
	*pos -= start;
	return &rope->leaves[index];
}

/* Hand over to `rope` or `out`, whichever is there, what lies from `pos` on. */
static void add_range(const struct rope *from, size_t pos, size_t len, struct rope *rope,
	struct buf *out)
{
	assert(pos <= from->len && len <= from->len - pos);
	const struct leaf *leaf = leaf_at(from, &pos);
	for (; len > 0; leaf++, pos = 0) {
		uint32_t at = (uint32_t)pos, rest = leaf->scalars - at;
		uint32_t n = len < rest ? (uint32_t)len : rest;
		struct bytes pieces[2];
		leaf_pieces(leaf, leaf_byte(leaf, at), leaf_byte(leaf, at + n), pieces);
		for (size_t i = 0; i < 2; i++) {
			if (rope != NULL)
				rope_append(rope, pieces[i]);
			else
				buf_add(out, pieces[i]);
		}
		len -= n;
	}
}

void rope_append_range(struct rope *rope, const struct rope *from, size_t pos, size_t len)
{
	assert(rope != from);
	add_range(from, pos, len, rope, NULL);
}

void rope_add_range(const struct rope *rope, size_t pos, size_t len, struct buf *out)
{
	add_range(rope, pos, len, NULL, out);
}

void rope_add(const struct rope *rope, struct buf *out)
{
	add_range(rope, 0, rope->len, NULL, out);
}

size_t rope_byte_of(const struct rope *rope, size_t pos)
{
	assert(pos <= rope->len);
	size_t byte = 0;
	const struct leaf *leaf = rope->leaves;
	for (; pos > leaf->scalars; leaf++) {
		byte += leaf_bytes(leaf);
		pos -= leaf->scalars;
	}
	return byte + leaf_byte(leaf, (uint32_t)pos);
}

size_t rope_pos_of(const struct rope *rope, size_t byte)
{
	assert(byte <= rope->bytes);
	size_t pos = 0;
	const struct leaf *leaf = rope->leaves;
	for (; byte > leaf_bytes(leaf); leaf++) {
		pos += leaf->scalars;
		byte -= leaf_bytes(leaf);
	}
	struct bytes pieces[2];
	leaf_pieces(leaf, 0, (uint32_t)byte, pieces);
	return pos + utf8_count(pieces[0]) + utf8_count(pieces[1]);
}

/* Compare what both readers have in common at the front and move them past it. */
static bool same_front(struct bytes *a, struct bytes *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	bool same = memcmp(a->at, b->at, len) == 0;
	*a = (struct bytes){a->at + len, a->len - len};
	*b = (struct bytes){b->at + len, b->len - len};
	return same;
}

bool rope_equal(const struct rope *a, const struct rope *b)
{
	if (a->bytes != b->bytes || a->len != b->len)
		return false;
	size_t place_a = 0, place_b = 0;
	struct bytes at_a = {0}, at_b = {0};
	while ((at_a.len > 0 || rope_next(a, &place_a, &at_a)) &&
		(at_b.len > 0 || rope_next(b, &place_b, &at_b))) {
		if (!same_front(&at_a, &at_b))
			return false;
	}
	return true;
}

bool rope_is(const struct rope *rope, struct bytes text)
{
	if (rope->bytes != text.len)
		return false;
	size_t place = 0;
	struct bytes piece;
	while (rope_next(rope, &place, &piece)) {
		if (!same_front(&piece, &text))
			return false;
	}
	return true;
}

size_t rope_memory(const struct rope *rope)
{
	size_t sum = sizeof(*rope) + rope->cap * sizeof(struct leaf);
	for (size_t i = 0; i < rope->count; i++)
		sum += rope->leaves[i].cap;
	return sum;
}
