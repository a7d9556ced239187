/*
 * net/host/mdns.h as a program, for the tests in network namespaces: it prints what it is
 * told, one line each, and does what its stdin says.
 *
 *	publish INSTANCE HOST STRING…    unpublish    ignore INSTANCE    search
 *	problem
 *
 * It ends with its stdin, saying goodbye to the network first.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/crypto/keys.h"
#include "net/host/loop.h"
#include "net/host/mdns.h"

struct probe {
	uint16_t port;
	struct loop *loop;
	struct mdns *mdns;
	struct buf in;
	bool is_over;
};

static void say_found(const struct mdns_event *event)
{
	printf("found %s port %u txt", event->instance, event->port);
	for (size_t i = 0; i < event->txt_count; i++)
		printf(" %.*s", (int)event->txt[i].len, (const char *)event->txt[i].at);
	printf(" at");
	for (size_t i = 0; i < event->address_count; i++)
		printf(" %s", event->addresses[i].text);
	printf("\n");
}

static void on_event(void *arg, const struct mdns_event *event)
{
	(void)arg;
	switch (event->kind) {
	case MDNS_FOUND:
		say_found(event);
		break;
	case MDNS_GONE:
		printf("gone %s\n", event->instance);
		break;
	case MDNS_PUBLISHED:
		printf("published %s\n", event->instance);
		break;
	case MDNS_COLLISION:
		printf("collision %s\n", event->instance);
		break;
	case MDNS_WITHDRAWN:
		printf("withdrawn %s\n", event->instance);
		break;
	}
	fflush(stdout);
}

static void publish(struct probe *probe, char *words[], size_t count)
{
	struct bytes txt[8];
	size_t txt_count = 0;
	for (size_t i = 3; i < count && txt_count < 8; i++)
		txt[txt_count++] = bytes_text(words[i]);
	enum err e = count < 3 ? ERR_USAGE
			       : mdns_publish(probe->mdns, words[1], words[2],
					 probe->port, txt, txt_count);
	if (e != OK)
		printf("error %s\n", err_text(e));
}

static void obey(struct probe *probe, char *line)
{
	char *words[16] = {NULL}, *rest = NULL;
	size_t count = 0;
	for (char *word = strtok_r(line, " ", &rest); word != NULL && count < 16;
		word = strtok_r(NULL, " ", &rest))
		words[count++] = word;
	if (count == 0)
		return;
	if (strcmp(words[0], "publish") == 0)
		publish(probe, words, count);
	else if (strcmp(words[0], "unpublish") == 0)
		mdns_unpublish(probe->mdns);
	else if (strcmp(words[0], "ignore") == 0 && count == 2)
		mdns_ignore(probe->mdns, words[1]);
	else if (strcmp(words[0], "search") == 0)
		mdns_search_again(probe->mdns);
	else if (strcmp(words[0], "problem") == 0)
		printf("problem: %s\n", mdns_problem(probe->mdns) != NULL
						? mdns_problem(probe->mdns)
						: "none");
	fflush(stdout);
}

static void on_stdin(void *arg, int fd, short happened)
{
	(void)happened;
	struct probe *probe = arg;
	char chunk[1024], *end;
	ssize_t got = read(fd, chunk, sizeof chunk);
	if (got <= 0) {
		probe->is_over = true;
		return;
	}
	buf_add_raw(&probe->in, chunk, (size_t)got);
	while ((end = memchr(probe->in.at, '\n', probe->in.len)) != NULL) {
		size_t len = (size_t)(end - (char *)probe->in.at) + 1;
		*end = '\0';
		obey(probe, (char *)probe->in.at);
		buf_drop_front(&probe->in, len);
	}
}

int main(int argc, char *argv[])
{
	struct probe probe = {0};
	probe.port = argc > 1 ? (uint16_t)strtoul(argv[1], NULL, 10) : 25484;
	if (crypto_start() != OK)
		return 1;
	probe.loop = loop_new();
	probe.mdns = mdns_new(probe.loop, on_event, &probe);
	loop_add_fd(probe.loop, STDIN_FILENO, POLLIN, on_stdin, &probe);
	while (!probe.is_over && loop_run_once(probe.loop, -1) == OK) {
	}
	mdns_free(probe.mdns);
	loop_free(probe.loop);
	buf_release(&probe.in);
	return 0;
}
