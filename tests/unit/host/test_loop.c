#include "tests/test.h"

#include <avahi-common/timeval.h>
#include <avahi-common/watch.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "net/host/loop.h"

/* What the callbacks of one test write down, and what they act on. */
struct scene {
	struct loop *loop;
	char log[64];
	struct loop_fd *watch;
	struct loop_timer *timer;
	int fd;
};

static void note(struct scene *scene, char what)
{
	size_t len = strlen(scene->log);
	assert_true(len + 1 < sizeof scene->log);
	scene->log[len] = what;
}

static void turn(struct scene *scene, int64_t max_wait_ms)
{
	assert_int_equal(loop_run_once(scene->loop, max_wait_ms), OK);
}

/* Turns until `log` is as long as `wanted`, for at most two seconds. */
static void turns_until(struct scene *scene, const char *wanted)
{
	uint64_t limit = loop_now_ms(scene->loop) + 2000;
	while (strlen(scene->log) < strlen(wanted) && loop_now_ms(scene->loop) < limit)
		turn(scene, 100);
	assert_string_equal(scene->log, wanted);
}

static void note_a(void *arg)
{
	note(arg, 'a');
}

static void note_b(void *arg)
{
	note(arg, 'b');
}

static void note_c(void *arg)
{
	note(arg, 'c');
}

/* ---- Timers */

static void due_timers_fire_in_the_order_of_their_deadlines(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	uint64_t now = loop_now_ms(s.loop);
	loop_timer(s.loop, now - 10, note_c, &s);
	loop_timer(s.loop, now - 20, note_a, &s);
	loop_timer(s.loop, now - 10, note_b, &s); /* equal to the first: set later */
	turn(&s, 0);
	assert_string_equal(s.log, "acb");
	turn(&s, 0); /* each only once */
	assert_string_equal(s.log, "acb");
	loop_free(s.loop);
}

static void timer_does_not_fire_before_its_time(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	uint64_t start = loop_now_ms(s.loop);
	loop_timer(s.loop, start + 40, note_a, &s);
	loop_timer(s.loop, LOOP_NEVER, note_b, &s);
	turn(&s, 0);
	assert_string_equal(s.log, "");
	turns_until(&s, "a");
	assert_true(loop_now_ms(s.loop) >= start + 40);
	loop_free(s.loop);
}

static void turn_waits_no_longer_than_it_was_told(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	uint64_t start = loop_now_ms(s.loop);
	loop_timer(s.loop, start + 60000, note_a, &s);
	turn(&s, 20);
	assert_in_range(loop_now_ms(s.loop) - start, 19, 5000);
	assert_string_equal(s.log, "");
	loop_free(s.loop);
}

static void set_into_the_past(void *arg)
{
	struct scene *s = arg;
	note(s, 'p');
	loop_timer_set(s->timer, 0);
}

static void timer_that_sets_itself_into_the_past_fires_once_a_turn(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	s.timer = loop_timer(s.loop, 0, set_into_the_past, &s);
	turn(&s, -1);
	assert_string_equal(s.log, "p");
	turn(&s, -1);
	assert_string_equal(s.log, "pp");
	loop_free(s.loop);
}

static void remove_timer(void *arg)
{
	struct scene *s = arg;
	note(s, 'r');
	loop_timer_remove(s->timer);
}

static void removed_timer_does_not_fire_in_the_same_turn(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	loop_timer(s.loop, 0, remove_timer, &s);
	s.timer = loop_timer(s.loop, 1, note_a, &s);
	turn(&s, 0);
	turn(&s, 0);
	assert_string_equal(s.log, "r");
	loop_free(s.loop);
}

static void remove_oneself(void *arg)
{
	remove_timer(arg);
}

static void timer_may_remove_itself(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	s.timer = loop_timer(s.loop, 0, remove_oneself, &s);
	turn(&s, 0);
	assert_string_equal(s.log, "r");
	loop_free(s.loop);
}

/* ---- Descriptors */

static void read_one(void *arg, int fd, short happened)
{
	struct scene *s = arg;
	char c;
	if ((happened & POLLIN) != 0 && read(fd, &c, 1) == 1)
		note(s, c);
	else
		note(s, '!');
}

static void descriptor_is_told_of_what_it_asked_for(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	struct loop_fd *watch = loop_add_fd(s.loop, ends[0], 0, read_one, &s);
	assert_int_equal(write(ends[1], "xy", 2), 2);
	turn(&s, 0);
	assert_string_equal(s.log, ""); /* it asked for nothing */
	loop_set_events(watch, POLLIN);
	turn(&s, -1);
	turn(&s, -1);
	assert_string_equal(s.log, "xy");
	close(ends[1]);
	turn(&s, -1);
	assert_string_equal(s.log, "xy!"); /* POLLHUP comes unasked */
	loop_remove(watch);
	turn(&s, 0);
	assert_string_equal(s.log, "xy!");
	close(ends[0]);
	loop_free(s.loop);
}

/* Remove the other one, whose bytes are waiting too. */
static void read_and_remove(void *arg, int fd, short happened)
{
	struct scene *s = arg;
	read_one(arg, fd, happened);
	loop_remove(s->watch);
	s->watch = NULL;
}

static void removed_descriptor_is_not_called_in_the_same_turn(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	int one[2], two[2];
	assert_int_equal(pipe(one), 0);
	assert_int_equal(pipe(two), 0);
	loop_add_fd(s.loop, one[0], POLLIN, read_and_remove, &s);
	s.watch = loop_add_fd(s.loop, two[0], POLLIN, read_one, &s);
	assert_int_equal(write(one[1], "1", 1), 1);
	assert_int_equal(write(two[1], "2", 1), 1);
	turn(&s, -1);
	turn(&s, 0);
	assert_string_equal(s.log, "1");
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
	loop_free(s.loop);
}

