#include "net/protocol/hint.h"

#include <assert.h>
#include <string.h>

#define VERSION 1
#define NONCE   16
#define HINT    16

static void hint_of(const struct secret *key, const uint8_t challenge[WIRE_CHALLENGE],
	const uint8_t said[2 + NONCE], uint8_t out[HINT])
{
	const struct bytes parts[] = {
		{said, 2},
		{challenge, WIRE_CHALLENGE},
		{said + 2, NONCE},
	};
	keyed_hash(BYTES_OF(key->b), "hint", parts, 3, out, HINT);
}

static void begin(uint8_t preface[WIRE_PREFACE], uint8_t mode)
{
	random_fill(preface, WIRE_PREFACE);
	preface[0] = VERSION;
	preface[1] = mode;
}

void hint_session(const struct secret *key, const uint8_t challenge[WIRE_CHALLENGE],
	uint8_t preface[WIRE_PREFACE])
{
	begin(preface, HINT_SESSION);
	hint_of(key, challenge, preface, preface + 2 + NONCE);
}

void hint_pairing(uint8_t preface[WIRE_PREFACE])
{
	begin(preface, HINT_PAIRING);
}

enum hint_mode hint_read(struct bytes preface)
{
	uint8_t version, mode;
	if (preface.len != WIRE_PREFACE || !bytes_take_u8(&preface, &version) ||
		!bytes_take_u8(&preface, &mode) || version != VERSION)
		return HINT_NONE;
	if (mode == HINT_PAIRING)
		return HINT_PAIRING;
	return mode == HINT_SESSION ? HINT_SESSION : HINT_NONE;
}

bool hint_matches(const struct secret *key, const uint8_t challenge[WIRE_CHALLENGE],
	struct bytes preface)
{
	uint8_t said[2 + NONCE], theirs[HINT], ours[HINT];
	if (!bytes_take_into(&preface, said, sizeof said) ||
		!bytes_take_into(&preface, theirs, sizeof theirs))
		return false;
	hint_of(key, challenge, said, ours);
	return secret_equal(ours, theirs, HINT);
}
