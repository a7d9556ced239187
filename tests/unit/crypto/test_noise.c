#include "tests/test.h"

#include "core/crypto/noise.h"

static int start(void **state)
{
	(void)state;
	return crypto_start() == OK ? 0 : -1;
}

/* Two people who share a psk, and their devices' keys. */
struct cast {
	struct secret psk;
	struct dh_secret own[2];
	struct dh_public pub[2];
	struct noise *side[2]; /* initiator, responder */
};

static struct noise *new_side(const struct cast *cast, const char *pattern, int who)
{
	bool known = strcmp(pattern, "Kpsk0") == 0;
	const struct noise_config config = {
		.pattern = pattern,
		.initiator = who == 0,
		.prologue = bytes_text("kith/noise/1 challenge preface"),
		.psk = &cast->psk,
		.own = &cast->own[who],
		.remote = known ? &cast->pub[1 - who] : NULL,
	};
	return noise_new(&config);
}

static void cast_start(struct cast *cast, const char *pattern)
{
	*cast = (struct cast){0};
	random_secret(&cast->psk);
	for (int i = 0; i < 2; i++)
		dh_pair(&cast->own[i], &cast->pub[i]);
	for (int i = 0; i < 2; i++)
		cast->side[i] = new_side(cast, pattern, i);
}

static void cast_end(struct cast *cast)
{
	noise_free(cast->side[0]);
	noise_free(cast->side[1]);
}

#define CAST CLEANUP(cast_end) struct cast

static const char *const payloads[] = {"", "versions 1 2", "versions 1"};

/* Message number `at`, from 0, written by whose turn it is. */
static void write_at(struct cast *cast, size_t at, struct buf *message)
{
	struct noise *writer = cast->side[at % 2];
	assert_true(noise_is_my_turn(writer));
	assert_int_equal(noise_write(writer, bytes_text(payloads[at]), message), OK);
}

static enum err read_at(struct cast *cast, size_t at, struct bytes message)
{
	CLEAN_BUF struct buf payload = {0};
	buf_add_text(&payload, "kept");
	enum err e = noise_read(cast->side[1 - at % 2], message, &payload);
	buf_drop_front(&payload, 4);
	assert_string_equal(buf_text(&payload), e == OK ? payloads[at] : "");
	return e;
}

static void exchange(struct cast *cast, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++) {
		CLEAN_BUF struct buf message = {0};
		write_at(cast, at, &message);
		assert_int_equal(read_at(cast, at, buf_bytes(&message)), OK);
	}
}

/* ---- A whole handshake. */

static void three_messages_make_a_session(void **state)
{
	(void)state;
	static const size_t lengths[] = {48, 32 + 48 + 12 + 16, 48 + 10 + 16};
	CAST cast;
	cast_start(&cast, "XXpsk0");
	for (size_t at = 0; at < 3; at++) {
		CLEAN_BUF struct buf message = {0};
		write_at(&cast, at, &message);
		assert_int_equal(message.len, lengths[at]);
		assert_int_equal(read_at(&cast, at, buf_bytes(&message)), OK);
	}
	uint8_t hashes[2][NOISE_HASH];
	for (int i = 0; i < 2; i++) {
		assert_true(noise_is_done(cast.side[i]));
		assert_false(noise_is_my_turn(cast.side[i]));
		assert_true(
			dh_public_equal(noise_remote(cast.side[i]), &cast.pub[1 - i]));
		noise_hash(cast.side[i], hashes[i]);
	}
	assert_memory_equal(hashes[0], hashes[1], NOISE_HASH);
}

static void no_static_key_is_seen_on_the_way(void **state)
{
	(void)state;
	CAST cast;
	cast_start(&cast, "XXpsk0");
	for (size_t at = 0; at < 3; at++) {
		CLEAN_BUF struct buf message = {0};
		write_at(&cast, at, &message);
		for (int i = 0; i < 2; i++)
			assert_null(memmem(message.at, message.len, cast.pub[i].b, 32));
		assert_int_equal(read_at(&cast, at, buf_bytes(&message)), OK);
	}
}

