/*
 * The record of a document, under its own key: where it stands, what this store notes of
 * it, and its sealed content. The draft is a record apart, as it changes alone.
 */
#include <string.h>

#include "core/notebook/internal.h"

void leaf_own_release(struct leaf_own *leaf)
{
	document_free(leaf->leaf.sealed);
	document_free(leaf->before);
	draft_free(leaf->leaf.draft);
	vector_release(&leaf->touched);
	mem_free(leaf->seen);
	buf_release(&leaf->carried);
	mem_free(leaf);
}

#define LEAF_FORMAT 1u

enum leaf_flags {
	LEAF_COUNTED = 1,
	LEAF_INCOMPLETE = 2,
	LEAF_UNREAD = 4,
	LEAF_RESTORED = 8,
	LEAF_BOTH = 16,
};

void leaf_pack(const struct leaf_own *own, struct buf *out)
{
	const struct leaf *leaf = &own->leaf;
	pack_array(out, 14);
	pack_uint(out, LEAF_FORMAT);
	pack_bin(out, BYTES_OF(leaf->space.b));
	pack_uint(out, (own->counted ? LEAF_COUNTED : 0u) |
			       (leaf->incomplete ? LEAF_INCOMPLETE : 0u) |
			       (leaf->unread ? LEAF_UNREAD : 0u) |
			       (own->restored ? LEAF_RESTORED : 0u) |
			       (own->both ? LEAF_BOTH : 0u));
	pack_bin(out, own->counted ? BYTES_OF(own->state.b) : (struct bytes){0});
	pack_bin(out,
		id_is_zero(leaf->master) ? (struct bytes){0} : BYTES_OF(leaf->master.b));
	pack_bin(out, id_is_zero(own->from) ? (struct bytes){0} : BYTES_OF(own->from.b));
	vector_pack(&own->touched, out);
	pack_bin(out, BYTES_OF(own->born_log.b));
	pack_uint(out, own->born);
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

/* All but the content, which is left packed. */
static enum err read_own(struct bytes record, struct leaf_own *own, struct bytes *content)
{
	struct leaf *leaf = &own->leaf;
	struct pack_reader r = pack_read(record);
	(void)pack_read_array(&r, 14);
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
	pack_read_fixed(&r, own->born_log.b, sizeof own->born_log.b);
	own->born = pack_read_uint(&r, UINT64_MAX);
	leaf->shared_s = pack_read_uint(&r, UINT64_MAX);
	own->shares = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	struct bytes seen = pack_read_bin(&r, (size_t)LEAF_SEEN_MAX * 16);
	own->seen_count = own->seen_cap = seen.len / 16;
	own->seen = mem_array(own->seen_count, 16);
	(void)bytes_take_into(&seen, own->seen, own->seen_count * 16);
	buf_add(&own->carried, pack_read_bin(&r, SIZE_MAX));
	*content = pack_read_bin(&r, SIZE_MAX);
	return pack_done(&r) ? OK : ERR_DAMAGED;
}

static enum err read_draft(struct notebook_txn *txn, struct leaf_own *own)
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

static enum err read_kept(
	struct notebook_txn *txn, struct id id, bool whole, struct leaf_own **out)
{
	CLEAN_BUF struct buf record = {0};
	struct bytes content = {0};
	*out = NULL;
	enum err e =
		store_get_of(txn->store, id, TABLE_DOCUMENT, BYTES_OF(id.b), &record);
	if (e != OK)
		return e;
	struct leaf_own *own = mem_new(sizeof *own);
	own->leaf.id = id;
	e = read_own(buf_bytes(&record), own, &content);
	if (e == OK && whole && content.len > 0 &&
		document_load(txn->notebook->schema, content, &own->leaf.sealed) != OK)
		e = ERR_DAMAGED;
	if (e == OK && whole)
		e = read_draft(txn, own);
	if (e != OK)
		leaf_own_release(own);
	else
		*out = own;
	return e;
}

enum err leaf_read(struct notebook_txn *txn, struct id id, struct leaf_own **out)
{
	return read_kept(txn, id, true, out);
}

enum err leaf_peek(struct notebook_txn *txn, struct id id, struct leaf_own **out)
{
	return read_kept(txn, id, false, out);
}
