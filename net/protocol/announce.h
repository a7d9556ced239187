/*
 * What a device says of itself by mDNS: a random label, a random host name, and tokens
 * that only partners recognise. All of it changes at once, so that nobody else can tell
 * today's device from yesterday's.
 *
 *	instance  base32(label[16])
 *	host      base32(random[10])
 *	TXT       "v=1", "t=" 16 tokens [, "u=" 16 more [, "w=" 16 more]]
 *	          [, "n=" nameplate in two digits]
 *	token     first 8 bytes of BLAKE2b-128(key, "tok1" ‖ epoch ‖ label ‖ port)
 *	epoch     floor(unix seconds / 1024), as u32; the port as u16
 *
 * An announcement is a hint and carries no authority: a session decides who is there.
 *
 * Source: SECURITY §3.2.
 */
#ifndef KITH_PROTOCOL_ANNOUNCE_H
#define KITH_PROTOCOL_ANNOUNCE_H

#include "core/crypto/keys.h"

#define ANNOUNCE_TYPE     "_kith._tcp"
#define ANNOUNCE_EPOCH_S  1024
#define ANNOUNCE_JITTER_S 90 /* after an epoch begins, so that not all change at once */
#define ANNOUNCE_PAUSE_MS                                                                \
	UINT64_C(10000) /* between withdrawing and publishing: 1 s to this */
#define ANNOUNCE_TOKEN      8
#define ANNOUNCE_TOKENS_MAX 48
#define ANNOUNCE_TXT_MAX    400 /* bytes of all strings with their length bytes */
#define ANNOUNCE_REACH      1   /* epochs a clock may be off, either way */
#define ANNOUNCE_REACH_WIDE 84  /* "search again": a day */
#define ANNOUNCE_LABEL      16

struct announce_string {
	uint8_t at[2 + 16 * ANNOUNCE_TOKEN];
	size_t len;
};

/* One announcement, ready to publish. A value. */
struct announcement {
	char instance[27];
	char host[17]; /* without ".local" */
	uint16_t port;
	struct announce_string txt[5];
	size_t txt_count;
	uint64_t until_s; /* unix seconds: make the next one then; sooner when an address,
			     a partner or the network changes */
};

/*
 * Make an announcement for the partners with these keys (pair_discovery_keys(), `out`).
 * Filled with random tokens to 16, 32 or 48 and shuffled, so that their number is hidden;
 * of more than 48 a random 48 are in it.
 */
void announce_make(const struct secret *keys, size_t count, uint16_t port, uint64_t now_s,
	struct announcement *out);

/* While a code is shown: random tokens and the nameplate. */
void announce_pairing(
	uint8_t nameplate, uint16_t port, uint64_t now_s, struct announcement *out);

/* What somebody announced. A value; hostile until a session says otherwise. */
struct announce_heard {
	uint8_t label[ANNOUNCE_LABEL];
	uint16_t port;
	uint8_t tokens[ANNOUNCE_TOKENS_MAX][ANNOUNCE_TOKEN];
	size_t token_count;
	bool is_pairing;
	uint8_t nameplate;
};

/*
 * Read one resolved instance. `txt` are its strings, in any order.
 * Errors: ERR_CORRUPT when it is none of ours; ERR_TOO_BIG over ANNOUNCE_TXT_MAX;
 * ERR_VERSION for another "v".
 */
MUST_USE enum err announce_read(const char *instance, uint16_t port,
	const struct bytes *txt, size_t txt_count, struct announce_heard *out);

/* A partner to be recognised. */
struct announce_key {
	struct secret in;       /* pair_discovery_keys(), `in` */
	int64_t clock_offset_s; /* their clock less ours, as last met */
	size_t tag;             /* the caller's own */
};

/* Whether one of the partners announced this, and which: `tag`. `reach` in epochs, either
 * way. `clock_offset_s`: as in their key, or where that no longer holds, what this says
 * of their clock, to an epoch. */
bool announce_knows(const struct announce_heard *heard, const struct announce_key *keys,
	size_t count, uint64_t now_s, uint32_t reach, size_t *tag,
	int64_t *clock_offset_s);

/* ---- A gate before the work: an instance is looked at once, and of new ones at most
 * ANNOUNCE_NEW_MAX in ANNOUNCE_NEW_MS, whatever the network shouts. */

#define ANNOUNCE_NEW_MAX 64
#define ANNOUNCE_NEW_MS  UINT64_C(10000)
#define ANNOUNCE_SEEN    256

struct announce_gate {
	uint64_t seen[ANNOUNCE_SEEN]; /* keyed hashes of instances and their strings */
	size_t next;
	uint64_t since_ms;
	size_t passed;
	struct secret key; /* random, so that nobody aims at a slot */
};

void announce_gate_init(struct announce_gate *gate);
/* Whether to look at this one now. */
bool announce_gate_pass(struct announce_gate *gate, const char *instance, uint16_t port,
	const struct bytes *txt, size_t txt_count, uint64_t now_ms);
/* Look at all of them again: a partner was added, or the user searches again. */
void announce_gate_forget(struct announce_gate *gate);

#endif
