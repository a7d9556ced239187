#include "net/host/link.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "net/host/loop.h"
#include "net/protocol/session.h"

#define READ_EARLY ((size_t)4096)      /* before it is authenticated (SECURITY §1.3) */
#define READ_MAX   ((size_t)64 * 1024) /* of one call: session_recv()'s bound */
#define ROUNDS_MAX 64                  /* of work and sending in one turn of the loop */
#define UNSAID_MAX 8                   /* words for one who has closed */

enum link_state {
	LINK_DIALLING, /* the socket connects */
	LINK_TALKING,  /* the session stands, authenticated or not */
	LINK_LEAVING,  /* the session is closed; its last bytes are on their way */
	LINK_OVER,     /* LINK_END is due, or was given */
};

struct link {
	struct link_config config;
	struct link_key *keys; /* the copy; locked memory */
	struct session_key *session_keys;
	link_fn *fn;
	void *arg;

	enum link_state state;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *timer; /* of session and sync, of dialling and of leaving */
	uint64_t limit_ms;        /* of dialling and of leaving */
	struct session *session;
	struct sync *sync; /* NULL until authenticated */
	struct buf in;
	bool dialled, was_up, is_resting, is_pumping, was_moved;
	bool is_shut; /* all is sent; what is left is to see them hang up */
	unsigned unsaid;
	struct person_id person;
	char address[ADDRESS_TEXT];

	uint64_t bytes_in, bytes_out, began_ms;
	struct link_report base; /* counts up to the last rest; `ms`: when that was */

	enum err err; /* the first that went wrong */
	enum wire_close reason;
	struct why why;
};

/* ---- Telling */

/* Bytes on the socket, and those that wait for it. */
static uint64_t said(const struct link *link)
{
	return link->bytes_out +
	       (link->session != NULL ? session_output(link->session)->len : 0);
}

static void fill_report(const struct link *link, struct link_report *out)
{
	const struct link_report *base = &link->base;
	*out = (struct link_report){.bytes_in = link->bytes_in - base->bytes_in,
		.bytes_out = said(link) - base->bytes_out,
		.ms = loop_now_ms(link->config.loop) - link->began_ms - base->ms};
	if (link->sync == NULL)
		return;
	out->sync = *sync_report(link->sync);
	out->sync.came -= base->sync.came;
	out->sync.sent -= base->sync.sent;
	out->sync.documents -= base->sync.documents;
	out->sync.both_wrote -= base->sync.both_wrote;
	out->sync.voids -= base->sync.voids;
}

static void tell(struct link *link, struct link_event *event)
{
	event->person = link->person;
	event->was_up = link->was_up;
	fill_report(link, &event->report);
	link->fn(link->arg, link, event);
}

/* What is told from here on counts anew. */
static void set_base(struct link *link)
{
	link->base = (struct link_report){.sync = *sync_report(link->sync),
		.bytes_in = link->bytes_in,
		.bytes_out = said(link),
		.ms = loop_now_ms(link->config.loop) - link->began_ms};
}

static void note_failure(struct link *link, enum err e, const char *why)
{
	if (link->err != OK || e == OK)
		return;
	link->err = e;
	snprintf(link->why.text, sizeof link->why.text, "%s",
		why != NULL && why[0] != '\0' ? tr(why) : err_text(e));
}

/* ---- The end: told from the timer, on a stack of its own, so that the owner may free
 * the link there. */

static void hang_up(struct link *link)
{
	loop_remove(link->watch);
	link->watch = NULL;
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
}

static void be_over(struct link *link)
{
	hang_up(link);
	link->state = LINK_OVER;
	link->is_resting = false;
	loop_timer_set(link->timer, loop_now_ms(link->config.loop));
}

static void leave(struct link *link)
{
	if (link->state != LINK_TALKING)
		return;
	link->state = LINK_LEAVING;
	link->is_resting = false;
	link->limit_ms = loop_now_ms(link->config.loop) + LINK_GOODBYE_MS;
}

