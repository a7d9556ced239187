#include "core/notebook/space.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/tr.h"
#include "core/notebook/internal.h"

static void space_free(struct space *s)
{
	for (size_t i = 0; i < s->log_count; i++)
		vector_release(&s->logs[i].past);
	for (size_t i = 0; i < s->holder_count; i++) {
		vector_release(&s->holders[i].held);
		mem_free(s->holders[i].steps);
	}
	for (size_t i = 0; i < s->notice_count; i++)
		mem_free(s->notices[i]);
	vector_release(&s->target);
	mem_free(s->logs);
	mem_free(s->ends);
	idset_release(&s->drafts);
	idset_release(&s->follows);
	mem_free(s->holders);
	wipe(&s->key, sizeof s->key);
	mem_free(s);
}

static struct space *keep_space(struct notebook_txn *txn, struct space *s)
{
	txn->spaces = mem_grow(
		txn->spaces, txn->space_count, &txn->space_cap, sizeof(struct space *));
	txn->spaces[txn->space_count++] = s;
	return s;
}

enum err space_open(struct notebook_txn *txn, struct id id, struct space **out)
{
	*out = NULL;
	for (size_t i = 0; i < txn->space_count; i++) {
		if (id_equal(txn->spaces[i]->id, id)) {
			*out = txn->spaces[i];
			return OK;
		}
	}
	CLEAN_BUF struct buf record = {0};
	enum err e = store_get(txn->store, TABLE_SPACE, BYTES_OF(id.b), &record);
	if (e != OK)
		return e;
	struct space *s = mem_new(sizeof *s);
	s->id = id;
	e = space_unpack(buf_bytes(&record), s);
	if (e != OK) {
		space_free(s);
		return e;
	}
	*out = keep_space(txn, s);
	return OK;
}

enum err space_new(struct notebook_txn *txn, struct id id, const struct secret *key,
	const struct person_id *partner, struct space **out)
{
	struct space *s = mem_new(sizeof *s);
	s->id = id;
	s->key = *key;
	s->partner = *partner;
	s->room = SPACE_ROOM;
	s->dirty = true;
	*out = keep_space(txn, s);
	return OK;
}

void space_touch(struct space *space)
{
	space->dirty = true;
}

enum err spaces_save(struct notebook_txn *txn)
{
	for (size_t i = 0; i < txn->space_count; i++) {
		struct space *s = txn->spaces[i];
		if (!s->dirty)
			continue;
		CLEAN_BUF struct buf record = {0};
		space_pack(&record, s);
		enum err e = store_put(
			txn->store, TABLE_SPACE, BYTES_OF(s->id.b), buf_bytes(&record));
		wipe(record.at, record.len);
		if (e != OK)
			return e;
	}
	return OK;
}

void spaces_release(struct notebook_txn *txn)
{
	for (size_t i = 0; i < txn->space_count; i++)
		space_free(txn->spaces[i]);
	mem_free(txn->spaces);
}

/* ---- Logs. */

struct space_log *space_find_log(struct space *space, struct log_id log)
{
	for (size_t i = 0; i < space->log_count; i++)
		if (log_id_equal(space->logs[i].id, log))
			return &space->logs[i];
	return NULL;
}

struct space_log *space_add_log(struct space *space, struct id device,
	const uint8_t incarnation[8], const struct person_id *person)
{
	if (space->log_count == SPACE_LOGS_MAX)
		return NULL;
	space->logs = mem_grow(
		space->logs, space->log_count, &space->log_cap, sizeof *space->logs);
	struct space_log *log = &space->logs[space->log_count++];
	*log = (struct space_log){.device = device, .person = *person};
	memcpy(log->incarnation, incarnation, sizeof log->incarnation);
	log->id = entry_log_id(space->id, device, incarnation);
	space->dirty = true;
	return log;
}

struct space_log *space_own_log(struct notebook_txn *txn, struct space *space)
{
	if (space->has_own)
		return space_find_log(space, space->own);
	const struct me *me = &txn->notebook->me;
	uint8_t incarnation[8];
	random_fill(incarnation, sizeof incarnation);
	struct space_log *log =
		space_add_log(space, me->device, incarnation, &me->person);
	if (log == NULL)
		return NULL;
	space->has_own = true;
	space->own = log->id;
	return log;
}

void space_vector(const struct space *space, struct vector *out)
{
	for (size_t i = 0; i < space->log_count; i++)
		if (space->logs[i].seq > 0)
			vector_set(out, space->logs[i].id, space->logs[i].seq);
}

/* ---- The state sum. */

void space_sum_add(struct space *space, const struct hash *state)
{
	unsigned carry = 0;
	for (size_t i = 0; i < sizeof space->sum; i++) {
		carry += (unsigned)space->sum[i] + state->b[i];
		space->sum[i] = (uint8_t)carry;
		carry >>= 8;
	}
	space->dirty = true;
}

void space_sum_drop(struct space *space, const struct hash *state)
{
	unsigned borrow = 0;
	for (size_t i = 0; i < sizeof space->sum; i++) {
		unsigned take = state->b[i] + borrow;
		borrow = space->sum[i] < take;
		space->sum[i] = (uint8_t)(space->sum[i] - take);
	}
	space->dirty = true;
}

