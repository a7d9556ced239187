/* The talk of a pairing run, once both have shown that they know the code. */
#include "net/protocol/pairing_run.h"

#include <string.h>

/* ---- Noise_XXpsk0 */

enum err run_meet(struct run *run, struct buf *out)
{
	WIPED(secret) psk;
	uint8_t steps[64];
	CLEAN_BUF struct buf prologue = {0};
	const struct bytes transcript = buf_bytes(&run->transcript);
	sha512_of(&transcript, 1, steps);
	buf_add_text(&prologue, "kith/pair/noise/1");
	buf_add(&prologue, BYTES_OF(steps));
	keyed_hash(BYTES_OF(run->key.isk.b), "kith/pair/noise-psk/1", NULL, 0, psk.b,
		sizeof psk.b);

	struct noise_config config = {.pattern = "XXpsk0",
		.initiator = run->typer,
		.prologue = buf_bytes(&prologue),
		.psk = &psk,
		.own = &run->own};
	run->noise = noise_new(&config);
	if (!run->typer)
		return OK;

	CLEAN_BUF struct buf message = {0};
	enum err e = noise_write(run->noise, (struct bytes){0}, &message);
	wire_add_frame(out, buf_bytes(&message));
	run->turn = 1;
	return e;
}

static enum err say(
	struct run *run, enum wire_kind kind, struct bytes inner, struct buf *out)
{
	struct wire_message message = {.kind = (uint8_t)kind, .inner = inner};
	return wire_seal(run->channel, &message, out);
}

static enum err write_noise(struct run *run, struct buf *out)
{
	CLEAN_BUF struct buf payload = {0}, message = {0};
	wire_versions_add(&payload, &run->versions);
	enum err e = noise_write(run->noise, buf_bytes(&payload), &message);
	if (e != OK)
		return e;
	wire_add_frame(out, buf_bytes(&message));
	run->turn++;
	return OK;
}

/* ERR_VERSION when all is well but no version is spoken by both. */
static enum err read_noise(struct run *run, struct bytes body, struct why *why)
{
	CLEAN_BUF struct buf payload = {0};
	enum err e = noise_read(run->noise, body, &payload);
	if (e == ERR_REFUSED)
		return because(
			why, e, "that is this very device: pairing is for two people");
	if (e != OK)
		return e;
	if (run->turn++ == 0)
		return payload.len == 0 ? OK : ERR_CORRUPT;

	struct wire_versions theirs, agreed;
	e = wire_versions_read(buf_bytes(&payload), &theirs);
	if (e != OK)
		return e;
	return wire_versions_agree(&run->versions, &theirs, &agreed, why);
}

static enum err come_up(struct run *run, struct buf *out)
{
	noise_hash(run->noise, run->hash);
	run->channel = noise_split(run->noise);
	dh_secret_wipe(&run->own);
	run->state = RUN_WHO;
	return say(run, WIRE_PAIR_WHO, buf_bytes(&run->self->who), out);
}

/* As in a session, the typer says its versions nonetheless when there is none in common:
 * both people should learn whose is older. */
static enum err on_noise(
	struct run *run, struct bytes body, struct buf *out, struct why *why)
{
	enum err e = read_noise(run, body, why);
	if (e == ERR_VERSION && run->typer && write_noise(run, out) != OK)
		return ERR_AUTH;
	if (e == OK && noise_is_my_turn(run->noise))
		e = write_noise(run, out);
	if (e != OK || !noise_is_done(run->noise))
		return e;
	return come_up(run, out);
}

/* ---- The words */

static void commit_to(
	const struct run *run, const uint8_t share[RUN_HALF], uint8_t out[RUN_HALF])
{
	const struct bytes parts[] = {{share, RUN_HALF}, BYTES_OF(run->hash)};
	struct hash hash = hash_of("kith/sas/c/1", parts, 2);
	memcpy(out, hash.b, RUN_HALF);
}

static void find_words(struct run *run)
{
	uint8_t hash[64];
	const struct bytes own = BYTES_OF(run->own_share);
	const struct bytes their = BYTES_OF(run->their_share);
	const struct bytes parts[] = {
		BYTES_OF(run->hash), run->typer ? own : their, run->typer ? their : own};
	keyed_hash((struct bytes){0}, "kith/sas/1", parts, 3, hash, sizeof hash);
	memcpy(run->words, hash, sizeof run->words);
	run->state = RUN_CONFIRM;
}

