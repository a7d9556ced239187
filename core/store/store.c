#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "core/store/folder.h"
#include "core/store/guard.h"
#include "core/store/internal.h"
#include "core/store/settle.h"
#include "core/store/trouble.h"

/* What lock.mdb takes with LMDB's 126 readers. */
#define LOCK_FILE_LEN 8192

static struct store *store_new(const char *dir)
{
	struct store *store = mem_new(sizeof *store);
	store->dir = mem_text(dir);
	store->dir_fd = store->header_fd = store->watch_fd = -1;
	store->vault = locked_new(sizeof *store->vault);
	return store;
}

void store_close_env(struct store *store)
{
	if (store->env != NULL)
		mdb_env_close(store->env);
	store->env = NULL;
}

static void store_free(struct store *store)
{
	store_abort(store->txn);
	store_close_env(store);
	keyring_free(store->ring);
	close_fdp(&store->watch_fd);
	close_fdp(&store->header_fd);
	close_fdp(&store->dir_fd);
	locked_free(store->vault);
	mem_free(store->dir);
	mem_free(store);
}

/* A lock on the header file, shared by all that have the store open: who gets it alone is
 * the only one. Where locks do not work, nobody ever is. */
static bool lock_header(const struct store *store, int how)
{
	int rc;
	do
		rc = flock(store->header_fd, how);
	while (rc != 0 && errno == EINTR);
	return rc == 0;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	store_abort(store->txn);
	store_close_env(store);
	if (lock_header(store, LOCK_EX | LOCK_NB))
		guard_note(store->dir_fd);
	store_free(store);
}

/* ---- LMDB. */

/* LMDB writes to its lock file through the map: on a full disk, a hole in it is SIGBUS.
 */
static enum err reserve_lock_file(const struct store *store)
{
	/* Before LMDB opens it: closing any descriptor of it later would drop LMDB's
	 * locks. */
	CLEAN_FD int fd = openat(store->dir_fd, GUARD_LOCK,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return trouble_of(errno, store->dir_fd);
	if (fallocate(fd, 0, 0, LOCK_FILE_LEN) != 0 && errno != EOPNOTSUPP &&
		errno != ENOSYS)
		return trouble_of(errno, store->dir_fd);
	return OK;
}

static int try_env(struct store *store, size_t map_size)
{
	MDB_txn *txn = NULL;
	int rc = mdb_env_create(&store->env);
	if (rc == 0)
		rc = mdb_env_set_mapsize(store->env, map_size);
	/* Durable: no flag that trades it for speed. NOTLS ties a reader to its
	 * transaction, not to the thread. */
	if (rc == 0)
		rc = mdb_env_open(store->env, store->dir, MDB_NOTLS, 0600);
	if (rc == 0)
		rc = mdb_reader_check(store->env, NULL); /* those that were killed */
	if (rc == 0)
		rc = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &txn);
	if (rc == 0)
		rc = mdb_dbi_open(txn, NULL, 0, &store->dbi);
	if (txn != NULL)
		mdb_txn_abort(txn);
	return rc;
}

static enum err open_env(struct store *store, size_t map_size, struct why *why)
{
	enum err e = reserve_lock_file(store);
	if (e == OK)
		e = trouble_of(try_env(store, map_size), store->dir_fd);
	if (e != OK)
		return because(why, e, "the store in %.300s cannot be opened: %s",
			store->dir, err_text(e));
	return OK;
}

/* ---- Making one. */

static enum err cannot_write(const struct store *store, enum err e, struct why *why)
{
	return because(
		why, e, "a store cannot be made in %.300s: %s", store->dir, err_text(e));
}

static enum err write_header(
	struct store *store, struct header *header, const struct secret *master)
{
	store->id = header->store;
	store_keys_derive(master, &store->vault->keys);
	random_secret(&store->vault->erasure_key);
	header_add_erasure(header, &store->vault->keys, 1, &store->vault->erasure_key);
	return header_write(store->header_fd, &store->vault->keys, header);
}

