#include "core/store/care.h"
#include "core/store/internal.h"

/* Another process may have written the header since: only the slot is ours. */
static enum err put_slot(struct store *store, const struct header_slot *slot)
{
	CLEANUP(store_abortp) struct store_txn *txn = NULL;
	struct header header;
	bool torn;
	/* The header is written by the holder of LMDB's write lock alone. */
	enum err e = store_begin(store, true, &txn, NULL);
	if (e == OK)
		e = header_load(store->header_fd, &store->vault->keys, &header, &torn);
	struct header_slot *place =
		e == OK ? header_slot_of(&header, SLOT_PASSPHRASE) : NULL;
	if (e == OK && place == NULL)
		e = ERR_DAMAGED;
	if (e != OK)
		return e;
	*place = *slot;
	e = header_write(store->header_fd, &store->vault->keys, &header);
	store->header_unsure = e != OK;
	return e;
}

static bool is_in_place(const struct store *store, const struct header_slot *slot)
{
	struct header header;
	bool torn;
	if (header_load(store->header_fd, &store->vault->keys, &header, &torn) != OK)
		return true; /* nobody knows */
	const struct header_slot *there = header_slot_of(&header, SLOT_PASSPHRASE);
	return there != NULL &&
	       secret_equal(there->wrapped, slot->wrapped, sizeof slot->wrapped);
}

static enum err not_made(enum err e, struct why *why)
{
	if (e == ERR_FULL)
		return because(why, e,
			"there is not enough memory to make a key of the new passphrase: "
			"nothing was changed");
	return because(why, e, "the new passphrase cannot be used: %s", err_text(e));
}

enum err store_set_passphrase(struct store *store, const struct secret *master,
	struct bytes passphrase, const enum kdf *kdf, struct why *why)
{
	struct header header;
	struct header_slot slot;
	WIPED(store_keys) keys;
	if (passphrase.len == 0)
		return because(why, ERR_INVALID, "a store needs a passphrase");
	store_keys_derive(master, &keys);
	enum err e = header_load(store->header_fd, &keys, &header, NULL);
	const struct header_slot *before =
		e == OK ? header_slot_of(&header, SLOT_PASSPHRASE) : NULL;
	if (e == OK && before == NULL)
		e = ERR_DAMAGED;
	if (e == OK)
		e = header_make_slot(store->id, passphrase, kdf, before, master, &slot);
	if (e != OK)
		return not_made(e, why);
	e = put_slot(store, &slot);
	if (e == OK)
		return OK;
	if (is_in_place(store, &slot))
		return because(why, e,
			"the disk does not say whether the new passphrase holds: try "
			"both, the old one and the new one");
	return because(why, e, "the passphrase is the old one still: %s", err_text(e));
}
