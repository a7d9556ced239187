/* kith lock: the running node forgets the key. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "net/host/node.h"

static enum err run(struct cli *cli, struct why *why)
{
	const char *home;
	enum err e = cli_home(cli, &home, why);
	if (e == OK)
		e = node_lock(home, why);
	if (e == ERR_NOT_REACHED)
		return because(why, ERR_REFUSED,
			"no node runs here, so nothing holds the key (kith run starts "
			"one)");
	if (e != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_bool(&cli->print.json, "locked", true);
		json_close(&cli->print.json);
	} else {
		print_line(
			&cli->print, "Locked. It announces nothing until: kith unlock");
	}
	return OK;
}

const struct command cmd_lock = {
	.name = "lock",
	.group = GROUP_STORE,
	.words = "",
	.summary = "take the key away from the running node",
	.run = run,
};
