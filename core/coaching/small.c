#include "core/coaching/small.h"

#include <math.h>
#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/lesson.h"
#include "core/coaching/when.h"
#include "core/coaching/writing.h"
#include "core/notebook/share.h"

/* ---- Measures. */

static enum err write_number(struct notebook_txn *txn, struct id id, const char *name,
	double value, struct why *why)
{
	CLEAN_BUF struct buf packed = {0};
	if (!isfinite(value))
		return OK;
	pack_number(&packed, value);
	return write_packed(txn, id, name, buf_bytes(&packed), why);
}

static enum err check_kind(struct notebook_txn *txn, struct id id, const char *kind,
	struct leaf **out, struct why *why)
{
	enum err e = leaf_open(txn, id, out, why);
	if (e == OK &&
		strcmp(tr_in("kind", (*out)->head->kind->name), tr_in("kind", kind)) != 0)
		return because(why, ERR_REFUSED, "that is a %s, not a %s",
			tr_in("kind", (*out)->head->kind->name), tr_in("kind", kind));
	return e;
}

enum err coach_measure(struct notebook_txn *txn, struct id goal,
	const struct measure_words *words, struct id *out, struct why *why)
{
	struct leaf *leaf;
	enum err e = check_kind(txn, goal, "goal", &leaf, why);
	if (e == OK && (words->name == NULL || utf8_blank(bytes_text(words->name))))
		return because(why, ERR_INVALID, "a measure needs a name: seats reached");
	if (e == OK)
		e = write_new(txn, "measure", out, why);
	if (e == OK)
		e = write_ref(txn, *out, "goal", goal, why);
	const struct {
		const char *name, *text;
	} texts[] = {{"name", words->name}, {"unit", words->unit},
		{"direction", words->direction}};
	for (size_t i = 0; e == OK && i < 3; i++)
		if (texts[i].text != NULL)
			e = write_text(
				txn, *out, texts[i].name, bytes_text(texts[i].text), why);
	if (e == OK)
		e = write_number(txn, *out, "baseline", words->baseline, why);
	if (e == OK)
		e = write_number(txn, *out, "target", words->target, why);
	return e;
}

enum err coach_reading(struct notebook_txn *txn, struct id measure, double value,
	unsigned n, const char *day, struct why *why)
{
	struct leaf *leaf;
	struct moment moment = moment_now();
	char date[WHEN_DAY];
	enum err e = check_kind(txn, measure, "measure", &leaf, why);
	if (e == OK && day != NULL)
		e = when_read(day, moment_now(), &moment, why);
	if (e != OK)
		return e;
	when_day_text(moment.day, date);
	struct part parts[] = {
		{.name = "date", .text = bytes_text(date)},
		{.name = "value", .is_number = true, .number = value},
		{.name = "n", .is_number = true, .number = n},
	};
	return write_record(txn, measure, "readings", parts, 3, NULL, why);
}

/* ---- Doors. */

enum err coach_door(struct notebook_txn *txn, const struct door_words *words,
	struct id *out, struct why *why)
{
	struct moment moment;
	char when[WHEN_TIME] = "";
	enum err e = OK;
	if (words->topic == NULL || utf8_blank(bytes_text(words->topic)))
		return because(why, ERR_INVALID, "an open door needs a topic");
	if (words->when != NULL) {
		e = when_read(words->when, moment_now(), &moment, why);
		if (e != OK)
			return e;
		when_text(moment, when);
	}
	const struct {
		const char *name, *text;
	} texts[] = {{"topic", words->topic}, {"when", when}, {"place", words->place},
		{"state", "open"}};
	e = write_new(txn, "door", out, why);
	for (size_t i = 0; e == OK && i < 4; i++)
		if (texts[i].text != NULL)
			e = write_text(
				txn, *out, texts[i].name, bytes_text(texts[i].text), why);
	if (e == OK && words->minutes != 0)
		e = write_int(txn, *out, "minutes", words->minutes, why);
	for (size_t i = 0; e == OK && i < words->wanted_count; i++)
		e = write_add(txn, *out, "wanted", bytes_text(words->wanted[i]), why);
	return e;
}

