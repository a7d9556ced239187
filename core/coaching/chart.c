#include "core/coaching/chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/columns.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"

/* ---- Words in columns. */

static void add_spaces(struct buf *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_u8(out, ' ');
}

/* At most `width` columns of the words, and blanks up to there. `right`: blanks first. */
static void add_cell(struct buf *out, struct bytes words, size_t width, bool right)
{
	struct bytes rest = words, taken = {words.at, 0};
	size_t columns = 0;
	while (rest.len > 0) {
		struct bytes one = rest;
		uint32_t scalar;
		if (!utf8_next(&rest, &scalar))
			break;
		one.len -= rest.len;
		if (columns + text_columns(one) > width)
			break;
		columns += text_columns(one);
		taken.len += one.len;
	}
	if (right)
		add_spaces(out, width - columns);
	buf_add(out, taken);
	if (!right)
		add_spaces(out, width - columns);
}

static void add_value(struct buf *out, enum unit unit, double value)
{
	struct figure figure = {.unit = unit, .value = value, .is_known = !isnan(value)};
	figure_text(&figure, tr_decimal(), out);
}

static void add_number(struct buf *out, enum unit unit, double value, size_t width)
{
	CLEAN_BUF struct buf text = {0};
	if (!isnan(value))
		add_value(&text, unit, value);
	add_cell(out, buf_bytes(&text), width, true);
}

static size_t widest(const char **labels, size_t count, size_t most)
{
	size_t width = 0;
	for (size_t i = 0; i < count; i++) {
		size_t own = text_columns(bytes_text(tr(labels[i])));
		width = own > width ? own : width;
	}
	return width < most ? width : most;
}

static double greatest(const struct table_figure *t)
{
	double most = 0;
	for (size_t i = 0; i < t->row_count * t->column_count; i++)
		if (!isnan(t->cells[i]) && t->cells[i] > most)
			most = t->cells[i];
	return most > 0 ? most : 1;
}

static void add_label(struct buf *out, const char *label, size_t width)
{
	add_cell(out, bytes_text(tr(label)), width, false);
	buf_add_text(out, "  ");
}

/* ---- Bars: eighths of a column, the number behind. */

static void add_bar(struct buf *out, double share, size_t width)
{
	static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	size_t parts = (size_t)(share * (double)width * 8 + 0.5);
	for (size_t i = 0; i < parts / 8; i++)
		buf_add_text(out, "█");
	buf_add_text(out, eighths[parts % 8]);
	if (parts > 0)
		buf_add_u8(out, ' ');
}

static void add_bars(
	struct buf *out, const struct table_figure *t, size_t width, bool plain)
{
	size_t label = widest(t->rows, t->row_count, width / 3);
	size_t room = width > label + 18 ? width - label - 18 : 8;
	double most = t->unit == UNIT_PERCENT ? 100 : greatest(t);
	for (size_t r = 0; r < t->row_count; r++)
		for (size_t c = 0; c < t->column_count; c++) {
			double value = t->cells[r * t->column_count + c];
			add_label(out, c == 0 ? t->rows[r] : "", label);
			if (!plain && !isnan(value))
				add_bar(out, value / most, room);
			add_value(out, t->unit, value);
			if (t->column_count > 1)
				buf_add_format(out, " %s", tr(t->columns[c]));
			buf_add_u8(out, '\n');
		}
}

/* ---- A sheet: a column for each interval, its mark in it. */

