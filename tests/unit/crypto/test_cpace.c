#include "tests/test.h"

#include <sodium.h>

#include "core/crypto/cpace.h"

static int start(void **state)
{
	(void)state;
	return crypto_start() == OK ? 0 : -1;
}

static const uint8_t session[32] = {7};

/* One side of a run with the usual names; the code may differ. */
static struct cpace *side(bool initiator, const char *code, uint8_t share[CPACE_SHARE])
{
	const struct cpace_config config = {
		.initiator = initiator,
		.password = bytes_text(code),
		.channel = bytes_text("kith/pair/1 07 typer shower"),
		.session = BYTES_OF(session),
		.own_ad = bytes_text(initiator ? "T\1" : "S\1"),
	};
	return cpace_new(&config, share);
}

struct run {
	struct cpace *side[2]; /* initiator, responder */
	uint8_t share[2][CPACE_SHARE];
};

static void run_start(struct run *run, const char *typed, const char *shown)
{
	run->side[0] = side(true, typed, run->share[0]);
	run->side[1] = side(false, shown, run->share[1]);
}

static void run_end(struct run *run)
{
	cpace_free(run->side[0]);
	cpace_free(run->side[1]);
}

#define RUN CLEANUP(run_end) struct run

static enum err finish(struct run *run, int who, struct bytes share, const char *ad,
	struct cpace_key *out)
{
	return cpace_finish(run->side[who], share, bytes_text(ad), out);
}

static void assert_zero(const struct cpace_key *key)
{
	static const struct cpace_key none;
	assert_memory_equal(key, &none, sizeof none);
}

static void the_same_code_makes_the_same_key(void **state)
{
	(void)state;
	RUN run;
	struct cpace_key a, b;
	run_start(&run, "code", "code");
	assert_int_equal(finish(&run, 0, BYTES_OF(run.share[1]), "S\1", &a), OK);
	assert_int_equal(finish(&run, 1, BYTES_OF(run.share[0]), "T\1", &b), OK);
	assert_true(secret_equal(&a.isk, &b.isk, sizeof a.isk));
	assert_memory_equal(a.session_out, b.session_out, 64);
	assert_memory_equal(a.own_tag, b.their_tag, CPACE_TAG);
	assert_memory_equal(a.their_tag, b.own_tag, CPACE_TAG);
	assert_memory_not_equal(a.own_tag, a.their_tag, CPACE_TAG);
}

static void two_runs_of_one_code_share_nothing(void **state)
{
	(void)state;
	RUN one, two;
	struct cpace_key a, b;
	run_start(&one, "code", "code");
	run_start(&two, "code", "code");
	assert_memory_not_equal(one.share[0], two.share[0], CPACE_SHARE);
	assert_int_equal(finish(&one, 0, BYTES_OF(one.share[1]), "S\1", &a), OK);
	assert_int_equal(finish(&two, 0, BYTES_OF(two.share[1]), "S\1", &b), OK);
	assert_memory_not_equal(&a.isk, &b.isk, sizeof a.isk);
}

/* Nothing says so but the tags: a wrong code costs whoever tries it a guess. */
static void another_code_makes_another_key(void **state)
{
	(void)state;
	RUN run;
	struct cpace_key a, b;
	run_start(&run, "code", "codf");
	assert_int_equal(finish(&run, 0, BYTES_OF(run.share[1]), "S\1", &a), OK);
	assert_int_equal(finish(&run, 1, BYTES_OF(run.share[0]), "T\1", &b), OK);
	assert_false(secret_equal(a.own_tag, b.their_tag, CPACE_TAG));
	assert_false(secret_equal(a.their_tag, b.own_tag, CPACE_TAG));
	assert_false(secret_equal(&a.isk, &b.isk, sizeof a.isk));
}

static void other_associated_data_makes_another_key(void **state)
{
	(void)state;
	RUN run;
	struct cpace_key a, b;
	run_start(&run, "code", "code");
	assert_int_equal(finish(&run, 0, BYTES_OF(run.share[1]), "S\2", &a), OK);
	assert_int_equal(finish(&run, 1, BYTES_OF(run.share[0]), "T\1", &b), OK);
	assert_false(secret_equal(a.own_tag, b.their_tag, CPACE_TAG));
	assert_false(secret_equal(a.their_tag, b.own_tag, CPACE_TAG));
}

static void a_changed_share_fails_or_makes_another_key(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < CPACE_SHARE * 8; bit += 5) {
		RUN run;
		struct cpace_key a, b;
		run_start(&run, "code", "code");
		uint8_t changed[CPACE_SHARE];
		memcpy(changed, run.share[0], sizeof changed);
		changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		enum err e = finish(&run, 1, BYTES_OF(changed), "T\1", &b);
		assert_true(e == OK || e == ERR_AUTH);
		if (e != OK) {
			assert_zero(&b);
			continue;
		}
		assert_int_equal(finish(&run, 0, BYTES_OF(run.share[1]), "S\1", &a), OK);
		assert_false(secret_equal(a.own_tag, b.their_tag, CPACE_TAG));
	}
}

