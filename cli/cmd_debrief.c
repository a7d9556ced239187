/* kith debrief, kith reflect: the questions of a pack, together or for oneself. */
#include <string.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/after.h"
#include "core/coaching/commands.h"
#include "core/coaching/writing.h"

static enum err find_pack(struct cli *cli, const char *otherwise, unsigned use,
	const struct pack **out, struct why *why)
{
	const char *name = args_value(&cli->args, "pack");
	*out = pack_find(bytes_text(name != NULL ? name : otherwise));
	if (*out == NULL)
		return because(why, ERR_NOT_FOUND,
			"there is no pack \"%.40s\"; all there are: kith help debrief",
			name);
	if (((*out)->uses & use) == 0)
		return because(why, ERR_REFUSED,
			"the pack \"%.40s\" is for something else", name);
	return OK;
}

static const char *question_of(struct cli *cli, const struct prompt *prompt)
{
	const char *text = tr(arena_string(&cli->arena, prompt->question));
	return prompt->minutes > 0 ? arena_format(&cli->arena, tr("%s (%u min)"), text,
					     prompt->minutes)
				   : text;
}

/* On a terminal the questions are asked one by one; an empty line passes one over. */
static enum err ask_all(struct cli *cli, struct notebook_txn *txn, struct id id,
	const struct pack *pack, struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < pack->prompt_count; i++) {
		CLEAN_BUF struct buf line = {0};
		print_note(&cli->print, "%s", question_of(cli, &pack->prompts[i]));
		if (!prompt_line(&line, NULL))
			break;
		e = coach_answer(txn, id, pack->prompts[i].key, buf_bytes(&line), why);
	}
	return e;
}

static void show_questions(
	struct cli *cli, const struct pack *pack, const char *command, const char *handle)
{
	if (cli->print.is_json)
		return;
	for (size_t i = 0; i < pack->prompt_count; i++)
		print_line(&cli->print, "  %s: %s",
			arena_string(&cli->arena, pack->prompts[i].key),
			question_of(cli, &pack->prompts[i]));
	print_line(&cli->print, "Answer: kith %s %s KEY TEXT", command, handle);
}

/* "KEY TEXT" after the handle: one answer. */
static enum err answer_one(struct cli *cli, struct notebook_txn **txn, struct id id,
	const struct pack *pack, struct why *why)
{
	struct bytes key = bytes_text(args_word(&cli->args, 1));
	const char *text = coach_rest(cli, 2);
	if (text == NULL)
		return because(why, ERR_USAGE, "an answer needs a text");
	if (pack_prompt(pack, key) == NULL)
		return because(why, ERR_NOT_FOUND,
			"the pack \"%.*s\" has no question \"%.40s\"", (int)pack->id.len,
			(const char *)pack->id.at, args_word(&cli->args, 1));
	enum err e = coach_answer(*txn, id, key, bytes_text(text), why);
	return e == OK ? coach_done(cli, txn, id, "Kept", why) : e;
}

/* The pack a page or a reflection was begun with. */
static const struct pack *pack_of(
	struct notebook_txn *txn, struct id id, const struct pack *otherwise)
{
	struct leaf *leaf;
	if (leaf_open(txn, id, &leaf, NULL) != OK)
		return otherwise;
	const struct pack *own = pack_find(have_text(txn, leaf, "pack"));
	return own != NULL ? own : otherwise;
}

static enum err go_on(struct cli *cli, struct notebook_txn **txn, struct id id,
	const struct pack *pack, const char *sentence, struct why *why)
{
	struct view_document document;
	enum err e = OK;
	pack = pack_of(*txn, id, pack);
	if (args_word(&cli->args, 1) != NULL)
		return answer_one(cli, txn, id, pack, why);
	bool ask = prompt_is_possible() && !cli->print.is_json;
	if (ask)
		e = ask_all(cli, *txn, id, pack, why);
	if (e == OK)
		e = view_document(*txn, id, &document, why);
	if (e != OK)
		return e;
	show_made(cli, &document, sentence);
	if (!ask)
		show_questions(cli, pack, cli->args.command->name, document.handle);
	return cli_commit(txn, why);
}

static bool is_kind(struct notebook_txn *txn, struct id id, const char *kind)
{
	struct leaf *leaf;
	return leaf_open(txn, id, &leaf, NULL) == OK &&
	       strcmp(leaf->head->kind->name, kind) == 0;
}

static const char *const visits[] = {"visit", NULL};

static enum err run_debrief(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	const struct pack *pack;
	struct id id, page;
	bool made = false;
	enum err e = find_pack(cli, "basic", PACK_DEBRIEF, &pack, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e == OK)
		e = coach_find_as(txn, args_word(&cli->args, 0), visits, &id, why);
	if (e != OK)
		return e;
	page = id;
	if (!is_kind(txn, id, "page"))
		e = coach_word(cli, txn, 0, "visit", &id, why);
	if (e == OK && !is_kind(txn, id, "page"))
		e = coach_debrief(txn, id, pack, &page, &made, why);
	if (e == OK && args_has(&cli->args, "agree")) {
		e = coach_agree(txn, page, why);
		return e == OK ? coach_done(cli, &txn, page, "Agreed, as it is now", why)
			       : e;
	}
	if (e != OK)
		return e;
	return go_on(cli, &txn, page, pack,
		made ? "A page you both write on" : "The page you both write on", why);
}

static enum err run_reflect(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	const struct pack *pack;
	struct id visit = {{0}}, id;
	enum err e = find_pack(cli, "short", PACK_REFLECTION, &pack, why);
	if (e == OK)
		e = cli_edit(cli, &txn, why);
	if (e == OK && args_word(&cli->args, 0) != NULL)
		e = coach_find_as(txn, args_word(&cli->args, 0), visits, &visit, why);
	if (e != OK)
		return e;
	if (!id_is_zero(visit) && is_kind(txn, visit, "reflection"))
		return go_on(cli, &txn, visit, pack, "Kept, private", why);
	if (!id_is_zero(visit))
		e = coach_word(cli, txn, 0, "visit", &visit, why);
	if (e == OK)
		e = coach_reflection(txn, visit, pack, &id, why);
	if (e == OK && !id_is_zero(visit))
		e = coach_visit_done(txn, visit, DONE_REFLECTED, why);
	return e == OK ? go_on(cli, &txn, id, pack, "Kept, private", why) : e;
}

static const struct option debrief_options[] = {
	{"pack", "basic|five|grow|reflecting|notice_wonder|tuning|lesson_study",
		"which questions"},
	{"agree", NULL, "agree to the page as it is now"},
};
const struct command cmd_debrief = {
	.name = "debrief",
	.group = GROUP_VISITS,
	.words = "VISIT",
	.summary = "the page you both write on after a visit, with its questions",
	.detail = "debrief VISIT  the page and its questions\n"
		  "debrief VISIT KEY TEXT  answers one of them",
	.min = 1,
	.max = WORDS_MANY,
	OPTIONS(debrief_options),
	.run = run_debrief,
};

static const struct option reflect_options[] = {
	{"pack", "short|basic|grow|impact|reflecting|glow_grow", "which questions"},
};
const struct command cmd_reflect = {
	.name = "reflect",
	.group = GROUP_VISITS,
	.words = "[VISIT]",
	.summary = "think for yourself, with a few questions; private",
	.min = 0,
	.max = WORDS_MANY,
	OPTIONS(reflect_options),
	.run = run_reflect,
};
