/*
 * A value without what the schema says of it already: of a choice its number, of a date
 * its day, of a record its parts without their names. In memory values are canonical
 * MessagePack (core/crdt/value.h), on the disk and between nodes they are short.
 *
 *   choice   its number among the field's choices, an integer
 *   date     days since 1970-01-01 as if each month had 31, an integer
 *   record   which of the optional parts are there, a bit each, an integer (where none is
 *            optional only in a register, which may be nil); the parts
 *   all else, and nil, as it is
 */
#ifndef KITH_CRDT_VALUE_SHORT_H
#define KITH_CRDT_VALUE_SHORT_H

#include "core/crdt/schema.h"

/* No short value begins with it: MessagePack never uses it. */
#define SHORT_NEVER 0xc1u

/* Append it. The value must be one of that field's: value_fits(). */
void value_shorten(const struct field_schema *field, struct bytes value, struct buf *out);

/*
 * Take one from the front of `rest` and append it as it was. False where there is none.
 * What is there need be no value of that field's, in its bounds: only the short form is
 * checked, and that it has no other.
 */
bool value_lengthen(
	const struct field_schema *field, struct bytes *rest, struct buf *out);

#endif
