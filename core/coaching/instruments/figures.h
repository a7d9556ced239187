/*
 * Figures: what an instrument says of a recording. Numbers with what they were counted
 * from, and tables and ribbons to draw, for the terminal and for a report alike. Nothing
 * here is a score: no figure knows good from bad (DOMAIN R3).
 *
 * A percentage of fewer than FIGURES_FEW events is not said: the count is, of how many.
 * What has nothing to be divided by is not 0 but unknown, shown as "—".
 */
#ifndef KITH_COACHING_FIGURES_H
#define KITH_COACHING_FIGURES_H

#include "core/coaching/instruments/event.h"

#define FIGURES_FEW 10u

enum unit {
	UNIT_COUNT,
	UNIT_PERCENT, /* 0 … 100 */
	UNIT_PER_MIN,
	UNIT_PER_10_MIN,
	UNIT_SECONDS, /* shown to half a second where a hand pressed the key */
	UNIT_TIME,    /* milliseconds, shown as minutes and seconds */
	UNIT_RATIO,   /* to 1 */
	UNIT_INDEX,   /* a plain number, such as Gini's */
};

/* One number. */
struct figure {
	const char *name; /* a message for gettext; static or in the arena */
	enum unit unit;
	double value;
	bool is_known; /* false: shown as "—" */
	size_t n;      /* what it was counted from */
	size_t of;     /* UNIT_COUNT in place of a percentage: of how many; else 0 */
};

/* How a table wants to be drawn. */
enum drawing {
	DRAW_BARS,  /* a bar for each row, one or more columns */
	DRAW_GRID,  /* rows and columns as they stand: a matrix, an interval sheet */
	DRAW_SEATS, /* cell k is seat k + 1: laid out as the room is */
	DRAW_LINE,  /* the columns are points in time or rounds, each row a line */
	DRAW_STRIP, /* each value a dot on one axis */
	DRAW_PATH,  /* two columns: x and y, in the order of time */
	DRAW_LIST,  /* rows of text */
};

/* A table of numbers and its labels; NAN is an empty cell. */
struct table_figure {
	const char *title;
	enum drawing drawing;
	enum unit unit;
	const char **rows,
		**columns; /* labels; messages for gettext where they are codes' */
	size_t row_count, column_count;
	double *cells;      /* row by row; NULL for DRAW_LIST */
	const char **texts; /* DRAW_LIST: row by row, in the reader's language */
	double mark;        /* a line to draw, such as 3 s; NAN: none */
};

/* States one after the other: one letter a step, '.' where nothing was observed. */
struct ribbon {
	const char *title;
	uint64_t step_ms;
	const char *letters;
	const char *const *words; /* what each letter of `keys` means */
	const char *keys;
};

/* Everything lives in the arena it was made in. */
struct figures {
	const char *instrument; /* its name */
	const char *method; /* how it was observed and what that does to the numbers */
	uint64_t length_ms, observed_ms;
	size_t n; /* events it looked at */
	struct figure *items;
	size_t count, cap;
	struct table_figure *tables;
	size_t table_count, table_cap;
	struct ribbon *ribbons;
	size_t ribbon_count, ribbon_cap;
	struct arena *arena;
};

void figures_init(struct figures *figures, struct arena *arena,
	const struct recording *recording, const char *instrument, const char *method);

void figures_count(struct figures *figures, const char *name, size_t n);
/* Any number with what it was counted from. NAN: unknown. */
void figures_add(struct figures *figures, const char *name, enum unit unit, double value,
	size_t n);
/* part of whole: a percentage, or the count where `whole` is under FIGURES_FEW; unknown
 * where it is 0. */
void figures_share(struct figures *figures, const char *name, size_t part, size_t whole);
/* The same of durations: a percentage however few they are; `n` says how many. */
void figures_time_share(struct figures *figures, const char *name, uint64_t part_ms,
	uint64_t whole_ms, size_t n);
/* n per minute or per 10 minutes of what was observed. */
void figures_rate(struct figures *figures, const char *name, enum unit unit, size_t n);

/* A table of NANs to fill; labels are copied. Valid until the next table is added. */
struct table_figure *figures_table(struct figures *figures, const char *title,
	enum drawing drawing, enum unit unit, size_t rows, size_t columns);
void figures_ribbon(struct figures *figures, const char *title, uint64_t step_ms,
	const char *letters, const char *keys, const char *const *words);

/* Median and quartiles (the median of each half, the middle one left out of both) of
 * `count` values, which get sorted; NAN where there are none. */
struct spread {
	double low, median, high;
};
struct spread spread_of(double *values, size_t count);

/* The figure of that name, or NULL. */
const struct figure *figures_find(const struct figures *figures, const char *name);

/* "53 %", "7 of 9", "1.5 s", "21:12", "—": append, with that decimal point. */
void figure_text(const struct figure *figure, const char *decimal, struct buf *out);

#endif
