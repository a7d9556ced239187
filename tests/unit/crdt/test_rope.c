#include "tests/test.h"

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/rope.h"

#define CLEAN_ROPE CLEANUP(rope_freep)

#include "core/base/err.h"

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static size_t below(uint64_t *seed, size_t n)
{
	return (size_t)(next_random(seed) % n);
}

/* Scalar values of one to four bytes, combining and right-to-left ones among them. */
static const uint32_t SCALARS[] = {'a', 'b', ' ', '\n', 'z', 0xe9, 0x301, 0x5d0, 0x627,
	0x20ac, 0x4e2d, 0xffff, 0x10000, 0x1f600, 0x10ffff};

static void add_random_text(struct buf *out, uint64_t *seed, size_t count, bool ascii)
{
	for (size_t i = 0; i < count; i++)
		utf8_add(out, SCALARS[below(seed, ascii ? 5 : 15)]);
}

static void check_text(const struct rope *rope, struct bytes text)
{
	CLEAN_BUF struct buf all = {0};
	rope_add(rope, &all);
	assert_int_equal(rope_bytes(rope), text.len);
	assert_int_equal(rope_len(rope), utf8_count(text));
	assert_true(bytes_equal(buf_bytes(&all), text));
	assert_true(rope_is(rope, text));
}

static void a_new_rope_is_empty(void **state)
{
	(void)state;
	CLEAN_ROPE struct rope *rope = rope_new();
	check_text(rope, bytes_text(""));
	size_t place = 0;
	struct bytes piece;
	assert_false(rope_next(rope, &place, &piece));
}

static void positions_count_scalar_values(void **state)
{
	(void)state;
	CLEAN_ROPE struct rope *rope = rope_from(bytes_text("a\xf0\x9f\x98\x80z"));
	assert_int_equal(rope_len(rope), 3);
	rope_insert(rope, 2, bytes_text("\xc3\xa9"));
	check_text(rope, bytes_text("a\xf0\x9f\x98\x80\xc3\xa9z"));
	rope_delete(rope, 1, 1);
	check_text(rope, bytes_text("a\xc3\xa9z"));
	assert_int_equal(rope_byte_of(rope, 2), 3);
	assert_int_equal(rope_pos_of(rope, 3), 2);
}

static void a_splice_replaces_and_says_how_much_it_put_in(void **state)
{
	(void)state;
	CLEAN_ROPE struct rope *rope = rope_from(bytes_text("one two three"));
	assert_int_equal(rope_splice(rope, 4, 3, bytes_text("z\xc3\xa9ro")), 4);
	check_text(rope, bytes_text("one z\xc3\xa9ro three"));
}

/* The rope against one plain buffer, over a run of random edits. */
static void run_edits(uint64_t seed, size_t steps, size_t most, bool ascii)
{
	CLEAN_ROPE struct rope *rope = rope_new();
	CLEAN_BUF struct buf plain = {0};
	for (size_t step = 0; step < steps; step++) {
		size_t len = rope_len(rope), pos = below(&seed, len + 1);
		size_t del = below(&seed, 3) == 0 ? below(&seed, len - pos + 1) / 2 : 0;
		CLEAN_BUF struct buf text = {0};
		add_random_text(&text, &seed,
			below(&seed, 2) == 0 ? 1 : below(&seed, most), ascii);
		size_t from = utf8_offset(buf_bytes(&plain), pos);
		size_t to = utf8_offset(buf_bytes(&plain), pos + del);

		CLEAN_BUF struct buf after = {0};
		buf_add_raw(&after, plain.at, from);
		buf_add(&after, buf_bytes(&text));
		buf_add_raw(&after, plain.at + to, plain.len - to);
		buf_clear(&plain);
		buf_add(&plain, buf_bytes(&after));

		size_t n = rope_splice(rope, pos, del, buf_bytes(&text));
		assert_int_equal(n, utf8_count(buf_bytes(&text)));
		if (step % 16 == 0 || step + 1 == steps)
			check_text(rope, buf_bytes(&plain));
		pos = below(&seed, rope_len(rope) + 1);
		assert_int_equal(
			rope_byte_of(rope, pos), utf8_offset(buf_bytes(&plain), pos));
		assert_int_equal(rope_pos_of(rope, rope_byte_of(rope, pos)), pos);
	}
}

static void random_edits_agree_with_a_plain_buffer(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++)
		run_edits(seed, 300, 50, seed % 3 == 0);
}

static void random_edits_of_many_leaves_agree_with_a_plain_buffer(void **state)
{
	(void)state;
	for (uint64_t seed = 100; seed <= 104; seed++)
		run_edits(seed, 60, 60000, seed % 2 == 0);
}

