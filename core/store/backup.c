#include "core/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/store/backup_file.h"
#include "core/store/internal.h"
#include "core/store/trouble.h"

/* ---- Where it is to lie. */

struct target {
	const char *file; /* as it was given */
	const char *name; /* the last part of it; borrows `file` */
	char *part;       /* what it is called until it is whole */
	int dir_fd, fd;
};

static void target_release(const struct target *target)
{
	close_fdp(&target->fd);
	close_fdp(&target->dir_fd);
	mem_free(target->part);
}

static enum err no_backup(
	const struct target *target, enum err e, const char *reason, struct why *why)
{
	return because(
		why, e, "the backup %.300s cannot be written: %s", target->file, reason);
}

static enum err names_a_folder(const struct target *target, struct why *why)
{
	return because(
		why, ERR_INVALID, "%.300s is a folder: name a file in it", target->file);
}

static enum err failed(const struct target *target, int error, struct why *why)
{
	enum err e = trouble_of(error, target->dir_fd);
	return no_backup(target, e == ERR_NOT_FOUND ? ERR_IO : e, strerror(error), why);
}

static enum err open_parent(struct target *target, struct why *why)
{
	const char *slash = strrchr(target->file, '/');
	target->name = slash == NULL ? target->file : slash + 1;
	if (target->name[0] == '\0')
		return names_a_folder(target, why);
	CLEAN_BUF struct buf dir = {0};
	buf_add_raw(&dir, target->file, (size_t)(target->name - target->file));
	buf_add_text(&dir, ".");
	target->dir_fd = open_dir(buf_text(&dir));
	return target->dir_fd >= 0 ? OK : failed(target, errno, why);
}

static bool is_same_folder(int a, int b)
{
	struct stat one, other;
	return fstat(a, &one) == 0 && fstat(b, &other) == 0 &&
	       one.st_ino == other.st_ino && one.st_dev == other.st_dev;
}

static bool is_backup_of(int fd, struct id store)
{
	struct backup_reader *reader = NULL;
	enum err e = backup_read(fd, &reader);
	bool ours = e == OK && id_equal(backup_header(reader)->store, store);
	backup_reader_free(reader);
	return ours;
}

