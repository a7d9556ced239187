/*
 * CPace: two sides who share a short code agree on a strong key; a stranger has one guess
 * a run. Suite CPACE-RISTR255-SHA512 in its initiator/responder form, with explicit key
 * confirmation.
 *
 * Source: draft-irtf-cfrg-cpace-21; SECURITY §2.2.
 */
#ifndef KITH_CRYPTO_CPACE_H
#define KITH_CRYPTO_CPACE_H

#include "core/crypto/keys.h"

#define CPACE_SHARE 32
#define CPACE_TAG   64

/* What both sides must agree on, and what this side says of itself. */
struct cpace_config {
	bool initiator;
	struct bytes password; /* PRS */
	struct bytes channel;  /* CI */
	struct bytes session;  /* sid */
	struct bytes own_ad;   /* ADa of the initiator, ADb of the responder */
};

/* One side of one run. Holds secrets; in locked memory. */
struct cpace;

/* Draw our share Y and put it into `share`. The password is not kept. */
struct cpace *cpace_new(const struct cpace_config *config, uint8_t share[CPACE_SHARE]);
void cpace_free(struct cpace *cpace);
void cpace_freep(struct cpace **cpace);

/* What a run ends in. `isk` is the key; a peer's tag is compared by secret_equal() with
 * `their_tag` before `isk` is used for anything. */
struct cpace_key {
	struct wide_secret isk;
	uint8_t own_tag[CPACE_TAG]; /* we send it: Ta of the initiator, Tb of the other */
	uint8_t their_tag[CPACE_TAG]; /* they must send it */
	uint8_t session_out[64];      /* sid_output of the draft: public, names the run */
};

void cpace_key_wipe(struct cpace_key *key);

/*
 * Take in the other side's share and associated data. A run is finished once: our scalar
 * is wiped, whatever the outcome.
 *
 * Errors: ERR_CORRUPT when the share is not CPACE_SHARE bytes; ERR_AUTH when it is no
 * canonical point, is the neutral element or is our own share; ERR_CLOSED the second
 * time. `out` is zero after an error.
 */
MUST_USE enum err cpace_finish(
	struct cpace *cpace, struct bytes share, struct bytes ad, struct cpace_key *out);

/* Append the length as LEB128, then the bytes: prepend_len() of the draft. */
void lv_add(struct buf *out, struct bytes part);

/* SHA-512(parts), and HMAC-SHA-512 (RFC 2104) of the parts. */
void sha512_of(const struct bytes *parts, size_t count, uint8_t out[64]);
void hmac_sha512(
	struct bytes key, const struct bytes *parts, size_t count, uint8_t out[64]);

#endif
