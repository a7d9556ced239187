#include "core/notebook/exchange.h"

#include <string.h>

#include "core/notebook/ending.h"
#include "core/notebook/exchange_parts.h"
#include "core/notebook/internal.h"

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

enum err exchange_fetch(struct notebook_txn *txn, struct partner *partner,
	struct buf *out, struct why *why)
{
	struct space *space = NULL;
	struct buf places = {0};
	size_t count = 0;
	enum err e = exchange_space(txn, partner, &space, why);
	if (e != OK || space->incomplete == 0)
		return e;
	for (size_t i = 0; e == OK && i < space->log_count; i++) {
		for (uint64_t seq = 1; e == OK && seq <= space->logs[i].seq &&
				       count < EXCHANGE_FETCH_MAX;
			seq++) {
			struct kept_entry kept;
			bool lacks = false;
			e = space_get_entry(
				txn, space, space->logs[i].id, seq, true, &kept);
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

enum err exchange_give(struct notebook_txn *txn, struct partner *partner,
	struct bytes fetch, struct buf *out, struct why *why)
{
	struct space *space = NULL;
	enum err e = exchange_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(fetch);
	size_t count = pack_read_array(&r, EXCHANGE_FETCH_MAX), given = 0;
	if (r.failed || !pack_valid(fetch))
		return exchange_unreadable(why);
	CLEAN_BUF struct buf entries = {0};
	for (size_t i = 0; e == OK && i < count && entries.len < EXCHANGE_PUSH_MAX; i++) {
		struct log_id log;
		(void)pack_read_array(&r, 2);
		pack_read_fixed(&r, log.b, sizeof log.b);
		uint64_t seq = pack_read_uint(&r, ENTRY_SEQ_MAX);
		if (r.failed)
			return exchange_unreadable(why);
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
static enum err fill_entry(struct notebook_txn *txn, struct space *space,
	struct log_id log, const struct entry *given, bool *filled)
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
		e = space_put_entry(
			txn, space, log, &kept.entry, &kept.hash, kept.lamport);
	kept_entry_release(&kept);
	return e == ERR_NOT_FOUND ? OK : e;
}

enum err exchange_fill(struct notebook_txn *txn, struct partner *partner,
	struct bytes sections, struct why *why)
{
	struct space *space = NULL;
	enum err e = exchange_space(txn, partner, &space, why);
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
			return exchange_unreadable(why);
		if (space_find_log(space, log) != NULL)
			e = fill_entry(txn, space, log, &entry, &filled);
	}
	if (e == OK && !pack_done(&r))
		return exchange_unreadable(why);
	return e == OK && filled ? apply_replay(txn, space, why) : e;
}

enum err exchange_rebuild(
	struct notebook_txn *txn, struct partner *partner, struct why *why)
{
	struct space *space = NULL;
	enum err e = exchange_space(txn, partner, &space, why);
	return e == OK ? apply_replay(txn, space, why) : e;
}

/* ---- Which documents differ. */

enum err exchange_states(struct notebook_txn *txn, struct partner *partner,
	struct buf *out, struct why *why)
{
	struct space *space = NULL;
	struct id *ids = NULL;
	size_t count = 0, live = 0;
	enum err e = exchange_space(txn, partner, &space, why);
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
	enum err e = exchange_space(txn, partner, &space, why);
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
			return exchange_unreadable(why);
		if (leaf_load(txn, id, &own) != OK || own->leaf.head == NULL ||
			!id_equal(own->leaf.space, space->id) || !own->counted ||
			hash_equal(&own->state, &state))
			continue;
		char handle[HANDLE_TEXT];
		leaf_handle(txn, &own->leaf, handle);
		space_notice(space,
			"your copy of %s and that of %s differ: `kith show %s`, and "
			"copy what you want to keep",
			handle, partner->called, handle);
	}
	return pack_done(&r) ? OK : exchange_unreadable(why);
}
