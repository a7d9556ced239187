/* kith export: everything out, in open formats; or the dates for a calendar. */
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/out.h"
#include "cli/prompt.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/export_formats.h"

#define FLUSH_AT ((size_t)1 << 20) /* bytes that wait for their file */

static const char *const reason_words[LEFT_REASONS] = {
	[LEFT_NAME_KEY] = "name_key",
	[LEFT_LESSON] = "partners_lesson",
	[LEFT_HELD] = "held_back",
	[LEFT_NOT_MINE] = "not_mine",
	[LEFT_KIND] = "other_kind",
};

/* The files that grow with every document. */
enum growing { LINES, INDEX, EVENTS, FIGURES, READINGS, GROWING };

static const char *const growing_names[GROWING] = {
	[LINES] = "documents.jsonl",
	[INDEX] = "index.md",
	[EVENTS] = "events.csv",
	[FIGURES] = "figures.csv",
	[READINGS] = "readings.csv",
};

/* One export. */
struct exporting {
	struct cli *cli;
	struct notebook_txn *txn;
	struct export_scope scope;
	struct export_choice choice;
	struct export_guard guard;
	struct out_folder *folder;
	struct buf growing[GROWING];
	const struct kind_schema *kind; /* of the heading the index is under */
	size_t dated, undated;          /* entries of the calendar, and what has no day */
};

/* ---- Names of pupils. */

static const char *names_text(struct exporting *x)
{
	const char *all = "";
	for (size_t i = 0; i < x->guard.hit_count; i++)
		all = arena_format(&x->cli->arena, "%s%s%s → S%u", all, i > 0 ? ", " : "",
			print_clean(&x->cli->arena, bytes_text(x->guard.hits[i].name)),
			x->guard.hits[i].seat);
	return all;
}

/* Go through everything once without writing it. */
static enum err look_for_names(struct exporting *x, bool calendar_only, struct why *why)
{
	CLEAN_BUF struct buf calendar = {0};
	size_t count = calendar_only ? 0 : x->choice.count;
	enum err e = OK;
	if (x->guard.entry_count == 0)
		return OK;
	for (size_t i = 0; e == OK && i < count; i++) {
		struct view_document document;
		e = export_view(
			x->txn, &x->scope, &x->guard, x->choice.ids[i], &document, why);
	}
	return e == OK ? export_calendar(x->txn, &x->scope, &x->guard, &calendar,
				 &x->dated, &x->undated, why)
		       : e;
}

/* Names stay in only when that is said. */
static enum err guard_names(struct exporting *x, bool calendar_only, struct why *why)
{
	struct cli *cli = x->cli;
	bool hide = args_has(&cli->args, "hide-names");
	enum err e = look_for_names(x, calendar_only, why);
	if (e != OK)
		return e;
	if (x->guard.hit_count > 0 && !hide && !args_has(&cli->args, "keep-names") &&
		prompt_is_possible() && !cli->print.is_json)
		hide = prompt_yes(
			arena_format(&cli->arena,
				tr("Names of pupils: %s — write the seats instead?"),
				names_text(x)),
			true);
	else if (x->guard.hit_count > 0 && !hide && !args_has(&cli->args, "keep-names"))
		return because(why, ERR_REFUSED,
			"pupils' names stand in it (%.200s): say --hide-names or "
			"--keep-names",
			names_text(x));
	if (x->guard.hit_count > 0 && !hide && !args_has(&cli->args, "keep-names"))
		return because(why, ERR_REFUSED,
			"nothing was written; --keep-names leaves the names in");
	x->guard.hide = hide;
	return OK;
}

/* ---- The files. */

static enum err flush(struct exporting *x, size_t from, struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < GROWING; i++) {
		if (x->growing[i].len < from || x->growing[i].len == 0)
			continue;
		e = out_folder_add(
			x->folder, growing_names[i], buf_bytes(&x->growing[i]), why);
		buf_clear(&x->growing[i]);
	}
	return e;
}

static void add_json_line(struct exporting *x, const struct view_document *document)
{
	struct json json = {.out = &x->growing[LINES]};
	show_json_whole(&json, NULL, document);
	json_close(&json);
}

static enum err add_page(
	struct exporting *x, const struct view_document *document, struct why *why)
{
	CLEAN_BUF struct buf page = {0};
	const struct kind_schema *kind = document->head->kind;
	const char *name =
		arena_format(txn_arena(x->txn), "%s/%s.md", kind->name, document->handle);
	if (kind != x->kind)
		buf_add_format(&x->growing[INDEX], "%s## %s\n\n",
			x->kind != NULL ? "\n" : "", tr_in("kind", kind->name));
	x->kind = kind;
	export_markdown_link(document, &x->growing[INDEX]);
	export_markdown(x->txn, document, &page);
	return out_folder_add(x->folder, name, buf_bytes(&page), why);
}

