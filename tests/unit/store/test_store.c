#include "tests/unit/store/fixture.h"

#include <sys/stat.h>

#include "core/base/mem.h"

#define CANARY "canary-of-the-store-4711"

/* One store for each test, opened. */
struct opened {
	struct folder folder;
	struct secret master;
	struct store *store;
};

static void opened_end(struct opened *o)
{
	store_close(o->store);
	folder_gone(&o->folder);
}

static struct opened opened_start(void)
{
	struct opened o = {0};
	store_fresh(&o.folder, &o.master);
	o.store = store_opened(o.folder.path, &o.master);
	return o;
}

#define OPENED CLEANUP(opened_end) struct opened

static void reopen(struct opened *o)
{
	store_close(o->store);
	o->store = store_opened(o->folder.path, &o->master);
}

/* ---- Making one. */

static void a_new_store_keeps_what_was_put_and_forgets_what_was_erased(void **state)
{
	(void)state;
	struct store *store = NULL;
	struct why why = {0};
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	TEMP_FOLDER top;
	folder_fresh(&top);
	const char *dir = in_folder(&top, "a/b");

	enum err e =
		store_create(dir, bytes_text(PASSPHRASE), &options, NULL, &store, &why);
	assert_string_equal(why.text, "");
	assert_int_equal(e, OK);
	put_one(store, "name", "Amina");
	put_one_of(store, doc(1), "text", "a goal");
	put_one_of(store, doc(2), "text", "a note");
	store_close(store);

	WIPED(secret) master;
	assert_int_equal(store_unlock(dir, bytes_text(PASSPHRASE), &master, &why), OK);
	store = store_opened(dir, &master);
	assert_one(store, "name", "Amina");
	assert_one_of(store, doc(1), "text", "a goal");
	erase_one(store, doc(1));
	assert_one_of(store, doc(1), "text", NULL);
	assert_one_of(store, doc(2), "text", "a note");
	store_close(store);

	store = store_opened(dir, &master);
	assert_one(store, "name", "Amina");
	assert_one_of(store, doc(1), "text", NULL);
	assert_one_of(store, doc(2), "text", "a note");
	store_close(store);
}

static unsigned mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void only_its_owner_can_look_into_a_new_store(void **state)
{
	(void)state;
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	TEMP_FOLDER top;
	folder_fresh(&top);
	assert_int_equal(chmod(top.path, 0755), 0);
	mode_t before = umask(0);
	enum err e = store_create(
		top.path, bytes_text(PASSPHRASE), &options, NULL, &store, NULL);
	(void)umask(before);

	assert_int_equal(e, OK);
	assert_int_equal(mode_of(top.path), 0700);
	assert_int_equal(mode_of(in_folder(&top, "header")), 0600);
	assert_int_equal(mode_of(in_folder(&top, "data.mdb")), 0600);
	assert_int_equal(mode_of(in_folder(&top, "lock.mdb")), 0600);
	store_close(store);
	assert_int_equal(mode_of(in_folder(&top, "guard")), 0600);
}

static void a_removed_store_leaves_no_folder(void **state)
{
	(void)state;
	TEMP_FOLDER top;
	folder_fresh(&top);
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	const char *dir = in_folder(&top, "store");
	assert_int_equal(
		store_create(dir, bytes_text(PASSPHRASE), &options, NULL, &store, NULL),
		OK);
	store_close(store);
	store_remove(dir);
	struct stat st;
	assert_int_not_equal(stat(dir, &st), 0);
}

/* ---- Records. */

static void a_record_is_replaced_deleted_and_put_again(void **state)
{
	(void)state;
	OPENED o = opened_start();
	put_one(o.store, "key", "one");
	put_one(o.store, "key", "two");
	assert_one(o.store, "key", "two");

	struct store_txn *txn = txn_begun(o.store, true);
	assert_int_equal(store_delete(txn, TABLE_SETTINGS, bytes_text("key")), OK);
	assert_int_equal(store_delete(txn, TABLE_SETTINGS, bytes_text("key")), OK);
	txn_committed(txn);
	assert_one(o.store, "key", NULL);

	put_one(o.store, "key", "three");
	reopen(&o);
	assert_one(o.store, "key", "three");
}

