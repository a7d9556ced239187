#include "tests/unit/store/fixture.h"

#include "core/base/mem.h"
#include "core/crypto/seal.h"
#include "core/store/keyring.h"

static struct keyring *ring_of(unsigned count)
{
	struct keyring *ring = keyring_new(0);
	for (unsigned i = 1; i <= count; i++)
		assert_non_null(keyring_add(ring, doc(i)));
	return ring;
}

static const struct keyring_place place = {.store = {{5}}, .erasure = 3};

/* All chunks, sealed and opened again. */
static struct keyring *copy_through_chunks(
	const struct keyring *ring, const struct secret *key)
{
	struct keyring *copy = keyring_new(keyring_chunks(ring));
	for (uint32_t i = 0; i < keyring_chunks(ring); i++) {
		struct keyring_place here = place;
		CLEAN_BUF struct buf box = {0};
		here.chunk = i;
		keyring_seal_chunk(ring, key, &here, &box);
		assert_int_equal(
			keyring_open_chunk(copy, key, &here, buf_bytes(&box)), OK);
	}
	return copy;
}

static void assert_same(const struct keyring *a, const struct keyring *b)
{
	assert_int_equal(keyring_count(a), keyring_count(b));
	for (size_t i = 0; i < keyring_count(a); i++) {
		struct id id = keyring_at(a, i);
		assert_non_null(keyring_find(b, id));
		assert_memory_equal(
			keyring_find(a, id), keyring_find(b, id), sizeof(struct secret));
	}
}

static void each_document_has_a_key_of_its_own(void **state)
{
	(void)state;
	struct keyring *ring = ring_of(1000);
	assert_int_equal(keyring_count(ring), 1000);
	assert_int_equal(keyring_chunks(ring), 8);
	assert_null(keyring_find(ring, doc(1001)));
	assert_null(keyring_find(ring, (struct id){{0}}));
	for (unsigned i = 2; i <= 1000; i++)
		assert_memory_not_equal(keyring_find(ring, doc(i)),
			keyring_find(ring, doc(i - 1)), sizeof(struct secret));
	keyring_free(ring);
	keyring_free(NULL);
}

static void an_empty_ring_has_no_chunks(void **state)
{
	(void)state;
	struct keyring *ring = keyring_new(0);
	const struct id one = doc(1);
	assert_int_equal(keyring_chunks(ring), 0);
	assert_null(keyring_find(ring, one));
	assert_int_equal(keyring_drop(ring, &one, 1), 0);
	assert_non_null(keyring_add(ring, one));
	assert_int_equal(keyring_drop(ring, &one, 1), 1);
	assert_int_equal(keyring_chunks(ring), 0);
	keyring_free(ring);
}

static void a_new_document_dirties_one_chunk(void **state)
{
	(void)state;
	struct keyring *ring = ring_of(300);
	keyring_set_clean(ring);
	assert_non_null(keyring_add(ring, doc(301)));
	assert_false(keyring_is_dirty(ring, 0));
	assert_false(keyring_is_dirty(ring, 1));
	assert_true(keyring_is_dirty(ring, 2));
	keyring_free(ring);
}

static void dropping_keeps_all_others_and_dirties_everything(void **state)
{
	(void)state;
	static const struct secret none;
	WIPED(secret) kept;
	struct keyring *ring = ring_of(300);
	kept = *keyring_find(ring, doc(299));
	keyring_set_clean(ring);
	const struct id ids[] = {doc(300), doc(1), doc(1), doc(150), doc(4711)};
	assert_int_equal(keyring_drop(ring, ids, 5), 3);
	assert_int_equal(keyring_count(ring), 297);
	assert_null(keyring_find(ring, doc(1)));
	assert_null(keyring_find(ring, doc(150)));
	assert_null(keyring_find(ring, doc(300)));
	assert_memory_equal(keyring_find(ring, doc(299)), &kept, sizeof kept);
	for (unsigned i = 2; i < 300; i++)
		if (i != 150)
			assert_memory_not_equal(
				keyring_find(ring, doc(i)), &none, sizeof none);
	for (uint32_t i = 0; i < keyring_chunks(ring); i++)
		assert_true(keyring_is_dirty(ring, i));
	keyring_free(ring);
}

static void chunks_come_back_as_they_were(void **state)
{
	(void)state;
	static const unsigned counts[] = {1, 127, 128, 129, 256, 700};
	WIPED(secret) key;
	random_secret(&key);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct keyring *ring = ring_of(counts[i]);
		struct keyring *copy = copy_through_chunks(ring, &key);
		assert_same(ring, copy);
		/* And goes on as any other. */
		assert_non_null(keyring_add(copy, doc(9999)));
		const struct id one = doc(1);
		assert_int_equal(keyring_drop(copy, &one, 1), 1);
		keyring_free(copy);
		keyring_free(ring);
	}
}

