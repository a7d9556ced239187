#include "core/coaching/drawing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/columns.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/canvas.h"
#include "core/coaching/figure_table.h"
#include "core/coaching/html.h"

/* User units of the drawings' own space; the page scales them. */
#define WIDTH  720.0
#define LABEL  225.0 /* most room for the words beside a bar */
#define NUMBER 90.0  /* for the number behind it */
#define ROW    24.0

static void number(const struct canvas *d, double x, double y, char anchor,
	const char *colour, enum unit unit, double value)
{
	CLEAN_BUF struct buf words = {0};
	figure_value(&words, unit, value);
	canvas_text(d, x, y, anchor, colour, buf_text(&words));
}

static double greatest(const struct table_figure *t)
{
	double most = 0;
	for (size_t i = 0; i < t->row_count * t->column_count; i++)
		if (!isnan(t->cells[i]) && t->cells[i] > most)
			most = t->cells[i];
	return most > 0 ? most : 1;
}

/* Labels are cut so that they stay beside their bar. */
static const char *short_label(struct buf *room, const char *words, size_t max)
{
	struct bytes all = bytes_text(tr(words));
	buf_clear(room);
	struct bytes cluster;
	for (size_t i = 0; i < max && cluster_next(&all, &cluster); i++)
		buf_add(room, cluster);
	if (all.len > 0)
		buf_add_text(room, "…");
	return buf_text(room);
}

/* ---- The pictures. */

/* Two series: one dark, one hatched, so that they differ without colour. */
static void add_hatch(const struct canvas *d, const char *name)
{
	buf_add_format(d->out,
		"<defs><pattern id=\"%s-h\" width=\"6\" height=\"6\" "
		"patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<rect width=\"6\" height=\"6\" fill=\"#ffffff\"/>"
		"<rect width=\"2.5\" height=\"6\" fill=\"#a13d00\"/></pattern></defs>\n",
		name);
}

static void bar(const struct canvas *d, double x, double y, double w, double h,
	size_t series, const char *name)
{
	buf_add_format(d->out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
		"data-series=\"%zu\" ",
		d->rtl ? d->width - x - w : x, y, w, h, series);
	if (series == 0)
		buf_add_text(d->out, "fill=\"#005a8c\"/>\n");
	else
		buf_add_format(
			d->out, "fill=\"url(#%s-h)\" stroke=\"#a13d00\"/>\n", name);
}

/* What the words beside the bars need, by a generous letter. */
static double label_room(const struct table_figure *t, size_t max)
{
	size_t longest = 0;
	for (size_t r = 0; r < t->row_count; r++) {
		size_t letters = utf8_count(bytes_text(tr(t->rows[r])));
		longest = letters > longest ? letters : longest;
	}
	double room = 16 + 8.2 * (double)(longest < max ? longest : max);
	return room < LABEL ? room : LABEL;
}

static void add_legend(const struct canvas *d, const struct table_figure *t, double left,
	size_t columns, const char *name)
{
	CLEAN_BUF struct buf label = {0};
	for (size_t c = 0; c < columns; c++) {
		double x = left + 230 * (double)c;
		bar(d, x, 4, 16, ROW - 10, c, name);
		canvas_text(d, x + 22, 16, 's', "#1a1a1a",
			short_label(&label, t->columns[c], 26));
	}
}

static void draw_bars(struct buf *out, const struct table_figure *t, const char *name)
{
	struct canvas d;
	CLEAN_BUF struct buf label = {0};
	size_t columns = t->column_count > 2 ? 2 : t->column_count;
	double most = t->unit == UNIT_PERCENT ? 100 : greatest(t);
	double left = label_room(t, 26), room = WIDTH - left - NUMBER;
	double thick = columns > 1 ? ROW - 6 : ROW, tall = thick * (double)columns + 4;
	double top = columns > 1 ? ROW + 4 : 0;
	canvas_open(&d, out, WIDTH, top + tall * (double)t->row_count + 4, tr(t->title),
		name);
	if (columns > 1) {
		add_hatch(&d, name);
		add_legend(&d, t, left, columns, name);
	}
	for (size_t r = 0; r < t->row_count; r++) {
		double y = top + tall * (double)r;
		canvas_text(&d, left - 8, y + tall / 2 + 4, 'e', "#1a1a1a",
			short_label(&label, t->rows[r], 26));
		for (size_t c = 0; c < columns; c++) {
			double value = t->cells[r * t->column_count + c];
			double w = isnan(value) ? 0 : room * value / most;
			double at = y + thick * (double)c + 2;
			bar(&d, left, at, w, thick - 3, c, name);
			number(&d, left + w + 6, at + thick / 2 + 3, 's', "#1a1a1a",
				t->unit, value);
		}
	}
	canvas_close(&d);
}

