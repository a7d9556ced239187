/*
 * The clocks of this machine, and a watch for what they do to us: a wall clock that was
 * set, a machine that slept.
 *
 * Monotonic time runs our timers and stands still in sleep; boot time counts sleep too;
 * the wall clock is shown, and names the epochs of announcements (SECURITY §3.2). Avahi's
 * own timers use the wall clock: one set back by an hour leaves it stuck for an hour
 * (FACTS §2), so whoever owns an Avahi server watches.
 */
#ifndef KITH_HOST_CLOCK_H
#define KITH_HOST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

uint64_t clock_monotonic_ms(void);
uint64_t clock_boot_ms(void);
uint64_t clock_wall_ms(void); /* since the Unix epoch, UTC */

/* The three read together. A value. */
struct clock_sample {
	uint64_t monotonic_ms, boot_ms, wall_ms;
};

struct clock_sample clock_sample(void);

/* Less than this is slewing, rounding or a slow poll: nobody needs to act on it. */
#define CLOCK_JUMP_MS INT64_C(1000)

/* What happened between two samples. */
struct clock_change {
	int64_t slept_ms; /* the machine was asleep for so long */
	int64_t set_ms;   /* the wall clock was moved by so much, sleep not counted */
	bool jumped;      /* the wall clock left the monotonic one by more than
			     CLOCK_JUMP_MS, either way: Avahi must start anew */
};

struct clock_change clock_compare(struct clock_sample before, struct clock_sample now);

/*
 * A descriptor that becomes readable when the wall clock was set and when the machine
 * wakes (timerfd, TFD_TIMER_CANCEL_ON_SET); -1 where the kernel has none, then compare
 * samples from a timer. clock_watch_again() after each wake. The caller closes it.
 */
int clock_watch(void);
void clock_watch_again(int fd);

#endif
