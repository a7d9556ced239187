/*
 * The one instance we publish with an Avahi server: its name, host name, strings, and
 * this machine's addresses, each on its own interface. Part of net/host/mdns.h.
 */
#ifndef KITH_HOST_MDNS_OWN_H
#define KITH_HOST_MDNS_OWN_H

#include <stdbool.h>

#include "net/host/interfaces.h"
#include "net/host/mdns.h"

struct AvahiServer;
struct loop_timer;
struct own;

/* `wake` is set to fire at once when own_next() has something; it is lent. */
struct own *own_new(struct loop_timer *wake);
/* Says goodbye; before the server is freed. */
void own_free(struct own *own);

/* Errors: as mdns_publish(). Nothing changes then. */
MUST_USE enum err own_want(struct own *own, const char *instance, const char *host,
	uint16_t port, const struct bytes *txt, size_t txt_count);
void own_want_nothing(struct own *own);

/* Publish what is wanted with these addresses. Nothing goes out where there is none that
 * is fit. */
void own_start(struct own *own, struct AvahiServer *server,
	const struct interface_address *addresses, size_t count);
/* Say goodbye, before the server is freed and when the addresses changed. Whoever saw
 * the old name is not to see it again: what had left this machine is then wanted no more,
 * and is told as MDNS_WITHDRAWN. */
void own_stop(struct own *own);
/* Whether it is on its way, or out. */
bool own_is_out(const struct own *own);

/* The next MDNS_PUBLISHED, MDNS_COLLISION or MDNS_WITHDRAWN. Borrowed until the next
 * call. */
bool own_next(struct own *own, struct mdns_event *out);

/* Whether an address may be published. */
bool own_is_fit(const struct interface_address *address,
	const struct interface_address *all, size_t count);

#endif
