/*
 * What both sides of a Noise handshake compute in step: the cipher, the chaining key and
 * the handshake hash. The inside of noise.h.
 *
 * Source: revision 34, §5.1 (CipherState), §5.2 (SymmetricState), §12 (25519, ChaChaPoly,
 * BLAKE2b).
 */
#ifndef KITH_CRYPTO_NOISE_STATE_H
#define KITH_CRYPTO_NOISE_STATE_H

#include "core/crypto/noise.h"

/* A key and how often it was used. Without a key (`keyed` false) bytes pass as they are.
 */
struct cipher {
	struct secret key;
	uint64_t n; /* the next nonce; 2^64 - 1 is never one */
	bool keyed;
};

size_t cipher_overhead(const struct cipher *cipher); /* NOISE_TAG, or 0 without a key */

/* Append the sealed `plain`. ERR_FULL when all nonces are used. */
MUST_USE enum err cipher_seal(
	struct cipher *cipher, struct bytes ad, struct bytes plain, struct buf *box);

/* Append what was in the box. ERR_CORRUPT too short for its tag; ERR_AUTH; ERR_FULL.
 * `plain` and `n` are unchanged then. */
MUST_USE enum err cipher_open(
	struct cipher *cipher, struct bytes ad, struct bytes box, struct buf *plain);

struct symmetric {
	struct cipher cipher;
	struct wide_secret chain; /* ck */
	uint8_t hash[NOISE_HASH]; /* h: everything both sides have seen */
};

/* From the protocol's name, at most NOISE_HASH bytes. */
void symmetric_init(struct symmetric *s, struct bytes protocol);
void symmetric_mix_hash(struct symmetric *s, struct bytes seen);
void symmetric_mix_key(struct symmetric *s, struct bytes material);
void symmetric_mix_psk(struct symmetric *s, const struct secret *psk); /* MixKeyAndHash */

/* cipher_seal() and cipher_open() over the hash, into which the box goes. */
MUST_USE enum err symmetric_seal(
	struct symmetric *s, struct bytes plain, struct buf *box);
MUST_USE enum err symmetric_open(
	struct symmetric *s, struct bytes box, struct buf *plain);

/* The two ciphers of the channel: from the initiator, to the initiator. */
void symmetric_split(const struct symmetric *s, struct cipher *from, struct cipher *to);

#endif
