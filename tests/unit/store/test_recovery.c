#include "tests/unit/store/fixture.h"

#include <ctype.h>

#include "core/base/mem.h"
#include "core/store/recovery.h"

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void text_of(const struct recovery *key, struct buf *out)
{
	recovery_text(key, out);
	assert_int_equal(out->len, 8 * 5 + 1);
}

static void a_recovery_key_reads_as_it_was_written(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		struct recovery key, read;
		CLEAN_BUF struct buf text = {0};
		recovery_new(&key);
		text_of(&key, &text);
		assert_true(recovery_read(buf_bytes(&text), &read));
		assert_memory_equal(&key, &read, sizeof key);
	}
}

/* By hand, from Crockford's page: the sum of 2^0 is 1, and 0 checks as 0. */
static void the_text_is_crockfords(void **state)
{
	(void)state;
	struct recovery key = {{0}};
	CLEAN_BUF struct buf text = {0};
	text_of(&key, &text);
	assert_string_equal(buf_text(&text), "0000-0000-0000-0000-0000-0000-0000-0000-0");
	buf_clear(&text);
	key.b[19] = 36;
	text_of(&key, &text);
	assert_string_equal(buf_text(&text), "0000-0000-0000-0000-0000-0000-0000-0014-u");
	buf_clear(&text);
	key.b[19] = 32;
	text_of(&key, &text);
	assert_string_equal(buf_text(&text), "0000-0000-0000-0000-0000-0000-0000-0010-*");
}

static void it_may_be_typed_in_any_manner(void **state)
{
	(void)state;
	struct recovery key, read;
	recovery_new(&key);
	CLEAN_BUF struct buf text = {0}, plain = {0}, loud = {0}, spaced = {0};
	text_of(&key, &text);
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.at[i];
		if (c != '-')
			buf_add_u8(&plain, (uint8_t)c);
		char look_alike = c == '0' ? 'O' : c == '1' ? 'l' : (char)toupper(c);
		buf_add_u8(&loud, (uint8_t)look_alike);
		buf_add_format(&spaced, " %c\n", c);
	}
	const struct bytes ways[] = {
		buf_bytes(&plain), buf_bytes(&loud), buf_bytes(&spaced)};
	for (size_t i = 0; i < 3; i++) {
		assert_true(recovery_read(ways[i], &read));
		assert_memory_equal(&key, &read, sizeof key);
	}
}

static void every_single_wrong_character_is_noticed(void **state)
{
	(void)state;
	struct recovery key, read;
	recovery_new(&key);
	CLEAN_BUF struct buf text = {0};
	text_of(&key, &text);
	for (size_t at = 0; at < text.len; at++) {
		uint8_t right = text.at[at];
		if (right == '-')
			continue;
		for (const char *d = digits; *d != '\0'; d++) {
			text.at[at] = (uint8_t)*d;
			assert_int_equal(
				recovery_read(buf_bytes(&text), &read), *d == right);
		}
		text.at[at] = right;
	}
}

static void every_swap_of_neighbours_is_noticed(void **state)
{
	(void)state;
	struct recovery key, read;
	recovery_new(&key);
	CLEAN_BUF struct buf text = {0};
	text_of(&key, &text);
	for (size_t at = 0; at + 1 < text.len; at++) {
		uint8_t a = text.at[at], b = text.at[at + 1];
		if (a == '-' || b == '-' || a == b)
			continue;
		text.at[at] = b;
		text.at[at + 1] = a;
		assert_false(recovery_read(buf_bytes(&text), &read));
		text.at[at] = a;
		text.at[at + 1] = b;
	}
}

static void what_is_none_is_refused_and_leaves_zeros(void **state)
{
	(void)state;
	static const struct recovery none;
	static const char *const texts[] = {"", "-", "0000", PASSPHRASE,
		"0000-0000-0000-0000-0000-0000-0000-0000",
		"0000-0000-0000-0000-0000-0000-0000-0000-00",
		"0000-0000-0000-0000-0000-0000-0000-000u-0",
		"0000-0000-0000-0000-0000-0000-0000-0000-\xc3\xa9"};
	struct recovery read;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		memset(&read, 1, sizeof read);
		assert_false(recovery_read(bytes_text(texts[i]), &read));
		assert_memory_equal(&read, &none, sizeof read);
	}
	CLEAN_BUF struct buf long_one = {0};
	memset(buf_extend(&long_one, 100000), '-', 100000);
	assert_false(recovery_read(buf_bytes(&long_one), &read));
}

static void a_store_opens_with_its_recovery_key(void **state)
{
	(void)state;
	TEMP_FOLDER folder;
	folder_fresh(&folder);
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	CLEAN_BUF struct buf sheet = {0};
	buf_add_text(&sheet, "Recovery key: ");
	assert_int_equal(store_create(folder.path, bytes_text(PASSPHRASE), &options,
				 &sheet, &store, NULL),
		OK);
	put_one(store, "k", "v");
	store_close(store);
	assert_int_equal(sheet.len, 14 + 41);
	buf_drop_front(&sheet, 14);

	WIPED(secret) by_sheet, by_passphrase;
	assert_int_equal(
		store_unlock(folder.path, buf_bytes(&sheet), &by_sheet, NULL), OK);
	assert_int_equal(
		store_unlock(folder.path, bytes_text(PASSPHRASE), &by_passphrase, NULL),
		OK);
	assert_memory_equal(&by_sheet, &by_passphrase, sizeof by_sheet);
	store = store_opened(folder.path, &by_sheet);
	assert_one(store, "k", "v");
	store_close(store);
	assert_false(folder_holds(folder.path, buf_bytes(&sheet)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recovery_key_reads_as_it_was_written),
		cmocka_unit_test(the_text_is_crockfords),
		cmocka_unit_test(it_may_be_typed_in_any_manner),
		cmocka_unit_test(every_single_wrong_character_is_noticed),
		cmocka_unit_test(every_swap_of_neighbours_is_noticed),
		cmocka_unit_test(what_is_none_is_refused_and_leaves_zeros),
		cmocka_unit_test(a_store_opens_with_its_recovery_key),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
