#include "core/notebook/apply.h"

#include <string.h>

#include "core/notebook/internal.h"

/* ---- Verifying. What each log will be like after the entries before, of this batch. */

struct seen_entry {
	struct hash hash;
	uint64_t lamport;
};

struct check_log {
	const struct space_log *log;
	uint64_t seq, lamport;
	struct hash head;
	struct vector past;
	/* The entries of this batch, from number `first` on. */
	uint64_t first;
	struct seen_entry *entries;
	size_t count, cap;
};

struct check {
	struct notebook_txn *txn;
	struct space *space;
	enum bringer bringer;
	struct check_log *logs;
	size_t count;
	struct log_id *fork;
	struct why *why;
};

static void check_begin(struct check *check)
{
	check->count = check->space->log_count;
	check->logs = mem_array(check->count, sizeof *check->logs);
	for (size_t i = 0; i < check->count; i++) {
		const struct space_log *log = &check->space->logs[i];
		check->logs[i] = (struct check_log){.log = log,
			.seq = log->seq,
			.lamport = log->lamport,
			.head = log->head,
			.first = log->seq + 1};
		vector_copy(&check->logs[i].past, &log->past);
	}
}

static void check_end(struct check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		vector_release(&check->logs[i].past);
		mem_free(check->logs[i].entries);
	}
	mem_free(check->logs);
}

static struct check_log *check_log(struct check *check, struct log_id id)
{
	for (size_t i = 0; i < check->count; i++)
		if (log_id_equal(check->logs[i].log->id, id))
			return &check->logs[i];
	return NULL;
}

/* The hash and lamport of an entry that is here, or comes in this batch. */
static enum err check_entry(struct check *check, const struct check_log *log,
	uint64_t seq, struct seen_entry *out)
{
	if (seq >= log->first) {
		*out = log->entries[seq - log->first];
		return OK;
	}
	if (seq == log->log->seq) {
		*out = (struct seen_entry){log->log->head, log->log->lamport};
		return OK;
	}
	struct kept_entry kept;
	enum err e = space_get_entry(
		check->txn, check->space, log->log->id, seq, false, &kept);
	if (e == OK)
		*out = (struct seen_entry){kept.hash, kept.lamport};
	kept_entry_release(&kept);
	return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
}

static enum err forked(struct check *check, const struct check_log *log)
{
	*check->fork = log->log->id;
	return because(check->why, ERR_FORK,
		"two histories of one notebook met: a copy of a folder was used, or a "
		"backup");
}

/* What the author says to have seen: held here, under the same hashes, and more than
 * before. */
static enum err check_seen(struct check *check, struct check_log *log,
	struct apply_item *item, uint64_t *lamport)
{
	const struct entry *entry = &item->entry;
	for (size_t i = 0; i < entry->seen_count; i++) {
		const struct entry_seen *seen = &entry->seen[i];
		struct check_log *other = check_log(check, seen->log);
		if (other == NULL || seen->seq > other->seq)
			return because(check->why, ERR_GAP,
				"an entry names one that did not come with it");
		if (other == log || seen->seq <= vector_get(&log->past, seen->log))
			return because(check->why, ERR_CORRUPT,
				"an entry says again what it had seen before");
		struct seen_entry there;
		enum err e = check_entry(check, other, seen->seq, &there);
		if (e != OK)
			return e;
		if (memcmp(there.hash.b, seen->hash, sizeof seen->hash) != 0)
			return forked(check, other);
		if (there.lamport > *lamport)
			*lamport = there.lamport;
	}
	for (size_t i = 0; i < entry->seen_count; i++)
		vector_set(&log->past, entry->seen[i].log, entry->seen[i].seq);
	return OK;
}

/* Who may bring entries of this log (SECURITY §5.1). */
static enum err check_authority(
	struct check *check, const struct check_log *log, const struct apply_item *item)
{
	const struct me *me = &check->txn->notebook->me;
	bool mine = person_equal(log->log->person, me->person);
	if (!mine && check->bringer == BRINGER_ME)
		return ERR_REFUSED;
	if (!mine || check->bringer != BRINGER_PARTNER)
		return OK;
	uint8_t mac[16];
	entry_own_mac(&me->log_mac, &item->hash, mac);
	if (!secret_equal(mac, item->entry.own_mac, sizeof mac))
		return because(check->why, ERR_AUTH,
			"words came back as yours that you never wrote");
	return OK;
}

static enum err check_known(
	struct check *check, const struct check_log *log, struct apply_item *item)
{
	/* The hash of an entry needs the one before it. */
	struct seen_entry before = {0}, here;
	enum err e = item->entry.seq > 1
			     ? check_entry(check, log, item->entry.seq - 1, &before)
			     : OK;
	if (e == OK)
		e = check_entry(check, log, item->entry.seq, &here);
	if (e != OK)
		return e;
	item->known = true;
	item->lamport = here.lamport;
	item->hash = entry_hash(&item->entry, check->space->id, item->log, &before.hash);
	return hash_equal(&item->hash, &here.hash) ? OK : forked(check, log);
}

static enum err check_item(struct check *check, struct apply_item *item)
{
	struct check_log *log = check_log(check, item->log);
	if (log == NULL)
		return because(
			check->why, ERR_REFUSED, "an entry of an unknown log came");
	item->known = false;
	if (item->entry.seq <= log->seq)
		return check_known(check, log, item);
	if (item->entry.seq != log->seq + 1)
		return because(
			check->why, ERR_GAP, "an entry came before the one it follows");
	item->hash = entry_hash(&item->entry, check->space->id, item->log, &log->head);
	enum err e = check_authority(check, log, item);
	uint64_t lamport = log->lamport;
	if (e == OK)
		e = check_seen(check, log, item, &lamport);
	if (e != OK)
		return e;
	item->lamport = lamport + 1;
	log->seq = item->entry.seq;
	log->lamport = item->lamport;
	log->head = item->hash;
	vector_set(&log->past, item->log, log->seq);
	log->entries =
		mem_grow(log->entries, log->count, &log->cap, sizeof *log->entries);
	log->entries[log->count++] = (struct seen_entry){item->hash, item->lamport};
	return OK;
}

/* All that one entry may hold (DESIGN §4.7), and every section whole. */
static enum err check_sections(struct check *check, const struct apply_item *item)
{
	for (size_t i = 0; i < item->entry.section_count; i++) {
		const struct entry_section *section = &item->entry.sections[i];
		if (section->withheld)
			continue;
		struct section_head head = {0};
		enum err e = section_peek(section->rest, &head);
		section_head_release(&head);
		if (e != OK)
			return because(check->why, e,
				"a change came that cannot be read: nothing was changed");
	}
	return OK;
}

enum err apply_check(struct notebook_txn *txn, struct space *space,
	struct apply_item *items, size_t count, enum bringer bringer, struct log_id *fork,
	struct why *why)
{
	struct check check = {
		.txn = txn, .space = space, .bringer = bringer, .fork = fork, .why = why};
	check_begin(&check);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count; i++) {
		e = check_item(&check, &items[i]);
		if (e == OK)
			e = check_sections(&check, &items[i]);
	}
	check_end(&check);
	return e;
}
