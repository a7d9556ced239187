#include "net/host/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/tr.h"

/* ---- Addresses */

static socklen_t size_of(const struct address *address)
{
	return address->at.any.sa_family == AF_INET6 ? sizeof address->at.v6
						     : sizeof address->at.v4;
}

/* ::ffff:a.b.c.d is IPv4 as a socket for both versions tells it. */
static void unmap(struct address *address)
{
	if (address->at.any.sa_family != AF_INET6 ||
		!IN6_IS_ADDR_V4MAPPED(&address->at.v6.sin6_addr))
		return;
	struct address v4 = {
		.at.v4 = {.sin_family = AF_INET, .sin_port = address->at.v6.sin6_port}};
	memcpy(&v4.at.v4.sin_addr, address->at.v6.sin6_addr.s6_addr + 12, 4);
	*address = v4;
}

uint16_t address_port(const struct address *address)
{
	return ntohs(address->at.any.sa_family == AF_INET6 ? address->at.v6.sin6_port
							   : address->at.v4.sin_port);
}

static void set_port(struct address *address, uint16_t port)
{
	if (address->at.any.sa_family == AF_INET6)
		address->at.v6.sin6_port = htons(port);
	else
		address->at.v4.sin_port = htons(port);
}

bool address_same_host(const struct address *a, const struct address *b)
{
	if (a->at.any.sa_family != b->at.any.sa_family)
		return false;
	if (a->at.any.sa_family == AF_INET)
		return a->at.v4.sin_addr.s_addr == b->at.v4.sin_addr.s_addr;
	return a->at.v6.sin6_scope_id == b->at.v6.sin6_scope_id &&
	       memcmp(&a->at.v6.sin6_addr, &b->at.v6.sin6_addr, 16) == 0;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return address_same_host(a, b) && address_port(a) == address_port(b);
}

bool address_is_loopback(const struct address *address)
{
	if (address->at.any.sa_family == AF_INET)
		return ntohl(address->at.v4.sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&address->at.v6.sin6_addr);
}

void address_text(const struct address *address, char out[ADDRESS_TEXT])
{
	char host[INET6_ADDRSTRLEN];
	if (address->at.any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &address->at.v4.sin_addr, host, sizeof host);
		snprintf(out, ADDRESS_TEXT, "%s:%u", host, address_port(address));
		return;
	}
	char name[IF_NAMESIZE] = "";
	inet_ntop(AF_INET6, &address->at.v6.sin6_addr, host, sizeof host);
	uint32_t scope = address->at.v6.sin6_scope_id;
	if (scope != 0 && if_indextoname(scope, name) == NULL)
		snprintf(name, sizeof name, "%u", scope);
	snprintf(out, ADDRESS_TEXT, "[%.39s%s%.15s]:%u", host, scope != 0 ? "%" : "",
		name, address_port(address));
}

/* What people typed, taken apart. */
struct typed {
	char host[256]; /* a DNS name has at most 253 characters */
	bool is_v6;     /* it stood in brackets, or has more than one colon */
	uint16_t port;
};

static enum err read_port(
	const char *text, const char *whole, uint16_t *out, struct why *why)
{
	unsigned port = 0;
	size_t len = strlen(text);
	bool is_good = len >= 1 && len <= 5 && strspn(text, "0123456789") == len;
	for (size_t i = 0; is_good && i < len; i++)
		port = port * 10 + (unsigned)(text[i] - '0');
	if (!is_good || port > 65535)
		return because(why, ERR_INVALID,
			"the port in \"%s\" is not a number from 0 to 65535", whole);
	*out = (uint16_t)port;
	return OK;
}

