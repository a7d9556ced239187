#include "net/protocol/session.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "net/protocol/hint.h"

enum state {
	AWAIT_CHALLENGE, /* dialler */
	AWAIT_PREFACE,   /* listener */
	HANDSHAKE,       /* `noise` stands */
	UP,              /* `channel` stands */
	CLOSED,          /* SESSION_CLOSED is queued or was given */
};

struct item {
	struct session_event event;
	struct buf message; /* owned; what event.message borrows */
};

/* A message of several parts of which the first ones came. Never longer than `total`. */
struct partial {
	bool begun;
	uint8_t kind;
	size_t total;
	struct buf got;
};

struct session {
	enum state state;
	bool dialer;
	struct dh_secret own;
	const struct session_key *keys; /* lent until UP */
	size_t key_count;
	const struct session_key *met; /* the key both have; within `keys` */
	struct wire_versions versions, agreed;

	uint8_t challenge[WIRE_CHALLENGE];
	uint8_t preface[WIRE_PREFACE];
	struct noise *noise;
	size_t turn; /* handshake messages so far */
	struct noise_channel *channel;

	struct wire_in in;
	struct buf out;
	struct buf plain; /* of the last message opened */
	struct partial partial;

	uint64_t began_ms, up_ms, heard_ms, said_ms;

	struct item *items; /* a queue: what is before `first` was given */
	size_t first, count, cap;
	struct buf lent; /* the message of the last event given */
	struct why why;
};

/* ---- Events */

static struct item *push(struct session *s, enum session_event_type type)
{
	s->items = mem_grow(s->items, s->count, &s->cap, sizeof *s->items);
	struct item *item = &s->items[s->count++];
	*item = (struct item){.event = {.type = type}};
	return item;
}

static void item_release(struct item *item)
{
	buf_wipe(&item->message);
}

bool session_next(struct session *s, struct session_event *out)
{
	buf_wipe(&s->lent);
	if (s->first == s->count) {
		s->first = s->count = 0;
		return false;
	}
	struct item *item = &s->items[s->first++];
	s->lent = item->message;
	item->message = (struct buf){0};
	*out = item->event;
	out->message = buf_bytes(&s->lent);
	return true;
}

/* ---- The end */

static void forget_secrets(struct session *s)
{
	noise_free(s->noise);
	s->noise = NULL;
	channel_free(s->channel);
	s->channel = NULL;
	dh_secret_wipe(&s->own);
	buf_wipe(&s->partial.got);
	buf_wipe(&s->plain);
	wire_in_release(&s->in);
}

static struct session_event *end(struct session *s, enum err e, const char *why)
{
	struct session_event *event = &push(s, SESSION_CLOSED)->event;
	event->err = e;
	event->why = why;
	event->reason = WIRE_CLOSE_FAULT;
	s->state = CLOSED;
	forget_secrets(s);
	return event;
}

/* Say goodbye. Should even that fail, the other side learns it by the end of the
 * connection. */
static void say_close(struct session *s, enum wire_close reason)
{
	uint8_t byte = (uint8_t)reason;
	struct wire_message message = {.kind = WIRE_CLOSE, .inner = {&byte, 1}};
	if (s->channel && wire_seal(s->channel, &message, &s->out) != OK)
		buf_clear(&s->out);
}

/* Before SESSION_UP a failure says nothing, whatever it was; after it, only what came
 * from the authenticated other side is answered. */
static void fail(struct session *s, enum err e, const char *why)
{
	if (s->state != UP)
		buf_clear(&s->out);
	else if (e == ERR_CORRUPT || e == ERR_TOO_BIG)
		say_close(s, WIRE_CLOSE_FAULT);
	end(s, e, why)->cut = true;
}

void session_close(struct session *s, enum wire_close reason)
{
	if (s->state == CLOSED)
		return;
	if (s->state == UP)
		say_close(s, reason);
	else
		buf_clear(&s->out);
	end(s, OK, "closed here")->reason = reason;
}

void session_eof(struct session *s, uint64_t now_ms)
{
	(void)now_ms;
	if (s->state == CLOSED)
		return;
	fail(s, ERR_CLOSED,
		s->state == UP ? N_("the connection broke off")
			       : N_("the other side hung up during the handshake"));
}

