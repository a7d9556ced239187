/*
 * Sealed records: XChaCha20-Poly1305 under a random nonce, bound to what they are for
 * (`ad`), with the length hidden to 64 bytes.
 *
 * box = nonce[24] ‖ ciphertext of (plain ‖ 0x80 ‖ zeros to a multiple of 64) ‖ tag[16]
 */
#ifndef KITH_CRYPTO_SEAL_H
#define KITH_CRYPTO_SEAL_H

#include "core/crypto/keys.h"

#define SEAL_NONCE 24
#define SEAL_TAG   16
#define SEAL_BLOCK 64

/* The length of the box around `plain_len` bytes. */
size_t seal_len(size_t plain_len);

/* Append the box to `box`. `plain` must not lie inside `box`. */
void seal(const struct secret *key, struct bytes ad, struct bytes plain, struct buf *box);

/*
 * Append what is in the box to `plain`. `box` must not lie inside `plain`.
 *
 * Errors: ERR_CORRUPT when no box has that length; ERR_AUTH when key, ad and box do not
 * belong together. `plain` is unchanged after an error.
 */
MUST_USE enum err seal_open(
	const struct secret *key, struct bytes ad, struct bytes box, struct buf *plain);

/* A key sealed under a key, without padding: nonce ‖ ciphertext ‖ tag. */
#define WRAPPED_LEN (SEAL_NONCE + 32 + SEAL_TAG)

void secret_wrap(const struct secret *key, struct bytes ad, const struct secret *inner,
	uint8_t out[WRAPPED_LEN]);
/* ERR_AUTH, and `inner` all zero, when it does not open. */
MUST_USE enum err secret_unwrap(const struct secret *key, struct bytes ad,
	const uint8_t wrapped[WRAPPED_LEN], struct secret *inner);

#endif
