/*
 * Runs published vectors through core/crypto: Noise, CPace, X25519, HMAC-SHA-512.
 *
 * Reads lines of a name and hexadecimal from run_vectors.py; a line "run KIND LABEL" runs
 * what was said since the last one. Ephemeral keys and scalars are fixed by handing
 * libsodium a source of randomness of our own, so that the code under test needs no door
 * for it.
 */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crypto/cpace.h"
#include "core/crypto/noise.h"

#define FIELDS_MAX 64

/* ---- randomness that was written down beforehand ---- */

static struct bytes drawn_next;

static const char *fixed_name(void)
{
	return "fixed";
}

static void fixed_fill(void *const out, const size_t len)
{
	if (!bytes_take_into(&drawn_next, out, len)) {
		(void)fputs("more randomness was drawn than the vector has\n", stderr);
		exit(1);
	}
}

static uint32_t fixed_u32(void)
{
	uint32_t v = 0;
	fixed_fill(&v, sizeof v);
	return v;
}

static struct randombytes_implementation fixed = {
	.implementation_name = fixed_name,
	.random = fixed_u32,
	.buf = fixed_fill,
};

/* ---- one block of lines ---- */

struct field {
	char name[32];
	struct bytes value; /* in the arena */
};

struct block {
	struct arena arena;
	struct field fields[FIELDS_MAX];
	size_t count;
};

static const struct field *find_nth(const struct block *block, const char *name, size_t n)
{
	for (size_t i = 0; i < block->count; i++)
		if (strcmp(block->fields[i].name, name) == 0 && n-- == 0)
			return &block->fields[i];
	return NULL;
}

static bool has(const struct block *block, const char *name)
{
	return find_nth(block, name, 0) != NULL;
}

/* The value of that name; empty when there is none. */
static struct bytes get(const struct block *block, const char *name)
{
	const struct field *field = find_nth(block, name, 0);
	return field != NULL ? field->value : (struct bytes){0};
}

static bool get_into(const struct block *block, const char *name, void *out, size_t len)
{
	struct bytes value = get(block, name);
	if (value.len != len)
		return false;
	memcpy(out, value.at, len);
	return true;
}

static bool fails(const char *what)
{
	printf("  wrong: %s\n", what);
	return false;
}

static bool is(const char *what, struct bytes is, struct bytes should)
{
	return bytes_equal(is, should) || fails(what);
}

/* ---- Noise ---- */

struct side {
	struct noise *noise;
	struct noise_channel *channel;
	bool initiator;
};

static void name_key(char out[32], const struct side *side, const char *key)
{
	(void)snprintf(out, 32, "%s_%s", side->initiator ? "init" : "resp", key);
}

static bool side_start(struct side *side, const struct block *block)
{
	struct secret psk;
	struct dh_secret own;
	struct dh_public remote;
	char name[32];
	CLEAN_ARENA struct arena arena = {0};
	struct noise_config config = {
		.pattern = arena_string(&arena, get(block, "pattern")),
		.initiator = side->initiator,
	};
	name_key(name, side, "prologue");
	config.prologue = get(block, name);
	name_key(name, side, "psk");
	if (get_into(block, name, psk.b, sizeof psk.b))
		config.psk = &psk;
	name_key(name, side, "static");
	if (get_into(block, name, own.b, sizeof own.b))
		config.own = &own;
	name_key(name, side, "remote_static");
	if (get_into(block, name, remote.b, sizeof remote.b))
		config.remote = &remote;
	if (!noise_knows(config.pattern))
		return fails("the pattern is not known");
	side->noise = noise_new(&config);
	return true;
}

static void side_end(struct side *side)
{
	noise_free(side->noise);
	channel_free(side->channel);
}

static enum err side_write(struct side *side, const struct block *block,
	struct bytes payload, struct buf *box)
{
	if (side->channel != NULL)
		return channel_seal(side->channel, payload, box);
	char name[32];
	name_key(name, side, "ephemeral");
	drawn_next = get(block, name);
	return noise_write(side->noise, payload, box);
}

