#include "core/notebook/byid.h"

#include <string.h>

#include "core/base/mem.h"

size_t byid_place(
	const void *items, size_t count, size_t size, struct id id, bool *is_there)
{
	const unsigned char *at = items;
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (memcmp(at + middle * size, id.b, sizeof id.b) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*is_there = low < count && memcmp(at + low * size, id.b, sizeof id.b) == 0;
	return low;
}

void *byid_open(void *items, size_t *count, size_t *cap, size_t size, size_t at)
{
	unsigned char *array = mem_grow(items, *count, cap, size);
	memmove(array + (at + 1) * size, array + at * size, (*count - at) * size);
	(*count)++;
	return array;
}

void byid_close(void *items, size_t *count, size_t size, size_t at)
{
	unsigned char *array = items;
	(*count)--;
	memmove(array + at * size, array + (at + 1) * size, (*count - at) * size);
}