/* Many new watches move the loop's arrays under the turn that is going on. */
static void read_and_add_many(void *arg, int fd, short happened)
{
	struct scene *s = arg;
	read_one(arg, fd, happened);
	for (int i = 0; i < 100; i++)
		loop_add_fd(s->loop, s->fd, POLLIN, read_one, s);
}

static void descriptor_added_in_a_turn_waits_for_the_next(void **state)
{
	(void)state;
	struct scene s = {.loop = loop_new()};
	int one[2], two[2];
	assert_int_equal(pipe(one), 0);
	assert_int_equal(pipe(two), 0);
	s.fd = two[0];
	loop_add_fd(s.loop, one[0], POLLIN, read_and_add_many, &s);
	assert_int_equal(write(one[1], "1", 1), 1);
	assert_int_equal(write(two[1], "2", 1), 1);
	turn(&s, -1);
	assert_string_equal(s.log, "1");
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
	loop_free(s.loop);
}

/* ---- Signals */

static void take_signal(void *arg, int signal)
{
	note(arg, signal == SIGTERM ? 'T' : signal == SIGINT ? 'I' : '?');
}

static void signals_come_as_a_call_and_do_not_end_the_program(void **state)
{
	(void)state;
	sigset_t before, after;
	sigprocmask(SIG_SETMASK, NULL, &before);
	struct scene s = {.loop = loop_new()};
	assert_int_equal(loop_signals(s.loop, take_signal, &s), OK);
	kill(getpid(), SIGINT);
	turns_until(&s, "I");
	kill(getpid(), SIGTERM);
	turns_until(&s, "IT");
	loop_free(s.loop);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}

/* ---- As Avahi sees it */

struct avahi_scene {
	struct scene s;
	const AvahiPoll *poll;
	AvahiTimeout *timeout;
	AvahiWatch *watch;
	AvahiWatchEvent seen;
};

static void avahi_fires(AvahiTimeout *timeout, void *arg)
{
	struct avahi_scene *a = arg;
	assert_ptr_equal(timeout, a->timeout);
	note(&a->s, 't');
}

static void avahi_timeout_in_the_past_fires_on_the_next_turn(void **state)
{
	(void)state;
	struct avahi_scene a = {.s.loop = loop_new()};
	a.poll = loop_avahi(a.s.loop);
	struct timeval past = {.tv_sec = 1};
	a.timeout = a.poll->timeout_new(a.poll, &past, avahi_fires, &a);
	assert_string_equal(a.s.log, "");
	turn(&a.s, -1);
	turn(&a.s, 0); /* one-shot */
	assert_string_equal(a.s.log, "t");

	struct timeval soon;
	avahi_elapse_time(&soon, 30, 0);
	uint64_t start = loop_now_ms(a.s.loop);
	a.poll->timeout_update(a.timeout, &soon);
	turns_until(&a.s, "tt");
	assert_in_range(loop_now_ms(a.s.loop) - start, 29, 5000);

	a.poll->timeout_update(a.timeout, NULL); /* disarmed */
	turn(&a.s, 10);
	assert_string_equal(a.s.log, "tt");
	a.poll->timeout_free(a.timeout);
	loop_free(a.s.loop);
}

static void avahi_reads_and_frees(
	AvahiWatch *watch, int fd, AvahiWatchEvent event, void *arg)
{
	struct avahi_scene *a = arg;
	char c = 0;
	a->seen = a->poll->watch_get_events(watch);
	assert_int_equal(a->seen, event);
	assert_int_equal(read(fd, &c, 1), 1);
	note(&a->s, c);
	a->poll->watch_free(watch);
}

static void avahi_watch_may_free_itself(void **state)
{
	(void)state;
	struct avahi_scene a = {.s.loop = loop_new()};
	a.poll = loop_avahi(a.s.loop);
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	a.watch = a.poll->watch_new(
		a.poll, ends[0], AVAHI_WATCH_IN, avahi_reads_and_frees, &a);
	assert_int_equal(a.poll->watch_get_events(a.watch), 0);
	assert_int_equal(write(ends[1], "wx", 2), 2);
	turn(&a.s, -1);
	turn(&a.s, 0);
	assert_string_equal(a.s.log, "w");
	assert_true((a.seen & AVAHI_WATCH_IN) != 0);
	close(ends[0]);
	close(ends[1]);
	loop_free(a.s.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due_timers_fire_in_the_order_of_their_deadlines),
		cmocka_unit_test(timer_does_not_fire_before_its_time),
		cmocka_unit_test(turn_waits_no_longer_than_it_was_told),
		cmocka_unit_test(timer_that_sets_itself_into_the_past_fires_once_a_turn),
		cmocka_unit_test(removed_timer_does_not_fire_in_the_same_turn),
		cmocka_unit_test(timer_may_remove_itself),
		cmocka_unit_test(descriptor_is_told_of_what_it_asked_for),
		cmocka_unit_test(removed_descriptor_is_not_called_in_the_same_turn),
		cmocka_unit_test(descriptor_added_in_a_turn_waits_for_the_next),
		cmocka_unit_test(signals_come_as_a_call_and_do_not_end_the_program),
		cmocka_unit_test(avahi_timeout_in_the_past_fires_on_the_next_turn),
		cmocka_unit_test(avahi_watch_may_free_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
