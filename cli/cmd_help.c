/* kith help: what kith can do, and each command's page, both from the table of commands.
 */
#include <string.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/suggest.h"
#include "core/base/tr.h"

/* What stands for a person's own words: "TITLE". Small letters in it are typed as they
 * are. */
static const char *placeholders(const char *words)
{
	return words[0] != '\0' ? tr_in("placeholders", words) : words;
}

static void add_options(struct print *print, const struct option *options, size_t count)
{
	struct table table = {.columns = 2};
	for (size_t i = 0; i < count; i++) {
		CLEAN_BUF struct buf left = {0};
		buf_add_format(&left, "  --%s", options[i].name);
		if (options[i].value != NULL)
			buf_add_format(&left, " %s", placeholders(options[i].value));
		table_add(&table, buf_bytes(&left));
		table_cstr(&table, tr(options[i].help));
	}
	table_write(&table, &print->out, 0, 1);
	table_release(&table);
}

static void help_for_all(struct print *print)
{
	print_line(
		print, "kith: peer coaching between teachers, with nobody in between.\n");
	print_line(print, "First:   kith init --name YOU, then kith goal \"what I want "
			  "to get better at\"");
	print_line(print, "Then:    kith pair, beside a colleague who does the same\n");
	struct table table = {.columns = 2};
	for (size_t i = 0; i < command_count; i++) {
		CLEAN_BUF struct buf left = {0};
		buf_add_format(&left, "  %s%s%s", commands[i]->name,
			commands[i]->words[0] != '\0' ? " " : "",
			placeholders(commands[i]->words));
		table_add(&table, buf_bytes(&left));
		table_cstr(&table, tr(commands[i]->summary));
	}
	table_write(&table, &print->out, 0, 1);
	table_release(&table);
	print_line(print, "\nWith every command:");
	add_options(print, global_options, global_option_count);
	print_line(print, "\nMore of one: kith help COMMAND");
}

static void help_for(struct print *print, const struct command *command)
{
	print_line(print, "kith %s%s%s%s", command->name,
		command->words[0] != '\0' ? " " : "", placeholders(command->words),
		command->option_count > 0 ? tr(" [options]") : "");
	print_line(print, "\n%s.", tr(command->summary));
	if (command->detail != NULL)
		print_line(print, "%s", tr(command->detail));
	if (command->option_count == 0)
		return;
	print_line(print, "\nOptions:");
	add_options(print, command->options, command->option_count);
}

static void json_for_all(struct json *json)
{
	json_object(json, NULL);
	json_array(json, "commands");
	for (size_t i = 0; i < command_count; i++) {
		json_object(json, NULL);
		json_cstr(json, "name", commands[i]->name);
		json_cstr(json, "words", commands[i]->words);
		json_cstr(json, "summary", commands[i]->summary);
		json_array(json, "options");
		for (size_t k = 0; k < commands[i]->option_count; k++)
			json_cstr(json, NULL, commands[i]->options[k].name);
		json_close(json);
		json_close(json);
	}
	json_close(json);
	json_close(json);
}

/* `kith help COMMAND`, `kith COMMAND --help`, or neither. */
static enum err asked_for(
	const struct args *args, const struct command **out, struct why *why)
{
	const char *word = args_word(args, 0);
	*out = args->command;
	if (args->command != &cmd_help)
		return OK;
	*out = word != NULL ? command_find(word) : NULL;
	if (word == NULL || *out != NULL)
		return OK;
	const char *names[64];
	size_t count = 0;
	for (; count < command_count && count < 64; count++)
		names[count] = commands[count]->name;
	const char *nearest = suggest(word, names, count);
	if (nearest == NULL)
		return because(why, ERR_USAGE, "there is no command \"%.40s\"", word);
	return because(why, ERR_USAGE,
		"there is no command \"%.40s\"; did you mean \"%s\"?", word, nearest);
}

static enum err run(struct cli *cli, struct why *why)
{
	const struct command *command;
	enum err e = asked_for(&cli->args, &command, why);
	if (e != OK)
		return e;
	if (cli->print.is_json)
		json_for_all(&cli->print.json);
	else if (command != NULL)
		help_for(&cli->print, command);
	else
		help_for_all(&cli->print);
	return OK;
}

const struct command cmd_help = {
	.name = "help",
	.words = "[COMMAND]",
	.summary = "what kith can do, or what one command does",
	.max = 1,
	.run = run,
};
