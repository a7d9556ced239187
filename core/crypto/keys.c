#include "core/crypto/keys.h"

#include <sodium.h>
#include <string.h>

#include "core/base/mem.h"

void wipe(void *at, size_t len)
{
	if (len > 0)
		sodium_memzero(at, len);
}

void secret_wipe(struct secret *secret)
{
	sodium_memzero(secret, sizeof *secret);
}

void wide_secret_wipe(struct wide_secret *secret)
{
	sodium_memzero(secret, sizeof *secret);
}

void dh_secret_wipe(struct dh_secret *secret)
{
	sodium_memzero(secret, sizeof *secret);
}

void identity_secret_wipe(struct identity_secret *secret)
{
	sodium_memzero(secret, sizeof *secret);
}

void buf_wipe(struct buf *buf)
{
	wipe(buf->at, buf->cap);
	buf_release(buf);
}

void *locked_new(size_t size)
{
	/* sodium_malloc() puts the end against a guard page: only a size that is a
	 * multiple of the alignment gives an aligned start. */
	size_t aligned = 0;
	if (size_add_overflows(size, 63, &aligned))
		aligned = SIZE_MAX;
	aligned &= ~(size_t)63;
	void *p = sodium_malloc(aligned);
	if (p == NULL) {
		/* Ends the program as every other want of memory does. */
		return mem_array(SIZE_MAX, 2);
	}
	memset(p, 0, aligned);
	return p;
}

void locked_free(void *p)
{
	sodium_free(p); /* wipes; NULL does nothing */
}

struct secret *secret_new(void)
{
	return locked_new(sizeof(struct secret));
}

void secret_free(struct secret *secret)
{
	locked_free(secret);
}

void secret_freep(struct secret **secret)
{
	secret_free(*secret);
}

bool secret_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

enum err crypto_start(void)
{
	return sodium_init() < 0 ? ERR_IO : OK;
}

void random_fill(void *at, size_t len)
{
	if (len > 0) /* the C library wants an address even for nothing */
		randombytes_buf(at, len);
}

uint32_t random_below(uint32_t bound)
{
	return randombytes_uniform(bound);
}

struct id random_id(void)
{
	struct id id;
	randombytes_buf(id.b, sizeof id.b);
	return id;
}

void random_secret(struct secret *out)
{
	randombytes_buf(out->b, sizeof out->b);
}

void secret_derive(
	const struct secret *root, const char context[8], uint64_t id, struct secret *out)
{
	_Static_assert(crypto_kdf_KEYBYTES == 32 && crypto_kdf_CONTEXTBYTES == 8,
		"a struct secret is a crypto_kdf key");
	/* Fails for lengths out of range only, and these are constants. */
	(void)crypto_kdf_derive_from_key(out->b, sizeof out->b, id, context, root->b);
}

void dh_public_of(const struct dh_secret *secret, struct dh_public *pub)
{
	/* The base point has no small order: this cannot fail. */
	(void)crypto_scalarmult_curve25519_base(pub->b, secret->b);
}

void dh_pair(struct dh_secret *secret, struct dh_public *pub)
{
	randombytes_buf(secret->b, sizeof secret->b);
	dh_public_of(secret, pub);
}

bool dh_public_equal(const struct dh_public *a, const struct dh_public *b)
{
	return sodium_memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool dh(const struct dh_secret *own, const struct dh_public *theirs, struct secret *out)
{
	if (crypto_scalarmult_curve25519(out->b, own->b, theirs->b) == 0)
		return true;
	secret_wipe(out);
	return false;
}

void identity_pair(struct identity_secret *secret, struct person_id *person)
{
	(void)crypto_sign_ed25519_keypair(person->b, secret->b);
}

enum err passphrase_key(struct bytes passphrase, const uint8_t salt[PASSPHRASE_SALT],
	uint64_t ops, uint64_t mem, struct secret *out)
{
	_Static_assert(crypto_pwhash_argon2id_SALTBYTES == PASSPHRASE_SALT, "salt");
	secret_wipe(out);
	if (ops < PASSPHRASE_OPS_MIN || ops > PASSPHRASE_OPS_MAX ||
		mem < PASSPHRASE_MEM_MIN || mem > PASSPHRASE_MEM_MAX ||
		passphrase.len > crypto_pwhash_argon2id_PASSWD_MAX)
		return ERR_INVALID;
	const char *text = passphrase.len == 0 ? "" : (const char *)passphrase.at;
	if (crypto_pwhash(out->b, sizeof out->b, text, passphrase.len, salt, ops,
		    (size_t)mem, crypto_pwhash_ALG_ARGON2ID13) == 0)
		return OK;
	secret_wipe(out);
	return ERR_FULL;
}
