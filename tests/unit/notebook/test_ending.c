/* Taking back, dropping, ending a pair: what goes, what stays with whom, what is said. */
#include "tests/unit/notebook/meeting.h"

#include "tests/test.h"

static void taken_back_before_it_left_nothing_is_said(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "not yet");
	struct id there = give(amina, note, ben, ROLE_EDIT);
	struct id back;

	assert_int_equal(take_back(amina, there, &back), REACH_NOT_SENT);
	assert_memory_equal(back.b, note.b, sizeof note.b);
	assert_string_equal(see(amina, note, "body"), "not yet");
	struct meeting m = {0};
	assert_true(meet_listening(amina, ben, &m));
	assert_int_equal(m.messages, 2);
	/* The handle it had for a moment answers still. */
	assert_string_equal(see(amina, there, "body"), "not yet");
	/* It can be shared again, as another document. */
	struct id again = give(amina, note, ben, ROLE_EDIT);
	assert_memory_not_equal(again.b, there.b, sizeof there.b);
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, again, "body"), "not yet");
}

static void a_shown_one_called_back_is_mine_alone(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "w");
	struct id there = give(amina, goal, ben, ROLE_READ);
	assert_int_equal(take_back(amina, there, NULL), REACH_NOT_SENT);
	assert_int_equal(pending(amina, ben), 0);
	assert_string_equal(see(amina, goal, "wish"), "w");
	assert_true(meet(amina, ben));
	assert_int_equal(shared_count(ben, amina), 0);
}

static void what_the_partner_held_is_erased_there(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "a private worry");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	put(ben, there, "comments", "my own thought");
	assert_true(meet(amina, ben));

	assert_int_equal(take_back(amina, there, NULL), REACH_HELD);
	assert_int_equal(pending(amina, ben), 1);
	assert_true(meet(amina, ben));
	assert_false(has(ben, there));
	assert_false(has_word(ben, "worry"));
	/* Nobody's words vanish, and nobody keeps the other's. */
	assert_true(has_private_word(ben, "my own thought"));
	assert_false(has_word(amina, "my own thought"));
	assert_string_equal(see(amina, goal, "wish"), "a private worry");
	assert_true(noticed(ben, amina, "took back"));
}

static void what_may_have_left_is_said_to_be_so(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "sealed, not acknowledged");
	struct id there = give(amina, note, ben, ROLE_EDIT);
	struct meeting m = {0};
	meeting_begin(&m, amina, ben);
	assert_true(meeting_step(&m, 0)); /* Amina hears, seals, says */
	meeting_end(&m);                  /* and the network fails */

	assert_int_equal(line_of(amina, there).reach, REACH_MAY_HAVE_LEFT);
	assert_int_equal(take_back(amina, there, NULL), REACH_MAY_HAVE_LEFT);
	assert_true(meet(amina, ben));
	/* Ben's device never had it: it learns hashes, and no word. */
	assert_false(has(ben, there));
	assert_false(has_word(ben, "sealed"));
	assert_true(has_private_word(amina, "sealed, not acknowledged"));
	assert_true(meet(amina, ben));
}

static void what_each_wrote_in_a_page_stays_with_them(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	put(amina, page, "body", "Amina wrote this. ");
	assert_true(meet(amina, ben));
	put(ben, page, "body", "Amina wrote this. Ben wrote that.");
	assert_true(meet(amina, ben));
	put(ben, page, "body",
		"Amina wrote this. Ben wrote that. And did not send this.");

	(void)take_back(amina, page, NULL);
	assert_true(meet(amina, ben));
	assert_false(has(ben, page));
	assert_true(has_private_word(ben, "Ben wrote that. And did not send this."));
	assert_false(has_word(ben, "Amina wrote"));
	assert_true(has_private_word(amina, "Amina wrote this."));
	assert_false(has_word(amina, "Ben wrote"));
}

static void an_open_draft_of_the_other_is_not_lost(void **state)
{
	(void)state;
	struct id there =
		give(amina, make(amina, "note", "body", "plan"), ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	put(ben, there, "body", "plan, and an hour of my evening");
	(void)take_back(amina, there, NULL);
	assert_true(meet(amina, ben));
	assert_true(has_private_word(ben, "an hour of my evening"));
	assert_false(has_word(ben, "plan"));
}

static void only_the_owner_takes_back(void **state)
{
	(void)state;
	struct why why = {0};
	struct id unused;
	enum reach was;
	struct id there = give(amina, make(amina, "note", "body", "n"), ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(ben);
	assert_int_equal(share_takeback(txn, there, &was, &unused, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "drop"));
	notebook_abort(txn);
	txn = edit(amina);
	assert_int_equal(share_drop(txn, there, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "takeback"));
	notebook_abort(txn);
}

static void what_is_dropped_stays_with_the_other(void **state)
{
	(void)state;
	struct id there =
		give(amina, make(amina, "note", "body", "the plan"), ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	put(ben, there, "body", "the plan, mended");
	assert_true(meet(amina, ben));

	let_go(ben, there);
	assert_true(meet(amina, ben));
	assert_false(has(amina, there));
	assert_true(has_private_word(amina, "the plan, mended"));
	assert_false(has_word(ben, "the plan"));
	assert_true(has_private_word(ben, "mended"));
	assert_true(noticed(amina, ben, "let go"));
}

static void a_dropped_goal_leaves_its_owner_the_answers(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "wait longer");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	put(ben, there, "comments", "try ten seconds");
	assert_true(meet(amina, ben));
	let_go(ben, there);
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, goal, "wish"), "wait longer");
	assert_true(has_private_word(amina, "try ten seconds"));
	/* It can be shown anew. */
	struct id again = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, again, "wish"), "wait longer");
}

