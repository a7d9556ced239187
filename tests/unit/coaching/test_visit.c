/* A visit between two real notebooks: plan, answers, lesson, hand-over, feedback. */
#include "tests/test.h"

#include <math.h>

#include "core/coaching/commands.h"
#include "core/coaching/handover.h"
#include "core/coaching/schema.h"
#include "core/coaching/views.h"
#include "core/coaching/writing.h"
#include "tests/unit/coaching/deeds.h"

/* A call that must be refused so, with a sentence that says this. */
#define refused(error, says, call)                                                       \
	do {                                                                             \
		struct why why_ = {{0}}, *why = &why_;                                   \
		assert_int_equal((call), (error));                                       \
		if (strstr(why_.text, (says)) == NULL)                                   \
			fail_msg("\"%s\" lacks \"%s\"", why_.text, (says));              \
	} while (0)

/* Amina will teach: a plan of 20 minutes in 9B, noticings and questions wanted. */
static struct id plan(void)
{
	static const char *const instruments[] = {"flow", "wait"};
	static const char *const wanted[] = {"noticed", "questions"};
	struct visit_words words = {.class_label = "9B",
		.when = "2027-01-31 10:10",
		.minutes = 20,
		.focus = "Whom do I ask, and how long do I wait?",
		.instruments = instruments,
		.instrument_count = 2,
		.wanted = wanted,
		.wanted_count = 2};
	struct id id;
	struct notebook_txn *txn = edit(amina);
	ok(coach_visit_plan(txn, &words, &id, why));
	done(txn);
	return id;
}

