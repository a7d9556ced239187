#include "net/protocol/sync_steps.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/notebook/offer.h"
#include "core/notebook/places.h"
#include "core/notebook/share.h"

void sync_peer_release(struct sync_peer *peer)
{
	buf_release(&peer->claim);
	vector_release(&peer->held);
	vector_release(&peer->sent);
	vector_release(&peer->here);
}

void sync_found_release(struct sync_found *found)
{
	heard_release(&found->heard);
	apply_came_release(&found->taken.came);
	mem_free(found->both_wrote);
	*found = (struct sync_found){0};
}

/* ---- One step: a transaction, the partner in it, and the space the sync began with. */

struct step {
	struct sync_peer *peer;
	struct notebook_txn *txn;
	struct partner *partner;
	struct why *why;
};

static void step_end(struct step *step)
{
	notebook_abort(step->txn);
	step->txn = NULL;
}
#define STEP CLEANUP(step_end) struct step

static enum err changed(struct step *step)
{
	return because(step->why, ERR_REFUSED,
		"the partner was unpaired or paired anew meanwhile");
}

/* Pairing anew with another space, or an end on this machine, ends what is under way. */
static enum err find_partner(struct step *step)
{
	struct sync_peer *peer = step->peer;
	step->partner = people_partner(step->txn, &peer->partner);
	if (step->partner == NULL)
		return changed(step);
	if (peer->has_space && !id_equal(step->partner->space, peer->space))
		return changed(step);
	peer->space = step->partner->space;
	peer->has_space = true;
	peer->left = step->partner->state == PARTNER_LEFT;
	return OK;
}

static enum err step_begin(
	struct step *step, struct sync_peer *peer, bool write, struct why *why)
{
	*step = (struct step){.peer = peer, .why = why};
	enum err e = write ? notebook_edit(peer->notebook, &step->txn, why)
			   : notebook_look(peer->notebook, &step->txn, why);
	return e == OK ? find_partner(step) : e;
}

/* Keep what the step did, and note what this store holds then. */
static enum err step_commit(struct step *step)
{
	struct sync_peer *peer = step->peer;
	struct space *space = NULL;
	struct vector here = {0};
	bool left = step->partner->state == PARTNER_LEFT;
	enum err e = space_open(step->txn, peer->space, &space);
	if (e != OK)
		return because(
			step->why, e, "what you share cannot be read: %s", err_text(e));
	space_vector(space, &here);
	e = notebook_commit(step->txn, step->why);
	step->txn = NULL;
	if (e != OK) {
		vector_release(&here);
		return e;
	}
	vector_release(&peer->here);
	peer->here = here;
	peer->left = left;
	return OK;
}

/* ---- Who is there. */

static bool in_use(struct step *step)
{
	const struct device *device =
		device_list_find(&step->partner->list, &step->peer->remote);
	if (device == NULL || device->removed)
		return false;
	step->peer->device = device->id;
	return true;
}

enum err step_know(struct sync_peer *peer, bool *known, struct why *why)
{
	STEP step = {0};
	*known = false;
	enum err e = step_begin(&step, peer, false, why);
	if (e == OK)
		*known = in_use(&step);
	return e;
}

enum err step_list(struct sync_peer *peer, struct bytes list, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, true, why);
	if (e == OK)
		e = people_list(step.txn, step.partner, list, why);
	if (e != OK)
		return e;
	if (!in_use(&step))
		return because(why, ERR_AUTH, "a device that is not in use called");
	return step_commit(&step);
}

enum err step_claim(struct sync_peer *peer, struct buf *out, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, false, why);
	return e == OK ? exchange_claim(step.txn, step.partner, out, why) : e;
}

enum err step_hello(
	struct sync_peer *peer, bool *promised, struct buf *out, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, false, why);
	if (e != OK)
		return e;
	struct space *space = NULL;
	e = space_open(step.txn, peer->space, &space);
	if (e != OK)
		return because(why, e, "what you share cannot be read: %s", err_text(e));
	/* Their hello will make a provisional partner one to whom things are offered. */
	*promised = offer_waits(step.txn, step.partner) || space->incomplete > 0 ||
		    step.partner->state == PARTNER_PROVISIONAL;
	buf_add_u8(out, *promised ? SYNC_WAITS : 0);
	return exchange_claim(step.txn, step.partner, out, why);
}

