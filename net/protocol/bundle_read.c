/* What a bundle says: read. */
#include "net/protocol/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/notebook/notebook.h"
#include "core/notebook/offer.h"
#include "core/notebook/space.h"
#include "net/protocol/pairkeys.h"

/* Who may have written it: a device in use of a partner, under a root of that pair. */
struct sender {
	struct person_id person;
	struct id device;
	bool is_newest; /* of the two roots of a pair that was renewed */
};

struct bundle_in {
	struct notebook *notebook;
	enum bundle_pass pass;
	struct bundle_writer_key *keys;
	struct sender *senders; /* by the keys' tags */
	size_t count, key_cap, sender_cap;
	struct bundle_reader *reader;
	int rank; /* of the last record; see rows[] */

	struct notebook_txn *txn; /* from the first record on */
	struct partner *partner;
	struct space *space;
	const struct sender *sender;
	struct carried carried;
	struct bundle_id earlier[TRAIL_WRITTEN];
	size_t earlier_count;
	struct buf claim; /* the last one */
	struct heard heard;
	size_t document_cap;
	struct bundle_taken report;
};

void bundle_in_free(struct bundle_in *b)
{
	if (b == NULL)
		return;
	notebook_abort(b->txn);
	bundle_reader_free(b->reader);
	wipe(b->keys, b->count * sizeof *b->keys);
	mem_free(b->keys);
	mem_free(b->senders);
	buf_release(&b->claim);
	heard_release(&b->heard);
	mem_free(b->report.documents);
	mem_free(b);
}

void bundle_in_freep(struct bundle_in **b)
{
	bundle_in_free(*b);
}

const struct bundle_taken *bundle_in_report(const struct bundle_in *b)
{
	return &b->report;
}

/* ---- From whom. */

static void add_key(struct bundle_in *b, const struct partner *partner,
	const struct device *device, const struct secret *root)
{
	size_t count = b->count++;
	b->keys = mem_grow(b->keys, count, &b->key_cap, sizeof *b->keys);
	b->senders = mem_grow(b->senders, count, &b->sender_cap, sizeof *b->senders);
	b->keys[count] = (struct bundle_writer_key){.device = device->key, .tag = count};
	pair_bundle_key(root, &b->keys[count].psk);
	b->senders[count] = (struct sender){.person = partner->person,
		.device = device->id,
		.is_newest = root == &partner->root};
}

static enum err load_keys(struct bundle_in *b, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partners = NULL;
	size_t count = 0;
	enum err e = notebook_look(b->notebook, &txn, why);
	if (e == OK)
		e = people_partners(txn, &partners, &count);
	for (size_t i = 0; e == OK && i < count; i++) {
		const struct partner *partner = &partners[i];
		for (size_t k = 0; k < partner->list.count; k++) {
			const struct device *device = &partner->list.devices[k];
			if (device->removed)
				continue;
			add_key(b, partner, device, &partner->root);
			if (partner->has_before)
				add_key(b, partner, device, &partner->before);
		}
	}
	return e;
}

enum err bundle_in_new(struct notebook *notebook, enum bundle_pass pass,
	struct bundle_in **out, struct why *why)
{
	struct bundle_in *b = mem_new(sizeof *b);
	b->notebook = notebook;
	b->pass = pass;
	b->rank = -1;
	enum err e = load_keys(b, why);
	if (e != OK) {
		bundle_in_free(b);
		return e;
	}
	b->reader = bundle_reader_new(
		&notebook_me(notebook)->device_secret, b->keys, b->count);
	*out = b;
	return OK;
}

/* The transaction, once it is known from whom the file is. */
static enum err find_sender(struct bundle_in *b, struct why *why)
{
	if (b->txn != NULL)
		return OK;
	b->sender = &b->senders[bundle_reader_key(b->reader)->tag];
	enum err e = b->pass == BUNDLE_CHECK ? notebook_look(b->notebook, &b->txn, why)
					     : notebook_edit(b->notebook, &b->txn, why);
	if (e != OK)
		return e;
	b->partner = people_partner(b->txn, &b->sender->person);
	if (b->partner == NULL)
		return because(why, ERR_REFUSED, "the partner was unpaired meanwhile");
	e = space_open(b->txn, b->partner->space, &b->space);
	if (e != OK)
		return because(why, e, "what you share with %s cannot be read: %s",
			b->partner->called, err_text(e));
	b->report.person = b->partner->person;
	return OK;
}

