/* What a partner's device may send, and what becomes of it at the one door (DESIGN §4.3).
 */
#include "tests/test.h"

#include "core/base/pack.h"
#include "core/crdt/change.h"
#include "core/crdt/value.h"
#include "tests/unit/notebook/forging.h"
#include "tests/unit/notebook/meeting.h"

/* One entry, whole or not at all. */
static enum err forge_one(struct teacher *from, struct teacher *to, struct forged *forged,
	size_t count, size_t voids[2])
{
	struct forging forging;
	forging_begin(&forging, from, to);
	enum err e = forge(&forging, forged, count, voids);
	if (e == OK)
		forging_end(&forging);
	else
		forging_drop(&forging);
	return e;
}

static const struct field_schema *field_of(
	struct teacher *t, const char *kind, const char *name)
{
	return kind_field(schema_kind(t->schema, bytes_text(kind)), bytes_text(name));
}

/* One section that types `count` single characters into the body of a page. */
static struct forged many_edits(
	struct teacher *t, struct id page, size_t count, struct arena *arena)
{
	struct text_op *ops = arena_array(arena, count, sizeof *ops);
	char *text = arena_array(arena, count + 1, 1);
	for (size_t i = 0; i < count; i++)
		ops[i] = (struct text_op){.is_insert = true, .len = 1};
	memset(text, 'x', count);
	struct text_change change = {
		.ops = ops, .count = count, .text = bytes_text(text)};
	CLEAN_BUF struct buf bytes = {0};
	text_change_encode(&change, &bytes);
	struct op *op = arena_new(arena, sizeof *op);
	*op = (struct op){
		.act = OP_TEXT, .change = arena_bytes(arena, buf_bytes(&bytes))};
	struct field_ops *fields = arena_new(arena, sizeof *fields);
	*fields = (struct field_ops){
		.field = field_of(t, "page", "body"), .ops = op, .count = 1};
	return (struct forged){.document = page,
		.section = {.head = {.type = SECTION_EDIT, .schema = 1},
			.kind = test_kind("page"),
			.fields = fields,
			.field_count = 1}};
}

static void more_operations_than_an_entry_may_hold_are_refused(void **state)
{
	(void)state;
	CLEAN_ARENA struct arena arena = {0};
	size_t voids[2] = {0};
	struct id one = make_page(amina, ben, "one"), two = make_page(amina, ben, "two");
	assert_true(meet(amina, ben));

	/* Each section is within the limit, both together are not. */
	struct forged both[] = {
		many_edits(ben, one, 40000, &arena), many_edits(ben, two, 40000, &arena)};
	assert_int_equal(forge_one(amina, ben, both, 2, voids), ERR_TOO_BIG);
	assert_string_equal(see(ben, one, "body"), "");
	assert_string_equal(see(ben, two, "body"), "");
	assert_int_equal(forge_one(amina, ben, both, 1, voids), OK);
	assert_int_equal(see(ben, one, "body")[0], 'x');
}

static void what_a_partner_may_not_do_is_left_out_and_told(void **state)
{
	(void)state;
	struct id note = make(ben, "note", "body", "mine");
	struct id there = give(ben, note, amina, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	put(amina, there, "comments", "this she may");
	assert_true(meet(amina, ben));

	CLEAN_BUF struct buf value = {0};
	pack_cstr(&value, "not yours");
	struct op op = {.act = OP_WRITE, .value = buf_bytes(&value)};
	struct field_ops fields = {
		.field = field_of(ben, "note", "body"), .ops = &op, .count = 1};
	struct forged forged = {.document = there,
		.section = {.head = {.type = SECTION_EDIT, .schema = 1},
			.kind = test_kind("note"),
			.fields = &fields,
			.field_count = 1}};
	size_t voids[2] = {0};
	assert_int_equal(forge_one(amina, ben, &forged, 1, voids), OK);
	assert_int_equal(voids[0], 1);
	assert_string_equal(see(ben, there, "body"), "mine");
	assert_true(noticed(ben, amina, "left out"));
	assert_true(meet(amina, ben));
}

static void words_longer_than_a_note_may_be_become_several(void **state)
{
	(void)state;
	size_t len = TEXT_MAX - 1000;
	struct id page = make_page(amina, ben, "page");
	assert_true(meet(amina, ben));
	char *words = mem_new(len + 1);
	memset(words, 'w', len);
	put(ben, page, "body", words);
	put(ben, page, "section", words);
	mem_free(words);
	assert_true(meet(amina, ben));
	size_t before = private_count(ben);

	(void)take_back(amina, page, NULL);
	assert_true(meet(amina, ben));
	assert_false(has(ben, page));
	assert_int_equal(private_count(ben), before + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(more_operations_than_an_entry_may_hold_are_refused,
			teachers_again),
		cmocka_unit_test_setup(
			what_a_partner_may_not_do_is_left_out_and_told, teachers_again),
		cmocka_unit_test_setup(
			words_longer_than_a_note_may_be_become_several, teachers_again),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
