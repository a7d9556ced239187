/* What a digest after a sync counts: new, changed, gone. */
#include "tests/test.h"

#include "core/notebook/news.h"
#include "tests/unit/notebook/meeting.h"

static struct news_mark mark_of(struct teacher *t, struct teacher *other)
{
	struct news_mark mark;
	struct notebook_txn *txn = look(t);
	assert_int_equal(news_mark(txn, partner_of(txn, t, other), &mark), OK);
	notebook_abort(txn);
	return mark;
}

static void check_news(struct teacher *t, struct teacher *other, struct news_mark *mark,
	size_t fresh, size_t changed, size_t gone)
{
	struct news news;
	struct notebook_txn *txn = look(t);
	assert_int_equal(news_since(txn, partner_of(txn, t, other), mark, &news), OK);
	assert_int_equal(news.fresh_count, fresh);
	assert_int_equal(news.changed_count, changed);
	assert_int_equal(news.gone, gone);
	notebook_abort(txn);
	news_mark_release(mark);
}

static void what_came_is_new_changed_or_gone(void **state)
{
	(void)state;
	struct id old = make_page(ben, amina, "there before");
	struct id going = give(ben, make(ben, "note", "body", "going"), amina, ROLE_READ);
	assert_true(meet(amina, ben));
	struct news_mark mark = mark_of(amina, ben);
	put(ben, old, "body", "more of it");
	(void)give(ben, make(ben, "note", "body", "new"), amina, ROLE_READ);
	(void)take_back(ben, going, NULL);
	/* Two entries on one document count once. */
	assert_true(meet(amina, ben));
	put(ben, old, "body", "more of it still");
	assert_true(meet(amina, ben));
	check_news(amina, ben, &mark, 1, 1, 1);
}

static void own_words_and_those_of_others_are_no_news_of_this_one(void **state)
{
	(void)state;
	teachers_pair(amina, carla);
	struct news_mark mark = mark_of(amina, ben);
	(void)make_page(amina, ben, "mine");
	(void)make_page(carla, amina, "hers");
	(void)make(amina, "note", "body", "alone");
	assert_true(meet(amina, ben));
	assert_true(meet(amina, carla));
	check_news(amina, ben, &mark, 0, 0, 0);
}

static void what_came_and_went_between_two_looks_leaves_no_trace(void **state)
{
	(void)state;
	struct news_mark mark = mark_of(amina, ben);
	struct id note = give(ben, make(ben, "note", "body", "x"), amina, ROLE_READ);
	assert_true(meet(amina, ben));
	(void)take_back(ben, note, NULL);
	assert_true(meet(amina, ben));
	check_news(amina, ben, &mark, 0, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_came_is_new_changed_or_gone, teachers_again),
		cmocka_unit_test_setup(
			own_words_and_those_of_others_are_no_news_of_this_one,
			teachers_again),
		cmocka_unit_test_setup(
			what_came_and_went_between_two_looks_leaves_no_trace,
			teachers_again),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
