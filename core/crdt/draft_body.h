/*
 * The inside of a draft, for the files of this room: what it does to each field, in one
 * of four shapes. A field to which it does nothing is not there.
 */
#ifndef KITH_CRDT_DRAFT_BODY_H
#define KITH_CRDT_DRAFT_BODY_H

#include "core/crdt/body.h"
#include "core/crdt/draft.h"
#include "core/crdt/patch.h"

/* In the order of place_compare(), each once. */
struct places {
	struct place *items; /* owned */
	size_t count, cap;
};

/*
 * A value and what its writer saw of the field when acting: of a register the value
 * written and the values it replaces; of a set an element taken out and its additions.
 */
struct draft_value {
	struct bytes value; /* canonical MessagePack; owned */
	struct places seen;
};

/* Elements put in and taken out, each list bytewise, no element in both. */
struct draft_set {
	struct draft_value *added, *removed; /* owned; those added have seen nothing */
	size_t added_count, added_cap, removed_count, removed_cap;
};

struct draft_record {
	uint8_t rid[8];
	struct bytes value; /* owned */
};

/* A record of one's own that is taken out: what it is called, and which it is. */
struct draft_void {
	uint8_t rid[8];
	struct place place;
};

/* Records in the order they were appended; voids in the order of places. */
struct draft_log {
	struct draft_record *appended; /* owned */
	struct draft_void *voided;     /* owned */
	size_t appended_count, appended_cap, voided_count, voided_cap;
};

enum work {
	WORK_VALUE, /* a register, or a text that is carried whole: a str */
	WORK_SET,
	WORK_LOG,
	WORK_TEXT,
};

struct draft_field {
	const struct field_schema *field;
	struct bytes key; /* of a family, owned; else empty */
	enum work work;
	union {
		struct draft_value value;
		struct draft_set set;
		struct draft_log log;
		struct patch *patch; /* over the sealed text */
	} as;
};

struct draft {
	struct id id;
	struct vector since;
	bool is_birth; /* then `head` and `nonce` are set */
	struct document_head head;
	uint8_t nonce[16];
	const struct kind_schema *kind; /* of no birth: known from the first edit on */
	struct draft_field *fields;     /* in the order of field_compare(); owned */
	size_t field_count, field_cap;
};

/* What the draft does to one field; NULL where it does nothing. Borrowed until the next
 * change. */
const struct draft_field *draft_field(
	const struct draft *draft, const struct field_schema *field, struct bytes key);

/*
 * The sealed text of a field has changed by `effect`: what the draft does to it is
 * carried over that. `own` is the log the draft will be sealed into. Registers, sets and
 * logs are not carried: they name what their writer saw.
 */
void draft_over(struct draft *draft, const struct field_schema *field, struct bytes key,
	const struct effect *effect, struct log_id own);

#endif
