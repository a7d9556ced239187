#include "tests/test.h"

#include "core/base/bytes.h"

static void bytes_compare_by_content_then_by_length(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {{"", "", 0}, {"", "a", -1}, {"a", "", 1}, {"a", "b", -1},
		{"b", "aa", 1}, {"a", "aa", -1}, {"\xff", "a", 1}, {"abc", "abc", 0}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes a = bytes_text(cases[i].a), b = bytes_text(cases[i].b);
		int order = bytes_compare(a, b);
		assert_int_equal((order > 0) - (order < 0), cases[i].order);
		assert_int_equal(bytes_equal(a, b), cases[i].order == 0);
	}
	assert_true(bytes_equal((struct bytes){0}, bytes_text("")));
	assert_int_equal(bytes_compare((struct bytes){0}, (struct bytes){0}), 0);
}

static void taking_moves_on_and_stops_at_the_end(void **state)
{
	(void)state;
	static const uint8_t data[] = {
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	struct bytes rest = BYTES_OF(data), part;
	uint8_t one = 0;
	uint16_t two = 0;
	uint32_t four = 0;
	uint64_t eight = 0;
	assert_true(bytes_take_u8(&rest, &one));
	assert_int_equal(one, 1);
	assert_true(bytes_take_u16(&rest, &two));
	assert_int_equal(two, 0x0203);
	assert_true(bytes_take_u32(&rest, &four));
	assert_int_equal(four, 0x04050607);
	assert_true(bytes_take_u64(&rest, &eight));
	assert_true(eight == UINT64_C(0x08090a0b0c0d0e0f));
	assert_true(bytes_take(&rest, 1, &part));
	assert_int_equal(part.at[0], 16);
	assert_int_equal(rest.len, 0);
	assert_true(bytes_take(&rest, 0, &part));
	assert_false(bytes_take(&rest, 1, &part));
	assert_false(bytes_take_u8(&rest, &one));
}

static void nothing_moves_when_there_is_too_little(void **state)
{
	(void)state;
	static const uint8_t data[] = {1, 2, 3, 4, 5, 6, 7};
	struct bytes rest = {data, 7}, part = {0};
	uint8_t into[16];
	uint64_t eight = 0;
	assert_false(bytes_take_u64(&rest, &eight));
	assert_false(bytes_take(&rest, 8, &part));
	assert_false(bytes_take(&rest, SIZE_MAX, &part));
	assert_false(bytes_take_into(&rest, into, 8));
	rest.len = 3;
	uint32_t four = 0;
	assert_false(bytes_take_u32(&rest, &four));
	rest.len = 1;
	uint16_t two = 0;
	assert_false(bytes_take_u16(&rest, &two));
	assert_int_equal(rest.len, 1);
	assert_ptr_equal(rest.at, data);
}

static void a_varint_comes_back_at_every_length(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits <= 64; bits++)
		for (int around = -1; around <= 1; around++) {
			uint64_t v = bits == 64 ? UINT64_MAX : UINT64_C(1) << bits;
			if (bits < 64 || around <= 0)
				v += (uint64_t)around;
			CLEAN_BUF struct buf buf = {0};
			uint64_t read = ~v;
			buf_add_varint(&buf, v);
			assert_true(buf.len <= 10);
			for (size_t len = 0; len < buf.len; len++) {
				struct bytes cut = {buf.at, len};
				assert_false(bytes_take_varint(&cut, &read));
				assert_int_equal(cut.len, len);
			}
			buf_add_u8(&buf, 0xee);
			struct bytes rest = buf_bytes(&buf);
			assert_true(bytes_take_varint(&rest, &read));
			assert_true(read == v);
			assert_int_equal(rest.len, 1);
		}
}

