/* kith doctor: why my partner is not found. */
#include "cli/cli.h"
#include "cli/commands.h"
#include "core/base/tr.h"
#include "core/coaching/schema.h"
#include "core/coaching/views.h"
#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "net/host/doctor_look.h"
#include "net/host/node.h"

#define LISTEN_MS 3000

/* Partners, where the running node hands out the key: nobody is asked for a passphrase to
 * look at a network. */
static void look_at_partners(struct cli *cli, const char *home, struct notebook_txn **txn,
	struct doctor_facts *facts)
{
	WIPED(secret) master;
	struct partner *partners;
	size_t count;
	if (facts->node != DOCTOR_NODE_OPEN || node_key(home, &master, NULL) != OK ||
		notebook_open(home, &master, &coaching_schema, &cli->notebook, NULL) !=
			OK ||
		notebook_look(cli->notebook, txn, NULL) != OK ||
		people_partners(*txn, &partners, &count) != OK)
		return;
	struct doctor_partner *all = arena_array(&cli->arena, count + 1, sizeof *all);
	for (size_t i = 0; i < count; i++)
		all[i] = (struct doctor_partner){.name = view_partner(&partners[i]),
			.met_s = partners[i].met_s,
			.clock_offset_s = partners[i].clock_offset_s};
	facts->partners = all;
	facts->partner_count = count;
}

static bool is_mine(const struct doctor_interface *interface)
{
	return interface->is_up && !interface->is_loopback && interface->text[0] != '\0';
}

static void say_json(struct json *json, const struct doctor_facts *facts,
	const struct doctor_finding *findings, size_t count)
{
	json_object(json, NULL);
	json_array(json, "findings");
	for (size_t i = 0; i < count; i++) {
		json_object(json, NULL);
		json_cstr(json, "id", findings[i].id);
		json_cstr(json, "severity", doctor_severity_word(findings[i].severity));
		json_cstr(json, "text", findings[i].text);
		json_cstr(json, "remedy", findings[i].remedy);
		json_close(json);
	}
	json_close(json);
	json_array(json, "addresses");
	for (size_t i = 0; i < facts->interface_count; i++)
		if (is_mine(&facts->interfaces[i]))
			json_cstr(json, NULL, facts->interfaces[i].text);
	json_close(json);
	json_uint(json, "others_heard", facts->others_heard);
	json_uint(json, "kiths_heard", facts->found_count);
	json_close(json);
}

static void say_finding(struct cli *cli, const struct doctor_finding *finding)
{
	size_t width =
		cli->print.screen > 40 && cli->print.screen < 80 ? cli->print.screen : 80;
	switch (finding->severity) {
	case SEVERITY_PROBLEM:
		print_heading(&cli->print, "Problem");
		break;
	case SEVERITY_WARNING:
		print_heading(&cli->print, "Perhaps");
		break;
	case SEVERITY_NOTE:
		print_heading(&cli->print, "Note");
		break;
	}
	text_add_entry(
		&cli->print.out, bytes_text(""), bytes_text(finding->text), 4, width);
	text_add_entry(
		&cli->print.out, bytes_text(""), bytes_text(finding->remedy), 4, width);
}

static void say_text(struct cli *cli, const struct doctor_facts *facts,
	const struct doctor_finding *findings, size_t count)
{
	size_t problems = 0;
	for (size_t i = 0; i < count; i++) {
		problems += findings[i].severity == SEVERITY_PROBLEM;
		say_finding(cli, &findings[i]);
	}
	if (problems == 0)
		print_line(&cli->print, "Nothing on this computer keeps it from finding "
					"and being found.");
	print_line(&cli->print, "Heard: computers %zu, of them with kith %zu.",
		facts->others_heard, facts->found_count);
	for (size_t i = 0; i < facts->interface_count; i++)
		if (is_mine(&facts->interfaces[i]))
			print_line(&cli->print,
				"Your colleague can try: kith doctor --address %s",
				facts->interfaces[i].text);
}

static enum err run(struct cli *cli, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct doctor_finding findings[DOCTOR_FINDINGS];
	struct doctor_look look = {.listen_ms = LISTEN_MS};
	struct doctor_facts facts;
	struct address asked;
	const char *typed = args_value(&cli->args, "address");
	enum err e = cli_home(cli, &look.home, why);
	if (e == OK && typed != NULL)
		e = address_read(typed, true, &asked, why);
	if (e != OK)
		return e;
	look.asked = typed != NULL ? &asked : NULL;
	print_note(&cli->print, "Looking and listening for a few seconds.");
	doctor_look(&look, &facts);
	look_at_partners(cli, look.home, &txn, &facts);
	size_t count = doctor_judge(&facts, &cli->arena, findings);
	if (cli->print.is_json)
		say_json(&cli->print.json, &facts, findings, count);
	else
		say_text(cli, &facts, findings, count);
	return OK;
}

static const struct option options[] = {
	{"address", "HOST:PORT", "see whether kith answers there too"},
};
const struct command cmd_doctor = {
	.name = "doctor",
	.group = GROUP_MEETING,
	.words = "",
	.summary = "why a partner is not found, and what to do about it",
	.detail =
		"Looks at this computer's networks, firewall and clock, and listens for "
		"others for a few seconds. It announces nothing, asks for no passphrase, "
		"and says to nobody who you are.",
	OPTIONS(options),
	.run = run,
};
