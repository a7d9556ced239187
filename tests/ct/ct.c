/*
 * Whether secrets decide by their value how long something takes. Run under valgrind,
 * they are marked as undefined memory: it reports each branch and each address that
 * depends on them. What is public by the protocol is declared so, where it becomes
 * public; what remains, verdicts that the other side learns anyway, stands with its
 * reason in ct.supp.
 *
 * usage: valgrind --error-exitcode=9 --suppressions=ct.supp ct WHAT
 *
 * `ct planted` compares secrets by memcmp(), so that the check itself is checked.
 *
 * Source: SECURITY §7.6; A. Langley, "ctgrind" (2010).
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "core/crypto/cpace.h"
#include "core/crypto/noise.h"
#include "net/protocol/announce.h"
#include "net/protocol/hint.h"
#include "net/protocol/pairkeys.h"

static void hide(const void *at, size_t len)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(at, len);
}

static void show(const void *at, size_t len)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(at, len);
}

/* What comes out of a random generator is as secret as what it becomes. */
static void random_hidden(void *const at, const size_t len)
{
	uint8_t *out = at;
	static uint64_t state = 88172645463325252; /* any but 0 */
	for (size_t i = 0; i < len; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		out[i] = (uint8_t)state;
	}
	hide(at, len);
}

static const char *random_name(void)
{
	return "hidden";
}

static uint32_t random_one(void)
{
	uint32_t v;
	random_hidden(&v, sizeof v);
	return v;
}

static randombytes_implementation hidden = {
	.implementation_name = random_name,
	.random = random_one,
	.buf = random_hidden,
};

/* ---- What is looked at. Each returns whether it came out as it must. */

static bool pake(void)
{
	uint8_t password[] = {'P', 'G', 'P', 'W', '1', 7, 100, 200};
	uint8_t a_share[CPACE_SHARE], b_share[CPACE_SHARE];
	struct cpace_key a_key, b_key;
	hide(password + 5, 3);
	struct cpace_config config = {.initiator = true,
		.password = BYTES_OF(password),
		.channel = bytes_text("channel"),
		.session = bytes_text("session"),
		.own_ad = bytes_text("a")};
	struct cpace *a = cpace_new(&config, a_share);
	config.initiator = false;
	config.own_ad = bytes_text("b");
	struct cpace *b = cpace_new(&config, b_share);
	show(a_share, sizeof a_share);
	show(b_share, sizeof b_share);

	enum err ea = cpace_finish(a, BYTES_OF(b_share), bytes_text("b"), &a_key);
	enum err eb = cpace_finish(b, BYTES_OF(a_share), bytes_text("a"), &b_key);
	show(&ea, sizeof ea);
	show(&eb, sizeof eb);
	show(a_key.own_tag, CPACE_TAG); /* they are sent */
	bool same = secret_equal(a_key.own_tag, b_key.their_tag, CPACE_TAG);
	show(&same, sizeof same);
	cpace_free(a);
	cpace_free(b);
	return ea == OK && eb == OK && same;
}

static bool carry(struct noise *from, struct noise *to)
{
	CLEAN_BUF struct buf message = {0}, payload = {0};
	enum err e = noise_write(from, bytes_text("payload"), &message);
	show(&e, sizeof e);
	if (e != OK)
		return false;
	show(message.at, message.len); /* it is sent */
	e = noise_read(to, buf_bytes(&message), &payload);
	show(&e, sizeof e);
	return e == OK;
}

static bool handshake(void)
{
	struct secret psk;
	struct dh_secret a_own, b_own;
	struct dh_public unused;
	random_secret(&psk);
	dh_pair(&a_own, &unused);
	dh_pair(&b_own, &unused);
	struct noise_config config = {.pattern = "XXpsk0",
		.initiator = true,
		.prologue = bytes_text("prologue"),
		.psk = &psk,
		.own = &a_own};
	struct noise *a = noise_new(&config);
	config.initiator = false;
	config.own = &b_own;
	struct noise *b = noise_new(&config);
	bool good = carry(a, b) && carry(b, a) && carry(a, b);
	if (good) {
		CLEAN_BUF struct buf box = {0}, plain = {0};
		struct noise_channel *out = noise_split(a), *in = noise_split(b);
		enum err e = channel_seal(out, bytes_text("hello"), &box);
		show(box.at, box.len);
		if (e == OK)
			e = channel_open(in, buf_bytes(&box), &plain);
		show(&e, sizeof e);
		good = e == OK;
		channel_free(out);
		channel_free(in);
	}
	noise_free(a);
	noise_free(b);
	return good;
}

/* That a partner is here is acted on, so the verdict is public; which key it was is not
 * told by when the search stops: whom we dial tells it. */
static bool tokens(void)
{
	struct secret root, out, in, unused;
	struct announcement a;
	struct announce_heard heard;
	struct bytes txt[5];
	size_t tag = 0;
	random_secret(&root);
	pair_discovery_keys(&root, true, &out, &unused);
	pair_discovery_keys(&root, false, &unused, &in);
	/* The order of the tokens is drawn, and is seen by everybody. */
	if (randombytes_set_implementation(&randombytes_sysrandom_implementation) != 0)
		return false;
	announce_make(&out, 1, 25484, 1790000000, &a);
	show(&a, sizeof a); /* it is published */
	for (size_t i = 0; i < a.txt_count; i++)
		txt[i] = (struct bytes){a.txt[i].at, a.txt[i].len};
	if (announce_read(a.instance, a.port, txt, a.txt_count, &heard) != OK)
		return false;
	struct announce_key key = {.in = in, .tag = 3};
	int64_t off;
	bool known =
		announce_knows(&heard, &key, 1, 1790000000, ANNOUNCE_REACH, &tag, &off);
	show(&known, sizeof known);
	return known;
}

static bool hints(void)
{
	struct secret key, other;
	uint8_t challenge[WIRE_CHALLENGE] = {1}, preface[WIRE_PREFACE];
	random_secret(&key);
	random_secret(&other);
	hint_session(&key, challenge, preface);
	show(preface, sizeof preface); /* it is sent */
	bool right = hint_matches(&key, challenge, BYTES_OF(preface));
	bool wrong = hint_matches(&other, challenge, BYTES_OF(preface));
	show(&right, sizeof right);
	show(&wrong, sizeof wrong);
	return right && !wrong;
}

static bool derivations(void)
{
	struct secret root, bundle, space_key;
	struct session_key key;
	struct id space;
	random_secret(&root);
	pair_session_key(&root, true, 0, &key);
	pair_bundle_key(&root, &bundle);
	pair_space(&root, &space, &space_key);
	return true;
}

static bool planted(void)
{
	struct secret a, b;
	random_secret(&a);
	random_secret(&b);
	volatile int differs = memcmp(a.b, b.b, sizeof a.b);
	return differs != 0;
}

static const struct {
	const char *name;
	bool (*run)(void);
} all[] = {
	{"cpace", pake},
	{"noise", handshake},
	{"tokens", tokens},
	{"hints", hints},
	{"keys", derivations},
	{"planted", planted},
};

int main(int argc, char *argv[])
{
	if (!RUNNING_ON_VALGRIND)
		return 77; /* meson: skipped */
	/* In this order: libsodium draws the canaries of its allocator at the start. */
	if (argc != 2 || crypto_start() != OK ||
		randombytes_set_implementation(&hidden) != 0)
		return 2;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(argv[1], all[i].name) == 0)
			return all[i].run() ? 0 : 1;
	(void)fprintf(stderr, "ct: nothing is called \"%s\"\n", argv[1]);
	return 2;
}
