#include "net/host/mdns.h"

#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-core/core.h>
#include <avahi-core/log.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "core/crypto/keys.h"
#include "net/host/clock.h"
#include "net/host/interfaces.h"
#include "net/host/loop.h"
#include "net/host/mdns_others.h"
#include "net/host/mdns_own.h"

#define SETTLE_MS    UINT64_C(1000) /* changes of addresses come in bursts */
#define AGAIN_MS     UINT64_C(1000) /* after a server failed, doubling to … */
#define AGAIN_MAX_MS UINT64_C(60000)
#define CLOCK_MS     UINT64_C(2000) /* look at the clock so often where nothing watches */
#define EVENTS_MAX   1024           /* in one turn */

struct mdns {
	mdns_fn *fn;
	void *arg;
	const AvahiPoll *poll;
	AvahiServer *server; /* NULL: none could be made, `retry` is set */
	struct own *own;
	struct others *others;

	struct loop_timer *wake;   /* somebody has something to tell */
	struct loop_timer *retry;  /* make a server */
	struct loop_timer *settle; /* look at the addresses */
	uint64_t again_ms;
	bool is_broken; /* the server says that it failed */

	int addresses_fd, clock_fd;
	struct loop_fd *addresses_watch, *clock_watch;
	struct loop_timer *clock_timer;
	struct clock_sample clock;

	struct interface_address *addresses;
	size_t address_count;
	char problem[256];
};

/* ---- The server */

static void say_nothing(AvahiLogLevel level, const char *text)
{
	(void)level, (void)text;
}

static void random_name(char out[17])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	for (size_t i = 0; i < 16; i++)
		out[i] = letters[random_below(32)];
	out[16] = '\0';
}

/* Nothing but what own_start() adds goes out. The host name is never announced so; it is
 * random all the same, for the day it is (FACTS §2). */
static void configure(AvahiServerConfig *config)
{
	char name[17];
	random_name(name);
	avahi_server_config_init(config);
	avahi_free(config->host_name);
	config->host_name = avahi_strdup(name);
	config->use_ipv4 = config->use_ipv6 = 1;
	config->publish_addresses = config->publish_domain = 0;
	config->publish_hinfo = config->publish_workstation = 0;
	config->enable_wide_area = 0;
	config->use_iff_running = 0;
	config->disallow_other_stacks = 0;
	config->publish_aaaa_on_ipv4 = config->publish_a_on_ipv6 = 1;
}

static void on_server(AvahiServer *server, AvahiServerState state, void *arg)
{
	(void)server;
	struct mdns *mdns = arg;
	if (state != AVAHI_SERVER_FAILURE && state != AVAHI_SERVER_COLLISION)
		return;
	mdns->is_broken = true;
	loop_timer_set(mdns->wake, clock_monotonic_ms());
}

static void stop_server(struct mdns *mdns)
{
	own_stop(mdns->own);
	others_stop(mdns->others);
	if (mdns->server != NULL)
		avahi_server_free(mdns->server);
	mdns->server = NULL;
}

static void retry_later(struct mdns *mdns)
{
	loop_timer_set(mdns->retry, clock_monotonic_ms() + mdns->again_ms);
	mdns->again_ms =
		mdns->again_ms * 2 < AGAIN_MAX_MS ? mdns->again_ms * 2 : AGAIN_MAX_MS;
}

static void start_server(struct mdns *mdns)
{
	AvahiServerConfig config;
	int failed = 0;
	configure(&config);
	mdns->is_broken = false;
	mdns->server = avahi_server_new(mdns->poll, &config, on_server, mdns, &failed);
	avahi_server_config_free(&config);
	if (mdns->server == NULL) {
		snprintf(mdns->problem, sizeof mdns->problem,
			tr("multicast DNS does not start: %s (UDP port 5353)"),
			avahi_strerror(failed));
		retry_later(mdns);
		return;
	}
	mdns->problem[0] = '\0';
	others_start(mdns->others, mdns->server);
	own_start(mdns->own, mdns->server, mdns->addresses, mdns->address_count);
}

static void restart_server(struct mdns *mdns)
{
	stop_server(mdns);
	start_server(mdns);
}

static void on_retry(void *arg)
{
	restart_server(arg);
}

/* ---- Addresses */

static bool same_addresses(const struct interface_address *a, size_t a_count,
	const struct interface_address *b, size_t b_count)
{
	size_t i = 0, j = 0;
	for (;;) {
		while (i < a_count && !own_is_fit(&a[i], a, a_count))
			i++;
		while (j < b_count && !own_is_fit(&b[j], b, b_count))
			j++;
		if (i == a_count || j == b_count)
			return i == a_count && j == b_count;
		if (a[i].interface != b[j].interface || a[i].is_v6 != b[j].is_v6 ||
			memcmp(a[i].ip, b[j].ip, sizeof a[i].ip) != 0)
			return false;
		i++;
		j++;
	}
}

/* Take the list as it is now; whether what is published of it changed. */
static bool read_addresses(struct mdns *mdns)
{
	struct interface_address *now = NULL;
	size_t count = 0;
	if (interfaces_list(&now, &count) != OK)
		return false;
	bool is_same = same_addresses(mdns->addresses, mdns->address_count, now, count);
	mem_free(mdns->addresses);
	mdns->addresses = now;
	mdns->address_count = count;
	return !is_same;
}

static void on_settled(void *arg)
{
	struct mdns *mdns = arg;
	if (!read_addresses(mdns))
		return;
	own_stop(mdns->own);
	if (mdns->server != NULL) /* what waited for a network goes out */
		own_start(mdns->own, mdns->server, mdns->addresses, mdns->address_count);
}

