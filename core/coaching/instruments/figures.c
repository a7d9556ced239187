#include "core/coaching/instruments/figures.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/tr.h"

void figures_init(struct figures *figures, struct arena *arena,
	const struct recording *recording, const char *instrument, const char *method)
{
	*figures = (struct figures){.instrument = instrument,
		.method = method,
		.length_ms = recording->length_ms,
		.observed_ms = recording_observed_ms(recording, 0, recording->length_ms),
		.arena = arena};
}

/* Room for one more in an array that lives in the arena. */
static void *grown(
	struct arena *arena, void *items, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return items;
	*cap = *cap == 0 ? 16 : *cap * 2;
	void *more = arena_array(arena, *cap, size);
	if (count > 0)
		memcpy(more, items, count * size);
	return more;
}

static struct figure *add(struct figures *f, const char *name, enum unit unit, size_t n)
{
	f->items = grown(f->arena, f->items, f->count, &f->cap, sizeof *f->items);
	struct figure *figure = &f->items[f->count++];
	*figure = (struct figure){.name = name, .unit = unit, .n = n};
	return figure;
}

void figures_add(
	struct figures *figures, const char *name, enum unit unit, double value, size_t n)
{
	struct figure *figure = add(figures, name, unit, n);
	figure->is_known = isfinite(value);
	figure->value = figure->is_known ? value : 0;
}

void figures_count(struct figures *figures, const char *name, size_t n)
{
	figures_add(figures, name, UNIT_COUNT, (double)n, n);
}

void figures_share(struct figures *figures, const char *name, size_t part, size_t whole)
{
	if (whole >= FIGURES_FEW || whole == 0) {
		figures_add(figures, name, UNIT_PERCENT,
			whole == 0 ? NAN : 100.0 * (double)part / (double)whole, whole);
		return;
	}
	figures_add(figures, name, UNIT_COUNT, (double)part, whole);
	figures->items[figures->count - 1].of = whole;
}

void figures_time_share(struct figures *figures, const char *name, uint64_t part_ms,
	uint64_t whole_ms, size_t n)
{
	figures_add(figures, name, UNIT_PERCENT,
		whole_ms == 0 ? NAN : 100.0 * (double)part_ms / (double)whole_ms, n);
}

void figures_rate(struct figures *figures, const char *name, enum unit unit, size_t n)
{
	double minutes = (double)figures->observed_ms / 60000.0;
	double per = unit == UNIT_PER_10_MIN ? 10.0 : 1.0;
	figures_add(
		figures, name, unit, minutes > 0 ? per * (double)n / minutes : NAN, n);
}

struct table_figure *figures_table(struct figures *figures, const char *title,
	enum drawing drawing, enum unit unit, size_t rows, size_t columns)
{
	struct arena *arena = figures->arena;
	figures->tables = grown(arena, figures->tables, figures->table_count,
		&figures->table_cap, sizeof *figures->tables);
	struct table_figure *table = &figures->tables[figures->table_count++];
	*table = (struct table_figure){.title = title,
		.drawing = drawing,
		.unit = unit,
		.rows = arena_array(arena, rows, sizeof(char *)),
		.columns = arena_array(arena, columns, sizeof(char *)),
		.row_count = rows,
		.column_count = columns,
		.mark = NAN};
	if (drawing == DRAW_LIST) {
		table->texts = arena_array(arena, rows * columns, sizeof(char *));
		return table;
	}
	table->cells = arena_array(arena, rows * columns, sizeof *table->cells);
	for (size_t i = 0; i < rows * columns; i++)
		table->cells[i] = NAN;
	return table;
}

void figures_ribbon(struct figures *figures, const char *title, uint64_t step_ms,
	const char *letters, const char *keys, const char *const *words)
{
	figures->ribbons = grown(figures->arena, figures->ribbons, figures->ribbon_count,
		&figures->ribbon_cap, sizeof *figures->ribbons);
	figures->ribbons[figures->ribbon_count++] =
		(struct ribbon){title, step_ms, letters, words, keys};
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double middle(const double *values, size_t count)
{
	if (count == 0)
		return NAN;
	return count % 2 == 1 ? values[count / 2]
			      : (values[count / 2 - 1] + values[count / 2]) / 2;
}

struct spread spread_of(double *values, size_t count)
{
	if (count > 1)
		qsort(values, count, sizeof *values, by_value);
	size_t half = count / 2;
	struct spread spread = {.median = middle(values, count)};
	spread.low = count > 1 ? middle(values, half) : spread.median;
	spread.high = count > 1 ? middle(values + count - half, half) : spread.median;
	return spread;
}

const struct figure *figures_find(const struct figures *figures, const char *name)
{
	for (size_t i = 0; i < figures->count; i++)
		if (strcmp(figures->items[i].name, name) == 0)
			return &figures->items[i];
	return NULL;
}

/* A number with so many decimals, and that point. */
static void add_number(struct buf *out, double value, int decimals, const char *decimal)
{
	char text[64];
	/* A value that rounds to zero has no sign. */
	if (fabs(value) < 0.5 * pow(10, -decimals))
		value = 0;
	snprintf(text, sizeof text, "%.*f", decimals, value);
	char *point = strchr(text, '.');
	if (point == NULL) {
		buf_add_text(out, text);
		return;
	}
	*point = '\0';
	buf_add_format(out, "%s%s%s", text, decimal, point + 1);
}

static void add_time(struct buf *out, double ms)
{
	uint64_t s = ms > 0 ? (uint64_t)(ms / 1000.0 + 0.5) : 0;
	if (s >= 3600)
		buf_add_format(out, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600,
			s / 60 % 60, s % 60);
	else
		buf_add_format(out, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
}

void figure_text(const struct figure *figure, const char *decimal, struct buf *out)
{
	if (!figure->is_known) {
		buf_add_text(out, "—");
		return;
	}
	switch (figure->unit) {
	case UNIT_COUNT:
		buf_add_format(out, "%.0f", figure->value);
		if (figure->of > 0)
			buf_add_format(out, tr(" of %zu"), figure->of);
		break;
	case UNIT_PERCENT:
		add_number(out, figure->value, 0, decimal);
		buf_add_text(out, tr_in("after a number", " %"));
		break;
	case UNIT_PER_MIN:
		add_number(out, figure->value, 1, decimal);
		buf_add_text(out, tr("/min"));
		break;
	case UNIT_PER_10_MIN:
		add_number(out, figure->value, 1, decimal);
		buf_add_text(out, tr("/10 min"));
		break;
	case UNIT_SECONDS:
		add_number(out, round(figure->value * 2) / 2, 1, decimal);
		buf_add_text(out, tr(" s"));
		break;
	case UNIT_TIME:
		add_time(out, figure->value);
		break;
	case UNIT_RATIO:
		add_number(out, figure->value, 2, decimal);
		buf_add_text(out, " : 1");
		break;
	case UNIT_INDEX:
		add_number(out, figure->value, 2, decimal);
		break;
	}
}
