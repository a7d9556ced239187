/*
 * Arrays in the order of ids, of things that begin with theirs.
 */
#ifndef KITH_NOTEBOOK_BYID_H
#define KITH_NOTEBOOK_BYID_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/id.h"

/* Where the one with that id stands, or would. `size`: of one. */
size_t byid_place(
	const void *items, size_t count, size_t size, struct id id, bool *is_there);

/* Make room for one at `at`; the array, which may have moved. It is for the caller to
 * fill. */
void *byid_open(void *items, size_t *count, size_t *cap, size_t size, size_t at);

/* Take out the one at `at`. */
void byid_close(void *items, size_t *count, size_t size, size_t at);

#endif
