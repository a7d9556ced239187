#include "core/coaching/class_list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/fold.h"
#include "core/coaching/csv.h"

/* Rows of a list that is longer than any class, and its headings. */
#define ROWS_MAX (CLASS_LIST_MAX + 2u)

struct row {
	struct csv_row cells;
	unsigned line;
};

/* What the columns are; a list has at most one of seats and some of names, which are put
 * together in this order. */
#define NAME_COLUMNS 3u

struct columns {
	size_t seat; /* SIZE_MAX: none */
	size_t names[NAME_COLUMNS];
	size_t name_count;
};

/* ---- Headings. */

enum heading { HEADING_NONE, HEADING_SEAT, HEADING_NAME, HEADING_FIRST, HEADING_LAST };

/* Folded, in the languages that schools near us write them in. */
static const struct {
	const char *word;
	enum heading heading;
} headings[] = {
	{"seat", HEADING_SEAT},
	{"seat no", HEADING_SEAT},
	{"seat number", HEADING_SEAT},
	{"no", HEADING_SEAT},
	{"no.", HEADING_SEAT},
	{"nr", HEADING_SEAT},
	{"nr.", HEADING_SEAT},
	{"#", HEADING_SEAT},
	{"number", HEADING_SEAT},
	{"nummer", HEADING_SEAT},
	{"platz", HEADING_SEAT},
	{"sitzplatz", HEADING_SEAT},
	{"place", HEADING_SEAT},
	{"asiento", HEADING_SEAT},
	{"miejsce", HEADING_SEAT},
	{"name", HEADING_NAME},
	{"full name", HEADING_NAME},
	{"pupil", HEADING_NAME},
	{"pupil name", HEADING_NAME},
	{"student", HEADING_NAME},
	{"student name", HEADING_NAME},
	{"schuler", HEADING_NAME},
	{"eleve", HEADING_NAME},
	{"alumno", HEADING_NAME},
	{"first name", HEADING_FIRST},
	{"firstname", HEADING_FIRST},
	{"forename", HEADING_FIRST},
	{"given name", HEADING_FIRST},
	{"vorname", HEADING_FIRST},
	{"prenom", HEADING_FIRST},
	{"nombre", HEADING_FIRST},
	{"imie", HEADING_FIRST},
	{"last name", HEADING_LAST},
	{"lastname", HEADING_LAST},
	{"surname", HEADING_LAST},
	{"family name", HEADING_LAST},
	{"nachname", HEADING_LAST},
	{"familienname", HEADING_LAST},
	{"nom", HEADING_LAST},
	{"apellido", HEADING_LAST},
	{"apellidos", HEADING_LAST},
	{"nazwisko", HEADING_LAST},
};

static enum heading heading_of(struct bytes cell)
{
	CLEAN_BUF struct buf folded = {0};
	fold_add(&folded, cell);
	for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
		if (bytes_equal(buf_bytes(&folded), bytes_text(headings[i].word)))
			return headings[i].heading;
	return HEADING_NONE;
}

static bool has_headings(const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (heading_of(row->cells[i]) != HEADING_NONE)
			return true;
	return false;
}

static enum err read_headings(const struct row *row, struct columns *out, struct why *why)
{
	static const enum heading order[] = {HEADING_NAME, HEADING_FIRST, HEADING_LAST};
	*out = (struct columns){.seat = SIZE_MAX};
	for (size_t i = row->cells.count; i > 0; i--)
		if (heading_of(row->cells.cells[i - 1]) == HEADING_SEAT)
			out->seat = i - 1;
	for (size_t k = 0; k < 3; k++)
		for (size_t i = 0; i < row->cells.count; i++)
			if (out->name_count < NAME_COLUMNS &&
				heading_of(row->cells.cells[i]) == order[k])
				out->names[out->name_count++] = i;
	return out->name_count > 0 ? OK
				   : because(why, ERR_INVALID,
					     "line %u: none of the headings says where "
					     "the names are; "
					     "call that column \"name\"",
					     row->line);
}

/* ---- Without headings. */

static bool is_number(struct bytes cell)
{
	for (size_t i = 0; i < cell.len; i++)
		if (cell.at[i] < '0' || cell.at[i] > '9')
			return false;
	return cell.len > 0;
}

static bool is_seats(const struct row *rows, size_t count, size_t column)
{
	for (size_t i = 0; i < count; i++)
		if (column >= rows[i].cells.count ||
			!is_number(rows[i].cells.cells[column]))
			return false;
	return count > 0;
}

