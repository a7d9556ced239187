#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "net/host/keysocket.h"
#include "net/host/loop.h"
#include "net/host/node_parts.h"

/*
 * The words over the key socket's "ask", MessagePack both ways:
 *
 *	["state"]                                  → [enum node_state]
 *	["unlock", master key bin 32]              → []
 *	["lock"]                                   → []
 *	["nudge", person bin 32, "HOST:PORT" or ""] → [mark]
 *	["outcome", person, mark, wait ms]         → an outcome; later, if need be
 */

#define WORD_MAX    16
#define ASK_MS      INT64_C(5000)
#define UNLOCK_MS   INT64_C(60000) /* a store that was not closed well is checked first */
#define WAIT_MAX_MS UINT64_C(3600000)

/* ---- An outcome as bytes */

static void pack_outcome(struct buf *out, const struct node_outcome *o)
{
	pack_array(out, 14);
	pack_uint(out, o->number);
	pack_bin(out, BYTES_OF(o->person.b));
	pack_bool(out, o->met);
	pack_uint(out, o->received);
	pack_uint(out, o->sent);
	pack_uint(out, o->both_wrote);
	pack_uint(out, o->voids);
	pack_bool(out, o->verified);
	pack_bool(out, o->differs);
	pack_bin(out, BYTES_OF(o->fingerprint));
	pack_uint(out, o->round_trips);
	pack_uint(out, o->bytes_in);
	pack_uint(out, o->bytes_out);
	pack_uint(out, o->ms);
}

static bool read_outcome(struct bytes bytes, struct node_outcome *out)
{
	struct pack_reader r = pack_read(bytes);
	*out = (struct node_outcome){0};
	size_t count = pack_read_array(&r, 14);
	out->number = pack_read_uint(&r, UINT64_MAX);
	pack_read_fixed(&r, out->person.b, sizeof out->person.b);
	out->met = pack_read_bool(&r);
	out->received = pack_read_uint(&r, SIZE_MAX);
	out->sent = pack_read_uint(&r, SIZE_MAX);
	out->both_wrote = pack_read_uint(&r, SIZE_MAX);
	out->voids = pack_read_uint(&r, SIZE_MAX);
	out->verified = pack_read_bool(&r);
	out->differs = pack_read_bool(&r);
	pack_read_fixed(&r, out->fingerprint, sizeof out->fingerprint);
	out->round_trips = (unsigned)pack_read_uint(&r, UINT32_MAX);
	out->bytes_in = pack_read_uint(&r, UINT64_MAX);
	out->bytes_out = pack_read_uint(&r, UINT64_MAX);
	out->ms = pack_read_uint(&r, UINT64_MAX);
	return pack_done(&r) && count == 14;
}

/* ---- The node's side */

/* Trying again does not help there, so nobody should wait for it. */
static bool is_final(enum err e)
{
	return e != OK && e != ERR_NOT_REACHED && e != ERR_CLOSED && e != ERR_TIMEOUT &&
	       e != ERR_NOT_FOUND && e != ERR_BUSY;
}

static void answer_outcome(
	struct node *node, uint64_t client, const struct node_outcome *outcome)
{
	CLEAN_BUF struct buf reply = {0};
	pack_outcome(&reply, outcome);
	keysocket_reply(node->keysocket, client, outcome->err, &outcome->why,
		outcome->err == OK ? buf_bytes(&reply) : (struct bytes){0});
}

static void answer_too_late(
	struct node *node, const struct waiting *waiting, const struct node_outcome *last)
{
	struct why why = {0};
	if (last->number > 0)
		why_say(&why, "%s was not reached: %s",
			node_called(node, waiting->person), last->why.text);
	else
		why_say(&why,
			"%s was not found on this network: ask whether their kith "
			"runs, give --address, or see kith doctor",
			node_called(node, waiting->person));
	keysocket_reply(
		node->keysocket, waiting->client, ERR_TIMEOUT, &why, (struct bytes){0});
}

