#include "core/coaching/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/coaching/handover.h"
#include "core/coaching/daywords.h"
#include "core/coaching/html.h"
#include "core/coaching/pack.h"
#include "core/coaching/quote.h"
#include "core/coaching/room.h"
#include "core/coaching/search.h"
#include "core/coaching/views.h"
#include "core/coaching/writing.h"

/* ---- Lines of a definition: "when: …". */

static void add_line(struct buf *out, const char *label, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	buf_add_text(out, "<p class=\"line\"><strong>");
	html_cstr(out, tr(label));
	buf_add_text(out, ":</strong> <span dir=\"auto\">");
	html_lines(out, bytes_text(text));
	buf_add_text(out, "</span></p>\n");
}

static void add_text_field(struct buf *out, struct notebook_txn *txn,
	const struct leaf *leaf, const char *field, const char *label)
{
	add_line(out, label, have_line(txn, leaf, field));
}

/* ---- One visit. */

static void add_plan(struct buf *out, struct notebook_txn *txn, const struct visit *visit)
{
	char minutes[32] = "", when[DAYWORDS_DATE];
	html_heading(out, 2, tr("The plan"));
	if (visit->minutes > 0)
		snprintf(minutes, sizeof minutes, "%lld", (long long)visit->minutes);
	add_line(out, N_("Class"), visit->class_label);
	daywords_written(visit->when, when);
	add_line(out, N_("When"), when);
	add_line(out, N_("Minutes"), minutes);
	add_line(out, N_("Aim"), visit->aim);
	add_line(out, N_("To look at"), visit->focus);
	(void)txn;
}

static void add_moments(struct buf *out, const struct lesson *lesson)
{
	if (lesson->moment_count == 0)
		return;
	html_heading(out, 2, tr("Moments"));
	buf_add_text(out, "<ul>\n");
	for (size_t i = 0; i < lesson->moment_count; i++) {
		uint64_t s = lesson->moments[i].t_ms / 1000;
		buf_add_format(out, "<li>%u:%02u <span dir=\"auto\">", (unsigned)(s / 60),
			(unsigned)(s % 60));
		html_text(out, lesson->moments[i].caption);
		buf_add_text(out, "</span></li>\n");
	}
	buf_add_text(out, "</ul>\n");
}

/* The script has no instrument of its own: its lines are shown whenever there are some.
 */
static bool has_script(const struct lesson *lesson)
{
	bool any = false;
	for (size_t i = 0; i < lesson->line_count; i++)
		any = any || lesson->lines[i].event.kind == EVENT_SCRIPT;
	for (size_t i = 0; i < lesson->instrument_count; i++)
		if (lesson->instruments[i]->family == FAMILY_SCRIPT)
			return false;
	return any;
}

static void add_data(struct buf *out, struct notebook_txn *txn,
	const struct lesson *lesson, const struct floor_plan *plan)
{
	struct figures figures;
	for (size_t i = 0; i < lesson->instrument_count; i++) {
		instrument_figures(lesson->instruments[i], &lesson->recording,
			txn_arena(txn), &figures);
		drawing_add(out, &figures, plan);
	}
	if (has_script(lesson)) {
		instrument_figures(instrument_find("script"), &lesson->recording,
			txn_arena(txn), &figures);
		drawing_add(out, &figures, plan);
	}
	for (size_t i = 0; i < lesson->unknown_count; i++)
		add_line(out, N_("An instrument that is not here"), lesson->unknown[i]);
}

struct words_of {
	struct buf *out;
	bool mine_only;
	size_t count, left_out;
};

static void add_feedback(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct words_of *w = arg;
	bool held = false;
	bool mine =
		person_equal(leaf->head->owner, notebook_me(txn_notebook(txn))->person);
	if ((w->mine_only && !mine) ||
		(feedback_is_held_back(txn, leaf->id, &held, NULL) == OK && held)) {
		w->left_out++;
		return;
	}
	if (w->count++ == 0)
		html_heading(w->out, 2, tr("Feedback"));
	buf_add_text(w->out, "<blockquote><p class=\"quiet\">");
	html_cstr(w->out, tr(have_line(txn, leaf, "kind")));
	buf_add_text(w->out, " · ");
	html_cstr(w->out, view_person(txn, &leaf->head->owner));
	buf_add_text(w->out, "</p>\n");
	html_paragraph(w->out, have_text(txn, leaf, "body"));
	buf_add_text(w->out, "</blockquote>\n");
}

