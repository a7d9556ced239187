/* What a partner can see, since when, whether it arrived; handles; places both wrote. */
#include "core/notebook/places.h"
#include "tests/test.h"
#include "tests/unit/notebook/meeting.h"

/* ---- The ledger. */

static void the_ledger_says_what_left_and_what_arrived(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "w");
	notebook_clock(amina->notebook, 1000);
	struct id there = give(amina, goal, ben, ROLE_READ);
	assert_int_equal(line_of(amina, there).reach, REACH_NOT_SENT);
	assert_int_equal(line_of(amina, there).since_s, 1000);
	assert_true(line_of(amina, there).pending);
	assert_true(line_of(amina, there).by_me);

	struct meeting m = {0};
	notebook_clock(amina->notebook, 2000);
	meeting_begin(&m, amina, ben);
	assert_true(meeting_step(&m, 0));
	assert_int_equal(line_of(amina, there).reach, REACH_MAY_HAVE_LEFT);
	assert_true(line_of(amina, there).pending);
	meeting_run(&m);
	meeting_end(&m);
	assert_int_equal(line_of(amina, there).reach, REACH_HELD);
	assert_int_equal(line_of(amina, there).held_s, 2000);
	assert_false(line_of(amina, there).pending);

	/* Held is never unsaid: a change waits, what they hold they hold. */
	notebook_clock(amina->notebook, 3000);
	put(amina, goal, "wish", "w, changed");
	assert_int_equal(line_of(amina, there).reach, REACH_HELD);
	assert_int_equal(line_of(amina, there).held_s, 2000);
	assert_true(line_of(amina, there).pending);
	assert_true(meet(amina, ben));
	assert_false(line_of(amina, there).pending);
	assert_int_equal(line_of(amina, there).held_s, 2000);
}

static void what_a_partner_made_is_theirs_in_the_ledger(void **state)
{
	(void)state;
	struct id note = give(ben, make(ben, "note", "body", "n"), amina, ROLE_EDIT);
	assert_true(meet(amina, ben));
	assert_false(line_of(amina, note).by_me);
	assert_int_equal(line_of(amina, note).reach, REACH_HELD);
	assert_true(line_of(ben, note).by_me);
}

static void what_the_partner_has_is_what_is_sealed_here(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "as they see it");
	struct id shown = give(amina, goal, ben, ROLE_COMMENT);
	struct id page = make_page(amina, ben, "Page");
	assert_true(meet(amina, ben));
	put(ben, page, "body", "Ben's. ");
	assert_true(meet(amina, ben));
	put(amina, page, "body", "Ben's. And what he has not got.");
	put(amina, goal, "wish", "not sent");
	assert_string_equal(see_sealed(amina, page, "body"), see(ben, page, "body"));
	assert_string_equal(see_sealed(amina, shown, "wish"), see(ben, shown, "wish"));
	assert_string_equal(see(amina, page, "body"), "Ben's. And what he has not got.");
}

static void what_waits_is_counted_once(void **state)
{
	(void)state;
	struct id goal = make(amina, "goal", "wish", "w");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_int_equal(pending(amina, ben), 1);
	put(amina, goal, "wish", "w2");
	assert_int_equal(pending(amina, ben), 1);
	put(amina, there, "comments", "c");
	assert_int_equal(pending(amina, ben), 1);
	assert_true(meet(amina, ben));
	assert_int_equal(pending(amina, ben), 0);
	(void)take_back(amina, there, NULL);
	assert_int_equal(pending(amina, ben), 1);
	assert_true(meet(amina, ben));
	assert_int_equal(pending(amina, ben), 0);
}

/* ---- Handles. */

static void a_handle_is_short_and_finds_its_document(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "n");
	struct id there = give(amina, note, ben, ROLE_EDIT), found;
	struct leaf *leaf = NULL;
	char handle[HANDLE_TEXT], digits[ID_TEXT + 1], old[HANDLE_TEXT];
	struct notebook_txn *txn = look(amina);
	assert_int_equal(leaf_open(txn, there, &leaf, NULL), OK);
	leaf_handle(txn, leaf, handle);
	assert_int_equal(strlen(handle), 2 + HANDLE_MIN);
	assert_int_equal(leaf_find(txn, handle, &found, NULL), OK);
	assert_memory_equal(found.b, there.b, sizeof found.b);
	/* By the handle from before it was shared. */
	id_text(note, digits);
	(void)snprintf(old, sizeof old, "n-%.6s", digits);
	assert_int_equal(leaf_find(txn, old, &found, NULL), OK);
	assert_memory_equal(found.b, there.b, sizeof found.b);
	/* Another kind's letter is another document's. */
	handle[0] = 'g';
	assert_int_equal(leaf_find(txn, handle, &found, NULL), ERR_NOT_FOUND);
	assert_int_equal(leaf_find(txn, "not a handle", &found, NULL), ERR_NOT_FOUND);
	notebook_abort(txn);
}

static void a_beginning_of_several_names_them(void **state)
{
	(void)state;
	struct id found;
	struct why why = {0};
	for (int i = 0; i < 40; i++)
		(void)make(amina, "note", "body", "n");
	struct notebook_txn *txn = look(amina);
	unsigned ambiguous = 0;
	for (const char *c = "0123456789abcdefghjkmnpqrstvwxyz"; *c != '\0'; c++) {
		char handle[4] = {'n', '-', *c, '\0'};
		ambiguous += leaf_find(txn, handle, &found, &why) == ERR_AMBIGUOUS;
	}
	assert_true(ambiguous > 0); /* 40 in 32 drawers */
	assert_non_null(strstr(why.text, "n-"));
	notebook_abort(txn);
}

