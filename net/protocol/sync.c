#include "net/protocol/sync.h"

#include <string.h>

#include "core/base/mem.h"
#include "net/protocol/sync_steps.h"

enum state {
	AWAIT_LIST,  /* they are unknown here: nothing is said before they prove who they
			are */
	AWAIT_HELLO, /* our hello is said, or about to be */
	TALKING,
	ENDED, /* SYNC_END is queued or was given */
};

/* Equal vectors and unequal sums: how far mending went. */
enum mending {
	MEND_NOTHING,
	MEND_REBUILT, /* here; their next claim, made after they did the same, decides */
	MEND_NAMED,   /* still unequal: each names its documents to the other */
};

/*
 * How deep a message lies in the conversation, counted in single trips: a hello is 1,
 * what answers one of depth n is n + 1. It counts round trips, and nothing hangs on it.
 */
struct depth {
	unsigned heard, claimed, said; /* the deepest of each; claimed: hello or ack */
};

struct item {
	struct sync_event event;
	struct id *documents, *both; /* owned; what the event borrows */
	struct why why;
};

struct sync {
	enum state state;
	bool once;
	struct sync_peer peer;
	struct sync_report report;

	/* What is to be said, as soon as there is room for it. */
	bool say_list, say_hello, say_ack, say_states, may_push;
	struct buf fetch;   /* sections to ask for; empty: none */
	struct buf ask;     /* hashes to ask for */
	struct buf fetched; /* their fetch, to be answered */
	struct buf asked;   /* their ask */

	bool moved; /* the store's version did */
	bool await_sections, await_hashes;
	struct buf last_fetch; /* the same once more would bring nothing */
	enum mending mending;
	bool states_said;
	bool i_promised, they_promised; /* a push or an ack, whatever comes of it */
	bool at_rest; /* SYNC_REST was said, and nothing happened since */

	unsigned patience;
	struct depth depth;
	uint64_t began_ms, active_ms;

	struct item *items; /* a queue: what is before `first` was given */
	size_t first, count, cap;
	struct item lent; /* the last one given */
	struct buf out;   /* the message of the last SYNC_SAY */
};

/* ---- Events */

static struct item *push_item(struct sync *s, enum sync_event_type type)
{
	s->items = mem_grow(s->items, s->count, &s->cap, sizeof *s->items);
	struct item *item = &s->items[s->count++];
	*item = (struct item){.event = {.type = type}};
	return item;
}

static void item_release(struct item *item)
{
	mem_free(item->documents);
	mem_free(item->both);
	*item = (struct item){0};
}

static void end(struct sync *s, enum err e, enum wire_close reason, const char *why)
{
	if (s->state == ENDED)
		return;
	struct item *item = push_item(s, SYNC_END);
	item->event.err = e;
	item->event.reason = reason;
	because(&item->why, e, "%s", why);
	s->state = ENDED;
}

static void fail(struct sync *s, enum err e, const struct why *why)
{
	end(s, e, WIRE_CLOSE_FAULT, why_text(why, e));
}

/* Something an honest side does not say, or not now. */
static void refuse(struct sync *s)
{
	end(s, ERR_CORRUPT, WIRE_CLOSE_FAULT,
		"the other side said what does not belong here: nothing was changed");
}

static bool take_item(struct sync *s, struct sync_event *out)
{
	item_release(&s->lent);
	if (s->first == s->count) {
		s->first = s->count = 0;
		return false;
	}
	s->lent = s->items[s->first++];
	*out = s->lent.event;
	out->documents = s->lent.documents;
	out->both_wrote = s->lent.both;
	out->why = s->lent.why.text;
	return true;
}

/* ---- Birth */

struct sync *sync_new(const struct sync_config *config, uint64_t now_ms)
{
	struct sync *s = mem_new(sizeof *s);
	s->once = config->once;
	s->peer.notebook = config->notebook;
	s->peer.partner = config->partner;
	s->peer.remote = config->remote;
	s->peer.renewed = config->renewed;
	s->patience = SYNC_PATIENCE;
	s->began_ms = s->active_ms = now_ms;

	struct why why = {0};
	bool known = false;
	enum err e = step_know(&s->peer, &known, &why);
	if (e != OK)
		fail(s, e, &why);
	else
		s->state = known ? AWAIT_HELLO : AWAIT_LIST;
	/* The list they have from the pairing is the first; a later one may be news. */
	s->say_list = known && notebook_me(config->notebook)->list_number > 1;
	s->say_hello = known;
	return s;
}

