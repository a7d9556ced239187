/* kith both-wrote: the places where two values compete. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/places.h"
#include "core/notebook/notebook.h"

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	size_t count;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK)
		return e;
	if (!cli->print.is_json) {
		if ((e = places_text(cli, txn, &count, why)) == OK && count == 0)
			print_line(&cli->print, "Nowhere.");
		return e;
	}
	json_object(&cli->print.json, NULL);
	e = places_json(cli, txn, "places", why);
	if (e == OK)
		json_close(&cli->print.json);
	return e;
}

const struct command cmd_both_wrote = {
	.name = "both-wrote",
	.group = GROUP_WRITING,
	.words = "",
	.summary = "the places where both wrote, to look at",
	.detail =
		"Nothing is lost there: both texts are kept until one of you settles it.",
	.run = run,
};
