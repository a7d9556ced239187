#include "core/store/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/guard.h"
#include "core/store/header.h"
#include "core/store/names.h"
#include "core/store/store.h"
#include "core/store/trouble.h"

#define NODE_LOCK "node.lock"

#define OTHERS_MAY_WRITE ((mode_t)(S_IWGRP | S_IWOTH))
#define OTHERS_MAY_LOOK  ((mode_t)(S_IRWXG | S_IRWXO))

static bool is_there(int dir_fd, const char *name)
{
	struct stat st;
	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool folder_was_store(int dir_fd)
{
	return is_there(dir_fd, GUARD_NOTE) && is_there(dir_fd, GUARD_DATA);
}

static enum err sync_folder(int dir_fd)
{
	/* Some file systems cannot; then they need not. */
	if (fsync(dir_fd) == 0 || errno == EINVAL)
		return OK;
	return trouble_of(errno, dir_fd);
}

/* ---- What lies in it. */

/* Left by a creation that was cut short; only next to FOLDER_NEW_HEADER. */
static bool is_beginning(const char *name)
{
	return strcmp(name, GUARD_DATA) == 0 || strcmp(name, GUARD_LOCK) == 0 ||
	       strcmp(name, FOLDER_NEW_HEADER) == 0;
}

/* Whether there is nothing here that is not ours. Hidden files are the desktop's. */
static bool is_empty(int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	if (list == NULL) {
		close_fdp(&fd);
		return false;
	}
	bool began = is_there(dir_fd, FOLDER_NEW_HEADER);
	bool empty = true;
	for (const struct dirent *d = readdir(list); d != NULL; d = readdir(list))
		empty = empty &&
			(d->d_name[0] == '.' || strcmp(d->d_name, "lost+found") == 0 ||
				strcmp(d->d_name, NODE_LOCK) == 0 ||
				(began && is_beginning(d->d_name)));
	(void)closedir(list);
	return empty;
}

/* ---- Making. */

static enum err cannot_make(const char *dir, struct why *why)
{
	int error = errno;
	enum err e = error == ENOTDIR ? ERR_FOREIGN : trouble_of(error, -1);
	return because(why, e == ERR_NOT_FOUND ? ERR_IO : e,
		"the folder %.300s cannot be made: %s", dir, strerror(error));
}

/* Each missing part of the path, remembering the first. */
static enum err make_path(const char *dir, struct folder_made *made, struct why *why)
{
	size_t len = strlen(dir);
	CLEAN_MEM char *part = mem_text(dir);
	made->kept = len;
	for (size_t i = 1; i <= len; i++) {
		if (dir[i] != '/' && dir[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0700) == 0) {
			if (made->kept == len)
				made->kept = i - 1;
			made->was_there = false;
		} else if (errno == EEXIST) {
			made->was_there = true;
		} else {
			return cannot_make(dir, why);
		}
		part[i] = dir[i];
	}
	return OK;
}

static enum err judge_free(int dir_fd, const char *dir, struct stat *st, struct why *why)
{
	if (fstat(dir_fd, st) != 0)
		return because(why, ERR_IO, "the folder %.300s cannot be read", dir);
	if (is_there(dir_fd, HEADER_NAME))
		return because(
			why, ERR_EXISTS, "there is a kith store already in %.300s", dir);
	if (!is_empty(dir_fd))
		return because(why, ERR_FOREIGN,
			"the folder %.300s is not empty: a store needs one of its own",
			dir);
	if (st->st_uid != geteuid())
		return because(
			why, ERR_REFUSED, "the folder %.300s is another user's", dir);
	return OK;
}

enum err folder_judge(const char *dir, struct why *why)
{
	struct stat st;
	CLEAN_FD int dir_fd = open_dir(dir);
	if (dir_fd < 0)
		return errno == ENOENT ? OK : cannot_make(dir, why);
	return judge_free(dir_fd, dir, &st, why);
}

static enum err judge_new(int dir_fd, struct folder_made *made, struct why *why)
{
	struct stat st = {0};
	enum err e = judge_free(dir_fd, made->dir, &st, why);
	made->mode = st.st_mode & 07777;
	if (e != OK)
		return e;
	if ((st.st_mode & OTHERS_MAY_LOOK) != 0 && fchmod(dir_fd, 0700) != 0)
		return because(why, trouble_of(errno, dir_fd),
			"the folder %.300s cannot be closed to others: %s", made->dir,
			strerror(errno));
	return OK;
}

enum err folder_make(
	const char *dir, struct folder_made *made, int *dir_fd, struct why *why)
{
	*dir_fd = -1;
	*made = (struct folder_made){.dir = mem_text(dir), .was_there = true};
	if (dir[0] == '\0')
		return because(why, ERR_INVALID, "a store needs a folder");
	enum err e = make_path(dir, made, why);
	if (e == OK) {
		*dir_fd = open_dir(dir);
		e = *dir_fd >= 0 ? judge_new(*dir_fd, made, why) : cannot_make(dir, why);
	}
	if (e == OK)
		return OK;
	close_fdp(dir_fd);
	*dir_fd = -1;
	folder_unmake(made);
	return e;
}

void folder_unmake(const struct folder_made *made)
{
	if (made->was_there && made->mode != 0)
		(void)chmod(made->dir, made->mode);
	CLEAN_MEM char *part = mem_text(made->dir);
	for (size_t len = strlen(part); len > made->kept; len--) {
		if (part[len - 1] != '/' && (part[len] == '/' || part[len] == '\0')) {
			part[len] = '\0';
			(void)rmdir(part);
		}
	}
}

void folder_made_release(struct folder_made *made)
{
	mem_free(made->dir);
	*made = (struct folder_made){0};
}

static bool is_at(int dir_fd, const char *name, int fd)
{
	struct stat here, there;
	return fstat(fd, &here) == 0 &&
	       fstatat(dir_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

enum err folder_claim(int dir_fd, const char *dir, int *header_fd, struct why *why)
{
	*header_fd = openat(dir_fd, FOLDER_NEW_HEADER,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (*header_fd < 0)
		return because(why, trouble_of(errno, dir_fd),
			"a store cannot be made in %.300s: %s", dir, strerror(errno));
	/* Who made a store here in the meantime has renamed what we opened. */
	if (flock(*header_fd, LOCK_EX | LOCK_NB) != 0 ||
		!is_at(dir_fd, FOLDER_NEW_HEADER, *header_fd)) {
		close_fdp(header_fd);
		*header_fd = -1;
		return because(
			why, ERR_BUSY, "another kith is making a store in %.300s", dir);
	}
	/* It may also be complete by now. From here on the place is ours alone. */
	if (is_there(dir_fd, HEADER_NAME)) {
		(void)unlinkat(dir_fd, FOLDER_NEW_HEADER, 0);
		close_fdp(header_fd);
		*header_fd = -1;
		return because(
			why, ERR_EXISTS, "there is a kith store already in %.300s", dir);
	}
	(void)unlinkat(dir_fd, GUARD_DATA, 0);
	(void)unlinkat(dir_fd, GUARD_LOCK, 0);
	if (ftruncate(*header_fd, 0) == 0 && ftruncate(*header_fd, HEADER_FILE) == 0)
		return OK;
	return because(why, trouble_of(errno, dir_fd),
		"a store cannot be made in %.300s: %s", dir, strerror(errno));
}

static void sync_parent(const char *dir)
{
	CLEAN_BUF struct buf path = {0};
	buf_add_format(&path, "%s/..", dir);
	CLEAN_FD int fd = open_dir(buf_text(&path));
	if (fd >= 0)
		(void)fsync(fd);
}

enum err folder_complete(int dir_fd, const char *dir, struct why *why)
{
	enum err e = OK;
	if (renameat(dir_fd, FOLDER_NEW_HEADER, dir_fd, HEADER_NAME) != 0)
		e = trouble_of(errno, dir_fd);
	if (e == OK)
		e = sync_folder(dir_fd);
	if (e != OK)
		return because(why, e, "the store in %.300s cannot be written: %s", dir,
			err_text(e));
	sync_parent(dir);
	return OK;
}

void folder_clear(int dir_fd)
{
	static const char *const names[] = {HEADER_NAME, FOLDER_NEW_HEADER, GUARD_DATA,
		GUARD_COPY, GUARD_LOCK, GUARD_NOTE};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)unlinkat(dir_fd, names[i], 0);
}

void store_remove(const char *dir)
{
	CLEAN_FD int dir_fd = open_dir(dir);
	if (dir_fd < 0)
		return;
	folder_clear(dir_fd);
	(void)unlinkat(dir_fd, NODE_LOCK, 0);
	(void)rmdir(dir);
}

/* ---- Opening. */

static enum err open_folder(const char *dir, int *dir_fd, struct why *why)
{
	*dir_fd = open_dir(dir);
	if (*dir_fd >= 0)
		return OK;
	if (errno == ENOENT)
		return because(why, ERR_NOT_FOUND,
			"there is no folder %.300s: is its disk missing? (`kith init` "
			"makes a "
			"store)",
			dir);
	if (errno == ENOTDIR)
		return because(why, ERR_FOREIGN, "%.300s is not a folder", dir);
	return because(why, errno == EACCES ? ERR_REFUSED : ERR_IO,
		"the folder %.300s cannot be opened: %s", dir, strerror(errno));
}

static enum err no_header(int dir_fd, const char *dir, struct why *why)
{
	if (folder_was_store(dir_fd))
		return because(why, ERR_DAMAGED,
			"the store in %.300s has lost its header: restore a backup", dir);
	if (is_empty(dir_fd))
		return because(why, ERR_NOT_FOUND,
			"there is no kith store in %.300s: `kith init` makes one", dir);
	return because(
		why, ERR_FOREIGN, "%.300s holds something, but no kith store", dir);
}

static enum err cannot_write(const char *dir, struct why *why)
{
	return because(why, ERR_READ_ONLY,
		"the store in %.300s is read-only: make its folder writable, or copy it",
		dir);
}

static enum err open_header(
	int dir_fd, const char *dir, bool write, int *header_fd, struct why *why)
{
	int flags = (write ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	*header_fd = openat(dir_fd, HEADER_NAME, flags);
	struct stat st;
	if (*header_fd >= 0 && fstat(*header_fd, &st) == 0 && S_ISREG(st.st_mode))
		return OK;
	if (*header_fd >= 0 || errno == ELOOP || errno == EISDIR)
		return because(why, ERR_FOREIGN,
			"%.300s holds something, but no kith store", dir);
	if (errno == ENOENT)
		return no_header(dir_fd, dir, why);
	if (write && (errno == EROFS || errno == EACCES || errno == EPERM))
		return cannot_write(dir, why);
	return because(why, errno == EACCES ? ERR_REFUSED : ERR_IO,
		"the store in %.300s cannot be opened: %s", dir, strerror(errno));
}

/* LMDB trusts the file: who else can write to the folder could crash or lead it. */
static enum err judge_safe(int dir_fd, const char *dir, struct why *why)
{
	struct stat st;
	if (fstat(dir_fd, &st) != 0)
		return because(why, ERR_IO, "the folder %.300s cannot be read", dir);
	if (st.st_uid != geteuid())
		return because(
			why, ERR_REFUSED, "the store in %.300s is another user's", dir);
	if ((st.st_mode & OTHERS_MAY_WRITE) != 0)
		return because(why, ERR_REFUSED,
			"others may write to the store in %.200s: close it with chmod "
			"700 %.200s",
			dir, dir);
	if (faccessat(dir_fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
		return cannot_write(dir, why);
	return OK;
}

enum err folder_open(
	const char *dir, bool write, int *dir_fd, int *header_fd, struct why *why)
{
	*header_fd = -1;
	enum err e = open_folder(dir, dir_fd, why);
	if (e == OK)
		e = open_header(*dir_fd, dir, write, header_fd, why);
	if (e == OK && write)
		e = judge_safe(*dir_fd, dir, why);
	if (e == OK)
		return OK;
	close_fdp(dir_fd);
	close_fdp(header_fd);
	*dir_fd = *header_fd = -1;
	return e;
}

/* ---- The node's lock. */

static void write_pid(int fd)
{
	char text[32];
	int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	/* For people only: the lock holds without it. */
	ssize_t done = pwrite(fd, text, (size_t)len, 0);
	if (done == len && ftruncate(fd, done) != 0)
		return;
}

static enum err busy(int fd, const char *dir, struct why *why)
{
	char text[32] = {0};
	if (pread(fd, text, sizeof text - 1, 0) < 0)
		text[0] = '\0';
	long pid = strtol(text, NULL, 10); /* 0 where there is none */
	if (pid > 0)
		return because(why, ERR_BUSY,
			"another kith (process %ld) is the node of %.300s", pid, dir);
	return because(why, ERR_BUSY, "another kith is the node of %.300s", dir);
}

enum err store_lock_node(const char *dir, int *out, struct why *why)
{
	*out = -1;
	CLEAN_FD int dir_fd = -1;
	enum err e = open_folder(dir, &dir_fd, why);
	if (e != OK)
		return e;
	int fd = openat(dir_fd, NODE_LOCK,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return because(why, trouble_of(errno, dir_fd), "the lock in %.300s: %s",
			dir, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		e = errno == EWOULDBLOCK ? busy(fd, dir, why)
					 : because(why, ERR_IO, "the lock in %.300s: %s",
						   dir, strerror(errno));
		(void)close(fd);
		return e;
	}
	write_pid(fd);
	*out = fd;
	return OK;
}
