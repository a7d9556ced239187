#include "net/host/interfaces.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/crypto/keys.h"
#include "net/host/netlink.h"

/* A machine with containers has some dozens; what is beyond is left out. */
#define LINKS_MAX     256
#define ADDRESSES_MAX 1024

/* ---- Links and addresses */

struct link_facts {
	unsigned index, flags;
	char name[16];
};

struct list {
	struct link_facts *links;
	size_t link_count, link_cap;
	struct interface_address *addresses;
	size_t count, cap;
};

static void take_link(void *arg, struct bytes fixed, struct bytes rest)
{
	struct list *list = arg;
	struct ifinfomsg info;
	if (list->link_count >= LINKS_MAX || !bytes_take_into(&fixed, &info, sizeof info))
		return;
	struct link_facts link = {
		.index = (unsigned)info.ifi_index, .flags = info.ifi_flags};
	uint16_t type;
	struct bytes value;
	while (netlink_attribute(&rest, &type, &value))
		if (type == IFLA_IFNAME && value.len <= sizeof link.name)
			memcpy(link.name, value.at, value.len);
	link.name[sizeof link.name - 1] = '\0';
	list->links = mem_grow(
		list->links, list->link_count, &list->link_cap, sizeof *list->links);
	list->links[list->link_count++] = link;
}

static const struct link_facts *find_link(const struct list *list, unsigned index)
{
	for (size_t i = 0; i < list->link_count; i++)
		if (list->links[i].index == index)
			return &list->links[i];
	return NULL;
}

/* What the bits of an address say by themselves. */
static void read_bits(struct interface_address *a)
{
	if (a->is_v6) {
		a->is_link_local = a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80;
		a->is_eui64 = a->ip[11] == 0xff && a->ip[12] == 0xfe;
	} else {
		a->is_link_local = a->ip[0] == 169 && a->ip[1] == 254;
	}
}

/* The own address is IFA_LOCAL; only IPv6 that is not point to point leaves it out. */
static bool take_own(struct bytes rest, size_t len, uint8_t ip[16], uint32_t *flags)
{
	bool has_local = false, has_any = false;
	uint16_t type;
	struct bytes value;
	while (netlink_attribute(&rest, &type, &value)) {
		if (type == IFA_FLAGS)
			*flags = netlink_u32(value);
		if (value.len != len || (type != IFA_LOCAL && type != IFA_ADDRESS))
			continue;
		if (type == IFA_LOCAL || !has_local)
			memcpy(ip, value.at, len);
		has_local = has_local || type == IFA_LOCAL;
		has_any = true;
	}
	return has_any;
}

static void take_address(void *arg, struct bytes fixed, struct bytes rest)
{
	struct list *list = arg;
	struct ifaddrmsg info;
	if (list->count >= ADDRESSES_MAX ||
		!bytes_take_into(&fixed, &info, sizeof info) ||
		(info.ifa_family != AF_INET && info.ifa_family != AF_INET6))
		return;
	const struct link_facts *link = find_link(list, info.ifa_index);
	if (link == NULL || (link->flags & IFF_UP) == 0)
		return;
	struct interface_address a = {.interface = info.ifa_index,
		.is_v6 = info.ifa_family == AF_INET6,
		.prefix_len = info.ifa_prefixlen,
		.is_loopback = (link->flags & IFF_LOOPBACK) != 0,
		.has_multicast = (link->flags & IFF_MULTICAST) != 0};
	uint32_t flags = info.ifa_flags;
	if (!take_own(rest, a.is_v6 ? 16 : 4, a.ip, &flags) ||
		(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0)
		return;
	memcpy(a.name, link->name, sizeof a.name);
	a.is_deprecated = (flags & IFA_F_DEPRECATED) != 0;
	read_bits(&a);
	list->addresses = mem_grow(
		list->addresses, list->count, &list->cap, sizeof *list->addresses);
	list->addresses[list->count++] = a;
}

static int compare_addresses(const void *left, const void *right)
{
	const struct interface_address *a = left, *b = right;
	if (a->interface != b->interface)
		return a->interface < b->interface ? -1 : 1;
	if (a->is_v6 != b->is_v6)
		return a->is_v6 ? 1 : -1;
	return memcmp(a->ip, b->ip, sizeof a->ip);
}

enum err interfaces_list(struct interface_address **out, size_t *count)
{
	struct list list = {0};
	enum err e = netlink_dump(
		RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg), take_link, &list);
	if (e == OK)
		e = netlink_dump(RTM_GETADDR, AF_UNSPEC, sizeof(struct ifaddrmsg),
			take_address, &list);
	mem_free(list.links);
	if (e != OK) {
		mem_free(list.addresses);
		return e;
	}
	if (list.count > 1)
		qsort(list.addresses, list.count, sizeof *list.addresses,
			compare_addresses);
	*out = list.addresses;
	*count = list.count;
	return OK;
}

