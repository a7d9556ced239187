#include "core/coaching/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/search.h"
#include "core/coaching/writing.h"
#include "core/crdt/value.h"

/* ---- The key. */

static struct id part_ref(struct bytes record, const char *name)
{
	struct id id = {{0}};
	struct bytes value;
	if (!value_part(record, name, &value))
		return id;
	struct pack_reader r = pack_read(value);
	pack_read_fixed(&r, id.b, sizeof id.b);
	return r.failed ? (struct id){{0}} : id;
}

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
		if (entries[i].name[strspn(entries[i].name, " ")] == '\0')
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

static bool is_letter(uint32_t scalar)
{
	return iswalpha((wint_t)scalar) || iswdigit((wint_t)scalar) || scalar == '_';
}

/* Whether `name` stands at the front of `text`, whatever the case; the bytes it takes. */
static size_t name_at(struct bytes text, const char *name)
{
	struct bytes wanted = bytes_text(name), rest = text;
	uint32_t a, b;
	while (utf8_next(&wanted, &a)) {
		if (!utf8_next(&rest, &b) || towlower((wint_t)a) != towlower((wint_t)b))
			return 0;
	}
	struct bytes after = rest;
	if (utf8_next(&after, &b) && is_letter(b))
		return 0;
	return text.len - rest.len;
}

/* Goes through the text word by word; `hit` of each listed name. */
typedef void hit_fn(void *arg, const struct name_entry *entry);
typedef void pass_fn(void *arg, struct bytes text);

static void walk(const struct name_entry *entries, size_t count, struct bytes text,
	hit_fn *hit, pass_fn *pass, void *arg)
{
	bool in_word = false;
	while (text.len > 0) {
		const struct name_entry *found = NULL;
		size_t len = 0;
		for (size_t i = 0; !in_word && i < count; i++) {
			size_t own = name_at(text, entries[i].name);
			/* The longest name wins: "Anna Maria" before "Anna". */
			if (own > len) {
				len = own;
				found = &entries[i];
			}
		}
		if (found != NULL) {
			hit(arg, found);
			text = (struct bytes){text.at + len, text.len - len};
			continue;
		}
		struct bytes one = text;
		uint32_t scalar = 0;
		if (!utf8_next(&text, &scalar))
			break;
		in_word = is_letter(scalar);
		one.len -= text.len;
		pass(arg, one);
	}
}

struct scan {
	struct name_hit *hits;
	size_t count;
};

static void scan_hit(void *arg, const struct name_entry *entry)
{
	struct scan *scan = arg;
	for (size_t i = 0; i < scan->count; i++)
		if (strcmp(scan->hits[i].name, entry->name) == 0)
			return;
	scan->hits[scan->count++] = (struct name_hit){entry->name, entry->seat};
}

static void scan_pass(void *arg, struct bytes text)
{
	(void)arg;
	(void)text;
}

void names_scan(const struct name_entry *entries, size_t entry_count, struct bytes text,
	struct arena *arena, struct name_hit **hits, size_t *count)
{
	struct scan scan = {.hits = arena_array(arena, entry_count, sizeof *scan.hits)};
	walk(entries, entry_count, text, scan_hit, scan_pass, &scan);
	*hits = scan.hits;
	*count = scan.count;
}

static void hide_hit(void *arg, const struct name_entry *entry)
{
	buf_add_format(arg, "S%u", entry->seat);
}

static void hide_pass(void *arg, struct bytes text)
{
	buf_add(arg, text);
}

struct bytes names_hide(const struct name_entry *entries, size_t entry_count,
	struct bytes text, struct arena *arena)
{
	CLEAN_BUF struct buf out = {0};
	walk(entries, entry_count, text, hide_hit, hide_pass, &out);
	return arena_bytes(arena, buf_bytes(&out));
}
