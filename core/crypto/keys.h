/*
 * Keys, each of a type of its own, so that a public key in a secret's place does not
 * compile; randomness, key derivation, and hashing with a label.
 *
 * Primitives are libsodium's: X25519 (RFC 7748), Ed25519 (RFC 8032), BLAKE2b (RFC 7693),
 * Argon2id (RFC 9106). There is no function that prints a secret.
 */
#ifndef KITH_CRYPTO_KEYS_H
#define KITH_CRYPTO_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/id.h"

/* Any symmetric key: of a record, a slot, a pair, a stream. */
struct secret {
	uint8_t b[32];
};

/* Secret material of 64 bytes: CPace's ISK, a MAC key, a chaining key. */
struct wide_secret {
	uint8_t b[64];
};

/* X25519: a device's static key, an ephemeral key. */
struct dh_secret {
	uint8_t b[32];
};

struct dh_public {
	uint8_t b[32];
};

/* Ed25519: seed, then public key. The public half alone is a struct person_id. */
struct identity_secret {
	uint8_t b[64];
};

/* A BLAKE2b-256 digest. Not secret. */
struct hash {
	uint8_t b[32];
};

void secret_wipe(struct secret *secret);
void wide_secret_wipe(struct wide_secret *secret);
void dh_secret_wipe(struct dh_secret *secret);
void identity_secret_wipe(struct identity_secret *secret);

/* Zeroes all the memory of the buffer and releases it. Growing leaves copies behind:
 * reserve first (buf_extend(), then buf_clear()) where that matters. */
void buf_wipe(struct buf *buf);

/*
 * A local that is zeroed when its scope ends, whichever way it ends:
 *
 *	WIPED(secret) key;            struct secret
 *	WIPED(dh_secret) own;         struct dh_secret
 *	WIPED(buf) plain = {0};       struct buf, zeroed and released
 *
 * It works for each struct `t` that has a `t_wipe()`.
 */
#define WIPED(type) CLEANUP(type##_wipe) struct type

/* Zeroes `len` bytes; the compiler cannot leave it out. */
void wipe(void *at, size_t len);

/* A secret for long keeping: locked in memory between guard pages, left out of core
 * dumps, wiped when freed. secret_free(NULL) does nothing. */
struct secret *secret_new(void);
void secret_free(struct secret *secret);
void secret_freep(struct secret **secret);

/* Any struct that holds secrets and lives long, as secret_new(); zeroed. Ends the
 * program when memory is out. locked_free() wipes it. */
void *locked_new(size_t size);
void locked_free(void *p);

/* Compares without telling by its time where the first difference lies. */
bool secret_equal(const void *a, const void *b, size_t len);

/* Call once before anything else here. ERR_IO when the system gives no randomness. */
MUST_USE enum err crypto_start(void);

void random_fill(void *at, size_t len);
uint32_t random_below(uint32_t bound); /* 0 … bound - 1, each alike */
struct id random_id(void);
void random_secret(struct secret *out);

/* Subkey number `id` of `root` for the purpose `context` (8 characters): crypto_kdf. */
void secret_derive(const struct secret *root, const char context[8], uint64_t id,
	struct secret *out);

/* One X25519 key pair from fresh randomness; the public half of a given secret. */
void dh_pair(struct dh_secret *secret, struct dh_public *pub);
void dh_public_of(const struct dh_secret *secret, struct dh_public *pub);
bool dh_public_equal(const struct dh_public *a, const struct dh_public *b);

/* X25519. False, and `out` all zero, when the result is zero: a point of small order. */
MUST_USE bool dh(
	const struct dh_secret *own, const struct dh_public *theirs, struct secret *out);

void identity_pair(struct identity_secret *secret, struct person_id *person);

/* BLAKE2b as it goes along. A value; holds the key if there is one, so a keyed one is
 * WIPED(hasher) or ends with hasher_end(), which wipes it. */
struct hasher {
	_Alignas(16) uint8_t state[384];
};

void hasher_init(struct hasher *h); /* no key, 32 bytes out */
/* `key` of 0 (none) to 64 bytes, `out_len` of 16 to 64. */
void hasher_init_keyed(struct hasher *h, struct bytes key, size_t out_len);
void hasher_add(struct hasher *h, struct bytes bytes);
void hasher_add_text(struct hasher *h, const char *text); /* without the closing NUL */
void hasher_end(struct hasher *h, void *out, size_t out_len); /* same as at init */
void hasher_wipe(struct hasher *h);

/* BLAKE2b-256(label ‖ parts). The parts carry no lengths: all but one have a fixed one.
 */
struct hash hash_of(const char *label, const struct bytes *parts, size_t count);
bool hash_equal(const struct hash *a, const struct hash *b);

/* BLAKE2b with key: `key` of 0 to 64 bytes, (label ‖ parts), `out_len` of 16 to 64. An
 * empty key is none: BLAKE2b-512 is an `out_len` of 64. */
void keyed_hash(struct bytes key, const char *label, const struct bytes *parts,
	size_t count, void *out, size_t out_len);

/* What Argon2id may be asked for. A slot in a file may say anything: outside these bounds
 * it is refused before memory is taken. */
#define PASSPHRASE_OPS_MIN UINT64_C(2)
#define PASSPHRASE_OPS_MAX UINT64_C(12)
#define PASSPHRASE_MEM_MIN (UINT64_C(64) << 20)
#define PASSPHRASE_MEM_MAX (UINT64_C(1) << 30)
#define PASSPHRASE_SALT    16

/*
 * The key that a passphrase and a salt make: Argon2id 1.3, one lane.
 *
 * Errors: ERR_INVALID outside the bounds above; ERR_FULL when the memory is not to be
 * had (SECURITY §4.1: try 6 passes over 64 MiB). `out` is zero after an error.
 */
MUST_USE enum err passphrase_key(struct bytes passphrase,
	const uint8_t salt[PASSPHRASE_SALT], uint64_t ops, uint64_t mem,
	struct secret *out);

#endif
