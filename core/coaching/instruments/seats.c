/*
 * Instruments that look at seats: at task or not in rounds over the class, to whom talk
 * goes, and where the teacher stands.
 *
 * Source: DOMAIN §2.1 nos. 9, 11, 12; Gini = Σ (2i − n − 1) x_i / (n Σ x), x ascending
 * (C. Gini 1912).
 */
#include <math.h>
#include <stdlib.h>

#include "core/coaching/instruments/formulae.h"

#include "core/base/tr.h"

#define SEATS_MAX  400u
#define ROUNDS_MAX 1000u

static size_t seats_in(
	const struct instrument *instrument, const struct recording *recording)
{
	unsigned most = recording->seats;
	for (size_t i = 0; i < recording->count; i++) {
		unsigned seat = formula_is_of(instrument, &recording->events[i])
					? event_seat(&recording->events[i])
					: 0;
		if (seat > most && seat <= SEATS_MAX)
			most = seat;
	}
	return most;
}

static const char *seat_label(struct figures *out, size_t seat)
{
	return arena_format(out->arena, "S%zu", seat + 1);
}

/* ---- At task. */

struct looks {
	size_t on, off;
};

static void add_look(struct looks *looks, const struct instrument_code *code)
{
	looks->on += bytes_equal(code->group, bytes_text("on"));
	looks->off += bytes_equal(code->group, bytes_text("off"));
}

static double on_share(const struct looks *looks)
{
	size_t all = looks->on + looks->off;
	return all == 0 ? NAN : 100.0 * (double)looks->on / (double)all;
}

/* The middle of the rounds, each a share of its own. */
static void add_rounds(const struct looks *rounds, size_t count, struct figures *out)
{
	double *shares = arena_array(out->arena, count, sizeof *shares);
	size_t known = 0, few = 0;
	struct table_figure *line =
		figures_table(out, "round by round", DRAW_LINE, UNIT_PERCENT, 1, count);
	line->rows[0] = N_("on task");
	for (size_t k = 0; k < count; k++) {
		double share = on_share(&rounds[k]);
		line->columns[k] = arena_format(out->arena, "%zu", k + 1);
		line->cells[k] = share;
		few += rounds[k].on + rounds[k].off < FIGURES_FEW;
		if (!isnan(share))
			shares[known++] = share;
	}
	figures_count(out, "rounds", count);
	if (few == 0)
		figures_add(out, "on task, median of the rounds", UNIT_PERCENT,
			spread_of(shares, known).median, known);
}

void formula_sweep(const struct instrument *instrument, const struct recording *recording,
	struct figures *out)
{
	size_t seats = seats_in(instrument, recording), round_count = 0;
	struct looks *by_seat = arena_array(out->arena, seats, sizeof *by_seat),
		     all = {0};
	struct looks *rounds = arena_array(out->arena, ROUNDS_MAX, sizeof *rounds);
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		const struct instrument_code *code = formula_code(instrument, event);
		unsigned seat = event_seat(event);
		if (event->kind != EVENT_SWEEP || code == NULL || seat == 0 ||
			seat > seats)
			continue;
		size_t round =
			event->x >= 1 && event->x <= ROUNDS_MAX ? (size_t)event->x : 1;
		if (round > round_count)
			round_count = round;
		add_look(&rounds[round - 1], code);
		add_look(&by_seat[seat - 1], code);
		add_look(&all, code);
		out->n++;
	}
	figures_count(out, "looks", out->n);
	figures_share(out, "on task", all.on, all.on + all.off);
	add_rounds(rounds, round_count, out);
	struct table_figure *map = figures_table(
		out, "on task, seat by seat", DRAW_SEATS, UNIT_PERCENT, seats, 1);
	map->columns[0] = N_("% on task");
	for (size_t s = 0; s < seats; s++) {
		map->rows[s] = seat_label(out, s);
		map->cells[s] = on_share(&by_seat[s]);
	}
}

/* ---- Verbal flow. */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double gini(const double *ascending, size_t n)
{
	double sum = 0, weighted = 0;
	for (size_t i = 0; i < n; i++) {
		sum += ascending[i];
		weighted += (2.0 * (double)(i + 1) - (double)n - 1.0) * ascending[i];
	}
	return sum > 0 ? weighted / ((double)n * sum) : NAN;
}

