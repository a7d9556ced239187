#include "core/store/fresh.h"

#include <errno.h>
#include <lmdb.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/internal.h"
#include "core/store/trouble.h"

/* Of one commit: LMDB keeps the pages of a transaction in memory. */
#define BATCH ((size_t)16 << 20)

struct fresh {
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	size_t pending; /* bytes in `txn` */
	char *dir;      /* to ask how full its disk is */
};

static enum err trouble(const struct fresh *fresh, int rc)
{
	/* LMDB calls a full disk an input/output error. */
	if (rc == 0)
		return OK;
	if (rc == MDB_KEYEXIST)
		return ERR_DAMAGED;
	CLEAN_FD int fd = open_dir(fresh->dir);
	return trouble_of(rc, fd);
}

void fresh_free(struct fresh *fresh)
{
	if (fresh == NULL)
		return;
	if (fresh->txn != NULL)
		mdb_txn_abort(fresh->txn);
	if (fresh->env != NULL)
		mdb_env_close(fresh->env);
	mem_free(fresh->dir);
	mem_free(fresh);
}

void fresh_freep(struct fresh **fresh)
{
	fresh_free(*fresh);
	*fresh = NULL;
}

static int begin(struct fresh *fresh, const char *path)
{
	int rc = mdb_env_create(&fresh->env);
	if (rc == 0)
		rc = mdb_env_set_mapsize(fresh->env, map_default());
	/* Not synced at each commit: until fresh_close() it is nobody's data. */
	if (rc == 0)
		rc = mdb_env_open(
			fresh->env, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC, 0600);
	if (rc == 0)
		rc = mdb_txn_begin(fresh->env, NULL, 0, &fresh->txn);
	if (rc == 0)
		rc = mdb_dbi_open(fresh->txn, NULL, 0, &fresh->dbi);
	return rc;
}

enum err fresh_open(const char *dir, const char *name, struct fresh **out)
{
	*out = NULL;
	CLEAN_BUF struct buf path = {0};
	buf_add_format(&path, "%s/%s", dir, name);
	struct fresh *fresh = mem_new(sizeof *fresh);
	fresh->dir = mem_text(dir);
	if (unlink(buf_text(&path)) != 0 && errno != ENOENT) {
		enum err e = trouble(fresh, errno);
		fresh_free(fresh);
		return e;
	}
	int rc = begin(fresh, buf_text(&path));
	if (rc != 0) {
		enum err e = trouble(fresh, rc);
		fresh_free(fresh);
		return e;
	}
	*out = fresh;
	return OK;
}

static int commit(struct fresh *fresh)
{
	MDB_txn *txn = fresh->txn;
	fresh->txn = NULL;
	fresh->pending = 0;
	return mdb_txn_commit(txn);
}

enum err fresh_add(struct fresh *fresh, const uint8_t name[NAME_LEN], struct bytes value)
{
	uint8_t copy[NAME_LEN];
	for (size_t i = 0; i < NAME_LEN; i++)
		copy[i] = name[i];
	MDB_val key = {.mv_size = NAME_LEN, .mv_data = copy},
		place = {.mv_size = value.len};
	int rc = 0;
	if (fresh->pending > BATCH && (rc = commit(fresh)) == 0)
		rc = mdb_txn_begin(fresh->env, NULL, 0, &fresh->txn);
	if (rc == 0)
		rc = mdb_put(
			fresh->txn, fresh->dbi, &key, &place, MDB_APPEND | MDB_RESERVE);
	if (rc != 0)
		return trouble(fresh, rc);
	struct bytes rest = value;
	(void)bytes_take_into(&rest, place.mv_data, value.len);
	fresh->pending += value.len;
	return OK;
}

enum err fresh_close(struct fresh *fresh)
{
	int rc = commit(fresh);
	if (rc == 0)
		rc = mdb_env_sync(fresh->env, 1);
	enum err e = trouble(fresh, rc);
	fresh_free(fresh);
	return e;
}
