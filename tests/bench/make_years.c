/*
 * Five years of a teacher with three partners, as a store to time kith on:
 *
 *	make_years DIR [DOCUMENTS [EVENTS]]       50,000 and 200,000 where nothing is said
 *
 * Amina's store is DIR/Amina, under "four quiet test words"; her partners' are beside it.
 * Everything is written by the same commands that kith calls, and travels in the same
 * sessions, at the dates it would have had: two hundred weeks of school, with a visit
 *each way between Amina and every partner in each. The same numbers make the same years
 *but for random ids.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "core/coaching/after.h"
#include "core/coaching/commands.h"
#include "core/coaching/handover.h"
#include "core/coaching/room.h"
#include "core/coaching/schema.h"
#include "core/coaching/small.h"
#include "core/notebook/share.h"
#include "tests/unit/notebook/meeting.h"

#define PARTNERS 3u
#define WEEKS    200u                 /* five years of forty weeks */
#define FIRST_S  UINT64_C(1819180800) /* Tuesday, 25 August 2027 */
#define FIXED    72u /* documents of a week that are no notes: counted, see week() */

static const char passphrase[] = "four quiet test words";
static struct teacher people[PARTNERS + 1] = {
	{.name = "Amina"}, {.name = "Ben"}, {.name = "Carla"}, {.name = "Dawit"}};
static struct teacher *const me = &people[0];
static uint64_t now_s = FIRST_S;
static unsigned events_each, notes_each; /* of a session; of a week */

static void check(enum err e, const struct why *why)
{
	if (e == OK)
		return;
	(void)fprintf(stderr, "make_years: %s\n", why_text(why, e));
	exit(1);
}

/* A call that may fail, in a function that has a `why`. */
#define MUST(call)                                                                       \
	do {                                                                             \
		struct why why_ = {{0}}, *why = &why_;                                   \
		check((call), why);                                                      \
	} while (0)

/* ---- What there is to say. */

static uint32_t drawn = 1;

static unsigned draw(unsigned below)
{
	drawn = drawn * 1664525u + 1013904223u;
	return (unsigned)(((uint64_t)drawn * below) >> 32);
}

static const char *const openings[] = {"After the question", "In the back row",
	"During group work", "At the board", "When the bell rang", "In the quiet phase",
	"While pairs compared", "At the start", "Before the break", "In the second task"};
static const char *const subjects[] = {"most pupils", "two pupils", "the loud group",
	"nobody", "the same four", "everybody in the middle", "three new voices",
	"the left side", "half of 9B", "a pupil who rarely speaks"};
static const char *const verbs[] = {"waited for a hint", "wrote the first line at once",
	"asked for an example", "answered before I had finished",
	"looked for the word in the text", "compared with the neighbour",
	"tried a second way", "needed more time", "came back to the aim",
	"built on what was said"};

static const char *sentence(struct notebook_txn *txn)
{
	return arena_format(txn_arena(txn), "%s %s %s.", openings[draw(10)],
		subjects[draw(10)], verbs[draw(10)]);
}

/* One to eight sentences; a first line that differs from note to note. */
static const char *paragraph(struct notebook_txn *txn)
{
	const char *text =
		arena_format(txn_arena(txn), "%s (%u)", sentence(txn), draw(9999));
	for (unsigned more = draw(8); more > 0; more--)
		text = arena_format(txn_arena(txn), "%s\n%s", text, sentence(txn));
	return text;
}

/* "2027-08-25", so many days from now. */
static const char *day(struct notebook_txn *txn, unsigned days, const char *clock)
{
	char text[32];
	time_t at = (time_t)(now_s + days * UINT64_C(86400));
	struct tm tm;
	(void)gmtime_r(&at, &tm);
	(void)strftime(text, sizeof text, "%Y-%m-%d", &tm);
	return arena_format(txn_arena(txn), "%s%s", text, clock);
}

static const char *const labels[] = {"5A", "7A", "8C", "9B", "10A", "12D"};

/* ---- Sharing. */

static struct id hand(struct notebook_txn *txn, struct id id, struct teacher *from,
	struct teacher *to, enum role role)
{
	struct id there;
	MUST(share_document(txn, id, partner_of(txn, from, to), role, &there, why));
	return there;
}

static void note(struct notebook_txn *txn, struct id *out)
{
	MUST(coach_note(txn, bytes_text(paragraph(txn)), NULL, out, why));
}

/* ---- A visit, from plan to step. */

static const char *const sets[][2] = {{"flow", "wait"}, {"talk", "sweep"},
	{"flanders", "questions"}, {"copus", "praise"}, {"movement", "transitions"},
	{"responses", "checklist"}, {"script", "verbatim"}, {"bloom", "disruptions"}};
