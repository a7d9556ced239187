#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crypto/seal.h"
#include "core/store/internal.h"
#include "core/store/trouble.h"

/* In LMDB: name[16] → owner[16] ‖ box. */

void record_name(
	const struct store_keys *keys, const struct record *record, uint8_t out[NAME_LEN])
{
	uint8_t table = (uint8_t)record->table;
	struct bytes parts[] = {{&table, 1}, BYTES_OF(record->document.b), record->key};
	keyed_hash(BYTES_OF(keys->name.b), "kith/name/1", parts, 3, out, NAME_LEN);
}

static void name_of(
	const struct store *store, const struct record *record, uint8_t out[NAME_LEN])
{
	record_name(&store->vault->keys, record, out);
}

/* A value lies in one store, in one table, under one name, for one document. */
#define CONTEXT_LEN (4 + 16 + 1 + NAME_LEN + 16)

static void context_of(const struct store *store, const struct record *record,
	const uint8_t name[NAME_LEN], uint8_t out[CONTEXT_LEN])
{
	static const uint8_t label[4] = {'r', 'e', 'c', '1'};
	memcpy(out, label, sizeof label);
	memcpy(out + 4, store->id.b, 16);
	out[20] = (uint8_t)record->table;
	memcpy(out + 21, name, NAME_LEN);
	memcpy(out + 21 + NAME_LEN, record->document.b, 16);
}

/* The owner's id under a mask that the box's nonce makes: the same function both ways.
 * Who has the master key can sort records by document, nobody else can. */
static void mask_owner(const struct store *store, const uint8_t nonce[SEAL_NONCE],
	const uint8_t in[OWNER_LEN], uint8_t out[OWNER_LEN])
{
	struct bytes parts[] = {{nonce, SEAL_NONCE}};
	uint8_t mask[OWNER_LEN];
	keyed_hash(BYTES_OF(store->vault->keys.owner.b), "kith/owner/1", parts, 1, mask,
		sizeof mask);
	for (size_t i = 0; i < OWNER_LEN; i++)
		out[i] = in[i] ^ mask[i];
}

static MDB_val name_val(uint8_t name[NAME_LEN])
{
	return (MDB_val){.mv_size = NAME_LEN, .mv_data = name};
}

enum err record_get(struct store_txn *txn, const struct record *record,
	const struct secret *key, struct buf *out)
{
	uint8_t name[NAME_LEN], context[CONTEXT_LEN];
	name_of(txn->store, record, name);
	MDB_val at = name_val(name), value;
	int rc = mdb_get(txn->mdb, txn->store->dbi, &at, &value);
	if (rc != 0)
		return trouble_of(rc, -1);
	struct bytes box = {value.mv_data, value.mv_size}, owner;
	if (box.len > seal_len(STORE_VALUE_MAX) + OWNER_LEN ||
		!bytes_take(&box, OWNER_LEN, &owner))
		return ERR_DAMAGED;
	context_of(txn->store, record, name, context);
	return seal_open(key, BYTES_OF(context), box, out) == OK ? OK : ERR_DAMAGED;
}

enum err record_try(struct store_txn *txn, const struct keyring *ring,
	const struct raw_record *raw, unsigned *table, struct id *document,
	struct buf *content)
{
	struct bytes box = {raw->value.mv_data, raw->value.mv_size}, owner;
	*document = (struct id){{0}};
	if (raw->name.mv_size != NAME_LEN ||
		box.len > seal_len(STORE_VALUE_MAX) + OWNER_LEN ||
		!bytes_take(&box, OWNER_LEN, &owner) || box.len < SEAL_NONCE)
		return ERR_DAMAGED;
	mask_owner(txn->store, box.at, owner.at, document->b);
	const struct secret *key = &txn->store->vault->keys.record;
	if (!id_is_zero(*document))
		key = keyring_find(ring, *document);
	if (key == NULL)
		return ERR_NOT_FOUND;
	for (unsigned i = 0; i < TABLES; i++) {
		uint8_t context[CONTEXT_LEN];
		struct record record = {
			.document = *document, .table = (*table + i) % TABLES};
		context_of(txn->store, &record, raw->name.mv_data, context);
		buf_clear(content);
		if (seal_open(key, BYTES_OF(context), box, content) != OK)
			continue;
		*table = record.table;
		return OK;
	}
	return ERR_DAMAGED;
}

