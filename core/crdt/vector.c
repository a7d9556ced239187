#include "core/crdt/vector.h"

#include <string.h>

#include "core/base/mem.h"

/* Where `log` stands, or would. */
static size_t find(const struct vector *vector, struct log_id log)
{
	size_t low = 0, high = vector->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (log_id_compare(vector->items[middle].log, log) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool stands_at(const struct vector *vector, size_t i, struct log_id log)
{
	return i < vector->count && log_id_equal(vector->items[i].log, log);
}

uint64_t vector_get(const struct vector *vector, struct log_id log)
{
	size_t i = find(vector, log);
	return stands_at(vector, i, log) ? vector->items[i].entry : 0;
}

static void insert_at(struct vector *vector, size_t i, struct log_id log, uint64_t entry)
{
	vector->items = mem_grow(
		vector->items, vector->count, &vector->cap, sizeof *vector->items);
	memmove(vector->items + i + 1, vector->items + i,
		(vector->count - i) * sizeof *vector->items);
	vector->items[i] = (struct vector_item){.log = log, .entry = entry};
	vector->count++;
}

static void remove_at(struct vector *vector, size_t i)
{
	vector->count--;
	memmove(vector->items + i, vector->items + i + 1,
		(vector->count - i) * sizeof *vector->items);
}

void vector_set(struct vector *vector, struct log_id log, uint64_t entry)
{
	size_t i = find(vector, log);
	bool stands = stands_at(vector, i, log);
	if (stands && entry > 0)
		vector->items[i].entry = entry;
	else if (stands)
		remove_at(vector, i);
	else if (entry > 0)
		insert_at(vector, i, log, entry);
}

void vector_join(struct vector *into, const struct vector *other)
{
	for (size_t i = 0; i < other->count; i++)
		if (vector_get(into, other->items[i].log) < other->items[i].entry)
			vector_set(into, other->items[i].log, other->items[i].entry);
}

bool vector_covers(const struct vector *a, const struct vector *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (vector_get(a, b->items[i].log) < b->items[i].entry)
			return false;
	return true;
}

bool vector_equal(const struct vector *a, const struct vector *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!log_id_equal(a->items[i].log, b->items[i].log) ||
			a->items[i].entry != b->items[i].entry)
			return false;
	return true;
}

uint64_t vector_ahead(const struct vector *a, const struct vector *b)
{
	uint64_t count = 0;
	for (size_t i = 0; i < a->count; i++) {
		uint64_t seen = vector_get(b, a->items[i].log);
		count += a->items[i].entry > seen ? a->items[i].entry - seen : 0;
	}
	return count;
}

void vector_copy(struct vector *into, const struct vector *from)
{
	*into = (struct vector){0};
	if (from->count == 0)
		return;
	into->items = mem_copy(from->items, from->count * sizeof *from->items);
	into->count = into->cap = from->count;
}

void vector_release(struct vector *vector)
{
	mem_free(vector->items);
	*vector = (struct vector){0};
}

void vector_pack(const struct vector *vector, struct buf *out)
{
	pack_map(out, vector->count);
	for (size_t i = 0; i < vector->count; i++) {
		pack_bin(out, BYTES_OF(vector->items[i].log.b));
		pack_uint(out, vector->items[i].entry);
	}
}

static bool is_next(const struct vector *vector, const struct vector_item *item)
{
	return item->entry > 0 &&
	       (vector->count == 0 || log_id_compare(vector->items[vector->count - 1].log,
					      item->log) < 0);
}

void vector_unpack(struct pack_reader *r, size_t max, struct vector *out)
{
	*out = (struct vector){0};
	size_t count = pack_read_map(r, max);
	if (count == 0 || r->failed)
		return;
	out->items = mem_array(count, sizeof *out->items);
	out->cap = count;
	for (size_t i = 0; i < count; i++) {
		struct vector_item item;
		pack_read_fixed(r, item.log.b, sizeof item.log.b);
		item.entry = pack_read_uint(r, UINT64_MAX);
		if (r->failed || !is_next(out, &item)) {
			r->failed = true;
			vector_release(out);
			return;
		}
		out->items[out->count++] = item;
	}
}
