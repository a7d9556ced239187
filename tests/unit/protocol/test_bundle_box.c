/* The sealed outside of a bundle: who opens it, and what may befall a file. */
#include "tests/test.h"

#include "core/crypto/noise.h"
#include "core/crypto/stream.h"
#include "net/protocol/bundle_box.h"
#include "net/protocol/wire.h"

#define HEAD_OF(n) ((size_t)7 + (size_t)(n)*BUNDLE_STANZA + 32 + STREAM_HEADER)

static struct dh_secret writer, reader[2], stranger;
static struct dh_public writer_pub, reader_pub[2], stranger_pub;
static struct secret psk, other_psk;

static int begin(void **state)
{
	(void)state;
	assert_int_equal(crypto_start(), OK);
	dh_pair(&writer, &writer_pub);
	for (int i = 0; i < 2; i++)
		dh_pair(&reader[i], &reader_pub[i]);
	dh_pair(&stranger, &stranger_pub);
	random_secret(&psk);
	random_secret(&other_psk);
	return 0;
}

/* A bundle for `count` readers with records 1, 2 … of these lengths. */
static void make(size_t count, const size_t *lens, size_t records, struct buf *out)
{
	struct bundle_reader_key keys[BUNDLE_STANZAS_MAX];
	struct bundle_id id;
	for (size_t i = 0; i < count; i++)
		keys[i] = (struct bundle_reader_key){
			i < 2 ? reader_pub[i] : stranger_pub, psk};
	buf_clear(out);
	struct bundle_writer *w = bundle_writer_new(&writer, keys, count, out, &id);
	for (size_t i = 0; i < records; i++) {
		CLEAN_BUF struct buf record = {0};
		memset(buf_extend(&record, lens[i]), (int)('a' + i), lens[i]);
		bundle_writer_add(w, (uint8_t)(i + 1), buf_bytes(&record), out);
	}
	bundle_writer_end(w, out);
	bundle_writer_free(w);
}

static void make_small(struct buf *out)
{
	make(1, (const size_t[]){5, 0, 300}, 3, out);
}

/* Read it as `own`, `step` bytes at a time; `told`: "1:5 2:0 …". */
static enum err read_as(const struct dh_secret *own, const struct secret *key,
	struct bytes file, size_t step, struct buf *told)
{
	struct bundle_writer_key keys[] = {
		{stranger_pub, *key, 7}, {writer_pub, *key, 8}};
	struct bundle_reader *r = bundle_reader_new(own, keys, 2);
	enum err e = OK;
	bool given = false;
	while (e == OK && !given) {
		struct bytes part;
		bool got = true;
		given = file.len == 0;
		(void)bytes_take(&file, file.len < step ? file.len : step, &part);
		if (given)
			bundle_reader_end(r);
		else
			bundle_reader_recv(r, part);
		while (e == OK && got) {
			struct bundle_record record;
			e = bundle_reader_next(r, &record, &got, NULL);
			if (e == OK && got && told != NULL)
				buf_add_format(
					told, "%u:%zu ", record.kind, record.bytes.len);
		}
	}
	if (e == OK)
		assert_int_equal(bundle_reader_key(r)->tag, 8);
	bundle_reader_free(r);
	return e;
}

static enum err read_file(const struct buf *file)
{
	return read_as(&reader[0], &psk, buf_bytes(file), 65536, NULL);
}

/* ---- Who opens it. */

static void each_device_it_is_for_opens_it_and_nobody_else(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0}, told = {0};
	make(2, (const size_t[]){5, 0, 300}, 3, &file);
	for (int i = 0; i < 2; i++) {
		buf_clear(&told);
		assert_int_equal(
			read_as(&reader[i], &psk, buf_bytes(&file), 65536, &told), OK);
		assert_string_equal(buf_text(&told), "1:5 2:0 3:300 ");
	}
	assert_int_equal(
		read_as(&stranger, &psk, buf_bytes(&file), 65536, NULL), ERR_AUTH);
	assert_int_equal(
		read_as(&reader[0], &other_psk, buf_bytes(&file), 65536, NULL), ERR_AUTH);
	assert_int_equal(read_as(&writer, &psk, buf_bytes(&file), 65536, NULL), ERR_AUTH);
}

