/*
 * The keyring: one random data key per document, in chunks that are sealed under the
 * erasure key. A document whose key is gone cannot be read by anybody, whatever copy of
 * its records is left on the disk (SECURITY §4.4).
 *
 * Kept whole in memory: 48 bytes a document. Adding a document dirties one chunk;
 * dropping some closes the gaps and dirties all, since an erase writes all of them
 * anyway.
 */
#ifndef KITH_STORE_KEYRING_H
#define KITH_STORE_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/id.h"
#include "core/crypto/keys.h"

#define KEYRING_CHUNK 128u /* documents in a chunk */
#define KEYRING_CHUNK_LEN                                                                \
	((size_t)KEYRING_CHUNK * 48)  /* bytes of one, before sealing                    \
				       */
#define KEYRING_CHUNKS_MAX (1u << 17) /* 16 million documents */

struct keyring;

/* An empty ring, with room for what so many chunks hold. */
struct keyring *keyring_new(uint32_t chunks);
void keyring_free(struct keyring *ring);

/* What a chunk is bound to: nothing sealed for one place opens in another. */
struct keyring_place {
	struct id store;
	uint64_t erasure; /* number of the erasure key */
	uint32_t chunk;
};

/* Take in the next chunk, from 0 on. Errors: ERR_DAMAGED; the ring is of no use then. */
MUST_USE enum err keyring_open_chunk(struct keyring *ring,
	const struct secret *erasure_key, const struct keyring_place *place,
	struct bytes box);

/* Append the box of one chunk. */
void keyring_seal_chunk(const struct keyring *ring, const struct secret *erasure_key,
	const struct keyring_place *place, struct buf *box);

uint32_t keyring_chunks(const struct keyring *ring);
bool keyring_is_dirty(const struct keyring *ring, uint32_t chunk);
void keyring_set_clean(struct keyring *ring);

size_t keyring_count(const struct keyring *ring);
struct id keyring_at(
	const struct keyring *ring, size_t i); /* 0 … count - 1, in no order */

/* The document's key, or NULL; borrowed until the ring changes. */
const struct secret *keyring_find(const struct keyring *ring, struct id document);

/* A new random key for a document that has none. NULL when the ring is full. */
const struct secret *keyring_add(struct keyring *ring, struct id document);

/* Drop these documents' keys; how many there were. */
size_t keyring_drop(struct keyring *ring, const struct id *documents, size_t count);

#endif
