/* kith passphrase: another passphrase for the store. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "core/coaching/schema.h"
#include "core/notebook/care.h"

/* The one that holds now is asked for also where a node has the key: who finds an open
 * computer shall not lock its owner out. */
static enum err open_with_old(struct cli *cli, const char *home, struct why *why)
{
	WIPED(secret) master = {0};
	CLEAN_PASSPHRASE struct passphrase old = {0};
	const char *sheet = args_value(&cli->args, "recovery-file");
	enum err e = sheet != NULL ? prompt_recovery(&old, sheet, why)
				   : prompt_passphrase(
					     &old, cli_passphrase_file(cli), false, why);
	if (e == OK)
		e = cli_no_store(
			notebook_unlock(home, passphrase_bytes(&old), &master, why), home,
			why);
	return e == OK ? notebook_open(
				 home, &master, &coaching_schema, &cli->notebook, why)
		       : e;
}

static enum err set_new(struct cli *cli, struct why *why)
{
	CLEAN_PASSPHRASE struct passphrase new = {0};
	enum birth_kdf kdf;
	bool given = false;
	enum err e = cli_kdf(cli, &kdf, &given, why);
	if (e == OK)
		e = prompt_passphrase(
			&new, args_value(&cli->args, "new-passphrase-file"), true, why);
	return e == OK ? notebook_set_passphrase(cli->notebook, passphrase_bytes(&new),
				 given ? &kdf : NULL, why)
		       : e;
}

static void say(struct cli *cli)
{
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_bool(&cli->print.json, "changed", true);
		json_close(&cli->print.json);
		return;
	}
	print_line(&cli->print,
		"From now on the new passphrase opens your store. The recovery key, if "
		"you made one, is the same as before.");
	print_line(&cli->print,
		"Backups from before still open with the old one: make a new one with "
		"kith backup FILE");
}

static enum err run(struct cli *cli, struct why *why)
{
	const char *home;
	enum err e = cli_home(cli, &home, why);
	if (e == OK && !prompt_is_possible() &&
		args_value(&cli->args, "new-passphrase-file") == NULL)
		e = because(why, ERR_USAGE,
			"the new passphrase is missing: --new-passphrase-file FILE");
	if (e == OK)
		e = open_with_old(cli, home, why);
	if (e == OK)
		e = set_new(cli, why);
	if (e == OK)
		say(cli);
	return e;
}

static const struct option options[] = {
	{"new-passphrase-file", "FILE", "read the new passphrase there"},
	{"recovery-file", "FILE", "the old one is forgotten: the recovery key is in it"},
	OPTION_KDF,
};
const struct command cmd_passphrase = {
	.name = "passphrase",
	.group = GROUP_STORE,
	.words = "",
	.summary = "another passphrase for the store",
	.detail = "Asks for the one that holds now, and twice for the new one. Is it "
		  "forgotten, the recovery key does: type it in its place, or give "
		  "--recovery-file.\n\nSomebody who kept a copy of the store and knows "
		  "the old passphrase can still open that copy.",
	OPTIONS(options),
	.run = run,
};
