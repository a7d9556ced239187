#include "tests/unit/notebook/kinds.h"

#define F(...)                                                                           \
	{                                                                                \
		.since_schema = 1, __VA_ARGS__                                           \
	}
#define REG(n, w, ...)                                                                   \
	F(.name = (n), .type = FIELD_REGISTER, .who = (w), .value = __VA_ARGS__)
#define TEXT(n, ...)                                                                     \
	F(.name = (n), .type = FIELD_TEXT, .value = VALUE_TEXT, .who = __VA_ARGS__)
#define SET(n, w) F(.name = (n), .type = FIELD_SET, .who = (w), .value = VALUE_LINE)
#define LOG(n, w)                                                                        \
	F(.name = (n), .type = FIELD_LOG, .who = (w), .value = VALUE_RECORD,             \
		.record = said)
#define FIELDS(list) .fields = (list), .field_count = sizeof(list) / sizeof(list)[0]
#define WAY(w)       (1u << (w))
#define ROLE(r)      (1u << (r))

static const struct record_field said[] = {{.name = "text", .type = VALUE_TEXT}, {0}};

static const struct field_schema note_fields[] = {
	TEXT("body", WHO_EDIT),
	REG("about", WHO_OWNER, VALUE_REF),
	LOG("comments", WHO_COMMENT),
};
static const struct field_schema goal_fields[] = {
	TEXT("wish", WHO_OWNER),
	REG("state", WHO_OWNER, VALUE_LINE),
	REG("about", WHO_OWNER, VALUE_REF),
	SET("wanted", WHO_OWNER),
	LOG("readings", WHO_OWNER),
	TEXT("part", WHO_OWNER, .family = true),
	LOG("comments", WHO_COMMENT),
};
static const struct field_schema page_fields[] = {
	REG("title", WHO_EDIT, VALUE_LINE),
	REG("topic", WHO_EDIT, VALUE_TEXT),
	TEXT("body", WHO_EDIT),
	SET("tags", WHO_EDIT),
	TEXT("section", WHO_EDIT, .family = true),
	LOG("agreed", WHO_COMMENT),
};
static const struct field_schema newer_page_fields[] = {
	REG("title", WHO_EDIT, VALUE_LINE),
	REG("topic", WHO_EDIT, VALUE_TEXT),
	TEXT("body", WHO_EDIT),
	SET("tags", WHO_EDIT),
	TEXT("section", WHO_EDIT, .family = true),
	LOG("agreed", WHO_COMMENT),
	{.name = "mood",
		.type = FIELD_REGISTER,
		.who = WHO_EDIT,
		.value = VALUE_LINE,
		.since_schema = 2},
};
static const struct field_schema session_fields[] = {
	SET("instruments", WHO_CREATOR),
	LOG("events", WHO_CREATOR),
	TEXT("notes", WHO_OWNER),
	LOG("coded", WHO_OWNER),
};
static const struct field_schema feedback_fields[] = {
	TEXT("body", WHO_OWNER),
	REG("about", WHO_OWNER, VALUE_REF),
	LOG("at", WHO_OWNER),
	LOG("answers", WHO_COMMENT),
};
static const struct field_schema class_fields[] = {
	REG("label", WHO_OWNER, VALUE_LINE),
};
static const struct field_schema room_fields[] = {
	REG("rows", WHO_OWNER, VALUE_INT),
	REG("label", WHO_OWNER, VALUE_LINE),
};

static const char *const title[] = {"body", "wish", "title", "label", 0};

#define KIND(n, l, w, r, d, o, f)                                                        \
	{                                                                                \
		.name = (n), .letter = (l), .ways = (w), .roles = (r),                   \
		.default_role = (d), .owner = (o), FIELDS(f), .title = title             \
	}
#define PRIVATE WAY(WAY_PRIVATE)

#define KINDS(page)                                                                      \
	KIND("note", 'n', PRIVATE | WAY(WAY_SHOWN) | WAY(WAY_MOVED),                     \
		ROLE(ROLE_READ) | ROLE(ROLE_COMMENT) | ROLE(ROLE_EDIT), ROLE_COMMENT,    \
		OWNER_AUTHOR, note_fields),                                              \
		KIND("goal", 'g', PRIVATE | WAY(WAY_SHOWN),                              \
			ROLE(ROLE_READ) | ROLE(ROLE_COMMENT), ROLE_COMMENT,              \
			OWNER_AUTHOR, goal_fields),                                      \
		KIND("page", 'p', WAY(WAY_TOGETHER), ROLE(ROLE_EDIT), ROLE_EDIT,         \
			OWNER_BOTH, page),                                               \
		KIND("session", 's', PRIVATE | WAY(WAY_MOVED), ROLE(ROLE_READ),          \
			ROLE_READ, OWNER_TAUGHT, session_fields),                        \
		KIND("feedback", 'f', PRIVATE | WAY(WAY_MOVED), ROLE(ROLE_COMMENT),      \
			ROLE_COMMENT, OWNER_AUTHOR, feedback_fields),                    \
		KIND("class", 'c', PRIVATE, 0, ROLE_READ, OWNER_AUTHOR, class_fields),   \
		KIND("room", 'r', PRIVATE | WAY(WAY_COPY), ROLE(ROLE_READ), ROLE_READ,   \
			OWNER_AUTHOR, room_fields),

static const struct kind_schema kinds[] = {KINDS(page_fields)};
static const struct kind_schema newer_kinds[] = {KINDS(newer_page_fields)};

const struct schema test_schema = {
	.number = 1, .kinds = kinds, .count = sizeof kinds / sizeof kinds[0]};
const struct schema newer_schema = {.number = 2,
	.kinds = newer_kinds,
	.count = sizeof newer_kinds / sizeof newer_kinds[0]};

const struct kind_schema *test_kind(const char *name)
{
	return schema_kind(&test_schema, bytes_text(name));
}
