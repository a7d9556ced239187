/*
 * kith observe: sit in a lesson and note what is seen, one key or one line each. What is
 * noted is on the disk before the next key; a crash, a closed lid or an empty battery
 * costs nothing but the time until it goes on, which is marked as a gap.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/prompt.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/lesson.h"
#include "core/coaching/observer.h"
#include "core/coaching/visit.h"
#include "core/notebook/notebook.h"
#include "net/host/clock.h"

#define REDRAW_MS 5000 /* the clock on the screen; each key redraws too */
#define RIDS      256u

struct observing {
	struct cli *cli;
	struct observer *observer;
	struct id session, visit;
	uint64_t began_ms;  /* of CLOCK_BOOTTIME, at lesson time 0 */
	uint64_t paused_ms; /* lesson time at which a pause began; UINT64_MAX: none */
	struct {
		uint8_t rid[8];
		bool is_line;
	} written[RIDS]; /* for undoing */
	size_t written_count;
	size_t events, lines;
	bool ended;
	struct buf line; /* plain: what came of the next line */
};

static uint64_t lesson_ms(const struct observing *o)
{
	return clock_boot_ms() - o->began_ms;
}

static const char *time_text(struct observing *o, uint64_t ms)
{
	return arena_format(&o->cli->arena, "%u:%02u", (unsigned)(ms / 60000),
		(unsigned)(ms / 1000 % 60));
}

/* ---- Writing down, each in a transaction of its own. */

static void remember(struct observing *o, const uint8_t rid[8], bool is_line)
{
	if (o->written_count == RIDS) {
		memmove(o->written, o->written + 1,
			sizeof o->written - sizeof o->written[0]);
		o->written_count--;
	}
	memcpy(o->written[o->written_count].rid, rid, 8);
	o->written[o->written_count++].is_line = is_line;
	*(is_line ? &o->lines : &o->events) += 1;
}

static enum err undo(struct observing *o, struct notebook_txn *txn, struct why *why)
{
	if (o->written_count == 0)
		return OK;
	o->written_count--;
	*(o->written[o->written_count].is_line ? &o->lines : &o->events) -= 1;
	return lesson_void(txn, o->session, o->written[o->written_count].rid, why);
}

static enum err write_one(struct observing *o, struct notebook_txn *txn,
	const struct observation *seen, struct why *why)
{
	uint8_t rid[8];
	enum err e = OK;
	switch (seen->what) {
	case OBSERVED_EVENT:
		e = lesson_event(txn, o->session, &seen->event, rid, why);
		if (e == OK)
			remember(o, rid, seen->event.kind == EVENT_SCRIPT);
		break;
	case OBSERVED_UNDO:
		e = undo(o, txn, why);
		break;
	case OBSERVED_OWN:
		e = lesson_own_line(txn, o->session, seen->event.t_ms, seen->text, why);
		break;
	case OBSERVED_MOMENT:
		e = lesson_moment(
			txn, o->session, seen->event.t_ms, bytes_text(seen->text), why);
		break;
	case OBSERVED_PAUSE:
		o->paused_ms = seen->event.t_ms;
		break;
	case OBSERVED_ON:
		e = lesson_gap(txn, o->session, o->paused_ms,
			seen->event.t_ms - o->paused_ms, why);
		o->paused_ms = UINT64_MAX;
		break;
	case OBSERVED_SAY:
	case OBSERVED_KEYS:
	case OBSERVED_END:
		break;
	}
	return e;
}

static bool is_written(const struct observation *seen)
{
	return seen->what != OBSERVED_SAY && seen->what != OBSERVED_KEYS &&
	       seen->what != OBSERVED_END && seen->what != OBSERVED_PAUSE;
}

static enum err write_all(struct observing *o, const struct observation *seen,
	size_t count, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = OK;
	bool any = false;
	for (size_t i = 0; i < count; i++)
		any = any || is_written(&seen[i]);
	if (any)
		e = cli_edit(o->cli, &txn, why);
	for (size_t i = 0; e == OK && i < count; i++)
		e = write_one(o, txn, &seen[i], why);
	return e == OK && any ? cli_commit(&txn, why) : e;
}

