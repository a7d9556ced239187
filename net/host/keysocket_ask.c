/* The command's side of the key socket: keysocket.h. */
#include "net/host/keysocket.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/base/pack.h"
#include "net/host/clock.h"
#include "net/host/keysocket_frame.h"

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
	while (e == OK && (e = frame_write(fd, out, &sent)) == OK && sent < out->len)
		e = wait_for(fd, POLLOUT, deadline_ms);
	return e;
}

static enum err take_frame(
	int fd, struct buf *in, struct bytes *frame, uint64_t deadline_ms)
{
	for (;;) {
		enum err e = frame_read(fd, in);
		if (e != OK)
			return e;
		switch (frame_look(in, frame)) {
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
	if (!pack_done(&r) || count != 4 || version != KEYSOCKET_VERSION)
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
	frame_reserve(&out);
	frame_reserve(in);
	buf_add_u32(&out, 0);
	pack_array(&out, 3);
	pack_uint(&out, KEYSOCKET_VERSION);
	pack_cstr(&out, word);
	pack_bin(&out, request);
	frame_close(&out);
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
	int folder = keysocket_folder(dir);
	if (folder < 0)
		return -1;
	int fd = keysocket_connect(folder), failed = errno;
	while (fd < 0 && failed == EAGAIN && clock_monotonic_ms() < deadline_ms) {
		(void)poll(NULL, 0, 20);
		fd = keysocket_connect(folder);
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
	enum err e = keysocket_is_ours(fd)
			     ? talk(fd, word, request, in, body, deadline_ms, why)
			     : because(why, ERR_AUTH, "%s/%s belongs to another user",
				       dir, KEYSOCKET_NAME);
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
