#include "net/protocol/pairing_run.h"

#include <string.h>

#include "net/protocol/hint.h"

/* The first byte of each step; odd ones are the typer's. */
enum step {
	F1_NONCE = 1,
	F2_NONCE,
	F3_SHARE,
	F4_SHARE,
	F5_TAG,
	F6_TAG,
};

#define VERSION 1 /* of these steps */

struct run *run_new(const struct run_config *config, struct buf *out)
{
	struct run *run = locked_new(sizeof *run);
	run->typer = config->typer;
	run->code = *config->code;
	run->own = *config->own;
	run->versions = config->versions;
	run->self = config->self;
	random_fill(run->own_nonce, sizeof run->own_nonce);
	if (run->typer) {
		run->state = RUN_CHALLENGE;
	} else {
		uint8_t challenge[WIRE_CHALLENGE];
		random_fill(challenge, sizeof challenge);
		buf_add(out, BYTES_OF(challenge));
		run->state = RUN_PREFACE;
	}
	return run;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	wire_in_release(&run->in);
	buf_release(&run->transcript);
	cpace_free(run->cpace);
	noise_free(run->noise);
	channel_free(run->channel);
	buf_wipe(&run->plain);
	pairing_who_release(&run->who);
	locked_free(run);
}

/* ---- Saying and reading steps: each is one frame, and part of the transcript. */

static void say(
	struct run *run, enum step step, struct bytes a, struct bytes b, struct buf *out)
{
	CLEAN_BUF struct buf body = {0};
	buf_add_u8(&body, (uint8_t)step);
	buf_add(&body, a);
	buf_add(&body, b);
	buf_add(&run->transcript, buf_bytes(&body));
	wire_add_frame(out, buf_bytes(&body));
}

/* Exactly `len` bytes behind the number of the step that is due. */
static bool hear(struct run *run, struct bytes body, enum step step, size_t len,
	struct bytes *value)
{
	uint8_t number;
	struct bytes rest = body;
	if (!bytes_take_u8(&rest, &number) || number != step || rest.len != len)
		return false;
	*value = rest;
	buf_add(&run->transcript, body);
	return true;
}

static const uint8_t version[] = {VERSION};

static void say_nonce(struct run *run, struct buf *out)
{
	say(run, run->typer ? F1_NONCE : F2_NONCE, BYTES_OF(version),
		BYTES_OF(run->own_nonce), out);
}

/* ---- CPace */

static void session_id(const struct run *run, uint8_t out[64])
{
	const struct bytes own = BYTES_OF(run->own_nonce);
	const struct bytes their = BYTES_OF(run->their_nonce);
	const struct bytes parts[] = {bytes_text("kith/pair/sid/1"),
		run->typer ? own : their, run->typer ? their : own};
	sha512_of(parts, 3, out);
}

static void add_channel(struct buf *out, const struct run *run)
{
	const uint8_t digits[] = {(uint8_t)('0' + run->code.nameplate / 10),
		(uint8_t)('0' + run->code.nameplate % 10)};
	lv_add(out, bytes_text("kith/pair/1"));
	lv_add(out, BYTES_OF(digits));
	lv_add(out, bytes_text("typer"));
	lv_add(out, bytes_text("shower"));
}

/* "T" or "S" and the version: what each tag vouches for besides the share. */
static void role(bool typer, uint8_t out[2])
{
	out[0] = typer ? 'T' : 'S';
	out[1] = VERSION;
}

/* Draw our share, and say it. */
static void say_share(struct run *run, struct buf *out)
{
	static const char label[] = {'P', 'G', 'P', 'W', '1'};
	uint8_t password[sizeof label + sizeof run->code.r];
	uint8_t sid[64], ad[2], share[CPACE_SHARE];
	CLEAN_BUF struct buf channel = {0};

	memcpy(password, label, sizeof label);
	memcpy(password + sizeof label, run->code.r, sizeof run->code.r);
	session_id(run, sid);
	add_channel(&channel, run);
	role(run->typer, ad);
	struct cpace_config config = {.initiator = run->typer,
		.password = BYTES_OF(password),
		.channel = buf_bytes(&channel),
		.session = {sid, 32},
		.own_ad = BYTES_OF(ad)};
	run->cpace = cpace_new(&config, share);
	wipe(password, sizeof password);
	say(run, run->typer ? F3_SHARE : F4_SHARE, BYTES_OF(share), (struct bytes){0},
		out);
}

