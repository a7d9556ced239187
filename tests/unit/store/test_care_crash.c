#include "tests/unit/store/fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/backup.h"
#include "core/store/care.h"
#include "tests/unit/store/faults.h"

/*
 * A backup, a restore, a compaction, a new passphrase that are cut short or fail at each
 * of their writes: the store is as before or as after, a backup is the old one or the new
 * one, and the same once more succeeds.
 */

#define STEPS_MAX 80u /* more than any deed here has */

enum deed { BACKUP, RESTORE, COMPACT, PASSPHRASE_NEW };

struct scene {
	struct folder store, other;
	struct secret master;
};

static void scene_end(struct scene *scene)
{
	folder_gone(&scene->store);
	folder_gone(&scene->other);
}

#define SCENE CLEANUP(scene_end) struct scene

static struct scene first;

static int first_end(void **state)
{
	(void)state;
	scene_end(&first);
	return 0;
}

static enum err make_backup(struct store *store, const char *dir)
{
	struct backup_facts facts;
	char file[300];
	(void)snprintf(file, sizeof file, "%s/backup", dir);
	return store_backup(store, file, 1000, false, &facts, NULL);
}

/* A store that says "new", and a backup of when it said "old". */
static void scene_start(struct scene *scene)
{
	if (first.store.path[0] == '\0') {
		store_fresh(&first.store, &first.master);
		folder_fresh(&first.other);
		struct store *store = store_opened(first.store.path, &first.master);
		put_one_of(store, doc(1), "text", "erased");
		put_one_of(store, doc(2), "text", "old");
		assert_int_equal(make_backup(store, first.other.path), OK);
		put_one_of(store, doc(2), "text", "new");
		erase_one(store, doc(1));
		store_close(store);
	}
	folder_fresh(&scene->store);
	folder_fresh(&scene->other);
	folder_copy(first.store.path, scene->store.path);
	folder_copy(first.other.path, scene->other.path);
	scene->master = first.master;
}

static enum err restore_to(const struct scene *scene, const char *name)
{
	struct backup_facts facts;
	WIPED(secret) master;
	char dir[300], file[300];
	(void)snprintf(dir, sizeof dir, "%s/%s", scene->other.path, name);
	(void)snprintf(file, sizeof file, "%s/backup", scene->other.path);
	return store_restore(dir, file, bytes_text(store_recovery()),
		bytes_text("machine"), &master, &facts, NULL);
}

static enum err with_store(const struct scene *scene, enum deed deed)
{
	struct store *store = NULL;
	enum err e = store_open(scene->store.path, &scene->master, &store, NULL);
	if (e == OK)
		e = deed == BACKUP ? make_backup(store, scene->other.path)
				   : store_set_passphrase(store, &scene->master,
					     bytes_text("another one"), NULL, NULL);
	store_close(store);
	return e;
}

static enum err do_it(const struct scene *scene, enum deed deed)
{
	struct store_compacted done;
	switch (deed) {
	case RESTORE:
		return restore_to(scene, "again");
	case COMPACT:
		return store_compact(scene->store.path, &scene->master, &done, NULL);
	case BACKUP:
	case PASSPHRASE_NEW:
		return with_store(scene, deed);
	}
	return ERR_INVALID;
}

/* What the document says in the store of that folder; NULL where none is. */
static const char *says(const struct scene *scene, const char *dir)
{
	static char text[16];
	struct store *store = NULL;
	struct store_txn *txn = NULL;
	CLEAN_BUF struct buf got = {0};
	enum err e = store_open(dir, &scene->master, &store, NULL);
	if (e == OK)
		e = store_begin(store, false, &txn, NULL);
	if (e == OK)
		e = store_get_of(txn, doc(2), TABLE_DOCUMENT, bytes_text("text"), &got);
	(void)snprintf(text, sizeof text, "%s", e == OK ? buf_text(&got) : err_text(e));
	store_abort(txn);
	store_close(store);
	return e == ERR_NOT_FOUND ? NULL : text;
}

/* Whether the header has another passphrase slot than it had: then the new one opens the
 * store, else the old one does (FORMAT.md). */
static bool has_new_passphrase(const struct scene *scene)
{
	WIPED(secret) master;
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf now = {0};
	file_read(in_folder(&first.store, "header"), &before);
	file_read(in_folder(&scene->store, "header"), &now);
	bool is_new = memcmp(before.at + 36, now.at + 36, 105) != 0;
	assert_int_equal(
		store_unlock(scene->store.path,
			bytes_text(is_new ? "another one" : PASSPHRASE), &master, NULL),
		OK);
	return is_new;
}

