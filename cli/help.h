/*
 * The pages of `kith help`: all of it, one group, one command, the kinds of documents;
 * each from the table of commands or of kinds, as the manual is.
 */
#ifndef KITH_CLI_HELP_H
#define KITH_CLI_HELP_H

#include "cli/command.h"
#include "cli/print.h"

/* What one page is about. */
enum help_topic {
	HELP_ALL,
	HELP_GROUP,
	HELP_COMMAND,
	HELP_KINDS,
};

void help_all(struct print *print);
void help_group(struct print *print, enum command_group group);
void help_command(struct print *print, const struct command *command);
void help_kinds(struct print *print);

/* All commands with all that the table says of them; and all kinds. */
void help_json(struct json *json);
void help_kinds_json(struct json *json);

#endif
