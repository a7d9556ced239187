/* A pairing whose line is harmed, and one whose other side does not keep to the steps. */
#include "tests/test.h"

#include "core/crypto/cpace.h"
#include "net/protocol/hint.h"
#include "tests/unit/protocol/pairing_stage.h"

/* ---- The line: every byte, both ways */

/* The bytes a side says from the connection to the end. */
static void count_said(size_t said[2])
{
	STAGE(s);
	stage_to_words(&s);
	stage_answer(&s, TYPER, true);
	stage_answer(&s, SHOWER, true);
	assert_true(s.side[TYPER].done);
	for (int i = 0; i < 2; i++)
		said[i] = s.heard[1 - i].len;
}

/* Random bytes that mean nothing: the shower's challenge, and what stands in the preface
 * behind version and mode. */
static bool means_nothing(int side, size_t at)
{
	return side == SHOWER ? at < WIRE_CHALLENGE : at >= 2 && at < WIRE_PREFACE;
}

static void pair_with_harm(struct stage *s)
{
	stage_open(s);
	stage_type_shown(s);
	stage_connect(s);
	stage_answer(s, TYPER, true);
	stage_answer(s, SHOWER, true);
	stage_wait(s, PAIRING_COMPARE_MS + 2 * PAIRING_STEP_MS);
}

#define F1_F2 (2 + 1 + 1 + 16)
#define SHARE (2 + 1 + 32)
#define TAG   (2 + 1 + 64)

/*
 * Nothing was written, or, of the shower's last words alone, the shower's provisional
 * entry. And nothing was said to the harm: what stands before the tags only they can
 * tell, so the typer says its tag and hears none; later, the line just ends.
 */
static void assert_nothing_left(struct stage *s, int side, size_t at, size_t said)
{
	const size_t typer_guessed = WIRE_PREFACE + F1_F2 + SHARE + TAG;
	const size_t shower_shared = WIRE_CHALLENGE + F1_F2 + SHARE;
	bool last_words = side == SHOWER && at >= said - (2 + WIRE_PAD_MIN + NOISE_TAG);
	if (s->side[TYPER].done || (s->side[SHOWER].done && !last_words))
		fail_msg("byte %zu of the %s: paired", at,
			side == SHOWER ? "shower" : "typer");
	assert_true(s->harmed);
	if (side == TYPER && at < typer_guessed)
		assert_true(s->heard[TYPER].len <= shower_shared);
	else if (side == SHOWER && at < shower_shared)
		assert_true(s->heard[SHOWER].len <= typer_guessed);
	else
		assert_int_equal(s->answered, 0);
}

static void flip_every(size_t step)
{
	size_t said[2];
	count_said(said);
	for (int side = 0; side < 2; side++)
		for (size_t at = step > 1 ? random_below((uint32_t)step) : 0;
			at < said[side]; at += step) {
			STAGE(s);
			s.harm_side = side;
			s.harm_at = at;
			s.flip = (uint8_t)(1 << random_below(8));
			pair_with_harm(&s);
			if (means_nothing(side, at))
				assert_true(s.side[TYPER].done && s.side[SHOWER].done);
			else
				assert_nothing_left(&s, side, at, said[side]);
		}
}

/* All of them one after the other takes a while: some of them here, every one in the
 * full suite. */
static void a_flipped_byte_anywhere_leaves_nothing_and_gets_no_answer(void **state)
{
	(void)state;
	flip_every(getenv("KITH_TEST_EVERY") ? 1 : 67);
}

static void a_line_that_breaks_anywhere_leaves_nothing(void **state)
{
	(void)state;
	size_t said[2], step = getenv("KITH_TEST_EVERY") ? 1 : 97;
	count_said(said);
	for (int side = 0; side < 2; side++)
		for (size_t at = 0; at < said[side]; at += step) {
			STAGE(s);
			s.harm_side = side;
			s.harm_at = at;
			s.cut = true;
			pair_with_harm(&s);
			assert_nothing_left(&s, side, at, said[side]);
		}
}

/* ---- A puppet: a side played by hand, up to the tags */

struct puppet {
	bool typer;
	struct pairing *other; /* the machine it talks to */
	uint64_t now_ms;
	struct wire_in in;
	struct buf heard;
	uint8_t nonce[16], their_nonce[16], share[CPACE_SHARE], their_share[CPACE_SHARE];
	struct words_code code;
	char role;
	uint8_t version;
	struct cpace *cpace;
	struct cpace_key key;
};

