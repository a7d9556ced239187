#include "core/notebook/exchange.h"

#include "core/notebook/exchange_parts.h"
#include "core/notebook/internal.h"

/* ---- Pushing. */

static size_t index_of_log(const struct space *space, struct log_id log)
{
	size_t i = 0;
	while (i < space->log_count && !log_id_equal(space->logs[i].id, log))
		i++;
	return i;
}

struct push {
	struct buf entries;
	size_t count;
	/* By the space's logs: place in the list of heads, 0 for none, and how far it
	 * went. */
	size_t place[SPACE_LOGS_MAX];
	uint64_t upto[SPACE_LOGS_MAX];
	struct hash head[SPACE_LOGS_MAX];
	size_t order[SPACE_LOGS_MAX];
	size_t logs;
};

static enum err push_entry(struct notebook_txn *txn, struct space *space,
	const struct place_in_log *place, struct push *push)
{
	struct kept_entry kept;
	enum err e = space_get_entry(txn, space, place->log, place->seq, true, &kept);
	if (e == OK) {
		size_t log = index_of_log(space, place->log);
		if (push->place[log] == 0) {
			push->order[push->logs] = log;
			push->place[log] = ++push->logs;
		}
		push->upto[log] = place->seq;
		push->head[log] = kept.hash;
		pack_array(&push->entries, 2);
		pack_uint(&push->entries, push->place[log] - 1);
		entry_write(&kept.entry, &push->entries);
		push->count++;
	}
	kept_entry_release(&kept);
	return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
}

static enum err push_write(struct notebook_txn *txn, const struct partner *partner,
	struct space *space, const struct push *push, bool more, struct buf *out)
{
	pack_array(out, 4);
	pack_array(out, push->logs);
	for (size_t i = 0; i < push->logs; i++) {
		size_t log = push->order[i];
		exchange_pack_head(
			out, &space->logs[log], push->upto[log], &push->head[log]);
	}
	pack_array(out, push->count);
	buf_add(out, buf_bytes(&push->entries));
	pack_bool(out, more);
	if (!more)
		return exchange_add_claim(txn, partner, space, out);
	pack_nil(out);
	return OK;
}

enum err exchange_push(struct notebook_txn *txn, struct partner *partner,
	struct vector *theirs, size_t max, struct buf *out, bool *more, struct why *why)
{
	struct space *space = NULL;
	struct place_in_log *order = NULL;
	size_t count = 0, i = 0;
	*more = false;
	enum err e = exchange_space(txn, partner, &space, why);
	if (e == OK)
		e = apply_order(txn, space, theirs, &order, &count);
	if (e != OK || count == 0)
		return e;
	struct push push = {0};
	for (; e == OK && i < count && (i == 0 || push.entries.len < max); i++)
		e = push_entry(txn, space, &order[i], &push);
	*more = i < count;
	if (e == OK)
		e = push_write(txn, partner, space, &push, *more, out);
	if (e == OK) {
		for (size_t k = 0; k < push.logs; k++)
			vector_set(theirs, space->logs[push.order[k]].id,
				push.upto[push.order[k]]);
	}
	buf_release(&push.entries);
	return e == OK ? OK
		       : because(why, e, "what is to be sent cannot be read: %s",
				 err_text(e));
}

/* ---- Taking. */

struct take {
	struct notebook_txn *txn;
	struct partner *partner;
	struct space *space;
	struct exchange_head *heads;
	size_t head_count;
	struct apply_item *items;
	size_t count;
	struct why *why;
};

static enum err take_log(struct take *take, const struct exchange_head *head)
{
	if (space_find_log(take->space, head->id) != NULL)
		return OK;
	const struct person_id *person =
		exchange_owner(take->txn, take->partner, head->device);
	if (person == NULL)
		return because(take->why, ERR_REFUSED,
			"words of a device came that nobody knows: nothing was changed");
	if (space_add_log(take->space, head->device, head->incarnation, person) == NULL)
		return because(take->why, ERR_TOO_BIG,
			"more devices than kith can follow wrote here: pair again");
	return OK;
}

static enum err read_push(struct take *take, struct bytes push, struct taken *out)
{
	struct arena *arena = &take->txn->arena;
	struct pack_reader r = pack_read(push);
	if (pack_read_array(&r, 4) != 4)
		return exchange_unreadable(take->why);
	take->head_count = pack_read_array(&r, SPACE_LOGS_MAX);
	take->heads = arena_array(arena, take->head_count, sizeof *take->heads);
	for (size_t i = 0; i < take->head_count && !r.failed; i++)
		exchange_read_head(&r, take->space->id, &take->heads[i]);
	/* An entry is 60 bytes at least: the count is bounded by what came. */
	take->count = pack_read_array(&r, push.len / 32);
	if (r.failed)
		return exchange_unreadable(take->why);
	take->items = arena_array(arena, take->count, sizeof *take->items);
	for (size_t i = 0; i < take->count; i++) {
		if (pack_read_array(&r, 2) != 2)
			return exchange_unreadable(take->why);
		uint64_t log = pack_read_uint(&r, UINT32_MAX);
		enum err e = entry_read(&r, arena, &take->items[i].entry);
		if (e == ERR_VERSION)
			return because(take->why, e,
				"your partner uses a newer kith: update yours");
		if (e != OK || log >= take->head_count)
			return exchange_unreadable(take->why);
		take->items[i].log = take->heads[log].id;
	}
	out->more = pack_read_bool(&r);
	out->claim = pack_read_nil(&r) ? (struct bytes){0} : pack_read_any(&r);
	return pack_done(&r) ? OK : exchange_unreadable(take->why);
}

