/*
 * The store: one folder, one LMDB environment, everything in it sealed (FORMAT.md).
 *
 * Record names are pseudorandom and values are XChaCha20-Poly1305, bound to store, table,
 * document and name. A record belongs to the store, under a key derived from the master
 * key, or to a document, under that document's own random key, so that destroying this
 * key erases what LMDB's free pages still hold. Any number of processes read, one at a
 * time writes; a commit is on the disk when it returns.
 *
 * Source: LMDB (lmdb.h, "Restrictions/caveats"); DESIGN §5, SECURITY §4.
 */
#ifndef KITH_STORE_STORE_H
#define KITH_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/id.h"

struct secret;
struct store;
struct store_txn;

/* What guessing one passphrase costs: Argon2id passes and memory. */
enum kdf {
	KDF_MODERATE, /* 3 × 256 MiB; 6 × 64 MiB where that memory is not to be had */
	KDF_INTERACTIVE, /* 2 × 64 MiB */
	KDF_SENSITIVE,   /* 4 × 1 GiB */
};

struct store_options {
	enum kdf kdf;
	size_t map_size; /* most bytes the data file may grow to; 0: STORE_MAP_DEFAULT */
};

/* Address space, not disk: the data file is as long as what was written into it. valgrind
 * takes no more than this. */
#define STORE_MAP_DEFAULT (UINT64_C(16) << 30)

/* The largest value, and the longest name, of one record. */
#define STORE_VALUE_MAX ((size_t)64 << 20)
#define STORE_KEY_MAX   ((size_t)1024)

/* Part of every record's name: the numbers are on the disk and never change their
 * meaning. */
enum table {
	TABLE_SETTINGS = 1,
	TABLE_PERSON = 2,
	TABLE_SPACE = 3,
	TABLE_LOG = 4,
	TABLE_ENTRY = 5,
	TABLE_SECTION = 6,
	TABLE_DOCUMENT = 7,
	TABLE_DRAFT = 8,
	TABLE_LINK = 9,
	TABLE_MARK = 10,
	TABLE_INDEX = 11,
	TABLE_ACTIVITY = 12,
	TABLES /* one more than the greatest */
};

/* ---- The folder. */

/*
 * Make a store in `dir`, which is made (0700, parents too) if missing and must else be
 * empty and ours. `options` may be NULL. `recovery` (NULL: no recovery slot) has the
 * recovery key's text appended. On an error the folder is as it was, and `*out` is NULL.
 * Errors: ERR_EXISTS where a store is; ERR_FOREIGN where something else is; ERR_INVALID
 * for an empty passphrase; ERR_FULL (disk, or memory for the key); ERR_READ_ONLY; ERR_IO
 * for a path that cannot be made; ERR_BUSY while another process makes one there;
 * ERR_REFUSED for a folder of another user.
 */
MUST_USE enum err store_create(const char *dir, struct bytes passphrase,
	const struct store_options *options, struct buf *recovery, struct store **out,
	struct why *why);

/*
 * The master key, from the passphrase or from the recovery key's text (any case, dashes
 * or none). Reads the header file only. Errors: ERR_PASSPHRASE; ERR_NOT_FOUND,
 * ERR_FOREIGN, ERR_DAMAGED, ERR_VERSION, ERR_REFUSED; ERR_FULL when the memory for the
 * key is not to be had. `master` is zero then.
 */
MUST_USE enum err store_unlock(
	const char *dir, struct bytes passphrase, struct secret *master, struct why *why);

/*
 * Open the store in `dir`, at most once in a process; not to be used across fork().
 * `master` is lent for the call. What a crash left half done is finished or undone first.
 * Errors: ERR_NOT_FOUND (no folder, or nothing in it); ERR_FOREIGN; ERR_DAMAGED, found
 * before LMDB sees the file; ERR_PASSPHRASE when the key is another store's;
 * ERR_READ_ONLY; ERR_REFUSED for a folder that others may write to; ERR_VERSION;
 * ERR_FULL; ERR_BUSY when too many processes read. Nothing is changed by a refusal, and
 * `*out` is NULL.
 */
