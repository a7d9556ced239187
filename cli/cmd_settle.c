/* kith settle: say which of two competing values holds. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/commands.h"
#include "core/notebook/places.h"

/* In the order of enum keep. */
static const char *const keeps[] = {"mine", "theirs", "both", NULL};

static enum err read_keep(struct cli *cli, enum keep *keep, struct why *why)
{
	const char *word = args_value(&cli->args, "keep");
	size_t index = 0;
	if (word == NULL)
		return because(
			why, ERR_USAGE, "settle needs --keep mine, theirs or both");
	enum err e = args_choice("--keep", word, keeps, &index, why);
	*keep = index == 0 ? KEEP_MINE : index == 1 ? KEEP_THEIRS : KEEP_BOTH;
	return e;
}

static enum err run(struct cli *cli, struct why *why)
{
	enum keep keep = KEEP_BOTH;
	enum err e = read_keep(cli, &keep, why);
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id id;
	struct leaf *leaf;
	const struct field_schema *field;
	struct bytes key;
	size_t settled = 0;
	struct view_document document;
	if (e != OK || (e = cli_edit(cli, &txn, why)) != OK ||
		(e = coach_find(txn, args_word(&cli->args, 0), &id, why)) != OK ||
		(e = leaf_open(txn, id, &leaf, why)) != OK ||
		(e = cli_field(leaf->head->kind, args_word(&cli->args, 1), &field, &key,
			 why)) != OK ||
		(e = places_settle(
			 txn, id, bytes_text(field->name), keep, &settled, why)) != OK ||
		(e = view_document(txn, id, &document, why)) != OK)
		return e;
	if (cli->print.is_json) {
		show_json_open(cli, NULL, &document);
		json_uint(&cli->print.json, "settled", settled);
		json_close(&cli->print.json);
	} else {
		print_line(&cli->print,
			tr_n("%s  %s: %zu place settled", "%s  %s: %zu places settled",
				settled),
			document.handle, document.title, settled);
	}
	return cli_commit(&txn, why);
}

static const struct option options[] = {
	{"keep", "mine|theirs|both", "what is to stand there"},
};
const struct command cmd_settle = {
	.name = "settle",
	.group = GROUP_WRITING,
	.words = "H FIELD",
	.summary = "settle a place where both wrote",
	.min = 2,
	.max = 2,
	OPTIONS(options),
	.run = run,
};
