/* Backups put back, folders copied, forks: nothing is lost, said twice, or rises again.
 */
#include "tests/unit/notebook/meeting.h"

#include "tests/test.h"

/* Meet until nothing changes: after a restore one side pulls, then says. */
static bool meet_well(struct teacher *a, struct teacher *b)
{
	bool verified = false;
	for (int i = 0; i < 4; i++)
		verified = meet(a, b);
	return verified;
}

static void a_backup_that_nobody_noticed_pulls_its_history(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	teacher_keep(amina, "backup");
	put(amina, page, "body", "said after the backup");
	assert_true(meet(amina, ben));

	teacher_put_back(amina, "backup");
	put(amina, page, "topic", "written in the old one");
	assert_true(meet_well(amina, ben));
	assert_string_equal(see(amina, page, "body"), "said after the backup");
	assert_string_equal(see(ben, page, "body"), "said after the backup");
	assert_true(has_word(amina, "written in the old one"));
}

static void the_same_on_the_other_side(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	teacher_keep(ben, "backup");
	put(ben, page, "body", "Ben's words");
	put(amina, page, "tags", "maths");
	assert_true(meet(amina, ben));
	teacher_put_back(ben, "backup");
	assert_true(meet_well(amina, ben));
	assert_string_equal(see(ben, page, "body"), "Ben's words");
	assert_string_equal(see(ben, page, "tags"), "maths");
}

static void a_folder_elsewhere_starts_a_new_log(void **state)
{
	(void)state;
	struct teacher copy;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	teacher_copy(amina, &copy, "moved");
	teacher_close(amina);
	put(&copy, page, "body", "from the new computer");
	assert_true(meet_well(&copy, ben));
	assert_string_equal(see(ben, page, "body"), "from the new computer");
	teacher_close(&copy);
	teacher_open(amina);
}

static void an_open_draft_becomes_a_note_and_is_not_said_twice(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	put(amina, page, "body", "half a thought");
	teacher_keep(amina, "backup");
	put(amina, page, "body", "half a thought, and the rest");
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	assert_true(meet_well(amina, ben));
	assert_string_equal(see(amina, page, "body"), "half a thought, and the rest");
	assert_string_equal(see(ben, page, "body"), "half a thought, and the rest");
	assert_true(has_private_word(amina, "half a thought"));
}

static void a_take_back_comes_back_with_the_history(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Regretted");
	assert_true(meet(amina, ben));
	teacher_keep(amina, "backup");
	(void)take_back(amina, page, NULL);
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	assert_true(has(amina, page));
	put(amina, page, "body", "x");
	assert_true(meet_well(amina, ben));
	assert_false(has(amina, page));
	assert_false(has(ben, page));
}

static void what_had_moved_ends_here(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "a plan");
	teacher_keep(amina, "backup");
	struct id there = give(amina, note, ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	put(ben, there, "body", "a plan, mended");
	assert_true(meet(amina, ben));

	teacher_put_back(amina, "backup");
	assert_int_equal(private_count(amina), 1);
	assert_true(meet_well(amina, ben));
	assert_int_equal(private_count(amina), 0);
	assert_string_equal(see(amina, note, "body"), "a plan, mended");
}

static void what_was_written_in_the_original_since_is_kept(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "a plan");
	teacher_keep(amina, "backup");
	(void)give(amina, note, ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	put(amina, note, "body", "a plan, thought over anew");
	assert_true(meet_well(amina, ben));
	assert_true(has_private_word(amina, "thought over anew"));
	assert_false(has_word(ben, "thought over anew"));
}

static void a_move_that_was_never_sent_is_undone(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "a plan");
	(void)give(amina, note, ben, ROLE_EDIT);
	teacher_keep(amina, "backup");
	teacher_put_back(amina, "backup");
	struct teacher copy;
	teacher_copy(amina, &copy, "moved");
	teacher_close(amina);
	assert_true(meet_well(&copy, ben));
	assert_int_equal(shared_count(ben, &copy), 0);
	assert_string_equal(see(&copy, note, "body"), "a plan");
	assert_int_equal(private_count(&copy), 1);
	teacher_close(&copy);
	teacher_open(amina);
}

