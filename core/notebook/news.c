#include "core/notebook/news.h"

#include <stdlib.h>
#include <string.h>

#include "core/notebook/internal.h"

enum err news_mark(
	struct notebook_txn *txn, struct partner *partner, struct news_mark *out)
{
	struct space *space = NULL;
	const struct id *ids = NULL;
	*out = (struct news_mark){0};
	enum err e = space_open(txn, partner->space, &space);
	if (e == OK)
		e = leaf_all(txn, &ids, &out->count, NULL);
	if (e != OK)
		return e;
	out->ids = mem_array(out->count, sizeof *ids);
	if (out->count > 0)
		memcpy(out->ids, ids, out->count * sizeof *ids);
	space_vector(space, &out->seen);
	return OK;
}

void news_mark_release(struct news_mark *mark)
{
	vector_release(&mark->seen);
	mem_free(mark->ids);
	*mark = (struct news_mark){0};
}

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

/* The documents that the partner's new entries touch, each as often as they do. */
struct touched {
	struct id *ids; /* owned */
	size_t count, cap;
};

static enum err add_entry(struct notebook_txn *txn, struct space *space,
	struct log_id log, uint64_t seq, struct touched *touched)
{
	struct kept_entry kept;
	enum err e = space_get_entry(txn, space, log, seq, false, &kept);
	for (size_t i = 0; e == OK && i < kept.entry.section_count; i++) {
		touched->ids = mem_grow(touched->ids, touched->count, &touched->cap,
			sizeof *touched->ids);
		touched->ids[touched->count++] = kept.entry.sections[i].document;
	}
	kept_entry_release(&kept);
	return e;
}

static enum err add_logs(struct notebook_txn *txn, struct space *space,
	const struct vector *seen, struct touched *touched)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < space->log_count; i++) {
		const struct space_log *log = &space->logs[i];
		if (!person_equal(log->person, space->partner))
			continue;
		for (uint64_t seq = vector_get(seen, log->id) + 1;
			e == OK && seq <= log->seq; seq++)
			e = add_entry(txn, space, log->id, seq, touched);
	}
	if (touched->count > 1)
		qsort(touched->ids, touched->count, sizeof *touched->ids, by_id);
	return e;
}

static bool was_here(const struct news_mark *mark, const struct id *id)
{
	return mark->count > 0 &&
	       bsearch(id, mark->ids, mark->count, sizeof *id, by_id) != NULL;
}

static enum err add_one(struct notebook_txn *txn, const struct space *space,
	const struct news_mark *mark, struct id id, struct news *out)
{
	struct leaf *leaf = NULL;
	bool old = was_here(mark, &id);
	enum err e = leaf_open(txn, id, &leaf, NULL);
	bool here = e == OK && id_equal(leaf->space, space->id);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (old && here)
		out->changed[out->changed_count++] = id;
	else if (old && leaf == NULL)
		out->gone++;
	else if (here && person_equal(leaf->head->creator, space->partner))
		out->fresh[out->fresh_count++] = id;
	return OK;
}

enum err news_since(struct notebook_txn *txn, struct partner *partner,
	const struct news_mark *mark, struct news *out)
{
	struct space *space = NULL;
	struct touched touched = {0};
	*out = (struct news){0};
	enum err e = space_open(txn, partner->space, &space);
	if (e == OK)
		e = add_logs(txn, space, &mark->seen, &touched);
	out->fresh = arena_array(txn_arena(txn), touched.count, sizeof *out->fresh);
	out->changed = arena_array(txn_arena(txn), touched.count, sizeof *out->changed);
	for (size_t i = 0; e == OK && i < touched.count; i++)
		if (i == 0 || !id_equal(touched.ids[i], touched.ids[i - 1]))
			e = add_one(txn, space, mark, touched.ids[i], out);
	mem_free(touched.ids);
	return e;
}
