#include "net/host/loop.h"

#include <assert.h>
#include <avahi-common/timeval.h>
#include <avahi-common/watch.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "net/host/clock.h"

/* A handle that was removed while the loop dispatches stays in its array, dead, until the
 * turn is over: the turn may still hold a pointer to it. */
struct loop_fd {
	struct loop *loop;
	int fd;
	short events, happened;
	bool is_dead;
	loop_fd_fn *fn;
	void *arg;
};

struct loop_timer {
	struct loop *loop;
	uint64_t deadline_ms;
	uint64_t set; /* the loop's count of settings: order among equals, and the turn */
	bool is_dead;
	loop_timer_fn *fn;
	void *arg;
};

struct loop {
	struct loop_fd **watches;
	size_t watch_count, watch_cap;
	struct loop_timer **timers;
	size_t timer_count, timer_cap;
	struct pollfd *polled; /* poll()'s array, kept between turns */
	size_t polled_cap;
	uint64_t sets;
	bool is_running;

	int signals; /* signalfd, or -1 */
	struct loop_fd *signal_watch;
	loop_signal_fn *signal_fn;
	void *signal_arg;
	sigset_t old_mask;

	AvahiPoll avahi;
};

static void init_avahi(struct loop *loop);

struct loop *loop_new(void)
{
	struct loop *loop = mem_new(sizeof *loop);
	loop->signals = -1;
	init_avahi(loop);
	return loop;
}

void loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	assert(!loop->is_running);
	for (size_t i = 0; i < loop->watch_count; i++)
		mem_free(loop->watches[i]);
	for (size_t i = 0; i < loop->timer_count; i++)
		mem_free(loop->timers[i]);
	mem_free(loop->watches);
	mem_free(loop->timers);
	mem_free(loop->polled);
	if (loop->signals >= 0) {
		close(loop->signals);
		sigprocmask(SIG_SETMASK, &loop->old_mask, NULL);
	}
	mem_free(loop);
}

uint64_t loop_now_ms(const struct loop *loop)
{
	(void)loop;
	return clock_monotonic_ms();
}

/* ---- Descriptors */

struct loop_fd *loop_add_fd(
	struct loop *loop, int fd, short events, loop_fd_fn *fn, void *arg)
{
	assert(fd >= 0 && fn != NULL);
	struct loop_fd *watch = mem_new(sizeof *watch);
	*watch = (struct loop_fd){
		.loop = loop, .fd = fd, .events = events, .fn = fn, .arg = arg};
	loop->watches = mem_grow(loop->watches, loop->watch_count, &loop->watch_cap,
		sizeof *loop->watches);
	loop->watches[loop->watch_count++] = watch;
	return watch;
}

void loop_set_events(struct loop_fd *watch, short events)
{
	watch->events = events;
}

static void drop_dead(struct loop *loop)
{
	size_t kept = 0;
	for (size_t i = 0; i < loop->watch_count; i++) {
		if (loop->watches[i]->is_dead)
			mem_free(loop->watches[i]);
		else
			loop->watches[kept++] = loop->watches[i];
	}
	loop->watch_count = kept;
	kept = 0;
	for (size_t i = 0; i < loop->timer_count; i++) {
		if (loop->timers[i]->is_dead)
			mem_free(loop->timers[i]);
		else
			loop->timers[kept++] = loop->timers[i];
	}
	loop->timer_count = kept;
}

void loop_remove(struct loop_fd *watch)
{
	if (watch == NULL)
		return;
	watch->is_dead = true;
	if (!watch->loop->is_running)
		drop_dead(watch->loop);
}

/* What of poll()'s answer still concerns a watch whose events may have changed since. */
static short concerns(const struct loop_fd *watch, short happened)
{
	return (short)(happened & (watch->events | POLLERR | POLLHUP | POLLNVAL));
}

/* Watches added during the dispatch stand behind `polled`, so they wait for their turn.
 */
static void dispatch_fds(struct loop *loop, size_t polled)
{
	for (size_t i = 0; i < polled; i++)
		loop->watches[i]->happened = loop->polled[i].revents;
	for (size_t i = 0; i < polled; i++) {
		struct loop_fd *watch = loop->watches[i];
		short happened = concerns(watch, watch->happened);
		if (!watch->is_dead && happened != 0)
			watch->fn(watch->arg, watch->fd, happened);
	}
}

