#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/header.h"

/*
 * What erasing takes away, and from whom: also from someone who has the passphrase, the
 * folder as it is now, and an older copy of the data file.
 */

static size_t erase_many(struct store *store, const struct id *ids, size_t count)
{
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(store_erase_in(txn, ids, count), OK);
	txn_committed(txn);
	txn = txn_begun(store, false);
	CLEAN_MEM struct id *left = NULL;
	size_t left_count = 0;
	assert_int_equal(store_documents(txn, &left, &left_count), OK);
	store_abort(txn);
	return left_count;
}

static void put_many(struct store *store, unsigned from, unsigned to)
{
	struct store_txn *txn = txn_begun(store, true);
	for (unsigned i = from; i < to; i++)
		assert_int_equal(store_put_of(txn, doc(i), TABLE_DOCUMENT,
					 bytes_text("text"), bytes_text("words")),
			OK);
	txn_committed(txn);
}

static void only_what_is_named_is_erased(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct store *store = store_opened(folder.path, &master);
	put_many(store, 1, 500);
	/* From the first chunk, the last one and between, in no order, one unknown. */
	const struct id ids[] = {
		doc(499), doc(1), doc(128), doc(9999), doc(129), doc(300)};
	assert_int_equal(erase_many(store, ids, 6), 499 - 5);
	for (int again = 0; again < 2; again++) {
		for (unsigned i = 1; i < 500; i++) {
			bool gone =
				i == 499 || i == 1 || i == 128 || i == 129 || i == 300;
			assert_one_of(store, doc(i), "text", gone ? NULL : "words");
		}
		store_close(store);
		store = store_opened(folder.path, &master);
	}
	store_close(store);
}

static void all_records_of_an_erased_document_leave_the_file(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	size_t empty = records_in(folder.path);
	struct store *store = store_opened(folder.path, &master);
	struct store_txn *txn = txn_begun(store, true);
	for (unsigned i = 0; i < 100; i++) {
		struct id key = doc(i);
		assert_int_equal(store_put_of(txn, doc(1 + i % 2),
					 i % 3 == 0 ? TABLE_SECTION : TABLE_DRAFT,
					 BYTES_OF(key.b), bytes_text("words")),
			OK);
	}
	txn_committed(txn);
	erase_one(store, doc(1));
	store_close(store);
	/* 50 records of the other one, and a chunk of keys. */
	assert_int_equal(records_in(folder.path), empty + 50 + 1);

	store = store_opened(folder.path, &master);
	erase_one(store, doc(2));
	store_close(store);
	assert_int_equal(records_in(folder.path), empty);
}

