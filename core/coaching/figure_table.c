#include "core/coaching/figure_table.h"

#include <math.h>

#include "core/base/tr.h"
#include "core/coaching/html.h"

void figure_value(struct buf *out, enum unit unit, double value)
{
	struct figure figure = {.unit = unit, .value = value, .is_known = !isnan(value)};
	figure_text(&figure, tr_decimal(), out);
}

static void add_head(struct buf *out, const char *words)
{
	buf_add_text(out, "<th scope=\"col\">");
	html_cstr(out, tr(words));
	buf_add_text(out, "</th>");
}

static void add_cell(struct buf *out, const struct table_figure *t, size_t i)
{
	if (t->cells == NULL) {
		buf_add_text(out, "<td dir=\"auto\">");
		html_lines(out, bytes_text(t->texts[i]));
	} else {
		CLEAN_BUF struct buf value = {0};
		buf_add_text(out, "<td class=\"n\">");
		if (!isnan(t->cells[i]))
			figure_value(&value, t->unit, t->cells[i]);
		html_text(out, buf_bytes(&value));
	}
	buf_add_text(out, "</td>");
}

/* One row of the table: its label and its cells. A list's label is its first cell. */
static void add_cells(struct buf *out, const struct table_figure *t, size_t row)
{
	buf_add_text(out, "<th scope=\"row\" dir=\"auto\">");
	html_cstr(out, tr(t->rows[row]));
	buf_add_text(out, "</th>");
	for (size_t c = t->cells == NULL ? 1 : 0; c < t->column_count; c++)
		add_cell(out, t, row * t->column_count + c);
}

/* A row of many numbers stands as a column, as paper is narrow. */
static struct table_figure turned(const struct table_figure *t)
{
	struct table_figure turned = *t;
	turned.rows = t->columns;
	turned.columns = t->rows;
	turned.row_count = t->column_count;
	turned.column_count = 1;
	return turned;
}

/* A long list of single numbers stands in several columns side by side. */
#define LONG_LIST 12u
#define LONG_ROW  8u
#define BLOCKS    5u

static size_t blocks_of(const struct table_figure *t)
{
	return t->cells != NULL && t->column_count == 1 && t->row_count > LONG_LIST
		       ? BLOCKS
		       : 1;
}

void figure_table(struct buf *out, const struct table_figure *t)
{
	const struct table_figure column = turned(t);
	if (t->cells != NULL && t->row_count == 1 && t->column_count > LONG_ROW)
		t = &column;
	size_t blocks = blocks_of(t), rows = (t->row_count + blocks - 1) / blocks;
	/* What may be wider than the page can be scrolled by keyboard too. */
	buf_add_text(
		out, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
	html_cstr(out, tr(t->title));
	buf_add_text(out, blocks > 1 ? "\"><table class=\"blocks\">\n<thead><tr>"
				     : "\"><table>\n<thead><tr>");
	for (size_t b = 0; b < blocks; b++) {
		if (t->cells != NULL)
			buf_add_text(out, "<td></td>");
		for (size_t c = 0; c < t->column_count; c++)
			add_head(out, t->columns[c]);
	}
	buf_add_text(out, "</tr></thead>\n<tbody>\n");
	for (size_t r = 0; r < rows; r++) {
		buf_add_text(out, "<tr>");
		for (size_t b = 0; b < blocks; b++)
			if (b * rows + r < t->row_count)
				add_cells(out, t, b * rows + r);
		buf_add_text(out, "</tr>\n");
	}
	buf_add_text(out, "</tbody></table></div>\n");
}
