/* kith note: a new note, private until it is shared. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"

static enum err run(struct cli *cli, struct why *why)
{
	struct bytes body;
	enum err e = cli_text(cli, args_word(&cli->args, 0), &body, why);
	if (e != OK)
		return e;
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	if ((e = cli_edit(cli, &txn, why)) != OK)
		return e;
	const char *subject = args_value(&cli->args, "about");
	struct id about, id;
	if (subject != NULL && (e = coach_find(txn, subject, &about, why)) != OK)
		return e;
	struct view_document made;
	if ((e = coach_note(txn, body, subject != NULL ? &about : NULL, &id, why)) !=
			OK ||
		(e = view_document(txn, id, &made, why)) != OK)
		return e;
	show_made(cli, &made, "Kept, private");
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"about", "H", "the document it is about"},
};
const struct command cmd_note = {
	.name = "note",
	.group = GROUP_WRITING,
	.words = "TEXT",
	.summary = "a new note, private until you share it",
	.detail = "note -  reads the text from standard input",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