static void add_grid(struct buf *out, const struct table_figure *t, size_t width)
{
	size_t label = widest(t->rows, t->row_count, width / 3);
	double most = greatest(t);
	size_t cell = most < 2 ? 1 : most < 10 ? 2 : most < 100 ? 3 : 4;
	size_t room = width > label + 2 + cell ? (width - label - 2) / cell : 1;
	for (size_t from = 0; from < t->column_count; from += room) {
		size_t to = from + room < t->column_count ? from + room : t->column_count;
		/* Heads only where they fit: every fifth of narrow columns. */
		add_label(out, "", label);
		for (size_t c = from; c < to; c++)
			if (cell > 1 || (c - from) % 5 == 0)
				add_cell(out, bytes_text(t->columns[c]),
					cell > 1     ? cell
					: to - c < 5 ? to - c
						     : 5,
					cell > 1);
		buf_add_u8(out, '\n');
		for (size_t r = 0; r < t->row_count; r++) {
			add_label(out, t->rows[r], label);
			for (size_t c = from; c < to; c++) {
				double v = t->cells[r * t->column_count + c];
				if (isnan(v) || v == 0)
					add_cell(out, bytes_text("·"), cell, true);
				else if (cell == 1)
					buf_add_text(out, "x");
				else
					add_number(out, UNIT_COUNT, v, cell);
			}
			buf_add_u8(out, '\n');
		}
	}
}

/* ---- Seats: where they stand, a shade and the number in each. */

static const char *shade(double share)
{
	static const char *const shades[] = {"·", "░", "▒", "▓", "█"};
	if (isnan(share) || share <= 0)
		return shades[0];
	size_t step = (size_t)(share * 4 + 0.999);
	return shades[step > 4 ? 4 : step];
}

static void add_seat(
	struct buf *out, const struct table_figure *t, size_t seat, double most)
{
	CLEAN_BUF struct buf cell = {0};
	double value = t->cells[seat * t->column_count];
	buf_add_format(&cell, "%zu%s", seat + 1, shade(value / most));
	if (!isnan(value))
		buf_add_format(&cell, "%.0f", value);
	add_cell(out, buf_bytes(&cell), 7, false);
}

static void add_seats(struct buf *out, const struct table_figure *t,
	const struct floor_plan *plan, bool plain)
{
	double most = t->unit == UNIT_PERCENT ? 100 : greatest(t);
	unsigned columns = plan != NULL ? plan->columns : 8;
	size_t count =
		plan != NULL && plan->count < t->row_count ? plan->count : t->row_count;
	unsigned rows = plan != NULL ? plan->rows : (unsigned)((count + 7) / 8);
	if (plain) {
		for (size_t s = 0; s < t->row_count; s++) {
			buf_add_format(out, "%s: ", t->rows[s]);
			add_value(out, t->unit, t->cells[s * t->column_count]);
			buf_add_u8(out, '\n');
		}
		return;
	}
	/* Seats are numbered from the front. */
	buf_add_format(out, "(%s)\n", tr("front of the room"));
	for (unsigned row = 0; row < rows; row++) {
		for (unsigned column = 0; column < columns; column++) {
			size_t seat = count;
			for (size_t s = 0; s < count && seat == count; s++)
				if (plan != NULL ? plan->seats[s].row == row &&
							   plan->seats[s].column == column
						 : s == (size_t)row * 8 + column)
					seat = s;
			if (seat < count)
				add_seat(out, t, seat, most);
			else
				add_spaces(out, 7);
		}
		buf_add_u8(out, '\n');
	}
}

/* ---- Lines and strips: the numbers, one after the other. */

