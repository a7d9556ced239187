#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/notebook/internal.h"

/* ---- Leaves that are open in this transaction: a hash table by id, which is random already. */

static size_t slot_of(const struct notebook_txn *txn, struct id id)
{
	uint64_t h = 0;
	memcpy(&h, id.b, sizeof h);
	return (size_t)h & (txn->leaf_room - 1);
}

static struct leaf_own *find_open(const struct notebook_txn *txn, struct id id)
{
	if (txn->leaf_room == 0)
		return NULL;
	for (size_t i = slot_of(txn, id);; i = (i + 1) & (txn->leaf_room - 1)) {
		struct leaf_own *leaf = txn->leaves[i];
		if (leaf == NULL || id_equal(leaf->leaf.id, id))
			return leaf;
	}
}

static void put_open(struct notebook_txn *txn, struct leaf_own *leaf)
{
	size_t i = slot_of(txn, leaf->leaf.id);
	while (txn->leaves[i] != NULL)
		i = (i + 1) & (txn->leaf_room - 1);
	txn->leaves[i] = leaf;
}

static void add_open(struct notebook_txn *txn, struct leaf_own *leaf)
{
	if (txn->leaf_count * 2 >= txn->leaf_room) {
		struct leaf_own **old = txn->leaves;
		size_t room = txn->leaf_room;
		txn->leaf_room = room == 0 ? 64 : room * 2;
		txn->leaves = mem_array(txn->leaf_room, sizeof(struct leaf_own *));
		for (size_t i = 0; i < room; i++)
			if (old[i] != NULL)
				put_open(txn, old[i]);
		mem_free(old);
	}
	txn->leaf_count++;
	put_open(txn, leaf);
}

void leaf_release(struct leaf_own *leaf)
{
	document_free(leaf->leaf.sealed);
	draft_free(leaf->leaf.draft);
	vector_release(&leaf->touched);
	mem_free(leaf->seen);
	buf_release(&leaf->carried);
	mem_free(leaf);
}

/* ---- The record of a document, under its own key: where it stands, what this store notes of it,
 * and its sealed content. The draft is a record apart, as it changes alone. */

#define LEAF_FORMAT 1u

enum leaf_flags {
	LEAF_COUNTED = 1,
	LEAF_INCOMPLETE = 2,
	LEAF_UNREAD = 4,
	LEAF_RESTORED = 8,
	LEAF_BOTH = 16,
};

static void pack_leaf(struct buf *out, const struct leaf_own *own)
{
	const struct leaf *leaf = &own->leaf;
	pack_array(out, 12);
	pack_uint(out, LEAF_FORMAT);
	pack_bin(out, BYTES_OF(leaf->space.b));
	pack_uint(out, (own->counted ? LEAF_COUNTED : 0u) | (leaf->incomplete ? LEAF_INCOMPLETE : 0u) |
			       (leaf->unread ? LEAF_UNREAD : 0u) |
			       (own->restored ? LEAF_RESTORED : 0u) | (own->both ? LEAF_BOTH : 0u));
	pack_bin(out, own->counted ? BYTES_OF(own->state.b) : (struct bytes){0});
	pack_bin(out, id_is_zero(leaf->master) ? (struct bytes){0} : BYTES_OF(leaf->master.b));
	pack_bin(out, id_is_zero(own->from) ? (struct bytes){0} : BYTES_OF(own->from.b));
	vector_pack(&own->touched, out);
	pack_uint(out, leaf->shared_s);
	pack_uint(out, own->shares);
	pack_bin(out, (struct bytes){(const uint8_t *)own->seen, own->seen_count * 16});
	pack_bin(out, buf_bytes(&own->carried));
	CLEAN_BUF struct buf content = {0};
	if (leaf->sealed != NULL)
		document_save(leaf->sealed, &content);
	pack_bin(out, buf_bytes(&content));
}

static void read_optional(struct pack_reader *r, uint8_t *out, size_t len)
{
	struct bytes v = pack_read_bin(r, len);
	if (v.len == len)
		(void)bytes_take_into(&v, out, len);
	else if (v.len != 0)
		r->failed = true;
}

