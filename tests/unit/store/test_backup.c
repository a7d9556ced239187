#include "tests/unit/store/fixture.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/backup.h"
#include "core/store/care.h"
#include "core/store/recovery.h"

/* A backup is the store as it stood, whole, or it is refused and nothing is changed. */

#define FRONT  548u /* bytes before the chunks */
#define STREAM 24u  /* of them the last, which only the key can judge */

static enum err make_backup(struct store *store, const char *file)
{
	struct backup_facts facts;
	return store_backup(store, file, 1000, false, &facts, NULL);
}

static enum err restored_with(const char *dir, const char *file, const char *passphrase)
{
	struct backup_facts facts;
	WIPED(secret) master;
	return store_restore(dir, file, bytes_text(passphrase), bytes_text("machine"),
		&master, &facts, NULL);
}

static enum err restored(const char *dir, const char *file)
{
	return restored_with(dir, file, store_recovery());
}

/* A store with two documents in one folder, its backup in another. */
struct scene {
	struct folder store, other;
	struct secret master;
	char file[300], again[300];
};

static void scene_end(struct scene *scene)
{
	folder_gone(&scene->store);
	folder_gone(&scene->other);
}

#define SCENE CLEANUP(scene_end) struct scene

static void scene_start(struct scene *scene)
{
	store_fresh(&scene->store, &scene->master);
	folder_fresh(&scene->other);
	(void)snprintf(scene->file, sizeof scene->file, "%s",
		in_folder(&scene->other, "backup"));
	(void)snprintf(scene->again, sizeof scene->again, "%s",
		in_folder(&scene->other, "again"));
	struct store *store = store_opened(scene->store.path, &scene->master);
	put_one(store, "name", "Amina");
	put_one(store, "machine", "this one");
	put_one_of(store, doc(1), "text", "one");
	put_one_of(store, doc(2), "text", "two");
	assert_int_equal(make_backup(store, scene->file), OK);
	store_close(store);
}

static void a_restored_store_holds_what_the_backup_did(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	struct backup_facts facts;
	WIPED(secret) master;
	assert_int_equal(store_restore(scene.again, scene.file, bytes_text(PASSPHRASE),
				 bytes_text("machine"), &master, &facts, NULL),
		OK);
	assert_int_equal(facts.made_s, 1000);
	assert_int_equal(facts.damaged, 0);
	struct store *store = store_opened(scene.again, &master);
	assert_one(store, "name", "Amina");
	assert_one(store, "machine", NULL);
	assert_one_of(store, doc(1), "text", "one");
	assert_one_of(store, doc(2), "text", "two");
	put_one_of(store, doc(3), "text", "three");
	erase_one(store, doc(1));
	assert_one_of(store, doc(1), "text", NULL);
	store_close(store);
}

static void a_record_longer_than_a_chunk_comes_back(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	struct store *store = store_opened(scene.store.path, &scene.master);
	CLEAN_BUF struct buf text = {0};
	while (text.len < 300000)
		buf_add_format(&text, "word %zu ", text.len);
	put_one_of(store, doc(1), "text", buf_text(&text));
	assert_int_equal(make_backup(store, scene.file), OK);
	store_close(store);
	assert_int_equal(restored(scene.again, scene.file), OK);
	store = store_opened(scene.again, &scene.master);
	assert_one_of(store, doc(1), "text", buf_text(&text));
	store_close(store);
}

static void the_recovery_key_opens_it(void **state)
{
	(void)state;
	TEMP_FOLDER home;
	CLEAN_BUF struct buf key = {0};
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	folder_fresh(&home);
	assert_int_equal(store_create(in_folder(&home, "store"), bytes_text(PASSPHRASE),
				 &options, &key, &store, NULL),
		OK);
	put_one(store, "name", "Amina");
	assert_int_equal(make_backup(store, in_folder(&home, "backup")), OK);
	store_close(store);
	assert_int_equal(restored_with(in_folder(&home, "again"),
				 in_folder(&home, "backup"), buf_text(&key)),
		OK);
}

static void a_wrong_passphrase_opens_nothing(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	assert_int_equal(
		restored_with(scene.again, scene.file, "not the one"), ERR_PASSPHRASE);
	assert_int_equal(access(scene.again, F_OK), -1);
}

static void it_opens_with_the_passphrase_of_its_day(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	struct store *store = store_opened(scene.store.path, &scene.master);
	assert_int_equal(store_set_passphrase(store, &scene.master,
				 bytes_text("another one"), NULL, NULL),
		OK);
	store_close(store);
	assert_int_equal(
		restored_with(scene.again, scene.file, "another one"), ERR_PASSPHRASE);
	assert_int_equal(restored_with(scene.again, scene.file, PASSPHRASE), OK);
}

/* ---- Bad files. */

