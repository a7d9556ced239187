/* The hashing part of keys.h: BLAKE2b with and without a key. */
#include "core/crypto/keys.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/*
 * libsodium wishes its state aligned to 64 bytes, for speed; what it keeps in there is a
 * packed struct read by unaligned loads. So a hasher may stand in any struct on any heap.
 */
static crypto_generichash_blake2b_state *state_of(struct hasher *h)
{
	_Static_assert(sizeof h->state == sizeof(crypto_generichash_blake2b_state),
		"a hasher is libsodium's state");
	return (crypto_generichash_blake2b_state *)(void *)h->state;
}

void hasher_init_keyed(struct hasher *h, struct bytes key, size_t out_len)
{
	assert(key.len <= crypto_generichash_blake2b_KEYBYTES_MAX);
	assert(out_len >= crypto_generichash_blake2b_BYTES_MIN &&
		out_len <= crypto_generichash_blake2b_BYTES_MAX);
	/* Fails only for lengths out of range. */
	(void)crypto_generichash_blake2b_init(
		state_of(h), key.len == 0 ? NULL : key.at, key.len, out_len);
}

void hasher_init(struct hasher *h)
{
	hasher_init_keyed(h, (struct bytes){0}, sizeof(struct hash));
}

void hasher_add(struct hasher *h, struct bytes bytes)
{
	if (bytes.len > 0)
		(void)crypto_generichash_blake2b_update(state_of(h), bytes.at, bytes.len);
}

void hasher_add_text(struct hasher *h, const char *text)
{
	hasher_add(h, bytes_text(text));
}

void hasher_end(struct hasher *h, void *out, size_t out_len)
{
	(void)crypto_generichash_blake2b_final(state_of(h), out, out_len);
	hasher_wipe(h);
}

void hasher_wipe(struct hasher *h)
{
	sodium_memzero(h, sizeof *h);
}

void keyed_hash(struct bytes key, const char *label, const struct bytes *parts,
	size_t count, void *out, size_t out_len)
{
	WIPED(hasher) h;
	hasher_init_keyed(&h, key, out_len);
	hasher_add_text(&h, label);
	for (size_t i = 0; i < count; i++)
		hasher_add(&h, parts[i]);
	hasher_end(&h, out, out_len);
}

struct hash hash_of(const char *label, const struct bytes *parts, size_t count)
{
	struct hash hash;
	keyed_hash((struct bytes){0}, label, parts, count, hash.b, sizeof hash.b);
	return hash;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}
