#include "net/host/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/mem.h"

/* The kernel fills a buffer of at most 32 KiB for a dump. */
#define ROOM 32768

uint32_t netlink_u32(struct bytes value)
{
	uint32_t v = 0;
	if (value.len >= sizeof v)
		memcpy(&v, value.at, sizeof v);
	return v;
}

/* Take what is there of the padding to the next multiple of 4. */
static void take_padding(struct bytes *rest, size_t len)
{
	struct bytes padding;
	size_t pad = NLMSG_ALIGN(len) - len;
	(void)bytes_take(rest, pad < rest->len ? pad : rest->len, &padding);
}

bool netlink_attribute(struct bytes *rest, uint16_t *type, struct bytes *value)
{
	struct rtattr head;
	if (!bytes_take_into(rest, &head, sizeof head) || head.rta_len < sizeof head ||
		!bytes_take(rest, head.rta_len - sizeof head, value))
		return false;
	take_padding(rest, head.rta_len);
	*type = head.rta_type & (uint16_t)NLA_TYPE_MASK;
	return true;
}

static bool ask(int fd, uint16_t type, uint8_t family)
{
	/* Every kind of request begins with the family; as much as the longest fixed part
	 * suits all. */
	struct {
		struct nlmsghdr head;
		struct ifinfomsg body;
	} request = {
		.head = {.nlmsg_len = sizeof request,
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = 1},
		.body = {.ifi_family = family},
	};
	return send(fd, &request, sizeof request, 0) == (ssize_t)sizeof request;
}

/* One datagram of answers. True while more is to come. */
static bool read_messages(
	struct bytes rest, size_t fixed_len, netlink_fn *fn, void *arg, enum err *e)
{
	struct nlmsghdr head;
	while (bytes_take_into(&rest, &head, sizeof head)) {
		struct bytes body, fixed;
		if (head.nlmsg_type == NLMSG_DONE)
			return false;
		if (head.nlmsg_type == NLMSG_ERROR || head.nlmsg_len < sizeof head ||
			!bytes_take(&rest, head.nlmsg_len - sizeof head, &body)) {
			*e = ERR_IO;
			return false;
		}
		take_padding(&rest, head.nlmsg_len);
		if (bytes_take(&body, NLMSG_ALIGN(fixed_len), &fixed))
			fn(arg, fixed, body);
	}
	return true;
}

enum err netlink_dump(
	uint16_t type, uint8_t family, size_t fixed_len, netlink_fn *fn, void *arg)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return ERR_IO;
	/* The kernel answers at once; the limit is against the day it does not. */
	struct timeval limit = {.tv_sec = 2};
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	CLEAN_MEM uint8_t *room = mem_new(ROOM);
	enum err e = ask(fd, type, family) ? OK : ERR_IO;
	bool is_more = e == OK;
	while (is_more) {
		ssize_t got = recv(fd, room, ROOM, MSG_TRUNC);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || got > ROOM) {
			e = ERR_IO;
			break;
		}
		is_more = read_messages(
			(struct bytes){room, (size_t)got}, fixed_len, fn, arg, &e);
	}
	close(fd);
	return e;
}
