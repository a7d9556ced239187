#include "tests/test.h"

#include "tests/unit/protocol/line.h"

#define TURNS_MAX 100000 /* a test that talks longer than this is broken */

void line_init(struct line *line)
{
	*line = (struct line){.piece = 4096, .now_ms = 1000, .harm_side = -1};
	WIPED(secret) root;
	random_secret(&root);
	for (int i = 0; i < 2; i++) {
		struct line_side *side = &line->side[i];
		side->name = i == DIALER ? "anna" : "ben";
		side->versions = wire_versions_own();
		side->key_count = 1;
		dh_pair(&side->own, &side->own_public);
		pair_session_key(&root, i == DIALER, (size_t)i + 70, &side->keys[0]);
	}
}

void line_release(struct line *line)
{
	for (int i = 0; i < 2; i++) {
		session_free(line->side[i].session);
		buf_release(&line->side[i].message);
		buf_release(&line->heard[i]);
	}
	buf_release(&line->log);
}

void line_open(struct line *line)
{
	for (int i = 0; i < 2; i++) {
		struct line_side *side = &line->side[i];
		struct session_config config = {.dialer = i == DIALER,
			.own = &side->own,
			.keys = side->keys,
			.key_count = side->key_count,
			.versions = side->versions};
		side->session = session_new(&config, line->now_ms);
	}
}

static void write_down(
	struct line *line, struct line_side *side, const struct session_event *event)
{
	switch (event->type) {
	case SESSION_UP:
		buf_add_format(&line->log, "%s is up\n", side->name);
		break;
	case SESSION_MESSAGE:
		if (event->message.len <= 40)
			buf_add_format(&line->log, "%s hears %u: %.*s\n", side->name,
				event->kind, (int)event->message.len,
				(const char *)event->message.at);
		else
			buf_add_format(&line->log, "%s hears %u: %zu bytes\n", side->name,
				event->kind, event->message.len);
		break;
	case SESSION_CLOSED:
		buf_add_format(&line->log, "%s is closed%s: %s\n", side->name,
			event->cut ? " (cut)" : "", event->why);
		break;
	}
}

void line_events(struct line *line, int i)
{
	struct line_side *side = &line->side[i];
	struct session_event event;
	while (session_next(side->session, &event)) {
		assert_false(side->closed);
		write_down(line, side, &event);
		switch (event.type) {
		case SESSION_UP:
			side->up = true;
			side->came = event;
			break;
		case SESSION_MESSAGE:
			buf_clear(&side->message);
			buf_add(&side->message, event.message);
			side->messages++;
			break;
		case SESSION_CLOSED:
			side->closed = true;
			side->ended = event;
			snprintf(side->why, sizeof side->why, "%s", event.why);
			break;
		}
	}
}

/* The bytes as the line lets them through; false when it ends here. */
static bool harm(struct line *line, int i, struct bytes said, struct buf *out)
{
	buf_add(out, said);
	struct line_side *side = &line->side[i];
	size_t before = side->said;
	side->said += said.len;
	if (i != line->harm_side || line->harm_at < before || line->harm_at >= side->said)
		return true;
	size_t at = line->harm_at - before;
	out->at[at] ^= line->flip;
	if (line->cut)
		out->len = at;
	return !line->cut;
}

static void hang_up(struct line *line, int i)
{
	line->side[i].hung_up = true;
	session_eof(line->side[1 - i].session, line->now_ms);
	line_events(line, 1 - i);
}

/* One side's turn: some of its output goes over. */
static bool turn(struct line *line, int i)
{
	struct line_side *side = &line->side[i];
	struct buf *out = session_output(side->session);
	if (out->len > side->largest_step)
		side->largest_step = out->len;
	if (out->len == 0) {
		if (!side->closed || side->hung_up)
			return false;
		hang_up(line, i);
		return true;
	}

	CLEAN_BUF struct buf piece = {0};
	struct bytes said = {out->at, out->len < line->piece ? out->len : line->piece};
	bool goes_on = harm(line, i, said, &piece);
	buf_drop_front(out, said.len);
	if (!line->side[1 - i].closed && !side->hung_up) {
		if (line->keep)
			buf_add(&line->heard[1 - i], buf_bytes(&piece));
		session_recv(line->side[1 - i].session, buf_bytes(&piece), line->now_ms);
		line_events(line, 1 - i);
	}
	if (!goes_on) {
		hang_up(line, i);
		hang_up(line, 1 - i);
	}
	return true;
}

void line_run(struct line *line)
{
	for (size_t turns = 0; turns < TURNS_MAX; turns++) {
		bool a = turn(line, DIALER);
		bool b = turn(line, LISTENER);
		if (!a && !b)
			return;
	}
	fail_msg("the two talk for ever");
}

void line_wait(struct line *line, uint64_t ms)
{
	line->now_ms += ms;
	for (int i = 0; i < 2; i++) {
		session_tick(line->side[i].session, line->now_ms);
		line_events(line, i);
	}
	line_run(line);
}

void line_meet(struct line *line)
{
	line_open(line);
	line_run(line);
	assert_true(line->side[DIALER].up);
	assert_true(line->side[LISTENER].up);
	assert_string_equal(buf_text(&line->log), "anna is up\nben is up\n");
	buf_clear(&line->log);
}

void line_say(struct line *line, int side, uint8_t kind, const char *text)
{
	assert_int_equal(session_send(line->side[side].session, kind, bytes_text(text),
				 line->now_ms),
		OK);
}
