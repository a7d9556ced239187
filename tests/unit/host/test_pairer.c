/* Two pairings in one loop, over the loopback: nothing here multicasts. */
#include "tests/test.h"

#include <unistd.h>

#include "net/host/loop.h"
#include "net/host/pairer.h"

enum {
	SHOWER,
	TYPER,
};

struct side {
	struct pairer *pairer;
	struct identity_secret identity;
	struct dh_secret own;
	struct device_list devices;
	struct buf list;
	char code[WORDS_TEXT_MAX], words[WORDS_TEXT_MAX];
	bool asked, asked_again, compares, done, over;
	enum err err;
	struct secret root;
};

static struct loop *loop;
static struct side sides[2];
static struct address at; /* where the shower listens */

static void on_event(void *arg, const struct pairing_event *event)
{
	struct side *side = arg;
	if (!event) {
		side->over = true;
		return;
	}
	switch (event->type) {
	case PAIRING_SHOW_CODE:
		(void)snprintf(side->code, sizeof side->code, "%s", event->code);
		side->asked_again = event->again;
		break;
	case PAIRING_ASK_CODE:
		side->asked = true;
		side->asked_again = event->again;
		break;
	case PAIRING_COMPARE:
		(void)snprintf(side->words, sizeof side->words, "%s", event->words);
		side->compares = true;
		break;
	case PAIRING_DONE:
		side->done = true;
		side->root = event->outcome->root;
		pairer_kept(side->pairer);
		break;
	case PAIRING_FAILED:
		side->err = event->err;
		side->over = true;
		break;
	case PAIRING_DIAL:
	case PAIRING_HANG_UP:
		fail();
	}
}

static void begin(int i)
{
	struct side *side = &sides[i];
	struct pairer_config config = {.loop = loop,
		.pairing = {.typer = i == TYPER,
			.own = &side->own,
			.person = side->devices.person,
			.list = buf_bytes(&side->list),
			.name = i == TYPER ? "Ben" : "Amina",
			.versions = wire_versions_own()},
		.listen = i == SHOWER ? &at : NULL,
		.to = i == TYPER ? &at : NULL,
		.fn = on_event,
		.arg = side};
	assert_int_equal(pairer_new(&config, &side->pairer, NULL), OK);
	if (i == SHOWER) {
		char text[ADDRESS_TEXT];
		(void)snprintf(
			text, sizeof text, "127.0.0.1:%u", pairer_port(side->pairer));
		assert_int_equal(address_read(text, false, &at, NULL), OK);
	}
}

static int set_up(void **state)
{
	(void)state;
	memset(sides, 0, sizeof sides);
	loop = loop_new();
	assert_int_equal(address_read("127.0.0.1:0", false, &at, NULL), OK);
	for (int i = 0; i < 2; i++) {
		struct side *side = &sides[i];
		identity_pair(&side->identity, &side->devices.person);
		side->devices.number = 1;
		side->devices.count = 1;
		side->devices.devices[0].id = random_id();
		dh_pair(&side->own, &side->devices.devices[0].key);
		assert_int_equal(
			device_list_sign(&side->devices, &side->identity, &side->list),
			OK);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		pairer_free(sides[i].pairer);
		buf_release(&sides[i].list);
	}
	loop_free(loop);
	return 0;
}

/* Turn the loop until `*what`, for at most five seconds. */
static void until(const bool *what)
{
	uint64_t end = loop_now_ms(loop) + 5000;
	while (!*what && loop_now_ms(loop) < end)
		assert_int_equal(loop_run_once(loop, 50), OK);
	assert_true(*what);
}

static void turn_for(uint64_t ms)
{
	uint64_t end = loop_now_ms(loop) + ms;
	while (loop_now_ms(loop) < end)
		assert_int_equal(loop_run_once(loop, 20), OK);
}

static void type_shown(void)
{
	until(&sides[TYPER].asked);
	while (sides[SHOWER].code[0] == '\0')
		assert_int_equal(loop_run_once(loop, 50), OK);
	assert_int_equal(pairer_typed(sides[TYPER].pairer, sides[SHOWER].code, NULL), OK);
}

