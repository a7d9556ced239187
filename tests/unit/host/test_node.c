#include "tests/test.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/host/loop.h"
#include "net/host/node.h"
#include "tests/unit/host/namespace.h"
#include "tests/unit/notebook/teachers.h"

/* Two nodes in one loop, in a network namespace that has nothing but its loopback. */
struct side {
	struct node *node;
	struct address at;
	char log[4096];
	struct node_outcome last;
	size_t outcomes;
};

static struct loop *loop;
static struct side sides[TEACHERS];

static void take_log(void *arg, const char *line)
{
	struct side *side = arg;
	size_t len = strlen(side->log);
	snprintf(side->log + len, sizeof side->log - len, "%s\n", line);
}

static void take_outcome(void *arg, const struct node_outcome *outcome)
{
	struct side *side = arg;
	side->last = *outcome;
	side->outcomes++;
}

static struct side *side_of(const struct teacher *t)
{
	return &sides[t - teachers];
}

static void start_node(struct teacher *t, bool once)
{
	struct side *side = side_of(t);
	struct address any;
	struct why why = {0};
	assert_int_equal(address_read("127.0.0.1:0", false, &any, NULL), OK);
	struct node_config config = {.loop = loop,
		.dir = t->dir,
		.schema = t->schema,
		.listen = &any,
		.once = once,
		.log = take_log,
		.outcome = take_outcome,
		.arg = side};
	memset(side, 0, sizeof *side);
	enum err e = node_new(&config, &side->node, &why);
	if (e == OK)
		e = node_lend(side->node, t->notebook, &why);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
	char text[ADDRESS_TEXT];
	snprintf(text, sizeof text, "127.0.0.1:%u", node_port(side->node));
	assert_int_equal(address_read(text, false, &side->at, NULL), OK);
}

static void stop_node(struct teacher *t)
{
	node_free(side_of(t)->node);
	side_of(t)->node = NULL;
}

static int setup(void **state)
{
	loop = loop_new();
	return teachers_again(state);
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEACHERS; i++)
		stop_node(&teachers[i]);
	loop_free(loop);
	return 0;
}

static void turns(uint64_t ms)
{
	uint64_t limit = loop_now_ms(loop) + ms;
	while (loop_now_ms(loop) < limit)
		assert_int_equal(loop_run_once(loop, 10), OK);
}

/* Turns until it holds, for at most eight seconds. */
#define UNTIL(condition)                                                                 \
	do {                                                                             \
		uint64_t limit_ = loop_now_ms(loop) + 8000;                              \
		while (!(condition) && loop_now_ms(loop) < limit_)                       \
			assert_int_equal(loop_run_once(loop, 20), OK);                   \
		if (!(condition))                                                        \
			fail_msg("not in time: %s\namina:\n%s\nben:\n%s", #condition,    \
				sides[0].log, sides[1].log);                             \
	} while (0)

static uint64_t nudge(struct teacher *t, struct teacher *other, bool with_address)
{
	uint64_t mark;
	struct why why = {0};
	enum err e = node_nudge(side_of(t)->node, notebook_me(other->notebook)->person,
		with_address ? &side_of(other)->at : NULL, &mark, &why);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
	return mark;
}

static bool has_outcome(struct teacher *t, struct teacher *other, uint64_t mark)
{
	struct node_outcome outcome;
	return node_outcome(
		side_of(t)->node, notebook_me(other->notebook)->person, mark, &outcome);
}

static bool logged(struct teacher *t, const char *words)
{
	return strstr(side_of(t)->log, words) != NULL;
}

static void meet_by_address(void)
{
	uint64_t mark = nudge(ben, amina, true);
	UNTIL(has_outcome(ben, amina, mark));
}

/* ---- Meeting */

static void two_nodes_meet_and_prove_that_they_hold_the_same(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "who speaks first?");
	give(amina, note, ben, ROLE_EDIT);
	start_node(amina, false);
	start_node(ben, false);
	uint64_t mark = nudge(ben, amina, true);
	UNTIL(has_outcome(ben, amina, mark) && sides[0].outcomes > 0);
	assert_int_equal(sides[1].outcomes, 1); /* nobody rested before all was said */
	assert_true(sides[1].last.met && sides[1].last.verified);
	assert_int_equal(sides[1].last.received, 1);
	assert_int_equal(sides[0].last.sent, 1);
	assert_true(sides[0].last.verified);
	assert_memory_equal(sides[0].last.fingerprint, sides[1].last.fingerprint, 16);
	assert_true(sides[1].last.round_trips <= 2);
	assert_true(sides[1].last.bytes_in > 300 && sides[1].last.bytes_out > 300);
	struct id there = only_shared(ben, amina);
	assert_string_equal(see(ben, there, "body"), "who speaks first?");
	assert_true(logged(ben, "Amina: 1 entry came, 0 went, verified"));
}

