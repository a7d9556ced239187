/* kith goal: a new goal, private until it is shared. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"

static enum err run(struct cli *cli, struct why *why)
{
	struct goal_words words = {
		.why = args_value(&cli->args, "why"),
		.measured_by = args_value(&cli->args, "measure"),
		.by = args_value(&cli->args, "by"),
	};
	enum err e = cli_text(cli, args_word(&cli->args, 0), &words.wish, why);
	if (e != OK)
		return e;
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id id;
	struct view_document made;
	if ((e = cli_edit(cli, &txn, why)) != OK ||
		(e = coach_goal(txn, &words, &id, why)) != OK ||
		(e = view_document(txn, id, &made, why)) != OK)
		return e;
	show_made(cli, &made, "Kept, private");
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"why", "TEXT", "why it matters to you"},
	{"measure", "TEXT", "how you will see it"},
	{"by", "DATE", "by when, YYYY-MM-DD"},
};
const struct command cmd_goal = {
	.name = "goal",
	.group = GROUP_WRITING,
	.words = "TITLE",
	.summary = "a new goal, private until you share it",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