/* White to dark blue; the number in it stays readable on each. */
static const char *shade(double share, char fill[8])
{
	if (isnan(share))
		share = 0;
	if (share > 1)
		share = 1;
	unsigned r = (unsigned)(255 - share * 255), g = (unsigned)(255 - share * 185),
		 b = (unsigned)(255 - share * 135);
	static const char hex[] = "0123456789abcdef";
	fill[0] = '#';
	unsigned parts[] = {r, g, b};
	for (size_t i = 0; i < 3; i++) {
		fill[1 + 2 * i] = hex[parts[i] >> 4];
		fill[2 + 2 * i] = hex[parts[i] & 15];
	}
	fill[7] = '\0';
	return fill;
}

/* The shades above and this ink on them keep a contrast of 4.5:1 (WCAG 1.4.3). */
static const char *ink(double share)
{
	return share > 0.713 ? "#ffffff" : "#000000";
}

static void draw_grid(struct buf *out, const struct table_figure *t, const char *name)
{
	struct canvas d;
	CLEAN_BUF struct buf label = {0};
	double left = label_room(t, 18), most = greatest(t);
	double w = (WIDTH - left) / (double)(t->column_count > 0 ? t->column_count : 1);
	if (w > 48)
		w = 48;
	canvas_open(&d, out, left + w * (double)t->column_count + 2,
		ROW * (double)(t->row_count + 1) + 4, tr(t->title), name);
	for (size_t c = 0; c < t->column_count; c++)
		if (w >= 18 || c % 5 == 0)
			canvas_text(&d, left + w * ((double)c + 0.5), 16, 'm', "#1a1a1a",
				t->columns[c]);
	for (size_t r = 0; r < t->row_count; r++) {
		double y = ROW * (double)(r + 1);
		canvas_text(&d, left - 8, y + 16, 'e', "#1a1a1a",
			short_label(&label, t->rows[r], 18));
		for (size_t c = 0; c < t->column_count; c++) {
			double value = t->cells[r * t->column_count + c];
			bool is_set = !isnan(value) && value > 0;
			double share = is_set ? 0.15 + 0.85 * value / most : 0;
			char fill[8];
			canvas_box(
				&d, left + w * (double)c, y, w, ROW, shade(share, fill));
			if (is_set && w >= 18)
				number(&d, left + w * ((double)c + 0.5), y + 16, 'm',
					ink(share), UNIT_COUNT, value);
		}
	}
	canvas_close(&d);
}

static void draw_seats(struct buf *out, const struct table_figure *t,
	const struct floor_plan *plan, const char *name)
{
	struct canvas d;
	double size = 56, most = t->unit == UNIT_PERCENT ? 100 : greatest(t);
	unsigned columns = plan != NULL ? plan->columns : 8;
	unsigned rows = plan != NULL ? plan->rows : (unsigned)((t->row_count + 7) / 8);
	/* Seats are numbered from the front: it is above the first row. */
	double top = 24;
	canvas_open(
		&d, out, size * columns + 2, size * rows + top + 2, tr(t->title), name);
	d.rtl = false; /* a room has its window on the same side in every language */
	canvas_text(&d, size * columns / 2, 16, 'm', "#1a1a1a", tr("front of the room"));
	for (size_t s = 0; s < t->row_count; s++) {
		struct seat_place at = {(unsigned)(s % 8), (unsigned)(s / 8)};
		if (plan != NULL && s >= plan->count)
			break;
		if (plan != NULL)
			at = plan->seats[s];
		double value = t->cells[s * t->column_count];
		double share = isnan(value) ? 0 : value / most;
		double x = size * at.column + 1, y = top + size * at.row;
		char fill[8];
		canvas_box(&d, x + 2, y + 2, size - 4, size - 4, shade(share, fill));
		canvas_text(&d, x + size / 2, y + 22, 'm', ink(share), t->rows[s]);
		if (!isnan(value))
			number(&d, x + size / 2, y + 42, 'm', ink(share), t->unit, value);
	}
	canvas_close(&d);
}

