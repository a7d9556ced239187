#include "tests/unit/coaching/desk.h"

/* ---- New documents */

static void a_goal_is_made_of_its_words(void **state)
{
	(void)state;
	struct id id;
	struct goal_words words = {.wish = bytes_text("Ask, then wait"),
		.why = "I answer my own questions.",
		.measured_by = "seconds",
		.by = "2027-01-31"};
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(coach_goal(txn, &words, &id, NULL), OK);
	done(txn);

	check_shown(amina, id, "wish", "Ask, then wait");
	check_shown(amina, id, "why", "I answer my own questions.");
	check_shown(amina, id, "measured_by", "seconds");
	check_shown(amina, id, "by", "2027-01-31");
}

static void a_goal_without_a_title_is_refused(void **state)
{
	(void)state;
	struct id id;
	struct why why = {0};
	struct goal_words words = {.wish = bytes_text(" \n")};
	struct notebook_txn *txn = edit(amina);

	assert_int_equal(coach_goal(txn, &words, &id, &why), ERR_INVALID);
	assert_string_equal(why.text, "a goal needs a title");
	notebook_abort(txn);
}

static void a_goal_by_a_day_that_is_none_is_refused_whole(void **state)
{
	(void)state;
	struct id id;
	struct why why = {0};
	struct view_document *all;
	size_t count = 9;
	struct goal_words words = {.wish = bytes_text("x"), .by = "2027-02-30"};
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(coach_goal(txn, &words, &id, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "no day that I understand"));
	notebook_abort(txn);

	txn = look(amina);
	assert_int_equal(view_list(txn, NULL, &all, &count, NULL), OK);
	assert_int_equal(count, 0);
	notebook_abort(txn);
}

static void a_note_names_what_it_is_about(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask, then wait"), note;
	struct view_document document;
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(
		coach_note(txn, bytes_text("Tuesday.\nBetter."), &goal, &note, NULL), OK);
	done(txn);

	txn = look(amina);
	assert_int_equal(view_document(txn, goal, &document, NULL), OK);
	char handle[HANDLE_TEXT];
	memcpy(handle, document.handle, sizeof handle);
	notebook_abort(txn);
	check_shown(amina, note, "about", handle);
	check_shown(amina, note, "body", "Tuesday.\nBetter.");
}

static void a_page_is_made_with_a_partner(void **state)
{
	(void)state;
	struct id page;
	struct view_document document;
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(
		coach_page(txn, "Debrief", partner_of(txn, amina, ben), &page, NULL), OK);
	done(txn);
	assert_true(meet(amina, ben));

	txn = look(ben);
	assert_int_equal(view_document(txn, page, &document, NULL), OK);
	assert_string_equal(document.title, "Debrief");
	assert_false(document.is_private);
	assert_int_equal(document.shared_count, 1);
	assert_string_equal(document.shared_with[0], "Amina");
	notebook_abort(txn);
}

/* ---- Finding */

static void check_found(
	struct teacher *t, const char *words, enum err wanted, const struct id *id)
{
	struct id found;
	struct why why = {0};
	struct notebook_txn *txn = look(t);
	assert_int_equal(coach_find(txn, words, &found, &why), wanted);
	if (wanted == OK)
		assert_true(id_equal(found, *id));
	else
		assert_true(why.text[0] != '\0');
	notebook_abort(txn);
}

static void a_document_answers_to_handle_id_and_title(void **state)
{
	(void)state;
	struct id wait = new_goal(amina, "Ask, then wait");
	struct view_document document;
	char id[ID_TEXT + 1], handle[HANDLE_TEXT];
	(void)new_goal(amina, "Fractions");
	id_text(wait, id);
	struct notebook_txn *txn = look(amina);
	assert_int_equal(view_document(txn, wait, &document, NULL), OK);
	memcpy(handle, document.handle, sizeof handle);
	notebook_abort(txn);

	check_found(amina, handle, OK, &wait);
	check_found(amina, id, OK, &wait);
	check_found(amina, "Ask, then wait", OK, &wait);
	check_found(amina, "THEN WAIT", OK, &wait);
	check_found(amina, "subtraction", ERR_NOT_FOUND, NULL);
	check_found(amina, "", ERR_NOT_FOUND, NULL);
	check_found(amina, "00000000000000000000000000", ERR_NOT_FOUND, NULL);
}

static void a_whole_title_beats_a_part_of_another(void **state)
{
	(void)state;
	struct id shorter = new_goal(amina, "wait");
	(void)new_goal(amina, "Ask, then wait");

	check_found(amina, "Wait", OK, &shorter);
	check_found(amina, "wai", ERR_AMBIGUOUS, NULL);
}

/* ---- Edits */

static void a_register_is_set_and_emptied(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "x");

	assert_true(changes(amina, goal, EDIT_SET, "state", "active"));
	check_shown(amina, goal, "state", "active");
	assert_false(changes(amina, goal, EDIT_SET, "state", "active"));
	assert_true(changes(amina, goal, EDIT_SET, "state", ""));
	check_shown(amina, goal, "state", "");
	assert_false(changes(amina, goal, EDIT_SET, "state", ""));
}

static void a_word_outside_the_choices_is_refused_with_them(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "x");

	refuses(amina, goal, EDIT_SET, "state", "finished", ERR_INVALID, "active, met");
	check_shown(amina, goal, "state", "");
}

