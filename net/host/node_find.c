#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "net/host/clock.h"
#include "net/host/loop.h"
#include "net/host/node_parts.h"
#include "net/host/visible.h"

#define PAUSE_MIN_MS   UINT64_C(1000) /* to ANNOUNCE_PAUSE_MS: SECURITY §3.2 */
#define HARDER_MS      UINT64_C(60000)
#define NETWORKS       VISIBLE_NETWORKS
#define SETTLE_MS      UINT64_C(500) /* changes of addresses and routes come in bursts */
#define NETWORKS_MS    UINT64_C(60000) /* look again, for what no change tells … */
#define NO_NETWORKS_MS UINT64_C(5000)  /* … such as: the gateway answered by now */
#define FOUND_MAX      64

/* A partner's instance that is announced now. */
struct found {
	char instance[MDNS_NAME_MAX + 1];
	struct person_id person;
	char addresses[MDNS_ADDRESSES][ADDRESS_TEXT];
	size_t address_count;
	int64_t clock_offset_s;
};

struct find {
	struct node *node;
	struct mdns *mdns;

	struct loop_timer
		*announce; /* fires when the announcement is to change, or come */
	bool is_pausing;   /* it was withdrawn, and comes when the timer fires */

	struct announce_gate gate;
	struct announce_key *keys; /* two for a pair that has two roots; locked memory */
	size_t key_count;
	uint64_t harder_until_ms;
	struct found found[FOUND_MAX];
	size_t found_count, found_next;

	int watch_fd;
	struct loop_fd *watch;
	struct loop_timer *look; /* fires when to look at the networks */
	struct network networks[NETWORKS];
	size_t network_count;
	bool has_looked, had_problem;
	bool is_named; /* every network it is on is one of `networks` */
	bool is_hidden;
	enum { SAID_NOTHING, SAID_HIDDEN, SAID_VISIBLE } said;
};

/* ---- Announcing */

static void announce(struct find *find)
{
	const struct pairs *pairs = find->node->pairs;
	uint64_t now_s = clock_wall_ms() / 1000;
	find->is_pausing = false;
	if (pairs->count == 0 || find->is_hidden) {
		mdns_unpublish(find->mdns);
		loop_timer_set(find->announce, LOOP_NEVER);
		return;
	}
	struct secret *keys = locked_new(PAIR_ROOTS * pairs->count * sizeof *keys);
	size_t count = 0;
	for (size_t i = 0; i < pairs->count; i++)
		for (size_t k = 0; k < pairs->at[i].root_count; k++)
			keys[count++] = pairs->at[i].announce_out[k];
	struct announcement made;
	announce_make(keys, count, find->node->port, now_s, &made);
	locked_free(keys);
	struct bytes txt[sizeof made.txt / sizeof made.txt[0]];
	for (size_t i = 0; i < made.txt_count; i++)
		txt[i] = (struct bytes){made.txt[i].at, made.txt[i].len};
	if (mdns_publish(find->mdns, made.instance, made.host, find->node->port, txt,
		    made.txt_count) != OK)
		return;
	/* The clock may be set meanwhile: then the timer is wrong by that once, and the
	 * announcement was withdrawn anyway. */
	uint64_t left_s = made.until_s > now_s ? made.until_s - now_s : 1;
	if (left_s > ANNOUNCE_EPOCH_S + ANNOUNCE_JITTER_S)
		left_s = ANNOUNCE_EPOCH_S + ANNOUNCE_JITTER_S;
	loop_timer_set(find->announce, node_now_ms(find->node) + left_s * 1000);
}

/* Withdraw, and come back under another name after a while that nobody can guess. */
static void announce_anew(struct find *find)
{
	uint64_t pause_ms =
		PAUSE_MIN_MS +
		random_below((uint32_t)(ANNOUNCE_PAUSE_MS - PAUSE_MIN_MS) + 1);
	mdns_unpublish(find->mdns);
	find->is_pausing = true;
	loop_timer_set(find->announce, node_now_ms(find->node) + pause_ms);
}

static void on_announce(void *arg)
{
	struct find *find = arg;
	if (find->is_pausing)
		announce(find);
	else
		announce_anew(find);
}

/* ---- Invisible: nothing is published and nobody is answered (SECURITY §3.2). Until it
 * is known which network this is, it may be one of those. */

static bool must_hide(const struct find *find)
{
	return visible_on(&find->node->pairs->invisible, find->networks,
		       find->network_count, find->is_named) != VISIBLE;
}

/* A typed --listen is a deliberate act, and stands. */
static void hide(struct find *find)
{
	find->is_hidden = true;
	announce(find);
	if (find->node->config.listen == NULL)
		node_unlisten(find->node);
}