/* Both axes, their ends in numbers, and what is aimed at. */
static void add_axes(struct canvas *d, const struct table_figure *t, double left,
	double right, double tall, double most)
{
	d->axis = true;
	canvas_line(d, left, tall + 10, right, tall + 10, "stroke=\"#1a1a1a\"");
	canvas_line(d, left, 10, left, tall + 10, "stroke=\"#1a1a1a\"");
	number(d, left - 6, 18, 'e', "#1a1a1a", t->unit, most);
	number(d, left - 6, tall + 14, 'e', "#1a1a1a", t->unit, 0);
	if (!isnan(t->mark)) {
		double y = 10 + tall * (1 - t->mark / most);
		canvas_line(d, left, y, right, y,
			"stroke=\"#595959\" stroke-width=\"1.5\" stroke-dasharray=\"2 "
			"4\"");
		if (y > 34 && y < tall)
			number(d, left - 6, y + 4, 'e', "#1a1a1a", t->unit, t->mark);
	}
	d->axis = false;
}

static void draw_series(struct canvas *d, const struct table_figure *t, size_t r,
	double left, double step, double tall, double most, const char *how)
{
	double before_x = NAN, before_y = NAN;
	for (size_t c = 0; c < t->column_count; c++) {
		double value = t->cells[r * t->column_count + c];
		if (isnan(value))
			continue;
		double x = left + step * (double)c, y = 10 + tall * (1 - value / most);
		if (!isnan(before_x))
			canvas_line(d, before_x, before_y, x, y, how);
		canvas_rect(d, x - 2.5, y - 2.5, 5, 5, "#1a1a1a");
		before_x = x;
		before_y = y;
	}
}

static void draw_line(struct buf *out, const struct table_figure *t, const char *name)
{
	static const char *const hows[] = {"#005a8c", "#a13d00", "#1a1a1a", "#6a3d7c"};
	static const char *const dashes[] = {"none", "8 4", "2 3", "12 3 2 3"};
	struct canvas d;
	CLEAN_BUF struct buf label = {0};
	/* The words at the end of the line: of one alone the title says what it is. */
	bool is_one = t->row_count == 1;
	double left = 56, right = WIDTH - (is_one ? 50 : 190), tall = 220;
	double most = t->unit == UNIT_PERCENT ? 100 : greatest(t);
	if (!isnan(t->mark) && t->mark > most)
		most = t->mark;
	size_t steps = t->column_count > 1 ? t->column_count - 1 : 1;
	size_t each = t->column_count / 5 + 1;
	double step = (right - left) / (double)steps;
	canvas_open(&d, out, WIDTH, tall + 40, tr(t->title), name);
	add_axes(&d, t, left, right, tall, most);
	for (size_t c = 0; c < t->column_count; c++)
		if (c % each == 0)
			canvas_text(&d, left + step * (double)c, tall + 28, 'm',
				"#1a1a1a", t->columns[c]);
	for (size_t r = 0; r < t->row_count; r++) {
		char how[128];
		snprintf(how, sizeof how,
			"data-series=\"%zu\" stroke=\"%s\" stroke-width=\"2.5\" "
			"stroke-dasharray=\"%s\"",
			r, hows[r % 4], dashes[r % 4]);
		draw_series(&d, t, r, left, step, tall, most, how);
		if (is_one)
			continue;
		double y = 24 + 18 * (double)r;
		canvas_line(&d, right + 10, y - 4, right + 40, y - 4, how);
		canvas_text(&d, right + 46, y, 's', "#1a1a1a",
			short_label(&label, t->rows[r], 19));
	}
	canvas_close(&d);
}

