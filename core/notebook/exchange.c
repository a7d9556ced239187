#include "core/notebook/exchange.h"

#include <string.h>

#include "core/notebook/ending.h"
#include "core/notebook/internal.h"
#include "core/notebook/restore.h"

enum claim_flags {
	CLAIM_PULLING = 1, /* own history is still coming back */
	CLAIM_PARTIAL = 2, /* something is unread or missing */
};

struct claim_log {
	struct id device;
	uint8_t incarnation[8];
	struct log_id id;
	uint64_t seq;
	struct hash head;
};

struct claim {
	uint32_t list, held_list;
	uint64_t flags;
	struct claim_log *logs;
	size_t count;
	bool has_sum;
	uint8_t sum[32];
};

static enum err open_space(
	struct notebook_txn *txn, const struct partner *partner, struct space **out, struct why *why)
{
	enum err e = space_open(txn, partner->space, out);
	return e == OK ? OK
		       : because(why, e, "what you share with %s cannot be read: %s",
				 partner->called, err_text(e));
}

static enum err unreadable(struct why *why)
{
	return because(why, ERR_CORRUPT,
		"the other side sent what cannot be read: nothing was changed");
}

/* ---- Claims. */

/* A state sum is said only of a whole replica. */
static bool may_say_sum(const struct space *space)
{
	return !space->pulling && space->end_count == 0 && space->unread == 0 &&
	       space->incomplete == 0;
}

static void pack_log_head(struct buf *out, const struct space_log *log, uint64_t seq,
	const struct hash *hash)
{
	pack_array(out, 4);
	pack_bin(out, BYTES_OF(log->device.b));
	pack_bin(out, BYTES_OF(log->incarnation));
	pack_uint(out, seq);
	pack_bin(out, BYTES_OF(hash->b));
}

static void add_claim(struct notebook_txn *txn, const struct partner *partner,
	const struct space *space, struct buf *out)
{
	size_t count = 0;
	for (size_t i = 0; i < space->log_count; i++)
		count += space->logs[i].seq > 0;
	pack_array(out, 5);
	pack_uint(out, txn->notebook->me.list_number);
	pack_uint(out, partner->list.number);
	pack_uint(out, (space->pulling ? CLAIM_PULLING : 0u) |
			       (space->unread + space->incomplete > 0 ? CLAIM_PARTIAL : 0u));
	pack_array(out, count);
	for (size_t i = 0; i < space->log_count; i++)
		if (space->logs[i].seq > 0)
			pack_log_head(
				out, &space->logs[i], space->logs[i].seq, &space->logs[i].head);
	if (may_say_sum(space))
		pack_bin(out, BYTES_OF(space->sum));
	else
		pack_nil(out);
}

enum err exchange_claim(
	struct notebook_txn *txn, struct partner *partner, struct buf *out, struct why *why)
{
	struct space *space = NULL;
	enum err e = open_space(txn, partner, &space, why);
	if (e == OK)
		add_claim(txn, partner, space, out);
	return e;
}

static void read_log_head(struct pack_reader *r, struct id space, struct claim_log *out)
{
	if (pack_read_array(r, 4) != 4)
		r->failed = true;
	pack_read_fixed(r, out->device.b, sizeof out->device.b);
	pack_read_fixed(r, out->incarnation, sizeof out->incarnation);
	out->seq = pack_read_uint(r, ENTRY_SEQ_MAX);
	pack_read_fixed(r, out->head.b, sizeof out->head.b);
	out->id = entry_log_id(space, out->device, out->incarnation);
	if (out->seq == 0)
		r->failed = true;
}

static enum err read_claim(
	struct notebook_txn *txn, struct id space, struct bytes bytes, struct claim *out)
{
	*out = (struct claim){0};
	if (bytes.len > EXCHANGE_CLAIM_MAX)
		return ERR_TOO_BIG;
	struct pack_reader r = pack_read(bytes);
	if (pack_read_array(&r, 5) != 5)
		return ERR_CORRUPT;
	out->list = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	out->held_list = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	out->flags = pack_read_uint(&r, UINT32_MAX);
	out->count = pack_read_array(&r, SPACE_LOGS_MAX);
	out->logs = arena_array(&txn->arena, out->count, sizeof *out->logs);
	for (size_t i = 0; i < out->count && !r.failed; i++)
		read_log_head(&r, space, &out->logs[i]);
	if (!pack_read_nil(&r)) {
		out->has_sum = true;
		pack_read_fixed(&r, out->sum, sizeof out->sum);
	}
	return pack_done(&r) ? OK : ERR_CORRUPT;
}

