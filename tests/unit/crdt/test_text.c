#include "tests/test.h"

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/history.h"
#include "core/crdt/patch.h"
#include "core/crdt/rope.h"
#include "core/crdt/text.h"

static const struct log_id ANNA = {"anna"}, BEN = {"ben"}, CARL = {"carl"};

/* What has been seen of Anna's, Ben's and Carl's log. */
static struct vector *seen(uint64_t anna, uint64_t ben, uint64_t carl)
{
	static struct vector vector;
	vector_set(&vector, ANNA, anna);
	vector_set(&vector, BEN, ben);
	vector_set(&vector, CARL, carl);
	return &vector;
}

static enum err apply(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *vector, struct text_op op, const char *inserted,
	struct effect *effect)
{
	struct text_change change = {&op, 1, bytes_text(inserted)};
	return text_apply(text, log, entry, vector, &change, effect);
}

static void insert(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *vector, uint32_t pos, const char *inserted)
{
	struct text_op op = {true, pos, (uint32_t)utf8_count(bytes_text(inserted))};
	assert_int_equal(apply(text, log, entry, vector, op, inserted, NULL), OK);
}

static void erase(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *vector, uint32_t pos, uint32_t len)
{
	struct text_op op = {false, pos, len};
	assert_int_equal(apply(text, log, entry, vector, op, "", NULL), OK);
}

static void assert_text(const struct text *text, const char *want)
{
	CLEAN_BUF struct buf is = {0};
	text_bytes(text, &is);
	assert_string_equal(buf_text(&is), want);
	assert_int_equal(text_len(text), utf8_count(bytes_text(want)));
}

static void a_new_text_is_empty(void **state)
{
	(void)state;
	struct text *text = text_new();
	assert_text(text, "");
	text_free(text);
	text_free(NULL);
}

static void one_writer_edits_as_in_a_rope(void **state)
{
	(void)state;
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "gruß 😀!");
	insert(text, ANNA, 5, seen(0, 0, 0), 6, "!!");
	erase(text, ANNA, 6, seen(0, 0, 0), 0, 2);
	assert_text(text, "uß 😀!!!");
	text_free(text);
}

static void runs_written_at_one_place_do_not_mix(void **state)
{
	(void)state;
	/* Each writes forward, key by key, at the same place. */
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "[]");
	for (uint32_t i = 0; i < 3; i++) {
		char a[] = {(char)('a' + i), 0}, b[] = {(char)('x' + i), 0};
		insert(text, ANNA, 2 + i, seen(1, 0, 0), 1 + i, a);
		insert(text, BEN, 1 + i, seen(1, 0, 0), 1 + i, b);
	}
	assert_text(text, "[abcxyz]");
	text_free(text);
}

static void runs_written_backward_at_one_place_do_not_mix(void **state)
{
	(void)state;
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "[]");
	for (uint32_t i = 0; i < 3; i++) {
		char a[] = {(char)('c' - i), 0}, b[] = {(char)('z' - i), 0};
		insert(text, ANNA, 2 + i, seen(1, 0, 0), 1, a);
		insert(text, BEN, 1 + i, seen(1, 0, 0), 1, b);
	}
	assert_text(text, "[abcxyz]");
	text_free(text);
}

static void both_may_delete_the_same(void **state)
{
	(void)state;
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "abcdef");
	erase(text, ANNA, 2, seen(1, 0, 0), 1, 3);
	erase(text, BEN, 1, seen(1, 0, 0), 2, 3);
	assert_text(text, "af");
	/* Carl has seen Ben's only: "abf". */
	insert(text, CARL, 1, seen(1, 1, 0), 2, "X");
	assert_text(text, "aXf");
	text_free(text);
}

static void a_change_outside_the_text_its_writer_saw_is_void(void **state)
{
	(void)state;
	static const struct {
		struct text_op op;
		const char *why;
	} cases[] = {
		{{true, 4, 1}, "an insertion after the end"},
		{{false, 3, 1}, "a deletion after the end"},
		{{false, 0, 4}, "a deletion of more than there was"},
	};
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "abc");
	insert(text, ANNA, 2, seen(1, 0, 0), 3, "def");
	for (size_t i = 0; i < 3; i++) {
		/* Ben saw "abc" only, though "abcdef" stands here. */
		struct text_change change = {
			&cases[i].op, 1, bytes_text(cases[i].op.is_insert ? "x" : "")};
		if (text_fits(text, BEN, 1, seen(1, 0, 0), &change) != ERR_VOID ||
			text_apply(text, BEN, 1, seen(1, 0, 0), &change, NULL) !=
				ERR_VOID)
			fail_msg("%s", cases[i].why);
		assert_text(text, "abcdef");
	}
	insert(text, BEN, 1, seen(1, 0, 0), 3, "!");
	assert_text(text, "abcdef!");
	text_free(text);
}

