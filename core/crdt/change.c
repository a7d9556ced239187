/*
 * The bytes of a change: a form byte, 0; the number of operations, then columns, all
 * LEB128: how many operations alternately insert and delete, starting with insertions;
 * of each its place as a signed difference to where the one before ended; of each its
 * length. What is left is the inserted text.
 *
 * Or a form byte, 1; how many bytes follow the form byte of the plain form; and those
 * squeezed (core/base/squeeze.h).
 */
#include "core/crdt/change.h"

#include "core/base/squeeze.h"
#include "core/base/utf8.h"

#define FORM_PLAIN    0u
#define FORM_SQUEEZED 1u

/* Squeezing takes about a millisecond, however little there is: of less than this it is
 * not worth the few bytes, ten thousand notes at once would take seconds. */
#define SQUEEZED_MIN 512u

/* A place and a length of five bytes each, as the limits have it, a run of kinds; and the
 * text. */
#define PLAIN_MAX ((size_t)CHANGE_TEXT_MAX + 16 + (size_t)CHANGE_OPS_MAX * 11)

/* Where the next operation stands when the writer just goes on. */
static uint32_t end_of(const struct text_op *op)
{
	return op->is_insert ? op->pos + op->len : op->pos;
}

static void add_kinds(const struct text_change *change, struct buf *out)
{
	bool is_insert = true;
	size_t run = 0;
	for (size_t i = 0; i < change->count; i++, run++) {
		if (change->ops[i].is_insert != is_insert) {
			buf_add_varint(out, run);
			is_insert = !is_insert;
			run = 0;
		}
	}
	if (run > 0)
		buf_add_varint(out, run);
}

static void add_places(const struct text_change *change, struct buf *out)
{
	uint32_t at = 0;
	for (size_t i = 0; i < change->count; i++) {
		int64_t step = (int64_t)change->ops[i].pos - at;
		buf_add_varint(
			out, step < 0 ? (uint64_t)-step * 2 - 1 : (uint64_t)step * 2);
		at = end_of(&change->ops[i]);
	}
}

static void add_plain(const struct text_change *change, struct buf *out)
{
	buf_add_varint(out, change->count);
	add_kinds(change, out);
	add_places(change, out);
	for (size_t i = 0; i < change->count; i++)
		buf_add_varint(out, change->ops[i].len);
	buf_add(out, change->text);
}

void text_change_encode(const struct text_change *change, struct buf *out)
{
	CLEAN_BUF struct buf plain = {0};
	CLEAN_BUF struct buf small = {0};
	add_plain(change, &plain);
	if (plain.len >= SQUEEZED_MIN && plain.len <= PLAIN_MAX) {
		buf_add_u8(&small, FORM_SQUEEZED);
		buf_add_varint(&small, plain.len);
		squeeze(buf_bytes(&plain), &small);
	}
	if (small.len > 0 && small.len <= plain.len) {
		buf_add(out, buf_bytes(&small));
		return;
	}
	buf_add_u8(out, FORM_PLAIN);
	buf_add(out, buf_bytes(&plain));
}

/* A reader of the shortest form: only the first run of kinds may be empty. */
static bool take_kinds(struct bytes *rest, struct text_op *ops, size_t count)
{
	bool is_insert = true;
	for (size_t i = 0; i < count; is_insert = !is_insert) {
		uint64_t run = 0;
		if (!bytes_take_varint(rest, &run) || run > count - i ||
			(run == 0 && (i > 0 || !is_insert)))
			return false;
		for (; run > 0; run--)
			ops[i++].is_insert = is_insert;
	}
	return true;
}

static enum err take_places(struct bytes *rest, struct text_op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t v = 0;
		if (!bytes_take_varint(rest, &v))
			return ERR_CORRUPT;
		if (v > 2 * (uint64_t)CHANGE_PLACE_MAX)
			return ERR_TOO_BIG;
		/* The step before, for now: lengths are not known yet. */
		ops[i].pos = (uint32_t)v;
	}
	return OK;
}

static bool place(struct text_op *ops, size_t i)
{
	int64_t at = i == 0 ? 0 : end_of(&ops[i - 1]);
	int64_t v = ops[i].pos;
	at += v % 2 == 1 ? -(v + 1) / 2 : v / 2;
	if (at < 0 || at > CHANGE_PLACE_MAX)
		return false;
	ops[i].pos = (uint32_t)at;
	return true;
}

static enum err take_lengths(
	struct bytes *rest, struct text_op *ops, size_t count, size_t *inserted)
{
	*inserted = 0;
	for (size_t i = 0; i < count; i++) {
		uint64_t len = 0;
		if (!bytes_take_varint(rest, &len) || len == 0)
			return ERR_CORRUPT;
		if (len > (ops[i].is_insert ? CHANGE_TEXT_MAX : CHANGE_PLACE_MAX))
			return ERR_TOO_BIG;
		ops[i].len = (uint32_t)len;
		if (!place(ops, i))
			return ERR_CORRUPT;
		*inserted += ops[i].is_insert ? len : 0;
	}
	return OK;
}

static enum err decode_plain(
	struct bytes bytes, struct arena *arena, struct text_change *out)
{
	uint64_t count = 0;
	if (!bytes_take_varint(&bytes, &count))
		return ERR_CORRUPT;
	if (count > CHANGE_OPS_MAX)
		return ERR_TOO_BIG;
	if (count > bytes.len / 2) /* a place and a length each */
		return ERR_CORRUPT;
	struct text_op *ops = arena_array(arena, count, sizeof(*ops));
	if (!take_kinds(&bytes, ops, count))
		return ERR_CORRUPT;
	size_t inserted = 0;
	enum err e = take_places(&bytes, ops, count);
	if (e == OK)
		e = take_lengths(&bytes, ops, count, &inserted);
	if (e != OK)
		return e;
	if (bytes.len > CHANGE_TEXT_MAX)
		return ERR_TOO_BIG;
	if (!utf8_valid(bytes) || utf8_count(bytes) != inserted)
		return ERR_CORRUPT;
	*out = (struct text_change){.ops = ops, .count = count, .text = bytes};
	return OK;
}

static enum err take_plain(struct bytes *bytes, struct arena *arena)
{
	uint64_t len = 0;
	if (!bytes_take_varint(bytes, &len))
		return ERR_CORRUPT;
	if (len > PLAIN_MAX)
		return ERR_TOO_BIG;
	if (len < SQUEEZED_MIN)
		return ERR_CORRUPT;
	uint8_t *plain = arena_new(arena, (size_t)len);
	enum err e = unsqueeze(*bytes, plain, (size_t)len);
	*bytes = (struct bytes){plain, (size_t)len};
	return e;
}

enum err text_change_decode(
	struct bytes bytes, struct arena *arena, struct text_change *out)
{
	*out = (struct text_change){0};
	uint8_t form = 0;
	if (!bytes_take_u8(&bytes, &form) || form > FORM_SQUEEZED)
		return ERR_CORRUPT;
	enum err e = form == FORM_SQUEEZED ? take_plain(&bytes, arena) : OK;
	return e == OK ? decode_plain(bytes, arena, out) : e;
}
