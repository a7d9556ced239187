/*
 * What is asked of the person at the terminal. Nothing is asked when stdin is no
 * terminal: what is missing is then an error that names the option.
 */
#ifndef KITH_CLI_PROMPT_H
#define KITH_CLI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

#define PASSPHRASE_MAX 1024 /* bytes: far above any sentence a person types */
#define LINE_MAX_LEN   4096

/* A passphrase; wiped by passphrase_release(). A zeroed one is empty. */
struct passphrase {
	char text[PASSPHRASE_MAX + 1];
	size_t len;
};

void passphrase_release(struct passphrase *passphrase);
struct bytes passphrase_bytes(const struct passphrase *passphrase);

#define CLEAN_PASSPHRASE CLEANUP(passphrase_release)

/*
 * The passphrase: the first line of `file` (may be NULL), else asked on the terminal with
 * the echo off; `twice` asks again and compares, for a new one. Errors: ERR_LOCKED
 * without a file and a terminal; ERR_IO for an unreadable file; ERR_INVALID for an empty,
 * too long or mistyped one.
 */
MUST_USE enum err prompt_passphrase(
	struct passphrase *out, const char *file, bool twice, struct why *why);

/* The recovery key that stands somewhere in `file`, as the sheet that init writes; it
 * serves in the passphrase's place. Errors: ERR_IO; ERR_INVALID where there is none. */
MUST_USE enum err prompt_recovery(
	struct passphrase *out, const char *file, struct why *why);

bool prompt_is_possible(void);

/* Whether an answer begins with a letter that says so, in the reader's language or in
 * English. */
bool is_yes(const char *word);
bool is_no(const char *word);

/* y or n, asked again until it is one of them; `fallback` for an empty line, no at the
 * end. */
bool prompt_yes(const char *question, bool fallback);

/* One line of stdin without its line break; false at the end. Of one that is too long the
 * beginning, and `is_cut` (may be NULL) says so. */
bool prompt_line(struct buf *out, bool *is_cut);

#endif
