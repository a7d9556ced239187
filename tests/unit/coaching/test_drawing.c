/* core/coaching/html.h and drawing.h: what a report's page is made of. */
#include "tests/test.h"

#include <math.h>

#include "core/coaching/drawing.h"
#include "core/coaching/html.h"
#include "core/coaching/instruments/instrument.h"
#include "tests/unit/base/catalogue.h"

static size_t occurrences(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
		count++;
	return count;
}

static void what_a_person_wrote_is_escaped_and_cleaned(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	html_cstr(&out, "<script>\"a\" & b\033[31m\xe2\x80\xae");
	assert_string_equal(buf_text(&out), "&lt;script&gt;&quot;a&quot; &amp; b[31m");
	buf_clear(&out);
	html_lines(&out, bytes_text("one\ntwo"));
	assert_string_equal(buf_text(&out), "one<br>\ntwo");
}

static void a_page_is_whole_in_itself(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	html_begin(&out, "A & B");
	html_end(&out);
	const char *page = buf_text(&out);
	assert_non_null(strstr(page, "<html lang=\"en\" dir=\"ltr\">"));
	assert_non_null(strstr(page, "<title>A &amp; B</title>"));
	assert_non_null(strstr(page, "not an evaluation"));
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "src="));
	assert_null(strstr(page, "href="));
	assert_null(strstr(page, "url("));
}

/* Something of every family, for every shipped instrument. */
static void record(const struct instrument *in, struct event *events, size_t count,
	struct arena *arena)
{
	static const enum event_kind kinds[] = {EVENT_POINT, EVENT_START, EVENT_EXCLUSIVE,
		EVENT_INTERVAL, EVENT_SWEEP, EVENT_POINT, EVENT_MOVE, EVENT_SCRIPT,
		EVENT_POINT, EVENT_POINT};
	for (size_t i = 0; i < count; i++) {
		struct event *e = &events[i];
		*e = (struct event){.t_ms = i * 7000, .kind = kinds[in->family]};
		if (in->family == FAMILY_TIMER && i % 2 == 1)
			e->kind = EVENT_STOP;
		if (in->code_count > 0)
			e->code = in->codes[i % in->code_count].word;
		e->text = bytes_text("<b>why</b>");
		e->subj = bytes_text(arena_format(arena, "S%zu", 1 + i % 7));
		e->x = in->family == FAMILY_SWEEP ? (double)(1 + i / 7) : (double)(i % 5);
		e->y = (double)(i % 3);
	}
}

static void every_picture_has_a_title_and_its_numbers_beside_it(void **state)
{
	(void)state;
	size_t count;
	const struct instrument *all = instruments_shipped(&count);
	for (size_t i = 0; i < count; i++) {
		CLEAN_ARENA struct arena arena = {0};
		CLEAN_BUF struct buf out = {0};
		struct event events[60];
		struct recording r = {.events = events, .count = 60, .length_ms = 420000};
		struct figures f;
		record(&all[i], events, 60, &arena);
		instrument_figures(&all[i], &r, &arena, &f);
		drawing_add(&out, &f, NULL);
		const char *page = buf_text(&out);
		assert_true(f.n > 0);
		assert_int_equal(
			occurrences(page, "<svg "), occurrences(page, "<title id="));
		assert_int_equal(occurrences(page, "<svg "), occurrences(page, "</svg>"));
		assert_int_equal(
			occurrences(page, "<figure>"), occurrences(page, "</figure>"));
		assert_int_equal(
			occurrences(page, "<table"), occurrences(page, "</table>"));
		assert_int_equal(
			occurrences(page, "<figure>"), f.table_count + f.ribbon_count);
		assert_null(strstr(page, "<b>"));
		assert_null(strstr(page, "nan"));
		assert_null(strstr(page, "inf\""));
	}
}

