#include "core/notebook/invisible.h"

#include <string.h>

#include "core/notebook/internal.h"

/* One record of TABLE_SETTINGS: the ids, one after the other. */
static const char invisible_key[] = "invisible";

enum err invisible_read(struct notebook_txn *txn, struct invisible *out, struct why *why)
{
	CLEAN_BUF struct buf record = {0};
	*out = (struct invisible){0};
	enum err e =
		store_get(txn->store, TABLE_SETTINGS, bytes_text(invisible_key), &record);
	if (e == ERR_NOT_FOUND)
		return OK;
	if (e == OK && (record.len % NETWORK_ID != 0 || record.len > sizeof out->at))
		e = ERR_DAMAGED;
	if (e != OK)
		return because(why, e,
			"on which networks this computer is invisible cannot be read: "
			"%s",
			err_text(e));
	out->count = record.len / NETWORK_ID;
	memcpy(out->at, record.at, record.len);
	return OK;
}

static size_t find_at(const struct invisible *invisible, const uint8_t *network)
{
	size_t i = 0;
	while (i < invisible->count && memcmp(invisible->at[i], network, NETWORK_ID) != 0)
		i++;
	return i;
}

bool invisible_on(const struct invisible *invisible, const uint8_t network[NETWORK_ID])
{
	return find_at(invisible, network) < invisible->count;
}

static enum err save(struct notebook_txn *txn, const struct invisible *invisible)
{
	struct bytes record = {invisible->at[0], invisible->count * NETWORK_ID};
	return store_put(txn->store, TABLE_SETTINGS, bytes_text(invisible_key), record);
}

enum err invisible_set(struct notebook_txn *txn, const uint8_t network[NETWORK_ID],
	bool is_invisible, struct why *why)
{
	struct invisible now;
	enum err e = invisible_read(txn, &now, why);
	if (e != OK)
		return e;
	size_t i = find_at(&now, network);
	if ((i < now.count) == is_invisible)
		return OK;
	if (is_invisible && now.count == INVISIBLE_MAX)
		return because(why, ERR_REFUSED,
			"this computer is invisible on %d networks, and more are not "
			"kept; kith invisible off --everywhere forgets them",
			INVISIBLE_MAX);
	if (is_invisible)
		memcpy(now.at[now.count++], network, NETWORK_ID);
	else
		memmove(now.at[i], now.at[i + 1], (--now.count - i) * NETWORK_ID);
	return save(txn, &now);
}

enum err invisible_forget(struct notebook_txn *txn)
{
	return save(txn, &(struct invisible){0});
}