enum err coach_door_answer(struct notebook_txn *txn, struct id door,
	enum door_answer answer, struct why *why)
{
	static const char *const words[] = {"come", "not_coming", "confirmed"};
	struct leaf *leaf;
	enum err e = check_kind(txn, door, "door", &leaf, why);
	if (e != OK)
		return e;
	bool host =
		person_equal(leaf->head->owner, notebook_me(txn_notebook(txn))->person);
	if (host != (answer == DOOR_CONFIRMED))
		return because(why, ERR_REFUSED,
			host ? "it is your own door: your partner says whether they come"
			     : "only the host confirms");
	struct part part = {.name = "answer", .text = bytes_text(words[answer])};
	return write_record(txn, door, "answers", &part, 1, NULL, why);
}

/* ---- Kudos. */

enum err coach_kudos(struct notebook_txn *txn, struct partner *partner, const char *line,
	struct id *out, struct why *why)
{
	struct id mine;
	if (line == NULL || utf8_blank(bytes_text(line)))
		return because(why, ERR_INVALID, "kudos need a line");
	enum err e = write_new(txn, "kudos", &mine, why);
	if (e == OK)
		e = write_text(txn, mine, "line", bytes_text(line), why);
	return e == OK ? share_document(txn, mine, partner, ROLE_READ, out, why) : e;
}

/* ---- Instruments. */

static enum err write_code(struct notebook_txn *txn, struct id id,
	const struct instrument_code *code, struct why *why)
{
	struct leaf *leaf;
	const struct field_schema *field;
	struct draft *draft;
	CLEAN_BUF struct buf record = {0};
	enum err e = leaf_open(txn, id, &leaf, why);
	if (e == OK)
		e = leaf_field(txn, leaf, bytes_text("codes"), &field, why);
	if (e == OK)
		e = leaf_draft(txn, leaf, &draft, why);
	if (e != OK)
		return e;
	pack_map(&record, 1u + (code->meaning.len > 0) + (code->group.len > 0));
	pack_cstr(&record, "word");
	pack_text(&record, code->word);
	if (code->meaning.len > 0) {
		pack_cstr(&record, "meaning");
		pack_text(&record, code->meaning);
	}
	if (code->group.len > 0) {
		pack_cstr(&record, "group");
		pack_text(&record, code->group);
	}
	return draft_set(draft, leaf->sealed, field, code->key, buf_bytes(&record), why);
}

enum err coach_instrument(
	struct notebook_txn *txn, struct bytes text, struct id *out, struct why *why)
{
	static const char *const families[] = {"tally", "timer", "exclusive", "interval",
		"sweep", "flow", "move", "script", "beats", "checklist"};
	struct instrument own;
	enum err e = instrument_read(text, &own, why);
	if (e != OK)
		return e;
	if (lesson_instrument(txn, own.name) != NULL)
		return because(why, ERR_EXISTS,
			"there is an instrument \"%.*s\" already; give yours another "
			"name",
			(int)own.name.len, (const char *)own.name.at);
	e = write_new(txn, "instrument", out, why);
	const struct {
		const char *name;
		struct bytes text;
	} texts[] = {{"name", own.name}, {"family", bytes_text(families[own.family])},
		{"source", own.source}, {"formulae", own.formulae}};
	for (size_t i = 0; e == OK && i < 4; i++)
		e = write_text(txn, *out, texts[i].name, texts[i].text, why);
	if (e == OK)
		e = write_int(txn, *out, "version", own.version, why);
	if (e == OK && own.interval_s > 0)
		e = write_int(txn, *out, "interval_s", own.interval_s, why);
	for (size_t i = 0; e == OK && i < own.code_count; i++)
		e = write_code(txn, *out, &own.codes[i], why);
	return e;
}
