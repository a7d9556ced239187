#include "tests/test.h"

#include <math.h>
#include <msgpack.h>

#include "core/base/pack.h"

/* ---- What is written is read, by us and by msgpack-c. */

static const uint64_t edges[] = {0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000,
	0xffffffff, UINT64_C(0x100000000), INT64_MAX, UINT64_C(0x8000000000000000),
	UINT64_MAX};

static msgpack_object as_msgpack_c_reads(const struct buf *buf, msgpack_unpacked *out)
{
	size_t at = 0;
	assert_int_equal(msgpack_unpack_next(out, (const char *)buf->at, buf->len, &at),
		MSGPACK_UNPACK_SUCCESS);
	assert_int_equal(at, buf->len);
	return out->data;
}

static void unsigned_integers_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
		CLEAN_BUF struct buf buf = {0};
		pack_uint(&buf, edges[i]);
		assert_true(pack_valid(buf_bytes(&buf)));
		struct pack_reader r = pack_read(buf_bytes(&buf));
		assert_true(pack_read_uint(&r, UINT64_MAX) == edges[i]);
		assert_true(pack_done(&r));
		msgpack_unpacked read;
		msgpack_unpacked_init(&read);
		assert_true(as_msgpack_c_reads(&buf, &read).via.u64 == edges[i]);
		msgpack_unpacked_destroy(&read);
		/* A bound is a bound. */
		r = pack_read(buf_bytes(&buf));
		if (edges[i] > 0) {
			assert_int_equal(pack_read_uint(&r, edges[i] - 1), 0);
			assert_true(r.failed);
		}
	}
}

static void signed_integers_come_back(void **state)
{
	(void)state;
	static const int64_t values[] = {0, 1, -1, -32, -33, -128, -129, 127, 128, -32768,
		-32769, 40000, INT32_MIN, (int64_t)INT32_MIN - 1, INT32_MAX, INT64_MIN,
		INT64_MAX};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		CLEAN_BUF struct buf buf = {0};
		pack_int(&buf, values[i]);
		assert_true(pack_valid(buf_bytes(&buf)));
		struct pack_reader r = pack_read(buf_bytes(&buf));
		assert_true(pack_read_int(&r) == values[i]);
		assert_true(pack_done(&r));
		msgpack_unpacked read;
		msgpack_unpacked_init(&read);
		assert_true(as_msgpack_c_reads(&buf, &read).via.i64 == values[i]);
		msgpack_unpacked_destroy(&read);
	}
	/* Beyond what a signed one holds. */
	CLEAN_BUF struct buf buf = {0};
	pack_uint(&buf, UINT64_C(0x8000000000000000));
	struct pack_reader r = pack_read(buf_bytes(&buf));
	assert_true(pack_read_int(&r) == 0);
	assert_true(r.failed);
}

static void numbers_come_back_and_whole_ones_as_integers(void **state)
{
	(void)state;
	static const double values[] = {0.5, -0.5, 1e300, -1e-300, 0.1, 3, -3, 0,
		9007199254740992.0, 9007199254740994.0, -9007199254740992.0, 1e18};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		CLEAN_BUF struct buf buf = {0};
		pack_number(&buf, values[i]);
		assert_true(pack_valid(buf_bytes(&buf)));
		bool whole = trunc(values[i]) == values[i] &&
			     fabs(values[i]) <= 9007199254740992.0;
		assert_int_equal(buf.at[0] != 0xcb, whole);
		struct pack_reader r = pack_read(buf_bytes(&buf));
		assert_true(pack_read_number(&r) == values[i]);
		assert_true(pack_done(&r));
	}
	CLEAN_BUF struct buf minus_zero = {0};
	pack_number(&minus_zero, -0.0);
	assert_int_equal(minus_zero.len, 1);
	assert_int_equal(minus_zero.at[0], 0);
}

