#include "core/coaching/lesson.h"

#include <math.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/coaching/search.h"
#include "core/coaching/writing.h"
#include "core/notebook/people.h"
#include "core/crdt/value.h"

/* In the order of enum event_kind. */
static const char *const kind_words[] = {"point", "start", "stop", "exclusive",
	"interval", "sweep", "script", "moment", "move"};

/* ---- Writing. */

enum err lesson_begin(struct notebook_txn *txn, const struct lesson_words *words,
	struct id *out, struct why *why)
{
	enum err e = write_new(txn, "session", out, why);
	if (e == OK && !id_is_zero(words->visit))
		e = write_ref(txn, *out, "visit", words->visit, why);
	if (e == OK)
		e = write_text(txn, *out, "started", bytes_text(words->started), why);
	if (e == OK)
		e = write_text(txn, *out, "tz", bytes_text(words->tz), why);
	for (size_t i = 0; e == OK && i < words->instrument_count; i++)
		e = write_add(txn, *out, "instruments", words->instruments[i], why);
	return e;
}

/* "wait: question ends" keeps apart two instruments that have a word in common. */
static struct bytes code_with_instrument(
	struct notebook_txn *txn, const struct event *event)
{
	if (event->instrument.len == 0 || event->code.len == 0)
		return event->code;
	return bytes_text(arena_format(txn_arena(txn), "%.*s/%.*s",
		(int)event->instrument.len, (const char *)event->instrument.at,
		(int)event->code.len, (const char *)event->code.at));
}

enum err lesson_event(struct notebook_txn *txn, struct id session,
	const struct event *event, uint8_t rid[8], struct why *why)
{
	struct part parts[] = {
		{.name = "t_ms", .is_number = true, .number = (double)event->t_ms},
		{.name = "kind", .text = bytes_text(kind_words[event->kind])},
		{.name = "code", .text = code_with_instrument(txn, event)},
		{.name = "mod", .text = event->mod},
		{.name = "subj", .text = event->subj},
		{.name = "x", .is_number = true, .number = event->x},
		{.name = "y", .is_number = true, .number = event->y},
		{.name = "text", .text = event->text},
	};
	return write_record(
		txn, session, "events", parts, sizeof parts / sizeof parts[0], rid, why);
}

enum err lesson_moment(struct notebook_txn *txn, struct id session, uint64_t t_ms,
	struct bytes caption, struct why *why)
{
	struct part parts[] = {
		{.name = "t_ms", .is_number = true, .number = (double)t_ms},
		{.name = "caption", .text = caption.len > 0 ? caption : bytes_text("*")},
	};
	return write_record(txn, session, "moments", parts, 2, NULL, why);
}

enum err lesson_gap(struct notebook_txn *txn, struct id session, uint64_t t_ms,
	uint64_t length_ms, struct why *why)
{
	struct part parts[] = {
		{.name = "t_ms", .is_number = true, .number = (double)t_ms},
		{.name = "length_ms", .is_number = true, .number = (double)length_ms},
	};
	return length_ms > 0 ? write_record(txn, session, "gaps", parts, 2, NULL, why)
			     : OK;
}

enum err lesson_void(struct notebook_txn *txn, struct id session, const uint8_t rid[8],
	struct why *why)
{
	return write_void(txn, session, "events", rid, why);
}

enum err lesson_length(
	struct notebook_txn *txn, struct id session, uint64_t length_ms, struct why *why)
{
	return write_int(txn, session, "length_ms", (int64_t)length_ms, why);
}

/* ---- Reading. */

static void read_event(struct bytes record, struct event *out)
{
	struct bytes code = part_text(record, "code"), kind = part_text(record, "kind");
	*out = (struct event){
		.t_ms = (uint64_t)part_number(record, "t_ms", 0),
		.code = code,
		.mod = part_text(record, "mod"),
		.subj = part_text(record, "subj"),
		.text = part_text(record, "text"),
		.x = part_number(record, "x", NAN),
		.y = part_number(record, "y", NAN),
	};
	for (size_t i = 0; i < sizeof kind_words / sizeof kind_words[0]; i++)
		if (bytes_equal(kind, bytes_text(kind_words[i])))
			out->kind = (enum event_kind)i;
	const uint8_t *slash = code.len > 0 ? memchr(code.at, '/', code.len) : NULL;
	/* COPUS has a code "D/V": only a known instrument's name is one. */
	struct bytes before = {code.at, slash != NULL ? (size_t)(slash - code.at) : 0};
	if (slash == NULL || before.len == 0 || before.len < 2)
		return;
	out->instrument = before;
	out->code = (struct bytes){slash + 1, code.len - before.len - 1};
}

