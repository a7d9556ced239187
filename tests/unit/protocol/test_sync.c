#include "tests/test.h"

#include <unistd.h>

#include "tests/unit/protocol/nodes.h"

/* Two people, paired and never met; every test begins with their folders as they were
 * then. */
static char base[] = "/tmp/kith-sync-XXXXXX";
static char anna_then[160], ben_then[160];
static struct node anna, ben;
static struct talk talk;

static int begin(void **state)
{
	(void)state;
	assert_int_equal(crypto_start(), OK);
	assert_non_null(mkdtemp(base));
	node_make(&anna, base, "anna");
	node_make(&ben, base, "ben");
	nodes_pair(&anna, &ben);
	snprintf(anna_then, sizeof anna_then, "%s/anna-then", base);
	snprintf(ben_then, sizeof ben_then, "%s/ben-then", base);
	node_save(&anna, anna_then);
	node_save(&ben, ben_then);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	char line[200];
	node_close(&anna);
	node_close(&ben);
	snprintf(line, sizeof line, "rm -rf '%s'", base);
	return system(line);
}

static int setup(void **state)
{
	(void)state;
	node_put_back(&anna, anna_then);
	node_put_back(&ben, ben_then);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	talk_end(&talk);
	buf_release(&talk.log);
	talk = (struct talk){0};
	return 0;
}

static void assert_log(const char *text)
{
	assert_string_equal(buf_text(&talk.log), text);
	buf_clear(&talk.log);
}

/* Anna's foreground sync with Ben's running node. */
static void sync_once(void)
{
	talk.side[0].once = true;
	talk_whole(&talk, &anna, &ben);
}

/* They met and hold the same; the log is empty again. */
static void have_met(void)
{
	sync_once();
	assert_true(talk.side[0].report.verified);
	assert_true(talk.side[1].report.verified);
	buf_clear(&talk.log);
}

static void assert_same(struct id document, const char *text)
{
	assert_string_equal(node_body(&anna, document), text);
	assert_string_equal(node_body(&ben, document), text);
}

static void assert_verified(void)
{
	for (int i = 0; i < 2; i++) {
		assert_true(talk.side[i].report.verified);
		assert_int_equal(talk.side[i].err, OK);
	}
	assert_memory_equal(
		talk.side[0].report.fingerprint, talk.side[1].report.fingerprint, 16);
}

/* ---- The sane days */

static void where_nothing_changed_hello_is_all(void **state)
{
	(void)state;
	have_met();
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben verified\n"
		   "ben → HELLO\n"
		   "ben rests\n"
		   "anna met\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_verified();
	assert_int_equal(talk.side[0].report.round_trips, 1);
}

static void what_waited_comes_in_two_round_trips(void **state)
{
	(void)state;
	have_met();
	struct id page = node_page(&anna, &ben, "What did you notice?");
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "anna met\n"
		   "anna → PUSH\n"
		   "ben got 1\n"
		   "ben verified\n"
		   "ben → ACK\n"
		   "ben rests\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_verified();
	assert_same(page, "What did you notice?");
	assert_int_equal(talk.side[0].report.sent, 1);
	assert_int_equal(talk.side[1].report.came, 1);
	assert_true(talk.side[0].report.round_trips <= 2);
}

static void two_flights_cross_where_both_wrote(void **state)
{
	(void)state;
	have_met();
	struct id hers = node_page(&anna, &ben, "from Anna");
	struct id his = node_page(&ben, &anna, "from Ben");
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "ben → PUSH\n"
		   "anna met\n"
		   "anna got 1\n"
		   "anna → PUSH\n"
		   "ben got 1\n"
		   "ben verified\n"
		   "ben → ACK\n"
		   "ben rests\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_verified();
	assert_same(hers, "from Anna");
	assert_same(his, "from Ben");
	for (int i = 0; i < 2; i++)
		assert_true(talk.side[i].report.round_trips <= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			where_nothing_changed_hello_is_all, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_waited_comes_in_two_round_trips, setup, teardown),
		cmocka_unit_test_setup_teardown(
			two_flights_cross_where_both_wrote, setup, teardown),
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
