/*
 * A document as this store keeps it: a form byte, 2; columns (core/crdt/column.h); the
 * texts, one after another, as text_save() has them. Only document_save.c and
 * document_load.c include this.
 *
 * The columns, beside those of which fields:
 *
 *   head       kind, way and role, persons, logs: below
 *   counts     of each field that is no text, its values or records beyond one; signed
 *   entries    of each value and record, the entry it was written in, by its number
 *              among all of all logs, as the signed difference to the one before
 *   positions  how much more than one after the last where that is of the same field and
 *              entry, else as it is
 *   rids       8 bytes each
 *   values     core/crdt/value_short.h; of a record that is void a byte that none begins
 *              with
 *   texts      how many bytes each has
 *
 * The head has, in this order:
 *
 *   the letter of the kind; or 0, length and name
 *   three times the way, and the role
 *   owner, 32 bytes; creator, a person
 *   how many logs wrote here, and of each: log, 8 bytes; person; how many entries, and of
 *   each how much more than one it comes after the last, and the same of its lamport
 *   of each log again: how many times it began elsewhere, and of each the difference to
 *   the entry before, how many logs it had seen, and these: number and entry
 *
 * A person is the number of one named before, the owner first; the next number names one
 * more, 32 bytes. Lamport and person of a value are those of its entry. What is kept of a
 * document of one entry is little more than its values.
 */
#ifndef KITH_CRDT_DOCUMENT_COLUMNS_H
#define KITH_CRDT_DOCUMENT_COLUMNS_H

#include "core/crdt/body.h"
#include "core/crdt/field_columns.h"

#define DOCUMENT_FORM 2u

/* Bytes of the columns: far more than LOG_MAX records of a lesson. */
#define DOCUMENT_COLUMNS_MAX ((size_t)256 << 20)

enum {
	COLUMN_HEAD = 1,
	COLUMN_RIDS,
	COLUMN_VALUES,
	COLUMN_COUNTS,
	COLUMN_ENTRIES,
	COLUMN_POSITIONS,
	COLUMN_TEXTS,
};

#define DOCUMENT_ZEROS                                                                   \
	(FIELD_COLUMNS_ZEROS | 1u << COLUMN_COUNTS | 1u << COLUMN_ENTRIES |              \
		1u << COLUMN_POSITIONS)

/* Persons in the order they are named: owner, creator, those of the logs. */
#define PERSONS_MAX (2 + VECTOR_LOGS_MAX)

struct persons {
	struct person_id items[PERSONS_MAX];
	size_t count;
};

/* Which one it is; their number where it is none. */
size_t persons_find(const struct persons *persons, const struct person_id *person);

#endif
