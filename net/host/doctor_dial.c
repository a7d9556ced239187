#include "net/host/doctor_dial.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/host/clock.h"
#include "net/protocol/wire.h"

struct call {
	struct doctor_address *address;
	int fd; /* -1: decided */
	bool is_connected;
};

static enum doctor_dial meaning(int error)
{
	switch (error) {
	case ECONNREFUSED:
	case ECONNRESET:
		return DIAL_REFUSED;
	case ENETUNREACH:
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
	case EINVAL:
		return DIAL_NO_WAY;
	default: /* EHOSTUNREACH: it does not even answer who has the address */
		return DIAL_SILENT;
	}
}

static void decide(struct call *call, enum doctor_dial dial)
{
	call->address->dial = dial;
	if (call->fd >= 0)
		close(call->fd);
	call->fd = -1;
}

static void begin(struct call *call)
{
	struct address to;
	call->fd = -1;
	if (address_read(call->address->text, false, &to, NULL) != OK)
		return;
	int family = to.at.any.sa_family;
	call->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (call->fd < 0) {
		decide(call, meaning(errno));
		return;
	}
	socklen_t len = family == AF_INET ? sizeof to.at.v4 : sizeof to.at.v6;
	call->is_connected = connect(call->fd, &to.at.any, len) == 0;
	if (!call->is_connected && errno != EINPROGRESS)
		decide(call, meaning(errno));
	else if (call->is_connected && call->address->only_connect)
		decide(call, DIAL_ANSWERED);
}

static void go_on(struct call *call)
{
	int error = 0;
	socklen_t len = sizeof error;
	if (getsockopt(call->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0) {
		decide(call, meaning(error));
		return;
	}
	if (!call->is_connected) {
		call->is_connected = true;
		if (call->address->only_connect)
			decide(call, DIAL_ANSWERED);
		return;
	}
	uint8_t challenge[WIRE_CHALLENGE];
	ssize_t got = recv(call->fd, challenge, sizeof challenge, MSG_PEEK);
	if (got == (ssize_t)sizeof challenge)
		decide(call, DIAL_ANSWERED);
	else if (got == 0)
		decide(call, DIAL_STRANGER);
	else if (got < 0 && errno != EAGAIN && errno != EINTR)
		decide(call, meaning(errno));
}

/* One turn. False when all is decided. */
static bool turn(struct call *calls, size_t count, uint64_t wait_ms)
{
	struct pollfd fds[DOCTOR_FOUND + 2];
	size_t open = 0;
	for (size_t i = 0; i < count; i++) {
		fds[i] = (struct pollfd){.fd = calls[i].fd,
			.events = calls[i].is_connected ? POLLIN : POLLOUT};
		open += calls[i].fd >= 0;
	}
	if (open == 0 || poll(fds, count, (int)wait_ms) < 0)
		return open > 0;
	for (size_t i = 0; i < count; i++)
		if (calls[i].fd >= 0 && fds[i].revents != 0)
			go_on(&calls[i]);
	return true;
}

void doctor_dial(struct doctor_address *addresses, size_t count, uint64_t wait_ms)
{
	struct call calls[DOCTOR_FOUND + 2] = {0};
	uint64_t now = clock_monotonic_ms(), end = now + wait_ms;
	if (count > DOCTOR_FOUND + 2)
		count = DOCTOR_FOUND + 2;
	for (size_t i = 0; i < count; i++) {
		calls[i].address = &addresses[i];
		begin(&calls[i]);
	}
	while (now < end && turn(calls, count, end - now))
		now = clock_monotonic_ms();
	for (size_t i = 0; i < count; i++)
		if (calls[i].fd >= 0)
			decide(&calls[i],
				calls[i].is_connected ? DIAL_STRANGER : DIAL_SILENT);
}
