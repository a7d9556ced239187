#include "core/notebook/exchange.h"

#include <string.h>

#include "core/notebook/ending.h"
#include "core/notebook/exchange_parts.h"
#include "core/notebook/internal.h"
#include "core/notebook/restore.h"

enum claim_flags {
	CLAIM_PULLING = 1, /* own history is still coming back */
	CLAIM_PARTIAL = 2, /* something is unread or missing */
};

struct claim {
	uint32_t list, held_list;
	uint64_t flags;
	struct exchange_head *logs;
	size_t count;
	bool has_sum;
	uint8_t sum[32];
};

enum err exchange_space(struct notebook_txn *txn, const struct partner *partner,
	struct space **out, struct why *why)
{
	enum err e = space_open(txn, partner->space, out);
	return e == OK ? OK
		       : because(why, e, "what you share with %s cannot be read: %s",
				 partner->called, err_text(e));
}

enum err exchange_unreadable(struct why *why)
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

void exchange_pack_head(struct buf *out, const struct space_log *log, uint64_t seq,
	const struct hash *hash)
{
	pack_array(out, 4);
	pack_bin(out, BYTES_OF(log->device.b));
	pack_bin(out, BYTES_OF(log->incarnation));
	pack_uint(out, seq);
	pack_bin(out, BYTES_OF(hash->b));
}

enum err exchange_add_claim(struct notebook_txn *txn, const struct partner *partner,
	struct space *space, struct buf *out)
{
	size_t count = 0;
	enum err e = leaves_count(txn);
	if (e != OK)
		return e;
	for (size_t i = 0; i < space->log_count; i++)
		count += space->logs[i].seq > 0;
	pack_array(out, 5);
	pack_uint(out, txn->notebook->me.list_number);
	pack_uint(out, partner->list.number);
	pack_uint(out,
		(space->pulling ? CLAIM_PULLING : 0u) |
			(space->unread + space->incomplete > 0 ? CLAIM_PARTIAL : 0u));
	pack_array(out, count);
	for (size_t i = 0; i < space->log_count; i++)
		if (space->logs[i].seq > 0)
			exchange_pack_head(out, &space->logs[i], space->logs[i].seq,
				&space->logs[i].head);
	if (may_say_sum(space))
		pack_bin(out, BYTES_OF(space->sum));
	else
		pack_nil(out);
	return OK;
}

enum err exchange_claim(struct notebook_txn *txn, struct partner *partner,
	struct buf *out, struct why *why)
{
	struct space *space = NULL;
	enum err e = exchange_space(txn, partner, &space, why);
	return e == OK ? exchange_add_claim(txn, partner, space, out) : e;
}

void exchange_read_head(struct pack_reader *r, struct id space, struct exchange_head *out)
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
		exchange_read_head(&r, space, &out->logs[i]);
	if (!pack_read_nil(&r)) {
		out->has_sum = true;
		pack_read_fixed(&r, out->sum, sizeof out->sum);
	}
	return pack_done(&r) ? OK : ERR_CORRUPT;
}

/* ---- Whose log it is: by the device lists, never by what the other side says. */

