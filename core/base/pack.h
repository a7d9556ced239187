/*
 * MessagePack, shortest form only
 * (https://github.com/msgpack/msgpack/blob/master/spec.md).
 *
 * Writing is msgpack-c's. Reading is our own bounded pull reader: msgpack-c's unpacker
 * allocates what five hostile bytes claim. The reader allocates nothing, checks every
 * count against the bytes that remain, refuses any form that is longer than it need be,
 * text that is not UTF-8, and nesting deeper than PACK_DEPTH.
 *
 * Subset: nil, bool, integers, float 64, str, bin, array, map. No ext, no float 32.
 */
#ifndef KITH_BASE_PACK_H
#define KITH_BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

#define PACK_DEPTH 16

/* Each appends one item to `out`. After pack_array(n), n items follow; after pack_map(n),
 * 2n. */
void pack_nil(struct buf *out);
void pack_bool(struct buf *out, bool v);
void pack_uint(struct buf *out, uint64_t v);
void pack_int(struct buf *out, int64_t v);
/* A finite number; an integer where it is one exactly. */
void pack_number(struct buf *out, double v);
void pack_text(struct buf *out, struct bytes text); /* str; must be UTF-8 */
void pack_cstr(struct buf *out, const char *text);
void pack_bin(struct buf *out, struct bytes bytes);
void pack_array(struct buf *out, size_t count);
void pack_map(struct buf *out, size_t pairs);

enum pack_type {
	PACK_NIL,
	PACK_BOOL,
	PACK_UINT, /* any integer from 0 */
	PACK_INT,  /* a negative integer */
	PACK_NUMBER,
	PACK_TEXT,
	PACK_BIN,
	PACK_ARRAY,
	PACK_MAP,
};

/* One item: for arrays and maps only the head; the items follow from the same reader. */
struct pack_item {
	enum pack_type type;
	union {
		bool b;
		uint64_t u;
		int64_t i;
		double number;
		size_t count;       /* PACK_ARRAY: items; PACK_MAP: pairs */
		struct bytes bytes; /* PACK_TEXT, PACK_BIN; borrows the input */
	} v;
};

/*
 * A reader over borrowed bytes. Once anything was wrong it stays `failed`, and every
 * further read gives zero values, so a decoder may read on and look once at the end.
 */
struct pack_reader {
	struct bytes rest;
	bool failed;
};

struct pack_reader pack_read(struct bytes input);

/* The next item's head. ERR_CORRUPT when malformed, at the end, or after a failure. */
MUST_USE enum err pack_next(struct pack_reader *r, struct pack_item *out);

/* What stands next, without moving; false at the end or after a failure. */
bool pack_peek(const struct pack_reader *r, enum pack_type *out);

/* Typed reads: fail the reader when the next item is of another type or out of bounds. */
bool pack_read_bool(struct pack_reader *r);
uint64_t pack_read_uint(struct pack_reader *r, uint64_t max);
int64_t pack_read_int(struct pack_reader *r);
double pack_read_number(struct pack_reader *r); /* integers too */
struct bytes pack_read_text(struct pack_reader *r, size_t max);
struct bytes pack_read_bin(struct pack_reader *r, size_t max);
void pack_read_fixed(
	struct pack_reader *r, void *out, size_t len); /* bin of exactly `len` */
size_t pack_read_array(struct pack_reader *r, size_t max);
size_t pack_read_map(struct pack_reader *r, size_t max);
bool pack_read_nil(
	struct pack_reader *r); /* takes a nil if one stands next; never fails */

/* One whole item of any kind, checked, as the bytes it was written in. */
struct bytes pack_read_any(struct pack_reader *r);

/* Whether everything was read and nothing was wrong. */
bool pack_done(const struct pack_reader *r);

/* Whether `input` is exactly one well-formed item. */
bool pack_valid(struct bytes input);

#endif
