#include "tests/unit/host/namespace.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return is_done;
}

bool enter_namespace(void)
{
	char map[64];
	unsigned uid = getuid();
	if (uid == 0 && unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return false;
	snprintf(map, sizeof map, "0 %u 1", uid);
	return write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/uid_map", map);
}

bool set_interface(const char *name, bool up)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {0};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	bool is_done = ioctl(fd, SIOCGIFFLAGS, &request) == 0;
	request.ifr_flags =
		(short)(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
	is_done = is_done && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
	close(fd);
	return is_done;
}