static enum err take_apart(const char *text, struct typed *out, struct why *why)
{
	*out = (struct typed){.port = TCP_PORT};
	const char *host = text, *end, *rest;
	const char *colon = strchr(text, ':');
	if (text[0] == '[') {
		out->is_v6 = true;
		host = text + 1;
		end = strchr(host, ']');
		if (end == NULL)
			return because(why, ERR_INVALID,
				"\"%s\" has a [ and no ]: an IPv6 address is written "
				"[fe80::1%%eth0]:25484",
				text);
		rest = end + 1;
	} else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
		out->is_v6 = true;
		rest = end = text + strlen(text);
	} else {
		rest = end = colon != NULL ? colon : text + strlen(text);
	}
	size_t len = (size_t)(end - host);
	if (len == 0 || len >= sizeof out->host)
		return because(why, ERR_INVALID,
			"\"%.80s\" names no machine: an address is written "
			"192.168.1.20:25484",
			text);
	memcpy(out->host, host, len);
	if (*rest == '\0')
		return OK;
	if (*rest != ':')
		return because(why, ERR_INVALID,
			"after the ] of \"%.80s\" only a : and the port may follow",
			text);
	return read_port(rest + 1, text, &out->port, why);
}

static enum err read_v6(struct typed *typed, struct address *out, struct why *why)
{
	char *percent = strchr(typed->host, '%');
	if (percent != NULL)
		*percent = '\0';
	struct address v6 = {.at.v6 = {.sin6_family = AF_INET6}};
	if (inet_pton(AF_INET6, typed->host, &v6.at.v6.sin6_addr) != 1)
		return because(why, ERR_INVALID, "\"%.80s\" is not an IPv6 address",
			typed->host);
	if (percent != NULL) {
		v6.at.v6.sin6_scope_id = if_nametoindex(percent + 1);
		if (v6.at.v6.sin6_scope_id == 0)
			return because(why, ERR_NOT_FOUND,
				"this machine has no network interface \"%.40s\"",
				percent + 1);
	} else if (IN6_IS_ADDR_LINKLOCAL(&v6.at.v6.sin6_addr)) {
		return because(why, ERR_INVALID,
			"\"%.80s\" holds on one link only: say on which interface, as in "
			"[%.80s%%eth0]:25484",
			typed->host, typed->host);
	}
	unmap(&v6);
	*out = v6;
	return OK;
}

static bool is_name(const char *host)
{
	size_t len = strlen(host);
	return len <= 253 &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789.-_") == len &&
	       strspn(host, "0123456789.") != len;
}

static enum err look_up_name(const char *host, struct address *out, struct why *why)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	int failed = getaddrinfo(host, NULL, &hints, &found);
	if (failed != 0)
		return because(why, ERR_NOT_FOUND,
			"no machine is known by the name \"%s\" (%s): give its number, "
			"as "
			"in 192.168.1.20:25484",
			host, gai_strerror(failed));
	struct address address = {0};
	memcpy(&address.at, found->ai_addr,
		found->ai_addrlen < sizeof address.at ? found->ai_addrlen
						      : sizeof address.at);
	freeaddrinfo(found);
	unmap(&address);
	*out = address;
	return OK;
}

static enum err read_host(
	struct typed *typed, bool look_up, struct address *out, struct why *why)
{
	if (typed->is_v6)
		return read_v6(typed, out, why);
	struct address v4 = {.at.v4 = {.sin_family = AF_INET}};
	if (inet_pton(AF_INET, typed->host, &v4.at.v4.sin_addr) == 1) {
		*out = v4;
		return OK;
	}
	if (look_up && is_name(typed->host))
		return look_up_name(typed->host, out, why);
	return because(why, ERR_INVALID,
		"\"%.80s\" is not the address of a machine: write it as in "
		"192.168.1.20:25484",
		typed->host);
}

enum err address_read(
	const char *text, bool look_up, struct address *out, struct why *why)
{
	struct typed typed;
	struct address address = {0};
	enum err e = take_apart(text, &typed, why);
	if (e == OK)
		e = read_host(&typed, look_up, &address, why);
	if (e != OK)
		return e;
	set_port(&address, typed.port);
	*out = address;
	return OK;
}

