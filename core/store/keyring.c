#include "core/store/keyring.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/crypto/seal.h"

/* As it stands in a chunk. The zero id is an empty place. */
struct entry {
	struct id id;
	struct secret key;
};

_Static_assert(sizeof(struct entry) * KEYRING_CHUNK == KEYRING_CHUNK_LEN, "no padding");

/* Invariants: the entries are dense, and zero from `count` to `room`; `room` is a
 * multiple of the chunk; `index` has at least twice as many places as there are entries.
 */
struct keyring {
	struct entry *entries; /* locked memory */
	size_t count, room;
	uint32_t *index; /* open addressing: entry + 1, or 0 */
	size_t places;   /* a power of two */
	unsigned shift;  /* 64 - log2(places) */
	uint64_t odd[2];
	bool *dirty; /* of each chunk, `room` / KEYRING_CHUNK of them */
};

void keyring_free(struct keyring *ring)
{
	if (ring == NULL)
		return;
	locked_free(ring->entries);
	mem_free(ring->index);
	mem_free(ring->dirty);
	mem_free(ring);
}

/* ---- The index. */

static size_t place_of(const struct keyring *ring, struct id id)
{
	uint64_t half[2];
	memcpy(half, id.b, sizeof half);
	return (size_t)((half[0] * ring->odd[0] + half[1] * ring->odd[1]) >> ring->shift);
}

/* The place where `id` is, or the free one where it would be. */
static size_t find_place(const struct keyring *ring, struct id id)
{
	size_t at = place_of(ring, id);
	while (ring->index[at] != 0 &&
		!id_equal(ring->entries[ring->index[at] - 1].id, id))
		at = (at + 1) & (ring->places - 1);
	return at;
}

static void index_all(struct keyring *ring)
{
	size_t places = KEYRING_CHUNK;
	unsigned bits = 7;
	while (places < 2 * ring->room) {
		places *= 2;
		bits++;
	}
	mem_free(ring->index);
	ring->index = mem_array(places, sizeof *ring->index);
	ring->places = places;
	ring->shift = 64 - bits;
	for (size_t i = 0; i < ring->count; i++)
		ring->index[find_place(ring, ring->entries[i].id)] = (uint32_t)(i + 1);
}

/* Room for so many documents at least. */
static void reserve(struct keyring *ring, size_t count)
{
	if (count <= ring->room)
		return;
	size_t room = ring->room == 0 ? 2 * (size_t)KEYRING_CHUNK : ring->room;
	while (room < count)
		room *= 2;
	struct entry *entries = locked_new(room * sizeof *entries);
	if (ring->count > 0)
		memcpy(entries, ring->entries, ring->count * sizeof *entries);
	locked_free(ring->entries);
	ring->entries = entries;
	bool *dirty = mem_array(room / KEYRING_CHUNK, sizeof *dirty);
	if (ring->room > 0)
		memcpy(dirty, ring->dirty, ring->room / KEYRING_CHUNK * sizeof *dirty);
	mem_free(ring->dirty);
	ring->dirty = dirty;
	ring->room = room;
	index_all(ring);
}

static const struct entry *lookup(const struct keyring *ring, struct id id)
{
	if (ring->count == 0)
		return NULL;
	uint32_t found = ring->index[find_place(ring, id)];
	return found != 0 ? &ring->entries[found - 1] : NULL;
}

/* A place for the key of a document that has none. Needs room; NULL when it has one. */
static struct secret *append(struct keyring *ring, struct id id)
{
	size_t at = find_place(ring, id);
	if (ring->index[at] != 0)
		return NULL;
	struct entry *entry = &ring->entries[ring->count++];
	ring->index[at] = (uint32_t)ring->count;
	entry->id = id;
	return &entry->key;
}

struct keyring *keyring_new(uint32_t chunks)
{
	assert(chunks <= KEYRING_CHUNKS_MAX);
	struct keyring *ring = mem_new(sizeof *ring);
	/* Ids come from partners too: without random factors they could be chosen to
	 * share one place. */
	random_fill(ring->odd, sizeof ring->odd);
	ring->odd[0] |= 1;
	ring->odd[1] |= 1;
	if (chunks > 0)
		reserve(ring, (size_t)chunks * KEYRING_CHUNK);
	return ring;
}

/* ---- Chunks. */

static void chunk_context(struct buf *ad, const struct keyring_place *place)
{
	buf_add_text(ad, "keys1");
	buf_add(ad, BYTES_OF(place->store.b));
	buf_add_u64(ad, place->erasure);
	buf_add_u32(ad, place->chunk);
}

