#include "net/host/node.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tr.h"
#include "net/host/keysocket.h"
#include "net/host/loop.h"
#include "net/host/node_parts.h"

#define VERSION_MS UINT64_C(1000) /* look so often where the store gives no watch */

uint64_t node_now_ms(const struct node *node)
{
	return loop_now_ms(node->config.loop);
}

void node_log(struct node *node, const char *format, ...)
{
	char line[768];
	va_list list;
	if (node->config.log == NULL)
		return;
	va_start(list, format);
	vsnprintf(line, sizeof line, tr(format), list);
	va_end(list);
	node->config.log(node->config.arg, line);
}

const char *node_called(const struct node *node, struct person_id person)
{
	const struct pair *pair = pairs_find(node->pairs, person);
	return pair != NULL ? pair->called : tr("a former partner");
}

void node_decide(struct node *node)
{
	loop_timer_set(node->decide, node_now_ms(node));
}

/* ---- The store moves: a command, the face, a session */

static void tell_roster_of_pairs(struct node *node, const struct pairs *old)
{
	for (size_t i = 0; i < node->pairs->count; i++)
		if (roster_partner(node->roster, node->pairs->at[i].person,
			    node_now_ms(node)) != OK)
			return; /* both hold 64 */
	for (size_t i = 0; old != NULL && i < old->count; i++)
		if (pairs_find(node->pairs, old->at[i].person) == NULL)
			roster_forget(node->roster, old->at[i].person);
}

static void read_pairs_again(struct node *node)
{
	struct pairs *now;
	struct why why = {0};
	enum err e = pairs_read(node->notebook, &now, &why);
	if (e != OK) {
		node_log(node, "the partners cannot be read: %s", why_text(&why, e));
		return;
	}
	struct pairs *old = node->pairs;
	node->pairs = now;
	if (!pairs_equal(old, now)) {
		tell_roster_of_pairs(node, old);
		find_pairs(node->find);
		node_decide(node);
	}
	pairs_free(old);
}

static void look_at_version(struct node *node)
{
	uint64_t version = notebook_version(node->notebook);
	if (version == node->version)
		return;
	node->version = version;
	read_pairs_again(node);
	node_tell_moved(node);
}

static void on_store(void *arg, int fd, short happened)
{
	(void)fd, (void)happened;
	struct node *node = arg;
	notebook_watch_read(node->notebook);
	look_at_version(node);
}

static void on_version_timer(void *arg)
{
	struct node *node = arg;
	notebook_watch_read(node->notebook);
	look_at_version(node);
	loop_timer_set(node->version_timer, node_now_ms(node) + VERSION_MS);
}

static void watch_store(struct node *node)
{
	int fd = notebook_watch_fd(node->notebook);
	node->version = notebook_version(node->notebook);
	if (fd >= 0)
		node->store_watch =
			loop_add_fd(node->config.loop, fd, POLLIN, on_store, node);
	else
		node->version_timer = loop_timer(node->config.loop,
			node_now_ms(node) + VERSION_MS, on_version_timer, node);
}

/* ---- Open and locked */

static void stop(struct node *node)
{
	if (node->notebook == NULL)
		return;
	node_leave_all(node);
	find_free(node->find);
	node_unlisten(node);
	loop_remove(node->store_watch);
	loop_timer_remove(node->version_timer);
	loop_timer_remove(node->decide);
	roster_free(node->roster);
	pairs_free(node->pairs);
	keysocket_offer(node->keysocket, NULL);
	node_forget_waiting(node);
	if (!node->is_lent)
		notebook_close(node->notebook);
	node->find = NULL;
	node->store_watch = NULL;
	node->version_timer = node->decide = NULL;
	node->roster = NULL;
	node->pairs = NULL;
	node->notebook = NULL;
	node->is_lent = false;
}

