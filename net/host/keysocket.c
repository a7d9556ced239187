#include "net/host/keysocket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "net/host/clock.h"
#include "net/host/loop.h"

#define VERSION 1

/* ---- Both sides: addresses, credentials, frames */

/* A store may lie deeper than the 108 bytes of sun_path, so the folder is opened and the
 * socket named through it. The folder stays open as long as the name is used. */
static struct sockaddr_un address_in(int folder)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/" KEYSOCKET_NAME,
		folder);
	return at;
}

static int open_folder(const char *dir)
{
	return open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool is_same_user(int fd)
{
	struct ucred other;
	socklen_t len = sizeof other;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &len) == 0 &&
	       other.uid == geteuid();
}

/* Keys pass through: room for the longest frame from the start, so that growing leaves no
 * copy behind. */
static void reserve(struct buf *buf)
{
	(void)buf_extend(buf, 4 + KEYSOCKET_FRAME);
	buf_clear(buf);
}

/* Write the length before a frame that was begun with 4 bytes of nothing. */
static void close_frame(struct buf *buf)
{
	size_t len = buf->len - 4;
	for (size_t i = 0; i < 4; i++)
		buf->at[i] = (uint8_t)(len >> (24 - 8 * i));
}

enum frame { FRAME_SHORT, FRAME_WHOLE, FRAME_TOO_BIG };

/* What stands in a buffer that received bytes are appended to. */
static enum frame look_at_frame(const struct buf *in, struct bytes *frame)
{
	struct bytes rest = buf_bytes(in);
	uint32_t len;
	if (!bytes_take_u32(&rest, &len))
		return FRAME_SHORT;
	if (len > KEYSOCKET_FRAME)
		return FRAME_TOO_BIG;
	return bytes_take(&rest, len, frame) ? FRAME_WHOLE : FRAME_SHORT;
}

/* How many bytes may still come before the frame is whole. */
static size_t missing(const struct buf *in)
{
	struct bytes rest = buf_bytes(in);
	uint32_t len;
	if (!bytes_take_u32(&rest, &len))
		return 4 - in->len;
	return len > KEYSOCKET_FRAME || len <= rest.len ? 0 : len - rest.len;
}

/* Read what is there of one frame, straight into the reserved buffer: ERR_CLOSED at the
 * end, OK when it must wait or is whole. */
static enum err read_frame(int fd, struct buf *in)
{
	size_t want;
	while ((want = missing(in)) > 0) {
		size_t had = in->len;
		uint8_t *at = buf_extend(in, want);
		ssize_t got = recv(fd, at, want, MSG_DONTWAIT);
		in->len = had + (got > 0 ? (size_t)got : 0);
		if (got == 0)
			return ERR_CLOSED;
		if (got < 0 && errno != EINTR)
			return errno == EAGAIN ? OK : ERR_CLOSED;
	}
	return OK;
}

static enum err write_some(int fd, const struct buf *out, size_t *sent)
{
	while (*sent < out->len) {
		ssize_t put = send(fd, out->at + *sent, out->len - *sent,
			MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put >= 0)
			*sent += (size_t)put;
		else if (errno != EINTR)
			return errno == EAGAIN ? OK : ERR_CLOSED;
	}
	return OK;
}

/* ---- The node's side */

struct client {
	struct keysocket *owner;
	uint64_t number; /* 0: the slot is free */
	int fd;
	struct loop_fd *watch;
	struct loop_timer *limit;
	struct buf in, out;
	size_t sent;
	bool is_asked; /* its request came whole: it waits for keysocket_reply() */
};

struct keysocket {
	struct loop *loop;
	int folder, fd;
	ino_t inode; /* of the socket file, so that only our own is taken away */
	bool is_bound;
	struct loop_fd *watch;
	struct client clients[KEYSOCKET_CLIENTS];
	uint64_t numbers;
	struct secret *master; /* NULL: locked */
	keysocket_fn *fn;
	void *arg;
};

