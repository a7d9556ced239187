/* What follows a visit, and agreeing, between two real notebooks. */
#include "tests/test.h"

#include "core/coaching/after.h"
#include "core/coaching/parting.h"
#include "core/coaching/writing.h"
#include "tests/unit/coaching/deeds.h"

static struct id visit_sent(void)
{
	struct id id;
	struct notebook_txn *txn = edit(amina);
	ok(coach_visit_plan(txn, &(struct visit_words){.focus = "Wait time"}, &id, why));
	done(txn);
	struct id there = give(amina, id, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	return there;
}

static void a_debrief_is_one_page_however_often_it_is_asked_for(void **state)
{
	(void)state;
	bool made;
	struct id visit = visit_sent(), page, again;
	const struct pack *pack = pack_find(bytes_text("five"));
	struct notebook_txn *txn = edit(amina);
	ok(coach_debrief(txn, visit, pack, &page, &made, why));
	assert_true(made);
	ok(coach_answer(
		txn, page, bytes_text("thought"), bytes_text("longer than I felt"), why));
	done(txn);
	assert_true(meet(amina, ben));
	txn = edit(ben);
	ok(coach_debrief(txn, visit, pack, &again, &made, why));
	assert_false(made);
	assert_true(id_equal(page, again));
	ok(coach_answer(txn, page, bytes_text("again"), bytes_text("in two weeks"), why));
	done(txn);
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "title"), "Wait time");
}

static void a_step_has_a_day_and_is_open(void **state)
{
	(void)state;
	struct id id;
	struct why reason = {{0}};
	struct notebook_txn *txn = edit(amina);
	ok(coach_step(txn,
		&(struct step_words){
			.what = "Count to 3", .by = "2027-01-31", .know_by = "60 %"},
		&id, why));
	assert_int_equal(coach_step(txn, &(struct step_words){.what = " "}, &id, &reason),
		ERR_INVALID);
	assert_int_equal(coach_step(txn, &(struct step_words){.what = "x", .by = "never"},
				 &id, &reason),
		ERR_INVALID);
	notebook_abort(txn);
}

static struct agreed agreed_of(struct teacher *t, struct id id)
{
	struct agreed agreed;
	struct notebook_txn *txn = look(t);
	ok(agreed_read(txn, id, &agreed, why));
	notebook_abort(txn);
	return agreed;
}

static void agree(struct teacher *t, struct id id)
{
	struct notebook_txn *txn = edit(t);
	ok(coach_agree(txn, id, why));
	done(txn);
}

static struct id agreement(void)
{
	struct id id;
	bool made;
	struct notebook_txn *txn = edit(amina);
	ok(coach_agreement(txn, partner_of(txn, amina, ben), &id, &made, why));
	assert_true(made);
	done(txn);
	assert_true(meet(amina, ben));
	return id;
}

static void both_sign_the_same_text_and_any_edit_reopens_it(void **state)
{
	(void)state;
	struct id id = agreement();
	agree(amina, id);
	agree(ben, id);
	assert_true(meet(amina, ben));
	struct agreed a = agreed_of(amina, id), b = agreed_of(ben, id);
	assert_true(a.by_me && a.by_them && b.by_me && b.by_them);
	put(ben, id, "manners", "We listen first.");
	assert_true(meet(amina, ben));
	a = agreed_of(amina, id);
	assert_false(a.by_me || a.by_them);
	agree(amina, id);
	agree(ben, id);
	assert_true(meet(amina, ben));
	a = agreed_of(amina, id);
	assert_true(a.by_me && a.by_them);
}

static void what_has_two_values_cannot_be_signed(void **state)
{
	(void)state;
	struct id id = agreement();
	struct notebook_txn *txn = edit(amina);
	ok(write_int(txn, id, "keep_months", 6, why));
	done(txn);
	txn = edit(ben);
	ok(write_int(txn, id, "keep_months", 24, why));
	done(txn);
	assert_true(meet(amina, ben));
	struct why why = {{0}};
	txn = edit(amina);
	assert_int_equal(coach_agree(txn, id, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "keep_months"));
	notebook_abort(txn);
}

static void an_agreement_lapses_when_its_review_is_past(void **state)
{
	(void)state;
	struct id id = agreement();
	assert_false(agreed_of(amina, id).lapsed);
	struct notebook_txn *txn = edit(amina);
	ok(write_text(txn, id, "review", bytes_text("2020-01-01"), why));
	done(txn);
	assert_true(agreed_of(amina, id).lapsed);
}

static void there_is_one_agreement_with_each_partner(void **state)
{
	(void)state;
	struct id id = agreement(), again;
	bool made;
	struct notebook_txn *txn = edit(ben);
	ok(coach_agreement(txn, partner_of(txn, ben, amina), &again, &made, why));
	assert_false(made);
	assert_true(id_equal(id, again));
	notebook_abort(txn);
}

#define again(test) cmocka_unit_test_setup(test, teachers_again)

static void a_thank_you_goes_out_with_the_end(void **state)
{
	(void)state;
	struct parting parting;
	struct why why = {0};
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(ben);
	struct partner *partner = partner_of(txn, ben, amina);
	assert_int_equal(parting_look(txn, partner, &parting, &why), OK);
	assert_int_equal(parting.capture_count, 0);
	assert_int_equal(
		coach_part(txn, partner, &parting, false, "thank you", &why), OK);
	done(txn);
	assert_true(has_word(ben, "thank you"));
	(void)meet(amina, ben);
	assert_true(has_private_word(ben, "thank you"));
	assert_true(has_private_word(amina, "thank you"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		again(a_debrief_is_one_page_however_often_it_is_asked_for),
		again(a_step_has_a_day_and_is_open),
		again(both_sign_the_same_text_and_any_edit_reopens_it),
		again(what_has_two_values_cannot_be_signed),
		again(an_agreement_lapses_when_its_review_is_past),
		again(there_is_one_agreement_with_each_partner),
		cmocka_unit_test_setup(a_thank_you_goes_out_with_the_end, teachers_again),
	};
	return cmocka_run_group_tests(tests, coaching_start, teachers_stop);
}
