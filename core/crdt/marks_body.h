/* Marks while they are looked for. Only marks*.c include this. */
#ifndef KITH_CRDT_MARKS_BODY_H
#define KITH_CRDT_MARKS_BODY_H

#include "core/crdt/body.h"
#include "core/crdt/marks.h"

struct marking {
	const struct document *document;
	struct arena *arena;
	struct mark *marks; /* owned while they grow */
	size_t count, cap;
};

/* One more mark, to be filled; borrowed until the next one. */
struct mark *marks_add(struct marking *m, const struct field_state *field);

/* Name it by its two places, in whatever order they are given. */
void marks_name(struct mark *mark, const struct place *a, const struct place *b);

/* Whether any two persons ever wrote here without having seen the other's: most often
 * not, and then no text need be traced. */
bool marks_at_once(const struct document *document);

void marks_in_text(struct marking *m, const struct field_state *field);

#endif
