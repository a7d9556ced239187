/*
 * A section: what one entry does to one document, as data and as bytes (DESIGN §4.3,
 * SECURITY §5.1).
 *
 *   section = [type, schema, draft id bin 16 or nil, since or nil, body]
 *   create body = [kind, owner bin 32, role, way, nonce bin 16, content]
 *   edit body   = content: core/crdt/section_fields.h
 *   takeback, drop, close body = nil
 *
 * `since` is where the draft began, only where that differs from what the entry had seen.
 */
#ifndef KITH_CRDT_SECTION_H
#define KITH_CRDT_SECTION_H

#include "core/base/err.h"
#include "core/base/id.h"
#include "core/base/mem.h"
#include "core/crdt/schema.h"
#include "core/crdt/vector.h"

/* Types are the same in all versions. */
enum section_type {
	SECTION_CREATE = 1,
	SECTION_EDIT = 2,
	SECTION_TAKEBACK = 3,
	SECTION_DROP = 4,
	SECTION_CLOSE = 5, /* of the space; its document id is zero */
};

#define SECTION_OPS_MAX 65536u

/* What every version can read of a section: before its fields are looked at. */
struct section_head {
	enum section_type type;
	uint32_t schema; /* the lowest schema number that has all it uses */
	struct id draft; /* zero: none */
	bool has_since;
	struct vector since; /* owned */
};
void section_head_release(struct section_head *head);

/* The head alone. ERR_CORRUPT when it is not one. For `close` and its like the whole. */
MUST_USE enum err section_peek(struct bytes rest, struct section_head *out);

/* One operation on one field. Which members count depends on the field's type and `act`.
 */
enum op_act {
	OP_WRITE,  /* register: value, replaced */
	OP_ADD,    /* set: value */
	OP_REMOVE, /* set: value, replaced: the additions it saw */
	OP_APPEND, /* log: rid, value */
	OP_VOID,   /* log: rid, replaced: the place of that record, one */
	OP_TEXT,   /* text: change */
};

/* A written thing by its place: which entry, and which operation of that field there. */
struct place {
	struct log_id log;
	uint64_t entry;
	uint32_t position;
};

struct op {
	enum op_act act;
	struct bytes value;           /* canonical MessagePack; borrowed */
	const struct place *replaced; /* borrowed */
	size_t replaced_count;
	uint8_t rid[8];
	struct bytes change; /* encoded: core/crdt/change.h */
};

struct field_ops {
	const struct field_schema *field;
	struct bytes key; /* of a family, else empty */
	struct op *ops;
	size_t count;
};

struct section {
	struct section_head head;
	/* Of the document; NULL in what ends something. */
	const struct kind_schema *kind;
	/* SECTION_CREATE */
	struct person_id owner;
	enum role role;
	enum way way;
	uint8_t nonce[16];
	struct field_ops *fields;
	size_t field_count;
};

/*
 * The whole section, into `arena`; borrows `rest`. `kind` is the document's, NULL for one
 * that creates it (and for those that end something).
 *
 * Errors: ERR_CORRUPT (refused: the session ends), ERR_TOO_BIG, ERR_UNREAD (it uses what
 * this schema lacks), ERR_VOID (well formed, but no value of that field's: changes
 * nothing). `out->head.since` is released with section_head_release() in any case.
 */
MUST_USE enum err section_decode(struct bytes rest, const struct schema *schema,
	const struct kind_schema *kind, struct arena *arena, struct section *out);

/* Append the bytes. */
void section_encode(const struct section *section, struct buf *out);

/* The number of operations, for the limit of an entry. */
size_t section_ops(const struct section *section);

#endif