/* Whether this one's waiting is over. */
static bool serve(struct node *node, const struct waiting *waiting)
{
	struct node_outcome outcome;
	if (!keysocket_waits(node->keysocket, waiting->client))
		return true;
	if (node_outcome(node, waiting->person, waiting->mark, &outcome) ||
		is_final(outcome.err)) {
		answer_outcome(node, waiting->client, &outcome);
		return true;
	}
	if (node_now_ms(node) < waiting->deadline_ms)
		return false;
	answer_too_late(node, waiting, &outcome);
	return true;
}

void node_answer_waiting(struct node *node)
{
	uint64_t next = LOOP_NEVER;
	for (size_t i = 0; i < NODE_WAITING; i++) {
		struct waiting *waiting = &node->waiting[i];
		if (waiting->client == 0)
			continue;
		if (serve(node, waiting))
			waiting->client = 0;
		else if (waiting->deadline_ms < next)
			next = waiting->deadline_ms;
	}
	loop_timer_set(node->waiting_timer, next);
}

void node_forget_waiting(struct node *node)
{
	for (size_t i = 0; i < NODE_WAITING; i++) {
		if (node->waiting[i].client != 0)
			keysocket_reply(node->keysocket, node->waiting[i].client,
				ERR_LOCKED, NULL, (struct bytes){0});
		node->waiting[i].client = 0;
	}
}

static enum err take_waiting(struct node *node, uint64_t client, struct pack_reader *r)
{
	struct waiting waiting = {.client = client};
	pack_read_fixed(r, waiting.person.b, sizeof waiting.person.b);
	waiting.mark = pack_read_uint(r, UINT64_MAX);
	waiting.deadline_ms = node_now_ms(node) + pack_read_uint(r, WAIT_MAX_MS);
	if (!pack_done(r))
		return ERR_CORRUPT;
	if (node->notebook == NULL)
		return ERR_LOCKED;
	for (size_t i = 0; i < NODE_WAITING; i++) {
		if (node->waiting[i].client == 0) {
			node->waiting[i] = waiting;
			return OK;
		}
	}
	return ERR_BUSY;
}

static enum err take_nudge(
	struct node *node, struct pack_reader *r, struct buf *reply, struct why *why)
{
	struct person_id person;
	struct address address;
	uint64_t mark = 0;
	pack_read_fixed(r, person.b, sizeof person.b);
	struct bytes text = pack_read_text(r, ADDRESS_TEXT - 1);
	if (!pack_done(r))
		return ERR_CORRUPT;
	CLEAN_BUF struct buf typed = {0};
	buf_add(&typed, text);
	enum err e =
		text.len > 0 ? address_read(buf_text(&typed), false, &address, why) : OK;
	if (e == OK)
		e = node_nudge(node, person, text.len > 0 ? &address : NULL, &mark, why);
	pack_array(reply, 1);
	pack_uint(reply, mark);
	return e;
}

static enum err take_unlock(struct node *node, struct pack_reader *r, struct why *why)
{
	WIPED(secret) master;
	pack_read_fixed(r, master.b, sizeof master.b);
	return pack_done(r) ? node_open(node, &master, why) : ERR_CORRUPT;
}

void node_on_request(void *arg, uint64_t client, struct bytes request)
{
	struct node *node = arg;
	struct why why = {0};
	CLEAN_BUF struct buf reply = {0};
	struct pack_reader r = pack_read(request);
	enum err e = OK;
	(void)pack_read_array(&r, 4);
	struct bytes word = pack_read_text(&r, WORD_MAX);
	if (bytes_equal(word, bytes_text("outcome"))) {
		e = take_waiting(node, client, &r);
		if (e == OK) {
			node_answer_waiting(node);
			return;
		}
	} else if (bytes_equal(word, bytes_text("nudge"))) {
		e = take_nudge(node, &r, &reply, &why);
	} else if (bytes_equal(word, bytes_text("unlock"))) {
		e = take_unlock(node, &r, &why);
	} else if (bytes_equal(word, bytes_text("lock"))) {
		e = node_close(node, &why);
	} else if (bytes_equal(word, bytes_text("state"))) {
		pack_array(&reply, 1);
		pack_uint(&reply, node->notebook != NULL ? NODE_OPEN : NODE_LOCKED);
	} else {
		e = because(&why, ERR_VERSION,
			"the running node does not know that word: it is another version "
			"of kith, start it anew");
	}
	keysocket_reply(node->keysocket, client, e, &why,
		e == OK ? buf_bytes(&reply) : (struct bytes){0});
}

