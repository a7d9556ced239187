#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "core/base/mem.h"

/*
 * A disk of 2 MiB, in a mount namespace that goes with the process: what a full one and a
 * read-only one do. Skipped where the system permits no such namespace.
 */

#define DISK "size=2m,mode=700"

static struct secret master;
static struct folder source, mount_point;

#define NOT_PERMITTED 77

static bool tell_kernel(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	return fd >= 0 && close(fd) == 0 && good;
}

/* A mount namespace; for one who is not root, inside a user namespace in which each is
 * who they were. */
static bool enter_namespace(void)
{
	char users[64], groups[64];
	(void)snprintf(users, sizeof users, "%u %u 1", geteuid(), geteuid());
	(void)snprintf(groups, sizeof groups, "%u %u 1", getegid(), getegid());
	return unshare(CLONE_NEWNS) == 0 ||
	       (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
		       tell_kernel("/proc/self/setgroups", "deny") &&
		       tell_kernel("/proc/self/uid_map", users) &&
		       tell_kernel("/proc/self/gid_map", groups));
}

static int enter_disk(const char *options)
{
	if (!enter_namespace() ||
		mount("none", "/", "none", MS_REC | MS_PRIVATE, "") != 0 ||
		mount("kith", mount_point.path, "tmpfs", 0, options) != 0)
		return NOT_PERMITTED;
	return 0;
}

/* Asks in a child, before any test begins. */
static bool is_permitted(void *arg)
{
	(void)arg;
	return enter_disk(DISK) == 0;
}

static int start(void **state)
{
	if (fixture_start(state) != 0)
		return -1;
	store_fresh(&source, &master);
	folder_fresh(&mount_point);
	return 0;
}

static int end(void **state)
{
	(void)state;
	folder_gone(&source);
	folder_gone(&mount_point);
	return 0;
}

/* In the child: what is not so is said, and ends it. */
#define EXPECT(condition)                                                                \
	do {                                                                             \
		if (!(condition)) {                                                      \
			(void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition);    \
			return false;                                                    \
		}                                                                        \
	} while (0)