MUST_USE enum err store_open(const char *dir, const struct secret *master,
	struct store **out, struct why *why);

/* NULL does nothing. A transaction that is still open is aborted. */
void store_close(struct store *store);

/* Remove the files of a store that was just made and is closed, and the folder if nothing
 * else is in it. The key goes first. */
void store_remove(const char *dir);

/*
 * Become the node: hold `dir`/node.lock until `*fd` is closed or the process ends.
 * Errors: ERR_BUSY when another process is the node; ERR_NOT_FOUND, ERR_READ_ONLY,
 * ERR_FULL.
 * `*fd` is -1 then.
 */
MUST_USE enum err store_lock_node(const char *dir, int *fd, struct why *why);

/* ---- What others write. */

/* The number of the last commit of any process. */
uint64_t store_version(struct store *store);

/* A descriptor that becomes readable soon after any process commits; -1 when the system
 * gives none. The store's: not to be closed. */
int store_watch_fd(struct store *store);

/* Take what made it readable. A wake is a hint, also for our own commits: compare
 * store_version(). */
void store_watch_read(struct store *store);

/* ---- Transactions: the store as it stood at one moment, or one change of it. */

/*
 * One at a time in a process. A reader never waits; a writer waits for the writer before
 * it. Errors: ERR_BUSY when this process has one open, or too many processes read;
 * ERR_DAMAGED; ERR_IO; ERR_READ_ONLY, ERR_FULL. `*out` is NULL then.
 */
MUST_USE enum err store_begin(
	struct store *store, bool write, struct store_txn **out, struct why *why);

/*
 * Keep everything, or, on an error, nothing. Frees `txn` either way. Fails if any call on
 * `txn` failed that was to write.
 * Errors: ERR_FULL, ERR_READ_ONLY, ERR_IO. One exception: ERR_IO after an erasing commit
 * may mean that it is kept, but the old key could not be destroyed yet; `why` says so,
 * and the next writer or opener destroys it.
 */
MUST_USE enum err store_commit(struct store_txn *txn, struct why *why);
void store_abort(struct store_txn *txn);   /* NULL does nothing */
void store_abortp(struct store_txn **txn); /* for CLEANUP() */

/* ---- Records of the store. */

/* Errors: ERR_TOO_BIG (key, value, or the transaction); ERR_READ_ONLY in a reader;
 * ERR_FULL. */
MUST_USE enum err store_put(
	struct store_txn *txn, enum table table, struct bytes key, struct bytes value);
/* Append the value to `out`. Errors: ERR_NOT_FOUND; ERR_DAMAGED. `out` is unchanged then.
 */
MUST_USE enum err store_get(
	struct store_txn *txn, enum table table, struct bytes key, struct buf *out);
/* OK where there is none. */
MUST_USE enum err store_delete(struct store_txn *txn, enum table table, struct bytes key);

/* ---- Records of a document, under its own key, which the first put makes. Errors as
 * above; ERR_INVALID for the zero id. */

MUST_USE enum err store_put_of(struct store_txn *txn, struct id document,
	enum table table, struct bytes key, struct bytes value);
MUST_USE enum err store_get_of(struct store_txn *txn, struct id document,
	enum table table, struct bytes key, struct buf *out);
MUST_USE enum err store_delete_of(
	struct store_txn *txn, struct id document, enum table table, struct bytes key);

/* The documents that have a key, in no order. The caller frees `*ids` (mem_free). */
MUST_USE enum err store_documents(struct store_txn *txn, struct id **ids, size_t *count);

/*
 * Erase documents: their keys and all their records go when `txn` commits, and no copy of
 * the folder's files taken after that can be read for them, whoever has the passphrase.
 * Ids that have no key are passed over. A later put makes a new key.
 */
MUST_USE enum err store_erase_in(
	struct store_txn *txn, const struct id *ids, size_t count);

#endif