static enum err side_read(struct side *side, struct bytes box, struct buf *plain)
{
	if (side->channel != NULL)
		return channel_open(side->channel, box, plain);
	return noise_read(side->noise, box, plain);
}

static bool exchange(struct side *from, struct side *to, const struct block *block,
	struct bytes payload, struct bytes ciphertext)
{
	CLEAN_BUF struct buf box = {0}, plain = {0};
	if (side_write(from, block, payload, &box) != OK)
		return fails("writing");
	if (!is("ciphertext", buf_bytes(&box), ciphertext))
		return false;
	if (side_read(to, buf_bytes(&box), &plain) != OK)
		return fails("reading");
	return is("payload", buf_bytes(&plain), payload);
}

static bool side_split(
	struct side *side, const struct side *other, const struct block *block)
{
	uint8_t hash[NOISE_HASH];
	noise_hash(side->noise, hash);
	if (has(block, "handshake_hash") &&
		!is("handshake hash", BYTES_OF(hash), get(block, "handshake_hash")))
		return false;

	/* The other's static key, if it has one, is known by now. */
	struct dh_secret theirs;
	char name[32];
	name_key(name, other, "static");
	if (get_into(block, name, theirs.b, sizeof theirs.b)) {
		struct dh_public key;
		dh_public_of(&theirs, &key);
		const struct dh_public *remote = noise_remote(side->noise);
		/* In "IN" and "KN" only the initiator has one; in "N" only the other. */
		if (remote == NULL || !dh_public_equal(remote, &key))
			return fails("their static key");
	}
	side->channel = noise_split(side->noise);
	return true;
}

static bool run_messages(struct side *i, struct side *r, const struct block *block)
{
	size_t handshake = 0; /* how many messages the handshake took */
	for (size_t n = 0; find_nth(block, "payload", n) != NULL; n++) {
		bool initiator = n % 2 == 0;
		if (i->channel == NULL)
			initiator = noise_is_my_turn(i->noise);
		else if (handshake == 1)
			initiator = true;
		else if (has(block, "restart"))
			initiator = (n - handshake) % 2 == 0;
		if (!exchange(initiator ? i : r, initiator ? r : i, block,
			    find_nth(block, "payload", n)->value,
			    find_nth(block, "ciphertext", n)->value))
			return false;
		if (i->channel == NULL && noise_is_done(i->noise)) {
			if (!side_split(i, r, block) || !side_split(r, i, block))
				return false;
			handshake = n + 1;
		}
	}
	return i->channel != NULL || fails("the handshake was not finished");
}

static bool run_noise(const struct block *block)
{
	struct side i = {.initiator = true}, r = {0};
	bool ok = side_start(&i, block) && side_start(&r, block) &&
		  run_messages(&i, &r, block);
	side_end(&i);
	side_end(&r);
	return ok;
}

/* ---- CPace ---- */

static struct cpace *start_cpace(const struct block *block, bool initiator,
	const char *scalar, struct bytes ad, uint8_t share[CPACE_SHARE])
{
	const struct cpace_config config = {
		.initiator = initiator,
		.password = get(block, "PRS"),
		.channel = get(block, "CI"),
		.session = get(block, "sid"),
		.own_ad = ad,
	};
	drawn_next = get(block, scalar);
	return cpace_new(&config, share);
}

/* ISK as the draft spells it, from the K that the vector gives. */
static void isk_from(
	struct bytes sid, struct bytes k, const struct bytes parts[4], uint8_t out[64])
{
	CLEAN_BUF struct buf text = {0};
	lv_add(&text, bytes_text("CPaceRistretto255_ISK"));
	lv_add(&text, sid);
	lv_add(&text, k);
	for (size_t n = 0; n < 4; n++)
		lv_add(&text, parts[n]);
	const struct bytes all = buf_bytes(&text);
	sha512_of(&all, 1, out);
}

