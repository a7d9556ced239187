/* Cards: what a list says of a document without opening it is what the document says. */
#include "tests/test.h"

#include "core/notebook/card.h"
#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"
#include "tests/unit/notebook/meeting.h"

static struct card kept_card(struct teacher *t, struct id id)
{
	static char title[CARD_TITLE_MAX + 1];
	struct card card;
	struct notebook_txn *txn = look(t);
	assert_int_equal(card_find(txn, id, &card, NULL), OK);
	assert_int_equal(txn->leaf_count, 0); /* nothing was opened for it */
	(void)snprintf(title, sizeof title, "%.*s", (int)card.title.len,
		card.title.len > 0 ? (const char *)card.title.at : "");
	card.title = bytes_text(title);
	notebook_abort(txn);
	return card;
}

static void check_title(struct teacher *t, struct id id, const char *wanted)
{
	assert_string_equal((const char *)kept_card(t, id).title.at, wanted);
}

static size_t selected(struct notebook_txn *txn, const char *kind, const struct id *about,
	const struct id **ids)
{
	size_t count = 0;
	assert_int_equal(card_select(txn, test_kind(kind), about, ids, &count, NULL), OK);
	return count;
}

static void a_card_follows_its_document(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "first\nand more");
	check_title(amina, note, "first");
	put(amina, note, "body", "\n \nsecond");
	check_title(amina, note, "second");
	assert_true(kept_card(amina, note).is_private);
	assert_true(cards_are_true(amina));
}

static void a_long_first_line_is_cut_between_letters(void **state)
{
	(void)state;
	char text[CARD_TITLE_MAX + 20] = "x";
	for (size_t i = 1; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "é", 3);
	struct id note = make(amina, "note", "body", text);
	struct card card = kept_card(amina, note);
	assert_true(card.title_is_cut);
	assert_int_equal(card.title.len, CARD_TITLE_MAX - 1);
	assert_true(cards_are_true(amina));
}

static void what_is_about_a_document_is_found_by_it(void **state)
{
	(void)state;
	const struct id *ids;
	struct id goal = make(amina, "goal", "wish", "wait longer"),
		  one = make(amina, "note", "body", "one"),
		  two = make(amina, "note", "body", "two");
	put_ref(amina, one, "about", goal);
	struct notebook_txn *txn = look(amina);
	assert_int_equal(selected(txn, "note", &goal, &ids), 1);
	assert_true(id_equal(ids[0], one));
	assert_int_equal(selected(txn, "note", NULL, &ids), 2);
	assert_int_equal(selected(txn, "goal", &goal, &ids), 0);
	assert_int_equal(txn->leaf_count, 0);
	notebook_abort(txn);
	put_ref(amina, two, "about", goal);
	put_ref(amina, one, "about", two);
	txn = look(amina);
	assert_int_equal(selected(txn, "note", &goal, &ids), 1);
	assert_true(id_equal(ids[0], two));
	notebook_abort(txn);
}

static void a_change_is_found_in_the_transaction_that_makes_it(void **state)
{
	(void)state;
	const struct id *ids;
	struct leaf *leaf;
	struct id goal = make(amina, "goal", "wish", "wait longer"),
		  old = make(amina, "note", "body", "old");
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(selected(txn, "note", NULL, &ids), 1);
	assert_int_equal(leaf_new(txn, test_kind("note"), &leaf, NULL), OK);
	assert_int_equal(selected(txn, "note", NULL, &ids), 2);
	CLEAN_BUF struct buf packed = {0};
	pack_bin(&packed, BYTES_OF(goal.b));
	assert_int_equal(draft_set(leaf->draft, NULL,
				 kind_field(leaf->head->kind, bytes_text("about")),
				 (struct bytes){0}, buf_bytes(&packed), NULL),
		OK);
	assert_int_equal(selected(txn, "note", &goal, &ids), 1);
	assert_int_equal(leaf_erase(txn, old, NULL), OK);
	assert_int_equal(selected(txn, "note", NULL, &ids), 1);
	done(txn);
	assert_true(cards_are_true(amina));
}

static void cards_stay_true_while_documents_travel(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "shown"),
		  moved = make(amina, "note", "body", "moved");
	struct id there = give(amina, note, ben, ROLE_READ);
	moved = give(amina, moved, ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	assert_true(cards_are_true(amina) && cards_are_true(ben));
	check_title(ben, there, "shown");
	assert_true(kept_card(amina, note).was_shown);
	put(amina, moved, "body", "hers");
	put(ben, moved, "body", "his");
	assert_true(meet(amina, ben));
	assert_true(kept_card(ben, moved).both_wrote);
	assert_true(cards_are_true(amina) && cards_are_true(ben));
	(void)take_back(amina, moved, NULL);
	assert_true(meet(amina, ben));
	assert_false(has(ben, moved));
	unpair(ben, amina);
	assert_true(cards_are_true(amina) && cards_are_true(ben));
}

static void the_page_that_quoted_what_is_erased_gets_a_new_key(void **state)
{
	(void)state;
	struct id gone = make(amina, "note", "body", "gone"),
		  stays = make(amina, "note", "body", "stays");
	struct notebook_txn *txn = look(amina);
	struct id page = card_page_id(txn, gone.b[0]);
	done(txn);
	erase_with_page(amina, gone, page);
	check_title(amina, stays, "stays");
	assert_true(cards_are_true(amina));
}

static void pages_are_no_documents(void **state)
{
	(void)state;
	const struct id *ids;
	size_t count;
	(void)make(amina, "note", "body", "one");
	struct notebook_txn *txn = look(amina);
	assert_int_equal(leaf_all(txn, &ids, &count, NULL), OK);
	assert_int_equal(count, 1);
	notebook_abort(txn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_card_follows_its_document, teachers_again),
		cmocka_unit_test_setup(
			a_long_first_line_is_cut_between_letters, teachers_again),
		cmocka_unit_test_setup(
			what_is_about_a_document_is_found_by_it, teachers_again),
		cmocka_unit_test_setup(a_change_is_found_in_the_transaction_that_makes_it,
			teachers_again),
		cmocka_unit_test_setup(
			cards_stay_true_while_documents_travel, teachers_again),
		cmocka_unit_test_setup(the_page_that_quoted_what_is_erased_gets_a_new_key,
			teachers_again),
		cmocka_unit_test_setup(pages_are_no_documents, teachers_again),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
