/*
 * The inside of a sync, for its three files: sync.c (what it is), sync_hear.c (what comes
 * of a message), sync_say.c (what is said next).
 */
#ifndef KITH_PROTOCOL_SYNC_INTERNAL_H
#define KITH_PROTOCOL_SYNC_INTERNAL_H

#include "net/protocol/sync.h"
#include "net/protocol/sync_steps.h"

enum sync_state {
	AWAIT_LIST,  /* they are unknown here: nothing is said before they prove who they
			are */
	AWAIT_HELLO, /* our hello is said, or about to be */
	TALKING,
	ENDED, /* SYNC_END is queued or was given */
};

/* Equal vectors and unequal sums: how far mending went. Each once in a sync. */
enum sync_mending {
	MEND_NOTHING,
	MEND_REBUILT, /* here; their next claim, made after they did the same, decides */
	MEND_NAMED,   /* still unequal: each names its documents to the other */
};

/*
 * How deep a message lies in the conversation, counted in single trips: a hello is 1,
 * what answers one of depth n is n + 1. It counts round trips, and nothing hangs on it.
 */
struct sync_depth {
	unsigned heard, claimed, said; /* the deepest of each; claimed: hello or ack */
};

struct sync_item {
	struct sync_event event;
	struct id *documents, *both; /* owned; what the event borrows */
	struct why why;
};

struct sync {
	enum sync_state state;
	bool once;
	struct sync_peer peer;
	struct sync_report report;

	/* What is to be said, as soon as there is room for it. */
	bool say_list, say_hello, say_ack, say_states, may_push;
	struct buf fetch;   /* sections to ask for; empty: none */
	struct buf ask;     /* hashes to ask for */
	struct buf fetched; /* their fetch, to be answered */
	struct buf asked;   /* their ask */

	bool moved; /* the store's version did */
	bool await_sections, await_hashes;
	struct buf last_fetch; /* the same once more would bring nothing */
	enum sync_mending mending;
	bool states_said, states_heard;
	bool i_promised, they_promised; /* a push or an ack, whatever comes of it */
	bool at_rest; /* SYNC_REST was said, and nothing happened since */

	unsigned patience;
	struct sync_depth depth;
	uint64_t began_ms, active_ms;

	struct sync_item *items; /* a queue: what is before `first` was given */
	size_t first, count, cap;
	struct sync_item lent; /* the last one given */
	struct buf out;        /* the message of the last SYNC_SAY */
};

struct sync_item *sync_push(struct sync *sync, enum sync_event_type type);

/* The last event. Nothing when it was there before. */
void sync_end(struct sync *sync, enum err e, enum wire_close reason, const char *why);
/* The same for a step that failed. */
void sync_fail(struct sync *sync, enum err e, const struct why *why);

/* Whether they said that they hold what is not here. */
bool sync_lacks(const struct sync *sync);

/* Something was brought about: patience is full again, and a new exchange is counted. */
void sync_progress(struct sync *sync);

/* The next message into `out`, which stays empty when there is nothing to say. */
MUST_USE enum err sync_write(
	struct sync *sync, size_t room, uint8_t *kind, struct why *why);

#endif