static void pair_to_the_end(void)
{
	until(&sides[SHOWER].compares);
	until(&sides[TYPER].compares);
	assert_string_equal(sides[SHOWER].words, sides[TYPER].words);
	pairer_answer(sides[SHOWER].pairer, true);
	pairer_answer(sides[TYPER].pairer, true);
	until(&sides[SHOWER].over);
	until(&sides[TYPER].over);
	assert_true(sides[SHOWER].done && sides[TYPER].done);
	assert_memory_equal(sides[SHOWER].root.b, sides[TYPER].root.b, 32);
}

static void two_pair_over_a_connection(void **state)
{
	(void)state;
	begin(SHOWER);
	begin(TYPER);
	type_shown();
	pair_to_the_end();
}

static void the_typer_calls_until_somebody_answers(void **state)
{
	(void)state;
	begin(SHOWER);
	struct address there = at;
	pairer_free(sides[SHOWER].pairer);
	sides[SHOWER].pairer = NULL;
	begin(TYPER);
	until(&sides[TYPER].asked);
	begin(SHOWER);
	assert_true(address_equal(&there, &at));
	pairer_free(sides[SHOWER].pairer);
	sides[SHOWER].pairer = NULL;
	assert_int_equal(pairer_typed(sides[TYPER].pairer,
				 "07-aardvark-adroitness-aardvark", NULL),
		OK);
	turn_for(300);
	assert_false(sides[TYPER].over);
	begin(SHOWER);
	until(&sides[TYPER].asked_again);
	type_shown();
	pair_to_the_end();
}

static void after_a_wrong_code_the_next_one_pairs(void **state)
{
	(void)state;
	begin(SHOWER);
	begin(TYPER);
	until(&sides[TYPER].asked);
	assert_int_equal(pairer_typed(sides[TYPER].pairer,
				 "07-aardvark-adroitness-aardvark", NULL),
		OK);
	until(&sides[TYPER].asked_again);
	until(&sides[SHOWER].asked_again);
	type_shown();
	pair_to_the_end();
}

static int call(void)
{
	int fd;
	assert_int_equal(tcp_dial(&at, &fd, NULL), OK);
	return fd;
}

static bool is_hung_up(int fd)
{
	CLEAN_BUF struct buf in = {0};
	size_t got;
	enum err e = OK;
	for (int i = 0; i < 20 && e == OK; i++) {
		turn_for(10);
		e = tcp_read(fd, &in, 100, &got);
	}
	return e == ERR_CLOSED;
}

static void one_caller_at_a_time_and_a_silent_one_only_for_a_while(void **state)
{
	(void)state;
	begin(SHOWER);
	int first = call();
	turn_for(50);
	int second = call();
	assert_true(is_hung_up(second));
	close(second);
	assert_false(is_hung_up(first));
	close(first);
	begin(TYPER);
	type_shown();
	pair_to_the_end();
}

static void a_caller_with_something_else_in_mind_is_hung_up_on(void **state)
{
	(void)state;
	begin(SHOWER);
	int fd = call();
	turn_for(20);
	CLEAN_BUF struct buf out = {0};
	buf_add_text(&out, "GET / HTTP/1.1\r\nHost: somebody else\r\n\r\n");
	assert_int_equal(tcp_write(fd, &out), OK);
	assert_true(is_hung_up(fd));
	close(fd);
	begin(TYPER);
	type_shown();
	pair_to_the_end();
}

static void giving_up_ends_it_on_the_other_side_too(void **state)
{
	(void)state;
	begin(SHOWER);
	begin(TYPER);
	type_shown();
	until(&sides[TYPER].compares);
	until(&sides[SHOWER].compares);
	pairer_answer(sides[SHOWER].pairer, true);
	pairer_cancel(sides[TYPER].pairer);
	until(&sides[TYPER].over);
	assert_int_equal(sides[TYPER].err, ERR_CLOSED);
	until(&sides[SHOWER].asked_again);
	assert_false(sides[SHOWER].done || sides[TYPER].done);
}

#define PAIRER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAIRER_TEST(two_pair_over_a_connection),
		PAIRER_TEST(the_typer_calls_until_somebody_answers),
		PAIRER_TEST(after_a_wrong_code_the_next_one_pairs),
		PAIRER_TEST(one_caller_at_a_time_and_a_silent_one_only_for_a_while),
		PAIRER_TEST(a_caller_with_something_else_in_mind_is_hung_up_on),
		PAIRER_TEST(giving_up_ends_it_on_the_other_side_too),
	};
	if (crypto_start() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
