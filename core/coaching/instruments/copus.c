/*
 * COPUS: which of 25 things were seen in each interval of two minutes, by pupils and by
 * the teacher, any number at once.
 *
 *	% of intervals = 100 · intervals with the code / intervals
 *	% of codes     = 100 · marks of the code / all marks on that side
 *
 * Both are in use; the first does not change when other codes do. A last interval shorter
 * than half is not counted, and the figures say so.
 *
 * Source: M. K. Smith et al., CBE-Life Sciences Education 12(4), 2013 (the codes); Smith
 * et al. 2014 (the collapsed groups), as tabulated in K. Denaro et al., Int. J. STEM
 * Education 9, 2022, tables 1 and 2.
 */
#include <math.h>
#include <string.h>

#include "core/coaching/instruments/formulae.h"

#include "core/base/tr.h"

/* A code's group is "side/collapsed group". */
static bool on_side(const struct instrument_code *code, const char *side)
{
	size_t len = strlen(side);
	return code->group.len > len && memcmp(code->group.at, side, len) == 0 &&
	       code->group.at[len] == '/';
}

struct sheet {
	bool *marks; /* interval by interval, code by code */
	size_t intervals, codes;
	uint64_t interval_ms;
	bool cut; /* what lay in a last short interval is left out */
};

static struct sheet sheet_of(const struct instrument *instrument,
	const struct recording *recording, struct arena *arena)
{
	struct sheet s = {.codes = instrument->code_count,
		.interval_ms = (uint64_t)instrument->interval_s * 1000};
	s.intervals = (size_t)(recording->length_ms / s.interval_ms);
	uint64_t rest = recording->length_ms % s.interval_ms;
	if (rest >= s.interval_ms / 2)
		s.intervals++;
	else
		s.cut = rest > 0;
	s.marks = arena_array(arena, s.intervals * s.codes, sizeof *s.marks);
	for (size_t i = 0; i < recording->count; i++) {
		const struct instrument_code *code =
			formula_code(instrument, &recording->events[i]);
		size_t at = (size_t)(recording->events[i].t_ms / s.interval_ms);
		if (code != NULL && recording->events[i].kind == EVENT_INTERVAL &&
			at < s.intervals)
			s.marks[at * s.codes + (size_t)(code - instrument->codes)] = true;
	}
	return s;
}

static size_t marks_of(const struct sheet *s, size_t code)
{
	size_t count = 0;
	for (size_t i = 0; i < s->intervals; i++)
		count += s->marks[i * s->codes + code];
	return count;
}

static void add_side(const struct instrument *instrument, const struct sheet *s,
	const char *side, const char *title, struct figures *out)
{
	size_t rows = 0, all = 0, row = 0;
	for (size_t c = 0; c < s->codes; c++)
		if (on_side(&instrument->codes[c], side)) {
			rows++;
			all += marks_of(s, c);
		}
	struct table_figure *bars =
		figures_table(out, title, DRAW_BARS, UNIT_PERCENT, rows, 2);
	bars->columns[0] = N_("% of intervals");
	bars->columns[1] = N_("% of codes");
	for (size_t c = 0; c < s->codes; c++) {
		if (!on_side(&instrument->codes[c], side))
			continue;
		size_t marks = marks_of(s, c);
		bars->rows[row] = formula_label(out, instrument->codes[c].word);
		if (s->intervals > 0)
			bars->cells[row * 2] =
				100.0 * (double)marks / (double)s->intervals;
		if (all > 0)
			bars->cells[row * 2 + 1] = 100.0 * (double)marks / (double)all;
		row++;
	}
}

/* Intervals with any code of a collapsed group. */
static void add_collapsed(
	const struct instrument *instrument, const struct sheet *s, struct figures *out)
{
	for (size_t c = 0; c < s->codes; c++) {
		struct bytes group = instrument->codes[c].group;
		bool first = group.len > 0;
		for (size_t k = 0; first && k < c; k++)
			first = !bytes_equal(instrument->codes[k].group, group);
		if (!first)
			continue;
		size_t seen = 0;
		for (size_t i = 0; i < s->intervals; i++) {
			bool any = false;
			for (size_t k = c; k < s->codes; k++)
				any = any ||
				      (s->marks[i * s->codes + k] &&
					      bytes_equal(
						      instrument->codes[k].group, group));
			seen += any;
		}
		const char *label = formula_label(out, group);
		const char *slash = strchr(label, '/');
		figures_share(out,
			slash == NULL ? label
				      : arena_format(out->arena, "%.*s: %s",
						(int)(slash - label), label, slash + 1),
			seen, s->intervals);
	}
}

static void add_sheet(
	const struct instrument *instrument, const struct sheet *s, struct figures *out)
{
	struct table_figure *grid = figures_table(
		out, "the sheet", DRAW_GRID, UNIT_COUNT, s->codes, s->intervals);
	for (size_t i = 0; i < s->intervals; i++)
		grid->columns[i] = arena_format(
			out->arena, "%u", (unsigned)(i * s->interval_ms / 60000));
	for (size_t c = 0; c < s->codes; c++) {
		grid->rows[c] = formula_label(out, instrument->codes[c].word);
		for (size_t i = 0; i < s->intervals; i++)
			if (s->marks[i * s->codes + c])
				grid->cells[c * s->intervals + i] = 1;
	}
}

void formula_copus(const struct instrument *instrument, const struct recording *recording,
	struct figures *out)
{
	struct sheet s = sheet_of(instrument, recording, out->arena);
	for (size_t c = 0; c < s.codes; c++)
		out->n += marks_of(&s, c);
	figures_count(out, "intervals", s.intervals);
	if (s.cut)
		figures_count(out, "last interval too short, left out", 1);
	figures_count(out, "marks", out->n);
	add_collapsed(instrument, &s, out);
	add_side(instrument, &s, "students", N_("what pupils did"), out);
	add_side(instrument, &s, "instructor", N_("what the teacher did"), out);
	add_sheet(instrument, &s, out);
}
