/*
 * Every kind of document teachers have, as one table: fields, rights, ways of sharing,
 * titles. The same table drives validation, JSON and the manual. What the columns mean:
 * core/crdt/schema.h.
 */
#ifndef KITH_COACHING_SCHEMA_H
#define KITH_COACHING_SCHEMA_H

#include <stddef.h>

#include "core/base/bytes.h"
#include "core/crdt/schema.h"

extern const struct schema coaching_schema;

/* The kind of that name, singular or plural ("goal", "goals"); NULL when there is none.
 */
const struct kind_schema *coaching_kind(const char *name);

#endif