static bool is_address(const struct interface_address *a, const struct address *own)
{
	if (own->at.any.sa_family == AF_INET)
		return !a->is_v6 && memcmp(a->ip, &own->at.v4.sin_addr, 4) == 0;
	uint32_t scope = own->at.v6.sin6_scope_id;
	return a->is_v6 && memcmp(a->ip, &own->at.v6.sin6_addr, 16) == 0 &&
	       (scope == 0 || scope == a->interface);
}

bool interfaces_have(
	const struct interface_address *all, size_t count, const struct address *own)
{
	for (size_t i = 0; i < count; i++)
		if (is_address(&all[i], own))
			return true;
	return false;
}

enum err interfaces_watch(int *fd)
{
	struct sockaddr_nl all = {.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
			     RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE};
	int sock = socket(
		AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (sock < 0)
		return ERR_IO;
	if (bind(sock, (struct sockaddr *)&all, sizeof all) != 0) {
		close(sock);
		return ERR_IO;
	}
	*fd = sock;
	return OK;
}

bool interfaces_changed(int fd)
{
	uint8_t some[64]; /* the rest of the datagram is cut off: nobody reads it */
	bool changed = false;
	for (;;) {
		ssize_t got = recv(fd, some, sizeof some, 0);
		if (got >= 0 || errno == ENOBUFS) /* ENOBUFS: there was more than fits */
			changed = true;
		else if (errno != EINTR)
			return changed;
	}
}

/* ---- Which network */

/* The default gateway of one interface and one IP version. */
struct gateway {
	unsigned interface;
	size_t ip_len; /* 4 or 16 */
	uint8_t ip[16];
	uint32_t metric;
	bool is_found;
	uint8_t hardware[32];
	size_t hardware_len; /* 0: not known to this machine now */
};

static void take_route(void *arg, struct bytes fixed, struct bytes rest)
{
	struct gateway *gateway = arg;
	struct rtmsg route;
	if (!bytes_take_into(&fixed, &route, sizeof route) || route.rtm_dst_len != 0 ||
		route.rtm_type != RTN_UNICAST)
		return;
	uint32_t table = route.rtm_table, interface = 0, metric = 0;
	struct bytes ip = {0}, value;
	uint16_t type;
	while (netlink_attribute(&rest, &type, &value)) {
		if (type == RTA_TABLE)
			table = netlink_u32(value);
		else if (type == RTA_OIF)
			interface = netlink_u32(value);
		else if (type == RTA_PRIORITY)
			metric = netlink_u32(value);
		else if (type == RTA_GATEWAY)
			ip = value;
	}
	if (table != RT_TABLE_MAIN || ip.len == 0 || interface != gateway->interface ||
		ip.len != gateway->ip_len ||
		(gateway->is_found && metric >= gateway->metric))
		return;
	gateway->is_found = true;
	gateway->metric = metric;
	memcpy(gateway->ip, ip.at, ip.len);
}

static void take_neighbour(void *arg, struct bytes fixed, struct bytes rest)
{
	struct gateway *gateway = arg;
	struct ndmsg neighbour;
	if (!bytes_take_into(&fixed, &neighbour, sizeof neighbour) ||
		(unsigned)neighbour.ndm_ifindex != gateway->interface ||
		(neighbour.ndm_state & (NUD_INCOMPLETE | NUD_FAILED)) != 0)
		return;
	struct bytes ip = {0}, hardware = {0}, value;
	uint16_t type;
	while (netlink_attribute(&rest, &type, &value)) {
		if (type == NDA_DST)
			ip = value;
		else if (type == NDA_LLADDR)
			hardware = value;
	}
	if (hardware.len == 0 || hardware.len > sizeof gateway->hardware ||
		!bytes_equal(ip, (struct bytes){gateway->ip, gateway->ip_len}))
		return;
	memcpy(gateway->hardware, hardware.at, hardware.len);
	gateway->hardware_len = hardware.len;
}

static struct gateway find_gateway(unsigned interface, uint8_t family)
{
	struct gateway gateway = {
		.interface = interface, .ip_len = family == AF_INET6 ? 16 : 4};
	if (netlink_dump(RTM_GETROUTE, family, sizeof(struct rtmsg), take_route,
		    &gateway) != OK ||
		!gateway.is_found)
		return (struct gateway){0};
	if (netlink_dump(RTM_GETNEIGH, family, sizeof(struct ndmsg), take_neighbour,
		    &gateway) != OK)
		gateway.hardware_len = 0;
	return gateway;
}

/* The network part of an address: its version, its length, its bits. */
struct prefix {
	uint8_t b[18];
};

static struct prefix prefix_of(const struct interface_address *a)
{
	struct prefix prefix = {.b = {a->is_v6 ? 6 : 4, a->prefix_len}};
	for (size_t i = 0; i < 16; i++) {
		size_t bits = a->prefix_len > 8 * i ? a->prefix_len - 8 * i : 0;
		uint8_t mask = bits >= 8 ? 0xff : (uint8_t)(0xff00 >> bits);
		prefix.b[2 + i] = a->ip[i] & mask;
	}
	return prefix;
}

static bool contains(const struct interface_address *a, const struct gateway *gateway)
{
	struct interface_address b = *a;
	if (a->is_v6 != (gateway->ip_len == 16))
		return false;
	memcpy(b.ip, gateway->ip, gateway->ip_len);
	struct prefix x = prefix_of(a), y = prefix_of(&b);
	return memcmp(&x, &y, sizeof x) == 0;
}

/* The prefix the gateway stands in; without a gateway the first that is more than the
 * link's own. All zero where there is none. */
static struct prefix find_prefix(unsigned interface, const struct gateway *gateway,
	const struct interface_address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct interface_address *a = &addresses[i];
		if (a->interface != interface)
			continue;
		if (gateway->is_found ? contains(a, gateway) : !a->is_link_local)
			return prefix_of(a);
	}
	return (struct prefix){{0}};
}

