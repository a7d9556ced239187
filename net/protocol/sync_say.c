/* What a sync says next: the first of a list that has something to say. */
#include "net/protocol/sync_internal.h"

static void move(struct buf *from, struct buf *to)
{
	buf_add(to, buf_bytes(from));
	buf_clear(from);
}

static enum err write_list(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	(void)why;
	if (s->say_list)
		buf_add(&s->out, buf_bytes(&notebook_me(s->peer.notebook)->list));
	s->say_list = false;
	return OK;
}

static enum err write_hello(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	if (!s->say_hello)
		return OK;
	s->say_hello = false;
	return step_hello(&s->peer, &s->i_promised, &s->out, why);
}

/* Whoever gets hashes or sections mends with them, and says so. */
static enum err write_hashes(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	if (s->asked.len == 0)
		return OK;
	CLEAN_BUF struct buf asked = {0};
	move(&s->asked, &asked);
	s->they_promised = true;
	return step_hashes(&s->peer, buf_bytes(&asked), &s->out, why);
}

static enum err write_sections(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	if (s->fetched.len == 0)
		return OK;
	CLEAN_BUF struct buf fetched = {0};
	move(&s->fetched, &fetched);
	s->they_promised = true;
	return step_give(&s->peer, buf_bytes(&fetched), &s->out, why);
}

static enum err write_ask(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	(void)why;
	s->await_hashes = s->await_hashes || s->ask.len > 0;
	move(&s->ask, &s->out);
	return OK;
}

static enum err write_fetch(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	(void)why;
	if (s->fetch.len == 0)
		return OK;
	s->await_sections = true;
	buf_clear(&s->last_fetch);
	buf_add(&s->last_fetch, buf_bytes(&s->fetch));
	move(&s->fetch, &s->out);
	return OK;
}

static enum err write_states(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	if (!s->say_states)
		return OK;
	s->say_states = false;
	s->states_said = true;
	return step_states(&s->peer, &s->out, why);
}

static enum err write_push(struct sync *s, size_t room, struct why *why)
{
	size_t entries = 0, max = room < SYNC_PIECE ? room : SYNC_PIECE;
	bool more = false;
	if (!s->may_push || s->peer.fork)
		return OK;
	enum err e = step_push(&s->peer, max, &s->out, &entries, &more, why);
	s->may_push = more;
	if (e != OK || s->out.len == 0)
		return e;
	s->report.sent += entries;
	s->report.verified = false;
	/* The claim in the last one says what an ack would. */
	s->say_ack = s->say_ack && more;
	sync_progress(s);
	return OK;
}

static enum err write_ack(struct sync *s, size_t room, struct why *why)
{
	(void)room;
	if (!s->say_ack)
		return OK;
	s->say_ack = false;
	return step_claim(&s->peer, &s->out, why);
}

/* What was committed here is sealed; what came by another way may be lacking there. */
static enum err offer_what_moved(struct sync *s, struct why *why)
{
	size_t sealed = 0;
	if (!s->moved)
		return OK;
	s->moved = false;
	enum err e = step_offer(&s->peer, &sealed, why);
	if (sealed > 0)
		sync_progress(s);
	s->may_push = true;
	s->report.left = s->peer.left;
	return e;
}

/* In this order; each writes nothing when it has nothing to say. */
static const struct saying {
	enum sync_kind kind;
	enum err (*write)(struct sync *s, size_t room, struct why *why);
	bool before_hello; /* may be said before theirs was heard */
} sayings[] = {
	{SYNC_LIST, write_list, true},
	{SYNC_HELLO, write_hello, true},
	{SYNC_HASHES, write_hashes, false},
	{SYNC_SECTIONS, write_sections, false},
	{SYNC_ASK, write_ask, false},
	{SYNC_FETCH, write_fetch, false},
	{SYNC_STATES, write_states, false},
	{SYNC_PUSH, write_push, false},
	{SYNC_ACK, write_ack, false},
};

enum err sync_write(struct sync *s, size_t room, uint8_t *kind, struct why *why)
{
	buf_clear(&s->out);
	bool talking = s->state == TALKING;
	enum err e = talking ? offer_what_moved(s, why) : OK;
	for (size_t i = 0; e == OK && i < sizeof sayings / sizeof *sayings; i++) {
		if (!talking && !sayings[i].before_hello)
			continue;
		*kind = (uint8_t)sayings[i].kind;
		e = sayings[i].write(s, room, why);
		if (s->out.len > 0)
			break;
	}
	return e;
}
