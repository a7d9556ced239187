#include "core/notebook/care.h"

#include <string.h>

#include "core/notebook/internal.h"
#include "core/store/backup.h"
#include "core/store/care.h"
#include "core/store/recovery.h"

static const char backup_key[] = "backup";

/* ---- Backup. */

static struct backup_note note_of(const struct backup_facts *facts)
{
	return (struct backup_note){.made_s = facts->made_s,
		.records = facts->records,
		.bytes = facts->bytes,
		.damaged = facts->damaged};
}

static enum err remember_backup(struct notebook *notebook, uint64_t when_s)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	CLEAN_BUF struct buf value = {0};
	buf_add_u64(&value, when_s);
	enum err e = notebook_edit(notebook, &txn, NULL);
	if (e == OK)
		e = store_put(txn->store, TABLE_SETTINGS, bytes_text(backup_key),
			buf_bytes(&value));
	if (e != OK)
		return e;
	e = notebook_commit(txn, NULL);
	txn = NULL;
	return e;
}

enum err notebook_backup(struct notebook *notebook, const char *file, bool with_damaged,
	struct backup_note *out, struct why *why)
{
	struct backup_facts facts;
	enum err e = store_backup(notebook->store, file, notebook_now_s(notebook),
		with_damaged, &facts, why);
	*out = note_of(&facts);
	/* The file is there: that this store cannot note it down only brings the reminder
	 * early. */
	if (e == OK)
		(void)remember_backup(notebook, facts.made_s);
	return e;
}

uint64_t notebook_backed_up_s(struct notebook_txn *txn)
{
	CLEAN_BUF struct buf value = {0};
	uint64_t when_s = 0;
	if (store_get(txn->store, TABLE_SETTINGS, bytes_text(backup_key), &value) != OK)
		return 0;
	struct bytes rest = buf_bytes(&value);
	return bytes_take_u64(&rest, &when_s) ? when_s : 0;
}

bool notebook_backup_is_due(struct notebook_txn *txn)
{
	const struct id *ids;
	size_t count = 0;
	uint64_t last = notebook_backed_up_s(txn);
	if (leaf_all(txn, &ids, &count, NULL) != OK || count == 0)
		return false;
	return last == 0 || (txn->now_s > last && txn->now_s - last > BACKUP_AGE_S);
}

/* Opening it is what begins the new logs: it was never in this folder. */
static enum err settle_in(const char *dir, const struct secret *master,
	const struct schema *schema, uint64_t made_s, struct why *why)
{
	struct notebook *notebook = NULL;
	enum err e = notebook_open(dir, master, schema, &notebook, why);
	if (e == OK)
		(void)remember_backup(notebook, made_s);
	notebook_close(notebook);
	return e;
}

enum err notebook_may_restore(const char *dir, const char *file, struct why *why)
{
	return store_may_restore(dir, file, why);
}

enum err notebook_restore(const char *dir, const char *file, struct bytes passphrase,
	const struct schema *schema, struct secret *master, struct backup_note *out,
	struct why *why)
{
	struct backup_facts facts;
	/* Without it any folder is a new one. */
	enum err e = store_restore(dir, file, passphrase,
		bytes_text(notebook_machine_key), master, &facts, why);
	*out = note_of(&facts);
	if (e != OK)
		return e;
	e = settle_in(dir, master, schema, facts.made_s, why);
	if (e != OK) {
		store_remove(dir);
		secret_wipe(master);
	}
	return e;
}

/* ---- Space. */

enum err notebook_compact(const char *dir, const struct secret *master,
	struct compaction *out, struct why *why)
{
	struct store_compacted done;
	enum err e = store_compact(dir, master, &done, why);
	*out = (struct compaction){done.before, done.after};
	return e;
}

/* ---- Passphrase. */

bool notebook_recovery_key(struct bytes text, struct buf *out)
{
	while (text.len > 0) {
		struct bytes line = text;
		const uint8_t *end = memchr(text.at, '\n', text.len);
		line.len = end != NULL ? (size_t)(end - text.at) : text.len;
		WIPED(recovery) key;
		if (recovery_read(line, &key)) {
			recovery_text(&key, out);
			return true;
		}
		(void)bytes_take(&text, end != NULL ? line.len + 1 : line.len, &line);
	}
	return false;
}

enum err notebook_set_passphrase(struct notebook *notebook, struct bytes passphrase,
	const enum birth_kdf *kdf, struct why *why)
{
	const enum kdf cost = kdf != NULL ? kdf_of_birth(*kdf) : KDF_MODERATE;
	return store_set_passphrase(notebook->store, &notebook->master, passphrase,
		kdf != NULL ? &cost : NULL, why);
}
