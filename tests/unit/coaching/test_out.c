/* What goes out and comes in: CSV, iCalendar, Markdown. */
#include "tests/test.h"

#include <math.h>

#include "core/coaching/calendar.h"
#include "core/coaching/class_list.h"
#include "core/coaching/csv.h"
#include "core/coaching/export_formats.h"

/* ---- Writing CSV. */

static void check_cell(const char *text, const char *wanted)
{
	CLEAN_BUF struct buf out = {0};
	struct csv csv = {.out = &out};
	csv_text(&csv, bytes_text(text));
	csv_row(&csv);
	CLEAN_BUF struct buf row = {0};
	buf_add_format(&row, "%s\r\n", wanted);
	if (!bytes_equal(buf_bytes(&out), buf_bytes(&row)))
		fail_msg("%s became %s", text, buf_text(&out));
}

static void a_cell_is_quoted_where_it_must_be(void **state)
{
	(void)state;
	check_cell("", "");
	check_cell("plain 9B", "plain 9B");
	check_cell("a, b", "\"a, b\"");
	check_cell("she said \"wait\"", "\"she said \"\"wait\"\"\"");
	check_cell("two\nlines", "\"two\nlines\"");
	check_cell(" space ", "\" space \"");
	check_cell("Zoë", "Zoë");
}

static void a_text_is_never_a_formula(void **state)
{
	(void)state;
	check_cell("=1+1", "'=1+1");
	check_cell("+49 89", "'+49 89");
	check_cell("-1", "'-1");
	check_cell("@sum", "'@sum");
	check_cell("\t=1", "\"\t'=1\"");
	check_cell(" =1", "\"' =1\"");
	check_cell("a;=1+1", "\"a;'=1+1\"");
	check_cell("a\n=1", "\"a\n'=1\"");
	check_cell("a;\"=1", "\"a;'\"\"=1\"");
	check_cell("a = b", "a = b");
	check_cell("wait - then", "wait - then");
}

static void numbers_are_numbers(void **state)
{
	(void)state;
	static const char *const headings[] = {"a", "b", NULL};
	CLEAN_BUF struct buf out = {0};
	struct csv csv = {.out = &out};
	csv_begin(&csv, headings);
	csv_number(&csv, -1.5);
	csv_number(&csv, NAN);
	csv_uint(&csv, 7);
	csv_empty(&csv);
	csv_row(&csv);
	assert_string_equal(buf_text(&out), "\xEF\xBB\xBF"
					    "a,b\r\n-1.5,,7,\r\n");
}

/* ---- Reading CSV. */

/* Rows as lines, cells between bars. */
static const char *read_all(struct arena *arena, const char *file)
{
	struct csv_reader reader;
	struct csv_row row;
	struct why why = {0};
	const char *all = "";
	bool more;
	enum err e = csv_open(bytes_text(file), &reader, &why);
	while (e == OK && (e = csv_next(&reader, arena, &row, &more, &why)) == OK &&
		more) {
		all = arena_format(arena, "%s%u", all, reader.line);
		for (size_t i = 0; i < row.count; i++)
			all = arena_format(
				arena, "%s|%s", all, arena_string(arena, row.cells[i]));
		all = arena_format(arena, "%s\n", all);
	}
	return e == OK ? all : arena_text(arena, why.text);
}

