/* Instruments that time: who talks, and how long it takes to get from one thing to the
 * next. */
#include <math.h>
#include <string.h>

#include "core/coaching/instruments/formulae.h"

#include "core/base/tr.h"

#define RIBBON_STEP_MS UINT64_C(30000)

/* One stretch of one state. */
struct stretch {
	size_t code;
	uint64_t from_ms, to_ms;
};

struct stretches {
	struct stretch *items;
	size_t count;
};

static size_t index_of(
	const struct instrument *instrument, const struct instrument_code *code)
{
	return (size_t)(code - instrument->codes);
}

/* Exclusive states: each lasts until the next one begins, or the end. The same state
 * pressed again goes on. */
static void exclusive_stretches(const struct instrument *instrument,
	const struct recording *recording, struct arena *arena, struct stretches *out)
{
	out->items = arena_array(arena, recording->count, sizeof *out->items);
	out->count = 0;
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		const struct instrument_code *code = formula_code(instrument, event);
		if (event->kind != EVENT_EXCLUSIVE || code == NULL)
			continue;
		struct stretch *last =
			out->count > 0 ? &out->items[out->count - 1] : NULL;
		if (last != NULL && last->code == index_of(instrument, code))
			continue;
		if (last != NULL)
			last->to_ms = event->t_ms;
		out->items[out->count++] = (struct stretch){
			index_of(instrument, code), event->t_ms, recording->length_ms};
	}
}

/* The state that held most of each step; '.' where none did. */
static const char *ribbon_letters(const struct instrument *instrument,
	const struct recording *recording, const struct stretches *stretches,
	struct figures *out)
{
	size_t steps =
		(size_t)((recording->length_ms + RIBBON_STEP_MS - 1) / RIBBON_STEP_MS);
	char *letters = arena_new(out->arena, steps + 1);
	for (size_t s = 0; s < steps; s++) {
		uint64_t held[INSTRUMENT_CODES] = {0}, from = s * RIBBON_STEP_MS;
		uint64_t to = from + RIBBON_STEP_MS;
		for (size_t i = 0; i < stretches->count; i++) {
			const struct stretch *stretch = &stretches->items[i];
			uint64_t a = stretch->from_ms > from ? stretch->from_ms : from;
			uint64_t b = stretch->to_ms < to ? stretch->to_ms : to;
			held[stretch->code] += recording_observed_ms(recording, a, b);
		}
		letters[s] = '.';
		uint64_t most = 0;
		for (size_t c = 0; c < instrument->code_count; c++)
			if (held[c] > most) {
				most = held[c];
				letters[s] = (char)instrument->codes[c].key.at[0];
			}
	}
	return letters;
}

static void add_ribbon(const struct instrument *instrument, const char *title,
	const char *letters, struct figures *out)
{
	char *keys = arena_new(out->arena, instrument->code_count + 1);
	const char **words =
		arena_array(out->arena, instrument->code_count, sizeof *words);
	for (size_t i = 0; i < instrument->code_count; i++) {
		keys[i] = (char)instrument->codes[i].key.at[0];
		words[i] = formula_label(out, instrument->codes[i].word);
	}
	figures_ribbon(out, title, RIBBON_STEP_MS, letters, keys, words);
}

/* The longest and the median stretch of the first code: the teacher's. */
static void add_runs(const struct recording *recording, const struct stretches *stretches,
	struct figures *out)
{
	double *runs = arena_array(out->arena, stretches->count, sizeof *runs),
	       longest = NAN;
	size_t count = 0;
	for (size_t i = 0; i < stretches->count; i++) {
		if (stretches->items[i].code != 0)
			continue;
		runs[count] = (double)recording_observed_ms(recording,
			stretches->items[i].from_ms, stretches->items[i].to_ms);
		longest = count == 0 || runs[count] > longest ? runs[count] : longest;
		count++;
	}
	figures_add(out, "longest time the teacher talked", UNIT_TIME, longest, count);
	figures_add(out, "median time the teacher talked", UNIT_TIME,
		spread_of(runs, count).median, count);
}

/* % = time in the state / time observed in any state. */
void formula_talk(const struct instrument *instrument, const struct recording *recording,
	struct figures *out)
{
	struct stretches stretches;
	uint64_t total = 0, held[INSTRUMENT_CODES] = {0};
	exclusive_stretches(instrument, recording, out->arena, &stretches);
	for (size_t i = 0; i < stretches.count; i++) {
		const struct stretch *s = &stretches.items[i];
		uint64_t ms = recording_observed_ms(recording, s->from_ms, s->to_ms);
		held[s->code] += ms;
		total += ms;
	}
	out->n = stretches.count;
	struct table_figure *bars = figures_table(out, "share of the time", DRAW_BARS,
		UNIT_TIME, instrument->code_count, 1);
	bars->columns[0] = N_("time");
	for (size_t c = 0; c < instrument->code_count; c++) {
		bars->rows[c] = formula_label(out, instrument->codes[c].word);
		bars->cells[c] = (double)held[c];
		figures_time_share(out, bars->rows[c], held[c], total, stretches.count);
	}
	add_runs(recording, &stretches, out);
	figures_rate(out, "changes per minute", UNIT_PER_MIN,
		stretches.count > 0 ? stretches.count - 1 : 0);
	add_ribbon(instrument, N_("half a minute a letter"),
		ribbon_letters(instrument, recording, &stretches, out), out);
}

/* Transitions: from start to stop; one that was not stopped lasts until the end. */
void formula_transitions(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	struct stretches all = {
		.items = arena_array(out->arena, recording->count, sizeof *all.items)};
	struct stretch *open[INSTRUMENT_CODES] = {NULL};
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		const struct instrument_code *code = formula_code(instrument, event);
		if (code == NULL)
			continue;
		size_t c = index_of(instrument, code);
		if (event->kind == EVENT_START && open[c] == NULL) {
			open[c] = &all.items[all.count++];
			*open[c] = (struct stretch){c, event->t_ms, recording->length_ms};
		} else if (event->kind == EVENT_STOP && open[c] != NULL) {
			open[c]->to_ms = event->t_ms;
			open[c] = NULL;
		}
	}
	uint64_t total = 0;
	double *lengths = arena_array(out->arena, all.count, sizeof *lengths);
	for (size_t i = 0; i < all.count; i++) {
		uint64_t ms = recording_observed_ms(
			recording, all.items[i].from_ms, all.items[i].to_ms);
		lengths[i] = (double)ms;
		total += ms;
	}
	out->n = all.count;
	figures_count(out, "transitions", all.count);
	figures_add(out, "time in transitions", UNIT_TIME, (double)total, all.count);
	figures_time_share(out, "of the lesson", total, out->observed_ms, all.count);
	figures_add(out, "median transition", UNIT_TIME,
		spread_of(lengths, all.count).median, all.count);
	add_ribbon(instrument, N_("transitions, half a minute a letter"),
		ribbon_letters(instrument, recording, &all, out), out);
}
