#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/header.h"

/*
 * What is not to be opened: each is refused with its own error and a sentence that says
 * what to do, and nothing in the folder changes.
 */

/* Open in a child, so that a crash is a failed test and not the end of them all. */
struct attempt {
	const char *dir;
	const struct secret *master;
	enum err expected;
	const char *sentence; /* part of it */
};

static bool is_refused(void *arg)
{
	const struct attempt *a = arg;
	struct store *store = NULL;
	struct why why = {0};
	enum err e = store_open(a->dir, a->master, &store, &why);
	if (e == a->expected && store == NULL && strstr(why.text, a->sentence) != NULL)
		return true;
	(void)fprintf(stderr, "expected \"%s\", got %d: %s\n", a->sentence, (int)e,
		why_text(&why, e));
	return false;
}

static void assert_refused(const struct attempt *a)
{
	CLEAN_BUF struct buf before = {0}, after = {0};
	folder_state(a->dir, &before);
	assert_true(in_child(is_refused, (void *)(uintptr_t)a));
	folder_state(a->dir, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
}

static void assert_not_opened(const struct folder *folder, const struct secret *master,
	enum err expected, const char *sentence)
{
	const struct attempt a = {folder->path, master, expected, sentence};
	assert_refused(&a);
}

static bool opens(void *arg)
{
	const struct attempt *a = arg;
	struct store *store = NULL;
	struct why why = {0};
	if (store_open(a->dir, a->master, &store, &why) != OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		return false;
	}
	store_close(store);
	return true;
}

static void assert_opens(const struct folder *folder, const struct secret *master)
{
	struct attempt a = {.dir = folder->path, .master = master};
	assert_true(in_child(opens, &a));
}

/* A store with some records, enough for a tree of pages; closed. */
static void filled(struct folder *folder, struct secret *master)
{
	store_fresh(folder, master);
	struct store *store = store_opened(folder->path, master);
	struct store_txn *txn = txn_begun(store, true);
	for (unsigned i = 1; i <= 100; i++)
		assert_int_equal(store_put_of(txn, doc(i), TABLE_DOCUMENT,
					 bytes_text("text"), bytes_text("some words")),
			OK);
	txn_committed(txn);
	put_one(store, "name", "Amina");
	put_one(store, "name", "Ben");
	store_close(store);
}

/* ---- Passphrase and master key. */

static void a_wrong_passphrase_opens_nothing(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"", "five plain words in orde", "five plain words in order "};
	WIPED(secret) master;
	struct why why = {0};
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		static const struct secret none;
		memset(&master, 1, sizeof master);
		assert_int_equal(
			store_unlock(folder.path, bytes_text(wrong[i]), &master, &why),
			ERR_PASSPHRASE);
		assert_non_null(strstr(why.text, "wrong passphrase"));
		assert_memory_equal(&master, &none, sizeof master);
	}
}

static void another_stores_key_opens_nothing(void **state)
{
	(void)state;
	WIPED(secret) master;
	WIPED(secret) other;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	other = master;
	other.b[31] ^= 1;
	assert_not_opened(&folder, &other, ERR_PASSPHRASE, "that key does not open");
}

/* ---- Folders that are no store. */

static void a_missing_folder_is_named_and_not_made(void **state)
{
	(void)state;
	WIPED(secret) master = {{0}};
	TEMP_FOLDER top;
	folder_fresh(&top);
	const char *dir = in_folder(&top, "usb/kith");
	struct attempt a = {dir, &master, ERR_NOT_FOUND, "is its disk missing?"};
	assert_true(in_child(is_refused, &a));
	struct why why = {0};
	int fd = 0;
	assert_int_equal(
		store_unlock(dir, bytes_text("x"), &master, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, dir));
	assert_int_equal(store_lock_node(dir, &fd, NULL), ERR_NOT_FOUND);
	assert_int_equal(fd, -1);
	struct stat st;
	assert_int_not_equal(stat(in_folder(&top, "usb"), &st), 0);
}

static void an_empty_folder_is_not_found(void **state)
{
	(void)state;
	WIPED(secret) master = {{0}};
	TEMP_FOLDER folder;
	folder_fresh(&folder);
	assert_not_opened(&folder, &master, ERR_NOT_FOUND, "kith init");
}

