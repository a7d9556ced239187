#include "tests/test.h"

#include "core/base/pack.h"
#include "net/protocol/wire.h"

/* ---- Reading */

static void bytes_are_the_same_in_one_piece_and_byte_by_byte(void **state)
{
	(void)state;
	struct wire_in in = {0};
	struct bytes rest = bytes_text("sixteen bytes in"), out;
	assert_true(wire_take(&in, &rest, 16, &out));
	assert_true(bytes_equal(out, bytes_text("sixteen bytes in")));

	const char *text = "sixteen bytes in";
	for (size_t i = 0; i < 16; i++) {
		rest = (struct bytes){(const uint8_t *)text + i, 1};
		assert_int_equal(wire_take(&in, &rest, 16, &out), i == 15);
		assert_int_equal(rest.len, 0);
	}
	assert_true(bytes_equal(out, bytes_text(text)));
	wire_in_release(&in);
}

static void frames_come_out_as_they_went_in_however_they_are_cut(void **state)
{
	(void)state;
	CLEAN_BUF struct buf stream = {0};
	wire_add_frame(&stream, bytes_text("one"));
	wire_add_frame(&stream, (struct bytes){0});
	wire_add_frame(&stream, bytes_text("three"));

	for (size_t piece = 1; piece <= stream.len; piece++) {
		struct wire_in in = {0};
		CLEAN_BUF struct buf got = {0};
		for (size_t at = 0; at < stream.len; at += piece) {
			size_t left = stream.len - at;
			struct bytes rest = {stream.at + at, left < piece ? left : piece};
			struct bytes body;
			enum err e;
			while (wire_take_frame(&in, &rest, 5, &body, &e)) {
				assert_int_equal(e, OK);
				buf_add_format(&got, "[%.*s]", (int)body.len,
					(const char *)body.at);
			}
			assert_int_equal(e, OK);
			assert_int_equal(rest.len, 0);
		}
		assert_string_equal(buf_text(&got), "[one][][three]");
		wire_in_release(&in);
	}
}

static void a_frame_over_the_limit_is_refused_at_its_length(void **state)
{
	(void)state;
	const uint8_t head[] = {0x10, 0x01}; /* 4097 */
	for (size_t split = 0; split <= 1; split++) {
		struct wire_in in = {0};
		struct bytes rest = {head, split}, body;
		enum err e;
		assert_false(wire_take_frame(&in, &rest, WIRE_EARLY_MAX, &body, &e));
		assert_int_equal(e, OK);
		rest = (struct bytes){head + split, 2 - split};
		assert_false(wire_take_frame(&in, &rest, WIRE_EARLY_MAX, &body, &e));
		assert_int_equal(e, ERR_TOO_BIG);
		assert_true(in.held.cap < 256);
		wire_in_release(&in);
	}
}

/* ---- Kinds */