static void drop(struct client *client)
{
	loop_remove(client->watch);
	loop_timer_remove(client->limit);
	close(client->fd);
	buf_wipe(&client->in);
	buf_wipe(&client->out);
	*client = (struct client){.owner = client->owner, .fd = -1};
}

static void send_on(struct client *client)
{
	if (write_some(client->fd, &client->out, &client->sent) != OK ||
		client->sent == client->out.len)
		drop(client);
	else
		loop_set_events(client->watch, POLLIN | POLLOUT);
}

/* A sentence may quote a file's name, which may be any bytes, and may have been cut. */
static const char *sentence(enum err e, const struct why *why)
{
	if (e == OK)
		return "";
	const char *text = why_text(why, e);
	return utf8_valid(bytes_text(text)) ? text : err_text(e);
}

static void answer(
	struct client *client, enum err e, const struct why *why, struct bytes body)
{
	struct buf *out = &client->out;
	reserve(out);
	buf_add_u32(out, 0);
	pack_array(out, 4);
	pack_uint(out, VERSION);
	pack_uint(out, (uint64_t)e);
	pack_cstr(out, sentence(e, why));
	pack_bin(out, body);
	close_frame(out);
	client->is_asked = false;
	/* A command that takes no answer holds its slot no longer than one that asks
	 * none. */
	loop_timer_set(client->limit, clock_monotonic_ms() + KEYSOCKET_WAIT_MS);
	send_on(client);
}

static void answer_key(struct client *client)
{
	const struct secret *master = client->owner->master;
	if (master == NULL)
		answer(client, ERR_LOCKED, NULL, (struct bytes){0});
	else
		answer(client, OK, NULL, BYTES_OF(master->b));
}

static void answer_request(struct client *client, struct bytes frame)
{
	struct pack_reader r = pack_read(frame);
	size_t count = pack_read_array(&r, 3);
	uint64_t version = pack_read_uint(&r, UINT64_MAX);
	struct bytes word = pack_read_text(&r, 8);
	struct bytes body = pack_read_bin(&r, KEYSOCKET_BODY);
	if (!pack_done(&r) || count != 3) {
		answer(client, ERR_CORRUPT, NULL, (struct bytes){0});
	} else if (version != VERSION) {
		answer(client, ERR_VERSION, NULL, (struct bytes){0});
	} else if (bytes_equal(word, bytes_text("key"))) {
		answer_key(client);
	} else if (bytes_equal(word, bytes_text("ask"))) {
		/* The node may answer inside, which drops the client and its buffer. */
		struct keysocket *owner = client->owner;
		WIPED(buf) copy = {0};
		buf_add(&copy, body);
		client->is_asked = true;
		loop_timer_set(client->limit, LOOP_NEVER);
		buf_wipe(&client->in);
		owner->fn(owner->arg, client->number, buf_bytes(&copy));
	} else {
		answer(client, ERR_USAGE, NULL, (struct bytes){0});
	}
}

/* After its request a client has nothing more to say: what is readable then is its end.
 */
static void on_client(void *arg, int fd, short happened)
{
	struct client *client = arg;
	if ((happened & POLLOUT) != 0 && client->out.len > 0) {
		send_on(client);
		return;
	}
	if (client->is_asked || client->out.len > 0) {
		drop(client);
		return;
	}
	if (read_frame(fd, &client->in) != OK) {
		drop(client);
		return;
	}
	struct bytes frame;
	switch (look_at_frame(&client->in, &frame)) {
	case FRAME_SHORT:
		return;
	case FRAME_TOO_BIG:
		answer(client, ERR_TOO_BIG, NULL, (struct bytes){0});
		return;
	case FRAME_WHOLE:
		answer_request(client, frame);
		return;
	}
}

static void on_limit(void *arg)
{
	drop(arg);
}

static void take_client(struct keysocket *keysocket, struct client *client, int fd)
{
	client->number = ++keysocket->numbers;
	client->fd = fd;
	reserve(&client->in);
	client->watch = loop_add_fd(keysocket->loop, fd, POLLIN, on_client, client);
	client->limit = loop_timer(keysocket->loop,
		clock_monotonic_ms() + KEYSOCKET_WAIT_MS, on_limit, client);
}

