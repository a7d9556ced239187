#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "tests/unit/store/reads.h"

/* Another process that has the same store open and does as it is told, one letter at a
 * time; it answers each with one letter. */
struct other {
	pid_t pid;
	int say, hear;
};

#define WAIT_MS 20000

struct shared {
	struct folder folder;
	struct secret master;
	struct other other;
	struct store *store;
};

static char obey(struct store *store, struct store_txn **txn, char word)
{
	struct id one = doc(1);
	enum err e = OK;
	CLEAN_BUF struct buf got = {0};
	switch (word) {
	case 'r': /* begin to read; or say what is read, by its first letter */
		e = store_begin(store, false, txn, NULL);
		break;
	case 'w':
		e = store_begin(store, true, txn, NULL);
		break;
	case 'p':
		e = store_put_of(*txn, one, TABLE_DOCUMENT, bytes_text("text"),
			bytes_text("theirs"));
		break;
	case 'e':
		e = store_erase_in(*txn, &one, 1);
		break;
	case 'g':
		e = store_get_of(*txn, one, TABLE_DOCUMENT, bytes_text("text"), &got);
		if (e == OK && got.len > 0)
			return (char)got.at[0];
		return e == ERR_NOT_FOUND ? '-' : '!';
	case 'c':
		e = store_commit(*txn, NULL);
		*txn = NULL;
		break;
	case 'a':
		store_abort(*txn);
		*txn = NULL;
		break;
	default:
		return '?';
	}
	return e == OK ? '.' : '!';
}

static void serve(const struct shared *shared, int hear, int say)
{
	struct store *store = NULL;
	struct store_txn *txn = NULL;
	char word = 0;
	(void)alarm(60);
	if (store_open(shared->folder.path, &shared->master, &store, NULL) != OK)
		_exit(1);
	char answer = '.';
	while (write(say, &answer, 1) == 1 && read(hear, &word, 1) == 1)
		answer = obey(store, &txn, word);
	store_close(store);
	_exit(0);
}

static char answer_of(const struct other *other)
{
	struct pollfd wait = {.fd = other->hear, .events = POLLIN};
	char answer = 0;
	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	assert_int_equal(read(other->hear, &answer, 1), 1);
	return answer;
}

static char tell(const struct other *other, char word)
{
	assert_int_equal(write(other->say, &word, 1), 1);
	return answer_of(other);
}

static void assert_told(const struct other *other, const char *words)
{
	for (; *words != '\0'; words++)
		assert_int_equal(tell(other, *words), '.');
}

static void shared_start(struct shared *s)
{
	int to[2], from[2];
	*s = (struct shared){0};
	store_fresh(&s->folder, &s->master);
	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(from, O_CLOEXEC), 0);
	(void)fflush(NULL);
	s->other.pid = fork();
	assert_true(s->other.pid >= 0);
	if (s->other.pid == 0) {
		(void)close(to[1]);
		(void)close(from[0]);
		serve(s, to[0], from[1]);
	}
	(void)close(to[0]);
	(void)close(from[1]);
	s->other.say = to[1];
	s->other.hear = from[0];
	assert_int_equal(answer_of(&s->other), '.');
	s->store = store_opened(s->folder.path, &s->master);
}

static void shared_end(struct shared *s)
{
	store_close(s->store);
	(void)close(s->other.say);
	(void)close(s->other.hear);
	(void)kill(s->other.pid, SIGKILL);
	(void)waitpid(s->other.pid, NULL, 0);
	folder_gone(&s->folder);
}

#define SHARED CLEANUP(shared_end) struct shared

static void each_sees_what_the_other_committed(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	assert_one_of(s.store, doc(1), "text", NULL);
	assert_told(&s.other, "wp");
	assert_one_of(s.store, doc(1), "text", NULL);
	assert_told(&s.other, "c");
	assert_one_of(s.store, doc(1), "text", "theirs");
	put_one_of(s.store, doc(1), "text", "ours");
	assert_told(&s.other, "r");
	assert_int_equal(tell(&s.other, 'g'), 'o');
	assert_told(&s.other, "a");
}

static void a_reader_keeps_seeing_its_moment(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	put_one_of(s.store, doc(1), "text", "first");
	assert_told(&s.other, "r");
	assert_int_equal(tell(&s.other, 'g'), 'f');
	put_one_of(s.store, doc(1), "text", "second");
	assert_int_equal(tell(&s.other, 'g'), 'f');
	assert_told(&s.other, "ar");
	assert_int_equal(tell(&s.other, 'g'), 's');
	assert_told(&s.other, "a");
}

/* Also one that had read no key yet: the key of its moment is in its memory. */
static void a_reader_of_before_an_erase_reads_on_and_the_next_one_does_not(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	put_one_of(s.store, doc(1), "text", "words");
	put_one_of(s.store, doc(2), "text", "kept");
	assert_told(&s.other, "r");
	erase_one(s.store, doc(1));
	assert_int_equal(tell(&s.other, 'g'), 'w');
	assert_told(&s.other, "ar");
	assert_int_equal(tell(&s.other, 'g'), '-');
	assert_told(&s.other, "a");

	/* And the other way round: our ring of keys is from before. */
	assert_one_of(s.store, doc(2), "text", "kept");
	assert_told(&s.other, "wpcwec");
	assert_one_of(s.store, doc(1), "text", NULL);
	assert_one_of(s.store, doc(2), "text", "kept");
	put_one_of(s.store, doc(1), "text", "again");
	assert_told(&s.other, "r");
	assert_int_equal(tell(&s.other, 'g'), 'a');
	assert_told(&s.other, "a");
}