/* ---- On a terminal: one line at the bottom, drawn anew after each key. */

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
	buf_add_format(&out, "%s%s", time_text(o, lesson_ms(o)),
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
		size_t count = observer_key(o->observer, key, lesson_ms(o), seen);
		e = write_all(o, seen, count, why);
		show_said(o, seen, count);
	}
	return e;
}

static enum err by_keys(struct observing *o, struct why *why)
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

/* ---- Typed lines: append-only, for a reader aloud and for a pipe. */

static void echo_lines(struct observing *o, const struct observation *seen, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CLEAN_BUF struct buf clean = {0};
		if (seen[i].what == OBSERVED_EVENT || seen[i].what == OBSERVED_UNDO ||
			seen[i].what == OBSERVED_OWN) {
			utf8_add_clean(
				&clean, bytes_text(observer_last(o->observer)), false);
			printf("%s  %s\n", time_text(o, seen[i].event.t_ms),
				buf_text(&clean));
		} else if (seen[i].what == OBSERVED_MOMENT) {
			printf("%s  *\n", time_text(o, seen[i].event.t_ms));
		} else if (seen[i].what == OBSERVED_SAY) {
			printf("%s\n", seen[i].text);
		} else if (seen[i].what == OBSERVED_KEYS) {
			printf("%s\n", observer_keys(o->observer));
		}
		o->ended = o->ended || seen[i].what == OBSERVED_END;
	}
	fflush(stdout);
}

/* The next line; false at the end. One that is too long is cut between two characters,
 * and that is said. */
static bool next_line(struct observing *o)
{
	bool is_cut = false;
	if (!prompt_line(&o->line, &is_cut))
		return false;
	for (int i = 0; is_cut && i < 3 && !utf8_valid(buf_bytes(&o->line)); i++)
		o->line.len--;
	if (is_cut && !o->cli->print.is_json)
		printf("%s\n",
			tr("That line was too long: its beginning is kept, the rest is "
			   "not."));
	return true;
}

static enum err by_lines(struct observing *o, struct why *why)
{
	enum err e = OK;
	while (e == OK && !o->ended) {
		struct observation seen[OBSERVATIONS];
		buf_clear(&o->line);
		if (!next_line(o))
			break;
		if (!utf8_valid(buf_bytes(&o->line))) {
			printf("%s\n",
				tr("That line is not UTF-8 text; it was left out."));
			continue;
		}
		size_t count = observer_line(
			o->observer, buf_bytes(&o->line), lesson_ms(o), seen);
		e = write_all(o, seen, count, why);
		if (!o->cli->print.is_json)
			echo_lines(o, seen, count);
		else
			for (size_t i = 0; i < count; i++)
				o->ended = o->ended || seen[i].what == OBSERVED_END;
	}
	return e;
}

/* ---- Beginning and going on. */

static void now_text(char started[32], char tz[16])
{
	time_t now = time(NULL);
	struct tm here;
	localtime_r(&now, &here);
	strftime(started, 32, "%Y-%m-%d %H:%M:%S", &here);
	strftime(tz, 16, "%z", &here);
}

static enum err begin(struct observing *o, const struct instrument *const *instruments,
	size_t count, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	char started[32], tz[16];
	struct bytes names[OBSERVER_INSTRUMENTS];
	now_text(started, tz);
	for (size_t i = 0; i < count; i++)
		names[i] = instruments[i]->id;
	struct lesson_words words = {.visit = o->visit,
		.started = started,
		.tz = tz,
		.instruments = names,
		.instrument_count = count};
	enum err e = cli_edit(o->cli, &txn, why);
	if (e == OK)
		e = lesson_begin(txn, &words, &o->session, why);
	o->began_ms = clock_boot_ms();
	return e == OK ? cli_commit(&txn, why) : e;
}

