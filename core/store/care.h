/*
 * The care of a store: is all of it as it was written, give back the space of what is
 * gone, and a new passphrase.
 */
#ifndef KITH_STORE_CARE_H
#define KITH_STORE_CARE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/id.h"
#include "core/crypto/keys.h"
#include "core/store/store.h"

/* ---- Is it whole? */

struct store_findings {
	uint64_t records, documents, bytes;
	uint64_t own_damaged; /* records of the store that do not open */
	uint64_t strangers;   /* records of no document that is here */
	struct id *damaged;   /* documents with a record that does not open; owned */
	size_t damaged_count;
};

/*
 * Read the data file page by page, then open each record. Nobody writes meanwhile; they
 * wait. What is found is in `findings`, to be released. Errors: ERR_DAMAGED when LMDB's
 * pages or the keys of the documents are, so that no record can be told from another;
 * ERR_IO. Damaged records are findings, not an error.
 */
MUST_USE enum err store_check(
	struct store *store, struct store_findings *findings, struct why *why);
void store_findings_release(struct store_findings *findings);

/* ---- The space of what is gone. */

struct store_compacted {
	uint64_t before, after; /* bytes of the data file */
};

/*
 * Write the data file anew with only the records that there are, and put it in the old
 * one's place. Whatever it dies of, one of the two is there, whole. The store is not to
 * be open in this process. Errors: ERR_BUSY when another process has it open; ERR_FULL
 * when the disk has no room for both; ERR_DAMAGED; as store_open().
 */
MUST_USE enum err store_compact(const char *dir, const struct secret *master,
	struct store_compacted *out, struct why *why);

/* ---- Who may open it. */

/*
 * Give the store a new passphrase; the old one opens it no more, the recovery key does.
 * `kdf` NULL: a guess costs what it cost before. Waits for writers.
 * Errors: ERR_INVALID for an empty one; ERR_PASSPHRASE when `master` is another store's;
 * ERR_FULL (memory, disk), ERR_READ_ONLY, ERR_IO: the old one holds, unless `why` says
 * that nobody knows.
 */
MUST_USE enum err store_set_passphrase(struct store *store, const struct secret *master,
	struct bytes passphrase, const enum kdf *kdf, struct why *why);

#endif