/* ---- The commands' side */

static void begin(struct buf *request, size_t count, const char *word)
{
	pack_array(request, count);
	pack_cstr(request, word);
}

enum node_state node_state(const char *dir)
{
	CLEAN_BUF struct buf request = {0}, reply = {0};
	begin(&request, 1, "state");
	enum err e = keysocket_ask(dir, buf_bytes(&request), &reply, ASK_MS, NULL);
	if (e == ERR_NOT_REACHED)
		return NODE_NONE;
	struct pack_reader r = pack_read(buf_bytes(&reply));
	(void)pack_read_array(&r, 1);
	uint64_t state = pack_read_uint(&r, NODE_OPEN);
	/* One that has no time to answer runs all the same. */
	return e == OK && pack_done(&r) && state == NODE_LOCKED ? NODE_LOCKED : NODE_OPEN;
}

enum err node_key(const char *dir, struct secret *master, struct why *why)
{
	return keysocket_key(dir, master, why);
}

enum err node_unlock(const char *dir, const struct secret *master, struct why *why)
{
	WIPED(buf) request = {0};
	(void)buf_extend(&request, 128); /* so that growing leaves no copy of the key */
	buf_clear(&request);
	begin(&request, 2, "unlock");
	pack_bin(&request, BYTES_OF(master->b));
	return keysocket_ask(dir, buf_bytes(&request), NULL, UNLOCK_MS, why);
}

enum err node_lock(const char *dir, struct why *why)
{
	CLEAN_BUF struct buf request = {0};
	begin(&request, 1, "lock");
	return keysocket_ask(dir, buf_bytes(&request), NULL, ASK_MS, why);
}

enum err node_ask_nudge(const char *dir, struct person_id person,
	const struct address *address, uint64_t *mark, struct why *why)
{
	CLEAN_BUF struct buf request = {0}, reply = {0};
	char text[ADDRESS_TEXT] = "";
	if (address != NULL)
		address_text(address, text);
	begin(&request, 3, "nudge");
	pack_bin(&request, BYTES_OF(person.b));
	pack_cstr(&request, text);
	enum err e = keysocket_ask(dir, buf_bytes(&request), &reply, ASK_MS, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(buf_bytes(&reply));
	(void)pack_read_array(&r, 1);
	*mark = pack_read_uint(&r, UINT64_MAX);
	return pack_done(&r) ? OK : ERR_CORRUPT;
}

enum err node_ask_outcome(const char *dir, struct person_id person, uint64_t mark,
	int64_t wait_ms, struct node_outcome *out, struct why *why)
{
	CLEAN_BUF struct buf request = {0}, reply = {0};
	uint64_t wait = wait_ms > 0 ? (uint64_t)wait_ms : 0;
	*out = (struct node_outcome){.person = person};
	begin(&request, 4, "outcome");
	pack_bin(&request, BYTES_OF(person.b));
	pack_uint(&request, mark);
	pack_uint(&request, wait < WAIT_MAX_MS ? wait : WAIT_MAX_MS);
	enum err e = keysocket_ask(
		dir, buf_bytes(&request), &reply, (int64_t)wait + ASK_MS, why);
	if (e == OK && !read_outcome(buf_bytes(&reply), out))
		e = ERR_CORRUPT;
	return e;
}