static void edits_flow_while_both_are_connected(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "one");
	give(amina, note, ben, ROLE_EDIT);
	start_node(amina, false);
	start_node(ben, false);
	meet_by_address();
	struct id there = only_shared(ben, amina);
	put(ben, there, "body", "one and two");
	UNTIL(strcmp(see(amina, there, "body"), "one and two") == 0);
	put(amina, there, "body", "one and two and three");
	UNTIL(strcmp(see(ben, there, "body"), "one and two and three") == 0);
	UNTIL(sides[0].last.verified && sides[1].last.verified);
	assert_false(logged(amina, "lost") || logged(ben, "lost"));
}

static void asking_again_compares_again(void **state)
{
	(void)state;
	start_node(amina, false);
	start_node(ben, false);
	meet_by_address();
	turns(50);
	uint64_t mark = nudge(ben, amina, false);
	assert_false(has_outcome(ben, amina, mark));
	UNTIL(has_outcome(ben, amina, mark));
	assert_true(sides[1].last.verified);
	mark = nudge(amina, ben, false); /* who has no address of his: he calls again */
	UNTIL(has_outcome(amina, ben, mark));
	assert_false(logged(amina, "lost") || logged(ben, "lost"));
}

static void of_two_dials_that_cross_one_stays(void **state)
{
	(void)state;
	start_node(amina, false);
	start_node(ben, false);
	nudge(ben, amina, true);
	nudge(amina, ben, true);
	UNTIL(sides[0].last.verified && sides[1].last.verified);
	turns(300);
	assert_true(node_is_busy(sides[0].node) && node_is_busy(sides[1].node));
	assert_false(logged(amina, "lost") || logged(ben, "lost"));
	/* And it is of use to both. */
	struct id note = make(amina, "note", "body", "after crossing");
	struct id there = give(amina, note, ben, ROLE_EDIT);
	UNTIL(has(ben, there));
	put(ben, there, "body", "after crossing, back");
	UNTIL(strcmp(see(amina, there, "body"), "after crossing, back") == 0);
}

static void partners_find_each_other_by_themselves(void **state)
{
	(void)state;
	start_node(amina, false);
	start_node(ben, false);
	UNTIL(sides[0].last.verified && sides[1].last.verified);
}

static void node_of_one_sync_ends_its_session_when_both_are_the_same(void **state)
{
	(void)state;
	start_node(amina, false);
	start_node(ben, true);
	meet_by_address();
	UNTIL(!node_is_busy(sides[1].node) && !node_is_busy(sides[0].node));
	assert_true(sides[0].last.verified && sides[1].last.verified);
	assert_true(logged(amina, "Ben: left"));
}

static void one_who_leaves_says_so(void **state)
{
	(void)state;
	start_node(amina, false);
	start_node(ben, false);
	meet_by_address();
	stop_node(amina);
	UNTIL(logged(ben, "Amina: left"));
	UNTIL(!node_is_busy(sides[1].node));
	assert_false(logged(ben, "lost"));
}

static void nobody_there_is_an_outcome_too(void **state)
{
	(void)state;
	start_node(amina, false);
	start_node(ben, false);
	stop_node(amina);
	uint64_t mark = nudge(ben, amina, true);
	UNTIL(sides[1].outcomes > 0);
	assert_int_equal(sides[1].last.err, ERR_NOT_REACHED);
	assert_false(has_outcome(ben, amina, mark));
	struct node_outcome outcome;
	(void)node_outcome(
		sides[1].node, notebook_me(amina->notebook)->person, mark, &outcome);
	assert_non_null(strstr(outcome.why.text, "no kith listens"));
	assert_true(logged(ben, "no kith listens"));
}

/* ---- Strangers */

