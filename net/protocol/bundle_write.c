/* What a bundle says: written. */
#include "net/protocol/bundle.h"

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/notebook/notebook.h"
#include "core/notebook/offer.h"
#include "core/notebook/space.h"
#include "net/protocol/pairkeys.h"

/* Logs whose hashes go into one bundle: 35 KB each at most. */
#define HASHES_LOGS_MAX 16u

struct bundle_out {
	struct notebook *notebook;
	struct person_id person;
	struct id space;
	struct bundle_writer *writer;
	struct vector theirs; /* what they hold, once they have read what was written */
	size_t full;          /* no push is begun when there is more content */
	struct bundle_written report;
};

void bundle_out_free(struct bundle_out *b)
{
	if (b == NULL)
		return;
	bundle_writer_free(b->writer);
	vector_release(&b->theirs);
	mem_free(b);
}

void bundle_out_freep(struct bundle_out **b)
{
	bundle_out_free(*b);
}

void bundle_out_limit(struct bundle_out *b, size_t content)
{
	b->full = content < BUNDLE_FULL ? content : BUNDLE_FULL;
}

const struct bundle_written *bundle_out_report(const struct bundle_out *b)
{
	return &b->report;
}

static void add(
	struct bundle_out *b, uint8_t kind, const struct buf *record, struct buf *out)
{
	bundle_writer_add(b->writer, kind, buf_bytes(record), out);
}

/* ---- For whom. */

static void add_keys(const struct partner *partner, const struct secret *root,
	struct bundle_reader_key *keys, size_t *count)
{
	for (size_t i = 0; i < partner->list.count && *count < BUNDLE_STANZAS_MAX; i++) {
		const struct device *device = &partner->list.devices[i];
		if (device->removed)
			continue;
		keys[*count].device = device->key;
		pair_bundle_key(root, &keys[*count].psk);
		(*count)++;
	}
}

/* Every device of theirs that is in use, under the root of now, and under the one before
 * while nobody has met under the new one. */
static enum err begin_file(struct bundle_out *b, const struct partner *partner,
	struct buf *out, struct bundle_id *id, struct why *why)
{
	struct bundle_reader_key keys[BUNDLE_STANZAS_MAX];
	size_t count = 0;
	add_keys(partner, &partner->root, keys, &count);
	if (partner->has_before)
		add_keys(partner, &partner->before, keys, &count);
	if (count == 0)
		return because(why, ERR_REFUSED,
			"%s has no device in use that could read it", partner->called);
	b->writer = bundle_writer_new(
		&notebook_me(b->notebook)->device_secret, keys, count, out, id);
	wipe(keys, sizeof keys);
	return OK;
}

/* What all their devices hold: what one of them lacks goes in. */
static void find_held(
	const struct space *space, const struct partner *partner, struct vector *out)
{
	bool any = false;
	for (size_t i = 0; i < partner->list.count; i++) {
		struct vector held = {0};
		if (partner->list.devices[i].removed)
			continue;
		for (size_t k = 0; k < space->holder_count; k++)
			if (id_equal(space->holders[k].device,
				    partner->list.devices[i].id))
				held = space->holders[k].held; /* borrowed */
		if (!any)
			vector_copy(out, &held);
		any = true;
		for (size_t k = out->count; k > 0; k--) {
			struct vector_item *item = &out->items[k - 1];
			uint64_t there = vector_get(&held, item->log);
			if (there < item->entry)
				vector_set(out, item->log, there);
		}
	}
}

/* ---- What it says first. */

static void add_about(struct bundle_out *b, struct notebook_txn *txn,
	const struct space *space, struct buf *out)
{
	const struct trail *trail = &space->trail;
	CLEAN_BUF struct buf about = {0};
	pack_array(&about, 4);
	pack_bin(&about, BYTES_OF(space->id.b));
	pack_uint(&about, txn_now_s(txn));
	if (trail->has_heard)
		pack_bin(&about, BYTES_OF(trail->heard.b));
	else
		pack_nil(&about);
	trail_pack_ids(&about, trail->written, trail->written_count);
	add(b, BUNDLE_ABOUT, &about, out);
}

static void add_list(struct bundle_out *b, struct buf *out)
{
	const struct me *me = notebook_me(b->notebook);
	if (me->list_number > 1)
		add(b, SYNC_LIST, &me->list, out);
}

static enum err add_hello(struct bundle_out *b, struct notebook_txn *txn,
	struct partner *partner, const struct space *space, struct buf *out,
	struct why *why)
{
	CLEAN_BUF struct buf hello = {0};
	buf_add_u8(&hello, space->forked ? SYNC_FORKED : 0);
	enum err e = exchange_claim(txn, partner, &hello, why);
	if (e == OK)
		add(b, SYNC_HELLO, &hello, out);
	return e;
}

/* Whether they were put back: less of their own logs is there than here. Where their
 * ends were never compared they may have gone on from there too. */
static bool lack_own(const struct bundle_out *b, const struct space *space)
{
	for (size_t i = 0; i < space->log_count; i++)
		if (person_equal(space->logs[i].person, b->person) &&
			vector_get(&b->theirs, space->logs[i].id) < space->logs[i].seq)
			return true;
	return false;
}