/* ---- Whose log it is: by the device lists, never by what the other side says. */

static const struct person_id *owner_of(
	struct notebook_txn *txn, const struct partner *partner, struct id device)
{
	struct device_list mine;
	const struct me *me = &txn->notebook->me;
	if (device_list_find_id(&partner->list, device) != NULL)
		return &partner->person;
	if (id_equal(device, me->device))
		return &me->person;
	if (device_list_read(buf_bytes(&me->list), &mine) == OK &&
		device_list_find_id(&mine, device) != NULL)
		return &me->person;
	return NULL;
}

/* ---- Hearing. */

void heard_release(struct heard *heard)
{
	vector_release(&heard->theirs);
	*heard = (struct heard){0};
}

static enum err entry_hash_here(struct notebook_txn *txn, struct space *space,
	const struct space_log *log, uint64_t seq, struct hash *out)
{
	if (seq == log->seq) {
		*out = log->head;
		return OK;
	}
	struct kept_entry kept;
	enum err e = space_get_entry(txn, space, log->id, seq, false, &kept);
	*out = kept.hash;
	kept_entry_release(&kept);
	return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
}

/* One log of the claim beside what is here of it. */
static enum err hear_log(struct notebook_txn *txn, struct space *space,
	const struct claim_log *claimed, bool mine, struct heard *out)
{
	struct space_log *log = space_find_log(space, claimed->id);
	uint64_t here = log != NULL ? log->seq : 0;
	if (claimed->seq > here) {
		out->i_lack = true;
		if (mine && space->has_own && log_id_equal(claimed->id, space->own))
			out->restored = true;
		return OK;
	}
	struct hash hash;
	enum err e = entry_hash_here(txn, space, log, claimed->seq, &hash);
	if (e != OK || hash_equal(&hash, &claimed->head))
		return e;
	*(mine ? &out->my_fork : &out->their_fork) = true;
	out->log = claimed->id;
	out->seq = claimed->seq;
	return OK;
}

/* Own history that is not here comes first; nothing is sealed before it is back. */
static void hear_pulling(struct space *space, const struct claim *claim, const bool *mine)
{
	struct vector here = {0};
	vector_release(&space->target);
	for (size_t i = 0; i < claim->count; i++)
		if (mine[i])
			vector_set(&space->target, claim->logs[i].id, claim->logs[i].seq);
	space_vector(space, &here);
	space->pulling = !vector_covers(&here, &space->target);
	if (!space->pulling)
		vector_release(&space->target);
	vector_release(&here);
	space_touch(space);
}

static void fingerprint(const struct vector *vector, const struct space *space, uint8_t out[16])
{
	CLEAN_BUF struct buf packed = {0};
	vector_pack(vector, &packed);
	struct bytes parts[] = {buf_bytes(&packed), BYTES_OF(space->sum)};
	struct hash hash = hash_of("kith/verified/1", parts, 2);
	memcpy(out, hash.b, 16);
}

static void compare(struct notebook_txn *txn, struct partner *partner, struct space *space,
	const struct claim *claim, struct heard *out)
{
	struct vector here = {0};
	space_vector(space, &here);
	out->they_lack = !vector_covers(&out->theirs, &here);
	out->equal = vector_equal(&here, &out->theirs) && !out->my_fork && !out->their_fork;
	bool both = out->equal && claim->has_sum && may_say_sum(space);
	out->verified = both && memcmp(claim->sum, space->sum, sizeof claim->sum) == 0;
	out->differ = both && !out->verified;
	if (out->verified) {
		partner->verified_s = txn->now_s;
		partner->identical = true;
		fingerprint(&here, space, partner->fingerprint);
		people_touch(txn, partner);
	} else if (partner->identical) {
		partner->identical = false;
		people_touch(txn, partner);
	}
	vector_release(&here);
}

/* The end of a pair, once the other side holds the word of it. */
static void left(struct notebook_txn *txn, struct partner *partner, struct space *space,
	const struct heard *heard)
{
	if (partner->state != PARTNER_LEAVING || space->end_count > 0 || heard->they_lack)
		return;
	partner->state = PARTNER_LEFT;
	people_touch(txn, partner);
}