static void read_lines(
	struct notebook_txn *txn, const struct leaf *leaf, struct lesson *out)
{
	struct reading log;
	have_all(txn, leaf, "events", &log);
	out->lines = arena_array(txn_arena(txn), log.count, sizeof *out->lines);
	struct event *events = arena_array(txn_arena(txn), log.count, sizeof *events);
	for (size_t i = 0; i < log.count; i++) {
		read_event(log.items[i].value, &out->lines[i].event);
		memcpy(out->lines[i].rid, log.items[i].rid, sizeof out->lines[i].rid);
		events[i] = out->lines[i].event;
	}
	out->line_count = out->recording.count = log.count;
	out->recording.events = events;
}

static void read_gaps(
	struct notebook_txn *txn, const struct leaf *leaf, struct lesson *out)
{
	struct reading log;
	have_all(txn, leaf, "gaps", &log);
	struct gap *gaps = arena_array(txn_arena(txn), log.count, sizeof *gaps);
	for (size_t i = 0; i < log.count; i++)
		gaps[i] = (struct gap){
			(uint64_t)part_number(log.items[i].value, "t_ms", 0),
			(uint64_t)part_number(log.items[i].value, "length_ms", 0)};
	out->recording.gaps = gaps;
	out->recording.gap_count = log.count;
}

static void read_moments(
	struct notebook_txn *txn, const struct leaf *leaf, struct lesson *out)
{
	struct reading log;
	have_all(txn, leaf, "moments", &log);
	out->moments = arena_array(txn_arena(txn), log.count, sizeof *out->moments);
	out->moment_count = log.count;
	for (size_t i = 0; i < log.count; i++) {
		struct bytes record = log.items[i].value;
		out->moments[i] = (struct lesson_moment_line){
			.t_ms = (uint64_t)part_number(record, "t_ms", 0),
			.t2_ms = (uint64_t)part_number(record, "t2_ms", 0),
			.caption = part_text(record, "caption")};
		memcpy(out->moments[i].rid, log.items[i].rid, 8);
	}
}

static void read_instruments(
	struct notebook_txn *txn, const struct leaf *leaf, struct lesson *out)
{
	struct reading names;
	have_all(txn, leaf, "instruments", &names);
	out->instruments =
		arena_array(txn_arena(txn), names.count, sizeof *out->instruments);
	out->unknown = arena_array(txn_arena(txn), names.count, sizeof *out->unknown);
	for (size_t i = 0; i < names.count; i++) {
		struct bytes name = value_text(names.items[i].value);
		const struct instrument *found = lesson_instrument(txn, name);
		if (found != NULL)
			out->instruments[out->instrument_count++] = found;
		else
			out->unknown[out->unknown_count++] =
				arena_string(txn_arena(txn), name);
	}
}

/* Where nothing says how long it was (a crash before the end): until the last event. */
static uint64_t length_of(
	struct notebook_txn *txn, const struct leaf *leaf, const struct lesson *lesson)
{
	int64_t length = have_int(txn, leaf, "length_ms", 0);
	uint64_t last = lesson->line_count > 0
				? lesson->lines[lesson->line_count - 1].event.t_ms
				: 0;
	for (size_t i = 0; i < lesson->recording.gap_count; i++) {
		const struct gap *gap = &lesson->recording.gaps[i];
		if (gap->t_ms + gap->length_ms > last)
			last = gap->t_ms + gap->length_ms;
	}
	return length > 0 && (uint64_t)length > last ? (uint64_t)length : last;
}

enum err lesson_read(
	struct notebook_txn *txn, struct id session, struct lesson *out, struct why *why)
{
	struct leaf *leaf;
	*out = (struct lesson){.id = session};
	enum err e = leaf_open(txn, session, &leaf, why);
	if (e != OK)
		return e;
	if (strcmp(leaf->head->kind->name, "session") != 0)
		return because(why, ERR_REFUSED, "that is a %s, not an observed lesson",
			tr_in("kind", leaf->head->kind->name));
	out->visit = have_ref(txn, leaf, "visit");
	out->started = have_line(txn, leaf, "started");
	out->is_private = leaf->is_private;
	out->is_mine =
		person_equal(leaf->head->owner, notebook_me(txn_notebook(txn))->person);
	out->has_ended = have_int(txn, leaf, "length_ms", 0) > 0;
	read_lines(txn, leaf, out);
	read_gaps(txn, leaf, out);
	read_moments(txn, leaf, out);
	read_instruments(txn, leaf, out);
	out->recording.length_ms = length_of(txn, leaf, out);
	return OK;
}

