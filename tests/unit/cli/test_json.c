#include "tests/test.h"

#include "cli/json.h"
#include "core/base/pack.h"

static void nesting_gets_its_commas_and_brackets(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	struct json json = {.out = &out};
	json_object(&json, NULL);
	json_uint(&json, "a", 1);
	json_object(&json, "b");
	json_close(&json);
	json_bool(&json, "c", true);
	json_null(&json, "d");
	json_close(&json);
	assert_string_equal(
		buf_text(&out), "{\"a\": 1, \"b\": {}, \"c\": true, \"d\": null}\n");
}

static void items_of_a_list_stand_one_a_line(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	struct json json = {.out = &out};
	json_object(&json, NULL);
	json_array(&json, "l");
	json_uint(&json, NULL, 1);
	json_uint(&json, NULL, 2);
	json_close(&json);
	json_close(&json);
	assert_string_equal(buf_text(&out), "{\"l\": [\n1,\n2]}\n");
}

static void text_is_escaped(void **state)
{
	(void)state;
	static const struct {
		const char *text, *json;
	} cases[] = {
		{"plain", "\"plain\"\n"},
		{"a\"b\\c", "\"a\\\"b\\\\c\"\n"},
		{"line\nbreak\ttab", "\"line\\nbreak\\ttab\"\n"},
		{"\x01\x1b[31m\x7f", "\"\\u0001\\u001b[31m\\u007f\"\n"},
		{"\xc2\x9b"
		 "2J",
			"\"\\u009b2J\"\n"}, /* the C1 form of an escape sequence */
		{"é 漢 🙂", "\"é 漢 🙂\"\n"},
		{"", "\"\"\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf out = {0};
		struct json json = {.out = &out};
		json_array(&json, NULL);
		json_cstr(&json, NULL, cases[i].text);
		json_close(&json);
		CLEAN_BUF struct buf expected = {0};
		buf_add_format(&expected, "[%.*s]\n", (int)strlen(cases[i].json) - 1,
			cases[i].json);
		assert_string_equal(buf_text(&out), buf_text(&expected));
	}
}

static void numbers_read_back_the_same(void **state)
{
	(void)state;
	static const double cases[] = {0.1, -2.5, 1e300, 1.0 / 3, 5e-324, 123456789.125};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf out = {0};
		struct json json = {.out = &out};
		json_array(&json, NULL);
		json_number(&json, NULL, cases[i]);
		json_close(&json);
		double back = strtod(buf_text(&out) + 1, NULL);
		assert_memory_equal(&back, &cases[i], sizeof back);
	}
}

static void time_is_rfc_3339_in_utc_and_never_is_null(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	struct json json = {.out = &out};
	json_object(&json, NULL);
	json_time(&json, "at", 1700000000);
	json_time(&json, "never", 0);
	json_close(&json);
	assert_string_equal(
		buf_text(&out), "{\"at\": \"2023-11-14T22:13:20Z\", \"never\": null}\n");
}

static void packed_value_becomes_json(void **state)
{
	(void)state;
	CLEAN_BUF struct buf packed = {0}, out = {0};
	pack_map(&packed, 3);
	pack_cstr(&packed, "n");
	pack_number(&packed, 12.5);
	pack_cstr(&packed, "ids");
	pack_array(&packed, 1);
	pack_bin(&packed,
		(struct bytes){(const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16});
	pack_cstr(&packed, "text");
	pack_cstr(&packed, "two\nlines");
	struct json json = {.out = &out};
	json_object(&json, NULL);
	json_packed(&json, "v", buf_bytes(&packed));
	json_close(&json);
	assert_string_equal(buf_text(&out),
		"{\"v\": {\"n\": 12.5, \"ids\": [\"00000000000000000000000004\"], "
		"\"text\": \"two\\nlines\"}}\n");
}

static void malformed_packed_value_is_null(void **state)
{
	(void)state;
	static const uint8_t claims[] = {0xdd, 0xff, 0xff, 0xff, 0xff};
	CLEAN_BUF struct buf out = {0};
	struct json json = {.out = &out};
	json_object(&json, NULL);
	json_packed(&json, "v", BYTES_OF(claims));
	json_packed(&json, "w", (struct bytes){0});
	json_close(&json);
	assert_string_equal(buf_text(&out), "{\"v\": null, \"w\": null}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nesting_gets_its_commas_and_brackets),
		cmocka_unit_test(items_of_a_list_stand_one_a_line),
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(numbers_read_back_the_same),
		cmocka_unit_test(time_is_rfc_3339_in_utc_and_never_is_null),
		cmocka_unit_test(packed_value_becomes_json),
		cmocka_unit_test(malformed_packed_value_is_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
