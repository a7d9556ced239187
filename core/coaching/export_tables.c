/* Tables of an export: events, figures, readings. */
#include <math.h>
#include <string.h>

#include "core/coaching/csv.h"
#include "core/coaching/export_formats.h"
#include "core/coaching/lesson.h"
#include "core/coaching/writing.h"

static void begin(struct buf *out, const char *const *headings)
{
	struct csv csv = {.out = out};
	csv_begin(&csv, headings);
}

void export_events_begin(struct buf *out)
{
	static const char *const headings[] = {"session", "visit", "class", "started",
		"t_ms", "kind", "instrument", "code", "modifier", "subject", "x", "y",
		"text", NULL};
	begin(out, headings);
}

void export_figures_begin(struct buf *out)
{
	static const char *const headings[] = {"session", "visit", "class", "started",
		"instrument", "figure", "value", "unit", "n", "of", "observed_ms",
		"length_ms", "method", NULL};
	begin(out, headings);
}

void export_readings_begin(struct buf *out)
{
	static const char *const headings[] = {
		"measure", "name", "unit", "goal", "date", "value", "n", "session", NULL};
	begin(out, headings);
}

/* ---- Sessions. */

/* What every row of a session says first. */
struct session_row {
	const char *session, *visit, *class, *started;
};

static const char *handle_of(struct notebook_txn *txn, struct id id)
{
	struct leaf *leaf;
	char handle[HANDLE_TEXT];
	if (id_is_zero(id) || leaf_open(txn, id, &leaf, NULL) != OK)
		return "";
	leaf_handle(txn, leaf, handle);
	return arena_text(txn_arena(txn), handle);
}

static void begin_row(struct csv *csv, const struct session_row *row)
{
	csv_cstr(csv, row->session);
	csv_cstr(csv, row->visit);
	csv_cstr(csv, row->class);
	csv_cstr(csv, row->started);
}

static const char *event_kind_word(enum event_kind kind)
{
	static const char *const words[] = {
		[EVENT_POINT] = "point",
		[EVENT_START] = "start",
		[EVENT_STOP] = "stop",
		[EVENT_EXCLUSIVE] = "exclusive",
		[EVENT_INTERVAL] = "interval",
		[EVENT_SWEEP] = "sweep",
		[EVENT_SCRIPT] = "script",
		[EVENT_MOMENT] = "moment",
		[EVENT_MOVE] = "move",
	};
	return words[kind];
}

static void add_event(struct notebook_txn *txn, struct export_guard *guard,
	struct csv *csv, const struct session_row *row, const struct event *event)
{
	begin_row(csv, row);
	csv_uint(csv, event->t_ms);
	csv_cstr(csv, event_kind_word(event->kind));
	csv_text(csv, event->instrument);
	csv_text(csv, event->code);
	csv_text(csv, export_text(txn, guard, event->mod));
	csv_text(csv, export_text(txn, guard, event->subj));
	csv_number(csv, event->x);
	csv_number(csv, event->y);
	csv_text(csv, export_text(txn, guard, event->text));
	csv_row(csv);
}

static void add_moment(struct notebook_txn *txn, struct export_guard *guard,
	struct csv *csv, const struct session_row *row,
	const struct lesson_moment_line *moment)
{
	struct event event = {.t_ms = moment->t_ms,
		.kind = EVENT_MOMENT,
		.text = moment->caption,
		.x = NAN,
		.y = NAN};
	add_event(txn, guard, csv, row, &event);
}

static const char *unit_word(enum unit unit)
{
	static const char *const words[] = {
		[UNIT_COUNT] = "count",
		[UNIT_PERCENT] = "percent",
		[UNIT_PER_MIN] = "per_min",
		[UNIT_PER_10_MIN] = "per_10_min",
		[UNIT_SECONDS] = "s",
		[UNIT_TIME] = "ms",
		[UNIT_RATIO] = "ratio",
		[UNIT_INDEX] = "index",
	};
	return words[unit];
}

static void add_figures(
	struct csv *csv, const struct session_row *row, const struct figures *figures)
{
	for (size_t i = 0; i < figures->count; i++) {
		const struct figure *figure = &figures->items[i];
		begin_row(csv, row);
		csv_cstr(csv, figures->instrument);
		csv_cstr(csv, figure->name);
		csv_number(csv, figure->is_known ? figure->value : NAN);
		csv_cstr(csv, unit_word(figure->unit));
		csv_uint(csv, figure->n);
		csv_number(csv, figure->of > 0 ? (double)figure->of : NAN);
		csv_uint(csv, figures->observed_ms);
		csv_uint(csv, figures->length_ms);
		csv_cstr(csv, figures->method);
		csv_row(csv);
	}
}

static struct session_row row_of(
	struct notebook_txn *txn, struct id session, const struct lesson *lesson)
{
	struct leaf *visit = NULL;
	struct session_row row = {.session = handle_of(txn, session),
		.visit = handle_of(txn, lesson->visit),
		.class = "",
		.started = lesson->started};
	if (!id_is_zero(lesson->visit) &&
		leaf_open(txn, lesson->visit, &visit, NULL) == OK)
		row.class = have_line(txn, visit, "class_label");
	return row;
}

enum err export_events(struct notebook_txn *txn, struct export_guard *guard,
	struct id session, struct buf *events, struct buf *figures, struct why *why)
{
	struct lesson lesson;
	struct csv rows = {.out = events}, numbers = {.out = figures};
	enum err e = lesson_read(txn, session, &lesson, why);
	if (e != OK)
		return e;
	struct session_row row = row_of(txn, session, &lesson);
	for (size_t i = 0; i < lesson.line_count; i++)
		add_event(txn, guard, &rows, &row, &lesson.lines[i].event);
	for (size_t i = 0; i < lesson.moment_count; i++)
		add_moment(txn, guard, &rows, &row, &lesson.moments[i]);
	for (size_t i = 0; i < lesson.instrument_count; i++) {
		struct figures made;
		instrument_figures(
			lesson.instruments[i], &lesson.recording, txn_arena(txn), &made);
		add_figures(&numbers, &row, &made);
	}
	return OK;
}

/* ---- Measures. */

enum err export_readings(struct notebook_txn *txn, struct export_guard *guard,
	struct id measure, struct buf *out, struct why *why)
{
	struct csv csv = {.out = out};
	struct leaf *leaf;
	struct reading log;
	enum err e = leaf_open(txn, measure, &leaf, why);
	if (e != OK)
		return e;
	have_all(txn, leaf, "readings", &log);
	for (size_t i = 0; i < log.count; i++) {
		struct bytes record = log.items[i].value;
		csv_cstr(&csv, handle_of(txn, measure));
		csv_text(&csv, export_text(txn, guard, have_text(txn, leaf, "name")));
		csv_text(&csv, have_text(txn, leaf, "unit"));
		csv_cstr(&csv, handle_of(txn, have_ref(txn, leaf, "goal")));
		csv_text(&csv, part_text(record, "date"));
		csv_number(&csv, part_number(record, "value", NAN));
		csv_number(&csv, part_number(record, "n", NAN));
		csv_cstr(&csv, handle_of(txn, part_ref(record, "session")));
		csv_row(&csv);
	}
	return OK;
}
