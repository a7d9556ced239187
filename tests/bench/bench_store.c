/*
 * The store beside plain LMDB and, where it is there, SQLCipher: 100,000 records of 300
 * bytes, written in one transaction, read one by one, and one by one durably. What counts
 * are the ratios within one run.
 *
 *	bench_store [records] [folder]
 */
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/crypto/keys.h"
#include "core/store/store.h"
#include "tests/bench/timing.h"

#ifdef HAVE_SQLCIPHER
#define SQLITE_HAS_CODEC
#include <sqlcipher/sqlite3.h>
#endif

#define VALUE_LEN 300u
#define SINGLE    500u /* durable transactions of one record */

/* Names in the order of a hash, as those of documents are. */
struct work {
	unsigned count;
	struct id *names;
	uint8_t value[VALUE_LEN];
	const char *top;
};

struct figures {
	double write, read, single, open, erase, bytes;
};

static void must(int failed, const char *what)
{
	if (failed == 0)
		return;
	(void)fprintf(stderr, "bench_store: %s failed (%d)\n", what, failed);
	exit(1);
}

static const char *path_of(const struct work *work, const char *name)
{
	static char path[512];
	(void)snprintf(path, sizeof path, "%s/%s", work->top, name);
	return path;
}

static double size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

/* ---- Ours. */

/* As documents: each has a data key of its own. As records: of the store. */
static enum err put(
	struct store_txn *txn, const struct work *work, unsigned i, bool documents)
{
	struct bytes name = BYTES_OF(work->names[i].b), value = BYTES_OF(work->value);
	return documents ? store_put_of(txn, work->names[i], TABLE_DOCUMENT, name, value)
			 : store_put(txn, TABLE_SETTINGS, name, value);
}

static enum err get(struct store_txn *txn, const struct work *work, unsigned i,
	bool documents, struct buf *out)
{
	struct bytes name = BYTES_OF(work->names[i].b);
	return documents ? store_get_of(txn, work->names[i], TABLE_DOCUMENT, name, out)
			 : store_get(txn, TABLE_SETTINGS, name, out);
}

static void put_range(struct store *store, const struct work *work, unsigned from,
	unsigned to, bool documents)
{
	struct store_txn *txn = NULL;
	must((int)store_begin(store, true, &txn, NULL), "begin");
	for (unsigned i = from; i < to; i++)
		must((int)put(txn, work, i, documents), "put");
	must((int)store_commit(txn, NULL), "commit");
}

static double get_all(struct store *store, const struct work *work, bool documents)
{
	CLEAN_BUF struct buf got = {0};
	struct store_txn *txn = NULL;
	double start = now_s();
	must((int)store_begin(store, false, &txn, NULL), "begin");
	for (unsigned i = 0; i < work->count; i++) {
		buf_clear(&got);
		must((int)get(txn, work, i, documents, &got), "get");
	}
	store_abort(txn);
	return now_s() - start;
}

/* To the first read, as `kith list` does it. */
static double open_and_read(const char *dir, const struct secret *master,
	const struct work *work, bool documents, struct store **out)
{
	CLEAN_BUF struct buf got = {0};
	struct store_txn *txn = NULL;
	double start = now_s();
	must((int)store_open(dir, master, out, NULL), "open");
	must((int)store_begin(*out, false, &txn, NULL), "begin");
	must((int)get(txn, work, 0, documents, &got), "get");
	store_abort(txn);
	return now_s() - start;
}

static double erase_one(struct store *store, struct id document)
{
	struct store_txn *txn = NULL;
	double start = now_s();
	must((int)store_begin(store, true, &txn, NULL), "begin");
	must((int)store_erase_in(txn, &document, 1), "erase");
	must((int)store_commit(txn, NULL), "commit");
	return now_s() - start;
}

static struct figures run_store(const struct work *work, bool documents)
{
	struct figures f = {0};
	struct store *store = NULL;
	WIPED(secret) master;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	char dir[512];
	(void)snprintf(dir, sizeof dir, "%s",
		path_of(work, documents ? "documents" : "records"));
	must((int)store_create(dir, bytes_text("x"), &options, NULL, &store, NULL),
		"create");
	double start = now_s();
	put_range(store, work, 0, work->count, documents);
	f.write = now_s() - start;
	f.read = get_all(store, work, documents);
	start = now_s();
	for (unsigned i = 0; i < SINGLE; i++)
		put_range(store, work, i, i + 1, documents);
	f.single = now_s() - start;
	store_close(store);

