/*
 * Finding and being found by multicast DNS, with avahi-core inside this process: no
 * daemon, no D-Bus, and nothing said of this machine but what is given here.
 *
 * One instance of `_kith._tcp` is published under a random name and host name, with this
 * machine's addresses, each on its own interface only. Instances of others are
 * browsed and resolved. All that comes from there is hostile bytes: names and TXT carry
 * no authority, they are a hint whom to dial (SECURITY §3). Liveness comes from sessions:
 * a partner who was switched off hard stays "found" for an hour.
 *
 * Without a network that does multicast nothing is found and nothing fails.
 *
 * Source: RFC 6762, RFC 6763; FACTS §2 for the settings and their reasons.
 */
#ifndef KITH_HOST_MDNS_H
#define KITH_HOST_MDNS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "net/host/tcp.h"

struct loop;
struct mdns;

#define MDNS_TYPE         "_kith._tcp"
#define MDNS_NAME_MAX     63  /* bytes of an instance name */
#define MDNS_TXT_MAX      400 /* bytes; more is dropped unread (SECURITY §3.2) */
#define MDNS_STRINGS      8
#define MDNS_ADDRESSES    8   /* of one instance: two for each interface it is seen on */
#define MDNS_KNOWN_MAX    512 /* instances kept track of */
#define MDNS_NEW_PER_10_S 64

enum mdns_event_kind {
	/* An instance, or a new port, TXT or address of one that was found before. */
	MDNS_FOUND,
	/* It said goodbye, or its time ran out. */
	MDNS_GONE,
	/* What we published is out: nobody else holds the name. */
	MDNS_PUBLISHED,
	/* Somebody else holds the name: it is withdrawn, publish under another. */
	MDNS_COLLISION,
	/* Our addresses changed, or the wall clock, or the machine woke: what was
	 * published is withdrawn, and is to come back under a new name, after the wait of
	 * SECURITY §3.2, so that nobody who sees both places can tell that it is us. */
	MDNS_WITHDRAWN,
};

/* Borrowed, until the callback returns. */
struct mdns_event {
	enum mdns_event_kind kind;
	const char *instance; /* any bytes, at most MDNS_NAME_MAX */
	/* The rest for MDNS_FOUND only. */
	uint16_t port;                  /* that of every address below */
	struct bytes txt[MDNS_STRINGS]; /* in the order they were published in */
	size_t txt_count;
	struct {
		char text[ADDRESS_TEXT];
		unsigned interface; /* its index: where it was found */
	} addresses[MDNS_ADDRESSES];
	size_t address_count; /* at least one; IPv4 before IPv6 */
};

typedef void mdns_fn(void *arg, const struct mdns_event *event);

/*
 * Start to look. `fn` is called from the loop, never from inside a function here; it may
 * call all of them except mdns_free().
 */
struct mdns *mdns_new(struct loop *loop, mdns_fn *fn, void *arg);

/* Says goodbye to the network for what is published. */
void mdns_free(struct mdns *mdns);

/*
 * Publish one instance in place of what was published before. It takes a second until
 * others see it, or until the next network, if there is none now. `host`: a name without
 * ".local" that nobody else has and that changes with `instance`.
 *
 * Errors: ERR_INVALID for an empty or too long name, a string over 255 bytes;
 * ERR_TOO_BIG over MDNS_STRINGS or MDNS_TXT_MAX.
 */
MUST_USE enum err mdns_publish(struct mdns *mdns, const char *instance, const char *host,
	uint16_t port, const struct bytes *txt, size_t txt_count);
void mdns_unpublish(struct mdns *mdns);

/* That one is of no interest: stop resolving it, say no more of it, its end included. */
void mdns_ignore(struct mdns *mdns, const char *instance);

/* Ask the network again for everybody: what was ignored or is known comes back as found.
 * For "search again", and after a long time without multicast. */
void mdns_search_again(struct mdns *mdns);

/* Why nothing can be found just now, as a sentence for a person; NULL when all is
 * well. */
const char *mdns_problem(const struct mdns *mdns);

#endif
