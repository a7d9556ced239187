#include "tests/test.h"

#include <locale.h>

#include "cli/text.h"
#include "core/base/columns.h"

static int use_utf8(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") != NULL ? 0 : -1;
}

static void width_counts_columns(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t width;
	} cases[] = {
		{"", 0}, {"abc", 3}, {"漢字", 4}, /* wide */
		{"e\xcc\x81", 1},                 /* a combining accent takes none */
		{"ｱ", 1},                         /* half width */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(text_columns(bytes_text(cases[i].text)), cases[i].width);
}

static void cut_never_exceeds_the_width_nor_splits_a_character(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t width;
		const char *cut;
	} cases[] = {
		{"abcdef", 6, "abcdef"},
		{"abcdef", 4, "abc…"},
		{"漢字漢字", 5, "漢字…"},
		{"漢字漢字", 4, "漢…"}, /* half a character is none */
		{"abc", 1, "…"},
		{"e\u0301e\u0301e\u0301", 2,
			"e\u0301…"}, /* nor an accent from its letter */
		{"👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"},
		{"👩‍👩‍👧👩‍👩‍👧", 2,
			"…"}, /* half a family is none */
		{"abc", 0, ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf out = {0};
		size_t taken =
			text_add_cut(&out, bytes_text(cases[i].text), cases[i].width);
		assert_string_equal(buf_text(&out), cases[i].cut);
		assert_int_equal(taken, text_columns(buf_bytes(&out)));
		assert_true(taken <= cases[i].width);
	}
}

static void columns_align_by_width(void **state)
{
	(void)state;
	struct table table = {.columns = 2};
	table_cstr(&table, "漢");
	table_cstr(&table, "one");
	table_cstr(&table, "abc");
	table_cstr(&table, "two");
	CLEAN_BUF struct buf out = {0};
	table_write(&table, &out, 0, 1);
	assert_string_equal(buf_text(&out), "漢   one\nabc  two\n");
	table_release(&table);
}

static void empty_cell_leaves_no_spaces_at_the_end(void **state)
{
	(void)state;
	struct table table = {.columns = 3};
	const char *const cells[] = {"a", "", "", "bbb", "cc", "d"};
	for (size_t i = 0; i < 6; i++)
		table_cstr(&table, cells[i]);
	CLEAN_BUF struct buf out = {0};
	table_write(&table, &out, 0, 1);
	assert_string_equal(buf_text(&out), "a\nbbb  cc  d\n");
	table_release(&table);
}

static void narrow_screen_cuts_the_column_that_gives(void **state)
{
	(void)state;
	struct table table = {.columns = 2};
	table_cstr(&table, "g-12345");
	table_cstr(&table, "a title that is longer than the screen");
	CLEAN_BUF struct buf out = {0};
	table_write(&table, &out, 24, 1);
	assert_string_equal(buf_text(&out), "g-12345  a title that i…\n");
	table_release(&table);
}

static void cell_cannot_drive_the_terminal(void **state)
{
	(void)state;
	struct table table = {.columns = 1};
	table_cstr(&table, "a\033[2Jb\nc\xe2\x80\xaez");
	CLEAN_BUF struct buf out = {0};
	table_write(&table, &out, 0, 0);
	assert_null(strchr(buf_text(&out), '\033'));
	assert_ptr_equal(strchr(buf_text(&out), '\n'), buf_text(&out) + out.len - 1);
	assert_null(strstr(buf_text(&out), "\xe2\x80\xae"));
	table_release(&table);
}

static void indented_text_keeps_its_lines(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	text_add_indented(&out, bytes_text("one\n\ntwo"), 2);
	assert_string_equal(buf_text(&out), "  one\n\n  two\n");
}

static void running_text_is_wrapped_at_its_words(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t at, indent, width;
		const char *wrapped;
	} cases[] = {
		{"one two three", 0, 0, 80, "one two three\n"},
		{"one two three", 0, 2, 7, "one two\n  three\n"},
		{"one two three", 4, 4, 7, "one\n    two\n    three\n"},
		{"one\ntwo   three", 0, 0, 80, "one two three\n"},
		{"immeasurable x", 0, 0, 5, "immeasurable\nx\n"},
		{"漢字 漢字", 0, 0, 8, "漢字\n漢字\n"}, /* nine columns */
		{"", 0, 0, 80, "\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf out = {0};
		text_add_wrapped(&out, bytes_text(cases[i].text), cases[i].at,
			cases[i].indent, cases[i].width);
		assert_string_equal(buf_text(&out), cases[i].wrapped);
	}
}

static void entry_that_is_too_wide_has_a_line_of_its_own(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	text_add_entry(&out, bytes_text("--a"), bytes_text("one two"), 7, 12);
	text_add_entry(&out, bytes_text("--long"), bytes_text("three"), 7, 12);
	assert_string_equal(buf_text(&out), "  --a  one\n       two\n"
					    "  --long\n       three\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_counts_columns),
		cmocka_unit_test(cut_never_exceeds_the_width_nor_splits_a_character),
		cmocka_unit_test(columns_align_by_width),
		cmocka_unit_test(empty_cell_leaves_no_spaces_at_the_end),
		cmocka_unit_test(narrow_screen_cuts_the_column_that_gives),
		cmocka_unit_test(cell_cannot_drive_the_terminal),
		cmocka_unit_test(indented_text_keeps_its_lines),
		cmocka_unit_test(running_text_is_wrapped_at_its_words),
		cmocka_unit_test(entry_that_is_too_wide_has_a_line_of_its_own),
	};
	return cmocka_run_group_tests(tests, use_utf8, NULL);
}