static const struct other *eraser;
static unsigned erases;

static void erase_there(void)
{
	assert_told(eraser, "wpcwec");
	erases++;
}

/* Its snapshot wants the key of before, which the header has no longer. */
static void a_reader_that_falls_between_two_erases_looks_again(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	put_one_of(s.store, doc(2), "text", "kept");
	assert_told(&s.other, "wpcwec");
	eraser = &s.other;
	reads_before(4096, erase_there); /* a header is longer */
	assert_one_of(s.store, doc(2), "text", "kept");
	assert_int_equal(erases, 1);
	assert_one_of(s.store, doc(1), "text", NULL);
}

static void a_commit_wakes_the_watch_and_moves_the_version(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	int fd = store_watch_fd(s.store);
	assert_true(fd >= 0);
	assert_int_equal(store_watch_fd(s.store), fd);
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	store_watch_read(s.store);
	assert_int_equal(poll(&wait, 1, 0), 0);

	uint64_t version = store_version(s.store);
	assert_told(&s.other, "ra");
	assert_int_equal(poll(&wait, 1, 0), 0);
	assert_told(&s.other, "wp");
	assert_int_equal(store_version(s.store), version);
	assert_told(&s.other, "c");
	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	assert_true(store_version(s.store) > version);
	store_watch_read(s.store);
	assert_int_equal(poll(&wait, 1, 0), 0);

	version = store_version(s.store);
	assert_told(&s.other, "wec");
	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	assert_true(store_version(s.store) > version);
}

static bool closes_and_notes(void *arg)
{
	struct shared *s = arg;
	struct store *store = NULL;
	if (store_open(s->folder.path, &s->master, &store, NULL) != OK)
		return false;
	store_close(store);
	return access(in_folder(&s->folder, "guard"), F_OK) != 0;
}

static void only_the_last_to_close_notes_how_the_file_is(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	assert_int_equal(unlink(in_folder(&s.folder, "guard")), 0);
	assert_told(&s.other, "wpc");
	assert_true(in_child(closes_and_notes, &s));
	store_close(s.store);
	s.store = NULL;
	assert_int_not_equal(access(in_folder(&s.folder, "guard"), F_OK), 0);
	(void)close(s.other.say);
	s.other.say = -1;
	assert_int_equal(waitpid(s.other.pid, NULL, 0), s.other.pid);
	assert_int_equal(access(in_folder(&s.folder, "guard"), F_OK), 0);
	s.other.pid = fork(); /* for shared_end() to have one */
	if (s.other.pid == 0)
		_exit(0);
}

static void a_reader_that_was_killed_is_in_nobodys_way(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	assert_told(&s.other, "r");
	assert_int_equal(kill(s.other.pid, SIGKILL), 0);
	put_one_of(s.store, doc(1), "text", "words");
	store_close(s.store);
	s.store = store_opened(s.folder.path, &s.master);
	assert_one_of(s.store, doc(1), "text", "words");
}

static void a_writer_that_was_killed_lets_go_of_the_lock(void **state)
{
	(void)state;
	SHARED s;
	shared_start(&s);
	assert_told(&s.other, "wp");
	assert_int_equal(kill(s.other.pid, SIGKILL), 0);
	put_one_of(s.store, doc(1), "text", "ours");
	assert_one_of(s.store, doc(1), "text", "ours");
}

static bool is_made_by_one(void *arg)
{
	struct store *store = NULL;
	const struct store_options options = {.kdf = KDF_INTERACTIVE};
	enum err e = store_create(arg, bytes_text("x"), &options, NULL, &store, NULL);
	if (e == OK)
		store_close(store);
	return e == OK;
}

/* Whoever loses says that there is one, or that one is being made. */
static void two_that_make_a_store_in_one_folder_make_one(void **state)
{
	(void)state;
	TEMP_FOLDER top;
	folder_fresh(&top);
	(void)fflush(NULL);
	pid_t pids[3];
	for (size_t i = 0; i < 3; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(is_made_by_one(top.path) ? 0 : 1);
	}
	unsigned made = 0;
	for (size_t i = 0; i < 3; i++) {
		int status = 0;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		made += WEXITSTATUS(status) == 0;
	}
	assert_int_equal(made, 1);
	WIPED(secret) master;
	assert_int_equal(store_unlock(top.path, bytes_text("x"), &master, NULL), OK);
	struct store *store = store_opened(top.path, &master);
	put_one(store, "k", "v");
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sees_what_the_other_committed),
		cmocka_unit_test(a_reader_keeps_seeing_its_moment),
		cmocka_unit_test(
			a_reader_of_before_an_erase_reads_on_and_the_next_one_does_not),
		cmocka_unit_test(a_reader_that_falls_between_two_erases_looks_again),
		cmocka_unit_test(a_commit_wakes_the_watch_and_moves_the_version),
		cmocka_unit_test(only_the_last_to_close_notes_how_the_file_is),
		cmocka_unit_test(a_reader_that_was_killed_is_in_nobodys_way),
		cmocka_unit_test(a_writer_that_was_killed_lets_go_of_the_lock),
		cmocka_unit_test(two_that_make_a_store_in_one_folder_make_one),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
