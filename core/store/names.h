/*
 * What the files of this room share about the bytes in LMDB, and descriptors that close.
 */
#ifndef KITH_STORE_NAMES_H
#define KITH_STORE_NAMES_H

#include <fcntl.h>
#include <unistd.h>

#define NAME_LEN  16u /* of a record's name in LMDB: its key */
#define OWNER_LEN 16u /* in front of each value: whose it is, hidden */

static inline void close_fdp(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/* The folder itself; -1 where there is none. */
static inline int open_dir(const char *dir)
{
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

#define CLEAN_FD __attribute__((cleanup(close_fdp)))

#endif
