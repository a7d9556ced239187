#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/crypto/seal.h"
#include "core/store/header.h"

/*
 * What someone can do who may write to the data file but has no key: nothing that the
 * store takes for its own words.
 */

#define RECORDS 3u

static enum err get(struct store *store, size_t which, struct buf *got)
{
	struct store_txn *txn = txn_begun(store, false);
	struct bytes key = bytes_text("text");
	enum err e = which == 0   ? store_get(txn, TABLE_SETTINGS, key, got)
		     : which == 1 ? store_get_of(txn, doc(1), TABLE_DOCUMENT, key, got)
				  : store_get_of(txn, doc(1), TABLE_DRAFT, key, got);
	store_abort(txn);
	return e;
}

static void filled(struct folder *folder, struct secret *master, struct raw *raw)
{
	store_fresh(folder, master);
	struct store *store = store_opened(folder->path, master);
	struct store_txn *txn = txn_begun(store, true);
	struct bytes key = bytes_text("text");
	assert_int_equal(store_put(txn, TABLE_SETTINGS, key, bytes_text("zero")), OK);
	assert_int_equal(
		store_put_of(txn, doc(1), TABLE_DOCUMENT, key, bytes_text("one")), OK);
	assert_int_equal(
		store_put_of(txn, doc(1), TABLE_DRAFT, key, bytes_text("two")), OK);
	txn_committed(txn);
	store_close(store);
	raw_read(folder->path, raw);
	assert_int_equal(raw->count, RECORDS + 2); /* the state, a chunk of keys */
}

/* Right or refused, and nothing else. */
static size_t refusals(const struct folder *folder, const struct secret *master)
{
	static const char *const words[RECORDS] = {"zero", "one", "two"};
	struct store *store = NULL;
	struct why why = {0};
	enum err e = store_open(folder->path, master, &store, &why);
	if (e != OK) {
		assert_int_equal(e, ERR_DAMAGED);
		assert_non_null(strstr(why.text, "damaged"));
		return RECORDS;
	}
	size_t refused = 0;
	for (size_t i = 0; i < RECORDS; i++) {
		CLEAN_BUF struct buf got = {0};
		e = get(store, i, &got);
		if (e == OK)
			assert_string_equal(buf_text(&got), words[i]);
		else
			assert_int_equal(e, ERR_DAMAGED);
		refused += e != OK;
	}
	store_close(store);
	return refused;
}

/* By hand, as FORMAT.md has it. */
static void a_record_lies_there_as_the_format_says(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	struct raw raw = {0};
	struct store_keys keys;
	struct header header;
	filled(&folder, &master, &raw);
	store_keys_derive(&master, &keys);
	int fd = open(in_folder(&folder, "header"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(header_read(fd, &keys, &header, NULL), OK);
	(void)close(fd);

	uint8_t name[16], mask[16];
	static const uint8_t table[] = {TABLE_SETTINGS}, document[16];
	struct bytes parts[] = {BYTES_OF(table), BYTES_OF(document), bytes_text("text")};
	keyed_hash(BYTES_OF(keys.name.b), "kith/name/1", parts, 3, name, 16);
	size_t i = 0;
	while (i < raw.count && memcmp(raw.names.at + 16 * i, name, 16) != 0)
		i++;
	assert_true(i < raw.count);

	struct bytes box = raw.values[i], owner, nonce;
	assert_true(bytes_take(&box, 16, &owner));
	nonce = (struct bytes){box.at, 24};
	keyed_hash(BYTES_OF(keys.owner.b), "kith/owner/1", &nonce, 1, mask, 16);
	assert_memory_equal(owner.at, mask, 16); /* document zero under the mask */
	CLEAN_BUF struct buf ad = {0}, plain = {0};
	buf_add_text(&ad, "rec1");
	buf_add(&ad, BYTES_OF(header.store.b));
	buf_add_u8(&ad, TABLE_SETTINGS);
	buf_add(&ad, BYTES_OF(name));
	buf_add(&ad, BYTES_OF(document));
	assert_int_equal(seal_open(&keys.record, buf_bytes(&ad), box, &plain), OK);
	assert_string_equal(buf_text(&plain), "zero");
	raw_release(&raw);
}

static void a_value_moved_to_another_name_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	struct raw raw = {0};
	filled(&folder, &master, &raw);
	for (size_t to = 0; to < raw.count; to++)
		for (size_t from = 0; from < raw.count; from++) {
			if (from == to)
				continue;
			raw_write(folder.path, raw.names.at + 16 * to, raw.values[from]);
			assert_true(refusals(&folder, &master) >= 1);
			raw_write(folder.path, raw.names.at + 16 * to, raw.values[to]);
		}
	assert_int_equal(refusals(&folder, &master), 0);
	raw_release(&raw);
}

static void any_changed_byte_of_a_value_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	struct raw raw = {0};
	filled(&folder, &master, &raw);
	for (size_t i = 0; i < raw.count; i++) {
		/* A chunk of keys is long: every 601st byte of it will do. */
		size_t step = raw.values[i].len > 1000 ? 601 : 13;
		/* The first 16 only say whose it is, for an erase to find. */
		for (size_t at = 16; at < raw.values[i].len; at += step) {
			CLEAN_BUF struct buf value = {0};
			buf_add(&value, raw.values[i]);
			value.at[at] ^= 0x10;
			raw_write(folder.path, raw.names.at + 16 * i, buf_bytes(&value));
			assert_true(refusals(&folder, &master) >= 1);
		}
		raw_write(folder.path, raw.names.at + 16 * i, raw.values[i]);
	}
	assert_int_equal(refusals(&folder, &master), 0);
	raw_release(&raw);
}

