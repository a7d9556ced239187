#include "tests/unit/store/fixture.h"

#include "core/base/mem.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_new_store_keeps_what_was_put_and_forgets_what_was_erased),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
