#include <string.h>

#include "core/base/mem.h"
#include "core/store/internal.h"
#include "core/store/settle.h"
#include "core/store/trouble.h"

/* A reader that falls between two commits of an eraser looks again. */
#define TRIES 100

/* ---- Beginning. */

static enum err begin_mdb(struct store_txn *txn)
{
	struct store *store = txn->store;
	unsigned flags = txn->write ? 0 : MDB_RDONLY;
	int rc = mdb_txn_begin(store->env, NULL, flags, &txn->mdb);
	if (rc == MDB_MAP_RESIZED) {
		/* Another process has a larger map and has used it. Nothing is open here.
		 */
		rc = mdb_env_set_mapsize(store->env, 0);
		if (rc == 0)
			rc = mdb_txn_begin(store->env, NULL, flags, &txn->mdb);
	}
	if (rc != 0)
		txn->mdb = NULL;
	return trouble_of(rc, store->dir_fd);
}

static enum err start(struct store_txn *txn)
{
	enum err e = begin_mdb(txn);
	if (e == OK)
		e = state_get(txn);
	if (e == OK && txn->write)
		e = settle(txn->store, txn->state.erasure);
	return e == OK ? settle_key(txn->store, txn->state.erasure) : e;
}

static void end_mdb(struct store_txn *txn)
{
	if (txn->mdb != NULL)
		mdb_txn_abort(txn->mdb);
	txn->mdb = NULL;
}

static void txn_free(struct store_txn *txn)
{
	end_mdb(txn);
	if (txn->ring_changed)
		chunks_forget(txn->store);
	txn->store->txn = NULL;
	buf_release(&txn->box);
	mem_free(txn);
}

static enum err cannot_begin(const struct store *store, enum err e, struct why *why)
{
	if (e == ERR_GAP || e == ERR_DAMAGED)
		return because(why, ERR_DAMAGED,
			"the store in %.300s is damaged: its header and its data do not "
			"belong "
			"together",
			store->dir);
	return because(why, e, "the store in %.300s cannot be read: %s", store->dir,
		err_text(e));
}

enum err store_begin(
	struct store *store, bool write, struct store_txn **out, struct why *why)
{
	*out = NULL;
	if (store->txn != NULL)
		return because(
			why, ERR_BUSY, "this kith is in the middle of another change");
	struct store_txn *txn = mem_new(sizeof *txn);
	txn->store = store;
	txn->write = write;
	store->txn = txn;
	enum err e = start(txn);
	for (int i = 0; e == ERR_GAP && !write && i < TRIES; i++) {
		end_mdb(txn);
		e = start(txn);
	}
	if (e != OK) {
		txn_free(txn);
		return cannot_begin(store, e, why);
	}
	*out = txn;
	return OK;
}

/* ---- Ending. */

void store_abort(struct store_txn *txn)
{
	if (txn != NULL)
		txn_free(txn);
}

void store_abortp(struct store_txn **txn)
{
	store_abort(*txn);
	*txn = NULL;
}

static enum err commit_mdb(struct store_txn *txn)
{
	int rc = mdb_txn_commit(txn->mdb);
	txn->mdb = NULL; /* freed in either case */
	return trouble_of(rc, txn->store->dir_fd);
}

static void ring_is_kept(struct store_txn *txn)
{
	keyring_set_clean(txn->store->ring);
	txn->store->ring_revision = txn->state.revision;
	txn->ring_changed = false;
}

static enum err commit_plain(struct store_txn *txn)
{
	enum err e = OK;
	if (txn->ring_changed)
		e = chunks_put(txn, &txn->store->vault->erasure_key, txn->state.erasure);
	if (e == OK)
		e = commit_mdb(txn);
	if (e == OK && txn->ring_changed)
		ring_is_kept(txn);
	return e;
}

/* SECURITY §4.4: the new key into the header, on the disk; then LMDB says which of the
 * two it is. */
static enum err commit_under(
	struct store_txn *txn, const struct secret *key, uint64_t number)
{
	enum err e = settle_announce(txn->store, number, key);
	if (e == OK)
		e = chunks_put(txn, key, number);
	if (e == OK)
		e = commit_mdb(txn);
	end_mdb(txn);
	return e;
}

/*
 * The old key out of the header, or, where the commit failed, the new one: the next
 * writer does either, so be the next writer. Not as part of the commit, which has let go
 * of the lock.
 */
static enum err commit_erasing(struct store_txn *txn, struct why *why)
{
	struct store *store = txn->store;
	WIPED(secret) key;
	random_secret(&key);
	enum err e = commit_under(txn, &key, txn->state.erasure + 1);

