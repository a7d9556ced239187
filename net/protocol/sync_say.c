#include "net/protocol/sync_internal.h"

/* Sealed as it was committed. What came in by another way may be lacking there too. */
static enum err offer_what_moved(struct sync *s, struct why *why)
{
	size_t sealed = 0;
	s->moved = false;
	enum err e = step_offer(&s->peer, &sealed, why);
	if (sealed > 0)
		sync_progress(s);
	s->may_push = true;
	s->report.left = s->peer.left;
	return e;
}

static enum err write_push(struct sync *s, size_t room, struct why *why)
{
	size_t entries = 0;
	s->may_push = false;
	if (s->peer.fork)
		return OK;
	enum err e = step_push(&s->peer, room < SYNC_PIECE ? room : SYNC_PIECE, &s->out,
		&entries, &s->may_push, why);
	if (e != OK || s->out.len == 0)
		return e;
	s->report.sent += entries;
	s->report.verified = false;
	sync_progress(s);
	/* The claim at its end says what an ack would. */
	s->say_ack = s->say_ack && s->may_push;
	return OK;
}

static void move(struct buf *from, struct buf *to)
{
	buf_add(to, buf_bytes(from));
	buf_clear(from);
}

enum err sync_write(struct sync *s, size_t room, uint8_t *kind, struct why *why)
{
	buf_clear(&s->out);
	if (s->say_list) {
		s->say_list = false;
		*kind = SYNC_LIST;
		buf_add(&s->out, buf_bytes(&notebook_me(s->peer.notebook)->list));
		return OK;
	}
	if (s->say_hello) {
		s->say_hello = false;
		*kind = SYNC_HELLO;
		return step_hello(&s->peer, &s->i_promised, &s->out, why);
	}
	if (s->state != TALKING)
		return OK;

	enum err e = s->moved ? offer_what_moved(s, why) : OK;
	if (e != OK)
		return e;
	if (s->asked.len > 0) {
		s->they_promised = true; /* to mend with it, and to say so */
		*kind = SYNC_HASHES;
		e = step_hashes(&s->peer, buf_bytes(&s->asked), &s->out, why);
		buf_clear(&s->asked);
		return e;
	}
	if (s->fetched.len > 0) {
		s->they_promised = true;
		*kind = SYNC_SECTIONS;
		e = step_give(&s->peer, buf_bytes(&s->fetched), &s->out, why);
		buf_clear(&s->fetched);
		return e;
	}
	if (s->ask.len > 0) {
		*kind = SYNC_ASK;
		s->await_hashes = true;
		move(&s->ask, &s->out);
		return OK;
	}
	if (s->fetch.len > 0) {
		*kind = SYNC_FETCH;
		s->await_sections = true;
		buf_clear(&s->last_fetch);
		buf_add(&s->last_fetch, buf_bytes(&s->fetch));
		move(&s->fetch, &s->out);
		return OK;
	}
	if (s->say_states) {
		s->say_states = false;
		s->states_said = true;
		*kind = SYNC_STATES;
		return step_states(&s->peer, &s->out, why);
	}
	if (s->may_push) {
		*kind = SYNC_PUSH;
		e = write_push(s, room, why);
		if (e != OK || s->out.len > 0)
			return e;
	}
	if (s->say_ack) {
		s->say_ack = false;
		*kind = SYNC_ACK;
		return step_claim(&s->peer, &s->out, why);
	}
	return OK;
}