/* What the sender has under the last number must be what came out here: two histories
 * under one number are told apart by nothing else. */
static enum err check_heads(struct take *take)
{
	for (size_t i = 0; i < take->head_count; i++) {
		const struct exchange_head *head = &take->heads[i];
		const struct apply_item *last = NULL;
		for (size_t k = take->count; k > 0 && last == NULL; k--)
			if (log_id_equal(take->items[k - 1].log, head->id))
				last = &take->items[k - 1];
		if (last == NULL || last->entry.seq != head->seq)
			return exchange_unreadable(take->why);
		if (!hash_equal(&last->hash, &head->head))
			return because(take->why, ERR_FORK,
				"two histories of one notebook met: a copy of a folder "
				"was "
				"used, or a backup");
	}
	return OK;
}

/* How much of a push is new here: in bundles much comes again until it was seen to
 * arrive, and again takes no room. Entries count alike. */
static size_t new_bytes(const struct take *take, size_t len)
{
	size_t fresh = 0;
	for (size_t i = 0; i < take->count; i++)
		fresh += !take->items[i].known;
	return fresh == take->count ? len : len / take->count * fresh;
}

static enum err check_room(const struct take *take, size_t len)
{
	const struct space *space = take->space;
	if (len == 0 ||
		(space->bytes_in <= space->room && len <= space->room - space->bytes_in))
		return OK;
	return because(take->why, ERR_FULL,
		"%s sent all you have room for, and the rest waits: kith partners %s "
		"--room SIZE gives more",
		take->partner->called, take->partner->called);
}

enum err exchange_note(
	struct notebook_txn *txn, struct partner *partner, const char *sentence)
{
	struct space *space;
	enum err e = exchange_space(txn, partner, &space, NULL);
	if (e == OK)
		space_notice(space, "%s", sentence);
	return e;
}

enum err exchange_room(struct notebook_txn *txn, struct partner *partner,
	struct exchange_room *out, struct why *why)
{
	struct space *space;
	*out = (struct exchange_room){0};
	enum err e = exchange_space(txn, partner, &space, why);
	if (e == OK)
		*out = (struct exchange_room){space->bytes_in, space->room};
	return e;
}

enum err exchange_set_room(
	struct notebook_txn *txn, struct partner *partner, uint64_t most, struct why *why)
{
	struct space *space;
	enum err e = exchange_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	space->room = most;
	space_touch(space);
	return OK;
}

/* Own history was coming back: is it all here? */
static enum err pulled(struct take *take)
{
	struct space *space = take->space;
	CLEAN_VECTOR struct vector here = {0};
	space_vector(space, &here);
	if (!space->pulling || space->target.count == 0 ||
		!vector_covers(&here, &space->target))
		return OK;
	space->pulling = false;
	vector_release(&space->target);
	return restore_pulled(take->txn, space, take->why);
}

enum err exchange_take(struct notebook_txn *txn, struct partner *partner,
	struct bytes push, struct taken *out, struct why *why)
{
	struct take take = {.txn = txn, .partner = partner, .why = why};
	struct log_id fork;
	*out = (struct taken){0};
	enum err e = exchange_space(txn, partner, &take.space, why);
	if (e == OK)
		e = read_push(&take, push, out);
	for (size_t i = 0; e == OK && i < take.head_count; i++)
		e = take_log(&take, &take.heads[i]);
	for (size_t i = 0; e == OK && i < take.count; i++)
		if (take.space->has_own &&
			log_id_equal(take.items[i].log, take.space->own) &&
			take.items[i].entry.seq >
				space_find_log(take.space, take.space->own)->seq)
			e = because(why, ERR_REFUSED,
				"words came back for the log that is being written");
	if (e == OK)
		e = apply_check(txn, take.space, take.items, take.count, BRINGER_PARTNER,
			&fork, why);
	if (e == OK)
		e = check_heads(&take);
	size_t len = e == OK ? new_bytes(&take, push.len) : 0;
	if (e == OK)
		e = check_room(&take, len);
	if (e == OK)
		e = apply_batch(txn, take.space, take.items, take.count, BRINGER_PARTNER,
			&out->came, why);
	if (e != OK) {
		apply_came_release(&out->came);
		return e;
	}
	take.space->bytes_in += len;
	/* What came stands on the same entries there. */
	for (size_t i = 0; i < take.head_count; i++) {
		struct space_log *log = space_find_log(take.space, take.heads[i].id);
		if (log != NULL && take.heads[i].seq > log->common)
			log->common = take.heads[i].seq;
	}
	if (out->came.entries > 0 && partner->identical) {
		partner->identical = false;
		people_touch(txn, partner);
	}
	space_touch(take.space);
	return pulled(&take);
}
