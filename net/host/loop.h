/*
 * The loop: one poll(), timers on the monotonic clock, signals as a descriptor, and the
 * same loop as Avahi sees it.
 *
 * This is the one place with callbacks, because Avahi's interface is made of them. They
 * run only inside loop_run_once(), never inside loop_add_fd(), loop_timer() and the like;
 * each may add, change and remove anything, itself included. loop_run_once() does not
 * nest.
 *
 * Source: avahi-common/watch.h for the contract of AvahiPoll; FACTS §3 for its traps.
 */
#ifndef KITH_HOST_LOOP_H
#define KITH_HOST_LOOP_H

#include <stdint.h>

#include "core/base/err.h"

struct loop;
struct loop_fd;
struct loop_timer;
struct AvahiPoll;

/* `happened` is poll()'s revents, of what was asked for, and POLLERR, POLLHUP, POLLNVAL.
 */
typedef void loop_fd_fn(void *arg, int fd, short happened);
typedef void loop_timer_fn(void *arg);
typedef void loop_signal_fn(void *arg, int signal);

struct loop *loop_new(void);
/* Everything added and not yet removed goes with it; descriptors stay open, they are the
 * callers'. Free an Avahi server before its loop. */
void loop_free(struct loop *loop);

/* Milliseconds of CLOCK_MONOTONIC: what timers and every machine's `now_ms` mean. It
 * stands still while the machine sleeps (net/host/clock.h tells when it did). */
uint64_t loop_now_ms(const struct loop *loop);

/* Watch `fd` for `events` (POLLIN, POLLOUT; 0 is allowed). The loop keeps the handle
 * until loop_remove(), which comes before the descriptor is closed. loop_remove(NULL)
 * does nothing. */
struct loop_fd *loop_add_fd(
	struct loop *loop, int fd, short events, loop_fd_fn *fn, void *arg);
void loop_set_events(struct loop_fd *watch, short events);
void loop_remove(struct loop_fd *watch);

#define LOOP_NEVER UINT64_MAX

/*
 * A timer that fires once at `deadline_ms`, then rests until loop_timer_set(). LOOP_NEVER
 * disarms. Timers that are due fire in the order of their deadlines, equal ones in the
 * order they were set; one set while the loop dispatches fires on a later turn, however
 * late it is. loop_timer_remove(NULL) does nothing.
 */
struct loop_timer *loop_timer(
	struct loop *loop, uint64_t deadline_ms, loop_timer_fn *fn, void *arg);
void loop_timer_set(struct loop_timer *timer, uint64_t deadline_ms);
void loop_timer_remove(struct loop_timer *timer);

/*
 * From now on SIGINT, SIGTERM and SIGHUP come to `fn` instead of ending the program, and
 * SIGPIPE comes to nobody. loop_free() gives back the mask that was. Once per loop.
 *
 * Errors: ERR_IO.
 */
MUST_USE enum err loop_signals(struct loop *loop, loop_signal_fn *fn, void *arg);

/*
 * One turn: wait for a descriptor, a timer, a signal or for `max_wait_ms` (negative: as
 * long as it takes), then call what is due. Returns also when nothing was.
 *
 * Errors: ERR_IO when poll() itself fails, for good.
 */
MUST_USE enum err loop_run_once(struct loop *loop, int64_t max_wait_ms);

/* Avahi's view of this loop. Lives as long as the loop. */
const struct AvahiPoll *loop_avahi(struct loop *loop);

#endif
