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
	size_t weight; /* 0 while it is in hand */
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
	/* What all fields weigh but the one in hand, which is changed now: an edit of one
	 * field need not weigh thousands. */
	size_t weight;
	size_t in_hand; /* one more than where it stands; 0: none */
};

/* What comes to draft_weight() for one field. */
size_t draft_field_weight(const struct draft_field *field);

/* How many of its fields stand before that one: where it is, or would be. */
size_t draft_fields_before(
	const struct draft *draft, const struct field_schema *field, struct bytes key);

/* What the draft does to one field; NULL where it does nothing. Borrowed until the next
 * change. */
const struct draft_field *draft_field(
	const struct draft *draft, const struct field_schema *field, struct bytes key);

/* The same to be changed, until the next one is; made, with nothing in it, where it is
 * not there. */
struct draft_field *draft_want(struct draft *draft, const struct field_schema *field,
	struct bytes key, enum work work);

/* Take the field out if nothing is left in it: whoever took something out of it calls
 * this last. */
void draft_tidy(struct draft *draft, const struct field_schema *field, struct bytes key);

/* How a draft of a document of that way works on a field. */
enum work field_work(const struct field_schema *field, enum way way);

/* Of the document the draft is of; `sealed` may be NULL. */
enum way draft_way(const struct draft *draft, const struct document *sealed);

/* The text as the draft makes it. The caller frees. */
struct rope *draft_rope(const struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key);

/* The places one operation names, at most. Where a partner has put in more equal elements
 * or competing values than that, the next operation takes the rest. */
#define PLACES_MAX 8192u

/* ---- Edits that were checked already: draft_edit.c, draft_log.c. */

/* Write a value that replaces those at `seen`, which it takes over; nothing where that
 * changes nothing. */
void draft_write(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct places seen);

/* Have an element in the set, or not in it. */
void draft_put_in(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value);
void draft_take_out(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value);

/* The element of that bytewise list, put in with nothing seen where it is not there. */
struct draft_value *draft_set_insert(
	struct draft_value **list, size_t *count, size_t *cap, struct bytes value);

/* What the draft does to a log; nothing where it does nothing. */
const struct draft_log *draft_log_of(
	const struct draft *draft, const struct field_schema *field);
/* Which of the appended it is; their number where it is none. */
size_t draft_find_record(const struct draft_log *log, const uint8_t rid[8]);
bool draft_has_voided(const struct draft_log *log, const struct place *place);
void draft_put_record(struct draft *draft, const struct field_schema *field,
	const uint8_t rid[8], struct bytes record);
void draft_put_void(struct draft *draft, const struct field_schema *field,
	const struct draft_void *record);

/* ---- What the edits share: draft_check.c. */

/* Whether the document has that field, of that type, and may have that key.
 * ERR_INVALID, ERR_TOO_BIG. */
MUST_USE enum err draft_check(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, enum work work,
	struct why *why);

/* Whether `value` may stand there. ERR_INVALID, ERR_TOO_BIG. */
MUST_USE enum err draft_check_value(const struct field_schema *field, enum way way,
	struct bytes value, struct why *why);

/* Whether there is room for that many bytes more: what is not private is sent, and a
 * draft is sent whole. ERR_TOO_BIG. */
MUST_USE enum err draft_check_room(const struct draft *draft,
	const struct document *sealed, size_t more, struct why *why);

/* ---- Sealed values: NULL and none where nothing was written. */

const struct values *sealed_values(const struct document *sealed,
	const struct field_schema *field, struct bytes key);
const struct records *sealed_records(
	const struct document *sealed, const struct field_schema *field);
/* NULL where no text was written. Borrowed. */
const struct rope *sealed_text(const struct document *sealed,
	const struct field_schema *field, struct bytes key);

/* ---- Places and values. */

void places_add(struct places *places, const struct place *place);
bool places_hold(const struct places *places, const struct place *place);
struct bytes draft_own(struct bytes bytes); /* a copy, to be let go by draft_disown() */
void draft_disown(struct bytes *bytes);
void draft_value_release(struct draft_value *value);

/*
 * The sealed text of a field has changed by `effect`: what the draft does to it is
 * carried over that. `own` is the log the draft will be sealed into. Registers, sets and
 * logs are not carried: they name what their writer saw.
 */
void draft_over(struct draft *draft, const struct field_schema *field, struct bytes key,
	const struct effect *effect, struct log_id own);

#endif