enum err exchange_hear(struct notebook_txn *txn, struct partner *partner, struct id device,
	struct bytes bytes, struct heard *out, struct why *why)
{
	struct space *space = NULL;
	struct claim claim;
	*out = (struct heard){0};
	enum err e = open_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	if (read_claim(txn, space->id, bytes, &claim) != OK)
		return unreadable(why);
	bool mine[SPACE_LOGS_MAX] = {false};
	for (size_t i = 0; e == OK && i < claim.count; i++) {
		const struct person_id *person = owner_of(txn, partner, claim.logs[i].device);
		if (person == NULL && claim.list > partner->list.number)
			continue; /* of a device in the list that follows */
		if (person == NULL)
			return because(why, ERR_REFUSED,
				"the other side holds words of a device that nobody knows");
		mine[i] = person_equal(*person, txn->notebook->me.person);
		vector_set(&out->theirs, claim.logs[i].id, claim.logs[i].seq);
		e = hear_log(txn, space, &claim.logs[i], mine[i], out);
	}
	if (e != OK)
		return because(why, e, "what you share cannot be read: %s", err_text(e));
	if (out->restored)
		e = restore_space(txn, space, why);
	if (e != OK)
		return e;
	hear_pulling(space, &claim, mine);
	out->list_behind = claim.held_list < txn->notebook->me.list_number;
	out->list_ahead = claim.list > partner->list.number;
	space_hold(space, device, &out->theirs, txn->now_s);
	if (out->their_fork)
		space_notice(space,
			"%s uses a copy of an older notebook: they are healing it; pair again "
			"if this stays",
			partner->called);
	compare(txn, partner, space, &claim, out);
	left(txn, partner, space, out);
	return OK;
}

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
	/* By the space's logs: place in the list of heads, 0 for none, and how far it went. */
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

static void push_write(struct notebook_txn *txn, const struct partner *partner,
	const struct space *space, const struct push *push, bool more, struct buf *out)
{
	pack_array(out, 4);
	pack_array(out, push->logs);
	for (size_t i = 0; i < push->logs; i++) {
		size_t log = push->order[i];
		pack_log_head(out, &space->logs[log], push->upto[log], &push->head[log]);
	}
	pack_array(out, push->count);
	buf_add(out, buf_bytes(&push->entries));
	pack_bool(out, more);
	if (more)
		pack_nil(out);
	else
		add_claim(txn, partner, space, out);
}

enum err exchange_push(struct notebook_txn *txn, struct partner *partner,
	struct vector *theirs, size_t max, struct buf *out, bool *more, struct why *why)
{
	struct space *space = NULL;
	struct place_in_log *order = NULL;
	size_t count = 0, i = 0;
	*more = false;
	enum err e = open_space(txn, partner, &space, why);
	if (e == OK)
		e = apply_order(txn, space, theirs, &order, &count);
	if (e != OK || count == 0)
		return e;
	struct push push = {0};
	for (; e == OK && i < count && (i == 0 || push.entries.len < max); i++)
		e = push_entry(txn, space, &order[i], &push);
	*more = i < count;
	if (e == OK) {
		push_write(txn, partner, space, &push, *more, out);
		for (size_t k = 0; k < push.logs; k++)
			vector_set(theirs, space->logs[push.order[k]].id,
				push.upto[push.order[k]]);
	}
	buf_release(&push.entries);
	return e == OK ? OK : because(why, e, "what is to be sent cannot be read: %s", err_text(e));
}

/* ---- Taking. */

struct take {
	struct notebook_txn *txn;
	struct partner *partner;
	struct space *space;
	struct claim_log *heads;
	size_t head_count;
	struct apply_item *items;
	size_t count;
	struct why *why;
};

static enum err take_log(struct take *take, const struct claim_log *head)
{
	if (space_find_log(take->space, head->id) != NULL)
		return OK;
	const struct person_id *person = owner_of(take->txn, take->partner, head->device);
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
		return unreadable(take->why);
	take->head_count = pack_read_array(&r, SPACE_LOGS_MAX);
	take->heads = arena_array(arena, take->head_count, sizeof *take->heads);
	for (size_t i = 0; i < take->head_count && !r.failed; i++)
		read_log_head(&r, take->space->id, &take->heads[i]);
	/* An entry is 60 bytes at least: the count is bounded by what came. */
	take->count = pack_read_array(&r, push.len / 32);
	if (r.failed)
		return unreadable(take->why);
	take->items = arena_array(arena, take->count, sizeof *take->items);
	for (size_t i = 0; i < take->count; i++) {
		if (pack_read_array(&r, 2) != 2)
			return unreadable(take->why);
		uint64_t log = pack_read_uint(&r, UINT32_MAX);
		enum err e = entry_read(&r, arena, &take->items[i].entry);
		if (e == ERR_VERSION)
			return because(take->why, e,
				"your partner uses a newer kith: update yours");
		if (e != OK || log >= take->head_count)
			return unreadable(take->why);
		take->items[i].log = take->heads[log].id;
	}
	out->more = pack_read_bool(&r);
	out->claim = pack_read_nil(&r) ? (struct bytes){0} : pack_read_any(&r);
	return pack_done(&r) ? OK : unreadable(take->why);
}