static void a_bundle_is_one_message(void **state)
{
	(void)state;
	CAST cast;
	cast_start(&cast, "Kpsk0");
	struct secret file_key;
	random_secret(&file_key);
	CLEAN_BUF struct buf stanza = {0}, got = {0};
	assert_int_equal(noise_write(cast.side[0], BYTES_OF(file_key.b), &stanza), OK);
	assert_int_equal(stanza.len, 80);
	assert_int_equal(noise_read(cast.side[1], buf_bytes(&stanza), &got), OK);
	assert_int_equal(got.len, 32);
	assert_memory_equal(got.at, file_key.b, 32);
	assert_true(noise_is_done(cast.side[0]) && noise_is_done(cast.side[1]));

	/* One-way: nothing comes back. */
	struct noise_channel *in = noise_split(cast.side[1]);
	struct noise_channel *out = noise_split(cast.side[0]);
	CLEAN_BUF struct buf box = {0};
	buf_clear(&got);
	assert_int_equal(channel_seal(out, bytes_text("more"), &box), OK);
	assert_int_equal(channel_open(in, buf_bytes(&box), &got), OK);
	assert_int_equal(channel_open(out, buf_bytes(&box), &got), ERR_AUTH);
	channel_free(in);
	channel_free(out);
}

/* ---- Every flipped bit, every truncation, everything longer. */

static void assert_dead(struct noise *noise)
{
	CLEAN_BUF struct buf out = {0};
	assert_false(noise_is_done(noise));
	assert_false(noise_is_my_turn(noise));
	assert_null(noise_remote(noise));
	assert_int_equal(noise_write(noise, (struct bytes){0}, &out), ERR_CLOSED);
	assert_int_equal(noise_read(noise, (struct bytes){0}, &out), ERR_CLOSED);
	assert_int_equal(out.len, 0);
}

/* What became of the damaged message is known at once, but for the ephemeral key of a
 * message that has nothing sealed after it: there is none in our patterns. */
static void assert_each_damage_is_refused(const char *pattern, size_t messages)
{
	for (size_t at = 0; at < messages; at++) {
		size_t len = SIZE_MAX;
		for (size_t i = 0; i < len; i++) {
			CAST cast;
			cast_start(&cast, pattern);
			exchange(&cast, 0, at);
			CLEAN_BUF struct buf message = {0};
			write_at(&cast, at, &message);
			len = message.len;
			message.at[i] ^= (uint8_t)(1u << i % 8);
			assert_int_equal(
				read_at(&cast, at, buf_bytes(&message)), ERR_AUTH);
			assert_dead(cast.side[1 - at % 2]);
		}
	}
}

static void every_damaged_byte_of_a_session_handshake_is_refused(void **state)
{
	(void)state;
	assert_each_damage_is_refused("XXpsk0", 3);
}

static void every_damaged_byte_of_a_bundle_stanza_is_refused(void **state)
{
	(void)state;
	assert_each_damage_is_refused("Kpsk0", 1);
}

/* The highest bit of an X25519 key does not count in the sum, but in the hash it does. */
static void the_bit_that_x25519_ignores_is_not_ignored(void **state)
{
	(void)state;
	for (size_t at = 0; at < 2; at++) {
		CAST cast;
		cast_start(&cast, "XXpsk0");
		exchange(&cast, 0, at);
		CLEAN_BUF struct buf message = {0};
		write_at(&cast, at, &message);
		message.at[31] ^= 0x80;
		assert_int_equal(read_at(&cast, at, buf_bytes(&message)), ERR_AUTH);
	}
}

