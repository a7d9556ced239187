#include "core/coaching/schema.h"

#include <string.h>

/*
 * The columns in words. Who may write a field: O the owner's side only, C a partner who
 * may comment too, E a partner who may edit too. Everything here is of schema number 1.
 */
#define O WHO_OWNER
#define C WHO_COMMENT
#define E WHO_EDIT

#define FIELD(...)                                                                       \
	{                                                                                \
		.since_schema = 1, __VA_ARGS__                                           \
	}
#define REG(n, w, ...)                                                                   \
	FIELD(.name = (n), .type = FIELD_REGISTER, .who = (w), .value = __VA_ARGS__)
#define TEXT(n, ...)                                                                     \
	FIELD(.name = (n), .type = FIELD_TEXT, .value = VALUE_TEXT, .who = __VA_ARGS__)
#define SET(n, w, ...)                                                                   \
	FIELD(.name = (n), .type = FIELD_SET, .who = (w), .value = __VA_ARGS__)
#define LOG(n, w, ...)                                                                   \
	FIELD(.name = (n), .type = FIELD_LOG, .who = (w), .value = VALUE_RECORD,         \
		.record = __VA_ARGS__)
#define CHOICE(n, w, ...)  REG(n, w, VALUE_CHOICE, .choices = WORDS(__VA_ARGS__))
#define BETWEEN(low, high) .min = (low), .max = (high)
#define AT_MOST(count)     .max = (count)
#define FAMILY             .family = true

#define WORDS(...)                                                                       \
	(const char *const[])                                                            \
	{                                                                                \
		__VA_ARGS__, NULL                                                        \
	}
#define FEEDBACK_KINDS "noticed", "strength", "wondered", "idea", "data"

/* A record of a log: its parts, in the order they are shown. */
#define RECORD(...)                                                                      \
	(const struct record_field[])                                                    \
	{                                                                                \
		__VA_ARGS__,                                                             \
		{                                                                        \
			0                                                                \
		}                                                                        \
	}
#define PART(n, v)                                                                       \
	{                                                                                \
		.name = (n), .type = (v)                                                 \
	}
#define MAYBE(n, v)                                                                      \
	{                                                                                \
		.name = (n), .type = (v), .optional = true                               \
	}
#define CODE(n)                                                                          \
	{                                                                                \
		.name = (n), .type = VALUE_LINE, .is_code = true                         \
	}
#define MAYBE_CODE(n)                                                                    \
	{                                                                                \
		.name = (n), .type = VALUE_LINE, .optional = true, .is_code = true       \
	}
#define PART_OF(n, ...)                                                                  \
	{                                                                                \
		.name = (n), .type = VALUE_CHOICE, .choices = WORDS(__VA_ARGS__)         \
	}
#define MAYBE_OF(n, ...)                                                                 \
	{                                                                                \
		.name = (n), .type = VALUE_CHOICE, .optional = true,                     \
		.choices = WORDS(__VA_ARGS__)                                            \
	}

/* What is said once and voided only by who said it; what is promised over a content as it
 * was. */
#define COMMENTS LOG("comments", C, RECORD(PART("text", VALUE_TEXT)))
#define PROMISED RECORD(PART("hash", VALUE_HASH))

static const struct field_schema goal_fields[] = {
	TEXT("wish", O),
	TEXT("why", O),
	TEXT("outcome", O),
	REG("measured_by", O, VALUE_TEXT),
	CHOICE("about_kind", O, "pupil", "practice", "climate"),
	TEXT("strategy", O),
	REG("by", O, VALUE_DATE),
	CHOICE("state", O, "draft", "active", "met", "changed", "let_go", "archived"),
	COMMENTS,
};

static const struct field_schema measure_fields[] = {
	REG("goal", O, VALUE_REF),
	REG("name", O, VALUE_LINE),
	CHOICE("unit", O, "percent", "count", "per_10_min", "minutes", "s", "words"),
	CHOICE("direction", O, "up", "down", "steady", "explore"),
	REG("baseline", O, VALUE_NUMBER),
	REG("target", O, VALUE_NUMBER),
	LOG("readings", O,
		RECORD(PART("date", VALUE_DATE), PART("value", VALUE_NUMBER),
			PART("n", VALUE_INT), MAYBE("session", VALUE_REF)),
		.order_by = "date"),
};

static const struct field_schema note_fields[] = {
	TEXT("body", E),
	REG("about", O, VALUE_REF),
	COMMENTS,
};