void formula_flow(const struct instrument *instrument, const struct recording *recording,
	struct figures *out)
{
	size_t seats = seats_in(instrument, recording), reached = 0, to_class = 0;
	double *contacts = arena_array(out->arena, seats, sizeof *contacts);
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		if (event->kind != EVENT_POINT || !formula_is_of(instrument, event) ||
			event->subj.len == 0)
			continue;
		unsigned seat = event_seat(event);
		if (seat > 0 && seat <= seats)
			contacts[seat - 1]++;
		else
			to_class++;
		out->n++;
	}
	struct table_figure *map = figures_table(
		out, "contacts, seat by seat", DRAW_SEATS, UNIT_COUNT, seats, 1);
	map->columns[0] = N_("contacts");
	double sum = 0;
	for (size_t s = 0; s < seats; s++) {
		map->rows[s] = seat_label(out, s);
		map->cells[s] = contacts[s];
		reached += contacts[s] > 0;
		sum += contacts[s];
	}
	figures_count(out, "contacts", out->n);
	figures_count(out, "to no seat in particular", to_class);
	figures_share(out, "seats reached", reached, seats);
	if (seats > 1)
		qsort(contacts, seats, sizeof *contacts, by_value);
	size_t top = (seats + 4) / 5;
	double most = 0;
	for (size_t i = 0; i < top; i++)
		most += contacts[seats - 1 - i];
	figures_share(
		out, "with the busiest fifth of the seats", (size_t)most, (size_t)sum);
	figures_add(out, "evenness (Gini: 0 all alike, 1 one seat alone)", UNIT_INDEX,
		sum >= FIGURES_FEW ? gini(contacts, seats) : NAN, (size_t)sum);
}

/* ---- Movement. */

static size_t zone_index(struct bytes *zones, size_t *count, struct bytes name)
{
	for (size_t i = 0; i < *count; i++)
		if (bytes_equal(zones[i], name))
			return i;
	zones[*count] = name;
	return (*count)++;
}

void formula_movement(const struct instrument *instrument,
	const struct recording *recording, struct figures *out)
{
	struct bytes *zones = arena_array(
		out->arena, recording->count + instrument->code_count, sizeof *zones);
	double *time = arena_array(
		out->arena, recording->count + instrument->code_count, sizeof *time);
	size_t count = 0, points = 0, visited = 0;
	for (size_t i = 0; i < instrument->code_count; i++)
		(void)zone_index(zones, &count, instrument->codes[i].word);
	const struct event *open = NULL;
	for (size_t i = 0; i <= recording->count; i++) {
		const struct event *event =
			i < recording->count ? &recording->events[i] : NULL;
		if (event != NULL &&
			(event->kind != EVENT_MOVE || !formula_is_of(instrument, event)))
			continue;
		if (open != NULL && open->code.len > 0)
			time[zone_index(zones, &count, open->code)] +=
				(double)recording_observed_ms(recording, open->t_ms,
					event != NULL ? event->t_ms
						      : recording->length_ms);
		open = event;
		out->n += event != NULL;
		points += event != NULL && !isnan(event->x) && !isnan(event->y);
	}
	figures_count(out, "stops", out->n);
	struct table_figure *bars =
		figures_table(out, "time, zone by zone", DRAW_BARS, UNIT_TIME, count, 1);
	bars->columns[0] = N_("time");
	for (size_t z = 0; z < count; z++) {
		bars->rows[z] = formula_label(out, zones[z]);
		bars->cells[z] = time[z];
		visited += time[z] > 0;
	}
	/* Zones are few by nature: a count of how many there are. */
	figures_share(out, "zones visited", visited, count);
	if (points == 0)
		return;
	struct table_figure *path =
		figures_table(out, "the way", DRAW_PATH, UNIT_INDEX, points, 2);
	path->columns[0] = "x";
	path->columns[1] = "y";
	size_t row = 0;
	for (size_t i = 0; i < recording->count; i++) {
		const struct event *event = &recording->events[i];
		if (event->kind != EVENT_MOVE || !formula_is_of(instrument, event) ||
			isnan(event->x) || isnan(event->y))
			continue;
		path->rows[row] = arena_format(out->arena, "%u:%02u",
			(unsigned)(event->t_ms / 60000),
			(unsigned)(event->t_ms / 1000 % 60));
		path->cells[row * 2] = event->x;
		path->cells[row * 2 + 1] = event->y;
		row++;
	}
}
