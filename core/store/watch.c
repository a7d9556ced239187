#include <sys/inotify.h>

#include "core/base/mem.h"
#include "core/store/guard.h"
#include "core/store/internal.h"

/* Each commit writes a meta page through a descriptor, which inotify sees; LMDB's map is
 * never written through (no MDB_WRITEMAP), which it would not. */
int store_watch_fd(struct store *store)
{
	if (store->watch_fd >= 0)
		return store->watch_fd;
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (fd < 0)
		return -1;
	CLEAN_BUF struct buf path = {0};
	buf_add_format(&path, "%s/%s", store->dir, GUARD_DATA);
	if (inotify_add_watch(fd, buf_text(&path), IN_MODIFY) < 0) {
		close_fdp(&fd);
		return -1;
	}
	store->watch_fd = fd;
	return fd;
}

void store_watch_read(struct store *store)
{
	uint8_t events[4096];
	if (store->watch_fd < 0)
		return;
	while (read(store->watch_fd, events, sizeof events) > 0)
		;
}

uint64_t store_version(struct store *store)
{
	MDB_envinfo info;
	return mdb_env_info(store->env, &info) == 0 ? (uint64_t)info.me_last_txnid : 0;
}
