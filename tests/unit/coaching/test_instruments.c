/* core/coaching/instruments: each formula against a case worked out by hand. */
#include "tests/test.h"

#include <math.h>

#include "core/coaching/instruments/instrument.h"

/* ---- A recording from lines: "SECONDS KIND CODE [mod=M] [subj=S] [x=X] [y=Y] [text=…]",
 * blanks in a code written as _. */

struct lesson {
	struct arena arena;
	struct event events[2048];
	struct gap gaps[4];
	struct recording recording;
};

static const char *const kinds[] = {"point", "start", "stop", "exclusive", "interval",
	"sweep", "script", "moment", "move"};

static struct bytes word(struct lesson *lesson, const char *text)
{
	char *copy = arena_text(&lesson->arena, text);
	for (char *c = copy; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	return bytes_text(copy);
}

static void add_line(struct lesson *lesson, char *line)
{
	struct event *event = &lesson->events[lesson->recording.count++];
	*event = (struct event){.x = NAN, .y = NAN};
	char *rest = NULL;
	event->t_ms = (uint64_t)(atof(strtok_r(line, " ", &rest)) * 1000 + 0.5);
	const char *kind = strtok_r(NULL, " ", &rest);
	for (size_t i = 0; i < 9; i++)
		if (strcmp(kind, kinds[i]) == 0)
			event->kind = (enum event_kind)i;
	const char *part = strtok_r(NULL, " ", &rest);
	if (part != NULL && strcmp(part, "-") != 0)
		event->code = word(lesson, part);
	while ((part = strtok_r(NULL, " ", &rest)) != NULL) {
		if (strncmp(part, "mod=", 4) == 0)
			event->mod = word(lesson, part + 4);
		if (strncmp(part, "subj=", 5) == 0)
			event->subj = word(lesson, part + 5);
		if (strncmp(part, "text=", 5) == 0)
			event->text = word(lesson, part + 5);
		if (strncmp(part, "x=", 2) == 0)
			event->x = atof(part + 2);
		if (strncmp(part, "y=", 2) == 0)
			event->y = atof(part + 2);
	}
}

static struct lesson *lesson(unsigned length_s, const char *lines)
{
	struct lesson *lesson = mem_new(sizeof *lesson);
	lesson->recording = (struct recording){.events = lesson->events,
		.gaps = lesson->gaps,
		.length_ms = (uint64_t)length_s * 1000};
	char *copy = mem_text(lines), *rest = NULL;
	for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest))
		add_line(lesson, line);
	mem_free(copy);
	return lesson;
}

static void lesson_end(struct lesson *lesson)
{
	arena_release(&lesson->arena);
	mem_free(lesson);
}

static struct figures figures(struct lesson *lesson, const char *instrument)
{
	struct figures out;
	const struct instrument *found = instrument_find(instrument);
	assert_non_null(found);
	instrument_figures(found, &lesson->recording, &lesson->arena, &out);
	return out;
}

static const struct figure *the(const struct figures *figures, const char *name)
{
	const struct figure *figure = figures_find(figures, name);
	if (figure == NULL)
		print_error("no figure \"%s\"\n", name);
	assert_non_null(figure);
	return figure;
}

#define assert_figure(figures, name, expected)                                           \
	do {                                                                             \
		const struct figure *figure_ = the(figures, name);                       \
		assert_true(figure_->is_known);                                          \
		if (fabs(figure_->value - (expected)) > 0.005)                           \
			print_error("%s is %f\n", name, figure_->value);                 \
		assert_true(fabs(figure_->value - (expected)) <= 0.005);                 \
	} while (0)
#define assert_unknown(figures, name) assert_false(the(figures, name)->is_known)

static const struct table_figure *table(const struct figures *figures, const char *title)
{
	for (size_t i = 0; i < figures->table_count; i++)
		if (strcmp(figures->tables[i].title, title) == 0)
			return &figures->tables[i];
	fail_msg("no table \"%s\"", title);
	return NULL;
}

/* ---- */

