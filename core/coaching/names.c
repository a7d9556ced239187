#include "core/coaching/names.h"

#include <string.h>

#include "core/base/fold.h"
#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/search.h"
#include "core/coaching/writing.h"
#include "core/crdt/value.h"

/* ---- The key. */

static struct name_entry *entry_of(
	struct name_entry *entries, size_t count, struct id class, unsigned seat)
{
	for (size_t i = 0; i < count; i++)
		if (id_equal(entries[i].class, class) && entries[i].seat == seat)
			return &entries[i];
	return NULL;
}

struct keys {
	struct leaf **items;
	size_t count, cap;
};

static void add_key(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct keys *keys = arg;
	if (keys->count == keys->cap ||
		leaf_open(txn, leaf->id, &keys->items[keys->count], NULL) != OK)
		return;
	keys->count++;
}

/* The private documents that hold names: one, or one for each device that began it. */
static enum err name_keys(
	struct notebook_txn *txn, struct leaf ***out, size_t *count, struct why *why)
{
	struct keys keys = {.cap = 64};
	keys.items = arena_array(txn_arena(txn), keys.cap, sizeof *keys.items);
	enum err e = each_of(txn, "names", add_key, &keys, why);
	*out = keys.items;
	*count = keys.count;
	return e;
}

#define MARKS_MAX 16u /* of one name */

static void add_mark(struct notebook_txn *txn, struct name_entry *entry, const char *part)
{
	CLEAN_BUF struct buf folded = {0};
	if (entry->mark_count == MARKS_MAX)
		return;
	fold_add(&folded, bytes_text(part));
	if (folded.len > 0)
		entry->marks[entry->mark_count++] =
			arena_bytes(txn_arena(txn), buf_bytes(&folded));
}

static void add_marks(struct notebook_txn *txn, struct name_entry *entry)
{
	char *parts = arena_text(txn_arena(txn), entry->name), *rest = NULL;
	entry->marks = arena_array(txn_arena(txn), MARKS_MAX, sizeof *entry->marks);
	add_mark(txn, entry, entry->name);
	for (char *part = strtok_r(parts, " ,", &rest); part != NULL;
		part = strtok_r(NULL, " ,", &rest))
		if (utf8_count(bytes_text(part)) > 1 &&
			!(part[0] >= 'a' && part[0] <= 'z'))
			add_mark(txn, entry, part);
}

enum err names_all(
	struct notebook_txn *txn, struct name_entry **out, size_t *count, struct why *why)
{
	struct leaf **keys;
	size_t key_count, cap = 0;
	*out = NULL;
	*count = 0;
	enum err e = name_keys(txn, &keys, &key_count, why);
	for (size_t k = 0; e == OK && k < key_count; k++) {
		struct reading log;
		have_all(txn, keys[k], "names", &log);
		if (*count + log.count > cap) {
			cap = *count + log.count;
			struct name_entry *grown =
				arena_array(txn_arena(txn), cap, sizeof *grown);
			if (*count > 0)
				memcpy(grown, *out, *count * sizeof *grown);
			*out = grown;
		}
		/* In the order they were written: the newest name of a seat holds. */
		for (size_t i = 0; i < log.count; i++) {
			struct bytes record = log.items[i].value;
			struct name_entry entry = {.class = part_ref(record, "class"),
				.seat = (unsigned)part_number(record, "seat", 0),
				.name = arena_string(
					txn_arena(txn), part_text(record, "name"))};
			struct name_entry *old =
				entry_of(*out, *count, entry.class, entry.seat);
			if (old != NULL)
				*old = entry;
			else
				(*out)[(*count)++] = entry;
		}
	}
	for (size_t i = 0; e == OK && i < *count; i++)
		add_marks(txn, &(*out)[i]);
	return e;
}

static enum err the_key(struct notebook_txn *txn, struct id *out, struct why *why)
{
	struct leaf **keys;
	size_t count;
	enum err e = name_keys(txn, &keys, &count, why);
	if (e != OK)
		return e;
	if (count > 0) {
		*out = keys[0]->id;
		return OK;
	}
	return write_new(txn, "names", out, why);
}

static enum err write_name(struct notebook_txn *txn, struct id key,
	const struct name_entry *entry, struct why *why)
{
	struct leaf *leaf;
	const struct field_schema *field;
	struct draft *draft;
	uint8_t rid[8];
	CLEAN_BUF struct buf record = {0};
	enum err e = leaf_open(txn, key, &leaf, why);
	if (e == OK)
		e = leaf_field(txn, leaf, bytes_text("names"), &field, why);
	if (e == OK)
		e = leaf_draft(txn, leaf, &draft, why);
	if (e != OK)
		return e;
	random_fill(rid, sizeof rid);
	pack_map(&record, 3);
	pack_cstr(&record, "class");
	pack_bin(&record, BYTES_OF(entry->class.b));
	pack_cstr(&record, "seat");
	pack_uint(&record, entry->seat);
	pack_cstr(&record, "name");
	pack_cstr(&record, entry->name);
	return draft_append(draft, leaf->sealed, field, rid, buf_bytes(&record), why);
}

