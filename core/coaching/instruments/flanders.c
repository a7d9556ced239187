/*
 * Flanders' interaction analysis: one of ten categories every three seconds, and which
 * follows which.
 *
 * The matrix has a 10 put before the first and after the last code, so that each total of
 * a row is that of its column; pair (a, b) counts in row a, column b.
 *
 *	TT = 100 (n1+…+n7)/N      PT = 100 (n8+n9)/N       SC = 100 n10/N
 *	I/D = (n1+…+n4)/(n5+n6+n7)                         i/d = (n1+n2+n3)/(n6+n7)
 *	TRR = 100 (n1+n2+n3)/(n1+n2+n3+n6+n7)   TQR = 100 n4/(n4+n5)   PIR = 100
 *n9/(n8+n9) SSR = 100 Σ cell(i,i)/N   PSSR = 100 (c88+c99)/(n8+n9) CCR = 100 (rows 4, 5 +
 *columns 4, 5 − c44 − c45 − c54 − c55)/N
 *
 * Source: N. Flanders, "Analyzing Teaching Behavior" (1970), as DOMAIN §2.2 gives it; the
 * published tallies there come out as printed. Categories and ground rules agree with
 * V. O. Amatari, Int. J. Secondary Education 3(5), 2015. N counts codes, as those tallies
 * do; some descriptions divide by the matrix total, which is one more.
 */
#include <math.h>

#include "core/coaching/instruments/formulae.h"

#include "core/base/tr.h"

#define CATEGORIES 10u
#define STEP_MS    UINT64_C(3000)

/* 1 … 10 by the key of the code, as the words may be translated; 0: none. */
static size_t category_of(const struct instrument *instrument, const struct event *event)
{
	const struct instrument_code *code = formula_code(instrument, event);
	if (code == NULL)
		return 0;
	if (bytes_equal(code->key, bytes_text("10")) ||
		bytes_equal(code->key, bytes_text("0")))
		return 10;
	size_t digit = code->key.len == 1 ? (size_t)code->key.at[0] - '0' : 0;
	return digit <= 9 ? digit : 0;
}

struct codes {
	uint8_t *at;
	size_t count;
};

static void add_code(struct codes *codes, size_t category, size_t times,
	struct arena *arena, size_t *cap)
{
	while (codes->count + times > *cap) {
		size_t more = *cap == 0 ? 1024 : *cap * 2;
		uint8_t *grown = arena_new(arena, more);
		for (size_t i = 0; i < codes->count; i++)
			grown[i] = codes->at[i];
		codes->at = grown;
		*cap = more;
	}
	for (size_t i = 0; i < times; i++)
		codes->at[codes->count++] = (uint8_t)category;
}

/* Codes noted on change are spread to three-second steps; prompted ones are one each. */
static struct codes expand(const struct instrument *instrument,
	const struct recording *recording, struct arena *arena)
{
	struct codes codes = {0};
	size_t cap = 0, open = 0;
	uint64_t since = 0;
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		size_t category = category_of(instrument, event);
		if (category == 0)
			continue;
		if (event->kind == EVENT_INTERVAL)
			add_code(&codes, category, 1, arena, &cap);
		if (event->kind != EVENT_EXCLUSIVE)
			continue;
		if (open != 0) {
			/* Several within one step are each noted. */
			uint64_t ms =
				recording_observed_ms(recording, since, event->t_ms);
			size_t steps = (size_t)((ms + STEP_MS / 2) / STEP_MS);
			add_code(&codes, open, steps > 0 ? steps : 1, arena, &cap);
		}
		open = category;
		since = event->t_ms;
	}
	if (open != 0) {
		uint64_t ms =
			recording_observed_ms(recording, since, recording->length_ms);
		size_t steps = (size_t)((ms + STEP_MS / 2) / STEP_MS);
		add_code(&codes, open, steps > 0 ? steps : 1, arena, &cap);
	}
	return codes;
}

static double percent(double part, double whole)
{
	return whole > 0 ? 100.0 * part / whole : NAN;
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : NAN;
}

/* n[1] … n[10] and the cells of the matrix, from 1. */
struct matrix {
	double n[CATEGORIES + 1], cell[CATEGORIES + 1][CATEGORIES + 1], total;
};