static enum err read_leaf(struct notebook_txn *txn, struct bytes record, struct leaf_own *own)
{
	struct leaf *leaf = &own->leaf;
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, 12);
	if (pack_read_uint(&r, UINT32_MAX) != LEAF_FORMAT)
		return ERR_DAMAGED;
	pack_read_fixed(&r, leaf->space.b, sizeof leaf->space.b);
	uint64_t flags = pack_read_uint(&r, UINT32_MAX);
	own->counted = (flags & LEAF_COUNTED) != 0;
	leaf->incomplete = (flags & LEAF_INCOMPLETE) != 0;
	leaf->unread = (flags & LEAF_UNREAD) != 0;
	own->restored = (flags & LEAF_RESTORED) != 0;
	own->both = (flags & LEAF_BOTH) != 0;
	read_optional(&r, own->state.b, sizeof own->state.b);
	read_optional(&r, leaf->master.b, sizeof leaf->master.b);
	read_optional(&r, own->from.b, sizeof own->from.b);
	vector_unpack(&r, SPACE_LOGS_MAX, &own->touched);
	leaf->shared_s = pack_read_uint(&r, UINT64_MAX);
	own->shares = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	struct bytes seen = pack_read_bin(&r, (size_t)LEAF_SEEN_MAX * 16);
	own->seen_count = own->seen_cap = seen.len / 16;
	own->seen = mem_array(own->seen_count, 16);
	(void)bytes_take_into(&seen, own->seen, own->seen_count * 16);
	buf_add(&own->carried, pack_read_bin(&r, SIZE_MAX));
	struct bytes content = pack_read_bin(&r, SIZE_MAX);
	if (!pack_done(&r))
		return ERR_DAMAGED;
	if (content.len == 0)
		return OK;
	return document_load(txn->notebook->schema, content, &leaf->sealed) == OK ? OK : ERR_DAMAGED;
}

static enum err load_draft(struct notebook_txn *txn, struct leaf_own *own)
{
	CLEAN_BUF struct buf record = {0};
	enum err e = store_get_of(
		txn->store, own->leaf.id, TABLE_DRAFT, BYTES_OF(own->leaf.id.b), &record);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e != OK)
		return e;
	e = draft_load(txn->notebook->schema, buf_bytes(&record), &own->leaf.draft);
	return e == OK ? OK : ERR_DAMAGED;
}

void leaf_place(struct notebook_txn *txn, struct leaf_own *own)
{
	struct leaf *leaf = &own->leaf;
	leaf->head = leaf->sealed != NULL ? document_head(leaf->sealed)
		: leaf->draft != NULL     ? draft_head(leaf->draft)
					  : NULL;
	leaf->is_private = id_equal(leaf->space, txn->notebook->mine);
	struct space *space = NULL;
	if (!leaf->is_private && space_open(txn, leaf->space, &space) == OK)
		leaf->partner = space->partner;
	const struct person_id *me = &txn->notebook->me.person;
	leaf->by_me = leaf->is_private ||
		(leaf->head != NULL && document_may_end(leaf->head, me, SECTION_TAKEBACK));
}

enum err leaf_load(struct notebook_txn *txn, struct id id, struct leaf_own **out)
{
	*out = find_open(txn, id);
	if (*out != NULL)
		return (*out)->erased ? ERR_NOT_FOUND : OK;
	CLEAN_BUF struct buf record = {0};
	enum err e = store_get_of(txn->store, id, TABLE_DOCUMENT, BYTES_OF(id.b), &record);
	if (e != OK)
		return e;
	struct leaf_own *own = mem_new(sizeof *own);
	own->leaf.id = id;
	e = read_leaf(txn, buf_bytes(&record), own);
	if (e == OK)
		e = load_draft(txn, own);
	if (e != OK) {
		leaf_release(own);
		return e;
	}
	leaf_place(txn, own);
	add_open(txn, own);
	*out = own;
	return OK;
}

struct leaf_own *leaf_add(struct notebook_txn *txn, struct id id, struct id space)
{
	struct leaf_own *own = find_open(txn, id);
	if (own != NULL && own->erased) {
		/* The id was here and ended in this very transaction: it stays so. */
		return own;
	}
	own = mem_new(sizeof *own);
	own->leaf.id = id;
	own->leaf.space = space;
	own->fresh = own->dirty_record = true;
	add_open(txn, own);
	return own;
}

