/* kith backup: one encrypted file of all that is here, for another disk. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "core/notebook/care.h"

static void say(struct cli *cli, const char *file, const struct backup_note *note)
{
	if (cli->print.is_json) {
		struct json *json = &cli->print.json;
		json_object(json, NULL);
		json_cstr(json, "file", file);
		json_time(json, "made", note->made_s);
		json_uint(json, "records", note->records);
		json_uint(json, "bytes", note->bytes);
		json_uint(json, "damaged", note->damaged);
		json_close(json);
		return;
	}
	print_line(&cli->print, "All that is here is in %s (%s).",
		print_clean(&cli->arena, bytes_text(file)),
		print_size(&cli->arena, note->bytes));
	print_line(&cli->print,
		"It opens with the passphrase of today, or with your recovery key.");
	if (note->damaged > 0)
		print_line(&cli->print,
			"Some of it is damaged and was copied as it is: kith check says "
			"what.");
}

static enum err run(struct cli *cli, struct why *why)
{
	struct backup_note note;
	const char *file = args_word(&cli->args, 0);
	enum err e = cli_open(cli, why);
	if (e == OK)
		e = notebook_backup(cli->notebook, file,
			args_has(&cli->args, "even-damaged"), &note, why);
	if (e == OK)
		say(cli, file, &note);
	return e;
}

static const struct option options[] = {
	{"even-damaged", NULL, "back up a damaged store as it is"},
};
const struct command cmd_backup = {
	.name = "backup",
	.group = GROUP_STORE,
	.words = "FILE",
	.summary = "one encrypted file of all that is here, for another disk",
	.detail = "An older backup of the same store under that name is replaced, and "
		  "only when the new one is whole; nothing else is. You may go on "
		  "working meanwhile, and kith run too.\n\nA backup keeps what was there "
		  "when it was made: what you erase or take back later is in it still, "
		  "and it opens with the passphrase of that day. Make a new one, and "
		  "delete the old.",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