static void every_truncation_and_extension_is_refused(void **state)
{
	(void)state;
	static const char *const patterns[] = {"XXpsk0", "Kpsk0"};
	for (size_t p = 0; p < 2; p++)
		for (size_t at = 0; at < (p == 0 ? 3u : 1u); at++) {
			/* Each length up to the right one, and one more. */
			for (size_t cut = 0, len = 1; cut <= len + 1; cut++) {
				CAST cast;
				cast_start(&cast, patterns[p]);
				exchange(&cast, 0, at);
				CLEAN_BUF struct buf message = {0};
				write_at(&cast, at, &message);
				len = message.len;
				buf_add_u8(&message, 0);
				if (cut == len)
					continue;
				enum err e = read_at(
					&cast, at, (struct bytes){message.at, cut});
				assert_true(e == ERR_CORRUPT || e == ERR_AUTH);
				assert_dead(cast.side[1 - at % 2]);
			}
		}
}

static void a_message_that_is_too_long_is_refused(void **state)
{
	(void)state;
	static uint8_t room[NOISE_MESSAGE_MAX + 1];
	CAST cast;
	cast_start(&cast, "XXpsk0");
	CLEAN_BUF struct buf out = {0};
	assert_int_equal(noise_read(cast.side[1], BYTES_OF(room), &out), ERR_TOO_BIG);
	struct bytes payload = {room, NOISE_MESSAGE_MAX - 48 + 1};
	assert_int_equal(noise_write(cast.side[0], payload, &out), ERR_TOO_BIG);
	assert_int_equal(out.len, 0);
	assert_dead(cast.side[0]);

	CAST other;
	cast_start(&other, "XXpsk0");
	payload.len--;
	assert_int_equal(noise_write(other.side[0], payload, &out), OK);
	assert_int_equal(out.len, NOISE_MESSAGE_MAX);
	CLEAN_BUF struct buf got = {0};
	assert_int_equal(noise_read(other.side[1], buf_bytes(&out), &got), OK);
	assert_int_equal(got.len, payload.len);
}

/* ---- Who is not meant. */

static void another_psk_prologue_or_key_meets_nobody(void **state)
{
	(void)state;
	for (int sort = 0; sort < 2; sort++) {
		CAST cast;
		cast_start(&cast, "XXpsk0");
		noise_free(cast.side[1]);
		struct secret psk = cast.psk;
		psk.b[31] ^= (uint8_t)(sort == 0);
		const struct noise_config config = {.pattern = "XXpsk0",
			.prologue =
				bytes_text(sort == 0 ? "kith/noise/1 challenge preface"
						     : "kith/noise/1 challenge Preface"),
			.psk = &psk,
			.own = &cast.own[1]};
		cast.side[1] = noise_new(&config);
		CLEAN_BUF struct buf message = {0};
		write_at(&cast, 0, &message);
		assert_int_equal(read_at(&cast, 0, buf_bytes(&message)), ERR_AUTH);
	}
}

/* Whoever has the psk and claims another's static key has not its secret half. */
static void a_static_key_without_its_secret_is_refused(void **state)
{
	(void)state;
	CAST cast;
	cast_start(&cast, "Kpsk0");
	noise_free(cast.side[0]);
	cast.own[0].b[5] ^= 1;
	cast.side[0] = new_side(&cast, "Kpsk0", 0);
	/* The responder expects the key of before. */
	CLEAN_BUF struct buf stanza = {0};
	write_at(&cast, 0, &stanza);
	assert_int_equal(read_at(&cast, 0, buf_bytes(&stanza)), ERR_AUTH);
}

static void an_answer_with_our_own_key_is_a_reflection(void **state)
{
	(void)state;
	CAST cast;
	cast_start(&cast, "XXpsk0");
	noise_free(cast.side[1]);
	cast.own[1] = cast.own[0];
	cast.side[1] = new_side(&cast, "XXpsk0", 1);
	exchange(&cast, 0, 1);
	CLEAN_BUF struct buf message = {0};
	write_at(&cast, 1, &message);
	assert_int_equal(read_at(&cast, 1, buf_bytes(&message)), ERR_REFUSED);
	assert_dead(cast.side[0]);
}

