/* Places both wrote: found on both sides alike, and settled where they stand. */
#include "tests/test.h"

#include "core/notebook/places.h"
#include "tests/unit/notebook/meeting.h"

/* A page of that body, held by both, on which both go on without meeting. */
static struct id page_of(const char *body)
{
	struct id page = make_page(amina, ben, "page");
	put(amina, page, "body", body);
	assert_true(meet(amina, ben));
	return page;
}

static void both_write(struct id page, const char *hers, const char *his)
{
	put(amina, page, "body", hers);
	put(ben, page, "body", his);
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "body"), see(ben, page, "body"));
}

static size_t places_seen(struct teacher *t, struct id page, struct place_both *first)
{
	struct place_both *places = NULL;
	struct why why = {0};
	size_t count = 0;
	struct notebook_txn *txn = look(t);
	assert_int_equal(places_of(txn, page, &places, &count, &why), OK);
	if (count > 0 && first != NULL) {
		static char mine[64], theirs[64];
		*first = places[0];
		(void)snprintf(mine, sizeof mine, "%.*s", (int)first->mine.len,
			(const char *)first->mine.at);
		(void)snprintf(theirs, sizeof theirs, "%.*s", (int)first->theirs.len,
			(const char *)first->theirs.at);
		first->mine = bytes_text(mine);
		first->theirs = bytes_text(theirs);
	}
	notebook_abort(txn);
	return count;
}

static enum err settle(
	struct teacher *t, struct id page, const char *field, enum keep keep)
{
	struct why why = {0};
	size_t settled = 0;
	struct notebook_txn *txn = edit(t);
	enum err e = places_settle(txn, page, bytes_text(field), keep, &settled, &why);
	if (e == OK)
		done(txn);
	else
		notebook_abort(txn);
	return e;
}

static void each_side_is_told_the_same_place_from_its_own_view(void **state)
{
	(void)state;
	struct id page = page_of("it went.");
	both_write(page, "it went well.", "it went badly.");
	struct place_both hers, his;
	assert_int_equal(places_seen(amina, page, &hers), 1);
	assert_true(bytes_equal(hers.mine, bytes_text(" well")));
	assert_true(bytes_equal(hers.theirs, bytes_text(" badly")));
	assert_int_equal(places_seen(ben, page, &his), 1);
	assert_true(bytes_equal(his.mine, bytes_text(" badly")));
	assert_memory_equal(hers.mark, his.mark, sizeof hers.mark);
}

static void the_passage_that_goes_is_the_one_that_was_meant(void **state)
{
	(void)state;
	/* What both wrote stands once more, as one's words alone, before it. */
	struct id page = page_of("MTM end");
	both_write(page, "MTM endM", "MTM endT");
	assert_int_equal(settle(amina, page, "body", KEEP_MINE), OK);
	assert_string_equal(see(amina, page, "body"), "MTM endM");
	assert_int_equal(places_seen(amina, page, NULL), 0);
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, page, "body"), "MTM endM");
	assert_int_equal(places_seen(ben, page, NULL), 0);
}

static void theirs_is_kept_where_it_stands_though_one_wrote_on(void **state)
{
	(void)state;
	struct id page = page_of("MTM end");
	both_write(page, "MTM endM", "MTM endT");
	bool hers_first = strcmp(see(amina, page, "body"), "MTM endMT") == 0;
	put(amina, page, "body", hers_first ? "and MTM endMT" : "and MTM endTM");
	assert_int_equal(settle(amina, page, "body", KEEP_THEIRS), OK);
	assert_string_equal(see(amina, page, "body"), "and MTM endT");
}

static void a_passage_that_was_changed_since_is_left_to_its_writer(void **state)
{
	(void)state;
	struct id page = page_of("end");
	both_write(page, "end of hers", "end of his");
	bool hers_first = strcmp(see(amina, page, "body"), "end of hers of his") == 0;
	put(amina, page, "body",
		hers_first ? "end of hers of his own" : "end of his own of hers");
	/* What stands after the passage is no part of it. */
	assert_int_equal(settle(amina, page, "body", KEEP_MINE), OK);
	assert_string_equal(see(amina, page, "body"),
		hers_first ? "end of hers own" : "end own of hers");

	struct id other = page_of("end");
	both_write(other, "end of hers", "end of his");
	hers_first = strcmp(see(amina, other, "body"), "end of hers of his") == 0;
	put(amina, other, "body",
		hers_first ? "end of hers of HIS" : "end of HIS of hers");
	assert_int_equal(settle(amina, other, "body", KEEP_MINE), ERR_REFUSED);
	assert_string_equal(see(amina, other, "body"),
		hers_first ? "end of hers of HIS" : "end of HIS of hers");
}

static void words_inside_of_a_deletion_go_or_stay(void **state)
{
	(void)state;
	struct id page = page_of("a(bcd)e");
	both_write(page, "ae", "a(bXXcd)e");
	struct place_both hers;
	assert_int_equal(places_seen(amina, page, &hers), 1);
	assert_int_equal(hers.mine.len, 0);
	assert_true(bytes_equal(hers.theirs, bytes_text("XX")));
	assert_int_equal(settle(ben, page, "body", KEEP_MINE), OK);
	assert_string_equal(see(ben, page, "body"), "aXXe");
	assert_int_equal(places_seen(ben, page, NULL), 0);
	assert_int_equal(settle(amina, page, "body", KEEP_MINE), OK);
	assert_string_equal(see(amina, page, "body"), "ae");
}

static void one_of_two_values_is_chosen(void **state)
{
	(void)state;
	struct id page = page_of("body");
	put(amina, page, "title", "hers");
	put(ben, page, "title", "his");
	assert_true(meet(amina, ben));
	assert_int_equal(places_seen(ben, page, NULL), 1);
	assert_int_equal(settle(ben, page, "title", KEEP_THEIRS), OK);
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "title"), "hers");
	assert_int_equal(places_seen(amina, page, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_side_is_told_the_same_place_from_its_own_view,
			teachers_again),
		cmocka_unit_test_setup(
			the_passage_that_goes_is_the_one_that_was_meant, teachers_again),
		cmocka_unit_test_setup(theirs_is_kept_where_it_stands_though_one_wrote_on,
			teachers_again),
		cmocka_unit_test_setup(
			a_passage_that_was_changed_since_is_left_to_its_writer,
			teachers_again),
		cmocka_unit_test_setup(
			words_inside_of_a_deletion_go_or_stay, teachers_again),
		cmocka_unit_test_setup(one_of_two_values_is_chosen, teachers_again),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