/* libsodium 1.0.18 takes such a share for the same point. */
static void a_share_with_bit_255_set_is_refused(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		RUN run;
		struct cpace_key key;
		run_start(&run, "code", "code");
		uint8_t trap[CPACE_SHARE];
		memcpy(trap, run.share[1 - who], sizeof trap);
		assert_int_equal(trap[31] & 0x80, 0);
		trap[31] |= 0x80;
		assert_int_equal(finish(&run, who, BYTES_OF(trap), "x", &key), ERR_AUTH);
		assert_zero(&key);
	}
}

static void what_is_no_point_or_the_neutral_one_is_refused(void **state)
{
	(void)state;
	/* Identity; odd; the field's prime and one above; all ones; not a square. */
	static const uint8_t bad[][CPACE_SHARE] = {
		{0},
		{1},
		{0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		{0x26, 0x94, 0x8d, 0x35, 0xca, 0x62, 0xe6, 0x43, 0xe2, 0x6a, 0x83, 0x17,
			0x73, 0x32, 0xe6, 0xb6, 0xaf, 0xeb, 0x9d, 0x08, 0xe4, 0x26, 0x8b,
			0x65, 0x0f, 0x1f, 0x5b, 0xbd, 0x8d, 0x81, 0xd3, 0x71},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		for (int who = 0; who < 2; who++) {
			RUN run;
			struct cpace_key key;
			memset(&key, 1, sizeof key);
			run_start(&run, "code", "code");
			assert_int_equal(
				finish(&run, who, BYTES_OF(bad[i]), "x", &key), ERR_AUTH);
			assert_zero(&key);
		}
}

static void our_own_share_is_a_reflection(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		RUN run;
		struct cpace_key key;
		run_start(&run, "code", "code");
		assert_int_equal(
			finish(&run, who, BYTES_OF(run.share[who]), "x", &key), ERR_AUTH);
		assert_zero(&key);
	}
}

static void a_share_has_one_length(void **state)
{
	(void)state;
	for (size_t len = 0; len <= CPACE_SHARE + 1; len++) {
		RUN run;
		struct cpace_key key;
		uint8_t room[CPACE_SHARE + 1] = {0};
		run_start(&run, "code", "code");
		memcpy(room, run.share[1], CPACE_SHARE);
		assert_int_equal(finish(&run, 0, (struct bytes){room, len}, "S\1", &key),
			len == CPACE_SHARE ? OK : ERR_CORRUPT);
		if (len != CPACE_SHARE)
			assert_zero(&key);
	}
}

static void a_run_is_finished_once_whatever_came_of_it(void **state)
{
	(void)state;
	static const uint8_t identity[CPACE_SHARE];
	for (int bad = 0; bad < 2; bad++) {
		RUN run;
		struct cpace_key key;
		run_start(&run, "code", "code");
		struct bytes first = bad ? BYTES_OF(identity) : BYTES_OF(run.share[1]);
		assert_int_equal(
			finish(&run, 0, first, "S\1", &key), bad ? ERR_AUTH : OK);
		assert_int_equal(
			finish(&run, 0, BYTES_OF(run.share[1]), "S\1", &key), ERR_CLOSED);
		assert_zero(&key);
	}
	cpace_free(NULL);
}

static void lengths_stand_in_front_as_leb128(void **state)
{
	(void)state;
	static const uint8_t zeros[200];
	CLEAN_BUF struct buf out = {0};
	lv_add(&out, bytes_text("ab"));
	lv_add(&out, (struct bytes){0});
	lv_add(&out, BYTES_OF(zeros));
	assert_int_equal(out.len, 3 + 1 + 2 + 200);
	assert_memory_equal(out.at, "\2ab\0\xc8\1", 6);
}

/* RFC 6234's "abc", and RFC 4231 case 2. */
static void hashes_are_the_standards(void **state)
{
	(void)state;
	uint8_t out[64], expected[64];
	struct bytes abc[] = {bytes_text("a"), bytes_text("bc")};
	sha512_of(abc, 2, out);
	assert_memory_equal(out, "\xdd\xaf\x35\xa1\x93\x61\x7a\xba\xcc\x41\x73\x49", 12);
	assert_int_equal(crypto_hash_sha512(expected, (const uint8_t *)"abc", 3), 0);
	assert_memory_equal(out, expected, 64);
	struct bytes text[] = {
		bytes_text("what do ya want "), bytes_text("for nothing?")};
	hmac_sha512(bytes_text("Jefe"), text, 2, out);
	assert_memory_equal(out, "\x16\x4b\x7a\x7b\xfc\xf8\x19\xe2\xe3\x95\xfb\xe7", 12);
	hmac_sha512((struct bytes){0}, text, 2, out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_code_makes_the_same_key),
		cmocka_unit_test(two_runs_of_one_code_share_nothing),
		cmocka_unit_test(another_code_makes_another_key),
		cmocka_unit_test(other_associated_data_makes_another_key),
		cmocka_unit_test(a_changed_share_fails_or_makes_another_key),
		cmocka_unit_test(a_share_with_bit_255_set_is_refused),
		cmocka_unit_test(what_is_no_point_or_the_neutral_one_is_refused),
		cmocka_unit_test(our_own_share_is_a_reflection),
		cmocka_unit_test(a_share_has_one_length),
		cmocka_unit_test(a_run_is_finished_once_whatever_came_of_it),
		cmocka_unit_test(lengths_stand_in_front_as_leb128),
		cmocka_unit_test(hashes_are_the_standards),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