/* ---- Birth */

struct session *session_new(const struct session_config *config, uint64_t now_ms)
{
	assert(!config->dialer || config->key_count == 1);
	struct session *s = locked_new(sizeof *s);
	s->dialer = config->dialer;
	s->own = *config->own;
	s->keys = config->keys;
	s->key_count = config->key_count;
	s->versions = config->versions;
	s->began_ms = now_ms;
	if (s->dialer) {
		s->state = AWAIT_CHALLENGE;
	} else {
		s->state = AWAIT_PREFACE;
		random_fill(s->challenge, sizeof s->challenge);
		buf_add(&s->out, BYTES_OF(s->challenge));
	}
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	forget_secrets(s);
	for (size_t i = s->first; i < s->count; i++)
		item_release(&s->items[i]);
	mem_free(s->items);
	buf_wipe(&s->lent);
	buf_release(&s->out);
	locked_free(s);
}

void session_freep(struct session **s)
{
	session_free(*s);
}

/* ---- Handshake */

static void noise_begin(struct session *s, const struct session_key *key)
{
	CLEAN_BUF struct buf prologue = {0};
	buf_add_text(&prologue, "kith/noise/1");
	buf_add(&prologue, BYTES_OF(s->challenge));
	buf_add(&prologue, BYTES_OF(s->preface));

	struct noise_config config = {.pattern = "XXpsk0",
		.initiator = s->dialer,
		.prologue = buf_bytes(&prologue),
		.psk = &key->psk,
		.own = &s->own};
	s->noise = noise_new(&config);
	s->met = key;
	s->state = HANDSHAKE;
}

/* The first message carries nothing: anyone with a recording could ask for it again. */
static enum err handshake_write(struct session *s)
{
	CLEAN_BUF struct buf payload = {0}, message = {0};
	if (s->turn > 0)
		wire_versions_add(&payload, &s->versions);
	enum err e = noise_write(s->noise, buf_bytes(&payload), &message);
	if (e != OK)
		return e;
	wire_add_frame(&s->out, buf_bytes(&message));
	s->turn++;
	return OK;
}

/* Reads their message; ERR_VERSION when all is well but we have no version in common. */
static enum err handshake_read(struct session *s, struct bytes body)
{
	CLEAN_BUF struct buf payload = {0};
	enum err e = noise_read(s->noise, body, &payload);
	if (e != OK)
		return e;
	if (s->turn++ == 0)
		return payload.len == 0 ? OK : ERR_CORRUPT;

	struct wire_versions theirs;
	e = wire_versions_read(buf_bytes(&payload), &theirs);
	if (e != OK)
		return e;
	return wire_versions_agree(&s->versions, &theirs, &s->agreed, &s->why);
}

static void come_up(struct session *s, uint64_t now_ms)
{
	struct session_event *event = &push(s, SESSION_UP)->event;
	event->tag = s->met->tag;
	event->remote = *noise_remote(s->noise);
	event->agreed = s->agreed;
	noise_hash(s->noise, event->hash);

	s->channel = noise_split(s->noise);
	noise_free(s->noise);
	s->noise = NULL;
	dh_secret_wipe(&s->own);
	s->keys = s->met = NULL;
	s->up_ms = s->heard_ms = s->said_ms = now_ms;
	s->state = UP;
}

static void on_challenge(struct session *s, struct bytes challenge)
{
	memcpy(s->challenge, challenge.at, sizeof s->challenge);
	hint_session(&s->keys[0].hint_out, s->challenge, s->preface);
	buf_add(&s->out, BYTES_OF(s->preface));
	noise_begin(s, &s->keys[0]);
	enum err e = handshake_write(s);
	if (e != OK)
		fail(s, e, err_text(e));
}

