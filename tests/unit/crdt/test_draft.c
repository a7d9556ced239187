#include "tests/unit/crdt/pair.h"

#include "core/base/utf8.h"

/* ---- Registers */

static void a_value_written_and_taken_back_leaves_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	set(&pair.anna, TITLE, "Fractions");
	meet(&pair);

	set(&pair.anna, TITLE, "Secret");
	set(&pair.anna, TITLE, "Fractions");

	check_values(&pair.anna, TITLE, "Fractions");
	check_nothing_unsent(&pair.anna);
}

static void a_field_that_was_empty_and_is_emptied_again_leaves_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	set(&pair.anna, TITLE, "Secret");
	empty(&pair.anna, TITLE);

	check_values(&pair.anna, TITLE, "");
	check_nothing_unsent(&pair.anna);
}

static void an_emptied_register_stays_empty_at_the_partner_s(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	set(&pair.anna, TITLE, "Fractions");
	meet(&pair);

	empty(&pair.ben, TITLE);
	meet(&pair);

	check_values(&pair.anna, TITLE, "nil");
	check_values(&pair.ben, TITLE, "nil");
}

static void a_write_replaces_what_its_writer_saw(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	set(&pair.anna, TITLE, "One");
	meet(&pair);

	set(&pair.ben, TITLE, "Two");
	check_values(&pair.ben, TITLE, "Two*");
	meet(&pair);

	check_values(&pair.anna, TITLE, "Two");
}

static void a_value_nobody_saw_is_never_replaced(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	set(&pair.anna, TITLE, "One");
	meet(&pair);

	/* Anna writes; Ben's arrives before hers is sealed; she does not act again. */
	set(&pair.anna, TITLE, "Two");
	set(&pair.ben, TITLE, "Three");
	receive(&pair.anna, seal(&pair, &pair.ben));
	check_values(&pair.anna, TITLE, "Two*|Three");
	receive(&pair.ben, seal(&pair, &pair.anna));

	check_values(&pair.anna, TITLE, "Two|Three");
	check_values(&pair.ben, TITLE, "Two|Three");
}

static void choosing_one_of_two_values_settles_them(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	set(&pair.anna, TITLE, "Two");
	set(&pair.ben, TITLE, "Three");
	meet(&pair);
	check_values(&pair.anna, TITLE, "Three|Two");

	set(&pair.anna, TITLE, "Three");
	assert_false(draft_is_empty(pair.anna.draft));
	meet(&pair);

	check_values(&pair.anna, TITLE, "Three");
	check_values(&pair.ben, TITLE, "Three");
}

static void acting_again_names_what_is_seen_by_then(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	set(&pair.anna, TITLE, "Two");
	set(&pair.ben, TITLE, "Three");
	receive(&pair.anna, seal(&pair, &pair.ben));
	set(&pair.anna, TITLE, "Two");
	receive(&pair.ben, seal(&pair, &pair.anna));

	check_values(&pair.ben, TITLE, "Two");
}

static void the_same_value_from_both_is_one(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	set(&pair.anna, TITLE, "Same");
	set(&pair.ben, TITLE, "Same");
	meet(&pair);

	check_values(&pair.anna, TITLE, "Same");
	check_values(&pair.ben, TITLE, "Same");
}

/* ---- Sets */

static void an_element_put_in_and_taken_out_again_leaves_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	add(&pair.anna, "data");
	take(&pair.anna, "data");

	check_set(&pair.anna, "");
	check_nothing_unsent(&pair.anna);
}

static void an_element_taken_out_and_put_in_again_leaves_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	add(&pair.anna, "data");
	meet(&pair);

	take(&pair.anna, "data");
	check_set(&pair.anna, "");
	add(&pair.anna, "data");

	check_set(&pair.anna, "data");
	check_nothing_unsent(&pair.anna);
}

static void adding_what_is_there_is_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	add(&pair.anna, "data");
	meet(&pair);

	add(&pair.ben, "data");

	check_nothing_unsent(&pair.ben);
}

static void taking_out_what_is_not_there_is_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	take(&pair.anna, "data");

	check_nothing_unsent(&pair.anna);
}

static void an_addition_nobody_saw_survives_a_removal(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	add(&pair.anna, "data");
	meet(&pair);

	/* Ben takes it out, and in the same moment Anna takes it out and in again. */
	take(&pair.anna, "data");
	meet(&pair);
	add(&pair.anna, "data");
	take(&pair.ben, "data");
	check_nothing_unsent(&pair.ben);
	meet(&pair);

	check_set(&pair.ben, "data");
}