/* What the sender has under the last number must be what came out here: two histories under
 * one number are told apart by nothing else. */
static enum err check_heads(struct take *take)
{
	for (size_t i = 0; i < take->head_count; i++) {
		const struct claim_log *head = &take->heads[i];
		const struct apply_item *last = NULL;
		for (size_t k = take->count; k > 0 && last == NULL; k--)
			if (log_id_equal(take->items[k - 1].log, head->id))
				last = &take->items[k - 1];
		if (last == NULL || last->entry.seq != head->seq)
			return unreadable(take->why);
		if (!hash_equal(&last->hash, &head->head))
			return because(take->why, ERR_FORK,
				"two histories of one notebook met: a copy of a folder was "
				"used, or a backup");
	}
	return OK;
}

static enum err check_quota(struct take *take, size_t len)
{
	if (take->space->bytes_in + len <= SPACE_QUOTA)
		return OK;
	space_notice(take->space, "%s sent more than 1 GiB: the rest waits",
		take->partner->called);
	return because(take->why, ERR_TOO_BIG, "%s sent more than 1 GiB: the rest waits",
		take->partner->called);
}

enum err exchange_take(struct notebook_txn *txn, struct partner *partner, struct bytes push,
	struct taken *out, struct why *why)
{
	struct take take = {.txn = txn, .partner = partner, .why = why};
	struct log_id fork;
	*out = (struct taken){0};
	enum err e = open_space(txn, partner, &take.space, why);
	if (e == OK)
		e = check_quota(&take, push.len);
	if (e == OK)
		e = read_push(&take, push, out);
	for (size_t i = 0; e == OK && i < take.head_count; i++)
		e = take_log(&take, &take.heads[i]);
	for (size_t i = 0; e == OK && i < take.count; i++)
		if (take.space->has_own && log_id_equal(take.items[i].log, take.space->own) &&
			take.items[i].entry.seq >
				space_find_log(take.space, take.space->own)->seq)
			e = because(why, ERR_REFUSED,
				"words came back for the log that is being written");
	if (e == OK)
		e = apply_check(txn, take.space, take.items, take.count, BRINGER_PARTNER,
			&fork, why);
	if (e == OK)
		e = check_heads(&take);
	if (e == OK)
		e = apply_batch(txn, take.space, take.items, take.count, BRINGER_PARTNER,
			&out->came, why);
	if (e != OK) {
		apply_came_release(&out->came);
		return e;
	}
	take.space->bytes_in += push.len;
	if (out->came.entries > 0 && partner->identical) {
		partner->identical = false;
		people_touch(txn, partner);
	}
	struct vector here = {0};
	space_vector(take.space, &here);
	if (take.space->pulling && take.space->target.count > 0 &&
		vector_covers(&here, &take.space->target)) {
		take.space->pulling = false;
		vector_release(&take.space->target);
	}
	vector_release(&here);
	space_touch(take.space);
	return OK;
}

/* ---- Repair. */

static enum err lacks_section(struct notebook_txn *txn, struct space *space,
	const struct kept_entry *kept, bool *out)
{
	*out = false;
	enum err e = OK;
	for (size_t i = 0; e == OK && !*out && i < kept->entry.section_count; i++) {
		bool ended = false;
		if (!kept->entry.sections[i].withheld)
			continue;
		e = space_ended(txn, space, kept->entry.sections[i].document, &ended);
		*out = !ended;
	}
	return e;
}