static bool name_network(unsigned interface, const struct interface_address *addresses,
	size_t count, struct network *out)
{
	struct gateway gateway = find_gateway(interface, AF_INET);
	if (!gateway.is_found)
		gateway = find_gateway(interface, AF_INET6);
	if (gateway.is_found && gateway.hardware_len == 0)
		return false;
	struct prefix prefix = find_prefix(interface, &gateway, addresses, count);
	if (!gateway.is_found && prefix.b[0] == 0)
		return false;
	/* Each part but the last has one length. */
	struct bytes parts[] = {BYTES_OF(prefix.b), BYTES_OF(gateway.ip),
		{gateway.hardware, gateway.hardware_len}};
	struct hash hash = hash_of("kith/network/1", parts, 3);
	memcpy(out->b, hash.b, sizeof out->b);
	return true;
}

static const struct interface_address *on_interface(
	const struct interface_address *addresses, size_t count, unsigned interface)
{
	for (size_t i = 0; i < count; i++)
		if (addresses[i].interface == interface && !addresses[i].is_loopback)
			return &addresses[i];
	return NULL;
}

bool network_of(unsigned interface, struct network *out)
{
	CLEAN_MEM struct interface_address *addresses = NULL;
	size_t count;
	return interfaces_list(&addresses, &count) == OK &&
	       on_interface(addresses, count, interface) != NULL &&
	       name_network(interface, addresses, count, out);
}

bool network_of_socket(int fd, struct network *out)
{
	CLEAN_MEM struct interface_address *addresses = NULL;
	size_t count;
	struct address own;
	if (!tcp_own(fd, &own) || interfaces_list(&addresses, &count) != OK)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!addresses[i].is_loopback && is_address(&addresses[i], &own))
			return name_network(
				addresses[i].interface, addresses, count, out);
	return false;
}

size_t networks_now(struct network *out, size_t max, bool *all_named)
{
	CLEAN_MEM struct interface_address *addresses = NULL;
	size_t count = 0, found = 0;
	unsigned last = 0;
	bool is_named = interfaces_list(&addresses, &count) == OK;
	for (size_t i = 0; i < count; i++) {
		if (addresses[i].interface == last || addresses[i].is_loopback)
			continue;
		last = addresses[i].interface;
		if (found < max && name_network(last, addresses, count, &out[found]))
			found++;
		else
			is_named = is_named && !addresses[i].has_multicast;
	}
	if (all_named != NULL)
		*all_named = is_named;
	return found;
}
