/*
 * Text for a terminal: how many columns it takes, cut to fit, in columns and wrapped.
 * Widths are those of core/base/columns.h; no cluster is cut apart.
 */
#ifndef KITH_CLI_TEXT_H
#define KITH_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/bytes.h"
#include "core/base/mem.h"

/*
 * Append at most `width` columns of one clean line, with "…" as the last one when
 * something was cut. Returns the columns taken.
 */
size_t text_add_cut(struct buf *out, struct bytes text, size_t width);

/* Append clean text with every line indented by `indent` spaces, closed by a line break.
 */
void text_add_indented(struct buf *out, struct bytes text, size_t indent);

/*
 * Append running text from column `at` on, wrapped at spaces so that no line passes
 * `width`, further lines beginning at column `indent`; closed by a line break. A word
 * longer than that stays whole. Single line breaks count as spaces.
 */
void text_add_wrapped(
	struct buf *out, struct bytes text, size_t at, size_t indent, size_t width);

/*
 * Append "  left" and, from `column` on, what it means, wrapped. A left side that reaches
 * `column` has a line of its own.
 */
void text_add_entry(struct buf *out, struct bytes left, struct bytes right, size_t column,
	size_t width);

#define TABLE_COLUMNS 6

/*
 * Rows of cells, each column as wide as its widest cell. Cells are cleaned of controls
 * and line breaks as they come in. A zeroed one with `columns` set is ready.
 */
struct table {
	size_t columns;
	struct arena arena;
	struct bytes *cells; /* `columns` of them a row */
	size_t count, cap;
};

void table_add(struct table *table, struct bytes cell); /* the next cell */
void table_cstr(struct table *table, const char *cell);
/*
 * Append the rows. `screen`: columns of the terminal, 0 for no limit; what a row has too
 * much is cut from column `gives`.
 */
void table_write(const struct table *table, struct buf *out, size_t screen, size_t gives);
void table_release(struct table *table);

#endif
