/*
 * TCP as kith needs it: addresses as people type them, a listener on both IP versions,
 * and descriptors that never block.
 */
#ifndef KITH_HOST_TCP_H
#define KITH_HOST_TCP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

/* One constant for every installation: typed addresses and firewall rules stay valid, and
 * what all share links nobody (SECURITY §3.2). */
#define TCP_PORT 25484

/* Characters of an address as text with its NUL: "[" 39 "%" 15 "]:" 5. The same room as
 * struct partner_address has. */
#define ADDRESS_TEXT 64

/* One end of a connection. A value. An IPv4 address is kept as one, never as ::ffff:… */
struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
};

/*
 * Read "HOST:PORT", "[V6]:PORT", "[V6%INTERFACE]:PORT"; the port may be missing and is
 * TCP_PORT then. A bare IPv6 address without brackets and port is understood too.
 *
 * With `look_up` HOST may be a name, asked of the system there and then, which can take
 * seconds: for a command line, never in the node's loop. Without it only numbers pass.
 *
 * Errors: ERR_INVALID and a sentence about what is wrong with it; ERR_NOT_FOUND for a
 * name or interface that nobody knows. `out` is unchanged after one.
 */
MUST_USE enum err address_read(
	const char *text, bool look_up, struct address *out, struct why *why);
void address_text(const struct address *address, char out[ADDRESS_TEXT]);
bool address_equal(const struct address *a, const struct address *b);
bool address_same_host(const struct address *a, const struct address *b); /* any port */
uint16_t address_port(const struct address *address);
bool address_is_loopback(const struct address *address);

/*
 * Listen. `at` NULL: every address of both IP versions (IPv4 alone where the machine has
 * no IPv6) on TCP_PORT, or, where that is taken, on a free port. With `at`: there and
 * nowhere else; port 0 is a free one. `port` tells which it is. The caller closes `fd`.
 *
 * Errors: ERR_BUSY when the port asked for is taken; ERR_INVALID when this machine has no
 * such address; ERR_REFUSED when it may not; ERR_IO.
 */
MUST_USE enum err tcp_listen(
	const struct address *at, int *fd, uint16_t *port, struct why *why);

/* Take one waiting connection. Errors: ERR_NOT_FOUND when none waits (or it went away
 * again); ERR_IO when the listener is broken; ERR_FULL when descriptors have run out, and
 * the connection goes on waiting: leave the listener alone for a moment. */
MUST_USE enum err tcp_accept(int listener, int *fd);

/*
 * Begin to connect; `fd` is writable once it is decided, then ask tcp_dial_done().
 *
 * Errors: ERR_NOT_REACHED when the refusal comes at once; `fd` is -1 then.
 */
MUST_USE enum err tcp_dial(const struct address *to, int *fd, struct why *why);

/* How the dialling went. Errors: ERR_NOT_REACHED and what the network said. Closes
 * nothing. */
MUST_USE enum err tcp_dial_done(int fd, struct why *why);

/*
 * Append to `in` what has come, at most `max` bytes; `got` says how many, 0 when there is
 * nothing to read now.
 *
 * Errors: ERR_CLOSED at the end or when the connection broke; ERR_IO. What had come
 * before is in `in` all the same.
 */
MUST_USE enum err tcp_read(int fd, struct buf *in, size_t max, size_t *got);

/* Send from the front of `out` what the socket takes now, and drop it there.
 * Errors: ERR_CLOSED, ERR_IO. */
MUST_USE enum err tcp_write(int fd, struct buf *out);

/* Nothing follows from this end; the other may still speak. Errors: ERR_CLOSED. */
MUST_USE enum err tcp_end(int fd);

/* The two ends of a connection. False when it has none any more. */
bool tcp_peer(int fd, struct address *out);
bool tcp_own(int fd, struct address *out);
/* "HOST:PORT" of the other end; "?" when it has none any more. */
void tcp_peer_text(int fd, char out[ADDRESS_TEXT]);

#endif