static void a_move_that_was_sent_meanwhile_holds(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "a plan");
	struct id there = give(amina, note, ben, ROLE_EDIT);
	teacher_keep(amina, "backup");
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	assert_true(meet_well(amina, ben));
	assert_string_equal(see(amina, there, "body"), "a plan");
	assert_int_equal(private_count(amina), 0);
	assert_int_equal(shared_count(ben, amina), 1);
}

static void what_is_shown_follows_still_and_newer_comes_back(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "first wish");
	put(amina, goal, "state", "draft");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	teacher_keep(amina, "backup");
	put(amina, goal, "wish", "second wish");
	put(amina, goal, "wanted", "praise");
	put(amina, goal, "readings", "one");
	assert_true(meet(amina, ben));

	teacher_put_back(amina, "backup");
	assert_true(meet_well(amina, ben));
	assert_string_equal(see(amina, goal, "wish"), "second wish");
	assert_string_equal(see(amina, goal, "wanted"), "praise");
	assert_string_equal(see(amina, goal, "readings"), "one");
	put(amina, goal, "wish", "third wish");
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "wish"), "third wish");
	assert_int_equal(shared_count(ben, amina), 1);
}

static void what_was_shown_after_the_backup_is_recognised(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "my wish");
	teacher_keep(amina, "backup");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	assert_true(meet_well(amina, ben));
	put(amina, goal, "wish", "my wish, put better");
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "wish"), "my wish, put better");
	assert_int_equal(try_give(amina, goal, ben, ROLE_READ), ERR_REFUSED);
}

static void a_master_that_is_missing_is_made_anew(void **state)
{
	(void)state;
	teacher_keep(amina, "backup");
	struct id goal = make(amina, "goal", "wish", "my wish");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	put(ben, there, "comments", "good one");
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	assert_true(meet_well(amina, ben));
	assert_true(has_private_word(amina, "my wish"));
	assert_false(has_private_word(amina, "good one"));
	assert_int_equal(private_count(amina), 1);
	assert_int_equal(shared_count(amina, ben), 1);
}

static void a_birth_shown_but_never_sent_is_shown_still(void **state)
{
	(void)state;
	struct teacher copy;
	struct id goal = make(amina, "goal", "wish", "my wish");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	teacher_copy(amina, &copy, "moved");
	teacher_close(amina);
	assert_int_equal(line_of(&copy, there).reach, REACH_MAY_HAVE_LEFT);
	assert_true(meet_well(&copy, ben));
	assert_int_equal(shared_count(ben, &copy), 1);
	struct id now = only_shared(ben, &copy);
	assert_string_equal(see(ben, now, "wish"), "my wish");
	put(&copy, goal, "wish", "my wish, changed");
	assert_true(meet(&copy, ben));
	assert_string_equal(see(ben, now, "wish"), "my wish, changed");
	teacher_close(&copy);
	teacher_open(amina);
}

static void taken_back_in_the_restored_store_stays_so(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "my wish");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	teacher_keep(amina, "backup");
	assert_true(meet(amina, ben)); /* in the history that is lost, it left */
	struct teacher copy;
	teacher_put_back(amina, "backup");
	teacher_copy(amina, &copy, "moved");
	teacher_close(amina);
	assert_int_equal(take_back(&copy, there, NULL), REACH_MAY_HAVE_LEFT);
	assert_true(meet_well(&copy, ben));
	assert_int_equal(shared_count(ben, &copy), 0);
	assert_int_equal(shared_count(&copy, ben), 0);
	assert_false(has_word(ben, "my wish"));
	assert_string_equal(see(&copy, goal, "wish"), "my wish");
	teacher_close(&copy);
	teacher_open(amina);
}

