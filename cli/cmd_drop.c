/* kith drop: give up my copy of what a partner shared, or my part in what is together. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"
#include "core/notebook/share.h"

static enum err run(struct cli *cli, struct why *why)
{
	enum err e = cli_confirm(cli, why,
		"Drop it? It ends for both; the other keeps a private copy and is told.");
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id id;
	struct view_document document;
	if (e != OK || (e = cli_edit(cli, &txn, why)) != OK ||
		(e = coach_find(txn, args_word(&cli->args, 0), &id, why)) != OK ||
		(e = view_document(txn, id, &document, why)) != OK ||
		(e = share_drop(txn, id, why)) != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_cstr(&cli->print.json, "handle", document.handle);
		json_bool(&cli->print.json, "dropped", true);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print,
			"Dropped: %s. What you wrote in it is a private note of yours.",
			document.title);
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {OPTION_YES};
const struct command cmd_drop = {
	.name = "drop",
	.group = GROUP_SHARING,
	.words = "H",
	.summary = "give up a partner's document, or your part in one together",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
