/* kith handover: give the one who taught what was seen; first, exactly what goes. */
#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/handover.h"

static const char *feedback_text(struct cli *cli, const struct handover *h)
{
	const char *all = "";
	for (size_t i = 0; i < WANTED_KINDS; i++)
		if (h->feedback[i] > 0)
			all = arena_format(&cli->arena, "%s, %s: %zu", all,
				tr_in("choice", wanted_words[i]), h->feedback[i]);
	return all;
}

static const char *names_text(struct cli *cli, const struct handover *h)
{
	const char *all = "";
	for (size_t i = 0; i < h->name_count; i++)
		all = arena_format(&cli->arena, "%s%s%s → S%u", all, i > 0 ? ", " : "",
			print_clean(&cli->arena, bytes_text(h->names[i].name)),
			h->names[i].seat);
	return all;
}

static void preview(struct cli *cli, struct notebook_txn *txn, const struct handover *h)
{
	struct print *print = &cli->print;
	print_line(print, "To %s: %s, %s, %s%s.", view_person(txn, &h->to),
		arena_format(&cli->arena, tr_n("%zu count", "%zu counts", h->events),
			h->events),
		arena_format(
			&cli->arena, tr_n("%zu line", "%zu lines", h->lines), h->lines),
		arena_format(&cli->arena, tr_n("%zu moment", "%zu moments", h->moments),
			h->moments),
		feedback_text(cli, h));
	print_line(print,
		tr_n("Not sent: %zu line for your own eyes, and what you took out.",
			"Not sent: %zu lines for your own eyes, and what you took out.",
			h->own_lines),
		h->own_lines);
	if (h->name_count > 0)
		print_line(print,
			"Names in it: %s. (Only names on your own list are found.)",
			names_text(cli, h));
}

static void preview_json(
	struct cli *cli, struct notebook_txn *txn, const struct handover *h)
{
	struct json *json = &cli->print.json;
	json_cstr(json, "to", view_person(txn, &h->to));
	json_uint(json, "counts", h->events);
	json_uint(json, "lines", h->lines);
	json_uint(json, "moments", h->moments);
	json_object(json, "feedback");
	for (size_t i = 0; i < WANTED_KINDS; i++)
		if (h->feedback[i] > 0)
			json_uint(json, wanted_words[i], h->feedback[i]);
	json_close(json);
	json_uint(json, "own_eyes_stay", h->own_lines);
	json_array(json, "names");
	for (size_t i = 0; i < h->name_count; i++)
		json_cstr(json, NULL, h->names[i].name);
	json_close(json);
}

/* Names stay in only when that is said. */
static enum err guard_names(
	struct cli *cli, struct notebook_txn *txn, struct handover *h, struct why *why)
{
	bool hide = args_has(&cli->args, "hide-names");
	if (h->name_count == 0 || args_has(&cli->args, "keep-names"))
		return OK;
	if (!hide && prompt_is_possible() && !cli->print.is_json)
		hide = prompt_yes(
			arena_format(&cli->arena, tr("%s — write the seats instead?"),
				names_text(cli, h)),
			true);
	if (!hide)
		return because(why, ERR_REFUSED,
			"pupils' names stand in it (%s): say --hide-names or "
			"--keep-names",
			names_text(cli, h));
	enum err e = coach_hide_names(txn, h, why);
	return e == OK ? handover_look(txn, h->session, h, why) : e;
}

/* What goes is shown before it goes; where nobody can be asked, with what was done. */
static enum err ask(struct cli *cli, struct notebook_txn *txn, const struct handover *h,
	struct why *why)
{
	if (cli->print.is_json)
		return OK;
	preview(cli, txn, h);
	if (args_has(&cli->args, "yes") || !prompt_is_possible())
		return OK;
	enum err e = print_flush(&cli->print, why);
	if (e == OK && !prompt_yes("Go?", false))
		e = because(why, ERR_REFUSED, "nothing was handed over");
	return e;
}

static enum err give(struct cli *cli, struct notebook_txn **txn, const struct handover *h,
	struct why *why)
{
	struct id there;
	struct view_document document;
	enum err e = coach_handover(*txn, h, &there, why);
	if (e == OK)
		e = view_document(*txn, there, &document, why);
	if (e != OK)
		return e;
	if (cli->print.is_json) {
		show_json_open(cli, NULL, &document);
		preview_json(cli, *txn, h);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print,
			"Handed over: it is %s's now, and goes out when you next meet. "
			"Until "
			"then kith takeback %s calls it back.",
			view_person(*txn, &h->to), document.handle);
	}
	return cli_commit(txn, why);
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct handover h;
	struct id session;
	enum err e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_session(cli, txn, 0, &session, why);
	if (e == OK)
		e = handover_look(txn, session, &h, why);
	if (e != OK)
		return e;
	if (args_has(&cli->args, "preview")) {
		if (!cli->print.is_json) {
			preview(cli, txn, &h);
			return OK;
		}
		json_object(&cli->print.json, NULL);
		preview_json(cli, txn, &h);
		json_close(&cli->print.json);
		return OK;
	}
	e = guard_names(cli, txn, &h, why);
	if (e == OK)
		e = ask(cli, txn, &h, why);
	return e == OK ? give(cli, &txn, &h, why) : e;
}

static const struct option options[] = {
	{"preview", NULL, "show what goes and what stays, and do nothing"},
	{"hide-names", NULL, "write seats in place of the names on your own list"},
	{"keep-names", NULL, "leave names as they are"},
	OPTION_YES,
};
const struct command cmd_handover = {
	.name = "handover",
	.group = GROUP_VISITS,
	.words = "VISIT",
	.summary = "give the one who taught what you saw, and your feedback",
	.detail = "From then on it is theirs: to keep, to chart, to take back.",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
