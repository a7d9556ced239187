/* Instruments that count: whatever a teacher chose, questions, praise, opportunities to
 * respond, disruptions, a checklist. */
#include <math.h>

#include "core/coaching/instruments/formulae.h"

#include "core/base/tr.h"

void formula_tally(const struct instrument *instrument, const struct recording *recording,
	struct figures *out)
{
	size_t n = formula_bars(instrument, recording, EVENT_POINT, N_("how often"), out);
	figures_count(out, "counted", n);
	figures_rate(out, "rate", UNIT_PER_10_MIN, n);
	for (size_t i = 0; i < instrument->code_count; i++)
		figures_share(out, formula_label(out, instrument->codes[i].word),
			formula_count_code(instrument, recording, EVENT_POINT,
				instrument->codes[i].word),
			n);
	formula_growth(instrument, recording, EVENT_POINT, out);
}

static size_t count_mod(const struct instrument *instrument,
	const struct recording *recording, const char *mod)
{
	size_t count = 0;
	for (size_t i = 0; i < recording->count; i++)
		count += recording->events[i].kind == EVENT_POINT &&
			 formula_code(instrument, &recording->events[i]) != NULL &&
			 bytes_equal(recording->events[i].mod, bytes_text(mod));
	return count;
}

/* %higher = 100 · higher / (lower + higher); procedural ones stand apart (Cotton 1988).
 */
void formula_questions(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	size_t n = formula_bars(
		instrument, recording, EVENT_POINT, N_("questions by level"), out);
	size_t lower = formula_count_group(instrument, recording, EVENT_POINT, "lower");
	size_t higher = formula_count_group(instrument, recording, EVENT_POINT, "higher");
	figures_count(out, "questions", n);
	figures_rate(out, "questions per minute", UNIT_PER_MIN, n);
	figures_share(out, "higher of lower and higher", higher, lower + higher);
	figures_count(out, "procedural",
		formula_count_group(instrument, recording, EVENT_POINT, "procedural"));
	figures_share(
		out, "follow-ups", count_mod(instrument, recording, "follow_up"), n);
	figures_share(out, "asked by pupils", count_mod(instrument, recording, "S"), n);
}

static size_t divisor(size_t a, size_t b)
{
	while (b != 0) {
		size_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* PRR = (specific + general praise) : (corrections + reprimands). */
void formula_praise(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	(void)formula_bars(
		instrument, recording, EVENT_POINT, N_("praise and correction"), out);
	size_t specific =
		formula_count_group(instrument, recording, EVENT_POINT, "specific");
	size_t general =
		formula_count_group(instrument, recording, EVENT_POINT, "general");
	size_t corrections =
		formula_count_group(instrument, recording, EVENT_POINT, "correction") +
		formula_count_group(instrument, recording, EVENT_POINT, "negative");
	size_t praise = specific + general, n = praise + corrections;
	figures_count(out, "praise", praise);
	figures_count(out, "corrections", corrections);
	figures_add(out, "praise to correction", UNIT_RATIO,
		corrections == 0 ? NAN : (double)praise / (double)corrections, n);
	if (praise > 0 && corrections > 0) {
		size_t common = divisor(praise, corrections);
		figures_add(out,
			arena_format(out->arena, tr("in lowest whole numbers %zu : %zu"),
				praise / common, corrections / common),
			UNIT_COUNT, (double)n, n);
	}
	figures_share(out, "specific praise", specific, praise);
	figures_rate(out, "praise per minute", UNIT_PER_MIN, praise);
	formula_growth(instrument, recording, EVENT_POINT, out);
}

void formula_responses(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	size_t n = formula_bars(
		instrument, recording, EVENT_POINT, N_("opportunities to respond"), out);
	size_t right = count_mod(instrument, recording, "correct");
	size_t wrong = count_mod(instrument, recording, "wrong");
	figures_count(out, "opportunities", n);
	figures_rate(out, "opportunities per minute", UNIT_PER_MIN, n);
	figures_share(out, "to the whole group",
		formula_count_group(instrument, recording, EVENT_POINT, "group"), n);
	figures_share(out, "answered correctly", right, right + wrong);
	formula_growth(instrument, recording, EVENT_POINT, out);
}

void formula_disruptions(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	size_t n =
		formula_bars(instrument, recording, EVENT_POINT, N_("disruptions"), out);
	figures_count(out, "disruptions", n);
	figures_rate(out, "disruptions per 10 minutes", UNIT_PER_10_MIN, n);
	formula_growth(instrument, recording, EVENT_POINT, out);
}

/* Of each item the last word holds: seen, not seen, not applicable. */
void formula_checklist(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	struct table_figure *list = figures_table(
		out, "checklist", DRAW_LIST, UNIT_COUNT, instrument->code_count, 2);
	size_t seen = 0, applicable = 0;
	list->columns[0] = N_("item");
	list->columns[1] = N_("seen");
	for (size_t c = 0; c < instrument->code_count; c++) {
		const char *word = N_("not looked at");
		for (size_t i = 0; i < recording->count; i++) {
			const struct event *event = &recording->events[i];
			if (event->kind != EVENT_POINT ||
				formula_code(instrument, event) != &instrument->codes[c])
				continue;
			word = bytes_equal(event->mod, bytes_text("not")) ? N_("not seen")
			       : bytes_equal(event->mod, bytes_text("na"))
				       ? N_("not applicable")
				       : N_("seen");
			out->n++;
		}
		bool is_seen = word[0] == 's';
		seen += is_seen;
		applicable +=
			is_seen || bytes_equal(bytes_text(word), bytes_text("not seen"));
		list->rows[c] = formula_label(out, instrument->codes[c].word);
		list->texts[c * 2] = tr(list->rows[c]);
		list->texts[c * 2 + 1] = tr(word);
	}
	/* Items are few by nature: always a count, never a percentage. */
	figures_count(out, "seen", seen);
	if (applicable > 0)
		out->items[out->count - 1].of = applicable;
	else
		out->items[out->count - 1].is_known = false;
	figures_count(out, "applicable", applicable);
}
