#include "tests/unit/store/fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"

int fixture_start(void **state)
{
	(void)state;
	return crypto_start() == OK ? 0 : -1;
}

/* ---- Folders and files. */

void folder_fresh(struct folder *folder)
{
	/* In memory where there is such a place: what is tested here is order, and each
	 * commit waits for the disk several times. */
	const char *where = getenv("TMPDIR");
	if (where == NULL || where[0] != '/')
		where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	(void)snprintf(folder->path, sizeof folder->path, "%s/kith-store-XXXXXX", where);
	assert_non_null(mkdtemp(folder->path));
}

static void remove_all(const char *path)
{
	DIR *list = opendir(path);
	if (list == NULL)
		return;
	for (const struct dirent *d = readdir(list); d != NULL; d = readdir(list)) {
		char inner[600];
		struct stat st;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		(void)snprintf(inner, sizeof inner, "%s/%s", path, d->d_name);
		if (lstat(inner, &st) == 0 && S_ISDIR(st.st_mode))
			remove_all(inner);
		else
			(void)unlink(inner);
	}
	(void)closedir(list);
	(void)rmdir(path);
}

void folder_gone(struct folder *folder)
{
	if (folder->path[0] == '\0')
		return;
	(void)chmod(folder->path, 0700);
	remove_all(folder->path);
	folder->path[0] = '\0';
}

const char *in_folder(const struct folder *folder, const char *name)
{
	static char paths[4][300];
	static unsigned next;
	char *path = paths[next++ % 4];
	(void)snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
	return path;
}

void file_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	ssize_t got = 0;
	do {
		uint8_t *at = buf_extend(out, 65536);
		got = read(fd, at, 65536);
		assert_true(got >= 0);
		out->len -= 65536 - (size_t)got;
	} while (got > 0);
	(void)close(fd);
}

void file_write(const char *path, struct bytes content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (content.len > 0) {
		ssize_t done = write(fd, content.at, content.len);
		assert_true(done > 0);
		content = (struct bytes){content.at + done, content.len - (size_t)done};
	}
	assert_int_equal(close(fd), 0);
}