static void tables_documents_and_the_store_do_not_share_names(void **state)
{
	(void)state;
	OPENED o = opened_start();
	struct bytes key = bytes_text("k");
	struct store_txn *txn = txn_begun(o.store, true);
	assert_int_equal(store_put(txn, TABLE_LOG, key, bytes_text("log")), OK);
	assert_int_equal(store_put(txn, TABLE_ENTRY, key, bytes_text("entry")), OK);
	assert_int_equal(store_put_of(txn, doc(1), TABLE_LOG, key, bytes_text("1")), OK);
	assert_int_equal(store_put_of(txn, doc(2), TABLE_LOG, key, bytes_text("2")), OK);
	txn_committed(txn);

	CLEAN_BUF struct buf got = {0};
	txn = txn_begun(o.store, false);
	assert_int_equal(store_get(txn, TABLE_LOG, key, &got), OK);
	assert_int_equal(store_get(txn, TABLE_ENTRY, key, &got), OK);
	assert_int_equal(store_get_of(txn, doc(1), TABLE_LOG, key, &got), OK);
	assert_int_equal(store_get_of(txn, doc(2), TABLE_LOG, key, &got), OK);
	assert_int_equal(
		store_get_of(txn, doc(1), TABLE_ENTRY, key, &got), ERR_NOT_FOUND);
	store_abort(txn);
	assert_string_equal(buf_text(&got), "logentry12");
}

static void any_bytes_of_any_length_come_back(void **state)
{
	(void)state;
	static const size_t lengths[] = {
		0, 1, 63, 64, 65, 127, 128, 4096, 65536, 1000000};
	OPENED o = opened_start();
	CLEAN_BUF struct buf value = {0};
	random_fill(buf_extend(&value, 1000000), 1000000);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct bytes part = {value.at, lengths[i]};
		struct bytes key = {value.at, i}; /* of any bytes, the empty one too */
		struct store_txn *txn = txn_begun(o.store, true);
		assert_int_equal(store_put(txn, TABLE_INDEX, key, part), OK);
		CLEAN_BUF struct buf got = {0};
		buf_add_text(&got, "before");
		assert_int_equal(store_get(txn, TABLE_INDEX, key, &got), OK);
		buf_drop_front(&got, 6);
		assert_true(bytes_equal(buf_bytes(&got), part));
		txn_committed(txn);
	}
}

/* ---- Transactions. */

static void an_aborted_transaction_changes_nothing(void **state)
{
	(void)state;
	OPENED o = opened_start();
	put_one(o.store, "key", "old");
	put_one_of(o.store, doc(1), "text", "old");
	uint64_t version = store_version(o.store);

	struct store_txn *txn = txn_begun(o.store, true);
	assert_int_equal(
		store_put(txn, TABLE_SETTINGS, bytes_text("key"), bytes_text("new")), OK);
	assert_int_equal(store_put_of(txn, doc(2), TABLE_DOCUMENT, bytes_text("text"),
				 bytes_text("new")),
		OK);
	struct id one = doc(1);
	assert_int_equal(store_erase_in(txn, &one, 1), OK);
	CLEAN_BUF struct buf got = {0};
	assert_int_equal(store_get_of(txn, one, TABLE_DOCUMENT, bytes_text("text"), &got),
		ERR_NOT_FOUND);
	store_abort(txn);

	assert_int_equal(store_version(o.store), version);
	assert_one(o.store, "key", "old");
	assert_one_of(o.store, doc(1), "text", "old");
	assert_one_of(o.store, doc(2), "text", NULL);
}

static void one_process_has_one_transaction_at_a_time(void **state)
{
	(void)state;
	OPENED o = opened_start();
	struct store_txn *txn = txn_begun(o.store, false), *other = txn;
	struct why why = {0};
	assert_int_equal(store_begin(o.store, true, &other, &why), ERR_BUSY);
	assert_null(other);
	assert_true(why.text[0] != '\0');
	store_abort(txn);
	txn = txn_begun(o.store, true);
	store_abort(txn);
}

static void a_reader_cannot_write(void **state)
{
	(void)state;
	OPENED o = opened_start();
	struct bytes k = bytes_text("k");
	struct id id = doc(1);
	struct store_txn *txn = txn_begun(o.store, false);
	assert_int_equal(store_put(txn, TABLE_LOG, k, k), ERR_READ_ONLY);
	assert_int_equal(store_put_of(txn, id, TABLE_LOG, k, k), ERR_READ_ONLY);
	assert_int_equal(store_delete(txn, TABLE_LOG, k), ERR_READ_ONLY);
	assert_int_equal(store_delete_of(txn, id, TABLE_LOG, k), ERR_READ_ONLY);
	assert_int_equal(store_erase_in(txn, &id, 1), ERR_READ_ONLY);
	txn_committed(txn);
}

static void an_open_transaction_ends_with_the_store(void **state)
{
	(void)state;
	OPENED o = opened_start();
	struct store_txn *txn = txn_begun(o.store, true);
	assert_int_equal(
		store_put(txn, TABLE_SETTINGS, bytes_text("k"), bytes_text("v")), OK);
	reopen(&o);
	assert_one(o.store, "k", NULL);
}

static void each_commit_moves_the_version(void **state)
{
	(void)state;
	OPENED o = opened_start();
	uint64_t version = store_version(o.store);
	put_one(o.store, "k", "v");
	assert_true(store_version(o.store) > version);
	version = store_version(o.store);
	reopen(&o);
	assert_int_equal(store_version(o.store), version);
}