/* ---- Hearing, and sealing what waits. */

/* What they hold now, and what lies between us: a device that says less than before was
 * put back, and what was on its way to it may be lost. */
static void note_held(struct sync_peer *peer, const struct vector *theirs)
{
	if (!vector_covers(theirs, &peer->held))
		vector_release(&peer->sent);
	vector_join(&peer->sent, theirs);
	vector_release(&peer->held);
	vector_copy(&peer->held, theirs);
}

static enum err hear(struct step *step, struct bytes claim, struct sync_found *found)
{
	struct sync_peer *peer = step->peer;
	heard_release(&found->heard);
	enum err e = exchange_hear(
		step->txn, step->partner, peer->device, claim, &found->heard, step->why);
	if (e != OK)
		return e;
	if (found->heard.restored && peer->restored)
		return because(step->why, ERR_REFUSED,
			"%s says twice that this store is older than it was",
			step->partner->called);
	if (!peer->met && peer->renewed)
		people_met(step->txn, step->partner);
	/* NOLINTNEXTLINE(clang-analyzer-core.*): exchange_hear() had it */
	memcpy(found->fingerprint, step->partner->fingerprint, sizeof found->fingerprint);
	return OK;
}

/* The claim becomes what we know of them, once what followed from it is committed. */
static void keep_claim(
	struct sync_peer *peer, struct bytes claim, struct sync_found *found)
{
	const struct heard *heard = &found->heard;
	found->moved = !vector_equal(&heard->theirs, &peer->held);
	peer->met = true;
	peer->restored = peer->restored || heard->restored;
	peer->fork = heard->my_fork || heard->their_fork;
	note_held(peer, &heard->theirs);
	if (claim.at != peer->claim.at) {
		buf_clear(&peer->claim);
		buf_add(&peer->claim, claim);
	}
}

/* What waits is sealed now that they stand before us and said what they hold. Not while a
 * log is forked: what is sealed then would stand on the branch that loses. */
static enum err offer(struct step *step, bool fork, size_t *sealed)
{
	*sealed = 0;
	if (fork || !offer_waits(step->txn, step->partner))
		return OK;
	return offer_seal(step->txn, step->partner, sealed, step->why);
}

/* Hear, seal, commit: the end of every step that a claim is part of. */
static enum err conclude(struct step *step, struct bytes claim, struct sync_found *found)
{
	enum err e = hear(step, claim, found);
	const struct heard *heard = &found->heard;
	if (e == OK)
		e = offer(step, heard->my_fork || heard->their_fork, &found->sealed);
	if (e == OK)
		e = step_commit(step);
	if (e != OK)
		return e;
	found->claimed = true;
	keep_claim(step->peer, claim, found);
	return OK;
}

enum err step_hear(struct sync_peer *peer, struct bytes claim, struct sync_found *found,
	struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, true, why);
	return e == OK ? conclude(&step, claim, found) : e;
}

enum err step_hear_again(
	struct sync_peer *peer, struct sync_found *found, struct why *why)
{
	return step_hear(peer, buf_bytes(&peer->claim), found, why);
}

/* Looked at first: a commit moves the version, and a moved version asks for an offer. */
static enum err waits(struct sync_peer *peer, bool *out, struct why *why)
{
	STEP step = {0};
	*out = false;
	enum err e = step_begin(&step, peer, false, why);
	if (e == OK && !in_use(&step))
		return because(why, ERR_AUTH, "the device is no longer in use");
	if (e == OK)
		*out = offer_waits(step.txn, step.partner);
	return e;
}

enum err step_offer(struct sync_peer *peer, size_t *sealed, struct why *why)
{
	STEP step = {0};
	bool any = false;
	*sealed = 0;
	enum err e = waits(peer, &any, why);
	if (e != OK || !any)
		return e;
	e = step_begin(&step, peer, true, why);
	if (e == OK)
		e = offer(&step, peer->fork, sealed);
	return e == OK && *sealed > 0 ? step_commit(&step) : e;
}

