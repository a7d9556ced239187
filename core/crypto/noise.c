#include "core/crypto/noise.h"

#include <assert.h>
#include <string.h>

#include "core/crypto/noise_pattern.h"
#include "core/crypto/noise_state.h"

/* The longest protocol name fits unhashed: "Noise_X1X1psk4" and this. */
#define SUITE "_25519_ChaChaPoly_BLAKE2b"

enum phase {
	RUNNING,
	DONE,
	SPLIT, /* its keys went into the channel */
	DEAD,
};

/* Own keys are the secret halves of what was, or will be, sent. Whether a key is there is
 * known from the pattern and `at`, but for their static key, which the caller asks for.
 */
struct noise {
	const struct pattern *pattern;
	int psk_place;
	size_t at; /* the message that comes next */
	enum phase phase;
	bool initiator;
	bool has_own;
	bool has_remote;
	struct secret psk;
	struct dh_secret own, own_ephemeral;
	struct dh_public own_public;
	struct dh_public remote, remote_ephemeral;
	struct symmetric symmetric;
};

struct noise_channel {
	struct cipher out, in;
};

bool noise_knows(const char *pattern)
{
	int psk = 0;
	return pattern_find(pattern, &psk) != NULL;
}

static void start_hash(struct noise *noise, const char *pattern, struct bytes prologue)
{
	CLEAN_BUF struct buf name = {0};
	buf_add_format(&name, "Noise_%s" SUITE, pattern);
	symmetric_init(&noise->symmetric, buf_bytes(&name));
	symmetric_mix_hash(&noise->symmetric, prologue);
}

/* The static keys that were known beforehand: the initiator's first. */
static void mix_known(struct noise *noise)
{
	const struct dh_public *of_initiator =
		noise->initiator ? &noise->own_public : &noise->remote;
	const struct dh_public *of_responder =
		noise->initiator ? &noise->remote : &noise->own_public;
	if (noise->pattern->initiator_known)
		symmetric_mix_hash(&noise->symmetric, BYTES_OF(of_initiator->b));
	if (noise->pattern->responder_known)
		symmetric_mix_hash(&noise->symmetric, BYTES_OF(of_responder->b));
}

static void take_keys(struct noise *noise, const struct noise_config *config)
{
	const struct pattern *pattern = noise->pattern;
	bool needs_remote =
		config->initiator ? pattern->responder_known : pattern->initiator_known;
	assert((noise->psk_place != PATTERN_NO_PSK) == (config->psk != NULL));
	assert(config->own != NULL || !pattern_has_static(pattern, config->initiator));
	assert(needs_remote == (config->remote != NULL));

	if (config->psk != NULL)
		noise->psk = *config->psk;
	if (config->own != NULL) {
		noise->own = *config->own;
		noise->has_own = true;
		dh_public_of(&noise->own, &noise->own_public);
	}
	if (config->remote != NULL) {
		noise->remote = *config->remote;
		noise->has_remote = true;
	}
}

struct noise *noise_new(const struct noise_config *config)
{
	struct noise *noise = locked_new(sizeof *noise);
	noise->pattern = pattern_find(config->pattern, &noise->psk_place);
	assert(noise->pattern != NULL);
	noise->initiator = config->initiator;
	take_keys(noise, config);
	start_hash(noise, config->pattern, config->prologue);
	mix_known(noise);
	return noise;
}

void noise_free(struct noise *noise)
{
	locked_free(noise);
}

void noise_freep(struct noise **noise)
{
	noise_free(*noise);
}

static void wipe_keys(struct noise *noise)
{
	secret_wipe(&noise->psk);
	dh_secret_wipe(&noise->own);
	dh_secret_wipe(&noise->own_ephemeral);
	wide_secret_wipe(&noise->symmetric.chain);
	wipe(&noise->symmetric.cipher, sizeof noise->symmetric.cipher);
}

static enum err die(struct noise *noise, enum err e)
{
	wipe_keys(noise);
	noise->has_remote = false;
	noise->phase = DEAD;
	return e;
}

static bool is_ours(const struct noise *noise)
{
	return (noise->at % 2 == 0) == noise->initiator;
}