enum err txn_fail(struct store_txn *txn, enum err e)
{
	if (txn->failed == OK)
		txn->failed = e;
	return e;
}

enum err record_put(struct store_txn *txn, const struct record *record,
	const struct secret *key, struct bytes value)
{
	if (!txn->write)
		return ERR_READ_ONLY;
	if (value.len > STORE_VALUE_MAX || record->key.len > STORE_KEY_MAX)
		return txn_fail(txn, ERR_TOO_BIG);
	uint8_t name[NAME_LEN], context[CONTEXT_LEN];
	name_of(txn->store, record, name);
	context_of(txn->store, record, name, context);

	struct buf *box = &txn->box;
	buf_clear(box);
	(void)buf_extend(box, OWNER_LEN);
	seal(key, BYTES_OF(context), value, box);
	mask_owner(txn->store, box->at + OWNER_LEN, record->document.b, box->at);

	MDB_val at = name_val(name);
	MDB_val sealed = {.mv_size = box->len, .mv_data = box->at};
	int rc = mdb_put(txn->mdb, txn->store->dbi, &at, &sealed, 0);
	return rc == 0 ? OK : txn_fail(txn, trouble_of(rc, txn->store->dir_fd));
}

static enum err delete_named(struct store_txn *txn, uint8_t name[NAME_LEN])
{
	MDB_val at = name_val(name);
	int rc = mdb_del(txn->mdb, txn->store->dbi, &at, NULL);
	if (rc == 0 || rc == MDB_NOTFOUND)
		return OK;
	return txn_fail(txn, trouble_of(rc, txn->store->dir_fd));
}

enum err record_delete(struct store_txn *txn, const struct record *record)
{
	if (!txn->write)
		return ERR_READ_ONLY;
	uint8_t name[NAME_LEN];
	name_of(txn->store, record, name);
	return delete_named(txn, name);
}

/* ---- All records of some documents. Looked for, not listed: a list of what belongs to
 * whom would have to be written at each put, or be readable on the disk. */

static int by_id(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct id));
}

static bool is_owned(const struct store *store, MDB_val value, const struct id *documents,
	size_t count)
{
	struct id owner;
	const uint8_t *at = value.mv_data;
	if (value.mv_size < OWNER_LEN + SEAL_NONCE)
		return false;
	mask_owner(store, at + OWNER_LEN, at, owner.b);
	return bsearch(&owner, documents, count, sizeof *documents, by_id) != NULL;
}

/* Collected before any is deleted: a cursor does not like its tree to change. */
static enum err find_owned(struct store_txn *txn, const struct id *documents,
	size_t count, struct buf *names)
{
	MDB_cursor *cursor = NULL;
	int rc = mdb_cursor_open(txn->mdb, txn->store->dbi, &cursor);
	if (rc != 0)
		return trouble_of(rc, -1);
	MDB_val name, value;
	rc = mdb_cursor_get(cursor, &name, &value, MDB_FIRST);
	for (; rc == 0; rc = mdb_cursor_get(cursor, &name, &value, MDB_NEXT))
		if (name.mv_size == NAME_LEN &&
			is_owned(txn->store, value, documents, count))
			buf_add_raw(names, name.mv_data, NAME_LEN);
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? OK : trouble_of(rc, -1);
}

enum err record_delete_all_of(struct store_txn *txn, struct id *documents, size_t count)
{
	CLEAN_BUF struct buf names = {0};
	qsort(documents, count, sizeof *documents, by_id);
	enum err e = find_owned(txn, documents, count, &names);
	if (e != OK)
		return txn_fail(txn, e);
	for (size_t at = 0; e == OK && at < names.len; at += NAME_LEN)
		e = delete_named(txn, names.at + at);
	return e;
}