static void every_shipped_instrument_reads_and_counts_an_empty_lesson(void **state)
{
	(void)state;
	size_t count;
	const struct instrument *all = instruments_shipped(&count);
	assert_int_equal(count, 16);
	for (size_t i = 0; i < count; i++) {
		struct lesson *empty = lesson(0, "");
		struct figures f;
		assert_true(all[i].source.len > 0);
		instrument_figures(&all[i], &empty->recording, &empty->arena, &f);
		assert_int_equal(f.n, 0);
		for (size_t k = 0; k < f.count; k++) {
			assert_true(!f.items[k].is_known || f.items[k].value == 0);
			assert_true(
				f.items[k].unit != UNIT_PERCENT || !f.items[k].is_known);
		}
		lesson_end(empty);
	}
}

static void questions_are_counted_by_level_with_procedural_ones_apart(void **state)
{
	(void)state;
	struct lesson *l = lesson(600, "1 point lower\n2 point lower\n3 point lower "
				       "mod=follow_up\n4 point lower\n5 point lower\n"
				       "6 point lower\n7 point higher\n8 point higher\n9 "
				       "point higher\n10 point higher\n"
				       "11 point procedural\n12 point procedural\n");
	struct figures f = figures(l, "questions");
	assert_int_equal(f.n, 12);
	assert_figure(&f, "questions", 12);
	assert_figure(&f, "questions per minute", 1.2);
	assert_figure(&f, "higher of lower and higher", 40.0);
	assert_figure(&f, "procedural", 2);
	lesson_end(l);
}

static void fewer_than_ten_events_are_counts_not_percentages(void **state)
{
	(void)state;
	struct lesson *l = lesson(60, "1 point lower\n2 point lower\n3 point higher\n");
	struct figures f = figures(l, "questions");
	const struct figure *share = the(&f, "higher of lower and higher");
	assert_int_equal(share->unit, UNIT_COUNT);
	assert_int_equal(share->of, 3);
	CLEAN_BUF struct buf text = {0};
	figure_text(share, ".", &text);
	assert_string_equal(buf_text(&text), "1 of 3");
	lesson_end(l);
}

static void praise_to_correction_is_a_ratio_in_decimals_and_whole_numbers(void **state)
{
	(void)state;
	struct lesson *l =
		lesson(300, "1 point specific_praise\n2 point specific_praise\n3 point "
			    "general_praise\n4 point general_praise\n"
			    "5 point general_praise\n6 point general_praise\n7 point "
			    "correction\n8 point correction\n"
			    "9 point correction\n10 point reprimand\n");
	struct figures f = figures(l, "praise");
	assert_figure(&f, "praise to correction", 1.5);
	assert_non_null(figures_find(&f, "in lowest whole numbers 3 : 2"));
	assert_figure(&f, "praise per minute", 1.2);
	assert_int_equal(the(&f, "specific praise")->of, 6);
	lesson_end(l);
	l = lesson(300, "1 point general_praise\n");
	f = figures(l, "praise");
	assert_unknown(&f, "praise to correction");
	lesson_end(l);
}

static void wait_time_is_from_the_last_question_to_the_answer(void **state)
{
	(void)state;
	/* Waits after questions: 1, 2, 3, 4 s; one question asked anew. After answers: 2
	 * s. */
	struct lesson *l = lesson(120,
		"10 point question_ends\n11 point pupil_starts\n15 point pupil_ends\n17 "
		"point teacher_starts\n"
		"20 point question_ends\n22 point pupil_starts\n"
		"30 point question_ends\n31 point question_ends\n34 point pupil_starts\n"
		"40 point question_ends\n44 point pupil_starts\n");
	struct figures f = figures(l, "wait");
	assert_figure(&f, "questions that an answer followed", 4);
	assert_figure(&f, "asked anew before anybody answered", 1);
	assert_figure(&f, "wait after a question, median", 2.5);
	assert_figure(&f, "wait after a question, lower quartile", 1.5);
	assert_figure(&f, "wait after a question, upper quartile", 3.5);
	assert_figure(&f, "waits of 3 s or more after a question", 2);
	assert_figure(&f, "wait after an answer, median", 2.0);
	lesson_end(l);
}

static void a_wait_with_a_gap_in_it_is_not_known(void **state)
{
	(void)state;
	struct lesson *l = lesson(60, "10 point question_ends\n40 point pupil_starts\n");
	l->gaps[0] = (struct gap){20000, 8000};
	l->recording.gap_count = 1;
	struct figures f = figures(l, "wait");
	assert_unknown(&f, "wait after a question, median");
	lesson_end(l);
}