static void one_without_the_pair_key_learns_nothing(void **state)
{
	(void)state;
	/* Carla believes that she is paired with Ben; Ben knows nothing of it. */
	teacher_keep(ben, "before");
	teachers_pair(carla, ben);
	teacher_put_back(ben, "before");
	start_node(ben, false);
	start_node(carla, false);
	nudge(carla, ben, true);
	UNTIL(sides[2].outcomes > 0);
	assert_true(sides[2].last.err != OK);
	assert_false(sides[2].last.met);
	assert_int_equal(sides[1].outcomes, 0);
	assert_null(strstr(sides[1].log, "Carla"));
}

static void root_before_still_serves_until_the_new_one_did(void **state)
{
	(void)state;
	/* They pair again, but on Ben's side it was not kept. */
	teacher_keep(ben, "before");
	teachers_pair(amina, ben);
	teacher_put_back(ben, "before");
	start_node(amina, false);
	start_node(ben, false);
	nudge(amina, ben, true);
	UNTIL(sides[0].last.verified && sides[1].last.verified);
}

/* Bytes that come within a moment; -1: the other end hung up before. */
static ssize_t listen_in(int fd, int wait_ms)
{
	uint8_t heard[256];
	uint64_t limit = loop_now_ms(loop) + (uint64_t)wait_ms;
	ssize_t sum = 0;
	while (loop_now_ms(loop) < limit) {
		assert_int_equal(loop_run_once(loop, 5), OK);
		ssize_t got = recv(fd, heard, sizeof heard, MSG_DONTWAIT);
		if (got == 0)
			return sum > 0 ? sum : -1;
		sum += got > 0 ? got : 0;
	}
	return sum;
}

static int call(const struct side *side)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, &side->at.at.any, sizeof side->at.at.v4), 0);
	return fd;
}

static void stranger_hears_sixteen_bytes_and_nothing_else(void **state)
{
	(void)state;
	start_node(ben, false);
	int fd = call(&sides[1]);
	assert_int_equal(listen_in(fd, 200), 16);
	char noise[34] = {1, 2};
	assert_int_equal(send(fd, noise, sizeof noise, MSG_NOSIGNAL), 34);
	assert_int_equal(listen_in(fd, 300), -1);
	close(fd);
	assert_false(logged(ben, "connected"));
}

static void one_address_holds_two_places_at_most(void **state)
{
	(void)state;
	start_node(ben, false);
	int one = call(&sides[1]), two = call(&sides[1]), three = call(&sides[1]);
	assert_int_equal(listen_in(one, 100), 16);
	assert_int_equal(listen_in(two, 100), 16);
	assert_int_equal(listen_in(three, 300), -1);
	close(one);
	close(three);
	turns(100);
	three = call(&sides[1]);
	assert_int_equal(listen_in(three, 200), 16);
	close(two);
	close(three);
}

/* ---- What commands of other processes say */

static int (*command)(void);

