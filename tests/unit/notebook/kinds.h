/*
 * The kinds of documents that the notebook's tests use: each way of sharing, each type of
 * field, each right; the shape of the model's (DESIGN §4).
 */
#ifndef KITH_TESTS_NOTEBOOK_KINDS_H
#define KITH_TESTS_NOTEBOOK_KINDS_H

#include "core/crdt/schema.h"

extern const struct schema test_schema;

/* The same and more: what a newer kith would know. */
extern const struct schema newer_schema;

const struct kind_schema *test_kind(const char *name);

#endif
