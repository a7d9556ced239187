#include "core/notebook/idset.h"

#include <string.h>

/* Ids are hashes or random: their first bytes will do. */
static size_t slot_of(const struct idset *set, struct id id)
{
	uint64_t h = 0;
	memcpy(&h, id.b, sizeof h);
	return (size_t)h & (set->room - 1);
}

/* Where the id is, or the free slot where it would be. */
static size_t find_slot(const struct idset *set, struct id id)
{
	size_t i = slot_of(set, id);
	while (set->slots[i] != 0 && !id_equal(set->items[set->slots[i] - 1], id))
		i = (i + 1) & (set->room - 1);
	return i;
}

static void grow(struct idset *set)
{
	if (set->room > 2 * (set->count + 1))
		return;
	mem_free(set->slots);
	set->room = set->room == 0 ? 16 : set->room;
	while (set->room <= 2 * (set->count + 1))
		set->room *= 2;
	set->slots = mem_array(set->room, sizeof *set->slots);
	for (size_t i = 0; i < set->count; i++)
		set->slots[find_slot(set, set->items[i])] = (uint32_t)(i + 1);
}

bool idset_has(const struct idset *set, struct id id)
{
	return set->room > 0 && set->slots[find_slot(set, id)] != 0;
}

bool idset_add(struct idset *set, struct id id)
{
	grow(set);
	size_t slot = find_slot(set, id);
	if (set->slots[slot] != 0)
		return false;
	set->items = mem_grow(set->items, set->count, &set->cap, sizeof *set->items);
	set->items[set->count++] = id;
	set->slots[slot] = (uint32_t)set->count;
	return true;
}

/* Close the gap: what was pushed on by what stood here moves back. */
static void free_slot(struct idset *set, size_t gap)
{
	size_t mask = set->room - 1;
	for (size_t i = (gap + 1) & mask; set->slots[i] != 0; i = (i + 1) & mask) {
		size_t home = slot_of(set, set->items[set->slots[i] - 1]);
		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		set->slots[gap] = set->slots[i];
		gap = i;
	}
	set->slots[gap] = 0;
}

bool idset_drop(struct idset *set, struct id id)
{
	if (!idset_has(set, id))
		return false;
	size_t slot = find_slot(set, id);
	size_t at = set->slots[slot] - 1, last = set->count - 1;
	size_t moved = find_slot(set, set->items[last]);
	set->items[at] = set->items[last];
	set->slots[moved] = (uint32_t)(at + 1);
	free_slot(set, slot);
	set->count--;
	return true;
}

void idset_clear(struct idset *set)
{
	set->count = 0;
	if (set->room > 0)
		memset(set->slots, 0, set->room * sizeof *set->slots);
}

void idset_release(struct idset *set)
{
	mem_free(set->items);
	mem_free(set->slots);
	*set = (struct idset){0};
}

void idset_load(struct idset *set, struct bytes ids)
{
	struct id id;
	while (bytes_take_into(&ids, id.b, sizeof id.b))
		(void)idset_add(set, id);
}

struct bytes idset_bytes(const struct idset *set)
{
	return (struct bytes){
		(const uint8_t *)set->items, set->count * sizeof *set->items};
}

struct id *idset_copy(const struct idset *set, struct arena *arena)
{
	struct id *copy = arena_array(arena, set->count, sizeof *copy);
	for (size_t i = 0; i < set->count; i++)
		copy[i] = set->items[i];
	return copy;
}