static void an_entry_out_of_its_turn_is_void(void **state)
{
	(void)state;
	struct text *text = text_new();
	insert(text, ANNA, 2, seen(0, 0, 0), 0, "a");
	struct text_op op = {true, 0, 1};
	assert_int_equal(apply(text, ANNA, 2, seen(0, 0, 0), op, "x", NULL), ERR_VOID);
	assert_int_equal(apply(text, ANNA, 1, seen(0, 0, 0), op, "x", NULL), ERR_VOID);
	assert_int_equal(apply(text, BEN, 0, seen(2, 0, 0), op, "x", NULL), ERR_VOID);
	assert_text(text, "a");
	text_free(text);
}

static void a_log_has_always_seen_itself(void **state)
{
	(void)state;
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "ab");
	insert(text, BEN, 1, seen(1, 0, 0), 2, "c");
	insert(text, ANNA, 2, seen(0, 0, 0), 2, "d");
	assert_text(text, "abdc");
	text_free(text);
}

static void an_effect_says_what_changed(void **state)
{
	(void)state;
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "abcd");
	erase(text, ANNA, 2, seen(1, 0, 0), 1, 2);
	/* Ben writes between two characters that are gone meanwhile, and deletes "cd". */
	struct text_op ops[] = {{true, 2, 2}, {false, 4, 2}};
	struct text_change change = {ops, 2, bytes_text("XY")};
	CLEAN_EFFECT struct effect effect = {0};
	assert_int_equal(text_apply(text, BEN, 1, seen(1, 0, 0), &change, &effect), OK);
	assert_text(text, "aXY");
	assert_int_equal(effect.count, 3);
	assert_int_equal(effect.runs[0].kind, EFFECT_RETAIN);
	assert_int_equal(effect.runs[0].len, 1);
	assert_int_equal(effect.runs[1].kind, EFFECT_INSERT);
	assert_int_equal(effect.runs[1].len, 2);
	assert_true(effect.runs[1].after_dead);
	assert_true(log_id_equal(effect.runs[1].by, BEN));
	assert_int_equal(effect.runs[2].kind, EFFECT_DELETE);
	assert_int_equal(effect.runs[2].len, 1);
	text_free(text);
}

static void a_trace_says_who_wrote_what(void **state)
{
	(void)state;
	struct text *text = text_new();
	CLEAN_ARENA struct arena arena = {0};
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "abcd");
	insert(text, BEN, 3, seen(1, 0, 0), 2, "XYZ");
	erase(text, ANNA, 2, seen(1, 0, 0), 1, 1);
	erase(text, ANNA, 4, seen(1, 3, 0), 2, 1);
	assert_text(text, "aXZcd");
	struct text_run *runs = NULL;
	size_t count = 0;
	text_trace(text, &arena, &runs, &count);
	assert_int_equal(count, 3);
	assert_true(log_id_equal(runs[0].log, ANNA));
	assert_int_equal(runs[0].len, 1);
	assert_true(log_id_equal(runs[1].log, BEN));
	assert_int_equal(runs[1].entry, 3);
	assert_int_equal(runs[1].len, 2);
	assert_int_equal(runs[2].entry, 1);
	assert_int_equal(runs[2].len, 2);
	text_free(text);
}

static struct text *small_history(void)
{
	struct text *text = text_new();
	insert(text, ANNA, 1, seen(0, 0, 0), 0, "é😀bcd");
	insert(text, BEN, 1, seen(1, 0, 0), 2, "XYZ");
	erase(text, ANNA, 2, seen(1, 0, 0), 1, 2);
	insert(text, CARL, 4, seen(2, 1, 0), 0, "c");
	erase(text, BEN, 2, seen(1, 1, 0), 3, 2);
	return text;
}

static void a_loaded_text_goes_on_where_the_saved_one_was(void **state)
{
	(void)state;
	struct text *text = small_history(), *loaded = NULL;
	CLEAN_BUF struct buf saved = {0};
	CLEAN_BUF struct buf again = {0};
	text_save(text, &saved);
	assert_int_equal(text_load(buf_bytes(&saved), &loaded), OK);
	text_save(loaded, &again);
	assert_true(bytes_equal(buf_bytes(&saved), buf_bytes(&again)));
	insert(text, ANNA, 3, seen(2, 0, 0), 1, "!");
	insert(loaded, ANNA, 3, seen(2, 0, 0), 1, "!");
	assert_true(rope_equal(text_rope(text), text_rope(loaded)));
	text_free(text);
	text_free(loaded);
}

