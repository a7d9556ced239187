#include "core/crypto/cpace.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* G.DSI, G.DSI_ISK and H.s_in_bytes of the suite. */
#define DSI          "CPaceRistretto255"
#define DSI_ISK      "CPaceRistretto255_ISK"
#define HASH_BLOCK   128
#define LEB128_BYTES ((size_t)10) /* of any size_t */

_Static_assert(CPACE_SHARE == crypto_core_ristretto255_BYTES, "a share is a point");
_Static_assert(CPACE_TAG == crypto_auth_hmacsha512_BYTES, "a tag is an HMAC");

struct cpace {
	bool initiator;
	bool finished;
	uint8_t scalar[crypto_core_ristretto255_SCALARBYTES];
	uint8_t share[CPACE_SHARE];
	struct buf session, own_ad; /* not secret */
};

void sha512_of(const struct bytes *parts, size_t count, uint8_t out[64])
{
	crypto_hash_sha512_state state;
	(void)crypto_hash_sha512_init(&state);
	for (size_t i = 0; i < count; i++)
		(void)crypto_hash_sha512_update(&state, parts[i].at, parts[i].len);
	(void)crypto_hash_sha512_final(&state, out);
	wipe(&state, sizeof state);
}

void hmac_sha512(
	struct bytes key, const struct bytes *parts, size_t count, uint8_t out[64])
{
	crypto_auth_hmacsha512_state state;
	const uint8_t empty = 0;
	(void)crypto_auth_hmacsha512_init(
		&state, key.len == 0 ? &empty : key.at, key.len);
	for (size_t i = 0; i < count; i++)
		(void)crypto_auth_hmacsha512_update(&state, parts[i].at, parts[i].len);
	(void)crypto_auth_hmacsha512_final(&state, out);
	wipe(&state, sizeof state);
}

void lv_add(struct buf *out, struct bytes part)
{
	buf_add_varint(out, part.len);
	buf_add(out, part);
}

/* A buffer of secrets must not grow: growing leaves copies behind. */
static void reserve(struct buf *buf, size_t len)
{
	(void)buf_extend(buf, len);
	buf_clear(buf);
}

/* generator_string() of §7.1: the password is padded to fill the hash's first block, so
 * that the time to hash it tells nothing of its length. */
static void add_generator_text(struct buf *out, const struct cpace_config *config)
{
	static const uint8_t zeros[HASH_BLOCK];
	reserve(out, config->password.len + config->channel.len + config->session.len +
			     HASH_BLOCK + sizeof DSI + 5 * LEB128_BYTES);
	lv_add(out, bytes_text(DSI));
	lv_add(out, config->password);
	size_t filled = out->len + 1; /* and the length of the padding */
	lv_add(out, (struct bytes){zeros, filled < HASH_BLOCK ? HASH_BLOCK - filled : 0});
	lv_add(out, config->channel);
	lv_add(out, config->session);
}

static void find_generator(
	const struct cpace_config *config, uint8_t out[crypto_core_ristretto255_BYTES])
{
	WIPED(buf) text = {0};
	WIPED(wide_secret) hashed;
	add_generator_text(&text, config);
	const struct bytes parts[] = {buf_bytes(&text)};
	sha512_of(parts, 1, hashed.b);
	(void)crypto_core_ristretto255_from_hash(out, hashed.b);
}

struct cpace *cpace_new(const struct cpace_config *config, uint8_t share[CPACE_SHARE])
{
	struct cpace *cpace = locked_new(sizeof *cpace);
	cpace->initiator = config->initiator;
	buf_add(&cpace->session, config->session);
	buf_add(&cpace->own_ad, config->own_ad);

	uint8_t generator[crypto_core_ristretto255_BYTES];
	find_generator(config, generator);
	crypto_core_ristretto255_scalar_random(cpace->scalar);
	/* It fails for the neutral element only, which no one can hash to. */
	int failed =
		crypto_scalarmult_ristretto255(cpace->share, cpace->scalar, generator);
	assert(failed == 0);
	wipe(generator, sizeof generator);
	memcpy(share, cpace->share, CPACE_SHARE);
	return cpace;
}

