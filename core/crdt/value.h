/*
 * Values of fields: canonical MessagePack, checked against the schema. What is valid is
 * the same on every device: nothing here looks at anything but the bytes and the table.
 */
#ifndef KITH_CRDT_VALUE_H
#define KITH_CRDT_VALUE_H

#include "core/crdt/schema.h"

#define VALUE_TEXT_MAX  4096u /* bytes, of a register's text and of any of its values */
#define VALUE_LINE_MAX  1024u
#define VALUE_WHOLE_MAX ((size_t)512 * 1024) /* of a text that is carried whole */
#define KEY_MAX         64u                  /* bytes of a family's key */
#define KEYS_MAX        64u
#define SET_MAX         1024u
#define LOG_MAX         262144u
#define TEXT_MAX        131072u /* scalar values */

/* A record without its parts' text: names and heads. */
#define RECORD_MAX ((size_t)RECORD_PARTS_MAX * (VALUE_TEXT_MAX + 64))

/* How deep a VALUE_ANY may nest, so that it stays readable inside a section. */
#define VALUE_DEPTH 6

/* Whether `value` may stand in a register (nil too), a set, or as a record of a log. */
bool value_valid(const struct field_schema *field, struct bytes value);

/* Whether it is a str of at most VALUE_WHOLE_MAX bytes. */
bool value_valid_whole(struct bytes value);

bool value_is_nil(struct bytes value);

/* Whether a key may name a member of a family: 1 to KEY_MAX bytes, one clean line; empty
 * for what is no family. */
bool value_valid_key(const struct field_schema *field, struct bytes key);

/* The text of a str; empty of anything else. Borrowed. */
struct bytes value_text(struct bytes value);

/* Append the value as a person reads it; ids and hashes are left out, parts of a record
 * stand side by side. */
void value_plain(struct bytes value, struct buf *out);

/* The value of one part of a record; false where it has none. Borrowed. */
bool value_part(struct bytes record, const char *name, struct bytes *out);

/* Append which field it is, two elements: its name, and its key in a family (else nil).
 */
void value_pack_field(
	const struct field_schema *field, struct bytes key, struct buf *out);

/* The order of two values: numbers by size and before texts, texts bytewise. */
int value_compare(struct bytes a, struct bytes b);

#endif
