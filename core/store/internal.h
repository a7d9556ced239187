/*
 * What the files of this room share and nobody else sees: the store and its transaction.
 */
#ifndef KITH_STORE_INTERNAL_H
#define KITH_STORE_INTERNAL_H

#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/store/header.h"
#include "core/store/keyring.h"
#include "core/store/names.h"
#include "core/store/store.h"

/* The most bytes that a data file may grow to: address space. */
static inline size_t map_default(void)
{
	return STORE_MAP_DEFAULT < SIZE_MAX ? (size_t)STORE_MAP_DEFAULT : SIZE_MAX / 4;
}

/* In locked memory. */
struct vault {
	struct store_keys keys;
	struct secret erasure_key;
};

struct store {
	char *dir;
	int dir_fd, header_fd, watch_fd;
	MDB_env *env;
	MDB_dbi dbi;
	struct vault *vault;
	struct id id;
	uint64_t erasure;       /* number of vault->erasure_key; 0: not known yet */
	bool header_unsure;     /* a write of it failed: nobody knows what the disk has */
	struct keyring *ring;   /* NULL: not read, or no longer true */
	uint64_t ring_revision; /* of LMDB's chunks when `ring` was read */
	struct store_txn *txn;  /* the one that is open */
};

/* What LMDB says of its own key chunks, in a record of its own. */
struct state {
	uint64_t erasure;  /* number of the key they are sealed under */
	uint64_t revision; /* one more each time any of them changes */
	uint32_t chunks;
};

struct store_txn {
	struct store *store;
	MDB_txn *mdb;
	bool write;
	bool ring_changed; /* the store's ring is ahead of LMDB */
	bool erasing;      /* some documents' keys were dropped */
	enum err failed;   /* the first thing that could not be written */
	struct state state;
	struct buf box; /* of the record being written */
};

/* store_open() for the only process that has it open: until it is closed all others wait.
 * Errors: ERR_BUSY when one has. */
MUST_USE enum err store_open_alone(const char *dir, const struct secret *master,
	struct store **out, struct why *why);

/* LMDB lets go of the data file; the store can only be closed then. */
void store_close_env(struct store *store);

/* Note that something could not be written, and return it: after this the transaction can
 * only be given up, whether the caller looked or not. */
enum err txn_fail(struct store_txn *txn, enum err e);

/* ---- record.c: one sealed record. */

/* Whose it is and what it is called. Table 0 is the store's own. */
struct record {
	struct id document; /* zero: the store's */
	unsigned table;
	struct bytes key;
};

MUST_USE enum err record_get(struct store_txn *txn, const struct record *record,
	const struct secret *key, struct buf *out);
MUST_USE enum err record_put(struct store_txn *txn, const struct record *record,
	const struct secret *key, struct bytes value);
MUST_USE enum err record_delete(struct store_txn *txn, const struct record *record);

/* What a record is called in LMDB. */
void record_name(const struct store_keys *keys, const struct record *record,
	uint8_t out[NAME_LEN]);

/* A record as it lies in LMDB: of whom and in which table is not written on it. */
struct raw_record {
	MDB_val name, value;
};

/*
 * Open it: its owner says which key, and each table is tried, `*table` first, which is
 * set to the right one. `content` is what was in it. Errors: ERR_NOT_FOUND when the
 * document has no key; ERR_DAMAGED. `*document` is whose it says it is in either case.
 */
MUST_USE enum err record_try(struct store_txn *txn, const struct keyring *ring,
	const struct raw_record *raw, unsigned *table, struct id *document,
	struct buf *content);

/* Delete all records of these documents, which get sorted. */
MUST_USE enum err record_delete_all_of(
	struct store_txn *txn, struct id *documents, size_t count);

/* ---- chunks.c: the keyring and its state in LMDB. */

MUST_USE enum err state_get(struct store_txn *txn);
MUST_USE enum err state_put(struct store_txn *txn);

/* The ring as this transaction sees it; borrowed. Errors: ERR_DAMAGED, ERR_IO. */
MUST_USE enum err chunks_ring(struct store_txn *txn, struct keyring **out);

/* Write what changed of the ring, under that erasure key, and the state. */
MUST_USE enum err chunks_put(
	struct store_txn *txn, const struct secret *erasure_key, uint64_t number);

/* The ring is not what LMDB holds, or nobody knows. */
void chunks_forget(struct store *store);

#endif
