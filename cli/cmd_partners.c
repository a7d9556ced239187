/* kith partners: whom I am paired with. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "core/base/id.h"
#include "core/base/tr.h"
#include "core/coaching/views.h"
#include "core/notebook/ledger.h"

static const char *state_word(enum partner_state state)
{
	switch (state) {
	case PARTNER_PROVISIONAL:
		return N_("paired, not met yet");
	case PARTNER_ACTIVE:
		return N_("active");
	case PARTNER_LEAVING:
		return N_("ended here, not told yet");
	case PARTNER_LEFT:
		return N_("ended");
	}
	return "ended";
}

static void add_json(struct json *json, struct partner *partner)
{
	char person[PERSON_TEXT + 1];
	person_text(partner->person, person);
	json_object(json, NULL);
	json_cstr(json, "name", view_partner(partner));
	json_cstr(json, "person", person);
	json_cstr(json, "calls_themself", partner->name);
	json_cstr(json, "state", state_word(partner->state));
	json_time(json, "last_met", partner->met_s);
	json_time(json, "last_verified", partner->verified_s);
	json_bool(json, "identical", partner->identical);
	json_close(json);
}

static void list_text(struct cli *cli, struct partner *partners, size_t count)
{
	struct table table = {.columns = 3};
	for (size_t i = 0; i < count; i++) {
		struct partner *partner = &partners[i];
		table_cstr(&table, view_partner(partner));
		table_cstr(&table, tr(state_word(partner->state)));
		table_cstr(
			&table, arena_format(&cli->arena,
					partner->identical ? tr("identical, verified %s")
							   : tr("verified %s"),
					print_when(&cli->arena, partner->verified_s)));
	}
	table_write(&table, &cli->print.out, cli->print.screen, 0);
	table_release(&table);
	if (count == 0)
		print_line(&cli->print, "Nobody yet. Beside a colleague: kith pair");
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partners;
	size_t count;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK || (e = people_partners(txn, &partners, &count)) != OK)
		return e;
	if (!cli->print.is_json) {
		list_text(cli, partners, count);
		return OK;
	}
	json_object(&cli->print.json, NULL);
	json_array(&cli->print.json, "partners");
	for (size_t i = 0; i < count; i++)
		add_json(&cli->print.json, &partners[i]);
	json_close(&cli->print.json);
	json_close(&cli->print.json);
	return OK;
}

const struct command cmd_partners = {
	.name = "partners",
	.group = GROUP_MEETING,
	.words = "",
	.summary = "whom you are paired with, and when you last met",
	.run = run,
};
