/*
 * A canvas: one <svg> (SVG 2) in the page, drawn by rectangles, lines and words. Its x
 * runs as the language does: where it reads from right to left, all is mirrored but the
 * words. Lengths are user units; the page scales them.
 */
#ifndef KITH_COACHING_CANVAS_H
#define KITH_COACHING_CANVAS_H

#include <stdbool.h>

#include "core/base/bytes.h"

struct canvas {
	struct buf *out; /* borrowed */
	double width, height;
	bool rtl;
	bool axis; /* what is written belongs to an axis, not to the data */
};

/* Begin one in `out`; `name` is its title's id, one of its kind in the page. */
void canvas_open(struct canvas *d, struct buf *out, double width, double height,
	const char *title, const char *name);
void canvas_close(struct canvas *d);

/* Filled; a box has an edge too. */
void canvas_rect(
	const struct canvas *d, double x, double y, double w, double h, const char *fill);
void canvas_box(
	const struct canvas *d, double x, double y, double w, double h, const char *fill);
/* `how`: its attributes, as SVG has them. */
void canvas_line(const struct canvas *d, double x1, double y1, double x2, double y2,
	const char *how);
/* `anchor`: 's' begins at x, 'm' is centred there, 'e' ends there, as the language reads.
 */
void canvas_text(const struct canvas *d, double x, double y, char anchor,
	const char *colour, const char *words);

#endif
