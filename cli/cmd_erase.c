/* kith erase: destroy a private document and its key. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"
#include "core/notebook/care.h"

/* What is asked about, read before and apart: nobody may wait for a person's answer. */
static enum err ask(struct cli *cli, struct id *id, const char **title,
	uint64_t *backed_up_s, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct leaf *leaf;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK || (e = coach_find(txn, args_word(&cli->args, 0), id, why)) != OK ||
		(e = leaf_open(txn, *id, &leaf, why)) != OK)
		return e;
	*title = arena_text(&cli->arena, view_title(txn, leaf));
	*backed_up_s = notebook_backed_up_s(txn);
	notebook_abortp(&txn);
	txn = NULL;
	if (*backed_up_s != 0)
		return cli_confirm(cli, why,
			"Erase \"%.200s\"? Nothing brings it back but a backup from "
			"before.",
			*title);
	return cli_confirm(cli, why, "Erase \"%.200s\"? Nothing brings it back.", *title);
}

static enum err run(struct cli *cli, struct why *why)
{
	struct id id;
	const char *title;
	uint64_t backed_up_s = 0;
	enum err e = ask(cli, &id, &title, &backed_up_s, why);
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
		json_time(&cli->print.json, "last_backup", backed_up_s);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print, "Erased: %s", title);
		if (backed_up_s != 0)
			print_line(&cli->print,
				"Backups from before may have it still (the last is of "
				"%s): make a new one, and destroy those.",
				print_when(&cli->arena, backed_up_s));
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {OPTION_YES};
const struct command cmd_erase = {
	.name = "erase",
	.group = GROUP_WRITING,
	.words = "H",
	.summary = "destroy a private document and its key",
	.detail =
		"What is shared ends by takeback (yours) or drop (a partner's).\n\nA "
		"backup "
		"from before has it still, and so may a disk that keeps old blocks (SSD) "
		"for whoever has the passphrase.",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
