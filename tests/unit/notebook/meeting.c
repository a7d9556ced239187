#include "tests/unit/notebook/meeting.h"

#include "core/notebook/exchange.h"
#include "core/notebook/offer.h"
#include "tests/test.h"

enum { CLAIM, PUSH, FETCH, SECTIONS, ASK, HASHES };

#define CHUNK ((size_t)64 * 1024)

static struct meeting_side *other_side(struct meeting *m, const struct meeting_side *s)
{
	return s == &m->side[0] ? &m->side[1] : &m->side[0];
}

static void say(struct meeting *m, struct meeting_side *from, int kind, struct buf *body)
{
	struct meeting_side *to = other_side(m, from);
	assert_true(to->count < sizeof to->queue / sizeof to->queue[0]);
	m->messages++;
	m->bytes += body->len;
	if (m->listen != NULL)
		m->listen(from->teacher, to->teacher, buf_bytes(body), m->ear);
	to->queue[to->count++] = (struct meeting_message){kind, *body};
	*body = (struct buf){0};
}

static struct id device_of(const struct teacher *t)
{
	return notebook_me(t->notebook)->device;
}

/* Seal, and push what the other lacks: `theirs` is what it said to hold. */
static enum err offer(struct meeting *m, struct meeting_side *s, struct notebook_txn *txn,
	const struct vector *theirs)
{
	struct partner *p = partner_of(txn, s->teacher, s->other);
	size_t sealed = 0;
	bool more = true;
	vector_join(&s->sent, theirs);
	enum err e = offer_seal(txn, p, &sealed, &m->why);
	while (e == OK && more) {
		struct buf push = {0};
		e = exchange_push(txn, p, &s->sent, CHUNK, &push, &more, &m->why);
		if (e == OK && push.len > 0)
			say(m, s, PUSH, &push);
		buf_release(&push);
	}
	return e;
}

static enum err say_claim(
	struct meeting *m, struct meeting_side *s, struct notebook_txn *txn)
{
	struct buf claim = {0};
	enum err e = exchange_claim(
		txn, partner_of(txn, s->teacher, s->other), &claim, &m->why);
	if (e == OK)
		say(m, s, CLAIM, &claim);
	buf_release(&claim);
	return e;
}

static enum err repair(struct meeting *m, struct meeting_side *s,
	struct notebook_txn *txn, const struct heard *heard)
{
	struct partner *p = partner_of(txn, s->teacher, s->other);
	struct buf fetch = {0};
	enum err e = exchange_fetch(txn, p, &fetch, &m->why);
	if (e == OK && fetch.len > 0 && s->rebuilds++ < 2)
		say(m, s, FETCH, &fetch);
	buf_release(&fetch);
	if (e == OK && heard->differ && s->rebuilds++ < 1) {
		e = exchange_rebuild(txn, p, &m->why);
		if (e == OK)
			e = say_claim(m, s, txn);
	}
	return e;
}

static enum err hear(struct meeting *m, struct meeting_side *s, struct notebook_txn *txn,
	struct bytes claim)
{
	struct heard heard;
	struct buf ask = {0};
	struct partner *p = partner_of(txn, s->teacher, s->other);
	enum err e = exchange_hear(txn, p, device_of(s->other), claim, &heard, &m->why);
	if (e == OK) {
		s->verified = heard.verified;
		s->differs = heard.differ;
		struct buf kept = {0};
		buf_add(&kept, claim);
		buf_release(&s->claim);
		s->claim = kept;
	}
	if (e == OK && heard.my_fork) {
		exchange_ask(heard.log, heard.seq, &ask);
		say(m, s, ASK, &ask);
	} else if (e == OK && heard.their_fork) {
		vector_release(&s->sent);
	} else if (e == OK) {
		e = offer(m, s, txn, &heard.theirs);
		if (e == OK)
			e = repair(m, s, txn, &heard);
	}
	buf_release(&ask);
	heard_release(&heard);
	return e;
}

static enum err take(struct meeting *m, struct meeting_side *s, struct notebook_txn *txn,
	struct bytes push)
{
	struct taken taken;
	struct partner *p = partner_of(txn, s->teacher, s->other);
	enum err e = exchange_take(txn, p, push, &taken, &m->why);
	if (e != OK)
		return e;
	if (!taken.more)
		e = say_claim(m, s, txn);
	if (e == OK && taken.claim.len > 0)
		e = hear(m, s, txn, taken.claim);
	apply_came_release(&taken.came);
	return e;
}