/* All that must hold whatever happened; whether the deed is done. */
static bool is_done(const struct scene *scene, enum deed deed)
{
	char again[300];
	(void)snprintf(again, sizeof again, "%s/again", scene->other.path);
	const char *text = says(scene, scene->store.path);
	assert_non_null(text);
	assert_string_equal(text, "new");
	bool done = true;
	if (deed == RESTORE) {
		text = says(scene, again);
		done = text != NULL;
		assert_true(!done || strcmp(text, "old") == 0);
	} else if (deed == PASSPHRASE_NEW) {
		done = has_new_passphrase(scene);
	} else if (deed == BACKUP) {
		assert_int_equal(restore_to(scene, "seen"), OK);
		(void)snprintf(again, sizeof again, "%s/seen", scene->other.path);
		text = says(scene, again);
		assert_non_null(text);
		done = strcmp(text, "new") == 0;
		assert_true(done || strcmp(text, "old") == 0);
	}
	return done;
}

/* And once more, with nothing in its way. */
static void assert_it_goes_on(const struct scene *scene, enum deed deed, bool done)
{
	if (deed == PASSPHRASE_NEW || (deed == RESTORE && done))
		return;
	assert_int_equal(do_it(scene, deed), OK);
	const char *text = says(scene, scene->store.path);
	assert_non_null(text);
	assert_string_equal(text, "new");
	assert_int_equal(access(in_folder(&scene->other, "backup.part"), F_OK), -1);
	assert_int_equal(access(in_folder(&scene->store, "data.new"), F_OK), -1);
}

static int in_doomed_child(
	const struct scene *scene, enum deed deed, enum fault fault, unsigned nth)
{
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fault_set(fault, nth);
		enum err e = do_it(scene, deed);
		_exit(e == OK ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Returns how many steps the deed has. */
static unsigned die_at_each_step(enum deed deed, enum fault fault)
{
	for (unsigned nth = 1; nth < STEPS_MAX; nth++) {
		SCENE scene;
		scene_start(&scene);
		int status = in_doomed_child(&scene, deed, fault, nth);
		bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		assert_true(killed || status == 0);
		bool done = is_done(&scene, deed);
		assert_true(killed || done);
		assert_it_goes_on(&scene, deed, done);
		if (!killed)
			return nth - 1;
	}
	fail_msg("more than %u steps", STEPS_MAX);
	return 0;
}

/* Returns how often the deed failed. */
static unsigned fail_at_each_step(enum deed deed, enum fault fault)
{
	unsigned failed = 0;
	for (unsigned nth = 1; nth < STEPS_MAX; nth++) {
		SCENE scene;
		scene_start(&scene);
		fault_set(fault, nth);
		enum err e = do_it(&scene, deed);
		bool struck = fault_calls() >= nth;
		fault_set(FAULT_NONE, 0);
		failed += e != OK;
		assert_true(struck || e == OK);
		bool done = is_done(&scene, deed);
		assert_true(done || e != OK);
		assert_it_goes_on(&scene, deed, done);
		if (!struck)
			return failed;
	}
	fail_msg("more than %u steps", STEPS_MAX);
	return 0;
}

static void a_backup_cut_short_leaves_the_one_before(void **state)
{
	(void)state;
	assert_true(die_at_each_step(BACKUP, FAULT_KILL) >= 5);
	assert_true(die_at_each_step(BACKUP, FAULT_KILL_HALF) >= 5);
	assert_true(fail_at_each_step(BACKUP, FAULT_ONCE) >= 4);
}

static void a_restore_cut_short_leaves_no_store(void **state)
{
	(void)state;
	assert_true(die_at_each_step(RESTORE, FAULT_KILL) >= 5);
	assert_true(fail_at_each_step(RESTORE, FAULT_ONCE) >= 5);
}

static void a_compaction_cut_short_leaves_the_old_file_or_the_new_one(void **state)
{
	(void)state;
	assert_true(die_at_each_step(COMPACT, FAULT_KILL) >= 4);
	assert_true(die_at_each_step(COMPACT, FAULT_KILL_HALF) >= 4);
	assert_true(fail_at_each_step(COMPACT, FAULT_ONCE) >= 3);
}

static void one_passphrase_opens_the_store_at_any_moment(void **state)
{
	(void)state;
	assert_int_equal(die_at_each_step(PASSPHRASE_NEW, FAULT_KILL_HALF), 4);
	assert_true(fail_at_each_step(PASSPHRASE_NEW, FAULT_ONCE) >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backup_cut_short_leaves_the_one_before),
		cmocka_unit_test(a_restore_cut_short_leaves_no_store),
		cmocka_unit_test(
			a_compaction_cut_short_leaves_the_old_file_or_the_new_one),
		cmocka_unit_test(one_passphrase_opens_the_store_at_any_moment),
	};
	return cmocka_run_group_tests(tests, fixture_start, first_end);
}