/* Entries up to the first empty place, and nothing behind it. */
static bool take_entries(struct keyring *ring, struct bytes plain)
{
	bool ended = false;
	reserve(ring, ring->count + KEYRING_CHUNK);
	for (size_t i = 0; i < KEYRING_CHUNK; i++) {
		struct id id;
		struct bytes bytes;
		if (!bytes_take_into(&plain, id.b, sizeof id.b) ||
			!bytes_take(&plain, sizeof(struct secret), &bytes))
			return false;
		ended = ended || id_is_zero(id);
		if (ended != id_is_zero(id))
			return false;
		struct secret *key = ended ? NULL : append(ring, id);
		if (key != NULL)
			memcpy(key->b, bytes.at, sizeof key->b);
		else if (!ended)
			return false;
	}
	return plain.len == 0;
}

enum err keyring_open_chunk(struct keyring *ring, const struct secret *erasure_key,
	const struct keyring_place *place, struct bytes box)
{
	/* Only the last chunk may have empty places: what lies before must be full. */
	if (ring->count != (size_t)place->chunk * KEYRING_CHUNK ||
		box.len != seal_len(KEYRING_CHUNK_LEN))
		return ERR_DAMAGED;
	CLEAN_BUF struct buf ad = {0};
	chunk_context(&ad, place);
	WIPED(buf) plain = {0};
	if (seal_open(erasure_key, buf_bytes(&ad), box, &plain) != OK ||
		!take_entries(ring, buf_bytes(&plain)))
		return ERR_DAMAGED;
	return OK;
}

void keyring_seal_chunk(const struct keyring *ring, const struct secret *erasure_key,
	const struct keyring_place *place, struct buf *box)
{
	assert(place->chunk < keyring_chunks(ring));
	CLEAN_BUF struct buf ad = {0};
	chunk_context(&ad, place);
	const struct entry *first = &ring->entries[(size_t)place->chunk * KEYRING_CHUNK];
	seal(erasure_key, buf_bytes(&ad),
		(struct bytes){(const uint8_t *)first, KEYRING_CHUNK_LEN}, box);
}

uint32_t keyring_chunks(const struct keyring *ring)
{
	return (uint32_t)((ring->count + KEYRING_CHUNK - 1) / KEYRING_CHUNK);
}

bool keyring_is_dirty(const struct keyring *ring, uint32_t chunk)
{
	return ring->dirty[chunk];
}

void keyring_set_clean(struct keyring *ring)
{
	for (size_t i = 0; i < ring->room / KEYRING_CHUNK; i++)
		ring->dirty[i] = false;
}

/* ---- Keys. */

size_t keyring_count(const struct keyring *ring)
{
	return ring->count;
}

struct id keyring_at(const struct keyring *ring, size_t i)
{
	return ring->entries[i].id;
}

const struct secret *keyring_find(const struct keyring *ring, struct id document)
{
	const struct entry *entry = lookup(ring, document);
	return entry != NULL ? &entry->key : NULL;
}

const struct secret *keyring_add(struct keyring *ring, struct id document)
{
	assert(!id_is_zero(document));
	if (ring->count >= (size_t)KEYRING_CHUNKS_MAX * KEYRING_CHUNK)
		return NULL;
	reserve(ring, ring->count + 1);
	ring->dirty[ring->count / KEYRING_CHUNK] = true;
	struct secret *key = append(ring, document);
	assert(key != NULL);
	random_secret(key);
	return key;
}

/* The id stays until all are blotted, or later ones could not be found; a key of zeros
 * marks the place meanwhile. */
static void blot(struct keyring *ring, struct id document)
{
	uint32_t found = ring->count == 0 ? 0 : ring->index[find_place(ring, document)];
	if (found != 0)
		secret_wipe(&ring->entries[found - 1].key);
}

size_t keyring_drop(struct keyring *ring, const struct id *documents, size_t count)
{
	static const struct secret none;
	for (size_t i = 0; i < count; i++)
		blot(ring, documents[i]);
	size_t kept = 0, before = ring->count;
	for (size_t i = 0; i < before; i++)
		if (!secret_equal(&ring->entries[i].key, &none, sizeof none))
			ring->entries[kept++] = ring->entries[i];
	if (kept == before)
		return 0;
	wipe(&ring->entries[kept], (before - kept) * sizeof *ring->entries);
	ring->count = kept;
	for (size_t i = 0; i < ring->room / KEYRING_CHUNK; i++)
		ring->dirty[i] = true;
	index_all(ring);
	return before - kept;
}
