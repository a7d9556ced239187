/*
 * What a sync does to the notebook. Each change is one transaction, there whole or not at
 * all, and each leaves a notebook from which the next hello goes on. Inside of sync.h.
 */
#ifndef KITH_PROTOCOL_SYNC_STEPS_H
#define KITH_PROTOCOL_SYNC_STEPS_H

#include "net/protocol/sync.h"

/* With whom, about which space, and what is known of both replicas. */
struct sync_peer {
	struct notebook *notebook;
	struct person_id partner;
	struct dh_public remote;
	bool renewed;

	struct id device; /* theirs, once it was found in use */
	struct id space;  /* of the pair when the sync began */
	bool has_space;
	bool met; /* their hello was heard */

	struct buf claim;   /* the last one heard */
	struct vector held; /* what it says that they hold */
	struct vector sent; /* and what was pushed since */
	struct vector here; /* what this store holds, as of the last step */
	bool restored;      /* this store learnt from them that it is an older one */
	bool fork; /* a log forked: nothing is sealed or pushed until it is healed */
	bool left; /* the pair has ended on this side */
};

void sync_peer_release(struct sync_peer *peer);

/* What a step found out, for the machine to act on. */
struct sync_found {
	struct heard heard; /* of the last claim */
	struct taken taken;
	bool claimed;          /* `heard` holds something */
	bool moved;            /* they hold other entries than they did */
	struct id *both_wrote; /* of the documents that came; owned */
	size_t both_count;
	size_t sealed; /* entries that were made to be pushed */
	uint8_t fingerprint[16];
};
void sync_found_release(struct sync_found *found);

/* Whether the remote device is one in use. Errors: ERR_REFUSED when the partner or the
 * space are not what they were; those of the store. */
MUST_USE enum err step_know(struct sync_peer *peer, bool *known, struct why *why);

/* The partner's device list. ERR_AUTH when the remote device is not in use by it. */
MUST_USE enum err step_list(struct sync_peer *peer, struct bytes list, struct why *why);

/* Append a claim. */
MUST_USE enum err step_claim(struct sync_peer *peer, struct buf *out, struct why *why);

/* Append a hello. `promised`: it says that a push will follow. */
MUST_USE enum err step_hello(
	struct sync_peer *peer, bool *promised, struct buf *out, struct why *why);

/* A claim came: what it means, then seal what waits. */
MUST_USE enum err step_hear(struct sync_peer *peer, struct bytes claim,
	struct sync_found *found, struct why *why);

/* Hear the last claim again, after something here has changed. */
MUST_USE enum err step_hear_again(
	struct sync_peer *peer, struct sync_found *found, struct why *why);

/* A push came: take it, hear its claim, then seal what waits. */
MUST_USE enum err step_take(struct sync_peer *peer, struct bytes push,
	struct sync_found *found, struct why *why);

/* Seal what waits; nothing is written when nothing does. */
MUST_USE enum err step_offer(struct sync_peer *peer, size_t *sealed, struct why *why);

/* Append a push of what they lack; nothing when they lack nothing. `entries`: in it. */
MUST_USE enum err step_push(struct sync_peer *peer, size_t max, struct buf *out,
	size_t *entries, bool *more, struct why *why);

MUST_USE enum err step_fetch(struct sync_peer *peer, struct buf *out, struct why *why);
MUST_USE enum err step_give(
	struct sync_peer *peer, struct bytes fetch, struct buf *out, struct why *why);
MUST_USE enum err step_fill(
	struct sync_peer *peer, struct bytes sections, struct why *why);
MUST_USE enum err step_rebuild(struct sync_peer *peer, struct why *why);

MUST_USE enum err step_hashes(
	struct sync_peer *peer, struct bytes ask, struct buf *out, struct why *why);
/* `ask` is appended to when the common part lies further back. */
MUST_USE enum err step_heal(
	struct sync_peer *peer, struct bytes hashes, struct buf *ask, struct why *why);

MUST_USE enum err step_states(struct sync_peer *peer, struct buf *out, struct why *why);
MUST_USE enum err step_compare(
	struct sync_peer *peer, struct bytes states, struct why *why);

#endif
