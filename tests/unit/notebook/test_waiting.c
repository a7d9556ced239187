/* Drafts over what is read anew, and what is too large to be sent. */
#include "tests/test.h"

#include "core/crdt/value.h"
#include "tests/unit/notebook/meeting.h"

static void read_with(struct teacher *t, const struct schema *schema)
{
	teacher_close(t);
	t->schema = schema;
	teacher_open(t);
}

static void a_draft_is_carried_over_what_was_unread_and_is_read_now(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	put(amina, page, "body", "one two three.");
	assert_true(meet(amina, ben));
	read_with(ben, &newer_schema);
	put(ben, page, "mood", "cheerful");
	put(ben, page, "body", "three.");
	/* Amina writes while his arrives: hers is not sealed yet. */
	struct meeting m = {0};
	meeting_begin(&m, amina, ben);
	assert_true(meeting_step(&m, 0));
	put(amina, page, "body", "one two three. And four.");
	meeting_run(&m);
	meeting_end(&m);
	assert_string_equal(see_sealed(amina, page, "body"), "one two three.");
	assert_string_equal(see(amina, page, "body"), "one two three. And four.");

	read_with(amina, &newer_schema);

	assert_string_equal(see(amina, page, "body"), "three. And four.");
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, page, "body"), "three. And four.");
}

static void a_document_too_large_for_an_entry_is_not_shared(void **state)
{
	(void)state;
	CLEAN_BUF struct buf text = {0};
	while (text.len < (size_t)TEXT_MAX * 4)
		buf_add_text(&text, "\xf0\x9f\x98\x80");
	struct id note = make(amina, "note", "body", buf_text(&text));
	assert_int_equal(try_give(amina, note, ben, ROLE_EDIT), OK);
	struct id large = make(amina, "session", "notes", buf_text(&text));
	struct notebook_txn *txn = edit(amina);
	struct leaf *leaf = NULL;
	struct draft *draft = NULL;
	assert_int_equal(leaf_open(txn, large, &leaf, NULL), OK);
	assert_int_equal(leaf_draft(txn, leaf, &draft, NULL), OK);
	const struct field_schema *coded =
		kind_field(leaf->head->kind, bytes_text("coded"));
	char line[VALUE_TEXT_MAX + 1] = "";
	memset(line, 'x', VALUE_TEXT_MAX - 1);
	for (uint8_t i = 0; i < 120; i++) {
		CLEAN_BUF struct buf record = {0};
		const uint8_t rid[8] = {i};
		pack_map(&record, 1);
		pack_cstr(&record, "text");
		pack_cstr(&record, line);
		assert_int_equal(draft_append(draft, leaf->sealed, coded, rid,
					 buf_bytes(&record), NULL),
			OK);
	}
	done(txn);

	assert_int_equal(try_give(amina, large, ben, ROLE_READ), ERR_TOO_BIG);
	assert_true(has(amina, large));
	assert_true(meet(amina, ben));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, teachers_again)
	const struct CMUnitTest tests[] = {
		TEST(a_draft_is_carried_over_what_was_unread_and_is_read_now),
		TEST(a_document_too_large_for_an_entry_is_not_shared),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