static void talk_is_shares_of_the_time_observed(void **state)
{
	(void)state;
	/* T 0–60, S 60–90, T 90–100, Q 100–120; 10 s of gap inside the first. */
	struct lesson *l = lesson(120, "0 exclusive teacher\n60 exclusive pupil\n70 "
				       "exclusive pupil\n90 exclusive teacher\n"
				       "100 exclusive quiet\n");
	l->gaps[0] = (struct gap){20000, 10000};
	l->recording.gap_count = 1;
	struct figures f = figures(l, "talk");
	assert_figure(&f, "teacher", 100.0 * 60 / 110);
	assert_figure(&f, "pupil", 100.0 * 30 / 110);
	assert_figure(&f, "groups", 0);
	assert_figure(&f, "longest time the teacher talked", 50000);
	assert_figure(&f, "median time the teacher talked", 30000);
	assert_figure(&f, "changes per minute", 3.0 / (110.0 / 60));
	assert_string_equal(f.ribbons[0].letters, "TTSQ");
	lesson_end(l);
}

/* The published tallies: n = 5 67 75 76 112 0 0 71 84 1, N = 491 (DOMAIN §2.2). */
static void flanders_ratios_are_those_of_the_published_tallies(void **state)
{
	(void)state;
	static const unsigned n[] = {5, 67, 75, 76, 112, 0, 0, 71, 84, 1};
	static const char *const words[] = {"accepts_feeling", "praises_or_encourages",
		"uses_pupils'_ideas", "asks", "lectures", "directs",
		"criticises_or_justifies_authority", "pupil_responds", "pupil_initiates",
		"silence_or_confusion"};
	CLEAN_BUF struct buf lines = {0};
	unsigned t = 0;
	for (size_t i = 0; i < 10; i++)
		for (unsigned k = 0; k < n[i]; k++, t += 3)
			buf_add_format(&lines, "%u interval %s\n", t, words[i]);
	struct lesson *l = lesson(t, buf_text(&lines));
	struct figures f = figures(l, "flanders");
	assert_int_equal(f.n, 491);
	assert_figure(&f, "teacher talk (TT)", 68.23);
	assert_figure(&f, "pupil talk (PT)", 31.57);
	assert_figure(&f, "silence or confusion (SC)", 0.20);
	assert_figure(&f, "indirect to direct (I/D)", 1.99);
	assert_figure(&f, "teacher response ratio (TRR)", 100);
	assert_figure(&f, "teacher question ratio (TQR)", 40.43);
	assert_figure(&f, "pupil initiation ratio (PIR)", 54.19);
	assert_unknown(&f, "indirect to direct, motivation and control (i/d)");
	/* All codes stand in blocks: pairs within a block are steady.
	 * 5+67+75+76+112+71+84 less one each, and the closing 10 after the last 10. */
	assert_figure(&f, "steady state ratio (SSR)", 100.0 * (490 - 7 + 1) / 491);
	lesson_end(l);
}

static void flanders_on_change_is_spread_to_three_seconds(void **state)
{
	(void)state;
	/* 5 for 18 s is six codes, 4 for 6 s two, 8 for 1 s one, 10 for 5 s two. */
	struct lesson *l = lesson(30,
		"0 exclusive lectures\n18 exclusive asks\n24 exclusive pupil_responds\n"
		"25 exclusive silence_or_confusion\n");
	struct figures f = figures(l, "flanders");
	assert_int_equal(f.n, 11);
	assert_string_equal(f.ribbons[0].letters, "55555544800");
	const struct table_figure *m = table(&f, "what followed what");
	assert_true(m->cells[4 * 10 + 4] == 5); /* 5 after 5 */
	assert_true(m->cells[9 * 10 + 4] == 1); /* the 10 put before */
	double rows = 0, columns = 0;
	for (size_t i = 0; i < 10; i++) {
		rows += m->cells[3 * 10 + i];
		columns += m->cells[i * 10 + 3];
	}
	assert_true(rows == 2 && columns == 2);
	lesson_end(l);
}

