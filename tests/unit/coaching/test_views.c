#include "tests/unit/coaching/desk.h"

/* The titles of a list, with bars between; in the transaction. */
static const char *titles(struct notebook_txn *txn, const char *kind)
{
	struct view_document *all;
	size_t count;
	const char *out = "";
	assert_int_equal(view_list(txn, kind != NULL ? coaching_kind(kind) : NULL, &all,
				 &count, NULL),
		OK);
	for (size_t i = 0; i < count; i++)
		out = arena_format(
			txn_arena(txn), "%s%s%s", out, i > 0 ? "|" : "", all[i].title);
	return out;
}

static void check_titles(struct teacher *t, const char *kind, const char *wanted)
{
	struct notebook_txn *txn = look(t);
	assert_string_equal(titles(txn, kind), wanted);
	notebook_abort(txn);
}

static void a_list_goes_by_kind_and_title(void **state)
{
	(void)state;
	(void)make(amina, "note", "body", "a note");
	(void)new_goal(amina, "fractions");
	(void)new_goal(amina, "Ask, then wait");

	check_titles(amina, NULL, "Ask, then wait|fractions|a note");
	check_titles(amina, "notes", "a note");
	check_titles(amina, "visits", "");
}

static void a_title_is_the_first_line_that_holds_something(void **state)
{
	(void)state;
	(void)make(amina, "note", "body", "\n  \nTuesday\x1b[31m.\nMore.");
	(void)make(amina, "note", NULL, NULL);

	check_titles(amina, "note", "(empty note)|Tuesday[31m.");
}

static void what_is_shown_is_listed_once_with_its_partners(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask, then wait");
	(void)give(amina, goal, ben, ROLE_COMMENT);
	struct view_document document;

	check_titles(amina, NULL, "Ask, then wait");
	struct notebook_txn *txn = look(amina);
	assert_int_equal(view_document(txn, goal, &document, NULL), OK);
	assert_int_equal(document.shared_count, 1);
	assert_string_equal(document.shared_with[0], "Ben");
	assert_true(document.by_me);
	notebook_abort(txn);
}

static void what_a_partner_answers_stands_beside_my_own(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask, then wait");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	assert_true(changes(ben, there, EDIT_APPEND, "comments", "Three seconds?"));
	assert_true(changes(amina, goal, EDIT_APPEND, "comments", "to myself"));
	assert_true(meet(amina, ben));

	struct view_document document;
	struct notebook_txn *txn = look(amina);
	assert_int_equal(view_document(txn, goal, &document, NULL), OK);
	const struct view_field *comments =
		view_field(&document, bytes_text("comments"), (struct bytes){0});
	assert_int_equal(comments->count, 2);
	assert_null(comments->items[0].with);
	assert_string_equal(comments->items[1].with, "Ben");
	assert_string_equal(view_person(txn, &comments->items[0].by), "me");
	assert_string_equal(view_person(txn, &comments->items[1].by), "Ben");
	notebook_abort(txn);
}

static void what_the_partner_has_is_what_was_offered(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask, then wait");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	struct view_document document;

	struct notebook_txn *txn = look(amina);
	assert_int_equal(view_as_partner(txn, there, &document, NULL), OK);
	assert_int_equal(document.field_count, 0);
	notebook_abort(txn);

	assert_true(meet(amina, ben));
	assert_true(changes(amina, goal, EDIT_SET, "wish", "Ask, then wait longer"));
	txn = look(amina);
	assert_int_equal(view_as_partner(txn, there, &document, NULL), OK);
	assert_string_equal(shown(txn, &document, "wish", ""), "Ask, then wait");
	notebook_abort(txn);

	assert_true(meet(amina, ben));
	txn = look(ben);
	assert_int_equal(view_document(txn, there, &document, NULL), OK);
	assert_string_equal(document.title, "Ask, then wait longer");
	assert_false(document.by_me);
	notebook_abort(txn);
}

static void values_that_compete_are_both_shown(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Debrief");
	assert_true(meet(amina, ben));
	assert_true(changes(amina, page, EDIT_SET, "title", "Monday"));
	assert_true(changes(ben, page, EDIT_SET, "title", "Tuesday"));
	assert_true(meet(amina, ben));

	struct view_document document;
	struct notebook_txn *txn = look(ben);
	assert_int_equal(view_document(txn, page, &document, NULL), OK);
	const struct view_field *title =
		view_field(&document, bytes_text("title"), (struct bytes){0});
	assert_int_equal(title->count, 2);
	assert_true(document.both_wrote);
	const char *here = arena_text(txn_arena(txn), shown(txn, &document, "title", ""));
	assert_true(strcmp(here, "Monday|Tuesday") == 0 ||
		    strcmp(here, "Tuesday|Monday") == 0);
	struct notebook_txn *other = look(amina);
	assert_int_equal(view_document(other, page, &document, NULL), OK);
	assert_string_equal(shown(other, &document, "title", ""), here);
	notebook_abort(other);
	notebook_abort(txn);
}

static void values_are_read_as_a_person_says_them(void **state)
{
	(void)state;
	struct id visit = make(amina, "visit", "focus", "Questions");
	assert_true(changes(amina, visit, EDIT_SET, "minutes", "45"));
	assert_true(changes(amina, visit, EDIT_SET, "alone", "yes"));
	struct id measure = make(amina, "measure", "name", "wait time");
	assert_true(changes(amina, measure, EDIT_SET, "target", "2.5"));

	check_shown(amina, visit, "minutes", "45");
	check_shown(amina, visit, "alone", "yes");
	check_shown(amina, measure, "target", "2.5");
	refuses(amina, visit, EDIT_SET, "minutes", "500", ERR_INVALID, "from 5 to 120");
}

static void a_family_shows_each_key_that_holds_something(void **state)
{
	(void)state;
	bool changed = false;
	struct view_document document;
	struct id reflection = make(amina, "reflection", NULL, NULL);
	assert_int_equal(change(amina, reflection, EDIT_SET, "answer", "next", "Wait.",
				 &changed, NULL),
		OK);
	assert_int_equal(change(amina, reflection, EDIT_SET, "answer", "felt", "Calm.",
				 &changed, NULL),
		OK);
	assert_int_equal(
		change(amina, reflection, EDIT_SET, "answer", "felt", "", &changed, NULL),
		OK);

	struct notebook_txn *txn = look(amina);
	assert_int_equal(view_document(txn, reflection, &document, NULL), OK);
	assert_string_equal(shown(txn, &document, "answer", "next"), "Wait.");
	assert_null(view_field(&document, bytes_text("answer"), bytes_text("felt")));
	notebook_abort(txn);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, desks_again)
	const struct CMUnitTest tests[] = {
		TEST(a_list_goes_by_kind_and_title),
		TEST(a_title_is_the_first_line_that_holds_something),
		TEST(what_is_shown_is_listed_once_with_its_partners),
		TEST(what_a_partner_answers_stands_beside_my_own),
		TEST(what_the_partner_has_is_what_was_offered),
		TEST(values_that_compete_are_both_shown),
		TEST(values_are_read_as_a_person_says_them),
		TEST(a_family_shows_each_key_that_holds_something),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