/* ---- Connections */

static void set_option(int fd, int level, int option, int value)
{
	/* What a kernel does not know only costs comfort. */
	(void)setsockopt(fd, level, option, &value, sizeof value);
}

/* A partner whose laptop was closed says nothing: after 30 s without a sign of life the
 * connection is over, be it idle (keepalive: 15 s, then 3 × 5 s) or with bytes on the way
 * (user timeout). Frames are small and wait for each other, so they are sent at once. */
static void tune(int fd)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
	set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);
}

static int new_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* errno of the failure, 0 when it listens; then `fd` is set. */
static int listen_at(const struct address *at, bool both, int *fd)
{
	int sock = new_socket(at->at.any.sa_family);
	if (sock < 0)
		return errno;
	set_option(sock, SOL_SOCKET, SO_REUSEADDR, 1);
	if (at->at.any.sa_family == AF_INET6)
		set_option(sock, IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1);
	if (bind(sock, &at->at.any, size_of(at)) != 0 || listen(sock, 16) != 0) {
		int failed = errno;
		close(sock);
		return failed;
	}
	*fd = sock;
	return 0;
}

/* Both versions in one socket, or IPv4 where there is no IPv6 (switched off at boot, or
 * by sysctl). */
static int listen_everywhere(uint16_t port, int *fd)
{
	struct address v6 = {
		.at.v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT}};
	struct address v4 = {.at.v4 = {.sin_family = AF_INET}};
	set_port(&v6, port);
	set_port(&v4, port);
	int failed = listen_at(&v6, true, fd);
	if (failed == EAFNOSUPPORT || failed == EADDRNOTAVAIL)
		failed = listen_at(&v4, false, fd);
	return failed;
}

static enum err say_listen(int failed, const struct address *at, struct why *why)
{
	char text[ADDRESS_TEXT];
	if (at != NULL)
		address_text(at, text);
	else
		snprintf(text, sizeof text, "%s", tr("any address"));
	switch (failed) {
	case EADDRINUSE:
		return because(why, ERR_BUSY,
			"another program listens on %s: choose another port, or 0 for a "
			"free one",
			text);
	case EADDRNOTAVAIL:
		return because(why, ERR_INVALID, "this machine has no address %s", text);
	case EACCES:
	case EPERM:
		return because(why, ERR_REFUSED,
			"this user may not listen on %s: ports below 1024 are the "
			"system's",
			text);
	default:
		return because(
			why, ERR_IO, "cannot listen on %s: %s", text, strerror(failed));
	}
}

enum err tcp_listen(const struct address *at, int *fd, uint16_t *port, struct why *why)
{
	int sock = -1, failed;
	if (at != NULL) {
		failed = listen_at(at, false, &sock);
	} else {
		failed = listen_everywhere(TCP_PORT, &sock);
		if (failed == EADDRINUSE)
			failed = listen_everywhere(0, &sock);
	}
	if (failed != 0)
		return say_listen(failed, at, why);
	struct address own;
	if (!tcp_own(sock, &own)) {
		close(sock);
		return because(why, ERR_IO, "cannot tell the port of the listener");
	}
	*fd = sock;
	*port = address_port(&own);
	return OK;
}

enum err tcp_accept(int listener, int *fd)
{
	*fd = -1;
	int sock = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (sock >= 0) {
		tune(sock);
		*fd = sock;
		return OK;
	}
	switch (errno) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return ERR_FULL;
	case EBADF:
	case EINVAL:
	case ENOTSOCK:
	case EOPNOTSUPP:
		return ERR_IO;
	default:
		/* None waits, or accept(2) hands on what befell that one connection. */
		return ERR_NOT_FOUND;
	}
}