static void puppet_release(struct puppet *p)
{
	wire_in_release(&p->in);
	buf_release(&p->heard);
	cpace_free(p->cpace);
}

/* Take in what the machine said. */
static void listen_to(struct puppet *p)
{
	buf_add(&p->heard, buf_bytes(pairing_output(p->other)));
	buf_clear(pairing_output(p->other));
}

static void tell(struct puppet *p, struct bytes bytes)
{
	pairing_recv(p->other, bytes, p->now_ms);
	listen_to(p);
}

static void tell_step(struct puppet *p, uint8_t step, struct bytes value)
{
	CLEAN_BUF struct buf body = {0}, frame = {0};
	buf_add_u8(&body, step);
	buf_add(&body, value);
	wire_add_frame(&frame, buf_bytes(&body));
	tell(p, buf_bytes(&frame));
}

static void tell_nonce(struct puppet *p)
{
	uint8_t value[17];
	value[0] = p->version;
	memcpy(value + 1, p->nonce, sizeof p->nonce);
	tell_step(p, p->typer ? 1 : 2, BYTES_OF(value));
}

/* The value of the frame at the front of what was heard. */
static void hear(struct puppet *p, uint8_t step, void *out, size_t len)
{
	struct bytes rest = buf_bytes(&p->heard);
	uint16_t frame = 0;
	uint8_t number = 0;
	size_t before = rest.len;
	assert_true(bytes_take_u16(&rest, &frame) && bytes_take_u8(&rest, &number));
	assert_int_equal(number, step);
	assert_true(bytes_take_into(&rest, out, len));
	assert_int_equal(frame, 1 + len);
	buf_drop_front(&p->heard, before - rest.len);
}

/* Its own CPace, with the role it claims. */
static void begin_cpace(struct puppet *p)
{
	uint8_t sid[64], ad[2] = {(uint8_t)p->role, p->version}, digits[2];
	uint8_t password[8] = "PGPW1";
	memcpy(password + 5, p->code.r, 3);
	digits[0] = (uint8_t)('0' + p->code.nameplate / 10);
	digits[1] = (uint8_t)('0' + p->code.nameplate % 10);
	const struct bytes own = BYTES_OF(p->nonce), their = BYTES_OF(p->their_nonce);
	const struct bytes parts[] = {bytes_text("kith/pair/sid/1"),
		p->typer ? own : their, p->typer ? their : own};
	sha512_of(parts, 3, sid);
	CLEAN_BUF struct buf channel = {0};
	lv_add(&channel, bytes_text("kith/pair/1"));
	lv_add(&channel, BYTES_OF(digits));
	lv_add(&channel, bytes_text("typer"));
	lv_add(&channel, bytes_text("shower"));
	struct cpace_config config = {.initiator = p->typer,
		.password = BYTES_OF(password),
		.channel = buf_bytes(&channel),
		.session = {sid, 32},
		.own_ad = BYTES_OF(ad)};
	p->cpace = cpace_new(&config, p->share);
}

/* A machine that waits, and a puppet connected to it that knows the code. */
static void puppet_meet(struct puppet *p, struct stage *s, bool typer)
{
	struct why why;
	*p = (struct puppet){.typer = typer,
		.now_ms = s->now_ms,
		.role = typer ? 'T' : 'S',
		.version = 1};
	random_fill(p->nonce, sizeof p->nonce);
	stage_open(s);
	p->other = s->side[typer ? SHOWER : TYPER].machine;
	assert_int_equal(words_code_read(s->side[SHOWER].code, &p->code, &why), OK);
	if (!typer)
		stage_type_shown(s);
	buf_clear(&s->log);
	assert_true(pairing_connected(p->other, s->now_ms));
	listen_to(p);
	if (typer) {
		uint8_t preface[WIRE_PREFACE];
		assert_int_equal(p->heard.len, WIRE_CHALLENGE);
		buf_clear(&p->heard);
		hint_pairing(preface);
		tell(p, BYTES_OF(preface));
	} else {
		uint8_t challenge[WIRE_CHALLENGE] = {7};
		tell(p, BYTES_OF(challenge));
		buf_drop_front(&p->heard, WIRE_PREFACE);
		uint8_t first[17];
		hear(p, 1, first, sizeof first);
		memcpy(p->their_nonce, first + 1, sizeof p->their_nonce);
	}
}