#define SETS (sizeof sets / sizeof sets[0])

static struct id rooms[6]; /* Amina's */

static struct id plan(struct teacher *teaches, struct teacher *visits)
{
	static const char *const wanted[] = {"noticed", "wondered", "idea"};
	static unsigned by_her, by_others; /* each set in its turn */
	unsigned turn = teaches == me ? by_her++ : by_others++;
	struct id id;
	struct notebook_txn *txn = edit(teaches);
	struct visit_words words = {.class_label = labels[draw(6)],
		.when = day(txn, draw(5), " 10:10"),
		.place = "R 112",
		.aim = sentence(txn),
		.focus = sentence(txn),
		.minutes = 20 + draw(25),
		.instruments = sets[turn % SETS],
		.room = teaches == me ? rooms[draw(6)] : (struct id){{0}},
		.instrument_count = 2,
		.wanted = wanted,
		.wanted_count = 3};
	MUST(coach_visit_plan(txn, &words, &id, why));
	id = hand(txn, id, teaches, visits, ROLE_COMMENT);
	done(txn);
	return id;
}

static void see_something(struct notebook_txn *txn, struct id session,
	const struct instrument *instrument, unsigned i, uint64_t t_ms)
{
	static const enum event_kind kinds[] = {[FAMILY_TALLY] = EVENT_POINT,
		[FAMILY_TIMER] = EVENT_START,
		[FAMILY_EXCLUSIVE] = EVENT_EXCLUSIVE,
		[FAMILY_INTERVAL] = EVENT_INTERVAL,
		[FAMILY_SWEEP] = EVENT_SWEEP,
		[FAMILY_FLOW] = EVENT_POINT,
		[FAMILY_MOVE] = EVENT_MOVE,
		[FAMILY_SCRIPT] = EVENT_SCRIPT,
		[FAMILY_BEATS] = EVENT_POINT,
		[FAMILY_CHECKLIST] = EVENT_POINT};
	char seat[8];
	uint8_t rid[8];
	enum family family = instrument->family;
	struct event event = {.t_ms = t_ms,
		.kind = family == FAMILY_TIMER && i % 2 ? EVENT_STOP : kinds[family],
		.instrument = instrument->id,
		.code = instrument->codes[draw((unsigned)instrument->code_count)].word,
		.x = NAN,
		.y = NAN};
	(void)snprintf(seat, sizeof seat, "S%u",
		family == FAMILY_SWEEP ? i % 28 + 1 : 1 + draw(28));
	if (family == FAMILY_SCRIPT) {
		event.text = bytes_text(sentence(txn));
		event.mod = bytes_text(i % 3 ? "T" : "S");
	}
	if (family == FAMILY_SWEEP || family == FAMILY_FLOW)
		event.subj = bytes_text(seat);
	if (family == FAMILY_SWEEP)
		event.x = i / 28 + 1;
	if (family == FAMILY_BEATS) {
		/* A question, a wait, an answer, a wait: some seconds each. */
		event.code = instrument->codes[i % 4].word;
		event.t_ms =
			i / 4 * UINT64_C(60000) + i % 4 * UINT64_C(1500) + draw(2500);
	}
	MUST(lesson_event(txn, session, &event, rid, why));
}

static struct id observe(struct teacher *visits, struct id visit_id)
{
	struct visit visit;
	struct id session;
	struct notebook_txn *txn = edit(visits);
	MUST(coach_visit_answer(txn, visit_id, ANSWER_ACCEPT, NULL, NULL, why));
	MUST(visit_read(txn, visit_id, &visit, why));
	struct bytes names[] = {
		bytes_text(visit.instruments[0]), bytes_text(visit.instruments[1])};
	struct lesson_words words = {.visit = visit_id,
		.started = arena_format(txn_arena(txn), "%s:00", visit.when),
		.tz = "+01:00",
		.instruments = names,
		.instrument_count = 2};
	MUST(lesson_begin(txn, &words, &session, why));
	for (unsigned i = 0; i < events_each; i++)
		see_something(txn, session, instrument_find(visit.instruments[i & 1]),
			i / 2, i * UINT64_C(1800000) / events_each);
	MUST(lesson_moment(txn, session, 65000, bytes_text("to come back to"), why));
	MUST(lesson_own_line(txn, session, 71000, sentence(txn), why));
	MUST(lesson_length(txn, session, 1800000, why));
	done(txn);
	return session;
}

