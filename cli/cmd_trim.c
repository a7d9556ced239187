/* kith trim: look through what was noted before it is handed over, take lines out. */
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "core/base/tr.h"
#include "core/coaching/handover.h"

/* In JSON a code's word is as it was written down. */
static const char *line_text(struct cli *cli, const struct event *event)
{
	CLEAN_BUF struct buf all = {0};
	struct bytes code = cli->print.is_json ? event->code : tr_bytes(event->code);
	const struct bytes parts[] = {code, event->mod, event->subj, event->text};
	for (size_t i = 0; i < 4; i++) {
		if (parts[i].len == 0)
			continue;
		if (all.len > 0)
			buf_add_text(&all, "  ");
		buf_add(&all, parts[i]);
	}
	return print_clean(&cli->arena, buf_bytes(&all));
}

static void show_lines(struct cli *cli, const struct lesson *lesson)
{
	struct json *json = &cli->print.json;
	if (cli->print.is_json) {
		json_object(json, NULL);
		json_array(json, "lines");
	}
	for (size_t i = 0; i < lesson->line_count; i++) {
		const struct event *event = &lesson->lines[i].event;
		if (!cli->print.is_json) {
			print_line(&cli->print, "%4zu  %u:%02u  %s", i + 1,
				(unsigned)(event->t_ms / 60000),
				(unsigned)(event->t_ms / 1000 % 60),
				line_text(cli, event));
			continue;
		}
		json_object(json, NULL);
		json_uint(json, "line", i + 1);
		json_uint(json, "t_ms", event->t_ms);
		json_cstr(json, "text", line_text(cli, event));
		json_close(json);
	}
	if (cli->print.is_json) {
		json_close(json);
		json_close(json);
	} else if (lesson->line_count == 0) {
		print_line(&cli->print, "Nothing was noted.");
	} else {
		print_line(&cli->print, "Take lines out: kith trim H --drop 3,7-9");
	}
}

/* "3,7-9" */
static enum err read_drops(struct cli *cli, const struct lesson *lesson,
	struct lesson_line **out, size_t *count, struct why *why)
{
	size_t parts;
	const char *const *list = coach_list(cli, args_value(&cli->args, "drop"), &parts);
	bool *drop = arena_array(&cli->arena, lesson->line_count, sizeof *drop);
	*out = arena_array(&cli->arena, lesson->line_count, sizeof **out);
	*count = 0;
	for (size_t i = 0; i < parts; i++) {
		char *dash = strchr(arena_text(&cli->arena, list[i]), '-');
		const char *first = arena_format(
			&cli->arena, "%.*s", (int)strcspn(list[i], "-"), list[i]);
		int64_t from, to;
		enum err e = coach_number(
			"a line", first, 1, (int64_t)lesson->line_count, &from, why);
		to = from;
		if (e == OK && dash != NULL)
			e = coach_number("a line", dash + 1, from,
				(int64_t)lesson->line_count, &to, why);
		if (e != OK)
			return e;
		for (int64_t k = from; k <= to; k++)
			drop[k - 1] = true;
	}
	for (size_t i = 0; i < lesson->line_count; i++)
		if (drop[i])
			(*out)[(*count)++] = lesson->lines[i];
	return OK;
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id session;
	struct lesson lesson;
	struct lesson_line *lines;
	size_t count;
	enum err e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_session(cli, txn, 0, &session, why);
	if (e == OK)
		e = lesson_read(txn, session, &lesson, why);
	if (e != OK)
		return e;
	if (!args_has(&cli->args, "drop")) {
		show_lines(cli, &lesson);
		return OK;
	}
	e = read_drops(cli, &lesson, &lines, &count, why);
	if (e == OK)
		e = coach_trim(txn, session, lines, count, why);
	if (e != OK)
		return e;
	return coach_done(cli, &txn, session,
		arena_format(&cli->arena,
			tr_n("%zu taken out; it never leaves",
				"%zu taken out; they never leave", count),
			count),
		why);
}

static const struct option options[] = {
	{"drop", "LINES", "take these out: 3,7-9"},
};
const struct command cmd_trim = {
	.name = "trim",
	.group = GROUP_OBSERVING,
	.words = "VISIT",
	.summary = "look through what you noted, before it is handed over",
	.detail = "With --drop, takes lines out: they never leave.",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
