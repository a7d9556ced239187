/*
 * Figures drawn as SVG inside an HTML page, each with its numbers as a table under it, so
 * that nothing is said by a picture alone.
 *
 * Grey-scale safe: amounts are lengths, places, patterns and printed numbers first.
 * Source: SVG 2; WAI-ARIA Graphics: an svg with role img and a title.
 */
#ifndef KITH_COACHING_DRAWING_H
#define KITH_COACHING_DRAWING_H

#include "core/coaching/instruments/figures.h"

/* Where seat k + 1 stands: column and row, from 0. */
struct seat_place {
	unsigned column, row;
};

struct floor_plan {
	const struct seat_place *seats;
	size_t count;
	unsigned rows, columns;
};

/* Everything an instrument said: its numbers as a table, then its drawings. `plan` may be
 * NULL: seats are then laid out in rows of eight. */
void drawing_add(
	struct buf *out, const struct figures *figures, const struct floor_plan *plan);

/* One table and its picture; one ribbon. `name` makes ids in the page unique. */
void drawing_table(struct buf *out, const struct table_figure *table,
	const struct floor_plan *plan, const char *name);
void drawing_ribbon(struct buf *out, const struct ribbon *ribbon, const char *name);

#endif