void sync_free(struct sync *s)
{
	if (s == NULL)
		return;
	sync_peer_release(&s->peer);
	for (size_t i = s->first; i < s->count; i++)
		item_release(&s->items[i]);
	item_release(&s->lent);
	mem_free(s->items);
	buf_release(&s->fetch);
	buf_release(&s->ask);
	buf_release(&s->fetched);
	buf_release(&s->asked);
	buf_release(&s->last_fetch);
	buf_release(&s->out);
	mem_free(s);
}

void sync_freep(struct sync **s)
{
	sync_free(*s);
}

const struct sync_report *sync_report(const struct sync *s)
{
	return &s->report;
}

/* ---- What a step found out. */

static bool i_lack(const struct sync *s)
{
	return !vector_covers(&s->peer.here, &s->peer.held);
}

static bool they_lack(const struct sync *s)
{
	return !vector_covers(&s->peer.held, &s->peer.here);
}

/* Something was brought about: patience is full again, and a new exchange is counted. */
static void progress(struct sync *s)
{
	s->patience = SYNC_PATIENCE;
	if (s->at_rest)
		s->depth = (struct depth){0};
	s->at_rest = false;
}

static void on_verified(struct sync *s, const struct sync_found *found)
{
	struct sync_event *event = &push_item(s, SYNC_VERIFIED)->event;
	memcpy(event->fingerprint, found->fingerprint, sizeof event->fingerprint);
	memcpy(s->report.fingerprint, found->fingerprint, sizeof event->fingerprint);
	s->report.verified = true;
	s->report.differs = false;
	s->mending = MEND_NOTHING;
}

static void on_named(struct sync *s)
{
	s->mending = MEND_NAMED;
	s->say_states = !s->states_said;
	s->report.differs = true;
	push_item(s, SYNC_DIFFERS);
}

/* Nothing else is done with a log of mine that forked before it is known where. */
static void on_fork(struct sync *s, const struct heard *heard)
{
	if (s->await_hashes)
		return;
	buf_clear(&s->ask);
	exchange_ask(heard->log, heard->seq, &s->ask);
}

static void look_for_missing(struct sync *s)
{
	struct why why = {0};
	if (s->await_sections || i_lack(s))
		return;
	buf_clear(&s->fetch);
	enum err e = step_fetch(&s->peer, &s->fetch, &why);
	if (e != OK)
		fail(s, e, &why);
	if (bytes_equal(buf_bytes(&s->fetch), buf_bytes(&s->last_fetch)))
		buf_clear(&s->fetch);
}

/* What any claim asks of us, whether it came just now or is read again. */
static void act_on(struct sync *s, const struct sync_found *found)
{
	const struct heard *heard = &found->heard;
	s->report.left = s->peer.left;
	s->may_push = true;
	if (found->sealed > 0 || found->moved || found->taken.came.entries > 0)
		progress(s);
	if (!found->claimed)
		return;
	s->say_list = s->say_list || heard->list_behind;
	if (heard->my_fork)
		on_fork(s, heard);
	else if (heard->verified && found->sealed == 0 && !s->they_promised)
		on_verified(s, found); /* else of a moment that is over already */
	look_for_missing(s);
}

/* After something was mended, the last claim may mean something else. And they, who may
 * have to mend something too, hear from us. */
static void hear_again(struct sync *s)
{
	struct why why = {0};
	struct sync_found found = {0};
	enum err e = step_hear_again(&s->peer, &found, &why);
	s->say_ack = true;
	if (e == OK)
		act_on(s, &found);
	else
		fail(s, e, &why);
	sync_found_release(&found);
}

static void mend(struct sync *s)
{
	struct why why = {0};
	switch (s->mending) {
	case MEND_NOTHING: {
		enum err e = step_rebuild(&s->peer, &why);
		s->mending = MEND_REBUILT;
		if (e == OK)
			hear_again(s);
		else
			fail(s, e, &why);
		break;
	}
	case MEND_REBUILT:
		on_named(s);
		break;
	case MEND_NAMED:
		break;
	}
}

/* A claim that came just now. */
static void on_claim(struct sync *s, const struct sync_found *found)
{
	act_on(s, found);
	if (found->claimed && found->heard.differ) {
		s->report.verified = false;
		mend(s);
	}
}

/* ---- What came. */

static void on_list(struct sync *s, struct bytes list)
{
	struct why why = {0};
	enum err e = step_list(&s->peer, list, &why);
	if (e != OK) {
		fail(s, e, &why);
		return;
	}
	switch (s->state) {
	case AWAIT_LIST:
		s->state = AWAIT_HELLO;
		s->say_hello = true;
		break;
	case TALKING:
		hear_again(s); /* logs of a device that was unknown before */
		break;
	case AWAIT_HELLO:
	case ENDED:
		break;
	}
}

