/*
 * Whether the time of what we compute depends on a secret: under valgrind, secrets are
 * marked as memory that was never set, and every jump or address that depends on such is
 * reported. Run by meson with constant_time.supp, which names the places where a verdict
 * is public, and once more with a planted comparison that must be found.
 *
 * Source: A. Langley, "ctgrind" (2010); SECURITY §7.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "core/crypto/cpace.h"
#include "core/crypto/noise.h"
#include "core/crypto/seal.h"

/* From here on nothing may depend on it; and: everybody may see it. */
static void hide(void *at, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(at, len);
}

static void show(const void *at, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(at, len);
}

static void show_bytes(struct bytes bytes)
{
	show(bytes.at, bytes.len);
}

/* What goes over the wire is public, whatever it was made of. */
static void pass(struct noise *from, struct noise *to)
{
	CLEAN_BUF struct buf message = {0}, payload = {0};
	enum err e = noise_write(from, bytes_text("versions"), &message);
	show(&e, sizeof e);
	assert(e == OK);
	show_bytes(buf_bytes(&message));
	e = noise_read(to, buf_bytes(&message), &payload);
	show(&e, sizeof e);
	assert(e == OK);
}

static void handshake(void)
{
	struct secret psk;
	struct dh_secret own[2];
	struct dh_public pub[2];
	struct noise *side[2];
	random_secret(&psk);
	hide(&psk, sizeof psk);
	for (int i = 0; i < 2; i++) {
		dh_pair(&own[i], &pub[i]);
		hide(&own[i], sizeof own[i]);
		const struct noise_config config = {.pattern = "XXpsk0",
			.initiator = i == 0,
			.prologue = bytes_text("prologue"),
			.psk = &psk,
			.own = &own[i]};
		side[i] = noise_new(&config);
	}
	pass(side[0], side[1]);
	pass(side[1], side[0]);
	pass(side[0], side[1]);

	struct noise_channel *out = noise_split(side[0]), *in = noise_split(side[1]);
	CLEAN_BUF struct buf box = {0}, plain = {0};
	enum err e = channel_seal(out, bytes_text("words"), &box);
	assert(e == OK);
	show_bytes(buf_bytes(&box));
	e = channel_open(in, buf_bytes(&box), &plain);
	show(&e, sizeof e);
	assert(e == OK);
	channel_free(in);
	channel_free(out);
	noise_free(side[0]);
	noise_free(side[1]);
}

static void pairing(void)
{
	uint8_t code[8] = "PGPW1abc";
	uint8_t share[2][CPACE_SHARE];
	struct cpace *side[2];
	struct cpace_key key[2];
	hide(code + 5, 3);
	for (int i = 0; i < 2; i++) {
		const struct cpace_config config = {.initiator = i == 0,
			.password = BYTES_OF(code),
			.channel = bytes_text("channel"),
			.session = bytes_text("session"),
			.own_ad = bytes_text(i == 0 ? "T" : "S")};
		side[i] = cpace_new(&config, share[i]);
		show(share[i], CPACE_SHARE);
	}
	for (int i = 0; i < 2; i++) {
		enum err e = cpace_finish(side[i], BYTES_OF(share[1 - i]),
			bytes_text(i == 0 ? "S" : "T"), &key[i]);
		show(&e, sizeof e);
		assert(e == OK);
	}
	bool same = secret_equal(key[0].own_tag, key[1].their_tag, CPACE_TAG);
	show(&same, sizeof same);
	assert(same);
	cpace_free(side[0]);
	cpace_free(side[1]);
}

static void sealing(void)
{
	struct secret key, inner, again;
	uint8_t wrapped[WRAPPED_LEN];
	random_secret(&key);
	random_secret(&inner);
	hide(&key, sizeof key);
	hide(&inner, sizeof inner);
	secret_wrap(&key, bytes_text("ad"), &inner, wrapped);
	show(wrapped, sizeof wrapped);
	enum err e = secret_unwrap(&key, bytes_text("ad"), wrapped, &again);
	show(&e, sizeof e);
	assert(e == OK);

	uint8_t text[100];
	memset(text, 'x', sizeof text);
	hide(text, sizeof text);
	CLEAN_BUF struct buf box = {0}, plain = {0};
	seal(&key, bytes_text("ad"), BYTES_OF(text), &box);
	show_bytes(buf_bytes(&box));
	e = seal_open(&key, bytes_text("ad"), buf_bytes(&box), &plain);
	show(&e, sizeof e);
	assert(e == OK);
	/* The length of a record is known to its reader: not what it says. */
	show(&plain.len, sizeof plain.len);
	assert(plain.len == sizeof text);

	struct secret derived;
	static const char context[8] = {'p', 'u', 'r', 'p', 'o', 's', 'e', '1'};
	secret_derive(&key, context, 1, &derived);
	uint8_t mac[16];
	keyed_hash(BYTES_OF(derived.b), "label", NULL, 0, mac, sizeof mac);
}

/* What must be found, or this finds nothing. */
static void planted(void)
{
	struct secret a, b;
	random_secret(&a);
	b = a;
	hide(&a, sizeof a);
	hide(&b, sizeof b);
	if (memcmp(a.b, b.b, sizeof a.b) != 0)
		(void)fprintf(stderr, "two copies of one secret differ\n");
}

int main(int argc, char **argv)
{
	if (crypto_start() != OK)
		return 1;
	if (argc > 1 && strcmp(argv[1], "planted") == 0) {
		planted();
		return 0;
	}
	if (RUNNING_ON_VALGRIND == 0)
		(void)fprintf(stderr, "not under valgrind: nothing is looked at\n");
	handshake();
	pairing();
	sealing();
	return 0;
}