static void a_value_cut_short_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	struct raw raw = {0};
	filled(&folder, &master, &raw);
	for (size_t i = 0; i < raw.count; i++) {
		const size_t lengths[] = {
			0, 1, 16, 40, 56, raw.values[i].len - 64, raw.values[i].len - 1};
		for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
			struct bytes part = {raw.values[i].at, lengths[k]};
			raw_write(folder.path, raw.names.at + 16 * i, part);
			assert_true(refusals(&folder, &master) >= 1);
		}
		raw_write(folder.path, raw.names.at + 16 * i, raw.values[i]);
	}
	raw_release(&raw);
}

/* Both were written by this store, under the same name: nothing in it says which is the
 * newer one. A document's key chunk of before its erase is another matter. */
static void an_old_chunk_of_keys_is_refused_after_an_erase(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	struct raw raw = {0};
	filled(&folder, &master, &raw);
	struct store *store = store_opened(folder.path, &master);
	put_one_of(store, doc(2), "text", "kept");
	erase_one(store, doc(2));
	store_close(store);
	assert_int_equal(refusals(&folder, &master), 0);
	for (size_t i = 0; i < raw.count; i++)
		if (raw.values[i].len > 1000)
			raw_write(folder.path, raw.names.at + 16 * i, raw.values[i]);
	assert_int_equal(refusals(&folder, &master), 2);
	raw_release(&raw);
}

static void a_record_of_another_store_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	WIPED(secret) other_master;
	TEMP_FOLDER folder;
	struct raw raw = {0};
	filled(&folder, &master, &raw);
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	TEMP_FOLDER other;
	folder_fresh(&other);
	assert_int_equal(store_create(other.path, bytes_text(PASSPHRASE), &options, NULL,
				 &store, NULL),
		OK);
	store_close(store);
	assert_int_equal(
		store_unlock(other.path, bytes_text(PASSPHRASE), &other_master, NULL),
		OK);
	for (size_t i = 0; i < raw.count; i++)
		raw_write(other.path, raw.names.at + 16 * i, raw.values[i]);
	store = store_opened(other.path, &other_master);
	assert_one(store, "text", NULL);
	assert_one_of(store, doc(1), "text", NULL);
	store_close(store);
	raw_release(&raw);
}

/* Two equal records share no bytes: neither name, value nor whose it is. */
static void equal_records_look_unlike(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	struct raw raw = {0};
	store_fresh(&folder, &master);
	struct store *store = store_opened(folder.path, &master);
	for (unsigned i = 0; i < 8; i++) {
		struct id key = doc(i);
		struct store_txn *txn = txn_begun(store, true);
		assert_int_equal(store_put_of(txn, doc(1), TABLE_DOCUMENT,
					 BYTES_OF(key.b), bytes_text("the same")),
			OK);
		txn_committed(txn);
	}
	store_close(store);
	raw_read(folder.path, &raw);
	for (size_t a = 0; a < raw.count; a++)
		for (size_t b = 0; b < a; b++)
			for (size_t at = 0; at + 16 <= 120; at += 16)
				assert_memory_not_equal(
					raw.values[a].at + at, raw.values[b].at + at, 8);
	raw_release(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_lies_there_as_the_format_says),
		cmocka_unit_test(a_value_moved_to_another_name_is_refused),
		cmocka_unit_test(any_changed_byte_of_a_value_is_refused),
		cmocka_unit_test(a_value_cut_short_is_refused),
		cmocka_unit_test(an_old_chunk_of_keys_is_refused_after_an_erase),
		cmocka_unit_test(a_record_of_another_store_is_refused),
		cmocka_unit_test(equal_records_look_unlike),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
