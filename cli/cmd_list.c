/* kith list: what I have. */
#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"

/* "with Ben, Carla · both wrote" */
static const char *remarks(struct arena *arena, const struct view_document *document)
{
	const char *text = "";
	for (size_t i = 0; i < document->shared_count; i++)
		text = i == 0 ? document->shared_with[0]
			      : arena_format(
					arena, "%s, %s", text, document->shared_with[i]);
	if (text[0] != '\0')
		text = arena_format(arena, tr("with %s"), text);
	if (document->both_wrote)
		text = arena_format(arena, "%s%s%s", text, text[0] != '\0' ? " · " : "",
			tr("both wrote"));
	if (document->incomplete || document->unread)
		text = arena_format(arena, "%s%s%s", text, text[0] != '\0' ? " · " : "",
			tr("incomplete"));
	return text;
}

static void list_text(
	struct cli *cli, const struct view_document *documents, size_t count)
{
	struct table table = {.columns = 4};
	for (size_t i = 0; i < count; i++) {
		table_cstr(&table, documents[i].handle);
		table_cstr(&table, tr_in("kind", documents[i].head->kind->name));
		table_cstr(&table, documents[i].title);
		table_cstr(&table, remarks(&cli->arena, &documents[i]));
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
	struct view_document *documents;
	size_t count;
	enum err e = coach_kind(args_word(&cli->args, 0), &kind, why);
	if (e != OK || (e = cli_look(cli, &txn, why)) != OK ||
		(e = view_list(txn, kind, &documents, &count, why)) != OK)
		return e;
	if (!cli->print.is_json) {
		list_text(cli, documents, count);
		return OK;
	}
	json_object(&cli->print.json, NULL);
	json_array(&cli->print.json, "documents");
	for (size_t i = 0; i < count; i++)
		show_json(cli, txn, NULL, &documents[i]);
	json_close(&cli->print.json);
	json_close(&cli->print.json);
	return OK;
}

const struct command cmd_list = {
	.name = "list",
	.group = GROUP_WRITING,
	.words = "[KIND]",
	.summary = "what you have, all or of one kind",
	.max = 1,
	.run = run,
};
