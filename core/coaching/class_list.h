/*
 * A class list, as a spreadsheet or a school's software writes it (core/coaching/csv.h):
 * a name a line, or columns in any order, with headings or without. It is read into the
 * name key and goes nowhere else.
 */
#ifndef KITH_COACHING_CLASS_LIST_H
#define KITH_COACHING_CLASS_LIST_H

#include "core/coaching/names.h"

#define CLASS_LIST_MAX 60u

/*
 * The names of a list and their seats: as it says, else in its order from seat 1 on.
 * First and last names in columns of their own are one name. In the arena.
 * Errors: ERR_INVALID, naming the line, for a seat that is none or is taken, a seat
 * without a name, more than CLASS_LIST_MAX names, headings of which none is a name, a
 * file without names; as csv_open() and csv_next().
 */
MUST_USE enum err class_list_read(struct bytes file, struct arena *arena,
	struct name_entry **out, size_t *count, struct why *why);

#endif
