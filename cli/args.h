/*
 * The command line as a person typed it, read against the table of commands.
 */
#ifndef KITH_CLI_ARGS_H
#define KITH_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/command.h"
#include "core/base/err.h"

/* One option that was given. Borrows argv. */
struct given {
	const struct option *option;
	const char *value; /* NULL for a flag */
};

/* A zeroed one is empty; release with args_release(). The texts borrow argv. */
struct args {
	const struct command *command; /* NULL: none was named */
	const char **words;
	size_t word_count, word_cap;
	struct given *given;
	size_t given_count, given_cap;
};

/*
 * Read argv[1…]. Global options may stand anywhere; `--` ends options; a value may follow
 * as the next word or after `=`. Errors: ERR_USAGE with a sentence that names the nearest
 * right word. What was read before the mistake stays in `args`, so that --json and --help
 * given there still hold.
 */
MUST_USE enum err args_read(
	struct args *args, int argc, const char *const argv[], struct why *why);
void args_release(struct args *args);

bool args_has(const struct args *args, const char *name);
/* The last value of that option, or NULL. */
const char *args_value(const struct args *args, const char *name);
/* Word number `index`, or NULL. */
const char *args_word(const struct args *args, size_t index);
/* The option of that name (without dashes, `len` bytes) which this command takes, or
 * NULL; `command` NULL: of those that all take. */
const struct option *args_option(
	const struct command *command, const char *name, size_t len);
/* How many of the named options (NULL-terminated) were given. */
size_t args_count_of(const struct args *args, const char *const names[]);

/*
 * One of `choices` (NULL-terminated), as its index.
 * Errors: ERR_USAGE with the choices and the nearest.
 */
MUST_USE enum err args_choice(const char *what, const char *value,
	const char *const choices[], size_t *index, struct why *why);

#endif
