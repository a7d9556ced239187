/*
 * A version vector: for each log, up to which entry somebody has seen it. Who has seen an
 * entry has seen all before it, so one number a log says everything (DESIGN §4.3).
 */
#ifndef KITH_CRDT_VECTOR_H
#define KITH_CRDT_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/id.h"
#include "core/base/pack.h"

/* Logs in one space (DESIGN §4.7). */
#define VECTOR_LOGS_MAX 256u

struct vector_item {
	struct log_id log;
	uint64_t entry; /* from 1 */
};

/* A zeroed one has seen nothing. Items stand in the order of log ids, each log once.
 * Owns `items`. */
struct vector {
	struct vector_item *items;
	size_t count, cap;
};

/* Up to which entry of that log; 0: nothing of it. */
uint64_t vector_get(const struct vector *vector, struct log_id log);

/* Say so outright, also where that is less than before; 0 takes the log out. */
void vector_set(struct vector *vector, struct log_id log, uint64_t entry);

/* Let `into` have seen all that `other` has. */
void vector_join(struct vector *into, const struct vector *other);

/* Whether `a` has seen all that `b` has. */
bool vector_covers(const struct vector *a, const struct vector *b);
bool vector_equal(const struct vector *a, const struct vector *b);

/* How many entries `a` has seen that `b` has not. */
uint64_t vector_ahead(const struct vector *a, const struct vector *b);

/* `into` is zeroed or released before; owned by the caller. */
void vector_copy(struct vector *into, const struct vector *from);
void vector_release(struct vector *vector);

#define CLEAN_VECTOR __attribute__((cleanup(vector_release)))

/* A map of log id (bin 8) to entry, in order. */
void vector_pack(const struct vector *vector, struct buf *out);

/*
 * Read what vector_pack() wrote, of at most `max` logs, into a zeroed `out`. Where it is
 * anything else (out of order, an entry 0, a log twice) the reader fails and `out` is
 * empty.
 */
void vector_unpack(struct pack_reader *r, size_t max, struct vector *out);

#endif
