#include "core/coaching/schema.h"

#include <string.h>

/*
 * The columns of a field, in words. Who may write it: O the owner's side only, C a
 * partner who may comment too, E a partner who may edit too.
 */
#define REG(n, w, v)                                                                     \
	{                                                                                \
		.name = (n), .type = FIELD_REGISTER, .who = (w), .value = (v),           \
		.since_schema = 1                                                        \
	}
#define TEXT(n, w)                                                                       \
	{                                                                                \
		.name = (n), .type = FIELD_TEXT, .who = (w), .value = VALUE_TEXT,        \
		.since_schema = 1                                                        \
	}
#define FAMILY_TEXT(n, w)                                                                \
	{                                                                                \
		.name = (n), .type = FIELD_TEXT, .who = (w), .value = VALUE_TEXT,        \
		.family = true, .since_schema = 1                                        \
	}
#define CHOICE(n, w, list)                                                               \
	{                                                                                \
		.name = (n), .type = FIELD_REGISTER, .who = (w), .value = VALUE_CHOICE,  \
		.choices = (list), .since_schema = 1                                     \
	}
#define WHOLE(n, w, low, high)                                                           \
	{                                                                                \
		.name = (n), .type = FIELD_REGISTER, .who = (w), .value = VALUE_INT,     \
		.min = (low), .max = (high), .since_schema = 1                           \
	}
#define LOG(n, w, parts)                                                                 \
	{                                                                                \
		.name = (n), .type = FIELD_LOG, .who = (w), .value = VALUE_RECORD,       \
		.record = (parts), .since_schema = 1                                     \
	}

#define O WHO_OWNER
#define C WHO_COMMENT
#define E WHO_EDIT

#define WORDS(...)                                                                       \
	(const char *const[])                                                            \
	{                                                                                \
		__VA_ARGS__, NULL                                                        \
	}

/* ---- What stands in more than one kind. */

static const char *const feedback_kinds[] = {
	"noticed", "strength", "wondered", "idea", "data", NULL};

/* A comment: words, said once, voided only by who said them. */
static const struct record_field said[] = {
	{.name = "text", .type = VALUE_TEXT},
	{0},
};

/* Agreeing and signing: a promise over the content as it was, named by its hash. */
static const struct record_field promised[] = {
	{.name = "hash", .type = VALUE_HASH},
	{0},
};
