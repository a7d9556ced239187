#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/store/header.h"
#include "tests/unit/store/faults.h"

/*
 * What happens to a commit that is cut short or fails at each of its writes: afterwards
 * the store is in the old state or in the new one, and an erased document's key does not
 * outlive the next opening.
 */

#define STEPS_MAX 60u /* more than any commit here has */

struct scene {
	struct folder folder;
	struct secret master;
};

static void scene_end(struct scene *scene)
{
	folder_gone(&scene->folder);
}

#define SCENE CLEANUP(scene_end) struct scene

static struct scene first;

static int first_end(void **state)
{
	(void)state;
	scene_end(&first);
	return 0;
}

/* Two documents and a record of the store, all "old": made once, then copied. */
static void scene_start(struct scene *scene)
{
	if (first.folder.path[0] == '\0') {
		store_fresh(&first.folder, &first.master);
		struct store *store = store_opened(first.folder.path, &first.master);
		put_one(store, "state", "old");
		put_one_of(store, doc(1), "text", "old");
		put_one_of(store, doc(2), "text", "old");
		store_close(store);
	}
	folder_fresh(&scene->folder);
	folder_copy(first.folder.path, scene->folder.path);
	scene->master = first.master;
}

/* The change: all records become "new", a document comes; or document 1 is erased. */
static enum err change(struct store *store, bool erase)
{
	struct store_txn *txn = NULL;
	struct bytes text = bytes_text("text"), new = bytes_text("new");
	struct id one = doc(1);
	enum err e = store_begin(store, true, &txn, NULL);
	if (e == OK)
		e = store_put(txn, TABLE_SETTINGS, bytes_text("state"), new);
	if (e == OK)
		e = store_put_of(txn, doc(2), TABLE_DOCUMENT, text, new);
	if (e == OK)
		e = store_put_of(txn, doc(3), TABLE_DOCUMENT, text, new);
	if (e == OK && erase)
		e = store_erase_in(txn, &one, 1);
	if (e == OK)
		return store_commit(txn, NULL);
	store_abort(txn);
	return e;
}

static bool has(struct store_txn *txn, struct id document, const char *value)
{
	CLEAN_BUF struct buf got = {0};
	enum err e = id_is_zero(document)
			     ? store_get(txn, TABLE_SETTINGS, bytes_text("state"), &got)
			     : store_get_of(txn, document, TABLE_DOCUMENT,
				       bytes_text("text"), &got);
	if (value == NULL)
		return e == ERR_NOT_FOUND;
	return e == OK && strcmp(buf_text(&got), value) == 0;
}

static bool is_in_state(struct store *store, bool is_new, bool erase)
{
	struct store_txn *txn = NULL;
	if (store_begin(store, false, &txn, NULL) != OK)
		return false;
	const char *value = is_new ? "new" : "old";
	bool good = has(txn, (struct id){{0}}, value) && has(txn, doc(2), value) &&
		    has(txn, doc(3), is_new ? "new" : NULL) &&
		    has(txn, doc(1), is_new && erase ? NULL : "old");
	store_abort(txn);
	return good;
}

/* One erasure key, the same in both copies of the header, which are equal. */
static bool has_one_erasure_key(const struct scene *scene)
{
	struct store_keys keys;
	struct header header;
	bool torn = true;
	store_keys_derive(&scene->master, &keys);
	int fd = open(in_folder(&scene->folder, "header"), O_RDONLY | O_CLOEXEC);
	enum err e = header_read(fd, &keys, &header, &torn);
	(void)close(fd);
	return e == OK && !torn && header.erasure_count == 1;
}

/* ---- Dying. */

struct change_arg {
	const struct scene *scene;
	enum fault fault;
	unsigned nth;
	bool erase;
};

