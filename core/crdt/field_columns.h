/*
 * Which fields something is about, in three columns, in the schema's order: of each field
 * how many of the schema's it passes over; of a family how many members; the members'
 * keys, each with its length before it.
 */
#ifndef KITH_CRDT_FIELD_COLUMNS_H
#define KITH_CRDT_FIELD_COLUMNS_H

#include "core/crdt/column.h"
#include "core/crdt/schema.h"

/* Of sections and of documents: the first ones of both. What most have comes first: seven
 * columns are named in one byte. */
enum {
	COLUMN_FIELDS = 0,  /* zeros; how many, then each */
	COLUMN_MEMBERS = 8, /* zeros; of each family, the first one not counted */
	COLUMN_KEYS = 9,
};
#define FIELD_COLUMNS_ZEROS (1u << COLUMN_FIELDS | 1u << COLUMN_MEMBERS)

struct field_name {
	const struct field_schema *field;
	struct bytes key; /* of a family, else empty */
};

/* Names stand in the order of field_compare(); others cannot be said: what is read again
 * is refused, or void. */
void field_names_add(struct columns *columns, const struct kind_schema *kind,
	const struct field_name *names, size_t count);

/*
 * Read them into `arena`; keys are borrowed.
 * Errors: ERR_CORRUPT; ERR_VOID where the kind, at that schema number, has no such field
 * or it may have no such key: what follows cannot be read then.
 */
MUST_USE enum err field_names_take(struct column_reader *r,
	const struct kind_schema *kind, uint32_t schema, struct arena *arena,
	struct field_name **names, size_t *count);

#endif