/* How long ago that local time was, by the wall clock. */
static uint64_t since_ms(const char *started)
{
	struct tm then = {.tm_isdst = -1};
	if (strptime(started, "%Y-%m-%d %H:%M:%S", &then) == NULL)
		return 0;
	time_t at = mktime(&then), now = time(NULL);
	return now > at ? (uint64_t)(now - at) * 1000 : 0;
}

/* The session broke off: it goes on where the wall clock says, the time between marked.
 */
static enum err go_on(struct observing *o, const struct lesson *lesson, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	uint64_t last = lesson->recording.length_ms, now = since_ms(lesson->started);
	if (now < last)
		now = last;
	o->session = lesson->id;
	o->began_ms = clock_boot_ms() - now;
	print_note(&o->cli->print, "Going on at %s; a gap of %s is marked.",
		time_text(o, now), time_text(o, now - last));
	enum err e = cli_edit(o->cli, &txn, why);
	if (e == OK)
		e = lesson_gap(txn, o->session, last, now - last, why);
	return e == OK ? cli_commit(&txn, why) : e;
}

/* Instruments live in the transaction that found them: keep what the observer needs. */
static const struct instrument *kept(struct cli *cli, const struct instrument *in)
{
	struct instrument *copy = arena_new(&cli->arena, sizeof *copy);
	*copy = *in;
	struct bytes *texts[] = {
		&copy->id, &copy->name, &copy->source, &copy->note, &copy->formulae};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		*texts[i] = arena_bytes(&cli->arena, *texts[i]);
	for (size_t i = 0; i < copy->code_count; i++) {
		struct instrument_code *code = &copy->codes[i];
		code->key = arena_bytes(&cli->arena, code->key);
		code->word = arena_bytes(&cli->arena, code->word);
		code->meaning = arena_bytes(&cli->arena, code->meaning);
		code->group = arena_bytes(&cli->arena, code->group);
	}
	return copy;
}

struct start {
	const struct instrument *instruments[OBSERVER_INSTRUMENTS];
	size_t count;
	struct lesson lesson; /* one that broke off */
	bool broke_off;
};

static enum err find_instruments(struct cli *cli, struct notebook_txn *txn,
	const char *const *names, size_t count, struct start *out, struct why *why)
{
	if (count > OBSERVER_INSTRUMENTS)
		return because(why, ERR_INVALID,
			"one cannot watch for more than three things at once");
	for (size_t i = 0; i < count; i++) {
		const struct instrument *found =
			lesson_instrument(txn, bytes_text(names[i]));
		if (found == NULL)
			return because(why, ERR_NOT_FOUND,
				"there is no instrument \"%.40s\"; all there are: kith "
				"instrument",
				names[i]);
		out->instruments[out->count++] = kept(cli, found);
	}
	return OK;
}

static enum err check_visit(const struct visit *visit, struct why *why)
{
	if (visit->state == VISIT_DROPPED)
		return because(why, ERR_REFUSED, "this visit was dropped");
	if (visit->i_teach && visit->state != VISIT_DRAFT)
		return because(why, ERR_REFUSED,
			"you teach this lesson, your partner looks; for a look of your "
			"own: kith observe --use INSTRUMENTS");
	if (visit->state >= VISIT_HANDED_OVER)
		return because(why, ERR_REFUSED,
			"this visit is handed over already; plan another");
	return OK;
}

