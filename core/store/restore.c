#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/store/backup.h"
#include "core/store/backup_file.h"
#include "core/store/folder.h"
#include "core/store/fresh.h"
#include "core/store/guard.h"
#include "core/store/internal.h"

/* What a restore reads and where it puts it. */
struct restore {
	const char *dir, *file;
	struct backup_reader *reader;
	struct store_keys *keys;
	uint8_t left_out[NAME_LEN];
};

static enum err bad_file(const char *file, enum err e, struct why *why)
{
	switch ((int)e) {
	case ERR_FOREIGN:
		return because(why, e, "%.300s is no backup of kith", file);
	case ERR_DAMAGED:
		return because(why, e,
			"the backup %.300s is damaged or cut short: nothing was "
			"restored; try an older one",
			file);
	case ERR_VERSION:
		return because(why, e,
			"the backup %.300s was made by another version of kith: update "
			"this one, or use that one",
			file);
	case ERR_PASSPHRASE:
		return because(why, e,
			"wrong passphrase for the backup %.300s: it has the one of the "
			"day it was made",
			file);
	case ERR_FULL:
		return because(
			why, e, "there is not enough memory to try the passphrase");
	default:
		return because(why, e, "the backup %.300s cannot be read: %s", file,
			err_text(e));
	}
}

static enum err open_file(const char *file, int *fd, struct why *why)
{
	struct stat st;
	*fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		return because(why, ERR_IO, "the backup %.300s cannot be read: %s", file,
			strerror(errno));
	if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode))
		return bad_file(file, ERR_FOREIGN, why);
	return OK;
}

/* ---- Twice through the file: once to see that it is whole, once to take it over. */

static enum err each_record(
	const struct restore *restore, struct fresh *fresh, struct backup_facts *facts)
{
	uint8_t name[NAME_LEN], before[NAME_LEN];
	bool end = false;
	CLEAN_BUF struct buf value = {0};
	enum err e = backup_rewind(restore->reader);
	facts->made_s = backup_made_s(restore->reader);
	facts->records = 0;
	while (e == OK) {
		e = backup_next(restore->reader, name, &value, &end);
		if (e != OK || end)
			break;
		if (facts->records++ > 0 && memcmp(before, name, NAME_LEN) >= 0)
			return ERR_DAMAGED;
		memcpy(before, name, NAME_LEN);
		if (fresh != NULL && memcmp(name, restore->left_out, NAME_LEN) != 0)
			e = fresh_add(fresh, name, buf_bytes(&value));
	}
	return e;
}

static enum err write_data(const struct restore *restore, struct backup_facts *facts)
{
	CLEANUP(fresh_freep) struct fresh *fresh = NULL;
	enum err e = fresh_open(restore->dir, GUARD_DATA, &fresh);
	if (e == OK)
		e = each_record(restore, fresh, facts);
	if (e != OK)
		return e;
	e = fresh_close(fresh);
	fresh = NULL;
	return e;
}

/* In the folder that was made for it. */
static enum err fill(const struct restore *restore, int dir_fd,
	struct backup_facts *facts, struct why *why)
{
	CLEAN_FD int header_fd = -1;
	struct header header = *backup_header(restore->reader);
	enum err e = folder_claim(dir_fd, restore->dir, &header_fd, why);
	if (e != OK) /* the place may be another's */
		return e;
	e = header_write(header_fd, restore->keys, &header);
	if (e == OK)
		e = write_data(restore, facts);
	if (e == ERR_DAMAGED) /* whole a moment ago */
		e = bad_file(restore->file, e, why);
	else if (e != OK)
		e = because(why, e, "the store cannot be restored to %.300s: %s",
			restore->dir, err_text(e));
	else
		e = folder_complete(dir_fd, restore->dir, why);
	if (e != OK)
		folder_clear(dir_fd);
	return e;
}

static enum err make(
	const struct restore *restore, struct backup_facts *facts, struct why *why)
{
	struct folder_made made = {0};
	CLEAN_FD int dir_fd = -1;
	enum err e = folder_make(restore->dir, &made, &dir_fd, why);
	if (e == OK) {
		e = fill(restore, dir_fd, facts, why);
		if (e != OK)
			folder_unmake(&made);
	}
	folder_made_release(&made);
	return e;
}

/* Whether the whole file is what was once written. */
static enum err prove(struct restore *restore, struct bytes passphrase,
	struct bytes setting, struct secret *master, struct backup_facts *facts)
{
	enum err e = backup_unlock(restore->reader, passphrase, master);
	if (e != OK)
		return e;
	struct record record = {.table = TABLE_SETTINGS, .key = setting};
	store_keys_derive(master, restore->keys);
	record_name(restore->keys, &record, restore->left_out);
	return each_record(restore, NULL, facts);
}

/* The folder is free, and the file begins as a backup does. */
static enum err begin(struct restore *restore, int *fd, struct why *why)
{
	enum err e = folder_judge(restore->dir, why);
	if (e == OK)
		e = open_file(restore->file, fd, why);
	if (e != OK)
		return e;
	e = backup_read(*fd, &restore->reader);
	return e == OK ? OK : bad_file(restore->file, e, why);
}

enum err store_may_restore(const char *dir, const char *file, struct why *why)
{
	CLEAN_FD int fd = -1;
	struct restore restore = {.dir = dir, .file = file};
	enum err e = begin(&restore, &fd, why);
	backup_reader_free(restore.reader);
	return e;
}

enum err store_restore(const char *dir, const char *file, struct bytes passphrase,
	struct bytes setting, struct secret *master, struct backup_facts *facts,
	struct why *why)
{
	*facts = (struct backup_facts){0};
	secret_wipe(master);
	CLEAN_FD int fd = -1;
	struct restore restore = {.dir = dir, .file = file};
	enum err e = begin(&restore, &fd, why);
	if (e != OK)
		return e;
	restore.keys = locked_new(sizeof *restore.keys);
	e = prove(&restore, passphrase, setting, master, facts);
	e = e != OK ? bad_file(file, e, why) : make(&restore, facts, why);
	backup_reader_free(restore.reader);
	locked_free(restore.keys);
	if (e != OK)
		secret_wipe(master);
	return e;
}
