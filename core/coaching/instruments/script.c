/* The running record: lines as they were written, by speaker; and lines of one agreed
 * kind, word for word. */
#include <inttypes.h>
#include <string.h>

#include "core/coaching/instruments/formulae.h"

#include "core/base/tr.h"

static const char *time_label(struct figures *out, uint64_t ms)
{
	return arena_format(
		out->arena, "%" PRIu64 ":%02" PRIu64, ms / 60000, ms / 1000 % 60);
}

static bool is_line(const struct instrument *instrument, const struct event *event)
{
	return event->kind == EVENT_SCRIPT && formula_is_of(instrument, event);
}

/* Who a line is of: the teacher, several pupils at once, one pupil, nobody said. */
static const char *const speakers[] = {
	N_("teacher"), N_("pupils together"), N_("one pupil"), N_("not said")};

static size_t speaker_of(const struct event *event)
{
	if (bytes_equal(event->mod, bytes_text("T")))
		return 0;
	if (bytes_equal(event->mod, bytes_text("SS")))
		return 1;
	return event->mod.len > 0 ? 2 : 3;
}

static void add_lines(const struct instrument *instrument,
	const struct recording *recording, bool coded, struct figures *out)
{
	size_t count = 0, row = 0;
	for (size_t i = 0; i < recording->count; i++)
		count += is_line(instrument, &recording->events[i]) &&
			 (!coded ||
				 formula_code(instrument, &recording->events[i]) != NULL);
	struct table_figure *list = figures_table(
		out, coded ? "word for word" : "lines", DRAW_LIST, UNIT_COUNT, count, 3);
	list->columns[0] = N_("time");
	list->columns[1] = coded ? N_("kind") : N_("who");
	list->columns[2] = N_("words");
	/* By code, as a teacher reads them; else as they came. */
	for (size_t c = 0; c < (coded ? instrument->code_count : 1); c++)
		for (size_t i = 0; i < recording->count; i++) {
			const struct event *event = &recording->events[i];
			const struct instrument_code *code =
				formula_code(instrument, event);
			if (!is_line(instrument, event) ||
				(coded && code != &instrument->codes[c]))
				continue;
			list->rows[row] = time_label(out, event->t_ms);
			list->texts[row * 3] = list->rows[row];
			list->texts[row * 3 + 1] =
				coded                ? tr(formula_label(out, event->code))
				: event->mod.len > 0 ? formula_label(out, event->mod)
						     : "";
			list->texts[row * 3 + 2] = formula_label(out, event->text);
			row++;
		}
}

void formula_script(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	size_t by[4] = {0};
	for (size_t i = 0; i < recording->count; i++)
		if (is_line(instrument, &recording->events[i])) {
			by[speaker_of(&recording->events[i])]++;
			out->n++;
		}
	figures_count(out, "lines", out->n);
	for (size_t i = 0; i < 4; i++)
		figures_rate(out, speakers[i], UNIT_PER_MIN, by[i]);
	size_t minutes = (size_t)((recording->length_ms + 59999) / 60000);
	if (minutes > 0) {
		struct table_figure *density = figures_table(out,
			"lines, minute by minute", DRAW_BARS, UNIT_COUNT, minutes, 1);
		density->columns[0] = N_("lines");
		for (size_t m = 0; m < minutes; m++) {
			density->rows[m] = arena_format(out->arena, "%zu", m + 1);
			density->cells[m] = 0;
		}
		for (size_t i = 0; i < recording->count; i++) {
			size_t m = (size_t)(recording->events[i].t_ms / 60000);
			if (is_line(instrument, &recording->events[i]))
				density->cells[m < minutes ? m : minutes - 1]++;
		}
	}
	add_lines(instrument, recording, false, out);
}

void formula_verbatim(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	size_t n = formula_bars(
		instrument, recording, EVENT_SCRIPT, N_("lines by kind"), out);
	figures_count(out, "lines of the agreed kind", n);
	figures_rate(out, "rate", UNIT_PER_10_MIN, n);
	for (size_t i = 0; i < instrument->code_count; i++)
		figures_share(out, formula_label(out, instrument->codes[i].word),
			formula_count_code(instrument, recording, EVENT_SCRIPT,
				instrument->codes[i].word),
			n);
	add_lines(instrument, recording, true, out);
}
