#include "tests/test.h"

#include "core/base/mem.h"
#include "core/crdt/change.h"

static void encode(
	const struct text_op *ops, size_t count, const char *text, struct buf *out)
{
	text_change_encode(&(struct text_change){ops, count, bytes_text(text)}, out);
}

static enum err decode(
	const struct buf *bytes, struct arena *arena, struct text_change *out)
{
	return text_change_decode(buf_bytes(bytes), arena, out);
}

static const struct text_op SOME[] = {
	{true, 0, 5},
	{true, 3, 2},
	{false, 6, 1},
	{false, 2, 3},
	{true, 0, 1},
};
#define SOME_TEXT "hé😀lo!?x"

static void a_change_is_read_as_it_was_written(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;
	encode(SOME, 5, SOME_TEXT, &bytes);
	assert_int_equal(decode(&bytes, &arena, &change), OK);
	assert_int_equal(change.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(change.ops[i].is_insert, SOME[i].is_insert);
		assert_int_equal(change.ops[i].pos, SOME[i].pos);
		assert_int_equal(change.ops[i].len, SOME[i].len);
	}
	assert_true(bytes_equal(change.text, bytes_text(SOME_TEXT)));
}

static void a_change_of_nothing_is_a_change(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;
	encode(NULL, 0, "", &bytes);
	assert_int_equal(decode(&bytes, &arena, &change), OK);
	assert_int_equal(change.count, 0);
	assert_int_equal(change.text.len, 0);
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	encode(SOME, 5, SOME_TEXT, &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		CLEAN_ARENA struct arena arena = {0};
		struct text_change change;
		assert_int_equal(text_change_decode(
					 (struct bytes){bytes.at, len}, &arena, &change),
			ERR_CORRUPT);
		assert_int_equal(change.count, 0);
	}
}

/* What is read at all is read from its only form. */
static void every_flipped_bit_is_refused_or_another_change(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	encode(SOME, 5, SOME_TEXT, &bytes);
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		CLEAN_ARENA struct arena arena = {0};
		CLEAN_BUF struct buf again = {0};
		struct text_change change;
		bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (decode(&bytes, &arena, &change) == OK) {
			text_change_encode(&change, &again);
			assert_true(bytes_equal(buf_bytes(&again), buf_bytes(&bytes)));
		}
		bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void bytes_that_say_too_much_or_the_wrong_thing_are_refused(void **state)
{
	(void)state;
	/* form, count, kinds, places, lengths, text */
	static const struct {
		const char *bytes;
		size_t len;
		enum err want;
		const char *why;
	} cases[] = {
		{"", 0, ERR_CORRUPT, "nothing"},
		{"\x09\x01\x01\x00\x01x", 6, ERR_CORRUPT, "an unknown form"},
		{"\x00\xff\xff\xff\x7f", 5, ERR_TOO_BIG, "more operations than may be"},
		{"\x00\x05\x05\x00\x01x", 6, ERR_CORRUPT, "fewer bytes than operations"},
		{"\x00\x01\x02\x00\x01x", 6, ERR_CORRUPT, "more kinds than operations"},
		{"\x00\x01\x00\x00\x00\x01", 6, ERR_CORRUPT, "an empty run of deletions"},
		{"\x00\x01\x81\x00\x00\x01x", 7, ERR_CORRUPT, "a longer form"},
		{"\x00\x01\x01\x01\x01x", 6, ERR_CORRUPT, "a place before the text"},
		{"\x00\x01\x01\x00\x00x", 6, ERR_CORRUPT, "an empty insertion"},
		{"\x00\x01\x01\x00\x02x", 6, ERR_CORRUPT, "less text than is inserted"},
		{"\x00\x01\x01\x00\x01xy", 7, ERR_CORRUPT, "more text than is inserted"},
		{"\x00\x01\x01\x00\x01\xff", 6, ERR_CORRUPT, "text that is not UTF-8"},
		{"\x00\x01\x00\x01\x00\xff\xff\xff\xff\x7f", 10, ERR_TOO_BIG,
			"a deletion beyond any text"},
		{"\x00\x01\x00\x01\xff\xff\xff\xff\x7f\x01", 10, ERR_TOO_BIG,
			"a place beyond any text"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEAN_ARENA struct arena arena = {0};
		struct text_change change;
		struct bytes bytes = {(const uint8_t *)cases[i].bytes, cases[i].len};
		if (text_change_decode(bytes, &arena, &change) != cases[i].want)
			fail_msg("%s", cases[i].why);
	}
}

static void more_text_than_a_change_may_hold_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct text_change change;
	CLEAN_BUF struct buf text = {0};
	memset(buf_extend(&text, CHANGE_TEXT_MAX + 1), 'x', CHANGE_TEXT_MAX + 1);
	struct text_op ops[] = {{true, 0, CHANGE_TEXT_MAX}, {true, 0, 1}};
	text_change_encode(&(struct text_change){ops, 2, buf_bytes(&text)}, &bytes);
	assert_int_equal(decode(&bytes, &arena, &change), ERR_TOO_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_read_as_it_was_written),
		cmocka_unit_test(a_change_of_nothing_is_a_change),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_another_change),
		cmocka_unit_test(bytes_that_say_too_much_or_the_wrong_thing_are_refused),
		cmocka_unit_test(more_text_than_a_change_may_hold_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
