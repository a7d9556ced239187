#include "tests/test.h"

#include "core/base/utf8.h"
#include "core/crdt/change.h"
#include "core/crdt/patch.h"
#include "core/crdt/rope.h"

#define CLEAN_ROPE  CLEANUP(rope_freep)
#define CLEAN_PATCH CLEANUP(patch_freep)

static const struct log_id ANNA = {{1}}, BEN = {{2}};

/* What the patch makes of `base`. */
static void check(const struct patch *patch, const char *base, const char *wanted)
{
	CLEAN_ROPE struct rope *under = rope_from(bytes_text(base));
	CLEAN_ROPE struct rope *is = rope_new();
	patch_apply(patch, under, is);
	CLEAN_BUF struct buf text = {0};
	rope_add(is, &text);
	assert_string_equal(buf_text(&text), wanted);
}

static void check_span(const struct patch *patch, size_t number, struct patch_span wanted)
{
	struct patch_span span = {0};
	size_t index = 0;
	for (size_t i = 0; i <= number; i++)
		assert_true(patch_next(patch, &index, &span));
	assert_int_equal(span.retained, wanted.retained);
	assert_int_equal(span.inserted, wanted.inserted);
	assert_int_equal(span.deleted, wanted.deleted);
}

static void splice(struct patch *patch, size_t pos, size_t del, const char *text)
{
	patch_splice(patch, pos, del, bytes_text(text));
}

static void a_new_patch_changes_nothing(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();

	assert_true(patch_is_empty(patch));
	assert_int_equal(patch_base_len(patch), 0);
	check(patch, "what stands", "what stands");
}

static void typing_and_deleting_again_leaves_an_empty_patch(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();
	CLEAN_BUF struct buf saved = {0};

	splice(patch, 4, 0, "not ");
	splice(patch, 7, 1, "");
	splice(patch, 4, 3, "");
	patch_save(patch, &saved);

	assert_true(patch_is_empty(patch));
	assert_int_equal(saved.len, 1);
	assert_int_equal(saved.at[0], 0);
}

static void typing_letter_by_letter_is_typing_at_once(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *slow = patch_new();
	CLEAN_PATCH struct patch *fast = patch_new();

	splice(slow, 2, 0, "a");
	splice(slow, 3, 0, "c");
	splice(slow, 3, 0, "b");
	splice(fast, 2, 0, "abc");

	assert_true(patch_equal(slow, fast));
}

static void deleting_a_text_in_any_order_is_deleting_it_at_once(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *slow = patch_new();
	CLEAN_PATCH struct patch *fast = patch_new();

	splice(slow, 3, 1, "");
	splice(slow, 1, 1, "");
	splice(slow, 1, 1, "");
	splice(fast, 1, 3, "");

	assert_true(patch_equal(slow, fast));
	assert_int_equal(patch_deleted(slow), 3);
}

static void positions_count_scalar_values(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();

	splice(patch, 2, 1, "😀");

	assert_int_equal(patch_inserted(patch), 1);
	check(patch, "né€t", "né😀t");
}

static void an_insertion_stands_after_its_left_neighbour_though_that_is_deleted(
	void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;

	splice(patch, 3, 0, "x");
	splice(patch, 2, 1, "");
	patch_seal(patch, &arena, &change);

	check(patch, "abcd", "abxd");
	check_span(patch, 0, (struct patch_span){2, 0, 1, false});
	check_span(patch, 1, (struct patch_span){0, 1, 0, false});
	assert_int_equal(change.count, 2);
	assert_true(change.ops[0].is_insert);
	assert_int_equal(change.ops[0].pos, 3);
}

static void a_rewritten_word_is_inserted_before_the_old_one_is_deleted(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;

	splice(patch, 0, 3, "");
	splice(patch, 0, 0, "new");
	patch_seal(patch, &arena, &change);

	check_span(patch, 0, (struct patch_span){0, 3, 3, false});
	assert_int_equal(change.count, 2);
	assert_true(change.ops[0].is_insert);
	assert_int_equal(change.ops[0].pos, 0);
	assert_false(change.ops[1].is_insert);
	assert_int_equal(change.ops[1].pos, 3);
}

static void a_sealed_patch_inserts_everything_before_it_deletes(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;

	splice(patch, 0, 1, "");
	splice(patch, 2, 0, "x");
	splice(patch, 5, 1, "y");
	patch_seal(patch, &arena, &change);

	check(patch, "abcdefg", "bcxdeyg");
	assert_true(bytes_equal(change.text, bytes_text("xy")));
	for (size_t i = 1; i < change.count; i++)
		assert_false(change.ops[i].is_insert && !change.ops[i - 1].is_insert);
}

static void the_difference_of_two_texts_is_short_where_they_are_alike(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch =
		patch_between(bytes_text("The lesson began late."),
			bytes_text("The lesson began at nine."));

	assert_true(patch_inserted(patch) <= 8);
	check(patch, "The lesson began late.", "The lesson began at nine.");
}

static void equal_texts_have_no_difference(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch =
		patch_between(bytes_text("Ünder"), bytes_text("Ünder"));

	assert_true(patch_is_empty(patch));
}

static void composing_does_one_after_the_other(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *first = patch_new();
	CLEAN_PATCH struct patch *second = patch_new();

	splice(first, 3, 0, " very");
	splice(second, 4, 4, "quite");
	patch_compose(first, second);

	check(first, "not good", "not quite good");
	assert_int_equal(patch_inserted(first), 6);
}