static void it_is_from_the_device_whose_key_opens_it(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	struct bundle_writer_key only_stranger = {stranger_pub, psk, 1};
	struct bundle_record record;
	bool got;
	make_small(&file);
	struct bundle_reader *r = bundle_reader_new(&reader[0], &only_stranger, 1);
	bundle_reader_recv(r, buf_bytes(&file));
	assert_int_equal(bundle_reader_next(r, &record, &got, NULL), ERR_AUTH);
	assert_int_equal(bundle_reader_next(r, &record, &got, NULL), ERR_AUTH);
	bundle_reader_free(r);
}

static void nobody_is_named_in_it_and_every_stanza_looks_alike(void **state)
{
	(void)state;
	static const struct {
		size_t readers, stanzas;
	} cases[] = {{1, 4}, {4, 4}, {5, 8}, {9, 16}, {16, 16}};
	const struct dh_public *pubs[] = {
		&writer_pub, &reader_pub[0], &reader_pub[1], &stranger_pub};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEAN_BUF struct buf file = {0};
		make(cases[i].readers, NULL, 0, &file);
		assert_int_equal(file.at[6], cases[i].stanzas);
		for (size_t k = 0; k < 4; k++)
			assert_null(memmem(file.at, file.len, pubs[k]->b, 32));
		/* The highest bit of a true key is never set. */
		for (size_t k = 0; k < cases[i].stanzas; k++)
			assert_int_equal(file.at[7 + k * BUNDLE_STANZA + 31] & 0x80, 0);
	}
}

static void the_place_of_the_reader_is_drawn(void **state)
{
	(void)state;
	bool seen[4] = {false};
	for (int i = 0; i < 100; i++) {
		CLEAN_BUF struct buf file = {0};
		make(1, NULL, 0, &file);
		/* The stanza whose damage keeps the reader out. */
		for (size_t k = 0; k < 4; k++) {
			file.at[7 + k * BUNDLE_STANZA + 40] ^= 1;
			seen[k] = seen[k] || read_file(&file) == ERR_AUTH;
			file.at[7 + k * BUNDLE_STANZA + 40] ^= 1;
		}
		if (seen[0] && seen[1] && seen[2] && seen[3])
			return;
	}
	fail();
}

static void few_lengths_of_file_are_ever_seen(void **state)
{
	(void)state;
	static const struct {
		size_t record, content;
	} cases[] = {{0, 1024}, {900, 1024}, {1100, 2048}, {30000, 32768}, {65000, 65536},
		{66000, 131072}, {200000, 262144}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEAN_BUF struct buf file = {0};
		make(1, &cases[i].record, 1, &file);
		size_t chunks = (cases[i].content + STREAM_CHUNK - 1) / STREAM_CHUNK;
		assert_int_equal(file.len,
			HEAD_OF(4) + cases[i].content + chunks * STREAM_OVERHEAD);
		assert_int_equal(read_file(&file), OK);
	}
}

static void bytes_may_come_as_they_like(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	make(1, (const size_t[]){70000, 0, 1, 131072, 65536}, 5, &file);
	static const size_t steps[] = {1009, 4096, 65536, 65553, 1 << 20};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		CLEAN_BUF struct buf told = {0};
		assert_int_equal(
			read_as(&reader[0], &psk, buf_bytes(&file), steps[i], &told), OK);
		assert_string_equal(buf_text(&told), "1:70000 2:0 3:1 4:131072 5:65536 ");
	}
	make_small(&file);
	assert_int_equal(read_as(&reader[0], &psk, buf_bytes(&file), 1, NULL), OK);
}

/* ---- What may befall it. */

/* Every byte takes seconds: in the full suite. */
static size_t step(void)
{
	return getenv("KITH_TEST_EVERY") != NULL ? 1 : 7;
}

static void every_flipped_byte_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	make_small(&file);
	for (size_t i = 0; i < file.len; i += step()) {
		file.at[i] ^= (uint8_t)(1u << i % 8);
		enum err e = read_file(&file);
		assert_true(e == ERR_AUTH || e == ERR_CORRUPT || e == ERR_VERSION);
		file.at[i] ^= (uint8_t)(1u << i % 8);
	}
	assert_int_equal(read_file(&file), OK);
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	make_small(&file);
	for (size_t len = 0; len < file.len; len += step())
		assert_int_equal(read_as(&reader[0], &psk, (struct bytes){file.at, len},
					 65536, NULL),
			ERR_CORRUPT);
}

