#include "net/host/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

#define READ_LEN ((size_t)64 * 1024)

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* ---- Writing: into a file beside it, which takes its name once it is on the disk. */

struct sheet {
	const char *path;
	char *beside; /* owned; NULL: not made, or renamed */
	int fd;
};

static void sheet_release(struct sheet *sheet)
{
	close_fd(&sheet->fd);
	if (sheet->beside != NULL)
		(void)unlink(sheet->beside);
	mem_free(sheet->beside);
}

static enum err err_of(int error)
{
	if (error == ENOSPC || error == EDQUOT || error == EFBIG)
		return ERR_FULL;
	return error == EROFS ? ERR_READ_ONLY : ERR_IO;
}

static enum err cannot_write(const struct sheet *sheet, struct why *why)
{
	int error = errno;
	return because(why, err_of(error), "cannot write %.300s: %s", sheet->path,
		strerror(error));
}

/* A file that is there must be a bundle, or it stays. */
static enum err look_before(const char *path, struct why *why)
{
	uint8_t beginning[6];
	struct stat is;
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return OK;
	if (fd >= 0 && fstat(fd, &is) == 0 && S_ISDIR(is.st_mode))
		return because(
			why, ERR_EXISTS, "%.300s is a folder: name a file in it", path);
	if (fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) &&
		read(fd, beginning, sizeof beginning) == (ssize_t)sizeof beginning &&
		bundle_looks_so(BYTES_OF(beginning)))
		return OK;
	return because(why, ERR_EXISTS,
		"%.300s is there already and is no bundle: choose another name", path);
}

/* ".kith-XXXXXX" in the same folder. */
static char *name_beside(const char *path)
{
	CLEAN_BUF struct buf name = {0};
	const char *slash = strrchr(path, '/');
	if (slash != NULL)
		buf_add_raw(&name, path, (size_t)(slash - path) + 1);
	buf_add_text(&name, ".kith-XXXXXX");
	return mem_text(buf_text(&name));
}

static enum err begin_sheet(struct sheet *sheet, const char *path, struct why *why)
{
	*sheet = (struct sheet){.path = path, .fd = -1};
	enum err e = look_before(path, why);
	if (e != OK)
		return e;
	char *beside = name_beside(path);
	sheet->fd = mkostemp(beside, O_CLOEXEC);
	if (sheet->fd < 0) {
		e = cannot_write(sheet, why);
		mem_free(beside);
		return e;
	}
	sheet->beside = beside;
	return OK;
}

