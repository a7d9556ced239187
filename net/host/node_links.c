#include <assert.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "net/host/loop.h"
#include "net/host/node_parts.h"

#define ACCEPT_MAX     16             /* in one turn of the loop */
#define ACCEPT_REST_MS UINT64_C(1000) /* when descriptors have run out */

static struct node_link *find_link(struct node *node, uint64_t number)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (link_number(node->links[i].link) == number)
			return &node->links[i];
	return NULL;
}

static bool has_session(const struct node *node, struct person_id person)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (link_is_up(node->links[i].link) &&
			person_equal(link_person(node->links[i].link), person))
			return true;
	return false;
}

/* ---- Under which root to dial: the newest, and, when the other side does not know that
 * one, the one before it. */

static size_t before_at(const struct node *node, struct person_id person)
{
	size_t i = 0;
	while (i < node->try_before_count && !person_equal(node->try_before[i], person))
		i++;
	return i;
}

static const struct link_key *key_for(struct node *node, const struct pair *pair)
{
	bool before = before_at(node, pair->person) < node->try_before_count;
	return &pair->keys[before && pair->root_count > 1 ? 1 : 0];
}

static void try_other_root(struct node *node, struct person_id person)
{
	const struct pair *pair = pairs_find(node->pairs, person);
	size_t i = before_at(node, person);
	if (i < node->try_before_count)
		node->try_before[i] = node->try_before[--node->try_before_count];
	else if (pair != NULL && pair->root_count > 1 && i < PARTNERS_MAX)
		node->try_before[node->try_before_count++] = person;
}

/* ---- What becomes of a connection */

/* Where this partner listens, and in which network that holds: tried first next time. */
static void remember(struct node *node, struct link *link)
{
	struct network network;
	struct address peer;
	struct why why = {0};
	const char *address = link_address(link);
	if (!network_of_socket(link_fd(link), &network) ||
		!tcp_peer(link_fd(link), &peer))
		return;
	if (!link_has_dialled(link))
		address = find_listener(node->find, link_person(link), &peer);
	if (address == NULL || address_is_loopback(&peer))
		return;
	const struct pair *pair = pairs_find(node->pairs, link_person(link));
	int64_t clock_offset_s = find_clock(
		node->find, link_person(link), pair != NULL ? pair->clock_offset_s : 0);
	if (pairs_remember(node->notebook, link_person(link), address, &network,
		    clock_offset_s, &why) != OK)
		node_log(node, "%s", why_text(&why, ERR_IO));
}

static void on_up(struct node *node, struct link *link, const struct link_event *event)
{
	size_t before = before_at(node, event->person);
	if (before < node->try_before_count)
		node->try_before[before] = node->try_before[--node->try_before_count];
	node_log(node, "%s: connected, %s", node_called(node, event->person),
		link_address(link));
	roster_up(node->roster, event->person, &event->device, link_number(link),
		link_has_dialled(link), node_now_ms(node));
	node_decide(node);
}

static void on_rest(struct node *node, struct link *link, const struct link_event *event)
{
	struct node_link *mine = find_link(node, link_number(link));
	bool is_first = mine != NULL && !mine->has_rested;
	if (mine != NULL)
		mine->has_rested = true;
	if (is_first)
		remember(node, link);
	node_note_done(node, event->person, &event->report, is_first);
}

static void say_end(struct node *node, const struct link_event *event)
{
	const char *name = node_called(node, event->person);
	if (event->err == OK || event->reason == WIRE_CLOSE_AGE)
		return;
	if (event->reason == WIRE_CLOSE_LEAVING || event->reason == WIRE_CLOSE_DONE)
		node_log(node, "%s: left", name);
	else
		node_log(node, "%s: connection lost: %s", name, tr(event->why));
}

/* One that another replaces, or that had done its work, did not fail. */
static void note_end(
	struct node *node, const struct node_link *ended, const struct link_event *event)
{
	bool replaced = event->reason == WIRE_CLOSE_REPLACED || ended->renew ||
			has_session(node, event->person);
	if (replaced)
		return;
	if (event->was_up && ended->has_rested && event->report.sync.came == 0 &&
		event->report.sync.sent == 0) {
		say_end(node, event);
		return;
	}
	if (event->was_up || link_has_dialled(ended->link))
		node_note_failed(node, event->person,
			event->err != OK ? event->err : ERR_CLOSED, tr(event->why),
			&event->report);
}

static void on_end(struct node *node, struct link *link, const struct link_event *event)
{
	struct node_link *at = find_link(node, link_number(link));
	assert(at != NULL);
	struct node_link ended = *at;
	uint64_t now = node_now_ms(node);
	*at = node->links[--node->link_count];
	if (event->was_up) {
		roster_down(node->roster, link_number(link), now);
	} else if (link_has_dialled(link)) {
		if (event->err != ERR_NOT_REACHED)
			try_other_root(node, event->person);
		roster_failed(node->roster, event->person, event->err, now);
	}
	if (ended.renew)
		roster_nudge(node->roster, event->person, now);
	note_end(node, &ended, event);
	link_free(link);
	node_decide(node);
}

static void on_link(void *arg, struct link *link, const struct link_event *event)
{
	struct node *node = arg;
	switch (event->type) {
	case LINK_UP:
		on_up(node, link, event);
		return;
	case LINK_REST:
		on_rest(node, link, event);
		return;
	case LINK_END:
		on_end(node, link, event);
		return;
	}
}

/* ---- Dialling */

