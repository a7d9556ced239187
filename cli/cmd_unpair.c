/* kith unpair: end a partnership; what each keeps, and a last word. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "core/base/tr.h"
#include "core/coaching/parting.h"
#include "core/coaching/views.h"

/* What the person decided. */
struct decision {
	struct parting parting;
	const char *name;
	bool erase;
	const char *thanks; /* NULL: none */
};

static bool is_asked(const struct cli *cli)
{
	return !args_has(&cli->args, "yes") && !cli->print.is_json &&
	       prompt_is_possible();
}

static void say_what_stays(struct cli *cli, const struct decision *d)
{
	if (d->parting.by_them)
		print_line(&cli->print, "%s ended it.", d->name);
	print_line(&cli->print,
		"You keep: your goals, reflections, the visits you taught, the feedback "
		"given to you.");
	print_line(&cli->print, "%s keeps likewise.", d->name);
	if (d->parting.keep_months > 0)
		print_line(&cli->print,
			"Of shared pages each keeps a copy; you agreed on %lld months.",
			(long long)d->parting.keep_months);
	else
		print_line(&cli->print, "Of shared pages each keeps a copy.");
	if (!d->parting.by_them)
		print_line(&cli->print,
			"What you showed each other is taken back when you next meet.");
}

/* Whether it will be asked what becomes of the captures. */
static bool has_captures_to_ask(const struct cli *cli, const struct decision *d)
{
	return d->parting.capture_count > 0 && !args_has(&cli->args, "erase-captures") &&
	       !args_has(&cli->args, "keep-captures");
}

/* Two questions at most (DOMAIN §6, J12): where the captures are asked about, and a last
 * line after that, no third is needed to be sure. */
static enum err be_sure(struct cli *cli, const struct decision *d, struct why *why)
{
	if (d->parting.by_them)
		return OK;
	if (!is_asked(cli) || !has_captures_to_ask(cli, d))
		return cli_confirm(cli, why, "End it with %s?", d->name);
	print_line(&cli->print, "Until your last answer Ctrl-C leaves all as it is.");
	return print_flush(&cli->print, why);
}

/* Nothing is destroyed, and nothing stays, without a word: asked, or said by an option.
 */
static enum err decide_captures(struct cli *cli, struct decision *d, struct why *why)
{
	size_t count = d->parting.capture_count;
	bool erase = args_has(&cli->args, "erase-captures");
	bool keep = args_has(&cli->args, "keep-captures");
	if (erase && keep)
		return because(why, ERR_USAGE,
			"--erase-captures and --keep-captures: only one of them");
	d->erase = erase;
	if (!has_captures_to_ask(cli, d))
		return OK;
	if (!is_asked(cli))
		return because(why, ERR_USAGE,
			"raw captures of %s's lessons are here (%zu): say "
			"--erase-captures or --keep-captures",
			d->name, count);
	d->erase = prompt_yes(
		arena_format(&cli->arena,
			tr_n("%zu raw capture of %s's lessons is here. Erase it now?",
				"%zu raw captures of %s's lessons are here. Erase them "
				"now?",
				count),
			count, d->name),
		true);
	return OK;
}

static enum err decide_thanks(struct cli *cli, struct decision *d, struct why *why)
{
	CLEAN_BUF struct buf line = {0};
	d->thanks = args_value(&cli->args, "thanks");
	if (d->thanks != NULL || !is_asked(cli) || d->parting.by_them)
		return OK;
	print_line(&cli->print, "A last thank-you? One line, or none:");
	enum err e = print_flush(&cli->print, why);
	if (e == OK && !prompt_line(&line, NULL))
		return because(why, ERR_REFUSED, "nothing was ended");
	if (e == OK && line.len > 0)
		d->thanks = arena_text(&cli->arena, buf_text(&line));
	return e;
}

/* All questions, before anything is locked. */
static enum err decide(struct cli *cli, struct decision *d, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	enum err e = cli_look(cli, &txn, why);
	if (e == OK)
		e = people_find(txn, args_word(&cli->args, 0), &partner, why);
	if (e == OK)
		e = parting_look(txn, partner, &d->parting, why);
	if (e != OK)
		return e;
	d->name = arena_text(&cli->arena, view_partner(partner));
	notebook_abortp(&txn);
	txn = NULL;
	if (is_asked(cli)) {
		say_what_stays(cli, d);
		e = print_flush(&cli->print, why);
	}
	if (e == OK)
		e = be_sure(cli, d, why);
	if (e == OK)
		e = decide_captures(cli, d, why);
	return e == OK ? decide_thanks(cli, d, why) : e;
}

static void say(struct cli *cli, const struct decision *d)
{
	size_t count = d->parting.capture_count;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_cstr(&cli->print.json, "partner", d->name);
		json_bool(&cli->print.json, "ended", true);
		json_uint(&cli->print.json, "captures", count);
		json_bool(&cli->print.json, "captures_erased", count > 0 && d->erase);
		json_bool(&cli->print.json, "thanked", d->thanks != NULL);
		json_close(&cli->print.json);
		return;
	}
	if (!is_asked(cli))
		say_what_stays(cli, d);
	if (d->parting.by_them)
		print_line(&cli->print, "Ended with %s.", d->name);
	else
		print_line(&cli->print,
			"Ended with %s. Their computer learns it when the two next "
			"meet.",
			d->name);
	if (count > 0 && d->erase)
		print_line(&cli->print, "The raw captures are erased: %zu.", count);
	if (d->thanks != NULL)
		print_line(&cli->print, "Your thank-you goes out with it.");
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	struct decision d = {0};
	enum err e = decide(cli, &d, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = people_find(txn, args_word(&cli->args, 0), &partner, why);
	if (e == OK)
		e = parting_look(txn, partner, &d.parting, why);
	if (e == OK)
		e = coach_part(txn, partner, &d.parting, d.erase, d.thanks, why);
	if (e != OK)
		return e;
	say(cli, &d);
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	OPTION_YES,
	{"erase-captures", NULL, "destroy what you noted in their lessons"},
	{"keep-captures", NULL, "keep it, private"},
	{"thanks", "TEXT", "a last line to them, which goes out with the end"},
};
const struct command cmd_unpair = {
	.name = "unpair",
	.group = GROUP_MEETING,
	.words = "NAME",
	.summary = "end a partnership",
	.detail =
		"What you showed is taken back at the next meeting; of everything else "
		"each keeps a\n"
		"private copy. What you noted in their lessons is yours to erase. When a "
		"partner ended it, the same command decides what becomes of that.",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
