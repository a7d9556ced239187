/* The linker prefers these to the C library's, under both of their names. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE
#include "tests/unit/store/reads.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static void (*next)(void);
static size_t least;

void reads_before(size_t len, void (*act)(void))
{
	least = len;
	next = act;
}

static ssize_t get(int fd, void *at, size_t len, off_t offset)
{
	void (*act)(void) = next;
	if (act != NULL && len > least) {
		next = NULL;
		act();
	}
	return syscall(SYS_pread64, fd, at, len, offset);
}

ssize_t pread(int fd, void *at, size_t len, off_t offset)
{
	return get(fd, at, len, offset);
}

ssize_t pread64(int fd, void *at, size_t len, off64_t offset)
{
	return get(fd, at, len, offset);
}
