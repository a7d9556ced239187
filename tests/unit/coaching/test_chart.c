/* core/coaching/chart.h: figures as lines of text. */
#include "tests/test.h"

#include <locale.h>
#include <math.h>

#include "core/base/columns.h"
#include "core/base/utf8.h"
#include "core/coaching/chart.h"

static void bars_are_as_long_as_their_numbers_and_say_them(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	const char *rows[] = {"teacher", "pupil"}, *column = "time";
	double cells[] = {100, 50};
	struct table_figure t = {
		"share", DRAW_BARS, UNIT_PERCENT, rows, &column, 2, 1, cells, NULL, NAN};
	chart_table(&out, &t, NULL, 40, false);
	assert_string_equal(buf_text(&out), "share\n"
					    "teacher  ███████████████ 100 %\n"
					    "pupil    ███████▌ 50 %\n\n");
}

static void plain_lines_have_words_and_numbers_only(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	const char *rows[] = {"S1", "S2"}, *column = "n";
	double cells[] = {3, NAN};
	struct table_figure t = {"contacts", DRAW_SEATS, UNIT_COUNT, rows, &column, 2, 1,
		cells, NULL, NAN};
	chart_table(&out, &t, NULL, 80, true);
	assert_string_equal(buf_text(&out), "contacts\nS1: 3\nS2: —\n\n");
}

static void seats_have_a_shade_and_a_number(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	const char *rows[] = {"S1", "S2", "S3"}, *column = "n";
	double cells[] = {4, 0, 1};
	struct seat_place places[] = {{1, 0}, {0, 0}, {0, 1}};
	struct floor_plan plan = {places, 3, 2, 2};
	struct table_figure t = {"contacts", DRAW_SEATS, UNIT_COUNT, rows, &column, 3, 1,
		cells, NULL, NAN};
	chart_table(&out, &t, &plan, 80, false);
	assert_string_equal(buf_text(&out), "contacts\n"
					    "(front of the room)\n"
					    "2·0    1█4    \n"
					    "3░1           \n\n");
}

static void a_sheet_marks_what_was_seen_and_wraps_at_the_screens_edge(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	const char *rows[] = {"Lec", "L"}, *columns[20];
	double cells[40];
	for (size_t i = 0; i < 40; i++)
		cells[i] = i % 3 == 0 ? 1 : NAN;
	for (size_t i = 0; i < 20; i++)
		columns[i] = i % 5 == 0 ? "10" : "";
	struct table_figure t = {"the sheet", DRAW_GRID, UNIT_COUNT, rows, columns, 2, 20,
		cells, NULL, NAN};
	chart_table(&out, &t, NULL, 17, false);
	struct bytes rest = buf_bytes(&out);
	assert_non_null(strstr(buf_text(&out), "Lec  x··x··x"));
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		struct bytes line = {rest.at, (size_t)(end - rest.at)};
		assert_true(text_columns(line) <= 17);
		rest = (struct bytes){end + 1, rest.len - line.len - 1};
	}
}

static void a_ribbon_is_letters_with_the_time_and_their_meaning(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	static const char *const words[] = {"teacher", "quiet"};
	struct ribbon r = {"half a minute a letter", 30000, "TTQ.T", words, "TQ"};
	chart_ribbon(&out, &r, 40);
	assert_string_equal(buf_text(&out),
		"half a minute a letter\n  0:00  TTQ.T\nT teacher, Q quiet\n\n");
}

static void wide_characters_keep_the_columns_straight(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	const char *rows[] = {"日本", "e\xcc\x81", "abcd"}, *column = "n";
	double cells[] = {1, 1, 1};
	struct table_figure t = {
		"t", DRAW_BARS, UNIT_COUNT, rows, &column, 3, 1, cells, NULL, NAN};
	chart_table(&out, &t, NULL, 40, true);
	assert_string_equal(buf_text(&out), "t\n日本  1\ne\xcc\x81     1\nabcd  1\n\n");
}

int main(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bars_are_as_long_as_their_numbers_and_say_them),
		cmocka_unit_test(plain_lines_have_words_and_numbers_only),
		cmocka_unit_test(seats_have_a_shade_and_a_number),
		cmocka_unit_test(
			a_sheet_marks_what_was_seen_and_wraps_at_the_screens_edge),
		cmocka_unit_test(a_ribbon_is_letters_with_the_time_and_their_meaning),
		cmocka_unit_test(wide_characters_keep_the_columns_straight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