static void give_back(struct teacher *visits, struct id visit, struct id session)
{
	static const char *const kinds[] = {"noticed", "wondered", "idea"};
	struct handover handover;
	struct id id;
	struct notebook_txn *txn = edit(visits);
	for (size_t i = 0; i < 3; i++) {
		struct feedback_at at = {.t_ms = draw(1800000)};
		struct feedback_words words = {.kind = kinds[i],
			.body = bytes_text(paragraph(txn)),
			.at = &at,
			.at_count = 1};
		MUST(coach_feedback(txn, visit, &words, &id, why));
	}
	MUST(handover_look(txn, session, &handover, why));
	MUST(coach_handover(txn, &handover, &id, why));
	done(txn);
}

/* The talk after it: a page, a reflection, a step, and the visit is closed. */
static void look_back(struct teacher *teaches, struct id visit)
{
	struct id page, id;
	bool made;
	struct notebook_txn *txn = edit(teaches);
	const struct pack *pack = pack_find(bytes_text("grow"));
	MUST(coach_debrief(txn, visit, pack, &page, &made, why));
	for (size_t i = 0; i < pack->prompt_count; i++)
		MUST(coach_answer(txn, page, pack->prompts[i].key,
			bytes_text(paragraph(txn)), why));
	MUST(coach_reflection(txn, visit, pack, &id, why));
	MUST(coach_answer(
		txn, id, pack->prompts[0].key, bytes_text(paragraph(txn)), why));
	struct step_words step = {
		.what = sentence(txn), .by = day(txn, 14, ""), .visit = visit};
	MUST(coach_step(txn, &step, &id, why));
	for (enum visit_done done_it = DONE_RAN; done_it <= DONE_CLOSED; done_it++)
		MUST(coach_visit_done(txn, visit, done_it, why));
	done(txn);
}

/* ---- A week. */

static void everybody_meets(void)
{
	for (size_t i = 1; i <= PARTNERS; i++)
		if (!meet(me, &people[i])) {
			(void)fprintf(stderr, "make_years: %s and %s did not end alike\n",
				me->name, people[i].name);
			exit(1);
		}
}

/* Notes of her own, some to be seen by a partner; what a partner shows her. */
static void write_notes(unsigned week)
{
	struct id id;
	struct notebook_txn *txn = edit(me);
	for (unsigned i = 0; i < notes_each; i++) {
		note(txn, &id);
		if (i % 12 == 0)
			(void)hand(txn, id, me, &people[1 + (week + i) % PARTNERS],
				i % 24 == 0 ? ROLE_EDIT : ROLE_COMMENT);
	}
	done(txn);
	for (size_t p = 1; p <= PARTNERS; p++) {
		txn = edit(&people[p]);
		for (unsigned i = 0; i < 3; i++) {
			note(txn, &id);
			(void)hand(txn, id, &people[p], me, ROLE_COMMENT);
		}
		done(txn);
	}
}

static void write_small_things(unsigned week)
{
	struct id id;
	struct notebook_txn *txn = edit(me);
	struct step_words step = {.what = sentence(txn), .by = day(txn, 7, "")};
	struct door_words door = {.topic = sentence(txn),
		.when = day(txn, 3, " 9:00"),
		.place = "R 112",
		.minutes = 45};
	for (unsigned i = 0; i < 3; i++) {
		const struct pack *pack = pack_find(bytes_text("basic"));
		MUST(coach_step(txn, &step, &id, why));
		MUST(coach_reflection(txn, (struct id){{0}}, pack, &id, why));
		MUST(coach_answer(
			txn, id, pack->prompts[0].key, bytes_text(paragraph(txn)), why));
	}
	MUST(coach_door(txn, &door, &id, why));
	(void)hand(txn, id, me, &people[1 + week % PARTNERS], ROLE_COMMENT);
	MUST(coach_kudos(txn, partner_of(txn, me, &people[1 + week % PARTNERS]),
		sentence(txn), &id, why));
	done(txn);
}

/* Every fourth week: a goal, how it is measured, and how that went since. */
static void write_goal(unsigned week)
{
	struct id goal, measure;
	struct notebook_txn *txn = edit(me);
	struct goal_words words = {.wish = bytes_text(sentence(txn)),
		.why = sentence(txn),
		.measured_by = "counted in two lessons a week",
		.by = day(txn, 60, "")};
	struct measure_words measured = {.name = "who answers",
		.unit = "percent",
		.direction = "up",
		.baseline = 20,
		.target = 60};
	MUST(coach_goal(txn, &words, &goal, why));
	MUST(coach_measure(txn, goal, &measured, &measure, why));
	for (unsigned i = 0; i < 20; i++)
		MUST(coach_reading(
			txn, measure, 20 + i + draw(20), 28, day(txn, i * 3, ""), why));
	(void)hand(txn, goal, me, &people[1 + week / 4 % PARTNERS], ROLE_COMMENT);
	done(txn);
}