static enum err on_who(
	struct run *run, struct bytes inner, struct buf *out, struct why *why)
{
	enum err e = pairing_who_read(
		run->self, inner, noise_remote(run->noise), &run->who, why);
	if (e != OK)
		return e;
	run->state = RUN_WORDS;
	random_fill(run->own_share, sizeof run->own_share);
	if (!run->typer)
		return OK;
	uint8_t commitment[RUN_HALF];
	commit_to(run, run->own_share, commitment);
	return say(run, WIRE_PAIR_COMMIT, BYTES_OF(commitment), out);
}

static enum err on_commit(struct run *run, struct bytes inner, struct buf *out)
{
	memcpy(run->commitment, inner.at, sizeof run->commitment);
	run->committed = true;
	return say(run, WIRE_PAIR_SHARE, BYTES_OF(run->own_share), out);
}

static enum err on_share(struct run *run, struct bytes inner, struct buf *out)
{
	memcpy(run->their_share, inner.at, sizeof run->their_share);
	find_words(run);
	return say(run, WIRE_PAIR_REVEAL, BYTES_OF(run->own_share), out);
}

static enum err on_reveal(struct run *run, struct bytes inner)
{
	uint8_t commitment[RUN_HALF];
	memcpy(run->their_share, inner.at, sizeof run->their_share);
	commit_to(run, run->their_share, commitment);
	if (!secret_equal(commitment, run->commitment, sizeof commitment))
		return ERR_AUTH;
	find_words(run);
	return OK;
}

/* ---- The confirmations */

void run_confirm(struct run *run)
{
	random_fill(run->own_half, sizeof run->own_half);
	run->we_confirmed = true;
}

enum err run_say_confirm(struct run *run, struct buf *out)
{
	WIPED(buf) inner = {0};
	struct pairing_shared ours = pairing_shared_of(run->who.known);
	(void)buf_extend(&inner, 128); /* so that growing leaves no copy behind */
	buf_clear(&inner);
	buf_add(&inner, BYTES_OF(run->own_half));
	pairing_shared_add(&inner, &ours);
	wipe(&ours, sizeof ours);
	return say(run, WIRE_PAIR_CONFIRM, buf_bytes(&inner), out);
}

void run_root(const struct run *run, struct secret *out)
{
	const struct bytes own = BYTES_OF(run->own_half);
	const struct bytes their = BYTES_OF(run->their_half);
	const struct bytes parts[] = {
		BYTES_OF(run->hash), run->typer ? own : their, run->typer ? their : own};
	keyed_hash(BYTES_OF(run->key.isk.b), "kith/pair/root/1", parts, 3, out->b,
		sizeof out->b);
}

/* The shower's comes last of all: it has written us down already. */
static enum err on_confirm(struct run *run, struct bytes inner)
{
	if (run->typer && !run->we_confirmed)
		return ERR_CORRUPT;
	if (!bytes_take_into(&inner, run->their_half, sizeof run->their_half) ||
		!pairing_shared_read(&inner, &run->theirs) || inner.len != 0)
		return ERR_CORRUPT;
	run->state = RUN_CONFIRMED;
	return OK;
}

/* ---- What comes */

/* The one kind of message that may come now. */
static uint8_t due(const struct run *run)
{
	if (run->state == RUN_WHO)
		return WIRE_PAIR_WHO;
	if (run->state == RUN_CONFIRM)
		return WIRE_PAIR_CONFIRM;
	if (run->typer)
		return WIRE_PAIR_SHARE;
	return run->committed ? WIRE_PAIR_REVEAL : WIRE_PAIR_COMMIT;
}

static enum err on_message(struct run *run, const struct wire_message *message,
	struct buf *out, struct why *why)
{
	if (run->state == RUN_CONFIRMED || message->kind != due(run) ||
		message->flags != 0 ||
		!wire_kind_allows(message->kind, message->inner.len))
		return ERR_CORRUPT;
	switch (message->kind) {
	case WIRE_PAIR_WHO:
		return on_who(run, message->inner, out, why);
	case WIRE_PAIR_COMMIT:
		return on_commit(run, message->inner, out);
	case WIRE_PAIR_SHARE:
		return on_share(run, message->inner, out);
	case WIRE_PAIR_REVEAL:
		return on_reveal(run, message->inner);
	default:
		return on_confirm(run, message->inner);
	}
}

enum err run_meet_frame(
	struct run *run, struct bytes body, struct buf *out, struct why *why)
{
	if (run->state == RUN_NOISE)
		return on_noise(run, body, out, why);
	struct wire_message message;
	enum err e = wire_open(run->channel, body, &run->plain, &message);
	return e == OK ? on_message(run, &message, out, why) : e;
}
