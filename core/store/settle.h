/*
 * The erasure key in header and memory, kept in step with what LMDB says (SECURITY §4.4).
 *
 * An erasing commit announces the new key in the header, commits to LMDB under it, and
 * takes the old key out of the header. Whatever it dies of in between, LMDB's number says
 * which key is the one, and the next writer takes the other out.
 */
#ifndef KITH_STORE_SETTLE_H
#define KITH_STORE_SETTLE_H

#include "core/store/internal.h"

/*
 * Leave no erasure key but `number` in the header, and both copies of it equal. For the
 * holder of LMDB's write lock. Errors: ERR_DAMAGED when the key is not there; ERR_IO,
 * ERR_FULL.
 */
MUST_USE enum err settle(struct store *store, uint64_t number);

/* Whether settle() has anything to do. */
bool settle_is_due(struct store *store);

/* Put a second erasure key into the header; on the disk when it returns. */
MUST_USE enum err settle_announce(
	struct store *store, uint64_t number, const struct secret *key);

/* Have the key of that number in memory, and drop what another one opened. Errors:
 * ERR_GAP when the header has it no longer; ERR_DAMAGED; ERR_IO. */
MUST_USE enum err settle_key(struct store *store, uint64_t number);

#endif
