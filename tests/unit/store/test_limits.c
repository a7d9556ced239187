#include "tests/unit/store/fixture.h"

#include "core/base/mem.h"

/* Values of 64 MiB: for the full suite. */

static void the_largest_value_fits(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct store *store = store_opened(folder.path, &master);
	CLEAN_BUF struct buf large = {0};
	memset(buf_extend(&large, STORE_VALUE_MAX), 7, STORE_VALUE_MAX);
	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(
		store_put(txn, TABLE_INDEX, bytes_text("a"), buf_bytes(&large)), OK);
	CLEAN_BUF struct buf got = {0};
	assert_int_equal(store_get(txn, TABLE_INDEX, bytes_text("a"), &got), OK);
	assert_true(bytes_equal(buf_bytes(&got), buf_bytes(&large)));
	store_abort(txn);
	store_close(store);
}

static void what_is_too_large_is_refused_and_spoils_its_transaction(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct store *store = store_opened(folder.path, &master);
	CLEAN_BUF struct buf large = {0};
	memset(buf_extend(&large, STORE_VALUE_MAX + 1), 7, STORE_VALUE_MAX + 1);
	struct bytes longest = {large.at, STORE_KEY_MAX};
	struct bytes longer = {large.at, STORE_KEY_MAX + 1};

	struct store_txn *txn = txn_begun(store, true);
	assert_int_equal(store_put(txn, TABLE_INDEX, longest, bytes_text("v")), OK);
	txn_committed(txn);

	txn = txn_begun(store, true);
	assert_int_equal(
		store_put(txn, TABLE_INDEX, bytes_text("a"), bytes_text("v")), OK);
	assert_int_equal(
		store_put(txn, TABLE_INDEX, longer, bytes_text("v")), ERR_TOO_BIG);
	assert_int_equal(store_commit(txn, NULL), ERR_TOO_BIG);

	txn = txn_begun(store, true);
	assert_int_equal(store_put(txn, TABLE_INDEX, bytes_text("a"), buf_bytes(&large)),
		ERR_TOO_BIG);
	struct why why = {0};
	assert_int_equal(store_commit(txn, &why), ERR_TOO_BIG);
	assert_non_null(strstr(why.text, "nothing was changed"));

	CLEAN_BUF struct buf got = {0};
	txn = txn_begun(store, false);
	assert_int_equal(
		store_get(txn, TABLE_INDEX, bytes_text("a"), &got), ERR_NOT_FOUND);
	assert_int_equal(store_get(txn, TABLE_INDEX, longest, &got), OK);
	store_abort(txn);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_largest_value_fits),
		cmocka_unit_test(what_is_too_large_is_refused_and_spoils_its_transaction),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
