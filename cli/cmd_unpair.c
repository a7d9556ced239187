/* kith unpair: end a partnership. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "core/coaching/views.h"
#include "core/notebook/share.h"

static enum err ask(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK ||
		(e = people_find(txn, args_word(&cli->args, 0), &partner, why)) != OK)
		return e;
	const char *name = arena_text(&cli->arena, view_partner(partner));
	notebook_abortp(&txn);
	txn = NULL;
	return cli_confirm(cli, why,
		"End it with %s? What you showed is taken back; of the rest each keeps a "
		"private copy.",
		name);
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	enum err e = ask(cli, why);
	if (e != OK || (e = cli_edit(cli, &txn, why)) != OK ||
		(e = people_find(txn, args_word(&cli->args, 0), &partner, why)) != OK ||
		(e = share_unpair(txn, partner, why)) != OK)
		return e;
	const char *name = view_partner(partner);
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_cstr(&cli->print.json, "partner", name);
		json_bool(&cli->print.json, "ended", true);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print,
			"Ended with %s. Their computer learns it when the two next meet; "
			"what you had "
			"together is a private copy now.",
			name);
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {OPTION_YES};
const struct command cmd_unpair = {
	.name = "unpair",
	.group = GROUP_MEETING,
	.words = "NAME",
	.summary = "end a partnership",
	.detail = "What you showed is taken back at the next meeting; of everything else "
		  "each keeps a\n"
		  "private copy.",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