/* 6 visits, 6 sessions, 6 notes for own eyes (three of them Amina's), 18 feedbacks, 6
 * pages, 3 reflections and steps of her visits, 9 notes of partners, and the small
 * things: FIXED of them in Amina's store, goals left out. */
static void run_week(unsigned week)
{
	struct id visits[2 * PARTNERS], sessions[2 * PARTNERS];
	for (size_t i = 0; i < 2 * PARTNERS; i++) {
		struct teacher *other = &people[1 + i / 2];
		visits[i] = i % 2 ? plan(other, me) : plan(me, other);
	}
	everybody_meets();
	for (size_t i = 0; i < 2 * PARTNERS; i++) {
		struct teacher *visitor = i % 2 ? me : &people[1 + i / 2];
		sessions[i] = observe(visitor, visits[i]);
		give_back(visitor, visits[i], sessions[i]);
	}
	everybody_meets();
	for (size_t i = 0; i < 2 * PARTNERS; i++)
		look_back(i % 2 ? &people[1 + i / 2] : me, visits[i]);
	write_notes(week);
	write_small_things(week);
	if (week % 4 == 0)
		write_goal(week);
	everybody_meets();
}

/* ---- The years. */

static void make_person(struct teacher *t, const char *dir)
{
	struct notebook_birth birth = {.name = t->name,
		.passphrase = bytes_text(passphrase),
		.kdf = BIRTH_INTERACTIVE};
	t->schema = &coaching_schema;
	if ((size_t)snprintf(t->dir, sizeof t->dir, "%s/%s", dir, t->name) >=
		sizeof t->dir) {
		(void)fprintf(stderr, "make_years: a shorter path, please\n");
		exit(2);
	}
	MUST(notebook_create(t->dir, &birth, t->schema, NULL, why));
	MUST(notebook_unlock(t->dir, birth.passphrase, &t->master, why));
	teacher_open(t);
}

static void begin(void)
{
	struct id id;
	bool made;
	struct notebook_txn *txn = edit(me);
	for (size_t i = 0; i < 6; i++) {
		struct class_words class = {
			.label = labels[i], .subject = "physics", .size = 28};
		struct room_words room = {
			.label = arena_format(txn_arena(txn), "R %zu", 110 + i),
			.rows = 5,
			.columns = 6};
		MUST(coach_class(txn, &class, &id, why));
		MUST(coach_room(txn, &room, &rooms[i], why));
	}
	for (size_t i = 1; i <= PARTNERS; i++)
		MUST(coach_agreement(
			txn, partner_of(txn, me, &people[i]), &id, &made, why));
	/* A visit may name a room that its partner has. */
	for (size_t i = 0; i < 6; i++)
		for (size_t p = 1; p <= PARTNERS; p++)
			(void)hand(txn, rooms[i], me, &people[p], ROLE_READ);
	done(txn);
	everybody_meets();
}

static size_t count_documents(void)
{
	const struct id *ids;
	size_t count;
	struct notebook_txn *txn = look(me);
	MUST(leaf_all(txn, &ids, &count, why));
	notebook_abort(txn);
	return count;
}

int main(int argc, char *argv[])
{
	unsigned documents = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 50000;
	unsigned events = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 4 * documents;
	if (argc < 2 || argc > 4 || documents < WEEKS || crypto_start() != OK) {
		(void)fprintf(stderr, "usage: make_years DIR [DOCUMENTS [EVENTS]]\n");
		return 2;
	}
	/* A smaller store is a shorter time, so that its proportions stay. */
	unsigned weeks = documents * WEEKS / 50000 + (documents < 250);
	notes_each = documents / weeks > FIXED ? documents / weeks - FIXED : 0;
	events_each = events / weeks / (2 * PARTNERS);
	(void)mkdir(argv[1], 0700);
	for (size_t i = 0; i <= PARTNERS; i++)
		make_person(&people[i], argv[1]);
	for (size_t i = 1; i <= PARTNERS; i++)
		teachers_pair(me, &people[i]);
	begin();
	for (unsigned week = 0; week < weeks; week++, now_s += UINT64_C(7) * 86400) {
		if (week % 40 == 39)
			now_s += UINT64_C(12) * 7 * 86400; /* holidays */
		for (size_t i = 0; i <= PARTNERS; i++)
			notebook_clock(people[i].notebook, now_s);
		run_week(week);
		if (week % 10 == 9)
			(void)fprintf(stderr, "%u weeks, %zu documents\n", week + 1,
				count_documents());
	}
	(void)printf("%zu documents in %s\n", count_documents(), me->dir);
	for (size_t i = 0; i <= PARTNERS; i++)
		teacher_close(&people[i]);
	return 0;
}
