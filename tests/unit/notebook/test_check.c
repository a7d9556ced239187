/* A notebook is checked: what two teachers did is whole, and what is damaged is named. */
#include "tests/unit/notebook/meeting.h"

#include "core/notebook/check.h"
#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"
#include "core/notebook/words_page.h"
#include "tests/test.h"

/* Which sorts of findings there are, as bits. */
static unsigned findings_of(struct teacher *t)
{
	struct notebook_findings findings;
	struct why why = {0};
	enum err e = notebook_check(t->notebook, &findings, &why);
	if (e != OK)
		fail_msg("%s", why_text(&why, e));
	unsigned sorts = 0;
	for (size_t i = 0; i < findings.count; i++)
		sorts |= 1u << findings.items[i].what;
	notebook_findings_release(&findings);
	return sorts;
}

#define BIT(what) (1u << (what))

static void what_two_teachers_did_is_whole(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	struct id note = make(amina, "note", "body", "a plan");
	struct id shown = make(amina, "note", "body", "to read");
	(void)give(amina, note, ben, ROLE_EDIT);
	struct id there = give(amina, shown, ben, ROLE_READ);
	assert_int_equal(findings_of(amina), 0);
	assert_true(meet(amina, ben));
	put(amina, page, "body", "from Amina");
	put(ben, page, "topic", "from Ben");
	put(amina, shown, "body", "to read again");
	assert_int_equal(findings_of(amina), 0);
	assert_int_equal(findings_of(ben), 0);
	assert_true(meet(amina, ben));
	(void)take_back(amina, there, NULL);
	assert_int_equal(findings_of(amina), 0);
	assert_true(meet(amina, ben));
	let_go(ben, page);
	assert_int_equal(findings_of(ben), 0);
}

static void it_is_whole_after_a_restore_and_after_the_end(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	teacher_keep(amina, "backup");
	put(amina, page, "body", "after the backup");
	assert_true(meet(amina, ben));
	teacher_put_back(amina, "backup");
	put(amina, page, "topic", "in the old one");
	for (int i = 0; i < 3; i++)
		(void)meet(amina, ben);
	assert_int_equal(findings_of(amina), 0);
	assert_int_equal(findings_of(ben), 0);
	unpair(amina, ben);
	assert_int_equal(findings_of(amina), 0);
	(void)meet(amina, ben);
	assert_int_equal(findings_of(ben), 0);
}

/* The only space; to be kept by done(). */
static struct space *space_of(struct notebook_txn *txn)
{
	struct space *space = NULL;
	assert_int_equal(space_open(txn, partner_of(txn, amina, ben)->space, &space), OK);
	return space;
}

static void a_wrong_sum_is_found_and_mended_at_the_next_meeting(void **state)
{
	(void)state;
	(void)make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(amina);
	struct space *space = space_of(txn);
	space_sum_add(space, &(struct hash){{1}});
	space_touch(space);
	done(txn);
	assert_int_equal(findings_of(amina), BIT(FINDING_STATE));
	for (int i = 0; i < 3; i++)
		(void)meet(amina, ben);
	assert_int_equal(findings_of(amina), 0);
}

static void a_lost_entry_is_found(void **state)
{
	(void)state;
	(void)make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	struct notebook_txn *txn = edit(amina);
	struct space *space = space_of(txn);
	for (size_t i = 0; i < space->log_count; i++)
		if (space->logs[i].seq > 0)
			assert_int_equal(
				space_drop_entry(txn, space, space->logs[i].id, 1), OK);
	done(txn);
	assert_int_equal(findings_of(amina) & BIT(FINDING_ENTRY), BIT(FINDING_ENTRY));
}

static void a_forgotten_draft_is_found(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	put(amina, page, "body", "not sent yet");
	struct notebook_txn *txn = edit(amina);
	struct space *space = space_of(txn);
	space_unmark_draft(space, page);
	space_touch(space);
	done(txn);
	assert_int_equal(findings_of(amina), BIT(FINDING_DRAFT));
	put(amina, page, "body", "not sent yet, more");
	assert_int_equal(findings_of(amina), 0);
}

static void a_document_that_does_not_read_is_named(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "a plan");
	(void)make(amina, "note", "body", "another");
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(store_put_of(txn->store, note, TABLE_DOCUMENT, BYTES_OF(note.b),
				 bytes_text("no document")),
		OK);
	done(txn);
	struct notebook_findings findings;
	assert_int_equal(notebook_check(amina->notebook, &findings, NULL), OK);
	assert_int_equal(findings.count, 1);
	assert_int_equal(findings.items[0].what, FINDING_DOCUMENT);
	assert_true(id_equal(findings.items[0].document, note));
	notebook_findings_release(&findings);
}

/* Cards and words are copies: what is behind them is read instead, and the next change
 * writes them anew. */
static void a_page_that_does_not_read_costs_nothing(void **state)
{
	(void)state;
	struct id note = make(amina, "note", "body", "still found");
	struct notebook_txn *txn = edit(amina);
	struct id pages[] = {words_page_of(txn, note), card_page_id(txn, note.b[0])};
	static const char *const names[] = {"words", "cards"};
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(store_put_of(txn->store, pages[i], TABLE_INDEX,
					 bytes_text(names[i]), bytes_text("\1\2")),
			OK);
	done(txn);

	struct card card;
	struct words words;
	txn = look(amina);
	assert_int_equal(card_find(txn, note, &card, NULL), OK);
	assert_true(bytes_equal(card.title, bytes_text("still found")));
	assert_int_equal(words_find(txn, note, &words, NULL), OK);
	assert_true(bytes_equal(words.others,
		((struct bytes){(const uint8_t *)"still found", sizeof "still found"})));
	done(txn);

	put(amina, note, "body", "found again");
	txn = look(amina);
	assert_int_equal(words_find(txn, note, &words, NULL), OK);
	assert_true(bytes_equal(words.others,
		((struct bytes){(const uint8_t *)"found again", sizeof "found again"})));
	assert_int_equal(card_find(txn, note, &card, NULL), OK);
	assert_int_equal(txn->leaf_count, 0); /* from the pages */
	done(txn);
	assert_int_equal(findings_of(amina), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_two_teachers_did_is_whole, teachers_again),
		cmocka_unit_test_setup(
			it_is_whole_after_a_restore_and_after_the_end, teachers_again),
		cmocka_unit_test_setup(
			a_wrong_sum_is_found_and_mended_at_the_next_meeting,
			teachers_again),
		cmocka_unit_test_setup(a_lost_entry_is_found, teachers_again),
		cmocka_unit_test_setup(a_forgotten_draft_is_found, teachers_again),
		cmocka_unit_test_setup(
			a_document_that_does_not_read_is_named, teachers_again),
		cmocka_unit_test_setup(
			a_page_that_does_not_read_costs_nothing, teachers_again),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