/* ---- The records. */

static enum err unreadable(struct why *why)
{
	return because(
		why, ERR_CORRUPT, "it holds what cannot be read: nothing was changed");
}

static enum err read_about(struct bundle_in *b, struct bytes bytes, struct why *why)
{
	struct pack_reader r = pack_read(bytes);
	struct bundle_id answers = {{0}};
	struct id space = {{0}};
	if (pack_read_array(&r, 4) != 4)
		return unreadable(why);
	pack_read_fixed(&r, space.b, sizeof space.b);
	b->report.written_s = pack_read_uint(&r, UINT64_MAX);
	bool any = !pack_read_nil(&r);
	if (any)
		pack_read_fixed(&r, answers.b, sizeof answers.b);
	b->earlier_count = trail_unpack_ids(&r, b->earlier, TRAIL_WRITTEN);
	if (!pack_done(&r))
		return unreadable(why);
	if (!id_equal(space, b->space->id))
		return because(why, ERR_REFUSED,
			"it is from before you and %s paired anew: nothing was changed",
			b->partner->called);
	const struct trail *trail = &b->space->trail;
	b->carried.since_pull = any && trail_is_fresh(trail, answers);
	b->carried.since_met = any && trail_is_since_met(trail, answers);
	b->report.known = trail_knows(trail, bundle_reader_id(b->reader));
	return OK;
}

/* One that is older than what is held came late. */
static enum err read_list(struct bundle_in *b, struct bytes bytes, struct why *why)
{
	struct device_list list;
	if (device_list_read(bytes, &list) != OK)
		return unreadable(why);
	if (list.number <= b->partner->list.number)
		return OK;
	enum err e = people_list(b->txn, b->partner, bytes, why);
	const struct device *device =
		device_list_find_id(&b->partner->list, b->sender->device);
	if (e == OK && (device == NULL || device->removed))
		return because(why, ERR_AUTH,
			"it is from a device that %s does not use any more",
			b->partner->called);
	return e;
}

static enum err hear(struct bundle_in *b, struct bytes claim, struct why *why)
{
	heard_release(&b->heard);
	enum err e = exchange_hear_carried(b->txn, b->partner, b->sender->device, claim,
		&b->carried, &b->heard, why);
	b->report.restored = b->report.restored || b->heard.restored;
	/* It was answered before this store knew that it needs one. */
	if (b->heard.restored)
		b->carried.since_pull = false;
	return e;
}

static void keep_claim(struct bundle_in *b, struct bytes claim)
{
	buf_clear(&b->claim);
	buf_add(&b->claim, claim);
}

static enum err read_hello(struct bundle_in *b, struct bytes hello, struct why *why)
{
	uint8_t flags = 0;
	(void)bytes_take_u8(&hello, &flags);
	b->space->they_forked = (flags & SYNC_FORKED) != 0;
	keep_claim(b, hello);
	return hear(b, hello, why);
}

static enum err read_hashes(struct bundle_in *b, struct bytes hashes, struct why *why)
{
	struct pack_reader r = pack_read(hashes);
	struct log_id log;
	uint64_t upto = 0;
	bool again = false;
	(void)pack_read_array(&r, 3);
	pack_read_fixed(&r, log.b, sizeof log.b);
	const struct space_log *mine = r.failed ? NULL : space_find_log(b->space, log);
	if (r.failed)
		return unreadable(why);
	if (!b->heard.my_fork || mine == NULL)
		return OK;
	uint64_t before = mine->seq;
	enum err e = exchange_heal(b->txn, b->partner, hashes, &again, &log, &upto, why);
	if (e != OK || again)
		return e;
	/* Where nothing parts it is known now, and nothing was given up. */
	mine = space_find_log(b->space, log);
	if (mine == NULL || mine->seq < before) {
		b->report.healed = true;
		b->carried.since_pull = false;
	}
	return hear(b, buf_bytes(&b->claim), why);
}

