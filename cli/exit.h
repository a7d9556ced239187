/*
 * How a command of kith ends: the exit codes scripts rely on, and the error as the person
 * or the script reads it.
 */
#ifndef KITH_CLI_EXIT_H
#define KITH_CLI_EXIT_H

#include <stdbool.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,      /* the reason is on stderr, with what to do */
	EXIT_USAGE = 2,       /* the command was not understood */
	EXIT_NO_SUCH = 3,     /* no such document or partner, or more than one */
	EXIT_LOCKED = 4,      /* locked, or a wrong passphrase */
	EXIT_NOT_REACHED = 5, /* the partner was not reached */
	EXIT_STORE = 6,       /* the store is damaged, or refused */
	EXIT_MISMATCH = 7,    /* the other side, or the codes, did not match */
};

enum exit_code exit_of(enum err e);

/* The error's stable word in JSON: "not_found". */
const char *exit_word(enum err e, char out[32]);

/* Append the JSON document of an error. */
void exit_json(struct buf *out, enum err e, const struct why *why);

#endif
