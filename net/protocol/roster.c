#include "net/protocol/roster.h"

#include <string.h>

#include "core/base/mem.h"
#include "net/protocol/roster_peer.h"

struct roster {
	struct dh_public own;
	struct peer peers[ROSTER_PARTNERS];
	size_t count;
	bool has_network;
	uint8_t network[ROSTER_NETWORK];

	struct roster_event *ends; /* a queue: what is before `first` was given */
	size_t first, end_count, end_cap;
};

struct roster *roster_new(const struct dh_public *own)
{
	struct roster *roster = mem_new(sizeof *roster);
	roster->own = *own;
	return roster;
}

void roster_free(struct roster *roster)
{
	if (!roster)
		return;
	mem_free(roster->ends);
	mem_free(roster);
}

static struct peer *find(struct roster *roster, struct person_id person)
{
	for (size_t i = 0; i < roster->count; i++)
		if (person_equal(roster->peers[i].person, person))
			return &roster->peers[i];
	return NULL;
}

static bool fits(const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	return len > 0 && len < max;
}

static const uint8_t *network_of(const struct roster *roster)
{
	return roster->has_network ? roster->network : NULL;
}

static void consider(struct roster *roster, struct peer *peer, uint64_t now_ms)
{
	peer_consider(peer, network_of(roster), now_ms);
}

void roster_tick(struct roster *roster, uint64_t now_ms)
{
	for (size_t i = 0; i < roster->count; i++)
		consider(roster, &roster->peers[i], now_ms);
}

uint64_t roster_deadline_ms(const struct roster *roster)
{
	uint64_t first = UINT64_MAX;
	for (size_t i = 0; i < roster->count; i++) {
		uint64_t at = peer_deadline_ms(&roster->peers[i], network_of(roster));
		first = at < first ? at : first;
	}
	return first;
}

/* ---- Facts about partners and addresses */

enum err roster_partner(struct roster *roster, struct person_id person, uint64_t now_ms)
{
	if (find(roster, person))
		return OK;
	if (roster->count == ROSTER_PARTNERS)
		return ERR_FULL;
	roster->peers[roster->count++] =
		(struct peer){.person = person, .next_ms = now_ms};
	return OK;
}

void roster_forget(struct roster *roster, struct person_id person)
{
	struct peer *peer = find(roster, person);
	if (!peer)
		return;
	size_t after = roster->count - 1 - (size_t)(peer - roster->peers);
	memmove(peer, peer + 1, after * sizeof *peer);
	roster->count--;
}

void roster_worked(struct roster *roster, struct person_id person, const char *address,
	const uint8_t network[ROSTER_NETWORK])
{
	struct peer *peer = find(roster, person);
	if (!peer || !fits(address, ROSTER_ADDRESS_MAX))
		return;
	struct addresses *list = &peer->known[WORKED];
	for (size_t i = list->count; i > 0; i--)
		if (strcmp(list->at[i - 1].text, address) == 0 &&
			memcmp(list->at[i - 1].network, network, ROSTER_NETWORK) == 0)
			addresses_remove(list, i - 1);
	memcpy(addresses_add(list, address)->network, network, ROSTER_NETWORK);
}

void roster_typed(struct roster *roster, struct person_id person, const char *address,
	uint64_t now_ms)
{
	struct peer *peer = find(roster, person);
	if (!peer || !fits(address, ROSTER_ADDRESS_MAX))
		return;
	if (!addresses_find(&peer->known[TYPED], address))
		addresses_add(&peer->known[TYPED], address);
	peer_anew(peer, now_ms);
	consider(roster, peer, now_ms);
}

void roster_found(struct roster *roster, struct person_id person, const char *instance,
	const char *address, uint64_t now_ms)
{
	struct peer *peer = find(roster, person);
	if (!peer || !fits(address, ROSTER_ADDRESS_MAX) || !fits(instance, INSTANCE_MAX))
		return;
	struct address *known = addresses_find(&peer->known[FOUND], address);
	if (known && strcmp(known->instance, instance) == 0)
		return;
	if (!known)
		known = addresses_add(&peer->known[FOUND], address);
	memset(known->instance, 0, sizeof known->instance);
	memcpy(known->instance, instance, strlen(instance));
	peer_soon(peer, now_ms);
	consider(roster, peer, now_ms);
}

void roster_gone(struct roster *roster, const char *instance)
{
	for (size_t i = 0; i < roster->count; i++) {
		struct addresses *list = &roster->peers[i].known[FOUND];
		for (size_t k = list->count; k > 0; k--)
			if (strcmp(list->at[k - 1].instance, instance) == 0)
				addresses_remove(list, k - 1);
	}
}

void roster_network(
	struct roster *roster, const uint8_t network[ROSTER_NETWORK], uint64_t now_ms)
{
	bool has = network != NULL;
	if (has == roster->has_network &&
		(!has || memcmp(network, roster->network, ROSTER_NETWORK) == 0))
		return;
	roster->has_network = has;
	if (has)
		memcpy(roster->network, network, ROSTER_NETWORK);
	for (size_t i = 0; i < roster->count; i++) {
		peer_anew(&roster->peers[i], now_ms);
		consider(roster, &roster->peers[i], now_ms);
	}
}