enum err coach_names(struct notebook_txn *txn, struct id class,
	const struct name_entry *entries, size_t count, struct why *why)
{
	struct leaf *leaf;
	struct id key;
	enum err e = leaf_open(txn, class, &leaf, why);
	if (e != OK)
		return e;
	if (strcmp(leaf->head->kind->name, "class") != 0)
		return because(why, ERR_REFUSED, "that is a %s, not a class",
			tr_in("kind", leaf->head->kind->name));
	int64_t size = have_int(txn, leaf, "size", 60);
	for (size_t i = 0; i < count; i++) {
		if (entries[i].seat < 1 || entries[i].seat > (unsigned)size)
			return because(why, ERR_INVALID,
				"the class has %lld seats; there is no seat %u",
				(long long)size, entries[i].seat);
		if (utf8_blank(bytes_text(entries[i].name)))
			return because(
				why, ERR_INVALID, "seat %u has no name", entries[i].seat);
	}
	e = the_key(txn, &key, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct name_entry entry = entries[i];
		entry.class = class;
		e = write_name(txn, key, &entry, why);
	}
	return e;
}

/* Names of one class alone: what is kept of the others moves into a new key, because only
 * a whole document's key can be destroyed. */
enum err coach_names_forget(
	struct notebook_txn *txn, struct id class, size_t *forgotten, struct why *why)
{
	struct name_entry *all;
	struct leaf **keys;
	size_t count, key_count;
	*forgotten = 0;
	enum err e = names_all(txn, &all, &count, why);
	if (e == OK)
		e = name_keys(txn, &keys, &key_count, why);
	for (size_t k = 0; e == OK && k < key_count; k++)
		e = leaf_erase(txn, keys[k]->id, why);
	struct id key = {{0}};
	for (size_t i = 0; e == OK && i < count; i++) {
		if (id_is_zero(class) || id_equal(all[i].class, class)) {
			(*forgotten)++;
			continue;
		}
		if (id_is_zero(key))
			e = write_new(txn, "names", &key, why);
		if (e == OK)
			e = write_name(txn, key, &all[i], why);
	}
	return e;
}

/* ---- The guard. */

struct found {
	const struct name_entry *entry;
	struct fold_span at; /* in the folded text */
	bool is_whole;
};

/* The one that begins first; of two the longer: "Anna Maria" before "Anna"; of two alike
 * the whole name before a part of one. */
static bool is_better(const struct found *a, const struct found *b)
{
	if (b->entry == NULL || a->at.at != b->at.at)
		return b->entry == NULL || a->at.at < b->at.at;
	if (a->at.len != b->at.len)
		return a->at.len > b->at.len;
	return a->is_whole && !b->is_whole;
}

static bool find_next(const struct name_entry *entries, size_t count, struct bytes folded,
	size_t from, struct found *out)
{
	struct bytes rest = {folded.at + from, folded.len - from};
	*out = (struct found){0};
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < entries[i].mark_count; k++) {
			struct found one = {.entry = &entries[i], .is_whole = k == 0};
			if (!fold_find_word(rest, entries[i].marks[k], &one.at))
				continue;
			one.at.at += from;
			if (is_better(&one, out))
				*out = one;
		}
	return out->entry != NULL;
}

static bool is_listed(const struct name_hit *hits, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(hits[i].name, name) == 0)
			return true;
	return false;
}

void names_scan(const struct name_entry *entries, size_t entry_count, struct bytes text,
	struct arena *arena, struct name_hit **hits, size_t *count)
{
	CLEAN_BUF struct buf folded = {0};
	struct found found;
	*hits = arena_array(arena, entry_count, sizeof **hits);
	*count = 0;
	fold_add(&folded, text);
	for (size_t from = 0;
		find_next(entries, entry_count, buf_bytes(&folded), from, &found);
		from = found.at.at + found.at.len)
		if (!is_listed(*hits, *count, found.entry->name))
			(*hits)[(*count)++] =
				(struct name_hit){found.entry->name, found.entry->seat};
}

struct bytes names_hide(const struct name_entry *entries, size_t entry_count,
	struct bytes text, struct arena *arena)
{
	CLEAN_BUF struct buf folded = {0}, out = {0};
	struct found found;
	size_t copied = 0;
	fold_add(&folded, text);
	for (size_t from = 0;
		find_next(entries, entry_count, buf_bytes(&folded), from, &found);
		from = found.at.at + found.at.len) {
		struct fold_span at = fold_source(text, found.at.at, found.at.len);
		buf_add(&out, (struct bytes){text.at + copied, at.at - copied});
		buf_add_format(&out, "S%u", found.entry->seat);
		copied = at.at + at.len;
	}
	buf_add(&out, (struct bytes){text.at + copied, text.len - copied});
	return arena_bytes(arena, buf_bytes(&out));
}