static void text_split_over_leaves_reads_back_in_pieces_of_whole_characters(void **state)
{
	(void)state;
	uint64_t seed = 5;
	CLEAN_BUF struct buf text = {0};
	add_random_text(&text, &seed, 200000, false);
	CLEAN_ROPE struct rope *rope = rope_from(buf_bytes(&text));
	rope_insert(rope, 1000, bytes_text("\xf0\x9f\x98\x80"));
	rope_delete(rope, 1000, 1);
	CLEAN_BUF struct buf all = {0};
	size_t place = 0;
	struct bytes piece;
	while (rope_next(rope, &place, &piece)) {
		assert_true(piece.len > 0);
		assert_true(utf8_valid(piece));
		buf_add(&all, piece);
	}
	assert_true(bytes_equal(buf_bytes(&all), buf_bytes(&text)));
}

static void ranges_are_copied_between_ropes(void **state)
{
	(void)state;
	uint64_t seed = 6;
	CLEAN_BUF struct buf text = {0};
	add_random_text(&text, &seed, 150000, false);
	CLEAN_ROPE struct rope *rope = rope_from(buf_bytes(&text));
	for (size_t i = 0; i < 50; i++) {
		size_t pos = below(&seed, rope_len(rope) + 1);
		size_t len = below(&seed, rope_len(rope) - pos + 1);
		size_t from = utf8_offset(buf_bytes(&text), pos);
		size_t to = utf8_offset(buf_bytes(&text), pos + len);
		struct bytes want = {text.at + from, to - from};
		CLEAN_ROPE struct rope *part = rope_new();
		rope_append_range(part, rope, pos, len);
		assert_true(rope_is(part, want));
		CLEAN_BUF struct buf range = {0};
		rope_add_range(rope, pos, len, &range);
		assert_true(bytes_equal(buf_bytes(&range), want));
	}
	CLEAN_ROPE struct rope *copy = rope_copy(rope);
	assert_true(rope_equal(copy, rope));
	rope_splice(copy, 70000, 1, bytes_text("!"));
	assert_false(rope_equal(copy, rope));
}

static void equality_does_not_see_how_a_text_came_about(void **state)
{
	(void)state;
	uint64_t seed = 7;
	CLEAN_BUF struct buf text = {0};
	add_random_text(&text, &seed, 100000, false);
	CLEAN_ROPE struct rope *whole = rope_from(buf_bytes(&text));
	CLEAN_ROPE struct rope *built = rope_new();
	struct bytes rest = buf_bytes(&text);
	while (rest.len > 0) {
		struct bytes part = utf8_cut(rest, 1 + below(&seed, 997));
		rope_insert(built, rope_len(built) / 2, bytes_text("x"));
		rope_delete(built, (rope_len(built) - 1) / 2, 1);
		struct bytes taken;
		assert_true(
			bytes_take(&rest, part.len > 4 ? part.len : rest.len, &taken));
		rope_append(built, taken);
	}
	assert_true(rope_equal(whole, built));
}

static void memory_stays_near_the_text(void **state)
{
	(void)state;
	uint64_t seed = 8;
	CLEAN_ROPE struct rope *rope = rope_new();
	for (size_t i = 0; i < 400000; i++)
		rope_insert(rope, below(&seed, rope_len(rope) + 1), bytes_text("x"));
	assert_true(rope_memory(rope) <= 2 * rope_bytes(rope) + 65536);
	while (rope_len(rope) > 1000)
		rope_delete(rope, below(&seed, rope_len(rope) - 99), 100);
	assert_true(rope_memory(rope) <= 65536);
	rope_delete(rope, 0, rope_len(rope));
	check_text(rope, bytes_text(""));
	assert_true(rope_memory(rope) <= 4096);
}

static void a_cleared_rope_begins_anew(void **state)
{
	(void)state;
	CLEAN_ROPE struct rope *rope = rope_from(bytes_text("gone"));
	rope_clear(rope);
	check_text(rope, bytes_text(""));
	rope_append(rope, bytes_text("new"));
	check_text(rope, bytes_text("new"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_rope_is_empty),
		cmocka_unit_test(positions_count_scalar_values),
		cmocka_unit_test(a_splice_replaces_and_says_how_much_it_put_in),
		cmocka_unit_test(random_edits_agree_with_a_plain_buffer),
		cmocka_unit_test(random_edits_of_many_leaves_agree_with_a_plain_buffer),
		cmocka_unit_test(
			text_split_over_leaves_reads_back_in_pieces_of_whole_characters),
		cmocka_unit_test(ranges_are_copied_between_ropes),
		cmocka_unit_test(equality_does_not_see_how_a_text_came_about),
		cmocka_unit_test(memory_stays_near_the_text),
		cmocka_unit_test(a_cleared_rope_begins_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
