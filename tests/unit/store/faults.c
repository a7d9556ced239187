/* The linker prefers these to the C library's, for LMDB too. Under both of their names,
 * so not with what makes one stand for the other. */
#undef _FILE_OFFSET_BITS
#include "tests/unit/store/faults.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static enum fault fault;
static unsigned nth, calls;

void fault_set(enum fault new_fault, unsigned new_nth)
{
	fault = new_fault;
	nth = new_nth;
	calls = 0;
}

unsigned fault_calls(void)
{
	return calls;
}

/* Standard output and error are the tests' own. */
static bool strikes(int fd)
{
	if (fd <= STDERR_FILENO || fault == FAULT_NONE)
		return false;
	calls++;
	return fault == FAULT_FROM ? calls >= nth : calls == nth;
}

static void die(void)
{
	(void)kill(getpid(), SIGKILL);
}

static ssize_t put(int fd, const void *at, size_t len, off_t offset)
{
	return syscall(SYS_pwrite64, fd, at, len, offset);
}

static ssize_t faulty_put(int fd, const void *at, size_t len, off_t offset)
{
	bool struck = strikes(fd);
	if (struck && (fault == FAULT_ONCE || fault == FAULT_FROM)) {
		errno = EIO;
		return -1;
	}
	if (struck && fault == FAULT_KILL)
		die();
	bool half = struck;
	ssize_t done = put(fd, at, half ? len / 2 : len, offset);
	if (struck && fault != FAULT_SHORT)
		die();
	return done;
}

/* For what is no write of bytes: 0, or -1 as the call would say. */
static int faulty_call(int fd, long number, long arg)
{
	bool struck = strikes(fd);
	if (struck && (fault == FAULT_ONCE || fault == FAULT_FROM)) {
		errno = EIO;
		return -1;
	}
	if (struck && (fault == FAULT_KILL || fault == FAULT_KILL_HALF))
		die();
	return (int)syscall(number, fd, arg);
}

ssize_t pwrite(int fd, const void *at, size_t len, off_t offset)
{
	return faulty_put(fd, at, len, offset);
}

ssize_t pwrite64(int fd, const void *at, size_t len, off64_t offset)
{
	return faulty_put(fd, at, len, offset);
}

/* LMDB seeks first; the vector is short. */
ssize_t writev(int fd, const struct iovec *parts, int count)
{
	bool struck = strikes(fd);
	if (struck && (fault == FAULT_ONCE || fault == FAULT_FROM)) {
		errno = EIO;
		return -1;
	}
	if (struck && fault == FAULT_KILL)
		die();
	bool half = struck;
	ssize_t done = syscall(SYS_writev, fd, parts, half ? (count + 1) / 2 : count);
	if (struck && fault != FAULT_SHORT)
		die();
	return done;
}

int fsync(int fd)
{
	return faulty_call(fd, SYS_fsync, 0);
}

int fdatasync(int fd)
{
	return faulty_call(fd, SYS_fdatasync, 0);
}

int ftruncate(int fd, off_t len)
{
	return faulty_call(fd, SYS_ftruncate, len);
}

int ftruncate64(int fd, off64_t len)
{
	return faulty_call(fd, SYS_ftruncate, len);
}

/* Counted as a call on the folder it moves from. */
int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	bool struck = strikes(from_fd);
	if (struck && (fault == FAULT_ONCE || fault == FAULT_FROM)) {
		errno = EIO;
		return -1;
	}
	if (struck && (fault == FAULT_KILL || fault == FAULT_KILL_HALF))
		die();
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, 0);
}