static void our_own_message_sent_back_is_refused(void **state)
{
	(void)state;
	CAST cast;
	cast_start(&cast, "XXpsk0");
	CLEAN_BUF struct buf first = {0}, out = {0};
	write_at(&cast, 0, &first);
	/* As long as the answer that is waited for. */
	memset(buf_extend(&first, 48), 0, 48);
	assert_int_equal(noise_read(cast.side[0], buf_bytes(&first), &out), ERR_AUTH);
	assert_dead(cast.side[0]);
}

static void an_ephemeral_key_of_small_order_is_refused(void **state)
{
	(void)state;
	CAST cast;
	cast_start(&cast, "XXpsk0");
	exchange(&cast, 0, 1);
	/* "ee" is the first thing done with it. */
	uint8_t message[32 + 48 + 16] = {0};
	CLEAN_BUF struct buf out = {0};
	assert_int_equal(noise_read(cast.side[0], BYTES_OF(message), &out), ERR_AUTH);
	assert_dead(cast.side[0]);
}

static void a_handshake_of_before_cannot_be_played_again(void **state)
{
	(void)state;
	CAST cast, again;
	cast_start(&cast, "XXpsk0");
	struct buf messages[3] = {{0}, {0}, {0}};
	for (size_t at = 0; at < 3; at++) {
		write_at(&cast, at, &messages[at]);
		assert_int_equal(read_at(&cast, at, buf_bytes(&messages[at])), OK);
	}
	again = cast;
	again.side[0] = NULL; /* is the first cast's */
	again.side[1] = new_side(&cast, "XXpsk0", 1);
	CLEAN_BUF struct buf answer = {0};
	assert_int_equal(read_at(&again, 0, buf_bytes(&messages[0])), OK);
	write_at(&again, 1, &answer);
	assert_false(bytes_equal(buf_bytes(&answer), buf_bytes(&messages[1])));
	assert_int_equal(read_at(&again, 2, buf_bytes(&messages[2])), ERR_AUTH);
	buf_release(&messages[0]);
	buf_release(&messages[1]);
	buf_release(&messages[2]);
}

/* ---- Turns. */

static void who_speaks_out_of_turn_ends_the_handshake(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	CAST cast;
	cast_start(&cast, "XXpsk0");
	assert_int_equal(noise_write(cast.side[1], (struct bytes){0}, &out), ERR_REFUSED);
	assert_dead(cast.side[1]);
	assert_int_equal(noise_read(cast.side[0], (struct bytes){0}, &out), ERR_REFUSED);
	assert_dead(cast.side[0]);
}

/* ---- The channel. */

static void channels_start(struct cast *cast, struct noise_channel *channels[2])
{
	cast_start(cast, "XXpsk0");
	exchange(cast, 0, 3);
	for (int i = 0; i < 2; i++)
		channels[i] = noise_split(cast->side[i]);
}

static void messages_go_both_ways_in_order_and_once(void **state)
{
	(void)state;
	CAST cast;
	struct noise_channel *channels[2];
	channels_start(&cast, channels);
	for (int who = 0; who < 2; who++) {
		struct noise_channel *out = channels[who], *in = channels[1 - who];
		CLEAN_BUF struct buf one = {0}, two = {0}, got = {0};
		assert_int_equal(channel_seal(out, bytes_text("one"), &one), OK);
		assert_int_equal(channel_seal(out, bytes_text("two"), &two), OK);
		assert_int_equal(one.len, 3 + NOISE_TAG);
		assert_int_equal(channel_open(in, buf_bytes(&two), &got), ERR_AUTH);
		assert_int_equal(channel_open(out, buf_bytes(&one), &got), ERR_AUTH);
		assert_int_equal(got.len, 0);
		assert_int_equal(channel_open(in, buf_bytes(&one), &got), OK);
		assert_int_equal(channel_open(in, buf_bytes(&one), &got), ERR_AUTH);
		assert_int_equal(channel_open(in, buf_bytes(&two), &got), OK);
		assert_string_equal(buf_text(&got), "onetwo");
	}
	channel_freep(&channels[0]);
	channel_freep(&channels[1]);
}

