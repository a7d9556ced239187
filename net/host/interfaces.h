/*
 * The addresses of this machine, word of their changes, and which network this is.
 *
 * Source: rtnetlink(7).
 */
#ifndef KITH_HOST_INTERFACES_H
#define KITH_HOST_INTERFACES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "net/host/tcp.h"

/* One address on one interface that is up. A value. Tentative addresses are not listed:
 * nobody can be reached there yet. */
struct interface_address {
	unsigned interface; /* its index */
	char name[16];
	bool is_v6;
	uint8_t ip[16]; /* the first 4 for IPv4, the rest zero */
	uint8_t prefix_len;
	bool is_loopback;   /* of the interface, as the next */
	bool has_multicast; /* and so, or being the loopback, fit for mDNS */
	bool is_link_local;
	bool is_eui64;      /* an IPv6 address that tells the hardware address */
	bool is_deprecated; /* a temporary address on its way out */
};

/* In the order of interface, IP version, address. `out` is the caller's: mem_free().
 * Errors: ERR_IO. */
MUST_USE enum err interfaces_list(struct interface_address **out, size_t *count);

/* Whether the list has this address: whether what was bound to it still leads anywhere.
 */
bool interfaces_have(
	const struct interface_address *all, size_t count, const struct address *own);

/* A descriptor that becomes readable when links, addresses or routes change. The caller
 * closes it. Errors: ERR_IO. */
MUST_USE enum err interfaces_watch(int *fd);

/* Read off what the watch has to say. True when there was something: changes come in
 * bursts, so wait a moment, then compare lists. */
bool interfaces_changed(int fd);

/* Which network an interface is in: where addresses learnt there may be dialled again. */
struct network {
	uint8_t b[16];
};

/*
 * The network behind an interface: a hash of the default gateway's address and hardware
 * address and the prefix it stands in; where there is no gateway (two laptops and a
 * cable, a hotspot without internet), of the prefix. 192.168.1.0/24 behind 192.168.1.1 is
 * half the world's homes, so without the gateway's hardware address there is no answer:
 * dialling remembered addresses in a foreign network would name this laptop (SECURITY
 * §3.2).
 *
 * False for the loopback, for a network of link-local addresses alone, and while the
 * machine has not yet spoken with its gateway. Nothing is sent to find out: ask again.
 */
bool network_of(unsigned interface, struct network *out);

/* The network this connection's own end stands in; false as above. */
bool network_of_socket(int fd, struct network *out);

/* Those of all interfaces; at most `max`. `all_named` (may be NULL): whether there is
 * none beside them that could be any network, by network_of(). Interfaces without
 * multicast do not count: nothing is published on them. */
size_t networks_now(struct network *out, size_t max, bool *all_named);

#endif
