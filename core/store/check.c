#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/store/care.h"
#include "core/store/guard.h"
#include "core/store/internal.h"
#include "core/store/trouble.h"

void store_findings_release(struct store_findings *findings)
{
	mem_free(findings->damaged);
	*findings = (struct store_findings){0};
}

static void add_damaged(struct store_findings *findings, struct id document, size_t *cap)
{
	for (size_t i = 0; i < findings->damaged_count; i++)
		if (id_equal(findings->damaged[i], document))
			return;
	findings->damaged = mem_grow(findings->damaged, findings->damaged_count, cap,
		sizeof *findings->damaged);
	findings->damaged[findings->damaged_count++] = document;
}

static enum err open_each(struct store_txn *txn, const struct keyring *ring,
	struct store_findings *findings)
{
	MDB_cursor *cursor = NULL;
	struct raw_record raw;
	unsigned table = 0;
	size_t cap = 0;
	CLEAN_BUF struct buf content = {0};
	int rc = mdb_cursor_open(txn->mdb, txn->store->dbi, &cursor);
	if (rc != 0)
		return trouble_of(rc, -1);
	rc = mdb_cursor_get(cursor, &raw.name, &raw.value, MDB_FIRST);
	for (; rc == 0; rc = mdb_cursor_get(cursor, &raw.name, &raw.value, MDB_NEXT)) {
		struct id document;
		enum err e = record_try(txn, ring, &raw, &table, &document, &content);
		findings->records++;
		if (e == ERR_NOT_FOUND)
			findings->strangers++;
		else if (e != OK && id_is_zero(document))
			findings->own_damaged++;
		else if (e != OK)
			add_damaged(findings, document, &cap);
	}
	mdb_cursor_close(cursor);
	wipe(content.at, content.cap);
	return rc == MDB_NOTFOUND ? OK : trouble_of(rc, -1);
}

static uint64_t length_of_data(const struct store *store)
{
	struct stat st;
	if (fstatat(store->dir_fd, GUARD_DATA, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	return (uint64_t)st.st_size;
}

enum err store_check(
	struct store *store, struct store_findings *findings, struct why *why)
{
	*findings = (struct store_findings){0};
	CLEANUP(store_abortp) struct store_txn *txn = NULL;
	struct keyring *ring = NULL;
	/* The writer's lock keeps the file still under the walk. */
	enum err e = store_begin(store, true, &txn, why);
	if (e == OK)
		e = guard_walk(store->dir, why);
	if (e != OK)
		return e;
	e = chunks_ring(txn, &ring);
	if (e == OK) {
		findings->documents = keyring_count(ring);
		findings->bytes = length_of_data(store);
		e = open_each(txn, ring, findings);
	}
	if (e == OK)
		return OK;
	return because(why, e,
		"the store in %.300s is damaged: the keys of its documents cannot be "
		"read; restore a backup",
		store->dir);
}