static void copus_counts_intervals_and_marks_and_says_what_it_left_out(void **state)
{
	(void)state;
	/* Ten whole intervals and 50 s: the last is too short. Lec in 10, L in 10, SQ
	 * in 2. */
	CLEAN_BUF struct buf lines = {0};
	for (unsigned i = 0; i < 11; i++)
		buf_add_format(&lines, "%u interval Lec\n%u interval L\n", i * 120 + 5,
			i * 120 + 6);
	buf_add_text(&lines, "130 interval SQ\n140 interval SQ\n500 interval SQ\n");
	struct lesson *l = lesson(1250, buf_text(&lines));
	struct figures f = figures(l, "copus");
	assert_figure(&f, "intervals", 10);
	assert_figure(&f, "last interval too short, left out", 1);
	assert_figure(&f, "marks", 22);
	assert_figure(&f, "students: receiving", 100);
	assert_figure(&f, "students: talking to the class", 20);
	assert_figure(&f, "instructor: presenting", 100);
	assert_figure(&f, "instructor: guiding", 0);
	const struct table_figure *pupils = table(&f, "what pupils did");
	assert_string_equal(pupils->rows[0], "L");
	assert_true(pupils->cells[0] == 100);
	assert_true(fabs(pupils->cells[1] - 100.0 * 10 / 12) < 0.01);
	lesson_end(l);
}

static void copus_keeps_a_last_interval_of_half_its_length(void **state)
{
	(void)state;
	struct lesson *l = lesson(180, "130 interval Lec\n");
	struct figures f = figures(l, "copus");
	assert_figure(&f, "intervals", 2);
	lesson_end(l);
}

static void at_task_is_a_share_by_round_and_by_seat(void **state)
{
	(void)state;
	/* Ten seats, two rounds: 8 of 10, then 6 of 10. */
	CLEAN_BUF struct buf lines = {0};
	for (unsigned round = 1; round <= 2; round++)
		for (unsigned seat = 1; seat <= 10; seat++)
			buf_add_format(&lines, "%u sweep %s subj=S%u x=%u\n",
				round * 60 + seat * 4,
				seat <= (round == 1 ? 8u : 6u) ? "on_task" : "off_task",
				seat, round);
	struct lesson *l = lesson(240, buf_text(&lines));
	struct figures f = figures(l, "sweep");
	assert_figure(&f, "looks", 20);
	assert_figure(&f, "on task", 70);
	assert_figure(&f, "on task, median of the rounds", 70);
	const struct table_figure *map = table(&f, "on task, seat by seat");
	assert_true(map->cells[0] == 100 && map->cells[6] == 50 && map->cells[9] == 0);
	lesson_end(l);
}

static void flow_says_how_many_seats_were_reached_and_how_evenly(void **state)
{
	(void)state;
	/* Five seats: 0, 1, 2, 3, 4 contacts; Gini = (2·1−6)·0 + … = 0.4. One to all. */
	struct lesson *l =
		lesson(300, "1 point question subj=S2\n2 point question subj=S3\n3 point "
			    "answer subj=S3\n"
			    "4 point question subj=S4\n5 point question subj=S4\n6 point "
			    "question subj=S4\n"
			    "7 point question subj=S5\n8 point question subj=S5\n9 point "
			    "question subj=S5\n"
			    "10 point question subj=S5\n11 point question subj=class\n");
	l->recording.seats = 5;
	struct figures f = figures(l, "flow");
	assert_figure(&f, "contacts", 11);
	assert_figure(&f, "to no seat in particular", 1);
	assert_int_equal(the(&f, "seats reached")->of, 5);
	assert_figure(&f, "seats reached", 4);
	assert_figure(&f, "with the busiest fifth of the seats", 40);
	assert_figure(&f, "evenness (Gini: 0 all alike, 1 one seat alone)", 0.4);
	lesson_end(l);
}

static void movement_is_time_by_zone(void **state)
{
	(void)state;
	struct lesson *l =
		lesson(100, "0 move front\n40 move back\n70 move front x=1 y=2\n");
	struct figures f = figures(l, "movement");
	assert_figure(&f, "stops", 3);
	assert_figure(&f, "zones visited", 2);
	const struct table_figure *zones = table(&f, "time, zone by zone");
	assert_true(zones->cells[0] == 70000 && zones->cells[2] == 30000);
	assert_int_equal(table(&f, "the way")->row_count, 1);
	lesson_end(l);
}

static void transitions_last_from_start_to_stop_or_to_the_end(void **state)
{
	(void)state;
	struct lesson *l = lesson(600, "60 start transition\n90 stop transition\n300 "
				       "start transition\n310 start transition\n"
				       "390 stop transition\n580 start transition\n");
	struct figures f = figures(l, "transitions");
	assert_figure(&f, "transitions", 3);
	assert_figure(&f, "time in transitions", 140000);
	assert_figure(&f, "of the lesson", 100.0 * 140 / 600);
	assert_figure(&f, "median transition", 30000);
	lesson_end(l);
}

