/* kith shared: what my partners can see, since when, and whether it arrived. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/reach.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/notebook/ledger.h"

/* "held since 24 Nov 2026, 14:02" */
static const char *state_text(struct cli *cli, const struct ledger_line *line)
{
	switch (line->reach) {
	case REACH_NOT_SENT:
		return tr("not sent yet");
	case REACH_MAY_HAVE_LEFT:
		return tr("may have left");
	case REACH_HELD:
		return arena_format(&cli->arena, tr("held since %s"),
			print_when(&cli->arena, line->held_s));
	}
	return tr("may have left");
}

static void add_json(struct cli *cli, const char *name, const struct ledger_line *line,
	const struct view_line *document)
{
	struct json *json = &cli->print.json;
	json_object(json, NULL);
	json_cstr(json, "handle", document->handle);
	json_cstr(json, "title", document->title);
	json_cstr(json, "kind", document->kind->name);
	json_cstr(json, "with", name);
	json_bool(json, "mine", line->by_me);
	json_cstr(json, "role", role_word(document->role));
	json_time(json, "since", line->since_s);
	json_cstr(json, "state", reach_word(line->reach));
	json_time(json, "held_since", line->held_s);
	json_bool(json, "pending", line->pending);
	json_close(json);
}

/* The ledger with one partner. */
static enum err add_ledger(struct cli *cli, struct notebook_txn *txn,
	struct partner *partner, struct table *table, struct why *why)
{
	struct ledger_line *lines;
	size_t count;
	enum err e = ledger_of(txn, partner, &lines, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct view_line document;
		if ((e = view_line(txn, lines[i].document, &document, why)) != OK)
			break;
		if (cli->print.is_json) {
			add_json(cli, view_partner(partner), &lines[i], &document);
			continue;
		}
		table_cstr(table, document.handle);
		table_cstr(table, view_partner(partner));
		table_cstr(table, document.title);
		table_cstr(table, tr_in("role", role_word(document.role)));
		table_cstr(table, lines[i].by_me ? tr("yours") : tr("theirs"));
		table_cstr(
			table, arena_format(&cli->arena,
				       lines[i].pending ? tr("%s; changes wait") : "%s",
				       state_text(cli, &lines[i])));
	}
	return e;
}

/* The documents as that partner has them: the sealed replica, and of it only what has
 * left. */
static enum err add_theirs(struct cli *cli, struct notebook_txn *txn,
	struct partner *partner, struct why *why)
{
	struct ledger_line *lines;
	size_t count;
	enum err e = ledger_of(txn, partner, &lines, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct view_document document;
		if (lines[i].reach == REACH_NOT_SENT)
			continue;
		if ((e = view_as_partner(txn, lines[i].document, &document, why)) != OK)
			break;
		if (cli->print.is_json) {
			show_json(cli, txn, NULL, &document);
			continue;
		}
		show_text(cli, txn, &document);
		print_line(&cli->print, "%s", "");
	}
	return e;
}

static enum err add_partner(struct cli *cli, struct notebook_txn *txn,
	struct partner *partner, struct table *table, struct why *why)
{
	if (args_has(&cli->args, "as-partner"))
		return add_theirs(cli, txn, partner, why);
	return add_ledger(cli, txn, partner, table, why);
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *with, *partners;
	size_t count;
	enum err e = cli_look(cli, &txn, why);
	if (e != OK || (e = cli_partner(cli, txn, "with", &with, why)) != OK ||
		(e = people_partners(txn, &partners, &count)) != OK)
		return e;
	bool theirs = args_has(&cli->args, "as-partner");
	struct table table = {.columns = 6};
	if (cli->print.is_json) {
		json_object(&cli->print.json, NULL);
		json_array(&cli->print.json, theirs ? "documents" : "entries");
	}
	for (size_t i = 0; e == OK && i < count; i++)
		if (with == NULL || with == &partners[i])
			e = add_partner(cli, txn, &partners[i], &table, why);
	if (cli->print.is_json && e == OK) {
		json_close(&cli->print.json);
		json_close(&cli->print.json);
	} else {
		table_write(&table, &cli->print.out, cli->print.screen, 2);
	}
	table_release(&table);
	if (e == OK && cli->print.out.len == 0)
		print_line(&cli->print, "Nothing is shared.");
	return e;
}

static const struct option options[] = {
	{"with", "NAME", "this partner only"},
	{"as-partner", NULL, "the documents exactly as the partner has them"},
};
const struct command cmd_shared = {
	.name = "shared",
	.group = GROUP_SHARING,
	.words = "",
	.summary = "what your partners can see, since when, and whether it arrived",
	OPTIONS(options),
	.run = run,
};