const struct person_id *exchange_owner(
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

enum err exchange_hash(struct notebook_txn *txn, struct space *space,
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

static void forked(struct heard *out, bool mine, struct log_id log, uint64_t seq)
{
	*(mine ? &out->my_fork : &out->their_fork) = true;
	out->log = log;
	out->seq = seq;
}

/* More of the log is there than here. Of mine: this store is older than it was, and where
 * its end was never compared with theirs, it may be another branch. */
static void hear_ahead(const struct space *space, const struct exchange_head *claimed,
	const struct space_log *log, bool mine, struct heard *out)
{
	out->i_lack = true;
	if (!mine || log == NULL)
		return;
	out->restored = out->restored ||
			(space->has_own && log_id_equal(claimed->id, space->own));
	if (log->common < log->seq)
		forked(out, true, log->id, log->seq);
}

/* One log of the claim beside what is here of it. */
static enum err hear_log(struct notebook_txn *txn, struct space *space,
	const struct exchange_head *claimed, bool mine, struct heard *out)
{
	struct space_log *log = space_find_log(space, claimed->id);
	if (log == NULL || claimed->seq > log->seq) {
		hear_ahead(space, claimed, log, mine, out);
		return OK;
	}
	struct hash hash;
	enum err e = exchange_hash(txn, space, log, claimed->seq, &hash);
	if (e != OK)
		return e;
	if (!hash_equal(&hash, &claimed->head)) {
		forked(out, mine, claimed->id, claimed->seq);
	} else if (claimed->seq > log->common) {
		log->common = claimed->seq;
		space_touch(space);
	}
	return OK;
}

/* Own history that is not here comes first; nothing is sealed before it is back. A claim
 * that may be old tells of history, but not that this is all of it. */
static enum err hear_pulling(struct notebook_txn *txn, struct space *space,
	const struct claim *claim, const bool *mine, bool current, struct why *why)
{
	bool was = space->pulling;
	CLEAN_VECTOR struct vector here = {0};
	vector_release(&space->target);
	for (size_t i = 0; i < claim->count; i++)
		if (mine[i])
			vector_set(&space->target, claim->logs[i].id, claim->logs[i].seq);
	space_vector(space, &here);
	space->pulling = !vector_covers(&here, &space->target) || (was && !current);
	if (!space->pulling || !current)
		vector_release(&space->target);
	if (was != space->pulling)
		space_touch(space);
	return was && !space->pulling ? restore_pulled(txn, space, why) : OK;
}

static void fingerprint(
	const struct vector *vector, const struct space *space, uint8_t out[16])
{
	CLEAN_BUF struct buf packed = {0};
	vector_pack(vector, &packed);
	struct bytes parts[] = {buf_bytes(&packed), BYTES_OF(space->sum)};
	struct hash hash = hash_of("kith/verified/1", parts, 2);
	memcpy(out, hash.b, 16);
}

static void compare(struct notebook_txn *txn, struct partner *partner,
	struct space *space, const struct claim *claim, struct heard *out)
{
	struct vector here = {0};
	space_vector(space, &here);
	out->they_lack = !vector_covers(&out->theirs, &here);
	out->equal =
		vector_equal(&here, &out->theirs) && !out->my_fork && !out->their_fork;
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

/* A last word that went out with the end of a pair has arrived with it: it ended there,
 * and a copy stays here too. Before the sums are compared. */
static enum err last_word(struct notebook_txn *txn, const struct partner *partner,
	struct space *space, const struct heard *heard, struct why *why)
{
	CLEAN_VECTOR struct vector here = {0};
	space_vector(space, &here);
	if (partner->state != PARTNER_LEAVING || space->end_count > 0 ||
		!vector_covers(&heard->theirs, &here))
		return OK;
	return ending_close(txn, space, &txn->notebook->me.person, NULL, why);
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

/* It says nothing that is not known, and may be from before they met and knew more. A
 * store that was put back says less too; it is heard once it has read one of ours. */
static bool is_stale(const struct space *space, struct id device,
	const struct carried *carried, const struct heard *heard)
{
	if (carried == NULL || carried->since_met || heard->i_lack || heard->my_fork ||
		heard->their_fork)
		return false;
	for (size_t i = 0; i < space->holder_count; i++)
		if (id_equal(space->holders[i].device, device))
			return vector_covers(&space->holders[i].held, &heard->theirs) &&
			       !vector_equal(&space->holders[i].held, &heard->theirs);
	return false;
}

/* The claim's logs, one by one. `mine`: which of them are. */
static enum err hear_logs(struct notebook_txn *txn, struct partner *partner,
	struct space *space, const struct claim *claim, bool *mine, struct heard *out,
	struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < claim->count; i++) {
		const struct person_id *person =
			exchange_owner(txn, partner, claim->logs[i].device);
		if (person == NULL && claim->list > partner->list.number)
			continue; /* of a device in the list that follows */
		if (person == NULL)
			return because(why, ERR_REFUSED,
				"the other side holds words of a device that nobody "
				"knows");
		mine[i] = person_equal(*person, txn->notebook->me.person);
		vector_set(&out->theirs, claim->logs[i].id, claim->logs[i].seq);
		e = hear_log(txn, space, &claim->logs[i], mine[i], out);
	}
	return e == OK ? OK
		       : because(why, e, "what you share cannot be read: %s",
				 err_text(e));
}

static void note_fork(
	const struct partner *partner, struct space *space, const struct heard *heard)
{
	bool forked = heard->my_fork || heard->their_fork;
	if (space->forked != forked)
		space_touch(space);
	space->forked = forked;
	if (heard->their_fork)
		space_notice(space,
			"%s uses a copy of an older notebook: they are healing it; pair "
			"again "
			"if this stays",
			partner->called);
}

/* What a claim means for this store; `carried`: it came in a bundle. */
static enum err take_in(struct notebook_txn *txn, struct partner *partner,
	struct id device, struct bytes bytes, const struct carried *carried,
	struct heard *out, struct why *why)
{
	struct space *space = NULL;
	struct claim claim;
	bool mine[SPACE_LOGS_MAX] = {false};
	*out = (struct heard){0};
	enum err e = exchange_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	if (read_claim(txn, space->id, bytes, &claim) != OK)
		return exchange_unreadable(why);
	e = hear_logs(txn, partner, space, &claim, mine, out, why);
	if (e != OK)
		return e;
	out->stale = is_stale(space, device, carried, out);
	if (out->stale)
		return OK;
	bool current = carried == NULL || (carried->since_pull && !out->restored);
	if (out->restored)
		e = restore_space(txn, space, why);
	if (e != OK)
		return e;
	e = hear_pulling(txn, space, &claim, mine, current, why);
	if (e == OK)
		e = leaves_count(txn);
	if (e != OK)
		return because(why, e, "what you share cannot be read: %s", err_text(e));
	out->list_behind = claim.held_list < txn->notebook->me.list_number;
	out->list_ahead = claim.list > partner->list.number;
	space_hold(space, device, &out->theirs, txn->now_s);
	note_fork(partner, space, out);
	if (carried == NULL && space->trail.met_count > 0) {
		trail_meet(&space->trail);
		space_touch(space);
	}
	e = last_word(txn, partner, space, out, why);
	if (e != OK)
		return e;
	compare(txn, partner, space, &claim, out);
	left(txn, partner, space, out);
	if (out->my_fork || out->their_fork)
		space_vector(space, &out->theirs);
	return OK;
}

enum err exchange_hear(struct notebook_txn *txn, struct partner *partner,
	struct id device, struct bytes claim, struct heard *out, struct why *why)
{
	return take_in(txn, partner, device, claim, NULL, out, why);
}

enum err exchange_hear_carried(struct notebook_txn *txn, struct partner *partner,
	struct id device, struct bytes claim, const struct carried *carried,
	struct heard *out, struct why *why)
{
	return take_in(txn, partner, device, claim, carried, out, why);
}
