/*
 * The roster: facts about whom we might meet in, decisions whom to dial out. When one is
 * found, which address comes first, when to try again, which of two connections stays.
 * No sockets and no clock: time is an argument, an address is a text.
 *
 * A partner with whom a session stands is not dialled. Else there are rounds: each
 * address once, one dial at a time, typed ones first, then what is announced now, then
 * what worked on this very network. After a round in vain the next waits 5 s, doubling to
 * 5 minutes, each with a quarter of jitter; a new fact (found, typed, network, nudge)
 * cuts the wait to what is left of 5 s since the last round began.
 *
 * Source: DESIGN §6.1; SECURITY §3.2.
 */
#ifndef KITH_PROTOCOL_ROSTER_H
#define KITH_PROTOCOL_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/id.h"
#include "core/crypto/keys.h"

#define ROSTER_PARTNERS     64
#define ROSTER_ADDRESSES    8  /* of each sort, for each partner; the oldest goes */
#define ROSTER_ADDRESS_MAX  64 /* "HOST:PORT" with its NUL */
#define ROSTER_NETWORK      16
#define ROSTER_AGAIN_MS     UINT64_C(5000) /* rounds of one partner are so far apart */
#define ROSTER_AGAIN_MAX_MS UINT64_C(300000)
#define ROSTER_CROSS_MS     UINT64_C(10000) /* two sessions up within this have crossed */
#define ROSTER_LINKS        4 /* sessions of one partner (its devices, and one crossing) */

struct roster;

/* `own`: our device's Noise key, which settles crossings. */
struct roster *roster_new(const struct dh_public *own);
void roster_free(struct roster *roster);

/* ---- Facts. An unknown partner is ignored, except by roster_partner(). */

/* Someone to meet. ERR_FULL at ROSTER_PARTNERS; known already is OK. */
MUST_USE enum err roster_partner(
	struct roster *roster, struct person_id person, uint64_t now_ms);
void roster_forget(struct roster *roster, struct person_id person);

/* An address that worked on that network once: tried only there. */
void roster_worked(struct roster *roster, struct person_id person, const char *address,
	const uint8_t network[ROSTER_NETWORK]);
/* An address a person typed: tried on any network. */
void roster_typed(struct roster *roster, struct person_id person, const char *address,
	uint64_t now_ms);

/* A partner's announcement (announce_knows()), once for each of its addresses; and that
 * the instance went away. */
void roster_found(struct roster *roster, struct person_id person, const char *instance,
	const char *address, uint64_t now_ms);
void roster_gone(struct roster *roster, const char *instance);

/* The network we are on; NULL: none. A change tries everyone anew. */
void roster_network(
	struct roster *roster, const uint8_t network[ROSTER_NETWORK], uint64_t now_ms);

/* Meet this partner now. */
void roster_nudge(struct roster *roster, struct person_id person, uint64_t now_ms);

/* The dial asked for came to nothing: not reached, or the handshake failed. ERR_VERSION
 * and ERR_REFUSED wait the longest. */
void roster_failed(
	struct roster *roster, struct person_id person, enum err why, uint64_t now_ms);

/* A session is authenticated. `link` is the caller's number for it; `dialled` by us. */
void roster_up(struct roster *roster, struct person_id person,
	const struct dh_public *device, uint64_t link, bool dialled, uint64_t now_ms);
/* It ended. */
void roster_down(struct roster *roster, uint64_t link, uint64_t now_ms);

void roster_tick(struct roster *roster, uint64_t now_ms);

/* ---- Decisions. */

enum roster_event_type {
	ROSTER_DIAL, /* answer with roster_failed() or roster_up() */
	ROSTER_END,  /* another connection to that device stays: close this one */
};

struct roster_event {
	enum roster_event_type type;
	struct person_id person;
	char address[ROSTER_ADDRESS_MAX]; /* ROSTER_DIAL */
	bool typed;                       /* ROSTER_DIAL: a person typed this address */
	uint64_t link;                    /* ROSTER_END */
};

bool roster_next(struct roster *roster, struct roster_event *out);

/* When to call roster_tick() at the latest; UINT64_MAX: nothing to wait for. */
uint64_t roster_deadline_ms(const struct roster *roster);

#endif
