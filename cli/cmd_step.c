/* kith step: the one thing to try next. */
#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "core/coaching/after.h"
#include "core/coaching/commands.h"

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	static const char *const visits[] = {"visit", NULL};
	const char *visit = args_value(&cli->args, "visit");
	struct bytes what;
	struct id id;
	enum err e = cli_text(cli, args_word(&cli->args, 0), &what, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e != OK)
		return e;
	struct step_words words = {.what = arena_string(&cli->arena, what),
		.by = args_value(&cli->args, "by"),
		.first_action = args_value(&cli->args, "first"),
		.know_by = args_value(&cli->args, "know")};
	if (visit != NULL)
		e = coach_find_as(txn, visit, visits, &words.visit, why);
	if (e == OK)
		e = coach_step(txn, &words, &id, why);
	return e == OK ? coach_done(cli, &txn, id, "Kept, private", why) : e;
}

static const struct option options[] = {
	{"by", "DAY", "by when: 2w, 31.1., 2027-01-31"},
	{"first", "TEXT", "the first small thing to do"},
	{"know", "TEXT", "how you will know"},
	{"visit", "H", "the visit it follows from"},
};
const struct command cmd_step = {
	.name = "step",
	.group = GROUP_VISITS,
	.words = "TEXT",
	.summary = "the one thing to try next",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