/* All keys are tried in any case: the time tells nobody which one it was. */
static void on_preface(struct session *s, struct bytes preface)
{
	const struct session_key *met = NULL;
	for (size_t i = 0; i < s->key_count; i++)
		if (hint_matches(&s->keys[i].hint_in, s->challenge, preface))
			met = &s->keys[i];
	if (hint_read(preface) != HINT_SESSION || !met) {
		fail(s, ERR_NOT_FOUND, "a stranger called");
		return;
	}
	memcpy(s->preface, preface.at, sizeof s->preface);
	noise_begin(s, met);
}

static void on_handshake(struct session *s, struct bytes body, uint64_t now_ms)
{
	enum err e = handshake_read(s, body);
	if (e == ERR_VERSION && s->dialer) {
		/* Say ours nonetheless: both people should learn whose is older. */
		e = handshake_write(s);
		if (e == OK) {
			end(s, ERR_VERSION, s->why.text);
			return;
		}
	}
	if (e == OK && noise_is_my_turn(s->noise))
		e = handshake_write(s);
	if (e != OK)
		fail(s, e, why_text(e == ERR_VERSION ? &s->why : NULL, e));
	else if (noise_is_done(s->noise))
		come_up(s, now_ms);
}

/* ---- Messages */

static bool is_sync(uint8_t kind)
{
	return kind >= WIRE_SYNC_FIRST && kind <= WIRE_SYNC_LAST;
}

static void give(struct session *s, uint8_t kind, struct buf *message)
{
	struct item *item = push(s, SESSION_MESSAGE);
	item->event.kind = kind;
	item->message = *message;
	*message = (struct buf){0};
}

static enum err on_whole(struct session *s, const struct wire_message *m)
{
	if (!wire_kind_allows(m->kind, m->inner.len))
		return ERR_CORRUPT;
	if (m->kind == WIRE_CLOSE) {
		uint8_t reason = m->inner.at[0];
		struct session_event *event =
			end(s, ERR_CLOSED, "the other side ended it");
		if (reason < WIRE_CLOSE_FAULT)
			event->reason = (enum wire_close)reason;
		return OK;
	}
	if (m->kind == WIRE_STILL)
		return OK;
	if (!is_sync(m->kind) || s->partial.begun)
		return ERR_CORRUPT;
	struct buf message = {0};
	buf_add(&message, m->inner);
	give(s, m->kind, &message);
	return OK;
}

/* Every part but the last is full: nobody makes us work for parts of one byte. */
static enum err on_part(struct session *s, const struct wire_message *m)
{
	struct partial *p = &s->partial;
	size_t left = p->total - p->got.len;
	size_t expected = left < WIRE_INNER_MAX ? left : WIRE_INNER_MAX;
	if (!p->begun || m->kind != p->kind || m->inner.len != expected)
		return ERR_CORRUPT;
	buf_add(&p->got, m->inner);
	if (p->got.len == p->total) {
		give(s, p->kind, &p->got);
		*p = (struct partial){0};
	}
	return OK;
}

static enum err on_first(struct session *s, const struct wire_message *m)
{
	struct bytes inner = m->inner;
	uint32_t total;
	if (!is_sync(m->kind) || s->partial.begun || inner.len != WIRE_INNER_MAX ||
		!bytes_take_u32(&inner, &total) || total <= WIRE_INNER_MAX)
		return ERR_CORRUPT;
	if (total > WIRE_MESSAGE_MAX)
		return ERR_TOO_BIG;
	s->partial = (struct partial){.begun = true, .kind = m->kind, .total = total};
	buf_add(&s->partial.got, inner);
	return OK;
}

static void on_message(struct session *s, struct bytes body, uint64_t now_ms)
{
	struct wire_message m;
	enum err e = wire_open(s->channel, body, &s->plain, &m);
	if (e == OK) {
		s->heard_ms = now_ms;
		if (m.flags == 0)
			e = on_whole(s, &m);
		else if (m.flags == WIRE_FIRST)
			e = on_first(s, &m);
		else
			e = m.flags == WIRE_PART ? on_part(s, &m) : ERR_CORRUPT;
	}
	if (e != OK)
		fail(s, e, err_text(e));
}

