/* kith show: all of one document, or one field of it. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "core/coaching/commands.h"

static enum err show_one(struct cli *cli, struct notebook_txn *txn,
	const struct view_document *document, const char *word, struct why *why)
{
	const struct field_schema *field;
	struct bytes key;
	enum err e = cli_field(document->head->kind, word, &field, &key, why);
	if (e != OK)
		return e;
	const struct view_field *found =
		view_field(document, bytes_text(field->name), key);
	if (found != NULL)
		show_field_text(cli, txn, found);
	return OK;
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct id id;
	struct view_document document;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK || (e = coach_find(txn, args_word(&cli->args, 0), &id, why)) != OK ||
		(e = view_document(txn, id, &document, why)) != OK)
		return e;
	const char *field = args_value(&cli->args, "field");
	if (cli->print.is_json)
		show_json(cli, txn, NULL, &document);
	else if (field != NULL)
		return show_one(cli, txn, &document, field, why);
	else
		show_text(cli, txn, &document);
	return OK;
}

static const struct option options[] = {
	{"field", "FIELD", "only that field's content, as it is"},
};
const struct command cmd_show = {
	.name = "show",
	.group = GROUP_WRITING,
	.words = "H",
	.summary = "all of one document",
	.min = 1,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
