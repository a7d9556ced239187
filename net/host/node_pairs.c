#include <string.h>

#include "core/base/mem.h"
#include "net/host/node_parts.h"

static void read_root(struct pair *pair, const struct secret *root, bool i_typed)
{
	size_t i = pair->root_count++;
	pair->keys[i].person = pair->person;
	pair->keys[i].renewed = i == 0;
	pair_session_key(root, i_typed, i, &pair->keys[i].key);
	pair_discovery_keys(root, i_typed, &pair->announce_out[i], &pair->announce_in[i]);
}

static void read_pair(const struct partner *partner, struct pair *pair)
{
	pair->person = partner->person;
	memcpy(pair->called, partner->called, sizeof pair->called);
	pair->clock_offset_s = partner->clock_offset_s;
	pair->address_count = partner->address_count;
	memcpy(pair->addresses, partner->addresses, sizeof pair->addresses);
	read_root(pair, &partner->root, partner->i_typed);
	if (partner->has_before)
		read_root(pair, &partner->before, partner->typed_before);
}

enum err pairs_read(struct notebook *notebook, struct pairs **out, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct partner *partners = NULL;
	size_t count = 0;
	struct invisible invisible;
	*out = NULL;
	enum err e = notebook_look(notebook, &txn, why);
	if (e == OK)
		e = people_partners(txn, &partners, &count);
	if (e == OK)
		e = invisible_read(txn, &invisible, why);
	if (e != OK)
		return e;
	struct pairs *pairs = locked_new(sizeof *pairs + count * sizeof *pairs->at);
	pairs->invisible = invisible;
	for (size_t i = 0; i < count; i++)
		if (partners[i].state != PARTNER_LEFT)
			read_pair(&partners[i], &pairs->at[pairs->count++]);
	*out = pairs;
	return OK;
}

void pairs_free(struct pairs *pairs)
{
	locked_free(pairs);
}

const struct pair *pairs_find(const struct pairs *pairs, struct person_id person)
{
	for (size_t i = 0; pairs != NULL && i < pairs->count; i++)
		if (person_equal(pairs->at[i].person, person))
			return &pairs->at[i];
	return NULL;
}

static bool same_pair(const struct pair *a, const struct pair *b)
{
	if (!person_equal(a->person, b->person) || a->root_count != b->root_count ||
		a->clock_offset_s != b->clock_offset_s ||
		strcmp(a->called, b->called) != 0)
		return false;
	for (size_t i = 0; i < a->root_count; i++)
		if (!secret_equal(a->keys[i].key.psk.b, b->keys[i].key.psk.b,
			    sizeof a->keys[i].key.psk.b))
			return false;
	return true;
}

bool pairs_equal(const struct pairs *a, const struct pairs *b)
{
	if (a->count != b->count || a->invisible.count != b->invisible.count ||
		memcmp(a->invisible.at, b->invisible.at,
			a->invisible.count * NETWORK_ID) != 0)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_pair(&a->at[i], &b->at[i]))
			return false;
	return true;
}

/* ---- Addresses that worked */

#define SEEN_AGAIN_S UINT64_C(86400) /* a day: not every session writes to the store */

static struct partner_address *slot_for(
	struct partner *partner, const char *address, const struct network *network)
{
	struct partner_address *oldest = partner->addresses;
	for (size_t i = 0; i < partner->address_count; i++) {
		struct partner_address *at = &partner->addresses[i];
		if (strcmp(at->text, address) == 0 &&
			memcmp(at->network, network->b, sizeof at->network) == 0)
			return at;
		if (at->seen_s < oldest->seen_s)
			oldest = at;
	}
	if (partner->address_count == PARTNER_ADDRESSES)
		return oldest;
	return &partner->addresses[partner->address_count++];
}

static bool is_known(const struct partner *partner, const char *address,
	const struct network *network, uint64_t now_s)
{
	for (size_t i = 0; i < partner->address_count; i++) {
		const struct partner_address *at = &partner->addresses[i];
		if (strcmp(at->text, address) == 0 &&
			memcmp(at->network, network->b, sizeof at->network) == 0)
			return at->seen_s + SEEN_AGAIN_S > now_s && at->seen_s <= now_s;
	}
	return false;
}

enum err pairs_remember(struct notebook *notebook, struct person_id person,
	const char *address, const struct network *network, int64_t clock_offset_s,
	struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = notebook_edit(notebook, &txn, why);
	if (e != OK)
		return e;
	struct partner *partner = people_partner(txn, &person);
	if (partner == NULL || strlen(address) >= sizeof partner->addresses[0].text)
		return OK;
	bool known = is_known(partner, address, network, txn_now_s(txn));
	if (known && partner->clock_offset_s == clock_offset_s)
		return OK;
	if (!known) {
		struct partner_address *slot = slot_for(partner, address, network);
		*slot = (struct partner_address){.seen_s = txn_now_s(txn)};
		memcpy(slot->text, address, strlen(address));
		memcpy(slot->network, network->b, sizeof slot->network);
	}
	partner->clock_offset_s = clock_offset_s;
	people_touch(txn, partner);
	struct notebook_txn *done = txn;
	txn = NULL;
	return notebook_commit(done, why);
}