/* What was dropped is in no chunk, and neither is where it stood. */
static void a_dropped_key_is_in_no_chunk(void **state)
{
	(void)state;
	WIPED(secret) key, gone;
	random_secret(&key);
	struct keyring *ring = ring_of(130);
	gone = *keyring_find(ring, doc(130));
	const struct id last = doc(130);
	assert_int_equal(keyring_drop(ring, &last, 1), 1);
	for (uint32_t i = 0; i < keyring_chunks(ring); i++) {
		struct keyring_place here = place;
		CLEAN_BUF struct buf box = {0}, plain = {0}, ad = {0};
		here.chunk = i;
		keyring_seal_chunk(ring, &key, &here, &box);
		buf_add_text(&ad, "keys1");
		buf_add(&ad, BYTES_OF(here.store.b));
		buf_add_u64(&ad, here.erasure);
		buf_add_u32(&ad, here.chunk);
		assert_int_equal(
			seal_open(&key, buf_bytes(&ad), buf_bytes(&box), &plain), OK);
		assert_int_equal(plain.len, KEYRING_CHUNK_LEN);
		assert_null(memmem(plain.at, plain.len, gone.b, sizeof gone.b));
		assert_null(memmem(plain.at, plain.len, last.b, sizeof last.b));
	}
	keyring_free(ring);
}

static void a_chunk_opens_only_in_its_own_place(void **state)
{
	(void)state;
	WIPED(secret) key, other;
	random_secret(&key);
	random_secret(&other);
	struct keyring *ring = ring_of(128);
	CLEAN_BUF struct buf box = {0};
	keyring_seal_chunk(ring, &key, &place, &box);
	keyring_free(ring);

	struct keyring_place places[] = {place, place, place};
	places[0].store.b[0] ^= 1;
	places[1].erasure++;
	places[2].chunk++;
	for (size_t i = 0; i < 3; i++) {
		struct keyring *fresh = keyring_new(0);
		assert_int_equal(
			keyring_open_chunk(fresh, &key, &places[i], buf_bytes(&box)),
			ERR_DAMAGED);
		keyring_free(fresh);
	}
	struct keyring *fresh = keyring_new(0);
	assert_int_equal(
		keyring_open_chunk(fresh, &other, &place, buf_bytes(&box)), ERR_DAMAGED);
	keyring_free(fresh);
	for (size_t at = 0; at < box.len; at += 61) {
		fresh = keyring_new(0);
		box.at[at] ^= 1;
		assert_int_equal(keyring_open_chunk(fresh, &key, &place, buf_bytes(&box)),
			ERR_DAMAGED);
		box.at[at] ^= 1;
		keyring_free(fresh);
	}
}

/* Well sealed, but not what we would have written. */
static void a_chunk_that_no_ring_has_is_refused(void **state)
{
	(void)state;
	WIPED(secret) key;
	random_secret(&key);
	CLEAN_BUF struct buf ad = {0};
	buf_add_text(&ad, "keys1");
	buf_add(&ad, BYTES_OF(place.store.b));
	buf_add_u64(&ad, place.erasure);
	buf_add_u32(&ad, 0);
	static uint8_t plain[KEYRING_CHUNK_LEN + 48];
	for (int sort = 0; sort < 4; sort++) {
		memset(plain, 0, sizeof plain);
		plain[0] = 1;
		size_t len = KEYRING_CHUNK_LEN;
		if (sort == 0)
			plain[48] = 1; /* the same document twice */
		if (sort == 1)
			plain[2 * 48] = 2; /* one behind the end */
		if (sort == 2)
			len -= 48;
		if (sort == 3)
			len += 48;
		CLEAN_BUF struct buf box = {0};
		seal(&key, buf_bytes(&ad), (struct bytes){plain, len}, &box);
		struct keyring *ring = keyring_new(0);
		assert_int_equal(keyring_open_chunk(ring, &key, &place, buf_bytes(&box)),
			ERR_DAMAGED);
		keyring_free(ring);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_document_has_a_key_of_its_own),
		cmocka_unit_test(an_empty_ring_has_no_chunks),
		cmocka_unit_test(a_new_document_dirties_one_chunk),
		cmocka_unit_test(dropping_keeps_all_others_and_dirties_everything),
		cmocka_unit_test(chunks_come_back_as_they_were),
		cmocka_unit_test(a_dropped_key_is_in_no_chunk),
		cmocka_unit_test(a_chunk_opens_only_in_its_own_place),
		cmocka_unit_test(a_chunk_that_no_ring_has_is_refused),
	};
	return cmocka_run_group_tests(tests, fixture_start, NULL);
}