static void opportunities_to_respond_have_a_rate_and_an_accuracy(void **state)
{
	(void)state;
	CLEAN_BUF struct buf lines = {0};
	for (unsigned i = 0; i < 12; i++)
		buf_add_format(&lines, "%u point %s mod=%s\n", i,
			i < 3 ? "all_together" : "one_pupil",
			i < 9 ? "correct" : "wrong");
	struct lesson *l = lesson(180, buf_text(&lines));
	struct figures f = figures(l, "responses");
	assert_figure(&f, "opportunities per minute", 4);
	assert_figure(&f, "to the whole group", 25);
	assert_figure(&f, "answered correctly", 75);
	lesson_end(l);
}

static void disruptions_are_a_rate_of_ten_minutes(void **state)
{
	(void)state;
	struct lesson *l = lesson(
		1200, "1 point disruption\n2 point disruption\n3 point disruption\n");
	struct figures f = figures(l, "disruptions");
	assert_figure(&f, "disruptions per 10 minutes", 1.5);
	lesson_end(l);
}

static void of_a_checklist_the_last_word_holds(void **state)
{
	(void)state;
	struct lesson *l = lesson(60, "1 point aim_was_said mod=not\n2 point "
				      "aim_was_said\n3 point steps_were_shown mod=not\n"
				      "4 point what_comes_next_was_said mod=na\n");
	struct figures f = figures(l, "checklist");
	assert_figure(&f, "seen", 1);
	assert_int_equal(the(&f, "seen")->of, 2);
	lesson_end(l);
}

static void a_script_is_lines_per_minute_by_speaker(void **state)
{
	(void)state;
	struct lesson *l = lesson(120, "1 script - mod=T text=What_could_we_change?\n9 "
				       "script - mod=S9 text=the_angle\n"
				       "70 script - mod=T text=Go_on\n");
	struct figures f = figures(l, "script");
	assert_figure(&f, "lines", 3);
	assert_figure(&f, "teacher", 1.0);
	assert_figure(&f, "one pupil", 0.5);
	const struct table_figure *list = table(&f, "lines");
	assert_string_equal(list->texts[5], "the angle");
	lesson_end(l);
}

static void word_for_word_lines_are_grouped_by_kind(void **state)
{
	(void)state;
	struct lesson *l =
		lesson(600, "1 script praise text=Well_seen\n2 script question "
			    "text=Why?\n3 script - text=not_agreed\n");
	struct figures f = figures(l, "verbatim");
	assert_int_equal(f.n, 2);
	assert_figure(&f, "rate", 2.0);
	const struct table_figure *list = table(&f, "word for word");
	assert_int_equal(list->row_count, 2);
	assert_string_equal(list->texts[2], "Why?");
	lesson_end(l);
}

static void an_own_instrument_is_a_small_text_file(void **state)
{
	(void)state;
	struct instrument own;
	struct why why = {{0}};
	assert_int_equal(
		instrument_read(bytes_text("# mine\nname: Hands up\nfamily: tally\n"
					   "code: h | hand up | a hand goes up\n"
					   "code: b | called out\n"),
			&own, &why),
		OK);
	struct lesson *l =
		lesson(60, "1 point hand_up\n2 point called_out\n3 point hand_up\n");
	struct figures f;
	instrument_figures(&own, &l->recording, &l->arena, &f);
	assert_figure(&f, "counted", 3);
	assert_int_equal(the(&f, "hand up")->of, 3);
	lesson_end(l);
}

