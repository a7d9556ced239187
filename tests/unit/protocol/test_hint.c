#include "tests/test.h"

#include "net/protocol/hint.h"
#include "net/protocol/pairkeys.h"

static struct session_key typer, shower;
static uint8_t challenge[WIRE_CHALLENGE], preface[WIRE_PREFACE];

static int setup(void **state)
{
	(void)state;
	assert_int_equal(crypto_start(), OK);
	struct secret root;
	random_secret(&root);
	pair_session_key(&root, true, 0, &typer);
	pair_session_key(&root, false, 0, &shower);
	random_fill(challenge, sizeof challenge);
	hint_session(&typer.hint_out, challenge, preface);
	return 0;
}

static void each_direction_of_a_pair_has_its_own_key(void **state)
{
	(void)state;
	assert_memory_equal(typer.psk.b, shower.psk.b, sizeof typer.psk.b);
	assert_memory_equal(typer.hint_out.b, shower.hint_in.b, sizeof typer.hint_in.b);
	assert_memory_equal(typer.hint_in.b, shower.hint_out.b, sizeof typer.hint_in.b);
	assert_memory_not_equal(
		typer.hint_in.b, typer.hint_out.b, sizeof typer.hint_in.b);
}

static void announcements_bundles_and_spaces_have_keys_of_their_own(void **state)
{
	(void)state;
	struct secret root, out[2], in[2], bundle, key;
	struct session_key session;
	struct id space;
	random_secret(&root);
	pair_discovery_keys(&root, true, &out[0], &in[0]);
	pair_discovery_keys(&root, false, &out[1], &in[1]);
	pair_bundle_key(&root, &bundle);
	pair_space(&root, &space, &key);
	pair_session_key(&root, true, 0, &session);

	assert_memory_equal(out[0].b, in[1].b, sizeof in[0].b);
	assert_memory_equal(in[0].b, out[1].b, sizeof in[0].b);
	const struct secret *all[] = {&root, &out[0], &in[0], &bundle, &key, &session.psk,
		&session.hint_in, &session.hint_out};
	for (size_t i = 0; i < 8; i++)
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(all[i]->b, all[k]->b, sizeof root.b);
}

static void the_listener_knows_who_calls(void **state)
{
	(void)state;
	assert_int_equal(hint_read(BYTES_OF(preface)), HINT_SESSION);
	assert_true(hint_matches(&shower.hint_in, challenge, BYTES_OF(preface)));
}

static void a_call_sent_back_to_its_caller_is_no_call(void **state)
{
	(void)state;
	assert_false(hint_matches(&typer.hint_in, challenge, BYTES_OF(preface)));
}

static void a_recorded_call_answers_no_other_challenge(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < sizeof challenge * 8; bit++) {
		challenge[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(hint_matches(&shower.hint_in, challenge, BYTES_OF(preface)));
		challenge[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static void every_bit_of_a_preface_counts(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < sizeof preface * 8; bit++) {
		preface[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(hint_matches(&shower.hint_in, challenge, BYTES_OF(preface)));
		preface[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < sizeof preface; len++)
		assert_false(hint_matches(
			&shower.hint_in, challenge, (struct bytes){preface, len}));
}

static void two_calls_to_one_challenge_look_unlike(void **state)
{
	(void)state;
	uint8_t again[WIRE_PREFACE];
	hint_session(&typer.hint_out, challenge, again);
	assert_memory_not_equal(preface + 2, again + 2, 16);
	assert_memory_not_equal(preface + 18, again + 18, 16);
}

static void a_preface_says_version_and_mode(void **state)
{
	(void)state;
	uint8_t pairing[WIRE_PREFACE];
	hint_pairing(pairing);
	assert_int_equal(hint_read(BYTES_OF(pairing)), HINT_PAIRING);
	assert_int_equal(hint_read((struct bytes){pairing, 33}), HINT_NONE);

	for (unsigned version = 0; version < 256; version++)
		for (unsigned mode = 0; mode < 256; mode++) {
			pairing[0] = (uint8_t)version;
			pairing[1] = (uint8_t)mode;
			enum hint_mode expected = HINT_NONE;
			if (version == 1 && mode == 1)
				expected = HINT_PAIRING;
			if (version == 1 && mode == 2)
				expected = HINT_SESSION;
			assert_int_equal(hint_read(BYTES_OF(pairing)), expected);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_direction_of_a_pair_has_its_own_key, setup),
		cmocka_unit_test_setup(
			announcements_bundles_and_spaces_have_keys_of_their_own, setup),
		cmocka_unit_test_setup(the_listener_knows_who_calls, setup),
		cmocka_unit_test_setup(a_call_sent_back_to_its_caller_is_no_call, setup),
		cmocka_unit_test_setup(a_recorded_call_answers_no_other_challenge, setup),
		cmocka_unit_test_setup(every_bit_of_a_preface_counts, setup),
		cmocka_unit_test_setup(two_calls_to_one_challenge_look_unlike, setup),
		cmocka_unit_test_setup(a_preface_says_version_and_mode, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