static enum err heal(struct meeting *m, struct meeting_side *s, struct notebook_txn *txn,
	struct bytes hashes)
{
	bool again = false;
	struct log_id log;
	uint64_t upto = 0;
	struct buf ask = {0};
	struct partner *p = partner_of(txn, s->teacher, s->other);
	enum err e = exchange_heal(txn, p, hashes, &again, &log, &upto, &m->why);
	if (e == OK && again) {
		exchange_ask(log, upto, &ask);
		say(m, s, ASK, &ask);
	} else if (e == OK) {
		vector_release(&s->sent);
		e = say_claim(m, s, txn);
		if (e == OK)
			e = hear(m, s, txn, buf_bytes(&s->claim));
	}
	buf_release(&ask);
	return e;
}

static enum err answer(struct meeting *m, struct meeting_side *s,
	struct notebook_txn *txn, int kind, struct bytes asked)
{
	struct buf body = {0};
	struct partner *p = partner_of(txn, s->teacher, s->other);
	enum err e = kind == FETCH ? exchange_give(txn, p, asked, &body, &m->why)
				   : exchange_hashes(txn, p, asked, &body, &m->why);
	if (e == OK)
		say(m, s, kind == FETCH ? SECTIONS : HASHES, &body);
	buf_release(&body);
	return e;
}

static enum err receive(struct meeting *m, struct meeting_side *s,
	struct notebook_txn *txn, const struct meeting_message *message)
{
	struct bytes body = buf_bytes(&message->body);
	struct partner *p = partner_of(txn, s->teacher, s->other);
	enum err e = OK;
	switch (message->kind) {
	case CLAIM:
		return hear(m, s, txn, body);
	case PUSH:
		return take(m, s, txn, body);
	case SECTIONS:
		e = exchange_fill(txn, p, body, &m->why);
		if (e == OK)
			e = say_claim(m, s, txn);
		return e == OK ? hear(m, s, txn, buf_bytes(&s->claim)) : e;
	case HASHES:
		return heal(m, s, txn, body);
	default:
		return answer(m, s, txn, message->kind, body);
	}
}

bool meeting_step(struct meeting *m, int side)
{
	struct meeting_side *s = &m->side[side];
	if (!m->open || s->count == 0)
		return false;
	struct meeting_message message = s->queue[0];
	s->count--;
	memmove(s->queue, s->queue + 1, s->count * sizeof s->queue[0]);
	struct notebook_txn *txn = edit(s->teacher);
	size_t before = other_side(m, s)->count;
	enum err e = receive(m, s, txn, &message);
	if (e == OK) {
		done(txn);
	} else {
		notebook_abort(txn);
		m->refused = e;
		m->open = false;
		for (struct meeting_side *o = other_side(m, s); o->count > before;)
			buf_release(&o->queue[--o->count].body);
	}
	buf_release(&message.body);
	return true;
}

void meeting_begin(struct meeting *m, struct teacher *a, struct teacher *b)
{
	m->open = true;
	m->side[0] = (struct meeting_side){.teacher = a, .other = b};
	m->side[1] = (struct meeting_side){.teacher = b, .other = a};
	for (int i = 0; i < 2; i++) {
		struct notebook_txn *txn = edit(m->side[i].teacher);
		assert_int_equal(say_claim(m, &m->side[i], txn), OK);
		done(txn);
	}
}

void meeting_flow(struct meeting *m, int side)
{
	struct vector nothing = {0};
	if (!m->open)
		return;
	struct notebook_txn *txn = edit(m->side[side].teacher);
	/* Live, after the other has said what it holds. */
	if (m->side[side].sent.count > 0)
		assert_int_equal(offer(m, &m->side[side], txn, &nothing), OK);
	done(txn);
}

void meeting_run(struct meeting *m)
{
	for (size_t n = 0; meeting_step(m, 0) || meeting_step(m, 1); n++)
		assert_true(n < 400);
}

void meeting_end(struct meeting *m)
{
	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; k < m->side[i].count; k++)
			buf_release(&m->side[i].queue[k].body);
		m->side[i].count = 0;
		vector_release(&m->side[i].sent);
		buf_release(&m->side[i].claim);
	}
	m->open = false;
}

bool meet_listening(struct teacher *a, struct teacher *b, struct meeting *out)
{
	meeting_begin(out, a, b);
	meeting_run(out);
	meeting_end(out);
	return out->refused == OK && out->side[0].verified && out->side[1].verified;
}

bool meet(struct teacher *a, struct teacher *b)
{
	struct meeting m = {0};
	bool verified = meet_listening(a, b, &m);
	if (m.refused != OK)
		print_message("refused: %s\n", why_text(&m.why, m.refused));
	return verified;
}