static void a_file_that_is_no_instrument_says_which_line_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"name: X\nfamily: tally\ncode: a | one\ncode: a | two\n",
			"line 4: two codes on one key"},
		{"name: X\nfamily: tally\ncode: a | one\ncode: b | one\n",
			"line 4: two codes with one word"},
		{"name: X\nfamily: tally\ncode: u | one\n", "line 3: a code's key"},
		{"name: X\nfamily: tally\ncode: ab | one\n", "line 3: a code's key"},
		{"name: X\nfamily: tally\ncode: a\n", "line 3: a code needs a word"},
		{"name: X\nfamily: dance\n", "line 2: no such family"},
		{"name: X\nfamily: tally\n", "nothing to press"},
		{"family: tally\ncode: a | one\n", "no \"name"},
		{"name: X\ncode: a | one\n", "no \"family"},
		{"name: X\nfamily: sweep\ncode: a | one\n", "interval"},
		{"name: X\ncolour: red\n", "line 2: no such word"},
		{"hello\n", "line 1: no \"word: value\""},
		{"name: X\nfamily: sweep\ninterval: 0\n", "line 3: not a number"},
		{"name: X\nfamily: sweep\ninterval: 99999999999999\n",
			"line 3: not a number"},
		{"name: \xff\n", "UTF-8"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct instrument own;
		struct why why = {{0}};
		assert_int_equal(instrument_read(bytes_text(cases[i].text), &own, &why),
			ERR_INVALID);
		if (strstr(why.text, cases[i].says) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", why.text, cases[i].says);
	}
}

static void more_than_32_codes_are_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf text = {0};
	buf_add_text(&text, "name: X\nfamily: tally\n");
	for (unsigned i = 0; i < 33; i++)
		buf_add_format(&text, "code: %c | word %u\n", (char)('A' + i), i);
	struct instrument own;
	assert_int_equal(instrument_read(buf_bytes(&text), &own, NULL), ERR_INVALID);
}

static void numbers_are_shown_with_their_units(void **state)
{
	(void)state;
	static const struct {
		struct figure figure;
		const char *decimal, *text;
	} cases[] = {
		{{.unit = UNIT_PERCENT, .value = 53.4, .is_known = true}, ".", "53 %"},
		{{.unit = UNIT_SECONDS, .value = 1.3, .is_known = true}, ",", "1,5 s"},
		{{.unit = UNIT_TIME, .value = 1272000, .is_known = true}, ".", "21:12"},
		{{.unit = UNIT_TIME, .value = 3661000, .is_known = true}, ".", "1:01:01"},
		{{.unit = UNIT_RATIO, .value = 1.5, .is_known = true}, ",", "1,50 : 1"},
		{{.unit = UNIT_INDEX, .value = -0.001, .is_known = true}, ".", "0.00"},
		{{.unit = UNIT_PERCENT}, ".", "—"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf text = {0};
		figure_text(&cases[i].figure, cases[i].decimal, &text);
		assert_string_equal(buf_text(&text), cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_shipped_instrument_reads_and_counts_an_empty_lesson),
		cmocka_unit_test(
			questions_are_counted_by_level_with_procedural_ones_apart),
		cmocka_unit_test(fewer_than_ten_events_are_counts_not_percentages),
		cmocka_unit_test(
			praise_to_correction_is_a_ratio_in_decimals_and_whole_numbers),
		cmocka_unit_test(wait_time_is_from_the_last_question_to_the_answer),
		cmocka_unit_test(a_wait_with_a_gap_in_it_is_not_known),
		cmocka_unit_test(talk_is_shares_of_the_time_observed),
		cmocka_unit_test(flanders_ratios_are_those_of_the_published_tallies),
		cmocka_unit_test(flanders_on_change_is_spread_to_three_seconds),
		cmocka_unit_test(
			copus_counts_intervals_and_marks_and_says_what_it_left_out),
		cmocka_unit_test(copus_keeps_a_last_interval_of_half_its_length),
		cmocka_unit_test(at_task_is_a_share_by_round_and_by_seat),
		cmocka_unit_test(flow_says_how_many_seats_were_reached_and_how_evenly),
		cmocka_unit_test(movement_is_time_by_zone),
		cmocka_unit_test(transitions_last_from_start_to_stop_or_to_the_end),
		cmocka_unit_test(opportunities_to_respond_have_a_rate_and_an_accuracy),
		cmocka_unit_test(disruptions_are_a_rate_of_ten_minutes),
		cmocka_unit_test(of_a_checklist_the_last_word_holds),
		cmocka_unit_test(a_script_is_lines_per_minute_by_speaker),
		cmocka_unit_test(word_for_word_lines_are_grouped_by_kind),
		cmocka_unit_test(an_own_instrument_is_a_small_text_file),
		cmocka_unit_test(a_file_that_is_no_instrument_says_which_line_is_wrong),
		cmocka_unit_test(more_than_32_codes_are_refused),
		cmocka_unit_test(numbers_are_shown_with_their_units),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
