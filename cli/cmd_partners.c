/* kith partners: whom I am paired with, and how much each may bring. */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "core/base/id.h"
#include "core/base/tr.h"
#include "core/coaching/views.h"
#include "core/notebook/exchange.h"
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

static void add_json(
	struct json *json, struct partner *partner, const struct exchange_room *room)
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
	json_uint(json, "used", room->used);
	json_uint(json, "room", room->most);
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

static enum err list_json(struct cli *cli, struct notebook_txn *txn,
	struct partner *partners, size_t count, struct why *why)
{
	struct json *json = &cli->print.json;
	enum err e = OK;
	json_object(json, NULL);
	json_array(json, "partners");
	for (size_t i = 0; e == OK && i < count; i++) {
		struct exchange_room room;
		e = exchange_room(txn, &partners[i], &room, why);
		if (e == OK)
			add_json(json, &partners[i], &room);
	}
	if (e != OK)
		return e;
	json_close(json);
	json_close(json);
	return OK;
}

static enum err list(
	struct cli *cli, struct notebook_txn *txn, const char *name, struct why *why)
{
	struct partner *partners;
	size_t count = 1;
	enum err e = name != NULL ? people_find(txn, name, &partners, why)
				  : people_partners(txn, &partners, &count);
	if (e != OK)
		return e;
	if (cli->print.is_json)
		return list_json(cli, txn, partners, count, why);
	list_text(cli, partners, count);
	return OK;
}

/* ---- How much one of them may bring */

#define ROOM_MAX_GIB 1024u

static enum err read_room(const char *text, uint64_t *out, struct why *why)
{
	char *end;
	unsigned long long number = strtoull(text, &end, 10);
	bool is_gib = *end == 'G' || *end == 'g', is_mib = *end == 'M' || *end == 'm';
	uint64_t unit = UINT64_C(1) << (is_gib ? 30 : 20);
	if (*text < '0' || *text > '9' || (!is_gib && !is_mib) || end[1] != '\0' ||
		number == 0 || number > ((uint64_t)ROOM_MAX_GIB << 30) / unit)
		return because(why, ERR_USAGE,
			"--room takes a size such as 500M or 2G, at most %uG",
			ROOM_MAX_GIB);
	*out = number * unit;
	return OK;
}

static enum err set_room(
	struct cli *cli, const char *name, const char *text, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	uint64_t most;
	if (name == NULL)
		return because(why, ERR_USAGE,
			"--room is one partner's: kith partners NAME --room SIZE");
	enum err e = read_room(text, &most, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = people_find(txn, name, &partner, why);
	if (e == OK)
		e = exchange_set_room(txn, partner, most, why);
	return e == OK ? cli_commit(&txn, why) : e;
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	const char *name = args_word(&cli->args, 0),
		   *room = args_value(&cli->args, "room");
	enum err e = room != NULL ? set_room(cli, name, room, why) : OK;
	if (e == OK)
		e = cli_look(cli, &txn, why);
	return e == OK ? list(cli, txn, name, why) : e;
}

static const struct option options[] = {
	{"room", "SIZE", "how much this partner may bring into your store (1G at first)"},
};

const struct command cmd_partners = {
	.name = "partners",
	.group = GROUP_MEETING,
	.words = "[NAME]",
	.summary = "whom you are paired with, and when you last met",
	.detail = "A partner who has filled their room is told nothing, and nothing of "
		  "theirs is "
		  "lost: the rest waits until there is more.",
	.max = 1,
	OPTIONS(options),
	.run = run,
};