/* One step over the bytes at hand; false when more are needed. */
static bool step(struct session *s, struct bytes *rest, uint64_t now_ms)
{
	struct bytes part;
	enum err e = OK;
	bool whole = false;

	switch (s->state) {
	case AWAIT_CHALLENGE:
		whole = wire_take(&s->in, rest, WIRE_CHALLENGE, &part);
		if (whole)
			on_challenge(s, part);
		break;
	case AWAIT_PREFACE:
		whole = wire_take(&s->in, rest, WIRE_PREFACE, &part);
		if (whole)
			on_preface(s, part);
		break;
	case HANDSHAKE:
		whole = wire_take_frame(&s->in, rest, WIRE_EARLY_MAX, &part, &e);
		if (whole)
			on_handshake(s, part, now_ms);
		break;
	case UP:
		whole = wire_take_frame(&s->in, rest, WIRE_FRAME_MAX, &part, &e);
		if (whole)
			on_message(s, part, now_ms);
		break;
	case CLOSED:
		break;
	}
	if (e != OK)
		fail(s, e, err_text(e));
	return whole;
}

void session_recv(struct session *s, struct bytes bytes, uint64_t now_ms)
{
	while (step(s, &bytes, now_ms))
		;
}

enum err session_send(
	struct session *s, uint8_t kind, struct bytes message, uint64_t now_ms)
{
	if (s->state != UP)
		return ERR_CLOSED;
	if (!is_sync(kind))
		return ERR_INVALID;
	if (message.len > WIRE_MESSAGE_MAX)
		return ERR_TOO_BIG;

	s->said_ms = now_ms;
	if (message.len <= WIRE_INNER_MAX) {
		struct wire_message whole = {.kind = kind, .inner = message};
		return wire_seal(s->channel, &whole, &s->out);
	}

	WIPED(buf) first = {0};
	struct bytes part = {0};
	size_t room = WIRE_INNER_MAX - sizeof(uint32_t);
	buf_extend(&first, WIRE_INNER_MAX);
	buf_clear(&first);
	buf_add_u32(&first, (uint32_t)message.len);
	if (bytes_take(&message, room, &part))
		buf_add(&first, part);
	struct wire_message m = {
		.kind = kind, .flags = WIRE_FIRST, .inner = buf_bytes(&first)};
	enum err e = wire_seal(s->channel, &m, &s->out);

	m.flags = WIRE_PART;
	while (e == OK && message.len > 0) {
		size_t len = message.len < WIRE_INNER_MAX ? message.len : WIRE_INNER_MAX;
		if (bytes_take(&message, len, &m.inner))
			e = wire_seal(s->channel, &m, &s->out);
	}
	return e;
}

/* ---- Time */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t session_deadline_ms(const struct session *s)
{
	if (s->state == CLOSED)
		return UINT64_MAX;
	if (s->state != UP)
		return s->began_ms + SESSION_HANDSHAKE_MS;
	return earlier(s->up_ms + SESSION_AGE_MS,
		earlier(s->heard_ms + SESSION_SILENCE_MS, s->said_ms + SESSION_STILL_MS));
}

static void tick_up(struct session *s, uint64_t now_ms)
{
	if (now_ms >= s->heard_ms + SESSION_SILENCE_MS) {
		fail(s, ERR_TIMEOUT, "the other side fell silent");
		return;
	}
	if (now_ms >= s->up_ms + SESSION_AGE_MS) {
		session_close(s, WIRE_CLOSE_AGE);
		return;
	}
	if (now_ms < s->said_ms + SESSION_STILL_MS)
		return;
	struct wire_message still = {.kind = WIRE_STILL};
	enum err e = wire_seal(s->channel, &still, &s->out);
	if (e != OK)
		fail(s, e, err_text(e));
	s->said_ms = now_ms;
}

void session_tick(struct session *s, uint64_t now_ms)
{
	if (s->state == CLOSED)
		return;
	if (s->state == UP)
		tick_up(s, now_ms);
	else if (now_ms >= s->began_ms + SESSION_HANDSHAKE_MS)
		fail(s, ERR_TIMEOUT, "the handshake took too long");
}

struct buf *session_output(struct session *s)
{
	return &s->out;
}

bool session_is_up(const struct session *s)
{
	return s->state == UP;
}
