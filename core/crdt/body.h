/*
 * The inside of a document, for the files of this room: its fields as they are held in
 * memory, each one of three shapes.
 *
 * Entries apply in causal order, so what a write replaces or removes is here already when
 * it comes, or never was anything: nothing needs a tombstone.
 */
#ifndef KITH_CRDT_BODY_H
#define KITH_CRDT_BODY_H

#include "core/crdt/document.h"
#include "core/crdt/text.h"

/* A value at its place: a competing value of a register, an addition to a set. */
struct written {
	struct place place;
	uint64_t lamport;
	struct person_id by;
	struct bytes value; /* canonical MessagePack; owned */
};

/* In the order (lamport, log, position): of a register the last one is shown first. */
struct values {
	struct written *items; /* owned */
	size_t count, cap;
};

/* A record of a log. Its rid is what people and other documents call it; what it is by,
 * for those who void it, is its place: two records of one rid are two records. */
struct record {
	uint8_t rid[8];
	struct written at;
	/* By its author: neither shown nor counted, and its value is gone. */
	bool is_void;
};

/* In the order (lamport, log, position). */
struct records {
	struct record *items; /* owned */
	size_t count, cap;
};

enum held { HELD_VALUES, HELD_TEXT, HELD_RECORDS };

/* One field, or one member of a family, that was ever written. */
struct field_state {
	const struct field_schema *field;
	struct bytes key; /* of a family, owned; else empty */
	/* A text that is carried whole (field_is_whole()) is HELD_VALUES. */
	enum held held;
	union {
		struct values values;
		struct text *text;
		struct records records;
	} as;
};

/* An entry that wrote in the document. */
struct touch {
	uint64_t entry, lamport;
};

/* What the author of an entry had seen of the logs of others when the work in it began:
 * of this entry and those after it, up to the next of these. */
struct began {
	uint64_t entry;
	struct vector since; /* owned */
};

/* A log that wrote in the document. */
struct writer {
	struct log_id log;
	struct person_id person;
	struct touch *touches; /* ascending; owned */
	size_t touch_count, touch_cap;
	struct began *began; /* ascending; owned */
	size_t began_count, began_cap;
};

struct document {
	struct document_head head;
	struct writer *writers; /* by log id; owned */
	size_t writer_count, writer_cap;
	struct field_state *fields; /* in the order of field_compare(); owned */
	size_t field_count, field_cap;
};

/* How a field of this schema is held in a document of that way. */
enum held field_held(const struct field_schema *field, enum way way);

/* The state of a field; NULL where nothing was ever written. Borrowed until the next
 * change. */
const struct field_state *document_field(const struct document *document,
	const struct field_schema *field, struct bytes key);

/* How many of its fields stand before that one: where it is, or would be. */
size_t document_fields_before(const struct document *document,
	const struct field_schema *field, struct bytes key);

/* The order of two fields of one kind: the schema's, then the key's. */
int field_compare(const struct field_schema *a, struct bytes a_key,
	const struct field_schema *b, struct bytes b_key);

/* By log, then entry, then position. */
int place_compare(const struct place *a, const struct place *b);

/* The log among those that wrote here; NULL where it did not. Borrowed. */
const struct writer *document_writer(const struct document *document, struct log_id log);

/* The entry of a log that wrote here; NULL where it did not. Borrowed. */
const struct touch *writer_touch(const struct writer *writer, uint64_t entry);

/* What was seen of others' logs when the work in that entry began; NULL: nothing.
 * Borrowed. */
const struct vector *writer_since(const struct writer *writer, uint64_t entry);

#endif
