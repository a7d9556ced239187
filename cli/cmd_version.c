/* kith version: which kith this is. */
#include "cli/cli.h"
#include "cli/commands.h"

static enum err run(struct cli *cli, struct why *why)
{
	(void)why;
	if (!cli->print.is_json) {
		print_line(&cli->print, "kith %s", KITH_VERSION);
		return OK;
	}
	json_object(&cli->print.json, NULL);
	json_cstr(&cli->print.json, "version", KITH_VERSION);
	json_close(&cli->print.json);
	return OK;
}

const struct command cmd_version = {
	.name = "version",
	.group = GROUP_KITH,
	.words = "",
	.summary = "the version of kith",
	.run = run,
};