static void draw_strip(struct buf *out, const struct table_figure *t, const char *name)
{
	struct canvas d;
	double left = 20, most = greatest(t);
	if (!isnan(t->mark) && most < t->mark * 1.2)
		most = t->mark * 1.2;
	canvas_open(&d, out, WIDTH, 90, tr(t->title), name);
	double scale = (WIDTH - 2 * left) / most;
	canvas_line(&d, left, 60, WIDTH - left, 60, "stroke=\"#1a1a1a\"");
	d.axis = true;
	number(&d, left, 80, 'm', "#1a1a1a", t->unit, 0);
	number(&d, WIDTH - left + 16, 80, 'e', "#1a1a1a", t->unit, most);
	if (!isnan(t->mark)) {
		canvas_line(&d, left + t->mark * scale, 10, left + t->mark * scale, 64,
			"stroke=\"#595959\" stroke-width=\"2\" stroke-dasharray=\"6 4\"");
		number(&d, left + t->mark * scale, 80, 'm', "#1a1a1a", t->unit, t->mark);
	}
	for (size_t r = 0; r < t->row_count; r++)
		if (!isnan(t->cells[r]))
			buf_add_format(out,
				"<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" "
				"fill=\"#005a8c\" "
				"fill-opacity=\".6\" stroke=\"#003350\"/>\n",
				d.rtl ? WIDTH - left - t->cells[r] * scale
				      : left + t->cells[r] * scale,
				/* dots of one place stand above each other */
				52.0 - 9.0 * (double)(r % 4));
	canvas_close(&d);
}

static void draw_path(struct buf *out, const struct table_figure *t, const char *name)
{
	struct canvas d;
	double most = greatest(t), scale = 300 / most;
	canvas_open(&d, out, 340, 340, tr(t->title), name);
	d.rtl = false; /* a way through the room, as the seats are */
	canvas_box(&d, 10, 10, 320, 320, "#ffffff");
	for (size_t r = 0; r < t->row_count; r++) {
		const double *here = &t->cells[r * 2];
		if (r > 0)
			canvas_line(&d, 20 + here[-2] * scale, 20 + here[-1] * scale,
				20 + here[0] * scale, 20 + here[1] * scale,
				"stroke=\"#005a8c\" stroke-width=\"2\"");
	}
	for (size_t r = 0; r < t->row_count; r++) {
		const double *here = &t->cells[r * 2];
		char count[24];
		snprintf(count, sizeof count, "%zu", r + 1);
		canvas_box(&d, 10 + here[0] * scale, 12 + here[1] * scale, 20, 16,
			"#ffffff");
		canvas_text(&d, 20 + here[0] * scale, 24 + here[1] * scale, 'm',
			"#1a1a1a", count);
	}
	canvas_close(&d);
}

static void add_caption(struct buf *out, const char *words)
{
	buf_add_text(out, "<figure>\n<figcaption>");
	html_cstr(out, tr(words));
	buf_add_text(out, "</figcaption>\n");
}

void drawing_table(struct buf *out, const struct table_figure *table,
	const struct floor_plan *plan, const char *name)
{
	if (table->row_count == 0 || table->column_count == 0)
		return;
	add_caption(out, table->title);
	switch (table->drawing) {
	case DRAW_BARS:
		draw_bars(out, table, name);
		break;
	case DRAW_GRID:
		draw_grid(out, table, name);
		break;
	case DRAW_SEATS:
		draw_seats(out, table, plan, name);
		break;
	case DRAW_LINE:
		draw_line(out, table, name);
		break;
	case DRAW_STRIP:
		draw_strip(out, table, name);
		break;
	case DRAW_PATH:
		draw_path(out, table, name);
		break;
	case DRAW_LIST:
		break;
	}
	figure_table(out, table);
	buf_add_text(out, "</figure>\n");
}

/* ---- A ribbon: letters in boxes, forty a row, minutes beside them. */

#define RIBBON_ROW 40u

static double key_share(const struct ribbon *ribbon, char letter)
{
	const char *at = strchr(ribbon->keys, letter);
	size_t count = strlen(ribbon->keys);
	return letter == '.' || at == NULL || count < 2
		       ? 0
		       : 0.1 + 0.8 * (double)(at - ribbon->keys) / (double)(count - 1);
}

