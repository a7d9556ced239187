/* Words: what is sought in a document without opening it is what the document says. */
#include "tests/test.h"

#include "core/notebook/card_page.h"
#include "core/notebook/words_page.h"
#include "tests/unit/notebook/meeting.h"

/* Whether the words kept of a document have this folded text. */
static bool say(struct teacher *t, struct id id, const char *text)
{
	struct words words;
	struct notebook_txn *txn = look(t);
	assert_int_equal(words_find(txn, id, &words, NULL), OK);
	assert_int_equal(txn->leaf_count, 0); /* nothing was opened for it */
	bool found =
		memmem(words.others.at, words.others.len, text, strlen(text)) != NULL ||
		memmem(words.answers.at, words.answers.len, text, strlen(text)) != NULL;
	notebook_abort(txn);
	return found;
}

static void words_follow_their_document(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "Café\nand  more");
	assert_true(say(amina, note, "cafe and more"));
	put(amina, note, "body", "Other words");
	assert_true(say(amina, note, "other words"));
	assert_false(say(amina, note, "cafe"));
	assert_true(cards_are_true(amina));
}

static void two_texts_do_not_run_together(void **state)
{
	(void)state;
	struct words words;
	struct id goal = make(amina, "goal", "wish", "wait");
	put(amina, goal, "state", "longer");
	struct notebook_txn *txn = look(amina);
	assert_int_equal(words_find(txn, goal, &words, NULL), OK);
	assert_int_equal(words.answers.len, 0);
	assert_int_equal(words.others.len, sizeof "wait" + sizeof "longer");
	notebook_abort(txn);
}

static void a_change_is_found_in_the_transaction_that_makes_it(void **state)
{
	(void)state;
	struct words words;
	struct id note = make(amina, "note", "body", "old");
	struct notebook_txn *txn = edit(amina);
	struct leaf *leaf;
	struct draft *draft;
	assert_int_equal(leaf_open(txn, note, &leaf, NULL), OK);
	assert_int_equal(leaf_draft(txn, leaf, &draft, NULL), OK);
	assert_int_equal(
		draft_text(draft, NULL, kind_field(leaf->head->kind, bytes_text("body")),
			(struct bytes){0}, bytes_text("old"), bytes_text("new"), NULL),
		OK);
	assert_int_equal(words_find(txn, note, &words, NULL), OK);
	assert_memory_equal(words.others.at, "new", 4);
	notebook_abort(txn);
	assert_true(say(amina, note, "old"));
}

static void a_long_document_is_opened_instead(void **state)
{
	(void)state;
	struct words words;
	bool is_there = true;
	static char text[(33u << 10) + 1];
	memset(text, 'a', sizeof text - 1);
	struct id note = make(amina, "note", "body", "short");
	put(amina, note, "body", text);
	struct notebook_txn *txn = look(amina);
	assert_int_equal(words_page_find(txn, note, &words, &is_there), OK);
	assert_false(is_there);
	assert_int_equal(words_find(txn, note, &words, NULL), OK);
	assert_int_equal(words.others.len, sizeof text);
	notebook_abort(txn);
	put(amina, note, "body", "short again");
	assert_true(say(amina, note, "short again"));
}

static void the_page_that_quoted_what_is_erased_gets_a_new_key(void **state)
{
	(void)state;
	struct id gone = make(amina, "note", "body", "gone"),
		  stays = make(amina, "note", "body", "stays");
	struct notebook_txn *txn = look(amina);
	struct id page = words_page_of(txn, gone);
	done(txn);
	erase_with_page(amina, gone, page);
	assert_true(say(amina, stays, "stays"));
}

static void what_a_partner_takes_back_leaves_the_words(void **state)
{
	(void)state;
	struct words words;
	bool is_there = true;
	struct id note = make(amina, "note", "body", "moved");
	note = give(amina, note, ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	assert_true(say(ben, note, "moved"));
	(void)take_back(amina, note, NULL);
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = look(ben);
	assert_int_equal(words_page_find(txn, note, &words, &is_there), OK);
	assert_false(is_there);
	notebook_abort(txn);
}

static void a_store_without_pages_gets_them_anew(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "kept");
	struct notebook_txn *txn = edit(amina);
	struct id page = words_page_of(txn, note), cards = card_page_id(txn, note.b[0]);
	assert_int_equal(
		store_delete_of(txn->store, page, TABLE_INDEX, bytes_text("words")), OK);
	assert_int_equal(
		store_delete_of(txn->store, cards, TABLE_INDEX, bytes_text("cards")), OK);
	assert_int_equal(cards_remake(txn, NULL), OK);
	done(txn);
	assert_true(say(amina, note, "kept"));
	assert_true(cards_are_true(amina));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(words_follow_their_document, teachers_again),
		cmocka_unit_test_setup(two_texts_do_not_run_together, teachers_again),
		cmocka_unit_test_setup(a_change_is_found_in_the_transaction_that_makes_it,
			teachers_again),
		cmocka_unit_test_setup(a_long_document_is_opened_instead, teachers_again),
		cmocka_unit_test_setup(the_page_that_quoted_what_is_erased_gets_a_new_key,
			teachers_again),
		cmocka_unit_test_setup(
			what_a_partner_takes_back_leaves_the_words, teachers_again),
		cmocka_unit_test_setup(
			a_store_without_pages_gets_them_anew, teachers_again),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