static void a_removal_names_only_what_its_writer_saw(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	add(&pair.anna, "data");
	const struct sent *first = seal(&pair, &pair.anna);
	add(&pair.ben, "data");
	const struct sent *second = seal(&pair, &pair.ben);

	take(&pair.anna, "data");
	receive(&pair.anna, second);
	check_set(&pair.anna, "data");
	receive(&pair.ben, first);
	receive(&pair.ben, seal(&pair, &pair.anna));

	check_set(&pair.anna, "data");
	check_set(&pair.ben, "data");
}

static void the_order_of_adding_does_not_tell(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf one = {0};
	CLEAN_BUF struct buf two = {0};
	pair_init(&pair);

	add(&pair.anna, "b");
	add(&pair.anna, "a");
	draft_save(pair.anna.draft, &one);
	take(&pair.anna, "b");
	add(&pair.anna, "b");
	draft_save(pair.anna.draft, &two);

	check_set(&pair.anna, "a*|b*");
	assert_true(bytes_equal(buf_bytes(&one), buf_bytes(&two)));
}

/* ---- Logs */

static void a_record_said_and_unsaid_leaves_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	say(&pair.anna, 1, "secret");
	assert_int_equal(unsay(&pair.anna, 1), OK);

	check_log(&pair.anna, COMMENTS, "");
	check_nothing_unsent(&pair.anna);
}

static void records_stand_in_the_order_they_were_said(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	say(&pair.anna, 9, "first");
	meet(&pair);

	say(&pair.ben, 5, "second");
	say(&pair.ben, 1, "third");
	check_log(&pair.ben, COMMENTS, "first|second*|third*");
	meet(&pair);

	check_log(&pair.anna, COMMENTS, "first|second|third");
}

static void an_own_record_is_voided_for_both(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	say(&pair.anna, 1, "first");
	say(&pair.anna, 2, "second");
	meet(&pair);

	assert_int_equal(unsay(&pair.anna, 1), OK);
	check_log(&pair.anna, COMMENTS, "second");
	assert_int_equal(unsay(&pair.anna, 1), ERR_NOT_FOUND);
	meet(&pair);

	check_log(&pair.ben, COMMENTS, "second");
}

static void a_record_of_the_partner_is_not_mine_to_void(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	say(&pair.anna, 1, "hers");
	meet(&pair);

	assert_int_equal(unsay(&pair.ben, 1), ERR_REFUSED);

	check_nothing_unsent(&pair.ben);
	check_log(&pair.ben, COMMENTS, "hers");
}

static void a_record_that_is_not_there_is_not_found(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	assert_int_equal(unsay(&pair.anna, 1), ERR_NOT_FOUND);
	check_nothing_unsent(&pair.anna);
}

static void of_two_records_of_one_name_one_s_own_is_voided(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	say(&pair.anna, 1, "hers");
	say(&pair.ben, 1, "his");
	meet(&pair);

	assert_int_equal(unsay(&pair.ben, 1), OK);
	meet(&pair);

	check_log(&pair.anna, COMMENTS, "hers");
	check_log(&pair.ben, COMMENTS, "hers");
}

/* ---- Texts */

static void what_was_typed_and_deleted_again_is_nowhere(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	rewrite(&pair.anna, "", "It went well.");
	meet(&pair);

	rewrite(&pair.anna, "It went well.", "It went well, SECRET.");
	rewrite(&pair.anna, "It went well, SECRET.", "It went well.");

	check_text(&pair.anna, "It went well.");
	check_nothing_unsent(&pair.anna);
}

static void a_rewritten_word_leaves_no_trace_of_the_first_try(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf saved = {0};
	pair_init(&pair);
	rewrite(&pair.anna, "", "It went well.");
	meet(&pair);

	rewrite(&pair.anna, "It went well.", "It went HORRIBLY.");
	rewrite(&pair.anna, "It went HORRIBLY.", "It went fine.");

	draft_save(pair.anna.draft, &saved);
	assert_null(memmem(saved.at, saved.len, "HOR", 3));
	const struct sent *sent = seal(&pair, &pair.anna);
	assert_null(memmem(sent->section.at, sent->section.len, "HOR", 3));
	receive(&pair.ben, sent);
	check_text(&pair.ben, "It went fine.");
}