void cpace_free(struct cpace *cpace)
{
	if (cpace == NULL)
		return;
	buf_release(&cpace->session);
	buf_release(&cpace->own_ad);
	locked_free(cpace);
}

void cpace_freep(struct cpace **cpace)
{
	cpace_free(*cpace);
}

void cpace_key_wipe(struct cpace_key *key)
{
	wipe(key, sizeof *key);
}

/* scalar_mult_vfy(): false for what is no canonical point, or is the neutral element.
 * libsodium 1.0.18 does not look at bit 255, which RFC 9496 wants to be zero: without
 * this test each share would have a second form. */
static bool multiply(const struct cpace *cpace, struct bytes share, struct secret *point)
{
	return (share.at[CPACE_SHARE - 1] & 0x80) == 0 &&
	       crypto_core_ristretto255_is_valid_point(share.at) == 1 &&
	       crypto_scalarmult_ristretto255(point->b, cpace->scalar, share.at) == 0;
}

static void derive_isk(const struct cpace *cpace, const struct secret *point,
	struct bytes transcript, struct wide_secret *isk)
{
	WIPED(buf) text = {0};
	reserve(&text,
		sizeof DSI_ISK + cpace->session.len + sizeof point->b + 3 * LEB128_BYTES);
	lv_add(&text, bytes_text(DSI_ISK));
	lv_add(&text, buf_bytes(&cpace->session));
	lv_add(&text, BYTES_OF(point->b));
	const struct bytes parts[] = {buf_bytes(&text), transcript};
	sha512_of(parts, 2, isk->b);
}

/* One side's part of the transcript, lv_cat(Y, AD), is what its tag vouches for (§10.4).
 */
static void derive(const struct cpace *cpace, const struct secret *point,
	struct bytes own_part, struct bytes their_part, struct cpace_key *out)
{
	CLEAN_BUF struct buf transcript = {0};
	buf_add(&transcript, cpace->initiator ? own_part : their_part);
	buf_add(&transcript, cpace->initiator ? their_part : own_part);
	derive_isk(cpace, point, buf_bytes(&transcript), &out->isk);

	const struct bytes name[] = {
		bytes_text("CPaceSidOutput"), buf_bytes(&transcript)};
	sha512_of(name, 2, out->session_out);

	WIPED(wide_secret) mac_key;
	const struct bytes mac[] = {
		bytes_text("CPaceMac"), buf_bytes(&cpace->session), BYTES_OF(out->isk.b)};
	sha512_of(mac, 3, mac_key.b);
	hmac_sha512(BYTES_OF(mac_key.b), &own_part, 1, out->own_tag);
	hmac_sha512(BYTES_OF(mac_key.b), &their_part, 1, out->their_tag);
}

static enum err finish(
	struct cpace *cpace, struct bytes share, struct bytes ad, struct cpace_key *out)
{
	if (share.len != CPACE_SHARE)
		return ERR_CORRUPT;
	WIPED(secret) point;
	if (memcmp(share.at, cpace->share, CPACE_SHARE) == 0 ||
		!multiply(cpace, share, &point))
		return ERR_AUTH;

	CLEAN_BUF struct buf own_part = {0}, their_part = {0};
	lv_add(&own_part, BYTES_OF(cpace->share));
	lv_add(&own_part, buf_bytes(&cpace->own_ad));
	lv_add(&their_part, share);
	lv_add(&their_part, ad);
	derive(cpace, &point, buf_bytes(&own_part), buf_bytes(&their_part), out);
	return OK;
}

enum err cpace_finish(
	struct cpace *cpace, struct bytes share, struct bytes ad, struct cpace_key *out)
{
	cpace_key_wipe(out);
	if (cpace->finished)
		return ERR_CLOSED;
	enum err e = finish(cpace, share, ad, out);
	cpace->finished = true;
	wipe(cpace->scalar, sizeof cpace->scalar);
	return e;
}
