/* kith help: what kith can do, a part of it, one command, or the kinds of documents. */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/help.h"
#include "cli/suggest.h"

struct topic {
	enum help_topic sort;
	enum command_group group;
	const struct command *command;
};

static enum err unknown(const char *word, struct why *why)
{
	const char *names[128] = {"kinds"};
	size_t count = 1;
	for (size_t i = 0; i < command_count && count < 128; i++)
		names[count++] = commands[i]->name;
	for (size_t i = GROUP_WRITING; i < group_count && count < 128; i++)
		names[count++] = groups[i].name;
	const char *nearest = suggest(word, names, count);
	if (nearest == NULL)
		return because(why, ERR_USAGE, "there is no command \"%.40s\"", word);
	return because(why, ERR_USAGE,
		"there is no command \"%.40s\"; did you mean \"%s\"?", word, nearest);
}

/* `kith help WORD`, `kith COMMAND --help`, or neither. */
static enum err asked_for(const struct args *args, struct topic *out, struct why *why)
{
	const char *word = args_word(args, 0);
	*out = (struct topic){.sort = HELP_ALL};
	if (args->command != NULL && args->command != &cmd_help) {
		*out = (struct topic){.sort = HELP_COMMAND, .command = args->command};
		return OK;
	}
	if (args->command == NULL || word == NULL)
		return OK;
	if (args->word_count > 1)
		return because(
			why, ERR_USAGE, "kith help explains one command at a time");
	out->command = command_find(word);
	if (out->command != NULL) {
		out->sort = HELP_COMMAND;
		return OK;
	}
	if (strcmp(word, "kinds") == 0) {
		out->sort = HELP_KINDS;
		return OK;
	}
	out->sort = HELP_GROUP;
	for (size_t i = GROUP_WRITING; i < group_count; i++)
		if (strcmp(word, groups[i].name) == 0) {
			out->group = (enum command_group)i;
			return OK;
		}
	return unknown(word, why);
}

static void say(struct print *print, const struct topic *topic)
{
	switch (topic->sort) {
	case HELP_ALL:
		help_all(print);
		return;
	case HELP_GROUP:
		help_group(print, topic->group);
		return;
	case HELP_COMMAND:
		help_command(print, topic->command);
		return;
	case HELP_KINDS:
		help_kinds(print);
		return;
	}
}

static enum err run(struct cli *cli, struct why *why)
{
	struct topic topic;
	if (args_has(&cli->args, "complete")) {
		complete(cli, cli->args.words, cli->args.word_count);
		return OK;
	}
	enum err e = asked_for(&cli->args, &topic, why);
	if (e != OK)
		return e;
	if (!cli->print.is_json)
		say(&cli->print, &topic);
	else if (topic.sort == HELP_KINDS)
		help_kinds_json(&cli->print.json);
	else
		help_json(&cli->print.json);
	return OK;
}

static const struct option options[] = {
	{"complete", NULL,
		"for shells: what may stand next after the words that follow --"},
};
const struct command cmd_help = {
	.name = "help",
	.group = GROUP_KITH,
	.words = "[COMMAND]",
	.summary = "what kith can do, or what one command does",
	.detail = "help COMMAND  one command and its options\n"
		  "help writing|visits|observing|sharing|meeting|reports|store  the "
		  "commands of "
		  "one part\n"
		  "help kinds  the kinds of documents, and the fields of each",
	.max = WORDS_MANY,
	OPTIONS(options),
	.run = run,
};