/* ---- Saving. */

void leaf_state(struct notebook_txn *txn, const struct space *space, const struct leaf_own *own,
	struct hash *out)
{
	(void)txn;
	CLEAN_BUF struct buf canonical = {0};
	document_canonical(own->leaf.sealed, &canonical);
	struct bytes parts[] = {BYTES_OF(own->leaf.id.b), buf_bytes(&canonical)};
	keyed_hash(BYTES_OF(space->key.b), "kith/state/1", parts, 2, out->b, sizeof out->b);
}

static enum err save_state(struct notebook_txn *txn, struct leaf_own *own)
{
	struct space *space = NULL;
	enum err e = space_open(txn, own->leaf.space, &space);
	if (e != OK || own->leaf.sealed == NULL)
		return e;
	if (own->counted)
		space_sum_drop(space, &own->state);
	leaf_state(txn, space, own, &own->state);
	space_sum_add(space, &own->state);
	own->counted = true;
	return OK;
}

static enum err save_draft(struct notebook_txn *txn, struct leaf_own *own)
{
	struct leaf *leaf = &own->leaf;
	bool work = leaf->draft != NULL && (leaf->sealed == NULL || !draft_is_empty(leaf->draft));
	struct space *space = NULL;
	enum err e = leaf->is_private ? OK : space_open(txn, leaf->space, &space);
	if (e != OK)
		return e;
	if (!work) {
		if (space != NULL)
			space_unmark_draft(space, leaf->id);
		return store_delete_of(txn->store, leaf->id, TABLE_DRAFT, BYTES_OF(leaf->id.b));
	}
	if (space != NULL)
		space_mark_draft(space, leaf->id);
	CLEAN_BUF struct buf record = {0};
	draft_save(leaf->draft, &record);
	return store_put_of(
		txn->store, leaf->id, TABLE_DRAFT, BYTES_OF(leaf->id.b), buf_bytes(&record));
}

static enum err save_leaf(struct notebook_txn *txn, struct leaf_own *own)
{
	enum err e = OK;
	if (own->dirty_state)
		e = save_state(txn, own);
	if (e == OK && (own->dirty_record || own->dirty_state)) {
		CLEAN_BUF struct buf record = {0};
		pack_leaf(&record, own);
		e = store_put_of(txn->store, own->leaf.id, TABLE_DOCUMENT,
			BYTES_OF(own->leaf.id.b), buf_bytes(&record));
	}
	if (e == OK && own->dirty_draft)
		e = save_draft(txn, own);
	return e;
}

static enum err erase_ended(struct notebook_txn *txn)
{
	size_t count = 0;
	struct id *ids = arena_array(&txn->arena, txn->leaf_count, sizeof *ids);
	for (size_t i = 0; i < txn->leaf_room; i++)
		if (txn->leaves[i] != NULL && txn->leaves[i]->erased && !txn->leaves[i]->fresh)
			ids[count++] = txn->leaves[i]->leaf.id;
	return count > 0 ? store_erase_in(txn->store, ids, count) : OK;
}

enum err leaves_save(struct notebook_txn *txn, struct why *why)
{
	enum err e = OK;
	for (size_t i = 0; e == OK && i < txn->leaf_room; i++)
		if (txn->leaves[i] != NULL && !txn->leaves[i]->erased)
			e = save_leaf(txn, txn->leaves[i]);
	if (e == OK)
		e = erase_ended(txn);
	return e == OK ? OK : because(why, e, "the change could not be written: %s", err_text(e));
}

enum err leaf_forget(struct notebook_txn *txn, struct leaf_own *own)
{
	struct space *space = NULL;
	if (!own->leaf.is_private && space_open(txn, own->leaf.space, &space) == OK)
		space_unmark_draft(space, own->leaf.id);
	own->erased = true;
	own->dirty_record = own->dirty_draft = own->dirty_state = false;
	return OK;
}

/* ---- Private ones. */

