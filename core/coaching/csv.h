/*
 * Tables as CSV (RFC 4180): written for spreadsheets and statistics, and read from what
 * spreadsheets and school software write.
 *
 * Our own: the two libraries in distributions read what is between commas and neither
 * guesses the separator nor knows what a spreadsheet takes for a formula.
 */
#ifndef KITH_COACHING_CSV_H
#define KITH_COACHING_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* ---- Writing. A zeroed one with `out` set is ready. UTF-8 with a byte order mark, which
 * Excel needs to see that it is; rows end with CRLF. */
struct csv {
	struct buf *out;
	bool in_row;
};

/* The mark and a row of headings; NULL-terminated. */
void csv_begin(struct csv *csv, const char *const *headings);
/*
 * The next cell. A text that a spreadsheet would take for a formula gets an apostrophe
 * before it, at its front and behind what other spreadsheets take for the separator:
 * who opens the table must not run what somebody wrote in a note.
 */
void csv_text(struct csv *csv, struct bytes text);
void csv_cstr(struct csv *csv, const char *text);
void csv_uint(struct csv *csv, uint64_t v);
void csv_number(struct csv *csv, double v); /* NAN: empty */
void csv_empty(struct csv *csv);
void csv_row(struct csv *csv); /* ends it */

/* ---- Reading. */

#define CSV_CELLS_MAX 64u
#define CSV_FILE_MAX  ((size_t)1 << 20)

struct csv_reader {
	struct bytes rest;
	char separator; /* ',' ';' or a tab: what stands most often in the first row */
	unsigned line;  /* of the row read last, from 1 */
	unsigned read;  /* lines that were read */
};

struct csv_row {
	struct bytes cells[CSV_CELLS_MAX]; /* without their quotes and outer spaces */
	size_t count;
};

/*
 * Begin to read a file. Errors: ERR_TOO_BIG; ERR_INVALID for one that is not UTF-8, with
 * what to do about it.
 */
MUST_USE enum err csv_open(struct bytes file, struct csv_reader *out, struct why *why);

/*
 * The next row that is not blank, in the arena; `*more` is false at the end.
 * Errors: ERR_INVALID for a quote that is not closed, more cells than CSV_CELLS_MAX.
 */
MUST_USE enum err csv_next(struct csv_reader *reader, struct arena *arena,
	struct csv_row *out, bool *more, struct why *why);

#endif
