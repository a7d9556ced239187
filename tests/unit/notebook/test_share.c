/* Sharing: together, moved, shown, copied; roles; what is refused; who learns of it. */
#include "tests/unit/notebook/meeting.h"

#include "tests/test.h"

static void a_private_document_stays_here(void **state)
{
	(void)state;
	make(amina, "note", "body", "only mine");

	assert_true(meet(amina, ben));
	assert_false(has_word(ben, "only mine"));
	assert_int_equal(shared_count(ben, amina), 0);
}

static void a_page_made_together_is_there_for_both(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk about Monday");
	put(amina, page, "body", "It went well.");

	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, page, "title"), "Talk about Monday");
	assert_string_equal(see(ben, page, "body"), "It went well.");
}

static void both_write_a_page_apart_and_both_have_all(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	put(amina, page, "body", "one two three");
	assert_true(meet(amina, ben));

	put(amina, page, "body", "zero one two three");
	put(amina, page, "tags", "maths");
	put(ben, page, "body", "one two three four");
	put(ben, page, "tags", "year 7");
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "body"), "zero one two three four");
	assert_string_equal(see(ben, page, "body"), "zero one two three four");
	assert_string_equal(see(ben, page, "tags"), see(amina, page, "tags"));
}

static void a_note_shared_for_editing_moves(void **state)
{
	(void)state;
	struct id before = make(amina, "note", "body", "draft of a plan");
	struct id there = give(amina, before, ben, ROLE_EDIT);

	assert_true(meet(amina, ben));
	assert_int_equal(private_count(amina), 0);
	put(ben, there, "body", "draft of our plan");
	assert_true(meet(amina, ben));
	/* The handle from before it was shared still answers. */
	assert_string_equal(see(amina, before, "body"), "draft of our plan");
	assert_string_equal(see(amina, there, "body"), "draft of our plan");
}

static void a_shown_goal_follows_its_owner(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "ask more open questions");
	put(amina, goal, "state", "active");
	put(amina, goal, "wanted", "praise");
	put(amina, goal, "readings", "12 of 30");
	put(amina, goal, "part", "first part");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);

	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "wish"), "ask more open questions");
	assert_string_equal(see(ben, there, "wanted"), "praise");
	assert_string_equal(see(ben, there, "readings"), "12 of 30");
	assert_string_equal(see(ben, there, "part"), "first part");

	put(amina, goal, "wish", "ask open questions, and wait");
	put(amina, goal, "state", "met");
	put(amina, goal, "wanted", "ideas");
	take_out(amina, goal, "wanted", "praise");
	take_out(amina, goal, "readings", "12 of 30");
	put(amina, goal, "readings", "15 of 30");
	assert_true(pending(amina, ben) > 0);
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "wish"), "ask open questions, and wait");
	assert_string_equal(see(ben, there, "state"), "met");
	assert_string_equal(see(ben, there, "wanted"), "ideas");
	assert_string_equal(see(ben, there, "readings"), "15 of 30");
	assert_int_equal(pending(amina, ben), 0);
}

static void what_the_owner_empties_is_emptied_there(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "to be quieter");
	struct id there = give(amina, goal, ben, ROLE_READ);
	assert_true(meet(amina, ben));

	put(amina, goal, "wish", "");
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "wish"), "");
}

static void nothing_goes_out_twice_when_nothing_changed(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "to wait longer");
	(void)give(amina, goal, ben, ROLE_READ);
	assert_true(meet(amina, ben));

	struct meeting m = {0};
	assert_true(meet_listening(amina, ben, &m));
	assert_int_equal(m.messages, 2); /* a claim each */
}

