/* kith compact: give back the space of what is gone. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "core/notebook/care.h"

static void say(struct cli *cli, const struct compaction *done)
{
	uint64_t freed = done->before > done->after ? done->before - done->after : 0;
	if (cli->print.is_json) {
		struct json *json = &cli->print.json;
		json_object(json, NULL);
		json_uint(json, "before", done->before);
		json_uint(json, "after", done->after);
		json_uint(json, "freed", freed);
		json_close(json);
	} else if (freed == 0) {
		print_line(&cli->print, "There was nothing to give back: it has %s.",
			print_size(&cli->arena, done->after));
	} else {
		print_line(&cli->print, "%s given back: it had %s and has %s now.",
			print_size(&cli->arena, freed),
			print_size(&cli->arena, done->before),
			print_size(&cli->arena, done->after));
	}
}

static enum err run(struct cli *cli, struct why *why)
{
	const char *home;
	struct compaction done;
	WIPED(secret) master;
	enum err e = cli_home(cli, &home, why);
	if (e == OK)
		e = cli_key(cli, &master, why);
	if (e == OK)
		e = notebook_compact(home, &master, &done, why);
	if (e == OK)
		say(cli, &done);
	return e;
}

const struct command cmd_compact = {
	.name = "compact",
	.group = GROUP_STORE,
	.words = "",
	.summary = "give back the space of what was erased and replaced",
	.detail = "Writes the data file anew with only what is there, and puts it in the "
		  "old one's place.\n\nNobody else may have the store open: end kith run "
		  "first, or kith lock it. It needs room for a second copy on the disk "
		  "meanwhile.",
	.run = run,
};