static void a_folder_of_other_things_is_foreign(void **state)
{
	(void)state;
	WIPED(secret) master = {{0}};
	TEMP_FOLDER folder;
	folder_fresh(&folder);
	file_write(in_folder(&folder, "thesis.odt"), bytes_text("words"));
	assert_not_opened(&folder, &master, ERR_FOREIGN, "no kith store");
	file_write(in_folder(&folder, "header"), bytes_text("something else"));
	assert_not_opened(&folder, &master, ERR_FOREIGN, "no kith store");
	file_write(in_folder(&folder, "data.mdb"), bytes_text("another program's"));
	assert_not_opened(&folder, &master, ERR_FOREIGN, "no kith store");
}

static void a_file_is_no_folder(void **state)
{
	(void)state;
	WIPED(secret) master = {{0}};
	TEMP_FOLDER folder;
	folder_fresh(&folder);
	file_write(in_folder(&folder, "file"), bytes_text("x"));
	struct attempt a = {
		in_folder(&folder, "file"), &master, ERR_FOREIGN, "not a folder"};
	assert_true(in_child(is_refused, &a));
	a.dir = in_folder(&folder, "file/deeper");
	assert_true(in_child(is_refused, &a));
}

/* A pipe would wait for ever, a link could lead anywhere. */
static void a_header_that_is_no_plain_file_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	const char *header = in_folder(&folder, "header");
	const char *away = in_folder(&folder, "away");
	assert_int_equal(rename(header, away), 0);
	assert_int_equal(symlink("away", header), 0);
	assert_not_opened(&folder, &master, ERR_FOREIGN, "no kith store");
	assert_int_equal(unlink(header), 0);
	assert_int_equal(mkfifo(header, 0600), 0);
	assert_not_opened(&folder, &master, ERR_FOREIGN, "no kith store");
	assert_int_equal(unlink(header), 0);
	assert_int_equal(mkdir(header, 0700), 0);
	assert_not_opened(&folder, &master, ERR_FOREIGN, "no kith store");
}

/* ---- Header file. */

static void a_store_without_its_header_is_damaged(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	assert_int_equal(unlink(in_folder(&folder, "header")), 0);
	assert_not_opened(&folder, &master, ERR_DAMAGED, "lost its header");
	file_write(in_folder(&folder, "header"), bytes_text(""));
	assert_not_opened(&folder, &master, ERR_DAMAGED, "restore a backup");
}

static void one_good_copy_of_the_header_is_enough_and_mends_the_other(void **state)
{
	(void)state;
	WIPED(secret) master;
	for (size_t at = 0; at <= 4096; at += 4096) {
		TEMP_FOLDER folder;
		filled(&folder, &master);
		CLEAN_BUF struct buf good = {0}, bad = {0}, now = {0};
		file_read(in_folder(&folder, "header"), &good);
		buf_add(&bad, buf_bytes(&good));
		memset(bad.at + at, 0xff, 512);
		file_write(in_folder(&folder, "header"), buf_bytes(&bad));
		assert_opens(&folder, &master);
		file_read(in_folder(&folder, "header"), &now);
		assert_memory_equal(now.at, now.at + 4096, 512);
	}
}

static void a_header_cut_short_opens_as_long_as_one_copy_is_whole(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	const char *header = in_folder(&folder, "header");
	assert_int_equal(truncate(header, 511), 0);
	assert_not_opened(&folder, &master, ERR_DAMAGED, "restore a backup");
	TEMP_FOLDER other;
	filled(&other, &master);
	assert_int_equal(truncate(in_folder(&other, "header"), 512), 0);
	assert_opens(&other, &master);
}

static void a_header_of_another_version_is_not_touched(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	CLEAN_BUF struct buf header = {0};
	file_read(in_folder(&folder, "header"), &header);
	for (uint8_t version = 1; version <= 3; version += 2) {
		for (size_t at = 0; at <= 4096; at += 4096) {
			header.at[at + 11] = version;
			struct bytes part = {header.at + at, 504};
			struct hash check = hash_of("kith/header/check/1", &part, 1);
			memcpy(header.at + at + 504, check.b, 8);
		}
		file_write(in_folder(&folder, "header"), buf_bytes(&header));
		assert_not_opened(&folder, &master, ERR_VERSION, "another version");
	}
}

static void a_header_of_another_store_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	WIPED(secret) other, erasure;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	struct header header = {.store = random_id()};
	struct store_keys keys;
	random_secret(&other);
	random_secret(&erasure);
	store_keys_derive(&other, &keys);
	header_add_erasure(&header, &keys, 1, &erasure);
	int fd = open(in_folder(&folder, "header"), O_RDWR | O_CLOEXEC);
	assert_int_equal(header_write(fd, &keys, &header), OK);
	(void)close(fd);
	assert_not_opened(&folder, &other, ERR_DAMAGED, "damaged");
}