static int serve_command(int (*f)(void))
{
	command = f;
	pid_t child = fork();
	if (child == 0)
		_exit(command());
	int status = -1;
	uint64_t limit = loop_now_ms(loop) + 15000;
	while (waitpid(child, &status, WNOHANG) == 0) {
		assert_int_equal(loop_run_once(loop, 10), OK);
		if (loop_now_ms(loop) > limit)
			kill(child, SIGKILL);
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static struct person_id person_asked;

static int ask_and_wait(void)
{
	uint64_t mark = 0;
	struct node_outcome outcome;
	enum err e = node_ask_nudge(ben->dir, person_asked, &sides[0].at, &mark, NULL);
	if (e == OK)
		e = node_ask_outcome(ben->dir, person_asked, mark, 8000, &outcome, NULL);
	if (e != OK)
		return (int)e;
	return outcome.verified && outcome.met && outcome.number > mark &&
			       person_equal(outcome.person, person_asked)
		       ? 0
		       : 100;
}

static int ask_for_nobody(void)
{
	uint64_t mark = 0;
	struct why why = {0};
	struct node_outcome outcome;
	enum err e = node_ask_nudge(ben->dir, person_asked, &sides[0].at, &mark, NULL);
	if (e == OK)
		e = node_ask_outcome(ben->dir, person_asked, mark, 300, &outcome, &why);
	return strstr(why.text, "Amina was not ") != NULL ? (int)e : 100;
}

static int ask_state(void)
{
	return (int)node_state(ben->dir);
}

static int ask_key(void)
{
	WIPED(secret) master;
	enum err e = node_key(ben->dir, &master, NULL);
	return e == OK && !secret_equal(master.b, ben->master.b, sizeof master.b)
		       ? 100
		       : (int)e;
}

static int ask_lock(void)
{
	return (int)node_lock(ben->dir, NULL);
}

static int ask_unlock(void)
{
	return (int)node_unlock(ben->dir, &ben->master, NULL);
}

static void command_waits_for_an_outcome_newer_than_its_start(void **state)
{
	(void)state;
	person_asked = notebook_me(amina->notebook)->person;
	start_node(amina, false);
	start_node(ben, false);
	assert_int_equal(serve_command(ask_and_wait), 0);
	assert_int_equal(serve_command(ask_and_wait), 0);
	stop_node(amina);
	turns(100);
	assert_int_equal(serve_command(ask_for_nobody), ERR_TIMEOUT);
	memset(&person_asked, 7, sizeof person_asked);
	assert_int_equal(serve_command(ask_and_wait), ERR_NOT_FOUND);
}

static void node_tells_its_state_and_hands_out_the_key(void **state)
{
	(void)state;
	assert_int_equal(serve_command(ask_state), NODE_NONE);
	start_node(ben, false);
	assert_int_equal(serve_command(ask_state), NODE_OPEN);
	assert_int_equal(serve_command(ask_key), OK);
	assert_int_equal(serve_command(ask_lock), ERR_REFUSED); /* the notebook is lent */
	stop_node(ben);
	assert_int_equal(serve_command(ask_key), ERR_NOT_REACHED);
}

static void locked_node_does_nothing_until_it_is_unlocked(void **state)
{
	(void)state;
	struct side *side = &sides[1];
	struct why why = {0};
	teacher_close(ben);
	memset(side, 0, sizeof *side);
	struct node_config config = {.loop = loop,
		.dir = ben->dir,
		.schema = ben->schema,
		.log = take_log,
		.arg = side};
	assert_int_equal(node_new(&config, &side->node, &why), OK);
	assert_int_equal(node_port(side->node), 0);
	assert_int_equal(serve_command(ask_state), NODE_LOCKED);
	assert_int_equal(serve_command(ask_key), ERR_LOCKED);
	assert_int_equal(serve_command(ask_and_wait), ERR_LOCKED);
	assert_int_equal(serve_command(ask_unlock), OK);
	assert_int_equal(node_port(side->node), TCP_PORT);
	assert_int_equal(serve_command(ask_key), OK);
	assert_int_equal(serve_command(ask_lock), OK);
	assert_int_equal(node_port(side->node), 0);
	assert_null(node_notebook(side->node));
	assert_int_equal(serve_command(ask_key), ERR_LOCKED);
	assert_true(logged(ben, "open, listening on port 25484\n"));
	assert_true(logged(ben, "locked\n"));
	ben->master.b[0] ^= 1;
	assert_int_equal(serve_command(ask_unlock), ERR_PASSPHRASE);
	ben->master.b[0] ^= 1;
}

static void second_node_of_a_store_is_refused(void **state)
{
	(void)state;
	struct node *second;
	struct why why = {0};
	start_node(ben, false);
	struct node_config config = {
		.loop = loop, .dir = ben->dir, .schema = ben->schema};
	assert_int_equal(node_new(&config, &second, &why), ERR_BUSY);
	assert_null(second);
	assert_true(strlen(why.text) > 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(two_nodes_meet_and_prove_that_they_hold_the_same),
		CASE(edits_flow_while_both_are_connected),
		CASE(asking_again_compares_again),
		CASE(of_two_dials_that_cross_one_stays),
		CASE(partners_find_each_other_by_themselves),
		CASE(node_of_one_sync_ends_its_session_when_both_are_the_same),
		CASE(one_who_leaves_says_so),
		CASE(nobody_there_is_an_outcome_too),
		CASE(one_without_the_pair_key_learns_nothing),
		CASE(root_before_still_serves_until_the_new_one_did),
		CASE(stranger_hears_sixteen_bytes_and_nothing_else),
		CASE(one_address_holds_two_places_at_most),
		CASE(command_waits_for_an_outcome_newer_than_its_start),
		CASE(node_tells_its_state_and_hands_out_the_key),
		CASE(locked_node_does_nothing_until_it_is_unlocked),
		CASE(second_node_of_a_store_is_refused),
	};
	if (!enter_namespace() || !set_interface("lo", true)) {
		printf("skipped: no network namespace may be made here\n");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