static void comments_on_a_shown_goal_belong_to_that_pair(void **state)
{
	(void)state;
	teachers_pair(amina, carla);
	struct id goal = make(amina, "goal", "wish", "more wait time");
	put(amina, goal, "comments", "my own remark");
	struct id bens = give(amina, goal, ben, ROLE_COMMENT);
	struct id carlas = give(amina, goal, carla, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	assert_true(meet(amina, carla));

	put(ben, bens, "comments", "how long do you wait now");
	assert_true(meet(amina, ben));
	put(amina, bens, "comments", "two seconds");
	assert_true(meet(amina, ben));
	assert_true(meet(amina, carla));
	assert_string_equal(
		see(ben, bens, "comments"), "how long do you wait now|two seconds");
	assert_string_equal(see(carla, carlas, "comments"), "");
	assert_false(has_word(carla, "seconds"));
	assert_false(has_word(ben, "my own remark"));
}

static void a_copy_stays_as_it_was(void **state)
{
	(void)state;
	struct id room = make(amina, "room", "rows", "6");
	struct id there = give(amina, room, ben, ROLE_READ);
	put(amina, room, "rows", "7");

	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "rows"), "6");
	put(amina, room, "rows", "8");
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "rows"), "6");
}

static void a_handed_over_session_belongs_to_who_taught(void **state)
{
	(void)state;
	struct id session = make(amina, "session", "events", "question");
	struct id there = give(amina, session, ben, ROLE_READ);

	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, there, "events"), "question");
	assert_true(line_of(ben, there).by_me);
	assert_false(line_of(amina, there).by_me);
	/* Nobody adds an event after, not even its owner. */
	assert_int_equal(try_write(amina, there, "events", "late"), ERR_REFUSED);
	assert_int_equal(try_write(ben, there, "events", "late"), ERR_REFUSED);
	put(ben, there, "notes", "that was the loud one");
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, there, "notes"), "that was the loud one");
}

static void a_role_is_what_a_partner_may_write(void **state)
{
	(void)state;
	struct id read = give(amina, make(amina, "note", "body", "a"), ben, ROLE_READ);
	struct id say = give(amina, make(amina, "note", "body", "b"), ben, ROLE_COMMENT);
	struct id both = give(amina, make(amina, "note", "body", "c"), ben, ROLE_EDIT);
	assert_true(meet(amina, ben));

	assert_int_equal(try_write(ben, read, "body", "x"), ERR_REFUSED);
	assert_int_equal(try_write(ben, read, "comments", "x"), ERR_REFUSED);
	assert_int_equal(try_write(ben, say, "body", "x"), ERR_REFUSED);
	assert_int_equal(try_write(ben, say, "comments", "x"), OK);
	assert_int_equal(try_write(ben, both, "body", "x"), OK);
	assert_int_equal(try_write(ben, both, "comments", "x"), OK);
	/* The owner's copy follows: it is not written itself. */
	assert_int_equal(try_write(amina, say, "body", "x"), ERR_REFUSED);
	assert_true(meet(amina, ben));
}

static void what_may_not_be_shared_is_refused(void **state)
{
	(void)state;
	teachers_pair(amina, carla);
	struct id class = make(amina, "class", "label", "7b");
	struct id goal = make(amina, "goal", "wish", "w");
	struct id note = make(amina, "note", "body", "n");
	assert_int_equal(try_give(amina, class, ben, ROLE_READ), ERR_REFUSED);
	assert_int_equal(try_give(amina, goal, ben, ROLE_EDIT), ERR_REFUSED);
	assert_int_equal(try_give(amina, goal, ben, ROLE_READ), OK);
	assert_int_equal(try_give(amina, goal, ben, ROLE_READ), ERR_REFUSED);
	assert_int_equal(try_give(amina, note, ben, ROLE_READ), OK);
	/* It is shown to one: it cannot live together with another. */
	assert_int_equal(try_give(amina, note, carla, ROLE_EDIT), ERR_REFUSED);
	struct id page = make_page(amina, ben, "p");
	assert_int_equal(try_give(amina, page, carla, ROLE_EDIT), ERR_REFUSED);
	assert_true(meet(amina, ben));
	assert_int_equal(try_give(ben, page, amina, ROLE_EDIT), ERR_REFUSED);
}