static void the_records_of_a_lesson_go_with_who_taught(void **state)
{
	(void)state;
	struct id there = give(
		amina, make(amina, "session", "events", "a question"), ben, ROLE_READ);
	assert_true(meet(amina, ben));
	(void)take_back(ben, there, NULL);
	assert_true(meet(amina, ben));
	assert_false(has_word(amina, "a question"));
	assert_true(has_private_word(ben, "a question"));
}

static void both_end_it_at_once(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	put(amina, page, "body", "mine");
	put(ben, page, "body", "his");
	(void)take_back(amina, page, NULL);
	let_go(ben, page);
	assert_true(meet(amina, ben));
	assert_true(meet(amina, ben));
	assert_false(has(amina, page) || has(ben, page));
	assert_true(has_private_word(amina, "mine"));
	assert_true(has_private_word(ben, "his"));
}

static void an_edit_that_comes_late_wakes_nothing(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	(void)take_back(amina, page, NULL);
	/* Ben seals an edit in the very session that brings the end. */
	put(ben, page, "body", "late words");
	assert_true(meet(amina, ben));
	assert_false(has(amina, page) || has(ben, page));
	assert_true(has_private_word(ben, "late words"));
	assert_false(has_word(amina, "late words"));
}

static void unpairing_leaves_each_a_copy_and_takes_back_what_was_shown(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "shown wish");
	struct id page = make_page(ben, amina, "Page of both");
	struct id secret = make(ben, "note", "body", "not sent yet");
	(void)give(amina, goal, ben, ROLE_READ);
	assert_true(meet(amina, ben));
	(void)give(ben, secret, amina, ROLE_EDIT);
	put(amina, page, "body", "and unsent words");

	unpair(amina, ben);
	assert_string_equal(see(amina, goal, "wish"), "shown wish");
	assert_true(has_private_word(amina, "Page of both"));
	assert_true(has_private_word(amina, "and unsent words"));
	struct id note = make(amina, "note", "body", "x");
	assert_int_equal(try_give(amina, note, ben, ROLE_READ), ERR_REFUSED);
	(void)meet(amina, ben);
	assert_false(has_word(ben, "shown wish"));
	assert_true(has_private_word(ben, "Page of both"));
	assert_false(has_word(ben, "unsent words"));
	assert_string_equal(see(ben, secret, "body"), "not sent yet");
	assert_int_equal(shared_count(ben, amina), 0);
	assert_true(noticed(ben, amina, "ended your pairing"));
	struct notebook_txn *txn = look(ben);
	assert_int_equal(partner_of(txn, ben, amina)->state, PARTNER_LEFT);
	notebook_abort(txn);
	txn = look(amina);
	assert_int_equal(partner_of(txn, amina, ben)->state, PARTNER_LEFT);
	notebook_abort(txn);
}

/* What an export asks: whose it was, and whether both wrote in it. */
static void assert_head(
	struct teacher *t, struct id id, const struct teacher *owner, enum role role)
{
	struct leaf *leaf = NULL;
	struct notebook_txn *txn = look(t);
	assert_int_equal(leaf_open(txn, id, &leaf, NULL), OK);
	assert_true(leaf->is_private);
	assert_memory_equal(&leaf->head->owner, &notebook_me(owner->notebook)->person,
		sizeof leaf->head->owner);
	assert_int_equal(leaf->head->role, role);
	notebook_abort(txn);
}

static void what_is_kept_at_the_end_says_whose_it_was(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "by Amina");
	struct id mine = make(ben, "note", "body", "by Ben alone");
	struct id there = give(amina, note, ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	put(ben, there, "body", "by Amina and Ben");
	assert_true(meet(amina, ben));
	struct id unsaid = give(ben, mine, amina, ROLE_EDIT);

	unpair(ben, amina);
	(void)meet(amina, ben);
	assert_head(amina, there, amina, ROLE_EDIT);
	assert_head(ben, there, amina, ROLE_EDIT);
	assert_head(ben, unsaid, ben, ROLE_READ);
}

