#include "net/host/clock.h"

#include <limits.h>
#include <stddef.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_ms(clockid_t id)
{
	struct timespec t = {0};
	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

uint64_t clock_boot_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

uint64_t clock_wall_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

struct clock_sample clock_sample(void)
{
	return (struct clock_sample){.monotonic_ms = clock_monotonic_ms(),
		.boot_ms = clock_boot_ms(),
		.wall_ms = clock_wall_ms()};
}

/* The clocks are read one after the other, so differences of a few milliseconds are
 * noise; CLOCK_JUMP_MS is far above. */
struct clock_change clock_compare(struct clock_sample before, struct clock_sample now)
{
	int64_t monotonic = (int64_t)(now.monotonic_ms - before.monotonic_ms);
	int64_t boot = (int64_t)(now.boot_ms - before.boot_ms);
	int64_t wall = (int64_t)(now.wall_ms - before.wall_ms);
	int64_t left = wall - monotonic;
	return (struct clock_change){.slept_ms = boot - monotonic,
		.set_ms = wall - boot,
		.jumped = left > CLOCK_JUMP_MS || left < -CLOCK_JUMP_MS};
}

/* The timer itself never fires: it stands at the end of time. */
static void arm(int fd)
{
	struct itimerspec never = {.it_value.tv_sec = sizeof(time_t) > 4
							      ? (time_t)INT64_C(1) << 40
							      : INT_MAX};
	timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

int clock_watch(void)
{
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (fd >= 0)
		arm(fd);
	return fd;
}

void clock_watch_again(int fd)
{
	uint64_t count;
	/* Fails with ECANCELED when the clock was set: that is the news, already known.
	 */
	ssize_t got = read(fd, &count, sizeof count);
	(void)got;
	arm(fd);
}