static void rows_are_read_as_spreadsheets_write_them(void **state)
{
	(void)state;
	static const struct {
		const char *file, *rows;
	} cases[] = {
		{"", ""},
		{"\n\r\n , \n", ""},
		{"a,b\nc,d", "1|a|b\n2|c|d\n"},
		{"a,b\r\nc,d\r\n", "1|a|b\n2|c|d\n"},
		{"a,b\rc,d\r", "1|a|b\n2|c|d\n"},
		{"a;b\nc,d;e", "1|a|b\n2|c,d|e\n"},
		{"a\tb\nc\td", "1|a|b\n2|c|d\n"},
		{"\xEF\xBB\xBF"
		 "a,b",
			"1|a|b\n"},
		{"\"a, b\",c", "1|a, b|c\n"},
		{"\"say \"\"hi\"\"\",c", "1|say \"hi\"|c\n"},
		{"\"two\nlines\",c\nd,e", "1|two\nlines|c\n3|d|e\n"},
		{"  \"a\"  , b ", "1|a|b\n"},
		{"O\"Neill,b", "1|O\"Neill|b\n"},
		{"\n\na,b", "3|a|b\n"},
		{"a,,\n", "1|a||\n"},
		{"\"a;b;c\",d", "1|a;b;c|d\n"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_ARENA struct arena arena = {0};
		assert_string_equal(read_all(&arena, cases[i].file), cases[i].rows);
	}
}

static void a_file_that_is_no_csv_gets_its_sentence(void **state)
{
	(void)state;
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf many = {0};
	assert_non_null(strstr(read_all(&arena, "a,b\nc,\"d"), "line 2: a quote"));
	assert_non_null(strstr(read_all(&arena, "Zo\xEB"), "CSV UTF-8"));
	assert_non_null(strstr(read_all(&arena, "\xFF\xFE"
						"a"),
		"CSV UTF-8"));
	for (size_t i = 0; i < CSV_CELLS_MAX; i++)
		buf_add_u8(&many, ',');
	assert_non_null(strstr(read_all(&arena, buf_text(&many)), "more than 64"));
	buf_clear(&many);
	memset(buf_extend(&many, CSV_FILE_MAX + 1), 'a', CSV_FILE_MAX + 1);
	assert_non_null(strstr(read_all(&arena, buf_text(&many)), "1 MiB"));
}

/* ---- A class list. */

static const char *read_list(struct arena *arena, const char *file)
{
	struct name_entry *entries;
	size_t count;
	struct why why = {0};
	const char *all = "";
	if (class_list_read(bytes_text(file), arena, &entries, &count, &why) != OK)
		return arena_text(arena, why.text);
	for (size_t i = 0; i < count; i++)
		all = arena_format(arena, "%s%s%u %s", all, i > 0 ? ", " : "",
			entries[i].seat, entries[i].name);
	return all;
}

static void a_class_list_is_read_whatever_its_columns(void **state)
{
	(void)state;
	static const struct {
		const char *file, *names;
	} cases[] = {
		{"Ann\nBob", "1 Ann, 2 Bob"},
		{"seat,name\n3,Ann\n1,Bob", "3 Ann, 1 Bob"},
		{"name;seat\nAnn;3", "3 Ann"},
		{"3,Ann\n1,Bob", "3 Ann, 1 Bob"},
		{"Ann,3\nBob,1", "3 Ann, 1 Bob"},
		{"Nr.;Nachname;Vorname;Klasse\n7;Berg;Ann;9B", "7 Ann Berg"},
		{"Prénom;NOM\nZoé;Petit", "1 Zoé Petit"},
		{"NAME\n\n\"Berg, Ann\"\n", "1 Berg, Ann"},
		{"Ann\n\"Bo\nb\"", "1 Ann, 2 Bo b"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_ARENA struct arena arena = {0};
		assert_string_equal(read_list(&arena, cases[i].file), cases[i].names);
	}
}

/* ---- iCalendar. */

static void check_line(const char *summary, const char *wanted)
{
	CLEAN_BUF struct buf out = {0};
	struct calendar_entry entry = {.summary = summary,
		.place = "",
		.text = "",
		.start = {{2027, 1, 31}, 10, 10}};
	calendar_add(&out, &entry, 1);
	if (strstr(buf_text(&out), wanted) == NULL)
		fail_msg("%s lacks %s", buf_text(&out), wanted);
}

static void text_is_escaped_and_controls_are_left_out(void **state)
{
	(void)state;
	check_line("a, b; c\\d\ne: \"f\"", "\r\nSUMMARY:a\\, b\\; c\\\\d\\ne: \"f\"\r\n");
	check_line("a\033[31mb\r", "\r\nSUMMARY:a[31mb\r\n");
	check_line("BEGIN:VALARM\nX", "\r\nSUMMARY:BEGIN:VALARM\\nX\r\n");
}

static void no_line_is_longer_than_75_octets_and_no_letter_is_cut(void **state)
{
	(void)state;
	CLEAN_BUF struct buf long_text = {0};
	for (size_t len = 0; len < 200; len++) {
		CLEAN_BUF struct buf out = {0}, unfolded = {0};
		size_t column = 0;
		buf_add_text(&long_text, len % 3 == 0 ? "é" : len % 3 == 1 ? "語" : "a");
		struct calendar_entry entry = {.summary = buf_text(&long_text),
			.place = "",
			.text = "",
			.start = {{2027, 1, 31}, -1, -1}};
		calendar_add(&out, &entry, 1);
		for (size_t i = 0; i < out.len; i++) {
			if (i + 2 < out.len && memcmp(out.at + i, "\r\n ", 3) == 0) {
				i += 2;
				column = 1;
				assert_true(i + 1 == out.len ||
					    (out.at[i + 1] & 0xC0) != 0x80);
				continue;
			}
			column = out.at[i] == '\n' ? 0 : column + 1;
			assert_true(column <= 75 || out.at[i] == '\r');
			buf_add_u8(&unfolded, out.at[i]);
		}
		CLEAN_BUF struct buf wanted = {0};
		buf_add_format(&wanted, "\r\nSUMMARY:%s\r\n", buf_text(&long_text));
		assert_non_null(strstr(buf_text(&unfolded), buf_text(&wanted)));
	}
}

static void times_are_as_they_were_written_down(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	struct calendar_entry entry = {.summary = "x", .place = "", .text = ""};
	entry.minutes = 20;
	assert_true(calendar_when("2027-01-31 10:10", &entry.start));
	calendar_add(&out, &entry, 1795520527);
	assert_non_null(strstr(buf_text(&out), "\r\nDTSTAMP:20261124T114207Z\r\n"));
	assert_non_null(strstr(
		buf_text(&out), "\r\nDTSTART:20270131T101000\r\nDURATION:PT20M\r\n"));
	buf_clear(&out);
	assert_true(calendar_when("2027-01-31", &entry.start));
	calendar_add(&out, &entry, 1);
	assert_non_null(strstr(buf_text(&out), "\r\nDTSTART;VALUE=DATE:20270131\r\n"));
	assert_null(strstr(buf_text(&out), "DURATION"));
	static const char *const none[] = {"", "tuesday", "2027-02-30", "2027-1-31",
		"2027-01-31 24:00", "2027-01-31 10:10 x", "2027-01-31 10", "x2027-01-31"};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(calendar_when(none[i], &entry.start));
}

/* ---- Markdown. */

static void markdown_reads_as_it_was_written(void **state)
{
	(void)state;
	static const struct {
		const char *text, *markdown;
	} cases[] = {
		{"Ask, then wait.", "Ask, then wait."},
		{"# no heading", "\\# no heading"},
		{"*no* _stress_ `code`", "\\*no\\* \\_stress\\_ \\`code\\`"},
		{"<script>", "\\<script\\>"},
		{"[a](b) &amp;", "\\[a\\](b) \\&amp;"},
		{"1. one\n2) two\n3 three", "1\\. one  \n2\\) two  \n3 three"},
		{"- a\n+ b\n-c\n--- d", "\\- a  \n\\+ b  \n-c  \n\\--- d"},
		{"a\n\nb", "a\n\nb"},
		{"    no code", "no code"},
		{"a\033[2J", "a\\[2J"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf out = {0};
		export_markdown_text(&out, bytes_text(cases[i].text));
		assert_string_equal(buf_text(&out), cases[i].markdown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_is_quoted_where_it_must_be),
		cmocka_unit_test(a_text_is_never_a_formula),
		cmocka_unit_test(numbers_are_numbers),
		cmocka_unit_test(rows_are_read_as_spreadsheets_write_them),
		cmocka_unit_test(a_file_that_is_no_csv_gets_its_sentence),
		cmocka_unit_test(a_class_list_is_read_whatever_its_columns),
		cmocka_unit_test(text_is_escaped_and_controls_are_left_out),
		cmocka_unit_test(no_line_is_longer_than_75_octets_and_no_letter_is_cut),
		cmocka_unit_test(times_are_as_they_were_written_down),
		cmocka_unit_test(markdown_reads_as_it_was_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
