#include "tests/test.h"

#include "core/base/squeeze.h"
#include "core/crdt/column.h"

#define MAX ((size_t)1 << 20)

/* What was packed, in memory of its own, so that reading on is noticed. */
static enum err unpack(struct bytes packed, unsigned zeros, struct arena *arena,
	struct column_reader *out)
{
	struct bytes rest = {arena_new(arena, packed.len + 1), packed.len};
	memcpy((void *)(uintptr_t)rest.at, packed.at, packed.len);
	enum err e = columns_unpack(&rest, MAX, zeros, arena, out);
	if (e == OK)
		assert_int_equal(rest.len, 0);
	return e;
}

static enum err unpack_raw(const uint8_t *at, size_t len, unsigned zeros)
{
	CLEAN_ARENA struct arena arena = {0};
	struct column_reader r;
	return unpack((struct bytes){at, len}, zeros, &arena, &r);
}

static void what_is_added_is_taken_again(void **state)
{
	(void)state;
	static const int64_t signed_ones[] = {0, -1, 1, 63, -64, INT64_MAX, INT64_MIN, 5};
	CLEAN_COLUMNS struct columns columns = {0};
	CLEAN_BUF struct buf packed = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct column_reader r;
	column_add(&columns, 0, UINT64_MAX);
	column_add(&columns, 0, 7);
	for (size_t i = 0; i < 8; i++)
		column_add_signed(&columns, 4, signed_ones[i]);
	buf_add_text(&columns.at[COLUMNS_MAX - 1], "bytes");

	columns_pack(&columns, 0, MAX, &packed);

	assert_int_equal(unpack(buf_bytes(&packed), 0, &arena, &r), OK);
	assert_true(column_take(&r, 0, UINT64_MAX) == UINT64_MAX);
	assert_int_equal(column_take(&r, 0, 7), 7);
	for (size_t i = 0; i < 8; i++)
		assert_true(column_take_signed(&r, 4) == signed_ones[i]);
	assert_false(columns_done(&r));
	assert_true(bytes_equal(
		column_take_bytes(&r, COLUMNS_MAX - 1, 5), bytes_text("bytes")));
	assert_true(columns_done(&r));
}

static void zeros_at_the_end_of_a_column_cost_nothing(void **state)
{
	(void)state;
	CLEAN_COLUMNS struct columns columns = {0};
	CLEAN_BUF struct buf packed = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct column_reader r;
	for (size_t i = 0; i < 1000; i++)
		column_add(&columns, 1, i == 2 ? 300 : 0);

	columns_pack(&columns, 1u << 1, MAX, &packed);

	assert_int_equal(packed.len, 1 + 1 + 4);
	assert_int_equal(unpack(buf_bytes(&packed), 1u << 1, &arena, &r), OK);
	for (size_t i = 0; i < 2000; i++)
		assert_int_equal(column_take(&r, 1, 300), i == 2 ? 300 : 0);
	assert_true(columns_done(&r));
}

static void what_is_long_is_squeezed(void **state)
{
	(void)state;
	CLEAN_COLUMNS struct columns columns = {0};
	CLEAN_BUF struct buf packed = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct column_reader r;
	for (size_t i = 0; i < 10000; i++)
		column_add(&columns, 3, i % 100);

	columns_pack(&columns, 0, MAX, &packed);

	assert_true(packed.len < 500);
	assert_int_equal(unpack(buf_bytes(&packed), 0, &arena, &r), OK);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(column_take(&r, 3, 100), i % 100);
	assert_true(columns_done(&r));
}

static void reading_past_the_end_or_too_much_fails(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {2 * 3, 1, 9, 8};
	CLEAN_ARENA struct arena arena = {0};
	struct column_reader r;
	assert_int_equal(unpack(BYTES_OF(bytes), 0, &arena, &r), OK);
	assert_int_equal(column_take(&r, 0, 9), 9);
	assert_int_equal(column_take(&r, 0, 7), 0);
	assert_true(r.failed);
	assert_false(columns_done(&r));

	uint8_t five[5];
	assert_int_equal(unpack(BYTES_OF(bytes), 0, &arena, &r), OK);
	column_take_fixed(&r, 0, five, sizeof five);
	assert_true(r.failed);
	assert_int_equal(unpack(BYTES_OF(bytes), 0, &arena, &r), OK);
	assert_int_equal(column_take(&r, 1, 9), 0);
	assert_true(r.failed);
}

