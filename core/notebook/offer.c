#include "core/notebook/offer.h"

#include <stdlib.h>
#include <string.h>

#include "core/notebook/apply.h"
#include "core/notebook/internal.h"
#include "core/notebook/share.h"

/* Under the limits of one entry (DESIGN §4.7), with room for its frame. */
#define OFFER_LEN ((size_t)900 * 1024)

/* One thing to say: an end, or a draft. */
struct saying {
	struct id document;
	struct bytes rest;
	size_t ops;
};

struct offer {
	struct notebook_txn *txn;
	struct space *space;
	struct saying *sayings;
	size_t count;
	struct vector seen; /* what the next entry has seen */
	struct why *why;
};

static int by_document(const void *a, const void *b)
{
	const struct saying *x = a, *y = b;
	/* The end of the space stands last: what was taken back before it, is. */
	if (id_is_zero(x->document) != id_is_zero(y->document))
		return id_is_zero(x->document) ? 1 : -1;
	return id_compare(x->document, y->document);
}

static void add_end(struct offer *offer, const struct space_end *end)
{
	struct section section = {.head = {.type = end->type, .schema = 1}};
	CLEAN_BUF struct buf rest = {0};
	section_encode(&section, &rest);
	offer->sayings[offer->count++] = (struct saying){.document = end->document,
		.rest = arena_bytes(&offer->txn->arena, buf_bytes(&rest)),
		.ops = 1};
}

static enum err add_draft(struct offer *offer, struct id document)
{
	struct leaf_own *own = NULL;
	enum err e = leaf_load(offer->txn, document, &own);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	struct leaf *leaf = &own->leaf;
	/* A newer kith wrote here, or words of it are missing: nothing of ours stands
	 * firm. */
	if (leaf->draft == NULL || leaf->unread || leaf->incomplete)
		return OK;
	if (draft_head(leaf->draft) == NULL && draft_is_empty(leaf->draft))
		return OK;
	struct section section = {0};
	draft_seal(leaf->draft, leaf->sealed, offer->txn->notebook->schema, &offer->seen,
		&offer->txn->arena, &section);
	CLEAN_BUF struct buf rest = {0};
	section_encode(&section, &rest);
	offer->sayings[offer->count++] = (struct saying){.document = document,
		.rest = arena_bytes(&offer->txn->arena, buf_bytes(&rest)),
		.ops = section_ops(&section)};
	section_head_release(&section.head);
	return OK;
}

static enum err gather(struct offer *offer)
{
	struct space *s = offer->space;
	offer->sayings = arena_array(&offer->txn->arena, s->end_count + s->drafts.count,
		sizeof *offer->sayings);
	for (size_t i = 0; i < s->end_count; i++)
		add_end(offer, &s->ends[i]);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < s->drafts.count; i++)
		e = add_draft(offer, s->drafts.items[i]);
	/* By id: the order says nothing of when what was written. */
	if (offer->count > 1)
		qsort(offer->sayings, offer->count, sizeof *offer->sayings, by_document);
	return e;
}

static int by_log(const void *a, const void *b)
{
	const struct entry_seen *x = a, *y = b;
	return log_id_compare(x->log, y->log);
}

/* What this entry's author has seen beyond the entry before. */
static void add_seen(
	struct offer *offer, const struct space_log *own, struct entry *entry)
{
	const struct space *s = offer->space;
	entry->seen = arena_array(&offer->txn->arena, s->log_count, sizeof *entry->seen);
	for (size_t i = 0; i < s->log_count; i++) {
		const struct space_log *log = &s->logs[i];
		if (log == own || log->seq <= vector_get(&own->past, log->id))
			continue;
		struct entry_seen *seen = &entry->seen[entry->seen_count++];
		*seen = (struct entry_seen){.log = log->id, .seq = log->seq};
		memcpy(seen->hash, log->head.b, sizeof seen->hash);
	}
	if (entry->seen_count > 1)
		qsort(entry->seen, entry->seen_count, sizeof *entry->seen, by_log);
}

static enum err seal_entry(
	struct offer *offer, const struct saying *sayings, size_t count)
{
	struct notebook_txn *txn = offer->txn;
	struct space *s = offer->space;
	struct space_log *own = space_own_log(txn, s);
	if (own == NULL)
		return because(offer->why, ERR_REFUSED,
			"too many devices wrote in this pairing: pair again");
	struct apply_item item = {.log = own->id};
	struct entry *entry = &item.entry;
	entry->seq = own->seq + 1;
	entry->minute = txn->now_s / 60;
	add_seen(offer, own, entry);
	entry->section_count = count;
	entry->sections = arena_array(&txn->arena, count, sizeof *entry->sections);
	for (size_t i = 0; i < count; i++)
		entry->sections[i] =
			(struct entry_section){.document = sayings[i].document,
				.rest = sayings[i].rest,
				.hash = entry_section_hash(sayings[i].rest)};
	CLEAN_BUF struct buf core = {0};
	entry_core(entry, &core);
	entry->core = arena_bytes(&txn->arena, buf_bytes(&core));
	item.hash = entry_hash(entry, s->id, own->id, &own->head);
	entry_own_mac(&txn->notebook->me.log_mac, &item.hash, entry->own_mac);
	/* The same door as everybody's. */
	struct log_id fork;
	enum err e = apply_check(txn, s, &item, 1, BRINGER_ME, &fork, offer->why);
	if (e == OK)
		e = apply_batch(txn, s, &item, 1, BRINGER_ME, NULL, offer->why);
	return e;
}

/* As many entries as the limits ask for, committed together. */
static enum err seal_all(struct offer *offer, size_t *sealed)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < offer->count;) {
		size_t n = 0, len = 0, ops = 0;
		while (i + n < offer->count && n < ENTRY_SECTIONS_MAX) {
			const struct saying *next = &offer->sayings[i + n];
			if (n > 0 && (len + next->rest.len > OFFER_LEN ||
					     ops + next->ops > SECTION_OPS_MAX))
				break;
			len += next->rest.len + 32;
			ops += next->ops;
			n++;
		}
		e = seal_entry(offer, &offer->sayings[i], n);
		i += n;
		(*sealed)++;
	}
	return e;
}

static bool may_offer(const struct space *space, const struct partner *partner)
{
	return partner->state != PARTNER_PROVISIONAL && partner->state != PARTNER_LEFT &&
	       !space->pulling && !space->closed_by_them;
}

enum err offer_seal(struct notebook_txn *txn, struct partner *partner, size_t *sealed,
	struct why *why)
{
	struct offer offer = {.txn = txn, .why = why};
	*sealed = 0;
	enum err e = space_open(txn, partner->space, &offer.space);
	if (e != OK)
		return because(why, e, "what you share with %s cannot be read: %s",
			partner->called, err_text(e));
	if (!may_offer(offer.space, partner))
		return OK;
	e = share_follow(txn, partner, why);
	if (e != OK)
		return e;
	space_vector(offer.space, &offer.seen);
	e = gather(&offer);
	if (e == OK)
		e = seal_all(&offer, sealed);
	vector_release(&offer.seen);
	return e;
}

bool offer_waits(struct notebook_txn *txn, struct partner *partner)
{
	struct space *space = NULL;
	return space_open(txn, partner->space, &space) == OK &&
	       may_offer(space, partner) &&
	       space->drafts.count + space->end_count + space->follows.count > 0;
}