static void tally(const struct codes *codes, struct matrix *m)
{
	size_t before = CATEGORIES;
	*m = (struct matrix){.total = (double)codes->count};
	for (size_t i = 0; i < codes->count; i++) {
		m->n[codes->at[i]]++;
		m->cell[before][codes->at[i]]++;
		before = codes->at[i];
	}
	if (codes->count > 0)
		m->cell[before][CATEGORIES]++;
}

static void add_ratios(const struct matrix *m, struct figures *out)
{
	const double *n = m->n;
	size_t count = (size_t)m->total;
	double indirect = n[1] + n[2] + n[3], direct = n[6] + n[7];
	double cross = -(m->cell[4][4] + m->cell[4][5] + m->cell[5][4] + m->cell[5][5]);
	double steady = 0;
	for (size_t i = 1; i <= CATEGORIES; i++) {
		cross += m->cell[4][i] + m->cell[5][i] + m->cell[i][4] + m->cell[i][5];
		steady += m->cell[i][i];
	}
	struct {
		const char *name;
		enum unit unit;
		double value;
	} lines[] = {
		{N_("teacher talk (TT)"), UNIT_PERCENT,
			percent(indirect + n[4] + n[5] + direct, m->total)},
		{N_("pupil talk (PT)"), UNIT_PERCENT, percent(n[8] + n[9], m->total)},
		{N_("silence or confusion (SC)"), UNIT_PERCENT, percent(n[10], m->total)},
		{N_("indirect to direct (I/D)"), UNIT_RATIO,
			ratio(indirect + n[4], n[5] + direct)},
		{N_("indirect to direct, motivation and control (i/d)"), UNIT_RATIO,
			ratio(indirect, direct)},
		{N_("teacher response ratio (TRR)"), UNIT_PERCENT,
			percent(indirect, indirect + direct)},
		{N_("teacher question ratio (TQR)"), UNIT_PERCENT,
			percent(n[4], n[4] + n[5])},
		{N_("pupil initiation ratio (PIR)"), UNIT_PERCENT,
			percent(n[9], n[8] + n[9])},
		{N_("steady state ratio (SSR)"), UNIT_PERCENT, percent(steady, m->total)},
		{N_("pupil steady state ratio (PSSR)"), UNIT_PERCENT,
			percent(m->cell[8][8] + m->cell[9][9], n[8] + n[9])},
		{N_("content cross ratio (CCR)"), UNIT_PERCENT, percent(cross, m->total)},
	};
	/* With fewer than ten codes a ratio says nothing: the counts stand in the matrix.
	 */
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		figures_add(out, lines[i].name, lines[i].unit,
			count < FIGURES_FEW ? NAN : lines[i].value, count);
}

void formula_flanders(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	struct codes codes = expand(instrument, recording, out->arena);
	struct matrix m;
	tally(&codes, &m);
	out->n = codes.count;
	figures_count(out, "codes", codes.count);
	add_ratios(&m, out);
	struct table_figure *grid = figures_table(
		out, "what followed what", DRAW_GRID, UNIT_COUNT, CATEGORIES, CATEGORIES);
	char *letters = arena_new(out->arena, codes.count + 1);
	for (size_t i = 0; i < codes.count; i++)
		letters[i] = codes.at[i] == 10 ? '0' : (char)('0' + codes.at[i]);
	for (size_t a = 0; a < CATEGORIES; a++) {
		grid->rows[a] = grid->columns[a] = arena_format(out->arena, "%zu", a + 1);
		for (size_t b = 0; b < CATEGORIES; b++)
			grid->cells[a * CATEGORIES + b] = m.cell[a + 1][b + 1];
	}
	const char **words = arena_array(out->arena, CATEGORIES, sizeof *words);
	char *keys = arena_new(out->arena, CATEGORIES + 1);
	size_t known =
		instrument->code_count < CATEGORIES ? instrument->code_count : CATEGORIES;
	for (size_t i = 0; i < known; i++) {
		struct bytes key = instrument->codes[i].key;
		keys[i] = key.len == 2 ? '0' : (char)key.at[0];
		words[i] = formula_label(out, instrument->codes[i].word);
	}
	figures_ribbon(out, "three seconds a digit", STEP_MS, letters, keys, words);
}
