/*
 * What a command says: collected here, shown when the command has done what it says. With
 * --json it is one JSON document, else lines of text.
 *
 * The formats of print_line(), print_heading() and print_note() are whole English
 * sentences; they are translated here. A sentence that is an argument is said by tr().
 */
#ifndef KITH_CLI_PRINT_H
#define KITH_CLI_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/json.h"
#include "cli/text.h"
#include "core/base/bytes.h"
#include "core/base/err.h"

struct print {
	struct buf out;
	struct json json; /* writes into `out` */
	bool is_json;
	bool is_plain;   /* lines only: no colour, nothing cut to the screen's width */
	bool has_colour; /* a terminal, and NO_COLOR is not set */
	size_t screen;   /* columns; 0: unknown, or of no matter */
};

/* `plain` as the person asked; a stdout that is no terminal, TERM=dumb and KITH_PLAIN=1
 * ask too. */
void print_init(struct print *print, bool json, bool plain);
void print_release(struct print *print);

/* A line of ours: the format's arguments are clean already. */
void print_line(struct print *print, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same, set off where the terminal can. */
void print_heading(struct print *print, const char *format, ...) PRINTF_LIKE(2, 3);

/* A borrowed copy of a person's text on one line, safe to show; lives as long as `arena`.
 */
const char *print_clean(struct arena *arena, struct bytes text);
/* Minutes are exact enough for people: "24 Nov 2026, 14:02", in local time. "never" for
 * 0. */
const char *print_when(struct arena *arena, uint64_t seconds);

/* Bytes as people count them: "34 KB", "1.2 MB". */
const char *print_size(struct arena *arena, uint64_t bytes);

/* Write what was collected to stdout, and forget it. Errors: ERR_IO. */
MUST_USE enum err print_flush(struct print *print, struct why *why);

/* One line to stderr that is not the result: progress, a warning. Silent with --json. */
void print_note(const struct print *print, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