enum err exchange_fetch(
	struct notebook_txn *txn, struct partner *partner, struct buf *out, struct why *why)
{
	struct space *space = NULL;
	struct buf places = {0};
	size_t count = 0;
	enum err e = open_space(txn, partner, &space, why);
	if (e != OK || space->incomplete == 0)
		return e;
	for (size_t i = 0; e == OK && i < space->log_count; i++) {
		for (uint64_t seq = 1; e == OK && seq <= space->logs[i].seq &&
				       count < EXCHANGE_FETCH_MAX;
			seq++) {
			struct kept_entry kept;
			bool lacks = false;
			e = space_get_entry(txn, space, space->logs[i].id, seq, true, &kept);
			if (e == OK)
				e = lacks_section(txn, space, &kept, &lacks);
			kept_entry_release(&kept);
			if (!lacks)
				continue;
			pack_array(&places, 2);
			pack_bin(&places, BYTES_OF(space->logs[i].id.b));
			pack_uint(&places, seq);
			count++;
		}
	}
	if (e == OK && count > 0) {
		pack_array(out, count);
		buf_add(out, buf_bytes(&places));
	}
	buf_release(&places);
	return e;
}

enum err exchange_give(struct notebook_txn *txn, struct partner *partner, struct bytes fetch,
	struct buf *out, struct why *why)
{
	struct space *space = NULL;
	enum err e = open_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(fetch);
	size_t count = pack_read_array(&r, EXCHANGE_FETCH_MAX), given = 0;
	CLEAN_BUF struct buf entries = {0};
	for (size_t i = 0; e == OK && i < count && entries.len < EXCHANGE_PUSH_MAX; i++) {
		struct log_id log;
		(void)pack_read_array(&r, 2);
		pack_read_fixed(&r, log.b, sizeof log.b);
		uint64_t seq = pack_read_uint(&r, ENTRY_SEQ_MAX);
		if (r.failed)
			return unreadable(why);
		struct kept_entry kept;
		if (space_find_log(space, log) == NULL)
			continue;
		e = space_get_entry(txn, space, log, seq, true, &kept);
		if (e == OK) {
			pack_array(&entries, 2);
			pack_bin(&entries, BYTES_OF(log.b));
			entry_write(&kept.entry, &entries);
			given++;
		}
		kept_entry_release(&kept);
		if (e == ERR_NOT_FOUND)
			e = OK;
	}
	pack_array(out, given);
	buf_add(out, buf_bytes(&entries));
	return e;
}