static void damaged_saved_texts_are_refused_or_well_formed(void **state)
{
	(void)state;
	struct text *text = small_history(), *loaded = NULL;
	CLEAN_BUF struct buf saved = {0};
	text_save(text, &saved);
	for (size_t len = 0; len < saved.len; len++) {
		assert_int_equal(
			text_load((struct bytes){saved.at, len}, &loaded), ERR_CORRUPT);
		assert_null(loaded);
	}
	for (size_t bit = 0; bit < saved.len * 8; bit++) {
		saved.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (text_load(buf_bytes(&saved), &loaded) == OK) {
			CLEAN_BUF struct buf again = {0};
			text_save(loaded, &again);
			assert_true(bytes_equal(buf_bytes(&saved), buf_bytes(&again)));
			text_free(loaded);
		}
		saved.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	text_free(text);
}

/* Two people write apart, and meet after every entry of each. */
static struct text *long_history(void)
{
	struct text *text = text_new();
	uint32_t seed = 7;
	for (uint64_t n = 1; n <= 400; n++) {
		uint32_t len = (uint32_t)text_len(text);
		seed = seed * 1103515245 + 12345;
		uint32_t pos = (seed >> 8) % (len + 1);
		insert(text, ANNA, n, seen(0, n - 1, 0), pos,
			"A sentence of some length, as people write them. It goes on. ");
		insert(text, BEN, n, seen(n - 1, 0, 0), pos / 2,
			"An answer of the other one, with an example of what is meant. ");
	}
	return text;
}

static void assert_at_rest(const struct text *text, size_t more)
{
	size_t most = 2 * rope_bytes(text_rope(text)) + 65536;
	if (text_memory(text) + more > most)
		fail_msg("%zu bytes of %zu", text_memory(text) + more, most);
}

static void a_text_at_rest_holds_little_more_than_itself(void **state)
{
	(void)state;
	struct text *text = long_history(), *loaded = NULL;
	CLEAN_BUF struct buf saved = {0};
	text_save(text, &saved);
	assert_at_rest(text, 0);
	assert_int_equal(text_load(buf_bytes(&saved), &loaded), OK);
	assert_at_rest(loaded, 0);

	/* Edited: what is written goes into a draft over it. */
	struct patch *draft = patch_new();
	for (size_t i = 0; i < 2000; i++)
		patch_splice(draft, 10000 + i, 0, bytes_text("k"));
	assert_at_rest(loaded, patch_memory(draft));

	/* Merged and saved again. */
	insert(loaded, ANNA, 401, seen(0, 390, 0), 5, "late");
	buf_clear(&saved);
	text_save(loaded, &saved);
	assert_at_rest(loaded, patch_memory(draft));
	patch_free(draft);
	text_free(text);
	text_free(loaded);
}

static void a_history_makes_the_text_anew(void **state)
{
	(void)state;
	struct text *text = small_history(), *made = NULL;
	CLEAN_BUF struct buf history = {0};
	history_encode(text, bytes_text("é😀bcdXYZc"), &history);
	assert_int_equal(history_merge(buf_bytes(&history), &made), OK);
	assert_true(rope_equal(text_rope(text), text_rope(made)));
	/* And it goes on from there. */
	insert(text, ANNA, 3, seen(2, 0, 0), 1, "!");
	insert(made, ANNA, 3, seen(2, 0, 0), 1, "!");
	assert_true(rope_equal(text_rope(text), text_rope(made)));
	text_free(text);
	text_free(made);
}

static void a_history_cut_short_or_with_another_text_is_refused(void **state)
{
	(void)state;
	static const char *const TEXTS[] = {"é😀bcdXYZ", "é😀bcdXYZcc", ""};
	struct text *text = small_history(), *made = NULL;
	CLEAN_BUF struct buf history = {0};
	history_encode(text, bytes_text("é😀bcdXYZc"), &history);
	for (size_t len = 0; len < history.len; len++) {
		assert_int_not_equal(
			history_merge((struct bytes){history.at, len}, &made), OK);
		assert_null(made);
	}
	for (size_t i = 0; i < 3; i++) {
		buf_clear(&history);
		history_encode(text, bytes_text(TEXTS[i]), &history);
		/* The text that is too long is never looked at: it is cut when written.
		 */
		enum err e = history_merge(buf_bytes(&history), &made);
		assert_int_equal(e, i == 1 ? OK : ERR_CORRUPT);
		text_free(made);
	}
	text_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_text_is_empty),
		cmocka_unit_test(one_writer_edits_as_in_a_rope),
		cmocka_unit_test(runs_written_at_one_place_do_not_mix),
		cmocka_unit_test(runs_written_backward_at_one_place_do_not_mix),
		cmocka_unit_test(both_may_delete_the_same),
		cmocka_unit_test(a_change_outside_the_text_its_writer_saw_is_void),
		cmocka_unit_test(an_entry_out_of_its_turn_is_void),
		cmocka_unit_test(a_log_has_always_seen_itself),
		cmocka_unit_test(an_effect_says_what_changed),
		cmocka_unit_test(a_trace_says_who_wrote_what),
		cmocka_unit_test(a_loaded_text_goes_on_where_the_saved_one_was),
		cmocka_unit_test(damaged_saved_texts_are_refused_or_well_formed),
		cmocka_unit_test(a_text_at_rest_holds_little_more_than_itself),
		cmocka_unit_test(a_history_makes_the_text_anew),
		cmocka_unit_test(a_history_cut_short_or_with_another_text_is_refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	vector_release(seen(0, 0, 0));
	return failed;
}