static enum err add_rows(
	struct exporting *x, const struct view_document *document, struct why *why)
{
	const char *kind = document->head->kind->name;
	if (strcmp(kind, "session") == 0)
		return export_events(x->txn, &x->guard, document->id, &x->growing[EVENTS],
			&x->growing[FIGURES], why);
	if (strcmp(kind, "measure") == 0)
		return export_readings(
			x->txn, &x->guard, document->id, &x->growing[READINGS], why);
	return OK;
}

static enum err add_document(struct exporting *x, struct id id, struct why *why)
{
	struct view_document document;
	enum err e = export_view(x->txn, &x->scope, &x->guard, id, &document, why);
	if (e != OK)
		return e;
	add_json_line(x, &document);
	e = add_rows(x, &document, why);
	if (e == OK)
		e = add_page(x, &document, why);
	return e == OK ? flush(x, FLUSH_AT, why) : e;
}

static const char *left_text(struct exporting *x, enum left_out reason)
{
	return export_left_text(&x->cli->arena, reason, x->choice.left[reason]);
}

static const char *undated_text(struct exporting *x)
{
	return arena_format(&x->cli->arena,
		tr_n("%zu visit or open door without a day: not in the calendar",
			"%zu visits and open doors without a day: not in the calendar",
			x->undated),
		x->undated);
}

static enum err add_readme(struct exporting *x, struct why *why)
{
	CLEAN_BUF struct buf page = {0};
	static const char *const files[] = {
		N_("index.md lists the documents; each is a page in the folder of its "
		   "kind, to read."),
		N_("documents.jsonl has every document with all its fields, a JSON "
		   "object a line."),
		N_("events.csv, figures.csv and readings.csv are tables: what was seen, "
		   "what the instruments make of it, and the readings of your measures."),
		N_("calendar.ics has the visits and open doors, for a calendar."),
		N_("Nothing here is encrypted any more."),
	};
	buf_add_format(&page, "# %s\n\n", tr("Out of kith"));
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		buf_add_format(&page, "- %s\n", tr(files[i]));
	buf_add_format(&page, "\n## %s\n\n", tr("Left out"));
	for (size_t i = LEFT_NOT + 1; i < LEFT_REASONS; i++)
		if (x->choice.left[i] > 0)
			buf_add_format(&page, "- %s\n", left_text(x, (enum left_out)i));
	if (x->undated > 0)
		buf_add_format(&page, "- %s\n", undated_text(x));
	if (x->choice.count == x->choice.seen && x->undated == 0)
		buf_add_format(&page, "%s\n", tr("Nothing."));
	buf_add_format(&page, "\n---\n\n%s\n",
		tr("Written for peer coaching; not an evaluation."));
	return out_folder_add(x->folder, "README.md", buf_bytes(&page), why);
}

static enum err write_folder(struct exporting *x, struct why *why)
{
	CLEAN_BUF struct buf calendar = {0};
	enum err e = OK;
	export_events_begin(&x->growing[EVENTS]);
	export_figures_begin(&x->growing[FIGURES]);
	export_readings_begin(&x->growing[READINGS]);
	for (size_t i = 0; e == OK && i < x->choice.count; i++)
		e = add_document(x, x->choice.ids[i], why);
	if (e == OK)
		e = flush(x, 0, why);
	if (e == OK)
		e = export_calendar(x->txn, &x->scope, &x->guard, &calendar, &x->dated,
			&x->undated, why);
	/* A calendar of nothing is none (RFC 5545 §3.6). */
	if (e == OK && x->dated > 0)
		e = out_folder_add(x->folder, "calendar.ics", buf_bytes(&calendar), why);
	if (e == OK)
		e = add_readme(x, why);
	return e == OK ? out_folder_done(x->folder, why) : e;
}

/* ---- What is said. */

static void said_json(struct exporting *x, const char *what, const char *path)
{
	struct json *json = &x->cli->print.json;
	json_object(json, NULL);
	json_cstr(json, what, path);
	if (x->folder != NULL)
		json_uint(json, "documents", x->choice.count);
	json_uint(json, "calendar_entries", x->dated);
	json_uint(json, "undated", x->undated);
	json_array(json, "left_out");
	for (size_t i = LEFT_NOT + 1; x->folder != NULL && i < LEFT_REASONS; i++) {
		if (x->choice.left[i] == 0)
			continue;
		json_object(json, NULL);
		json_cstr(json, "reason", reason_words[i]);
		json_uint(json, "count", x->choice.left[i]);
		json_close(json);
	}
	json_close(json);
	json_array(json, "names");
	for (size_t i = 0; i < x->guard.hit_count; i++)
		json_cstr(json, NULL, x->guard.hits[i].name);
	json_close(json);
	json_bool(json, "names_hidden", x->guard.hide);
	json_close(json);
}

