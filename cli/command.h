/*
 * What a command of kith is: its name, its words and options, its help, and the function
 * that does it. The table of all of them is cli/main.c.
 */
#ifndef KITH_CLI_COMMAND_H
#define KITH_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

struct cli;

/* An option `--name`, with a value when `value` names one. */
struct option {
	const char *name;  /* without the dashes */
	const char *value; /* what stands after it in the help, "DIR"; NULL: a flag */
	const char *help;
};

/* A command: one page of cli/cmd_*.c. */
struct command {
	const char *name;
	const char *words;   /* its words as the help shows them: "TITLE", "H FIELD" */
	const char *summary; /* one line */
	const char *detail;  /* further lines of `kith help COMMAND`; may be NULL */
	size_t min, max;     /* how many words it takes */
	const struct option *options;
	size_t option_count;

	/*
	 * Do it. What it has to say goes into cli->print and is shown only when it
	 * returns OK, so nobody reads of a change that did not happen.
	 */
	enum err (*run)(struct cli *cli, struct why *why);
};

/* Many words: no upper bound worth naming. */
#define WORDS_MANY 1024

#define OPTIONS(array)                                                                   \
	.options = (array), .option_count = sizeof(array) / sizeof(array)[0]

/* Every command, in the order of the help. */
extern const struct command *const commands[];
extern const size_t command_count;

/* The options every command takes, before or after its name. */
extern const struct option global_options[];
extern const size_t global_option_count;

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

#endif
