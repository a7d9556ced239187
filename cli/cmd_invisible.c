/* kith invisible: on this network nobody finds this computer. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "core/notebook/invisible.h"
#include "net/host/visible.h"

enum word { ON, OFF, WORDS };

static const char *const words[] = {[ON] = "on", [OFF] = "off", [WORDS] = NULL};

static enum err set_here(struct notebook_txn *txn, bool is_invisible, struct why *why)
{
	struct network networks[VISIBLE_NETWORKS];
	size_t count = networks_now(networks, VISIBLE_NETWORKS, NULL);
	enum err e = OK;
	if (count == 0)
		return because(why, ERR_REFUSED,
			"this computer is on no network that it could know again: join "
			"it first, then say this there");
	for (size_t i = 0; e == OK && i < count; i++)
		e = invisible_set(txn, networks[i].b, is_invisible, why);
	return e;
}

static enum err change(struct cli *cli, size_t word, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = cli_edit(cli, &txn, why);
	if (e != OK)
		return e;
	if (args_has(&cli->args, "everywhere"))
		e = invisible_forget(txn);
	else
		e = set_here(txn, word == ON, why);
	return e == OK ? cli_commit(&txn, why) : e;
}

static enum err say(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct invisible invisible;
	enum err e = cli_look(cli, &txn, why);
	if (e == OK)
		e = invisible_read(txn, &invisible, why);
	if (e != OK)
		return e;
	enum visible here = visible_now(&invisible);
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_bool(&cli->print.json, "invisible", here != VISIBLE);
		json_bool(&cli->print.json, "sure", here != INVISIBLE_UNSURE);
		json_uint(&cli->print.json, "networks", invisible.count);
		json_close(&cli->print.json);
		return OK;
	}
	if (here == VISIBLE) {
		print_line(&cli->print, "Visible here: partners find this computer.");
	} else if (here == INVISIBLE_HERE) {
		print_line(&cli->print,
			"Invisible on this network: nobody finds this computer.");
		print_line(&cli->print,
			"It calls partners who are visible; two who are both invisible "
			"do not meet.");
	} else {
		print_line(&cli->print,
			"Invisible here, as this network cannot be told from one that "
			"you named.");
		print_line(&cli->print,
			"To be found again: kith invisible off --everywhere");
	}
	return OK;
}

static enum err run(struct cli *cli, struct why *why)
{
	size_t word = WORDS;
	bool everywhere = args_has(&cli->args, "everywhere");
	enum err e = OK;
	if (args_word(&cli->args, 0) != NULL)
		e = args_choice("invisible", args_word(&cli->args, 0), words, &word, why);
	if (e == OK && everywhere && word != OFF)
		e = because(why, ERR_USAGE, "--everywhere goes with: kith invisible off");
	if (e == OK && word != WORDS)
		e = change(cli, word, why);
	return e == OK ? say(cli, why) : e;
}

static const struct option options[] = {
	{"everywhere", NULL, "with off: on every network, not only on this one"},
};

const struct command cmd_invisible = {
	.name = "invisible",
	.group = GROUP_MEETING,
	.words = "[on|off]",
	.summary = "on this network, be found by nobody",
	.detail =
		"On a network you do not trust: kith announces nothing there and answers "
		"nobody. It still asks the network for its partners' computers and calls "
		"those it finds, so others can tell that some kith is there, and not "
		"whose. Each network keeps its setting; a running node obeys at once.\n"
		"\n"
		"Without a word it says how it is here.",
	.max = 1,
	OPTIONS(options),
	.run = run,
};
