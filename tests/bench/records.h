/*
 * A thousand records with registers, a set and a log each, in two shapes: every record a
 * document that stands alone, as kith keeps what is erased alone; or all in one document,
 * as it keeps the events of a lesson.
 */
#ifndef KITH_TESTS_BENCH_RECORDS_H
#define KITH_TESTS_BENCH_RECORDS_H

#include "core/crdt/schema.h"

#define RECORDS 1000u
#define EDITS   2000u

enum { TITLE, DONE, STARS, DUE, TAGS, SAID, FIELDS };

struct shape {
	const char *prefix; /* of its figures */
	const struct schema *schema;
	size_t documents;
};

extern const struct shape apart, together;
/* Before `together` is used: its fields are too many to write down. */
void shapes_begin(void);

/* Where field `field` of record `i` stands. The key is in `room`. */
const struct field_schema *shape_field(const struct shape *shape, size_t i, int field);
struct bytes shape_key(const struct shape *shape, size_t i, char room[4]);
size_t shape_document(const struct shape *shape, size_t i);
/* What a record of a log says, and of which record where it is not the document's own. */
void shape_pack_said(
	const struct shape *shape, size_t i, const char *text, struct buf *out);
size_t shape_said_of(const struct shape *shape, size_t document, struct bytes said);

/* The id of a record of a log: as good as random, as the program's are, since what is
 * random is not squeezed. (S. Vigna's splitmix64.) */
void record_id(uint8_t who, size_t n, uint8_t out[8]);

#endif