static void note_documents(struct bundle_in *b, const struct apply_came *came)
{
	struct bundle_taken *report = &b->report;
	for (size_t i = 0; i < came->document_count; i++) {
		report->documents = mem_grow(report->documents, report->document_count,
			&b->document_cap, sizeof *report->documents);
		report->documents[report->document_count++] = came->documents[i];
	}
	report->came += came->entries;
	report->voids += came->voids;
}

static enum err read_push(struct bundle_in *b, struct bytes push, struct why *why)
{
	struct taken taken = {0};
	if (b->pass != BUNDLE_TAKE || b->heard.my_fork || b->heard.their_fork)
		return OK;
	enum err e = exchange_take(b->txn, b->partner, push, &taken, why);
	if (e != OK)
		return e;
	note_documents(b, &taken.came);
	if (taken.claim.len > 0)
		keep_claim(b, taken.claim);
	apply_came_release(&taken.came);
	return OK;
}

static const struct row {
	uint8_t kind;
	bool is_once;
	uint32_t least, most;
	enum err (*read)(struct bundle_in *b, struct bytes bytes, struct why *why);
} rows[] = {
	{BUNDLE_ABOUT, true, 1, BUNDLE_ABOUT_MAX, read_about},
	{SYNC_LIST, true, 1, DEVICE_LIST_MAX, read_list},
	{SYNC_HELLO, true, 2, EXCHANGE_CLAIM_MAX + 1, read_hello},
	{SYNC_HASHES, false, 1, 40960, read_hashes},
	{SYNC_PUSH, false, 1, BUNDLE_RECORD_MAX, read_push},
};
enum { RANK_ABOUT, RANK_LIST, RANK_HELLO, RANKS = sizeof rows / sizeof *rows };

/* Its place in the order above; RANKS for what does not belong here. */
static int rank_of(const struct bundle_in *b, const struct bundle_record *record)
{
	for (int i = RANK_ABOUT; i < RANKS; i++) {
		const struct row *row = &rows[i];
		if (row->kind != record->kind)
			continue;
		bool in_order = i > b->rank || (i == b->rank && !row->is_once);
		bool begun = b->rank >= RANK_ABOUT || i == RANK_ABOUT;
		bool met = b->rank >= RANK_HELLO || i <= RANK_HELLO;
		return in_order && begun && met && record->bytes.len >= row->least &&
				       record->bytes.len <= row->most
			       ? i
			       : RANKS;
	}
	return RANKS;
}

static enum err take_record(
	struct bundle_in *b, const struct bundle_record *record, struct why *why)
{
	int rank = rank_of(b, record);
	enum err e = rank < RANKS ? find_sender(b, why) : unreadable(why);
	if (e != OK)
		return e;
	b->rank = rank;
	if (rank != RANK_ABOUT && (b->pass == BUNDLE_CHECK || b->report.known))
		return OK;
	return rows[rank].read(b, record->bytes, why);
}

/* ---- The whole. */

