/* kith run: the node in the foreground, until it is stopped. */
#include <stdio.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/schema.h"
#include "core/crypto/process.h"
#include "net/host/loop.h"
#include "net/host/node.h"

/* A line at once, so that whoever reads it, a person or a journal, is up to date. */
static void say(void *arg, const char *line)
{
	(void)arg;
	CLEAN_BUF struct buf clean = {0};
	char when[16] = "";
	time_t now = time(NULL);
	struct tm local;
	if (localtime_r(&now, &local) != NULL)
		(void)strftime(when, sizeof when, "%H:%M:%S", &local);
	utf8_add_clean(&clean, bytes_text(line), false);
	printf("%s  %s\n", when, buf_text(&clean));
	fflush(stdout);
}

static void stop(void *arg, int signal)
{
	(void)signal;
	bool *is_over = arg;
	*is_over = true;
	say(NULL, tr("stopping"));
}

static enum err read_listen(
	struct cli *cli, struct address *at, const struct address **out, struct why *why)
{
	const char *text = args_value(&cli->args, "listen");
	*out = text != NULL ? at : NULL;
	return text != NULL ? address_read(text, true, at, why) : OK;
}

static enum err serve(struct loop *loop, struct why *why)
{
	bool is_over = false;
	enum err e = loop_signals(loop, stop, &is_over);
	while (e == OK && !is_over)
		e = loop_run_once(loop, -1);
	return e == OK ? OK : because(why, e, "the node cannot go on: %s", err_text(e));
}

/* The key is asked for before the node stands: it may come from the terminal, where
 * Ctrl-C ends the program. Where nobody can be asked it starts locked. */
static enum err run_in(struct cli *cli, struct loop *loop, struct why *why)
{
	struct node_config config = {
		.loop = loop, .schema = &coaching_schema, .log = say};
	WIPED(secret) master;
	struct address at;
	CLEANUP(node_freep) struct node *node = NULL;
	enum err e = cli_home(cli, &config.dir, why);
	if (e == OK)
		e = read_listen(cli, &at, &config.listen, why);
	if (e != OK)
		return e;
	enum err key = cli_key(cli, &master, why);
	if (key != OK && key != ERR_LOCKED)
		return key;
	e = node_new(&config, &node, why);
	if (e == OK && key == OK)
		e = node_open(node, &master, why);
	if (e != OK)
		return e;
	if (key == ERR_LOCKED)
		say(NULL, tr("locked; it waits for: kith unlock"));
	return serve(loop, why);
}

static enum err run(struct cli *cli, struct why *why)
{
	enum err e = process_harden(why);
	if (e != OK)
		return e;
	struct loop *loop = loop_new();
	e = run_in(cli, loop, why);
	loop_free(loop);
	return e;
}

static const struct option options[] = {
	{"listen", "HOST:PORT",
		"listen there and nowhere else (else everywhere, on port 25484)"},
};

const struct command cmd_run = {
	.name = "run",
	.group = GROUP_MEETING,
	.words = "",
	.summary = "stay connected: find partners and share with them as you work",
	.detail = "Stops with Ctrl-C. Other commands get the key from it, so they ask "
		  "for no "
		  "passphrase; kith lock takes it away, kith unlock gives it back.",
	OPTIONS(options),
	.run = run,
};