/* The first transaction: only the state. */
static enum err write_state(struct store *store)
{
	struct store_txn txn = {.store = store, .write = true, .state = {.erasure = 1}};
	int rc = mdb_txn_begin(store->env, NULL, 0, &txn.mdb);
	if (rc != 0)
		return trouble_of(rc, store->dir_fd);
	enum err e = state_put(&txn);
	if (e == OK)
		e = trouble_of(mdb_txn_commit(txn.mdb), store->dir_fd);
	else
		mdb_txn_abort(txn.mdb);
	buf_release(&txn.box);
	return e;
}

static enum err fill(struct store *store, struct header *header,
	const struct secret *master, size_t map_size, struct why *why)
{
	enum err e = write_header(store, header, master);
	if (e != OK)
		return cannot_write(store, e, why);
	e = open_env(store, map_size, why);
	if (e != OK)
		return e;
	e = write_state(store);
	if (e != OK)
		return cannot_write(store, e, why);
	e = folder_complete(store->dir_fd, store->dir, why);
	if (e == OK)
		(void)lock_header(store, LOCK_SH);
	return e;
}

/* In the folder that was made for it. */
static enum err make_in(struct store *store, struct header *header,
	const struct secret *master, size_t map_size, struct why *why)
{
	enum err e = folder_claim(store->dir_fd, store->dir, &store->header_fd, why);
	if (e == OK)
		e = fill(store, header, master, map_size, why);
	if (e == OK)
		return OK;
	store_close_env(store);
	if (store->header_fd >= 0) /* else the place is another's */
		folder_clear(store->dir_fd);
	return e;
}

static size_t map_size_of(const struct store_options *options)
{
	if (options != NULL && options->map_size != 0)
		return options->map_size;
	return map_default();
}

static enum err first_header(struct bytes passphrase, const struct store_options *options,
	const struct recovery *recovery, struct header *header, struct secret *master,
	struct why *why)
{
	if (passphrase.len == 0)
		return because(why, ERR_INVALID, "a store needs a passphrase");
	enum kdf kdf = options != NULL ? options->kdf : KDF_MODERATE;
	enum err e = header_make(passphrase, kdf, recovery, header, master);
	if (e == ERR_FULL)
		return because(why, e,
			"there is not enough memory to make a key of the passphrase: "
			"choose "
			"a lower cost (--kdf)");
	return e == OK ? OK
		       : because(why, e, "the passphrase cannot be used: %s",
				 err_text(e));
}

enum err store_create(const char *dir, struct bytes passphrase,
	const struct store_options *options, struct buf *recovery, struct store **out,
	struct why *why)
{
	*out = NULL;
	struct folder_made made = {0};
	struct header header;
	WIPED(secret) master = {0};
	WIPED(recovery) sheet;
	recovery_new(&sheet);
	struct store *store = store_new(dir);
	/* The folder first: a second of Argon2 is wasted where a store is already. */
	enum err e = folder_make(dir, &made, &store->dir_fd, why);
	bool folder = e == OK;
	if (e == OK)
		e = first_header(passphrase, options, recovery != NULL ? &sheet : NULL,
			&header, &master, why);
	if (e == OK)
		e = make_in(store, &header, &master, map_size_of(options), why);
	if (e == OK) {
		if (recovery != NULL)
			recovery_text(&sheet, recovery);
		*out = store;
	} else {
		store_free(store);
		if (folder)
			folder_unmake(&made);
	}
	folder_made_release(&made);
	return e;
}

/* ---- Opening one. */