static double channel(unsigned v)
{
	double c = v / 255.0;
	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(const char *colour)
{
	unsigned r, g, b;
	assert_int_equal(sscanf(colour, "#%2x%2x%2x", &r, &g, &b), 3);
	return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
}

static double contrast(double a, double b)
{
	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void words_on_every_shade_keep_a_contrast_of_four_and_a_half(void **state)
{
	(void)state;
	for (unsigned k = 0; k <= 100; k++) {
		CLEAN_BUF struct buf out = {0};
		const char *row = "S1", *column = "%";
		double cell = k;
		struct table_figure t = {.title = "t",
			.drawing = DRAW_SEATS,
			.unit = UNIT_PERCENT,
			.rows = &row,
			.columns = &column,
			.row_count = 1,
			.column_count = 1,
			.cells = &cell,
			.mark = NAN};
		drawing_table(&out, &t, NULL, "x");
		const char *page = buf_text(&out);
		const char *fill = strstr(page, "fill=\"#"),
			   *words = fill != NULL ? strstr(fill, "fill:#") : NULL;
		assert_non_null(fill);
		assert_non_null(words);
		assert_true(contrast(luminance(fill + 6), luminance(words + 5)) >= 4.5);
	}
}

static void seats_stand_where_the_room_has_them(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	const char *rows[] = {"S1", "S2"}, *column = "n";
	double cells[] = {1, 2};
	struct seat_place places[] = {{3, 1}, {0, 0}};
	struct floor_plan plan = {places, 2, 2, 4};
	struct table_figure t = {.title = "t",
		.drawing = DRAW_SEATS,
		.unit = UNIT_COUNT,
		.rows = rows,
		.columns = &column,
		.row_count = 2,
		.column_count = 1,
		.cells = cells,
		.mark = NAN};
	drawing_table(&out, &t, &plan, "x");
	assert_non_null(strstr(buf_text(&out), "x=\"171.0\" y=\"82.0\""));
	assert_non_null(strstr(buf_text(&out), "x=\"3.0\" y=\"26.0\""));
}

static const char *bars_of(struct buf *out, size_t columns)
{
	const char *rows[] = {"L", "Ind"}, *heads[] = {"of intervals", "of codes"};
	double cells[] = {40, 21, 7, 4};
	struct table_figure t = {.title = "t",
		.drawing = DRAW_BARS,
		.unit = UNIT_PERCENT,
		.rows = rows,
		.columns = heads,
		.row_count = 2,
		.column_count = columns,
		.cells = cells,
		.mark = NAN};
	drawing_table(out, &t, NULL, "x");
	return buf_text(out);
}

static void two_series_of_bars_are_named_and_differ_without_colour(void **state)
{
	(void)state;
	CLEAN_BUF struct buf one = {0};
	CLEAN_BUF struct buf two = {0};
	const char *page = bars_of(&two, 2);
	assert_int_equal(occurrences(page, "url(#x-h)"), 3); /* two bars and the legend */
	assert_int_equal(occurrences(page, "of codes"), 2);  /* legend and table */
	page = bars_of(&one, 1);
	assert_null(strstr(page, "url("));
	assert_int_equal(occurrences(page, "of intervals"), 1);
}

static void a_row_of_many_numbers_stands_as_a_column_and_says_what_is_aimed_at(
	void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	const char *row = "who answers", *columns[20];
	double cells[20];
	for (size_t i = 0; i < 20; i++) {
		columns[i] = "d";
		cells[i] = (double)i;
	}
	struct table_figure t = {.title = "t",
		.drawing = DRAW_LINE,
		.unit = UNIT_PERCENT,
		.rows = &row,
		.columns = columns,
		.row_count = 1,
		.column_count = 20,
		.cells = cells,
		.mark = 60};
	drawing_table(&out, &t, NULL, "x");
	assert_int_equal(occurrences(buf_text(&out), "<tr>"), 5);
	assert_non_null(strstr(buf_text(&out), ">60 %<"));
}

/* The words of a page in a language from right to left, in the order of their keys. */
static const struct message arabic[] = {
	MESSAGE("", "Content-Type: text/plain; charset=UTF-8\n"),
	MESSAGE("Written for peer coaching; not an evaluation.",
		"كُتب للتدريب بين الزملاء، وليس تقييمًا."),
	MESSAGE("decimal point\004.", "٫"),
	MESSAGE("front of the room", "مقدمة الغرفة"),
	MESSAGE("language tag\004en", "ar"),
	MESSAGE("on task", "منشغل"),
	MESSAGE("text direction\004ltr", "rtl"),
};

static void draw(struct buf *out, enum drawing drawing, double cells[2])
{
	const char *rows[] = {"on task", "at the window"}, *columns[] = {"n"};
	struct table_figure table = {.title = "t",
		.drawing = drawing,
		.unit = UNIT_INDEX,
		.rows = rows,
		.columns = columns,
		.row_count = 2,
		.column_count = 1,
		.cells = cells,
		.mark = NAN};
	drawing_table(out, &table, NULL, "a");
}

static void a_language_from_right_to_left_turns_the_page_but_not_the_room(void **state)
{
	(void)state;
	CLEAN_BUF struct buf ltr = {0}, rtl = {0}, seats = {0}, turned = {0}, page = {0};
	double cells[] = {1.5, 3};
	draw(&ltr, DRAW_BARS, cells);
	draw(&seats, DRAW_SEATS, cells);
	catalogue_begin(arabic, sizeof arabic / sizeof arabic[0]);
	html_begin(&page, "A lesson");
	html_heading(&page, 2, "شيء");
	html_paragraph(&page, bytes_text("English, said by a person"));
	html_end(&page);
	draw(&rtl, DRAW_BARS, cells);
	draw(&turned, DRAW_SEATS, cells);
	catalogue_end(NULL);

	assert_non_null(strstr(buf_text(&page), "<html lang=\"ar\" dir=\"rtl\">"));
	assert_non_null(strstr(buf_text(&page), "<h2 dir=\"auto\">شيء</h2>"));
	/* What a person wrote runs as it does, whatever the page does. */
	assert_non_null(
		strstr(buf_text(&page), "<p dir=\"auto\">English, said by a person</p>"));
	assert_non_null(strstr(buf_text(&page), "كُتب للتدريب"));
	/* Sides are said as the language reads, never as left and right. */
	assert_null(strstr(buf_text(&page), "-left"));
	assert_null(strstr(buf_text(&page), "-right"));
	assert_null(strstr(buf_text(&page), "align:left"));

	/* A bar grows from the other side; its label and number are the language's. */
	double x, wide, x_rtl, wide_rtl, all;
	assert_int_equal(
		sscanf(strstr(buf_text(&ltr), "viewBox="), "viewBox=\"0 0 %lf", &all), 1);
	assert_int_equal(sscanf(strstr(buf_text(&ltr), "<rect x"),
				 "<rect x=\"%lf\" y=\"%*f\" width=\"%lf", &x, &wide),
		2);
	assert_int_equal(
		sscanf(strstr(buf_text(&rtl), "<rect x"),
			"<rect x=\"%lf\" y=\"%*f\" width=\"%lf", &x_rtl, &wide_rtl),
		2);
	assert_true(fabs(wide - wide_rtl) < 0.2);
	assert_true(fabs(x_rtl - (all - x - wide)) < 0.2);
	assert_true(x > 10 && fabs(x - x_rtl) > 10);
	assert_non_null(strstr(buf_text(&rtl), "منشغل"));
	assert_non_null(strstr(buf_text(&rtl), "1٫50"));

	/* The seats stay where they are. */
	double seat, seat_rtl;
	assert_int_equal(
		sscanf(strstr(buf_text(&seats), "<rect x"), "<rect x=\"%lf", &seat), 1);
	assert_int_equal(
		sscanf(strstr(buf_text(&turned), "<rect x"), "<rect x=\"%lf", &seat_rtl),
		1);
	assert_true(seat == seat_rtl);
	assert_non_null(strstr(buf_text(&turned), "مقدمة الغرفة"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_person_wrote_is_escaped_and_cleaned),
		cmocka_unit_test(a_page_is_whole_in_itself),
		cmocka_unit_test(every_picture_has_a_title_and_its_numbers_beside_it),
		cmocka_unit_test(words_on_every_shade_keep_a_contrast_of_four_and_a_half),
		cmocka_unit_test(seats_stand_where_the_room_has_them),
		cmocka_unit_test(two_series_of_bars_are_named_and_differ_without_colour),
		cmocka_unit_test(
			a_row_of_many_numbers_stands_as_a_column_and_says_what_is_aimed_at),
		/* Last: the language stays. */
		cmocka_unit_test(
			a_language_from_right_to_left_turns_the_page_but_not_the_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
