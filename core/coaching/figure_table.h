/*
 * A figure's numbers as a table of the page: it stands under each drawing, so that
 * nothing is said by a picture alone.
 */
#ifndef KITH_COACHING_FIGURE_TABLE_H
#define KITH_COACHING_FIGURE_TABLE_H

#include "core/base/bytes.h"
#include "core/coaching/instruments/figures.h"

/* A number as the reader writes it, with its unit; NaN is "—". */
void figure_value(struct buf *out, enum unit unit, double value);

/* A long row stands as a column, a long list in several columns: paper is narrow. */
void figure_table(struct buf *out, const struct table_figure *t);

#endif