static const struct field_schema page_fields[] = {
	REG("title", E, VALUE_LINE),
	CHOICE("topic", E, "debrief", "joint_plan", "free"),
	REG("visit", E, VALUE_REF),
	REG("pack", E, VALUE_LINE),
	TEXT("body", E),
	TEXT("section", E, FAMILY),
	LOG("agreed", C, PROMISED),
};

static const struct field_schema agreement_fields[] = {
	TEXT("purpose", E),
	TEXT("looking_at", E),
	TEXT("manners", E),
	TEXT("naming", E),
	TEXT("hearers", E),
	TEXT("safeguarding", E),
	REG("keep_months", E, VALUE_INT),
	REG("review", E, VALUE_DATE),
	LOG("signed", C, PROMISED),
};

static const struct field_schema class_fields[] = {
	REG("label", O, VALUE_LINE),
	REG("subject", O, VALUE_LINE),
	REG("size", O, VALUE_INT, BETWEEN(1, 60)),
	REG("room", O, VALUE_LINE),
	REG("archived", O, VALUE_BOOL),
};

static const struct field_schema room_fields[] = {
	REG("label", O, VALUE_LINE),
	REG("rows", O, VALUE_INT, BETWEEN(1, 20)),
	REG("cols", O, VALUE_INT, BETWEEN(1, 20)),
	REG("cells", O, VALUE_ANY),
};

static const struct field_schema names_fields[] = {
	LOG("names", O,
		RECORD(PART("class", VALUE_REF), PART("seat", VALUE_INT),
			PART("name", VALUE_LINE))),
};

static const struct field_schema visit_fields[] = {
	REG("goal", O, VALUE_REF),
	REG("class_label", O, VALUE_LINE),
	REG("when", O, VALUE_LINE),
	REG("minutes", O, VALUE_INT, BETWEEN(5, 120)),
	REG("place", O, VALUE_LINE),
	TEXT("aim", O),
	TEXT("focus", O),
	SET("instruments", O, VALUE_LINE, AT_MOST(3)),
	SET("wanted", O, VALUE_CHOICE, .choices = WORDS(FEEDBACK_KINDS)),
	TEXT("not_wanted", O),
	REG("sit", O, VALUE_LINE),
	REG("room", O, VALUE_REF),
	REG("alone", O, VALUE_BOOL),
	LOG("answers", C,
		RECORD(PART_OF("answer", "accept", "other_time", "decline", "drop",
			       "ask_kind", "suggest"),
			MAYBE("of", VALUE_HASH), MAYBE("when", VALUE_LINE),
			MAYBE("text", VALUE_TEXT), MAYBE_OF("kind", FEEDBACK_KINDS))),
	LOG("done", C, RECORD(PART_OF("done", "ran", "talked", "reflected", "closed"))),
};

static const struct field_schema instrument_fields[] = {
	REG("name", O, VALUE_LINE),
	REG("version", O, VALUE_INT),
	REG("family", O, VALUE_LINE),
	REG("interval_s", O, VALUE_INT),
	REG("source", O, VALUE_LINE),
	REG("codes", O, VALUE_RECORD, FAMILY, AT_MOST(32),
		.record = RECORD(PART("word", VALUE_LINE), MAYBE("meaning", VALUE_TEXT),
			MAYBE("group", VALUE_LINE))),
	REG("formulae", O, VALUE_LINE),
};

/* WHO_CREATOR: written in the section that creates it, and by nobody after. */
static const struct field_schema session_fields[] = {
	REG("visit", WHO_CREATOR, VALUE_REF),
	REG("started", WHO_CREATOR, VALUE_LINE),
	REG("tz", WHO_CREATOR, VALUE_LINE),
	REG("length_ms", WHO_CREATOR, VALUE_INT),
	SET("instruments", WHO_CREATOR, VALUE_LINE),
	LOG("gaps", WHO_CREATOR,
		RECORD(PART("t_ms", VALUE_INT), PART("length_ms", VALUE_INT)),
		.order_by = "t_ms"),
	LOG("events", WHO_CREATOR,
		RECORD(PART("t_ms", VALUE_INT),
			PART_OF("kind", "point", "start", "stop", "exclusive", "interval",
				"sweep", "script", "moment", "move"),
			MAYBE_CODE("code"), MAYBE_CODE("mod"), MAYBE_CODE("subj"),
			MAYBE("x", VALUE_NUMBER), MAYBE("y", VALUE_NUMBER),
			MAYBE("text", VALUE_TEXT)),
		.order_by = "t_ms"),
	LOG("moments", WHO_CREATOR,
		RECORD(PART("t_ms", VALUE_INT), MAYBE("t2_ms", VALUE_INT),
			PART("caption", VALUE_LINE)),
		.order_by = "t_ms"),
	TEXT("notes", O),
	LOG("coded", O, RECORD(CODE("event"), CODE("code"))),
};