static void texts_and_bytes_come_back_at_every_length_of_their_heads(void **state)
{
	(void)state;
	static const size_t lengths[] = {0, 1, 31, 32, 255, 256, 65535, 65536, 100000};
	CLEAN_BUF struct buf content = {0};
	memset(buf_extend(&content, 100000), 'x', 100000);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct bytes part = {content.at, lengths[i]};
		CLEAN_BUF struct buf buf = {0};
		pack_text(&buf, part);
		pack_bin(&buf, part);
		struct pack_reader r = pack_read(buf_bytes(&buf));
		struct bytes text = pack_read_text(&r, lengths[i]);
		struct bytes bin = pack_read_bin(&r, lengths[i]);
		assert_true(pack_done(&r));
		assert_true(bytes_equal(text, part) && bytes_equal(bin, part));
		if (lengths[i] == 0)
			continue;
		r = pack_read(buf_bytes(&buf));
		assert_int_equal(pack_read_text(&r, lengths[i] - 1).len, 0);
		assert_true(r.failed);
	}
}

static void heads_of_arrays_and_maps_come_back(void **state)
{
	(void)state;
	static const size_t counts[] = {0, 1, 15, 16, 65535, 65536};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		CLEAN_BUF struct buf array = {0}, map = {0};
		pack_array(&array, counts[i]);
		pack_map(&map, counts[i]);
		for (size_t k = 0; k < counts[i]; k++) {
			pack_nil(&array);
			pack_uint(&map, k % 100);
			pack_bool(&map, k % 2 == 0);
		}
		assert_true(pack_valid(buf_bytes(&array)));
		assert_true(pack_valid(buf_bytes(&map)));
		struct pack_reader r = pack_read(buf_bytes(&array));
		assert_int_equal(pack_read_array(&r, 65536), counts[i]);
		r = pack_read(buf_bytes(&map));
		assert_int_equal(pack_read_map(&r, 65536), counts[i]);
		r = pack_read(buf_bytes(&map));
		if (counts[i] > 0) {
			assert_int_equal(pack_read_map(&r, counts[i] - 1), 0);
			assert_true(r.failed);
		}
	}
}

/* ---- Hostile input. */

#define CASE(...)                                                                        \
	{                                                                                \
		.at = {__VA_ARGS__}, .len = sizeof((uint8_t[]){__VA_ARGS__})             \
	}

struct sample {
	uint8_t at[24];
	size_t len;
};

static void assert_refused(const struct sample *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct bytes input = {cases[i].at, cases[i].len};
		if (pack_valid(input))
			fail_msg("case %zu", i);
	}
}

static void a_count_that_the_rest_cannot_hold_is_a_lie(void **state)
{
	(void)state;
	static const struct sample cases[] = {
		CASE(0xdd, 0xff, 0xff, 0xff, 0xff),
		CASE(0xdd, 0xff, 0x00, 0x00, 0x00),
		CASE(0xdf, 0xff, 0xff, 0xff, 0xff),
		CASE(0xdc, 0xff, 0xff, 0xc0),
		CASE(0xde, 0xff, 0xff, 0xc0),
		CASE(0x92, 0xc0),
		CASE(0x82, 0xc0, 0xc0, 0xc0),
		CASE(0xdb, 0xff, 0xff, 0xff, 0xff, 'a'),
		CASE(0xc6, 0xff, 0xff, 0xff, 0xff, 'a'),
		CASE(0xc4, 0x02, 'a'),
		CASE(0xd9, 0x21, 'a'),
		CASE(0xa2, 'a'),
	};
	assert_refused(cases, sizeof cases / sizeof *cases);
}