static enum err start(
	struct node *node, struct notebook *notebook, bool is_lent, struct why *why)
{
	enum err e = pairs_read(notebook, &node->pairs, why);
	if (e != OK)
		return e;
	/* Where it may be invisible, node_find.c listens once it knows where it is. */
	if (node->config.listen != NULL || node->pairs->invisible.count == 0)
		e = node_listen(node, why);
	if (e != OK) {
		pairs_free(node->pairs);
		node->pairs = NULL;
		return e;
	}
	node->notebook = notebook;
	node->is_lent = is_lent;
	node->decide =
		loop_timer(node->config.loop, node_now_ms(node), node_on_decide, node);
	node->roster = roster_new(&notebook_me(notebook)->device_public);
	tell_roster_of_pairs(node, NULL);
	node->find = find_new(node);
	watch_store(node);
	keysocket_offer(node->keysocket, notebook_master(notebook));
	if (node->port != 0)
		node_log(node, "open, listening on port %u", node->port);
	else
		node_log(node, "open");
	return OK;
}

enum err node_open(struct node *node, const struct secret *master, struct why *why)
{
	struct notebook *notebook;
	if (node->notebook != NULL)
		return OK;
	enum err e =
		notebook_open(node->dir, master, node->config.schema, &notebook, why);
	if (e != OK)
		return e;
	e = start(node, notebook, false, why);
	if (e != OK)
		notebook_close(notebook);
	return e;
}

enum err node_lend(struct node *node, struct notebook *notebook, struct why *why)
{
	return node->notebook != NULL ? OK : start(node, notebook, true, why);
}

enum err node_close(struct node *node, struct why *why)
{
	if (node->is_lent)
		return because(why, ERR_REFUSED,
			"the kith that runs here is at work with the store: end it "
			"first");
	if (node->notebook == NULL)
		return OK;
	stop(node);
	node_log(node, "locked");
	return OK;
}

struct notebook *node_notebook(struct node *node)
{
	return node->notebook;
}

uint16_t node_port(const struct node *node)
{
	return node->port;
}

/* ---- Life */

static enum err try_to_listen(const struct node_config *config, struct why *why)
{
	int fd;
	uint16_t port;
	enum err e = tcp_listen(config->listen, &fd, &port, why);
	if (e == OK)
		close(fd);
	return e;
}

static void on_waiting(void *arg)
{
	node_answer_waiting(arg);
}

enum err node_new(const struct node_config *config, struct node **out, struct why *why)
{
	struct node *node = mem_new(sizeof *node);
	*out = NULL;
	node->config = *config;
	node->dir = mem_text(config->dir);
	node->lock_fd = node->listener = -1;
	enum err e = try_to_listen(config, why);
	if (e == OK)
		e = notebook_lock_node(node->dir, &node->lock_fd, why);
	if (e == OK)
		e = keysocket_listen(config->loop, node->dir, node_on_request, node,
			&node->keysocket, why);
	if (e != OK) {
		node_free(node);
		return e;
	}
	node->waiting_timer = loop_timer(config->loop, LOOP_NEVER, on_waiting, node);
	*out = node;
	return OK;
}

void node_free(struct node *node)
{
	if (node == NULL)
		return;
	stop(node);
	keysocket_close(node->keysocket);
	loop_timer_remove(node->waiting_timer);
	if (node->lock_fd >= 0)
		close(node->lock_fd);
	mem_free(node->dir);
	mem_free(node);
}

void node_freep(struct node **node)
{
	node_free(*node);
	*node = NULL;
}

bool node_is_busy(const struct node *node)
{
	return node->link_count > 0;
}

enum err node_nudge(struct node *node, struct person_id person,
	const struct address *address, uint64_t *mark, struct why *why)
{
	if (node->notebook == NULL)
		return because(why, ERR_LOCKED,
			"the running node is locked: kith unlock opens it");
	if (pairs_find(node->pairs, person) == NULL)
		return because(
			why, ERR_NOT_FOUND, "the pair with that partner has ended");
	*mark = node->outcome_numbers;
	if (address != NULL) {
		char text[ADDRESS_TEXT];
		address_text(address, text);
		roster_typed(node->roster, person, text, node_now_ms(node));
	}
	if (!node_renew(node, person)) {
		roster_nudge(node->roster, person, node_now_ms(node));
		find_harder(node->find);
	}
	node_decide(node);
	return OK;
}