/* Where it cannot listen it stays hidden, until it looks again. */
static void appear(struct find *find)
{
	struct node *node = find->node;
	struct why why = {0};
	enum err e = node->port == 0 ? node_listen(node, &why) : OK;
	if (e != OK) {
		node_log(node, "%s", why_text(&why, e));
		return;
	}
	find->is_hidden = false;
	announce_anew(find);
}

static void hide_or_appear(struct find *find)
{
	bool must = must_hide(find);
	if (must && !find->is_hidden)
		hide(find);
	if (!must && find->is_hidden)
		appear(find);
	if (find->is_hidden && find->said != SAID_HIDDEN)
		node_log(find->node, "invisible on this network: it looks for partners "
				     "and calls them, and nobody finds it");
	if (!find->is_hidden && find->said != SAID_VISIBLE)
		node_log(find->node, "visible, listening on port %u", find->node->port);
	find->said = find->is_hidden ? SAID_HIDDEN : SAID_VISIBLE;
}

/* ---- Others */

static struct found *find_found(struct find *find, const char *instance)
{
	for (size_t i = 0; i < find->found_count; i++)
		if (strcmp(find->found[i].instance, instance) == 0)
			return &find->found[i];
	return NULL;
}

/* The oldest goes: a partner's instances of this hour are few. */
static struct found *add_found(
	struct find *find, const char *instance, struct person_id person)
{
	struct found *found = &find->found[find->found_next];
	find->found_next = (find->found_next + 1) % FOUND_MAX;
	if (find->found_count < FOUND_MAX)
		find->found_count++;
	*found = (struct found){.person = person};
	memcpy(found->instance, instance, strnlen(instance, MDNS_NAME_MAX));
	return found;
}

/* Whose it is, if it is a partner's. Each is looked at once, and at a bounded pace. */
static struct found *recognise(struct find *find, const struct mdns_event *event)
{
	struct announce_heard heard;
	uint64_t now_ms = node_now_ms(find->node);
	size_t tag;
	int64_t clock_offset_s = 0;
	if (!announce_gate_pass(&find->gate, event->instance, event->port, event->txt,
		    event->txt_count, now_ms))
		return NULL;
	uint32_t reach =
		now_ms < find->harder_until_ms ? ANNOUNCE_REACH_WIDE : ANNOUNCE_REACH;
	if (announce_read(event->instance, event->port, event->txt, event->txt_count,
		    &heard) != OK ||
		!announce_knows(&heard, find->keys, find->key_count,
			clock_wall_ms() / 1000, reach, &tag, &clock_offset_s)) {
		mdns_ignore(find->mdns, event->instance);
		return NULL;
	}
	struct found *found =
		add_found(find, event->instance, find->node->pairs->at[tag].person);
	found->clock_offset_s = clock_offset_s;
	return found;
}

static void on_found(struct find *find, const struct mdns_event *event)
{
	struct found *found = find_found(find, event->instance);
	if (found == NULL && (found = recognise(find, event)) == NULL)
		return;
	found->address_count = event->address_count;
	for (size_t i = 0; i < event->address_count; i++) {
		memcpy(found->addresses[i], event->addresses[i].text, ADDRESS_TEXT);
		roster_found(find->node->roster, found->person, found->instance,
			found->addresses[i], node_now_ms(find->node));
	}
	node_decide(find->node);
}

static void on_gone(struct find *find, const char *instance)
{
	struct found *found = find_found(find, instance);
	roster_gone(find->node->roster, instance);
	if (found != NULL)
		*found = (struct found){0};
}

static void on_mdns(void *arg, const struct mdns_event *event)
{
	struct find *find = arg;
	switch (event->kind) {
	case MDNS_FOUND:
		on_found(find, event);
		return;
	case MDNS_GONE:
		on_gone(find, event->instance);
		return;
	case MDNS_PUBLISHED:
		return;
	case MDNS_COLLISION:
		announce(find);
		return;
	case MDNS_WITHDRAWN:
		announce_anew(find);
		return;
	}
}

int64_t find_clock(const struct find *find, struct person_id person, int64_t known)
{
	for (size_t i = 0; i < find->found_count; i++)
		if (find->found[i].instance[0] != '\0' &&
			person_equal(find->found[i].person, person))
			return find->found[i].clock_offset_s;
	return known;
}

const char *find_listener(
	const struct find *find, struct person_id person, const struct address *address)
{
	for (size_t i = 0; i < find->found_count; i++) {
		const struct found *found = &find->found[i];
		if (!person_equal(found->person, person))
			continue;
		for (size_t k = 0; k < found->address_count; k++) {
			struct address at;
			if (address_read(found->addresses[k], false, &at, NULL) == OK &&
				address_same_host(&at, address))
				return found->addresses[k];
		}
	}
	return NULL;
}

/* ---- Networks */