/* What is to be observed, from one look at the notebook. */
static enum err find_start(struct observing *o, struct start *out, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct cli *cli = o->cli;
	struct visit visit = {0};
	size_t count;
	const char *const *names = coach_list(cli, args_value(&cli->args, "use"), &count);
	enum err e = cli_look(cli, &txn, why);
	if (e == OK && args_word(&cli->args, 0) != NULL) {
		e = coach_word(cli, txn, 0, "visit", &o->visit, why);
		if (e == OK)
			e = visit_read(txn, o->visit, &visit, why);
		if (e == OK)
			e = check_visit(&visit, why);
		struct id session = {{0}};
		if (e == OK)
			e = lesson_of_visit(txn, o->visit, &session, why);
		if (e == OK && !id_is_zero(session)) {
			e = lesson_read(txn, session, &out->lesson, why);
			out->broke_off = e == OK;
			if (e == OK && out->lesson.has_ended)
				e = because(why, ERR_REFUSED,
					"this lesson was observed to its end; next: kith "
					"trim, kith "
					"feedback, kith handover");
			out->lesson.started = arena_text(
				&cli->arena, e == OK ? out->lesson.started : "");
		}
		if (count == 0) {
			names = visit.instruments;
			count = visit.instrument_count;
		}
	}
	return e == OK ? find_instruments(cli, txn, names, count, out, why) : e;
}

static enum err finish(struct observing *o, struct why *why)
{
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	struct observation seen[OBSERVATIONS];
	uint64_t now = lesson_ms(o);
	size_t count = observer_close(o->observer, now, seen);
	enum err e = write_all(o, seen, count, why);
	if (e == OK)
		e = cli_edit(o->cli, &txn, why);
	if (e == OK && o->paused_ms != UINT64_MAX)
		e = lesson_gap(txn, o->session, o->paused_ms, now - o->paused_ms, why);
	if (e == OK)
		e = lesson_length(txn, o->session, now, why);
	if (e == OK && !id_is_zero(o->visit))
		e = coach_visit_done(txn, o->visit, DONE_RAN, why);
	if (e != OK)
		return e;
	return coach_done(o->cli, &txn, o->session,
		arena_format(&o->cli->arena,
			tr("%s, %s, %s. Next: kith trim, kith feedback, kith handover"),
			time_text(o, now),
			arena_format(&o->cli->arena,
				tr_n("%zu count", "%zu counts", o->events), o->events),
			arena_format(&o->cli->arena,
				tr_n("%zu line", "%zu lines", o->lines), o->lines)),
		why);
}

static enum err run(struct cli *cli, struct why *why)
{
	struct observing o = {.cli = cli, .paused_ms = UINT64_MAX};
	struct start start = {0};
	int64_t seats = 0;
	const char *size = args_value(&cli->args, "seats");
	enum err e = OK;
	if (size != NULL)
		e = coach_number("--seats", size, 1, 60, &seats, why);
	if (e == OK)
		e = find_start(&o, &start, why);
	if (e != OK)
		return e;
	if (id_is_zero(o.visit))
		print_note(
			&cli->print, "This lesson belongs to no visit: it stays yours.");
	e = start.broke_off ? go_on(&o, &start.lesson, why)
			    : begin(&o, start.instruments, start.count, why);
	if (e != OK)
		return e;
	o.observer = observer_new(start.instruments, start.count, (unsigned)seats);
	bool keys = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
		    !cli->print.is_plain && !cli->print.is_json;
	e = keys ? by_keys(&o, why) : by_lines(&o, why);
	if (e == OK)
		e = finish(&o, why);
	observer_free(o.observer);
	buf_release(&o.line);
	return e;
}

static const struct option options[] = {
	{"use", "INSTRUMENTS", "at most three: flow,wait; default: those of the plan"},
	{"seats", "N", "how many seats the class has, 1 to 60"},
};
const struct command cmd_observe = {
	.name = "observe",
	.group = GROUP_OBSERVING,
	.words = "[VISIT]",
	.summary = "sit in a lesson and note what you see",
	.detail = "On a terminal one key is one thing seen; ? shows the keys. With "
		  "--plain each\n"
		  "line is: a key or word with a seat after it (q 14), words that were "
		  "said,\n"
		  "/undo, /star, /pause, /on, /next, /stop. ~ begins a line for your own "
		  "eyes,\n"
		  "which never leaves. What is noted is kept at once; if it breaks off, "
		  "the same\n"
		  "command goes on and marks the gap.",
	.min = 0,
	.max = 1,
	OPTIONS(options),
	.run = run,
};
