#include "core/store/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "core/base/mem.h"
#include "core/store/names.h"

/* ---- The meta pages, in the machine's own byte order, as mdb.c of LMDB 0.9 lays them
 * out. */

enum {
	PAGE_FLAGS_AT = 10,
	MAGIC_AT = 16,
	VERSION_AT = 20,
	PAGE_SIZE_AT = 40, /* md_pad of the free list */
	TREES_AT = 40,     /* the free list's, then the main one */
	TREE_LEN = 48,
	TREE_DEPTH_AT = 6,
	TREE_ROOT_AT = 40,
	LAST_PAGE_AT = 136,
	TXN_AT = 144,
	META_LEN = 152,
};

#define META_MAGIC   UINT32_C(0xBEEFC0DE)
#define META_VERSION 1u
#define META_FLAG    UINT16_C(0x08)
#define NO_ROOT      UINT64_MAX
#define DEPTH_MAX    32u
#define PAGE_MIN     512u
#define PAGE_MAX     32768u
#define WALK_LIMIT_S 300u
#define TRIES        5

struct meta {
	uint32_t page_size;
	uint64_t last_page;
	uint64_t txn;
};

static uint16_t get_u16(const uint8_t *at)
{
	uint16_t v;
	memcpy(&v, at, sizeof v);
	return v;
}

static uint32_t get_u32(const uint8_t *at)
{
	uint32_t v;
	memcpy(&v, at, sizeof v);
	return v;
}

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t v;
	memcpy(&v, at, sizeof v);
	return v;
}

static bool tree_is_sane(const uint8_t *tree, uint64_t last_page)
{
	uint64_t root = get_u64(tree + TREE_ROOT_AT);
	uint16_t depth = get_u16(tree + TREE_DEPTH_AT);
	if (root == NO_ROOT)
		return depth == 0;
	return root >= 2 && root <= last_page && depth >= 1 && depth < DEPTH_MAX;
}

static bool meta_is_sane(const uint8_t *page, struct meta *out)
{
	out->page_size = get_u32(page + PAGE_SIZE_AT);
	out->last_page = get_u64(page + LAST_PAGE_AT);
	out->txn = get_u64(page + TXN_AT);
	uint32_t size = out->page_size;
	return (get_u16(page + PAGE_FLAGS_AT) & META_FLAG) != 0 &&
	       get_u32(page + MAGIC_AT) == META_MAGIC &&
	       get_u32(page + VERSION_AT) == META_VERSION && size >= PAGE_MIN &&
	       size <= PAGE_MAX && (size & (size - 1)) == 0 && out->last_page >= 1 &&
	       out->last_page < UINT64_MAX / PAGE_MAX - 1 &&
	       tree_is_sane(page + TREES_AT, out->last_page) &&
	       tree_is_sane(page + TREES_AT + TREE_LEN, out->last_page);
}

/* Both meta pages, then the length: a commit grows the file before it writes a meta page.
 */
static enum err read_metas(int fd, struct meta metas[2], struct stat *st)
{
	uint8_t page[META_LEN];
	off_t at = 0;
	for (size_t i = 0; i < 2; i++) {
		ssize_t got = pread(fd, page, sizeof page, at);
		if (got < 0)
			return ERR_IO;
		if (got != META_LEN || !meta_is_sane(page, &metas[i]))
			return ERR_DAMAGED;
		at = (off_t)metas[0].page_size;
	}
	if (fstat(fd, st) != 0)
		return ERR_IO;
	if (metas[0].page_size != metas[1].page_size || st->st_size < 0)
		return ERR_DAMAGED;
	for (size_t i = 0; i < 2; i++)
		if ((uint64_t)st->st_size < (metas[i].last_page + 1) * metas[i].page_size)
			return ERR_DAMAGED;
	return OK;
}

