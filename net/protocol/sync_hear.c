#include "net/protocol/sync_internal.h"

#include <string.h>

/* ---- What a step found out */

static void on_verified(struct sync *s, const struct sync_found *found)
{
	struct sync_event *event = &sync_push(s, SYNC_VERIFIED)->event;
	memcpy(event->fingerprint, found->fingerprint, sizeof event->fingerprint);
	memcpy(s->report.fingerprint, found->fingerprint, sizeof event->fingerprint);
	s->report.verified = true;
	s->report.differs = false;
}

static void on_named(struct sync *s)
{
	s->mending = MEND_NAMED;
	s->say_states = !s->states_said;
	s->report.differs = true;
	sync_push(s, SYNC_DIFFERS);
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
	if (s->await_sections || sync_lacks(s))
		return;
	buf_clear(&s->fetch);
	enum err e = step_fetch(&s->peer, &s->fetch, &why);
	if (e != OK)
		sync_fail(s, e, &why);
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
		sync_progress(s);
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
		sync_fail(s, e, &why);
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
			sync_fail(s, e, &why);
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
		sync_fail(s, e, &why);
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
		sync_push(s, SYNC_MET);
		on_claim(s, &found);
		/* What waited may be such that it cannot be sealed now. */
		if (s->i_promised && found.sealed == 0 && s->fetch.len == 0)
			s->say_ack = true;
	} else {
		sync_fail(s, e, &why);
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
		sync_fail(s, e, &why);
	sync_found_release(&found);
}

/* Words came and are kept: the event takes over the lists of documents. */
static void on_came(struct sync *s, struct sync_found *found)
{
	struct apply_came *came = &found->taken.came;
	struct sync_item *item = sync_push(s, SYNC_CAME);
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
		sync_fail(s, e, &why);
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
		sync_fail(s, e, &why);
}

static void on_hashes(struct sync *s, struct bytes hashes)
{
	struct why why = {0};
	s->await_hashes = false;
	buf_clear(&s->ask);
	enum err e = step_heal(&s->peer, hashes, &s->ask, &why);
	if (e != OK)
		sync_fail(s, e, &why);
	else if (s->ask.len == 0)
		hear_again(s);
}

/* Who names its documents is told ours. */
static void on_states(struct sync *s, struct bytes states)
{
	struct why why = {0};
	s->states_heard = true;
	enum err e = step_compare(&s->peer, states, &why);
	if (e != OK)
		sync_fail(s, e, &why);
	else if (s->mending != MEND_NAMED)
		on_named(s);
}

/* Something an honest side does not say, or not now. */
static void refuse(struct sync *s)
{
	sync_end(s, ERR_CORRUPT, WIRE_CLOSE_FAULT,
		"the other side said what does not belong here: nothing was changed");
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

static void count_heard(struct sync_depth *depth, uint8_t kind)
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
		sync_end(s, ERR_TIMEOUT, WIRE_CLOSE_FAULT,
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