static void a_text_handed_in_late_is_carried_over_what_it_became(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	rewrite(&pair.anna, "", "One.\nTwo.\n");

	/* An editor opened before "Zero" came, and saved after it. */
	rewrite(&pair.anna, "One.\nTwo.\n", "Zero.\nOne.\nTwo.\n");
	rewrite(&pair.anna, "One.\nTwo.\n", "One.\nTwo, and more.\n");

	check_text(&pair.anna, "Zero.\nOne.\nTwo, and more.\n");
}

static void what_two_appended_in_one_place_stands_in_the_order_it_came(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	rewrite(&pair.anna, "", "One.\n");

	rewrite(&pair.anna, "One.\n", "One.\nTwo.\n");
	rewrite(&pair.anna, "One.\n", "One.\nThree.\n");

	check_text(&pair.anna, "One.\nTwo.\nThree.\n");
}

static void a_splice_counts_scalar_values_of_the_text_as_it_is(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	rewrite(&pair.anna, "", "né€t");
	meet(&pair);

	assert_int_equal(draft_splice(draft_of(&pair.ben), pair.ben.sealed, BODY, NO_KEY,
				 2, 1, bytes_text("😀😀"), NULL),
		OK);
	assert_int_equal(draft_splice(draft_of(&pair.ben), pair.ben.sealed, BODY, NO_KEY,
				 4, 1, bytes_text("."), NULL),
		OK);

	check_text(&pair.ben, "né😀😀.");
}

static void a_splice_outside_the_text_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	struct why why = {0};
	pair_init(&pair);
	rewrite(&pair.anna, "", "four");
	meet(&pair);
	struct draft *draft = draft_of(&pair.anna);

	assert_int_equal(draft_splice(draft, pair.anna.sealed, BODY, NO_KEY, 5, 0,
				 bytes_text("x"), &why),
		ERR_INVALID);
	assert_string_equal(why.text, "that place is outside body");
	assert_int_equal(draft_splice(draft, pair.anna.sealed, BODY, NO_KEY, 2, 3,
				 bytes_text("x"), NULL),
		ERR_INVALID);
	assert_int_equal(draft_splice(draft, pair.anna.sealed, BODY, NO_KEY, SIZE_MAX,
				 SIZE_MAX, bytes_text("x"), NULL),
		ERR_INVALID);
	check_nothing_unsent(&pair.anna);
}

static void words_of_both_in_one_text_are_merged(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	rewrite(&pair.anna, "", "The lesson.");
	meet(&pair);

	rewrite(&pair.anna, "The lesson.", "The good lesson.");
	rewrite(&pair.ben, "The lesson.", "The lesson. It rained.");
	receive(&pair.anna, seal(&pair, &pair.ben));
	check_text(&pair.anna, "The good lesson. It rained.");
	receive(&pair.ben, seal(&pair, &pair.anna));

	check_text(&pair.anna, "The good lesson. It rained.");
	check_text(&pair.ben, "The good lesson. It rained.");
}

static void what_both_deleted_is_no_longer_the_draft_s_to_say(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	rewrite(&pair.anna, "", "one two three");
	meet(&pair);

	rewrite(&pair.anna, "one two three", "one three");
	rewrite(&pair.ben, "one two three", "one three");
	receive(&pair.anna, seal(&pair, &pair.ben));

	check_text(&pair.anna, "one three");
	check_nothing_unsent(&pair.anna);
}

/* ---- What is refused */

static void check_refused(
	enum err e, enum err wanted, const struct why *why, const char *word)
{
	assert_int_equal(e, wanted);
	assert_non_null(strstr(why->text, word));
}

static void a_value_outside_the_schema_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf value = {0};
	struct why why;
	pair_init(&pair);
	struct draft *draft = draft_of(&pair.anna);

	pack_cstr(&value, "never");
	check_refused(draft_set(draft, pair.anna.sealed, STATE, NO_KEY, buf_bytes(&value),
			      &why),
		ERR_INVALID, &why, "state");
	check_refused(
		draft_set(draft, pair.anna.sealed, SIZE, NO_KEY, buf_bytes(&value), &why),
		ERR_INVALID, &why, "size");
	check_refused(draft_set(draft, pair.anna.sealed, WANTED, NO_KEY,
			      buf_bytes(&value), &why),
		ERR_INVALID, &why, "set");
	check_refused(
		draft_set(draft, pair.anna.sealed, CODE, NO_KEY, buf_bytes(&value), &why),
		ERR_INVALID, &why, "which code");
	check_refused(draft_set(draft, pair.anna.sealed, TITLE, bytes_text("k"),
			      buf_bytes(&value), &why),
		ERR_INVALID, &why, "no name");
	check_nothing_unsent(&pair.anna);
}