static void refuses(const struct scene *scene, struct bytes content, enum err expected)
{
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	const char *bad = in_folder(&scene->other, "bad");
	file_write(bad, content);
	folder_state(scene->other.path, &before);
	assert_int_equal(restored(scene->again, bad), expected);
	folder_state(scene->other.path, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
}

static void a_flipped_byte_anywhere_is_refused(void **state)
{
	(void)state;
	SCENE scene;
	CLEAN_BUF struct buf good = {0};
	scene_start(&scene);
	file_read(scene.file, &good);
	/* In front each byte: that costs no Argon2. */
	for (size_t at = 0; at < FRONT - STREAM; at++) {
		enum err expected = at < 8    ? ERR_FOREIGN
				    : at < 12 ? ERR_VERSION
					      : ERR_DAMAGED;
		good.at[at] ^= 0x40;
		refuses(&scene, buf_bytes(&good), expected);
		good.at[at] ^= 0x40;
	}
	const size_t places[] = {FRONT - STREAM, FRONT - 1, FRONT, FRONT + 40,
		FRONT + 500, good.len / 2, good.len - 1};
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		good.at[places[i]] ^= 1;
		refuses(&scene, buf_bytes(&good), ERR_DAMAGED);
		good.at[places[i]] ^= 1;
	}
}

static void a_file_of_another_length_is_refused(void **state)
{
	(void)state;
	SCENE scene;
	CLEAN_BUF struct buf good = {0};
	scene_start(&scene);
	file_read(scene.file, &good);
	const size_t lengths[] = {0, 7, 8, 12, 100, FRONT - STREAM, FRONT, FRONT + 1,
		good.len / 2, good.len - 1};
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
		refuses(&scene, (struct bytes){good.at, lengths[i]},
			lengths[i] < 8 ? ERR_FOREIGN : ERR_DAMAGED);
	buf_add_u8(&good, 0);
	refuses(&scene, buf_bytes(&good), ERR_DAMAGED);
}

static void the_front_of_one_before_the_body_of_another_is_refused(void **state)
{
	(void)state;
	SCENE scene;
	CLEAN_BUF struct buf first = {0};
	CLEAN_BUF struct buf second = {0};
	scene_start(&scene);
	file_read(scene.file, &first);
	struct store *store = store_opened(scene.store.path, &scene.master);
	erase_one(store, doc(1));
	assert_int_equal(make_backup(store, scene.file), OK);
	store_close(store);
	file_read(scene.file, &second);
	assert_int_equal(first.len, second.len);
	memcpy(second.at, first.at, FRONT - STREAM);
	refuses(&scene, buf_bytes(&second), ERR_DAMAGED);
}

static void what_is_no_file_is_refused(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	assert_int_equal(restored(scene.again, scene.other.path), ERR_FOREIGN);
	assert_int_equal(restored(scene.again, in_folder(&scene.other, "none")), ERR_IO);
	assert_int_equal(access(scene.again, F_OK), -1);
}

/* ---- Places. */