/* Up to where the shares are exchanged: the puppet has drawn its own. */
static void puppet_to_shares(struct puppet *p)
{
	tell_nonce(p);
	if (p->typer) {
		uint8_t first[17];
		hear(p, 2, first, sizeof first);
		memcpy(p->their_nonce, first + 1, sizeof p->their_nonce);
	} else {
		hear(p, 3, p->their_share, sizeof p->their_share);
	}
	begin_cpace(p);
}

/* The code is burned and the puppet hears nothing more. */
static void assert_burned(struct puppet *p, struct stage *s)
{
	assert_int_equal(p->heard.len, 0);
	stage_run(s);
	stage_assert_said(s, p->typer ? "shower: hangs up\nshower: shows another code\n"
				      : "typer: hangs up\ntyper: asks again\n");
	assert_string_equal(s->side[p->typer ? SHOWER : TYPER].why,
		"the codes did not match: try a new one");
}

#define PUPPET(p) CLEANUP(puppet_release) struct puppet p

static void finish(struct puppet *p)
{
	const uint8_t ad[] = {p->typer ? 'S' : 'T', 1};
	assert_int_equal(
		cpace_finish(p->cpace, BYTES_OF(p->their_share), BYTES_OF(ad), &p->key),
		OK);
}

static void the_puppet_that_keeps_to_the_steps_is_believed(void **state)
{
	(void)state;
	for (int typer = 0; typer < 2; typer++) {
		STAGE(s);
		PUPPET(p);
		puppet_meet(&p, &s, typer);
		puppet_to_shares(&p);
		tell_step(&p, typer ? 3 : 4, BYTES_OF(p.share));
		uint8_t tag[CPACE_TAG];
		if (typer) {
			hear(&p, 4, p.their_share, sizeof p.their_share);
			finish(&p);
			tell_step(&p, 5, BYTES_OF(p.key.own_tag));
			hear(&p, 6, tag, sizeof tag);
		} else {
			finish(&p);
			hear(&p, 5, tag, sizeof tag);
		}
		assert_memory_equal(tag, p.key.their_tag, sizeof tag);
	}
}

static void a_point_that_is_none_burns_the_code(void **state)
{
	(void)state;
	for (int typer = 0; typer < 2; typer++)
		for (int bad = 0; bad < 4; bad++) {
			STAGE(s);
			PUPPET(p);
			puppet_meet(&p, &s, typer);
			puppet_to_shares(&p);
			switch (bad) {
			case 0: /* the neutral element */
				memset(p.share, 0, sizeof p.share);
				break;
			case 1: /* no point: its first bit is set */
				p.share[0] |= 1;
				break;
			case 2: /* bit 255, which libsodium does not look at */
				p.share[31] |= 0x80;
				break;
			case 3: /* above the field's prime */
				memset(p.share, 0xff, sizeof p.share);
				break;
			}
			tell_step(&p, typer ? 3 : 4, BYTES_OF(p.share));
			if (typer)
				buf_clear(&p.heard); /* F4 is on its way already */
			assert_burned(&p, &s);
		}
}

static void a_side_that_says_our_own_words_back_burns_the_code(void **state)
{
	(void)state;
	STAGE(s);
	{
		PUPPET(p);
		puppet_meet(&p, &s, false);
		memcpy(p.nonce, p.their_nonce, sizeof p.nonce);
		tell_nonce(&p);
		assert_burned(&p, &s);
	}
	PUPPET(p);
	puppet_meet(&p, &s, false);
	puppet_to_shares(&p);
	tell_step(&p, 4, BYTES_OF(p.their_share));
	assert_burned(&p, &s);
}

static void whoever_knows_the_code_but_plays_the_other_part_is_refused(void **state)
{
	(void)state;
	STAGE(s);
	PUPPET(p);
	puppet_meet(&p, &s, true);
	p.role = 'S';
	puppet_to_shares(&p);
	tell_step(&p, 3, BYTES_OF(p.share));
	hear(&p, 4, p.their_share, sizeof p.their_share);
	finish(&p);
	tell_step(&p, 5, BYTES_OF(p.key.own_tag));
	assert_burned(&p, &s);
}

static void another_version_of_the_steps_burns_the_code(void **state)
{
	(void)state;
	for (int typer = 0; typer < 2; typer++) {
		STAGE(s);
		PUPPET(p);
		puppet_meet(&p, &s, typer);
		p.version = 2;
		tell_nonce(&p);
		assert_burned(&p, &s);
	}
}

