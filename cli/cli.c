#include "cli/cli.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/prompt.h"
#include "core/base/mem.h"
#include "core/base/tr.h"
#include "core/coaching/schema.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "net/host/node.h"

static const char *set_variable(const char *name)
{
	const char *value = getenv(name);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *home_of_user(void)
{
	const char *home = set_variable("HOME");
	if (home != NULL)
		return home;
	const struct passwd *user = getpwuid(getuid());
	return user != NULL ? user->pw_dir : NULL;
}

enum err cli_home(struct cli *cli, const char **out, struct why *why)
{
	*out = args_value(&cli->args, "home");
	if (*out == NULL)
		*out = set_variable("KITH_HOME");
	if (*out != NULL && (*out)[0] == '\0')
		return because(why, ERR_USAGE, "--home names no folder");
	if (*out != NULL)
		return OK;
	const char *data = set_variable("XDG_DATA_HOME");
	if (data != NULL &&
		data[0] == '/') { /* the XDG specification ignores relative ones */
		*out = arena_format(&cli->arena, "%s/kith", data);
		return OK;
	}
	const char *home = home_of_user();
	if (home == NULL)
		return because(
			why, ERR_USAGE, "there is no home folder here; give --home DIR");
	*out = arena_format(&cli->arena, "%s/.local/share/kith", home);
	return OK;
}

const char *cli_passphrase_file(const struct cli *cli)
{
	const char *file = args_value(&cli->args, "passphrase-file");
	return file != NULL ? file : set_variable("KITH_PASSPHRASE_FILE");
}

enum err cli_no_store(enum err e, const char *home, struct why *why)
{
	if (e != ERR_NOT_FOUND)
		return e;
	return because(why, ERR_FOREIGN,
		"there is no kith store in %.300s; make one: kith init --name NAME",
		home);
}

enum err cli_key(struct cli *cli, struct secret *master, struct why *why)
{
	const char *home;
	enum err e = cli_home(cli, &home, why);
	if (e != OK)
		return e;
	if (node_key(home, master, NULL) == OK)
		return OK;
	if (access(home, F_OK) != 0)
		return cli_no_store(ERR_NOT_FOUND, home, why);
	CLEAN_PASSPHRASE struct passphrase passphrase = {0};
	e = prompt_passphrase(&passphrase, cli_passphrase_file(cli), false, why);
	if (e != OK)
		return e;
	return cli_no_store(
		notebook_unlock(home, passphrase_bytes(&passphrase), master, why), home,
		why);
}

enum err cli_open(struct cli *cli, struct why *why)
{
	const char *home;
	WIPED(secret) master;
	enum err e = cli_key(cli, &master, why);
	if (e == OK)
		e = cli_home(cli, &home, why);
	if (e != OK)
		return e;
	return cli_no_store(
		notebook_open(home, &master, &coaching_schema, &cli->notebook, why), home,
		why);
}

enum err cli_look(struct cli *cli, struct notebook_txn **out, struct why *why)
{
	enum err e = cli->notebook == NULL ? cli_open(cli, why) : OK;
	return e == OK ? notebook_look(cli->notebook, out, why) : e;
}

enum err cli_edit(struct cli *cli, struct notebook_txn **out, struct why *why)
{
	enum err e = cli->notebook == NULL ? cli_open(cli, why) : OK;
	return e == OK ? notebook_edit(cli->notebook, out, why) : e;
}

enum err cli_commit(struct notebook_txn **txn, struct why *why)
{
	struct notebook_txn *done = *txn;
	*txn = NULL;
	return notebook_commit(done, why);
}

enum err cli_partner(struct cli *cli, struct notebook_txn *txn, const char *option,
	struct partner **out, struct why *why)
{
	const char *name = args_value(&cli->args, option);
	*out = NULL;
	return name != NULL ? people_find(txn, name, out, why) : OK;
}

enum err cli_confirm(struct cli *cli, struct why *why, const char *format, ...)
{
	if (args_has(&cli->args, "yes") || cli->print.is_json || !prompt_is_possible())
		return OK;
	char question[1024];
	va_list list;
	va_start(list, format);
	vsnprintf(question, sizeof question, tr(format), list);
	va_end(list);
	if (prompt_yes(question, false))
		return OK;
	return because(why, ERR_REFUSED, "nothing was changed");
}

enum err cli_kdf(struct cli *cli, enum birth_kdf *out, bool *given, struct why *why)
{
	/* In the order of enum birth_kdf. */
	static const char *const names[] = {"moderate", "interactive", "sensitive", NULL};
	const char *value = args_value(&cli->args, "kdf");
	size_t index = 0;
	*given = value != NULL;
	enum err e = value == NULL ? OK
				   : args_choice("the passphrase's cost", value, names,
					     &index, why);
	*out = (enum birth_kdf)index;
	return e;
}