static void a_lesson_that_may_never_have_left_is_let_go_of_and_kept(void **state)
{
	(void)state;
	struct id lesson = make(amina, "session", "notes", "only seen by me");
	struct id there = give(amina, lesson, ben, ROLE_READ);
	struct teacher copy;
	teacher_copy(amina, &copy, "lesson");
	teacher_close(amina);
	let_go(&copy, there);
	assert_true(has_private_word(&copy, "only seen by me"));
	assert_true(meet_well(&copy, ben));
	assert_int_equal(shared_count(ben, &copy), 0);
	assert_true(has_private_word(&copy, "only seen by me"));
	teacher_close(&copy);
	teacher_open(amina);
}

static void two_copies_that_both_went_on_are_healed(void **state)
{
	(void)state;
	struct teacher copy;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	teacher_clone(amina, &copy, "clone");
	put(amina, page, "body", "the first computer");
	struct id lost = make_page(amina, ben, "Lost page");
	assert_true(meet(amina, ben));
	put(&copy, page, "body", "the second computer");
	put(&copy, make_page(&copy, ben, "Second page"), "body", "its text");
	/* The copy seals under numbers that the first has used: its session is cut before
	 * Ben hears of it. */
	struct id goal = make(&copy, "goal", "wish", "from the second");
	(void)give(&copy, goal, ben, ROLE_READ);
	teacher_keep(ben, "now");
	teacher_put_back(ben, "first");
	struct meeting m = {0};
	meeting_begin(&m, &copy, ben);
	(void)meeting_step(&m, 0);
	meeting_end(&m);
	teacher_put_back(ben, "now");

	(void)meet_well(&copy, ben);
	assert_true(meet_well(&copy, ben));
	assert_true(has(&copy, lost));
	assert_string_equal(see(&copy, page, "body"), "the first computer");
	assert_true(has_private_word(&copy, "the second computer"));
	assert_true(has_private_word(&copy, "Second page"));
	assert_true(has_private_word(&copy, "its text"));
	assert_true(has_private_word(&copy, "from the second"));
	assert_true(noticed(&copy, ben, "two copies"));
	/* And the first goes on beside it. */
	assert_true(meet_well(amina, ben));
	assert_true(meet_well(&copy, ben));
	assert_string_equal(see(amina, page, "body"), see(&copy, page, "body"));
	teacher_close(&copy);
}

static void both_put_back_at_once(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	teacher_keep(amina, "backup");
	put(amina, page, "body", "a");
	assert_true(meet(amina, ben));
	teacher_keep(ben, "backup");
	put(ben, page, "body", "a b");
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	teacher_put_back(ben, "backup");
	assert_true(meet_well(amina, ben));
	assert_string_equal(see(amina, page, "body"), see(ben, page, "body"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, teachers_again)
	const struct CMUnitTest tests[] = {
		TEST(a_backup_that_nobody_noticed_pulls_its_history),
		TEST(the_same_on_the_other_side),
		TEST(a_folder_elsewhere_starts_a_new_log),
		TEST(an_open_draft_becomes_a_note_and_is_not_said_twice),
		TEST(a_take_back_comes_back_with_the_history),
		TEST(what_had_moved_ends_here),
		TEST(what_was_written_in_the_original_since_is_kept),
		TEST(a_move_that_was_never_sent_is_undone),
		TEST(a_move_that_was_sent_meanwhile_holds),
		TEST(what_is_shown_follows_still_and_newer_comes_back),
		TEST(what_was_shown_after_the_backup_is_recognised),
		TEST(a_master_that_is_missing_is_made_anew),
		TEST(a_birth_shown_but_never_sent_is_shown_still),
		TEST(taken_back_in_the_restored_store_stays_so),
		TEST(a_lesson_that_may_never_have_left_is_let_go_of_and_kept),
		TEST(two_copies_that_both_went_on_are_healed),
		TEST(both_put_back_at_once),
	};
	return cmocka_run_group_tests_name(
		"notebook: restoring", tests, teachers_start, teachers_stop);
}