static const struct field_schema feedback_fields[] = {
	REG("visit", O, VALUE_REF),
	CHOICE("kind", O, FEEDBACK_KINDS),
	CHOICE("frame", O, "free", "sbi", "2plus2", "glow_grow", "notice_wonder"),
	TEXT("body", O),
	TEXT("part", O, FAMILY),
	LOG("at", O,
		RECORD(PART("t_ms", VALUE_INT), MAYBE("t2_ms", VALUE_INT),
			MAYBE("caption", VALUE_LINE), MAYBE("records", VALUE_ANY)),
		AT_MOST(5)),
	LOG("answers", C,
		RECORD(PART_OF("answer", "thanked", "parked", "reply"),
			MAYBE("text", VALUE_TEXT))),
};

static const struct field_schema step_fields[] = {
	TEXT("what", O),
	REG("by", O, VALUE_DATE),
	REG("first_action", O, VALUE_TEXT),
	REG("know_by", O, VALUE_TEXT),
	REG("visit", O, VALUE_REF),
	CHOICE("state", O, "open", "doing", "done", "let_go", "carried_over"),
	COMMENTS,
};

static const struct field_schema reflection_fields[] = {
	REG("visit", O, VALUE_REF),
	REG("pack", O, VALUE_LINE),
	TEXT("answer", O, FAMILY),
	REG("mood", O, VALUE_LINE),
};

static const struct field_schema door_fields[] = {
	REG("when", O, VALUE_LINE),
	REG("minutes", O, VALUE_INT, BETWEEN(1, 480)),
	REG("place", O, VALUE_LINE),
	REG("topic", O, VALUE_LINE),
	SET("wanted", O, VALUE_CHOICE, .choices = WORDS(FEEDBACK_KINDS)),
	CHOICE("state", O, "open", "closed", "done"),
	LOG("answers", C, RECORD(PART_OF("answer", "come", "not_coming", "confirmed"))),
};

static const struct field_schema kudos_fields[] = {
	REG("line", O, VALUE_LINE),
};

/* Beyond SCHEMA.md, which says that a quote needs approval (DOMAIN §6, J10) and not where
 * it stands: core/coaching/quote.h. */
static const struct field_schema quote_fields[] = {
	REG("words", O, VALUE_TEXT),
	REG("source", O, VALUE_REF),
	LOG("answers", C,
		RECORD(PART_OF("answer", "approve", "decline", "other"),
			MAYBE("of", VALUE_HASH), MAYBE("text", VALUE_TEXT))),
};

static const struct field_schema profile_fields[] = {
	REG("name", O, VALUE_LINE),
	REG("short", O, VALUE_LINE),
	SET("languages", O, VALUE_LINE),
};

#define WAYS(...)    .ways = (1u << WAY_PRIVATE) | (__VA_ARGS__)
#define WAY(w)       (1u << (w))
#define MAY(r)       (1u << (r))
#define FIELDS(list) .fields = (list), .field_count = sizeof(list) / sizeof(list)[0]