static void a_reference_waits_until_its_target_is_shared(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "the goal");
	struct id note = make(amina, "note", "body", "about the goal");
	struct id moved = make(amina, "note", "body", "a plan for it");
	put_ref(amina, note, "about", goal);
	put_ref(amina, moved, "about", goal);
	struct id shown = give(amina, note, ben, ROLE_READ);
	struct id lives = give(amina, moved, ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = look(ben);
	struct leaf *leaf = NULL;
	struct reading reading = {0};
	const struct field_schema *about =
		kind_field(test_kind("note"), bytes_text("about"));
	assert_int_equal(leaf_open(txn, shown, &leaf, NULL), OK);
	read_values(
		leaf->sealed, NULL, about, (struct bytes){0}, txn_arena(txn), &reading);
	assert_int_equal(reading.count, 0);
	notebook_abort(txn);

	struct id there = give(amina, goal, ben, ROLE_READ);
	assert_true(meet(amina, ben));
	CLEAN_BUF struct buf want = {0};
	pack_bin(&want, BYTES_OF(there.b));
	const struct id both[] = {shown, lives};
	txn = look(ben);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(leaf_open(txn, both[i], &leaf, NULL), OK);
		read_values(leaf->sealed, NULL, about, (struct bytes){0}, txn_arena(txn),
			&reading);
		assert_int_equal(reading.count, 1);
		assert_true(bytes_equal(reading.items[0].value, buf_bytes(&want)));
	}
	notebook_abort(txn);
}

static void nobody_learns_of_a_third(void **state)
{
	(void)state;
	teachers_pair(amina, carla);
	struct id goal = make(amina, "goal", "wish", "shown to both");
	struct id bens = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	struct meeting before = {0}, after = {0};
	put(amina, goal, "wish", "shown to both, changed");
	assert_true(meet_listening(amina, ben, &before));

	struct id carlas = give(amina, goal, carla, ROLE_COMMENT);
	for (int i = 0; i < 5; i++) {
		put(amina, make_page(amina, carla, "x"), "body", "with Carla alone");
		assert_true(meet(amina, carla));
	}
	assert_memory_not_equal(bens.b, carlas.b, sizeof bens.b);
	put(amina, goal, "wish", "shown to both, changes");
	assert_true(meet_listening(amina, ben, &after));
	/* The same words for the same change, whatever goes on with Carla. */
	assert_int_equal(before.messages, after.messages);
	assert_int_equal(before.bytes, after.bytes);
	assert_false(has_word(ben, "Carla"));
	assert_int_equal(shared_count(ben, amina), 1);
}

static void what_was_typed_and_deleted_before_it_left_never_leaves(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	put(amina, page, "body", "She is hopeless");
	put(amina, page, "body", "She needs time");
	put(amina, page, "title", "Secret");
	put(amina, page, "title", "Open");
	struct id note = make(amina, "note", "body", "rude words");
	put(amina, note, "body", "kind words");
	(void)give(amina, note, ben, ROLE_EDIT);

	assert_true(meet(amina, ben));
	assert_false(has_word(ben, "hopeless"));
	assert_false(has_word(ben, "rude"));
	assert_false(has_word(ben, "Secret"));
	assert_true(has_word(ben, "kind words"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_private_document_stays_here, teachers_again),
		cmocka_unit_test_setup(
			a_page_made_together_is_there_for_both, teachers_again),
		cmocka_unit_test_setup(
			both_write_a_page_apart_and_both_have_all, teachers_again),
		cmocka_unit_test_setup(a_note_shared_for_editing_moves, teachers_again),
		cmocka_unit_test_setup(a_shown_goal_follows_its_owner, teachers_again),
		cmocka_unit_test_setup(
			what_the_owner_empties_is_emptied_there, teachers_again),
		cmocka_unit_test_setup(
			nothing_goes_out_twice_when_nothing_changed, teachers_again),
		cmocka_unit_test_setup(
			comments_on_a_shown_goal_belong_to_that_pair, teachers_again),
		cmocka_unit_test_setup(a_copy_stays_as_it_was, teachers_again),
		cmocka_unit_test_setup(
			a_handed_over_session_belongs_to_who_taught, teachers_again),
		cmocka_unit_test_setup(
			a_role_is_what_a_partner_may_write, teachers_again),
		cmocka_unit_test_setup(what_may_not_be_shared_is_refused, teachers_again),
		cmocka_unit_test_setup(
			a_reference_waits_until_its_target_is_shared, teachers_again),
		cmocka_unit_test_setup(nobody_learns_of_a_third, teachers_again),
		cmocka_unit_test_setup(
			what_was_typed_and_deleted_before_it_left_never_leaves,
			teachers_again),
	};
	return cmocka_run_group_tests_name(
		"notebook: sharing", tests, teachers_start, teachers_stop);
}
