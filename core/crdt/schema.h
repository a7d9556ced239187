/*
 * What kinds of documents there are, as data: handed in from above, so that this room
 * knows fields and rights but nothing of what teachers do (DESIGN §4.2, SCHEMA.md).
 *
 * Tables are constant and live as long as the program. On the disk and between nodes a
 * field, a choice and an optional part of a record are known by their places in these
 * lists, so a later version adds to the end of a list and takes nothing out; a kind is
 * known by its letter, or else its name.
 */
#ifndef KITH_CRDT_SCHEMA_H
#define KITH_CRDT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"

enum field_type {
	FIELD_REGISTER, /* one value; competing ones are kept */
	FIELD_TEXT,     /* a page both may write at once */
	FIELD_SET,      /* small values, add wins */
	FIELD_LOG,      /* immutable records */
};

/* Who may write a field after the section that creates the document. */
enum who {
	WHO_OWNER,   /* the owner's side alone */
	WHO_COMMENT, /* also a partner with the role comment or edit; of a log each voids
			their own */
	WHO_EDIT,    /* also a partner with the role edit */
	WHO_CREATOR, /* nobody: written by the section that creates the document, only */
};

enum role { ROLE_READ, ROLE_COMMENT, ROLE_EDIT };

/* How a document stands in the space it is in. */
enum way {
	WAY_PRIVATE,  /* in *mine* */
	WAY_TOGETHER, /* made in the pair's space */
	WAY_MOVED,    /* began private, lives in the pair's space since */
	WAY_SHOWN,    /* follows a private one of its owner */
	WAY_COPY,     /* as a private one of its owner was when it was shown */
};

/* Who may take a document back. */
enum owner {
	OWNER_AUTHOR, /* who shared it */
	OWNER_TAUGHT, /* named when it is handed over: not its creator */
	OWNER_BOTH,   /* either person */
};

/* What one value is. Values are canonical MessagePack (core/base/pack.h); a register may
 * also hold nil: emptied. */
enum value_type {
	VALUE_TEXT,   /* str, any lines, at most 4 KiB */
	VALUE_LINE,   /* str without line breaks or controls, at most 1 KiB */
	VALUE_DATE,   /* str YYYY-MM-DD, of the calendar */
	VALUE_CHOICE, /* str, one of the field's choices */
	VALUE_INT,    /* integer; within min … max where max > min */
	VALUE_NUMBER, /* integer or finite float 64 */
	VALUE_BOOL,
	VALUE_REF,    /* bin 16: a document's id */
	VALUE_HASH,   /* bin 32 */
	VALUE_RECORD, /* of a log: a map of parts */
	VALUE_ANY,    /* any well-formed value */
};

#define RECORD_PARTS_MAX 16

/* One part of a record. The list ends with a NULL name. */
struct record_field {
	const char *name;
	enum value_type type;
	bool optional;
	const char *const *choices; /* VALUE_CHOICE: NULL-terminated */
	bool is_code; /* an instrument's or a seat's, not what somebody wrote */
};

struct field_schema {
	const char *name;
	enum field_type type;
	enum who who;
	enum value_type value;
	uint32_t since_schema;      /* the lowest schema number that has the field */
	const char *const *choices; /* VALUE_CHOICE: NULL-terminated */
	int64_t min, max; /* VALUE_INT: bounds; FIELD_SET: max elements (0: 1,024) */
	bool family;      /* one value a key */
	const struct record_field *record; /* FIELD_LOG */
	const char *order_by; /* FIELD_LOG: a part to show records by; NULL: as written */
};

struct kind_schema {
	const char *name;
	char letter;
	unsigned ways;  /* 1u << enum way */
	unsigned roles; /* 1u << enum role */
	enum role default_role;
	enum owner owner;
	const struct field_schema *fields;
	size_t field_count;
	const char *const *title; /* fields a title is made of; NULL-terminated */
};

struct schema {
	uint32_t number;
	const struct kind_schema *kinds;
	size_t count;
};

/* NULL where there is none of that name. */
const struct kind_schema *schema_kind(const struct schema *schema, struct bytes name);
const struct field_schema *kind_field(const struct kind_schema *kind, struct bytes name);

/* Whether a document of that kind may stand in a pair's space that way, with that role of
 * the other. What can also be shown moves to be edited by both, and for nothing less. */
bool kind_shares(const struct kind_schema *kind, enum way way, enum role role);

/* Whether it holds what a person wrote, and may seek: a text, a line, a day; of a log,
 * its parts say. */
bool field_is_sought(const struct field_schema *field);
bool part_is_sought(const struct record_field *part);
/* Whether it is a log that a partner with the role comment may write in too. */
bool field_is_answers(const struct field_schema *field);

/* Whether a text is carried whole, as a register of str: in a document that is shown. */
bool field_is_whole(const struct field_schema *field, enum way way);

#endif
