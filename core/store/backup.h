/*
 * A store's one file for another disk, and a store made of it again (FORMAT.md).
 *
 * A backup is the store as it stood at one moment, also while others write. It opens with
 * the passphrase of that moment or with the recovery key, whatever became of the store
 * since: what is erased later is in it still.
 */
#ifndef KITH_STORE_BACKUP_H
#define KITH_STORE_BACKUP_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/crypto/keys.h"

struct store;

struct backup_facts {
	uint64_t made_s;  /* when, in seconds since the epoch */
	uint64_t records; /* in it */
	uint64_t bytes;   /* length of the file */
	uint64_t damaged; /* records that do not open */
};

/*
 * Write the backup `file`: beside it first, as FILE.part, and renamed when all of it is
 * on the disk. An older backup of the same store is replaced; nothing else is. Each
 * record is opened on the way.
 *
 * Errors: ERR_DAMAGED when one does not open, unless `with_damaged`; ERR_EXISTS where
 * something else is; ERR_INVALID for a folder, or a place inside the store's; ERR_BUSY
 * while another backup is written there; ERR_FULL, ERR_READ_ONLY, ERR_IO. What was there
 * is there still.
 */
MUST_USE enum err store_backup(struct store *store, const char *file, uint64_t now_s,
	bool with_damaged, struct backup_facts *facts, struct why *why);

/* Look only: the errors of store_restore() that can be told without a passphrase. */
MUST_USE enum err store_may_restore(const char *dir, const char *file, struct why *why);

/*
 * Make a store in `dir` of the backup `file`, as store_create() makes one: nothing is
 * written before all of the file was read and found whole. `setting` is left out: the
 * record of TABLE_SETTINGS that says where the store lies. `master` is its key, zero on
 * an error.
 *
 * Errors: ERR_PASSPHRASE; ERR_FOREIGN for what is no backup, or for a folder that holds
 * something; ERR_DAMAGED, ERR_VERSION of the file; ERR_EXISTS where a store is; ERR_IO
 * where there is no file; as store_create(). The folder is as it was then.
 */
MUST_USE enum err store_restore(const char *dir, const char *file,
	struct bytes passphrase, struct bytes setting, struct secret *master,
	struct backup_facts *facts, struct why *why);

#endif