static void add_ribbon_row(struct canvas *d, const struct ribbon *ribbon, size_t from,
	size_t count, double y)
{
	char time[24];
	uint64_t ms = ribbon->step_ms * from;
	snprintf(time, sizeof time, "%u:%02u", (unsigned)(ms / 60000),
		(unsigned)(ms / 1000 % 60));
	canvas_text(d, 44, y + 16, 'e', "#1a1a1a", time);
	for (size_t i = 0; i < count; i++) {
		char letter[2] = {ribbon->letters[from + i], '\0'}, fill[8];
		double share = key_share(ribbon, letter[0]), x = 50 + 16.5 * (double)i;
		canvas_box(d, x, y, 16.5, ROW - 4, shade(share, fill));
		canvas_text(d, x + 8.2, y + 15, 'm', ink(share), letter);
	}
}

void drawing_ribbon(struct buf *out, const struct ribbon *ribbon, const char *name)
{
	struct canvas d;
	size_t steps = strlen(ribbon->letters);
	if (steps == 0)
		return;
	size_t rows = (steps + RIBBON_ROW - 1) / RIBBON_ROW;
	add_caption(out, ribbon->title);
	canvas_open(&d, out, WIDTH, ROW * (double)rows + 4, tr(ribbon->title), name);
	for (size_t r = 0; r < rows; r++) {
		size_t from = r * RIBBON_ROW, left = steps - from;
		add_ribbon_row(&d, ribbon, from, left < RIBBON_ROW ? left : RIBBON_ROW,
			ROW * (double)r);
	}
	canvas_close(&d);
	buf_add_text(out, "<p class=\"quiet\">");
	for (size_t i = 0; ribbon->keys[i] != '\0'; i++) {
		char key[2] = {ribbon->keys[i], '\0'};
		buf_add_text(out, i > 0 ? " · " : "");
		html_cstr(out, key);
		buf_add_text(out, " = ");
		html_cstr(out, tr(ribbon->words[i]));
	}
	buf_add_text(out, "</p>\n<p class=\"quiet letters\" dir=\"ltr\">");
	html_cstr(out, ribbon->letters);
	buf_add_text(out, "</p>\n</figure>\n");
}

/* ---- All of an instrument. */

static void add_numbers(struct buf *out, const struct figures *f)
{
	buf_add_text(out, "<table>\n<tbody>\n");
	for (size_t i = 0; i < f->count; i++) {
		CLEAN_BUF struct buf value = {0};
		figure_text(&f->items[i], tr_decimal(), &value);
		buf_add_text(out, "<tr><th scope=\"row\">");
		html_cstr(out, tr(f->items[i].name));
		buf_add_text(out, "</th><td class=\"n\">");
		html_text(out, buf_bytes(&value));
		buf_add_format(
			out, "</td><td class=\"n\">n = %zu</td></tr>\n", f->items[i].n);
	}
	buf_add_text(out, "</tbody>\n</table>\n");
}

void drawing_add(
	struct buf *out, const struct figures *figures, const struct floor_plan *plan)
{
	struct figure length = {.unit = UNIT_TIME,
		.value = (double)figures->observed_ms,
		.is_known = true};
	CLEAN_BUF struct buf line = {0};
	html_heading(out, 2, tr(figures->instrument));
	figure_text(&length, tr_decimal(), &line);
	buf_add_format(&line, " · n = %zu · %s", figures->n, tr(figures->method));
	buf_add_text(out, "<p class=\"quiet\">");
	html_text(out, buf_bytes(&line));
	buf_add_text(out, "</p>\n");
	add_numbers(out, figures);
	for (size_t i = 0; i < figures->ribbon_count; i++) {
		char name[32];
		snprintf(name, sizeof name, "r%zx-%zu", (size_t)out->len, i);
		drawing_ribbon(out, &figures->ribbons[i], name);
	}
	for (size_t i = 0; i < figures->table_count; i++) {
		char name[32];
		snprintf(name, sizeof name, "t%zx-%zu", (size_t)out->len, i);
		drawing_table(out, &figures->tables[i], plan, name);
	}
}