static void guess_columns(const struct row *rows, size_t count, struct columns *out)
{
	size_t widest = 0;
	*out = (struct columns){.seat = SIZE_MAX};
	for (size_t i = 0; i < count; i++)
		if (rows[i].cells.count > widest)
			widest = rows[i].cells.count;
	/* A first cell that is a number is a seat; whether it is one is checked later. */
	for (size_t i = 0; widest > 1 && i < count; i++)
		if (is_number(rows[i].cells.cells[0]))
			out->seat = 0;
	if (out->seat == SIZE_MAX && widest > 1 && is_seats(rows, count, widest - 1))
		out->seat = widest - 1;
	for (size_t i = 0; i < widest && out->name_count < NAME_COLUMNS; i++)
		if (i != out->seat)
			out->names[out->name_count++] = i;
}

/* ---- Names. */

static const char *name_of(
	const struct row *row, const struct columns *columns, struct arena *arena)
{
	CLEAN_BUF struct buf name = {0};
	for (size_t i = 0; i < columns->name_count; i++) {
		if (columns->names[i] >= row->cells.count)
			continue;
		struct bytes part = row->cells.cells[columns->names[i]];
		if (part.len > 0 && name.len > 0)
			buf_add_u8(&name, ' ');
		for (size_t k = 0; k < part.len; k++)
			buf_add_u8(&name, part.at[k] < ' ' ? ' ' : part.at[k]);
	}
	return arena_string(arena, buf_bytes(&name));
}

static enum err seat_of(const struct row *row, const struct columns *columns,
	unsigned next, struct arena *arena, unsigned *out, struct why *why)
{
	*out = next;
	if (columns->seat == SIZE_MAX)
		return OK;
	struct bytes cell = {0};
	if (columns->seat < row->cells.count)
		cell = row->cells.cells[columns->seat];
	const char *text = arena_string(arena, cell);
	unsigned long seat =
		is_number(cell) && cell.len <= 3 ? strtoul(text, NULL, 10) : 0;
	if (seat < 1 || seat > CLASS_LIST_MAX)
		return because(why, ERR_INVALID,
			"line %u: \"%.30s\" is no seat from 1 to 60", row->line, text);
	*out = (unsigned)seat;
	return OK;
}

static enum err add_row(const struct row *row, const struct columns *columns,
	struct arena *arena, struct name_entry *out, size_t *count, struct why *why)
{
	unsigned seat, next = *count > 0 ? out[*count - 1].seat + 1 : 1;
	enum err e = seat_of(row, columns, next, arena, &seat, why);
	if (e != OK)
		return e;
	const char *name = name_of(row, columns, arena);
	if (name[0] == '\0')
		return because(why, ERR_INVALID, "line %u: seat %u has no name",
			row->line, seat);
	for (size_t i = 0; i < *count; i++)
		if (out[i].seat == seat)
			return because(why, ERR_INVALID,
				"line %u: seat %u has a name already, further up",
				row->line, seat);
	out[(*count)++] = (struct name_entry){.seat = seat, .name = name};
	return OK;
}

static enum err read_rows(struct bytes file, struct arena *arena, struct row *rows,
	size_t *count, struct why *why)
{
	struct csv_reader reader;
	bool more = true;
	enum err e = csv_open(file, &reader, why);
	for (*count = 0; e == OK && *count < ROWS_MAX; (*count)++) {
		e = csv_next(&reader, arena, &rows[*count].cells, &more, why);
		rows[*count].line = reader.line;
		if (e != OK || !more)
			break;
	}
	return e;
}

enum err class_list_read(struct bytes file, struct arena *arena, struct name_entry **out,
	size_t *count, struct why *why)
{
	struct row *rows = arena_array(arena, ROWS_MAX, sizeof *rows);
	struct columns columns;
	size_t row_count, first = 0;
	*count = 0;
	*out = arena_array(arena, ROWS_MAX, sizeof **out);
	enum err e = read_rows(file, arena, rows, &row_count, why);
	if (e == OK && row_count > 0 && has_headings(&rows[0].cells)) {
		first = 1;
		e = read_headings(&rows[0], &columns, why);
	} else if (e == OK) {
		guess_columns(rows, row_count, &columns);
	}
	if (e != OK)
		return e;
	if (row_count == first)
		return because(why, ERR_INVALID, "there are no names in it");
	if (row_count - first > CLASS_LIST_MAX)
		return because(why, ERR_INVALID,
			"there are more than 60 names in it: that is more than a class");
	for (size_t i = first; e == OK && i < row_count; i++)
		e = add_row(&rows[i], &columns, arena, *out, count, why);
	return e;
}
