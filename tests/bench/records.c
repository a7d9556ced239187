#include "tests/bench/records.h"

#include <stdio.h>

#include "core/base/pack.h"
#include "core/crdt/value.h"

static const struct field_schema OF_ONE[FIELDS] = {
	[TITLE] = {.name = "title", .who = WHO_EDIT, .value = VALUE_LINE},
	[DONE] = {.name = "done", .who = WHO_EDIT, .value = VALUE_BOOL},
	[STARS] = {.name = "stars", .who = WHO_EDIT, .value = VALUE_INT},
	[DUE] = {.name = "due", .who = WHO_EDIT, .value = VALUE_DATE},
	[TAGS] = {.name = "tags",
		.type = FIELD_SET,
		.who = WHO_EDIT,
		.value = VALUE_LINE},
	[SAID] = {.name = "said",
		.type = FIELD_LOG,
		.who = WHO_EDIT,
		.value = VALUE_RECORD,
		.record =
			(const struct record_field[]){
				{.name = "text", .type = VALUE_TEXT}, {0}}},
};

#define KIND_OF(of_name, of_fields, of_count, of_title)                                  \
	{                                                                                \
		.name = (of_name), .letter = 'r', .ways = 1u << WAY_TOGETHER,            \
		.roles = 1u << ROLE_EDIT, .default_role = ROLE_EDIT,                     \
		.owner = OWNER_BOTH, .fields = (of_fields), .field_count = (of_count),   \
		.title = (const char *const[])                                           \
		{                                                                        \
			(of_title), NULL                                                 \
		}                                                                        \
	}

static const struct kind_schema APART_KIND = KIND_OF("record", OF_ONE, FIELDS, "title");
static const struct schema APART = {.number = 1, .kinds = &APART_KIND, .count = 1};

/* Together: a field of a record is an entry of a family of fields, under the record's
 * number; a family takes only so many keys, so that there are several of each field. */
#define FAMILIES ((RECORDS + KEYS_MAX - 1) / KEYS_MAX)
#define ALL_SAID (SAID * FAMILIES) /* one log for all, last */

static struct field_schema families[ALL_SAID + 1];
static char names[ALL_SAID][16];
static const struct kind_schema TOGETHER_KIND =
	KIND_OF("records", families, ALL_SAID + 1, "title00");
static const struct schema TOGETHER = {.number = 1, .kinds = &TOGETHER_KIND, .count = 1};

const struct shape apart = {"", &APART, RECORDS};
const struct shape together = {"one_document_", &TOGETHER, 1};

void shapes_begin(void)
{
	static const struct record_field said[] = {{.name = "of", .type = VALUE_INT},
		{.name = "text", .type = VALUE_TEXT}, {0}};
	for (size_t i = 0; i < ALL_SAID; i++) {
		families[i] = OF_ONE[i / FAMILIES];
		(void)snprintf(names[i], sizeof(names[i]), "%s%02zu", families[i].name,
			i % FAMILIES);
		families[i].name = names[i];
		families[i].family = true;
	}
	families[ALL_SAID] = OF_ONE[SAID];
	families[ALL_SAID].record = said;
}

static bool is_one(const struct shape *shape)
{
	return shape->documents == 1;
}

const struct field_schema *shape_field(const struct shape *shape, size_t i, int field)
{
	if (!is_one(shape))
		return &OF_ONE[field];
	return field == SAID ? &families[ALL_SAID]
			     : &families[(size_t)field * FAMILIES + i / KEYS_MAX];
}

struct bytes shape_key(const struct shape *shape, size_t i, char room[4])
{
	if (!is_one(shape))
		return (struct bytes){0};
	(void)snprintf(room, 4, "%02zu", i % KEYS_MAX);
	return bytes_text(room);
}

size_t shape_document(const struct shape *shape, size_t i)
{
	return is_one(shape) ? 0 : i;
}

void shape_pack_said(
	const struct shape *shape, size_t i, const char *text, struct buf *out)
{
	pack_map(out, is_one(shape) ? 2 : 1);
	if (is_one(shape)) {
		pack_cstr(out, "of");
		pack_uint(out, i);
	}
	pack_cstr(out, "text");
	pack_cstr(out, text);
}

size_t shape_said_of(const struct shape *shape, size_t document, struct bytes said)
{
	struct bytes of;
	if (!is_one(shape) || !value_part(said, "of", &of))
		return document;
	struct pack_reader r = pack_read(of);
	return (size_t)pack_read_uint(&r, RECORDS - 1);
}

void record_id(uint8_t who, size_t n, uint8_t out[8])
{
	uint64_t v = (n * 256 + who) * UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	v ^= v >> 31;
	for (size_t i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> 8 * i);
}
