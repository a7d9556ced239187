/* kith edit: change one field of a document. */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/editor.h"
#include "cli/prompt.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"

static const char *const acts[] = {"set", "add", "remove", "append", "text-file", NULL};

/* What the options ask for; ERR_USAGE unless it is exactly one act. */
static enum err read_act(struct cli *cli, struct edit_words *words, struct why *why)
{
	size_t asked = args_count_of(&cli->args, acts);
	if (asked == 0)
		return because(why, ERR_USAGE,
			"edit needs one of --set, --add, --remove, --append, "
			"--text-file");
	if (asked > 1)
		return because(why, ERR_USAGE,
			"edit takes only one of --set, --add, --remove, "
			"--append, --text-file at a time");
	if (args_has(&cli->args, "text-file")) {
		words->act = EDIT_REWRITE;
		return cli_text_file(
			cli, args_value(&cli->args, "text-file"), &words->value, why);
	}
	words->act = args_has(&cli->args, "set")      ? EDIT_SET
		     : args_has(&cli->args, "add")    ? EDIT_ADD
		     : args_has(&cli->args, "remove") ? EDIT_REMOVE
						      : EDIT_APPEND;
	for (size_t i = 0; acts[i] != NULL; i++)
		if (args_has(&cli->args, acts[i]))
			words->value = bytes_text(args_value(&cli->args, acts[i]));
	return OK;
}

/* What a rewritten text was made from: --base-file, or the text as it is now. */
static enum err read_base(struct cli *cli, struct notebook_txn *txn, struct id id,
	struct edit_words *words, struct why *why)
{
	const char *file = args_value(&cli->args, "base-file");
	if (file != NULL)
		return cli_text_file(cli, file, &words->base, why);
	return coach_text(txn, id, words->field, words->key, &words->base, why);
}

static enum err find_field(struct cli *cli, struct notebook_txn *txn, struct id *id,
	struct edit_words *words, struct why *why)
{
	struct leaf *leaf;
	enum err e = coach_find(txn, args_word(&cli->args, 0), id, why);
	if (e != OK || (e = leaf_open(txn, *id, &leaf, why)) != OK)
		return e;
	return cli_field(leaf->head->kind, args_word(&cli->args, 1), &words->field,
		&words->key, why);
}

/*
 * In the person's editor: read what is there, edit it with no transaction open (others
 * write meanwhile), and come back with the text and what it was made from.
 */
static enum err edit_by_hand(struct cli *cli, struct edit_words *words, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id id;
	struct bytes now;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK || (e = find_field(cli, txn, &id, words, why)) != OK ||
		(e = coach_text(txn, id, words->field, words->key, &now, why)) != OK)
		return e;
	words->act = EDIT_REWRITE;
	words->base = arena_bytes(&cli->arena, now);
	notebook_abortp(&txn);
	txn = NULL;
	return editor_edit(&cli->arena, words->base, &words->value, why);
}

static void say(struct cli *cli, const struct view_document *document, bool changed)
{
	if (!cli->print.is_json) {
		print_line(&cli->print, "%s  %s", document->handle,
			changed ? document->title : tr("is as it was"));
		return;
	}
	show_json_open(cli, NULL, document);
	json_bool(&cli->print.json, "changed", changed);
	json_close(&cli->print.json);
}

static enum err run(struct cli *cli, struct why *why)
{
	struct edit_words words = {0};
	bool by_hand = args_count_of(&cli->args, acts) == 0 && prompt_is_possible();
	enum err e =
		by_hand ? edit_by_hand(cli, &words, why) : read_act(cli, &words, why);
	if (e == OK && args_has(&cli->args, "base-file") && words.act != EDIT_REWRITE)
		e = because(why, ERR_USAGE, "--base-file goes with --text-file");
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id id;
	bool changed = false;
	struct view_document document;
	if (e != OK || (e = cli_edit(cli, &txn, why)) != OK ||
		(e = find_field(cli, txn, &id, &words, why)) != OK)
		return e;
	if (words.act == EDIT_REWRITE && !by_hand &&
		(e = read_base(cli, txn, id, &words, why)) != OK)
		return e;
	if ((e = coach_edit(txn, id, &words, &changed, why)) != OK ||
		(e = view_document(txn, id, &document, why)) != OK)
		return e;
	say(cli, &document, changed);
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"set", "VALUE", "this and nothing else; nothing at all empties the field"},
	{"add", "VALUE", "to a set"},
	{"remove", "VALUE", "from a set; of a log the record with that id"},
	{"append", "TEXT", "a line to a text, a record to a log"},
	{"text-file", "FILE", "the text in FILE; only what differs becomes an edit"},
	{"base-file", "FILE",
		"what that text was made from; default: the text as it is now"},
};
const struct command cmd_edit = {
	.name = "edit",
	.group = GROUP_WRITING,
	.words = "H FIELD",
	.summary = "change one field of a document",
	.detail = "At a terminal, without an option, opens $EDITOR on a text. A field "
		  "with a key is\n"
		  "written FIELD[KEY]. The parts of a record: --append "
		  "\"date=2027-01-31; value=12\".",
	.min = 2,
	.max = 2,
	OPTIONS(options),
	.may_be_blank = "set",
	.run = run,
};
