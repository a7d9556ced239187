/*
 * Values of fields as people write and read them: dates, words of a choice, numbers,
 * handles. Inside they are MessagePack (core/base/pack.h).
 */
#ifndef KITH_COACHING_VALUES_H
#define KITH_COACHING_VALUES_H

#include <stdbool.h>

#include "core/notebook/notebook.h"

/*
 * Append the value that `text` means in a register or set of this field. A reference is a
 * handle or title. Whether the value lies in the schema's limits is value_check()'s to
 * say. Errors: ERR_INVALID; of a reference ERR_NOT_FOUND, ERR_AMBIGUOUS.
 */
MUST_USE enum err value_read(struct notebook_txn *txn, const struct field_schema *field,
	struct bytes text, struct buf *out, struct why *why);

/*
 * Append the record that `text` means: of a record with one part that is needed and is a
 * text, `text` itself; else NAME=VALUE parts with semicolons in between. Errors: as
 * value_read().
 */
MUST_USE enum err record_read(struct notebook_txn *txn, const struct field_schema *field,
	struct bytes text, struct buf *out, struct why *why);

/* A number as a person writes it, with a point or a comma before the decimals. "1,234" is
 * refused where the reader's decimal point is a point: it may be a thousand. */
bool number_read(const char *text, double *out);

#endif