/* ---- From the session to the sync, and back */

static const struct link_key *key_of(const struct link *link, size_t tag)
{
	return tag < link->config.key_count ? &link->keys[tag] : NULL;
}

static void start_sync(struct link *link, const struct session_event *up)
{
	const struct link_key *key = key_of(link, up->tag);
	if (key == NULL)
		return;
	struct sync_config config = {.notebook = link->config.notebook,
		.partner = key->person,
		.remote = up->remote,
		.renewed = key->renewed,
		.once = link->config.once};
	link->person = key->person;
	link->was_up = true;
	link->sync = sync_new(&config, loop_now_ms(link->config.loop));
	struct link_event event = {.type = LINK_UP, .device = up->remote};
	tell(link, &event);
}

static void end_session(struct link *link, const struct session_event *closed)
{
	note_failure(link, closed->err, closed->why);
	link->reason = closed->cut ? WIRE_CLOSE_FAULT : closed->reason;
	leave(link);
}

static bool take_session_event(struct link *link)
{
	struct session_event event;
	if (!session_next(link->session, &event))
		return false;
	switch (event.type) {
	case SESSION_UP:
		start_sync(link, &event);
		return true;
	case SESSION_MESSAGE:
		link->is_resting = false;
		if (link->sync != NULL)
			sync_recv(link->sync, event.kind, event.message,
				loop_now_ms(link->config.loop));
		return true;
	case SESSION_CLOSED:
		end_session(link, &event);
		return true;
	}
	return true;
}

/* One who has closed hears no more, but may have said just before that all is well. */
static bool say(struct link *link, const struct sync_event *event)
{
	if (!session_is_up(link->session))
		return ++link->unsaid < UNSAID_MAX;
	link->is_resting = false;
	enum err e = session_send(link->session, event->kind, event->message,
		loop_now_ms(link->config.loop));
	note_failure(link, e, NULL);
	if (e != OK)
		session_close(link->session, WIRE_CLOSE_FAULT);
	return true;
}

static void rest(struct link *link)
{
	link->is_resting = true;
	struct link_event event = {.type = LINK_REST};
	tell(link, &event);
	set_base(link);
}

static size_t room(const struct link *link)
{
	size_t waits = session_output(link->session)->len;
	if (!session_is_up(link->session))
		return 1;
	return waits < LINK_OUT_MAX ? LINK_OUT_MAX - waits : 0;
}

static bool take_sync_event(struct link *link)
{
	struct sync_event event;
	if (link->sync == NULL || link->state != LINK_TALKING ||
		!sync_next(
			link->sync, room(link), loop_now_ms(link->config.loop), &event))
		return false;
	switch (event.type) {
	case SYNC_SAY:
		return say(link, &event);
	case SYNC_REST:
		rest(link);
		return true;
	case SYNC_END:
		note_failure(link, event.err, event.why);
		session_close(link->session, event.reason);
		return true;
	case SYNC_MET:
	case SYNC_CAME:
	case SYNC_VERIFIED:
	case SYNC_DIFFERS:
		return true; /* the report has it */
	}
	return true;
}

/* What one message brought about comes before the next message. */
static void work(struct link *link)
{
	while (take_sync_event(link) || take_session_event(link))
		;
}

/* ---- The socket */

static void receive(struct link *link)
{
	size_t got, max = link->was_up ? READ_MAX : READ_EARLY;
	buf_clear(&link->in);
	enum err e = tcp_read(link->fd, &link->in, max, &got);
	link->bytes_in += got;
	if (link->state == LINK_LEAVING) {
		if (e != OK) /* they hung up too */
			be_over(link);
		return;
	}
	uint64_t now = loop_now_ms(link->config.loop);
	if (got > 0)
		session_recv(link->session, buf_bytes(&link->in), now);
	if (e != OK)
		session_eof(link->session, now);
}