static const struct kind_schema kinds[] = {
	{
		.name = "goal",
		.letter = 'g',
		WAYS(WAY(WAY_SHOWN)),
		.roles = MAY(ROLE_COMMENT) | MAY(ROLE_READ),
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS(goal_fields),
		.title = WORDS("wish"),
	},
	{
		.name = "measure",
		.letter = 'm',
		WAYS(WAY(WAY_SHOWN)),
		.roles = MAY(ROLE_READ),
		.default_role = ROLE_READ,
		.owner = OWNER_AUTHOR,
		FIELDS(measure_fields),
		.title = WORDS("name"),
	},
	{
		.name = "note",
		.letter = 'n',
		WAYS(WAY(WAY_SHOWN) | WAY(WAY_MOVED)),
		.roles = MAY(ROLE_COMMENT) | MAY(ROLE_READ) | MAY(ROLE_EDIT),
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS(note_fields),
		.title = WORDS("body"),
	},
	{
		.name = "page",
		.letter = 'p',
		.ways = WAY(WAY_TOGETHER),
		.roles = MAY(ROLE_EDIT),
		.default_role = ROLE_EDIT,
		.owner = OWNER_BOTH,
		FIELDS(page_fields),
		.title = WORDS("title", "topic", "visit"),
	},
	{
		.name = "agreement",
		.letter = 'a',
		.ways = WAY(WAY_TOGETHER),
		.roles = MAY(ROLE_EDIT),
		.default_role = ROLE_EDIT,
		.owner = OWNER_BOTH,
		FIELDS(agreement_fields),
		.title = WORDS(NULL), /* its partner's name: core/coaching/views.c */
	},
	{
		.name = "class",
		.letter = 'c',
		.ways = WAY(WAY_PRIVATE),
		.owner = OWNER_AUTHOR,
		FIELDS(class_fields),
		.title = WORDS("label"),
	},
	{
		.name = "room",
		.letter = 'r',
		WAYS(WAY(WAY_COPY)),
		.roles = MAY(ROLE_READ),
		.default_role = ROLE_READ,
		.owner = OWNER_AUTHOR,
		FIELDS(room_fields),
		.title = WORDS("label"),
	},
	{
		.name = "names",
		.letter = 'k',
		.ways = WAY(WAY_PRIVATE),
		.owner = OWNER_AUTHOR,
		FIELDS(names_fields),
		.title = WORDS(NULL),
	},
	{
		.name = "visit",
		.letter = 'v',
		WAYS(WAY(WAY_MOVED)),
		.roles = MAY(ROLE_COMMENT),
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS(visit_fields),
		.title = WORDS("focus", "class_label"),
	},
	{
		.name = "instrument",
		.letter = 'i',
		WAYS(WAY(WAY_COPY)),
		.roles = MAY(ROLE_READ),
		.default_role = ROLE_READ,
		.owner = OWNER_AUTHOR,
		FIELDS(instrument_fields),
		.title = WORDS("name"),
	},
	{
		.name = "session",
		.letter = 's',
		WAYS(WAY(WAY_MOVED)),
		.roles = MAY(ROLE_READ),
		.default_role = ROLE_READ,
		.owner = OWNER_TAUGHT,
		FIELDS(session_fields),
		.title = WORDS("visit"),
	},
	{
		.name = "feedback",
		.letter = 'f',
		WAYS(WAY(WAY_MOVED)),
		.roles = MAY(ROLE_COMMENT),
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS(feedback_fields),
		.title = WORDS("body"),
	},
	{
		.name = "step",
		.letter = 't',
		WAYS(WAY(WAY_SHOWN)),
		.roles = MAY(ROLE_COMMENT) | MAY(ROLE_READ),
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS(step_fields),
		.title = WORDS("what"),
	},
	{
		.name = "reflection",
		.letter = 'e',
		WAYS(WAY(WAY_COPY)),
		.roles = MAY(ROLE_READ),
		.default_role = ROLE_READ,
		.owner = OWNER_AUTHOR,
		FIELDS(reflection_fields),
		.title = WORDS("visit"),
	},
	{
		.name = "door",
		.letter = 'd',
		WAYS(WAY(WAY_SHOWN)),
		.roles = MAY(ROLE_COMMENT),
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS(door_fields),
		.title = WORDS("topic"),
	},
	{
		.name = "kudos",
		.letter = 'u',
		WAYS(WAY(WAY_MOVED)),
		.roles = MAY(ROLE_READ),
		.default_role = ROLE_READ,
		.owner = OWNER_AUTHOR,
		FIELDS(kudos_fields),
		.title = WORDS("line"),
	},
	{
		.name = "quote",
		.letter = 'q',
		WAYS(WAY(WAY_MOVED)),
		.roles = MAY(ROLE_COMMENT),
		.default_role = ROLE_COMMENT,
		.owner = OWNER_AUTHOR,
		FIELDS(quote_fields),
		.title = WORDS("words"),
	},
	{
		.name = "profile",
		.letter = 'o',
		.ways = WAY(WAY_TOGETHER),
		.roles = MAY(ROLE_READ),
		.default_role = ROLE_READ,
		.owner = OWNER_AUTHOR,
		FIELDS(profile_fields),
		.title = WORDS("name"),
	},
};

const struct schema coaching_schema = {
	.number = 1,
	.kinds = kinds,
	.count = sizeof kinds / sizeof kinds[0],
};

/* "goals" is what a person says of several; the words that end in s have no other plural.
 */
const struct kind_schema *coaching_kind(const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < coaching_schema.count; i++) {
		const char *kind = coaching_schema.kinds[i].name;
		size_t kind_len = strlen(kind);
		if (strncmp(kind, name, kind_len) != 0)
			continue;
		const char *rest = name + kind_len;
		if (len == kind_len || strcmp(rest, "s") == 0 || strcmp(rest, "es") == 0)
			return &coaching_schema.kinds[i];
	}
	return NULL;
}