enum err leaf_open(struct notebook_txn *txn, struct id id, struct leaf **out, struct why *why)
{
	struct leaf_own *own = NULL;
	enum err e = leaf_load(txn, id, &own);
	if (e == OK && own->leaf.head == NULL)
		e = ERR_NOT_FOUND;
	*out = e == OK ? &own->leaf : NULL;
	if (e == ERR_NOT_FOUND)
		return because(why, e, "there is no such document here");
	return e == OK ? OK : because(why, e, "a document cannot be read: %s", err_text(e));
}

static struct leaf_own *new_leaf(struct notebook_txn *txn, struct id id, struct id space,
	const struct document_head *head, const struct vector *since, const uint8_t nonce[16])
{
	struct leaf_own *own = leaf_add(txn, id, space);
	own->leaf.draft = draft_new(random_id(), since, head, nonce);
	own->dirty_draft = true;
	leaf_place(txn, own);
	return own;
}

enum err leaf_new(struct notebook_txn *txn, const struct kind_schema *kind, struct leaf **out,
	struct why *why)
{
	static const uint8_t no_nonce[16];
	static const struct vector nothing;
	*out = NULL;
	if ((kind->ways & (1u << WAY_PRIVATE)) == 0)
		return because(why, ERR_REFUSED,
			"a %s is made together with a partner: say --with NAME", kind->name);
	struct document_head head = {.kind = kind,
		.owner = txn->notebook->me.person,
		.role = ROLE_READ,
		.way = WAY_PRIVATE};
	struct leaf_own *own =
		new_leaf(txn, random_id(), txn->notebook->mine, &head, &nothing, no_nonce);
	*out = &own->leaf;
	return OK;
}

static enum err pair_space(struct notebook_txn *txn, struct partner *partner, struct space **out,
	struct why *why)
{
	if (partner == NULL)
		return because(why, ERR_NOT_FOUND, "no such partner");
	enum err e = space_open(txn, partner->space, out);
	if (e != OK)
		return because(why, e, "what you share with %s cannot be read: %s",
			partner->called, err_text(e));
	if (partner->state == PARTNER_LEAVING || partner->state == PARTNER_LEFT ||
		(*out)->closed_by_me || (*out)->closed_by_them)
		return because(why, ERR_REFUSED,
			"you and %s are no longer paired: pair again to share", partner->called);
	return OK;
}

enum err leaf_new_together(struct notebook_txn *txn, const struct kind_schema *kind,
	const struct person_id *person, struct leaf **out, struct why *why)
{
	*out = NULL;
	if ((kind->ways & (1u << WAY_TOGETHER)) == 0)
		return because(why, ERR_REFUSED,
			"a %s begins private: make it, then share it", kind->name);
	struct space *space = NULL;
	struct partner *partner = people_partner(txn, person);
	enum err e = pair_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct space_log *log = space_own_log(txn, space);
	if (log == NULL)
		return because(why, ERR_REFUSED, "too many devices wrote here: pair again");
	uint8_t nonce[16];
	random_fill(nonce, sizeof nonce);
	struct document_head head = {.kind = kind,
		.owner = txn->notebook->me.person,
		.role = ROLE_EDIT,
		.way = WAY_TOGETHER};
	struct vector since = {0};
	space_vector(space, &since);
	struct leaf_own *own = new_leaf(
		txn, entry_document_id(log->id, nonce), space->id, &head, &since, nonce);
	vector_release(&since);
	own->leaf.shared_s = txn->now_s;
	*out = &own->leaf;
	return OK;
}

enum err leaf_note(struct notebook_txn *txn, struct bytes text, struct why *why)
{
	if (text.len == 0)
		return OK;
	const struct kind_schema *kind =
		schema_kind(txn->notebook->schema, bytes_text("note"));
	const struct field_schema *body = kind != NULL ? kind_field(kind, bytes_text("body")) : NULL;
	struct leaf *leaf = NULL;
	if (body == NULL)
		return because(why, ERR_REFUSED, "this schema has no notes");
	enum err e = leaf_new(txn, kind, &leaf, why);
	if (e != OK)
		return e;
	return draft_text(leaf->draft, NULL, body, (struct bytes){0}, (struct bytes){0}, text, why);
}