static struct link_config config_of(
	struct node *node, const struct link_key *keys, size_t count)
{
	return (struct link_config){.loop = node->config.loop,
		.notebook = node->notebook,
		.number = ++node->link_numbers,
		.keys = keys,
		.key_count = count,
		.once = node->config.once};
}

static void add_link(struct node *node, struct link *link)
{
	node->links[node->link_count++] = (struct node_link){.link = link};
}

static void dial(struct node *node, const struct roster_event *event)
{
	const struct pair *pair = pairs_find(node->pairs, event->person);
	struct address to;
	if (pair == NULL || node->link_count == NODE_LINKS ||
		address_read(event->address, false, &to, NULL) != OK) {
		roster_failed(
			node->roster, event->person, ERR_NOT_REACHED, node_now_ms(node));
		return;
	}
	struct link_config config = config_of(node, key_for(node, pair), 1);
	add_link(node, link_dial(&config, &to, on_link, node));
}

static void end_link(struct node *node, uint64_t number)
{
	struct node_link *link = find_link(node, number);
	if (link != NULL)
		link_close(link->link, WIRE_CLOSE_REPLACED);
}

void node_on_decide(void *arg)
{
	struct node *node = arg;
	struct roster_event event;
	roster_tick(node->roster, node_now_ms(node));
	while (roster_next(node->roster, &event)) {
		switch (event.type) {
		case ROSTER_DIAL:
			dial(node, &event);
			break;
		case ROSTER_END:
			end_link(node, event.link);
			break;
		}
	}
	loop_timer_set(node->decide, roster_deadline_ms(node->roster));
}

/* ---- Answering */

/* Strangers may hold a few places for a few seconds, and of one address fewer. */
static bool has_place(const struct node *node, int fd)
{
	struct address peer, other;
	size_t early = 0, same = 0;
	if (!tcp_peer(fd, &peer) || node->link_count == NODE_LINKS)
		return false;
	for (size_t i = 0; i < node->link_count; i++) {
		const struct link *link = node->links[i].link;
		if (link_is_up(link) || link_has_dialled(link))
			continue;
		early++;
		if (link_fd(link) >= 0 && tcp_peer(link_fd(link), &other) &&
			address_same_host(&peer, &other))
			same++;
	}
	return early < NODE_EARLY && same < NODE_EARLY_1;
}

static void answer(struct node *node, int fd)
{
	const struct pairs *pairs = node->pairs;
	if (!has_place(node, fd)) {
		close(fd);
		return;
	}
	struct link_key *keys =
		locked_new((PAIR_ROOTS * pairs->count + 1) * sizeof *keys);
	size_t count = 0;
	for (size_t i = 0; i < pairs->count; i++)
		for (size_t k = 0; k < pairs->at[i].root_count; k++)
			keys[count++] = pairs->at[i].keys[k];
	struct link_config config = config_of(node, keys, count);
	add_link(node, link_answer(&config, fd, on_link, node));
	locked_free(keys);
}

static void listen_again(void *arg)
{
	struct node *node = arg;
	loop_set_events(node->listener_watch, POLLIN);
}

static void on_listener(void *arg, int fd, short happened)
{
	(void)happened;
	struct node *node = arg;
	for (int i = 0; i < ACCEPT_MAX; i++) {
		int one;
		enum err e = tcp_accept(fd, &one);
		if (e == OK) {
			answer(node, one);
			continue;
		}
		if (e != ERR_NOT_FOUND) {
			loop_set_events(node->listener_watch, 0);
			loop_timer_set(node->accept, node_now_ms(node) + ACCEPT_REST_MS);
		}
		return;
	}
}

enum err node_listen(struct node *node, struct why *why)
{
	enum err e = tcp_listen(node->config.listen, &node->listener, &node->port, why);
	if (e != OK)
		return e;
	node->listener_watch =
		loop_add_fd(node->config.loop, node->listener, POLLIN, on_listener, node);
	node->accept = loop_timer(node->config.loop, LOOP_NEVER, listen_again, node);
	return OK;
}

void node_unlisten(struct node *node)
{
	loop_remove(node->listener_watch);
	loop_timer_remove(node->accept);
	if (node->listener >= 0)
		close(node->listener);
	node->listener_watch = NULL;
	node->accept = NULL;
	node->listener = -1;
	node->port = 0;
}

/* ---- All of them */

void node_leave_all(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++) {
		link_leave(node->links[i].link, WIRE_CLOSE_LEAVING);
		link_free(node->links[i].link);
	}
	node->link_count = node->try_before_count = 0;
}

void node_drop_dead(struct node *node)
{
	CLEAN_MEM struct interface_address *all = NULL;
	size_t count;
	struct address own;
	if (interfaces_list(&all, &count) != OK)
		return;
	for (size_t i = 0; i < node->link_count; i++) {
		struct link *link = node->links[i].link;
		if (link_is_up(link) && tcp_own(link_fd(link), &own) &&
			!interfaces_have(all, count, &own))
			link_drop(link, "this machine's address changed");
	}
}

void node_tell_moved(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++)
		link_store_moved(node->links[i].link);
}

bool node_renew(struct node *node, struct person_id person)
{
	bool is_up = false;
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *at = &node->links[i];
		if (!link_is_up(at->link) || !person_equal(link_person(at->link), person))
			continue;
		is_up = true;
		if (!link_is_resting(at->link))
			continue;
		at->renew = true;
		link_close(at->link, WIRE_CLOSE_AGE);
	}
	return is_up;
}