static void add_left_out(struct buf *out, const char *what)
{
	buf_add_text(out, "<p class=\"quiet\">");
	html_cstr(out, tr("Left out:"));
	buf_add_u8(out, ' ');
	html_cstr(out, what);
	buf_add_text(out, "</p>\n");
}

enum err report_visit(
	struct notebook_txn *txn, struct id id, struct buf *out, struct why *why)
{
	struct visit visit;
	struct id session;
	struct lesson lesson;
	struct floor_plan plan;
	enum err e = visit_read(txn, id, &visit, why);
	if (e == OK)
		e = lesson_of_visit(txn, id, &session, why);
	if (e == OK && id_is_zero(session))
		return because(why, ERR_NOT_FOUND, "this visit was not observed yet");
	if (e == OK)
		e = lesson_read(txn, session, &lesson, why);
	if (e != OK)
		return e;
	if (!visit.i_teach && !lesson.is_mine)
		return because(why, ERR_REFUSED,
			"a lesson is reported by the one who taught it; what is yours: "
			"kith "
			"export");
	const char *title =
		visit.focus[0] != '\0' ? visit.focus : tr("An observed lesson");
	bool has_plan = room_plan(txn, visit.room, &plan);
	struct words_of words = {.out = out};
	html_begin(out, title);
	add_plan(out, txn, &visit);
	add_data(out, txn, &lesson, has_plan ? &plan : NULL);
	add_moments(out, &lesson);
	e = each_about(txn, "feedback", id, add_feedback, &words, why);
	add_left_out(out, tr("pupils' names, lines for own eyes, and feedback that was "
			     "not asked for"));
	html_end(out);
	return e;
}

/* ---- A goal. */

struct measures {
	struct buf *out;
	size_t count;
};

/* NAN where none is given. */
static double number_of(
	struct notebook_txn *txn, const struct leaf *leaf, const char *name)
{
	struct reading values = {0};
	read_values(leaf->sealed, leaf->draft,
		kind_field(leaf->head->kind, bytes_text(name)), (struct bytes){0},
		txn_arena(txn), &values);
	if (values.count == 0)
		return NAN;
	struct pack_reader r = pack_read(values.items[0].value);
	double number = pack_read_number(&r);
	return r.failed ? NAN : number;
}

static void add_readings(struct measures *m, struct notebook_txn *txn,
	const struct leaf *leaf, const struct reading *log)
{
	struct arena *arena = txn_arena(txn);
	const char *name = have_line(txn, leaf, "name");
	struct table_figure t = {.title = name,
		.drawing = DRAW_LINE,
		.unit = strcmp(have_line(txn, leaf, "unit"), "percent") == 0
				? UNIT_PERCENT
				: UNIT_INDEX,
		.row_count = 1,
		.column_count = log->count,
		.rows = arena_array(arena, 1, sizeof(char *)),
		.columns = arena_array(arena, log->count, sizeof(char *)),
		.cells = arena_array(arena, log->count, sizeof(double)),
		.mark = number_of(txn, leaf, "target")};
	t.rows[0] = name;
	for (size_t i = 0; i < log->count; i++) {
		t.columns[i] =
			arena_string(arena, part_text(log->items[i].value, "date"));
		t.cells[i] = part_number(log->items[i].value, "value", NAN);
	}
	char id[32];
	snprintf(id, sizeof id, "m%zu", m->count);
	drawing_table(m->out, &t, NULL, id);
}

static void add_number_line(struct buf *out, struct notebook_txn *txn,
	const struct leaf *leaf, const char *field, const char *label)
{
	struct reading values = {0};
	const struct field_schema *schema =
		kind_field(leaf->head->kind, bytes_text(field));
	read_values(leaf->sealed, leaf->draft, schema, (struct bytes){0}, txn_arena(txn),
		&values);
	if (values.count > 0)
		add_line(out, label, view_value(txn, schema, values.items[0].value));
}