static void erasing_nothing_is_no_erase(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct store *store = store_opened(folder.path, &master);
	put_one_of(store, doc(1), "text", "words");
	CLEAN_BUF struct buf before = {0}, after = {0};
	file_read(in_folder(&folder, "header"), &before);
	const struct id unknown = doc(7);
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(store_erase_in(txn, NULL, 0), OK);
	assert_int_equal(store_erase_in(txn, &unknown, 1), OK);
	txn_committed(txn);
	file_read(in_folder(&folder, "header"), &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	assert_one_of(store, doc(1), "text", "words");
	store_close(store);
}

static void an_erased_id_may_be_used_again(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct store *store = store_opened(folder.path, &master);
	struct bytes text = bytes_text("text");
	struct id one = doc(1);
	put_one_of(store, one, "text", "old");
	put_one_of(store, one, "more", "old");
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(store_erase_in(txn, &one, 1), OK);
	assert_int_equal(
		store_put_of(txn, one, TABLE_DOCUMENT, text, bytes_text("new")), OK);
	txn_committed(txn);
	assert_one_of(store, one, "text", "new");
	assert_one_of(store, one, "more", NULL);
	store_close(store);
}

static void what_was_written_in_the_erasing_transaction_goes_too(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	size_t empty = records_in(folder.path);
	struct store *store = store_opened(folder.path, &master);
	struct id one = doc(1);
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(store_put_of(txn, one, TABLE_DOCUMENT, bytes_text("text"),
				 bytes_text("words")),
		OK);
	assert_int_equal(store_erase_in(txn, &one, 1), OK);
	txn_committed(txn);
	assert_one_of(store, one, "text", NULL);
	store_close(store);
	assert_int_equal(records_in(folder.path), empty);
}

/* ---- Who keeps an old copy. */

static void read_header(
	const struct folder *folder, const struct store_keys *keys, struct header *out)
{
	int fd = open(in_folder(folder, "header"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(header_read(fd, keys, out, NULL), OK);
	(void)close(fd);
}

/* A header that gives out the erasure key of today for the one of then. */
static void forge_header(const struct folder *folder, const struct secret *master,
	uint64_t now, uint64_t then)
{
	struct store_keys keys;
	struct header header;
	WIPED(secret) key;
	store_keys_derive(master, &keys);
	read_header(folder, &keys, &header);
	assert_true(header_erasure_key(&header, &keys, now, &key));
	header.erasure_count = 0;
	header_add_erasure(&header, &keys, then, &key);
	int fd = open(in_folder(folder, "header"), O_RDWR | O_CLOEXEC);
	assert_int_equal(header_write(fd, &keys, &header), OK);
	(void)close(fd);
}

static enum err get_of(struct store *store, struct id id, struct buf *got)
{
	struct store_txn *txn = txn_begun(store, false);
	enum err e = store_get_of(txn, id, TABLE_DOCUMENT, bytes_text("text"), got);
	store_abort(txn);
	return e;
}

static void an_old_copy_of_the_data_file_cannot_be_read_for_what_was_erased(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder, copy, both;
	store_fresh(&folder, &master);
	folder_fresh(&copy);
	folder_fresh(&both);
	struct store *store = store_opened(folder.path, &master);
	put_one(store, "name", "Amina");
	put_one_of(store, doc(1), "text", "erased");
	put_one_of(store, doc(2), "text", "kept");
	folder_copy(folder.path, copy.path);
	folder_copy(folder.path, both.path);
	erase_one(store, doc(1));
	store_close(store);

	/* The old data file under the header of now: they do not belong together. */
	CLEAN_BUF struct buf header = {0};
	file_read(in_folder(&folder, "header"), &header);
	file_write(in_folder(&copy, "header"), buf_bytes(&header));
	struct why why = {0};
	assert_int_equal(store_open(copy.path, &master, &store, &why), ERR_DAMAGED);
	assert_non_null(strstr(why.text, "do not belong together"));

	/* Made to fit by someone who knows how: the store's own records open, which no
	 * erase has touched, and no key of a document does. */
	forge_header(&copy, &master, 2, 1);
	store = store_opened(copy.path, &master);
	assert_one(store, "name", "Amina");
	CLEAN_BUF struct buf got = {0};
	assert_int_equal(get_of(store, doc(1), &got), ERR_DAMAGED);
	assert_int_equal(get_of(store, doc(2), &got), ERR_DAMAGED);
	assert_int_equal(got.len, 0);
	store_close(store);

	/* With the old header too nothing helps: that is what a backup is. */
	store = store_opened(both.path, &master);
	assert_one_of(store, doc(1), "text", "erased");
	store_close(store);
}

/* The erasure key is the only thing that an erase destroys, so each byte of it must go:
 * the header of before has it, no later file does. */
static void the_old_erasure_key_is_in_no_file(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct store_keys keys;
	struct header before, after;
	store_keys_derive(&master, &keys);
	struct store *store = store_opened(folder.path, &master);
	put_one_of(store, doc(1), "text", "words");
	read_header(&folder, &keys, &before);
	assert_true(folder_holds(folder.path, BYTES_OF(before.erasure[0].wrapped)));
	erase_one(store, doc(1));
	assert_false(folder_holds(folder.path, BYTES_OF(before.erasure[0].wrapped)));
	read_header(&folder, &keys, &after);
	assert_int_equal(after.erasure_count, 1);
	assert_int_equal(after.erasure[0].number, before.erasure[0].number + 1);
	store_close(store);
}

/* Thrown away with the old key, the new data file would be of no use to anyone. */
static void the_new_data_file_does_not_open_under_the_old_header(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct store *store = store_opened(folder.path, &master);
	put_one_of(store, doc(1), "text", "words");
	CLEAN_BUF struct buf header = {0};
	file_read(in_folder(&folder, "header"), &header);
	erase_one(store, doc(1));
	store_close(store);
	file_write(in_folder(&folder, "header"), buf_bytes(&header));
	struct why why = {0};
	assert_int_equal(store_open(folder.path, &master, &store, &why), ERR_DAMAGED);
	assert_null(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_named_is_erased),
		cmocka_unit_test(all_records_of_an_erased_document_leave_the_file),
		cmocka_unit_test(erasing_nothing_is_no_erase),
		cmocka_unit_test(an_erased_id_may_be_used_again),
		cmocka_unit_test(what_was_written_in_the_erasing_transaction_goes_too),
		cmocka_unit_test(
			an_old_copy_of_the_data_file_cannot_be_read_for_what_was_erased),
		cmocka_unit_test(the_old_erasure_key_is_in_no_file),
		cmocka_unit_test(the_new_data_file_does_not_open_under_the_old_header),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
