#include "tests/unit/store/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/care.h"

/* Checking, compacting and a new passphrase change nothing that a teacher wrote. */

struct scene {
	struct folder folder;
	struct secret master;
};

static void scene_end(struct scene *scene)
{
	folder_gone(&scene->folder);
}

#define SCENE CLEANUP(scene_end) struct scene

static void scene_start(struct scene *scene)
{
	store_fresh(&scene->folder, &scene->master);
	struct store *store = store_opened(scene->folder.path, &scene->master);
	put_one(store, "name", "Amina");
	put_one_of(store, doc(1), "text", "one");
	put_one_of(store, doc(2), "text", "two");
	store_close(store);
}

static void checked(const struct scene *scene, struct store_findings *findings)
{
	struct store *store = store_opened(scene->folder.path, &scene->master);
	struct why why = {0};
	enum err e = store_check(store, findings, &why);
	store_close(store);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
}

/* Give record number `i`, as LMDB orders them, a flipped byte. */
static void damage(const struct scene *scene, size_t i, size_t at)
{
	struct raw raw = {0};
	CLEAN_BUF struct buf bad = {0};
	raw_read(scene->folder.path, &raw);
	buf_add(&bad, raw.values[i]);
	bad.at[at == SIZE_MAX ? bad.len - 1 : at] ^= 1;
	raw_write(scene->folder.path, raw.names.at + 16 * i, buf_bytes(&bad));
	raw_release(&raw);
}

static void a_whole_store_has_no_findings(void **state)
{
	(void)state;
	SCENE scene;
	struct store_findings findings;
	scene_start(&scene);
	checked(&scene, &findings);
	assert_int_equal(findings.records, records_in(scene.folder.path));
	assert_int_equal(findings.documents, 2);
	assert_int_equal(
		findings.own_damaged + findings.strangers + findings.damaged_count, 0);
	store_findings_release(&findings);
}

/* Each record in its turn: the state and the keys stop it, the rest is named. */
static void each_damaged_record_is_found(void **state)
{
	(void)state;
	size_t refused = 0, own = 0, named = 0, strangers = 0, count = 0;
	for (size_t i = 0; i == 0 || i < count; i++) {
		SCENE scene;
		struct store_findings findings;
		struct store *store = NULL;
		scene_start(&scene);
		count = records_in(scene.folder.path);
		damage(&scene, i, SIZE_MAX);
		enum err e = store_open(scene.folder.path, &scene.master, &store, NULL);
		if (e == OK)
			e = store_check(store, &findings, NULL);
		store_close(store);
		if (e != OK) {
			assert_int_equal(e, ERR_DAMAGED);
			refused++;
			continue;
		}
		own += findings.own_damaged;
		named += findings.damaged_count;
		strangers += findings.strangers;
		if (findings.damaged_count > 0)
			assert_true(id_equal(findings.damaged[0], doc(1)) ||
				    id_equal(findings.damaged[0], doc(2)));
		store_findings_release(&findings);
	}
	assert_int_equal(refused, 2); /* the state, the one chunk of keys */
	assert_int_equal(own, 1);
	assert_int_equal(named, 2);
	assert_int_equal(strangers, 0);
}

static void a_record_of_nobody_is_found(void **state)
{
	(void)state;
	size_t strangers = 0, count = 0;
	for (size_t i = 0; i == 0 || i < count; i++) {
		SCENE scene;
		struct store_findings findings;
		struct store *store = NULL;
		scene_start(&scene);
		count = records_in(scene.folder.path);
		damage(&scene, i, 0); /* whose it is */
		enum err e = store_open(scene.folder.path, &scene.master, &store, NULL);
		if (e == OK && (e = store_check(store, &findings, NULL)) == OK) {
			strangers += findings.strangers;
			store_findings_release(&findings);
		}
		store_close(store);
	}
	assert_int_equal(strangers, count);
}

static bool opens_and_waits(void *arg)
{
	const struct scene *scene = arg;
	struct store_compacted done;
	return store_compact(scene->folder.path, &scene->master, &done, NULL) == ERR_BUSY;
}

static void a_store_that_another_process_has_open_is_not_compacted(void **state)
{
	(void)state;
	SCENE scene;
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	scene_start(&scene);
	struct store *store = store_opened(scene.folder.path, &scene.master);
	folder_state(scene.folder.path, &before);
	assert_true(in_child(opens_and_waits, &scene));
	folder_state(scene.folder.path, &after);
	assert_true(bytes_equal(buf_bytes(&before), buf_bytes(&after)));
	put_one(store, "name", "Ben");
	assert_one(store, "name", "Ben");
	store_close(store);
}

