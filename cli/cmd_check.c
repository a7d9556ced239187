/* kith check: is all of it as it was written; what is not, and what to do. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "core/base/id.h"
#include "core/base/tr.h"
#include "core/coaching/views.h"
#include "core/notebook/check.h"

static const char restore_remedy[] =
	N_("Restore your last good backup into a new folder: kith --home DIR restore "
	   "FILE");
static const char meet_remedy[] =
	N_("Meet your partner: kith sync compares all that you two share and mends it.");
static const char write_remedy[] =
	N_("Change a word in it, so that it is offered at the next meeting.");
static const char nothing_remedy[] =
	N_("If nothing is missing, nothing need be done; else restore your last good "
	   "backup.");

/* By enum finding_what: its word in JSON, what it says of a thing, what to do. */
static const struct {
	const char *id, *text, *remedy;
} sorts[] = {
	[FINDING_STORE] = {"store", N_("Some of the store's own records are damaged."),
		restore_remedy},
	[FINDING_PAGES] = {"pages",
		N_("A page that lists and searches are read from is damaged."),
		N_("Nothing is lost: its documents are read instead, and it is made anew "
		   "when one of them changes.")},
	[FINDING_STRANGERS] = {"strangers",
		N_("Some records belong to no document that is here."), nothing_remedy},
	[FINDING_DOCUMENT] = {"document", N_("It is damaged and cannot be read."),
		restore_remedy},
	[FINDING_SECTION] = {"section", N_("A part of its history is missing."),
		restore_remedy},
	[FINDING_SPACE] = {"space", N_("What you two share cannot be read."),
		restore_remedy},
	[FINDING_ENTRY] = {"entry",
		N_("A part of the history of what you two share is missing or altered."),
		restore_remedy},
	[FINDING_STATE] = {"state", N_("A sum over what you two share is wrong."),
		meet_remedy},
	[FINDING_DRAFT] = {"draft", N_("What was not sent yet is not listed so."),
		write_remedy},
	[FINDING_LINK] = {"link", N_("It does not follow your own document any more."),
		N_("Take it back and share it again.")},
};

/* How a person knows the document: handle and title where it reads, else its id. */
static const char *name_of(
	struct cli *cli, struct notebook_txn *txn, const struct finding *finding)
{
	struct leaf *leaf;
	char handle[HANDLE_TEXT], text[ID_TEXT + 1];
	if (id_is_zero(finding->document))
		return NULL;
	if (leaf_open(txn, finding->document, &leaf, NULL) == OK) {
		leaf_handle(txn, leaf, handle);
		return arena_format(&cli->arena, "%s  %s", handle, view_title(txn, leaf));
	}
	id_text(finding->document, text);
	return arena_text(&cli->arena, text);
}

static void add_json(
	struct cli *cli, struct notebook_txn *txn, const struct finding *finding)
{
	struct json *json = &cli->print.json;
	struct leaf *leaf;
	char text[HANDLE_TEXT > ID_TEXT ? HANDLE_TEXT : ID_TEXT + 1];
	json_object(json, NULL);
	json_cstr(json, "id", sorts[finding->what].id);
	json_cstr(json, "text", tr(sorts[finding->what].text));
	json_cstr(json, "remedy", tr(sorts[finding->what].remedy));
	json_uint(json, "count", finding->count);
	if (finding->partner[0] != '\0')
		json_cstr(json, "partner", finding->partner);
	if (!id_is_zero(finding->document)) {
		id_text(finding->document, text);
		json_cstr(json, "document", text);
		if (leaf_open(txn, finding->document, &leaf, NULL) == OK) {
			leaf_handle(txn, leaf, text);
			json_cstr(json, "handle", text);
		}
	}
	json_close(json);
}

static void say_json(struct cli *cli, struct notebook_txn *txn,
	const struct notebook_findings *findings)
{
	struct json *json = &cli->print.json;
	json_object(json, NULL);
	json_bool(json, "whole", findings->count == 0);
	json_uint(json, "records", findings->records);
	json_uint(json, "documents", findings->documents);
	json_uint(json, "entries", findings->entries);
	json_uint(json, "bytes", findings->bytes);
	json_array(json, "findings");
	for (size_t i = 0; i < findings->count; i++)
		add_json(cli, txn, &findings->items[i]);
	json_close(json);
	json_close(json);
}

static void add_text(
	struct cli *cli, struct notebook_txn *txn, const struct finding *finding)
{
	const char *name = name_of(cli, txn, finding);
	if (name != NULL)
		print_heading(
			&cli->print, "%s", print_clean(&cli->arena, bytes_text(name)));
	else if (finding->partner[0] != '\0')
		print_heading(&cli->print, "%s",
			print_clean(&cli->arena, bytes_text(finding->partner)));
	print_line(&cli->print, "%s", tr(sorts[finding->what].text));
	print_line(&cli->print, "%s", tr(sorts[finding->what].remedy));
}

static void say_text(struct cli *cli, struct notebook_txn *txn,
	const struct notebook_findings *findings)
{
	if (findings->count == 0) {
		print_line(&cli->print,
			"All is whole. Records opened: %llu. Documents read: %llu.",
			(unsigned long long)findings->records,
			(unsigned long long)findings->documents);
		return;
	}
	for (size_t i = 0; i < findings->count; i++)
		add_text(cli, txn, &findings->items[i]);
	print_line(&cli->print,
		"Nothing was changed. Keep this folder and your backups until all is "
		"there again.");
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_findings_release) struct notebook_findings findings = {0};
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = cli_open(cli, why);
	if (e == OK)
		e = notebook_check(cli->notebook, &findings, why);
	if (e == OK)
		e = cli_look(cli, &txn, why);
	if (e != OK)
		return e;
	if (cli->print.is_json)
		say_json(cli, txn, &findings);
	else
		say_text(cli, txn, &findings);
	if (findings.count > 0)
		cli->verdict = ERR_DAMAGED;
	return OK;
}

const struct command cmd_check = {
	.name = "check",
	.group = GROUP_STORE,
	.words = "",
	.summary = "is all of it as it was written; what is not, and what to do",
	.detail =
		"Reads the data file page by page, opens every record, and works out "
		"anew "
		"what the sums and lists say. It changes nothing. Others who write wait "
		"meanwhile.\n\nIt ends with 6 when something is damaged.",
	.run = run,
};