/* One too many is told so, in one breath; it is small enough for any socket's buffer. */
static void refuse(int fd)
{
	CLEAN_BUF struct buf out = {0};
	size_t sent = 0;
	buf_add_u32(&out, 0);
	pack_array(&out, 4);
	pack_uint(&out, VERSION);
	pack_uint(&out, ERR_BUSY);
	pack_cstr(&out,
		tr("the node already serves as many commands as it can: try again"));
	pack_bin(&out, (struct bytes){0});
	close_frame(&out);
	(void)write_some(fd, &out, &sent);
	close(fd);
}

static void on_listener(void *arg, int fd, short happened)
{
	(void)happened;
	struct keysocket *keysocket = arg;
	int one = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (one < 0)
		return;
	if (!is_same_user(one)) {
		close(one);
		return;
	}
	for (size_t i = 0; i < KEYSOCKET_CLIENTS; i++) {
		if (keysocket->clients[i].number == 0) {
			take_client(keysocket, &keysocket->clients[i], one);
			return;
		}
	}
	refuse(one);
}

/* -1 and errno: EAGAIN when a node is there and has no time, ECONNREFUSED when the socket
 * is a dead one's, ENOENT when there is none. */
static int connect_in(int folder)
{
	struct sockaddr_un at = address_in(folder);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		int failed = errno;
		close(fd);
		errno = failed;
		return -1;
	}
	return fd;
}

/* Whether a node that died left its socket file behind; then it is gone now. */
static bool took_away_stale(int folder)
{
	int fd = connect_in(folder);
	if (fd >= 0) {
		close(fd);
		return false;
	}
	return errno == ECONNREFUSED && unlinkat(folder, KEYSOCKET_NAME, 0) == 0;
}

/* The mode of the descriptor becomes the mode of the file: at no moment is it wider. */
static enum err bind_listener(struct keysocket *keysocket)
{
	struct sockaddr_un at = address_in(keysocket->folder);
	keysocket->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (keysocket->fd < 0 || fchmod(keysocket->fd, 0600) != 0)
		return ERR_IO;
	int failed = bind(keysocket->fd, (struct sockaddr *)&at, sizeof at);
	if (failed != 0 && errno == EADDRINUSE) {
		if (!took_away_stale(keysocket->folder))
			return ERR_BUSY;
		failed = bind(keysocket->fd, (struct sockaddr *)&at, sizeof at);
	}
	if (failed != 0)
		return errno == EROFS || errno == EACCES ? ERR_READ_ONLY : ERR_IO;
	struct stat file;
	if (fstatat(keysocket->folder, KEYSOCKET_NAME, &file, AT_SYMLINK_NOFOLLOW) != 0)
		return ERR_IO;
	keysocket->inode = file.st_ino;
	keysocket->is_bound = true;
	return listen(keysocket->fd, KEYSOCKET_CLIENTS) == 0 ? OK : ERR_IO;
}

enum err keysocket_listen(struct loop *loop, const char *dir, keysocket_fn *fn, void *arg,
	struct keysocket **out, struct why *why)
{
	int folder = open_folder(dir);
	if (folder < 0)
		return because(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
			"cannot open the folder %s: %s", dir, strerror(errno));
	struct keysocket *keysocket = mem_new(sizeof *keysocket);
	*keysocket = (struct keysocket){
		.loop = loop, .folder = folder, .fd = -1, .fn = fn, .arg = arg};
	for (size_t i = 0; i < KEYSOCKET_CLIENTS; i++)
		keysocket->clients[i].owner = keysocket;
	enum err e = bind_listener(keysocket);
	if (e != OK) {
		int failed = errno;
		keysocket_close(keysocket);
		if (e == ERR_BUSY)
			return because(why, e, "a node already runs in %s", dir);
		return because(why, e, "cannot make the socket %s/" KEYSOCKET_NAME ": %s",
			dir, strerror(failed));
	}
	keysocket->watch =
		loop_add_fd(loop, keysocket->fd, POLLIN, on_listener, keysocket);
	*out = keysocket;
	return OK;
}

