/*
 * A set of ids: what is in it stands in one array, in no order; a table beside it finds
 * an id at once, however many there are.
 */
#ifndef KITH_NOTEBOOK_IDSET_H
#define KITH_NOTEBOOK_IDSET_H

#include <stdbool.h>

#include "core/base/id.h"
#include "core/base/mem.h"

/* A zeroed one is empty. Owns both arrays. */
struct idset {
	struct id *items;
	size_t count, cap;
	uint32_t *slots; /* place in `items` + 1; 0: free. Linear probing. */
	size_t room;     /* a power of two */
};

bool idset_has(const struct idset *set, struct id id);
bool idset_add(struct idset *set, struct id id); /* false: it was there */
bool idset_drop(struct idset *set,
	struct id id); /* false: it was not; the last takes its place */
void idset_clear(struct idset *set);
void idset_release(struct idset *set);

/* Add all from bytes that are whole ids, each once. */
void idset_load(struct idset *set, struct bytes ids);
struct bytes idset_bytes(const struct idset *set); /* borrowed */

/* In the arena: what is in it now, while it may change. */
struct id *idset_copy(const struct idset *set, struct arena *arena);

#endif
