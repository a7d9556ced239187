/*
 * The instances of others that an Avahi server sees: browsed, resolved on each interface
 * for both IP versions, counted and bounded; asked for what is new with others_next().
 * Part of net/host/mdns.h, which says what an instance is.
 */
#ifndef KITH_HOST_MDNS_OTHERS_H
#define KITH_HOST_MDNS_OTHERS_H

#include <stdbool.h>

#include "net/host/mdns.h"

struct AvahiServer;
struct loop_timer;
struct others;

/* `wake` is set to fire at once when others_next() has something; it is lent. */
struct others *others_new(struct loop *loop, struct loop_timer *wake);
void others_free(struct others *others);

/* Browse with this server. Who was told of before and is not found again within
 * seconds is gone. */
void others_start(struct others *others, struct AvahiServer *server);
/* Before the server is freed. */
void others_stop(struct others *others);
/* Whether browsing broke off, so that only a new server helps. */
bool others_broke(const struct others *others);

/* That one is ourselves: never told of. NULL: none is. */
void others_set_own(struct others *others, const char *instance);
void others_ignore(struct others *others, const char *name);
/* Ignore nobody any more. */
void others_heed_all(struct others *others);

/* The next MDNS_FOUND or MDNS_GONE; borrowed until the next call. */
bool others_next(struct others *others, struct mdns_event *out);

#endif
