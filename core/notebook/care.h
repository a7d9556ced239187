/*
 * The care of a notebook: a backup and a notebook made of it again, is all of it whole,
 * the space of what is gone, a new passphrase (DESIGN §5; core/store has the bytes).
 */
#ifndef KITH_NOTEBOOK_CARE_H
#define KITH_NOTEBOOK_CARE_H

#include "core/notebook/notebook.h"

/* ---- Backup. */

struct backup_note {
	uint64_t made_s; /* when, in seconds since the epoch */
	uint64_t records;
	uint64_t bytes;   /* of the file */
	uint64_t damaged; /* records in it that do not open */
};

/* Write the backup `file`, also while others use the notebook: store_backup(), with its
 * errors. When it was made is remembered here. */
MUST_USE enum err notebook_backup(struct notebook *notebook, const char *file,
	bool with_damaged, struct backup_note *out, struct why *why);

/* When the last backup was made, or the one that this notebook was restored from; 0:
 * never. */
uint64_t notebook_backed_up_s(struct notebook_txn *txn);

/* How old the last backup may be before kith says so. */
#define BACKUP_AGE_S (UINT64_C(14) * 24 * 60 * 60)

/* Whether it is time for one: there is something to lose, and none is younger. */
bool notebook_backup_is_due(struct notebook_txn *txn);

/* Whether there is a backup of that name and `dir` is free for it, before anybody types a
 * passphrase. Errors: those of notebook_restore() that can be told without one. */
MUST_USE enum err notebook_may_restore(
	const char *dir, const char *file, struct why *why);

/*
 * Make a notebook in `dir` of the backup `file`: store_restore(), with its errors. It
 * goes on beside the one that the backup was made of: new logs in all spaces, open drafts
 * of shared documents are private notes beside them (restore.h). `master` is its key.
 */
MUST_USE enum err notebook_restore(const char *dir, const char *file,
	struct bytes passphrase, const struct schema *schema, struct secret *master,
	struct backup_note *out, struct why *why);

/* ---- Space. */

struct compaction {
	uint64_t before, after; /* bytes of the data file */
};

/* Give back the space of what is gone: store_compact(), with its errors. The notebook is
 * not to be open, here or elsewhere. */
MUST_USE enum err notebook_compact(const char *dir, const struct secret *master,
	struct compaction *out, struct why *why);

/* ---- Passphrase. */

/* Whether the text is, or has in one of its lines, a recovery key; append it to `out`. */
bool notebook_recovery_key(struct bytes text, struct buf *out);

/* A new passphrase: store_set_passphrase(), with its errors. `kdf`
 * NULL: a guess costs what it cost before. */
MUST_USE enum err notebook_set_passphrase(struct notebook *notebook,
	struct bytes passphrase, const enum birth_kdf *kdf, struct why *why);

#endif