static void one_that_ends_between_two_chunks_is_cut_short(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	make(1, (const size_t[]){65536 * 3}, 1, &file);
	for (size_t n = 0; n < 3; n++) {
		size_t len = HEAD_OF(4) + n * STREAM_BOX(STREAM_CHUNK);
		assert_int_equal(read_as(&reader[0], &psk, (struct bytes){file.at, len},
					 65536, NULL),
			ERR_CORRUPT);
	}
}

static void what_follows_the_end_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	make_small(&file);
	buf_add_u8(&file, 0);
	assert_int_equal(read_file(&file), ERR_CORRUPT);
	make(1, (const size_t[]){65536 * 2}, 1, &file);
	CLEAN_BUF struct buf twice = {0};
	buf_add(&twice, buf_bytes(&file));
	buf_add(&twice, buf_bytes(&file));
	assert_int_equal(read_file(&twice), ERR_CORRUPT);
}

static uint8_t *chunk(struct buf *file, size_t n)
{
	return file->at + HEAD_OF(4) + n * STREAM_BOX(STREAM_CHUNK);
}

static void chunks_in_another_order_or_twice_or_left_out_are_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0}, other = {0};
	const size_t box = STREAM_BOX(STREAM_CHUNK);
	make(1, (const size_t[]){65536 * 3 + 10}, 1, &file);
	buf_add(&other, buf_bytes(&file));
	memcpy(chunk(&other, 0), chunk(&file, 1), box);
	memcpy(chunk(&other, 1), chunk(&file, 0), box);
	assert_int_equal(read_file(&other), ERR_CORRUPT);
	memcpy(chunk(&other, 0), chunk(&file, 0), box);
	assert_int_equal(read_file(&other), ERR_CORRUPT); /* 0 0 2 3 */
	memcpy(chunk(&other, 1), chunk(&file, 2), 2 * box);
	other.len -= box;
	assert_int_equal(read_file(&other), ERR_CORRUPT); /* 0 2 3 */
}

static void a_head_on_another_body_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf one = {0}, two = {0};
	make_small(&one);
	make_small(&two);
	memcpy(one.at, two.at, HEAD_OF(4));
	assert_int_equal(read_file(&one), ERR_CORRUPT);
	make_small(&one);
	memcpy(one.at, two.at, HEAD_OF(4) - STREAM_HEADER);
	assert_int_equal(read_file(&one), ERR_CORRUPT);
}

static void a_newer_one_is_told_from_a_damaged_one(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	make_small(&file);
	file.at[5] = '2';
	assert_int_equal(read_file(&file), ERR_VERSION);
	assert_true(bundle_looks_so(buf_bytes(&file)));
	file.at[0] = 'k';
	assert_int_equal(read_file(&file), ERR_CORRUPT);
	assert_false(bundle_looks_so(buf_bytes(&file)));
}

/* ---- What a partner may seal who is no friend: the content is made here by hand. */

static enum err read_content(struct bytes content)
{
	struct bundle_reader_key key = {reader_pub[0], psk};
	struct bundle_id id;
	CLEAN_BUF struct buf file = {0};
	struct bundle_writer *w = bundle_writer_new(&writer, &key, 1, &file, &id);
	bundle_writer_free(w);
	/* The head is good, the body is another: its key comes out of the first stanza
	 * that opens, so it is sealed with what a reader would find. */
	struct noise_config config = {.pattern = "Kpsk0",
		.prologue = bytes_text("kith/bundle/1"),
		.psk = &psk,
		.own = &reader[0],
		.remote = &writer_pub};
	struct secret file_key, body_key;
	bool opened = false;
	for (size_t i = 0; i < 4 && !opened; i++) {
		CLEAN_BUF struct buf payload = {0};
		struct noise *noise = noise_new(&config);
		struct bytes stanza = {file.at + 7 + i * BUNDLE_STANZA, BUNDLE_STANZA};
		opened = noise_read(noise, stanza, &payload) == OK;
		if (opened)
			memcpy(file_key.b, payload.at, 32);
		noise_free(noise);
	}
	assert_true(opened);
	secret_derive(&file_key, "bndlbdy1", 1, &body_key);
	file.len = HEAD_OF(4);
	struct stream *s =
		stream_new_writer(&body_key, file.at + HEAD_OF(4) - STREAM_HEADER);
	while (content.len > STREAM_CHUNK) {
		struct bytes part;
		(void)bytes_take(&content, STREAM_CHUNK, &part);
		stream_seal(s, part, false, &file);
	}
	stream_seal(s, content, true, &file);
	stream_free(s);
	return read_file(&file);
}

