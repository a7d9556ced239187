/* kith status: the node, the partners, what waits to go out, what was refused and why. */
#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "core/base/id.h"
#include "core/coaching/views.h"
#include "core/notebook/care.h"
#include "core/notebook/invisible.h"
#include "core/notebook/ledger.h"
#include "net/host/node.h"
#include "net/host/visible.h"

static void add_json(struct cli *cli, struct notebook_txn *txn, struct partner *partner)
{
	struct json *json = &cli->print.json;
	const char **notices;
	size_t count = ledger_notices(txn, partner, &notices);
	json_object(json, NULL);
	json_cstr(json, "name", view_partner(partner));
	json_time(json, "last_met", partner->met_s);
	json_time(json, "last_verified", partner->verified_s);
	json_bool(json, "identical", partner->identical);
	json_uint(json, "pending", ledger_pending(txn, partner));
	json_uint(json, "captures_to_decide", coach_captures_left(txn, partner));
	json_array(json, "notices");
	for (size_t i = 0; i < count; i++)
		json_cstr(json, NULL, notices[i]);
	json_close(json);
	json_close(json);
}

static void add_text(struct cli *cli, struct notebook_txn *txn, struct partner *partner)
{
	const char **notices;
	size_t count = ledger_notices(txn, partner, &notices);
	size_t pending = ledger_pending(txn, partner);
	print_heading(&cli->print, "%s", view_partner(partner));
	print_line(&cli->print,
		partner->identical ? "  last verified: %s, identical"
				   : "  last verified: %s",
		print_when(&cli->arena, partner->verified_s));
	print_line(&cli->print, "  waits to go out: %zu", pending);
	for (size_t i = 0; i < count; i++)
		print_line(&cli->print, "  %s",
			print_clean(&cli->arena, bytes_text(notices[i])));
	coach_say_captures(cli, coach_captures_left(txn, partner), view_partner(partner));
}

/* Said here and nowhere else: a reminder, no alarm. */
static void add_backup(struct cli *cli, struct notebook_txn *txn)
{
	uint64_t last = notebook_backed_up_s(txn);
	const char *when = print_when(&cli->arena, last);
	if (!notebook_backup_is_due(txn))
		print_line(&cli->print, "Last backup: %s", when);
	else if (last == 0)
		print_line(&cli->print,
			"Last backup: none yet. kith backup FILE makes one, best on "
			"another disk.");
	else
		print_line(&cli->print,
			"Last backup: %s, more than two weeks ago. kith backup FILE "
			"makes a new one.",
			when);
}

static void say(struct cli *cli, struct notebook_txn *txn, enum node_state node,
	bool is_invisible, struct partner *partners, size_t count)
{
	size_t pending = 0;
	for (size_t i = 0; i < count; i++)
		pending += ledger_pending(txn, &partners[i]);
	if (!cli->print.is_json) {
		print_line(&cli->print, node == NODE_NONE ? "Node: not running (kith run)"
					: node == NODE_LOCKED
						? "Node: running, locked (kith unlock)"
						: "Node: running");
		if (is_invisible)
			print_line(&cli->print,
				"Invisible on this network (kith invisible)");
		for (size_t i = 0; i < count; i++)
			add_text(cli, txn, &partners[i]);
		add_backup(cli, txn);
		return;
	}
	struct json *json = &cli->print.json;
	json_object(json, NULL);
	json_bool(json, "node", node != NODE_NONE);
	json_bool(json, "locked", node == NODE_LOCKED);
	json_bool(json, "invisible", is_invisible);
	json_uint(json, "pending", pending);
	json_time(json, "last_backup", notebook_backed_up_s(txn));
	json_bool(json, "backup_due", notebook_backup_is_due(txn));
	json_array(json, "partners");
	for (size_t i = 0; i < count; i++)
		add_json(cli, txn, &partners[i]);
	json_close(json);
	json_close(json);
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partners;
	size_t count;
	struct invisible invisible;
	const char *home;
	enum err e = cli_home(cli, &home, why);
	if (e != OK || (e = cli_look(cli, &txn, why)) != OK ||
		(e = people_partners(txn, &partners, &count)) != OK ||
		(e = invisible_read(txn, &invisible, why)) != OK)
		return e;
	say(cli, txn, node_state(home), visible_now(&invisible) != VISIBLE, partners,
		count);
	return OK;
}

const struct command cmd_status = {
	.name = "status",
	.group = GROUP_MEETING,
	.words = "",
	.summary = "the node, the partners, what waits, what was refused and why",
	.run = run,
};