static void on_hello(struct sync *s, struct bytes hello)
{
	struct why why = {0};
	struct sync_found found = {0};
	uint8_t flags = 0;
	(void)bytes_take_u8(&hello, &flags);
	enum err e = step_hear(&s->peer, hello, &found, &why);
	if (e == OK) {
		s->state = TALKING;
		s->they_promised = (flags & SYNC_WAITS) != 0;
		s->report.met = true;
		push_item(s, SYNC_MET);
		on_claim(s, &found);
		/* What waited may be such that it cannot be sealed now. */
		if (s->i_promised && found.sealed == 0 && s->fetch.len == 0)
			s->say_ack = true;
	} else {
		fail(s, e, &why);
	}
	sync_found_release(&found);
}

static void on_ack(struct sync *s, struct bytes claim)
{
	struct why why = {0};
	struct sync_found found = {0};
	enum err e = step_hear(&s->peer, claim, &found, &why);
	if (e == OK)
		on_claim(s, &found);
	else
		fail(s, e, &why);
	sync_found_release(&found);
}

/* Words came and are kept: the event takes over the lists of documents. */
static void on_came(struct sync *s, struct sync_found *found)
{
	struct apply_came *came = &found->taken.came;
	struct item *item = push_item(s, SYNC_CAME);
	item->documents = came->documents;
	item->event.document_count = came->document_count;
	item->both = found->both_wrote;
	item->event.both_count = found->both_count;
	item->event.voids = came->voids;
	came->documents = NULL;
	found->both_wrote = NULL;

	s->report.came += came->entries;
	s->report.documents += came->document_count;
	s->report.both_wrote += found->both_count;
	s->report.voids += came->voids;
	s->report.verified = false;
}

static void on_push(struct sync *s, struct bytes push)
{
	struct why why = {0};
	struct sync_found found = {0};
	enum err e = step_take(&s->peer, push, &found, &why);
	if (e == OK) {
		s->say_ack = true;
		if (found.taken.came.entries > 0)
			on_came(s, &found);
		on_claim(s, &found);
	} else {
		fail(s, e, &why);
	}
	sync_found_release(&found);
}

static void on_sections(struct sync *s, struct bytes sections)
{
	struct why why = {0};
	s->await_sections = false;
	enum err e = step_fill(&s->peer, sections, &why);
	if (e == OK)
		hear_again(s);
	else
		fail(s, e, &why);
}

static void on_hashes(struct sync *s, struct bytes hashes)
{
	struct why why = {0};
	s->await_hashes = false;
	buf_clear(&s->ask);
	enum err e = step_heal(&s->peer, hashes, &s->ask, &why);
	if (e != OK)
		fail(s, e, &why);
	else if (s->ask.len == 0)
		hear_again(s);
}

static void on_states(struct sync *s, struct bytes states)
{
	struct why why = {0};
	enum err e = step_compare(&s->peer, states, &why);
	if (e != OK)
		fail(s, e, &why);
	else if (s->mending != MEND_NAMED)
		on_named(s);
}

/* An answer only to a question, a question only when the one before is answered. */
static bool belongs_here(const struct sync *s, uint8_t kind)
{
	if (s->state == AWAIT_LIST)
		return kind == SYNC_LIST;
	if (s->state == AWAIT_HELLO)
		return kind == SYNC_LIST || kind == SYNC_HELLO;
	switch (kind) {
	case SYNC_HELLO:
		return false;
	case SYNC_SECTIONS:
		return s->await_sections;
	case SYNC_HASHES:
		return s->await_hashes;
	case SYNC_FETCH:
		return s->fetched.len == 0;
	case SYNC_ASK:
		return s->asked.len == 0;
	default:
		return true;
	}
}

static bool of_that_length(uint8_t kind, size_t len)
{
#define SYNC_ROW(name, number, least, most)                                              \
	if (kind == (number))                                                            \
		return len >= (least) && len <= (most);
	SYNC_KINDS(SYNC_ROW)
#undef SYNC_ROW
	return false;
}

static void count_heard(struct depth *depth, uint8_t kind)
{
	unsigned answered = depth->said;
	if (kind == SYNC_HELLO || kind == SYNC_LIST)
		answered = 0;
	else if (kind == SYNC_PUSH)
		answered = depth->claimed;
	if (depth->heard < answered + 1)
		depth->heard = answered + 1;
}

