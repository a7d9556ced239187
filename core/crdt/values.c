#include "core/crdt/values.h"

#include <stdint.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crdt/value.h"

struct bytes bytes_keep(struct bytes bytes)
{
	return (struct bytes){mem_copy(bytes.at, bytes.len), bytes.len};
}

void bytes_drop(struct bytes *bytes)
{
	mem_free((void *)(uintptr_t)bytes->at);
	*bytes = (struct bytes){0};
}

bool value_fits(const struct field_schema *field, struct bytes value)
{
	if (field->type != FIELD_TEXT)
		return value_valid(field, value);
	return value_valid_whole(value) || value_is_nil(value);
}

int written_compare(const struct written *a, const struct written *b)
{
	if (a->lamport != b->lamport)
		return a->lamport < b->lamport ? -1 : 1;
	return place_compare(&a->place, &b->place);
}

/* What stands at that place, but for its value: false where its entry wrote nothing. */
static bool look_up(
	const struct document *document, const struct place *place, struct written *out)
{
	const struct writer *writer = document_writer(document, place->log);
	const struct touch *touch =
		writer != NULL ? writer_touch(writer, place->entry) : NULL;
	*out = (struct written){.place = *place};
	if (touch == NULL)
		return false;
	out->lamport = touch->lamport;
	return true;
}

/* ---- Values of a register or a set. */

/* How many stand before `item`: most often all, so the end is looked at first. */
static size_t values_before(const struct values *values, const struct written *item)
{
	size_t low = 0, high = values->count;
	if (high > 0 && written_compare(&values->items[high - 1], item) < 0)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (written_compare(&values->items[middle], item) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool values_find(const struct values *values, const struct document *document,
	const struct place *place, size_t *index)
{
	struct written item;
	if (!look_up(document, place, &item))
		return false;
	*index = values_before(values, &item);
	return *index < values->count &&
	       written_compare(&values->items[*index], &item) == 0 &&
	       values->items[*index].value.at != NULL;
}

/* The capacity for `more` items beside `count`, doubling. */
static size_t room_for(size_t count, size_t more, size_t cap)
{
	if (count + more <= cap)
		return cap;
	return count + more > 2 * cap ? count + more : 2 * cap;
}

struct written *values_insert(
	struct values *values, const struct written *first, size_t count)
{
	size_t at = values_before(values, first);
	size_t cap = room_for(values->count, count, values->cap);
	if (cap != values->cap)
		values->items = mem_resize(values->items, cap, sizeof *values->items);
	values->cap = cap;
	struct written *gap = values->items + at;
	memmove(gap + count, gap, (values->count - at) * sizeof *gap);
	memset(gap, 0, count * sizeof *gap);
	values->count += count;
	return gap;
}

void values_take(struct values *values, size_t index)
{
	bytes_drop(&values->items[index].value);
}

void values_settle(struct values *values)
{
	size_t kept = 0;
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].value.at != NULL)
			values->items[kept++] = values->items[i];
	values->count = kept;
}

void values_release(struct values *values)
{
	for (size_t i = 0; i < values->count; i++)
		bytes_drop(&values->items[i].value);
	mem_free(values->items);
	*values = (struct values){0};
}

/* ---- Records of a log. */

static size_t records_before(const struct records *records, const struct written *item)
{
	size_t low = 0, high = records->count;
	if (high > 0 && written_compare(&records->items[high - 1].at, item) < 0)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (written_compare(&records->items[middle].at, item) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool records_find(const struct records *records, const struct document *document,
	const struct place *place, size_t *index)
{
	struct written item;
	if (!look_up(document, place, &item))
		return false;
	*index = records_before(records, &item);
	return *index < records->count &&
	       written_compare(&records->items[*index].at, &item) == 0;
}

struct record *records_insert(
	struct records *records, const struct written *first, size_t count)
{
	size_t at = records_before(records, first);
	size_t cap = room_for(records->count, count, records->cap);
	if (cap != records->cap)
		records->items = mem_resize(records->items, cap, sizeof *records->items);
	records->cap = cap;
	struct record *gap = records->items + at;
	memmove(gap + count, gap, (records->count - at) * sizeof *gap);
	memset(gap, 0, count * sizeof *gap);
	records->count += count;
	return gap;
}

void records_release(struct records *records)
{
	for (size_t i = 0; i < records->count; i++)
		bytes_drop(&records->items[i].at.value);
	mem_free(records->items);
	*records = (struct records){0};
}
