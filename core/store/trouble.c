#include "core/store/trouble.h"

#include <errno.h>
#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/statvfs.h>

/* A write that did not fit has filled the disk up to less than this. */
#define NO_SPACE (UINT64_C(256) << 10)

/* Leaves errno alone: callers say it in words afterwards. */
static bool disk_is_full(int fd)
{
	struct statvfs vfs;
	int error = errno;
	bool known = fd >= 0 && fstatvfs(fd, &vfs) == 0;
	errno = error;
	return known && (uint64_t)vfs.f_bavail * vfs.f_frsize < NO_SPACE;
}

enum err trouble_of(int code, int fd)
{
	switch (code) {
	case 0:
		return OK;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case MDB_MAP_FULL:
		return ERR_FULL;
	case EROFS:
	case EACCES:
	case EPERM:
		return ERR_READ_ONLY;
	case ENOENT:
	case ENOTDIR:
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_READERS_FULL:
		return ERR_BUSY;
	case MDB_TXN_FULL:
	case MDB_BAD_VALSIZE:
		return ERR_TOO_BIG;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return ERR_DAMAGED;
	default:
		return disk_is_full(fd) ? ERR_FULL : ERR_IO;
	}
}