static void said(struct exporting *x, const char *path)
{
	struct print *print = &x->cli->print;
	print_line(print,
		tr_n("%s: %zu document. It is not encrypted any more.",
			"%s: %zu documents. They are not encrypted any more.",
			x->choice.count),
		path, x->choice.count);
	for (size_t i = LEFT_NOT + 1; i < LEFT_REASONS; i++)
		if (x->choice.left[i] > 0)
			print_line(
				print, "Left out: %s.", left_text(x, (enum left_out)i));
	if (x->undated > 0)
		print_line(print, "Left out: %s.", undated_text(x));
	if (x->guard.hit_count > 0)
		print_line(print,
			x->guard.hide ? "Names written as seats: %s. Only names on your "
					"own list "
					"are found."
				      : "Names left in: %s.",
			names_text(x));
}

/* ---- The command. */

static enum err run_folder(struct exporting *x, const char *path, struct why *why)
{
	/* The question about names comes before the folder, which makes Ctrl-C wait. */
	enum err e = out_folder_check(path, why);
	if (e == OK)
		e = export_choose(x->txn, &x->scope, &x->choice, why);
	if (e == OK)
		e = guard_names(x, false, why);
	if (e == OK)
		e = out_folder_new(path, &x->folder, why);
	if (e == OK)
		e = write_folder(x, why);
	if (e == OK && x->cli->print.is_json)
		said_json(x, "folder", path);
	else if (e == OK)
		said(x, path);
	return e;
}

static enum err run_calendar(struct exporting *x, const char *path, struct why *why)
{
	CLEAN_BUF struct buf calendar = {0};
	enum err e = guard_names(x, true, why);
	if (e == OK)
		e = export_calendar(x->txn, &x->scope, &x->guard, &calendar, &x->dated,
			&x->undated, why);
	if (e == OK && x->dated == 0)
		return because(why, ERR_NOT_FOUND,
			"no visit and no open door has a day yet, so there is nothing "
			"for a calendar");
	if (e == OK)
		e = out_file(path, buf_bytes(&calendar), why);
	if (e != OK)
		return e;
	if (x->cli->print.is_json) {
		said_json(x, "file", path);
		return OK;
	}
	print_line(&x->cli->print,
		tr_n("%s: %zu entry. Open it with your calendar.",
			"%s: %zu entries. Open it with your calendar.", x->dated),
		path, x->dated);
	if (x->undated > 0)
		print_line(&x->cli->print, "Left out: %s.", undated_text(x));
	return OK;
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct exporting x = {.cli = cli};
	const char *path = args_word(&cli->args, 0);
	const char *calendar = args_value(&cli->args, "calendar");
	if ((path == NULL) == (calendar == NULL))
		return because(why, ERR_USAGE,
			"where to? Either a new folder, kith export DIR, or kith export "
			"--calendar FILE");
	if (args_has(&cli->args, "hide-names") && args_has(&cli->args, "keep-names"))
		return because(
			why, ERR_USAGE, "either --hide-names or --keep-names, not both");
	x.scope.mine_only = args_has(&cli->args, "mine-only");
	enum err e = coach_kind(args_value(&cli->args, "kind"), &x.scope.kind, why);
	if (e == OK)
		e = cli_look(cli, &txn, why);
	x.txn = txn;
	if (e == OK)
		e = export_guard_read(txn, &x.guard, why);
	if (e == OK)
		e = path != NULL ? run_folder(&x, path, why)
				 : run_calendar(&x, calendar, why);
	out_folder_free(x.folder);
	for (size_t i = 0; i < GROWING; i++)
		buf_release(&x.growing[i]);
	return e;
}

static const struct option options[] = {
	{"calendar", "FILE", "only the visits and open doors, as iCalendar"},
	{"kind", "KIND", "only goals, notes, sessions, …"},
	{"mine-only", NULL, "nothing that a partner wrote, or both of you"},
	{"hide-names", NULL, "write the seats for names on your list"},
	{"keep-names", NULL, "leave them in"},
};
const struct command cmd_export = {
	.name = "export",
	.group = GROUP_REPORTS,
	.words = "[DIR]",
	.summary = "everything out, in open formats; or the dates for a calendar",
	.detail =
		"Into a new or empty folder: each document as a page of Markdown and as "
		"a line of JSON, tables of what was seen (CSV), and the visits for a "
		"calendar. README.md in it says what was left out.\n"
		"\n"
		"The names of your pupils stay here, and so does a lesson that a partner "
		"taught: only who taught it takes it out. What comes out is not "
		"encrypted "
		"any more.",
	.min = 0,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