static void what_was_taken_back_before_unpairing_is(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Regretted");
	assert_true(meet(amina, ben));
	(void)take_back(amina, page, NULL);
	unpair(amina, ben);
	(void)meet(amina, ben);
	assert_false(has_word(ben, "Regretted"));
}

static void both_unpair_at_once(void **state)
{
	(void)state;
	(void)make_page(amina, ben, "Page");
	assert_true(meet(amina, ben));
	unpair(amina, ben);
	unpair(ben, amina);
	(void)meet(amina, ben);
	struct notebook_txn *txn = look(ben);
	assert_int_equal(partner_of(txn, ben, amina)->state, PARTNER_LEFT);
	notebook_abort(txn);
	txn = look(amina);
	assert_int_equal(partner_of(txn, amina, ben)->state, PARTNER_LEFT);
	notebook_abort(txn);
	assert_true(has_private_word(amina, "Page"));
	assert_true(has_private_word(ben, "Page"));
}

static struct id last_word_and_end(void)
{
	struct why why = {0};
	struct id word = give(
		amina, make(amina, "note", "body", "thank you, Ben"), ben, ROLE_EDIT);
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(share_unpair(txn, partner_of(txn, amina, ben), &word, &why), OK);
	done(txn);
	return word;
}

static void a_last_word_goes_out_with_the_end(void **state)
{
	(void)state;
	assert_true(meet(amina, ben));
	struct id word = last_word_and_end();
	assert_string_equal(see(amina, word, "body"), "thank you, Ben");
	(void)meet(amina, ben);
	assert_true(has_private_word(ben, "thank you, Ben"));
	assert_true(has_private_word(amina, "thank you, Ben"));
	assert_int_equal(shared_count(amina, ben), 0);
	assert_int_equal(shared_count(ben, amina), 0);
}

static void a_last_word_to_who_left_already_stays_here(void **state)
{
	(void)state;
	(void)make_page(amina, ben, "Page");
	assert_true(meet(amina, ben));
	unpair(ben, amina);
	(void)last_word_and_end();
	(void)meet(amina, ben);
	assert_true(has_private_word(amina, "thank you, Ben"));
	assert_int_equal(shared_count(amina, ben), 0);
	assert_int_equal(shared_count(ben, amina), 0);
}

static void pairing_again_after_the_end_begins_anew(void **state)
{
	(void)state;
	(void)make_page(amina, ben, "Old page");
	assert_true(meet(amina, ben));
	unpair(amina, ben);
	/* They pair again before the word of it arrived. */
	teachers_pair(amina, ben);
	assert_int_equal(shared_count(ben, amina), 0);
	assert_true(has_private_word(ben, "Old page"));
	struct id page = make_page(ben, amina, "New page");
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "title"), "New page");
}

static void pairing_again_keeps_an_open_space(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Page");
	assert_true(meet(amina, ben));
	teachers_pair(amina, ben);
	put(ben, page, "body", "still here");
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "body"), "still here");
}

static void erasing_is_for_private_ones(void **state)
{
	(void)state;
	struct why why = {0};
	struct id note = make(amina, "note", "body", "to be gone");
	struct id goal = make(amina, "goal", "wish", "w");
	struct id there = give(amina, goal, ben, ROLE_READ);
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(leaf_erase(txn, note, &why), OK);
	assert_int_equal(leaf_erase(txn, goal, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "takeback"));
	done(txn);
	assert_false(has(amina, note));
	txn = edit(ben);
	assert_int_equal(leaf_erase(txn, there, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "drop"));
	notebook_abort(txn);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, teachers_again)
	const struct CMUnitTest tests[] = {
		TEST(taken_back_before_it_left_nothing_is_said),
		TEST(a_shown_one_called_back_is_mine_alone),
		TEST(what_the_partner_held_is_erased_there),
		TEST(what_may_have_left_is_said_to_be_so),
		TEST(what_each_wrote_in_a_page_stays_with_them),
		TEST(an_open_draft_of_the_other_is_not_lost),
		TEST(only_the_owner_takes_back),
		TEST(what_is_dropped_stays_with_the_other),
		TEST(a_dropped_goal_leaves_its_owner_the_answers),
		TEST(the_records_of_a_lesson_go_with_who_taught),
		TEST(both_end_it_at_once),
		TEST(an_edit_that_comes_late_wakes_nothing),
		TEST(unpairing_leaves_each_a_copy_and_takes_back_what_was_shown),
		TEST(what_is_kept_at_the_end_says_whose_it_was),
		TEST(what_was_taken_back_before_unpairing_is),
		TEST(both_unpair_at_once),
		TEST(a_last_word_goes_out_with_the_end),
		TEST(a_last_word_to_who_left_already_stays_here),
		TEST(pairing_again_after_the_end_begins_anew),
		TEST(pairing_again_keeps_an_open_space),
		TEST(erasing_is_for_private_ones),
	};
	return cmocka_run_group_tests_name(
		"notebook: ending", tests, teachers_start, teachers_stop);
}