static void a_step_out_of_turn_or_of_another_length_burns_the_code(void **state)
{
	(void)state;
	static const uint8_t zeros[80];
	static const struct {
		uint8_t step;
		size_t len;
	} cases[] = {
		{0, 17}, {2, 17}, {3, 32}, {5, 64}, {1, 16}, {1, 18}, {1, 0}, {255, 17}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		STAGE(s);
		PUPPET(p);
		puppet_meet(&p, &s, true);
		tell_step(&p, cases[i].step, (struct bytes){zeros, cases[i].len});
		assert_burned(&p, &s);
	}
}

static void a_frame_too_long_is_refused_before_it_comes(void **state)
{
	(void)state;
	STAGE(s);
	PUPPET(p);
	puppet_meet(&p, &s, true);
	const uint8_t head[] = {0x10, 0x01};
	tell(&p, BYTES_OF(head));
	assert_burned(&p, &s);
}

static void a_wrong_tag_gets_no_tag_back(void **state)
{
	(void)state;
	for (int typer = 0; typer < 2; typer++) {
		STAGE(s);
		PUPPET(p);
		puppet_meet(&p, &s, typer);
		puppet_to_shares(&p);
		tell_step(&p, typer ? 3 : 4, BYTES_OF(p.share));
		buf_clear(&p.heard);
		uint8_t tag[CPACE_TAG];
		random_fill(tag, sizeof tag);
		tell_step(&p, typer ? 5 : 6, BYTES_OF(tag));
		assert_burned(&p, &s);
	}
}

/* The tag of the code's owner, said to them again: it is not the other side's. */
static void a_tag_said_back_is_no_tag(void **state)
{
	(void)state;
	STAGE(s);
	PUPPET(p);
	puppet_meet(&p, &s, false);
	puppet_to_shares(&p);
	tell_step(&p, 4, BYTES_OF(p.share));
	uint8_t tag[CPACE_TAG];
	hear(&p, 5, tag, sizeof tag);
	tell_step(&p, 6, BYTES_OF(tag));
	assert_burned(&p, &s);
}

static void a_guess_is_spent_whatever_follows_it(void **state)
{
	(void)state;
	for (int how = 0; how < 3; how++) {
		STAGE(s);
		PUPPET(p);
		puppet_meet(&p, &s, true);
		puppet_to_shares(&p);
		tell_step(&p, 3, BYTES_OF(p.share));
		hear(&p, 4, p.their_share, sizeof p.their_share);
		finish(&p);
		tell_step(&p, 5, BYTES_OF(p.key.own_tag));
		buf_clear(&p.heard);
		if (how == 0)
			pairing_eof(p.other, p.now_ms);
		else if (how == 1)
			stage_wait(&s, PAIRING_STEP_MS);
		else
			tell_step(&p, 7, (struct bytes){0});
		assert_burned(&p, &s);
	}
}

static void silence_before_the_guess_ends_a_run_after_five_seconds(void **state)
{
	(void)state;
	STAGE(s);
	PUPPET(p);
	puppet_meet(&p, &s, true);
	tell_nonce(&p);
	stage_wait(&s, PAIRING_RUN_MS - 1);
	stage_assert_said(&s, "");
	stage_wait(&s, 1);
	stage_assert_said(&s, "shower: hangs up\n");
	assert_true(pairing_connected(p.other, s.now_ms));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_flipped_byte_anywhere_leaves_nothing_and_gets_no_answer),
		cmocka_unit_test(a_line_that_breaks_anywhere_leaves_nothing),
		cmocka_unit_test(the_puppet_that_keeps_to_the_steps_is_believed),
		cmocka_unit_test(a_point_that_is_none_burns_the_code),
		cmocka_unit_test(a_side_that_says_our_own_words_back_burns_the_code),
		cmocka_unit_test(
			whoever_knows_the_code_but_plays_the_other_part_is_refused),
		cmocka_unit_test(another_version_of_the_steps_burns_the_code),
		cmocka_unit_test(a_step_out_of_turn_or_of_another_length_burns_the_code),
		cmocka_unit_test(a_frame_too_long_is_refused_before_it_comes),
		cmocka_unit_test(a_wrong_tag_gets_no_tag_back),
		cmocka_unit_test(a_tag_said_back_is_no_tag),
		cmocka_unit_test(a_guess_is_spent_whatever_follows_it),
		cmocka_unit_test(silence_before_the_guess_ends_a_run_after_five_seconds),
	};
	if (crypto_start() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