/* ---- Timers */

struct loop_timer *loop_timer(
	struct loop *loop, uint64_t deadline_ms, loop_timer_fn *fn, void *arg)
{
	assert(fn != NULL);
	struct loop_timer *timer = mem_new(sizeof *timer);
	*timer = (struct loop_timer){.loop = loop, .fn = fn, .arg = arg};
	loop->timers = mem_grow(
		loop->timers, loop->timer_count, &loop->timer_cap, sizeof *loop->timers);
	loop->timers[loop->timer_count++] = timer;
	loop_timer_set(timer, deadline_ms);
	return timer;
}

void loop_timer_set(struct loop_timer *timer, uint64_t deadline_ms)
{
	timer->deadline_ms = deadline_ms;
	timer->set = timer->loop->sets++;
}

void loop_timer_remove(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	timer->is_dead = true;
	if (!timer->loop->is_running)
		drop_dead(timer->loop);
}

static bool comes_before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->deadline_ms < b->deadline_ms ||
	       (a->deadline_ms == b->deadline_ms && a->set < b->set);
}

/* The next timer to fire among those set before `set`; there are perhaps twenty, so a
 * heap would only be longer. */
static struct loop_timer *first_timer(const struct loop *loop, uint64_t set)
{
	struct loop_timer *first = NULL;
	for (size_t i = 0; i < loop->timer_count; i++) {
		struct loop_timer *timer = loop->timers[i];
		if (timer->is_dead || timer->deadline_ms == LOOP_NEVER ||
			timer->set >= set)
			continue;
		if (first == NULL || comes_before(timer, first))
			first = timer;
	}
	return first;
}

/* Everything due now. A timer set from here on has a later `set`, so one that sets itself
 * again into the past cannot keep the loop here. */
static void dispatch_timers(struct loop *loop, uint64_t set)
{
	uint64_t now = clock_monotonic_ms();
	for (;;) {
		struct loop_timer *timer = first_timer(loop, set);
		if (timer == NULL || timer->deadline_ms > now)
			return;
		timer->deadline_ms = LOOP_NEVER;
		timer->fn(timer->arg);
	}
}

/* ---- Signals */

static void on_signal(void *arg, int fd, short happened)
{
	(void)happened;
	struct loop *loop = arg;
	struct signalfd_siginfo info;
	while (read(fd, &info, sizeof info) == (ssize_t)sizeof info)
		loop->signal_fn(loop->signal_arg, (int)info.ssi_signo);
}

