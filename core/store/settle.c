#include "core/store/settle.h"

static enum err load(struct store *store, struct header *header, bool *torn)
{
	enum err e = header_load(store->header_fd, &store->vault->keys, header, torn);
	if (e == OK && id_equal(header->store, store->id))
		return OK;
	return e == ERR_IO ? e : ERR_DAMAGED;
}

/* After a failed fsync() the file reads as it was written, and is not on the disk: only
 * writing it again puts it there. */
static enum err save(struct store *store, struct header *header)
{
	enum err e = header_write(store->header_fd, &store->vault->keys, header);
	store->header_unsure = e != OK;
	return e;
}

enum err settle(struct store *store, uint64_t number)
{
	struct header header;
	bool torn = false;
	enum err e = load(store, &header, &torn);
	if (e != OK)
		return e;
	bool single = header.erasure_count == 1;
	if (!header_keep_erasure(&header, number))
		return ERR_DAMAGED;
	if (single && !torn && !store->header_unsure)
		return OK;
	return save(store, &header);
}

bool settle_is_due(struct store *store)
{
	struct header header;
	bool torn = false;
	return load(store, &header, &torn) == OK && (torn || header.erasure_count > 1);
}

enum err settle_announce(struct store *store, uint64_t number, const struct secret *key)
{
	struct header header;
	enum err e = load(store, &header, NULL);
	if (e != OK)
		return e;
	if (header.erasure_count != 1)
		return ERR_DAMAGED; /* the holder of the write lock has settled it */
	header_add_erasure(&header, &store->vault->keys, number, key);
	return save(store, &header);
}

enum err settle_key(struct store *store, uint64_t number)
{
	if (store->erasure == number)
		return OK;
	struct header header;
	enum err e = load(store, &header, NULL);
	if (e != OK)
		return e;
	WIPED(secret) key;
	if (!header_erasure_key(&header, &store->vault->keys, number, &key))
		return ERR_GAP;
	store->vault->erasure_key = key;
	store->erasure = number;
	keyring_free(store->ring);
	store->ring = NULL;
	return OK;
}