static enum err say_dial(int failed, const char *to, struct why *why)
{
	switch (failed) {
	case ECONNREFUSED:
		return because(
			why, ERR_NOT_REACHED, "%s is there, but no kith listens", to);
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EADDRNOTAVAIL:
		return because(why, ERR_NOT_REACHED, "no way leads to %s from here", to);
	case ETIMEDOUT:
		return because(why, ERR_NOT_REACHED,
			"%s does not answer: it is off, elsewhere, or a firewall or the "
			"Wi-Fi keeps you apart",
			to);
	default:
		return because(why, ERR_NOT_REACHED, "cannot reach %s: %s", to,
			strerror(failed));
	}
}

enum err tcp_dial(const struct address *to, int *fd, struct why *why)
{
	char text[ADDRESS_TEXT];
	address_text(to, text);
	*fd = -1;
	int sock = new_socket(to->at.any.sa_family);
	if (sock < 0)
		return say_dial(errno, text, why);
	tune(sock);
	if (connect(sock, &to->at.any, size_of(to)) != 0 && errno != EINPROGRESS &&
		errno != EINTR) {
		int failed = errno;
		close(sock);
		return say_dial(failed, text, why);
	}
	*fd = sock;
	return OK;
}

enum err tcp_dial_done(int fd, struct why *why)
{
	char text[ADDRESS_TEXT];
	int failed = 0;
	socklen_t len = sizeof failed;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) != 0)
		failed = errno;
	if (failed == 0)
		return OK;
	tcp_peer_text(fd, text);
	return say_dial(failed, strcmp(text, "?") == 0 ? tr("the machine") : text, why);
}

static enum err broken(int failed)
{
	switch (failed) {
	case ECONNRESET:
	case EPIPE:
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case ENOTCONN:
	case ECONNABORTED:
	case ECONNREFUSED:
		return ERR_CLOSED;
	default:
		return ERR_IO;
	}
}

static bool is_later(int failed)
{
	return failed == EAGAIN || failed == EWOULDBLOCK || failed == EINTR;
}

enum err tcp_read(int fd, struct buf *in, size_t max, size_t *got)
{
	uint8_t chunk[16384];
	*got = 0;
	while (*got < max) {
		size_t room = max - *got < sizeof chunk ? max - *got : sizeof chunk;
		ssize_t len = recv(fd, chunk, room, 0);
		if (len == 0)
			return ERR_CLOSED;
		if (len < 0)
			return is_later(errno) ? OK : broken(errno);
		buf_add_raw(in, chunk, (size_t)len);
		*got += (size_t)len;
		if ((size_t)len < room)
			return OK;
	}
	return OK;
}

enum err tcp_write(int fd, struct buf *out)
{
	size_t sent = 0;
	enum err e = OK;
	while (sent < out->len) {
		ssize_t len = send(fd, out->at + sent, out->len - sent, MSG_NOSIGNAL);
		if (len < 0) {
			e = is_later(errno) ? OK : broken(errno);
			break;
		}
		sent += (size_t)len;
	}
	buf_drop_front(out, sent);
	return e;
}

enum err tcp_end(int fd)
{
	return shutdown(fd, SHUT_WR) == 0 ? OK : ERR_CLOSED;
}

bool tcp_peer(int fd, struct address *out)
{
	struct address address = {0};
	socklen_t len = sizeof address.at;
	if (getpeername(fd, &address.at.any, &len) != 0)
		return false;
	unmap(&address);
	*out = address;
	return true;
}

bool tcp_own(int fd, struct address *out)
{
	struct address address = {0};
	socklen_t len = sizeof address.at;
	if (getsockname(fd, &address.at.any, &len) != 0)
		return false;
	unmap(&address);
	*out = address;
	return true;
}

void tcp_peer_text(int fd, char out[ADDRESS_TEXT])
{
	struct address peer;
	if (tcp_peer(fd, &peer))
		address_text(&peer, out);
	else
		snprintf(out, ADDRESS_TEXT, "?");
}