static void add_measure(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct measures *m = arg;
	struct reading log;
	m->count++;
	html_heading(m->out, 2, have_line(txn, leaf, "name"));
	add_number_line(m->out, txn, leaf, "baseline", N_("At the beginning"));
	add_number_line(m->out, txn, leaf, "target", N_("To reach"));
	have_all(txn, leaf, "readings", &log);
	if (log.count > 0)
		add_readings(m, txn, leaf, &log);
}

static void add_goal(struct buf *out, struct notebook_txn *txn, const struct leaf *leaf)
{
	add_text_field(out, txn, leaf, "why", N_("Why"));
	add_text_field(out, txn, leaf, "outcome", N_("For pupils"));
	add_text_field(out, txn, leaf, "measured_by", N_("Seen by"));
	add_text_field(out, txn, leaf, "strategy", N_("How"));
	add_text_field(out, txn, leaf, "by", N_("By"));
	add_text_field(out, txn, leaf, "state", N_("State"));
}

enum err report_goal(
	struct notebook_txn *txn, struct id goal, struct buf *out, struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_open(txn, goal, &leaf, why);
	if (e == OK && strcmp(leaf->head->kind->name, "goal") != 0)
		return because(why, ERR_REFUSED, "that is a %s, not a goal",
			tr_in("kind", leaf->head->kind->name));
	if (e == OK && !leaf->by_me)
		return because(why, ERR_REFUSED, "a goal is reported by its author");
	if (e != OK)
		return e;
	struct measures m = {.out = out};
	html_begin(out, view_title(txn, leaf));
	add_goal(out, txn, leaf);
	e = each_about(txn, "measure", goal, add_measure, &m, why);
	html_end(out);
	return e;
}

/* ---- A year. */

struct year {
	struct buf *out;
	const struct year_words *words;
	size_t goals, visits, steps, reflections, quotes, pages, feedback, kept_back;
};

static bool in_year(const struct year *year, const char *day)
{
	return day[0] == '\0' || (strncmp(day, year->words->from, 10) >= 0 &&
					 strncmp(day, year->words->to, 10) <= 0);
}

static void year_goal(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct year *year = arg;
	if (!leaf->by_me)
		return;
	if (year->goals++ == 0)
		html_heading(year->out, 2, tr("Goals"));
	html_heading(year->out, 3, view_title(txn, leaf));
	add_goal(year->out, txn, leaf);
}

/* Numbers alone: no seats, no lines, nobody's words. */
static void add_year_figures(
	struct buf *out, struct notebook_txn *txn, const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->instrument_count; i++) {
		struct figures f;
		instrument_figures(
			lesson->instruments[i], &lesson->recording, txn_arena(txn), &f);
		buf_add_text(out, "<table>\n<caption>");
		html_cstr(out, tr(f.instrument));
		buf_add_text(out, "</caption><tbody>\n");
		for (size_t k = 0; k < f.count; k++) {
			CLEAN_BUF struct buf value = {0};
			figure_text(&f.items[k], tr_decimal(), &value);
			buf_add_text(out, "<tr><th scope=\"row\">");
			html_cstr(out, tr(f.items[k].name));
			buf_add_text(out, "</th><td class=\"n\">");
			html_text(out, buf_bytes(&value));
			buf_add_format(out, "</td><td class=\"n\">n = %zu</td></tr>\n",
				f.items[k].n);
		}
		buf_add_text(out, "</tbody></table>\n");
	}
}

static void year_visit(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct year *year = arg;
	struct id session;
	struct lesson lesson;
	if (!in_year(year, have_line(txn, leaf, "when")) ||
		lesson_of_visit(txn, leaf->id, &session, NULL) != OK ||
		id_is_zero(session) || lesson_read(txn, session, &lesson, NULL) != OK)
		return;
	if (year->visits++ == 0)
		html_heading(year->out, 2, tr("Lessons that were observed"));
	html_heading(year->out, 3, view_title(txn, leaf));
	add_text_field(year->out, txn, leaf, "when", N_("When"));
	add_text_field(year->out, txn, leaf, "class_label", N_("Class"));
	add_text_field(year->out, txn, leaf, "aim", N_("Aim"));
	add_year_figures(year->out, txn, &lesson);
}