enum err leaf_private_copy(
	struct notebook_txn *txn, struct leaf_own *from, struct id id, struct why *why)
{
	(void)why;
	struct document_head head = *from->leaf.head;
	head.owner = txn->notebook->me.person;
	head.way = WAY_PRIVATE;
	struct leaf_own *own = leaf_add(txn, id, txn->notebook->mine);
	own->leaf.draft = draft_flatten(from->leaf.sealed, from->leaf.draft, random_id(), &head);
	own->dirty_draft = own->dirty_record = true;
	leaf_place(txn, own);
	return OK;
}

/* ---- Writing a field. */

enum err leaf_field(struct notebook_txn *txn, struct leaf *leaf, struct bytes name,
	const struct field_schema **field, struct why *why)
{
	*field = kind_field(leaf->head->kind, name);
	if (*field == NULL)
		return because(why, ERR_NOT_FOUND, "a %s has no field \"%.*s\"",
			leaf->head->kind->name, (int)(name.len < 64 ? name.len : 64), name.at);
	if (leaf->unread)
		return because(why, ERR_UNREAD,
			"a newer kith wrote in this document: update yours before you change it");
	bool creating = leaf->sealed == NULL;
	if (!leaf->is_private && !id_is_zero(leaf->master) && (*field)->who != WHO_COMMENT)
		return because(why, ERR_REFUSED,
			"this follows your own document: change that one");
	if (!leaf->is_private &&
		!document_may(leaf->head, &txn->notebook->me.person, *field, creating))
		return because(why, ERR_REFUSED,
			"only the other side may change %s here", (*field)->name);
	return OK;
}

enum err leaf_draft(
	struct notebook_txn *txn, struct leaf *leaf, struct draft **out, struct why *why)
{
	struct leaf_own *own = own_of(leaf);
	if (!txn->write)
		return because(why, ERR_REFUSED, "this only looks, it cannot write");
	if (leaf->draft == NULL) {
		struct vector since = {0};
		struct space *space = NULL;
		enum err e = space_open(txn, leaf->space, &space);
		if (e != OK)
			return because(why, e, "a space cannot be read: %s", err_text(e));
		space_vector(space, &since);
		leaf->draft = draft_new(random_id(), &since, NULL, NULL);
		vector_release(&since);
	}
	own->dirty_draft = true;
	*out = leaf->draft;
	return OK;
}

/* ---- All, links, aliases. */

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

enum err leaf_all(struct notebook_txn *txn, const struct id **out, size_t *count, struct why *why)
{
	if (!txn->all_loaded) {
		enum err e = store_documents(txn->store, &txn->all, &txn->all_count);
		if (e != OK)
			return because(why, e, "the documents cannot be read: %s", err_text(e));
		if (txn->all_count > 1)
			qsort(txn->all, txn->all_count, sizeof *txn->all, by_id);
		txn->all_loaded = true;
	}
	*out = txn->all;
	*count = txn->all_count;
	return OK;
}

enum err leaf_links(
	struct notebook_txn *txn, struct id master, struct leaf_copy **out, size_t *count)
{
	CLEAN_BUF struct buf record = {0};
	*out = NULL;
	*count = 0;
	enum err e = store_get(txn->store, TABLE_LINK, BYTES_OF(master.b), &record);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	*count = record.len / sizeof(struct leaf_copy);
	*out = arena_array(&txn->arena, *count, sizeof **out);
	memcpy(*out, record.at, *count * sizeof **out);
	return OK;
}

enum err leaf_set_links(
	struct notebook_txn *txn, struct id master, const struct leaf_copy *links, size_t count)
{
	if (count == 0)
		return store_delete(txn->store, TABLE_LINK, BYTES_OF(master.b));
	return store_put(txn->store, TABLE_LINK, BYTES_OF(master.b),
		(struct bytes){(const uint8_t *)links, count * sizeof *links});
}

size_t leaf_copies(struct notebook_txn *txn, struct id master, struct leaf_copy **out)
{
	size_t count = 0;
	return leaf_links(txn, master, out, &count) == OK ? count : 0;
}

static const char alias_key[] = "aliases";

enum err leaf_alias(struct notebook_txn *txn, struct id before, struct id now)
{
	CLEAN_BUF struct buf all = {0};
	enum err e = store_get(txn->store, TABLE_SETTINGS, bytes_text(alias_key), &all);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	buf_add(&all, BYTES_OF(before.b));
	buf_add(&all, BYTES_OF(now.b));
	return store_put(txn->store, TABLE_SETTINGS, bytes_text(alias_key), buf_bytes(&all));
}