void keysocket_close(struct keysocket *keysocket)
{
	if (keysocket == NULL)
		return;
	for (size_t i = 0; i < KEYSOCKET_CLIENTS; i++)
		if (keysocket->clients[i].number != 0)
			drop(&keysocket->clients[i]);
	loop_remove(keysocket->watch);
	struct stat file;
	if (keysocket->is_bound &&
		fstatat(keysocket->folder, KEYSOCKET_NAME, &file, AT_SYMLINK_NOFOLLOW) ==
			0 &&
		file.st_ino == keysocket->inode)
		(void)unlinkat(keysocket->folder, KEYSOCKET_NAME, 0);
	if (keysocket->fd >= 0)
		close(keysocket->fd);
	close(keysocket->folder);
	secret_free(keysocket->master);
	mem_free(keysocket);
}

void keysocket_offer(struct keysocket *keysocket, const struct secret *master)
{
	struct secret *copy = NULL;
	if (master != NULL) {
		copy = secret_new();
		*copy = *master;
	}
	secret_free(keysocket->master);
	keysocket->master = copy;
}

static struct client *find_client(const struct keysocket *keysocket, uint64_t number)
{
	for (size_t i = 0; i < KEYSOCKET_CLIENTS; i++) {
		const struct client *client = &keysocket->clients[i];
		if (number != 0 && client->number == number && client->is_asked)
			return client->owner->clients + i;
	}
	return NULL;
}

bool keysocket_waits(const struct keysocket *keysocket, uint64_t client)
{
	return find_client(keysocket, client) != NULL;
}

void keysocket_reply(struct keysocket *keysocket, uint64_t number, enum err e,
	const struct why *why, struct bytes reply)
{
	struct client *client = find_client(keysocket, number);
	if (client == NULL)
		return;
	if (reply.len > KEYSOCKET_BODY)
		answer(client, ERR_TOO_BIG, NULL, (struct bytes){0});
	else
		answer(client, e, why, reply);
}

/* ---- The command's side */

/* Wait until `fd` is ready or the time is over. */
static enum err wait_for(int fd, short events, uint64_t deadline_ms)
{
	for (;;) {
		uint64_t now = clock_monotonic_ms();
		if (now >= deadline_ms)
			return ERR_TIMEOUT;
		uint64_t left = deadline_ms - now;
		struct pollfd one = {.fd = fd, .events = events};
		int ready = poll(&one, 1, left > 3600000 ? 3600000 : (int)left);
		if (ready > 0)
			return OK;
		if (ready < 0 && errno != EINTR)
			return ERR_IO;
	}
}

static enum err send_all(int fd, const struct buf *out, uint64_t deadline_ms)
{
	size_t sent = 0;
	enum err e = OK;
	while (e == OK && (e = write_some(fd, out, &sent)) == OK && sent < out->len)
		e = wait_for(fd, POLLOUT, deadline_ms);
	return e;
}

static enum err take_frame(
	int fd, struct buf *in, struct bytes *frame, uint64_t deadline_ms)
{
	for (;;) {
		enum err e = read_frame(fd, in);
		if (e != OK)
			return e;
		switch (look_at_frame(in, frame)) {
		case FRAME_WHOLE:
			return OK;
		case FRAME_TOO_BIG:
			return ERR_CORRUPT;
		case FRAME_SHORT:
			break;
		}
		e = wait_for(fd, POLLIN, deadline_ms);
		if (e != OK)
			return e;
	}
}

