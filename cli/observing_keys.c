/* On a terminal: one line at the bottom, drawn anew after each key. */
#include <poll.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "cli/observing.h"
#include "cli/text.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"

#define REDRAW_MS 5000 /* the clock on the screen; each key redraws too */

static struct termios terminal_before;

static void terminal_raw(void)
{
	struct termios raw = terminal_before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void terminal_back(void)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
}

static void add_counts(struct observing *o, struct buf *out)
{
	const struct instrument *in = observer_instrument(o->observer);
	if (in == NULL)
		return;
	buf_add_text(out, "  ");
	buf_add(out, tr_bytes(in->name));
	buf_add_text(out, ":");
	for (size_t i = 0; i < in->code_count; i++) {
		size_t count = observer_count(o->observer, i);
		if (count == 0)
			continue;
		buf_add_u8(out, ' ');
		buf_add(out, tr_bytes(in->codes[i].word));
		buf_add_format(out, " %zu", count);
	}
}

static void draw(struct observing *o)
{
	CLEAN_BUF struct buf out = {0}, clean = {0};
	const char *typing = observer_typing(o->observer);
	buf_add_format(&out, "%s%s", observing_time(o, observing_ms(o)),
		observer_is_paused(o->observer) ? tr(" paused") : "");
	if (typing != NULL) {
		buf_add_format(&out, "  > %s", typing);
	} else {
		unsigned seat = observer_seat(o->observer);
		if (seat > 0)
			buf_add_format(&out, "  S%u", seat);
		add_counts(o, &out);
		if (observer_last(o->observer)[0] != '\0')
			buf_add_format(&out, "  (%s)", observer_last(o->observer));
	}
	utf8_add_clean(&clean, buf_bytes(&out), false);
	CLEAN_BUF struct buf cut = {0};
	(void)text_add_cut(&cut, buf_bytes(&clean),
		o->cli->print.screen > 1 ? o->cli->print.screen - 1 : 79);
	printf("\r\033[K%s", buf_text(&cut));
	fflush(stdout);
}

/* A sentence above the bottom line. */
static void say_above(const char *text)
{
	printf("\r\033[K%s\n", text);
	fflush(stdout);
}

static void show_said(struct observing *o, const struct observation *seen, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (seen[i].what == OBSERVED_SAY)
			say_above(seen[i].text);
		if (seen[i].what == OBSERVED_KEYS)
			say_above(observer_keys(o->observer));
		if (seen[i].what == OBSERVED_END)
			o->ended = true;
	}
}

/* One key of what was read: a whole UTF-8 character, or an escape sequence, which means
 * nothing here and is passed over. */
static struct bytes take_key(struct bytes *rest)
{
	struct bytes key = {rest->at, 1};
	if (key.at[0] == '\033' && rest->len > 2 &&
		(rest->at[1] == '[' || rest->at[1] == 'O')) {
		size_t len = 2;
		while (len < rest->len && (rest->at[len] < '@' || rest->at[len] > '~'))
			len++;
		*rest = (struct bytes){rest->at + len, rest->len - len};
		if (rest->len > 0)
			*rest = (struct bytes){rest->at + 1, rest->len - 1};
		return (struct bytes){0};
	}
	while (key.len < rest->len && (rest->at[key.len] & 0xc0) == 0x80)
		key.len++;
	*rest = (struct bytes){rest->at + key.len, rest->len - key.len};
	if (key.len == 1 && key.at[0] == '\n')
		return bytes_text("\r");
	if (key.len == 1 && key.at[0] == '\b')
		return bytes_text("\177");
	return utf8_valid(key) ? key : (struct bytes){0};
}

static enum err take_keys(struct observing *o, struct bytes rest, struct why *why)
{
	enum err e = OK;
	while (e == OK && rest.len > 0 && !o->ended) {
		struct observation seen[OBSERVATIONS];
		struct bytes key = take_key(&rest);
		if (key.len == 0)
			continue;
		size_t count = observer_key(o->observer, key, observing_ms(o), seen);
		e = observing_write(o, seen, count, why);
		show_said(o, seen, count);
	}
	return e;
}

enum err observing_by_keys(struct observing *o, struct why *why)
{
	enum err e = OK;
	tcgetattr(STDIN_FILENO, &terminal_before);
	say_above(observer_keys(o->observer));
	terminal_raw();
	while (e == OK && !o->ended) {
		struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
		draw(o);
		if (poll(&fd, 1, REDRAW_MS) <= 0)
			continue;
		uint8_t block[256];
		ssize_t got = read(STDIN_FILENO, block, sizeof block);
		if (got <= 0)
			break; /* the terminal went away: what is noted is noted */
		e = take_keys(o, (struct bytes){block, (size_t)got}, why);
	}
	terminal_back();
	printf("\n");
	return e;
}
