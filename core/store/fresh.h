/*
 * A data file made anew, record by record: what a restore and a compaction write. It has
 * no page in it that held anything else.
 *
 * Nobody else knows of it until it is renamed or its folder completed, so it is synced
 * once, at its end, and not at each of its commits.
 */
#ifndef KITH_STORE_FRESH_H
#define KITH_STORE_FRESH_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/store/names.h"

struct fresh;

/* Begin the file `name` in `dir`; one that is there already is replaced. Errors:
 * ERR_FULL, ERR_READ_ONLY, ERR_IO; `*out` is NULL then. */
MUST_USE enum err fresh_open(const char *dir, const char *name, struct fresh **out);

/* Add a record; in rising order of names. Errors: ERR_DAMAGED when it is not; ERR_FULL,
 * ERR_IO. After an error the file is of no use. */
MUST_USE enum err fresh_add(
	struct fresh *fresh, const uint8_t name[NAME_LEN], struct bytes value);

/* All of it is on the disk when this returns OK. Frees `fresh` either way, but leaves the
 * file. */
MUST_USE enum err fresh_close(struct fresh *fresh);

void fresh_free(struct fresh *fresh); /* NULL does nothing */
void fresh_freep(struct fresh **fresh);

#endif