static void only_the_one_form_is_read(void **state)
{
	(void)state;
	/* Twice its length, which columns are there, lengths, columns. */
	static const uint8_t none[] = {2, 0}, long_number[] = {0x82, 0x00, 0},
			     one[] = {2 * 2, 1, 9}, no_bytes[] = {2 * 1, 1},
			     zero_at_end[] = {2 * 3, 1, 9, 0}, empty[] = {2 * 3, 3, 0, 9},
			     too_long[] = {2 * 4, 3, 9, 1, 1}, nothing[] = {0},
			     more_columns[] = {2 * 4, 0x80, 0x80, 0x04, 9},
			     left[] = {2 * 2, 0, 9}, short_of[] = {2 * 9, 1, 9};
	assert_int_equal(unpack_raw(none, sizeof none, 0), OK);
	assert_int_equal(unpack_raw(one, sizeof one, 1), OK);
	assert_int_equal(unpack_raw(zero_at_end, sizeof zero_at_end, 0), OK);
	assert_int_equal(unpack_raw(long_number, sizeof long_number, 0), ERR_CORRUPT);
	assert_int_equal(unpack_raw(no_bytes, sizeof no_bytes, 0), ERR_CORRUPT);
	assert_int_equal(unpack_raw(zero_at_end, sizeof zero_at_end, 1), ERR_CORRUPT);
	assert_int_equal(unpack_raw(empty, sizeof empty, 0), ERR_CORRUPT);
	assert_int_equal(unpack_raw(too_long, sizeof too_long, 0), ERR_CORRUPT);
	assert_int_equal(unpack_raw(nothing, sizeof nothing, 0), ERR_CORRUPT);
	assert_int_equal(unpack_raw(more_columns, sizeof more_columns, 0), ERR_CORRUPT);
	assert_int_equal(unpack_raw(left, sizeof left, 0), ERR_CORRUPT);
	assert_int_equal(unpack_raw(short_of, sizeof short_of, 0), ERR_CORRUPT);
}

/* A squeezed table that says of itself to be of `len` bytes. */
static enum err unpack_squeezed(size_t len, struct bytes table)
{
	CLEAN_BUF struct buf packed = {0};
	CLEAN_BUF struct buf small = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct column_reader r;
	squeeze(table, &small);
	buf_add_varint(&packed, 2 * (uint64_t)len + 1);
	buf_add_varint(&packed, small.len);
	buf_add(&packed, buf_bytes(&small));
	return unpack(buf_bytes(&packed), 0, &arena, &r);
}

static void squeezed_columns_are_as_long_as_they_say(void **state)
{
	(void)state;
	uint8_t table[4000] = {1, 7};
	size_t len = sizeof table;
	assert_int_equal(unpack_squeezed(len, BYTES_OF(table)), OK);
	assert_int_equal(unpack_squeezed(len - 1, BYTES_OF(table)), ERR_CORRUPT);
	assert_int_equal(unpack_squeezed(len + 1, BYTES_OF(table)), ERR_CORRUPT);
	assert_int_equal(unpack_squeezed(MAX + 1, BYTES_OF(table)), ERR_TOO_BIG);
	assert_int_equal(unpack_squeezed(SIZE_MAX / 4, BYTES_OF(table)), ERR_TOO_BIG);
	/* What is short is not squeezed. */
	assert_int_equal(unpack_squeezed(100, (struct bytes){table, 100}), ERR_CORRUPT);
}

static void more_than_may_be_taken_out_is_not_squeezed(void **state)
{
	(void)state;
	CLEAN_COLUMNS struct columns columns = {0};
	CLEAN_BUF struct buf packed = {0};
	(void)buf_extend(&columns.at[0], 2000);
	memset(columns.at[0].at, 7, 2000);
	columns_pack(&columns, 0, 1000, &packed);
	assert_true(packed.len > 2000);
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	CLEAN_COLUMNS struct columns columns = {0};
	CLEAN_BUF struct buf packed = {0};
	for (size_t i = 0; i < 400; i++) {
		column_add(&columns, 0, i);
		column_add(&columns, 9, i * 7 % 5);
	}
	columns_pack(&columns, 0, MAX, &packed);
	for (size_t len = 0; len < packed.len; len++)
		assert_int_equal(unpack_raw(packed.at, len, 0), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_is_taken_again),
		cmocka_unit_test(zeros_at_the_end_of_a_column_cost_nothing),
		cmocka_unit_test(what_is_long_is_squeezed),
		cmocka_unit_test(reading_past_the_end_or_too_much_fails),
		cmocka_unit_test(only_the_one_form_is_read),
		cmocka_unit_test(squeezed_columns_are_as_long_as_they_say),
		cmocka_unit_test(more_than_may_be_taken_out_is_not_squeezed),
		cmocka_unit_test(every_truncation_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