/* With these they find where their log forked, or that it did not, as if they had asked.
 */
static enum err add_hashes(struct bundle_out *b, struct notebook_txn *txn,
	struct partner *partner, const struct space *space, struct buf *out,
	struct why *why)
{
	enum err e = OK;
	size_t count = 0;
	for (size_t i = 0; e == OK && i < space->log_count; i++) {
		const struct space_log *log = &space->logs[i];
		CLEAN_BUF struct buf ask = {0}, hashes = {0};
		if (log->seq == 0 || !person_equal(log->person, partner->person) ||
			count++ == HASHES_LOGS_MAX)
			continue;
		exchange_ask(log->id, log->seq, &ask);
		e = exchange_hashes(txn, partner, buf_bytes(&ask), &hashes, why);
		if (e == OK)
			add(b, SYNC_HASHES, &hashes, out);
	}
	return e;
}

static enum err find(struct bundle_out *b, struct notebook_txn *txn,
	struct partner **partner, struct space **space, struct why *why)
{
	*partner = people_partner(txn, &b->person);
	if (*partner == NULL)
		return because(why, ERR_NOT_FOUND, "nobody of that name is paired");
	enum err e = space_open(txn, (*partner)->space, space);
	return e == OK ? OK
		       : because(why, e, "what you share with %s cannot be read: %s",
				 (*partner)->called, err_text(e));
}

/* Seal, and say how things stand then. */
static enum err begin(
	struct bundle_out *b, struct notebook_txn *txn, struct buf *out, struct why *why)
{
	struct partner *partner = NULL;
	struct space *space = NULL;
	struct bundle_id id;
	size_t sealed = 0;
	enum err e = find(b, txn, &partner, &space, why);
	if (e != OK)
		return e;
	if (partner->state == PARTNER_PROVISIONAL && !partner->has_before)
		return because(why, ERR_REFUSED,
			"the pairing with %s is not confirmed on their side yet: meet "
			"once "
			"(kith sync), or read a bundle of theirs first",
			partner->called);
	b->report.forked = space->forked;
	e = begin_file(b, partner, out, &id, why);
	/* What is sealed on a forked log would stand on the branch that loses. */
	if (e == OK && !space->forked)
		e = offer_seal(txn, partner, &sealed, why);
	if (e != OK)
		return e;
	b->space = space->id;
	b->report.pulling = space->pulling;
	find_held(space, partner, &b->theirs);
	add_about(b, txn, space, out);
	add_list(b, out);
	e = add_hello(b, txn, partner, space, out, why);
	if (e == OK && (space->forked || space->they_forked || lack_own(b, space)))
		e = add_hashes(b, txn, partner, space, out, why);
	trail_write(&space->trail, id);
	space_touch(space);
	return e;
}

enum err bundle_out_new(struct notebook *notebook, const struct person_id *person,
	struct buf *out, struct bundle_out **bundle, struct why *why)
{
	CLEANUP(bundle_out_freep) struct bundle_out *b = mem_new(sizeof *b);
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	CLEAN_BUF struct buf first = {0};
	b->notebook = notebook;
	b->person = *person;
	b->full = BUNDLE_FULL;
	*bundle = NULL;
	enum err e = notebook_edit(notebook, &txn, why);
	if (e == OK)
		e = begin(b, txn, &first, why);
	if (e != OK)
		return e;
	e = notebook_commit(txn, why);
	txn = NULL;
	if (e != OK)
		return e;
	buf_add(out, buf_bytes(&first));
	*bundle = b;
	b = NULL;
	return OK;
}

/* ---- The entries, as the store has them by then: the claim in the last push is of that
 * moment. */

static enum err add_push(
	struct bundle_out *b, struct buf *out, bool *more, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	CLEAN_VECTOR struct vector before = {0};
	CLEAN_BUF struct buf push = {0};
	struct partner *partner = NULL;
	struct space *space = NULL;
	*more = false;
	enum err e = notebook_look(b->notebook, &txn, why);
	if (e == OK)
		e = find(b, txn, &partner, &space, why);
	if (e != OK)
		return e;
	if (!id_equal(space->id, b->space))
		return because(
			why, ERR_REFUSED, "you paired anew meanwhile: write it again");
	vector_copy(&before, &b->theirs);
	e = exchange_push(txn, partner, &b->theirs, SYNC_PIECE, &push, more, why);
	if (e != OK || push.len == 0)
		return e;
	if (push.len > BUNDLE_RECORD_MAX)
		return because(why, ERR_TOO_BIG, "what is to be written is too large");
	b->report.entries += (size_t)vector_ahead(&b->theirs, &before);
	add(b, SYNC_PUSH, &push, out);
	return OK;
}

enum err bundle_out_next(
	struct bundle_out *b, struct buf *out, bool *more, struct why *why)
{
	enum err e = OK;
	*more = false;
	if (!b->report.forked)
		e = add_push(b, out, more, why);
	if (e != OK)
		return e;
	if (*more && bundle_writer_len(b->writer) > b->full) {
		b->report.more = true;
		*more = false;
	}
	if (!*more)
		bundle_writer_end(b->writer, out);
	return OK;
}