/* ---- Data file. */

static void a_missing_data_file_is_damage_and_not_made_anew(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	assert_int_equal(unlink(in_folder(&folder, "data.mdb")), 0);
	assert_not_opened(&folder, &master, ERR_DAMAGED, "lost its data file");
	assert_int_equal(symlink("/dev/zero", in_folder(&folder, "data.mdb")), 0);
	assert_not_opened(&folder, &master, ERR_DAMAGED, "restore a backup");
}

static void a_data_file_cut_short_anywhere_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	struct stat st;
	const char *data = in_folder(&folder, "data.mdb");
	assert_int_equal(stat(data, &st), 0);
	const off_t lengths[] = {st.st_size - 1, st.st_size - 4096, st.st_size / 2, 8192,
		8191, 4200, 4096, 151, 1, 0};
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		assert_int_equal(truncate(data, lengths[i]), 0);
		assert_not_opened(&folder, &master, ERR_DAMAGED, "damaged or cut short");
	}
}

static void a_damaged_meta_page_is_refused(void **state)
{
	(void)state;
	static const struct {
		size_t at;
		uint8_t flip;
	} cases[] = {
		{10, 0x08}, /* what kind of page it is */
		{16, 1},    /* magic */
		{20, 2},    /* version */
		{41, 0x20}, /* page size */
		{94, 0x40}, /* depth of the tree */
		{135, 1},   /* its root */
		{140, 1},   /* the last page */
	};
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	CLEAN_BUF struct buf data = {0};
	file_read(in_folder(&folder, "data.mdb"), &data);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t page = 0; page <= 4096; page += 4096) {
			data.at[page + cases[i].at] ^= cases[i].flip;
			file_write(in_folder(&folder, "data.mdb"), buf_bytes(&data));
			assert_not_opened(&folder, &master, ERR_DAMAGED, "damaged");
			data.at[page + cases[i].at] ^= cases[i].flip;
		}
	file_write(in_folder(&folder, "data.mdb"), buf_bytes(&data));
	assert_opens(&folder, &master);
}

static bool answers(void *arg)
{
	const struct attempt *a = arg;
	struct store *store = NULL;
	struct why why = {0};
	enum err e = store_open(a->dir, a->master, &store, &why);
	if (e != OK)
		return e == ERR_DAMAGED && why.text[0] != '\0';
	struct store_txn *txn = NULL;
	e = store_begin(store, false, &txn, &why);
	for (unsigned i = 1; e == OK && i <= 100; i++) {
		CLEAN_BUF struct buf got = {0};
		e = store_get_of(txn, doc(i), TABLE_DOCUMENT, bytes_text("text"), &got);
		if (e == OK && strcmp(buf_text(&got), "some words") != 0)
			return false;
	}
	store_abort(txn);
	store_close(store);
	return e == OK || e == ERR_DAMAGED;
}

/* Whatever became of a page, the program lives, and gives the right words or none. */
static void any_damaged_page_is_noticed_or_harmless(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	CLEAN_BUF struct buf good = {0};
	file_read(in_folder(&folder, "data.mdb"), &good);
	struct attempt a = {.dir = folder.path, .master = &master};
	size_t tried = 0;
	for (size_t page = 0; page + 4096 <= good.len; page += 4096)
		for (int sort = 0; sort < 3; sort++) {
			CLEAN_BUF struct buf bad = {0};
			buf_add(&bad, buf_bytes(&good));
			if (sort == 0)
				memset(bad.at + page, 0, 4096);
			else if (sort == 1)
				random_fill(bad.at + page, 4096);
			else /* the page's own header */
				random_fill(bad.at + page + 8, 8);
			(void)unlink(in_folder(&folder, "guard"));
			file_write(in_folder(&folder, "data.mdb"), buf_bytes(&bad));
			assert_true(in_child(answers, &a));
			tried++;
		}
	assert_true(tried > 30);
}

static void a_page_damaged_under_a_closed_store_is_found_when_it_opens(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	filled(&folder, &master);
	CLEAN_BUF struct buf data = {0};
	file_read(in_folder(&folder, "data.mdb"), &data);
	/* Every page but the meta pages. */
	memset(data.at + 8192, 0xff, data.len - 8192);
	file_write(in_folder(&folder, "data.mdb"), buf_bytes(&data));
	assert_not_opened(&folder, &master, ERR_DAMAGED, "restore a backup");
}

