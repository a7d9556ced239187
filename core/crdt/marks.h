/*
 * Places both wrote (CLI.md "Both wrote"): where two people changed the same thing, each
 * without having seen the other's. Computed from sealed content alone, so both sides mark
 * the same places.
 */
#ifndef KITH_CRDT_MARKS_H
#define KITH_CRDT_MARKS_H

#include "core/crdt/document.h"

struct mark {
	const struct field_schema *field;
	struct bytes key;
	bool is_text;
	/* Register: two competing values, the one shown first and another. Text: two
	 * passages written beside each other without the other having been seen, both
	 * still there; or one written inside of what the other deleted: then `b` is
	 * empty. Plain text of each. */
	struct bytes a, b;
	size_t a_at, b_at; /* text: where they begin, in scalar values */
	struct person_id a_by, b_by;
	uint8_t name[16]; /* stable: hash of field, key and the two places */
};

/* In `arena`, in the schema's order. */
void document_marks(const struct document *document, struct arena *arena,
	struct mark **out, size_t *count);

#endif