static int compare_networks(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct network));
}

/* Several networks at once (Wi-Fi and a cable) are one to the roster: an address that
 * worked in any of them may be tried. */
static void tell_roster(struct find *find)
{
	struct roster *roster = find->node->roster;
	const struct pairs *pairs = find->node->pairs;
	struct bytes all = {(const uint8_t *)find->networks,
		find->network_count * sizeof find->networks[0]};
	struct hash hash = hash_of("kith/networks/1", &all, 1);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->at[i];
		for (size_t k = 0; k < pair->address_count; k++)
			for (size_t n = 0; n < find->network_count; n++)
				if (memcmp(pair->addresses[k].network,
					    find->networks[n].b,
					    sizeof find->networks[n].b) == 0)
					roster_worked(roster, pair->person,
						pair->addresses[k].text, hash.b);
	}
	roster_network(
		roster, find->network_count > 0 ? hash.b : NULL, node_now_ms(find->node));
	node_decide(find->node);
}

static void say_problem(struct find *find)
{
	const char *problem = mdns_problem(find->mdns);
	if ((problem != NULL) == find->had_problem)
		return;
	find->had_problem = problem != NULL;
	node_log(find->node, "%s",
		problem != NULL ? problem : tr("the network is there again"));
}

static void on_look(void *arg)
{
	struct find *find = arg;
	struct network now[NETWORKS];
	size_t count = networks_now(now, NETWORKS, &find->is_named);
	if (count > 1)
		qsort(now, count, sizeof now[0], compare_networks);
	if (!find->has_looked || count != find->network_count ||
		memcmp(now, find->networks, count * sizeof now[0]) != 0) {
		find->has_looked = true;
		memcpy(find->networks, now, count * sizeof now[0]);
		find->network_count = count;
		tell_roster(find);
	}
	hide_or_appear(find);
	say_problem(find);
	node_drop_dead(find->node);
	bool is_settled = count > 0 && (find->is_named || !find->is_hidden);
	loop_timer_set(find->look,
		node_now_ms(find->node) + (is_settled ? NETWORKS_MS : NO_NETWORKS_MS));
}

static void on_change(void *arg, int fd, short happened)
{
	(void)happened;
	struct find *find = arg;
	if (!interfaces_changed(fd))
		return;
	loop_timer_set(find->look, node_now_ms(find->node) + SETTLE_MS);
	if (find->node->pairs->invisible.count > 0 && !find->is_hidden)
		hide(find);
}

/* ---- Life */

static void take_keys(struct find *find)
{
	const struct pairs *pairs = find->node->pairs;
	locked_free(find->keys);
	find->keys = locked_new((PAIR_ROOTS * pairs->count + 1) * sizeof *find->keys);
	find->key_count = 0;
	for (size_t i = 0; i < pairs->count; i++) {
		for (size_t k = 0; k < pairs->at[i].root_count; k++) {
			find->keys[find->key_count++] =
				(struct announce_key){.in = pairs->at[i].announce_in[k],
					.clock_offset_s = pairs->at[i].clock_offset_s,
					.tag = i};
		}
	}
}

static void search_again(struct find *find)
{
	announce_gate_forget(&find->gate);
	find->found_count = find->found_next = 0;
	mdns_search_again(find->mdns);
}

struct find *find_new(struct node *node)
{
	struct loop *loop = node->config.loop;
	struct find *find = mem_new(sizeof *find);
	find->node = node;
	find->watch_fd = -1;
	announce_gate_init(&find->gate);
	take_keys(find);
	find->mdns = mdns_new(loop, on_mdns, find);
	find->announce = loop_timer(loop, LOOP_NEVER, on_announce, find);
	find->look = loop_timer(loop, 0, on_look, find);
	if (interfaces_watch(&find->watch_fd) == OK)
		find->watch = loop_add_fd(loop, find->watch_fd, POLLIN, on_change, find);
	find->is_hidden = must_hide(find);
	find->said = find->is_hidden ? SAID_NOTHING : SAID_VISIBLE;
	announce(find);
	return find;
}

void find_free(struct find *find)
{
	if (find == NULL)
		return;
	mdns_free(find->mdns);
	loop_timer_remove(find->announce);
	loop_timer_remove(find->look);
	loop_remove(find->watch);
	if (find->watch_fd >= 0)
		close(find->watch_fd);
	locked_free(find->keys);
	secret_wipe(&find->gate.key);
	mem_free(find);
}

void find_pairs(struct find *find)
{
	take_keys(find);
	search_again(find);
	announce_anew(find);
	hide_or_appear(find);
	tell_roster(find);
}

void find_harder(struct find *find)
{
	find->harder_until_ms = node_now_ms(find->node) + HARDER_MS;
	search_again(find);
}