static void add_versions(struct buf *out, uint16_t min, uint16_t max)
{
	CLEAN_BUF struct buf versions = {0};
	struct wire_versions v = {.min = min, .max = max};
	wire_versions_add(&versions, &v);
	buf_add_u16(out, (uint16_t)versions.len);
	buf_add(out, buf_bytes(&versions));
}

static void a_version_this_kith_does_not_read_is_refused(void **state)
{
	(void)state;
	static const struct {
		uint16_t min, max;
		enum err err;
	} cases[] = {{WIRE_VERSION, WIRE_VERSION, OK}, {1, WIRE_VERSION + 8, OK},
		{WIRE_VERSION + 1, 9, ERR_VERSION}, {0, WIRE_VERSION - 1, ERR_VERSION}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEAN_BUF struct buf content = {0};
		add_versions(&content, cases[i].min, cases[i].max);
		buf_add_u8(&content, BUNDLE_END);
		buf_add_u32(&content, 0);
		assert_int_equal(read_content(buf_bytes(&content)), cases[i].err);
	}
}

static void a_length_that_is_not_true_is_refused(void **state)
{
	(void)state;
	static const uint32_t lens[] = {
		1, BUNDLE_RECORD_MAX, BUNDLE_RECORD_MAX + 1, UINT32_MAX};
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		CLEAN_BUF struct buf content = {0};
		add_versions(&content, WIRE_VERSION, WIRE_VERSION);
		buf_add_u8(&content, 1);
		buf_add_u32(&content, lens[i]);
		assert_int_equal(read_content(buf_bytes(&content)), ERR_CORRUPT);
	}
	CLEAN_BUF struct buf content = {0};
	buf_add_u16(&content, UINT16_MAX);
	assert_int_equal(read_content(buf_bytes(&content)), ERR_CORRUPT);
	buf_clear(&content);
	assert_int_equal(read_content(buf_bytes(&content)), ERR_CORRUPT);
}

static void behind_the_end_there_is_nothing_but_zeros(void **state)
{
	(void)state;
	for (int bad = 0; bad < 3; bad++) {
		CLEAN_BUF struct buf content = {0};
		add_versions(&content, WIRE_VERSION, WIRE_VERSION);
		buf_add_u8(&content, BUNDLE_END);
		buf_add_u32(&content, bad == 1 ? 1 : 0);
		memset(buf_extend(&content, STREAM_CHUNK), 0, STREAM_CHUNK);
		content.at[content.len - 1] = bad == 2;
		assert_int_equal(
			read_content(buf_bytes(&content)), bad == 0 ? OK : ERR_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_device_it_is_for_opens_it_and_nobody_else),
		cmocka_unit_test(it_is_from_the_device_whose_key_opens_it),
		cmocka_unit_test(nobody_is_named_in_it_and_every_stanza_looks_alike),
		cmocka_unit_test(the_place_of_the_reader_is_drawn),
		cmocka_unit_test(few_lengths_of_file_are_ever_seen),
		cmocka_unit_test(bytes_may_come_as_they_like),
		cmocka_unit_test(every_flipped_byte_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(one_that_ends_between_two_chunks_is_cut_short),
		cmocka_unit_test(what_follows_the_end_is_refused),
		cmocka_unit_test(
			chunks_in_another_order_or_twice_or_left_out_are_refused),
		cmocka_unit_test(a_head_on_another_body_is_refused),
		cmocka_unit_test(a_newer_one_is_told_from_a_damaged_one),
		cmocka_unit_test(a_version_this_kith_does_not_read_is_refused),
		cmocka_unit_test(a_length_that_is_not_true_is_refused),
		cmocka_unit_test(behind_the_end_there_is_nothing_but_zeros),
	};
	return cmocka_run_group_tests(tests, begin, NULL);
}