static bool copy_file(const char *name)
{
	static uint8_t bytes[1 << 20];
	int from = open(in_folder(&source, name), O_RDONLY | O_CLOEXEC);
	int to =
		open(in_folder(&mount_point, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ssize_t got = read(from, bytes, sizeof bytes);
	bool good = got >= 0 && write(to, bytes, (size_t)got) == got;
	return close(from) == 0 && close(to) == 0 && good;
}

static bool enter_with_store(struct store **store)
{
	EXPECT(enter_disk(DISK) == 0);
	EXPECT(copy_file("header") && copy_file("data.mdb"));
	return store == NULL || store_open(mount_point.path, &master, store, NULL) == OK;
}

static enum err put(struct store *store, unsigned number, size_t len, struct why *why)
{
	static uint8_t value[1 << 20];
	struct store_txn *txn = NULL;
	enum err e = store_begin(store, true, &txn, why);
	if (e != OK)
		return e;
	e = store_put_of(txn, doc(number), TABLE_DOCUMENT, bytes_text("text"),
		(struct bytes){value, len});
	enum err done = store_commit(txn, why);
	return e != OK ? e : done;
}

static enum err get(struct store *store, unsigned number, size_t *len)
{
	struct store_txn *txn = NULL;
	CLEAN_BUF struct buf got = {0};
	enum err e = store_begin(store, false, &txn, NULL);
	if (e == OK)
		e = store_get_of(
			txn, doc(number), TABLE_DOCUMENT, bytes_text("text"), &got);
	store_abort(txn);
	*len = got.len;
	return e;
}

static bool fills_up(void *arg)
{
	struct store *store = NULL;
	struct why why = {0};
	unsigned n = 1;
	size_t len = 0;
	(void)arg;
	EXPECT(enter_with_store(&store));
	enum err e = OK;
	while ((e = put(store, n, 60000, &why)) == OK)
		EXPECT(n++ < 60);
	EXPECT(n > 5);
	EXPECT(e == ERR_FULL);
	EXPECT(strstr(why.text, "nothing was changed") != NULL);
	EXPECT(strstr(why.text, "free some space") != NULL);
	EXPECT(get(store, n, &len) == ERR_NOT_FOUND);
	for (unsigned i = 1; i < n; i++)
		EXPECT(get(store, i, &len) == OK && len == 60000);

	/* It opens again, says the same, and takes what is erased as room. */
	store_close(store);
	EXPECT(store_open(mount_point.path, &master, &store, &why) == OK);
	EXPECT(put(store, n, 60000, &why) == ERR_FULL);
	struct store_txn *txn = NULL;
	struct id one = doc(1), two = doc(2);
	EXPECT(store_begin(store, true, &txn, NULL) == OK);
	EXPECT(store_erase_in(txn, &one, 1) == OK);
	EXPECT(store_erase_in(txn, &two, 1) == OK);
	e = store_commit(txn, &why);
	if (e == ERR_FULL) { /* copying the pages on the way also takes some */
		EXPECT(get(store, 1, &len) == OK && len == 60000);
		store_close(store);
		return true;
	}
	EXPECT(e == OK);
	EXPECT(get(store, 1, &len) == ERR_NOT_FOUND);
	/* What one transaction freed, the one after the next may use. */
	EXPECT(put(store, n, 10000, &why) == OK || put(store, n, 10000, &why) == OK);
	EXPECT(get(store, n, &len) == OK && len == 10000);
	store_close(store);
	return true;
}

static void a_full_disk_is_named_and_nothing_is_lost(void **state)
{
	(void)state;
	if (!in_child(is_permitted, NULL))
		skip();
	assert_true(in_child(fills_up, NULL));
}

static bool is_not_made(void *arg)
{
	struct store *store = NULL;
	struct why why = {0};
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	EXPECT(enter_disk(arg) == 0);
	char dir[300];
	(void)snprintf(dir, sizeof dir, "%s/kith", mount_point.path);
	EXPECT(store_create(dir, bytes_text("x"), &options, NULL, &store, &why) ==
		ERR_FULL);
	EXPECT(store == NULL && strstr(why.text, "no space left") != NULL);
	EXPECT(access(dir, F_OK) != 0);
	return true;
}

static void a_store_that_finds_no_room_is_not_made(void **state)
{
	(void)state;
	if (!in_child(is_permitted, NULL))
		skip();
	/* Room for the header, or not even that. */
	assert_true(in_child(is_not_made, (void *)(uintptr_t) "size=16k,mode=700"));
	assert_true(in_child(is_not_made, (void *)(uintptr_t) "size=4k,mode=700"));
}

/* LMDB writes its lock file through a map, in which a hole on a full disk would be the
 * end of the process. */
static bool opens_when_full(void *arg)
{
	static const uint8_t zeros[4096];
	struct store *store = NULL;
	struct why why = {0};
	(void)arg;
	EXPECT(enter_with_store(NULL));
	int fd = open(
		in_folder(&mount_point, "filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	unsigned pages = 0;
	while (write(fd, zeros, sizeof zeros) == sizeof zeros)
		EXPECT(pages++ < 600);
	enum err e = store_open(mount_point.path, &master, &store, &why);
	EXPECT(e == ERR_FULL && store == NULL);
	EXPECT(strstr(why.text, "no space left") != NULL);
	EXPECT(ftruncate(fd, 4096) == 0 && close(fd) == 0);
	EXPECT(store_open(mount_point.path, &master, &store, &why) == OK);
	store_close(store);
	return true;
}

static void a_store_on_a_full_disk_opens_or_says_why_not(void **state)
{
	(void)state;
	if (!in_child(is_permitted, NULL))
		skip();
	assert_true(in_child(opens_when_full, NULL));
}

static bool is_read_only(void *arg)
{
	struct store *store = NULL;
	struct why why = {0};
	struct secret unlocked;
	int fd = 0;
	(void)arg;
	EXPECT(enter_with_store(NULL));
	EXPECT(mount("kith", mount_point.path, "tmpfs", MS_REMOUNT | MS_RDONLY, DISK) ==
		0);
	EXPECT(store_open(mount_point.path, &master, &store, &why) == ERR_READ_ONLY);
	EXPECT(strstr(why.text, "read-only: make its folder writable") != NULL);
	EXPECT(store_unlock(mount_point.path, bytes_text(PASSPHRASE), &unlocked, &why) ==
		OK);
	EXPECT(store_lock_node(mount_point.path, &fd, &why) == ERR_READ_ONLY);
	char dir[300];
	(void)snprintf(dir, sizeof dir, "%s/new", mount_point.path);
	EXPECT(store_create(dir, bytes_text("x"), NULL, NULL, &store, &why) ==
		ERR_READ_ONLY);
	return true;
}

static void a_read_only_disk_is_named(void **state)
{
	(void)state;
	if (!in_child(is_permitted, NULL))
		skip();
	assert_true(in_child(is_read_only, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_is_named_and_nothing_is_lost),
		cmocka_unit_test(a_store_that_finds_no_room_is_not_made),
		cmocka_unit_test(a_store_on_a_full_disk_opens_or_says_why_not),
		cmocka_unit_test(a_read_only_disk_is_named),
	};
	return cmocka_run_group_tests(tests, start, end);
}