/* ---- Taking. */

static void find_both(struct step *step, struct sync_found *found)
{
	const struct apply_came *came = &found->taken.came;
	found->both_wrote = mem_array(came->document_count, sizeof *found->both_wrote);
	for (size_t i = 0; i < came->document_count; i++) {
		struct leaf *leaf = NULL;
		if (leaf_open(step->txn, came->documents[i], &leaf, NULL) == OK &&
			places_has(step->txn, leaf))
			found->both_wrote[found->both_count++] = came->documents[i];
	}
}

/* What was begun is given up, and the teacher told; failing at that too changes nothing.
 */
static void note_full(struct step *refused, struct sync_peer *peer, const struct why *why)
{
	step_end(refused);
	STEP step = {0};
	if (step_begin(&step, peer, true, NULL) == OK &&
		exchange_note(step.txn, step.partner, why_text(why, ERR_FULL)) == OK)
		(void)step_commit(&step);
}

enum err step_take(struct sync_peer *peer, struct bytes push, struct sync_found *found,
	struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, true, why);
	if (e == OK)
		e = exchange_take(step.txn, step.partner, push, &found->taken, why);
	if (e == ERR_FULL)
		note_full(&step, peer, why);
	if (e != OK)
		return e;
	find_both(&step, found);
	if (found->taken.claim.len > 0)
		return conclude(&step, found->taken.claim, found);
	return step_commit(&step);
}

/* ---- Pushing. */

enum err step_push(struct sync_peer *peer, size_t max, struct buf *out, size_t *entries,
	bool *more, struct why *why)
{
	STEP step = {0};
	CLEAN_VECTOR struct vector before = {0};
	*entries = 0;
	*more = false;
	enum err e = step_begin(&step, peer, false, why);
	if (e != OK)
		return e;
	vector_copy(&before, &peer->sent);
	e = exchange_push(step.txn, step.partner, &peer->sent, max, out, more, why);
	*entries = (size_t)vector_ahead(&peer->sent, &before);
	return e;
}

/* ---- Mending. */

enum err step_fetch(struct sync_peer *peer, struct buf *out, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, false, why);
	return e == OK ? exchange_fetch(step.txn, step.partner, out, why) : e;
}

enum err step_give(
	struct sync_peer *peer, struct bytes fetch, struct buf *out, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, false, why);
	return e == OK ? exchange_give(step.txn, step.partner, fetch, out, why) : e;
}

enum err step_fill(struct sync_peer *peer, struct bytes sections, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, true, why);
	if (e == OK)
		e = exchange_fill(step.txn, step.partner, sections, why);
	return e == OK ? step_commit(&step) : e;
}

enum err step_rebuild(struct sync_peer *peer, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, true, why);
	if (e == OK)
		e = exchange_rebuild(step.txn, step.partner, why);
	return e == OK ? step_commit(&step) : e;
}

enum err step_hashes(
	struct sync_peer *peer, struct bytes ask, struct buf *out, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, false, why);
	return e == OK ? exchange_hashes(step.txn, step.partner, ask, out, why) : e;
}

enum err step_heal(
	struct sync_peer *peer, struct bytes hashes, struct buf *ask, struct why *why)
{
	STEP step = {0};
	struct log_id log;
	uint64_t upto = 0;
	bool again = false;
	enum err e = step_begin(&step, peer, true, why);
	if (e == OK)
		e = exchange_heal(
			step.txn, step.partner, hashes, &again, &log, &upto, why);
	if (e != OK)
		return e;
	if (again) {
		exchange_ask(log, upto, ask);
		return OK;
	}
	return step_commit(&step);
}

enum err step_states(struct sync_peer *peer, struct buf *out, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, false, why);
	return e == OK ? exchange_states(step.txn, step.partner, out, why) : e;
}

enum err step_compare(struct sync_peer *peer, struct bytes states, struct why *why)
{
	STEP step = {0};
	enum err e = step_begin(&step, peer, true, why);
	if (e == OK)
		e = exchange_compare(step.txn, step.partner, states, why);
	return e == OK ? step_commit(&step) : e;
}