void folder_copy(const char *from, const char *to)
{
	DIR *list = opendir(from);
	assert_non_null(list);
	for (const struct dirent *d = readdir(list); d != NULL; d = readdir(list)) {
		char a[600], b[600];
		struct stat st;
		(void)snprintf(a, sizeof a, "%s/%s", from, d->d_name);
		(void)snprintf(b, sizeof b, "%s/%s", to, d->d_name);
		if (lstat(a, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		CLEAN_BUF struct buf content = {0};
		file_read(a, &content);
		file_write(b, buf_bytes(&content));
		const struct timespec times[] = {st.st_atim, st.st_mtim};
		assert_int_equal(utimensat(AT_FDCWD, b, times, 0), 0);
	}
	(void)closedir(list);
}

bool folder_holds(const char *path, struct bytes needle)
{
	DIR *list = opendir(path);
	assert_non_null(list);
	bool found = false;
	for (const struct dirent *d = readdir(list); d != NULL; d = readdir(list)) {
		char inner[600];
		struct stat st;
		(void)snprintf(inner, sizeof inner, "%s/%s", path, d->d_name);
		if (lstat(inner, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		CLEAN_BUF struct buf content = {0};
		file_read(inner, &content);
		found = found ||
			(content.len > 0 && memmem(content.at, content.len, needle.at,
						    needle.len) != NULL);
	}
	(void)closedir(list);
	return found;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

void folder_state(const char *path, struct buf *out)
{
	char names[32][256] = {{0}};
	size_t count = 0;
	DIR *list = opendir(path);
	assert_non_null(list);
	for (const struct dirent *d = readdir(list); d != NULL; d = readdir(list))
		if (d->d_name[0] != '.' && strcmp(d->d_name, "lock.mdb") != 0) {
			assert_true(count < 32);
			(void)snprintf(names[count++], sizeof names[0], "%s", d->d_name);
		}
	(void)closedir(list);
	qsort(names, count, sizeof names[0], by_name);
	for (size_t i = 0; i < count; i++) {
		char inner[600];
		struct stat st;
		(void)snprintf(inner, sizeof inner, "%s/%s", path, names[i]);
		assert_int_equal(lstat(inner, &st), 0);
		buf_add_format(out, "%s %o\n", names[i], (unsigned)st.st_mode);
		if (S_ISREG(st.st_mode) && access(inner, R_OK) == 0)
			file_read(inner, out);
	}
}

/* ---- Other processes. */

bool in_child(bool (*f)(void *arg), void *arg)
{
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(f(arg) ? 0 : 1);
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool may_be_nobody(void)
{
	return geteuid() == 0;
}

struct call {
	bool (*f)(void *arg);
	void *arg;
};

static bool call_as_nobody(void *arg)
{
	const struct call *call = arg;
	return setgid(65534) == 0 && setuid(65534) == 0 && call->f(call->arg);
}

bool as_nobody(bool (*f)(void *arg), void *arg)
{
	struct call call = {f, arg};
	return !may_be_nobody() || in_child(call_as_nobody, &call);
}

/* ---- The store. */

static struct folder template;
static struct secret template_master;
static struct buf template_recovery;

static void template_gone(void)
{
	folder_gone(&template);
	buf_release(&template_recovery);
}

static void template_made(void)
{
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	folder_fresh(&template);
	(void)atexit(template_gone);
	assert_int_equal(store_create(template.path, bytes_text(PASSPHRASE), &options,
				 &template_recovery, &store, NULL),
		OK);
	store_close(store);
	assert_int_equal(store_unlock(template.path, buf_bytes(&template_recovery),
				 &template_master, NULL),
		OK);
}

const char *store_recovery(void)
{
	return buf_text(&template_recovery);
}

void store_fresh(struct folder *folder, struct secret *master)
{
	if (template.path[0] == '\0')
		template_made();
	folder_fresh(folder);
	folder_copy(template.path, folder->path);
	*master = template_master;
}

struct store *store_opened(const char *dir, const struct secret *master)
{
	struct store *store = NULL;
	struct why why = {0};
	enum err e = store_open(dir, master, &store, &why);
	if (e != OK)
		fail_msg("the store does not open: %s", why_text(&why, e));
	return store;
}

struct store_txn *txn_begun(struct store *store, bool write)
{
	struct store_txn *txn = NULL;
	struct why why = {0};
	enum err e = store_begin(store, write, &txn, &why);
	if (e != OK)
		fail_msg("no transaction: %s", why_text(&why, e));
	return txn;
}

void txn_committed(struct store_txn *txn)
{
	struct why why = {0};
	enum err e = store_commit(txn, &why);
	if (e != OK)
		fail_msg("no commit: %s", why_text(&why, e));
}

void put_one(struct store *store, const char *key, const char *value)
{
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(
		store_put(txn, TABLE_SETTINGS, bytes_text(key), bytes_text(value)), OK);
	txn_committed(txn);
}

void put_one_of(
	struct store *store, struct id document, const char *key, const char *value)
{
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(store_put_of(txn, document, TABLE_DOCUMENT, bytes_text(key),
				 bytes_text(value)),
		OK);
	txn_committed(txn);
}

void erase_one(struct store *store, struct id document)
{
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(store_erase_in(txn, &document, 1), OK);
	txn_committed(txn);
}

static void assert_value(enum err e, struct buf *got, const char *value)
{
	if (value == NULL) {
		assert_int_equal(e, ERR_NOT_FOUND);
		assert_int_equal(got->len, 0);
		return;
	}
	assert_int_equal(e, OK);
	assert_string_equal(buf_text(got), value);
}

void assert_one(struct store *store, const char *key, const char *value)
{
	struct store_txn *txn = txn_begun(store, false);
	CLEAN_BUF struct buf got = {0};
	enum err e = store_get(txn, TABLE_SETTINGS, bytes_text(key), &got);
	store_abort(txn);
	assert_value(e, &got, value);
}

void assert_one_of(
	struct store *store, struct id document, const char *key, const char *value)
{
	struct store_txn *txn = txn_begun(store, false);
	CLEAN_BUF struct buf got = {0};
	enum err e = store_get_of(txn, document, TABLE_DOCUMENT, bytes_text(key), &got);
	store_abort(txn);
	assert_value(e, &got, value);
}

/* ---- What LMDB holds. */

static MDB_env *raw_open(const char *dir, bool write, MDB_txn **txn, MDB_dbi *dbi)
{
	MDB_env *env = NULL;
	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), 0);
	assert_int_equal(
		mdb_env_open(env, dir, write ? MDB_NOSYNC : MDB_RDONLY, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, write ? 0 : MDB_RDONLY, txn), 0);
	assert_int_equal(mdb_dbi_open(*txn, NULL, 0, dbi), 0);
	return env;
}

size_t records_in(const char *dir)
{
	struct raw raw = {0};
	raw_read(dir, &raw);
	size_t count = raw.count;
	raw_release(&raw);
	return count;
}

void raw_read(const char *dir, struct raw *out)
{
	MDB_txn *txn = NULL;
	MDB_dbi dbi = 0;
	MDB_cursor *cursor = NULL;
	MDB_val name, value;
	MDB_env *env = raw_open(dir, false, &txn, &dbi);
	assert_int_equal(mdb_cursor_open(txn, dbi, &cursor), 0);
	CLEAN_BUF struct buf lengths = {0};
	while (mdb_cursor_get(cursor, &name, &value, MDB_NEXT) == 0) {
		assert_int_equal(name.mv_size, 16);
		buf_add_raw(&out->names, name.mv_data, 16);
		buf_add_raw(&out->bytes, value.mv_data, value.mv_size);
		buf_add_u32(&lengths, (uint32_t)value.mv_size);
		out->count++;
	}
	mdb_cursor_close(cursor);
	mdb_txn_abort(txn);
	mdb_env_close(env);

	out->values = mem_array(out->count, sizeof *out->values);
	struct bytes rest = buf_bytes(&out->bytes), len = buf_bytes(&lengths);
	for (size_t i = 0; i < out->count; i++) {
		uint32_t n = 0;
		assert_true(bytes_take_u32(&len, &n));
		assert_true(bytes_take(&rest, n, &out->values[i]));
	}
}

void raw_release(struct raw *raw)
{
	buf_release(&raw->names);
	buf_release(&raw->bytes);
	mem_free(raw->values);
	*raw = (struct raw){0};
}

void raw_write(const char *dir, const uint8_t name[16], struct bytes value)
{
	MDB_txn *txn = NULL;
	MDB_dbi dbi = 0;
	MDB_env *env = raw_open(dir, true, &txn, &dbi);
	CLEAN_BUF struct buf own = {0}; /* MDB_val is not const */
	buf_add_raw(&own, name, 16);
	buf_add(&own, value);
	MDB_val at = {.mv_size = 16, .mv_data = own.at};
	MDB_val content = {.mv_size = value.len, .mv_data = own.at + 16};
	assert_int_equal(mdb_put(txn, dbi, &at, &content, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

struct id doc(unsigned number)
{
	struct id id = {{0xd0}};
	for (size_t i = 0; i < 4; i++)
		id.b[15 - i] = (uint8_t)(number >> (8 * i));
	return id;
}