static void every_flipped_bit_and_truncation_of_a_message_is_refused(void **state)
{
	(void)state;
	CAST cast;
	struct noise_channel *channels[2];
	channels_start(&cast, channels);
	CLEAN_BUF struct buf box = {0}, got = {0};
	assert_int_equal(channel_seal(channels[0], bytes_text("words"), &box), OK);
	for (size_t bit = 0; bit < box.len * 8; bit++) {
		box.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(
			channel_open(channels[1], buf_bytes(&box), &got), ERR_AUTH);
		box.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < box.len; len++)
		assert_int_equal(
			channel_open(channels[1], (struct bytes){box.at, len}, &got),
			len < NOISE_TAG ? ERR_CORRUPT : ERR_AUTH);
	assert_int_equal(got.len, 0);
	assert_int_equal(channel_open(channels[1], buf_bytes(&box), &got), OK);
	channel_free(channels[0]);
	channel_free(channels[1]);
}

static void a_message_has_a_greatest_length(void **state)
{
	(void)state;
	static uint8_t room[NOISE_MESSAGE_MAX + 1];
	CAST cast;
	struct noise_channel *channels[2];
	channels_start(&cast, channels);
	CLEAN_BUF struct buf box = {0}, got = {0};
	struct bytes plain = {room, NOISE_PLAIN_MAX + 1};
	assert_int_equal(channel_seal(channels[0], plain, &box), ERR_TOO_BIG);
	assert_int_equal(box.len, 0);
	plain.len--;
	assert_int_equal(channel_seal(channels[0], plain, &box), OK);
	assert_int_equal(box.len, NOISE_MESSAGE_MAX);
	assert_int_equal(channel_open(channels[1], BYTES_OF(room), &got), ERR_TOO_BIG);
	assert_int_equal(channel_open(channels[1], buf_bytes(&box), &got), OK);
	assert_int_equal(got.len, NOISE_PLAIN_MAX);
	channel_free(channels[0]);
	channel_free(channels[1]);
}

static void only_patterns_of_the_table_are_known(void **state)
{
	(void)state;
	static const char *const known[] = {
		"XX", "XXpsk0", "XXpsk3", "Kpsk0", "IKpsk2", "X1X1", "NN"};
	static const char *const unknown[] = {"", "psk0", "XXpsk4", "XXpsk", "XXpsk00",
		"XXpsk0psk1", "xx", "XXfallback", "Kpsk2", "YY", "XXpsk-"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_true(noise_knows(known[i]));
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_false(noise_knows(unknown[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_messages_make_a_session),
		cmocka_unit_test(no_static_key_is_seen_on_the_way),
		cmocka_unit_test(a_bundle_is_one_message),
		cmocka_unit_test(every_damaged_byte_of_a_session_handshake_is_refused),
		cmocka_unit_test(every_damaged_byte_of_a_bundle_stanza_is_refused),
		cmocka_unit_test(the_bit_that_x25519_ignores_is_not_ignored),
		cmocka_unit_test(every_truncation_and_extension_is_refused),
		cmocka_unit_test(a_message_that_is_too_long_is_refused),
		cmocka_unit_test(another_psk_prologue_or_key_meets_nobody),
		cmocka_unit_test(a_static_key_without_its_secret_is_refused),
		cmocka_unit_test(an_answer_with_our_own_key_is_a_reflection),
		cmocka_unit_test(our_own_message_sent_back_is_refused),
		cmocka_unit_test(an_ephemeral_key_of_small_order_is_refused),
		cmocka_unit_test(a_handshake_of_before_cannot_be_played_again),
		cmocka_unit_test(who_speaks_out_of_turn_ends_the_handshake),
		cmocka_unit_test(messages_go_both_ways_in_order_and_once),
		cmocka_unit_test(
			every_flipped_bit_and_truncation_of_a_message_is_refused),
		cmocka_unit_test(a_message_has_a_greatest_length),
		cmocka_unit_test(only_patterns_of_the_table_are_known),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
