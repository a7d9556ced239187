/* kith page: a page that two people write together from its birth. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"

static enum err run(struct cli *cli, struct why *why)
{
	if (!args_has(&cli->args, "with"))
		return because(why, ERR_USAGE, "page needs the partner: --with NAME");
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	struct id id;
	struct view_document made;
	enum err e = cli_edit(cli, &txn, why);
	if (e != OK || (e = cli_partner(cli, txn, "with", &partner, why)) != OK ||
		(e = coach_page(txn, args_word(&cli->args, 0), partner, &id, why)) !=
			OK ||
		(e = view_document(txn, id, &made, why)) != OK)
		return e;
	show_made(cli, &made, "Made, for both of you");
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"with", "NAME", "the partner"},
};
const struct command cmd_page = {
	.name = "page",
	.group = GROUP_WRITING,
	.words = "TITLE",
	.summary = "a page that you and a partner write together",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