bool noise_is_my_turn(const struct noise *noise)
{
	return noise->phase == RUNNING && is_ours(noise);
}

/* One token of key agreement, the same for whoever writes and whoever reads. */
static enum err mix_dh(struct noise *noise, enum token token)
{
	/* In "es" and "se" the first letter is the initiator's. */
	bool own_static =
		token == TOKEN_SS || token == (noise->initiator ? TOKEN_SE : TOKEN_ES);
	bool their_static =
		token == TOKEN_SS || token == (noise->initiator ? TOKEN_ES : TOKEN_SE);
	WIPED(secret) shared;
	if (!dh(own_static ? &noise->own : &noise->own_ephemeral,
		    their_static ? &noise->remote : &noise->remote_ephemeral, &shared))
		return ERR_AUTH;
	symmetric_mix_key(&noise->symmetric, BYTES_OF(shared.b));
	return OK;
}

/* §9.2: with a psk, an ephemeral key goes into the chaining key too, so that the psk is
 * never used twice for one cipher key. */
static void mix_ephemeral(struct noise *noise, const struct dh_public *key)
{
	symmetric_mix_hash(&noise->symmetric, BYTES_OF(key->b));
	if (noise->psk_place != PATTERN_NO_PSK)
		symmetric_mix_key(&noise->symmetric, BYTES_OF(key->b));
}

/* psk0 stands before the first message, pskN at the end of message N. */
static void mix_psk_at(struct noise *noise, size_t place)
{
	if (noise->psk_place >= 0 && (size_t)noise->psk_place == place)
		symmetric_mix_psk(&noise->symmetric, &noise->psk);
}

static enum err write_token(struct noise *noise, enum token token, struct buf *message)
{
	struct dh_public ephemeral;
	switch (token) {
	case TOKEN_E:
		dh_pair(&noise->own_ephemeral, &ephemeral);
		buf_add(message, BYTES_OF(ephemeral.b));
		mix_ephemeral(noise, &ephemeral);
		return OK;
	case TOKEN_S:
		return symmetric_seal(
			&noise->symmetric, BYTES_OF(noise->own_public.b), message);
	case TOKEN_EE:
	case TOKEN_ES:
	case TOKEN_SE:
	case TOKEN_SS:
		return mix_dh(noise, token);
	case TOKEN_END:
		break;
	}
	return OK;
}

static enum err write_message(
	struct noise *noise, struct bytes payload, struct buf *message)
{
	size_t before = message->len;
	if (noise->at == 0)
		mix_psk_at(noise, 0);
	for (const enum token *t = noise->pattern->messages[noise->at]; *t != TOKEN_END;
		t++) {
		enum err e = write_token(noise, *t, message);
		if (e != OK)
			return e;
	}
	mix_psk_at(noise, noise->at + 1);

	size_t used = message->len - before + cipher_overhead(&noise->symmetric.cipher);
	if (payload.len > NOISE_MESSAGE_MAX - used)
		return ERR_TOO_BIG;
	return symmetric_seal(&noise->symmetric, payload, message);
}

static void go_on(struct noise *noise)
{
	noise->at++;
	if (noise->at == pattern_count(noise->pattern))
		noise->phase = DONE;
}

static enum err may(const struct noise *noise, bool write)
{
	if (noise->phase == DEAD || noise->phase == SPLIT)
		return ERR_CLOSED;
	if (noise->phase == DONE || is_ours(noise) != write)
		return ERR_REFUSED;
	return OK;
}

enum err noise_write(struct noise *noise, struct bytes payload, struct buf *message)
{
	size_t before = message->len;
	enum err e = may(noise, true);
	if (e == ERR_CLOSED)
		return e;
	if (e == OK)
		e = write_message(noise, payload, message);
	if (e != OK) {
		message->len = before;
		return die(noise, e);
	}
	go_on(noise);
	return OK;
}

static enum err read_ephemeral(struct noise *noise, struct bytes *rest)
{
	struct dh_public *key = &noise->remote_ephemeral;
	if (!bytes_take_into(rest, key->b, sizeof key->b))
		return ERR_CORRUPT;
	mix_ephemeral(noise, key);
	return OK;
}

