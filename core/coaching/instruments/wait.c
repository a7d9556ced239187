/*
 * Wait time after a question and after an answer.
 *
 * WT1 = pupil starts − question ends; WT2 = teacher starts − pupil ends. A question that
 * is asked anew before anybody answered is no wait of the first one. A hand on a key lags
 * by a third of a second, so times are shown to half a second.
 *
 * Source: Rowe 1974, 1986 as summed up in DOMAIN §2.1 no. 5.
 */
#include <math.h>

#include "core/coaching/instruments/formulae.h"

#include "core/base/tr.h"

#define LONG_WAIT_S 3.0

struct waits {
	double *values;
	size_t count, asked_anew;
};

/* The time from each `from` to the next `to`, unless a `from` comes in between. */
static void collect(const struct instrument *instrument,
	const struct recording *recording, const char *from, const char *to,
	struct arena *arena, struct waits *out)
{
	const struct event *open = NULL;
	*out = (struct waits){
		.values = arena_array(arena, recording->count, sizeof(double))};
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		const struct instrument_code *code = formula_code(instrument, event);
		if (event->kind != EVENT_POINT || code == NULL)
			continue;
		if (bytes_equal(code->group, bytes_text(from))) {
			out->asked_anew += open != NULL;
			open = event;
		} else if (open != NULL && bytes_equal(code->group, bytes_text(to))) {
			uint64_t ms =
				recording_observed_ms(recording, open->t_ms, event->t_ms);
			/* A gap in between: nobody knows how long it was. */
			if (ms == event->t_ms - open->t_ms)
				out->values[out->count++] = (double)ms / 1000.0;
			open = NULL;
		}
	}
}

static void add_waits(struct figures *out, struct waits *waits,
	const char *const names[4], const char *title)
{
	size_t count = waits->count, most = 0;
	for (size_t i = 0; i < count; i++)
		most += waits->values[i] >= LONG_WAIT_S;
	struct spread spread = spread_of(waits->values, count);
	figures_add(out, names[0], UNIT_SECONDS, spread.median, count);
	figures_add(out, names[1], UNIT_SECONDS, spread.low, count);
	figures_add(out, names[2], UNIT_SECONDS, spread.high, count);
	figures_share(out, names[3], most, count);
	if (count == 0)
		return;
	struct table_figure *strip =
		figures_table(out, title, DRAW_STRIP, UNIT_SECONDS, count, 1);
	strip->mark = LONG_WAIT_S;
	strip->columns[0] = N_("seconds");
	for (size_t i = 0; i < count; i++) {
		strip->rows[i] = arena_format(out->arena, "%zu", i + 1);
		strip->cells[i] = waits->values[i];
	}
}

void formula_wait(const struct instrument *instrument, const struct recording *recording,
	struct figures *out)
{
	static const char *const first[] = {N_("wait after a question, median"),
		N_("wait after a question, lower quartile"),
		N_("wait after a question, upper quartile"),
		N_("waits of 3 s or more after a question")};
	static const char *const second[] = {N_("wait after an answer, median"),
		N_("wait after an answer, lower quartile"),
		N_("wait after an answer, upper quartile"),
		N_("waits of 3 s or more after an answer")};
	struct waits one, two;
	collect(instrument, recording, "question", "answer", out->arena, &one);
	collect(instrument, recording, "answer_end", "teacher", out->arena, &two);
	out->n = one.count + two.count;
	figures_count(out, "questions that an answer followed", one.count);
	figures_count(out, "asked anew before anybody answered", one.asked_anew);
	add_waits(out, &one, first, N_("each wait after a question"));
	if (two.count > 0)
		add_waits(out, &two, second, N_("each wait after an answer"));
}
