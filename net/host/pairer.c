#include "net/host/pairer.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "net/host/loop.h"
#include "net/host/mdns.h"
#include "net/host/pairer_met.h"
#include "net/host/pairer_search.h"

#define DIAL_MS UINT64_C(5000) /* for TCP to connect */
#define REST_MS UINT64_C(1000) /* the listener, when descriptors have run out */
#define READ    4096           /* bytes at once */

struct pairer {
	struct loop *loop;
	struct pairing *machine;
	pairer_fn *fn;
	void *arg;

	struct loop_timer *wake; /* there may be events; also the machine's deadline */
	bool kept, over, is_invisible;
	const struct pairing_outcome *outcome; /* of the machine, once done */

	int listener; /* shower, or -1 */
	uint16_t port;
	struct loop_fd *listener_watch;
	struct loop_timer *rest;
	struct search *search; /* NULL: on a loopback, or to a typed address */

	int fd; /* the connection, or -1 */
	struct loop_fd *watch;
	struct buf out;
	bool is_dialling; /* not connected yet */
	struct loop_timer *dial_timer;

	bool seeks; /* typer: someone is to be dialled */
	uint8_t nameplate;
	bool has_to, was_reached;
	struct address to, reached;
};

static uint64_t now_ms(const struct pairer *p)
{
	return loop_now_ms(p->loop);
}

static void wake(struct pairer *p)
{
	loop_timer_set(p->wake, now_ms(p));
}

/* ---- The connection */

static void drop_connection(struct pairer *p)
{
	loop_remove(p->watch);
	p->watch = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->is_dialling = false;
	loop_timer_set(p->dial_timer, LOOP_NEVER);
	buf_clear(&p->out);
}

/* What the machine has to say, and what the socket has not taken yet. */
static void send_output(struct pairer *p)
{
	struct buf *said = pairing_output(p->machine);
	buf_add(&p->out, buf_bytes(said));
	buf_clear(said);
	if (p->fd < 0 || p->is_dialling)
		return;
	/* A broken connection shows when it is read. */
	if (tcp_write(p->fd, &p->out) != OK)
		buf_clear(&p->out);
	loop_set_events(p->watch, (short)(p->out.len > 0 ? POLLIN | POLLOUT : POLLIN));
}

static void connected(struct pairer *p)
{
	p->is_dialling = false;
	p->seeks = false;
	loop_timer_set(p->dial_timer, LOOP_NEVER);
	buf_clear(&p->out);
	if (!pairing_connected(p->machine, now_ms(p)))
		drop_connection(p);
	wake(p);
}

static void read_some(struct pairer *p)
{
	CLEAN_BUF struct buf in = {0};
	size_t got = 0;
	enum err e = tcp_read(p->fd, &in, READ, &got);
	if (in.len > 0)
		pairing_recv(p->machine, buf_bytes(&in), now_ms(p));
	if (e != OK) {
		drop_connection(p);
		pairing_eof(p->machine, now_ms(p));
	}
	wake(p);
}

static void dial_failed(struct pairer *p)
{
	drop_connection(p);
	if (p->search)
		search_next(p->search);
	/* Someone else at once; the same one after a moment. */
	loop_timer_set(p->dial_timer,
		now_ms(p) + (p->search && search_is_fresh(p->search) ? 0 : REST_MS));
}

static void on_connection(void *arg, int fd, short happened)
{
	(void)fd, (void)happened;
	struct pairer *p = arg;
	if (!p->is_dialling) {
		send_output(p);
		read_some(p);
	} else if (tcp_dial_done(p->fd, NULL) == OK) {
		p->was_reached = tcp_peer(p->fd, &p->reached);
		connected(p);
	} else {
		dial_failed(p);
	}
}

/* ---- Dialling */

static bool choose(struct pairer *p, struct address *out)
{
	if (p->has_to) {
		*out = p->to;
		return true;
	}
	return p->search && search_choose(p->search, p->nameplate, out);
}

static void dial(struct pairer *p)
{
	struct address to;
	if (!p->seeks || p->fd >= 0 || !choose(p, &to))
		return;
	if (tcp_dial(&to, &p->fd, NULL) != OK) {
		dial_failed(p);
		return;
	}
	p->is_dialling = true;
	p->watch = loop_add_fd(p->loop, p->fd, POLLOUT, on_connection, p);
	loop_timer_set(p->dial_timer, now_ms(p) + DIAL_MS);
}

static void on_dial_timer(void *arg)
{
	struct pairer *p = arg;
	if (p->is_dialling)
		dial_failed(p);
	else
		dial(p);
}

static void on_found(void *arg)
{
	dial(arg);
}

/* ---- What the machine decided */

