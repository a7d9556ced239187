#include "tests/test.h"

#include <sodium.h>

#include "core/crypto/seal.h"
#include "core/crypto/stream.h"

static int start(void **state)
{
	(void)state;
	return crypto_start() == OK ? 0 : -1;
}

static struct bytes ad(void)
{
	return bytes_text("rec1 and what it is for");
}

/* ---- Records. */

static void a_box_opens_to_what_was_sealed(void **state)
{
	(void)state;
	static const size_t lengths[] = {0, 1, 62, 63, 64, 65, 127, 128, 1000, 100000};
	struct secret key;
	random_secret(&key);
	CLEAN_BUF struct buf plain = {0};
	random_fill(buf_extend(&plain, 100000), 100000);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct bytes part = {plain.at, lengths[i]};
		CLEAN_BUF struct buf box = {0}, got = {0};
		buf_add_text(&box, "before");
		buf_add_text(&got, "before");
		seal(&key, ad(), part, &box);
		assert_int_equal(box.len, 6 + seal_len(lengths[i]));
		buf_drop_front(&box, 6);
		assert_int_equal(seal_open(&key, ad(), buf_bytes(&box), &got), OK);
		buf_drop_front(&got, 6);
		assert_true(bytes_equal(buf_bytes(&got), part));
	}
}

static void a_box_tells_a_length_to_64_bytes_only(void **state)
{
	(void)state;
	assert_int_equal(seal_len(0), 24 + 64 + 16);
	assert_int_equal(seal_len(63), 24 + 64 + 16);
	assert_int_equal(seal_len(64), 24 + 128 + 16);
}

/* As its page says, from libsodium's parts. */
static void a_box_is_nonce_text_and_tag(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	CLEAN_BUF struct buf box = {0};
	seal(&key, ad(), bytes_text("hello"), &box);
	uint8_t plain[64];
	struct bytes a = ad();
	assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
				 box.at + 24, box.len - 24, a.at, a.len, box.at, key.b),
		0);
	assert_memory_equal(plain, "hello\x80", 6);
	for (size_t i = 6; i < 64; i++)
		assert_int_equal(plain[i], 0);
}

