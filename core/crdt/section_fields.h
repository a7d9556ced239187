/*
 * What a section does to fields, as bytes: columns (core/crdt/column.h), and the changes
 * to texts, which are bytes already.
 *
 *   content = [columns bin, change bin …]
 *
 * The columns, beside those of which fields:
 *
 *   counts     of each field, its operations beyond one; signed
 *   acts       of each operation, 0 for what the field is there for: a value written, an
 *              element added, a record appended, a text changed; else one more than its
 *              number
 *   replaced   of each that may name places, how many beyond one; beyond none in a
 *              section that creates; signed
 *   logs       of each place, the number of its log among those named before; the next
 *              number names one more
 *   places     of each place, its log where that was not named before, and its entry, as
 *              the signed difference to the last one of that log
 *   positions  of each place
 *   rids, values   8 bytes; core/crdt/value_short.h, or a byte that no value begins with
 *              and any value: no value of that field's
 */
#ifndef KITH_CRDT_SECTION_FIELDS_H
#define KITH_CRDT_SECTION_FIELDS_H

#include "core/base/pack.h"
#include "core/crdt/section.h"

/* Bytes of the columns; a draft has fewer (DRAFT_MAX). */
#define SECTION_COLUMNS_MAX ((size_t)1 << 20)

/* Append the content. The section names its kind. */
void section_fields_encode(const struct section *section, struct buf *out);

/*
 * Read the content into `out->fields`, in `arena`; `out` has its head and its kind.
 * Errors: ERR_CORRUPT; ERR_TOO_BIG; ERR_VOID: a field this kind does not have, or no
 * value of a field's.
 */
MUST_USE enum err section_fields_decode(
	struct pack_reader *r, struct arena *arena, struct section *out);

#endif
