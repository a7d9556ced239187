#include "tests/unit/notebook/forging.h"

#include "core/notebook/internal.h"
#include "tests/test.h"

void forging_begin(struct forging *f, struct teacher *from, struct teacher *to)
{
	*f = (struct forging){
		.from = from, .to = to, .theirs = edit(from), .ours = edit(to)};
}

void forging_end(struct forging *f)
{
	done(f->theirs);
	done(f->ours);
}

void forging_drop(struct forging *f)
{
	notebook_abort(f->theirs);
	notebook_abort(f->ours);
}

static struct space *space_in(
	struct notebook_txn *txn, struct teacher *t, struct teacher *other)
{
	struct space *space = NULL;
	assert_int_equal(space_open(txn, partner_of(txn, t, other)->space, &space), OK);
	return space;
}

/* What the author would say to have seen: all that its store holds. */
static void see_all(struct arena *arena, const struct space *space,
	const struct space_log *log, struct entry *entry)
{
	entry->seen = arena_array(arena, space->log_count, sizeof *entry->seen);
	for (size_t i = 0; i < space->log_count; i++) {
		const struct space_log *other = &space->logs[i];
		if (other == log || other->seq <= vector_get(&log->past, other->id))
			continue;
		struct entry_seen *seen = &entry->seen[entry->seen_count++];
		*seen = (struct entry_seen){.log = other->id, .seq = other->seq};
		memcpy(seen->hash, other->head.b, sizeof seen->hash);
	}
}

static void add_sections(struct arena *arena, struct log_id log, struct forged *forged,
	size_t count, struct entry *entry)
{
	entry->sections = arena_array(arena, count, sizeof *entry->sections);
	entry->section_count = count;
	for (size_t i = 0; i < count; i++) {
		CLEAN_BUF struct buf rest = {0};
		const struct section *section = &forged[i].section;
		if (section->head.type == SECTION_CREATE &&
			id_is_zero(forged[i].document))
			forged[i].document = entry_document_id(log, section->nonce);
		section_encode(section, &rest);
		entry->sections[i] =
			(struct entry_section){.document = forged[i].document,
				.rest = arena_bytes(arena, buf_bytes(&rest))};
		entry->sections[i].hash = entry_section_hash(entry->sections[i].rest);
	}
}

static enum err take(struct notebook_txn *txn, struct space *space,
	struct apply_item item, struct apply_came *came)
{
	struct log_id fork;
	struct why why = {0};
	enum err e = apply_check(txn, space, &item, 1, BRINGER_PARTNER, &fork, &why);
	if (e == OK)
		e = apply_batch(txn, space, &item, 1, BRINGER_PARTNER, came, &why);
	assert_true(e == OK || why.text[0] != '\0');
	return e;
}

enum err forge(struct forging *f, struct forged *forged, size_t count, size_t voids[2])
{
	struct arena *arena = txn_arena(f->ours);
	struct space *here = space_in(f->ours, f->to, f->from);
	struct space *there = space_in(f->theirs, f->from, f->to);
	const struct space_log *log = space_find_log(there, there->own);
	assert_non_null(log);
	struct apply_item item = {.log = log->id, .entry = {.seq = log->seq + 1}};
	see_all(arena, there, log, &item.entry);
	add_sections(arena, log->id, forged, count, &item.entry);
	CLEAN_BUF struct buf core = {0};
	entry_core(&item.entry, &core);
	item.entry.core = arena_bytes(arena, buf_bytes(&core));
	struct hash hash = entry_hash(&item.entry, there->id, log->id, &log->head);
	entry_own_mac(
		&notebook_me(f->from->notebook)->log_mac, &hash, item.entry.own_mac);
	struct apply_came came = {0}, back = {0};
	enum err e = take(f->ours, here, item, &came);
	if (e == OK)
		assert_int_equal(take(f->theirs, there, item, &back), OK);
	voids[0] = came.voids;
	voids[1] = back.voids;
	apply_came_release(&came);
	apply_came_release(&back);
	return e;
}

void forging_sums(struct forging *f, uint8_t here[32], uint8_t there[32])
{
	assert_int_equal(leaves_count(f->ours), OK);
	assert_int_equal(leaves_count(f->theirs), OK);
	memcpy(here, space_in(f->ours, f->to, f->from)->sum, 32);
	memcpy(there, space_in(f->theirs, f->from, f->to)->sum, 32);
}