/* Sections whose hashes are those of the entry that is here. */
static enum err fill_entry(struct notebook_txn *txn, struct space *space, struct log_id log,
	const struct entry *given, bool *filled)
{
	struct kept_entry kept;
	enum err e = space_get_entry(txn, space, log, given->seq, true, &kept);
	bool same = e == OK && kept.entry.section_count == given->section_count;
	for (size_t i = 0; same && i < given->section_count; i++) {
		struct entry_section *here = &kept.entry.sections[i];
		const struct entry_section *there = &given->sections[i];
		if (!here->withheld || there->withheld ||
			!id_equal(here->document, there->document) ||
			!hash_equal(&here->hash, &there->hash))
			continue;
		*here = *there;
		*filled = true;
	}
	if (same && *filled)
		e = space_put_entry(txn, space, log, &kept.entry, &kept.hash, kept.lamport);
	kept_entry_release(&kept);
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err exchange_fill(struct notebook_txn *txn, struct partner *partner,
	struct bytes sections, struct why *why)
{
	struct space *space = NULL;
	enum err e = open_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(sections);
	size_t count = pack_read_array(&r, EXCHANGE_FETCH_MAX);
	bool filled = false;
	for (size_t i = 0; e == OK && i < count; i++) {
		struct log_id log;
		struct entry entry;
		(void)pack_read_array(&r, 2);
		pack_read_fixed(&r, log.b, sizeof log.b);
		if (r.failed || entry_read(&r, &txn->arena, &entry) != OK)
			return unreadable(why);
		if (space_find_log(space, log) != NULL)
			e = fill_entry(txn, space, log, &entry, &filled);
	}
	if (e == OK && !pack_done(&r))
		return unreadable(why);
	return e == OK && filled ? apply_replay(txn, space, why) : e;
}

enum err exchange_rebuild(
	struct notebook_txn *txn, struct partner *partner, struct why *why)
{
	struct space *space = NULL;
	enum err e = open_space(txn, partner, &space, why);
	return e == OK ? apply_replay(txn, space, why) : e;
}

/* ---- Forks of my own log. */

void exchange_ask(struct log_id log, uint64_t upto, struct buf *out)
{
	uint64_t from = upto > EXCHANGE_HASHES_MAX ? upto - EXCHANGE_HASHES_MAX + 1 : 1;
	pack_array(out, 3);
	pack_bin(out, BYTES_OF(log.b));
	pack_uint(out, from);
	pack_uint(out, upto - from + 1);
}

enum err exchange_hashes(struct notebook_txn *txn, struct partner *partner, struct bytes ask,
	struct buf *out, struct why *why)
{
	struct space *space = NULL;
	struct log_id id;
	enum err e = open_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(ask);
	(void)pack_read_array(&r, 3);
	pack_read_fixed(&r, id.b, sizeof id.b);
	uint64_t from = pack_read_uint(&r, ENTRY_SEQ_MAX);
	uint64_t count = pack_read_uint(&r, EXCHANGE_HASHES_MAX);
	if (!pack_done(&r) || from == 0)
		return unreadable(why);
	const struct space_log *log = space_find_log(space, id);
	uint64_t here = log != NULL ? log->seq : 0;
	if (from + count > here + 1)
		count = here + 1 > from ? here + 1 - from : 0;
	pack_array(out, 3);
	pack_bin(out, BYTES_OF(id.b));
	pack_uint(out, from);
	pack_array(out, (size_t)count);
	for (uint64_t i = 0; e == OK && i < count; i++) {
		struct hash hash;
		e = entry_hash_here(txn, space, log, from + i, &hash);
		pack_bin(out, BYTES_OF(hash.b));
	}
	return e;
}

enum err exchange_heal(struct notebook_txn *txn, struct partner *partner,
	struct bytes hashes, bool *again, struct log_id *log_id, uint64_t *upto,
	struct why *why)
{
	struct space *space = NULL;
	*again = false;
	enum err e = open_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(hashes);
	(void)pack_read_array(&r, 3);
	pack_read_fixed(&r, log_id->b, sizeof log_id->b);
	uint64_t from = pack_read_uint(&r, ENTRY_SEQ_MAX), common = 0;
	size_t count = pack_read_array(&r, EXCHANGE_HASHES_MAX);
	const struct space_log *log = space_find_log(space, *log_id);
	if (r.failed || from == 0 || log == NULL ||
		!person_equal(log->person, txn->notebook->me.person))
		return unreadable(why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct hash theirs, here;
		pack_read_fixed(&r, theirs.b, sizeof theirs.b);
		if (r.failed)
			return unreadable(why);
		if (from + i > log->seq)
			continue;
		e = entry_hash_here(txn, space, log, from + i, &here);
		if (e == OK && hash_equal(&theirs, &here))
			common = from + i;
	}
	if (e != OK)
		return e;
	if (common == 0 && from > 1) {
		*again = true;
		*upto = from - 1;
		return OK;
	}
	return restore_fork(txn, space, *log_id, common, why);
}

/* ---- Which documents differ. */

enum err exchange_states(
	struct notebook_txn *txn, struct partner *partner, struct buf *out, struct why *why)
{
	struct space *space = NULL;
	struct id *ids = NULL;
	size_t count = 0, live = 0;
	enum err e = open_space(txn, partner, &space, why);
	if (e == OK)
		e = ending_documents(txn, space->id, &ids, &count, why);
	CLEAN_BUF struct buf states = {0};
	for (size_t i = 0; e == OK && i < count && live < EXCHANGE_STATES_MAX; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(txn, ids[i], &own);
		if (e != OK || !own->counted)
			continue;
		pack_array(&states, 2);
		pack_bin(&states, BYTES_OF(ids[i].b));
		pack_bin(&states, BYTES_OF(own->state.b));
		live++;
	}
	pack_array(out, live);
	buf_add(out, buf_bytes(&states));
	return e;
}

enum err exchange_compare(struct notebook_txn *txn, struct partner *partner,
	struct bytes states, struct why *why)
{
	struct space *space = NULL;
	enum err e = open_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(states);
	size_t count = pack_read_array(&r, EXCHANGE_STATES_MAX);
	for (size_t i = 0; i < count; i++) {
		struct id id;
		struct hash state;
		struct leaf_own *own = NULL;
		(void)pack_read_array(&r, 2);
		pack_read_fixed(&r, id.b, sizeof id.b);
		pack_read_fixed(&r, state.b, sizeof state.b);
		if (r.failed)
			return unreadable(why);
		if (leaf_load(txn, id, &own) != OK || own->leaf.head == NULL ||
			!id_equal(own->leaf.space, space->id) || !own->counted ||
			hash_equal(&own->state, &state))
			continue;
		char handle[HANDLE_TEXT];
		leaf_handle(txn, &own->leaf, handle);
		space_notice(space, "your copy of %s and that of %s differ: `kith show %s`, and "
				    "copy what you want to keep",
			handle, partner->called, handle);
	}
	return pack_done(&r) ? OK : unreadable(why);
}