static void on_addresses(void *arg, int fd, short happened)
{
	(void)happened;
	struct mdns *mdns = arg;
	if (interfaces_changed(fd))
		loop_timer_set(mdns->settle, clock_monotonic_ms() + SETTLE_MS);
}

/* ---- The clock: Avahi's timers follow the wall clock, and stand still with it when it
 * is set back (FACTS §2). After sleep its cache is of another place. */

static void look_at_clock(struct mdns *mdns)
{
	struct clock_sample now = clock_sample();
	bool jumped = clock_compare(mdns->clock, now).jumped;
	mdns->clock = now;
	if (!jumped)
		return;
	(void)read_addresses(mdns);
	restart_server(mdns);
}

static void on_clock_set(void *arg, int fd, short happened)
{
	(void)happened;
	clock_watch_again(fd);
	look_at_clock(arg);
}

static void on_clock_timer(void *arg)
{
	struct mdns *mdns = arg;
	look_at_clock(mdns);
	loop_timer_set(mdns->clock_timer, clock_monotonic_ms() + CLOCK_MS);
}

static void watch_clock(struct mdns *mdns, struct loop *loop)
{
	mdns->clock = clock_sample();
	mdns->clock_fd = clock_watch();
	if (mdns->clock_fd >= 0)
		mdns->clock_watch =
			loop_add_fd(loop, mdns->clock_fd, POLLIN, on_clock_set, mdns);
	else
		mdns->clock_timer = loop_timer(
			loop, clock_monotonic_ms() + CLOCK_MS, on_clock_timer, mdns);
}

/* ---- Telling */

/* From a timer of the loop, so that Avahi is never in the middle of something. */
static void on_wake(void *arg)
{
	struct mdns *mdns = arg;
	struct mdns_event event;
	if (mdns->is_broken || others_broke(mdns->others)) {
		stop_server(mdns);
		mdns->is_broken = false;
		snprintf(mdns->problem, sizeof mdns->problem, "%s",
			tr("multicast DNS failed; it starts again by itself"));
		retry_later(mdns);
	}
	for (int i = 0; i < EVENTS_MAX; i++) {
		if (!own_next(mdns->own, &event) && !others_next(mdns->others, &event))
			return;
		if (event.kind == MDNS_PUBLISHED)
			mdns->again_ms = AGAIN_MS;
		mdns->fn(mdns->arg, &event);
	}
	loop_timer_set(mdns->wake, clock_monotonic_ms());
}

/* ---- The header's */

struct mdns *mdns_new(struct loop *loop, mdns_fn *fn, void *arg)
{
	struct mdns *mdns = mem_new(sizeof *mdns);
	*mdns = (struct mdns){.fn = fn,
		.arg = arg,
		.poll = loop_avahi(loop),
		.again_ms = AGAIN_MS,
		.addresses_fd = -1};
	avahi_set_log_function(say_nothing);
	mdns->wake = loop_timer(loop, LOOP_NEVER, on_wake, mdns);
	mdns->retry = loop_timer(loop, LOOP_NEVER, on_retry, mdns);
	mdns->settle = loop_timer(loop, LOOP_NEVER, on_settled, mdns);
	mdns->own = own_new(mdns->wake);
	mdns->others = others_new(loop, mdns->wake);
	if (interfaces_watch(&mdns->addresses_fd) == OK)
		mdns->addresses_watch =
			loop_add_fd(loop, mdns->addresses_fd, POLLIN, on_addresses, mdns);
	(void)read_addresses(mdns);
	watch_clock(mdns, loop);
	start_server(mdns);
	return mdns;
}

static void stop_watching(struct loop_fd *watch, int fd)
{
	loop_remove(watch);
	if (fd >= 0)
		close(fd);
}

void mdns_free(struct mdns *mdns)
{
	if (mdns == NULL)
		return;
	stop_server(mdns);
	own_free(mdns->own);
	others_free(mdns->others);
	stop_watching(mdns->addresses_watch, mdns->addresses_fd);
	stop_watching(mdns->clock_watch, mdns->clock_fd);
	loop_timer_remove(mdns->clock_timer);
	loop_timer_remove(mdns->wake);
	loop_timer_remove(mdns->retry);
	loop_timer_remove(mdns->settle);
	mem_free(mdns->addresses);
	mem_free(mdns);
}

enum err mdns_publish(struct mdns *mdns, const char *instance, const char *host,
	uint16_t port, const struct bytes *txt, size_t txt_count)
{
	enum err e = own_want(mdns->own, instance, host, port, txt, txt_count);
	if (e != OK)
		return e;
	others_set_own(mdns->others, instance);
	if (mdns->server != NULL)
		own_start(mdns->own, mdns->server, mdns->addresses, mdns->address_count);
	return OK;
}

void mdns_unpublish(struct mdns *mdns)
{
	own_want_nothing(mdns->own);
}

void mdns_ignore(struct mdns *mdns, const char *instance)
{
	others_ignore(mdns->others, instance);
}

void mdns_search_again(struct mdns *mdns)
{
	others_stop(mdns->others);
	others_heed_all(mdns->others);
	if (mdns->server != NULL)
		others_start(mdns->others, mdns->server);
}

const char *mdns_problem(const struct mdns *mdns)
{
	if (mdns->problem[0] != '\0')
		return mdns->problem;
	for (size_t i = 0; i < mdns->address_count; i++)
		if (!mdns->addresses[i].is_loopback &&
			own_is_fit(&mdns->addresses[i], mdns->addresses,
				mdns->address_count))
			return NULL;
	return tr("this machine is on no network now, or on one without multicast");
}
