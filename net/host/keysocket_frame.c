#include "net/host/keysocket_frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/host/keysocket.h"

struct sockaddr_un keysocket_address(int folder)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/" KEYSOCKET_NAME,
		folder);
	return at;
}

int keysocket_folder(const char *dir)
{
	return open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool keysocket_is_ours(int fd)
{
	struct ucred other;
	socklen_t len = sizeof other;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &len) == 0 &&
	       other.uid == geteuid();
}

void frame_reserve(struct buf *buf)
{
	(void)buf_extend(buf, 4 + KEYSOCKET_FRAME);
	buf_clear(buf);
}

void frame_close(struct buf *buf)
{
	size_t len = buf->len - 4;
	for (size_t i = 0; i < 4; i++)
		buf->at[i] = (uint8_t)(len >> (24 - 8 * i));
}

enum frame frame_look(const struct buf *in, struct bytes *frame)
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

enum err frame_read(int fd, struct buf *in)
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

enum err frame_write(int fd, const struct buf *out, size_t *sent)
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

int keysocket_connect(int folder)
{
	struct sockaddr_un at = keysocket_address(folder);
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