	store->txn = NULL;
	struct store_txn *next = NULL;
	enum err settled = store_begin(store, true, &next, NULL);
	store_abort(next);
	store->txn = txn;
	/* The truth, also where LMDB reports as failed what it has written. */
	if (e != OK && settled == OK &&
		secret_equal(&store->vault->erasure_key, &key, sizeof key))
		return OK;
	if (e == OK && settled != OK)
		return because(why, ERR_IO,
			"the documents in %.300s are erased, but the old key could not "
			"be "
			"destroyed yet: %s",
			store->dir, err_text(settled));
	return e;
}

static enum err not_kept(const struct store *store, enum err e, struct why *why)
{
	return because(why, e,
		e == ERR_FULL ? "nothing was changed in %.300s: %s: free some space and "
				"try again"
			      : "nothing was changed in %.300s: %s",
		store->dir, err_text(e));
}

enum err store_commit(struct store_txn *txn, struct why *why)
{
	struct store *store = txn->store;
	enum err e = txn->failed;
	struct why own = {0};
	if (e == OK && txn->write)
		e = txn->erasing ? commit_erasing(txn, &own) : commit_plain(txn);
	txn_free(txn);
	if (e == OK)
		return OK;
	if (own.text[0] != '\0')
		return because(why, e, "%s", own.text);
	return not_kept(store, e, why);
}

/* ---- Records of the store. */

enum err store_put(
	struct store_txn *txn, enum table table, struct bytes key, struct bytes value)
{
	struct record record = {.table = table, .key = key};
	return record_put(txn, &record, &txn->store->vault->keys.record, value);
}

enum err store_get(
	struct store_txn *txn, enum table table, struct bytes key, struct buf *out)
{
	struct record record = {.table = table, .key = key};
	return record_get(txn, &record, &txn->store->vault->keys.record, out);
}

enum err store_delete(struct store_txn *txn, enum table table, struct bytes key)
{
	struct record record = {.table = table, .key = key};
	return record_delete(txn, &record);
}

/* ---- Records of a document. */

/* The document's key, made if it has none. */
static enum err own_key(
	struct store_txn *txn, struct id document, const struct secret **out)
{
	struct keyring *ring = NULL;
	if (id_is_zero(document))
		return ERR_INVALID;
	enum err e = chunks_ring(txn, &ring);
	if (e != OK)
		return e;
	*out = keyring_find(ring, document);
	if (*out != NULL)
		return OK;
	txn->ring_changed = true;
	*out = keyring_add(ring, document);
	return *out != NULL ? OK : ERR_FULL;
}

enum err store_put_of(struct store_txn *txn, struct id document, enum table table,
	struct bytes key, struct bytes value)
{
	if (!txn->write)
		return ERR_READ_ONLY;
	const struct secret *own = NULL;
	enum err e = own_key(txn, document, &own);
	if (e != OK)
		return txn_fail(txn, e);
	struct record record = {.document = document, .table = table, .key = key};
	return record_put(txn, &record, own, value);
}

enum err store_get_of(struct store_txn *txn, struct id document, enum table table,
	struct bytes key, struct buf *out)
{
	struct keyring *ring = NULL;
	enum err e = chunks_ring(txn, &ring);
	if (e != OK)
		return e;
	const struct secret *own = keyring_find(ring, document);
	if (own == NULL)
		return ERR_NOT_FOUND;
	struct record record = {.document = document, .table = table, .key = key};
	return record_get(txn, &record, own, out);
}

enum err store_delete_of(
	struct store_txn *txn, struct id document, enum table table, struct bytes key)
{
	struct record record = {.document = document, .table = table, .key = key};
	return record_delete(txn, &record);
}

enum err store_documents(struct store_txn *txn, struct id **ids, size_t *count)
{
	struct keyring *ring = NULL;
	*ids = NULL;
	*count = 0;
	enum err e = chunks_ring(txn, &ring);
	if (e != OK)
		return e;
	*count = keyring_count(ring);
	*ids = mem_array(*count, sizeof **ids);
	for (size_t i = 0; i < *count; i++)
		(*ids)[i] = keyring_at(ring, i);
	return OK;
}

enum err store_erase_in(struct store_txn *txn, const struct id *ids, size_t count)
{
	struct keyring *ring = NULL;
	if (!txn->write)
		return ERR_READ_ONLY;
	if (count == 0)
		return OK;
	enum err e = chunks_ring(txn, &ring);
	if (e != OK)
		return txn_fail(txn, e);
	if (keyring_drop(ring, ids, count) == 0)
		return OK;
	txn->ring_changed = true;
	txn->erasing = true;
	CLEAN_MEM struct id *sorted = mem_array(count, sizeof *sorted);
	memcpy(sorted, ids, count * sizeof *sorted);
	return record_delete_all_of(txn, sorted, count);
}
