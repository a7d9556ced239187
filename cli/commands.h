/* Every command of kith; each is defined in the page of its name, cli/cmd_*.c. */
#ifndef KITH_CLI_COMMANDS_H
#define KITH_CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command cmd_init, cmd_goal, cmd_note, cmd_page, cmd_list, cmd_show,
	cmd_edit;
extern const struct command cmd_pair, cmd_partners, cmd_unpair;
extern const struct command cmd_share, cmd_takeback, cmd_drop, cmd_shared;
extern const struct command cmd_sync, cmd_run, cmd_status, cmd_bundle, cmd_doctor,
	cmd_invisible;
extern const struct command cmd_both_wrote, cmd_settle, cmd_find;
extern const struct command cmd_visit, cmd_observe, cmd_trim, cmd_handover, cmd_feedback,
	cmd_debrief, cmd_step, cmd_reflect, cmd_agreement, cmd_report,
	cmd_export;
extern const struct command cmd_class, cmd_room, cmd_names, cmd_instrument, cmd_measure,
	cmd_door, cmd_kudos, cmd_quote;
extern const struct command cmd_backup, cmd_restore, cmd_check, cmd_compact, cmd_passphrase;
extern const struct command cmd_erase, cmd_lock, cmd_unlock, cmd_help, cmd_version;

#endif