static void on_event(struct pairer *p, const struct pairing_event *event)
{
	switch (event->type) {
	case PAIRING_SHOW_CODE:
		if (p->search && !p->is_invisible)
			search_announce(p->search, event->nameplate);
		p->fn(p->arg, event);
		break;
	case PAIRING_DIAL:
		p->seeks = true;
		p->nameplate = event->nameplate;
		if (p->search)
			search_next(p->search);
		dial(p);
		break;
	case PAIRING_HANG_UP:
		send_output(p);
		drop_connection(p);
		break;
	case PAIRING_FAILED:
		p->over = true;
		p->seeks = false;
		p->fn(p->arg, event);
		break;
	case PAIRING_ASK_CODE:
		p->seeks = false;
		p->fn(p->arg, event);
		break;
	case PAIRING_DONE:
		p->outcome = event->outcome;
		p->fn(p->arg, event);
		break;
	case PAIRING_COMPARE:
		p->fn(p->arg, event);
		break;
	}
}

static void on_wake(void *arg)
{
	struct pairer *p = arg;
	struct pairing_event event;
	pairing_tick(p->machine, now_ms(p));
	while (pairing_next(p->machine, &event))
		on_event(p, &event);
	send_output(p);
	loop_timer_set(p->wake, pairing_deadline_ms(p->machine));
	if (p->kept && !p->over) {
		p->over = true;
		p->fn(p->arg, NULL);
	}
}

/* ---- Listening */

static void on_rest(void *arg)
{
	struct pairer *p = arg;
	loop_set_events(p->listener_watch, POLLIN);
}

/* One at a time: whoever else comes hears nothing. */
static void on_listener(void *arg, int listener, short happened)
{
	(void)happened;
	struct pairer *p = arg;
	int fd;
	on_wake(p); /* a run that just ended hangs up before another begins */
	enum err e = tcp_accept(listener, &fd);
	if (e == ERR_NOT_FOUND)
		return;
	if (e != OK) {
		loop_set_events(p->listener_watch, 0);
		loop_timer_set(p->rest, now_ms(p) + REST_MS);
		return;
	}
	if (p->fd >= 0) {
		close(fd);
		return;
	}
	p->fd = fd;
	p->watch = loop_add_fd(p->loop, fd, POLLIN, on_connection, p);
	connected(p);
}

static enum err listen_at(struct pairer *p, const struct address *at, struct why *why)
{
	enum err e = tcp_listen(at, &p->listener, &p->port, why);
	if (e != OK)
		return e;
	p->listener_watch = loop_add_fd(p->loop, p->listener, POLLIN, on_listener, p);
	if (!at || !address_is_loopback(at))
		p->search = search_new(p->loop, p->port, NULL, NULL);
	return OK;
}

/* ---- The header's */

enum err pairer_new(
	const struct pairer_config *config, struct pairer **out, struct why *why)
{
	struct pairer *p = mem_new(sizeof *p);
	p->loop = config->loop;
	p->fn = config->fn;
	p->arg = config->arg;
	p->is_invisible = config->is_invisible;
	p->listener = p->fd = -1;
	p->wake = loop_timer(p->loop, now_ms(p), on_wake, p);
	p->rest = loop_timer(p->loop, LOOP_NEVER, on_rest, p);
	p->dial_timer = loop_timer(p->loop, LOOP_NEVER, on_dial_timer, p);
	if (config->to) {
		p->has_to = true;
		p->to = *config->to;
	}
	enum err e = OK;
	if (!config->pairing.typer)
		e = listen_at(p, config->listen, why);
	else if (!p->has_to)
		p->search = search_new(p->loop, 0, on_found, p);
	if (e != OK) {
		pairer_free(p);
		return e;
	}
	p->machine = pairing_new(&config->pairing, now_ms(p));
	*out = p;
	return OK;
}

void pairer_free(struct pairer *p)
{
	if (!p)
		return;
	search_free(p->search);
	drop_connection(p);
	loop_remove(p->listener_watch);
	if (p->listener >= 0)
		close(p->listener);
	loop_timer_remove(p->wake);
	loop_timer_remove(p->rest);
	loop_timer_remove(p->dial_timer);
	pairing_free(p->machine);
	buf_release(&p->out);
	mem_free(p);
}

enum err pairer_typed(struct pairer *p, const char *text, struct why *why)
{
	wake(p);
	return pairing_typed(p->machine, text, now_ms(p), why);
}

void pairer_answer(struct pairer *p, bool same)
{
	pairing_answer(p->machine, same, now_ms(p));
	wake(p);
}

void pairer_kept(struct pairer *p)
{
	p->kept = true;
	pairing_kept(p->machine, now_ms(p));
	wake(p);
}

void pairer_cancel(struct pairer *p)
{
	pairing_cancel(p->machine);
	wake(p);
}

uint16_t pairer_port(const struct pairer *p)
{
	return p->port;
}

const char *pairer_problem(const struct pairer *p)
{
	return p->search ? search_problem(p->search) : NULL;
}

struct pairer_met pairer_met(struct pairer *p)
{
	struct pairer_met met = {.loop = p->loop,
		.outcome = p->outcome,
		.listener = p->listener,
		.to = p->was_reached ? &p->reached : NULL};
	loop_remove(p->listener_watch);
	p->listener_watch = NULL;
	return met;
}
