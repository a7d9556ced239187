#include "net/protocol/sync.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "net/protocol/sync_internal.h"

/* ---- Events */

struct sync_item *sync_push(struct sync *s, enum sync_event_type type)
{
	s->items = mem_grow(s->items, s->count, &s->cap, sizeof *s->items);
	struct sync_item *item = &s->items[s->count++];
	*item = (struct sync_item){.event = {.type = type}};
	return item;
}

static void item_release(struct sync_item *item)
{
	mem_free(item->documents);
	mem_free(item->both);
	*item = (struct sync_item){0};
}

void sync_end(struct sync *s, enum err e, enum wire_close reason, const char *why)
{
	if (s->state == ENDED)
		return;
	struct sync_item *item = sync_push(s, SYNC_END);
	item->event.err = e;
	item->event.reason = reason;
	why_say(&item->why, "%s", why);
	s->state = ENDED;
}

void sync_fail(struct sync *s, enum err e, const struct why *why)
{
	sync_end(s, e, WIRE_CLOSE_FAULT, why_text(why, e));
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
		sync_fail(s, e, &why);
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

/* ---- Where it stands */

bool sync_lacks(const struct sync *s)
{
	return !vector_covers(&s->peer.here, &s->peer.held);
}

static bool they_lack(const struct sync *s)
{
	return !vector_covers(&s->peer.held, &s->peer.here);
}

void sync_progress(struct sync *s)
{
	s->patience = SYNC_PATIENCE;
	if (s->at_rest)
		s->depth = (struct sync_depth){0};
	s->at_rest = false;
}

void sync_store_moved(struct sync *s)
{
	s->moved = true;
}

static void count_said(struct sync_depth *depth, uint8_t kind)
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
	enum err e = sync_write(s, room, &kind, &why);
	if (e != OK) {
		sync_fail(s, e, &why);
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
	bool waiting = s->peer.fork || s->states_said != s->states_heard ||
		       sync_lacks(s) || they_lack(s) || s->await_hashes ||
		       s->await_sections || s->they_promised ||
		       (s->mending == MEND_REBUILT && !s->report.verified);
	if (s->state != TALKING || waiting || s->at_rest)
		return;
	s->at_rest = true;
	sync_push(s, SYNC_REST);
	if (s->report.left)
		sync_end(s, OK, WIRE_CLOSE_DONE, "the pair has ended");
	else if (s->once)
		sync_end(s, OK, WIRE_CLOSE_DONE, "all is said");
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
		sync_end(s, ERR_TIMEOUT, WIRE_CLOSE_FAULT,
			"the other side did not answer");
}

/* ---- The report in words. */

void sync_report_add(const struct sync_report *r, struct buf *out)
{
	buf_add_format(out,
		tr_n("%zu entry came, %zu went", "%zu entries came, %zu went", r->came),
		r->came, r->sent);
	if (r->both_wrote > 0)
		buf_add_format(out, tr(", both wrote in %zu"), r->both_wrote);
	if (r->voids > 0)
		buf_add_format(out, tr(", %zu void"), r->voids);
	buf_add_text(out, r->verified  ? tr(", verified")
			  : r->differs ? tr(", the copies differ")
				       : tr(", not compared"));
	if (r->left)
		buf_add_text(out, tr(", the pair has ended"));
}