/* ---- Other users, and disks that cannot be written to. */

static void a_folder_that_others_may_write_to_is_refused(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	assert_int_equal(chmod(folder.path, 0720), 0);
	assert_not_opened(&folder, &master, ERR_REFUSED, "chmod 700");
	assert_int_equal(chmod(folder.path, 0702), 0);
	assert_not_opened(&folder, &master, ERR_REFUSED, "chmod 700");
	assert_int_equal(chmod(folder.path, 0755), 0);
	assert_opens(&folder, &master);
}

static void another_users_store_is_refused(void **state)
{
	(void)state;
	if (!may_be_nobody())
		skip();
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	struct attempt a = {folder.path, &master, ERR_REFUSED, "Permission denied"};
	assert_true(as_nobody(is_refused, &a));
	assert_int_equal(chown(folder.path, 65534, 65534), 0);
	assert_not_opened(&folder, &master, ERR_REFUSED, "another user's");
}

static bool is_refused_as_owner(void *arg)
{
	const struct attempt *a = arg;
	struct store *store = NULL;
	WIPED(secret) master;
	/* The master key still comes out: it takes reading only. */
	return is_refused(arg) &&
	       store_unlock(a->dir, bytes_text(PASSPHRASE), &master, NULL) == OK &&
	       store_create(a->dir, bytes_text("x"), NULL, NULL, &store, NULL) ==
		       ERR_EXISTS;
}

static void a_store_in_a_read_only_folder_says_so(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	static const char *const names[] = {"header", "data.mdb", "guard", "lock.mdb"};
	for (size_t i = 0; may_be_nobody() && i < 4; i++)
		assert_int_equal(chown(in_folder(&folder, names[i]), 65534, 65534), 0);
	if (may_be_nobody())
		assert_int_equal(chown(folder.path, 65534, 65534), 0);
	struct attempt a = {folder.path, &master, ERR_READ_ONLY, "read-only"};
	bool (*run)(bool (*)(void *), void *) = may_be_nobody() ? as_nobody : in_child;
	assert_int_equal(chmod(folder.path, 0500), 0);
	assert_true(run(is_refused_as_owner, &a));
	assert_int_equal(chmod(folder.path, 0700), 0);
	assert_int_equal(chmod(in_folder(&folder, "header"), 0400), 0);
	assert_true(run(is_refused_as_owner, &a));
}

/* ---- Making one where none can be. */

struct making {
	const char *dir;
	enum err expected;
	const char *sentence;
};

static bool is_not_made(void *arg)
{
	const struct making *m = arg;
	struct store *store = NULL;
	struct why why = {0};
	CLEAN_BUF struct buf recovery = {0};
	enum err e =
		store_create(m->dir, bytes_text("words"), NULL, &recovery, &store, &why);
	if (e == m->expected && store == NULL && recovery.len == 0 &&
		strstr(why.text, m->sentence) != NULL)
		return true;
	(void)fprintf(stderr, "expected \"%s\", got %d: %s\n", m->sentence, (int)e,
		why_text(&why, e));
	return false;
}

