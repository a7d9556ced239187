#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/store/care.h"
#include "core/store/fresh.h"
#include "core/store/guard.h"
#include "core/store/internal.h"
#include "core/store/trouble.h"

static enum err copy_all(struct store_txn *txn, struct fresh *fresh)
{
	MDB_cursor *cursor = NULL;
	MDB_val name, value;
	MDB_stat stat;
	uint64_t count = 0;
	int rc = mdb_stat(txn->mdb, txn->store->dbi, &stat);
	if (rc == 0)
		rc = mdb_cursor_open(txn->mdb, txn->store->dbi, &cursor);
	enum err e = trouble_of(rc, -1);
	if (e == OK)
		rc = mdb_cursor_get(cursor, &name, &value, MDB_FIRST);
	for (; e == OK && rc == 0 && count < stat.ms_entries; count++) {
		if (name.mv_size != NAME_LEN)
			e = ERR_DAMAGED;
		else
			e = fresh_add(fresh, name.mv_data,
				(struct bytes){value.mv_data, value.mv_size});
		rc = mdb_cursor_get(cursor, &name, &value, MDB_NEXT);
	}
	if (cursor != NULL)
		mdb_cursor_close(cursor);
	/* Neither fewer than LMDB has counted nor more: a ring of pages would never end.
	 */
	if (e == OK && (rc != MDB_NOTFOUND || count != stat.ms_entries))
		return rc > 0 ? trouble_of(rc, -1) : ERR_DAMAGED;
	return e;
}

static enum err write_copy(struct store *store)
{
	CLEANUP(fresh_freep) struct fresh *fresh = NULL;
	CLEANUP(store_abortp) struct store_txn *txn = NULL;
	enum err e = store_begin(store, false, &txn, NULL);
	if (e == OK)
		e = fresh_open(store->dir, GUARD_COPY, &fresh);
	if (e == OK)
		e = copy_all(txn, fresh);
	if (e != OK)
		return e;
	e = fresh_close(fresh);
	fresh = NULL;
	return e;
}

static enum err put_in_place(struct store *store)
{
	if (renameat(store->dir_fd, GUARD_COPY, store->dir_fd, GUARD_DATA) != 0)
		return trouble_of(errno, store->dir_fd);
	/* It numbers its commits from the beginning; what LMDB noted of the old one's is
	 * nothing to go by. */
	(void)unlinkat(store->dir_fd, GUARD_LOCK, 0);
	if (fsync(store->dir_fd) != 0 && errno != EINVAL)
		return ERR_IO;
	return OK;
}

static uint64_t length_of(const struct store *store, const char *name)
{
	struct stat st;
	if (fstatat(store->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	return (uint64_t)st.st_size;
}

enum err store_compact(const char *dir, const struct secret *master,
	struct store_compacted *out, struct why *why)
{
	*out = (struct store_compacted){0};
	struct store *store = NULL;
	enum err e = store_open_alone(dir, master, &store, why);
	if (e != OK)
		return e;
	out->before = length_of(store, GUARD_DATA);
	e = write_copy(store);
	/* LMDB has the old file in its hands; from here on only its number may. */
	store_close_env(store);
	if (e == OK)
		e = put_in_place(store);
	else
		guard_clear(store->dir_fd);
	out->after = length_of(store, GUARD_DATA);
	store_close(store);
	if (e == OK)
		return OK;
	if (e == ERR_FULL)
		return because(why, e,
			"the store in %.300s was left as it is: there is no room on its "
			"disk for a second copy",
			dir);
	return because(
		why, e, "the store in %.300s was left as it is: %s", dir, err_text(e));
}