/* Whether that gave room, or news. Who hung up may have said something before. */
static bool send_some(struct link *link)
{
	struct buf *out = session_output(link->session);
	size_t before = out->len;
	if (before == 0)
		return false;
	enum err e = tcp_write(link->fd, out);
	link->bytes_out += before - out->len;
	if (e == OK)
		return out->len < before;
	buf_clear(out);
	receive(link);
	if (link->state == LINK_TALKING)
		session_eof(link->session, loop_now_ms(link->config.loop));
	return true;
}

static void set_timer(struct link *link)
{
	uint64_t at = link->limit_ms;
	if (link->state == LINK_TALKING) {
		at = session_deadline_ms(link->session);
		uint64_t sync =
			link->sync != NULL ? sync_deadline_ms(link->sync) : UINT64_MAX;
		at = sync < at ? sync : at;
	}
	loop_timer_set(link->timer, at);
}

/* To hang up while bytes of theirs are on the way would make the kernel throw away ours
 * that are: so say that nothing follows, and wait until they hang up. */
static void shut(struct link *link)
{
	if (!link->is_shut && tcp_end(link->fd) != OK)
		be_over(link);
	link->is_shut = true;
}

/* Everything that can go on now goes on. */
static void pump(struct link *link)
{
	bool is_more = true;
	if (link->is_pumping || link->state < LINK_TALKING || link->state == LINK_OVER)
		return;
	link->is_pumping = true;
	for (int i = 0; i < ROUNDS_MAX && is_more; i++) {
		if (link->was_moved && link->sync != NULL)
			sync_store_moved(link->sync);
		link->was_moved = false;
		work(link);
		is_more = link->state != LINK_OVER && send_some(link);
		is_more = is_more || link->was_moved;
	}
	link->is_pumping = false;
	if (link->state == LINK_LEAVING && session_output(link->session)->len == 0)
		shut(link);
	if (link->state == LINK_OVER)
		return;
	bool waits = is_more || session_output(link->session)->len > 0;
	loop_set_events(link->watch, (short)(waits ? POLLIN | POLLOUT : POLLIN));
	set_timer(link);
}

static void on_timer(void *arg)
{
	struct link *link = arg;
	uint64_t now = loop_now_ms(link->config.loop);
	switch (link->state) {
	case LINK_DIALLING:
		why_say(&link->why,
			"%s does not answer: it is off, elsewhere, or a firewall or the "
			"Wi-Fi keeps you apart",
			link->address);
		link->err = ERR_NOT_REACHED;
		be_over(link);
		return;
	case LINK_TALKING:
		session_tick(link->session, now);
		if (link->sync != NULL)
			sync_tick(link->sync, now);
		pump(link);
		return;
	case LINK_LEAVING:
		be_over(link);
		return;
	case LINK_OVER: {
		struct link_event event = {.type = LINK_END,
			.err = link->err,
			.reason = link->reason,
			.why = why_text(&link->why, link->err)};
		tell(link, &event);
		return;
	}
	}
}

/* ---- The beginning */

static void start_session(struct link *link)
{
	size_t count = link->config.key_count;
	link->session_keys =
		locked_new((count > 0 ? count : 1) * sizeof *link->session_keys);
	for (size_t i = 0; i < count; i++) {
		link->session_keys[i] = link->keys[i].key;
		link->session_keys[i].tag = i;
	}
	struct session_config config = {.dialer = link->dialled,
		.own = &notebook_me(link->config.notebook)->device_secret,
		.keys = link->session_keys,
		.key_count = count,
		.versions = wire_versions_own()};
	link->state = LINK_TALKING;
	link->session = session_new(&config, loop_now_ms(link->config.loop));
	pump(link);
}

static void on_connected(struct link *link)
{
	struct why why = {0};
	enum err e = tcp_dial_done(link->fd, &why);
	if (e == OK) {
		start_session(link);
		return;
	}
	link->err = because(&link->why, e, "%s: %.400s", link->address, why.text);
	be_over(link);
}