void roster_nudge(struct roster *roster, struct person_id person, uint64_t now_ms)
{
	struct peer *peer = find(roster, person);
	if (!peer)
		return;
	peer_anew(peer, now_ms);
	consider(roster, peer, now_ms);
}

void roster_failed(
	struct roster *roster, struct person_id person, enum err why, uint64_t now_ms)
{
	struct peer *peer = find(roster, person);
	if (!peer || peer->dial != DIAL_UNDER_WAY)
		return;
	peer->dial = DIAL_NONE;
	peer->hopeless |= why == ERR_VERSION || why == ERR_REFUSED;
	consider(roster, peer, now_ms);
}

/* ---- Sessions */

static void say_end(struct roster *roster, const struct peer *peer, uint64_t link)
{
	roster->ends = mem_grow(
		roster->ends, roster->end_count, &roster->end_cap, sizeof *roster->ends);
	roster->ends[roster->end_count++] = (struct roster_event){
		.type = ROSTER_END, .person = peer->person, .link = link};
}

static void drop_link(struct peer *peer, size_t i)
{
	peer->link_count--;
	memmove(&peer->links[i], &peer->links[i + 1],
		(peer->link_count - i) * sizeof *peer->links);
}

/*
 * Which of two connections to one device stays, so that both devices choose the same: if
 * each dialled the other, the one dialled by the smaller key; else the newer one.
 */
static bool new_one_stays(
	const struct roster *roster, const struct link *old, const struct link *new)
{
	if (old->dialled == new->dialled || new->up_ms >= old->up_ms + ROSTER_CROSS_MS)
		return true;
	bool ours_is_smaller =
		memcmp(roster->own.b, new->device.b, sizeof new->device.b) < 0;
	return new->dialled == ours_is_smaller;
}

static void add_link(struct roster *roster, struct peer *peer, const struct link *link)
{
	for (size_t i = 0; i < peer->link_count; i++) {
		const struct link *old = &peer->links[i];
		if (!dh_public_equal(&old->device, &link->device))
			continue;
		if (!new_one_stays(roster, old, link)) {
			say_end(roster, peer, link->number);
			return;
		}
		say_end(roster, peer, old->number);
		drop_link(peer, i);
		break;
	}
	if (peer->link_count == ROSTER_LINKS) {
		say_end(roster, peer, peer->links[0].number);
		drop_link(peer, 0);
	}
	peer->links[peer->link_count++] = *link;
}

void roster_up(struct roster *roster, struct person_id person,
	const struct dh_public *device, uint64_t link, bool dialled, uint64_t now_ms)
{
	struct peer *peer = find(roster, person);
	if (!peer)
		return;
	if (dialled || peer->dial == DIAL_WANTED)
		peer->dial = DIAL_NONE;
	peer->in_round = peer->hopeless = false;
	add_link(roster, peer,
		&(struct link){.device = *device,
			.number = link,
			.up_ms = now_ms,
			.dialled = dialled});
}

/* A session that hardly stood is a round in vain: otherwise two nodes that cannot agree
 * would meet every five seconds for ever. */
static void after_session(struct peer *peer, const struct link *ended, uint64_t now_ms)
{
	if (now_ms < ended->up_ms + ROSTER_CROSS_MS) {
		peer_wait_longer(peer, now_ms);
		return;
	}
	peer->wait_ms = 0;
	peer->next_ms = now_ms;
	if (peer->had_round && peer->began_ms + ROSTER_AGAIN_MS > now_ms)
		peer->next_ms = peer->began_ms + ROSTER_AGAIN_MS;
}

void roster_down(struct roster *roster, uint64_t link, uint64_t now_ms)
{
	for (size_t i = 0; i < roster->count; i++) {
		struct peer *peer = &roster->peers[i];
		for (size_t k = 0; k < peer->link_count; k++) {
			if (peer->links[k].number != link)
				continue;
			struct link ended = peer->links[k];
			drop_link(peer, k);
			if (peer->link_count == 0)
				after_session(peer, &ended, now_ms);
			consider(roster, peer, now_ms);
			return;
		}
	}
}

/* ---- Decisions */

static bool next_end(struct roster *roster, struct roster_event *out)
{
	if (roster->first == roster->end_count) {
		roster->first = roster->end_count = 0;
		return false;
	}
	*out = roster->ends[roster->first++];
	return true;
}

static void give_dial(struct peer *peer, struct roster_event *out)
{
	peer->dial = DIAL_UNDER_WAY;
	*out = (struct roster_event){
		.type = ROSTER_DIAL, .person = peer->person, .typed = peer->typed};
	memcpy(out->address, peer->dialled[peer->dialled_count - 1], sizeof out->address);
}

bool roster_next(struct roster *roster, struct roster_event *out)
{
	if (next_end(roster, out))
		return true;
	for (size_t i = 0; i < roster->count; i++)
		if (roster->peers[i].dial == DIAL_WANTED) {
			give_dial(&roster->peers[i], out);
			return true;
		}
	return false;
}
