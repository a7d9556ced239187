#include "cli/args.h"

#include <string.h>

#include "cli/suggest.h"
#include "core/base/mem.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"

/* As many candidates as a suggestion looks at: more than there are commands or options.
 */
#define CANDIDATES_MAX 64

static const struct option *option_named(
	const struct option *options, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(options[i].name) == len &&
			memcmp(options[i].name, name, len) == 0)
			return &options[i];
	return NULL;
}

const struct option *args_option(
	const struct command *command, const char *name, size_t len)
{
	const struct option *found =
		option_named(global_options, global_option_count, name, len);
	if (found == NULL && command != NULL)
		found = option_named(command->options, command->option_count, name, len);
	return found;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static enum err wrong_command(const char *name, struct why *why)
{
	const char *names[CANDIDATES_MAX];
	size_t count = 0;
	for (; count < command_count && count < CANDIDATES_MAX; count++)
		names[count] = commands[count]->name;
	const char *nearest = suggest(name, names, count);
	if (nearest != NULL)
		return because(why, ERR_USAGE,
			"there is no command \"%.40s\"; did you mean \"%s\"?", name,
			nearest);
	return because(why, ERR_USAGE,
		"there is no command \"%.40s\"; all of them: kith help", name);
}

static enum err wrong_option(
	const struct command *command, const char *name, struct why *why)
{
	const char *names[CANDIDATES_MAX];
	size_t count = 0;
	for (size_t i = 0; i < global_option_count && count < CANDIDATES_MAX; i++)
		names[count++] = global_options[i].name;
	for (size_t i = 0; i < command->option_count && count < CANDIDATES_MAX; i++)
		names[count++] = command->options[i].name;
	const char *nearest = suggest(name, names, count);
	if (nearest != NULL)
		return because(why, ERR_USAGE,
			"%s has no option --%.40s; did you mean --%s?", command->name,
			name, nearest);
	return because(why, ERR_USAGE,
		"%s has no option --%.40s; all of them: kith help %s", command->name,
		name, command->name);
}

static void add_given(struct args *args, const struct option *option, const char *value)
{
	args->given = mem_grow(
		args->given, args->given_count, &args->given_cap, sizeof *args->given);
	args->given[args->given_count++] = (struct given){option, value};
}

/* A value with nothing in it would pass for an option left out. */
static enum err check_value(const struct command *command, const struct option *option,
	const char *value, struct why *why)
{
	if (!utf8_valid(bytes_text(value)))
		return because(why, ERR_USAGE, "the value of --%s is not valid UTF-8",
			option->name);
	if (!utf8_blank(bytes_text(value)) ||
		(command != NULL && command->may_be_blank != NULL &&
			strcmp(command->may_be_blank, option->name) == 0))
		return OK;
	return because(why, ERR_USAGE, "--%s is empty; leave it out, or write --%s %s",
		option->name, option->name, tr_in("placeholders", option->value));
}

static void add_word(struct args *args, const char *word)
{
	args->words = mem_grow(
		args->words, args->word_count, &args->word_cap, sizeof *args->words);
	args->words[args->word_count++] = word;
}

/* The option at argv[*i]; moves *i on over a value that stands by itself. */
static enum err read_option(
	struct args *args, int argc, const char *const argv[], int *i, struct why *why)
{
	const char *name = argv[*i] + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);

	const struct option *option = args_option(args->command, name, len);
	if (option == NULL && args->command == NULL)
		return because(why, ERR_USAGE,
			"--%.40s may stand only after a command; see: kith help", name);
	if (option == NULL)
		return wrong_option(args->command, name, why);

	if (option->value == NULL && equals != NULL)
		return because(why, ERR_USAGE, "--%s takes no value", option->name);
	const char *value = equals != NULL ? equals + 1 : NULL;
	if (option->value != NULL && value == NULL) {
		if (*i + 1 >= argc)
			return because(why, ERR_USAGE, "--%s needs a value: --%s %s",
				option->name, option->name,
				tr_in("placeholders", option->value));
		value = argv[++*i];
	}
	enum err e = value != NULL ? check_value(args->command, option, value, why) : OK;
	if (e == OK)
		add_given(args, option, value);
	return e;
}

