#include "tests/test.h"

#include "core/base/utf8.h"

static void every_scalar_value_comes_back_and_nothing_else_is_one(void **state)
{
	(void)state;
	for (uint32_t v = 0; v < 0x110000; v++) {
		uint8_t room[8];
		struct buf buf = {.at = room, .cap = sizeof room};
		bool surrogate = v >= 0xd800 && v < 0xe000;
		utf8_add(&buf, v);
		struct bytes rest = {room, buf.len};
		uint32_t read = 0;
		if (utf8_next(&rest, &read) != !surrogate)
			fail_msg("%x", (unsigned)v);
		if (!surrogate && (read != v || rest.len != 0))
			fail_msg("%x", (unsigned)v);
	}
}

static void what_is_no_utf8_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"\x80",
		"\xbf",
		"a\x80", /* a continuation alone */
		"\xc0\x80",
		"\xc1\xbf", /* overlong */
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf", /* surrogates */
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xfe", /* above */
		"\xc3",
		"\xe2\x82",
		"\xf0\x9f\x98", /* cut short */
		"\xc3(",
		"\xe2(\xa1",
		"\xe2\x82(",
		"\xf0(\x8c\xbc",
		"\xf0\x90(\xbc",
		"plain text, then \xff",
		"plain te\xffxt",
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (utf8_valid(bytes_text(cases[i])))
			fail_msg("case %zu", i);
	}
}

/* Past the eight bytes that are looked at together, too. */
static void a_zero_byte_is_no_text(void **state)
{
	(void)state;
	char text[40];
	for (size_t at = 0; at < sizeof text; at++) {
		memset(text, 'a', sizeof text);
		struct bytes bytes = {(const uint8_t *)text, sizeof text};
		assert_true(utf8_valid(bytes));
		text[at] = '\0';
		assert_false(utf8_valid(bytes));
		text[at] = '\x80';
		assert_false(utf8_valid(bytes));
		text[at] = '\x01';
		assert_true(utf8_valid(bytes));
	}
	assert_true(utf8_valid(bytes_text("")));
}

static void scalars_are_counted_and_found(void **state)
{
	(void)state;
	struct bytes text = bytes_text("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	static const size_t at[] = {0, 1, 3, 6, 10, 11, 11, 11};
	assert_int_equal(utf8_count(text), 5);
	for (size_t i = 0; i < sizeof at / sizeof *at; i++)
		assert_int_equal(utf8_offset(text, i), at[i]);
	assert_int_equal(utf8_count(bytes_text("")), 0);
	assert_int_equal(utf8_offset(bytes_text(""), 3), 0);
}

/* Long enough that many bytes are counted at once, from every byte on. */
static void counts_and_offsets_agree_in_long_texts(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	size_t at[601], count = 600;
	for (size_t i = 0; i < count; i++) {
		static const uint32_t SCALARS[] = {'a', 0xe9, 'b', 0x20ac, 0x1f600, 'c'};
		at[i] = buf.len;
		utf8_add(&buf, i < 300 ? 'x' : SCALARS[i * i % 7 % 6]);
	}
	at[count] = buf.len;
	for (size_t i = 0; i <= count; i++) {
		struct bytes rest = {buf.at + at[i], buf.len - at[i]};
		assert_int_equal(utf8_count(rest), count - i);
		assert_int_equal(utf8_offset(buf_bytes(&buf), i), at[i]);
		assert_int_equal(
			utf8_offset_back(buf_bytes(&buf), count - i), buf.len - at[i]);
		assert_int_equal(utf8_offset(rest, 7),
			i + 7 <= count ? at[i + 7] - at[i] : rest.len);
	}
}

static void a_cut_falls_between_scalars(void **state)
{
	(void)state;
	struct bytes text = bytes_text("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
	for (size_t max = 0; max < sizeof kept / sizeof *kept; max++)
		assert_int_equal(utf8_cut(text, max).len, kept[max]);
}

static void what_drives_a_terminal_or_turns_a_line_is_left_out(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out, *out_lines;
	} cases[] = {
		{"plain", "plain", "plain"},
		{"a\x1b[31mb", "a[31mb", "a[31mb"},
		{"a\nb\tc\r", "abc", "a\nb\tc"},
		{"a\x7f"
		 "b",
			"ab", "ab"},
		{"a\xc2\x9b"
		 "b",
			"ab", "ab"}, /* C1: CSI */
		{"a\xe2\x80\xae"
		 "b",
			"ab", "ab"}, /* right-to-left override */
		{"a\xe2\x80\xa8"
		 "b\xe2\x81\xa6"
		 "c\xe2\x80\x8f\xd8\x9c",
			"abc", "abc"},
		{"\xd8\xa7\xd9\x84 \xf0\x9f\x98\x80", "\xd8\xa7\xd9\x84 \xf0\x9f\x98\x80",
			"\xd8\xa7\xd9\x84 \xf0\x9f\x98\x80"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEAN_BUF struct buf one = {0}, lines = {0};
		utf8_add_clean(&one, bytes_text(cases[i].in), false);
		utf8_add_clean(&lines, bytes_text(cases[i].in), true);
		assert_string_equal(buf_text(&one), cases[i].out);
		assert_string_equal(buf_text(&lines), cases[i].out_lines);
	}
}

static void a_text_is_blank_when_there_is_nothing_to_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool blank;
	} cases[] = {
		{"", true}, {" \t\r\n\v\f", true},
		{"\xc2\xa0\xe2\x80\x83\xe3\x80\x80",
			true},                      /* no-break, em, ideographic */
		{"\xe2\x80\x8b\xef\xbb\xbf", true}, /* zero width, byte order mark */
		{" . ", false}, {"\xc3\xa9", false},
		{"\xff", false}, /* no text at all: for utf8_valid() to say */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(utf8_blank(bytes_text(cases[i].text)), cases[i].blank);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scalar_value_comes_back_and_nothing_else_is_one),
		cmocka_unit_test(what_is_no_utf8_is_refused),
		cmocka_unit_test(a_zero_byte_is_no_text),
		cmocka_unit_test(scalars_are_counted_and_found),
		cmocka_unit_test(counts_and_offsets_agree_in_long_texts),
		cmocka_unit_test(a_cut_falls_between_scalars),
		cmocka_unit_test(a_text_is_blank_when_there_is_nothing_to_read),
		cmocka_unit_test(what_drives_a_terminal_or_turns_a_line_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
