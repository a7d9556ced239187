/* kith: the table of commands, and nothing else. Running one is cli/run.c. */
#include "cli/commands.h"
#include "cli/run.h"

const struct command *const commands[] = {
	&cmd_init,
	&cmd_goal,
	&cmd_note,
	&cmd_page,
	&cmd_list,
	&cmd_show,
	&cmd_find,
	&cmd_edit,
	&cmd_both_wrote,
	&cmd_settle,
	&cmd_erase,
	&cmd_visit,
	&cmd_observe,
	&cmd_trim,
	&cmd_feedback,
	&cmd_handover,
	&cmd_debrief,
	&cmd_step,
	&cmd_reflect,
	&cmd_agreement,
	&cmd_report,
	&cmd_quote,
	&cmd_export,
	&cmd_instrument,
	&cmd_class,
	&cmd_room,
	&cmd_names,
	&cmd_measure,
	&cmd_door,
	&cmd_kudos,
	&cmd_pair,
	&cmd_partners,
	&cmd_unpair,
	&cmd_share,
	&cmd_shared,
	&cmd_takeback,
	&cmd_drop,
	&cmd_sync,
	&cmd_bundle,
	&cmd_run,
	&cmd_status,
	&cmd_doctor,
	&cmd_invisible,
	&cmd_backup,
	&cmd_restore,
	&cmd_check,
	&cmd_compact,
	&cmd_passphrase,
	&cmd_lock,
	&cmd_unlock,
	&cmd_help,
	&cmd_version,
};
const size_t command_count = sizeof commands / sizeof commands[0];

const struct option global_options[] = {
	{"home", "DIR", "the folder of the store (or KITH_HOME)"},
	{"json", NULL, "one JSON document instead of text"},
	{"plain", NULL, "lines only: no colour, nothing cut (or KITH_PLAIN=1)"},
	{"passphrase-file", "FILE",
		"read the passphrase there (or KITH_PASSPHRASE_FILE)"},
	{"help", NULL, "what the command does"},
	{"version", NULL, "the version of kith"},
};
const size_t global_option_count = sizeof global_options / sizeof global_options[0];

int main(int argc, char *argv[])
{
	return run_kith(argc, (const char *const *)argv);
}
