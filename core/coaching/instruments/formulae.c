#include "core/coaching/instruments/formulae.h"

#include <math.h>

bool formula_is_of(const struct instrument *instrument, const struct event *event)
{
	return event->instrument.len == 0 ||
	       bytes_equal(event->instrument, instrument->id);
}

const struct instrument_code *formula_code(
	const struct instrument *instrument, const struct event *event)
{
	if (!formula_is_of(instrument, event) || event->code.len == 0)
		return NULL;
	for (size_t i = 0; i < instrument->code_count; i++)
		if (bytes_equal(instrument->codes[i].word, event->code))
			return &instrument->codes[i];
	return NULL;
}

size_t formula_count_group(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, const char *group)
{
	size_t count = 0;
	for (size_t i = 0; i < recording->count; i++) {
		const struct instrument_code *code =
			formula_code(instrument, &recording->events[i]);
		count += recording->events[i].kind == kind && code != NULL &&
			 bytes_equal(code->group, bytes_text(group));
	}
	return count;
}

size_t formula_count_code(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, struct bytes word)
{
	size_t count = 0;
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		count += event->kind == kind && formula_is_of(instrument, event) &&
			 bytes_equal(event->code, word);
	}
	return count;
}

const char *formula_label(struct figures *out, struct bytes text)
{
	return arena_string(out->arena, text);
}

size_t formula_bars(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, const char *title,
	struct figures *out)
{
	struct table_figure *bars = figures_table(
		out, title, DRAW_BARS, UNIT_COUNT, instrument->code_count, 1);
	out->n = 0;
	for (size_t i = 0; i < instrument->code_count; i++) {
		const struct instrument_code *code = &instrument->codes[i];
		size_t n = formula_count_code(instrument, recording, kind, code->word);
		bars->rows[i] = formula_label(out, code->word);
		bars->cells[i] = (double)n;
		out->n += n;
	}
	bars->columns[0] = "count";
	return out->n;
}

void formula_growth(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, struct figures *out)
{
	size_t minutes = (size_t)((recording->length_ms + 59999) / 60000);
	if (minutes == 0)
		return;
	struct table_figure *lines = figures_table(out, "growing count, minute by minute",
		DRAW_LINE, UNIT_COUNT, instrument->code_count, minutes);
	for (size_t m = 0; m < minutes; m++)
		lines->columns[m] = arena_format(out->arena, "%zu", m + 1);
	for (size_t c = 0; c < instrument->code_count; c++) {
		double *row = &lines->cells[c * minutes];
		lines->rows[c] = formula_label(out, instrument->codes[c].word);
		for (size_t m = 0; m < minutes; m++)
			row[m] = 0;
		for (size_t i = 0; i < recording->count; i++) {
			const struct event *event = &recording->events[i];
			size_t m = (size_t)(event->t_ms / 60000);
			if (event->kind == kind &&
				formula_code(instrument, event) == &instrument->codes[c])
				row[m < minutes ? m : minutes - 1]++;
		}
		for (size_t m = 1; m < minutes; m++)
			row[m] += row[m - 1];
	}
}