static void year_step(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct year *year = arg;
	if (!in_year(year, have_line(txn, leaf, "by")))
		return;
	if (year->steps++ == 0)
		html_heading(year->out, 2, tr("Steps"));
	html_paragraph(year->out, have_text(txn, leaf, "what"));
	add_text_field(year->out, txn, leaf, "know_by", N_("Known by"));
	add_text_field(year->out, txn, leaf, "state", N_("State"));
}

static void add_answers(
	struct buf *out, struct notebook_txn *txn, const struct leaf *leaf)
{
	const struct field_schema *field =
		kind_field(leaf->head->kind, bytes_text("answer"));
	const struct pack *pack = pack_find(have_text(txn, leaf, "pack"));
	struct bytes *keys, text;
	size_t count;
	read_keys(leaf->sealed, leaf->draft, field, txn_arena(txn), &keys, &count);
	for (size_t i = 0; i < count; i++) {
		const struct prompt *prompt =
			pack != NULL ? pack_prompt(pack, keys[i]) : NULL;
		if (!read_text(leaf->sealed, leaf->draft, field, keys[i], txn_arena(txn),
			    &text))
			continue;
		add_line(out,
			arena_string(txn_arena(txn),
				prompt != NULL ? prompt->question : keys[i]),
			arena_string(txn_arena(txn), text));
	}
}

static void year_reflection(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct year *year = arg;
	if (year->reflections++ == 0)
		html_heading(year->out, 2, tr("Reflections"));
	html_heading(year->out, 3, view_title(txn, leaf));
	add_answers(year->out, txn, leaf);
}

/* What the report does not show, as numbers. */
static enum err count_left_out(
	struct notebook_txn *txn, struct year *year, struct why *why)
{
	struct counts counts;
	enum err e = count_of(txn, "page", &counts, why);
	year->pages = counts.mine + counts.theirs;
	if (e == OK)
		e = count_of(txn, "feedback", &counts, why);
	year->feedback = counts.theirs;
	if (e == OK && !year->words->reflections) {
		e = count_of(txn, "reflection", &counts, why);
		year->kept_back = counts.mine;
	}
	return e;
}

/* Of this year, where the lesson it is about says when it was. */
static bool is_of_year(
	const struct year *year, struct notebook_txn *txn, const struct quote *quote)
{
	struct leaf *source, *visit;
	if (leaf_open(txn, quote->source, &source, NULL) != OK ||
		leaf_open(txn, have_ref(txn, source, "visit"), &visit, NULL) != OK)
		return true;
	return in_year(year, have_line(txn, visit, "when"));
}

static void year_quote(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct year *year = arg;
	struct quote quote;
	if (quote_read(txn, leaf->id, &quote, NULL) != OK || !quote.is_mine ||
		quote.state != QUOTE_APPROVED || !is_of_year(year, txn, &quote))
		return;
	if (year->quotes++ == 0)
		html_heading(
			year->out, 2, tr("What colleagues said, in words they approved"));
	buf_add_text(year->out, "<blockquote>");
	html_paragraph(year->out, quote.words);
	buf_add_text(year->out, "<p class=\"quiet\">");
	html_cstr(year->out, view_person(txn, &quote.partner));
	buf_add_text(year->out, "</p></blockquote>\n");
}

enum err report_year(struct notebook_txn *txn, const struct year_words *words,
	struct buf *out, struct why *why)
{
	struct year year = {.out = out, .words = words};
	const char *title = arena_format(
		txn_arena(txn), "%s %s – %s", tr("My year"), words->from, words->to);
	html_begin(out, title);
	enum err e = each_of_mine(txn, "goal", year_goal, &year, why);
	if (e == OK)
		e = each_of_mine(txn, "visit", year_visit, &year, why);
	if (e == OK)
		e = each_of_mine(txn, "step", year_step, &year, why);
	if (e == OK && words->reflections)
		e = each_of_mine(txn, "reflection", year_reflection, &year, why);
	if (e == OK)
		e = each_of_mine(txn, "quote", year_quote, &year, why);
	if (e == OK)
		e = count_left_out(txn, &year, why);
	add_left_out(out,
		arena_format(txn_arena(txn),
			tr("%zu pieces of feedback by partners, %zu shared pages, %zu "
			   "reflections; seats, names, lines and lines for own eyes"),
			year.feedback, year.pages, year.kept_back));
	html_end(out);
	return e;
}