static enum err take_share(struct run *run, struct bytes share)
{
	uint8_t ad[2];
	role(!run->typer, ad);
	return cpace_finish(run->cpace, share, BYTES_OF(ad), &run->key);
}

static void say_tag(struct run *run, struct buf *out)
{
	say(run, run->typer ? F5_TAG : F6_TAG, BYTES_OF(run->key.own_tag),
		(struct bytes){0}, out);
}

/* ---- What comes */

static enum err on_challenge(struct run *run, struct buf *out)
{
	uint8_t preface[WIRE_PREFACE];
	hint_pairing(preface);
	buf_add(out, BYTES_OF(preface));
	say_nonce(run, out);
	run->state = RUN_NONCE;
	return OK;
}

static enum err on_preface(struct run *run, struct bytes preface)
{
	if (hint_read(preface) != HINT_PAIRING)
		return ERR_NOT_FOUND;
	run->state = RUN_NONCE;
	return OK;
}

static enum err on_nonce(struct run *run, struct bytes body, struct buf *out)
{
	struct bytes value;
	uint8_t theirs;
	if (!hear(run, body, run->typer ? F2_NONCE : F1_NONCE, 1 + RUN_NONCE_LEN,
		    &value) ||
		!bytes_take_u8(&value, &theirs) || theirs != VERSION ||
		bytes_equal(value, BYTES_OF(run->own_nonce)))
		return ERR_CORRUPT;
	memcpy(run->their_nonce, value.at, sizeof run->their_nonce);
	run->begun = true;
	run->state = RUN_SHARE;
	if (run->typer)
		say_share(run, out);
	else
		say_nonce(run, out);
	return OK;
}

/* The typer's tag is its guess: from here on the code is spent. */
static enum err on_share(struct run *run, struct bytes body, struct buf *out)
{
	struct bytes share;
	if (!hear(run, body, run->typer ? F4_SHARE : F3_SHARE, CPACE_SHARE, &share))
		return ERR_CORRUPT;
	if (!run->typer)
		say_share(run, out);
	enum err e = take_share(run, share);
	if (e != OK)
		return e;
	if (run->typer) {
		say_tag(run, out);
		run->guessed = true;
	}
	run->state = RUN_TAG;
	return OK;
}

/* The shower says its tag only to one who knew the code. */
static enum err on_tag(struct run *run, struct bytes body, struct buf *out)
{
	struct bytes tag;
	run->guessed = true;
	if (!hear(run, body, run->typer ? F6_TAG : F5_TAG, CPACE_TAG, &tag))
		return ERR_CORRUPT;
	if (!secret_equal(tag.at, run->key.their_tag, CPACE_TAG))
		return ERR_AUTH;
	words_code_wipe(&run->code);
	if (!run->typer)
		say_tag(run, out);
	run->state = RUN_NOISE;
	return run_meet(run, out);
}

static enum err on_frame(
	struct run *run, struct bytes body, struct buf *out, struct why *why)
{
	switch (run->state) {
	case RUN_NONCE:
		return on_nonce(run, body, out);
	case RUN_SHARE:
		return on_share(run, body, out);
	case RUN_TAG:
		return on_tag(run, body, out);
	case RUN_CHALLENGE:
	case RUN_PREFACE:
	case RUN_NOISE:
	case RUN_WHO:
	case RUN_WORDS:
	case RUN_CONFIRM:
	case RUN_CONFIRMED:
		break;
	}
	return run_meet_frame(run, body, out, why);
}

/* One step over the bytes at hand; false when more are needed. */
static bool step(struct run *run, struct bytes *rest, struct buf *out, enum err *e,
	struct why *why)
{
	struct bytes part;
	bool whole;
	if (run->state == RUN_CHALLENGE) {
		whole = wire_take(&run->in, rest, WIRE_CHALLENGE, &part);
		if (whole)
			*e = on_challenge(run, out);
	} else if (run->state == RUN_PREFACE) {
		whole = wire_take(&run->in, rest, WIRE_PREFACE, &part);
		if (whole)
			*e = on_preface(run, part);
	} else {
		whole = wire_take_frame(&run->in, rest, WIRE_EARLY_MAX, &part, e);
		if (whole)
			*e = on_frame(run, part, out, why);
	}
	return whole && *e == OK;
}

enum err run_recv(struct run *run, struct bytes bytes, struct buf *out, struct why *why)
{
	enum err e = OK;
	while (step(run, &bytes, out, &e, why))
		;
	return e;
}