/* ---- Instruments that are documents. */

static void add_code(struct notebook_txn *txn, const struct leaf *leaf,
	const struct field_schema *field, struct bytes key, struct instrument *out)
{
	struct reading values;
	read_values(leaf->sealed, leaf->draft, field, key, txn_arena(txn), &values);
	if (values.count == 0 || out->code_count == INSTRUMENT_CODES)
		return;
	struct bytes record = values.items[0].value;
	out->codes[out->code_count++] = (struct instrument_code){.key = key,
		.word = part_text(record, "word"),
		.meaning = part_text(record, "meaning"),
		.group = part_text(record, "group")};
}

static enum family family_of(struct bytes word)
{
	static const char *const words[] = {"tally", "timer", "exclusive", "interval",
		"sweep", "flow", "move", "script", "beats", "checklist"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (bytes_equal(word, bytes_text(words[i])))
			return (enum family)i;
	return FAMILY_TALLY;
}

static const struct instrument *instrument_from(
	struct notebook_txn *txn, const struct leaf *leaf)
{
	struct instrument *out = arena_new(txn_arena(txn), sizeof *out);
	const struct field_schema *codes =
		kind_field(leaf->head->kind, bytes_text("codes"));
	struct bytes *keys;
	size_t count;
	out->id = out->name = have_text(txn, leaf, "name");
	out->source = have_text(txn, leaf, "source");
	out->formulae = have_text(txn, leaf, "formulae");
	out->family = family_of(have_text(txn, leaf, "family"));
	out->version = (unsigned)have_int(txn, leaf, "version", 1);
	out->interval_s = (unsigned)have_int(txn, leaf, "interval_s", 0);
	read_keys(leaf->sealed, leaf->draft, codes, txn_arena(txn), &keys, &count);
	for (size_t i = 0; i < count; i++)
		add_code(txn, leaf, codes, keys[i], out);
	return out;
}

static bool has_name(struct notebook_txn *txn, const struct leaf *leaf, const void *arg)
{
	return bytes_equal(have_text(txn, leaf, "name"), *(const struct bytes *)arg);
}

const struct instrument *lesson_instrument(struct notebook_txn *txn, struct bytes name)
{
	size_t count;
	const struct instrument *shipped = instruments_shipped(&count);
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(shipped[i].id, name))
			return &shipped[i];
	struct leaf *leaf;
	if (first_of(txn, "instrument", has_name, &name, &leaf, NULL) == OK &&
		leaf != NULL)
		return instrument_from(txn, leaf);
	return instrument_find(arena_string(txn_arena(txn), name));
}

/* ---- What belongs to a visit and to a session. */

enum err lesson_of_visit(
	struct notebook_txn *txn, struct id visit, struct id *out, struct why *why)
{
	return first_id_about(txn, "session", visit, out, why);
}

#define OWN_EYES "For my own eyes\n"

/* The first one is kept. */
static void note_own(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct id *out = arg;
	struct bytes body = have_text(txn, leaf, "body"), mark = bytes_text(OWN_EYES);
	if (id_is_zero(*out) && leaf->is_private && body.len >= mark.len &&
		memcmp(body.at, mark.at, mark.len) == 0)
		*out = leaf->id;
}

enum err lesson_own_note(
	struct notebook_txn *txn, struct id session, struct id *out, struct why *why)
{
	*out = (struct id){{0}};
	return each_about(txn, "note", session, note_own, out, why);
}

enum err lesson_own_line(struct notebook_txn *txn, struct id session, uint64_t t_ms,
	const char *text, struct why *why)
{
	struct id note;
	struct leaf *leaf;
	CLEAN_BUF struct buf body = {0};
	enum err e = lesson_own_note(txn, session, &note, why);
	if (e != OK)
		return e;
	if (id_is_zero(note)) {
		e = write_new(txn, "note", &note, why);
		if (e == OK)
			e = write_text(txn, note, "body", bytes_text(OWN_EYES), why);
		if (e == OK)
			e = write_ref(txn, note, "about", session, why);
		if (e != OK)
			return e;
	}
	e = leaf_open(txn, note, &leaf, why);
	if (e != OK)
		return e;
	buf_clear(&body);
	buf_add(&body, have_text(txn, leaf, "body"));
	buf_add_format(&body, "%u:%02u  %s\n", (unsigned)(t_ms / 60000),
		(unsigned)(t_ms / 1000 % 60), text);
	return write_text(txn, note, "body", buf_bytes(&body), why);
}