static void a_folder_that_holds_something_is_left_alone(void **state)
{
	(void)state;
	SCENE scene;
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	scene_start(&scene);
	folder_state(scene.store.path, &before);
	assert_int_equal(restored(scene.store.path, scene.file), ERR_EXISTS);
	folder_state(scene.store.path, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	assert_int_equal(restored(scene.other.path, scene.file), ERR_FOREIGN);
}

static void only_an_older_backup_of_the_same_store_is_replaced(void **state)
{
	(void)state;
	SCENE scene;
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	scene_start(&scene);
	struct store *store = store_opened(scene.store.path, &scene.master);
	assert_int_equal(make_backup(store, scene.file), OK);
	file_write(in_folder(&scene.other, "letter"), bytes_text("dear all"));
	folder_state(scene.other.path, &before);
	assert_int_equal(
		make_backup(store, in_folder(&scene.other, "letter")), ERR_EXISTS);
	assert_int_equal(make_backup(store, scene.other.path), ERR_INVALID);
	assert_int_equal(make_backup(store, "/dev/shm/"), ERR_INVALID);
	assert_int_equal(
		make_backup(store, in_folder(&scene.store, "backup")), ERR_INVALID);
	assert_int_equal(make_backup(store, in_folder(&scene.other, "no/such")), ERR_IO);
	folder_state(scene.other.path, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	store_close(store);
}

static void the_backup_of_another_store_is_not_replaced(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	TEMP_FOLDER home;
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	folder_fresh(&home);
	assert_int_equal(store_create(home.path, bytes_text(PASSPHRASE), &options, NULL,
				 &store, NULL),
		OK);
	assert_int_equal(make_backup(store, scene.file), ERR_EXISTS);
	store_close(store);
	assert_int_equal(restored(scene.again, scene.file), OK);
}

/* ---- Content. */

static void what_is_erased_later_is_in_it_still_and_not_in_the_next(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	char next[300];
	(void)snprintf(next, sizeof next, "%s", in_folder(&scene.other, "next"));
	struct store *store = store_opened(scene.store.path, &scene.master);
	erase_one(store, doc(1));
	assert_int_equal(make_backup(store, next), OK);
	store_close(store);

	assert_int_equal(restored(scene.again, scene.file), OK);
	store = store_opened(scene.again, &scene.master);
	assert_one_of(store, doc(1), "text", "one");
	store_close(store);
	const char *third = in_folder(&scene.other, "third");
	assert_int_equal(restored(third, next), OK);
	store = store_opened(third, &scene.master);
	assert_one_of(store, doc(1), "text", NULL);
	assert_one_of(store, doc(2), "text", "two");
	store_close(store);
}

static void a_damaged_record_is_said_before_it_replaces_a_good_backup(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	struct raw raw = {0};
	raw_read(scene.store.path, &raw);
	/* The smallest: it is no chunk of keys, without which no backup is made at all. */
	size_t small = 0;
	for (size_t i = 1; i < raw.count; i++)
		if (raw.values[i].len < raw.values[small].len)
			small = i;
	CLEAN_BUF struct buf bad = {0};
	buf_add(&bad, raw.values[small]);
	bad.at[bad.len - 1] ^= 1;
	raw_write(scene.store.path, raw.names.at + 16 * small, buf_bytes(&bad));
	raw_release(&raw);

	struct store *store = NULL;
	if (store_open(scene.store.path, &scene.master, &store, NULL) != OK)
		return; /* it was the state: such a store does not open */
	folder_state(scene.other.path, &before);
	assert_int_equal(make_backup(store, scene.file), ERR_DAMAGED);
	folder_state(scene.other.path, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	struct backup_facts facts;
	assert_int_equal(store_backup(store, scene.file, 2000, true, &facts, NULL), OK);
	assert_int_equal(facts.damaged, 1);
	store_close(store);
}

/* Until it is killed: two records that always say the same, one document after another
 * that comes and is erased. */
static _Noreturn void go_on_writing(const struct scene *scene)
{
	struct store *store = NULL;
	enum err e = store_open(scene->store.path, &scene->master, &store, NULL);
	for (unsigned n = 1; e == OK; n++) {
		struct store_txn *txn = NULL;
		char text[32];
		struct id before = doc(n + 99);
		(void)snprintf(text, sizeof text, "%u", n);
		struct bytes value = bytes_text(text);
		e = store_begin(store, true, &txn, NULL);
		if (e == OK)
			e = store_put(txn, TABLE_SETTINGS, bytes_text("here"), value);
		if (e == OK)
			e = store_put_of(txn, doc(n + 100), TABLE_DOCUMENT,
				bytes_text("there"), value);
		if (e == OK)
			e = store_erase_in(txn, &before, 1);
		e = e == OK ? store_commit(txn, NULL) : (store_abort(txn), e);
	}
	_exit(1);
}

static void others_write_on_while_it_is_written(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	struct store *store = store_opened(scene.store.path, &scene.master);
	store_close(store);
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		go_on_writing(&scene);
	store = store_opened(scene.store.path, &scene.master);
	unsigned seen = 0;
	for (unsigned i = 0; i < 5; i++) {
		struct folder again;
		folder_fresh(&again);
		assert_int_equal(make_backup(store, scene.file), OK);
		assert_int_equal(restored(again.path, scene.file), OK);
		/* One open store a process. */
		store_close(store);
		store = store_opened(again.path, &scene.master);
		struct store_txn *txn = txn_begun(store, false);
		CLEAN_BUF struct buf here = {0};
		CLEAN_BUF struct buf there = {0};
		if (store_get(txn, TABLE_SETTINGS, bytes_text("here"), &here) == OK) {
			unsigned n = (unsigned)strtoul(buf_text(&here), NULL, 10);
			assert_int_equal(store_get_of(txn, doc(n + 100), TABLE_DOCUMENT,
						 bytes_text("there"), &there),
				OK);
			assert_string_equal(buf_text(&here), buf_text(&there));
			seen++;
		}
		store_abort(txn);
		store_close(store);
		folder_gone(&again);
		store = store_opened(scene.store.path, &scene.master);
	}
	store_close(store);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(seen >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_restored_store_holds_what_the_backup_did),
		cmocka_unit_test(a_record_longer_than_a_chunk_comes_back),
		cmocka_unit_test(the_recovery_key_opens_it),
		cmocka_unit_test(a_wrong_passphrase_opens_nothing),
		cmocka_unit_test(it_opens_with_the_passphrase_of_its_day),
		cmocka_unit_test(a_flipped_byte_anywhere_is_refused),
		cmocka_unit_test(a_file_of_another_length_is_refused),
		cmocka_unit_test(the_front_of_one_before_the_body_of_another_is_refused),
		cmocka_unit_test(what_is_no_file_is_refused),
		cmocka_unit_test(a_folder_that_holds_something_is_left_alone),
		cmocka_unit_test(only_an_older_backup_of_the_same_store_is_replaced),
		cmocka_unit_test(the_backup_of_another_store_is_not_replaced),
		cmocka_unit_test(what_is_erased_later_is_in_it_still_and_not_in_the_next),
		cmocka_unit_test(
			a_damaged_record_is_said_before_it_replaces_a_good_backup),
		cmocka_unit_test(others_write_on_while_it_is_written),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