	must((int)store_unlock(dir, bytes_text("x"), &master, NULL), "unlock");
	f.open = open_and_read(dir, &master, work, documents, &store);
	if (documents)
		f.erase = erase_one(store, work->names[0]);
	store_close(store);
	(void)strcat(dir, "/data.mdb");
	f.bytes = size_of(dir);
	return f;
}

/* ---- Plain LMDB, with the names as they are. */

static MDB_env *env_open(const char *dir, MDB_dbi *dbi)
{
	MDB_env *env = NULL;
	MDB_txn *txn = NULL;
	(void)mkdir(dir, 0700);
	must(mdb_env_create(&env), "mdb_env_create");
	must(mdb_env_set_mapsize(env, (size_t)4 << 30), "mdb_env_set_mapsize");
	must(mdb_env_open(env, dir, 0, 0600), "mdb_env_open");
	must(mdb_txn_begin(env, NULL, 0, &txn), "mdb_txn_begin");
	must(mdb_dbi_open(txn, NULL, 0, dbi), "mdb_dbi_open");
	must(mdb_txn_commit(txn), "mdb_txn_commit");
	return env;
}

static void lmdb_range(
	MDB_env *env, MDB_dbi dbi, struct work *work, unsigned from, unsigned to)
{
	MDB_txn *txn = NULL;
	must(mdb_txn_begin(env, NULL, 0, &txn), "mdb_txn_begin");
	for (unsigned i = from; i < to; i++) {
		MDB_val name = {16, work->names[i].b}, value = {VALUE_LEN, work->value};
		must(mdb_put(txn, dbi, &name, &value, 0), "mdb_put");
	}
	must(mdb_txn_commit(txn), "mdb_txn_commit");
}

static double lmdb_all(MDB_env *env, MDB_dbi dbi, struct work *work, unsigned count)
{
	MDB_txn *txn = NULL;
	CLEAN_BUF struct buf got = {0};
	double start = now_s();
	must(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "mdb_txn_begin");
	for (unsigned i = 0; i < count; i++) {
		MDB_val name = {16, work->names[i].b}, value;
		must(mdb_get(txn, dbi, &name, &value), "mdb_get");
		buf_clear(&got);
		buf_add_raw(&got, value.mv_data, value.mv_size);
	}
	mdb_txn_abort(txn);
	return now_s() - start;
}

static struct figures run_lmdb(struct work *work)
{
	struct figures f = {0};
	char dir[512];
	MDB_dbi dbi = 0;
	(void)snprintf(dir, sizeof dir, "%s", path_of(work, "lmdb"));
	MDB_env *env = env_open(dir, &dbi);
	double start = now_s();
	lmdb_range(env, dbi, work, 0, work->count);
	f.write = now_s() - start;
	f.read = lmdb_all(env, dbi, work, work->count);
	start = now_s();
	for (unsigned i = 0; i < SINGLE; i++)
		lmdb_range(env, dbi, work, i, i + 1);
	f.single = now_s() - start;
	mdb_env_close(env);
	start = now_s();
	env = env_open(dir, &dbi);
	(void)lmdb_all(env, dbi, work, 1);
	f.open = now_s() - start;
	mdb_env_close(env);
	(void)strcat(dir, "/data.mdb");
	f.bytes = size_of(dir);
	return f;
}

/* ---- SQLCipher, with a raw key: the cost of its passphrase is not the question. */

#ifdef HAVE_SQLCIPHER
static void sql(sqlite3 *db, const char *text)
{
	must(sqlite3_exec(db, text, NULL, NULL, NULL), text);
}

static sqlite3 *sql_open(const char *path)
{
	sqlite3 *db = NULL;
	must(sqlite3_open(path, &db), "sqlite3_open");
	sql(db, "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f"
		"101112131415161718191a1b1c1d1e1f'\"");
	sql(db, "PRAGMA journal_mode = WAL");
	sql(db, "PRAGMA synchronous = FULL");
	sql(db, "CREATE TABLE IF NOT EXISTS t (k BLOB PRIMARY KEY, v BLOB) WITHOUT "
		"ROWID");
	return db;
}