static void every_flipped_bit_is_refused(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	CLEAN_BUF struct buf box = {0}, got = {0};
	seal(&key, ad(), bytes_text("some words"), &box);
	for (size_t bit = 0; bit < box.len * 8; bit++) {
		box.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(seal_open(&key, ad(), buf_bytes(&box), &got), ERR_AUTH);
		assert_int_equal(got.len, 0);
		box.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(seal_open(&key, ad(), buf_bytes(&box), &got), OK);
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	CLEAN_BUF struct buf box = {0}, got = {0};
	seal(&key, ad(), (struct bytes){(const uint8_t *)"x", 1}, &box);
	size_t whole = box.len;
	for (size_t len = 0; len < whole; len++) {
		struct bytes cut = {box.at, len};
		assert_int_equal(seal_open(&key, ad(), cut, &got), ERR_CORRUPT);
	}
	buf_add_u8(&box, 0);
	assert_int_equal(seal_open(&key, ad(), buf_bytes(&box), &got), ERR_CORRUPT);
	memset(buf_extend(&box, 63), 0, 63);
	assert_int_equal(seal_open(&key, ad(), buf_bytes(&box), &got), ERR_AUTH);
	assert_int_equal(got.len, 0);
}

static void another_key_or_purpose_does_not_open_it(void **state)
{
	(void)state;
	struct secret key, other;
	random_secret(&key);
	random_secret(&other);
	CLEAN_BUF struct buf box = {0}, got = {0};
	buf_add_text(&got, "kept");
	seal(&key, ad(), bytes_text("words"), &box);
	assert_int_equal(seal_open(&other, ad(), buf_bytes(&box), &got), ERR_AUTH);
	assert_int_equal(
		seal_open(&key, bytes_text("rec1"), buf_bytes(&box), &got), ERR_AUTH);
	assert_int_equal(
		seal_open(&key, (struct bytes){0}, buf_bytes(&box), &got), ERR_AUTH);
	assert_string_equal(buf_text(&got), "kept");
}

/* Sealed with the key by somebody who pads in another way: no record of ours. */
static void a_box_with_wrong_padding_is_refused_and_wiped(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	uint8_t plain[64], box[24 + 64 + 16];
	for (int sort = 0; sort < 3; sort++) {
		memset(plain, 'x', sizeof plain);
		if (sort == 0)
			memset(plain, 0, sizeof plain);
		if (sort == 1)
			plain[63] = 0x81;
		random_fill(box, 24);
		struct bytes a = ad();
		assert_int_equal(
			crypto_aead_xchacha20poly1305_ietf_encrypt(box + 24, NULL, plain,
				sizeof plain, a.at, a.len, NULL, box, key.b),
			0);
		CLEAN_BUF struct buf got = {0};
		assert_int_equal(seal_open(&key, ad(), BYTES_OF(box), &got), ERR_CORRUPT);
		assert_int_equal(got.len, 0);
		for (size_t i = 0; i < 64; i++)
			assert_int_equal(got.at[i], 0);
	}
}

/* Random nonces of 192 bits: the same content never looks the same. */
static void no_nonce_comes_twice(void **state)
{
	(void)state;
	static uint8_t nonces[2000][24];
	struct secret key;
	random_secret(&key);
	for (size_t i = 0; i < 2000; i++) {
		CLEAN_BUF struct buf box = {0};
		seal(&key, ad(), bytes_text("same"), &box);
		memcpy(nonces[i], box.at, 24);
		for (size_t k = 0; k < i; k++)
			assert_true(memcmp(nonces[k], nonces[i], 24) != 0);
	}
}

static void a_wrapped_key_opens_as_it_was_wrapped_only(void **state)
{
	(void)state;
	static const struct secret none;
	struct secret key, inner, got;
	uint8_t wrapped[WRAPPED_LEN];
	random_secret(&key);
	random_secret(&inner);
	secret_wrap(&key, ad(), &inner, wrapped);
	assert_int_equal(secret_unwrap(&key, ad(), wrapped, &got), OK);
	assert_memory_equal(&got, &inner, sizeof got);
	for (size_t bit = 0; bit < WRAPPED_LEN * 8; bit++) {
		wrapped[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(secret_unwrap(&key, ad(), wrapped, &got), ERR_AUTH);
		assert_memory_equal(&got, &none, sizeof got);
		wrapped[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(
		secret_unwrap(&key, bytes_text("slot2"), wrapped, &got), ERR_AUTH);
	assert_int_equal(secret_unwrap(&inner, ad(), wrapped, &got), ERR_AUTH);
}

/* ---- Streams. */

struct pair {
	struct secret key;
	uint8_t header[STREAM_HEADER];
	struct buf boxes[4];
};

/* Four chunks: full, short, empty, last. */
static void pair_start(struct pair *p)
{
	static uint8_t chunk[STREAM_CHUNK];
	static const size_t lengths[] = {STREAM_CHUNK, 5, 0, 100};
	*p = (struct pair){0};
	random_secret(&p->key);
	struct stream *writer = stream_new_writer(&p->key, p->header);
	for (size_t i = 0; i < 4; i++) {
		memset(chunk, (int)('a' + i), sizeof chunk);
		stream_seal(
			writer, (struct bytes){chunk, lengths[i]}, i == 3, &p->boxes[i]);
		assert_int_equal(p->boxes[i].len, STREAM_BOX(lengths[i]));
	}
	stream_free(writer);
}

static void pair_end(struct pair *p)
{
	for (size_t i = 0; i < 4; i++)
		buf_release(&p->boxes[i]);
}

#define PAIR CLEANUP(pair_end) struct pair

static enum err read_box(struct stream *reader, const struct buf *box, bool *last)
{
	CLEAN_BUF struct buf got = {0};
	buf_add_text(&got, "kept");
	enum err e = stream_open(reader, buf_bytes(box), &got, last);
	assert_int_equal(got.len, e == OK ? 4 + box->len - STREAM_OVERHEAD : 4);
	return e;
}

static void a_stream_comes_back_and_knows_its_end(void **state)
{
	(void)state;
	PAIR p;
	pair_start(&p);
	struct stream *reader = stream_new_reader(&p.key, p.header);
	bool last = false;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(read_box(reader, &p.boxes[i], &last), OK);
		assert_int_equal(last, i == 3);
	}
	assert_int_equal(read_box(reader, &p.boxes[3], &last), ERR_CLOSED);
	assert_false(last);
	stream_free(reader);
	stream_free(NULL);
}

static void swapping_skipping_and_repeating_chunks_is_noticed(void **state)
{
	(void)state;
	PAIR p;
	pair_start(&p);
	static const size_t orders[][2] = {
		{1, 0}, {0, 2}, {0, 0}, {3, 0}, {2, 1}, {0, 3}};
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		struct stream *reader = stream_new_reader(&p.key, p.header);
		bool last = true;
		enum err e = read_box(reader, &p.boxes[orders[i][0]], &last);
		if (e == OK)
			e = read_box(reader, &p.boxes[orders[i][1]], &last);
		assert_int_equal(e, ERR_AUTH);
		assert_false(last);
		/* And it is over, the right chunk included. */
		assert_int_equal(read_box(reader, &p.boxes[1], &last), ERR_CLOSED);
		stream_free(reader);
	}
}

static void a_changed_chunk_header_or_key_is_noticed(void **state)
{
	(void)state;
	PAIR p;
	pair_start(&p);
	bool last;
	struct buf *box = &p.boxes[1];
	/* The first chunk, so that a reader is at its place. */
	struct stream *writer = stream_new_writer(&p.key, p.header);
	buf_clear(box);
	stream_seal(writer, bytes_text("words"), true, box);
	stream_free(writer);
	for (size_t bit = 0; bit < box->len * 8; bit++) {
		struct stream *reader = stream_new_reader(&p.key, p.header);
		box->at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(read_box(reader, box, &last), ERR_AUTH);
		box->at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		stream_free(reader);
	}
	for (size_t at = 0; at < STREAM_HEADER; at++) {
		p.header[at] ^= 1;
		struct stream *reader = stream_new_reader(&p.key, p.header);
		assert_int_equal(read_box(reader, box, &last), ERR_AUTH);
		stream_free(reader);
		p.header[at] ^= 1;
	}
	p.key.b[0] ^= 1;
	struct stream *reader = stream_new_reader(&p.key, p.header);
	assert_int_equal(read_box(reader, box, &last), ERR_AUTH);
	stream_free(reader);
}

static void a_chunk_of_no_possible_length_is_refused(void **state)
{
	(void)state;
	PAIR p;
	pair_start(&p);
	bool last = false;
	for (size_t len = 0; len < STREAM_OVERHEAD; len++) {
		struct stream *reader = stream_new_reader(&p.key, p.header);
		p.boxes[1].len = len;
		assert_int_equal(
			stream_open(reader, buf_bytes(&p.boxes[1]), &p.boxes[2], &last),
			ERR_CORRUPT);
		stream_free(reader);
	}
	struct stream *reader = stream_new_reader(&p.key, p.header);
	buf_add_u8(&p.boxes[0], 0);
	assert_int_equal(read_box(reader, &p.boxes[0], &last), ERR_TOO_BIG);
	stream_freep(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_box_opens_to_what_was_sealed),
		cmocka_unit_test(a_box_tells_a_length_to_64_bytes_only),
		cmocka_unit_test(a_box_is_nonce_text_and_tag),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(another_key_or_purpose_does_not_open_it),
		cmocka_unit_test(a_box_with_wrong_padding_is_refused_and_wiped),
		cmocka_unit_test(no_nonce_comes_twice),
		cmocka_unit_test(a_wrapped_key_opens_as_it_was_wrapped_only),
		cmocka_unit_test(a_stream_comes_back_and_knows_its_end),
		cmocka_unit_test(swapping_skipping_and_repeating_chunks_is_noticed),
		cmocka_unit_test(a_changed_chunk_header_or_key_is_noticed),
		cmocka_unit_test(a_chunk_of_no_possible_length_is_refused),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