static int open_data(int dir_fd)
{
	return openat(dir_fd, GUARD_DATA, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

enum err guard_check(int dir_fd, struct why *why)
{
	CLEAN_FD int fd = open_data(dir_fd);
	struct stat st;
	if (fd < 0 && (errno == ENOENT || errno == ELOOP))
		return because(why, ERR_DAMAGED,
			"the store has lost its data file (%s): restore a backup",
			GUARD_DATA);
	if (fd < 0 || fstat(fd, &st) != 0)
		return because(
			why, ERR_IO, "the data file cannot be read: %s", strerror(errno));
	struct meta metas[2];
	enum err e = S_ISREG(st.st_mode) ? OK : ERR_DAMAGED;
	/* A commit of another process may be half way through a meta page just now. */
	for (int i = 0; e == OK && i < TRIES; i++) {
		e = read_metas(fd, metas, &st);
		if (e != ERR_DAMAGED || i == TRIES - 1)
			break;
		e = OK;
		(void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
	}
	if (e == ERR_DAMAGED)
		return because(why, e,
			"the store's data file (%s) is damaged or cut short: restore a "
			"backup",
			GUARD_DATA);
	return e == OK ? OK : because(why, e, "the data file cannot be read");
}

/* ---- The note: 8 bytes of magic, length, time of the last change, last transaction. */

#define NOTE_LEN 40u

static bool state_of(int dir_fd, uint8_t out[NOTE_LEN])
{
	CLEAN_FD int fd = open_data(dir_fd);
	struct meta metas[2];
	struct stat st;
	if (fd < 0 || read_metas(fd, metas, &st) != OK)
		return false;
	CLEAN_BUF struct buf b = {0};
	buf_add_text(&b, "kithgrd1");
	buf_add_u64(&b, (uint64_t)st.st_size);
	buf_add_u64(&b, (uint64_t)st.st_mtim.tv_sec);
	buf_add_u64(&b, (uint64_t)st.st_mtim.tv_nsec);
	buf_add_u64(&b, metas[0].txn > metas[1].txn ? metas[0].txn : metas[1].txn);
	memcpy(out, b.at, NOTE_LEN);
	return b.len == NOTE_LEN;
}

bool guard_is_noted(int dir_fd)
{
	uint8_t now[NOTE_LEN], noted[NOTE_LEN + 1];
	CLEAN_FD int fd = openat(
		dir_fd, GUARD_NOTE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd >= 0 && read(fd, noted, sizeof noted) == NOTE_LEN &&
	       state_of(dir_fd, now) && memcmp(now, noted, NOTE_LEN) == 0;
}

void guard_note(int dir_fd)
{
	uint8_t now[NOTE_LEN];
	if (guard_is_noted(dir_fd) || !state_of(dir_fd, now))
		return;
	CLEAN_FD int fd = openat(dir_fd, GUARD_NOTE,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	/* A note cut short is no note. */
	ssize_t done = fd >= 0 ? write(fd, now, NOTE_LEN) : 0;
	(void)done;
}

void guard_clear(int dir_fd)
{
	(void)unlinkat(dir_fd, GUARD_COPY, 0);
}

/* ---- The walk. All of this runs in the child: what it finds wrong ends it. */

#define FREE_LIST 0 /* its database, in every version of LMDB */

struct walk {
	MDB_txn *txn;
	uint64_t last_page;
	uint8_t *free_pages; /* a bit each: met on the free list */
};

/* Touch each byte, so that a page that is not there is met here. */
static void touch(MDB_val val)
{
	const volatile uint8_t *at = val.mv_data;
	for (size_t i = 0; i < val.mv_size; i += 64)
		(void)at[i];
	if (val.mv_size > 0)
		(void)at[val.mv_size - 1];
}

static bool record_is_sane(MDB_val key, MDB_val value, MDB_val before)
{
	return key.mv_size == NAME_LEN && value.mv_size >= OWNER_LEN &&
	       (before.mv_data == NULL ||
		       memcmp(before.mv_data, key.mv_data, NAME_LEN) < 0);
}

/* A transaction's freed pages: a count, then page numbers, falling. Each is free once. */
static bool free_list_is_sane(struct walk *walk, MDB_val key, MDB_val value)
{
	if (key.mv_size != 8 || value.mv_size < 8)
		return false;
	const uint8_t *at = value.mv_data;
	uint64_t count = get_u64(at), before = walk->last_page + 1;
	if (count > value.mv_size / 8 - 1)
		return false;
	for (uint64_t i = 1; i <= count; i++) {
		uint64_t page = get_u64(at + 8 * i);
		uint8_t bit = (uint8_t)(1u << (page % 8));
		if (page < 2 || page >= before || (walk->free_pages[page / 8] & bit) != 0)
			return false;
		walk->free_pages[page / 8] |= bit;
		before = page;
	}
	return true;
}

/* Whether the cursor meets `entries` records, all of them sane, and then the end. */
static bool walk_records(
	struct walk *walk, MDB_cursor *cursor, size_t entries, bool is_free_list)
{
	MDB_val key = {0}, value = {0}, before = {0};
	size_t count = 0;
	int rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
	for (; rc == 0; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
		if (++count > entries)
			return false; /* a ring of pages would never end */
		touch(value);
		if (is_free_list ? !free_list_is_sane(walk, key, value)
				 : !record_is_sane(key, value, before))
			return false;
		before = key;
	}
	return rc == MDB_NOTFOUND && count == entries;
}

static bool walk_tree(struct walk *walk, MDB_dbi dbi)
{
	MDB_stat stat;
	MDB_cursor *cursor = NULL;
	if (mdb_stat(walk->txn, dbi, &stat) != 0 ||
		mdb_cursor_open(walk->txn, dbi, &cursor) != 0)
		return false;
	bool sane = walk_records(walk, cursor, stat.ms_entries, dbi == FREE_LIST);
	mdb_cursor_close(cursor);
	return sane;
}

static bool walk_both(struct walk *walk, const MDB_envinfo *info)
{
	MDB_dbi records;
	if (mdb_dbi_open(walk->txn, NULL, 0, &records) != 0)
		return false;
	walk->last_page = info->me_last_pgno;
	walk->free_pages = mem_new((size_t)(walk->last_page / 8 + 1));
	bool sane = walk_tree(walk, FREE_LIST) && walk_tree(walk, records);
	mem_free(walk->free_pages);
	return sane;
}

static bool walk_all(const char *dir)
{
	MDB_env *env = NULL;
	MDB_envinfo info;
	struct walk walk = {0};
	if (mdb_env_create(&env) != 0)
		return false;
	bool sane = mdb_env_open(env, dir, MDB_RDONLY | MDB_NOLOCK, 0600) == 0 &&
		    mdb_env_info(env, &info) == 0 &&
		    mdb_txn_begin(env, NULL, MDB_RDONLY, &walk.txn) == 0 &&
		    walk_both(&walk, &info);
	if (walk.txn != NULL)
		mdb_txn_abort(walk.txn);
	mdb_env_close(env);
	return sane;
}

/* Die quietly of whatever it is, and at some time; and with the parent, whose lock on the
 * header it shares. */
static void be_a_canary(void)
{
	static const int deadly[] = {
		SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGALRM, SIGTERM};
	for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
		(void)signal(deadly[i], SIG_DFL);
	sigset_t none;
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0});
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nowhere >= 0)
		(void)dup2(nowhere, STDERR_FILENO);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)alarm(WALK_LIMIT_S);
}

static _Noreturn void child(const char *dir, int fd)
{
	be_a_canary();
	bool good = walk_all(dir);
	/* Not exit(): what the parent registered for its end is the parent's. */
	_exit(good && write(fd, "k", 1) == 1 ? 0 : 1);
}

/* The word comes by a pipe: the caller may have its own ideas about SIGCHLD. */
static bool child_is_content(int fd, pid_t pid)
{
	char word = 0;
	ssize_t got;
	do
		got = read(fd, &word, 1);
	while (got < 0 && errno == EINTR);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return got == 1 && word == 'k';
}

enum err guard_walk(const char *dir, struct why *why)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return because(
			why, ERR_IO, "the store cannot be checked: %s", strerror(errno));
	CLEAN_FD int ours = ends[0];
	pid_t pid = fork();
	if (pid == 0)
		child(dir, ends[1]);
	int error = errno;
	(void)close(ends[1]);
	if (pid < 0)
		return because(
			why, ERR_IO, "the store cannot be checked: %s", strerror(error));
	if (!child_is_content(ours, pid))
		return because(why, ERR_DAMAGED,
			"the store's data file (%s) is damaged: restore a backup",
			GUARD_DATA);
	return OK;
}