static void a_store_is_not_made_over_something_else(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder, other;
	store_fresh(&folder, &master);
	CLEAN_BUF struct buf before = {0}, after = {0};
	folder_state(folder.path, &before);
	assert_true(in_child(is_not_made,
		&(struct making){folder.path, ERR_EXISTS, "a kith store already"}));
	folder_state(folder.path, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));

	folder_fresh(&other);
	file_write(in_folder(&other, "thesis.odt"), bytes_text("words"));
	assert_int_equal(chmod(other.path, 0755), 0);
	assert_true(in_child(
		is_not_made, &(struct making){other.path, ERR_FOREIGN, "is not empty"}));
	const char *file = in_folder(&other, "thesis.odt");
	assert_true(in_child(
		is_not_made, &(struct making){file, ERR_FOREIGN, "Not a directory"}));
	struct stat st;
	assert_int_equal(stat(other.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
}

static void a_store_that_cannot_be_made_leaves_no_folder(void **state)
{
	(void)state;
	struct store *store = NULL;
	struct stat st;
	TEMP_FOLDER top;
	folder_fresh(&top);
	const char *dir = in_folder(&top, "a/b/c");
	assert_int_equal(
		store_create(dir, bytes_text(""), NULL, NULL, &store, NULL), ERR_INVALID);
	assert_null(store);
	assert_int_not_equal(stat(in_folder(&top, "a"), &st), 0);
	assert_int_equal(
		store_create("", bytes_text("x"), NULL, NULL, &store, NULL), ERR_INVALID);
}

static void a_store_is_not_made_in_another_users_folder(void **state)
{
	(void)state;
	if (!may_be_nobody())
		skip();
	TEMP_FOLDER top;
	folder_fresh(&top);
	assert_int_equal(chmod(top.path, 0755), 0);
	assert_true(as_nobody(is_not_made,
		&(struct making){in_folder(&top, "a"), ERR_READ_ONLY, "cannot be made"}));
	assert_true(as_nobody(
		is_not_made, &(struct making){top.path, ERR_REFUSED, "another user's"}));
}

static void what_a_cut_short_creation_left_is_in_nobodys_way(void **state)
{
	(void)state;
	static const char *const left[] = {
		"header.new", "data.mdb", "lock.mdb", ".hidden"};
	TEMP_FOLDER top;
	folder_fresh(&top);
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		file_write(in_folder(&top, left[i]), bytes_text("half"));
	WIPED(secret) master = {{0}};
	assert_not_opened(&top, &master, ERR_NOT_FOUND, "kith init");
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	assert_int_equal(
		store_create(top.path, bytes_text("x"), &options, NULL, &store, NULL),
		OK);
	put_one(store, "k", "v");
	assert_one(store, "k", "v");
	store_close(store);
}

/* ---- The node's lock. */

static bool is_busy(void *arg)
{
	int fd = 0;
	struct why why = {0};
	return store_lock_node(arg, &fd, &why) == ERR_BUSY && fd == -1 &&
	       strstr(why.text, "another kith (process ") != NULL;
}

static bool becomes_the_node(void *arg)
{
	int fd = -1;
	return store_lock_node(arg, &fd, NULL) == OK && fd >= 0;
}

static void only_one_process_is_the_node(void **state)
{
	(void)state;
	WIPED(secret) master;
	TEMP_FOLDER folder;
	store_fresh(&folder, &master);
	int fd = -1;
	assert_int_equal(store_lock_node(folder.path, &fd, NULL), OK);
	assert_true(in_child(is_busy, folder.path));
	/* Others may use the store all the same. */
	assert_opens(&folder, &master);
	assert_int_equal(close(fd), 0);
	assert_true(in_child(becomes_the_node, folder.path));
	assert_true(in_child(becomes_the_node, folder.path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_passphrase_opens_nothing),
		cmocka_unit_test(another_stores_key_opens_nothing),
		cmocka_unit_test(a_missing_folder_is_named_and_not_made),
		cmocka_unit_test(an_empty_folder_is_not_found),
		cmocka_unit_test(a_folder_of_other_things_is_foreign),
		cmocka_unit_test(a_file_is_no_folder),
		cmocka_unit_test(a_header_that_is_no_plain_file_is_refused),
		cmocka_unit_test(a_store_without_its_header_is_damaged),
		cmocka_unit_test(
			one_good_copy_of_the_header_is_enough_and_mends_the_other),
		cmocka_unit_test(a_header_cut_short_opens_as_long_as_one_copy_is_whole),
		cmocka_unit_test(a_header_of_another_version_is_not_touched),
		cmocka_unit_test(a_header_of_another_store_is_refused),
		cmocka_unit_test(a_missing_data_file_is_damage_and_not_made_anew),
		cmocka_unit_test(a_data_file_cut_short_anywhere_is_refused),
		cmocka_unit_test(a_damaged_meta_page_is_refused),
		cmocka_unit_test(any_damaged_page_is_noticed_or_harmless),
		cmocka_unit_test(
			a_page_damaged_under_a_closed_store_is_found_when_it_opens),
		cmocka_unit_test(a_folder_that_others_may_write_to_is_refused),
		cmocka_unit_test(another_users_store_is_refused),
		cmocka_unit_test(a_store_in_a_read_only_folder_says_so),
		cmocka_unit_test(a_store_is_not_made_over_something_else),
		cmocka_unit_test(a_store_that_cannot_be_made_leaves_no_folder),
		cmocka_unit_test(a_store_is_not_made_in_another_users_folder),
		cmocka_unit_test(what_a_cut_short_creation_left_is_in_nobodys_way),
		cmocka_unit_test(only_one_process_is_the_node),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