enum err loop_signals(struct loop *loop, loop_signal_fn *fn, void *arg)
{
	assert(loop->signals < 0 && fn != NULL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	sigprocmask(SIG_BLOCK, &set, &loop->old_mask);
	signal(SIGPIPE, SIG_IGN);
	loop->signals = fd;
	loop->signal_fn = fn;
	loop->signal_arg = arg;
	loop->signal_watch = loop_add_fd(loop, fd, POLLIN, on_signal, loop);
	return OK;
}

/* ---- A turn */

/* How long poll() may wait: until the first timer at most, and never longer than an int.
 */
static int wait_ms(const struct loop *loop, int64_t max_wait_ms)
{
	int64_t wait = max_wait_ms < 0 ? INT_MAX : max_wait_ms;
	const struct loop_timer *timer = first_timer(loop, UINT64_MAX);
	if (timer != NULL) {
		uint64_t now = clock_monotonic_ms();
		uint64_t left = timer->deadline_ms > now ? timer->deadline_ms - now : 0;
		if (left < (uint64_t)wait)
			wait = (int64_t)left;
	}
	if (wait >= INT_MAX)
		return max_wait_ms < 0 && timer == NULL ? -1 : INT_MAX;
	return (int)wait;
}

static void fill_polled(struct loop *loop)
{
	if (loop->polled_cap < loop->watch_cap) {
		loop->polled =
			mem_resize(loop->polled, loop->watch_cap, sizeof *loop->polled);
		loop->polled_cap = loop->watch_cap;
	}
	for (size_t i = 0; i < loop->watch_count; i++)
		loop->polled[i] = (struct pollfd){
			.fd = loop->watches[i]->fd, .events = loop->watches[i]->events};
}

enum err loop_run_once(struct loop *loop, int64_t max_wait_ms)
{
	assert(!loop->is_running);
	fill_polled(loop);
	size_t polled = loop->watch_count;
	if (poll(loop->polled, (nfds_t)polled, wait_ms(loop, max_wait_ms)) < 0) {
		if (errno != EINTR)
			return ERR_IO;
		polled = 0; /* poll() left its answers unset */
	}
	loop->is_running = true;
	uint64_t set = loop->sets;
	dispatch_fds(loop, polled);
	dispatch_timers(loop, set);
	loop->is_running = false;
	drop_dead(loop);
	return OK;
}

/* ---- The same as Avahi sees it */

struct AvahiWatch {
	struct loop_fd *watch;
	int fd;
	short happened; /* only while the callback runs */
	bool *is_freed; /* set for a callback that may free us */
	AvahiWatchCallback fn;
	void *arg;
};

struct AvahiTimeout {
	struct loop_timer *timer;
	AvahiTimeoutCallback fn;
	void *arg;
};

static void avahi_watch_happened(void *arg, int fd, short happened)
{
	AvahiWatch *watch = arg;
	bool is_freed = false;
	watch->happened = happened;
	watch->is_freed = &is_freed;
	watch->fn(watch, fd, (AvahiWatchEvent)happened, watch->arg);
	if (is_freed)
		return;
	watch->happened = 0;
	watch->is_freed = NULL;
}

static AvahiWatch *avahi_watch_new(const AvahiPoll *api, int fd, AvahiWatchEvent events,
	AvahiWatchCallback fn, void *arg)
{
	AvahiWatch *watch = mem_new(sizeof *watch);
	watch->fd = fd;
	watch->fn = fn;
	watch->arg = arg;
	watch->watch = loop_add_fd(
		api->userdata, fd, (short)events, avahi_watch_happened, watch);
	return watch;
}

static void avahi_watch_update(AvahiWatch *watch, AvahiWatchEvent events)
{
	loop_set_events(watch->watch, (short)events);
}

static AvahiWatchEvent avahi_watch_events(AvahiWatch *watch)
{
	return (AvahiWatchEvent)watch->happened;
}

static void avahi_watch_free(AvahiWatch *watch)
{
	if (watch->is_freed != NULL)
		*watch->is_freed = true;
	loop_remove(watch->watch);
	mem_free(watch);
}

static void avahi_timeout_happened(void *arg)
{
	AvahiTimeout *timeout = arg;
	timeout->fn(timeout, timeout->arg);
}

/* Avahi names a moment of the wall clock, often one already past. What counts is how far
 * away it is; rounded up, or the loop would spin through the last millisecond. */
static uint64_t deadline_of(const struct timeval *at)
{
	if (at == NULL)
		return LOOP_NEVER;
	AvahiUsec left = -avahi_age(at);
	return clock_monotonic_ms() + (left > 0 ? ((uint64_t)left + 999) / 1000 : 0);
}

static AvahiTimeout *avahi_timeout_new(const AvahiPoll *api, const struct timeval *at,
	AvahiTimeoutCallback fn, void *arg)
{
	AvahiTimeout *timeout = mem_new(sizeof *timeout);
	timeout->fn = fn;
	timeout->arg = arg;
	timeout->timer = loop_timer(
		api->userdata, deadline_of(at), avahi_timeout_happened, timeout);
	return timeout;
}

static void avahi_timeout_update(AvahiTimeout *timeout, const struct timeval *at)
{
	loop_timer_set(timeout->timer, deadline_of(at));
}

static void avahi_timeout_free(AvahiTimeout *timeout)
{
	loop_timer_remove(timeout->timer);
	mem_free(timeout);
}

static void init_avahi(struct loop *loop)
{
	loop->avahi = (AvahiPoll){
		.userdata = loop,
		.watch_new = avahi_watch_new,
		.watch_update = avahi_watch_update,
		.watch_get_events = avahi_watch_events,
		.watch_free = avahi_watch_free,
		.timeout_new = avahi_timeout_new,
		.timeout_update = avahi_timeout_update,
		.timeout_free = avahi_timeout_free,
	};
}

const struct AvahiPoll *loop_avahi(struct loop *loop)
{
	return &loop->avahi;
}