/* ---- Documents. */

static void the_zero_id_is_no_document(void **state)
{
	(void)state;
	OPENED o = opened_start();
	struct bytes k = bytes_text("k");
	struct store_txn *txn = txn_begun(o.store, true);
	assert_int_equal(
		store_put_of(txn, (struct id){{0}}, TABLE_LOG, k, k), ERR_INVALID);
	assert_int_equal(store_commit(txn, NULL), ERR_INVALID);
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

static void assert_documents(struct store *store, unsigned from, unsigned to)
{
	struct store_txn *txn = txn_begun(store, false);
	CLEAN_MEM struct id *ids = NULL;
	size_t count = 0;
	assert_int_equal(store_documents(txn, &ids, &count), OK);
	store_abort(txn);
	assert_int_equal(count, to - from);
	qsort(ids, count, sizeof *ids, by_id);
	for (unsigned i = from; i < to; i++)
		assert_true(id_equal(ids[i - from], doc(i)));
}

/* Past several chunks of the keyring, some in one transaction and some alone. */
static void many_documents_are_kept_and_listed(void **state)
{
	(void)state;
	OPENED o = opened_start();
	assert_documents(o.store, 1, 1);
	struct store_txn *txn = txn_begun(o.store, true);
	for (unsigned i = 1; i < 400; i++)
		assert_int_equal(store_put_of(txn, doc(i), TABLE_DOCUMENT,
					 bytes_text("text"), BYTES_OF(doc(i).b)),
			OK);
	txn_committed(txn);
	put_one_of(o.store, doc(400), "text", "alone");
	assert_documents(o.store, 1, 401);
	reopen(&o);
	assert_documents(o.store, 1, 401);
	txn = txn_begun(o.store, false);
	for (unsigned i = 1; i < 400; i++) {
		CLEAN_BUF struct buf got = {0};
		struct id id = doc(i);
		assert_int_equal(
			store_get_of(txn, id, TABLE_DOCUMENT, bytes_text("text"), &got),
			OK);
		assert_true(bytes_equal(buf_bytes(&got), BYTES_OF(id.b)));
	}
	store_abort(txn);
}

static void deleting_the_last_record_keeps_the_document(void **state)
{
	(void)state;
	OPENED o = opened_start();
	put_one_of(o.store, doc(1), "text", "x");
	struct store_txn *txn = txn_begun(o.store, true);
	assert_int_equal(
		store_delete_of(txn, doc(1), TABLE_DOCUMENT, bytes_text("text")), OK);
	txn_committed(txn);
	assert_one_of(o.store, doc(1), "text", NULL);
	assert_documents(o.store, 1, 2);
}

/* ---- What lies on the disk. */

static void nothing_lies_on_the_disk_in_the_clear(void **state)
{
	(void)state;
	OPENED o = opened_start();
	put_one(o.store, CANARY, CANARY);
	put_one_of(o.store, doc(77), CANARY, CANARY CANARY CANARY CANARY CANARY);
	assert_false(folder_holds(o.folder.path, bytes_text(CANARY)));
	struct id id = doc(77);
	assert_false(folder_holds(o.folder.path, BYTES_OF(id.b)));
	assert_false(folder_holds(o.folder.path, BYTES_OF(o.master.b)));
	assert_false(folder_holds(o.folder.path, bytes_text(PASSPHRASE)));
	erase_one(o.store, doc(77));
	store_close(o.store);
	o.store = NULL;
	assert_false(folder_holds(o.folder.path, bytes_text(CANARY)));
	assert_false(folder_holds(o.folder.path, BYTES_OF(id.b)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_new_store_keeps_what_was_put_and_forgets_what_was_erased),
		cmocka_unit_test(only_its_owner_can_look_into_a_new_store),
		cmocka_unit_test(a_removed_store_leaves_no_folder),
		cmocka_unit_test(a_record_is_replaced_deleted_and_put_again),
		cmocka_unit_test(tables_documents_and_the_store_do_not_share_names),
		cmocka_unit_test(any_bytes_of_any_length_come_back),
		cmocka_unit_test(an_aborted_transaction_changes_nothing),
		cmocka_unit_test(one_process_has_one_transaction_at_a_time),
		cmocka_unit_test(a_reader_cannot_write),
		cmocka_unit_test(an_open_transaction_ends_with_the_store),
		cmocka_unit_test(each_commit_moves_the_version),
		cmocka_unit_test(the_zero_id_is_no_document),
		cmocka_unit_test(many_documents_are_kept_and_listed),
		cmocka_unit_test(deleting_the_last_record_keeps_the_document),
		cmocka_unit_test(nothing_lies_on_the_disk_in_the_clear),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
