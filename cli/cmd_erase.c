/* kith erase: destroy a private document and its key. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"

/* What is asked about, read before and apart: nobody may wait for a person's answer. */
static enum err ask(struct cli *cli, struct id *id, const char **title, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct leaf *leaf;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK || (e = coach_find(txn, args_word(&cli->args, 0), id, why)) != OK ||
		(e = leaf_open(txn, *id, &leaf, why)) != OK)
		return e;
	*title = arena_text(&cli->arena, view_title(txn, leaf));
	notebook_abortp(&txn);
	txn = NULL;
	return cli_confirm(cli, why, "Erase \"%.200s\"? Nothing brings it back.", *title);
}

static enum err run(struct cli *cli, struct why *why)
{
	struct id id;
	const char *title;
	enum err e = ask(cli, &id, &title, why);
	if (e != OK)
		return e;
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct leaf *leaf;
	char handle[HANDLE_TEXT];
	if ((e = cli_edit(cli, &txn, why)) != OK ||
		(e = leaf_open(txn, id, &leaf, why)) != OK)
		return e;
	leaf_handle(txn, leaf, handle);
	if ((e = leaf_erase(txn, id, why)) != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_cstr(&cli->print.json, "handle", handle);
		json_bool(&cli->print.json, "erased", true);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print, "Erased: %s", title);
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {OPTION_YES};
const struct command cmd_erase = {
	.name = "erase",
	.group = GROUP_WRITING,
	.words = "H",
	.summary = "destroy a private document and its key",
	.detail = "What is shared ends by takeback (yours) or drop (a partner's).",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
