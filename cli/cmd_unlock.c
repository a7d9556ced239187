/* kith unlock: give the running node the key. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "net/host/node.h"

static enum err run(struct cli *cli, struct why *why)
{
	const char *home;
	enum err e = cli_home(cli, &home, why);
	if (e == OK && node_state(home) == NODE_NONE)
		e = because(why, ERR_REFUSED,
			"no node runs here; unlock gives the key to one that kith run "
			"started");
	WIPED(secret) master;
	if (e != OK || (e = cli_key(cli, &master, why)) != OK ||
		(e = node_unlock(home, &master, why)) != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_bool(&cli->print.json, "locked", false);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print, "Unlocked.");
	}
	return OK;
}

const struct command cmd_unlock = {
	.name = "unlock",
	.group = GROUP_STORE,
	.words = "",
	.summary = "give the running node the key",
	.run = run,
};
