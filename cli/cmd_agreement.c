/* kith agreement: how two work together, signed by both over the same words. */
#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/after.h"

static const char *state_word(const struct agreed *agreed)
{
	if (agreed->lapsed)
		return "lapsed";
	return agreed->by_me && agreed->by_them ? "agreed" : "proposed";
}

static void show_state(struct cli *cli, const struct agreed *agreed, const char *partner)
{
	if (agreed->lapsed)
		print_line(&cli->print, "Its review is past: look at it together again.");
	if (agreed->by_me && agreed->by_them)
		print_line(&cli->print, "You both signed it as it stands.");
	else if (agreed->by_me)
		print_line(&cli->print, "You signed it; %s did not yet.", partner);
	else if (agreed->by_them)
		print_line(&cli->print, "%s signed it; you did not yet: --sign", partner);
	else
		print_line(&cli->print, "Nobody signed it as it stands. Change a "
					"sentence with kith edit, "
					"then --sign.");
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	struct view_document document;
	struct agreed agreed;
	struct id id;
	bool made;
	enum err e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_partner(cli, txn, &partner, why);
	if (e == OK)
		e = coach_agreement(txn, partner, &id, &made, why);
	if (e == OK && args_has(&cli->args, "sign"))
		e = coach_agree(txn, id, why);
	if (e == OK)
		e = agreed_read(txn, id, &agreed, why);
	if (e == OK)
		e = view_document(txn, id, &document, why);
	if (e != OK)
		return e;
	if (cli->print.is_json) {
		show_json_open(cli, NULL, &document);
		json_cstr(&cli->print.json, "state", state_word(&agreed));
		json_bool(&cli->print.json, "signed_by_me", agreed.by_me);
		json_bool(&cli->print.json, "signed_by_partner", agreed.by_them);
		json_close(&cli->print.json);
	} else {
		show_text(cli, txn, &document);
		print_line(&cli->print, "%s", "");
		show_state(cli, &agreed, view_partner(partner));
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"with", "NAME", "the partner"},
	{"sign", NULL, "sign it as it is now; any edit reopens it"},
};
const struct command cmd_agreement = {
	.name = "agreement",
	.group = GROUP_VISITS,
	.words = "",
	.summary = "how the two of you work together, signed by both",
	OPTIONS(options),
	.run = run,
};
