/*
 * One partner in the roster (net/protocol/roster.h): the addresses we know, the sessions
 * that stand, and the rounds of dialling. Its fields are the roster's own business.
 */
#ifndef KITH_PROTOCOL_ROSTER_PEER_H
#define KITH_PROTOCOL_ROSTER_PEER_H

#include "net/protocol/roster.h"

/* Addresses in the order they are tried. */
enum sort {
	TYPED,
	FOUND,
	WORKED,
	SORTS,
};

#define INSTANCE_MAX 64                                 /* a DNS label and its NUL */
#define ROUND_MAX    ((size_t)SORTS * ROSTER_ADDRESSES) /* dials of one round */

struct address {
	char text[ROSTER_ADDRESS_MAX];
	char instance[INSTANCE_MAX];     /* FOUND: who announced it */
	uint8_t network[ROSTER_NETWORK]; /* WORKED: where it did */
};

/* Newest last. */
struct addresses {
	struct address at[ROSTER_ADDRESSES];
	size_t count;
};

struct link {
	struct dh_public device;
	uint64_t number;
	uint64_t up_ms;
	bool dialled;
};

enum dial {
	DIAL_NONE,
	DIAL_WANTED, /* to be given out as an event */
	DIAL_UNDER_WAY,
};

/* Someone to meet. `dialled` are the addresses of this round so far: each is dialled
 * once, whatever list it stands in and however often it is found. */
struct peer {
	struct person_id person;
	struct addresses known[SORTS];
	struct link links[ROSTER_LINKS]; /* oldest first */
	size_t link_count;

	enum dial dial;
	bool typed; /* the address being dialled was */
	bool in_round;
	char dialled[ROUND_MAX][ROSTER_ADDRESS_MAX];
	size_t dialled_count;
	bool hopeless; /* in this round someone was there and would not have us */

	bool had_round;
	uint64_t began_ms; /* the last round */
	uint64_t next_ms;  /* the next one, at the earliest */
	uint64_t wait_ms;  /* after the last round in vain, without jitter; 0: none yet */
};

/* A new address at the end, zeroed but for its text; the oldest goes. */
struct address *addresses_add(struct addresses *list, const char *text);
void addresses_remove(struct addresses *list, size_t i);
struct address *addresses_find(struct addresses *list, const char *text);

/* Something new was learnt: what is left of the wait. */
void peer_soon(struct peer *peer, uint64_t now_ms);
/* All is to be tried again from the beginning. */
void peer_anew(struct peer *peer, uint64_t now_ms);
/* It was in vain: each time twice as long. */
void peer_wait_longer(struct peer *peer, uint64_t now_ms);

/*
 * Go on with a round, or begin one that is due; DIAL_WANTED is what comes of it.
 * `network` is the one we are on, NULL for none.
 */
void peer_consider(struct peer *peer, const uint8_t *network, uint64_t now_ms);

/* When peer_consider() has something to do next; UINT64_MAX: never by itself. */
uint64_t peer_deadline_ms(const struct peer *peer, const uint8_t *network);

#endif
