/* A quote stands only with the approval of who wrote the words, and of exactly those. */
#include "tests/test.h"

#include "core/coaching/after.h"
#include "core/coaching/quote.h"
#include "core/coaching/writing.h"
#include "tests/unit/coaching/deeds.h"

/* Ben wrote "You waited four seconds." on the page of both; Amina asks to quote it. */
static struct id asked(void)
{
	struct id page = make_page(ben, amina, "Debrief"), quote;
	put(ben, page, "body", "You waited four seconds. The back row spoke.");
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(amina);
	ok(coach_quote(txn, page, bytes_text("You waited four seconds."), &quote, why));
	done(txn);
	assert_true(meet(amina, ben));
	return quote;
}

static void answer(struct id quote, enum quote_answer what, const char *words)
{
	struct notebook_txn *txn = edit(ben);
	ok(coach_quote_answer(txn, quote, what, bytes_text(words), why));
	done(txn);
	assert_true(meet(amina, ben));
}

static enum quote_state state_at(struct teacher *t, struct id id)
{
	struct quote quote;
	struct notebook_txn *txn = look(t);
	ok(quote_read(txn, id, &quote, why));
	assert_int_equal(quote.is_mine, t == amina);
	notebook_abort(txn);
	return quote.state;
}

static void assert_state(struct id quote, enum quote_state state)
{
	assert_int_equal(state_at(amina, quote), state);
	assert_int_equal(state_at(ben, quote), state);
}

static void asking_approves_nothing_and_the_writer_does(void **state)
{
	(void)state;
	struct id quote = asked();
	assert_state(quote, QUOTE_ASKED);
	answer(quote, QUOTE_APPROVE, "");
	assert_state(quote, QUOTE_APPROVED);
	answer(quote, QUOTE_DECLINE, "");
	assert_state(quote, QUOTE_DECLINED);
	answer(quote, QUOTE_APPROVE, "");
	assert_state(quote, QUOTE_APPROVED);
}

static void any_change_of_the_words_or_the_source_asks_anew(void **state)
{
	(void)state;
	struct id quote = asked();
	answer(quote, QUOTE_APPROVE, "");
	put(amina, quote, "words", "You waited four seconds!");
	assert_int_equal(state_at(amina, quote), QUOTE_ASKED);
	assert_true(meet(amina, ben));
	assert_state(quote, QUOTE_ASKED);
	put(amina, quote, "words", "You waited four seconds.");
	assert_true(meet(amina, ben));
	assert_state(quote, QUOTE_APPROVED);
	put_ref(amina, quote, "source", make_page(ben, amina, "Another page"));
	assert_int_equal(state_at(amina, quote), QUOTE_ASKED);
}

/* What a modified kith of Amina's writes: an approval of her own, over the right hash. */
static void an_approval_forged_by_who_asked_approves_nothing(void **state)
{
	(void)state;
	struct id quote = asked();
	struct notebook_txn *txn = edit(amina);
	struct leaf *leaf = NULL;
	ok(leaf_open(txn, quote, &leaf, why));
	struct id source = have_ref(txn, leaf, "source");
	struct bytes parts[] = {BYTES_OF(source.b), have_text(txn, leaf, "words")};
	struct hash of = hash_of("kith/quote/1", parts, 2);
	struct part record[] = {{.name = "answer", .text = bytes_text("approve")},
		{.name = "of", .hash = of.b}};
	ok(write_record(txn, quote, "answers", record, 2, NULL, why));
	done(txn);
	assert_int_equal(state_at(amina, quote), QUOTE_ASKED);
	assert_true(meet(amina, ben));
	assert_state(quote, QUOTE_ASKED);
	/* The same record by Ben is an approval: it was made right. */
	txn = edit(ben);
	ok(write_record(txn, quote, "answers", record, 2, NULL, why));
	done(txn);
	assert_true(meet(amina, ben));
	assert_state(quote, QUOTE_APPROVED);
}

static void other_words_are_approved_when_they_are_taken(void **state)
{
	(void)state;
	struct id quote = asked();
	struct why reason = {{0}};
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(coach_quote_take(txn, quote, &reason), ERR_REFUSED);
	notebook_abort(txn);
	answer(quote, QUOTE_PROPOSE, "She waited four seconds.");
	assert_state(quote, QUOTE_OTHER);
	txn = edit(amina);
	ok(coach_quote_take(txn, quote, why));
	done(txn);
	assert_true(meet(amina, ben));
	assert_state(quote, QUOTE_APPROVED);
	assert_string_equal(see(ben, quote, "words"), "She waited four seconds.");
}

static void what_is_no_quote_is_refused(void **state)
{
	(void)state;
	struct id quote = asked(), own = make(amina, "note", "body", "mine"), made;
	struct id page = make_page(amina, ben, "Page");
	struct why reason = {{0}};
	put(amina, page, "body", "exact words");
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(
		coach_quote(txn, own, bytes_text("mine"), &made, &reason), ERR_REFUSED);
	assert_int_equal(
		coach_quote(txn, page, bytes_text("exact word s"), &made, &reason),
		ERR_NOT_FOUND);
	assert_int_equal(
		coach_quote(txn, page, bytes_text(" "), &made, &reason), ERR_NOT_FOUND);
	assert_int_equal(
		coach_quote_answer(txn, quote, QUOTE_APPROVE, (struct bytes){0}, &reason),
		ERR_REFUSED);
	notebook_abort(txn);
	txn = edit(ben);
	assert_int_equal(coach_quote_take(txn, quote, &reason), ERR_REFUSED);
	assert_int_equal(
		coach_quote_answer(txn, quote, QUOTE_PROPOSE, bytes_text(" "), &reason),
		ERR_INVALID);
	notebook_abort(txn);
}

static void after_the_end_nothing_is_approved_any_more(void **state)
{
	(void)state;
	struct id quote = asked();
	answer(quote, QUOTE_APPROVE, "");
	unpair(ben, amina);
	(void)meet(amina, ben);
	assert_state(quote, QUOTE_ENDED);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, teachers_again)
	const struct CMUnitTest tests[] = {
		TEST(asking_approves_nothing_and_the_writer_does),
		TEST(any_change_of_the_words_or_the_source_asks_anew),
		TEST(an_approval_forged_by_who_asked_approves_nothing),
		TEST(other_words_are_approved_when_they_are_taken),
		TEST(what_is_no_quote_is_refused),
		TEST(after_the_end_nothing_is_approved_any_more),
	};
	return cmocka_run_group_tests(tests, coaching_start, teachers_stop);
}