enum err leaf_erase(struct notebook_txn *txn, struct id id, struct why *why)
{
	struct leaf *leaf = NULL;
	enum err e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	char handle[HANDLE_TEXT];
	leaf_handle(txn, leaf, handle);
	struct leaf_copy *copies = NULL;
	if (!leaf->is_private || leaf_copies(txn, id, &copies) > 0)
		return because(why, ERR_REFUSED,
			leaf->by_me ? "%s is shared: `kith takeback %s` first"
				    : "%s is your partner's: `kith drop %s` lets it go",
			handle, handle);
	return leaf_forget(txn, own_of(leaf));
}

/* ---- Handles. */

static size_t common_prefix(const char *a, const char *b)
{
	size_t n = 0;
	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

void leaf_handle(struct notebook_txn *txn, const struct leaf *leaf, char out[HANDLE_TEXT])
{
	const struct id *ids = NULL;
	size_t count = 0, len = HANDLE_MIN;
	char text[ID_TEXT + 1], other[ID_TEXT + 1];
	id_text(leaf->id, text);
	if (leaf_all(txn, &ids, &count, NULL) == OK) {
		size_t low = 0, high = count;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (id_compare(ids[middle], leaf->id) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		size_t after = low < count && id_equal(ids[low], leaf->id) ? low + 1 : low;
		for (size_t side = 0; side < 2; side++) {
			size_t at = side == 0 ? low - 1 : after;
			if ((side == 0 && low == 0) || at >= count)
				continue;
			id_text(ids[at], other);
			size_t same = common_prefix(text, other) + 1;
			if (same > len)
				len = same;
		}
	}
	out[0] = leaf->head->kind->letter;
	out[1] = '-';
	memcpy(out + 2, text, len);
	out[2 + len] = '\0';
}

static enum err find_alias(struct notebook_txn *txn, const char *digits, struct id *out)
{
	CLEAN_BUF struct buf all = {0};
	if (store_get(txn->store, TABLE_SETTINGS, bytes_text(alias_key), &all) != OK)
		return ERR_NOT_FOUND;
	struct bytes rest = buf_bytes(&all);
	struct id before, now;
	bool found = false;
	while (bytes_take_into(&rest, before.b, 16) && bytes_take_into(&rest, now.b, 16)) {
		char text[ID_TEXT + 1];
		id_text(before, text);
		/* The newest meaning of an old handle holds. */
		if (strncmp(text, digits, strlen(digits)) == 0) {
			*out = now;
			found = true;
		}
	}
	return found ? OK : ERR_NOT_FOUND;
}

enum err leaf_find(
	struct notebook_txn *txn, const char *handle, struct id *out, struct why *why)
{
	char letter = 0, digits[ID_TEXT + 1];
	if (!handle_read(handle, &letter, digits))
		return because(why, ERR_NOT_FOUND,
			"\"%.40s\" is not a handle: `kith list` shows them", handle);
	const struct id *ids = NULL;
	size_t count = 0, found = 0;
	enum err e = leaf_all(txn, &ids, &count, why);
	if (e != OK)
		return e;
	CLEAN_BUF struct buf all = {0};
	for (size_t i = 0; i < count && found < 9; i++) {
		char text[ID_TEXT + 1];
		id_text(ids[i], text);
		struct leaf *leaf = NULL;
		if (strncmp(text, digits, strlen(digits)) != 0 ||
			leaf_open(txn, ids[i], &leaf, NULL) != OK ||
			leaf->head->kind->letter != letter)
			continue;
		char one[HANDLE_TEXT];
		leaf_handle(txn, leaf, one);
		buf_add_format(&all, "%s%s", found > 0 ? ", " : "", one);
		*out = ids[i];
		found++;
	}
	if (found == 1)
		return OK;
	if (found > 1)
		return because(why, ERR_AMBIGUOUS, "%s may be %s: type more of it", handle,
			buf_text(&all));
	if (find_alias(txn, digits, out) == OK)
		return OK;
	return because(why, ERR_NOT_FOUND, "nothing here is called %s: `kith list` shows what is",
		handle);
}
