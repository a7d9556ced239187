/* kith quote: words of a partner that may be shown, when they approved exactly those. */
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"
#include "core/coaching/quote.h"
#include "core/coaching/schema.h"

/* Whose turn it is, and how it is taken. */
static void say_one(struct cli *cli, struct notebook_txn *txn,
	const struct view_document *document, const struct quote *quote)
{
	struct print *print = &cli->print;
	const char *h = document->handle;
	const char *name = view_person(txn, &quote->partner);
	print_line(print, "%s  “%s”", h, print_clean(&cli->arena, quote->words));
	switch (quote->state) {
	case QUOTE_ASKED:
		if (quote->is_mine)
			print_line(print, "    %s has not answered yet.", name);
		else
			print_line(print,
				"    %s asks to quote you so: kith quote approve %s, or "
				"decline, or other %s \"…\"",
				name, h, h);
		return;
	case QUOTE_APPROVED:
		if (quote->is_mine)
			print_line(print, "    %s approved exactly these words.", name);
		else
			print_line(print,
				"    You approved it for %s; kith quote decline %s takes "
				"that back.",
				name, h);
		return;
	case QUOTE_DECLINED:
		print_line(print, "    Not to be quoted.");
		return;
	case QUOTE_OTHER:
		print_line(print, "    %s “%s”",
			quote->is_mine ? tr("They would rather be quoted so:")
				       : tr("You proposed:"),
			print_clean(&cli->arena, quote->other));
		if (quote->is_mine)
			print_line(print, "    Take these words: kith quote take %s", h);
		return;
	case QUOTE_ENDED:
		print_line(print, "    The pair has ended: it is quoted no more.");
		return;
	}
}

static void add_json(struct cli *cli, struct notebook_txn *txn,
	const struct view_document *document, const struct quote *quote)
{
	struct json *json = &cli->print.json;
	show_json_open(cli, NULL, document);
	json_text(json, "words", quote->words);
	json_cstr(json, "state", quote_state_word(quote->state));
	json_bool(json, "asked_by_me", quote->is_mine);
	json_cstr(json, "partner", view_person(txn, &quote->partner));
	if (quote->state == QUOTE_OTHER)
		json_text(json, "other", quote->other);
	json_close(json);
}

static enum err show_one(
	struct cli *cli, struct notebook_txn *txn, struct id id, struct why *why)
{
	struct view_document document;
	struct quote quote;
	enum err e = view_document(txn, id, &document, why);
	if (e == OK)
		e = quote_read(txn, id, &quote, why);
	if (e != OK)
		return e;
	if (cli->print.is_json)
		add_json(cli, txn, &document, &quote);
	else
		say_one(cli, txn, &document, &quote);
	return OK;
}

static enum err list(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct view_line *lines = NULL;
	size_t count = 0;
	enum err e = cli_look(cli, &txn, why);
	if (e == OK)
		e = view_lines(txn, coaching_kind("quote"), &lines, &count, why);
	if (e == OK && cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, "quotes");
	}
	for (size_t i = 0; e == OK && i < count; i++)
		e = show_one(cli, txn, lines[i].id, why);
	if (e == OK && cli->print.is_json) {
		json_close(&cli->print.json);
		json_close(&cli->print.json);
	} else if (e == OK && count == 0) {
		print_line(&cli->print, "No quotes yet: kith quote ask FEEDBACK");
	}
	return e;
}

static enum err ask(
	struct cli *cli, struct notebook_txn *txn, struct id *out, struct why *why)
{
	static const char *const sources[] = {"feedback", "page", NULL};
	struct id source;
	const char *words = coach_rest(cli, 2);
	if (args_word(&cli->args, 1) == NULL)
		return because(why, ERR_USAGE,
			"quote from what? kith quote ask FEEDBACK|PAGE [WORDS]");
	enum err e = coach_find_as(txn, args_word(&cli->args, 1), sources, &source, why);
	return e == OK ? coach_quote(txn, source, bytes_text(words != NULL ? words : ""),
				 out, why)
		       : e;
}

/* The answers first, in the order of enum quote_answer. */
enum { ASK = QUOTE_PROPOSE + 1, TAKE, ACTS };

static const char *const acts[] = {
	[QUOTE_APPROVE] = "approve",
	[QUOTE_DECLINE] = "decline",
	[QUOTE_PROPOSE] = "other",
	[ASK] = "ask",
	[TAKE] = "take",
	[ACTS] = NULL,
};

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	const char *words = coach_rest(cli, 2);
	size_t act = 0;
	struct id id;
	if (args_word(&cli->args, 0) == NULL)
		return list(cli, why);
	enum err e = args_choice("quote", args_word(&cli->args, 0), acts, &act, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = act == ASK ? ask(cli, txn, &id, why)
			       : coach_word(cli, txn, 1, "quote", &id, why);
	if (e == OK && act == TAKE)
		e = coach_quote_take(txn, id, why);
	else if (e == OK && act != ASK)
		e = coach_quote_answer(txn, id, (enum quote_answer)act,
			bytes_text(words != NULL ? words : ""), why);
	if (e == OK)
		e = show_one(cli, txn, id, why);
	return e == OK ? cli_commit(&txn, why) : e;
}

const struct command cmd_quote = {
	.name = "quote",
	.group = GROUP_REPORTS,
	.words = "[ask SOURCE [WORDS]]",
	.summary = "words of a partner, shown to others only as they approved them",
	.detail =
		"quote  what there is, and whose turn it is\n"
		"quote ask FEEDBACK|PAGE [WORDS]  ask to quote these words of it, or "
		"all that a feedback says\n"
		"quote approve|decline Q  answer a partner; the newest answer counts\n"
		"quote other Q WORDS  say how you would rather be quoted\n"
		"quote take Q  take the words they proposed\n\n"
		"What is approved stands in kith report --year. Any change of the words "
		"asks anew.",
	.max = WORDS_MANY,
	.run = run,
};