static void a_field_of_another_kind_is_refused(void **state)
{
	(void)state;
	static const struct field_schema other = {
		.name = "else", .type = FIELD_REGISTER, .value = VALUE_LINE};
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf value = {0};
	struct why why;
	pair_init(&pair);

	pack_cstr(&value, "x");
	check_refused(draft_set(draft_of(&pair.anna), pair.anna.sealed, &other, NO_KEY,
			      buf_bytes(&value), &why),
		ERR_INVALID, &why, "else");
	check_nothing_unsent(&pair.anna);
}

static void a_value_that_is_too_long_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf value = {0};
	CLEAN_BUF struct buf text = {0};
	struct why why;
	pair_init(&pair);
	memset(buf_extend(&text, VALUE_TEXT_MAX + 1), 'x', VALUE_TEXT_MAX + 1);
	pack_text(&value, buf_bytes(&text));

	check_refused(draft_set(draft_of(&pair.anna), pair.anna.sealed, TITLE, NO_KEY,
			      buf_bytes(&value), &why),
		ERR_TOO_BIG, &why, "4096 bytes");
	check_refused(try_say(&pair.anna, 1, buf_text(&text), &why), ERR_TOO_BIG, &why,
		"4096 bytes");
	check_nothing_unsent(&pair.anna);
}

static void a_set_that_is_full_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	struct why why;
	pair_init(&pair);
	add(&pair.anna, "a");
	add(&pair.anna, "b");
	meet(&pair);

	add(&pair.ben, "c");
	check_refused(try_add(&pair.ben, "d", &why), ERR_TOO_BIG, &why,
		"wanted may hold 3, not more");
	take(&pair.ben, "a");
	add(&pair.ben, "d");

	check_set(&pair.ben, "b|c*|d*");
}

static void a_family_that_is_full_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf value = {0};
	struct why why;
	char key[8];
	pair_init(&pair);
	pack_cstr(&value, "x");
	for (unsigned i = 0; i < KEYS_MAX; i++) {
		(void)snprintf(key, sizeof key, "%u", i);
		write_text_value(&pair.anna, CODE, key, "x");
		if (i == 30)
			meet(&pair);
	}

	check_refused(draft_set(draft_of(&pair.anna), pair.anna.sealed, CODE,
			      bytes_text("one more"), buf_bytes(&value), &why),
		ERR_TOO_BIG, &why, "64 of code");
	write_text_value(&pair.anna, CODE, "0", "y");
}

static void a_text_longer_than_the_limit_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf text = {0};
	struct why why;
	pair_init(&pair);
	memset(buf_extend(&text, TEXT_MAX), 'x', TEXT_MAX);
	struct draft *draft = draft_of(&pair.anna);

	assert_int_equal(draft_text(draft, pair.anna.sealed, BODY, NO_KEY, NO_KEY,
				 buf_bytes(&text), NULL),
		OK);
	check_refused(draft_splice(draft, pair.anna.sealed, BODY, NO_KEY, 3, 0,
			      bytes_text("y"), &why),
		ERR_TOO_BIG, &why, "131073 characters");
	assert_int_equal(draft_splice(draft, pair.anna.sealed, BODY, NO_KEY, 3, 1,
				 bytes_text("y"), NULL),
		OK);
	buf_add_text(&text, "z");
	check_refused(draft_text(draft, pair.anna.sealed, ANSWER, bytes_text("k"), NO_KEY,
			      buf_bytes(&text), &why),
		ERR_TOO_BIG, &why, "131072, not more");
}

static void a_text_that_a_merge_made_too_long_may_be_shortened(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf text = {0};
	pair_init(&pair);
	memset(buf_extend(&text, TEXT_MAX), 'x', TEXT_MAX);
	rewrite(&pair.anna, "", buf_text(&text));
	rewrite(&pair.ben, "", "Ben was here.");
	meet(&pair);
	struct draft *draft = draft_of(&pair.ben);

	assert_int_equal(draft_splice(draft, pair.ben.sealed, BODY, NO_KEY, 0, 0,
				 bytes_text("y"), NULL),
		ERR_TOO_BIG);
	assert_int_equal(draft_splice(draft, pair.ben.sealed, BODY, NO_KEY, 0, 5,
				 bytes_text("y"), NULL),
		OK);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	struct why why;
	pair_init(&pair);
	struct draft *draft = draft_of(&pair.anna);

	check_refused(draft_text(draft, pair.anna.sealed, BODY, NO_KEY, NO_KEY,
			      bytes_text("\xff"), &why),
		ERR_INVALID, &why, "UTF-8");
	check_refused(draft_splice(draft, pair.anna.sealed, BODY, NO_KEY, 0, 0,
			      bytes_text("\xc3"), &why),
		ERR_INVALID, &why, "UTF-8");
	check_nothing_unsent(&pair.anna);
}