static void composing_with_what_undoes_it_leaves_nothing(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *first = patch_new();
	CLEAN_PATCH struct patch *second = patch_new();

	splice(first, 3, 0, " very");
	splice(second, 3, 5, "");
	patch_compose(first, second);

	assert_true(patch_is_empty(first));
}

/* Carries a patch that inserts "mine" at 2 over one that inserts "theirs" there. */
static void carry_at_one_place(struct log_id own, struct log_id by, const char *wanted)
{
	CLEAN_PATCH struct patch *ours = patch_new();
	CLEAN_PATCH struct patch *theirs = patch_new();
	CLEAN_EFFECT struct effect effect = {0};

	splice(ours, 2, 0, "mine");
	splice(theirs, 2, 0, "theirs");
	patch_effect(theirs, by, &effect);
	patch_carry(ours, &effect, own);

	check(ours, "abtheirscd", wanted);
}

static void of_two_insertions_at_one_place_the_smaller_log_stands_first(void **state)
{
	(void)state;
	carry_at_one_place(ANNA, BEN, "abminetheirscd");
	carry_at_one_place(BEN, ANNA, "abtheirsminecd");
}

static void what_both_deleted_is_no_longer_the_patch_s_to_delete(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *ours = patch_new();
	CLEAN_PATCH struct patch *theirs = patch_new();
	CLEAN_EFFECT struct effect effect = {0};

	splice(ours, 1, 3, "");
	splice(theirs, 2, 3, "");
	patch_effect(theirs, BEN, &effect);
	patch_carry(ours, &effect, ANNA);

	assert_int_equal(patch_deleted(ours), 1);
	check(ours, "abf", "af");
}

static void carrying_over_nothing_changes_nothing(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();
	struct effect nothing = {0};

	splice(patch, 2, 1, "x");
	CLEAN_PATCH struct patch *before = patch_copy(patch);
	patch_carry(patch, &nothing, ANNA);

	assert_true(patch_equal(patch, before));
}

static void a_saved_patch_is_loaded_as_it_was(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();
	CLEAN_PATCH struct patch *loaded = NULL;
	CLEAN_BUF struct buf saved = {0};

	splice(patch, 2, 1, "😀 ü");
	splice(patch, 9, 4, "");
	patch_save(patch, &saved);

	assert_int_equal(patch_load(buf_bytes(&saved), &loaded), OK);
	assert_true(patch_equal(patch, loaded));
	assert_int_equal(patch_base_len(loaded), patch_base_len(patch));
}

static void bytes_that_are_no_patch_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *reason;
		uint8_t bytes[8];
		size_t len;
	} cases[] = {
		{"nothing at all", {0}, 0},
		{"more spans than bytes", {9, 0}, 2},
		{"a span that does nothing", {1, 3, 0, 0}, 4},
		{"nothing inserted, but after what is gone", {1, 3, 1, 1}, 4},
		{"text of no insertion", {0, 'x'}, 2},
		{"less text than is inserted", {1, 0, 4, 0, 'x'}, 5},
		{"text that is not UTF-8", {1, 0, 2, 0, 0xff}, 5},
		{"two spans that are one", {2, 0, 2, 0, 0, 2, 0, 'x'}, 8},
		{"a number longer than it need be", {0x80, 0}, 2},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct patch *loaded = NULL;
		enum err e =
			patch_load((struct bytes){cases[i].bytes, cases[i].len}, &loaded);
		if (e != ERR_CORRUPT || loaded != NULL)
			fail_msg("accepted: %s", cases[i].reason);
	}
}

static void places_are_found_again_on_both_sides(void **state)
{
	(void)state;
	CLEAN_PATCH struct patch *patch = patch_new();

	splice(patch, 2, 2, "xyz"); /* abcdef → abxyzef */

	assert_int_equal(patch_to_draft(patch, 1), 1);
	assert_int_equal(patch_to_draft(patch, 5), 6);
	assert_int_equal(patch_to_base(patch, 6), 5);
	assert_int_equal(patch_to_base(patch, 3), 2); /* inside what was inserted */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_patch_changes_nothing),
		cmocka_unit_test(typing_and_deleting_again_leaves_an_empty_patch),
		cmocka_unit_test(typing_letter_by_letter_is_typing_at_once),
		cmocka_unit_test(deleting_a_text_in_any_order_is_deleting_it_at_once),
		cmocka_unit_test(positions_count_scalar_values),
		cmocka_unit_test(
			an_insertion_stands_after_its_left_neighbour_though_that_is_deleted),
		cmocka_unit_test(
			a_rewritten_word_is_inserted_before_the_old_one_is_deleted),
		cmocka_unit_test(a_sealed_patch_inserts_everything_before_it_deletes),
		cmocka_unit_test(
			the_difference_of_two_texts_is_short_where_they_are_alike),
		cmocka_unit_test(equal_texts_have_no_difference),
		cmocka_unit_test(composing_does_one_after_the_other),
		cmocka_unit_test(composing_with_what_undoes_it_leaves_nothing),
		cmocka_unit_test(
			of_two_insertions_at_one_place_the_smaller_log_stands_first),
		cmocka_unit_test(what_both_deleted_is_no_longer_the_patch_s_to_delete),
		cmocka_unit_test(carrying_over_nothing_changes_nothing),
		cmocka_unit_test(a_saved_patch_is_loaded_as_it_was),
		cmocka_unit_test(bytes_that_are_no_patch_are_refused),
		cmocka_unit_test(places_are_found_again_on_both_sides),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
