#include "net/host/doctor_echo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/host/loop.h"

#define PORT       5353
#define OTHERS_MAX 64
#define PACKETS    256 /* of one wake; more come again */

/* PTR _services._dns-sd._udp.local, class IN. */
static const uint8_t question[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, /* the header */
	9, '_', 's', 'e', 'r', 'v', 'i', 'c', 'e', 's', 7, '_', 'd', 'n', 's', '-', 's',
	'd', 4, '_', 'u', 'd', 'p', 5, 'l', 'o', 'c', 'a', 'l', 0, 0, 12, 0, 1};

struct ear {
	struct echo *echo;
	struct doctor_interface *interface;
	bool is_v6;
	int fd;
	struct loop_fd *watch;
};

struct echo {
	struct doctor_facts *facts;
	const struct interface_address *own;
	size_t own_count;
	struct ear ears[DOCTOR_INTERFACES];
	size_t count;
	struct address others[OTHERS_MAX];
	size_t other_count;
};

static bool set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/* Only what comes on this interface, and what we send comes back. */
static bool join_v4(int fd, unsigned index)
{
	struct ip_mreqn group = {.imr_ifindex = (int)index};
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	inet_pton(AF_INET, "224.0.0.251", &group.imr_multiaddr);
	return bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
	       set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) &&
	       set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1) &&
	       set(fd, IPPROTO_IP, IP_MULTICAST_TTL, 255) &&
	       setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0 &&
	       setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) == 0;
}

static bool join_v6(int fd, unsigned index)
{
	struct ipv6_mreq group = {.ipv6mr_interface = index};
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	inet_pton(AF_INET6, "ff02::fb", &group.ipv6mr_multiaddr);
	return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	       bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255) &&
	       setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group) == 0 &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)index);
}

static int open_ear(bool is_v6, unsigned index)
{
	int fd = socket(
		is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
		set(fd, SOL_SOCKET, SO_REUSEPORT, 1) &&
		(is_v6 ? join_v6(fd, index) : join_v4(fd, index)))
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool is_own(const struct echo *echo, const struct address *from)
{
	return interfaces_have(echo->own, echo->own_count, from);
}

static void note_other(struct echo *echo, const struct address *from)
{
	for (size_t i = 0; i < echo->other_count; i++)
		if (address_same_host(&echo->others[i], from))
			return;
	if (echo->other_count < OTHERS_MAX)
		echo->others[echo->other_count++] = *from;
	echo->facts->others_heard = echo->other_count;
}

static void on_packet(void *arg, int fd, short happened)
{
	struct ear *ear = arg;
	(void)happened;
	for (unsigned i = 0; i < PACKETS; i++) {
		uint8_t packet[sizeof question + 1];
		struct address from = {0};
		socklen_t len = sizeof from.at;
		ssize_t got = recvfrom(fd, packet, sizeof packet, 0, &from.at.any, &len);
		if (got < 0)
			return;
		if (!is_own(ear->echo, &from))
			note_other(ear->echo, &from);
		else if (got == (ssize_t)sizeof question &&
			 memcmp(packet, question, sizeof question) == 0)
			ear->interface->echo = ECHO_HEARD;
	}
}

static void ask(struct ear *ear)
{
	struct address group = {0};
	socklen_t len;
	if (ear->is_v6) {
		group.at.v6 = (struct sockaddr_in6){
			.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
		inet_pton(AF_INET6, "ff02::fb", &group.at.v6.sin6_addr);
		group.at.v6.sin6_scope_id = if_nametoindex(ear->interface->name);
		len = sizeof group.at.v6;
	} else {
		group.at.v4 = (struct sockaddr_in){
			.sin_family = AF_INET, .sin_port = htons(PORT)};
		inet_pton(AF_INET, "224.0.0.251", &group.at.v4.sin_addr);
		len = sizeof group.at.v4;
	}
	bool sent = sendto(ear->fd, question, sizeof question, 0, &group.at.any, len) > 0;
	if (ear->interface->echo == ECHO_UNTRIED)
		ear->interface->echo = sent ? ECHO_LOST : ECHO_UNSENT;
}

static void add_ear(struct echo *echo, struct loop *loop,
	struct doctor_interface *interface, bool is_v6)
{
	unsigned index = if_nametoindex(interface->name);
	struct ear *ear = &echo->ears[echo->count];
	int fd = index != 0 ? open_ear(is_v6, index) : -1;
	if (fd < 0) {
		if (errno == EADDRINUSE)
			interface->echo = ECHO_TAKEN;
		return;
	}
	*ear = (struct ear){
		.echo = echo, .interface = interface, .is_v6 = is_v6, .fd = fd};
	ear->watch = loop_add_fd(loop, fd, POLLIN, on_packet, ear);
	echo->count++;
	ask(ear);
}

/* By IPv4 where it has that: every network does. */
static bool has_v4(const struct echo *echo, const char *name)
{
	for (size_t i = 0; i < echo->own_count; i++)
		if (!echo->own[i].is_v6 && strcmp(echo->own[i].name, name) == 0)
			return true;
	return false;
}

struct echo *echo_new(struct loop *loop, struct doctor_facts *facts,
	const struct interface_address *own, size_t own_count)
{
	struct echo *echo = mem_new(sizeof *echo);
	*echo = (struct echo){.facts = facts, .own = own, .own_count = own_count};
	for (size_t i = 0; i < facts->interface_count; i++) {
		struct doctor_interface *interface = &facts->interfaces[i];
		if (interface->is_up && !interface->is_loopback &&
			interface->has_multicast &&
			(interface->has_address || interface->has_link_local_v4))
			add_ear(echo, loop, interface, !has_v4(echo, interface->name));
	}
	return echo;
}

void echo_again(struct echo *echo)
{
	for (size_t i = 0; i < echo->count; i++)
		ask(&echo->ears[i]);
}

void echo_free(struct echo *echo)
{
	for (size_t i = 0; i < echo->count; i++) {
		loop_remove(echo->ears[i].watch);
		close(echo->ears[i].fd);
	}
	mem_free(echo);
}
