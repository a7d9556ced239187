/*
 * What goes over a connection: frames, the messages inside them, their padding, and every
 * maximum. A frame is u16be length ‖ body. After a handshake a body is one Noise message
 * whose plaintext is
 *
 *	u8 kind | u8 flags | u16be length of inner | inner | zeros
 *
 * padded to the next power of two from WIRE_PAD_MIN, or to NOISE_PLAIN_MAX, so that a
 * listener on the Wi-Fi does not read lengths.
 *
 * Source: SECURITY §1.3; net/protocol/PROTOCOL.md has the steps.
 */
#ifndef KITH_PROTOCOL_WIRE_H
#define KITH_PROTOCOL_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/crypto/noise.h"

/* ---- Every maximum: what a peer may send, in bytes. */

#define WIRE_PORT         25484 /* TCP; one constant for all links nobody */
#define WIRE_CHALLENGE    16
#define WIRE_PREFACE      34
#define WIRE_EARLY_MAX    4096              /* a frame before the handshake is done */
#define WIRE_FRAME_MAX    NOISE_MESSAGE_MAX /* a frame after it */
#define WIRE_HEAD         4                 /* kind, flags, length of inner */
#define WIRE_INNER_MAX    (NOISE_PLAIN_MAX - WIRE_HEAD)
#define WIRE_PAD_MIN      128
#define WIRE_VERSIONS_MAX 512                 /* payload of handshake messages 2 and 3 */
#define WIRE_MESSAGE_MAX  (UINT32_C(4) << 20) /* of a session, put together */

/* ---- Every kind of message: name, number, least and most bytes of inner. */

#define WIRE_KINDS(X)                                                                    \
	X(WIRE_CLOSE, 0, 1, 1)       /* u8 enum wire_close; nothing follows it */        \
	X(WIRE_PAIR_WHO, 1, 1, 1024) /* name and signed device list, both ways */        \
	X(WIRE_PAIR_COMMIT, 2, 32,                                                       \
		32) /* typer → shower: hash of its share of the words */               \
	X(WIRE_PAIR_SHARE, 3, 32, 32)  /* shower → typer: its share */                 \
	X(WIRE_PAIR_REVEAL, 4, 32, 32) /* typer → shower: the share behind the hash */ \
	X(WIRE_PAIR_CONFIRM, 5, 33, 81) /* key half and space; a person said "same" */   \
	X(WIRE_STILL, 64, 0, 0)         /* a session that has nothing to say lives */

/* Kinds 16 … 63 are sync's (net/protocol/sync.h): up to WIRE_MESSAGE_MAX each. */
#define WIRE_SYNC_FIRST 16
#define WIRE_SYNC_LAST  63

enum wire_kind {
#define WIRE_ENUM(name, number, least, most) name = (number),
	WIRE_KINDS(WIRE_ENUM)
#undef WIRE_ENUM
};

/* Why a side closes. A number not listed here reads as WIRE_CLOSE_FAULT. */
enum wire_close {
	WIRE_CLOSE_DONE,     /* all is said */
	WIRE_CLOSE_AGE,      /* the hour is over: meet again */
	WIRE_CLOSE_REPLACED, /* another connection of us two stays */
	WIRE_CLOSE_LEAVING,  /* this node stops, or is locked */
	WIRE_CLOSE_FAULT,    /* what came could not be taken */
};

/* Whether a message of this kind may have this length; false for an unknown kind. */
bool wire_kind_allows(uint8_t kind, size_t len);

/* ---- Reading bytes that come as they like. */

/* Holds the beginning of what is not whole yet; a zeroed one is empty. */
struct wire_in {
	struct buf held;
	bool given; /* `held` was handed out whole: the next call begins anew */
};

/* Take exactly `len` bytes. True and `out` (borrowed from `in` until the next call) when
 * they are there; else all of `rest` was kept and more is needed. Never holds more than
 * `len`. */
bool wire_take(struct wire_in *in, struct bytes *rest, size_t len, struct bytes *out);

/*
 * Take one frame: true and its body (borrowed until the next call), or false when more is
 * needed. `*e` becomes ERR_TOO_BIG when the announced length is over `max`, before memory
 * is taken for it.
 */
bool wire_take_frame(struct wire_in *in, struct bytes *rest, size_t max,
	struct bytes *body, enum err *e);
void wire_in_release(struct wire_in *in); /* zeroes what was held */

/* Append `body`, at most WIRE_FRAME_MAX bytes, as a frame. */
void wire_add_frame(struct buf *out, struct bytes body);

/* ---- Messages in the channel. */

#define WIRE_FIRST 1 /* flags: first part; inner begins with u32be, the whole length */
#define WIRE_PART  2 /* a further part of the message begun */

struct wire_message {
	uint8_t kind;
	uint8_t flags;
	struct bytes inner;
};

/* The padded length of a plaintext of `len` bytes, len <= NOISE_PLAIN_MAX. */
size_t wire_padded(size_t len);

/* Append one framed, padded, sealed message; inner.len <= WIRE_INNER_MAX. ERR_FULL as
 * channel_seal(). */
MUST_USE enum err wire_seal(struct noise_channel *channel,
	const struct wire_message *message, struct buf *out);

/*
 * Open the body of a frame. `plain` is overwritten and holds what `out` borrows.
 * Errors: as channel_open(); ERR_CORRUPT when head, length or padding are not as above.
 */
MUST_USE enum err wire_open(struct noise_channel *channel, struct bytes body,
	struct buf *plain, struct wire_message *out);

/* ---- Versions, agreed inside the handshake (messages 2 and 3). */

#define WIRE_VERSION UINT16_C(2) /* what this build speaks */

struct wire_versions {
	uint16_t min, max;
	uint64_t features; /* bits; what both have may be used */
};

/* What this build speaks. */
struct wire_versions wire_versions_own(void);

/* MessagePack map {0: min, 1: max, 2: features}; keys unknown here are ignored.
 * Errors: ERR_TOO_BIG over WIRE_VERSIONS_MAX; ERR_CORRUPT. */
void wire_versions_add(struct buf *out, const struct wire_versions *versions);
MUST_USE enum err wire_versions_read(struct bytes bytes, struct wire_versions *out);

/*
 * What two sides speak: the greatest version both know (as min and max of `out`) and the
 * features both have.
 * Errors: ERR_VERSION, with `why` saying whose kith is the newer one.
 */
MUST_USE enum err wire_versions_agree(const struct wire_versions *own,
	const struct wire_versions *theirs, struct wire_versions *out, struct why *why);

#endif
