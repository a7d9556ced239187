#include "tests/test.h"

#include <poll.h>
#include <unistd.h>

#include "net/host/clock.h"

static void clocks_agree_on_how_much_time_passes(void **state)
{
	(void)state;
	struct clock_sample before = clock_sample();
	poll(NULL, 0, 30);
	struct clock_sample now = clock_sample();
	assert_in_range(now.monotonic_ms - before.monotonic_ms, 29, 5000);
	assert_in_range(now.boot_ms - before.boot_ms, 29, 5000);
	assert_true(now.boot_ms >= now.monotonic_ms);
	assert_true(now.wall_ms > UINT64_C(1700000000000));
	assert_false(clock_compare(before, now).jumped);
}

static void what_befell_the_clocks_is_told_apart(void **state)
{
	(void)state;
	static const struct {
		int64_t monotonic, boot, wall; /* how far each moved */
		int64_t slept, set;
		bool jumped;
		const char *reason;
	} cases[] = {
		{500, 500, 500, 0, 0, false, "a quiet half second"},
		{500, 500, 1500, 0, 1000, false, "slewing, or a slow poll"},
		{500, 500, 1501, 0, 1001, true, "set forward"},
		{500, 500, -3599500, 0, -3600000, true, "set back by an hour"},
		{500, 3600500, 3600500, 3600000, 0, true, "slept for an hour"},
		{500, 3600500, 500, 3600000, -3600000, false,
			"slept, and the clock with it: to Avahi nothing happened"},
		{0, 0, 0, 0, 0, false, "no time at all"},
	};
	struct clock_sample at = {
		.monotonic_ms = 10000, .boot_ms = 20000, .wall_ms = 1800000000000};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct clock_sample now = {
			.monotonic_ms = at.monotonic_ms + (uint64_t)cases[i].monotonic,
			.boot_ms = at.boot_ms + (uint64_t)cases[i].boot,
			.wall_ms = at.wall_ms + (uint64_t)cases[i].wall};
		struct clock_change change = clock_compare(at, now);
		if (change.slept_ms != cases[i].slept || change.set_ms != cases[i].set ||
			change.jumped != cases[i].jumped)
			fail_msg("%s", cases[i].reason);
	}
}

static void watch_is_quiet_while_nobody_sets_the_clock(void **state)
{
	(void)state;
	int fd = clock_watch();
	assert_true(fd >= 0);
	struct pollfd one = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&one, 1, 20), 0);
	clock_watch_again(fd);
	assert_int_equal(poll(&one, 1, 20), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_agree_on_how_much_time_passes),
		cmocka_unit_test(what_befell_the_clocks_is_told_apart),
		cmocka_unit_test(watch_is_quiet_while_nobody_sets_the_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
