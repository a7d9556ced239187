#include "net/host/pairer_search.h"

#include <string.h>

#include "core/base/mem.h"
#include "net/host/clock.h"
#include "net/host/loop.h"
#include "net/host/mdns.h"
#include "net/protocol/announce.h"

struct candidate {
	char instance[MDNS_NAME_MAX + 1];
	uint8_t nameplate;
	struct address address;
	bool tried;
};

struct search {
	struct loop *loop;
	struct mdns *mdns;
	uint16_t port;
	void (*fn)(void *arg);
	void *arg;

	bool announces;
	uint8_t nameplate;
	struct loop_timer *again; /* announce anew */

	struct candidate candidates[SEARCH_MAX]; /* oldest first */
	size_t count;
	size_t chosen; /* the last choice, while it stands */
	uint8_t wanted;
	bool has_chosen;
};

/* ---- Announcing */

static void announce(struct search *s)
{
	struct announcement a;
	struct bytes txt[sizeof a.txt / sizeof *a.txt];
	announce_pairing(s->nameplate, s->port, clock_wall_ms() / 1000, &a);
	for (size_t i = 0; i < a.txt_count; i++)
		txt[i] = (struct bytes){a.txt[i].at, a.txt[i].len};
	enum err e = mdns_publish(s->mdns, a.instance, a.host, s->port, txt, a.txt_count);
	/* Its names and strings are ours and within every limit. */
	(void)e;
}

static void on_again(void *arg)
{
	struct search *s = arg;
	if (s->announces)
		announce(s);
}

void search_announce(struct search *s, uint8_t nameplate)
{
	s->announces = true;
	s->nameplate = nameplate;
	announce(s);
}

/* ---- Looking */

static void remove_at(struct search *s, size_t i)
{
	s->count--;
	memmove(&s->candidates[i], &s->candidates[i + 1],
		(s->count - i) * sizeof *s->candidates);
	s->has_chosen = false;
}

static void forget(struct search *s, const char *instance)
{
	for (size_t i = s->count; i > 0; i--)
		if (strcmp(s->candidates[i - 1].instance, instance) == 0)
			remove_at(s, i - 1);
}

static void add(struct search *s, const char *instance, uint8_t nameplate,
	const struct address *address)
{
	if (s->count == SEARCH_MAX)
		remove_at(s, 0);
	struct candidate *c = &s->candidates[s->count++];
	*c = (struct candidate){.nameplate = nameplate, .address = *address};
	memcpy(c->instance, instance, strnlen(instance, MDNS_NAME_MAX));
}

static void on_found(struct search *s, const struct mdns_event *event)
{
	struct announce_heard heard;
	forget(s, event->instance);
	if (announce_read(event->instance, event->port, event->txt, event->txt_count,
		    &heard) != OK ||
		!heard.is_pairing)
		return;
	for (size_t i = 0; i < event->address_count; i++) {
		struct address address;
		if (address_read(event->addresses[i].text, false, &address, NULL) == OK)
			add(s, event->instance, heard.nameplate, &address);
	}
	if (s->fn)
		s->fn(s->arg);
}

static void on_mdns(void *arg, const struct mdns_event *event)
{
	struct search *s = arg;
	switch (event->kind) {
	case MDNS_FOUND:
		on_found(s, event);
		break;
	case MDNS_GONE:
		forget(s, event->instance);
		break;
	case MDNS_PUBLISHED:
		break;
	case MDNS_COLLISION:
		loop_timer_set(s->again, loop_now_ms(s->loop));
		break;
	case MDNS_WITHDRAWN:
		loop_timer_set(s->again,
			loop_now_ms(s->loop) + 1000 +
				random_below((uint32_t)ANNOUNCE_PAUSE_MS - 1000));
		break;
	}
}

bool search_choose(struct search *s, uint8_t nameplate, struct address *out)
{
	s->wanted = nameplate;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < s->count; i++) {
			if (s->candidates[i].nameplate != nameplate ||
				s->candidates[i].tried)
				continue;
			s->chosen = i;
			s->has_chosen = true;
			*out = s->candidates[i].address;
			return true;
		}
		for (size_t i = 0; i < s->count; i++)
			s->candidates[i].tried = false;
	}
	return false;
}

void search_next(struct search *s)
{
	if (s->has_chosen)
		s->candidates[s->chosen].tried = true;
	s->has_chosen = false;
}

bool search_is_fresh(const struct search *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->candidates[i].nameplate == s->wanted && !s->candidates[i].tried)
			return true;
	return false;
}

/* ---- Life */

struct search *search_new(
	struct loop *loop, uint16_t port, void (*fn)(void *arg), void *arg)
{
	struct search *s = mem_new(sizeof *s);
	s->loop = loop;
	s->port = port;
	s->fn = fn;
	s->arg = arg;
	s->again = loop_timer(loop, LOOP_NEVER, on_again, s);
	s->mdns = mdns_new(loop, on_mdns, s);
	return s;
}

void search_free(struct search *s)
{
	if (!s)
		return;
	mdns_free(s->mdns);
	loop_timer_remove(s->again);
	mem_free(s);
}

const char *search_problem(const struct search *s)
{
	return mdns_problem(s->mdns);
}
