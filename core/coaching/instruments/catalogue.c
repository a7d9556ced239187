/* The shipped instruments and which formulae they name. */
#include <assert.h>
#include <string.h>

#include "core/coaching/embedded.h"
#include "core/base/tr.h"
#include "core/coaching/instruments/formulae.h"

#define SHIPPED_MAX 32u

static const struct {
	const char *name, *method;
	formula_fn *run;
} formulae[] = {
	{"tally", N_("counted as it happened, by one person"), formula_tally},
	{"questions", N_("counted as it happened, by one person"), formula_questions},
	{"praise", N_("counted as it happened, by one person"), formula_praise},
	{"responses", N_("counted as it happened, by one person"), formula_responses},
	{"disruptions", N_("counted as it happened, by one person"), formula_disruptions},
	{"checklist", N_("looked for, by one person"), formula_checklist},
	{"wait", N_("timed by hand: good to about half a second"), formula_wait},
	{"talk", N_("timed at each change, by one person"), formula_talk},
	{"transitions", N_("timed from beginning to end, by one person"),
		formula_transitions},
	{"script", N_("written as it was said, by one person"), formula_script},
	{"verbatim", N_("written as it was said, by one person"), formula_verbatim},
	{"flanders", N_("one category every three seconds, by one person"),
		formula_flanders},
	{"copus",
		N_("seen in an interval, however briefly: shares are of intervals, not "
		   "of "
		   "time"),
		formula_copus},
	{"sweep",
		N_("one look a seat and round: good for shares of time, blind to what is "
		   "rare"),
		formula_sweep},
	{"flow", N_("counted as it happened, by one person"), formula_flow},
	{"movement", N_("noted at each stop, by one person"), formula_movement},
};

/* What a family is counted by when its file names no formulae. In the order of enum
 * family. */
static const char *const defaults[] = {"tally", "transitions", "talk", "copus", "sweep",
	"flow", "movement", "script", "wait", "checklist"};

static size_t formula_index(const struct instrument *instrument)
{
	for (size_t i = 0; i < sizeof formulae / sizeof formulae[0]; i++)
		if (bytes_equal(instrument->formulae, bytes_text(formulae[i].name)))
			return i;
	struct instrument plain = {.formulae = bytes_text(defaults[instrument->family])};
	return formula_index(&plain);
}

void instrument_figures(const struct instrument *instrument,
	const struct recording *recording, struct arena *arena, struct figures *out)
{
	size_t formula = formula_index(instrument);
	figures_init(out, arena, recording, arena_string(arena, instrument->name),
		formulae[formula].method);
	formulae[formula].run(instrument, recording, out);
}

const struct instrument *instruments_shipped(size_t *count)
{
	static struct instrument shipped[SHIPPED_MAX];
	static size_t known;
	while (known < embedded_instruments_count) {
		struct bytes text = bytes_text(embedded_instruments[known].text);
		enum err e = instrument_read(text, &shipped[known], NULL);
		assert(e == OK);
		known++;
	}
	*count = known;
	return shipped;
}

static bool begins(struct bytes text, struct bytes word)
{
	return word.len <= text.len && memcmp(text.at, word.at, word.len) == 0;
}

const struct instrument *instrument_find(const char *word)
{
	size_t count;
	const struct instrument *all = instruments_shipped(&count), *found = NULL;
	struct bytes text = bytes_text(word);
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(all[i].id, text))
			return &all[i];
	for (size_t i = 0; i < count && text.len > 0; i++) {
		if (!begins(all[i].id, text) && !begins(all[i].name, text))
			continue;
		if (found != NULL)
			return NULL;
		found = &all[i];
	}
	return found;
}
