/* kith report: a lesson, a goal or a year as one page to read, print or show. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/out.h"
#include "core/base/tr.h"
#include "core/coaching/chart.h"
#include "core/coaching/commands.h"
#include "core/coaching/lesson.h"
#include "core/coaching/report.h"
#include "core/coaching/room.h"
#include "core/coaching/visit.h"
#include "core/coaching/when.h"

/* "2026-27" is the school year from August on; "2026" the calendar's. */
static enum err read_year(
	struct cli *cli, const char *text, struct year_words *out, struct why *why)
{
	int first, second, read = 0;
	size_t len = strlen(text);
	out->reflections = args_has(&cli->args, "reflections");
	if (sscanf(text, "%4d-%2d%n", &first, &second, &read) == 2 &&
		(size_t)read == len && second == (first + 1) % 100 && first > 1900) {
		out->from = arena_format(&cli->arena, "%04d-08-01", first);
		out->to = arena_format(&cli->arena, "%04d-07-31", first + 1);
		return OK;
	}
	if (sscanf(text, "%4d%n", &first, &read) == 1 && (size_t)read == len &&
		first > 1900) {
		out->from = arena_format(&cli->arena, "%04d-01-01", first);
		out->to = arena_format(&cli->arena, "%04d-12-31", first);
		return OK;
	}
	return because(
		why, ERR_INVALID, "a year is 2026-27 or 2026, not \"%.20s\"", text);
}

/* What is to be reported: the year, or the document named. */
static enum err make_page(
	struct cli *cli, struct notebook_txn *txn, struct buf *page, struct why *why)
{
	const char *year = args_value(&cli->args, "year");
	struct year_words words = {0};
	struct leaf *leaf;
	struct id id;
	if (year != NULL) {
		enum err bad = read_year(cli, year, &words, why);
		return bad == OK ? report_year(txn, &words, page, why) : bad;
	}
	if (args_word(&cli->args, 0) == NULL)
		return because(
			why, ERR_USAGE, "of what? A visit, a goal, or --year 2026-27");
	static const char *const kinds[] = {"visit", "goal", NULL};
	enum err e = coach_find_as(txn, args_word(&cli->args, 0), kinds, &id, why);
	if (e == OK)
		e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	if (strcmp(leaf->head->kind->name, "goal") == 0)
		return report_goal(txn, id, page, why);
	if (strcmp(leaf->head->kind->name, "visit") == 0)
		return report_visit(txn, id, page, why);
	return because(why, ERR_REFUSED, "a %s has no report; a visit or a goal has",
		tr_in("kind", leaf->head->kind->name));
}

/* In the terminal: the charts of the lesson. */
static enum err show_charts(struct cli *cli, struct notebook_txn *txn, struct why *why)
{
	struct id session;
	struct lesson lesson;
	struct visit visit;
	struct floor_plan plan;
	enum err e = coach_session(cli, txn, 0, &session, why);
	if (e == OK)
		e = lesson_read(txn, session, &lesson, why);
	if (e != OK)
		return e;
	bool has_plan = !id_is_zero(lesson.visit) &&
			visit_read(txn, lesson.visit, &visit, NULL) == OK &&
			room_plan(txn, visit.room, &plan);
	for (size_t i = 0; i < lesson.instrument_count; i++) {
		struct figures figures;
		instrument_figures(lesson.instruments[i], &lesson.recording,
			txn_arena(txn), &figures);
		chart_add(&cli->print.out, &figures, has_plan ? &plan : NULL,
			cli->print.screen > 0 ? cli->print.screen : 80,
			cli->print.is_plain);
	}
	if (lesson.instrument_count == 0)
		print_line(&cli->print, "No instrument was used; the lines: kith trim");
	return OK;
}

static void add_json(struct cli *cli, const struct figures *figures)
{
	struct json *json = &cli->print.json;
	json_object(json, NULL);
	json_cstr(json, "instrument", figures->instrument);
	json_cstr(json, "method", figures->method);
	json_uint(json, "n", figures->n);
	json_uint(json, "length_ms", figures->length_ms);
	json_uint(json, "observed_ms", figures->observed_ms);
	json_array(json, "figures");
	for (size_t i = 0; i < figures->count; i++) {
		CLEAN_BUF struct buf text = {0};
		figure_text(&figures->items[i], ".", &text);
		json_object(json, NULL);
		json_cstr(json, "name", figures->items[i].name);
		if (figures->items[i].is_known)
			json_number(json, "value", figures->items[i].value);
		else
			json_null(json, "value");
		json_text(json, "text", buf_bytes(&text));
		json_uint(json, "n", figures->items[i].n);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

static enum err show_json_figures(
	struct cli *cli, struct notebook_txn *txn, struct why *why)
{
	struct id session;
	struct lesson lesson;
	enum err e = coach_session(cli, txn, 0, &session, why);
	if (e == OK)
		e = lesson_read(txn, session, &lesson, why);
	if (e != OK)
		return e;
	json_object(&cli->print.json, NULL);
	json_array(&cli->print.json, "instruments");
	for (size_t i = 0; i < lesson.instrument_count; i++) {
		struct figures figures;
		instrument_figures(lesson.instruments[i], &lesson.recording,
			txn_arena(txn), &figures);
		add_json(cli, &figures);
	}
	json_close(&cli->print.json);
	json_close(&cli->print.json);
	return OK;
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	CLEAN_BUF struct buf page = {0};
	const char *file = args_value(&cli->args, "html");
	enum err e = cli_look(cli, &txn, why);
	if (e != OK)
		return e;
	if (file == NULL && args_has(&cli->args, "year"))
		return because(why, ERR_USAGE, "a year's report is a page: --html FILE");
	if (file == NULL)
		return cli->print.is_json ? show_json_figures(cli, txn, why)
					  : show_charts(cli, txn, why);
	e = make_page(cli, txn, &page, why);
	if (e == OK)
		e = out_file(file, buf_bytes(&page), why);
	if (e != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_cstr(&cli->print.json, "file", file);
		json_uint(&cli->print.json, "bytes", page.len);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print,
			"%s is there: open it in a browser, print it from there. It is "
			"not "
			"encrypted any more.",
			file);
	}
	return OK;
}

static const struct option options[] = {
	{"html", "FILE", "write a page in itself: no script, nothing fetched"},
	{"year", "YEAR", "2026-27: my own words of a year, nobody else's"},
	{"reflections", NULL, "with --year: my reflections too"},
};
const struct command cmd_report = {
	.name = "report",
	.group = GROUP_REPORTS,
	.words = "[VISIT|GOAL]",
	.summary = "a lesson, a goal or a year: charts here, or a page to print",
	.min = 0,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