static void compacting_gives_back_space_and_keeps_every_record(void **state)
{
	(void)state;
	SCENE scene;
	struct store_compacted done;
	CLEAN_BUF struct buf long_text = {0};
	scene_start(&scene);
	while (long_text.len < 500000)
		buf_add_text(&long_text, "many words ");
	struct store *store = store_opened(scene.folder.path, &scene.master);
	put_one_of(store, doc(3), "text", buf_text(&long_text));
	erase_one(store, doc(3));
	store_close(store);
	size_t records = records_in(scene.folder.path);

	assert_int_equal(
		store_compact(scene.folder.path, &scene.master, &done, NULL), OK);
	assert_true(done.before > 500000 && done.after < 100000);
	struct stat st;
	assert_int_equal(stat(in_folder(&scene.folder, "data.mdb"), &st), 0);
	assert_int_equal((uint64_t)st.st_size, done.after);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(records_in(scene.folder.path), records);
	store = store_opened(scene.folder.path, &scene.master);
	assert_one(store, "name", "Amina");
	assert_one_of(store, doc(1), "text", "one");
	assert_one_of(store, doc(2), "text", "two");
	put_one_of(store, doc(4), "text", "four");
	erase_one(store, doc(4));
	store_close(store);
}

static void erased_pages_are_gone_after_compacting(void **state)
{
	(void)state;
	SCENE scene;
	struct store_compacted done;
	struct raw raw = {0};
	scene_start(&scene);
	raw_read(scene.folder.path, &raw);
	struct store *store = store_opened(scene.folder.path, &scene.master);
	erase_one(store, doc(1));
	put_one(store, "name", "Ben");
	store_close(store);
	size_t there = 0, left = 0;
	for (size_t i = 0; i < raw.count; i++)
		there += folder_holds(scene.folder.path, raw.values[i]);
	assert_int_equal(
		store_compact(scene.folder.path, &scene.master, &done, NULL), OK);
	for (size_t i = 0; i < raw.count; i++)
		left += folder_holds(scene.folder.path, raw.values[i]);
	/* All of it lay in old pages; now only document 2 has not been written anew. */
	assert_int_equal(there, raw.count);
	assert_int_equal(left, 1);
	raw_release(&raw);
}

static enum err unlocks(const struct scene *scene, const char *passphrase)
{
	WIPED(secret) master;
	return store_unlock(scene->folder.path, bytes_text(passphrase), &master, NULL);
}

static void a_new_passphrase_opens_the_store_and_the_old_one_no_more(void **state)
{
	(void)state;
	SCENE scene;
	CLEAN_BUF struct buf before = {0};
	scene_start(&scene);
	file_read(in_folder(&scene.folder, "header"), &before);
	struct store *store = store_opened(scene.folder.path, &scene.master);
	assert_int_equal(
		store_set_passphrase(store, &scene.master, bytes_text(""), NULL, NULL),
		ERR_INVALID);
	assert_int_equal(store_set_passphrase(store, &scene.master,
				 bytes_text("another one"), NULL, NULL),
		OK);
	put_one(store, "name", "Ben");
	store_close(store);
	assert_int_equal(unlocks(&scene, "another one"), OK);
	assert_int_equal(unlocks(&scene, PASSPHRASE), ERR_PASSPHRASE);
	/* Salt and wrapped key of the old one (FORMAT.md) are nowhere. */
	struct bytes slot = {before.at + 37, 16};
	assert_false(folder_holds(scene.folder.path, slot));
	slot = (struct bytes){before.at + 37 + 32, 72};
	assert_false(folder_holds(scene.folder.path, slot));
}

static void the_recovery_key_opens_it_still_and_makes_a_forgotten_one_anew(void **state)
{
	(void)state;
	TEMP_FOLDER home;
	CLEAN_BUF struct buf key = {0};
	struct store *store = NULL;
	WIPED(secret) master;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	folder_fresh(&home);
	assert_int_equal(store_create(home.path, bytes_text("forgotten"), &options, &key,
				 &store, NULL),
		OK);
	store_close(store);
	assert_int_equal(store_unlock(home.path, buf_bytes(&key), &master, NULL), OK);
	store = store_opened(home.path, &master);
	assert_int_equal(store_set_passphrase(
				 store, &master, bytes_text("remembered"), NULL, NULL),
		OK);
	store_close(store);
	assert_int_equal(
		store_unlock(home.path, bytes_text("remembered"), &master, NULL), OK);
	assert_int_equal(store_unlock(home.path, buf_bytes(&key), &master, NULL), OK);
}

static void another_stores_key_changes_nothing(void **state)
{
	(void)state;
	SCENE scene;
	struct secret other;
	scene_start(&scene);
	random_secret(&other);
	struct store *store = store_opened(scene.folder.path, &scene.master);
	assert_int_equal(store_set_passphrase(
				 store, &other, bytes_text("another one"), NULL, NULL),
		ERR_PASSPHRASE);
	store_close(store);
	assert_int_equal(unlocks(&scene, PASSPHRASE), OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_store_has_no_findings),
		cmocka_unit_test(each_damaged_record_is_found),
		cmocka_unit_test(a_record_of_nobody_is_found),
		cmocka_unit_test(a_store_that_another_process_has_open_is_not_compacted),
		cmocka_unit_test(compacting_gives_back_space_and_keeps_every_record),
		cmocka_unit_test(erased_pages_are_gone_after_compacting),
		cmocka_unit_test(
			a_new_passphrase_opens_the_store_and_the_old_one_no_more),
		cmocka_unit_test(
			the_recovery_key_opens_it_still_and_makes_a_forgotten_one_anew),
		cmocka_unit_test(another_stores_key_changes_nothing),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
