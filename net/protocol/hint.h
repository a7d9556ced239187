/*
 * The first bytes of a connection: the listener says 16 random bytes, the caller answers
 * with a keyed hash over them, from which the listener knows under which pair's key it is
 * called. Without that key nothing more is said.
 *
 *	preface = u8 version 1 | u8 mode | nonce[16] | hint[16]
 *	hint    = first 16 bytes of BLAKE2b(key, "hint" ‖ version ‖ mode ‖ challenge ‖
 *	          nonce)
 *
 * The challenge is fresh, so there is no clock and no replay cache. The key is another
 * one for each direction, so that a reflected connection ends here. In pairing mode,
 * where no key is shared yet, the hint is random.
 *
 * Source: SECURITY §1.3.
 */
#ifndef KITH_PROTOCOL_HINT_H
#define KITH_PROTOCOL_HINT_H

#include "core/crypto/keys.h"
#include "net/protocol/wire.h"

enum hint_mode {
	HINT_NONE, /* no preface of ours */
	HINT_PAIRING,
	HINT_SESSION,
};

/* The caller's answer to a challenge, under the pair's hint key of its direction. */
void hint_session(const struct secret *key, const uint8_t challenge[WIRE_CHALLENGE],
	uint8_t preface[WIRE_PREFACE]);
void hint_pairing(uint8_t preface[WIRE_PREFACE]);

/* What a preface asks for; HINT_NONE for another version, mode or length. */
enum hint_mode hint_read(struct bytes preface);

/* Whether the preface answers the challenge under this key (compared in constant time).
 */
bool hint_matches(const struct secret *key, const uint8_t challenge[WIRE_CHALLENGE],
	struct bytes preface);

#endif
