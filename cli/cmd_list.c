/* kith list: what I have. */
#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"

/* "with Ben, Carla · both wrote" */
static const char *remarks(struct arena *arena, const struct view_line *line)
{
	const char *text = "";
	for (size_t i = 0; i < line->shared_count; i++)
		text = i == 0 ? line->shared_with[0]
			      : arena_format(arena, "%s, %s", text, line->shared_with[i]);
	if (text[0] != '\0')
		text = arena_format(arena, tr("with %s"), text);
	if (line->both_wrote)
		text = arena_format(arena, "%s%s%s", text, text[0] != '\0' ? " · " : "",
			tr("both wrote"));
	if (line->is_partial)
		text = arena_format(arena, "%s%s%s", text, text[0] != '\0' ? " · " : "",
			tr("incomplete"));
	return text;
}

static void list_text(struct cli *cli, const struct view_line *lines, size_t count)
{
	struct table table = {.columns = 4};
	for (size_t i = 0; i < count; i++) {
		table_cstr(&table, lines[i].handle);
		table_cstr(&table, tr_in("kind", lines[i].kind->name));
		table_cstr(&table, lines[i].title);
		table_cstr(&table, remarks(&cli->arena, &lines[i]));
	}
	table_write(&table, &cli->print.out, cli->print.screen, 2);
	table_release(&table);
	if (count == 0)
		print_line(&cli->print, "Nothing yet. A first goal: kith goal \"what I "
					"want to get better at\"");
}

static enum err run(struct cli *cli, struct why *why)
{
	const struct kind_schema *kind;
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct view_line *lines;
	size_t count;
	enum err e = coach_kind(args_word(&cli->args, 0), &kind, why);
	if (e != OK || (e = cli_look(cli, &txn, why)) != OK ||
		(e = view_lines(txn, kind, &lines, &count, why)) != OK)
		return e;
	if (!cli->print.is_json) {
		list_text(cli, lines, count);
		return OK;
	}
	json_object(&cli->print.json, NULL);
	json_array(&cli->print.json, "documents");
	for (size_t i = 0; e == OK && i < count; i++) {
		struct view_document document;
		e = view_document(txn, lines[i].id, &document, why);
		if (e == OK)
			show_json(cli, txn, NULL, &document);
	}
	json_close(&cli->print.json);
	json_close(&cli->print.json);
	return e;
}

const struct command cmd_list = {
	.name = "list",
	.group = GROUP_WRITING,
	.words = "[KIND]",
	.summary = "what you have, all or of one kind",
	.max = 1,
	.run = run,
};
