/*
 * Noise handshakes over 25519, ChaChaPoly and BLAKE2b, and the channel they end in.
 * kith uses two patterns: XXpsk0 (pairing, sessions) and Kpsk0 (bundles); the others of
 * the table are there so that all published vectors test this one implementation.
 *
 * Source: Trevor Perrin, "The Noise Protocol Framework", revision 34 (2018-07-11).
 */
#ifndef KITH_CRYPTO_NOISE_H
#define KITH_CRYPTO_NOISE_H

#include "core/crypto/keys.h"

#define NOISE_MESSAGE_MAX 65535 /* any Noise message, handshake or transport */
#define NOISE_TAG         16
#define NOISE_PLAIN_MAX   (NOISE_MESSAGE_MAX - NOISE_TAG)
#define NOISE_HASH        64

/* What a handshake starts from. Everything is copied. */
struct noise_config {
	const char *pattern; /* "XXpsk0", "Kpsk0", …: see noise_knows() */
	bool initiator;
	struct bytes prologue;
	const struct secret *psk;    /* for patterns with a psk, else NULL */
	const struct dh_secret *own; /* own static key; NULL where the pattern has none */
	const struct dh_public
		*remote; /* theirs, where the pattern knows it beforehand */
};

/* Whether the table has this pattern: a base pattern and at most one "pskN". */
bool noise_knows(const char *pattern);

/* One side of one handshake. Holds secrets; in locked memory. */
struct noise;

/* The pattern must be known and its keys given: both are ours to guarantee. */
struct noise *noise_new(const struct noise_config *config);
void noise_free(struct noise *noise);
void noise_freep(struct noise **noise);

/* Whether the next message is ours to write. False once the handshake is done or dead. */
bool noise_is_my_turn(const struct noise *noise);

/*
 * Append the next handshake message, with `payload` in it, to `message`.
 *
 * Errors: ERR_REFUSED when it is not our turn; ERR_TOO_BIG over NOISE_MESSAGE_MAX;
 * ERR_AUTH when a key exchange came to nothing; ERR_CLOSED when the handshake is dead.
 * After any error the handshake is dead: its secrets are wiped, it only says ERR_CLOSED.
 */
MUST_USE enum err noise_write(
	struct noise *noise, struct bytes payload, struct buf *message);

/*
 * Take in the next handshake message and append its payload to `payload`.
 *
 * Errors: ERR_TOO_BIG; ERR_CORRUPT when it is too short; ERR_AUTH when it is not what the
 * other side wrote or a key is of small order; ERR_REFUSED when it is not theirs to write,
 * or their static key is our own (a reflection, or one device that meets itself);
 * ERR_CLOSED. After any error the handshake is dead and `payload` unchanged.
 */
MUST_USE enum err noise_read(
	struct noise *noise, struct bytes message, struct buf *payload);

/* Whether the last message was written or read. */
bool noise_is_done(const struct noise *noise);

/* Their static key as soon as it is known, else NULL. Borrowed until noise_free(). */
const struct dh_public *noise_remote(const struct noise *noise);

/* The handshake hash h, once done: names this very conversation (channel binding, §11.2).
 */
void noise_hash(const struct noise *noise, uint8_t out[NOISE_HASH]);

/* Two ciphers, one each way. Holds secrets; in locked memory. */
struct noise_channel;

/* The channel, once, after noise_is_done(); the handshake's keys are wiped. In a one-way
 * pattern only the initiator may seal. */
struct noise_channel *noise_split(struct noise *noise);
void channel_free(struct noise_channel *channel);
void channel_freep(struct noise_channel **channel);

/* Append the sealed message (plain.len + NOISE_TAG bytes) to `box`. ERR_TOO_BIG over
 * NOISE_PLAIN_MAX; ERR_FULL when all 2^64 - 1 nonces are used. */
MUST_USE enum err channel_seal(
	struct noise_channel *channel, struct bytes plain, struct buf *box);

/*
 * Open the next message and append it to `plain`.
 *
 * Errors: ERR_CORRUPT shorter than a tag; ERR_TOO_BIG; ERR_AUTH when it is not the next
 * message of the other side; ERR_FULL. `plain` and the count are unchanged then: the
 * caller closes the connection.
 */
MUST_USE enum err channel_open(
	struct noise_channel *channel, struct bytes box, struct buf *plain);

#endif