void space_forget_ends(struct space *space)
{
	for (size_t i = 0; i < space->end_count; i++)
		if (space->ends[i].counted)
			space_sum_drop(space, &space->ends[i].state);
	space->end_count = 0;
	space->dirty = true;
}

/* ---- Ended documents, drafts, holders, notices. */

struct ended_key {
	uint8_t space[16], document[16];
};

static struct ended_key ended_key(const struct space *space, struct id document)
{
	struct ended_key key;
	memcpy(key.space, space->id.b, sizeof key.space);
	memcpy(key.document, document.b, sizeof key.document);
	return key;
}

enum err space_ended(
	struct notebook_txn *txn, struct space *space, struct id document, bool *ended)
{
	struct ended_key key = ended_key(space, document);
	CLEAN_BUF struct buf value = {0};
	enum err e = store_get(txn->store, TABLE_INDEX,
		(struct bytes){(const uint8_t *)&key, sizeof key}, &value);
	*ended = e == OK;
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err put_ended(struct notebook_txn *txn, struct space *space,
	struct id document, struct bytes value)
{
	struct ended_key key = ended_key(space, document);
	space_unmark_draft(space, document);
	return store_put(txn->store, TABLE_INDEX,
		(struct bytes){(const uint8_t *)&key, sizeof key}, value);
}

enum err space_set_ended(
	struct notebook_txn *txn, struct space *space, struct id document)
{
	return put_ended(txn, space, document, bytes_text("ended"));
}

enum err space_set_unsaid(
	struct notebook_txn *txn, struct space *space, struct id document)
{
	return put_ended(txn, space, document, bytes_text("unsaid"));
}

enum err space_is_unsaid(
	struct notebook_txn *txn, struct space *space, struct id document, bool *unsaid)
{
	struct ended_key key = ended_key(space, document);
	CLEAN_BUF struct buf value = {0};
	enum err e = store_get(txn->store, TABLE_INDEX,
		(struct bytes){(const uint8_t *)&key, sizeof key}, &value);
	*unsaid = e == OK && bytes_equal(buf_bytes(&value), bytes_text("unsaid"));
	return e == ERR_NOT_FOUND ? OK : e;
}

void space_add_end(struct space *space, const struct space_end *end)
{
	space->ends = mem_grow(
		space->ends, space->end_count, &space->end_cap, sizeof *space->ends);
	space->ends[space->end_count++] = *end;
	space->dirty = true;
}

void space_mark_draft(struct space *space, struct id document)
{
	if (idset_add(&space->drafts, document))
		space->dirty = true;
}

void space_unmark_draft(struct space *space, struct id document)
{
	if (idset_drop(&space->drafts, document))
		space->dirty = true;
}

void space_mark_follow(struct space *space, struct id document)
{
	if (idset_add(&space->follows, document))
		space->dirty = true;
}

static void add_step(
	struct space_holder *holder, struct log_id log, uint64_t seq, uint64_t now_s)
{
	if (holder->step_count == SPACE_STEPS_MAX) {
		/* Thin the older half: what is long held needs no exact hour. */
		size_t kept = 0;
		for (size_t i = 0; i < holder->step_count; i++)
			if (i >= SPACE_STEPS_MAX / 2 || i % 2 == 1)
				holder->steps[kept++] = holder->steps[i];
		holder->step_count = kept;
	}
	holder->steps = mem_grow(holder->steps, holder->step_count, &holder->step_cap,
		sizeof *holder->steps);
	holder->steps[holder->step_count++] =
		(struct space_step){.log = log, .seq = seq, .when_s = now_s};
}

void space_hold(
	struct space *space, struct id device, const struct vector *held, uint64_t now_s)
{
	struct space_holder *holder = NULL;
	for (size_t i = 0; i < space->holder_count; i++)
		if (id_equal(space->holders[i].device, device))
			holder = &space->holders[i];
	if (holder == NULL) {
		space->holders = mem_grow(space->holders, space->holder_count,
			&space->holder_cap, sizeof *space->holders);
		holder = &space->holders[space->holder_count++];
		*holder = (struct space_holder){.device = device};
	}
	if (vector_equal(&holder->held, held))
		return;
	for (size_t i = 0; i < held->count; i++)
		if (held->items[i].entry > vector_get(&holder->held, held->items[i].log))
			add_step(holder, held->items[i].log, held->items[i].entry, now_s);
	vector_release(&holder->held);
	vector_copy(&holder->held, held);
	space->dirty = true;
}

void space_notice(struct space *space, const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, tr(format), args);
	va_end(args);
	if (space->notice_count > 0 && strcmp(space->notices[0], text) == 0)
		return;
	if (space->notice_count == SPACE_NOTICES_MAX)
		mem_free(space->notices[--space->notice_count]);
	memmove(space->notices + 1, space->notices,
		space->notice_count * sizeof space->notices[0]);
	space->notices[0] = mem_text(text);
	space->notice_count++;
	space->dirty = true;
}
