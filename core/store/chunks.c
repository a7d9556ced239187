#include "core/base/mem.h"
#include "core/store/internal.h"
#include "core/store/trouble.h"

/* The store's own records: table 0. */
#define TABLE_OWN 0u

#define STATE_LEN 20u

/* ---- The state. */

static struct record state_record(void)
{
	return (struct record){.table = TABLE_OWN, .key = bytes_text("state")};
}

enum err state_get(struct store_txn *txn)
{
	struct record record = state_record();
	CLEAN_BUF struct buf value = {0};
	enum err e = record_get(txn, &record, &txn->store->vault->keys.record, &value);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
	struct bytes rest = buf_bytes(&value);
	if (rest.len != STATE_LEN || !bytes_take_u64(&rest, &txn->state.erasure) ||
		!bytes_take_u64(&rest, &txn->state.revision) ||
		!bytes_take_u32(&rest, &txn->state.chunks) ||
		txn->state.chunks > KEYRING_CHUNKS_MAX)
		return ERR_DAMAGED;
	return OK;
}

enum err state_put(struct store_txn *txn)
{
	struct record record = state_record();
	CLEAN_BUF struct buf value = {0};
	buf_add_u64(&value, txn->state.erasure);
	buf_add_u64(&value, txn->state.revision);
	buf_add_u32(&value, txn->state.chunks);
	return record_put(
		txn, &record, &txn->store->vault->keys.record, buf_bytes(&value));
}

/* ---- Chunks: records as others, whose content the keyring has sealed under the erasure
 * key first. */

struct chunk_key {
	uint8_t b[8];
};

static struct record chunk_record(uint32_t chunk, struct chunk_key *key)
{
	*key = (struct chunk_key){{'k', 'e', 'y', 's', (uint8_t)(chunk >> 24),
		(uint8_t)(chunk >> 16), (uint8_t)(chunk >> 8), (uint8_t)chunk}};
	return (struct record){.table = TABLE_OWN, .key = BYTES_OF(key->b)};
}

static struct keyring_place place_of(
	const struct store *store, uint64_t erasure, uint32_t chunk)
{
	return (struct keyring_place){
		.store = store->id, .erasure = erasure, .chunk = chunk};
}

static enum err read_chunk(struct store_txn *txn, struct keyring *ring, uint32_t chunk)
{
	struct store *store = txn->store;
	struct chunk_key key;
	struct record record = chunk_record(chunk, &key);
	CLEAN_BUF struct buf box = {0};
	enum err e = record_get(txn, &record, &store->vault->keys.record, &box);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
	struct keyring_place place = place_of(store, txn->state.erasure, chunk);
	return keyring_open_chunk(
		ring, &store->vault->erasure_key, &place, buf_bytes(&box));
}

void chunks_forget(struct store *store)
{
	keyring_free(store->ring);
	store->ring = NULL;
}

enum err chunks_ring(struct store_txn *txn, struct keyring **out)
{
	struct store *store = txn->store;
	/* A changed ring is ahead of the revision that it was read at. */
	if (store->ring == NULL || store->ring_revision != txn->state.revision) {
		chunks_forget(store);
		struct keyring *ring = keyring_new(txn->state.chunks);
		enum err e = OK;
		for (uint32_t i = 0; e == OK && i < txn->state.chunks; i++)
			e = read_chunk(txn, ring, i);
		if (e != OK) {
			keyring_free(ring);
			return e;
		}
		store->ring = ring;
		store->ring_revision = txn->state.revision;
	}
	*out = store->ring;
	return OK;
}

static enum err write_chunk(struct store_txn *txn, const struct secret *erasure_key,
	uint64_t number, uint32_t chunk)
{
	struct chunk_key key;
	struct record record = chunk_record(chunk, &key);
	struct keyring_place place = place_of(txn->store, number, chunk);
	CLEAN_BUF struct buf box = {0};
	keyring_seal_chunk(txn->store->ring, erasure_key, &place, &box);
	return record_put(txn, &record, &txn->store->vault->keys.record, buf_bytes(&box));
}

enum err chunks_put(
	struct store_txn *txn, const struct secret *erasure_key, uint64_t number)
{
	const struct keyring *ring = txn->store->ring;
	uint32_t before = txn->state.chunks, now = keyring_chunks(ring);
	enum err e = OK;
	for (uint32_t i = 0; e == OK && i < now; i++)
		if (keyring_is_dirty(ring, i))
			e = write_chunk(txn, erasure_key, number, i);
	for (uint32_t i = now; e == OK && i < before; i++) {
		struct chunk_key key;
		struct record record = chunk_record(i, &key);
		e = record_delete(txn, &record);
	}
	txn->state.erasure = number;
	txn->state.revision++;
	txn->state.chunks = now;
	return e == OK ? state_put(txn) : e;
}