/* What did not open may be what this store wrote itself. */
static enum err explain(struct bundle_in *b, enum err e, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct bundle_id id;
	struct partner *partners = NULL;
	struct space *space = NULL;
	size_t count = 0;
	if (e != ERR_AUTH || b->txn != NULL || !bundle_reader_name(b->reader, &id) ||
		notebook_look(b->notebook, &txn, NULL) != OK ||
		people_partners(txn, &partners, &count) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		if (space_open(txn, partners[i].space, &space) == OK &&
			trail_wrote(&space->trail, id))
			return because(why, ERR_REFUSED,
				"you wrote it yourself: it is for %s to read",
				partners[i].called);
	return e;
}

static enum err drain(struct bundle_in *b, struct why *why)
{
	struct bundle_record record;
	bool got = true;
	enum err e = OK;
	while (e == OK && got) {
		e = bundle_reader_next(b->reader, &record, &got, why);
		if (e != OK)
			return explain(b, e, why);
		if (got)
			e = take_record(b, &record, why);
	}
	return e;
}

enum err bundle_in_recv(struct bundle_in *b, struct bytes bytes, struct why *why)
{
	bundle_reader_recv(b->reader, bytes);
	return drain(b, why);
}

/* All entries are in: their last claim says whether both hold the same now. Where sums
 * differ under equal vectors this side builds its documents anew, as in a sync. */
static enum err compare(struct bundle_in *b, struct why *why)
{
	enum err e = hear(b, buf_bytes(&b->claim), why);
	if (e != OK || !b->heard.differ)
		return e;
	e = exchange_rebuild(b->txn, b->partner, why);
	return e == OK ? hear(b, buf_bytes(&b->claim), why) : e;
}

static void note_differing(struct bundle_in *b)
{
	if (b->heard.differ)
		space_notice(b->space,
			"your copies and those of %s differ: meet once on a network, so "
			"that both can mend them",
			b->partner->called);
}

/* Two histories met in the entries, where no claim shows it. */
static void note_hidden_fork(struct bundle_in *b)
{
	if (b->pass != BUNDLE_HEAR_FORK || b->heard.my_fork || b->report.healed)
		return;
	b->heard.their_fork = true;
	b->space->forked = true;
	space_touch(b->space);
}

static int by_id(const void *a, const void *b)
{
	const struct id *x = a, *y = b;
	return id_compare(*x, *y);
}

static void sort_documents(struct bundle_taken *report)
{
	size_t kept = 0;
	if (report->document_count > 1)
		qsort(report->documents, report->document_count,
			sizeof *report->documents, by_id);
	for (size_t i = 0; i < report->document_count; i++)
		if (i == 0 ||
			!id_equal(report->documents[i], report->documents[kept - 1]))
			report->documents[kept++] = report->documents[i];
	report->document_count = kept;
}

static void fill_report(struct bundle_in *b)
{
	struct bundle_taken *report = &b->report;
	const struct heard *heard = &b->heard;
	report->stale = heard->stale;
	report->missed = b->pass == BUNDLE_HEAR;
	report->verified = heard->verified;
	report->differs = heard->differ;
	memcpy(report->fingerprint, b->partner->fingerprint, sizeof report->fingerprint);
	report->they_lack = heard->they_lack;
	report->i_lack = heard->i_lack;
	report->my_fork = heard->my_fork;
	report->their_fork = heard->their_fork;
	report->pulling = b->space->pulling;
	report->left = b->partner->state == PARTNER_LEFT;
	report->waits = offer_waits(b->txn, b->partner);
	sort_documents(report);
}

static enum err finish(struct bundle_in *b, struct why *why)
{
	enum err e = compare(b, why);
	if (e != OK)
		return e;
	/* It was sealed under the root both made: the pairing is confirmed. */
	if (b->sender->is_newest &&
		(b->partner->state == PARTNER_PROVISIONAL || b->partner->has_before))
		people_met(b->txn, b->partner);
	note_differing(b);
	note_hidden_fork(b);
	fill_report(b);
	if (!b->heard.stale)
		trail_hear(&b->space->trail, bundle_reader_id(b->reader));
	if (b->pass == BUNDLE_TAKE && !b->heard.my_fork && !b->heard.their_fork)
		trail_read(&b->space->trail, bundle_reader_id(b->reader), b->earlier,
			b->earlier_count);
	space_touch(b->space);
	e = notebook_commit(b->txn, why);
	b->txn = NULL;
	return e;
}

enum err bundle_in_end(struct bundle_in *b, struct why *why)
{
	bundle_reader_end(b->reader);
	enum err e = drain(b, why);
	if (e != OK)
		return e;
	if (b->rank < RANK_HELLO)
		return unreadable(why);
	if (b->pass != BUNDLE_CHECK && !b->report.known)
		e = finish(b, why);
	notebook_abort(b->txn);
	b->txn = NULL;
	return e;
}
