/*
 * What the files of this room share about the bytes in LMDB, and a descriptor that
 * closes.
 */
#ifndef KITH_STORE_NAMES_H
#define KITH_STORE_NAMES_H

#include <unistd.h>

#define NAME_LEN  16u /* of a record's name in LMDB: its key */
#define OWNER_LEN 16u /* in front of each value: whose it is, hidden */

static inline void close_fdp(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

#define CLEAN_FD __attribute__((cleanup(close_fdp)))

#endif
