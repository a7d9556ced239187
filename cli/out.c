#include "cli/out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

static enum err trouble(struct why *why, const char *path, int error)
{
	return because(why, ERR_IO, "cannot write %.200s: %s", path, strerror(error));
}

static bool write_all(int fd, struct bytes content)
{
	while (content.len > 0) {
		ssize_t put = write(fd, content.at, content.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		content = (struct bytes){content.at + put, content.len - (size_t)put};
	}
	return true;
}

enum err out_file(const char *path, struct bytes content, struct why *why)
{
	CLEAN_BUF struct buf beside = {0};
	buf_add_format(&beside, "%s.new", path);
	int fd = open(buf_text(&beside), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0 && write_all(fd, content) && fsync(fd) == 0;
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (good && rename(buf_text(&beside), path) == 0)
		return OK;
	if (good)
		error = errno;
	unlink(buf_text(&beside));
	return trouble(why, path, error);
}

/* ---- A folder. */

struct out_folder {
	char *path; /* where it shall be: without a closing slash */
	char *work; /* where it is being made */
	int fd;     /* of that */
	bool is_done;
	struct sigaction before[3];
};

static const int stops[3] = {SIGINT, SIGTERM, SIGHUP};
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void hear_stops(struct out_folder *folder)
{
	struct sigaction action = {.sa_handler = stop};
	stopped = 0;
	for (size_t i = 0; i < 3; i++)
		sigaction(stops[i], &action, &folder->before[i]);
}

static char *without_slash(const char *path)
{
	char *text = mem_text(path);
	size_t len = strlen(text);
	while (len > 1 && text[len - 1] == '/')
		text[--len] = '\0';
	return text;
}

static bool is_empty(const char *path)
{
	size_t count = 0;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return false;
	while (count < 3 && readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count == 2; /* itself and the one above */
}

/* Renaming over the folder one stands in would leave one standing in nothing. */
static bool is_here(const char *path)
{
	struct stat here, there;
	return stat(".", &here) == 0 && stat(path, &there) == 0 &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* Whether the folder it would lie in is there; errno says what is wrong. */
static bool has_parent(const char *path)
{
	CLEAN_BUF struct buf parent = {0};
	struct stat info;
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return true;
	buf_add(&parent,
		(struct bytes){(const uint8_t *)path, (size_t)(slash - path) + 1});
	return stat(buf_text(&parent), &info) == 0;
}

static enum err check_path(const char *path, struct why *why)
{
	struct stat info;
	if (path[0] == '\0')
		return because(why, ERR_INVALID, "into which folder? Give it a name");
	if (lstat(path, &info) != 0)
		return errno == ENOENT && has_parent(path) ? OK
							   : trouble(why, path, errno);
	if (!S_ISDIR(info.st_mode))
		return because(why, ERR_EXISTS,
			"%.200s is there already and is no folder; give a new name",
			path);
	if (!is_empty(path))
		return because(why, ERR_EXISTS,
			"there is something in %.200s already; give a new folder", path);
	if (is_here(path))
		return because(why, ERR_INVALID,
			"that is the folder you stand in; give the name of a new one");
	return OK;
}

enum err out_folder_check(const char *path, struct why *why)
{
	CLEAN_MEM char *name = without_slash(path);
	return check_path(name, why);
}

enum err out_folder_new(const char *path, struct out_folder **out, struct why *why)
{
	CLEAN_MEM char *name = without_slash(path);
	*out = NULL;
	enum err e = check_path(name, why);
	if (e != OK)
		return e;
	CLEAN_BUF struct buf work = {0};
	buf_add_format(&work, "%s.part-XXXXXX", name);
	CLEAN_MEM char *made = mem_text(buf_text(&work));
	if (mkdtemp(made) == NULL)
		return trouble(why, name, errno);
	struct out_folder *folder = mem_new(sizeof *folder);
	folder->path = mem_text(name);
	folder->work = mem_text(made);
	folder->fd = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	hear_stops(folder);
	*out = folder;
	return OK;
}

/* The folder a name lies in. */
static void make_parent(int fd, const char *name)
{
	CLEAN_MEM char *parent = mem_text(name);
	char *slash = strchr(parent, '/');
	for (; slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdirat(fd, parent, 0700);
		*slash = '/';
	}
}

static int open_to_append(int fd, const char *name)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
	int file = openat(fd, name, flags, 0600);
	if (file >= 0 || errno != ENOENT)
		return file;
	make_parent(fd, name);
	return openat(fd, name, flags, 0600);
}

enum err out_folder_add(struct out_folder *folder, const char *name, struct bytes content,
	struct why *why)
{
	if (stopped)
		return because(why, ERR_CLOSED, "stopped; nothing was written");
	int file = open_to_append(folder->fd, name);
	bool good = file >= 0 && write_all(file, content);
	int error = errno;
	if (file >= 0 && close(file) != 0 && good) {
		good = false;
		error = errno;
	}
	return good ? OK : trouble(why, name, error);
}

enum err out_folder_done(struct out_folder *folder, struct why *why)
{
	if (stopped)
		return because(why, ERR_CLOSED, "stopped; nothing was written");
	if (syncfs(folder->fd) != 0)
		return trouble(why, folder->path, errno);
	folder->is_done = rename(folder->work, folder->path) == 0;
	if (!folder->is_done && errno == EBUSY)
		return because(why, ERR_REFUSED,
			"%.200s is a disk; give a folder on it: %.200s/kith",
			folder->path, folder->path);
	return folder->is_done ? OK : trouble(why, folder->path, errno);
}

static int remove_one(
	const char *path, const struct stat *info, int type, struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

void out_folder_free(struct out_folder *folder)
{
	if (folder == NULL)
		return;
	close(folder->fd);
	if (!folder->is_done)
		(void)nftw(folder->work, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	for (size_t i = 0; i < 3; i++)
		sigaction(stops[i], &folder->before[i], NULL);
	mem_free(folder->path);
	mem_free(folder->work);
	mem_free(folder);
}
