/*
 * Numbers and bytes in columns, one beside the other: what is alike stands together, what
 * is as expected is 0, and zeros cost nothing at the end of a column. So a document of
 * one entry pays for its values, and a long one is squeezed well.
 *
 *   packed = twice the bytes of the table, LEB128, 1 more where it is squeezed; then the
 *            table, or how many bytes follow and the table squeezed (core/base/squeeze.h)
 *   table  = which columns are not empty, a bit each; the bytes of each but the last; the
 *            columns
 *
 * Numbers are LEB128, shortest form only. A column that is said to be of zeros ends with
 * its last number that is none, and reads as zeros from there on: it can be the answer to
 * any count, so a count is only believed as far as another column has bytes for it.
 */
#ifndef KITH_CRDT_COLUMN_H
#define KITH_CRDT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/mem.h"

#define COLUMNS_MAX 16u

/* A zeroed one has nothing in it. Bytes go to `at` itself. */
struct columns {
	struct buf at[COLUMNS_MAX];
};

void columns_release(struct columns *columns);
#define CLEAN_COLUMNS __attribute__((cleanup(columns_release)))

void column_add(struct columns *columns, unsigned column, uint64_t v);
/* Small ones of either sign are short: 0, -1, 1, -2 … */
void column_add_signed(struct columns *columns, unsigned column, int64_t v);

/* Append all, packed; no more than `max` bytes are squeezed, as no more are taken out
 * again. `zeros`: the columns that end with their last number that is not 0, a bit each;
 * they are cut here. */
void columns_pack(struct columns *columns, unsigned zeros, size_t max, struct buf *out);

/* What is left of each. Once anything was wrong it stays `failed` and gives zeros. */
struct column_reader {
	struct bytes at[COLUMNS_MAX];
	unsigned zeros;
	bool failed;
};

/*
 * Take packed columns from the front of `rest`; they borrow it, or stand in `arena`.
 * Errors: ERR_CORRUPT; ERR_TOO_BIG when they have more than `max` bytes.
 */
MUST_USE enum err columns_unpack(struct bytes *rest, size_t max, unsigned zeros,
	struct arena *arena, struct column_reader *out);

/* Each fails the reader where there is nothing, or more than `max`. */
uint64_t column_take(struct column_reader *r, unsigned column, uint64_t max);
int64_t column_take_signed(struct column_reader *r, unsigned column);
struct bytes column_take_bytes(struct column_reader *r, unsigned column, size_t len);
void column_take_fixed(struct column_reader *r, unsigned column, void *out, size_t len);

/* Whether everything was read and nothing was wrong. */
bool columns_done(const struct column_reader *r);

#endif
