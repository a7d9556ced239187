#include "core/crypto/noise_state.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

_Static_assert(NOISE_TAG == crypto_aead_chacha20poly1305_ietf_ABYTES, "tag");

#define BLOCK 128 /* BLOCKLEN of BLAKE2b */

/* §12.3: 32 bits of zeros, then n in little endian. */
struct nonce {
	uint8_t b[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
};

static struct nonce nonce_of(uint64_t n)
{
	struct nonce nonce = {{0}};
	for (size_t i = 0; i < 8; i++)
		nonce.b[4 + i] = (uint8_t)(n >> (8 * i));
	return nonce;
}

size_t cipher_overhead(const struct cipher *cipher)
{
	return cipher->keyed ? NOISE_TAG : 0;
}

enum err cipher_seal(
	struct cipher *cipher, struct bytes ad, struct bytes plain, struct buf *box)
{
	if (!cipher->keyed) {
		buf_add(box, plain);
		return OK;
	}
	if (cipher->n == UINT64_MAX)
		return ERR_FULL;
	struct nonce nonce = nonce_of(cipher->n++);
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(
		buf_extend(box, plain.len + NOISE_TAG), NULL, plain.at, plain.len, ad.at,
		ad.len, NULL, nonce.b, cipher->key.b);
	return OK;
}

enum err cipher_open(
	struct cipher *cipher, struct bytes ad, struct bytes box, struct buf *plain)
{
	if (!cipher->keyed) {
		buf_add(plain, box);
		return OK;
	}
	if (box.len < NOISE_TAG)
		return ERR_CORRUPT;
	if (cipher->n == UINT64_MAX)
		return ERR_FULL;
	size_t before = plain->len;
	struct nonce nonce = nonce_of(cipher->n);
	/* libsodium zeroes what it wrote when the tag does not match. */
	if (crypto_aead_chacha20poly1305_ietf_decrypt(
		    buf_extend(plain, box.len - NOISE_TAG), NULL, NULL, box.at, box.len,
		    ad.at, ad.len, nonce.b, cipher->key.b) != 0) {
		plain->len = before;
		return ERR_AUTH;
	}
	cipher->n++;
	return OK;
}

/* RFC 2104 over BLAKE2b; `key` is at most a block long. Not BLAKE2b's own keyed mode:
 * Noise asks for HMAC with any hash (§4.3). */
static void hmac(
	struct bytes key, struct bytes a, struct bytes b, struct wide_secret *out)
{
	WIPED(wide_secret) inner;
	WIPED(hasher) h;
	uint8_t pad[BLOCK];
	assert(key.len <= BLOCK);

	memset(pad, 0x36, sizeof pad);
	for (size_t i = 0; i < key.len; i++)
		pad[i] ^= key.at[i];
	hasher_init_keyed(&h, (struct bytes){0}, sizeof inner.b);
	hasher_add(&h, BYTES_OF(pad));
	hasher_add(&h, a);
	hasher_add(&h, b);
	hasher_end(&h, inner.b, sizeof inner.b);

	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	hasher_init_keyed(&h, (struct bytes){0}, sizeof out->b);
	hasher_add(&h, BYTES_OF(pad));
	hasher_add(&h, BYTES_OF(inner.b));
	hasher_end(&h, out->b, sizeof out->b);
	wipe(pad, sizeof pad);
}

/* HKDF of §4.3: `count` outputs of 64 bytes. */
static void hkdf(const struct wide_secret *chain, struct bytes material,
	struct wide_secret *out, size_t count)
{
	WIPED(wide_secret) key;
	hmac(BYTES_OF(chain->b), material, (struct bytes){0}, &key);
	for (size_t i = 0; i < count; i++) {
		uint8_t number = (uint8_t)(i + 1);
		struct bytes last = {0};
		if (i > 0)
			last = BYTES_OF(out[i - 1].b);
		hmac(BYTES_OF(key.b), last, (struct bytes){&number, 1}, &out[i]);
	}
}

/* A key of 32 bytes is the front of a hash of 64. */
static void cipher_start(struct cipher *cipher, const struct wide_secret *material)
{
	memcpy(cipher->key.b, material->b, sizeof cipher->key.b);
	cipher->n = 0;
	cipher->keyed = true;
}

void symmetric_init(struct symmetric *s, struct bytes protocol)
{
	assert(protocol.len <= NOISE_HASH);
	memset(s, 0, sizeof *s);
	memcpy(s->hash, protocol.at, protocol.len);
	memcpy(s->chain.b, s->hash, sizeof s->chain.b);
}

void symmetric_mix_hash(struct symmetric *s, struct bytes seen)
{
	const struct bytes parts[] = {BYTES_OF(s->hash), seen};
	keyed_hash((struct bytes){0}, "", parts, 2, s->hash, sizeof s->hash);
}

void symmetric_mix_key(struct symmetric *s, struct bytes material)
{
	struct wide_secret out[2];
	hkdf(&s->chain, material, out, 2);
	s->chain = out[0];
	cipher_start(&s->cipher, &out[1]);
	wipe(out, sizeof out);
}

void symmetric_mix_psk(struct symmetric *s, const struct secret *psk)
{
	struct wide_secret out[3];
	hkdf(&s->chain, BYTES_OF(psk->b), out, 3);
	s->chain = out[0];
	symmetric_mix_hash(s, BYTES_OF(out[1].b));
	cipher_start(&s->cipher, &out[2]);
	wipe(out, sizeof out);
}

enum err symmetric_seal(struct symmetric *s, struct bytes plain, struct buf *box)
{
	size_t before = box->len;
	enum err e = cipher_seal(&s->cipher, BYTES_OF(s->hash), plain, box);
	if (e == OK && box->len > before)
		symmetric_mix_hash(
			s, (struct bytes){box->at + before, box->len - before});
	else if (e == OK)
		symmetric_mix_hash(s, (struct bytes){0});
	return e;
}

enum err symmetric_open(struct symmetric *s, struct bytes box, struct buf *plain)
{
	enum err e = cipher_open(&s->cipher, BYTES_OF(s->hash), box, plain);
	if (e == OK)
		symmetric_mix_hash(s, box);
	return e;
}

void symmetric_split(const struct symmetric *s, struct cipher *from, struct cipher *to)
{
	struct wide_secret out[2];
	hkdf(&s->chain, (struct bytes){0}, out, 2);
	cipher_start(from, &out[0]);
	cipher_start(to, &out[1]);
	wipe(out, sizeof out);
}
