/* kith takeback: take back what I shared, in honest words about what that cannot undo. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/reach.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"
#include "core/notebook/share.h"

static void say(struct cli *cli, const char *handle, const char *title, const char *name,
	enum reach was)
{
	struct json *json = &cli->print.json;
	if (cli->print.is_json) {
		json_object(json, NULL);
		json_cstr(json, "handle", handle);
		json_cstr(json, "partner", name);
		json_cstr(json, "state", reach_before(was));
		json_close(json);
		return;
	}
	print_line(&cli->print, "%s  %s", handle, title);
	switch (was) {
	case REACH_NOT_SENT:
		print_line(
			&cli->print, "It had never left: %s learns nothing of it.", name);
		return;
	case REACH_MAY_HAVE_LEFT:
		print_line(&cli->print,
			"It may have left. If it arrived, it is erased from %s's "
			"computer when you next meet.",
			name);
		return;
	case REACH_HELD:
		print_line(&cli->print,
			"%s had it. It is erased from their computer when you next meet; "
			"they may remember it.",
			name);
		return;
	}
}

/* One document of a pair's space; `shown` is what the person sees it under. */
static enum err take_one(struct cli *cli, struct notebook_txn *txn, struct id document,
	const struct view_document *shown, const struct person_id *person,
	struct why *why)
{
	enum reach was;
	struct id back;
	const char *name = arena_text(&cli->arena, view_person(txn, person));
	enum err e = share_takeback(txn, document, &was, &back, why);
	if (e == OK)
		say(cli, shown->handle, shown->title, name, was);
	return e;
}

/* A document of mine that partners are shown: their copies, or that of the one named. */
static enum err take_copies(struct cli *cli, struct notebook_txn *txn,
	const struct view_document *document, const struct partner *from, struct why *why)
{
	struct leaf_copy *copies;
	size_t count = leaf_copies(txn, document->id, &copies), taken = 0;
	for (size_t i = 0; i < count; i++) {
		if (from != NULL && !person_equal(copies[i].partner, from->person))
			continue;
		enum err e = take_one(
			cli, txn, copies[i].document, document, &copies[i].partner, why);
		if (e != OK)
			return e;
		taken++;
	}
	if (taken == 0)
		return from != NULL ? because(why, ERR_REFUSED,
					      "%.100s \"%.200s\" is not shared with %s",
					      document->handle, document->title,
					      view_partner(from))
				    : because(why, ERR_REFUSED,
					      "%.100s \"%.200s\" is not shared",
					      document->handle, document->title);
	return OK;
}

static enum err take_back(struct cli *cli, struct notebook_txn *txn, const char *word,
	const struct partner *from, struct why *why)
{
	struct id id;
	struct leaf *leaf;
	struct view_document document;
	enum err e = coach_find(txn, word, &id, why);
	if (e != OK || (e = leaf_open(txn, id, &leaf, why)) != OK ||
		(e = view_document(txn, id, &document, why)) != OK)
		return e;
	if (leaf->is_private)
		return take_copies(cli, txn, &document, from, why);
	if (from != NULL && !person_equal(leaf->partner, from->person))
		return because(why, ERR_REFUSED, "%.100s is not shared with %s",
			document.handle, view_partner(from));
	return take_one(cli, txn, id, &document, &leaf->partner, why);
}

static enum err run(struct cli *cli, struct why *why)
{
	enum err e = cli_confirm(cli, why,
		tr_n("Take back %zu document? What a partner already read, they may "
		     "remember.",
			"Take back %zu documents? What a partner already read, they may "
			"remember.",
			cli->args.word_count),
		cli->args.word_count);
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *from;
	if (e != OK || (e = cli_edit(cli, &txn, why)) != OK ||
		(e = cli_partner(cli, txn, "from", &from, why)) != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, "taken_back");
	}
	for (size_t i = 0; i < cli->args.word_count; i++)
		if ((e = take_back(cli, txn, args_word(&cli->args, i), from, why)) != OK)
			return e;
	if (cli->print.is_json) {
		json_close(&cli->print.json);
		json_close(&cli->print.json);
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"from", "NAME", "from this partner only"},
	OPTION_YES,
};
const struct command cmd_takeback = {
	.name = "takeback",
	.group = GROUP_SHARING,
	.words = "H...",
	.summary = "take back what you shared",
	.min = 1,
	.max = WORDS_MANY,
	OPTIONS(options),
	.run = run,
};