static void on_socket(void *arg, int fd, short happened)
{
	(void)fd;
	struct link *link = arg;
	if (link->state == LINK_DIALLING) {
		on_connected(link);
		return;
	}
	if ((happened & ~POLLOUT) != 0)
		receive(link);
	pump(link);
}

static struct link *link_new(
	const struct link_config *config, bool dialled, link_fn *fn, void *arg)
{
	struct link *link = mem_new(sizeof *link);
	*link = (struct link){.config = *config,
		.fn = fn,
		.arg = arg,
		.fd = -1,
		.reason = WIRE_CLOSE_FAULT,
		.dialled = dialled,
		.began_ms = loop_now_ms(config->loop)};
	size_t size =
		(config->key_count > 0 ? config->key_count : 1) * sizeof *link->keys;
	link->keys = locked_new(size);
	if (config->key_count > 0)
		memcpy(link->keys, config->keys, config->key_count * sizeof *link->keys);
	link->timer = loop_timer(config->loop, LOOP_NEVER, on_timer, link);
	return link;
}

struct link *link_dial(const struct link_config *config, const struct address *to,
	link_fn *fn, void *arg)
{
	struct link *link = link_new(config, true, fn, arg);
	link->person = config->keys[0].person;
	address_text(to, link->address);
	link->err = tcp_dial(to, &link->fd, &link->why);
	if (link->err != OK) {
		be_over(link);
		return link;
	}
	link->limit_ms = link->began_ms + LINK_DIAL_MS;
	loop_timer_set(link->timer, link->limit_ms);
	link->watch = loop_add_fd(config->loop, link->fd, POLLOUT, on_socket, link);
	return link;
}

struct link *link_answer(const struct link_config *config, int fd, link_fn *fn, void *arg)
{
	struct link *link = link_new(config, false, fn, arg);
	tcp_peer_text(fd, link->address);
	link->fd = fd;
	link->watch = loop_add_fd(config->loop, fd, POLLIN, on_socket, link);
	start_session(link);
	return link;
}

void link_free(struct link *link)
{
	if (link == NULL)
		return;
	hang_up(link);
	loop_timer_remove(link->timer);
	sync_free(link->sync);
	session_free(link->session);
	locked_free(link->session_keys);
	locked_free(link->keys);
	buf_release(&link->in);
	mem_free(link);
}

/* ---- What the owner asks for */

void link_close(struct link *link, enum wire_close reason)
{
	if (link->state == LINK_DIALLING)
		be_over(link);
	if (link->state != LINK_TALKING)
		return;
	session_close(link->session, reason);
	pump(link);
}

void link_drop(struct link *link, const char *why)
{
	if (link->state == LINK_OVER)
		return;
	note_failure(link, ERR_CLOSED, why);
	be_over(link);
}

void link_leave(struct link *link, enum wire_close reason)
{
	if (link->state == LINK_TALKING) {
		session_close(link->session, reason);
		enum err e = tcp_write(link->fd, session_output(link->session));
		(void)e; /* they notice by the end of the connection, then */
	}
	hang_up(link);
	link->state = LINK_OVER;
	loop_timer_set(link->timer, LOOP_NEVER);
}

void link_store_moved(struct link *link)
{
	link->was_moved = true;
	pump(link);
}

uint64_t link_number(const struct link *link)
{
	return link->config.number;
}

bool link_is_up(const struct link *link)
{
	return link->state == LINK_TALKING && link->was_up;
}

bool link_is_resting(const struct link *link)
{
	return link_is_up(link) && link->is_resting;
}

bool link_has_dialled(const struct link *link)
{
	return link->dialled;
}

struct person_id link_person(const struct link *link)
{
	return link->person;
}

int link_fd(const struct link *link)
{
	return link->fd;
}

const char *link_address(const struct link *link)
{
	return link->address;
}