/* g = (1/y) Y: what the password was mapped to. */
static bool check_generator(
	const struct block *block, const char *scalar, const uint8_t share[CPACE_SHARE])
{
	uint8_t y[32], inverse[32], g[32];
	return (get_into(block, scalar, y, sizeof y) &&
		       crypto_core_ristretto255_scalar_invert(inverse, y) == 0 &&
		       crypto_scalarmult_ristretto255(g, inverse, share) == 0 &&
		       bytes_equal(BYTES_OF(g), get(block, "g"))) ||
	       fails("g");
}

static bool check_key(const struct block *block, const struct cpace_key *key)
{
	const struct bytes parts[] = {
		get(block, "Ya"), get(block, "ADa"), get(block, "Yb"), get(block, "ADb")};
	uint8_t isk[64];
	isk_from(get(block, "sid"), get(block, "K"), parts, isk);
	return is("ISK of K", BYTES_OF(isk), get(block, "ISK_IR")) &&
	       is("ISK", BYTES_OF(key->isk.b), get(block, "ISK_IR")) &&
	       is("sid_output", BYTES_OF(key->session_out), get(block, "sid_output_ir"));
}

static bool run_cpace(const struct block *block)
{
	uint8_t ya[CPACE_SHARE], yb[CPACE_SHARE];
	struct bytes ad_a = get(block, "ADa"), ad_b = get(block, "ADb");
	CLEANUP(cpace_freep) struct cpace *a = start_cpace(block, true, "ya", ad_a, ya);
	CLEANUP(cpace_freep) struct cpace *b = start_cpace(block, false, "yb", ad_b, yb);
	if (!is("Ya", BYTES_OF(ya), get(block, "Ya")) ||
		!is("Yb", BYTES_OF(yb), get(block, "Yb")) ||
		!check_generator(block, "ya", ya) || !check_generator(block, "yb", yb))
		return false;

	struct cpace_key at_a, at_b;
	if (cpace_finish(a, BYTES_OF(yb), ad_b, &at_a) != OK ||
		cpace_finish(b, BYTES_OF(ya), ad_a, &at_b) != OK)
		return fails("finishing");
	return check_key(block, &at_a) && check_key(block, &at_b) &&
	       is("Ta", BYTES_OF(at_a.own_tag), BYTES_OF(at_b.their_tag)) &&
	       is("Tb", BYTES_OF(at_b.own_tag), BYTES_OF(at_a.their_tag));
}

/* Put the point X through a run whose scalar is s. With a K it is valid; then its twin
 * with bit 255 set, which libsodium 1.0.18 takes for the same point, must be refused. */
static bool run_point(const struct block *block)
{
	uint8_t share[CPACE_SHARE], point[CPACE_SHARE];
	struct cpace_key key;
	if (!get_into(block, "X", point, sizeof point))
		return fails("X");
	CLEANUP(cpace_freep)
	struct cpace *cpace = start_cpace(block, true, "s", (struct bytes){0}, share);
	enum err e = cpace_finish(cpace, BYTES_OF(point), (struct bytes){0}, &key);
	if (!has(block, "K"))
		return e == ERR_AUTH || fails("an invalid point was taken");

	const struct bytes parts[] = {
		BYTES_OF(share), {NULL, 0}, BYTES_OF(point), {NULL, 0}};
	uint8_t isk[64];
	isk_from((struct bytes){0}, get(block, "K"), parts, isk);
	if (e != OK || !is("K", BYTES_OF(key.isk.b), BYTES_OF(isk)))
		return fails("a valid point");

	point[CPACE_SHARE - 1] |= 0x80;
	CLEANUP(cpace_freep)
	struct cpace *again = start_cpace(block, true, "s", (struct bytes){0}, share);
	e = cpace_finish(again, BYTES_OF(point), (struct bytes){0}, &key);
	return e == ERR_AUTH || fails("bit 255 was not looked at");
}