static enum err bad_header(const char *dir, int dir_fd, enum err e, struct why *why)
{
	if (e == ERR_FOREIGN && folder_was_store(dir_fd))
		e = ERR_DAMAGED;
	switch ((int)e) {
	case ERR_FOREIGN:
		return because(why, e, "%.300s holds something, but no kith store", dir);
	case ERR_DAMAGED:
		return because(why, e,
			"the header of the store in %.300s is damaged: restore a backup",
			dir);
	case ERR_VERSION:
		return because(why, e,
			"the store in %.300s was written by another version of kith: "
			"update this one, or use that one",
			dir);
	case ERR_PASSPHRASE:
		return because(why, e, "that key does not open the store in %.300s", dir);
	default:
		return because(why, e, "the store in %.300s cannot be read: %s", dir,
			err_text(e));
	}
}

static enum err cannot_unlock(const char *dir, enum err e, struct why *why)
{
	if (e == ERR_PASSPHRASE)
		return because(why, e, "wrong passphrase for the store in %.300s", dir);
	if (e == ERR_FULL)
		return because(
			why, e, "there is not enough memory to try the passphrase");
	return because(why, e, "the header of the store in %.300s is damaged: %s", dir,
		tr("it asks for what no kith asks for"));
}

enum err store_unlock(
	const char *dir, struct bytes passphrase, struct secret *master, struct why *why)
{
	CLEAN_FD int dir_fd = -1;
	CLEAN_FD int header_fd = -1;
	struct header header;
	secret_wipe(master);
	enum err e = folder_open(dir, false, &dir_fd, &header_fd, why);
	if (e != OK)
		return e;
	e = header_load(header_fd, NULL, &header, NULL);
	if (e != OK)
		return bad_header(dir, dir_fd, e, why);
	e = header_unlock(&header, passphrase, master);
	if (e != OK)
		return cannot_unlock(dir, e, why);
	return OK;
}

static enum err read_header(
	struct store *store, const struct secret *master, struct why *why)
{
	struct header header;
	store_keys_derive(master, &store->vault->keys);
	enum err e = header_load(store->header_fd, &store->vault->keys, &header, NULL);
	if (e != OK)
		return bad_header(store->dir, store->dir_fd, e, why);
	store->id = header.store;
	return OK;
}

/* Nobody else has it open: look whether it is as it was left. `keep`: and nobody else
 * shall have it until it is closed; they wait. */
static enum err guard(struct store *store, bool keep, struct why *why)
{
	bool alone = lock_header(store, LOCK_EX | LOCK_NB);
	if (!alone && keep)
		return because(why, ERR_BUSY,
			"another kith has the store in %.300s open: end it first (a "
			"running node lets go with kith lock)",
			store->dir);
	if (!alone)
		(void)lock_header(store, LOCK_SH); /* waits while another one looks */
	enum err e = guard_check(store->dir_fd, why);
	if (e == OK && alone && !guard_is_noted(store->dir_fd))
		e = guard_walk(store->dir, why);
	if (e == OK && alone)
		guard_clear(store->dir_fd);
	if (alone && !keep)
		(void)lock_header(store, LOCK_SH);
	return e;
}

/* Finish or undo what an eraser left, and see that header and data agree. */
static enum err agree(struct store *store, struct why *why)
{
	struct store_txn *txn = NULL;
	enum err e = store_begin(store, settle_is_due(store), &txn, why);
	store_abort(txn);
	return e;
}

static enum err open_as(const char *dir, const struct secret *master, bool alone,
	struct store **out, struct why *why)
{
	*out = NULL;
	struct store *store = store_new(dir);
	enum err e = folder_open(dir, true, &store->dir_fd, &store->header_fd, why);
	if (e == OK)
		e = read_header(store, master, why);
	if (e == OK)
		e = guard(store, alone, why);
	if (e == OK)
		e = open_env(store, map_size_of(NULL), why);
	if (e == OK)
		e = agree(store, why);
	if (e != OK) {
		store_free(store);
		return e;
	}
	*out = store;
	return OK;
}

enum err store_open(
	const char *dir, const struct secret *master, struct store **out, struct why *why)
{
	return open_as(dir, master, false, out, why);
}

enum err store_open_alone(
	const char *dir, const struct secret *master, struct store **out, struct why *why)
{
	return open_as(dir, master, true, out, why);
}
