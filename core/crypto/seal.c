#include "core/crypto/seal.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SEAL_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(SEAL_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");

/* At least one byte of padding, so that it can be told from content. */
static size_t padded_len(size_t plain_len)
{
	return (plain_len / SEAL_BLOCK + 1) * SEAL_BLOCK;
}

size_t seal_len(size_t plain_len)
{
	return SEAL_NONCE + padded_len(plain_len) + SEAL_TAG;
}

/* nonce and `len` plain bytes stand at `at`; the tag's place is behind them. */
static void encrypt_in_place(
	const struct secret *key, struct bytes ad, uint8_t *at, size_t len)
{
	uint8_t *text = at + SEAL_NONCE;
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(
		text, NULL, text, len, ad.at, ad.len, NULL, at, key->b);
}

/* The plain text, tag.len shorter than `text`, comes out at `out`; zeroed when wrong. */
static bool decrypt(const struct secret *key, struct bytes ad, struct bytes nonce,
	struct bytes text, uint8_t *out)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, text.at,
		       text.len, ad.at, ad.len, nonce.at, key->b) == 0;
}

void seal(const struct secret *key, struct bytes ad, struct bytes plain, struct buf *box)
{
	uint8_t *at = buf_extend(box, seal_len(plain.len));
	uint8_t *text = at + SEAL_NONCE;
	size_t padded = padded_len(plain.len);
	randombytes_buf(at, SEAL_NONCE);
	if (plain.len > 0)
		memcpy(text, plain.at, plain.len);
	memset(text + plain.len, 0, padded - plain.len);
	text[plain.len] = 0x80;
	encrypt_in_place(key, ad, at, padded);
}

enum err seal_open(
	const struct secret *key, struct bytes ad, struct bytes box, struct buf *plain)
{
	struct bytes nonce;
	if (!bytes_take(&box, SEAL_NONCE, &nonce) || box.len < SEAL_BLOCK + SEAL_TAG ||
		(box.len - SEAL_TAG) % SEAL_BLOCK != 0)
		return ERR_CORRUPT;

	size_t before = plain->len;
	size_t padded = box.len - SEAL_TAG;
	size_t len = 0;
	uint8_t *at = buf_extend(plain, padded);
	enum err e = OK;
	if (!decrypt(key, ad, nonce, box, at))
		e = ERR_AUTH;
	else if (sodium_unpad(&len, at, padded, SEAL_BLOCK) != 0)
		e = ERR_CORRUPT; /* sealed with this key, but not by seal() */
	if (e != OK)
		wipe(at, padded);
	plain->len = before + (e == OK ? len : 0);
	return e;
}

void secret_wrap(const struct secret *key, struct bytes ad, const struct secret *inner,
	uint8_t out[WRAPPED_LEN])
{
	randombytes_buf(out, SEAL_NONCE);
	memcpy(out + SEAL_NONCE, inner->b, sizeof inner->b);
	encrypt_in_place(key, ad, out, sizeof inner->b);
}

enum err secret_unwrap(const struct secret *key, struct bytes ad,
	const uint8_t wrapped[WRAPPED_LEN], struct secret *inner)
{
	struct bytes nonce = {wrapped, SEAL_NONCE};
	struct bytes text = {wrapped + SEAL_NONCE, WRAPPED_LEN - SEAL_NONCE};
	if (decrypt(key, ad, nonce, text, inner->b))
		return OK;
	secret_wipe(inner);
	return ERR_AUTH;
}
