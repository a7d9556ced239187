/* kith feedback: say what was asked for, tied to a moment; answer what was given. */
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/handover.h"
#include "core/coaching/schema.h"

static enum err read_at(struct cli *cli, struct feedback_words *words, struct why *why)
{
	size_t count;
	const char *const *list = coach_list(cli, args_value(&cli->args, "at"), &count);
	struct feedback_at *at = arena_array(&cli->arena, count, sizeof *at);
	for (size_t i = 0; i < count; i++) {
		const char *dash = strchr(list[i], '-');
		const char *first = arena_format(
			&cli->arena, "%.*s", (int)strcspn(list[i], "-"), list[i]);
		enum err e = coach_time(first, &at[i].t_ms, why);
		if (e == OK && dash != NULL)
			e = coach_time(dash + 1, &at[i].t2_ms, why);
		if (e != OK)
			return e;
	}
	words->at = at;
	words->at_count = count;
	return OK;
}

static enum err say(struct cli *cli, struct notebook_txn **txn, struct why *why)
{
	struct id visit, id;
	struct feedback_words words = {.kind = args_word(&cli->args, 1),
		.frame = args_value(&cli->args, "frame")};
	enum err e = coach_word(cli, *txn, 0, "visit", &visit, why);
	if (e == OK && args_word(&cli->args, 2) == NULL)
		return because(why, ERR_USAGE,
			"feedback needs a kind and a text: kith feedback VISIT noticed "
			"\"…\"");
	if (e == OK)
		e = cli_text(cli, args_word(&cli->args, 2), &words.body, why);
	if (e == OK)
		e = read_at(cli, &words, why);
	if (e == OK)
		e = coach_feedback(*txn, visit, &words, &id, why);
	return e == OK ? coach_done(cli, txn, id,
				 "Kept, private, until you hand over: kith handover", why)
		       : e;
}

static enum err answer(
	struct cli *cli, struct notebook_txn **txn, size_t which, struct why *why)
{
	struct id id;
	enum err e = coach_word(cli, *txn, 1, "feedback", &id, why);
	if (e == OK)
		e = coach_feedback_answer(
			*txn, id, (enum feedback_answer)which, coach_rest(cli, 2), why);
	return e == OK ? coach_done(cli, txn, id, "Answered", why) : e;
}

/* The owner sees the data before the partner's words: what was not wanted, last and only
 * when asked. */
static enum err list_one(struct cli *cli, struct notebook_txn *txn,
	const struct view_document *document, struct why *why)
{
	bool held;
	enum err e = feedback_is_held_back(txn, document->id, &held, why);
	const struct view_field *kind =
		view_field(document, bytes_text("kind"), (struct bytes){0});
	const char *word =
		kind != NULL ? view_value(txn, kind->schema, kind->items[0].value) : "";
	const char *from = view_person(txn, &document->head->owner);
	if (e != OK)
		return e;
	bool show = !held || args_has(&cli->args, "show");
	if (cli->print.is_json) {
		show_json_open(cli, NULL, document);
		json_cstr(&cli->print.json, "feedback_kind", word);
		json_cstr(&cli->print.json, "from", document->by_me ? "me" : from);
		json_bool(&cli->print.json, "held_back", held);
		json_close(&cli->print.json);
	} else if (show) {
		print_line(&cli->print, "%s  %s, %s: %s", document->handle, from,
			tr_in("choice", word), document->title);
	} else {
		print_line(&cli->print,
			"%s  %s wrote feedback of the kind %s; you asked for something "
			"else. kith feedback --show",
			document->handle, from, tr_in("choice", word));
	}
	return OK;
}

static enum err list(struct cli *cli, struct notebook_txn *txn, struct why *why)
{
	struct view_document *documents;
	size_t count;
	enum err e = view_list(txn, coaching_kind("feedback"), &documents, &count, why);
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, "feedback");
	}
	for (size_t i = 0; e == OK && i < count; i++)
		e = list_one(cli, txn, &documents[i], why);
	if (cli->print.is_json) {
		json_close(&cli->print.json);
		json_close(&cli->print.json);
	} else if (e == OK && count == 0) {
		print_line(&cli->print, "No feedback yet.");
	}
	return e;
}

static enum err run(struct cli *cli, struct why *why)
{
	static const char *const answers[] = {"thank", "park", "reply"};
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	const char *first = args_word(&cli->args, 0);
	enum err e = cli_edit(cli, &txn, why);
	if (e != OK || first == NULL)
		return e == OK ? list(cli, txn, why) : e;
	for (size_t i = 0; i < 3; i++)
		if (strcmp(first, answers[i]) == 0)
			return answer(cli, &txn, i, why);
	return say(cli, &txn, why);
}

static const struct option options[] = {
	{"at", "TIMES", "moments or stretches: 12:04 or 12:04-12:30,15:00; at most five"},
	{"frame", "free|sbi|2plus2|glow_grow|notice_wonder", "a form to say it in"},
	{"show", NULL, "also what you did not ask for"},
};
const struct command cmd_feedback = {
	.name = "feedback",
	.group = GROUP_VISITS,
	.words = "[VISIT KIND TEXT]",
	.summary = "say what you were asked for; answer what you were given",
	.detail =
		"feedback  what there is\n"
		"feedback VISIT KIND TEXT  say something, of the kind noticed, strength, "
		"wondered, idea or data\n"
		"feedback thank|park|reply F [TEXT]  answer what you were given\n\n"
		"Of a kind that was not wanted, ask first: kith visit ask VISIT KIND. "
		"Nothing leaves before kith handover.",
	.min = 0,
	.max = WORDS_MANY,
	OPTIONS(options),
	.run = run,
};