static enum err read_reply(struct bytes frame, struct bytes *body, struct why *why)
{
	struct pack_reader r = pack_read(frame);
	size_t count = pack_read_array(&r, 4);
	uint64_t version = pack_read_uint(&r, UINT64_MAX);
	uint64_t number = pack_read_uint(&r, ERR_CLOSED);
	struct bytes text = pack_read_text(&r, sizeof why->text - 1);
	*body = pack_read_bin(&r, KEYSOCKET_BODY);
	if (!pack_done(&r) || count != 4 || version != VERSION)
		return because(why, ERR_VERSION,
			"the running node is another version of kith: start it anew");
	if (number == OK)
		return OK;
	return because(
		why, (enum err)number, "%.*s", (int)text.len, (const char *)text.at);
}

static enum err talk(int fd, const char *word, struct bytes request, struct buf *in,
	struct bytes *body, uint64_t deadline_ms, struct why *why)
{
	WIPED(buf) out = {0};
	struct bytes frame;
	reserve(&out);
	reserve(in);
	buf_add_u32(&out, 0);
	pack_array(&out, 3);
	pack_uint(&out, VERSION);
	pack_cstr(&out, word);
	pack_bin(&out, request);
	close_frame(&out);
	/* One that was too many may find the door shut while it still talks: what the
	 * node said is there to be read all the same. */
	enum err sent = send_all(fd, &out, deadline_ms);
	if (sent != OK && sent != ERR_CLOSED)
		return because(why, sent, "the running node does not answer");
	enum err e = take_frame(fd, in, &frame, deadline_ms);
	if (e == ERR_CLOSED)
		return because(why, e, "the node stopped before it answered");
	if (e == ERR_TIMEOUT)
		return because(why, e, "the running node does not answer");
	if (e != OK)
		return e;
	return read_reply(frame, body, why);
}

/* Its queue is full while the node is long at work: then try again. */
static int connect_until(const char *dir, uint64_t deadline_ms)
{
	int folder = open_folder(dir);
	if (folder < 0)
		return -1;
	int fd = connect_in(folder), failed = errno;
	while (fd < 0 && failed == EAGAIN && clock_monotonic_ms() < deadline_ms) {
		(void)poll(NULL, 0, 20);
		fd = connect_in(folder);
		failed = errno;
	}
	close(folder);
	errno = failed;
	return fd;
}

static enum err exchange(const char *dir, const char *word, struct bytes request,
	struct buf *in, struct bytes *body, int64_t timeout_ms, struct why *why)
{
	uint64_t deadline_ms =
		clock_monotonic_ms() + (timeout_ms > 0 ? (uint64_t)timeout_ms : 0);
	if (request.len > KEYSOCKET_BODY)
		return ERR_TOO_BIG;
	int fd = connect_until(dir, deadline_ms);
	if (fd < 0 && errno == EAGAIN)
		return because(why, ERR_TIMEOUT, "the running node does not answer");
	if (fd < 0)
		return because(why, ERR_NOT_REACHED, "no node runs in %s", dir);
	enum err e =
		is_same_user(fd)
			? talk(fd, word, request, in, body, deadline_ms, why)
			: because(why, ERR_AUTH,
				  "%s/" KEYSOCKET_NAME " belongs to another user", dir);
	close(fd);
	return e;
}

enum err keysocket_ask(const char *dir, struct bytes request, struct buf *reply,
	int64_t timeout_ms, struct why *why)
{
	WIPED(buf) in = {0};
	struct bytes body = {0};
	enum err e = exchange(dir, "ask", request, &in, &body, timeout_ms, why);
	if (e == OK && reply != NULL)
		buf_add(reply, body);
	return e;
}

enum err keysocket_key(const char *dir, struct secret *out, struct why *why)
{
	WIPED(buf) in = {0};
	struct bytes body = {0};
	secret_wipe(out);
	enum err e = exchange(
		dir, "key", (struct bytes){0}, &in, &body, KEYSOCKET_WAIT_MS, why);
	if (e != OK)
		return e;
	if (body.len != sizeof out->b || body.at == NULL)
		return because(why, ERR_CORRUPT, "the node answered with no key");
	memcpy(out->b, body.at, sizeof out->b);
	return OK;
}