static void a_varint_has_one_form(void **state)
{
	(void)state;
	static const struct {
		uint8_t at[12];
		size_t len;
	} cases[] = {
		{{0x80, 0x00}, 2},       /* 0 in two bytes */
		{{0xff, 0x80, 0x00}, 3}, /* 127 in three */
		{{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, 10},
		{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02},
			10}, /* 2^65 */
		{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00}, 11},
		{{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 11},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes rest = {cases[i].at, cases[i].len};
		uint64_t v = 0;
		assert_false(bytes_take_varint(&rest, &v));
		assert_int_equal(rest.len, cases[i].len);
	}
}

static void a_buffer_grows_and_keeps_its_content(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	for (unsigned i = 0; i < 5000; i++)
		buf_add_u16(&buf, (uint16_t)i);
	assert_int_equal(buf.len, 10000);
	struct bytes rest = buf_bytes(&buf);
	for (unsigned i = 0; i < 5000; i++) {
		uint16_t v = 0;
		assert_true(bytes_take_u16(&rest, &v));
		assert_int_equal(v, i);
	}
	size_t cap = buf.cap;
	buf_clear(&buf);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.cap, cap);
}

static void a_buffer_writes_what_is_read(void **state)
{
	(void)state;
	static const uint8_t expected[] = {
		7, 1, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 9, 'a', 'b', 'n', '=', '5'};
	CLEAN_BUF struct buf buf = {0};
	buf_add_u8(&buf, 7);
	buf_add_u16(&buf, 0x0102);
	buf_add_u32(&buf, 256);
	buf_add_u64(&buf, 9);
	buf_add_text(&buf, "ab");
	buf_add_format(&buf, "n=%d", 5);
	buf_add_format(&buf, "%s", "");
	buf_add(&buf, (struct bytes){0});
	buf_add_raw(&buf, NULL, 0);
	assert_int_equal(buf.len, sizeof expected);
	assert_memory_equal(buf.at, expected, sizeof expected);
}

static void text_of_a_buffer_ends_where_it_does(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	assert_non_null(buf_extend(&buf, 0));
	assert_string_equal(buf_text(&buf), "");
	for (unsigned i = 0; i < 64; i++)
		buf_add_u8(&buf, 'x'); /* the whole of the first room */
	assert_int_equal(strlen(buf_text(&buf)), 64);
	assert_int_equal(buf.len, 64);
}

static void the_front_of_a_buffer_is_dropped(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	buf_drop_front(&buf, 3);
	buf_add_text(&buf, "abcdef");
	buf_drop_front(&buf, 0);
	buf_drop_front(&buf, 2);
	assert_string_equal(buf_text(&buf), "cdef");
	buf_drop_front(&buf, 4);
	assert_int_equal(buf.len, 0);
	buf_add_text(&buf, "ab");
	buf_drop_front(&buf, 100);
	assert_int_equal(buf.len, 0);
}

static void sums_and_products_say_when_they_wrap(void **state)
{
	(void)state;
	size_t out = 0;
	assert_false(size_add_overflows(SIZE_MAX - 1, 1, &out));
	assert_true(out == SIZE_MAX);
	assert_true(size_add_overflows(SIZE_MAX, 1, &out));
	assert_false(size_mul_overflows(SIZE_MAX / 2, 2, &out));
	assert_true(size_mul_overflows(SIZE_MAX / 2 + 1, 2, &out));
	assert_false(size_mul_overflows(0, SIZE_MAX, &out));
	assert_int_equal(out, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_compare_by_content_then_by_length),
		cmocka_unit_test(taking_moves_on_and_stops_at_the_end),
		cmocka_unit_test(nothing_moves_when_there_is_too_little),
		cmocka_unit_test(a_varint_comes_back_at_every_length),
		cmocka_unit_test(a_varint_has_one_form),
		cmocka_unit_test(a_buffer_grows_and_keeps_its_content),
		cmocka_unit_test(a_buffer_writes_what_is_read),
		cmocka_unit_test(text_of_a_buffer_ends_where_it_does),
		cmocka_unit_test(the_front_of_a_buffer_is_dropped),
		cmocka_unit_test(sums_and_products_say_when_they_wrap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