static void a_longer_form_than_need_be_is_refused(void **state)
{
	(void)state;
	static const struct sample cases[] = {
		CASE(0xcc, 0x7f),
		CASE(0xcd, 0x00, 0xff),
		CASE(0xce, 0x00, 0x00, 0xff, 0xff),
		CASE(0xcf, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff),
		CASE(0xd0, 0x00),
		CASE(0xd0, 0x7f),
		CASE(0xd0, 0xe0),       /* -32 */
		CASE(0xd1, 0xff, 0x80), /* -128 */
		CASE(0xd1, 0x01, 0x00),
		CASE(0xd2, 0xff, 0xff, 0x80, 0x00),
		CASE(0xd3, 0xff, 0xff, 0xff, 0xff, 0x80, 0, 0, 0),
		CASE(0xd3, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		CASE(0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0), /* 1.0 */
		CASE(0xcb, 0x80, 0, 0, 0, 0, 0, 0, 0),    /* -0.0 */
		CASE(0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0), /* NaN */
		CASE(0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0), /* infinite */
		CASE(0xc5, 0x00, 0x01, 'a'),
		CASE(0xc6, 0x00, 0x00, 0x00, 0x01, 'a'),
		CASE(0xd9, 0x01, 'a'),
		CASE(0xda, 0x00, 0x01, 'a'),
		CASE(0xdb, 0x00, 0x00, 0x00, 0x01, 'a'),
		CASE(0xdc, 0x00, 0x01, 0xc0),
		CASE(0xdd, 0x00, 0x00, 0x00, 0x01, 0xc0),
		CASE(0xde, 0x00, 0x01, 0xc0, 0xc0),
		CASE(0xdf, 0x00, 0x00, 0x00, 0x01, 0xc0, 0xc0),
	};
	assert_refused(cases, sizeof cases / sizeof *cases);
}

static void what_is_not_in_the_subset_is_refused(void **state)
{
	(void)state;
	static const struct sample cases[] = {
		CASE(0xc1), CASE(0xc7, 0x01, 0x00, 'a'), CASE(0xc8, 0x01, 0x00, 0x00),
		CASE(0xca, 0x3f, 0x00, 0x00, 0x00), CASE(0xd4, 0x00, 0x00),
		CASE(0xd8, 0x00, 0x00), CASE(0xa1, 0xff), CASE(0xa2, 0xc0, 0x80),
		CASE(0xa1, 0x00), CASE(0x91, 0xc1), CASE(0xc0, 0xc0), /* two items */
	};
	assert_refused(cases, sizeof cases / sizeof *cases);
	assert_false(pack_valid((struct bytes){0}));
}

static void nesting_ends_at_the_depth(void **state)
{
	(void)state;
	for (uint8_t head = 0x91;; head = 0x81) {
		CLEAN_BUF struct buf buf = {0};
		for (int i = 0; i < PACK_DEPTH; i++) {
			buf_add_u8(&buf, head);
			if (head == 0x81)
				pack_nil(&buf);
		}
		pack_nil(&buf);
		assert_true(pack_valid(buf_bytes(&buf)));
		CLEAN_BUF struct buf deeper = {0};
		buf_add_u8(&deeper, 0x91);
		buf_add(&deeper, buf_bytes(&buf));
		assert_false(pack_valid(buf_bytes(&deeper)));
		if (head == 0x81)
			break;
	}
	CLEAN_BUF struct buf bomb = {0};
	memset(buf_extend(&bomb, 100000), 0x91, 100000);
	assert_false(pack_valid(buf_bytes(&bomb)));
	/* Wide is not deep: what is closed counts no more. */
	CLEAN_BUF struct buf wide = {0};
	pack_array(&wide, 1000);
	for (int i = 0; i < 1000; i++) {
		pack_array(&wide, 1);
		pack_array(&wide, 0);
	}
	assert_true(pack_valid(buf_bytes(&wide)));
}

/* One of everything. */
static void add_sample(struct buf *buf)
{
	pack_map(buf, 3);
	pack_cstr(buf, "numbers");
	pack_array(buf, 5);
	pack_uint(buf, 70000);
	pack_int(buf, -40000);
	pack_number(buf, 2.5);
	pack_bool(buf, true);
	pack_nil(buf);
	pack_cstr(buf, "text");
	pack_cstr(buf, "a \xc3\xa9 that is longer than thirty-one bytes");
	pack_uint(buf, 7);
	pack_bin(buf, bytes_text("bytes"));
}

static void every_truncation_fails_and_stays_failed(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	add_sample(&buf);
	assert_true(pack_valid(buf_bytes(&buf)));
	for (size_t len = 0; len < buf.len; len++) {
		/* Of its own, so that a sanitizer sees a read beyond the end. */
		CLEAN_BUF struct buf cut = {0};
		buf_add_raw(&cut, buf.at, len);
		struct pack_reader r = pack_read(buf_bytes(&cut));
		assert_int_equal(pack_read_any(&r).len, 0);
		assert_true(r.failed);
		struct pack_item item;
		enum pack_type type;
		assert_int_equal(pack_next(&r, &item), ERR_CORRUPT);
		assert_false(pack_peek(&r, &type));
		assert_false(pack_done(&r));
		assert_int_equal(pack_read_uint(&r, 100), 0);
		assert_int_equal(pack_read_array(&r, 100), 0);
		assert_int_equal(pack_read_text(&r, 100).len, 0);
		assert_false(pack_read_nil(&r));
	}
}

/* What our reader takes, msgpack-c takes too; and writing it again gives the same bytes:
 * there is one form of everything. */
static void write_again(struct pack_reader *r, struct buf *out)
{
	struct pack_item item;
	if (pack_next(r, &item) != OK)
		return;
	size_t more = 0;
	switch (item.type) {
	case PACK_NIL:
		pack_nil(out);
		break;
	case PACK_BOOL:
		pack_bool(out, item.v.b);
		break;
	case PACK_UINT:
		pack_uint(out, item.v.u);
		break;
	case PACK_INT:
		pack_int(out, item.v.i);
		break;
	case PACK_NUMBER:
		pack_number(out, item.v.number);
		break;
	case PACK_TEXT:
		pack_text(out, item.v.bytes);
		break;
	case PACK_BIN:
		pack_bin(out, item.v.bytes);
		break;
	case PACK_ARRAY:
		pack_array(out, item.v.count);
		more = item.v.count;
		break;
	case PACK_MAP:
		pack_map(out, item.v.count);
		more = 2 * item.v.count;
		break;
	}
	for (size_t i = 0; i < more && !r->failed; i++)
		write_again(r, out);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void random_bytes_are_refused_or_have_one_form(void **state)
{
	(void)state;
	uint32_t seed = 4711;
	size_t taken = 0;
	CLEAN_BUF struct buf sample = {0};
	add_sample(&sample);
	for (unsigned i = 0; i < 30000; i++) {
		CLEAN_BUF struct buf input = {0};
		if (i % 2 == 0) { /* a sample with some bytes changed */
			buf_add(&input, buf_bytes(&sample));
			for (unsigned k = next_random(&seed) % 3; k > 0; k--)
				input.at[next_random(&seed) % input.len] =
					(uint8_t)next_random(&seed);
		} else {
			for (unsigned k = 1 + next_random(&seed) % 12; k > 0; k--)
				buf_add_u8(&input, (uint8_t)next_random(&seed));
		}
		struct pack_reader r = pack_read(buf_bytes(&input));
		struct bytes whole = pack_read_any(&r);
		if (r.failed) {
			assert_int_equal(whole.len, 0);
			continue;
		}
		taken++;
		CLEAN_BUF struct buf again = {0}, item = {0};
		buf_add(&item, whole);
		struct pack_reader inner = pack_read(whole);
		write_again(&inner, &again);
		assert_true(pack_done(&inner));
		assert_true(bytes_equal(buf_bytes(&again), whole));
		msgpack_unpacked read;
		msgpack_unpacked_init(&read);
		(void)as_msgpack_c_reads(&item, &read);
		msgpack_unpacked_destroy(&read);
	}
	assert_true(taken > 1000);
}

/* ---- Typed reads. */

static void a_read_of_another_type_fails_the_reader(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	pack_cstr(&buf, "five");
	for (int which = 0; which < 8; which++) {
		struct pack_reader r = pack_read(buf_bytes(&buf));
		uint8_t fixed[4] = {1, 1, 1, 1};
		switch (which) {
		case 0:
			assert_false(pack_read_bool(&r));
			break;
		case 1:
			assert_int_equal(pack_read_uint(&r, UINT64_MAX), 0);
			break;
		case 2:
			assert_int_equal(pack_read_int(&r), 0);
			break;
		case 3:
			assert_true(pack_read_number(&r) == 0);
			break;
		case 4:
			assert_int_equal(pack_read_bin(&r, 100).len, 0);
			break;
		case 5:
			pack_read_fixed(&r, fixed, 4);
			assert_memory_equal(fixed, "\0\0\0\0", 4);
			break;
		case 6:
			assert_int_equal(pack_read_array(&r, 100), 0);
			break;
		default:
			assert_int_equal(pack_read_map(&r, 100), 0);
		}
		assert_true(r.failed);
	}
}

static void fixed_bytes_have_exactly_their_length(void **state)
{
	(void)state;
	for (size_t len = 0; len < 6; len++) {
		CLEAN_BUF struct buf buf = {0};
		uint8_t out[4] = {9, 9, 9, 9};
		pack_bin(&buf, (struct bytes){(const uint8_t *)"abcdef", len});
		struct pack_reader r = pack_read(buf_bytes(&buf));
		pack_read_fixed(&r, out, 4);
		assert_int_equal(r.failed, len != 4);
		assert_memory_equal(out, len == 4 ? "abcd" : "\0\0\0\0", 4);
	}
}

static void a_nil_is_taken_only_where_one_stands(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	pack_nil(&buf);
	pack_uint(&buf, 3);
	struct pack_reader r = pack_read(buf_bytes(&buf));
	enum pack_type type;
	assert_true(pack_peek(&r, &type));
	assert_int_equal(type, PACK_NIL);
	assert_true(pack_read_nil(&r));
	assert_false(pack_read_nil(&r));
	assert_int_equal(pack_read_uint(&r, 3), 3);
	assert_false(pack_read_nil(&r));
	assert_true(pack_done(&r));
}

static void any_item_comes_as_the_bytes_it_was_written_in(void **state)
{
	(void)state;
	CLEAN_BUF struct buf buf = {0};
	pack_uint(&buf, 1);
	size_t first = buf.len;
	add_sample(&buf);
	size_t second = buf.len - first;
	pack_uint(&buf, 2);
	struct pack_reader r = pack_read(buf_bytes(&buf));
	assert_int_equal(pack_read_any(&r).len, first);
	struct bytes sample = pack_read_any(&r);
	assert_ptr_equal(sample.at, buf.at + first);
	assert_int_equal(sample.len, second);
	assert_int_equal(pack_read_uint(&r, 2), 2);
	assert_true(pack_done(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsigned_integers_come_back),
		cmocka_unit_test(signed_integers_come_back),
		cmocka_unit_test(numbers_come_back_and_whole_ones_as_integers),
		cmocka_unit_test(
			texts_and_bytes_come_back_at_every_length_of_their_heads),
		cmocka_unit_test(heads_of_arrays_and_maps_come_back),
		cmocka_unit_test(a_count_that_the_rest_cannot_hold_is_a_lie),
		cmocka_unit_test(a_longer_form_than_need_be_is_refused),
		cmocka_unit_test(what_is_not_in_the_subset_is_refused),
		cmocka_unit_test(nesting_ends_at_the_depth),
		cmocka_unit_test(every_truncation_fails_and_stays_failed),
		cmocka_unit_test(random_bytes_are_refused_or_have_one_form),
		cmocka_unit_test(a_read_of_another_type_fails_the_reader),
		cmocka_unit_test(fixed_bytes_have_exactly_their_length),
		cmocka_unit_test(a_nil_is_taken_only_where_one_stands),
		cmocka_unit_test(any_item_comes_as_the_bytes_it_was_written_in),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