static enum err read_static(struct noise *noise, struct bytes *rest)
{
	struct dh_public *key = &noise->remote;
	struct bytes box;
	if (!bytes_take(rest, sizeof key->b + cipher_overhead(&noise->symmetric.cipher),
		    &box))
		return ERR_CORRUPT;
	CLEAN_BUF struct buf plain = {0};
	enum err e = symmetric_open(&noise->symmetric, box, &plain);
	if (e != OK)
		return e;
	memcpy(key->b, plain.at, sizeof key->b);
	if (noise->has_own && dh_public_equal(key, &noise->own_public))
		return ERR_REFUSED;
	noise->has_remote = true;
	return OK;
}

static enum err read_token(struct noise *noise, enum token token, struct bytes *rest)
{
	switch (token) {
	case TOKEN_E:
		return read_ephemeral(noise, rest);
	case TOKEN_S:
		return read_static(noise, rest);
	case TOKEN_EE:
	case TOKEN_ES:
	case TOKEN_SE:
	case TOKEN_SS:
		return mix_dh(noise, token);
	case TOKEN_END:
		break;
	}
	return OK;
}

static enum err read_message(
	struct noise *noise, struct bytes message, struct buf *payload)
{
	if (message.len > NOISE_MESSAGE_MAX)
		return ERR_TOO_BIG;
	if (noise->at == 0)
		mix_psk_at(noise, 0);
	for (const enum token *t = noise->pattern->messages[noise->at]; *t != TOKEN_END;
		t++) {
		enum err e = read_token(noise, *t, &message);
		if (e != OK)
			return e;
	}
	mix_psk_at(noise, noise->at + 1);
	return symmetric_open(&noise->symmetric, message, payload);
}

enum err noise_read(struct noise *noise, struct bytes message, struct buf *payload)
{
	size_t before = payload->len;
	enum err e = may(noise, false);
	if (e == ERR_CLOSED)
		return e;
	if (e == OK)
		e = read_message(noise, message, payload);
	if (e != OK) {
		payload->len = before;
		return die(noise, e);
	}
	go_on(noise);
	return OK;
}

bool noise_is_done(const struct noise *noise)
{
	return noise->phase == DONE || noise->phase == SPLIT;
}

const struct dh_public *noise_remote(const struct noise *noise)
{
	return noise->has_remote ? &noise->remote : NULL;
}

void noise_hash(const struct noise *noise, uint8_t out[NOISE_HASH])
{
	assert(noise_is_done(noise));
	memcpy(out, noise->symmetric.hash, NOISE_HASH);
}

struct noise_channel *noise_split(struct noise *noise)
{
	assert(noise->phase == DONE);
	struct noise_channel *channel = locked_new(sizeof *channel);
	struct cipher *from = noise->initiator ? &channel->out : &channel->in;
	struct cipher *to = noise->initiator ? &channel->in : &channel->out;
	symmetric_split(&noise->symmetric, from, to);
	/* One-way: without a key nothing goes back (§7.4). */
	if (pattern_count(noise->pattern) == 1)
		wipe(to, sizeof *to);
	wipe_keys(noise);
	noise->phase = SPLIT;
	return channel;
}

void channel_free(struct noise_channel *channel)
{
	locked_free(channel);
}

void channel_freep(struct noise_channel **channel)
{
	channel_free(*channel);
}

enum err channel_seal(struct noise_channel *channel, struct bytes plain, struct buf *box)
{
	assert(channel->out.keyed);
	if (plain.len > NOISE_PLAIN_MAX)
		return ERR_TOO_BIG;
	return cipher_seal(&channel->out, (struct bytes){0}, plain, box);
}

enum err channel_open(struct noise_channel *channel, struct bytes box, struct buf *plain)
{
	if (box.len < NOISE_TAG)
		return ERR_CORRUPT;
	if (box.len > NOISE_MESSAGE_MAX)
		return ERR_TOO_BIG;
	if (!channel->in.keyed)
		return ERR_AUTH;
	return cipher_open(&channel->in, (struct bytes){0}, box, plain);
}