static void a_kind_bounds_the_length_of_its_message(void **state)
{
	(void)state;
	const struct {
		uint8_t kind;
		size_t len;
		bool allowed;
	} cases[] = {
		{WIRE_CLOSE, 0, false},
		{WIRE_CLOSE, 1, true},
		{WIRE_CLOSE, 2, false},
		{WIRE_PAIR_COMMIT, 31, false},
		{WIRE_PAIR_COMMIT, 32, true},
		{WIRE_PAIR_WHO, 1024, true},
		{WIRE_PAIR_WHO, 1025, false},
		{WIRE_STILL, 0, true},
		{WIRE_STILL, 1, false},
		{WIRE_SYNC_FIRST, 0, true},
		{WIRE_SYNC_LAST, WIRE_MESSAGE_MAX, true},
		{WIRE_SYNC_LAST, (size_t)WIRE_MESSAGE_MAX + 1, false},
		{15, 1, false},
		{6, 1, false},
		{65, 0, false},
		{255, 0, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(
			wire_kind_allows(cases[i].kind, cases[i].len), cases[i].allowed);
}

/* ---- Padding */

static void lengths_on_the_wire_are_powers_of_two(void **state)
{
	(void)state;
	const size_t cases[][2] = {{0, 128}, {1, 128}, {128, 128}, {129, 256},
		{1000, 1024}, {1024, 1024}, {32769, NOISE_PLAIN_MAX},
		{NOISE_PLAIN_MAX, NOISE_PLAIN_MAX}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(wire_padded(cases[i][0]), cases[i][1]);
}

/* ---- Messages through a channel */

static struct noise_channel *near, *far;

static int setup(void **state)
{
	(void)state;
	assert_int_equal(crypto_start(), OK);
	struct dh_secret a, b;
	struct dh_public a_public, b_public;
	struct secret psk;
	dh_pair(&a, &a_public);
	dh_pair(&b, &b_public);
	random_secret(&psk);
	struct noise_config config = {
		.pattern = "XXpsk0", .initiator = true, .psk = &psk, .own = &a};
	struct noise *one = noise_new(&config);
	config.initiator = false;
	config.own = &b;
	struct noise *two = noise_new(&config);
	for (int i = 0; i < 3; i++) {
		CLEAN_BUF struct buf message = {0}, payload = {0};
		struct noise *writer = i == 1 ? two : one, *reader = i == 1 ? one : two;
		assert_int_equal(noise_write(writer, (struct bytes){0}, &message), OK);
		assert_int_equal(noise_read(reader, buf_bytes(&message), &payload), OK);
	}
	near = noise_split(one);
	far = noise_split(two);
	noise_free(one);
	noise_free(two);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	channel_free(near);
	channel_free(far);
	return 0;
}

static void a_message_comes_through_whole_at_every_length(void **state)
{
	(void)state;
	const size_t lens[] = {0, 1, 123, 124, 125, 252, 60000, WIRE_INNER_MAX};
	static uint8_t content[WIRE_INNER_MAX];
	random_fill(content, sizeof content);
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		CLEAN_BUF struct buf out = {0}, plain = {0};
		struct wire_message m = {.kind = 20, .inner = {content, lens[i]}}, got;
		assert_int_equal(wire_seal(near, &m, &out), OK);
		assert_int_equal(
			out.len, 2 + wire_padded(WIRE_HEAD + lens[i]) + NOISE_TAG);
		struct bytes body = {out.at + 2, out.len - 2};
		assert_int_equal(wire_open(far, body, &plain, &got), OK);
		assert_int_equal(got.kind, 20);
		assert_int_equal(got.flags, 0);
		assert_true(bytes_equal(got.inner, m.inner));
	}
}

/* A plaintext that only the other side could have sealed, and badly. */
static enum err open_plain(const uint8_t *at, size_t len)
{
	CLEAN_BUF struct buf box = {0}, plain = {0};
	struct wire_message got;
	assert_int_equal(channel_seal(near, (struct bytes){at, len}, &box), OK);
	return wire_open(far, buf_bytes(&box), &plain, &got);
}

static void padding_is_zero_and_of_one_length_only(void **state)
{
	(void)state;
	uint8_t plain[512] = {20, 0, 0, 3, 'a', 'b', 'c'};
	assert_int_equal(open_plain(plain, 128), OK);
	assert_int_equal(open_plain(plain, 127), ERR_CORRUPT);
	assert_int_equal(open_plain(plain, 129), ERR_CORRUPT);
	assert_int_equal(open_plain(plain, 256), ERR_CORRUPT);
	assert_int_equal(open_plain(plain, 0), ERR_CORRUPT);
	assert_int_equal(open_plain(plain, 3), ERR_CORRUPT);

	plain[127] = 1;
	assert_int_equal(open_plain(plain, 128), ERR_CORRUPT);
	plain[127] = 0;
	plain[3] = 125; /* more than is there */
	assert_int_equal(open_plain(plain, 128), ERR_CORRUPT);
	plain[3] = 124;
	assert_int_equal(open_plain(plain, 128), OK);
}

static void a_sealed_message_opens_once_and_unaltered_only(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0}, plain = {0};
	struct wire_message m = {.kind = 20, .inner = bytes_text("words")}, got;
	assert_int_equal(wire_seal(near, &m, &out), OK);
	struct bytes body = {out.at + 2, out.len - 2};
	for (size_t i = 2; i < out.len; i++) {
		out.at[i] ^= 1;
		assert_int_equal(wire_open(far, body, &plain, &got), ERR_AUTH);
		out.at[i] ^= 1;
	}
	assert_int_equal(wire_open(far, body, &plain, &got), OK);
	assert_int_equal(wire_open(far, body, &plain, &got), ERR_AUTH);
}

/* ---- Versions */

static void versions_are_read_as_they_were_written(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	struct wire_versions said = {.min = 2, .max = 7, .features = UINT64_MAX}, read;
	wire_versions_add(&out, &said);
	assert_true(out.len <= 32);
	assert_int_equal(wire_versions_read(buf_bytes(&out), &read), OK);
	assert_int_equal(read.min, 2);
	assert_int_equal(read.max, 7);
	assert_true(read.features == UINT64_MAX);
	for (size_t len = 0; len < out.len; len++)
		assert_int_equal(wire_versions_read((struct bytes){out.at, len}, &read),
			ERR_CORRUPT);
}

static void what_a_later_version_adds_is_read_over(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	struct wire_versions read;
	pack_map(&out, 5);
	pack_uint(&out, 0);
	pack_uint(&out, 1);
	pack_uint(&out, 99);
	pack_array(&out, 1);
	pack_cstr(&out, "later");
	pack_uint(&out, 1);
	pack_uint(&out, 4);
	pack_cstr(&out, "name");
	pack_map(&out, 0);
	pack_uint(&out, 2);
	pack_uint(&out, 0);
	assert_int_equal(wire_versions_read(buf_bytes(&out), &read), OK);
	assert_int_equal(read.max, 4);
}

static void versions_that_say_nothing_are_refused(void **state)
{
	(void)state;
	static const uint8_t cases[][8] = {
		{1, 0x80},                         /* nothing */
		{5, 0x82, 0, 1, 1, 1},             /* no features */
		{7, 0x83, 0, 2, 1, 1, 2, 0},       /* least over greatest */
		{7, 0x83, 0, 1, 0, 1, 2, 0},       /* one key twice */
		{5, 0xdf, 0xff, 0xff, 0xff, 0xff}, /* four milliards of pairs */
	};
	struct wire_versions read;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(
			wire_versions_read(
				(struct bytes){cases[i] + 1, cases[i][0]}, &read),
			ERR_CORRUPT);
	static const uint8_t huge[WIRE_VERSIONS_MAX + 1];
	assert_int_equal(wire_versions_read(BYTES_OF(huge), &read), ERR_TOO_BIG);
}

static void two_sides_speak_the_greatest_version_both_know(void **state)
{
	(void)state;
	struct wire_versions a = {.min = 1, .max = 4, .features = 6}, agreed;
	struct wire_versions b = {.min = 2, .max = 9, .features = 3};
	assert_int_equal(wire_versions_agree(&a, &b, &agreed, NULL), OK);
	assert_int_equal(agreed.max, 4);
	assert_true(agreed.features == 2);

	struct why why = {0};
	b.min = 5;
	assert_int_equal(wire_versions_agree(&a, &b, &agreed, &why), ERR_VERSION);
	assert_non_null(strstr(why.text, "newer"));
	assert_int_equal(wire_versions_agree(&b, &a, &agreed, &why), ERR_VERSION);
	assert_non_null(strstr(why.text, "older"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_the_same_in_one_piece_and_byte_by_byte),
		cmocka_unit_test(frames_come_out_as_they_went_in_however_they_are_cut),
		cmocka_unit_test(a_frame_over_the_limit_is_refused_at_its_length),
		cmocka_unit_test(a_kind_bounds_the_length_of_its_message),
		cmocka_unit_test(lengths_on_the_wire_are_powers_of_two),
		cmocka_unit_test_setup_teardown(
			a_message_comes_through_whole_at_every_length, setup, teardown),
		cmocka_unit_test_setup_teardown(
			padding_is_zero_and_of_one_length_only, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_sealed_message_opens_once_and_unaltered_only, setup, teardown),
		cmocka_unit_test(versions_are_read_as_they_were_written),
		cmocka_unit_test(what_a_later_version_adds_is_read_over),
		cmocka_unit_test(versions_that_say_nothing_are_refused),
		cmocka_unit_test(two_sides_speak_the_greatest_version_both_know),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