/* Exits 0 when the change was through before the fault came. */
static int change_in_child(const struct change_arg *arg)
{
	(void)fflush(NULL);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct store *store = NULL;
		enum err e = store_open(
			arg->scene->folder.path, &arg->scene->master, &store, NULL);
		fault_set(arg->fault, arg->nth);
		if (e == OK)
			e = change(store, arg->erase);
		fault_set(FAULT_NONE, 0);
		store_close(store);
		_exit(e == OK ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Returns how many steps the change has. */
static unsigned die_at_each_step(enum fault fault, bool erase)
{
	bool was_old = false, was_new = false;
	for (unsigned nth = 1; nth < STEPS_MAX; nth++) {
		SCENE scene;
		scene_start(&scene);
		int status =
			change_in_child(&(struct change_arg){&scene, fault, nth, erase});
		bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		assert_true(killed || status == 0);

		struct store *store = store_opened(scene.folder.path, &scene.master);
		bool is_old = is_in_state(store, false, erase);
		bool is_new = is_in_state(store, true, erase);
		assert_true(is_old != is_new);
		assert_true(killed || is_new);
		assert_true(has_one_erasure_key(&scene));
		/* And it can be used. */
		assert_int_equal(change(store, erase), OK);
		assert_true(is_in_state(store, true, erase));
		store_close(store);
		was_old = was_old || is_old;
		was_new = was_new || (killed && is_new);
		if (!killed) {
			assert_true(was_old && (was_new || !erase));
			return nth - 1;
		}
	}
	fail_msg("a change has more than %u steps", STEPS_MAX);
	return 0;
}

static void a_writer_that_dies_leaves_the_old_state_or_the_new_one(void **state)
{
	(void)state;
	assert_true(die_at_each_step(FAULT_KILL, false) >= 3);
	assert_true(die_at_each_step(FAULT_KILL_HALF, false) >= 3);
}

static void an_eraser_that_dies_leaves_the_old_state_or_the_new_one(void **state)
{
	(void)state;
	/* Two headers before, two after, each written and synced. */
	assert_true(die_at_each_step(FAULT_KILL, true) >= 8 + 3);
	assert_true(die_at_each_step(FAULT_KILL_HALF, true) >= 8 + 3);
}

/* ---- Failing. */

/* The commit fails, or comes through in spite of it; in either case the store goes on
 * being used by the same process once the disk is well again, or says that it cannot. */
static unsigned fail_at_each_step(enum fault fault, bool erase)
{
	unsigned failed = 0;
	for (unsigned nth = 1; nth < STEPS_MAX; nth++) {
		SCENE scene;
		scene_start(&scene);
		struct store *store = store_opened(scene.folder.path, &scene.master);
		fault_set(fault, nth);
		enum err e = change(store, erase);
		bool struck = fault_calls() >= nth;
		fault_set(FAULT_NONE, 0);
		failed += e != OK;
		assert_true(struck || e == OK);

		/* After a failed write of a meta page LMDB wants to be opened anew. */
		struct store_txn *txn = NULL;
		if (store_begin(store, false, &txn, NULL) == OK) {
			store_abort(txn);
			bool is_new = is_in_state(store, true, erase);
			assert_true(is_new != is_in_state(store, false, erase));
			assert_true(is_new || e != OK);
			/* The one exception the header names. */
			assert_true(!is_new || e == OK || (e == ERR_IO && erase));
		}
		store_close(store);

		store = store_opened(scene.folder.path, &scene.master);
		bool is_new = is_in_state(store, true, erase);
		assert_true(is_new != is_in_state(store, false, erase));
		assert_true(is_new || e != OK);
		assert_true(has_one_erasure_key(&scene));
		assert_int_equal(change(store, erase), OK);
		assert_true(is_in_state(store, true, erase));
		store_close(store);
		if (!struck)
			return failed;
	}
	fail_msg("a change has more than %u steps", STEPS_MAX);
	return 0;
}

static void a_failing_write_keeps_the_old_state(void **state)
{
	(void)state;
	assert_true(fail_at_each_step(FAULT_ONCE, false) >= 2);
	assert_true(fail_at_each_step(FAULT_FROM, false) >= 2);
	assert_true(fail_at_each_step(FAULT_SHORT, false) >= 1);
}

static void an_erase_that_meets_a_failing_write_is_done_whole_or_not_at_all(void **state)
{
	(void)state;
	assert_true(fail_at_each_step(FAULT_ONCE, true) >= 6);
	assert_true(fail_at_each_step(FAULT_FROM, true) >= 6);
	assert_true(fail_at_each_step(FAULT_SHORT, true) >= 1);
}

/* The file then reads as it should, also where the disk has the old key still. */
static void a_header_that_was_not_synced_is_written_again(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	struct store *store = store_opened(scene.folder.path, &scene.master);
	fault_set(FAULT_ONCE, 1000);
	assert_int_equal(change(store, true), OK);
	unsigned last = fault_calls();
	put_one_of(store, doc(1), "text", "old");

	fault_set(FAULT_ONCE, last);
	assert_int_equal(change(store, true), ERR_IO);
	assert_int_equal(fault_calls(), last);
	fault_set(FAULT_ONCE, 1000);
	store_abort(txn_begun(store, true));
	assert_int_equal(fault_calls(), 4); /* both copies, and a sync after each */
	fault_set(FAULT_ONCE, 1000);
	store_abort(txn_begun(store, true));
	assert_int_equal(fault_calls(), 0);
	fault_set(FAULT_NONE, 0);
	store_close(store);
}

/* ---- At random. */

#define ROUNDS 12

/* Commit number n says n in the store's record, writes document n, and erases what
 * document n - 3 was. */
static void write_on(const struct scene *scene, unsigned n, int tell)
{
	struct store *store = NULL;
	enum err e = store_open(scene->folder.path, &scene->master, &store, NULL);
	for (; e == OK && n < 100000; n++) {
		struct store_txn *txn = NULL;
		struct id now = doc(n), gone = doc(n - 3);
		e = store_begin(store, true, &txn, NULL);
		if (e == OK)
			e = store_put(
				txn, TABLE_SETTINGS, bytes_text("n"), BYTES_OF(now.b));
		if (e == OK)
			e = store_put_of(txn, now, TABLE_DOCUMENT, bytes_text("text"),
				BYTES_OF(now.b));
		if (e == OK && n % 2 == 0)
			e = store_erase_in(txn, &gone, 1);
		if (e == OK)
			e = store_commit(txn, NULL);
		if (e == OK && tell >= 0) {
			(void)close(tell);
			tell = -1;
		}
	}
	_exit(1);
}

static unsigned number_in(struct store *store)
{
	struct store_txn *txn = txn_begun(store, false);
	CLEAN_BUF struct buf got = {0};
	enum err e = store_get(txn, TABLE_SETTINGS, bytes_text("n"), &got);
	unsigned n = 10;
	if (e == OK) {
		assert_int_equal(got.len, 16);
		n = (unsigned)got.at[12] << 24 | (unsigned)got.at[13] << 16 |
		    (unsigned)got.at[14] << 8 | got.at[15];
		for (unsigned i = n - 6; e == OK && i <= n; i++) {
			/* Of the even ones that erase, n or n - 1 was the last. */
			bool erased = i % 2 == 1 && i + 3 <= n;
			buf_clear(&got);
			enum err found = store_get_of(
				txn, doc(i), TABLE_DOCUMENT, bytes_text("text"), &got);
			assert_int_equal(found, i < 11 || erased ? ERR_NOT_FOUND : OK);
		}
	}
	store_abort(txn);
	return n;
}

static void a_writer_killed_at_any_moment_loses_no_commit_and_halves_none(void **state)
{
	(void)state;
	SCENE scene;
	scene_start(&scene);
	unsigned n = 10;
	for (unsigned round = 0; round < ROUNDS; round++) {
		int ends[2];
		assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
		(void)fflush(NULL);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			(void)close(ends[0]);
			write_on(&scene, n + 1, ends[1]);
		}
		/* Its end is closed at the first commit. */
		uint8_t none;
		(void)close(ends[1]);
		assert_int_equal(read(ends[0], &none, 1), 0);
		(void)close(ends[0]);
		long wait_us = (long)random_below(20000);
		(void)nanosleep(&(struct timespec){.tv_nsec = wait_us * 1000}, NULL);
		assert_int_equal(kill(pid, SIGKILL), 0);
		int status = 0;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));

		struct store *store = store_opened(scene.folder.path, &scene.master);
		unsigned now = number_in(store);
		store_close(store);
		assert_true(now > n);
		assert_true(has_one_erasure_key(&scene));
		n = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_writer_that_dies_leaves_the_old_state_or_the_new_one),
		cmocka_unit_test(an_eraser_that_dies_leaves_the_old_state_or_the_new_one),
		cmocka_unit_test(a_failing_write_keeps_the_old_state),
		cmocka_unit_test(
			an_erase_that_meets_a_failing_write_is_done_whole_or_not_at_all),
		cmocka_unit_test(a_header_that_was_not_synced_is_written_again),
		cmocka_unit_test(
			a_writer_killed_at_any_moment_loses_no_commit_and_halves_none),
	};
	return cmocka_run_group_tests(tests, fixture_start, first_end);
}