static void elements_are_put_in_and_taken_out(void **state)
{
	(void)state;
	struct id visit = make(amina, "visit", "focus", "Questions");

	assert_true(changes(amina, visit, EDIT_ADD, "wanted", "idea"));
	assert_false(changes(amina, visit, EDIT_ADD, "wanted", "idea"));
	assert_true(changes(amina, visit, EDIT_ADD, "wanted", "data"));
	check_shown(amina, visit, "wanted", "data|idea");
	assert_true(changes(amina, visit, EDIT_REMOVE, "wanted", "idea"));
	assert_false(changes(amina, visit, EDIT_REMOVE, "wanted", "idea"));
	check_shown(amina, visit, "wanted", "data");
}

static void a_line_is_added_to_a_text(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "x");

	assert_true(changes(amina, goal, EDIT_APPEND, "why", "One."));
	assert_true(changes(amina, goal, EDIT_APPEND, "why", "Two."));

	check_shown(amina, goal, "why", "One.\nTwo.");
}

static void a_record_is_added_and_taken_back_by_its_id(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "x");
	struct view_document document;
	char name[14];
	assert_true(changes(amina, goal, EDIT_APPEND, "comments", "to myself"));

	struct notebook_txn *txn = look(amina);
	assert_int_equal(view_document(txn, goal, &document, NULL), OK);
	const struct view_field *comments =
		view_field(&document, bytes_text("comments"), (struct bytes){0});
	assert_int_equal(comments->count, 1);
	base32_text(comments->items[0].id, name);
	notebook_abort(txn);

	refuses(amina, goal, EDIT_REMOVE, "comments", "0000000000000", ERR_NOT_FOUND,
		"no such record");
	refuses(amina, goal, EDIT_REMOVE, "comments", "first", ERR_INVALID,
		"no record's id");
	assert_true(changes(amina, goal, EDIT_REMOVE, "comments", name));
	check_shown(amina, goal, "comments", "");
}

static void a_record_of_parts_is_read_and_checked(void **state)
{
	(void)state;
	struct id measure = make(amina, "measure", "name", "wait time");

	assert_true(changes(amina, measure, EDIT_APPEND, "readings",
		"date=2026-10-01; value=2.5; n=12"));
	refuses(amina, measure, EDIT_APPEND, "readings", "date=2026-10-01", ERR_INVALID,
		"lacks its part");
	refuses(amina, measure, EDIT_APPEND, "readings", "day=2026-10-01", ERR_INVALID,
		"no part \"day\"");
	refuses(amina, measure, EDIT_APPEND, "readings", "date=soon; value=2; n=1",
		ERR_INVALID, "no day that I understand");
	refuses(amina, measure, EDIT_APPEND, "readings",
		"date=2026-10-01; value=many; n=1", ERR_INVALID, "value is a number");
}

static void a_text_is_rewritten_from_what_it_was(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "x");
	assert_true(changes(amina, goal, EDIT_SET, "why", "One.\nTwo.\n"));
	assert_true(changes(amina, goal, EDIT_APPEND, "why", "Three."));

	bool changed = false;
	struct notebook_txn *txn = edit(amina);
	struct edit_words words = {.act = EDIT_REWRITE,
		.field = kind_field(coaching_kind("goal"), bytes_text("why")),
		.base = bytes_text("One.\nTwo.\n"),
		.value = bytes_text("Zero.\nOne.\nTwo.\n")};
	assert_int_equal(coach_edit(txn, goal, &words, &changed, NULL), OK);
	done(txn);

	assert_true(changed);
	check_shown(amina, goal, "why", "Zero.\nOne.\nTwo.\nThree.");
}

static void an_act_that_a_field_does_not_know_is_refused(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "x");

	refuses(amina, goal, EDIT_ADD, "wish", "y", ERR_REFUSED, "it is a text");
	refuses(amina, goal, EDIT_APPEND, "state", "met", ERR_REFUSED, "it is one value");
	refuses(amina, goal, EDIT_SET, "comments", "x", ERR_REFUSED, "a list of records");
	refuses(amina, goal, EDIT_REMOVE, "wish", "y", ERR_REFUSED, "it is a text");
}

static void what_refers_to_nothing_here_is_not_found(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "x");
	struct id goal = new_goal(amina, "Ask, then wait");

	refuses(amina, note, EDIT_SET, "about", "no such goal", ERR_NOT_FOUND,
		"no such goal");
	assert_true(changes(amina, note, EDIT_SET, "about", "then wait"));
	assert_true(changes(amina, note, EDIT_SET, "about", ""));
	(void)goal;
}

static void what_a_partner_shows_is_not_mine_to_change(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask, then wait");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));

	refuses(ben, there, EDIT_SET, "wish", "mine now", ERR_REFUSED, "other side");
	assert_true(changes(ben, there, EDIT_APPEND, "comments", "Three seconds?"));
	check_shown(ben, there, "comments", "Three seconds?");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, desks_again)
	const struct CMUnitTest tests[] = {
		TEST(a_goal_is_made_of_its_words),
		TEST(a_goal_without_a_title_is_refused),
		TEST(a_goal_by_a_day_that_is_none_is_refused_whole),
		TEST(a_note_names_what_it_is_about),
		TEST(a_page_is_made_with_a_partner),
		TEST(a_document_answers_to_handle_id_and_title),
		TEST(a_whole_title_beats_a_part_of_another),
		TEST(a_register_is_set_and_emptied),
		TEST(a_word_outside_the_choices_is_refused_with_them),
		TEST(elements_are_put_in_and_taken_out),
		TEST(a_line_is_added_to_a_text),
		TEST(a_record_is_added_and_taken_back_by_its_id),
		TEST(a_record_of_parts_is_read_and_checked),
		TEST(a_text_is_rewritten_from_what_it_was),
		TEST(an_act_that_a_field_does_not_know_is_refused),
		TEST(what_refers_to_nothing_here_is_not_found),
		TEST(what_a_partner_shows_is_not_mine_to_change),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
