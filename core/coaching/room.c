#include "core/coaching/room.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/base/utf8.h"
#include "core/coaching/search.h"
#include "core/coaching/writing.h"

#define SEATS_MAX 60u

static bool has_label(struct notebook_txn *txn, const struct leaf *leaf, const void *arg)
{
	return leaf->is_private &&
	       bytes_equal(have_text(txn, leaf, "label"), bytes_text(arg));
}

enum err labelled(struct notebook_txn *txn, const char *kind, const char *label,
	struct id *out, struct why *why)
{
	struct leaf *leaf;
	*out = (struct id){{0}};
	enum err e = first_of(txn, kind, has_label, label, &leaf, why);
	if (e == OK && leaf != NULL)
		*out = leaf->id;
	return e;
}

static enum err label_or_new(struct notebook_txn *txn, const char *kind,
	const char *label, struct id *out, struct why *why)
{
	if (label == NULL || utf8_blank(bytes_text(label)))
		return because(why, ERR_INVALID, "a %s needs a name: 9B", kind);
	enum err e = labelled(txn, kind, label, out, why);
	if (e != OK || !id_is_zero(*out))
		return e;
	e = write_new(txn, kind, out, why);
	return e == OK ? write_text(txn, *out, "label", bytes_text(label), why) : e;
}

enum err coach_class(struct notebook_txn *txn, const struct class_words *words,
	struct id *out, struct why *why)
{
	if (words->size < 0 || words->size > (int64_t)SEATS_MAX)
		return because(why, ERR_INVALID, "a class has 1 to 60 pupils, not %lld",
			(long long)words->size);
	enum err e = label_or_new(txn, "class", words->label, out, why);
	if (e == OK && words->subject != NULL)
		e = write_text(txn, *out, "subject", bytes_text(words->subject), why);
	if (e == OK && words->room != NULL)
		e = write_text(txn, *out, "room", bytes_text(words->room), why);
	if (e == OK && words->size > 0)
		e = write_int(txn, *out, "size", words->size, why);
	return e;
}

/* ---- Rooms. */

/* "c3", "r2", "c3r2": which columns and rows, 0 for all. */
static bool read_gap(const char *text, unsigned *column, unsigned *row)
{
	*column = *row = 0;
	while (*text != '\0') {
		unsigned *out = *text == 'c' ? column : *text == 'r' ? row : NULL;
		char *end;
		if (out == NULL || *out != 0)
			return false;
		unsigned long value = strtoul(text + 1, &end, 10);
		if (end == text + 1 || value == 0 || value > ROOM_SIDE)
			return false;
		*out = (unsigned)value;
		text = end;
	}
	return *column != 0 || *row != 0;
}

static enum err mark_gaps(const struct room_words *words, bool *gap, struct why *why)
{
	for (size_t i = 0; i < words->gap_count; i++) {
		unsigned column, row;
		if (!read_gap(words->gaps[i], &column, &row) || column > words->columns ||
			row > words->rows)
			return because(why, ERR_INVALID,
				"\"%.20s\" is no gap in this room; write c3 for a "
				"column, r2 for "
				"a row, c3r2 for one place",
				words->gaps[i]);
		for (unsigned r = 0; r < words->rows; r++)
			for (unsigned c = 0; c < words->columns; c++)
				if ((column == 0 || column == c + 1) &&
					(row == 0 || row == r + 1))
					gap[r * words->columns + c] = true;
	}
	return OK;
}

enum err coach_room(struct notebook_txn *txn, const struct room_words *words,
	struct id *out, struct why *why)
{
	bool gap[ROOM_SIDE * ROOM_SIDE] = {false};
	CLEAN_BUF struct buf cells = {0};
	unsigned seats = 0, places = words->rows * words->columns;
	if (words->rows < 1 || words->rows > ROOM_SIDE || words->columns < 1 ||
		words->columns > ROOM_SIDE)
		return because(why, ERR_INVALID,
			"a room has 1 to 20 rows and columns: kith room 9B 5x6");
	enum err e = mark_gaps(words, gap, why);
	if (e != OK)
		return e;
	pack_array(&cells, places);
	for (unsigned i = 0; i < places; i++)
		pack_uint(&cells, gap[i] ? 0 : ++seats);
	if (seats < 1 || seats > SEATS_MAX)
		return because(
			why, ERR_INVALID, "a class has 1 to 60 seats, not %u", seats);
	e = label_or_new(txn, "room", words->label, out, why);
	if (e == OK)
		e = write_int(txn, *out, "rows", words->rows, why);
	if (e == OK)
		e = write_int(txn, *out, "cols", words->columns, why);
	if (e == OK)
		e = write_packed(txn, *out, "cells", buf_bytes(&cells), why);
	return e;
}

bool room_plan(struct notebook_txn *txn, struct id room, struct floor_plan *out)
{
	struct leaf *leaf;
	struct reading cells;
	*out = (struct floor_plan){0};
	if (leaf_open(txn, room, &leaf, NULL) != OK ||
		strcmp(leaf->head->kind->name, "room") != 0)
		return false;
	out->rows = (unsigned)have_int(txn, leaf, "rows", 0);
	out->columns = (unsigned)have_int(txn, leaf, "cols", 0);
	read_values(leaf->sealed, leaf->draft,
		kind_field(leaf->head->kind, bytes_text("cells")), (struct bytes){0},
		txn_arena(txn), &cells);
	if (cells.count == 0 || out->columns == 0)
		return false;
	struct seat_place *seats = arena_array(txn_arena(txn), SEATS_MAX, sizeof *seats);
	struct pack_reader r = pack_read(cells.items[0].value);
	size_t places = pack_read_array(&r, (size_t)ROOM_SIDE * ROOM_SIDE);
	for (size_t i = 0; i < places && !r.failed; i++) {
		uint64_t seat = pack_read_uint(&r, SEATS_MAX);
		if (seat == 0 || i / out->columns >= out->rows)
			continue;
		seats[seat - 1] = (struct seat_place){
			(unsigned)(i % out->columns), (unsigned)(i / out->columns)};
		if (seat > out->count)
			out->count = (size_t)seat;
	}
	out->seats = seats;
	return out->count > 0;
}
