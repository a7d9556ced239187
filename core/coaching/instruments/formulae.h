/*
 * The formulae, one function an instrument's `formulae` names; and what they share. The
 * inside of instrument.h. Each states where it is from; DOMAIN §2.1 has the table.
 */
#ifndef KITH_COACHING_FORMULAE_H
#define KITH_COACHING_FORMULAE_H

#include "core/coaching/instruments/instrument.h"

typedef void formula_fn(const struct instrument *instrument,
	const struct recording *recording, struct figures *out);

formula_fn formula_tally, formula_questions, formula_praise, formula_responses,
	formula_disruptions, formula_checklist;           /* tallies.c */
formula_fn formula_wait;                                  /* wait.c */
formula_fn formula_talk, formula_transitions;             /* durations.c */
formula_fn formula_script, formula_verbatim;              /* script.c */
formula_fn formula_flanders;                              /* flanders.c */
formula_fn formula_copus;                                 /* copus.c */
formula_fn formula_sweep, formula_flow, formula_movement; /* seats.c */

/* Whether an event was recorded with this instrument. */
bool formula_is_of(const struct instrument *instrument, const struct event *event);

/* The code of an event by its word; NULL where the instrument has no such code. */
const struct instrument_code *formula_code(
	const struct instrument *instrument, const struct event *event);

/* How many events of that kind have a code of that group, and how many a certain code. */
size_t formula_count_group(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, const char *group);
size_t formula_count_code(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, struct bytes word);

/* Bars: how often each code was recorded. Sets figures' `n` to the sum, and returns it.
 */
size_t formula_bars(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, const char *title,
	struct figures *out);

/* How many events there were by the end of each minute, code by code. */
void formula_growth(const struct instrument *instrument,
	const struct recording *recording, enum event_kind kind, struct figures *out);

/* A label that lives as long as the figures. */
const char *formula_label(struct figures *out, struct bytes text);

#endif
