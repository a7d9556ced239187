#include "cli/lines.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/prompt.h"
#include "core/base/mem.h"
#include "core/crypto/keys.h"
#include "net/host/loop.h"

struct lines {
	struct loop_fd *watch; /* NULL: the end was read */
	struct buf held;
	void (*fn)(void *arg);
	void *arg;
};

static void on_input(void *arg, int fd, short happened)
{
	(void)happened;
	struct lines *lines = arg;
	uint8_t block[1024];
	ssize_t got = read(fd, block, sizeof block);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		loop_remove(lines->watch);
		lines->watch = NULL;
	} else if (lines->held.len + (size_t)got <= 2 * (size_t)LINE_MAX_LEN) {
		buf_add_raw(&lines->held, block, (size_t)got);
	}
	wipe(block, sizeof block);
	lines->fn(lines->arg);
}

struct lines *lines_new(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct lines *lines = mem_new(sizeof *lines);
	lines->fn = fn;
	lines->arg = arg;
	/* A code may be typed: growing would leave copies of it behind. */
	(void)buf_extend(&lines->held, 2 * (size_t)LINE_MAX_LEN);
	buf_clear(&lines->held);
	lines->watch = loop_add_fd(loop, STDIN_FILENO, POLLIN, on_input, lines);
	return lines;
}

void lines_free(struct lines *lines)
{
	if (lines == NULL)
		return;
	loop_remove(lines->watch);
	buf_wipe(&lines->held);
	mem_free(lines);
}

/* The last line may lack its line break. */
bool lines_next(struct lines *lines, struct buf *out)
{
	const uint8_t *end = memchr(lines->held.at, '\n', lines->held.len);
	size_t len = end != NULL ? (size_t)(end - lines->held.at) : lines->held.len;
	if (end == NULL && (lines->watch != NULL || len == 0))
		return false;
	size_t used = end != NULL ? len + 1 : len;
	if (len > 0 && lines->held.at[len - 1] == '\r')
		len--;
	buf_clear(out);
	buf_add_raw(out, lines->held.at, len < LINE_MAX_LEN ? len : LINE_MAX_LEN);
	buf_drop_front(&lines->held, used);
	return true;
}

bool lines_ended(const struct lines *lines)
{
	return lines->watch == NULL && lines->held.len == 0;
}

void lines_forget_typed(struct lines *lines)
{
	if (isatty(STDIN_FILENO) != 1)
		return;
	(void)tcflush(STDIN_FILENO, TCIFLUSH);
	buf_clear(&lines->held);
}
