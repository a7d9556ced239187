/*
 * The header file: what opens the store, and the erasure key. Not in LMDB, which keeps
 * old pages: this is the one place where a key can be overwritten.
 *
 * Two slots, passphrase and recovery key, each wrap the same random master key. One
 * erasure key, two while an erasing commit is under way, are wrapped under a key derived
 * from it. The file holds everything twice, so that a write cut short leaves one good
 * copy.
 *
 * Bytes: FORMAT.md. Source: SECURITY §4.1, §4.4.
 */
#ifndef KITH_STORE_HEADER_H
#define KITH_STORE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/id.h"
#include "core/crypto/keys.h"
#include "core/crypto/seal.h"
#include "core/store/recovery.h"
#include "core/store/store.h"

#define HEADER_NAME    "header"
#define HEADER_VERSION 2u
#define HEADER_COPY    512u  /* bytes of one copy */
#define HEADER_STRIDE  4096u /* from one copy to the next: never in one block */
#define HEADER_FILE    8192u

/* What the master key is for: each use has a key of its own. In locked memory. */
struct store_keys {
	struct secret name;    /* record names */
	struct secret record;  /* records of the store */
	struct secret erasure; /* wraps the erasure key */
	struct secret mac;     /* of the header */
	struct secret owner;   /* hides whose a record is */
	struct secret backup;  /* of a backup's stream */
};

void store_keys_wipe(struct store_keys *keys);
void store_keys_derive(const struct secret *master, struct store_keys *out);

enum slot_type {
	SLOT_EMPTY = 0,
	SLOT_PASSPHRASE = 1, /* Argon2id 1.3 */
	SLOT_RECOVERY = 2,   /* BLAKE2b */
};

struct header_slot {
	uint8_t type;
	uint8_t salt[PASSPHRASE_SALT];
	uint64_t ops, mem; /* of Argon2id */
	uint8_t wrapped[WRAPPED_LEN];
};

struct header_erasure {
	uint64_t number; /* from 1, one more at each erasing commit */
	uint8_t wrapped[WRAPPED_LEN];
};

/* Invariant: 1 or 2 erasure keys, of consecutive numbers. */
struct header {
	struct id store;
	uint64_t generation; /* one more at each write */
	struct header_slot slots[2];
	struct header_erasure erasure[2];
	uint8_t erasure_count;
};

/* A new header around a random master key, which comes out too. `recovery` may be NULL.
 * Errors: ERR_INVALID; ERR_FULL when there is no memory for the key. */
MUST_USE enum err header_make(struct bytes passphrase, enum kdf kdf,
	const struct recovery *recovery, struct header *out, struct secret *master);

/* One copy as bytes. */
void header_pack(const struct header *header, const struct store_keys *keys,
	uint8_t out[HEADER_COPY]);

/* And back. OK, or the reason why this copy is none, each saying more about it than the
 * one before: ERR_FOREIGN, ERR_DAMAGED, ERR_VERSION, ERR_PASSPHRASE (only with `keys`,
 * which may be NULL: then the MAC is not looked at). */
MUST_USE enum err header_unpack(const uint8_t copy[HEADER_COPY],
	const struct store_keys *keys, struct header *out);

/*
 * A slot that a new passphrase opens, for the master key of that store. `kdf` NULL: at
 * the cost of `before`. Errors: ERR_FULL when there is no memory for the key; ERR_DAMAGED
 * when `before` asks for the impossible.
 */
MUST_USE enum err header_make_slot(struct id store, struct bytes passphrase,
	const enum kdf *kdf, const struct header_slot *before,
	const struct secret *master, struct header_slot *out);

/* The slot of that type, or NULL. */
struct header_slot *header_slot_of(struct header *header, enum slot_type type);

/*
 * Read the newest good copy. With `keys` a copy is good only if its MAC is; `*torn` (may
 * be NULL) says that the file must be written again: the copies differ. Errors:
 * ERR_FOREIGN where no header is; ERR_DAMAGED; ERR_VERSION; ERR_PASSPHRASE when a copy is
 * whole and `keys` are not its own; ERR_IO.
 */
MUST_USE enum err header_read(
	int fd, const struct store_keys *keys, struct header *out, bool *torn);

/* The same where another process may be writing: what looks damaged is looked at again,
 * for some milliseconds. Both copies look torn to one who reads the first while it is
 * written, and the second after that. */
MUST_USE enum err header_load(
	int fd, const struct store_keys *keys, struct header *out, bool *torn);

/* Raise the generation and write both copies, one after the other, each on the disk
 * before the next. Only the writer of the store may. Errors: ERR_IO, ERR_FULL,
 * ERR_READ_ONLY. */
MUST_USE enum err header_write(
	int fd, const struct store_keys *keys, struct header *header);

/* Try a passphrase or a recovery key's text on the slots. Errors: ERR_PASSPHRASE;
 * ERR_DAMAGED when a slot asks for the impossible; ERR_FULL. */
MUST_USE enum err header_unlock(
	const struct header *header, struct bytes passphrase, struct secret *master);

/* The erasure key of that number. False when the header has none, or it does not open. */
bool header_erasure_key(const struct header *header, const struct store_keys *keys,
	uint64_t number, struct secret *out);

/* Add an erasure key; there must be one so far, or none. */
void header_add_erasure(struct header *header, const struct store_keys *keys,
	uint64_t number, const struct secret *key);

/* Keep only the erasure key of that number. False, and nothing changed, when it is not
 * there. */
bool header_keep_erasure(struct header *header, uint64_t number);

#endif
