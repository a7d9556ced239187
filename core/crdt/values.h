/*
 * What stands written in registers, sets and logs: values at their places, in the order
 * (lamport, log, position). A value is found by its place in O(log n); those of one entry
 * come in as one block.
 */
#ifndef KITH_CRDT_VALUES_H
#define KITH_CRDT_VALUES_H

#include "core/crdt/body.h"

int written_compare(const struct written *a, const struct written *b);

/*
 * Where the value of that place stands; false where there is none. The place's lamport is
 * looked up in the document.
 */
bool values_find(const struct values *values, const struct document *document,
	const struct place *place, size_t *index);
bool records_find(const struct records *records, const struct document *document,
	const struct place *place, size_t *index);

/*
 * Room for `count` values of one entry, in order, where they belong: `first` is the place
 * and lamport of the first one. To be filled by the caller at once.
 */
struct written *values_insert(
	struct values *values, const struct written *first, size_t count);
struct record *records_insert(
	struct records *records, const struct written *first, size_t count);

/* Take a value out: marked now, gone from the array at values_settle(). */
void values_take(struct values *values, size_t index);
void values_settle(struct values *values);

void values_release(struct values *values);
void records_release(struct records *records);

/*
 * A section, of either type, into the document: all or nothing. What document_create()
 * and document_apply() are made of. ERR_VOID.
 */
MUST_USE enum err document_take(struct document *document, const struct section *section,
	const struct author *author, struct draft *draft, struct log_id own);

/* Whether a value may stand in that field; in a text, which is then carried whole, too. */
bool value_fits(const struct field_schema *field, struct bytes value);

/* An own copy, to be freed with bytes_drop(). */
struct bytes bytes_keep(struct bytes bytes);
void bytes_drop(struct bytes *bytes);

#endif
