/*
 * What the files of following share (DESIGN §4.1): one document that follows, and the
 * memory of what was carried into it.
 */
#ifndef KITH_NOTEBOOK_FOLLOW_PARTS_H
#define KITH_NOTEBOOK_FOLLOW_PARTS_H

#include "core/notebook/internal.h"

#define MARK 16u /* bytes: of a value; a log's records are remembered by their ids */

struct follow {
	struct notebook_txn *txn;
	struct space *space;
	struct leaf_own *copy, *master;
	const struct field_schema *field;
	struct bytes key, marks; /* of this field, as they were */
	struct buf carried;      /* of all, as they will be */
	bool changed;
	struct buf *beside; /* follow_beside() */
	struct why *why;
};

typedef enum err (*follow_step)(struct follow *f);

/* ---- What was carried: [name, key, marks] …, as packed items. */

/* The marks of one field, or of one member of a family; borrowed. */
struct bytes follow_marks(const struct buf *carried, const char *name, struct bytes key);
void follow_add_marks(
	struct buf *carried, const char *name, struct bytes key, struct bytes marks);
void follow_mark(struct bytes value, uint8_t out[MARK]);
/* Whether a mark of `len` bytes is among them. */
bool follow_marked(struct bytes marks, const uint8_t *mark, size_t len);
bool follow_value_marked(struct bytes marks, struct bytes value);
bool follow_newest_is(struct bytes marks, struct bytes value);

/* ---- One document. */

/* Owner's fields follow; a log that both write is each pair's own. */
bool follow_has(const struct field_schema *field);
/* What the master holds of a register or a text, as one value; empty: nothing. */
struct bytes follow_value_now(struct follow *f);
/* What the copy shows of it, competing values too. */
void follow_read_copy(struct follow *f, struct reading *out);
/* The value is what was carried last. */
void follow_remember(struct follow *f, struct bytes value);
bool follow_reading_has(const struct reading *reading, struct bytes value);
bool follow_reading_has_rid(const struct reading *reading, const uint8_t rid[8]);
/* One step for each field that follows, by its type; then the memory is kept. */
MUST_USE enum err follow_all(
	struct follow *f, follow_step value, follow_step set, follow_step log);

#endif
