/* kith share: let a partner see, comment or edit a document. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"
#include "core/notebook/share.h"

/* In the order of enum role. */
static const char *const roles[] = {"read", "comment", "edit", NULL};

static enum err read_role(struct cli *cli, bool *given, enum role *role, struct why *why)
{
	const char *word = args_value(&cli->args, "role");
	size_t index = 0;
	*given = word != NULL;
	if (word == NULL)
		return OK;
	enum err e = args_choice("the role", word, roles, &index, why);
	*role = index == 0 ? ROLE_READ : index == 1 ? ROLE_COMMENT : ROLE_EDIT;
	return e;
}

static enum err share_one(struct cli *cli, struct notebook_txn *txn, const char *word,
	struct partner *partner, struct why *why)
{
	struct id id, there;
	bool given;
	enum role role = ROLE_READ;
	struct view_document before, after;
	enum err e = read_role(cli, &given, &role, why);
	if (e != OK || (e = coach_find(txn, word, &id, why)) != OK ||
		(e = view_document(txn, id, &before, why)) != OK)
		return e;
	if (!given)
		role = share_default_role(before.head->kind);
	if ((e = share_document(txn, id, partner, role, &there, why)) != OK ||
		(e = view_document(txn, there, &after, why)) != OK)
		return e;
	if (!cli->print.is_json) {
		print_line(&cli->print, "%s  %s", after.handle, after.title);
		print_line(&cli->print,
			role == ROLE_EDIT
				? "%s may edit it. It goes out when you two next meet."
			: role == ROLE_COMMENT
				? "%s may read and comment on it. It goes out when you "
				  "two next meet."
				: "%s may read it. It goes out when you two next meet.",
			view_partner(partner));
		return OK;
	}
	struct json *json = &cli->print.json;
	json_object(json, NULL);
	json_cstr(json, "handle", before.handle);
	json_cstr(json, "role", role_word(role));
	json_cstr(json, "handle_there", after.handle);
	json_close(json);
	return OK;
}

static enum err run(struct cli *cli, struct why *why)
{
	if (!args_has(&cli->args, "with"))
		return because(why, ERR_USAGE, "share needs the partner: --with NAME");
	bool given;
	enum role role = ROLE_READ;
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partner;
	enum err e = read_role(cli, &given, &role, why);
	if (e != OK || (e = cli_edit(cli, &txn, why)) != OK ||
		(e = cli_partner(cli, txn, "with", &partner, why)) != OK)
		return e;
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, "shared");
	}
	for (size_t i = 0; i < cli->args.word_count; i++)
		if ((e = share_one(cli, txn, args_word(&cli->args, i), partner, why)) !=
			OK)
			return e;
	if (cli->print.is_json) {
		json_close(&cli->print.json);
		json_close(&cli->print.json);
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"with", "NAME", "the partner"},
	{"role", "read|comment|edit",
		"what they may do; default by the kind of document"},
};
const struct command cmd_share = {
	.name = "share",
	.group = GROUP_SHARING,
	.words = "H...",
	.summary = "let a partner read, comment on or edit it",
	.detail = "With the role edit the document moves: from then on you both have the "
		  "same one.\n"
		  "Otherwise it is shown: theirs follows yours.",
	.min = 1,
	.max = WORDS_MANY,
	OPTIONS(options),
	.run = run,
};
