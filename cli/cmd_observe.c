/*
 * kith observe: sit in a lesson and note what is seen, one key or one line each. What is
 * noted is on the disk before the next key; a crash, a closed lid or an empty battery
 * costs nothing but the time until it goes on, which is marked as a gap.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/coach.h"
#include "cli/commands.h"
#include "cli/observing.h"
#include "cli/show.h"
#include "core/base/tr.h"
#include "core/coaching/lesson.h"
#include "core/coaching/visit.h"
#include "core/notebook/notebook.h"
#include "net/host/clock.h"

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
		observing_time(o, now), observing_time(o, now - last));
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
	uint64_t now = observing_ms(o);
	size_t count = observer_close(o->observer, now, seen);
	enum err e = observing_write(o, seen, count, why);
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
			observing_time(o, now),
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
	e = keys ? observing_by_keys(&o, why) : observing_by_lines(&o, why);
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
