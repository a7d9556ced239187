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
#include "net/host/keysocket_frame.h"
#include "net/host/loop.h"

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
	if (frame_write(client->fd, &client->out, &client->sent) != OK ||
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
	frame_reserve(out);
	buf_add_u32(out, 0);
	pack_array(out, 4);
	pack_uint(out, KEYSOCKET_VERSION);
	pack_uint(out, (uint64_t)e);
	pack_cstr(out, sentence(e, why));
	pack_bin(out, body);
	frame_close(out);
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
	} else if (version != KEYSOCKET_VERSION) {
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
	if (frame_read(fd, &client->in) != OK) {
		drop(client);
		return;
	}
	struct bytes frame;
	switch (frame_look(&client->in, &frame)) {
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
	frame_reserve(&client->in);
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
	pack_uint(&out, KEYSOCKET_VERSION);
	pack_uint(&out, ERR_BUSY);
	pack_cstr(&out,
		tr("the node already serves as many commands as it can: try again"));
	pack_bin(&out, (struct bytes){0});
	frame_close(&out);
	(void)frame_write(fd, &out, &sent);
	close(fd);
}

static void on_listener(void *arg, int fd, short happened)
{
	(void)happened;
	struct keysocket *keysocket = arg;
	int one = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (one < 0)
		return;
	if (!keysocket_is_ours(one)) {
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

/* Whether a node that died left its socket file behind; then it is gone now. */
static bool took_away_stale(int folder)
{
	int fd = keysocket_connect(folder);
	if (fd >= 0) {
		close(fd);
		return false;
	}
	return errno == ECONNREFUSED && unlinkat(folder, KEYSOCKET_NAME, 0) == 0;
}

/* The mode of the descriptor becomes the mode of the file: at no moment is it wider. */
static enum err bind_listener(struct keysocket *keysocket)
{
	struct sockaddr_un at = keysocket_address(keysocket->folder);
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
	int folder = keysocket_folder(dir);
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
		return because(why, e, "cannot make the socket %s/%s: %s", dir,
			KEYSOCKET_NAME, strerror(failed));
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