static void add_series(
	struct buf *out, const struct table_figure *t, size_t width, bool plain)
{
	static const char *const heights[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	size_t label = widest(t->rows, t->row_count, width / 3);
	double most = t->unit == UNIT_PERCENT ? 100 : greatest(t);
	for (size_t r = 0; r < t->row_count; r++) {
		add_label(out, t->rows[r], label);
		double last = NAN;
		for (size_t c = 0; c < t->column_count; c++) {
			double v = t->cells[r * t->column_count + c];
			last = isnan(v) ? last : v;
			if (!plain)
				buf_add_text(out,
					isnan(v) ? " " : heights[(size_t)(7 * v / most)]);
			else if (!isnan(v))
				buf_add_format(out, "%s%.0f", c > 0 ? " " : "", v);
		}
		buf_add_text(out, plain ? "\n" : "  ");
		if (!plain) {
			add_value(out, t->unit, last);
			buf_add_u8(out, '\n');
		}
	}
}

static void add_strip(struct buf *out, const struct table_figure *t)
{
	for (size_t r = 0; r < t->row_count; r++) {
		buf_add_text(out, r > 0 ? "  " : "");
		for (size_t c = 0; c < t->column_count; c++) {
			buf_add_text(out, c > 0 ? "," : "");
			add_value(out, t->unit, t->cells[r * t->column_count + c]);
		}
	}
	buf_add_u8(out, '\n');
}

static void add_list(struct buf *out, const struct table_figure *t)
{
	for (size_t r = 0; r < t->row_count; r++)
		for (size_t c = 0; c < t->column_count; c++) {
			CLEAN_BUF struct buf clean = {0};
			const char *words = t->texts[r * t->column_count + c];
			utf8_add_clean(&clean, bytes_text(words), false);
			buf_add(out, buf_bytes(&clean));
			buf_add_text(out, c + 1 < t->column_count ? "  " : "\n");
		}
}

void chart_table(struct buf *out, const struct table_figure *table,
	const struct floor_plan *plan, size_t width, bool plain)
{
	if (table->row_count == 0 || table->column_count == 0)
		return;
	buf_add_format(out, "%s\n", tr(table->title));
	switch (table->drawing) {
	case DRAW_BARS:
		add_bars(out, table, width, plain);
		break;
	case DRAW_GRID:
		add_grid(out, table, width);
		break;
	case DRAW_SEATS:
		add_seats(out, table, plan, plain);
		break;
	case DRAW_LINE:
		add_series(out, table, width, plain);
		break;
	case DRAW_STRIP:
	case DRAW_PATH:
		add_strip(out, table);
		break;
	case DRAW_LIST:
		add_list(out, table);
		break;
	}
	buf_add_u8(out, '\n');
}

void chart_ribbon(struct buf *out, const struct ribbon *ribbon, size_t width)
{
	size_t steps = strlen(ribbon->letters), room = width > 20 ? width - 8 : 12;
	if (steps == 0)
		return;
	buf_add_format(out, "%s\n", tr(ribbon->title));
	for (size_t from = 0; from < steps; from += room) {
		uint64_t ms = ribbon->step_ms * from;
		size_t count = steps - from < room ? steps - from : room;
		buf_add_format(out, "%3u:%02u  %.*s\n", (unsigned)(ms / 60000),
			(unsigned)(ms / 1000 % 60), (int)count, ribbon->letters + from);
	}
	for (size_t i = 0; ribbon->keys[i] != '\0'; i++)
		buf_add_format(out, "%s%c %s", i > 0 ? ", " : "", ribbon->keys[i],
			tr(ribbon->words[i]));
	buf_add_text(out, "\n\n");
}

static void add_figures(struct buf *out, const struct figures *f)
{
	size_t label = 0;
	for (size_t i = 0; i < f->count; i++) {
		size_t own = text_columns(bytes_text(tr(f->items[i].name)));
		label = own > label ? own : label;
	}
	for (size_t i = 0; i < f->count; i++) {
		add_label(out, f->items[i].name, label);
		figure_text(&f->items[i], tr_decimal(), out);
		buf_add_format(out, "  (n %zu)\n", f->items[i].n);
	}
	buf_add_u8(out, '\n');
}

void chart_add(struct buf *out, const struct figures *figures,
	const struct floor_plan *plan, size_t width, bool plain)
{
	struct figure length = {.unit = UNIT_TIME,
		.value = (double)figures->observed_ms,
		.is_known = true};
	if (width < 40)
		width = 40;
	buf_add_format(out, "%s  ", tr(figures->instrument));
	figure_text(&length, tr_decimal(), out);
	buf_add_format(out, ", n %zu, %s\n\n", figures->n, tr(figures->method));
	add_figures(out, figures);
	for (size_t i = 0; i < figures->ribbon_count; i++)
		chart_ribbon(out, &figures->ribbons[i], width);
	for (size_t i = 0; i < figures->table_count; i++)
		chart_table(out, &figures->tables[i], plan, width, plain);
}
