/* kith init: a new store, and a new person in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "core/base/id.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/schema.h"
#include "core/notebook/people.h"

static enum err read_name(struct cli *cli, const char **out, struct why *why)
{
	const char *name = args_value(&cli->args, "name");
	CLEAN_BUF struct buf line = {0};
	if (name == NULL && !prompt_is_possible())
		return because(why, ERR_USAGE,
			"init needs the name partners will see: --name NAME");
	if (name == NULL) {
		fprintf(stderr, "%s: ", tr("Name partners will see"));
		if (!prompt_line(&line, NULL))
			return because(why, ERR_USAGE, "no name was given");
		name = buf_text(&line);
	}
	*out = print_clean(&cli->arena, bytes_text(name));
	if (utf8_blank(bytes_text(*out)))
		return because(why, ERR_INVALID, "the name is empty");
	if (strlen(*out) > NAME_MAX_LEN)
		return because(why, ERR_TOO_BIG, "the name is longer than %d bytes",
			NAME_MAX_LEN);
	return OK;
}

/* Made before the store is: a sheet that cannot be written must not be found out
 * afterwards. */
static enum err open_sheet(struct cli *cli, int *fd, struct why *why)
{
	const char *file = args_value(&cli->args, "recovery-file");
	*fd = -1;
	if (file == NULL)
		return OK;
	*fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0)
		return because(why, ERR_IO, "cannot make the recovery file %s: %s", file,
			strerror(errno));
	return OK;
}

static enum err write_sheet(
	struct cli *cli, int fd, struct buf *recovery, const char *name, struct why *why)
{
	CLEAN_BUF struct buf sheet = {0};
	buf_add_format(&sheet,
		tr("Recovery key of %s's kith store. Who has this opens the store.\n"
		   "Print it, keep it away from the computer, and delete this file.\n"),
		name);
	buf_add_format(&sheet, "\n%s\n", buf_text(recovery));
	bool wrote =
		write(fd, sheet.at, sheet.len) == (ssize_t)sheet.len && fsync(fd) == 0;
	wipe(sheet.at, sheet.len);
	if (!wrote)
		return because(why, ERR_IO,
			"the store is made, but not the recovery file %s: %s",
			args_value(&cli->args, "recovery-file"), strerror(errno));
	return OK;
}

static void say(struct cli *cli, const char *home, struct buf *recovery)
{
	const struct me *me = notebook_me(cli->notebook);
	const char *file = args_value(&cli->args, "recovery-file");
	char person[PERSON_TEXT + 1], device[ID_TEXT + 1];
	person_text(me->person, person);
	id_text(me->device, device);
	if (cli->print.is_json) {
		struct json *json = &cli->print.json;
		json_object(json, NULL);
		json_cstr(json, "person", person);
		json_cstr(json, "device", device);
		json_cstr(json, "name", me->name);
		json_cstr(json, "home", home);
		json_cstr(json, "recovery_file", file);
		json_close(json);
		return;
	}
	print_line(&cli->print,
		"Welcome, %s. Nothing leaves this computer until you share it.",
		me->name);
	print_line(&cli->print, "Your store is in %s", home);
	if (file != NULL)
		print_line(&cli->print,
			"Your recovery key is in %s: print it, then delete the file.",
			file);
	else if (recovery->len > 0)
		print_line(&cli->print,
			"Your recovery key, shown once; write it down on paper:\n\n  "
			"%s\n",
			buf_text(recovery));
	print_line(&cli->print, "Next: kith goal \"what I want to get better at\"");
}

/* Make the store, then the sheet; only then can either be used, so neither is ever
 * without the other. */
static enum err make(struct cli *cli, const char *home,
	const struct notebook_birth *birth, int sheet, struct buf *recovery,
	struct why *why)
{
	enum err e = notebook_create(home, birth, &coaching_schema, recovery, why);
	if (e != OK && sheet >= 0)
		unlink(args_value(&cli->args, "recovery-file"));
	if (e == OK && sheet >= 0)
		e = write_sheet(cli, sheet, recovery, birth->name, why);
	return e;
}

/* Open what was made, to say whose it is. */
static enum err open_new(
	struct cli *cli, const char *home, struct bytes passphrase, struct why *why)
{
	WIPED(secret) master;
	enum err e = notebook_unlock(home, passphrase, &master, why);
	if (e != OK)
		return e;
	return notebook_open(home, &master, &coaching_schema, &cli->notebook, why);
}

static bool wants_recovery(const struct cli *cli, int sheet)
{
	if (sheet >= 0)
		return true;
	return prompt_is_possible() && !cli->print.is_json &&
	       prompt_yes("Make a recovery key, for the day the passphrase is forgotten?",
		       true);
}

/* The part with secrets in it. */
static enum err make_and_open(struct cli *cli, const char *home,
	struct notebook_birth *birth, int sheet, struct why *why)
{
	CLEAN_PASSPHRASE struct passphrase passphrase = {0};
	CLEAN_BUF struct buf recovery = {0};
	enum err e = prompt_passphrase(&passphrase, cli_passphrase_file(cli), true, why);
	if (e != OK && sheet >= 0)
		unlink(args_value(&cli->args, "recovery-file"));
	if (e != OK)
		return e;
	birth->passphrase = passphrase_bytes(&passphrase);
	birth->recovery = wants_recovery(cli, sheet);
	e = make(cli, home, birth, sheet, &recovery, why);
	if (e == OK)
		e = open_new(cli, home, birth->passphrase, why);
	if (e == OK)
		say(cli, home, &recovery);
	wipe(recovery.at, recovery.len);
	return e;
}

static enum err run(struct cli *cli, struct why *why)
{
	const char *home;
	int sheet = -1;
	bool kdf_given;
	struct notebook_birth birth = {0};
	enum err e = cli_home(cli, &home, why);
	if (e == OK)
		e = cli_kdf(cli, &birth.kdf, &kdf_given, why);
	if (e == OK)
		e = read_name(cli, &birth.name, why);
	if (e == OK)
		e = open_sheet(cli, &sheet, why);
	if (e != OK)
		return e;
	e = make_and_open(cli, home, &birth, sheet, why);
	if (sheet >= 0)
		close(sheet);
	return e;
}

static const struct option options[] = {
	{"name", "NAME", "the name partners will see"},
	{"recovery-file", "FILE", "make a recovery key and write it there"},
	OPTION_KDF,
};
const struct command cmd_init = {
	.name = "init",
	.group = GROUP_STORE,
	.words = "",
	.summary = "a new store on this computer",
	.detail = "Asks for a passphrase twice. Without it, or the recovery key, nobody "
		  "opens the store\n"
		  "again: there is no other way in.",
	OPTIONS(options),
	.run = run,
};
