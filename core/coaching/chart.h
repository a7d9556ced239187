/*
 * Figures drawn in lines of text: bars, ribbons, seats and sheets, with letters, shades
 * and numbers before any colour (DOMAIN §2.4). Each line is whole in itself, so that it
 * reads aloud as it reads on a screen.
 */
#ifndef KITH_COACHING_CHART_H
#define KITH_COACHING_CHART_H

#include "core/coaching/drawing.h"

/* Everything an instrument said. `width`: columns of the screen, at least 40. `plain`: no
 * block characters, every number in words, for a reader aloud. */
void chart_add(struct buf *out, const struct figures *figures,
	const struct floor_plan *plan, size_t width, bool plain);

void chart_table(struct buf *out, const struct table_figure *table,
	const struct floor_plan *plan, size_t width, bool plain);
void chart_ribbon(struct buf *out, const struct ribbon *ribbon, size_t width);

#endif
