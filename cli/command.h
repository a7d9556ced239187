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
	const char *name; /* without the dashes */
	/* What stands after it in the help: "DIR"; words joined by | are all there are:
	 * "mine|theirs|both". NULL: a flag. */
	const char *value;
	const char *help;
};

/* The parts of `kith help`, in its order; each but the last is a page of the manual. */
enum command_group {
	GROUP_NONE, /* a mistake: every command belongs somewhere */
	GROUP_WRITING,
	GROUP_VISITS,
	GROUP_OBSERVING,
	GROUP_SHARING,
	GROUP_MEETING,
	GROUP_REPORTS,
	GROUP_STORE,
	GROUP_KITH, /* help itself */
};

struct group {
	const char *name;  /* of the page: kith-writing(1), `kith help writing` */
	const char *title; /* a heading */
};

/* Indexed by enum command_group. */
extern const struct group groups[];
extern const size_t group_count;

/* A command: one page of cli/cmd_*.c. */
struct command {
	const char *name;
	enum command_group group;
	const char *words;   /* its words as the help shows them: "TITLE", "H FIELD" */
	const char *summary; /* one line */

	/*
	 * What else `kith help COMMAND` and the manual say; may be NULL. A line with two
	 * spaces after its first word is an entry: what is typed, and what it does. A
	 * line that begins with two spaces stands as it is. All other lines are running
	 * text, wrapped to the screen; an empty line parts paragraphs.
	 */
	const char *detail;
	size_t min, max; /* how many words it takes */
	const struct option *options;
	size_t option_count;
	/* The option that may be given nothing: "set", which then empties a field. For
	 * all others nothing is a slip, such as a script's empty variable. May be NULL.
	 */
	const char *may_be_blank;

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
