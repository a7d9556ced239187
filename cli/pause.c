#include "cli/pause.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "net/host/clock.h"
#include "net/protocol/pairing.h"

#define NAME "pair.wait"

static const char *path_in(struct buf *path, const char *home)
{
	buf_add_format(path, "%s/%s", home, NAME);
	return buf_text(path);
}

void pause_begin(const char *home)
{
	CLEAN_BUF struct buf path = {0};
	int fd = open(
		path_in(&path, home), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	(void)futimens(fd, NULL);
	(void)close(fd);
}

/* A time to come was written by a clock that has been set since: it says nothing. */
enum err pause_is_over(const char *home, struct why *why)
{
	CLEAN_BUF struct buf path = {0};
	struct stat is;
	uint64_t now = clock_wall_ms();
	if (stat(path_in(&path, home), &is) != 0 || is.st_mtim.tv_sec < 0)
		return OK;
	uint64_t began = (uint64_t)is.st_mtim.tv_sec * 1000 +
			 (uint64_t)is.st_mtim.tv_nsec / 1000000;
	if (began <= now && now - began < PAIRING_PAUSE_MS)
		return because(why, ERR_REFUSED,
			"three codes did not match just now: wait %u seconds, then begin "
			"again",
			(unsigned)((PAIRING_PAUSE_MS - (now - began)) / 1000 + 1));
	(void)unlink(buf_text(&path));
	return OK;
}
