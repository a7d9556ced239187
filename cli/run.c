#include "cli/run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/exit.h"
#include "core/base/mem.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/notebook/notebook.h"

/* Whether --json or --plain stands somewhere: asked also when the rest was not
 * understood. */
static bool has_word(int argc, const char *const argv[], const char *word)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], word) == 0)
			return true;
	return false;
}

static int say_error(struct print *print, enum err e, const struct why *why)
{
	if (print->is_json) {
		buf_clear(&print->out);
		exit_json(&print->out, e, why);
		if (print_flush(print, NULL) != OK)
			return EXIT_FAILED;
		return (int)exit_of(e);
	}
	/* Sentences quote what people wrote: titles, names. */
	CLEAN_BUF struct buf clean = {0};
	utf8_add_clean(&clean, bytes_text(why_text(why, e)), false);
	fprintf(stderr, "kith: %s\n", buf_text(&clean));
	return (int)exit_of(e);
}

/* --help and --version stand for the commands of their names; no word at all asks for
 * help. */
static const struct command *chosen(const struct args *args)
{
	if (args_has(args, "help") || args->command == NULL)
		return args_has(args, "version") ? &cmd_version : &cmd_help;
	return args->command;
}

static enum err run_command(struct cli *cli, struct why *why)
{
	enum err e = crypto_start();
	if (e == OK)
		e = chosen(&cli->args)->run(cli, why);
	if (e == OK)
		e = print_flush(&cli->print, why);
	return e;
}

static void cli_release(struct cli *cli)
{
	notebook_close(cli->notebook);
	print_release(&cli->print);
	args_release(&cli->args);
	arena_release(&cli->arena);
}

int run_kith(int argc, const char *const argv[])
{
	struct cli cli = {0};
	struct why why = {0};
	/* Widths of characters need a UTF-8 locale; JSON's decimal point stays a point.
	 */
	tr_start();
	signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error of write() */
	enum err e = args_read(&cli.args, argc, argv, &why);
	print_init(&cli.print, has_word(argc, argv, "--json"),
		has_word(argc, argv, "--plain"));
	if (e == OK)
		e = run_command(&cli, &why);
	int code = e == OK ? (int)exit_of(cli.verdict) : say_error(&cli.print, e, &why);
	cli_release(&cli);
	return code;
}