/* ---- Both wrote. */

static size_t places(struct teacher *t, struct id id, struct place_both *first)
{
	static uint8_t mine[256], theirs[256];
	struct place_both *all = NULL;
	size_t count = 0;
	struct why why = {0};
	struct notebook_txn *txn = look(t);
	assert_int_equal(places_of(txn, id, &all, &count, &why), OK);
	if (count > 0 && first != NULL) {
		*first = all[0];
		memcpy(mine, all[0].mine.at, all[0].mine.len);
		memcpy(theirs, all[0].theirs.at, all[0].theirs.len);
		first->mine.at = mine;
		first->theirs.at = theirs;
	}
	notebook_abort(txn);
	return count;
}

static void settle(struct teacher *t, struct id id, const char *field, enum keep keep)
{
	size_t settled = 0;
	struct why why = {0};
	struct notebook_txn *txn = edit(t);
	enum err e = places_settle(txn, id, bytes_text(field), keep, &settled, &why);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
	assert_int_equal(settled, 1);
	done(txn);
}

static bool is_text(struct bytes a, const char *b)
{
	return bytes_equal(a, bytes_text(b));
}

static struct id contested_topic(void)
{
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	put(amina, page, "topic", "debrief");
	put(ben, page, "topic", "planning");
	assert_true(meet(amina, ben));
	return page;
}

static void two_values_compete_until_one_is_kept(void **state)
{
	(void)state;
	struct id page = contested_topic();
	struct place_both place;
	assert_int_equal(places(amina, page, &place), 1);
	assert_true(is_text(place.mine, "debrief"));
	assert_true(is_text(place.theirs, "planning"));
	assert_int_equal(places(ben, (struct id){0}, &place), 1);
	assert_true(is_text(place.mine, "planning"));

	settle(amina, page, "topic", KEEP_THEIRS);
	assert_int_equal(places(amina, page, NULL), 0);
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "topic"), "planning");
	assert_string_equal(see(ben, page, "topic"), "planning");
	assert_int_equal(places(ben, page, NULL), 0);
}

static void both_of_a_text_value_are_joined(void **state)
{
	(void)state;
	struct id page = contested_topic();
	settle(ben, page, "topic", KEEP_BOTH);
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "topic"), "planning\ndebrief");
}

static void both_of_a_line_cannot_be_kept(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	struct why why = {0};
	size_t settled = 0;
	assert_true(meet(amina, ben));
	put(amina, page, "title", "A");
	put(ben, page, "title", "B");
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(
		places_settle(txn, page, bytes_text("title"), KEEP_BOTH, &settled, &why),
		ERR_REFUSED);
	assert_int_equal(
		places_settle(txn, page, bytes_text("body"), KEEP_MINE, &settled, &why),
		ERR_NOT_FOUND);
	notebook_abort(txn);
}

static void two_passages_beside_each_other_are_marked(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	put(amina, page, "body", "Before. After.");
	assert_true(meet(amina, ben));
	put(amina, page, "body", "Before. Zoe spoke first. After.");
	put(ben, page, "body", "Before. Quiet all along. After.");
	assert_true(meet(amina, ben));
	struct place_both place;
	assert_int_equal(places(amina, page, &place), 1);
	assert_true(place.is_text);
	assert_int_equal(places(ben, page, NULL), 1);
	settle(amina, page, "body", KEEP_MINE);
	assert_int_equal(places(amina, page, NULL), 0);
	assert_string_equal(see(amina, page, "body"), "Before. Zoe spoke first. After.");
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, page, "body"), "Before. Zoe spoke first. After.");
}

static void a_place_left_as_it_is_is_not_shown_again(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	put(amina, page, "body", "Before. After.");
	assert_true(meet(amina, ben));
	put(amina, page, "body", "Before. One. After.");
	put(ben, page, "body", "Before. Two. After.");
	assert_true(meet(amina, ben));
	settle(amina, page, "body", KEEP_BOTH);
	assert_int_equal(places(amina, page, NULL), 0);
	assert_int_equal(places(ben, page, NULL), 1);
	put(ben, page, "body", see(ben, page, "body"));
	assert_true(meet(amina, ben));
	assert_int_equal(places(amina, page, NULL), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, teachers_again)
	const struct CMUnitTest tests[] = {
		TEST(the_ledger_says_what_left_and_what_arrived),
		TEST(what_a_partner_made_is_theirs_in_the_ledger),
		TEST(what_the_partner_has_is_what_is_sealed_here),
		TEST(what_waits_is_counted_once),
		TEST(a_handle_is_short_and_finds_its_document),
		TEST(a_beginning_of_several_names_them),
		TEST(two_values_compete_until_one_is_kept),
		TEST(both_of_a_text_value_are_joined),
		TEST(both_of_a_line_cannot_be_kept),
		TEST(two_passages_beside_each_other_are_marked),
		TEST(a_place_left_as_it_is_is_not_shown_again),
	};
	return cmocka_run_group_tests_name(
		"notebook: ledger", tests, teachers_start, teachers_stop);
}