static void sql_range(sqlite3 *db, const struct work *work, unsigned from, unsigned to)
{
	sqlite3_stmt *put = NULL;
	sql(db, "BEGIN");
	must(sqlite3_prepare_v2(
		     db, "INSERT OR REPLACE INTO t VALUES (?, ?)", -1, &put, NULL),
		"prepare");
	for (unsigned i = from; i < to; i++) {
		must(sqlite3_bind_blob(put, 1, work->names[i].b, 16, SQLITE_STATIC),
			"bind");
		must(sqlite3_bind_blob(put, 2, work->value, VALUE_LEN, SQLITE_STATIC),
			"bind");
		must(sqlite3_step(put) != SQLITE_DONE, "step");
		(void)sqlite3_reset(put);
	}
	(void)sqlite3_finalize(put);
	sql(db, "COMMIT");
}

static double sql_all(sqlite3 *db, const struct work *work, unsigned count)
{
	sqlite3_stmt *get_one = NULL;
	CLEAN_BUF struct buf got = {0};
	double start = now_s();
	sql(db, "BEGIN");
	must(sqlite3_prepare_v2(db, "SELECT v FROM t WHERE k = ?", -1, &get_one, NULL),
		"prepare");
	for (unsigned i = 0; i < count; i++) {
		must(sqlite3_bind_blob(get_one, 1, work->names[i].b, 16, SQLITE_STATIC),
			"bind");
		must(sqlite3_step(get_one) != SQLITE_ROW, "step");
		buf_clear(&got);
		buf_add_raw(&got, sqlite3_column_blob(get_one, 0), VALUE_LEN);
		(void)sqlite3_reset(get_one);
	}
	(void)sqlite3_finalize(get_one);
	sql(db, "COMMIT");
	return now_s() - start;
}

static struct figures run_sqlcipher(const struct work *work)
{
	struct figures f = {0};
	char path[512];
	(void)snprintf(path, sizeof path, "%s", path_of(work, "sqlcipher.db"));
	sqlite3 *db = sql_open(path);
	double start = now_s();
	sql_range(db, work, 0, work->count);
	f.write = now_s() - start;
	f.read = sql_all(db, work, work->count);
	start = now_s();
	for (unsigned i = 0; i < SINGLE; i++)
		sql_range(db, work, i, i + 1);
	f.single = now_s() - start;
	(void)sqlite3_close(db);
	start = now_s();
	db = sql_open(path);
	(void)sql_all(db, work, 1);
	f.open = now_s() - start;
	(void)sqlite3_close(db);
	f.bytes = size_of(path);
	return f;
}
#endif

/* ---- The table. */

static void print(const char *name, struct figures f, struct figures base, unsigned count)
{
	double n = (double)count, s = (double)SINGLE;
	(void)printf(
		"%-22s %7.2f %5.1fx  %7.2f %5.1fx  %7.0f %5.1fx  %7.2f %5.1fx  %6.1f",
		name, f.write / n * 1e6, f.write / base.write, f.read / n * 1e6,
		f.read / base.read, f.single / s * 1e6, f.single / base.single,
		f.open * 1e3, f.open / base.open, f.bytes / 1e6);
	if (f.erase > 0)
		(void)printf("   erase one: %.1f ms", f.erase * 1e3);
	(void)printf("\n");
}

int main(int argc, char **argv)
{
	struct work work = {
		.count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100000};
	char top[256];
	(void)snprintf(
		top, sizeof top, "%s/kith-bench-XXXXXX", argc > 2 ? argv[2] : "/tmp");
	must((int)crypto_start(), "crypto_start");
	must(work.count < SINGLE, "more records");
	must(mkdtemp(top) == NULL, top);
	work.top = top;
	work.names = mem_array(work.count, sizeof *work.names);
	for (unsigned i = 0; i < work.count; i++)
		work.names[i] = random_id();
	random_fill(work.value, sizeof work.value);

	struct figures lmdb = run_lmdb(&work);
	struct figures records = run_store(&work, false);
	struct figures documents = run_store(&work, true);
	(void)printf("%u records of %u bytes in %s; times as many as LMDB alone\n",
		work.count, VALUE_LEN, top);
	(void)printf("%-22s %14s  %14s  %14s  %14s  %6s\n", "", "write, us", "read, us",
		"one commit, us", "open, ms", "MB");
	print("LMDB, in the clear", lmdb, lmdb, work.count);
	print("store, its records", records, lmdb, work.count);
	print("store, of documents", documents, lmdb, work.count);
#ifdef HAVE_SQLCIPHER
	print("SQLCipher, raw key", run_sqlcipher(&work), lmdb, work.count);
#endif
	CLEAN_BUF struct buf command = {0};
	buf_add_format(&command, "rm -rf '%s'", top);
	mem_free(work.names);
	return system(buf_text(&command)) == 0 ? 0 : 1;
}