static void more_than_can_be_sent_at_once_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf text = {0};
	struct why why;
	pair_init(&pair);
	struct draft *draft = draft_of(&pair.anna);
	while (text.len < TEXT_MAX * 3)
		buf_add_text(&text, "€");

	assert_int_equal(draft_text(draft, pair.anna.sealed, BODY, NO_KEY, NO_KEY,
				 buf_bytes(&text), NULL),
		OK);
	assert_int_equal(draft_text(draft, pair.anna.sealed, ANSWER, bytes_text("a"),
				 NO_KEY, buf_bytes(&text), NULL),
		OK);
	check_refused(draft_text(draft, pair.anna.sealed, ANSWER, bytes_text("b"), NO_KEY,
			      buf_bytes(&text), &why),
		ERR_TOO_BIG, &why, "sync first");
	assert_true(seal(&pair, &pair.anna)->section.len < 1024 * 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_written_and_taken_back_leaves_nothing),
		cmocka_unit_test(
			a_field_that_was_empty_and_is_emptied_again_leaves_nothing),
		cmocka_unit_test(an_emptied_register_stays_empty_at_the_partner_s),
		cmocka_unit_test(a_write_replaces_what_its_writer_saw),
		cmocka_unit_test(a_value_nobody_saw_is_never_replaced),
		cmocka_unit_test(choosing_one_of_two_values_settles_them),
		cmocka_unit_test(acting_again_names_what_is_seen_by_then),
		cmocka_unit_test(the_same_value_from_both_is_one),
		cmocka_unit_test(an_element_put_in_and_taken_out_again_leaves_nothing),
		cmocka_unit_test(an_element_taken_out_and_put_in_again_leaves_nothing),
		cmocka_unit_test(adding_what_is_there_is_nothing),
		cmocka_unit_test(taking_out_what_is_not_there_is_nothing),
		cmocka_unit_test(an_addition_nobody_saw_survives_a_removal),
		cmocka_unit_test(a_removal_names_only_what_its_writer_saw),
		cmocka_unit_test(the_order_of_adding_does_not_tell),
		cmocka_unit_test(a_record_said_and_unsaid_leaves_nothing),
		cmocka_unit_test(records_stand_in_the_order_they_were_said),
		cmocka_unit_test(an_own_record_is_voided_for_both),
		cmocka_unit_test(a_record_of_the_partner_is_not_mine_to_void),
		cmocka_unit_test(a_record_that_is_not_there_is_not_found),
		cmocka_unit_test(of_two_records_of_one_name_one_s_own_is_voided),
		cmocka_unit_test(what_was_typed_and_deleted_again_is_nowhere),
		cmocka_unit_test(a_rewritten_word_leaves_no_trace_of_the_first_try),
		cmocka_unit_test(a_text_handed_in_late_is_carried_over_what_it_became),
		cmocka_unit_test(
			what_two_appended_in_one_place_stands_in_the_order_it_came),
		cmocka_unit_test(a_splice_counts_scalar_values_of_the_text_as_it_is),
		cmocka_unit_test(a_splice_outside_the_text_is_refused),
		cmocka_unit_test(words_of_both_in_one_text_are_merged),
		cmocka_unit_test(what_both_deleted_is_no_longer_the_draft_s_to_say),
		cmocka_unit_test(a_value_outside_the_schema_is_refused),
		cmocka_unit_test(a_field_of_another_kind_is_refused),
		cmocka_unit_test(a_value_that_is_too_long_is_refused),
		cmocka_unit_test(a_set_that_is_full_is_refused),
		cmocka_unit_test(a_family_that_is_full_is_refused),
		cmocka_unit_test(a_text_longer_than_the_limit_is_refused),
		cmocka_unit_test(a_text_that_a_merge_made_too_long_may_be_shortened),
		cmocka_unit_test(text_that_is_not_utf8_is_refused),
		cmocka_unit_test(more_than_can_be_sent_at_once_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
