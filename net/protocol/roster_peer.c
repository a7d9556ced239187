#include "net/protocol/roster_peer.h"

#include <string.h>

void addresses_remove(struct addresses *list, size_t i)
{
	list->count--;
	memmove(&list->at[i], &list->at[i + 1], (list->count - i) * sizeof *list->at);
}

struct address *addresses_add(struct addresses *list, const char *text)
{
	if (list->count == ROSTER_ADDRESSES)
		addresses_remove(list, 0);
	struct address *address = &list->at[list->count++];
	*address = (struct address){0};
	memcpy(address->text, text, strlen(text));
	return address;
}

struct address *addresses_find(struct addresses *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->at[i].text, text) == 0)
			return &list->at[i];
	return NULL;
}

static bool was_dialled(const struct peer *peer, const char *text)
{
	for (size_t i = 0; i < peer->dialled_count; i++)
		if (strcmp(peer->dialled[i], text) == 0)
			return true;
	return false;
}

/* What worked elsewhere is not tried here: it would tell this network where we live. */
static bool may_dial(
	const uint8_t *network, enum sort sort, const struct address *address)
{
	return sort != WORKED ||
	       (network && memcmp(address->network, network, ROSTER_NETWORK) == 0);
}

/* The next address, newest of its sort first; NULL when all were dialled in this round.
 */
static const struct address *choose(
	const uint8_t *network, const struct peer *peer, enum sort *sort)
{
	if (peer->dialled_count == ROUND_MAX)
		return NULL;
	for (*sort = TYPED; *sort < SORTS; (*sort)++) {
		const struct addresses *list = &peer->known[*sort];
		for (size_t i = list->count; i > 0; i--)
			if (may_dial(network, *sort, &list->at[i - 1]) &&
				!was_dialled(peer, list->at[i - 1].text))
				return &list->at[i - 1];
	}
	return NULL;
}

/* ---- Rounds */

static uint64_t with_jitter(uint64_t ms)
{
	return ms + random_below((uint32_t)(ms / 4) + 1);
}

static void round_begin(struct peer *peer, uint64_t now_ms)
{
	peer->in_round = peer->had_round = true;
	peer->dialled_count = 0;
	peer->hopeless = false;
	peer->began_ms = now_ms;
	peer->next_ms = now_ms + ROSTER_AGAIN_MS;
}

void peer_wait_longer(struct peer *peer, uint64_t now_ms)
{
	uint64_t wait = peer->wait_ms == 0 ? ROSTER_AGAIN_MS : 2 * peer->wait_ms;
	if (peer->hopeless || wait > ROSTER_AGAIN_MAX_MS)
		wait = ROSTER_AGAIN_MAX_MS;
	peer->wait_ms = wait;
	peer->next_ms = now_ms + with_jitter(wait);
}

static void round_end(struct peer *peer, uint64_t now_ms)
{
	peer->in_round = false;
	peer_wait_longer(peer, now_ms);
}

void peer_soon(struct peer *peer, uint64_t now_ms)
{
	uint64_t at = now_ms;
	if (peer->had_round && peer->began_ms + ROSTER_AGAIN_MS > at)
		at = peer->began_ms + ROSTER_AGAIN_MS;
	if (peer->next_ms > at)
		peer->next_ms = at;
}

void peer_anew(struct peer *peer, uint64_t now_ms)
{
	peer->in_round = false;
	peer->wait_ms = 0;
	peer_soon(peer, now_ms);
}

static void want(struct peer *peer, enum sort sort, const struct address *address)
{
	memcpy(peer->dialled[peer->dialled_count++], address->text, sizeof address->text);
	peer->typed = sort == TYPED;
	peer->dial = DIAL_WANTED;
}

static bool is_resting(const struct peer *peer)
{
	return peer->dial == DIAL_NONE && peer->link_count == 0;
}

/* A round with nobody to dial is none: whoever is found next is dialled at once. */
void peer_consider(struct peer *peer, const uint8_t *network, uint64_t now_ms)
{
	enum sort sort;
	if (!is_resting(peer))
		return;
	if (peer->in_round) {
		const struct address *next = choose(network, peer, &sort);
		if (next)
			want(peer, sort, next);
		else
			round_end(peer, now_ms);
		return;
	}
	if (now_ms < peer->next_ms)
		return;
	peer->dialled_count = 0;
	const struct address *first = choose(network, peer, &sort);
	if (first) {
		round_begin(peer, now_ms);
		want(peer, sort, first);
	}
}

uint64_t peer_deadline_ms(const struct peer *peer, const uint8_t *network)
{
	if (!is_resting(peer))
		return UINT64_MAX;
	for (enum sort sort = TYPED; sort < SORTS; sort++)
		for (size_t i = 0; i < peer->known[sort].count; i++)
			if (may_dial(network, sort, &peer->known[sort].at[i]))
				return peer->next_ms;
	return UINT64_MAX;
}
