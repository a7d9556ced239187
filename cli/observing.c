#include "cli/observing.h"

#include <string.h>

#include "core/coaching/lesson.h"
#include "core/notebook/notebook.h"
#include "net/host/clock.h"

uint64_t observing_ms(const struct observing *o)
{
	return clock_boot_ms() - o->began_ms;
}

const char *observing_time(struct observing *o, uint64_t ms)
{
	return arena_format(&o->cli->arena, "%u:%02u", (unsigned)(ms / 60000),
		(unsigned)(ms / 1000 % 60));
}

/* ---- Writing down, each in a transaction of its own. */

static void remember(struct observing *o, const uint8_t rid[8], bool is_line)
{
	if (o->written_count == OBSERVING_UNDO) {
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

enum err observing_write(struct observing *o, const struct observation *seen,
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