static struct id sent(void)
{
	struct id there = give(amina, plan(), ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	return there;
}

static enum visit_state state_of(struct teacher *t, struct id id)
{
	struct visit visit;
	struct notebook_txn *txn = look(t);
	ok(visit_read(txn, id, &visit, why));
	enum visit_state state = visit.state;
	notebook_abort(txn);
	return state;
}

static void answer(
	struct teacher *t, struct id id, enum visit_answer answer, const char *when)
{
	struct notebook_txn *txn = edit(t);
	ok(coach_visit_answer(txn, id, answer, when, NULL, why));
	done(txn);
}

static void a_plan_says_when_where_and_what_is_wanted(void **state)
{
	(void)state;
	struct visit visit;
	struct id id = plan();
	struct notebook_txn *txn = look(amina);
	ok(visit_read(txn, id, &visit, why));
	assert_int_equal(visit.state, VISIT_DRAFT);
	assert_true(visit.i_teach);
	assert_string_equal(visit.when, "2027-01-31 10:10");
	assert_int_equal(visit.minutes, 20);
	assert_int_equal(visit.instrument_count, 2);
	assert_true(visit_wants(&visit, "noticed") && visit_wants(&visit, "wondered"));
	assert_false(visit_wants(&visit, "idea"));
	notebook_abort(txn);
}

static void a_plan_that_cannot_be_is_refused_with_its_reason(void **state)
{
	(void)state;
	struct id id;
	static const char *const four[] = {"flow", "wait", "talk", "praise"};
	static const char *const none[] = {"telepathy"}, *const loud[] = {"shouting"};
	struct notebook_txn *txn = edit(amina);
	refused(ERR_INVALID, "5 to 120 minutes",
		coach_visit_plan(txn, &(struct visit_words){.minutes = 180}, &id, why));
	refused(ERR_INVALID, "no day",
		coach_visit_plan(
			txn, &(struct visit_words){.when = "someday"}, &id, why));
	refused(ERR_INVALID, "three",
		coach_visit_plan(txn,
			&(struct visit_words){.instruments = four, .instrument_count = 4},
			&id, why));
	refused(ERR_NOT_FOUND, "telepathy",
		coach_visit_plan(txn,
			&(struct visit_words){.instruments = none, .instrument_count = 1},
			&id, why));
	refused(ERR_INVALID, "no kind of feedback",
		coach_visit_plan(txn,
			&(struct visit_words){.wanted = loud, .wanted_count = 1}, &id,
			why));
	notebook_abort(txn);
}

static void a_visit_is_sent_and_accepted(void **state)
{
	(void)state;
	struct id visit = sent();
	assert_int_equal(state_of(ben, visit), VISIT_SENT);
	answer(ben, visit, ANSWER_ACCEPT, NULL);
	assert_true(meet(amina, ben));
	assert_int_equal(state_of(amina, visit), VISIT_ACCEPTED);
}

static void a_change_of_the_time_reopens_what_was_accepted(void **state)
{
	(void)state;
	struct id visit = sent();
	answer(ben, visit, ANSWER_ACCEPT, NULL);
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(amina);
	ok(coach_visit_change(
		txn, visit, &(struct visit_words){.when = "2027-02-01 9:00"}, why));
	done(txn);
	assert_true(meet(amina, ben));
	assert_int_equal(state_of(ben, visit), VISIT_OTHER_TIME);
	answer(ben, visit, ANSWER_ACCEPT, NULL);
	assert_true(meet(amina, ben));
	assert_int_equal(state_of(amina, visit), VISIT_ACCEPTED);
}

static void another_time_is_proposed_and_said(void **state)
{
	(void)state;
	struct id id = sent();
	answer(ben, id, ANSWER_OTHER_TIME, "4.2.2027 11:00");
	assert_true(meet(amina, ben));
	struct visit visit;
	struct notebook_txn *txn = look(amina);
	ok(visit_read(txn, id, &visit, why));
	assert_int_equal(visit.state, VISIT_OTHER_TIME);
	assert_string_equal(visit.other_when, "2027-02-04 11:00");
	notebook_abort(txn);
}

static void either_drops_it_and_both_at_once_is_dropped_and_said(void **state)
{
	(void)state;
	struct id id = sent();
	answer(ben, id, ANSWER_ACCEPT, NULL);
	answer(amina, id, ANSWER_DROP, NULL);
	assert_true(meet(amina, ben));
	struct visit visit;
	struct notebook_txn *txn = look(ben);
	ok(visit_read(txn, id, &visit, why));
	assert_int_equal(visit.state, VISIT_DROPPED);
	assert_true(visit.both_answered);
	notebook_abort(txn);
	txn = edit(ben);
	refused(ERR_REFUSED, "dropped",
		coach_visit_answer(txn, id, ANSWER_ACCEPT, NULL, NULL, why));
	notebook_abort(txn);
}

static void nobody_accepts_for_themself_or_before_it_is_sent(void **state)
{
	(void)state;
	struct id draft = plan(), id = sent();
	struct notebook_txn *txn = edit(amina);
	refused(ERR_REFUSED, "not sent",
		coach_visit_answer(txn, draft, ANSWER_ACCEPT, NULL, NULL, why));
	refused(ERR_REFUSED, "your own lesson",
		coach_visit_answer(txn, id, ANSWER_ACCEPT, NULL, NULL, why));
	notebook_abort(txn);
}

/* ---- The lesson. */

static struct id observe(struct id visit)
{
	struct bytes instruments[] = {bytes_text("flow"), bytes_text("wait")};
	struct lesson_words words = {.visit = visit,
		.started = "2027-01-31 10:10:00",
		.tz = "+01:00",
		.instruments = instruments,
		.instrument_count = 2};
	struct id session;
	uint8_t rid[8];
	struct notebook_txn *txn = edit(ben);
	ok(lesson_begin(txn, &words, &session, why));
	for (unsigned i = 0; i < 12; i++) {
		struct event event = {.t_ms = i * 10000,
			.kind = EVENT_POINT,
			.instrument = bytes_text("flow"),
			.code = bytes_text("question"),
			.subj = bytes_text(i % 2 ? "S4" : "S11"),
			.x = NAN,
			.y = NAN};
		ok(lesson_event(txn, session, &event, rid, why));
	}
	ok(lesson_void(txn, session, rid, why));
	struct event line = {.t_ms = 65000,
		.kind = EVENT_SCRIPT,
		.mod = bytes_text("T"),
		.text = bytes_text("Marcus, why do you think so?"),
		.x = NAN,
		.y = NAN};
	ok(lesson_event(txn, session, &line, rid, why));
	ok(lesson_moment(txn, session, 65000, bytes_text("Marcus waits"), why));
	ok(lesson_gap(txn, session, 70000, 8000, why));
	ok(lesson_own_line(txn, session, 71000, "she looked tired", why));
	ok(lesson_length(txn, session, 1200000, why));
	done(txn);
	return session;
}

static void a_lesson_is_read_back_as_it_was_written(void **state)
{
	(void)state;
	struct lesson lesson;
	struct figures figures;
	struct id session = observe(sent());
	struct notebook_txn *txn = look(ben);
	ok(lesson_read(txn, session, &lesson, why));
	assert_int_equal(lesson.line_count, 12); /* one was voided, one is a line */
	assert_int_equal(lesson.recording.length_ms, 1200000);
	assert_int_equal(lesson.recording.gap_count, 1);
	assert_int_equal(lesson.moment_count, 1);
	assert_int_equal(lesson.instrument_count, 2);
	instrument_figures(
		lesson.instruments[0], &lesson.recording, txn_arena(txn), &figures);
	assert_int_equal(figures.n, 11);
	assert_true(lesson.is_private);
	notebook_abort(txn);
}

static void a_lesson_that_broke_off_is_as_long_as_its_last_event(void **state)
{
	(void)state;
	struct lesson lesson;
	struct id session = {{0}};
	uint8_t rid[8];
	struct event event = {.t_ms = 42000, .kind = EVENT_POINT, .x = NAN, .y = NAN};
	struct notebook_txn *txn = edit(ben);
	ok(lesson_begin(txn,
		&(struct lesson_words){.started = "2027-01-31 10:10:00", .tz = "+00:00"},
		&session, why));
	ok(lesson_event(txn, session, &event, rid, why));
	done(txn);
	txn = look(ben);
	ok(lesson_read(txn, session, &lesson, why));
	assert_int_equal(lesson.recording.length_ms, 42000);
	notebook_abort(txn);
}

/* ---- Names. */

static void know_marcus(void)
{
	struct id class = make(ben, "class", "label", "9B");
	struct name_entry names[] = {{.seat = 14, .name = "Marcus"},
		{.seat = 3, .name = "Anna Maria"}, {.seat = 4, .name = "Anna"}};
	struct notebook_txn *txn = edit(ben);
	ok(coach_names(txn, class, names, 3, why));
	done(txn);
}

static void the_guard_finds_listed_names_as_words_of_their_own(void **state)
{
	(void)state;
	know_marcus();
	struct name_entry *entries;
	struct name_hit *hits;
	size_t count, found;
	struct notebook_txn *txn = look(ben);
	ok(names_all(txn, &entries, &count, why));
	assert_int_equal(count, 3);
	names_scan(entries, count, bytes_text("MARCUS and Marcusson, anna maria; Hannah"),
		txn_arena(txn), &hits, &found);
	assert_int_equal(found, 2);
	struct bytes hidden = names_hide(entries, count,
		bytes_text("Marcus asked Anna Maria, not Anna."), txn_arena(txn));
	assert_true(bytes_equal(hidden, bytes_text("S14 asked S3, not S4.")));
	notebook_abort(txn);
}

static void a_seat_that_is_not_there_is_refused(void **state)
{
	(void)state;
	struct id class = make(ben, "class", "label", "9B");
	struct notebook_txn *txn = edit(ben);
	ok(write_int(txn, class, "size", 28, why));
	refused(ERR_INVALID, "28 seats",
		coach_names(txn, class, &(struct name_entry){.seat = 29, .name = "X"}, 1,
			why));
	refused(ERR_INVALID, "no name",
		coach_names(txn, class, &(struct name_entry){.seat = 2, .name = " "}, 1,
			why));
	notebook_abort(txn);
}

static void names_are_forgotten_for_one_class_or_for_all(void **state)
{
	(void)state;
	struct id nine = make(ben, "class", "label", "9B"),
		  seven = make(ben, "class", "label", "7A");
	struct name_entry one = {.seat = 1, .name = "Ada"},
			  two = {.seat = 1, .name = "Bo"};
	size_t forgotten, count;
	struct name_entry *entries;
	struct notebook_txn *txn = edit(ben);
	ok(coach_names(txn, nine, &one, 1, why));
	ok(coach_names(txn, seven, &two, 1, why));
	done(txn);
	txn = edit(ben);
	ok(coach_names_forget(txn, nine, &forgotten, why));
	assert_int_equal(forgotten, 1);
	done(txn);
	txn = look(ben);
	ok(names_all(txn, &entries, &count, why));
	assert_int_equal(count, 1);
	assert_string_equal(entries[0].name, "Bo");
	notebook_abort(txn);
}

/* ---- Feedback and hand-over. */

static struct id say(struct id visit, const char *kind, const char *text)
{
	struct feedback_at at = {.t_ms = 65000};
	struct feedback_words words = {
		.kind = kind, .body = bytes_text(text), .at = &at, .at_count = 1};
	struct id id;
	struct notebook_txn *txn = edit(ben);
	ok(coach_feedback(txn, visit, &words, &id, why));
	done(txn);
	return id;
}

static void feedback_of_a_kind_not_wanted_is_refused_to_the_giver(void **state)
{
	(void)state;
	struct id visit = sent(), id;
	struct notebook_txn *txn = edit(ben);
	refused(ERR_REFUSED, "Amina asked for noticed, wondered",
		coach_feedback(txn, visit,
			&(struct feedback_words){
				.kind = "idea", .body = bytes_text("try")},
			&id, why));
	refused(ERR_INVALID, "no kind",
		coach_feedback(txn, visit,
			&(struct feedback_words){
				.kind = "grade", .body = bytes_text("B+")},
			&id, why));
	refused(ERR_INVALID, "needs a text",
		coach_feedback(txn, visit, &(struct feedback_words){.kind = "noticed"},
			&id, why));
	notebook_abort(txn);
}

static void the_preview_says_what_goes_and_what_stays(void **state)
{
	(void)state;
	struct handover h;
	struct id visit = sent(), session = observe(visit);
	know_marcus();
	say(visit, "noticed", "You waited; Marcus spoke for the first time");
	say(visit, "wondered", "What told you to wait?");
	struct notebook_txn *txn = look(ben);
	ok(handover_look(txn, session, &h, why));
	assert_int_equal(h.events, 11);
	assert_int_equal(h.lines, 1);
	assert_int_equal(h.moments, 1);
	assert_int_equal(h.feedback[0], 1);
	assert_int_equal(h.feedback[2], 1);
	assert_int_equal(h.own_lines, 1);
	assert_int_equal(h.name_count, 1);
	assert_string_equal(h.names[0].name, "Marcus");
	notebook_abort(txn);
}

static void after_the_hand_over_the_records_are_the_teachers(void **state)
{
	(void)state;
	struct handover h;
	struct id visit = sent(), session = observe(visit), there;
	know_marcus();
	say(visit, "noticed", "You waited; Marcus spoke for the first time");
	struct notebook_txn *txn = edit(ben);
	ok(handover_look(txn, session, &h, why));
	ok(coach_hide_names(txn, &h, why));
	ok(handover_look(txn, session, &h, why));
	assert_int_equal(h.name_count, 0);
	ok(coach_handover(txn, &h, &there, why));
	done(txn);
	assert_true(meet(amina, ben));
	struct lesson lesson;
	txn = look(amina);
	ok(lesson_read(txn, there, &lesson, why));
	assert_true(lesson.is_mine);
	assert_int_equal(lesson.line_count, 12);
	notebook_abort(txn);
	assert_int_equal(state_of(amina, visit), VISIT_HANDED_OVER);
	assert_false(has_word(amina, "Marcus"));
	assert_true(has_word(amina, "S14"));
	assert_false(has_word(amina, "tired"));
	assert_true(has_word(ben, "tired"));
	/* Twice is refused, and so is a change of what was observed. */
	txn = edit(ben);
	refused(ERR_EXISTS, "already", handover_look(txn, there, &h, why));
	refused(ERR_REFUSED, "handed over",
		coach_trim(txn, there, &lesson.lines[0], 1, why));
	notebook_abort(txn);
	/* Only who taught takes it back. */
	take_back(amina, there, NULL);
	assert_true(meet(amina, ben));
	assert_false(has(ben, there));
}

static void trimmed_events_never_travel(void **state)
{
	(void)state;
	struct handover h;
	struct lesson lesson;
	struct id visit = sent(), session = observe(visit), there;
	struct notebook_txn *txn = edit(ben);
	ok(lesson_read(txn, session, &lesson, why));
	for (size_t i = 0; i < lesson.line_count; i++)
		if (lesson.lines[i].event.kind == EVENT_SCRIPT)
			ok(coach_trim(txn, session, &lesson.lines[i], 1, why));
	ok(write_void(txn, session, "moments", lesson.moments[0].rid, why));
	ok(handover_look(txn, session, &h, why));
	assert_int_equal(h.lines, 0);
	ok(coach_handover(txn, &h, &there, why));
	done(txn);
	assert_true(meet(amina, ben));
	assert_false(has_word(amina, "Marcus"));
}

static void a_lesson_of_no_visit_has_nobody_to_go_to(void **state)
{
	(void)state;
	struct handover h;
	struct id session = observe((struct id){{0}});
	struct notebook_txn *txn = look(ben);
	refused(ERR_REFUSED, "no visit", handover_look(txn, session, &h, why));
	notebook_abort(txn);
}

static void feedback_is_thanked_parked_and_answered(void **state)
{
	(void)state;
	struct id visit = sent(), session = observe(visit), there;
	struct handover h;
	say(visit, "noticed", "You waited");
	struct notebook_txn *txn = edit(ben);
	ok(handover_look(txn, session, &h, why));
	ok(coach_handover(txn, &h, &there, why));
	done(txn);
	assert_true(meet(amina, ben));
	struct view_document *documents;
	size_t count;
	txn = edit(amina);
	ok(view_list(txn, coaching_kind("feedback"), &documents, &count, why));
	assert_int_equal(count, 1);
	struct id feedback = documents[0].id;
	bool held;
	ok(feedback_is_held_back(txn, feedback, &held, why));
	assert_false(held);
	ok(coach_feedback_answer(txn, feedback, FEEDBACK_THANKED, NULL, why));
	refused(ERR_INVALID, "needs a text",
		coach_feedback_answer(txn, feedback, FEEDBACK_REPLY, NULL, why));
	done(txn);
	assert_true(meet(amina, ben));
	assert_non_null(strstr(see(ben, feedback, "answers"), "thanked"));
}

/* From a kith that does not ask: an idea, where noticings were wanted. */
static void an_idea_that_nobody_wanted_is_held_back(void **state)
{
	(void)state;
	struct id visit = sent(), id;
	struct notebook_txn *txn = edit(ben);
	ok(write_new(txn, "feedback", &id, why));
	ok(write_ref(txn, id, "visit", visit, why));
	ok(write_text(txn, id, "kind", bytes_text("idea"), why));
	ok(write_text(txn, id, "body", bytes_text("speak up"), why));
	done(txn);
	struct id there = give(ben, id, amina, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	bool held = false;
	txn = look(amina);
	ok(feedback_is_held_back(txn, there, &held, why));
	assert_true(held);
	notebook_abort(txn);
}

static void the_balance_counts_visits_that_took_place(void **state)
{
	(void)state;
	struct balance balance;
	struct id visit = sent();
	struct notebook_txn *txn = edit(ben);
	ok(coach_visit_done(txn, visit, DONE_RAN, why));
	ok(coach_visit_done(txn, visit, DONE_RAN, why));
	done(txn);
	assert_true(meet(amina, ben));
	txn = look(amina);
	ok(visit_balance(txn, &partner_of(txn, amina, ben)->person, &balance, why));
	assert_int_equal(balance.was_visited, 1);
	assert_int_equal(balance.visited, 0);
	notebook_abort(txn);
}

#define again(test) cmocka_unit_test_setup(test, teachers_again)

int main(void)
{
	const struct CMUnitTest tests[] = {
		again(a_plan_says_when_where_and_what_is_wanted),
		again(a_plan_that_cannot_be_is_refused_with_its_reason),
		again(a_visit_is_sent_and_accepted),
		again(a_change_of_the_time_reopens_what_was_accepted),
		again(another_time_is_proposed_and_said),
		again(either_drops_it_and_both_at_once_is_dropped_and_said),
		again(nobody_accepts_for_themself_or_before_it_is_sent),
		again(a_lesson_is_read_back_as_it_was_written),
		again(a_lesson_that_broke_off_is_as_long_as_its_last_event),
		again(the_guard_finds_listed_names_as_words_of_their_own),
		again(a_seat_that_is_not_there_is_refused),
		again(names_are_forgotten_for_one_class_or_for_all),
		again(feedback_of_a_kind_not_wanted_is_refused_to_the_giver),
		again(the_preview_says_what_goes_and_what_stays),
		again(after_the_hand_over_the_records_are_the_teachers),
		again(trimmed_events_never_travel),
		again(a_lesson_of_no_visit_has_nobody_to_go_to),
		again(feedback_is_thanked_parked_and_answered),
		again(an_idea_that_nobody_wanted_is_held_back),
		again(the_balance_counts_visits_that_took_place),
	};
	return cmocka_run_group_tests(tests, coaching_start, teachers_stop);
}
