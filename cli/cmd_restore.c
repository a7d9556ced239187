/* kith restore: a store made again of a backup. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "core/coaching/schema.h"
#include "core/notebook/care.h"
#include "core/notebook/people.h"

static void say(struct cli *cli, const char *home, const struct backup_note *note,
	bool has_partners)
{
	const char *name = notebook_me(cli->notebook)->name;
	if (cli->print.is_json) {
		struct json *json = &cli->print.json;
		json_object(json, NULL);
		json_cstr(json, "home", home);
		json_cstr(json, "name", name);
		json_time(json, "made", note->made_s);
		json_uint(json, "records", note->records);
		json_close(json);
		return;
	}
	print_line(&cli->print, "Welcome back, %s. Your store of %s is in %s",
		print_clean(&cli->arena, bytes_text(name)),
		print_when(&cli->arena, note->made_s),
		print_clean(&cli->arena, bytes_text(home)));
	if (has_partners) {
		print_line(&cli->print,
			"What you share comes up to date at the next meeting: kith sync");
		print_line(&cli->print,
			"What you had written there and not yet sent stands in private "
			"notes of its own, so that nothing is said twice.");
	}
	print_line(
		&cli->print, "What you erased since then is here again: erase it again.");
}

static enum err has_partners(struct cli *cli, bool *out, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partners;
	size_t count = 0;
	enum err e = notebook_look(cli->notebook, &txn, why);
	if (e == OK)
		e = people_partners(txn, &partners, &count);
	*out = count > 0;
	return e;
}

static enum err restore(struct cli *cli, const char *home, struct why *why)
{
	struct backup_note note;
	WIPED(secret) master = {0};
	CLEAN_PASSPHRASE struct passphrase passphrase = {0};
	const char *sheet = args_value(&cli->args, "recovery-file");
	enum err e = sheet != NULL ? prompt_recovery(&passphrase, sheet, why)
				   : prompt_passphrase(&passphrase,
					     cli_passphrase_file(cli), false, why);
	if (e == OK)
		e = notebook_restore(home, args_word(&cli->args, 0),
			passphrase_bytes(&passphrase), &coaching_schema, &master, &note,
			why);
	if (e == OK)
		e = notebook_open(home, &master, &coaching_schema, &cli->notebook, why);
	bool partners = false;
	if (e == OK)
		e = has_partners(cli, &partners, why);
	if (e == OK)
		say(cli, home, &note, partners);
	return e;
}

static enum err run(struct cli *cli, struct why *why)
{
	const char *home;
	enum err e = cli_home(cli, &home, why);
	/* Before the passphrase is typed for nothing. */
	if (e == OK)
		e = notebook_may_restore(home, args_word(&cli->args, 0), why);
	return e == OK ? restore(cli, home, why) : e;
}

static const struct option options[] = {
	{"recovery-file", "FILE", "open it with the recovery key in that file"},
};
const struct command cmd_restore = {
	.name = "restore",
	.group = GROUP_STORE,
	.words = "FILE",
	.summary = "a store made again of a backup, in a new folder",
	.detail = "Into the folder of --home, which must be new or empty. The backup is "
		  "read to its end and found whole before anything is written. It opens "
		  "with the passphrase of the day it was made, or with the recovery "
		  "key.\n\nThe store it was made of may go on beside it: both are yours, "
		  "and both meet your partners.",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