void sync_recv(struct sync *s, uint8_t kind, struct bytes message, uint64_t now_ms)
{
	if (s->state == ENDED)
		return;
	s->active_ms = now_ms;
	if (!of_that_length(kind, message.len) || !belongs_here(s, kind)) {
		refuse(s);
		return;
	}
	if (s->patience-- == 0) {
		end(s, ERR_TIMEOUT, WIRE_CLOSE_FAULT,
			"the other side talks on and brings nothing");
		return;
	}
	count_heard(&s->depth, kind);
	s->report.round_trips = (s->depth.heard + 1) / 2;

	switch ((enum sync_kind)kind) {
	case SYNC_LIST:
		on_list(s, message);
		break;
	case SYNC_HELLO:
		on_hello(s, message);
		break;
	case SYNC_PUSH:
		s->they_promised = false;
		on_push(s, message);
		break;
	case SYNC_ACK:
		s->they_promised = false;
		on_ack(s, message);
		break;
	case SYNC_FETCH:
		buf_add(&s->fetched, message);
		break;
	case SYNC_SECTIONS:
		on_sections(s, message);
		break;
	case SYNC_ASK:
		buf_add(&s->asked, message);
		break;
	case SYNC_HASHES:
		on_hashes(s, message);
		break;
	case SYNC_STATES:
		on_states(s, message);
		break;
	}
}

void sync_store_moved(struct sync *s)
{
	s->moved = true;
}

/* ---- What is said. */

/* Sealed as it was committed. What came in by another way may be lacking there too. */
static enum err offer_what_moved(struct sync *s, struct why *why)
{
	size_t sealed = 0;
	s->moved = false;
	enum err e = step_offer(&s->peer, &sealed, why);
	if (sealed > 0)
		progress(s);
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
	progress(s);
	/* The claim at its end says what an ack would. */
	s->say_ack = s->say_ack && s->may_push;
	return OK;
}

static void move(struct buf *from, struct buf *to)
{
	buf_add(to, buf_bytes(from));
	buf_clear(from);
}

/* The next message into `out`, which stays empty when there is nothing to say. */
static enum err write_next(struct sync *s, size_t room, uint8_t *kind, struct why *why)
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

static void count_said(struct depth *depth, uint8_t kind)
{
	depth->said = depth->heard + 1;
	if (kind == SYNC_HELLO)
		depth->said = 1;
	if (kind == SYNC_HELLO || kind == SYNC_ACK)
		depth->claimed = depth->said;
}

static bool say(struct sync *s, size_t room, uint64_t now_ms, struct sync_event *out)
{
	struct why why = {0};
	uint8_t kind = 0;
	enum err e = write_next(s, room, &kind, &why);
	if (e != OK) {
		fail(s, e, &why);
		return take_item(s, out);
	}
	if (s->out.len == 0)
		return false;
	s->active_ms = now_ms;
	count_said(&s->depth, kind);
	*out = (struct sync_event){
		.type = SYNC_SAY, .kind = kind, .message = buf_bytes(&s->out)};
	return true;
}

/* Called when nothing is left to be said. */
static void rest(struct sync *s)
{
	bool waiting = s->peer.fork || i_lack(s) || they_lack(s) || s->await_hashes ||
		       s->await_sections || s->they_promised ||
		       (s->mending == MEND_REBUILT && !s->report.verified);
	if (s->state != TALKING || waiting || s->at_rest)
		return;
	s->at_rest = true;
	push_item(s, SYNC_REST);
	if (s->report.left)
		end(s, OK, WIRE_CLOSE_DONE, "the pair has ended");
	else if (s->once)
		end(s, OK, WIRE_CLOSE_DONE, "all is said");
}

bool sync_next(struct sync *s, size_t room, uint64_t now_ms, struct sync_event *out)
{
	if (take_item(s, out))
		return true;
	if (s->state == ENDED || room == 0)
		return false;
	if (say(s, room, now_ms, out))
		return true;
	rest(s);
	return take_item(s, out);
}

/* ---- Time */

uint64_t sync_deadline_ms(const struct sync *s)
{
	switch (s->state) {
	case AWAIT_LIST:
	case AWAIT_HELLO:
		return s->began_ms + SYNC_HELLO_MS;
	case TALKING:
		return s->once ? s->active_ms + SYNC_ANSWER_MS : UINT64_MAX;
	case ENDED:
		break;
	}
	return UINT64_MAX;
}

void sync_tick(struct sync *s, uint64_t now_ms)
{
	if (now_ms >= sync_deadline_ms(s))
		end(s, ERR_TIMEOUT, WIRE_CLOSE_FAULT, "the other side did not answer");
}

/* ---- The report in words. */

void sync_report_add(const struct sync_report *r, struct buf *out)
{
	buf_add_format(out, "%zu %s came, %zu went", r->came,
		r->came == 1 ? "entry" : "entries", r->sent);
	if (r->both_wrote > 0)
		buf_add_format(out, ", both wrote in %zu", r->both_wrote);
	if (r->voids > 0)
		buf_add_format(out, ", %zu void", r->voids);
	buf_add_text(out, r->verified  ? ", verified"
			  : r->differs ? ", the copies differ"
				       : ", not compared");
	if (r->left)
		buf_add_text(out, ", the pair has ended");
}
