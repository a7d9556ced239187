/* The session right after a pairing. */
#include <poll.h>
#include <unistd.h>

#include "net/host/link.h"
#include "net/host/loop.h"
#include "net/host/pairer_met.h"

struct meeting {
	struct link_config config;
	struct link *link; /* NULL: between two that called */
	bool is_up, has_rested, over;
	enum err err;
	struct why why;
	struct link_report report;
};

/* The shower answers until the right one calls; the typer calls once. */
static void on_link(void *arg, struct link *link, const struct link_event *event)
{
	struct meeting *m = arg;
	switch (event->type) {
	case LINK_UP:
		m->is_up = true;
		break;
	case LINK_REST:
		m->has_rested = true;
		m->report = event->report;
		break;
	case LINK_END:
		m->over = event->was_up || link_has_dialled(link);
		/* What comes after both came to rest is leave-taking. */
		if (!m->has_rested) {
			m->err = because(&m->why, event->err, "%s", event->why);
			m->report = event->report;
		}
		m->link = NULL;
		link_free(link);
		break;
	}
}

static void on_listener(void *arg, int listener, short happened)
{
	(void)happened;
	struct meeting *m = arg;
	int fd;
	if (tcp_accept(listener, &fd) != OK)
		return;
	if (m->link || m->over)
		close(fd);
	else
		m->link = link_answer(&m->config, fd, on_link, m);
}

static enum err turn(struct meeting *m)
{
	struct loop *loop = m->config.loop;
	uint64_t until = loop_now_ms(loop) + PAIRER_MEET_MS;
	bool was_up = false;
	while (!m->over) {
		uint64_t now = loop_now_ms(loop);
		if (m->is_up && !was_up)
			until = now + PAIRER_SYNC_MS;
		was_up = m->is_up;
		if (now >= until)
			return because(
				&m->why, ERR_TIMEOUT, "the two did not meet in time");
		enum err e = loop_run_once(loop, (int64_t)(until - now));
		if (e != OK)
			return e;
	}
	return m->err;
}

static enum err meet(struct meeting *m, const struct pairer_met *met)
{
	struct loop_fd *watch = NULL;
	if (met->to)
		m->link = link_dial(&m->config, met->to, on_link, m);
	else if (met->listener >= 0)
		watch = loop_add_fd(
			m->config.loop, met->listener, POLLIN, on_listener, m);
	enum err e = turn(m);
	loop_remove(watch);
	if (m->link) {
		link_leave(m->link, WIRE_CLOSE_LEAVING);
		link_free(m->link);
	}
	return e;
}

enum err pairer_meet(struct pairer *pairer, struct notebook *notebook,
	struct link_report *report, struct why *why)
{
	struct pairer_met met = pairer_met(pairer);
	struct link_key key = {.renewed = true};
	*report = (struct link_report){0};
	if (!met.outcome)
		return because(why, ERR_NOT_FOUND, "nobody was paired with");
	key.person = met.outcome->list.person;
	pair_session_key(&met.outcome->root, met.outcome->i_typed, 0, &key.key);

	struct meeting m = {.config = {.loop = met.loop,
				    .notebook = notebook,
				    .keys = &key,
				    .key_count = 1,
				    .once = true}};
	enum err e = meet(&m, &met);
	session_key_wipe(&key.key);
	*report = m.report;
	return e == OK ? OK : because(why, e, "%s", why_text(&m.why, e));
}
