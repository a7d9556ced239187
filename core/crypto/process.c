#include "core/crypto/process.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* The leak checker of a sanitizer build attaches to the process as a debugger does, and
 * would be shut out. */
#if defined(__SANITIZE_ADDRESS__)
#define MAY_BE_TRACED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MAY_BE_TRACED 1
#endif
#endif
#ifndef MAY_BE_TRACED
#define MAY_BE_TRACED 0
#endif

enum err process_harden(struct why *why)
{
	umask(077);
	const struct rlimit none = {0, 0};
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return because(
			why, ERR_IO, "cannot forbid core dumps: %s", strerror(errno));
	if (!MAY_BE_TRACED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return because(why, ERR_IO,
			"cannot close our memory to other processes: %s",
			strerror(errno));
	return OK;
}