/* ---- primitives ---- */

static bool run_x25519(const struct block *block)
{
	struct dh_secret own;
	struct dh_public theirs;
	struct secret shared;
	if (!get_into(block, "private", own.b, sizeof own.b) ||
		!get_into(block, "public", theirs.b, sizeof theirs.b))
		return fails("lengths");
	bool zero = sodium_is_zero(get(block, "shared").at, sizeof shared.b);
	bool ok = dh(&own, &theirs, &shared);
	return (ok != zero || fails("whether the result is zero")) &&
	       is("shared", BYTES_OF(shared.b), get(block, "shared"));
}

static bool run_hmac(const struct block *block)
{
	uint8_t tag[64];
	struct bytes expected = get(block, "tag"), message = get(block, "msg");
	hmac_sha512(get(block, "key"), &message, 1, tag);
	if (expected.len > sizeof tag)
		return fails("length");
	bool same = bytes_equal((struct bytes){tag, expected.len}, expected);
	struct bytes valid = get(block, "valid");
	return valid.len == 1 && (same == (valid.at[0] == 1) || fails("tag"));
}

/* ---- reading ---- */

static const struct kind {
	const char *name;
	bool (*run)(const struct block *block);
	unsigned count, failed;
} kind_table[] = {
	{"noise", run_noise, 0, 0},
	{"cpace", run_cpace, 0, 0},
	{"point", run_point, 0, 0},
	{"x25519", run_x25519, 0, 0},
	{"hmac", run_hmac, 0, 0},
};

#define KINDS (sizeof kind_table / sizeof *kind_table)

static void add_field(struct block *block, const char *name, const char *hex)
{
	assert(block->count < FIELDS_MAX);
	struct field *field = &block->fields[block->count++];
	(void)snprintf(field->name, sizeof field->name, "%s", name);
	uint8_t *at = arena_new(&block->arena, strlen(hex) / 2 + 1);
	if (sodium_hex2bin(at, strlen(hex) / 2 + 1, hex, strlen(hex), NULL,
		    &field->value.len, NULL) != 0) {
		printf("%s is not hexadecimal\n", name);
		exit(1);
	}
	field->value.at = at;
}

static bool run_block(struct kind kinds[KINDS], const struct block *block,
	const char *kind, const char *label)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		kinds[i].count++;
		if (kinds[i].run(block))
			return true;
		kinds[i].failed++;
		printf("%s %s failed\n", kind, label);
		return false;
	}
	printf("%s: no such kind\n", kind);
	return false;
}

static bool take_line(
	struct kind kinds[KINDS], struct block *block, char *line, bool *all_well)
{
	char *rest = NULL;
	const char *name = strtok_r(line, " \n", &rest);
	const char *value = strtok_r(NULL, " \n", &rest);
	const char *label = strtok_r(NULL, " \n", &rest);
	if (name == NULL)
		return false;
	if (strcmp(name, "run") != 0) {
		add_field(block, name, value != NULL ? value : "");
		return true;
	}
	if (!run_block(kinds, block, value != NULL ? value : "", label))
		*all_well = false;
	arena_release(&block->arena);
	*block = (struct block){0};
	return true;
}

int main(void)
{
	struct kind kinds[KINDS];
	memcpy(kinds, kind_table, sizeof kinds);
	if (crypto_start() != OK)
		return 1;
	randombytes_set_implementation(&fixed);

	struct block block = {0};
	char *line = NULL;
	size_t room = 0;
	bool all_well = true;
	while (getline(&line, &room, stdin) >= 0)
		(void)take_line(kinds, &block, line, &all_well);
	free(line);
	arena_release(&block.arena);

	for (size_t i = 0; i < KINDS; i++)
		printf("%s: %u run, %u failed\n", kinds[i].name, kinds[i].count,
			kinds[i].failed);
	return all_well ? 0 : 1;
}
