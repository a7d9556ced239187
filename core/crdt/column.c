#include "core/crdt/column.h"

#include <string.h>

#include "core/base/squeeze.h"

/* Of less than this squeezing saves little, and most documents are less. */
#define SQUEEZED_MIN 512u

/* ---- Writing. */

void columns_release(struct columns *columns)
{
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		buf_release(&columns->at[i]);
}

void column_add(struct columns *columns, unsigned column, uint64_t v)
{
	buf_add_varint(&columns->at[column], v);
}

void column_add_signed(struct columns *columns, unsigned column, int64_t v)
{
	column_add(columns, column, v < 0 ? ~(uint64_t)v * 2 + 1 : (uint64_t)v * 2);
}

/* The last byte of a number in its shortest form is 0 for the number 0 alone. */
static void cut_zeros(struct columns *columns, unsigned zeros)
{
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		struct buf *at = &columns->at[i];
		while ((zeros & 1u << i) != 0 && at->len > 0 && at->at[at->len - 1] == 0)
			at->len--;
	}
}

static void add_table(const struct columns *columns, struct buf *out)
{
	unsigned there = 0;
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		there |= columns->at[i].len > 0 ? 1u << i : 0;
	buf_add_varint(out, there);
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		if (columns->at[i].len > 0 && there >> i > 1)
			buf_add_varint(out, columns->at[i].len);
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		buf_add(out, buf_bytes(&columns->at[i]));
}

void columns_pack(struct columns *columns, unsigned zeros, size_t max, struct buf *out)
{
	CLEAN_BUF struct buf table = {0};
	CLEAN_BUF struct buf small = {0};
	cut_zeros(columns, zeros);
	add_table(columns, &table);
	if (table.len >= SQUEEZED_MIN && table.len <= max)
		squeeze_quickly(buf_bytes(&table), &small);
	bool is_squeezed = small.len > 0 && small.len < table.len;
	buf_add_varint(out, 2 * (uint64_t)table.len + (is_squeezed ? 1 : 0));
	if (is_squeezed)
		buf_add_varint(out, small.len);
	buf_add(out, is_squeezed ? buf_bytes(&small) : buf_bytes(&table));
}

/* ---- Reading. */

static enum err take_squeezed(
	struct bytes *rest, size_t len, struct arena *arena, struct bytes *table)
{
	uint64_t squeezed_len = 0;
	struct bytes squeezed;
	if (len < SQUEEZED_MIN || !bytes_take_varint(rest, &squeezed_len) ||
		squeezed_len >= len || squeezed_len > rest->len ||
		!bytes_take(rest, (size_t)squeezed_len, &squeezed))
		return ERR_CORRUPT;
	uint8_t *plain = arena_new(arena, len);
	*table = (struct bytes){plain, len};
	return unsqueeze(squeezed, plain, len);
}

static enum err take_table(
	struct bytes *rest, size_t max, struct arena *arena, struct bytes *table)
{
	uint64_t head = 0;
	if (!bytes_take_varint(rest, &head))
		return ERR_CORRUPT;
	if (head / 2 > max)
		return ERR_TOO_BIG;
	size_t len = (size_t)(head / 2);
	if (head % 2 == 1)
		return take_squeezed(rest, len, arena, table);
	return bytes_take(rest, len, table) ? OK : ERR_CORRUPT;
}

static bool take_columns(struct bytes table, struct column_reader *out)
{
	uint64_t there = 0, len[COLUMNS_MAX] = {0};
	if (!bytes_take_varint(&table, &there) || there >> COLUMNS_MAX != 0)
		return false;
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		if ((there >> i & 1) != 0 && there >> i > 1 &&
			!bytes_take_varint(&table, &len[i]))
			return false;
	for (unsigned i = 0; i < COLUMNS_MAX; i++) {
		if ((there >> i & 1) == 0)
			continue;
		if (there >> i == 1)
			len[i] = table.len;
		if (len[i] == 0 || len[i] > table.len ||
			!bytes_take(&table, (size_t)len[i], &out->at[i]))
			return false;
		if ((out->zeros >> i & 1) != 0 && out->at[i].at[len[i] - 1] == 0)
			return false;
	}
	return table.len == 0;
}

enum err columns_unpack(struct bytes *rest, size_t max, unsigned zeros,
	struct arena *arena, struct column_reader *out)
{
	struct bytes table = {0};
	*out = (struct column_reader){.zeros = zeros};
	enum err e = take_table(rest, max, arena, &table);
	if (e == OK && !take_columns(table, out))
		e = ERR_CORRUPT;
	out->failed = e != OK;
	return e;
}

uint64_t column_take(struct column_reader *r, unsigned column, uint64_t max)
{
	uint64_t v = 0;
	if (r->at[column].len == 0 && (r->zeros >> column & 1) != 0)
		return 0;
	if (!bytes_take_varint(&r->at[column], &v) || v > max)
		r->failed = true;
	return r->failed ? 0 : v;
}

int64_t column_take_signed(struct column_reader *r, unsigned column)
{
	uint64_t v = column_take(r, column, UINT64_MAX);
	return v % 2 == 1 ? -(int64_t)(v / 2) - 1 : (int64_t)(v / 2);
}

struct bytes column_take_bytes(struct column_reader *r, unsigned column, size_t len)
{
	struct bytes out = {0};
	if (!bytes_take(&r->at[column], len, &out))
		r->failed = true;
	return r->failed ? (struct bytes){0} : out;
}

void column_take_fixed(struct column_reader *r, unsigned column, void *out, size_t len)
{
	memset(out, 0, len);
	if (r->failed || !bytes_take_into(&r->at[column], out, len))
		r->failed = true;
}

bool columns_done(const struct column_reader *r)
{
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		if (r->at[i].len > 0)
			return false;
	return !r->failed;
}
