#include "tests/test.h"

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/crdt/value.h"
#include "core/crdt/value_short.h"

static const char *const MOODS[] = {"calm", "brisk", NULL};

static const struct record_field EVENT_PARTS[] = {
	{.name = "t_ms", .type = VALUE_INT},
	{.name = "mood", .type = VALUE_CHOICE, .optional = true, .choices = MOODS},
	{.name = "day", .type = VALUE_DATE, .optional = true},
	{.name = "text", .type = VALUE_TEXT, .optional = true},
	{.name = "more", .type = VALUE_ANY},
	{0},
};
static const struct record_field SAID_PARTS[] = {
	{.name = "more", .type = VALUE_ANY},
	{0},
};

static const struct field_schema MOOD = {
	.name = "mood", .value = VALUE_CHOICE, .choices = MOODS};
static const struct field_schema DAY = {.name = "day", .value = VALUE_DATE};
static const struct field_schema LINE = {.name = "line", .value = VALUE_LINE};
static const struct field_schema EVENTS = {.name = "events",
	.type = FIELD_LOG,
	.value = VALUE_RECORD,
	.record = EVENT_PARTS};
static const struct field_schema SAID = {
	.name = "said", .type = FIELD_LOG, .value = VALUE_RECORD, .record = SAID_PARTS};
static const struct field_schema CODE = {
	.name = "code", .value = VALUE_RECORD, .record = SAID_PARTS};

/* Shorten and lengthen; how many bytes the short one has. */
static size_t through(const struct field_schema *field, const struct buf *value)
{
	CLEAN_BUF struct buf small = {0};
	CLEAN_BUF struct buf again = {0};
	assert_true(value_valid(field, buf_bytes(value)));
	value_shorten(field, buf_bytes(value), &small);
	assert_true(small.at[0] != SHORT_NEVER);
	/* What follows stays. */
	buf_add_u8(&small, 0x2a);
	struct bytes rest = buf_bytes(&small);
	assert_true(value_lengthen(field, &rest, &again));
	assert_int_equal(rest.len, 1);
	assert_true(bytes_equal(buf_bytes(&again), buf_bytes(value)));
	return small.len - 1;
}

static size_t text_through(const struct field_schema *field, const char *text)
{
	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, text);
	return through(field, &value);
}

static void a_choice_is_its_number(void **state)
{
	(void)state;
	assert_int_equal(text_through(&MOOD, "calm"), 1);
	assert_int_equal(text_through(&MOOD, "brisk"), 1);
}

static void a_date_is_its_day(void **state)
{
	(void)state;
	assert_int_equal(text_through(&DAY, "2026-11-25"), 3);
	assert_int_equal(text_through(&DAY, "1970-01-01"), 1);
	assert_int_equal(text_through(&DAY, "2024-02-29"), 3);
	(void)text_through(&DAY, "0000-01-01");
	(void)text_through(&DAY, "9999-12-31");
	(void)text_through(&DAY, "1969-12-31");
}

static void all_else_is_as_it_was(void **state)
{
	(void)state;
	assert_int_equal(text_through(&LINE, "a line"), 7);
	CLEAN_BUF struct buf nil = {0};
	pack_nil(&nil);
	assert_int_equal(through(&LINE, &nil), 1);
	assert_int_equal(through(&MOOD, &nil), 1);
	assert_int_equal(through(&DAY, &nil), 1);
	assert_int_equal(through(&CODE, &nil), 1);
}

static void pack_event(struct buf *out, unsigned parts)
{
	unsigned count = 2;
	for (unsigned bits = parts; bits != 0; bits &= bits - 1)
		count++;
	pack_map(out, count);
	pack_cstr(out, "t_ms");
	pack_int(out, -5);
	if ((parts & 1) != 0) {
		pack_cstr(out, "mood");
		pack_cstr(out, "brisk");
	}
	if ((parts & 2) != 0) {
		pack_cstr(out, "day");
		pack_cstr(out, "2026-11-25");
	}
	if ((parts & 4) != 0) {
		pack_cstr(out, "text");
		pack_cstr(out, "said");
	}
	pack_cstr(out, "more");
	pack_nil(out);
}

static void a_record_is_its_parts_without_their_names(void **state)
{
	(void)state;
	for (unsigned parts = 0; parts < 8; parts++) {
		CLEAN_BUF struct buf event = {0};
		pack_event(&event, parts);
		size_t len = 3u + ((parts & 1) != 0 ? 1u : 0u) +
			     ((parts & 2) != 0 ? 3u : 0u) + ((parts & 4) != 0 ? 5u : 0u);
		assert_int_equal(through(&EVENTS, &event), len);
	}
	CLEAN_BUF struct buf said = {0};
	pack_map(&said, 1);
	pack_cstr(&said, "more");
	pack_nil(&said);
	assert_int_equal(through(&SAID, &said), 1);
	/* In a register it is not nil. */
	assert_int_equal(through(&CODE, &said), 2);
}

static bool lengthens(
	const struct field_schema *field, struct bytes small, bool *is_valid)
{
	CLEAN_BUF struct buf out = {0};
	bool is_read = value_lengthen(field, &small, &out) && small.len == 0;
	*is_valid = is_read && value_valid(field, buf_bytes(&out));
	return is_read;
}

static void a_number_of_nothing_is_no_value_of_the_field(void **state)
{
	(void)state;
	static const uint8_t choice[] = {2},
			     huge[] = {0xcf, 255, 255, 255, 255, 255, 255, 255, 255};
	CLEAN_BUF struct buf day = {0};
	bool is_valid = true;
	assert_true(lengthens(&MOOD, BYTES_OF(choice), &is_valid));
	assert_false(is_valid);
	assert_true(lengthens(&MOOD, BYTES_OF(huge), &is_valid));
	assert_false(is_valid);
	/* The 31st of February. */
	pack_int(&day, 31 + 30);
	assert_true(lengthens(&DAY, buf_bytes(&day), &is_valid));
	assert_false(is_valid);
	buf_clear(&day);
	pack_int(&day, INT64_MIN);
	assert_true(lengthens(&DAY, buf_bytes(&day), &is_valid));
	assert_false(is_valid);
}

static void what_is_not_short_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf text = {0};
	bool is_valid = false;
	pack_cstr(&text, "calm");
	assert_false(lengthens(&MOOD, buf_bytes(&text), &is_valid));
	buf_clear(&text);
	pack_cstr(&text, "2026-11-25");
	assert_false(lengthens(&DAY, buf_bytes(&text), &is_valid));
	static const uint8_t more_parts[] = {8, 1, 0xc0}, too_few[] = {4, 1, 0xa1, 'x'},
			     never[] = {SHORT_NEVER}, nothing[1];
	assert_false(lengthens(&EVENTS, BYTES_OF(more_parts), &is_valid));
	assert_false(lengthens(&EVENTS, BYTES_OF(too_few), &is_valid));
	assert_false(lengthens(&LINE, BYTES_OF(never), &is_valid));
	assert_false(lengthens(&SAID, BYTES_OF(never), &is_valid));
	assert_false(lengthens(&LINE, (struct bytes){nothing, 0}, &is_valid));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_choice_is_its_number),
		cmocka_unit_test(a_date_is_its_day),
		cmocka_unit_test(all_else_is_as_it_was),
		cmocka_unit_test(a_record_is_its_parts_without_their_names),
		cmocka_unit_test(a_number_of_nothing_is_no_value_of_the_field),
		cmocka_unit_test(what_is_not_short_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