/* What is there now may be replaced only if it is an older backup of this store. */
static enum err judge_place(
	const struct target *target, const struct store *store, struct why *why)
{
	struct stat st;
	if (is_same_folder(target->dir_fd, store->dir_fd))
		return because(why, ERR_INVALID,
			"a backup in the store's own folder %.300s would be lost with "
			"it: "
			"choose another place, best on another disk",
			store->dir);
	if (fstatat(target->dir_fd, target->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? OK : failed(target, errno, why);
	if (S_ISDIR(st.st_mode))
		return names_a_folder(target, why);
	CLEAN_FD int fd = openat(target->dir_fd, target->name,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (S_ISREG(st.st_mode) && fd >= 0 && is_backup_of(fd, store->id))
		return OK;
	return because(why, ERR_EXISTS,
		"%.300s is there already and is no backup of this store: choose another "
		"name",
		target->file);
}

/* The unfinished file, ours alone: one that a backup cut short has left is taken over. */
static enum err open_part(struct target *target, struct why *why)
{
	CLEAN_BUF struct buf part = {0};
	buf_add_format(&part, "%s.part", target->name);
	target->part = mem_text(buf_text(&part));
	target->fd = openat(target->dir_fd, target->part,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (target->fd < 0)
		return failed(target, errno, why);
	bool busy = flock(target->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	struct stat here, there;
	/* Who finished one here in the meantime has renamed what we opened. */
	if (busy || fstat(target->fd, &here) != 0 ||
		fstatat(target->dir_fd, target->part, &there, AT_SYMLINK_NOFOLLOW) != 0 ||
		here.st_ino != there.st_ino)
		return because(why, ERR_BUSY,
			"another kith is writing the backup %.300s just now",
			target->file);
	return ftruncate(target->fd, 0) == 0 ? OK : failed(target, errno, why);
}

static enum err open_target(
	struct target *target, const struct store *store, struct why *why)
{
	enum err e = open_parent(target, why);
	if (e == OK)
		e = judge_place(target, store, why);
	return e == OK ? open_part(target, why) : e;
}

static enum err put_in_place(const struct target *target, struct why *why)
{
	if (renameat(target->dir_fd, target->part, target->dir_fd, target->name) != 0) {
		enum err e = failed(target, errno, why);
		(void)unlinkat(target->dir_fd, target->part, 0);
		return e;
	}
	/* Some file systems cannot; then they need not. */
	if (fsync(target->dir_fd) != 0 && errno != EINVAL)
		return because(why, ERR_IO,
			"the backup %.300s is written, but the disk does not confirm it: "
			"%s",
			target->file, strerror(errno));
	return OK;
}

/* ---- Writing it. */

/* The slots as they are now, and the one erasure key that this snapshot needs, also when
 * an eraser has taken it out of the header since. */
static enum err snapshot_header(struct store_txn *txn, struct header *header)
{
	struct store *store = txn->store;
	const struct store_keys *keys = &store->vault->keys;
	enum err e = header_load(store->header_fd, keys, header, NULL);
	if (e != OK)
		return e;
	header->erasure_count = 0;
	memset(header->erasure, 0, sizeof header->erasure);
	header_add_erasure(header, keys, txn->state.erasure, &store->vault->erasure_key);
	return OK;
}

static enum err put_all(struct store_txn *txn, const struct keyring *ring,
	struct backup_writer *writer, struct backup_facts *facts)
{
	MDB_cursor *cursor = NULL;
	struct raw_record raw;
	struct id document;
	unsigned table = 0;
	CLEAN_BUF struct buf content = {0};
	int rc = mdb_cursor_open(txn->mdb, txn->store->dbi, &cursor);
	enum err e = trouble_of(rc, -1);
	if (e == OK)
		rc = mdb_cursor_get(cursor, &raw.name, &raw.value, MDB_FIRST);
	while (e == OK && rc == 0) {
		if (record_try(txn, ring, &raw, &table, &document, &content) != OK)
			facts->damaged++;
		facts->records++;
		if (raw.name.mv_size == NAME_LEN && raw.value.mv_size > 0)
			e = backup_put(writer, raw.name.mv_data,
				(struct bytes){raw.value.mv_data, raw.value.mv_size});
		rc = mdb_cursor_get(cursor, &raw.name, &raw.value, MDB_NEXT);
	}
	if (cursor != NULL)
		mdb_cursor_close(cursor);
	wipe(content.at, content.cap);
	return e == OK && rc != MDB_NOTFOUND ? trouble_of(rc, -1) : e;
}

static enum err write_all(struct store_txn *txn, const struct target *target,
	struct backup_facts *facts, struct why *why)
{
	struct header header;
	struct keyring *ring = NULL;
	CLEANUP(backup_writer_freep) struct backup_writer *writer = NULL;
	enum err e = snapshot_header(txn, &header);
	if (e == OK)
		e = chunks_ring(txn, &ring);
	if (e != OK)
		return because(why, e, "the store in %.300s cannot be read: %s",
			txn->store->dir, err_text(e));
	e = backup_write(
		target->fd, &header, &txn->store->vault->keys, facts->made_s, &writer);
	if (e == OK)
		e = put_all(txn, ring, writer, facts);
	if (e == OK)
		e = backup_end(writer, &facts->bytes);
	return e == OK ? OK : no_backup(target, e, err_text(e), why);
}

static enum err refuse_damaged(const struct backup_facts *facts, struct why *why)
{
	return because(why, ERR_DAMAGED,
		"no backup was made: of %llu records of the store, %llu are damaged; "
		"kith check says which, and your older backups may have them whole",
		(unsigned long long)facts->records, (unsigned long long)facts->damaged);
}

enum err store_backup(struct store *store, const char *file, uint64_t now_s,
	bool with_damaged, struct backup_facts *facts, struct why *why)
{
	*facts = (struct backup_facts){.made_s = now_s};
	CLEANUP(target_release)
	struct target target = {.file = file, .dir_fd = -1, .fd = -1};
	CLEANUP(store_abortp) struct store_txn *txn = NULL;
	enum err e = open_target(&target, store, why);
	if (e != OK)
		return e;
	e = store_begin(store, false, &txn, why);
	if (e == OK)
		e = write_all(txn, &target, facts, why);
	if (e == OK && facts->damaged > 0 && !with_damaged)
		e = refuse_damaged(facts, why);
	if (e == OK)
		e = put_in_place(&target, why);
	else
		(void)unlinkat(target.dir_fd, target.part, 0);
	return e;
}