static enum err read_word(struct args *args, const char *word, struct why *why)
{
	if (!utf8_valid(bytes_text(word)))
		return because(why, ERR_USAGE, "word %zu is not valid UTF-8",
			args->word_count + (args->command != NULL ? 2u : 1u));
	if (args->command != NULL) {
		add_word(args, word);
		return OK;
	}
	args->command = command_find(word);
	return args->command != NULL ? OK : wrong_command(word, why);
}

/* -h and -V are the only short ones. */
static enum err read_short(struct args *args, const char *word, struct why *why)
{
	const char *name = strcmp(word, "-h") == 0   ? "help"
			   : strcmp(word, "-V") == 0 ? "version"
						     : NULL;
	if (name == NULL)
		return because(why, ERR_USAGE,
			"there is no option %.40s; a word that begins with a dash stands "
			"after --",
			word);
	add_given(args, args_option(NULL, name, strlen(name)), NULL);
	return OK;
}

static enum err check_words(const struct args *args, struct why *why)
{
	const struct command *command = args->command;
	if (command == NULL || args_has(args, "help"))
		return OK;
	if (args->word_count < command->min)
		return because(why, ERR_USAGE, "%s needs %s; see: kith help %s",
			command->name, tr_in("placeholders", command->words),
			command->name);
	if (args->word_count > command->max)
		return because(why, ERR_USAGE,
			"%s does not take \"%.40s\" (quote a text of several words); "
			"see: kith help %s",
			command->name, args->words[command->max], command->name);
	return OK;
}

enum err args_read(struct args *args, int argc, const char *const argv[], struct why *why)
{
	bool options_ended = false;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		enum err e;
		if (options_ended || word[0] != '-' || word[1] == '\0')
			e = read_word(args, word, why);
		else if (strcmp(word, "--") == 0)
			e = OK, options_ended = true;
		else if (word[1] == '-')
			e = read_option(args, argc, argv, &i, why);
		else
			e = read_short(args, word, why);
		if (e != OK)
			return e;
	}
	return check_words(args, why);
}

void args_release(struct args *args)
{
	mem_free(args->words);
	mem_free(args->given);
	*args = (struct args){0};
}

const char *args_value(const struct args *args, const char *name)
{
	for (size_t i = args->given_count; i > 0; i--)
		if (strcmp(args->given[i - 1].option->name, name) == 0)
			return args->given[i - 1].value;
	return NULL;
}

bool args_has(const struct args *args, const char *name)
{
	for (size_t i = 0; i < args->given_count; i++)
		if (strcmp(args->given[i].option->name, name) == 0)
			return true;
	return false;
}

const char *args_word(const struct args *args, size_t index)
{
	return index < args->word_count ? args->words[index] : NULL;
}

size_t args_count_of(const struct args *args, const char *const names[])
{
	size_t count = 0;
	for (size_t i = 0; names[i] != NULL; i++)
		count += args_has(args, names[i]) ? 1u : 0u;
	return count;
}

enum err args_choice(const char *what, const char *value, const char *const choices[],
	size_t *index, struct why *why)
{
	size_t count = 0;
	struct buf all = {0};
	for (; choices[count] != NULL; count++) {
		if (strcmp(choices[count], value) == 0) {
			*index = count;
			buf_release(&all);
			return OK;
		}
		buf_add_format(&all, "%s%s", count > 0 ? ", " : "", choices[count]);
	}
	const char *nearest = suggest(value, choices, count);
	enum err e =
		nearest != NULL
			? because(why, ERR_USAGE,
				  "%s cannot be \"%.40s\"; did you mean \"%s\"? (%s)",
				  tr(what), value, nearest, buf_text(&all))
			: because(why, ERR_USAGE,
				  "%s cannot be \"%.40s\"; it is one of %s", tr(what),
				  value, buf_text(&all));
	buf_release(&all);
	return e;
}
