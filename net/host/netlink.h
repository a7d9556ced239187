/*
 * Asking the kernel's routing tables: one dump at a time, message by message.
 *
 * Source: rtnetlink(7), netlink(7).
 */
#ifndef KITH_HOST_NETLINK_H
#define KITH_HOST_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

/* One message: its fixed part (struct ifinfomsg, ifaddrmsg, rtmsg, ndmsg) borrowed, and
 * its attributes. */
typedef void netlink_fn(void *arg, struct bytes fixed, struct bytes attributes);

/*
 * Ask for a whole table (RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH) of one
 * address family (AF_UNSPEC: all); `fn` is called for each message with the fixed part of
 * `fixed_len` bytes.
 *
 * Errors: ERR_IO.
 */
MUST_USE enum err netlink_dump(
	uint16_t type, uint8_t family, size_t fixed_len, netlink_fn *fn, void *arg);

/* Take the next attribute from the front; false at the end. */
bool netlink_attribute(struct bytes *rest, uint16_t *type, struct bytes *value);

/* A number of 4 bytes as the kernel writes it; 0 when the attribute is shorter. */
uint32_t netlink_u32(struct bytes value);

#endif