static enum err add_to_sheet(struct sheet *sheet, struct bytes bytes, struct why *why)
{
	while (bytes.len > 0) {
		struct bytes part;
		ssize_t n = write(sheet->fd, bytes.at, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return cannot_write(sheet, why);
		(void)bytes_take(&bytes, (size_t)n, &part);
	}
	return OK;
}

/* The folder too; a stick's file system may not be able to, and does no worse then. */
static void sync_folder(const char *path)
{
	CLEAN_BUF struct buf folder = {0};
	const char *slash = strrchr(path, '/');
	if (slash != NULL)
		buf_add_raw(&folder, path, (size_t)(slash - path) + 1);
	else
		buf_add_text(&folder, ".");
	CLEANUP(close_fd)
	int fd = open(buf_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)fsync(fd);
}

static enum err end_sheet(struct sheet *sheet, struct why *why)
{
	int fd = sheet->fd;
	if (fsync(fd) != 0)
		return cannot_write(sheet, why);
	sheet->fd = -1;
	if (close(fd) != 0 || rename(sheet->beside, sheet->path) != 0)
		return cannot_write(sheet, why);
	mem_free(sheet->beside);
	sheet->beside = NULL;
	sync_folder(sheet->path);
	return OK;
}

static enum err write_all(struct sheet *sheet, struct bundle_out *bundle,
	struct buf *bytes, uint64_t *len, struct why *why)
{
	bool more = true;
	enum err e = OK;
	while (e == OK && more) {
		e = bundle_out_next(bundle, bytes, &more, why);
		*len += bytes->len;
		if (e == OK)
			e = add_to_sheet(sheet, buf_bytes(bytes), why);
		buf_clear(bytes);
	}
	return e;
}

enum err bundle_write(struct notebook *notebook, const struct person_id *person,
	const char *path, struct bundle_written *out, uint64_t *len, struct why *why)
{
	CLEANUP(sheet_release) struct sheet sheet = {.fd = -1};
	CLEANUP(bundle_out_freep) struct bundle_out *bundle = NULL;
	CLEAN_BUF struct buf bytes = {0};
	*len = 0;
	/* Whether there is a place for it is known before anything is sealed for it. */
	enum err e = begin_sheet(&sheet, path, why);
	if (e == OK)
		e = bundle_out_new(notebook, person, &bytes, &bundle, why);
	if (e == OK)
		e = write_all(&sheet, bundle, &bytes, len, why);
	if (e == OK)
		e = end_sheet(&sheet, why);
	if (e == OK)
		*out = *bundle_out_report(bundle);
	return e;
}

/* ---- Reading. */

static enum err cannot_read(const char *path, struct why *why)
{
	return because(why, ERR_IO, "cannot read %.300s: %s", path, strerror(errno));
}

static enum err open_file(const char *path, int *fd, struct why *why)
{
	struct stat is;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &is) != 0)
		return cannot_read(path, why);
	if (!S_ISREG(is.st_mode))
		return because(why, ERR_CORRUPT, "%.300s: it is no bundle of kith", path);
	if ((uint64_t)is.st_size > BUNDLE_FILE_MAX)
		return because(why, ERR_TOO_BIG,
			"%.300s: it is larger than kith ever writes one", path);
	return OK;
}

static enum err named(
	const char *path, enum err e, const struct why *inner, struct why *why)
{
	return because(why, e, "%.200s: %.280s", path, why_text(inner, e));
}

/* Once over the file. */
static enum err go_through(struct notebook *notebook, const char *path, int fd,
	enum bundle_pass pass, struct bundle_in **out, struct why *why)
{
	CLEANUP(bundle_in_freep) struct bundle_in *bundle = NULL;
	struct why inner = {0};
	uint8_t bytes[READ_LEN];
	enum err e = bundle_in_new(notebook, pass, &bundle, why);
	if (e != OK)
		return e;
	if (lseek(fd, 0, SEEK_SET) != 0)
		return cannot_read(path, why);
	uint64_t len = 0;
	for (ssize_t n = 1; e == OK && n != 0;) {
		n = read(fd, bytes, sizeof bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot_read(path, why);
		len += (uint64_t)n;
		if (len > BUNDLE_FILE_MAX)
			e = because(&inner, ERR_TOO_BIG, "it grew while it was read");
		else
			e = n > 0 ? bundle_in_recv(bundle,
					    (struct bytes){bytes, (size_t)n}, &inner)
				  : bundle_in_end(bundle, &inner);
	}
	if (e != OK)
		return named(path, e, &inner, why);
	*out = bundle;
	bundle = NULL;
	return OK;
}

enum err bundle_read(struct notebook *notebook, const char *path, struct bundle_in **out,
	struct why *why)
{
	CLEANUP(close_fd) int fd = -1;
	*out = NULL;
	enum err e = open_file(path, &fd, why);
	if (e == OK)
		e = go_through(notebook, path, fd, BUNDLE_CHECK, out, why);
	if (e != OK)
		return e;
	bundle_in_free(*out);
	*out = NULL;
	e = go_through(notebook, path, fd, BUNDLE_TAKE, out, why);
	if (e == ERR_GAP)
		e = go_through(notebook, path, fd, BUNDLE_HEAR, out, why);
	else if (e == ERR_FORK)
		e = go_through(notebook, path, fd, BUNDLE_HEAR_FORK, out, why);
	return e;
}
