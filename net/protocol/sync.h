/*
 * Bringing two replicas of one space together, and keeping them together while both stay
 * connected: what is said when (DESIGN §6.3). A machine without I/O over one notebook and
 * one device of one partner; core/notebook/exchange.h knows the bytes.
 *
 *	list   →  (only where the other side may not know this device)
 *	hello  →  what I hold, and the sum of what it adds up to; so says the other side
 *	push   →  what their hello lacks, in pieces, as the socket takes it
 *	ack    →  after the commit: what I hold now, and its sum
 *
 * Two hellos cross, two pushes cross, two acks cross: two round trips at most; where
 * nothing changed, hello is all. A hello goes out before anything is sealed, so it also
 * says whether something waits to be.
 *
 * Wherever the vectors of a claim are equal, the sums must be, and both sides know that
 * they hold the same: verified. The rest of the table mends what cannot happen but does:
 * a damaged disk, a restored backup, a copied folder.
 *
 * Feed it with sync_recv(), sync_store_moved() and sync_tick(), then sync_next() until
 * false. Every step is one transaction of the notebook: there whole, or not at all. So
 * the conversation may break off anywhere, and the next hello goes on from what is held.
 *
 * Source: DESIGN §§4.4, 5, 6.3; SECURITY §§1.1, 5. PROTOCOL.md beside it has the steps.
 */
#ifndef KITH_PROTOCOL_SYNC_H
#define KITH_PROTOCOL_SYNC_H

#include "core/notebook/exchange.h"
#include "net/protocol/wire.h"

/* ---- Every kind of message: name, number, least and most bytes. The bytes are those of
 * core/notebook/exchange.h, but for the list, which is core/crypto/devices.h's. */

#define SYNC_KINDS(X)                                                                    \
	X(SYNC_LIST, 16, 1, DEVICE_LIST_MAX) /* the speaker's signed device list */      \
	X(SYNC_HELLO, 17, 2, EXCHANGE_CLAIM_MAX + 1) /* once, before all below */        \
	X(SYNC_PUSH, 18, 1, WIRE_MESSAGE_MAX)     /* entries, and a claim in the last */ \
	X(SYNC_ACK, 19, 1, EXCHANGE_CLAIM_MAX)    /* a claim, after a commit */          \
	X(SYNC_FETCH, 20, 1, 32768)               /* sections that are missing here */   \
	X(SYNC_SECTIONS, 21, 1, WIRE_MESSAGE_MAX) /* the answer to a fetch */            \
	X(SYNC_ASK, 22, 1, 64)                    /* for hashes of a log that forked */  \
	X(SYNC_HASHES, 23, 1, 40960)              /* the answer to it */                 \
	X(SYNC_STATES, 24, 1, 524288) /* which documents we hold, to the bit */

/* A hello is u8 flags ‖ claim; flags unknown here are passed over. This one: something
 * waits here to be sealed, or is missing, so that a push or an ack will follow. */
#define SYNC_WAITS 1
/* In a bundle, where nobody can ask: a log of mine is another one with you. Your next one is
 * to bring hashes of my logs. */
#define SYNC_FORKED 2

enum sync_kind {
#define SYNC_ENUM(name, number, least, most) name = (number),
	SYNC_KINDS(SYNC_ENUM)
#undef SYNC_ENUM
};

/* ---- Every bound. */

#define SYNC_PIECE     ((size_t)256 * 1024) /* entries in one push, about */
#define SYNC_PATIENCE  64u                  /* messages in a row that bring nothing */
#define SYNC_HELLO_MS  UINT64_C(10000)      /* from the start to their hello */
#define SYNC_ANSWER_MS UINT64_C(60000)      /* silence while we wait for an answer */

struct sync_config {
	struct notebook *notebook; /* lent for the life of the machine */
	struct person_id partner;
	struct dh_public remote; /* the device that the session authenticated */
	bool renewed; /* met under the partner's newest root, not under the one before */
	bool once;    /* end when both hold the same; else stay, and go on live */
};

struct sync;

struct sync *sync_new(const struct sync_config *config, uint64_t now_ms);
void sync_free(struct sync *sync);
void sync_freep(struct sync **sync);

enum sync_event_type {
	SYNC_SAY,      /* a message for session_send() */
	SYNC_MET,      /* the partner's device said hello */
	SYNC_CAME,     /* words of theirs came and are kept */
	SYNC_VERIFIED, /* both hold the same, proven by `fingerprint` */
	SYNC_DIFFERS,  /* they do not, and mending did not help: the user is told which */
	SYNC_REST,     /* all that both had is with both: a sync is over, live goes on */
	SYNC_END,      /* the last: session_close(`reason`) */
};

/* What is borrowed stays until the next call on this machine. */
struct sync_event {
	enum sync_event_type type;

	/* SYNC_SAY */
	uint8_t kind;
	struct bytes message;

	/* SYNC_CAME: what this one push touched */
	const struct id *documents;
	size_t document_count;
	const struct id *both_wrote; /* of them, those where both wrote */
	size_t both_count;
	size_t voids; /* sections that did what their author may not do */

	/* SYNC_VERIFIED */
	uint8_t fingerprint[16];

	/*
	 * SYNC_END. OK: all is said, or the pair has ended. ERR_AUTH: no device in use.
	 * ERR_CORRUPT, ERR_TOO_BIG, ERR_REFUSED, ERR_GAP, ERR_FORK, ERR_VERSION: what
	 * came could not be taken, and nothing of it was. ERR_TIMEOUT. Those of the
	 * store.
	 */
	enum err err;
	enum wire_close reason;
	const char *why; /* a sentence for a person; for OK too */
};

/* One whole message of the session. */
void sync_recv(struct sync *sync, uint8_t kind, struct bytes message, uint64_t now_ms);

/* The store's version moved: a command, the TUI, another session. */
void sync_store_moved(struct sync *sync);

void sync_tick(struct sync *sync, uint64_t now_ms);

/* When to call sync_tick() at the latest; UINT64_MAX: need not. */
uint64_t sync_deadline_ms(const struct sync *sync);

/*
 * The next event. `room`: how many bytes the caller will take now; with 0 there is no
 * SYNC_SAY. Nothing is read from the store before it can be sent, so a slow partner
 * costs no memory. A push holds about `room` bytes, from one entry to SYNC_PIECE.
 */
bool sync_next(struct sync *sync, size_t room, uint64_t now_ms, struct sync_event *out);

/* What came of it so far. */
struct sync_report {
	bool met;
	size_t came, sent;        /* entries of theirs kept here; entries said to them */
	size_t documents;         /* touched by what came, counted anew in each push */
	size_t both_wrote, voids; /* as in SYNC_CAME, added up */
	bool verified;            /* the last comparison found both the same … */
	bool differs;             /* … or not */
	uint8_t fingerprint[16];
	bool left; /* the pair has ended, and both know */
	unsigned round_trips;
};

/* Borrowed for the life of the machine. */
const struct sync_report *sync_report(const struct sync *sync);

/* The report in half a line, for the log: "3 entries came, 1 went, verified". */
void sync_report_add(const struct sync_report *report, struct buf *out);

#endif
