#include "tests/test.h"

#include "net/protocol/hint.h"
#include "tests/unit/protocol/line.h"
#include "tests/unit/protocol/puppet.h"

/* What each side has said after each step of the handshake. */
#define CALLED   (WIRE_PREFACE + 2 + 48)              /* dialler: preface, message 1 */
#define VERSIONS 7                                    /* {0: 1, 1: 1, 2: 0} */
#define ANSWERED (WIRE_CHALLENGE + 2 + 96 + VERSIONS) /* listener: … message 2 */
#define MET      (CALLED + 2 + 64 + VERSIONS)         /* dialler: … message 3 */

static struct line line;

static int setup(void **state)
{
	(void)state;
	assert_int_equal(crypto_start(), OK);
	line_init(&line);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	line_release(&line);
	return 0;
}

#define assert_log(text) assert_string_equal(buf_text(&line.log), text)

/* ---- Meeting */

static void two_devices_of_a_pair_meet_and_talk(void **state)
{
	(void)state;
	line_meet(&line);
	struct line_side *anna = &line.side[DIALER], *ben = &line.side[LISTENER];
	assert_true(dh_public_equal(&anna->came.remote, &ben->own_public));
	assert_true(dh_public_equal(&ben->came.remote, &anna->own_public));
	assert_memory_equal(anna->came.hash, ben->came.hash, NOISE_HASH);
	assert_int_equal(anna->came.tag, 70);
	assert_int_equal(ben->came.tag, 71);
	assert_int_equal(anna->came.agreed.max, WIRE_VERSION);
	assert_int_equal(anna->said, MET);
	assert_int_equal(ben->said, ANSWERED);

	line_say(&line, DIALER, 16, "good morning");
	line_say(&line, LISTENER, 63, "good evening");
	line_say(&line, DIALER, 17, "");
	line_run(&line);
	session_close(anna->session, WIRE_CLOSE_DONE);
	line_events(&line, DIALER);
	line_run(&line);
	assert_log("ben hears 16: good morning\n"
		   "ben hears 17: \n"
		   "anna hears 63: good evening\n"
		   "anna is closed: closed here\n"
		   "ben is closed: the other side ended it\n");
	assert_int_equal(anna->ended.err, OK);
	assert_int_equal(ben->ended.err, ERR_CLOSED);
	assert_int_equal(ben->ended.reason, WIRE_CLOSE_DONE);
}

static void it_does_not_matter_how_the_bytes_are_cut(void **state)
{
	(void)state;
	const size_t pieces[] = {1, 2, 3, 17, 65536};
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		line.piece = pieces[i];
		line_meet(&line);
		line_say(&line, LISTENER, 20, "one");
		line_say(&line, LISTENER, 20, "two");
		line_run(&line);
		assert_log("anna hears 20: one\nanna hears 20: two\n");
		line_release(&line);
		line_init(&line);
	}
}

static void the_listener_knows_under_which_root_it_is_called(void **state)
{
	(void)state;
	struct line_side *ben = &line.side[LISTENER];
	for (size_t place = 0; place < 3; place++) {
		struct secret root;
		ben->keys[place] = ben->keys[0];
		ben->key_count = 3;
		for (size_t i = 0; i < 3; i++) {
			random_secret(&root);
			if (i != place)
				pair_session_key(&root, false, i, &ben->keys[i]);
		}
		ben->keys[place].tag = 7 + place;
		line_meet(&line);
		assert_int_equal(ben->came.tag, 7 + place);
		line_release(&line);
		line_init(&line);
	}
}

/* ---- Strangers */

/* A listener that gets these bytes says its challenge and nothing else, ever. */
static void hears_only_the_challenge(struct bytes said, enum err e)
{
	struct line_side *ben = &line.side[LISTENER];
	struct session_config config = {.own = &ben->own,
		.keys = ben->keys,
		.key_count = 1,
		.versions = ben->versions};
	CLEANUP(session_freep) struct session *s = session_new(&config, 0);
	assert_int_equal(session_output(s)->len, WIRE_CHALLENGE);
	buf_clear(session_output(s));

	session_recv(s, said, 0);
	session_tick(s, SESSION_HANDSHAKE_MS);
	assert_int_equal(session_output(s)->len, 0);
	struct session_event event;
	assert_true(session_next(s, &event));
	assert_int_equal(event.type, SESSION_CLOSED);
	assert_int_equal(event.err, e);
	assert_false(session_next(s, &event));
	session_recv(s, said, SESSION_HANDSHAKE_MS);
	assert_int_equal(session_output(s)->len, 0);
}

static void a_stranger_hears_the_challenge_and_nothing_else(void **state)
{
	(void)state;
	uint8_t noise[4096], preface[WIRE_PREFACE], challenge[WIRE_CHALLENGE] = {0};
	random_fill(noise, sizeof noise);
	hears_only_the_challenge(BYTES_OF(noise), ERR_NOT_FOUND);
	hears_only_the_challenge((struct bytes){noise, WIRE_PREFACE - 1}, ERR_TIMEOUT);
	hears_only_the_challenge((struct bytes){0}, ERR_TIMEOUT);
	hint_pairing(preface);
	hears_only_the_challenge(BYTES_OF(preface), ERR_NOT_FOUND);
	hint_session(&line.side[LISTENER].keys[0].hint_in, challenge, preface);
	hears_only_the_challenge(BYTES_OF(preface), ERR_NOT_FOUND);
	hears_only_the_challenge(
		bytes_text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), ERR_NOT_FOUND);
}

static void a_recorded_call_is_a_strangers(void **state)
{
	(void)state;
	line.keep = true;
	line_meet(&line);
	hears_only_the_challenge(buf_bytes(&line.heard[LISTENER]), ERR_NOT_FOUND);
}

static void a_dialler_with_another_pair_key_is_a_stranger(void **state)
{
	(void)state;
	struct secret other;
	random_secret(&other);
	pair_session_key(&other, true, 0, &line.side[DIALER].keys[0]);
	line_open(&line);
	line_run(&line);
	assert_log("ben is closed (cut): a stranger called\n"
		   "anna is closed (cut): the other side hung up during the handshake\n");
	assert_int_equal(line.side[LISTENER].said, WIRE_CHALLENGE);
}

static void the_right_hint_without_the_psk_is_not_enough(void **state)
{
	(void)state;
	random_secret(&line.side[DIALER].keys[0].psk);
	line_open(&line);
	line_run(&line);
	assert_false(line.side[LISTENER].up);
	assert_int_equal(line.side[LISTENER].said, WIRE_CHALLENGE);
	assert_int_equal(line.side[LISTENER].ended.err, ERR_AUTH);
	assert_int_equal(line.side[DIALER].ended.err, ERR_CLOSED);
}

static void a_call_that_comes_back_to_its_own_caller_ends(void **state)
{
	(void)state;
	line.side[LISTENER].keys[0] = line.side[DIALER].keys[0];
	line_open(&line);
	line_run(&line);
	assert_int_equal(line.side[LISTENER].ended.err, ERR_NOT_FOUND);
	assert_int_equal(line.side[LISTENER].said, WIRE_CHALLENGE);
}

static void a_device_never_meets_itself(void **state)
{
	(void)state;
	line.side[LISTENER].own = line.side[DIALER].own;
	line_open(&line);
	line_run(&line);
	assert_false(line.side[DIALER].up || line.side[LISTENER].up);
	assert_int_equal(line.side[DIALER].ended.err, ERR_REFUSED);
	assert_int_equal(line.side[DIALER].said, CALLED);
}

/* ---- Harm on the way */

/* Neither says more than it would have had before it met the harm. */
static void nobody_said_more(int harmed, size_t at)
{
	struct line_side *anna = &line.side[DIALER], *ben = &line.side[LISTENER];
	assert_true(anna->closed && ben->closed);
	assert_false(ben->up);
	if (harmed == LISTENER) {
		assert_false(anna->up);
		assert_true(anna->said <= CALLED);
		assert_true(
			ben->said <= (at < WIRE_CHALLENGE ? WIRE_CHALLENGE : ANSWERED));
	} else {
		/* After message 3 the dialler cannot know how it was taken. */
		assert_int_equal(anna->up, at >= CALLED);
		assert_int_equal(ben->said, at < CALLED ? WIRE_CHALLENGE : ANSWERED);
	}
}

static void harm_each_byte(int harmed, size_t upto, uint8_t flip, bool cut)
{
	for (size_t at = 0; at < upto; at++) {
		line_release(&line);
		line_init(&line);
		line.piece = 1;
		line.harm_side = harmed;
		line.harm_at = at;
		line.flip = flip;
		line.cut = cut;
		line_open(&line);
		line_run(&line);
		line_wait(&line, SESSION_HANDSHAKE_MS);
		nobody_said_more(harmed, at);
	}
}

static void every_altered_byte_of_a_handshake_ends_it_without_a_word(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 8; bit += 7) {
		harm_each_byte(DIALER, MET, (uint8_t)(1u << bit), false);
		harm_each_byte(LISTENER, ANSWERED, (uint8_t)(1u << bit), false);
	}
}

static void a_handshake_cut_at_any_byte_ends_without_a_word(void **state)
{
	(void)state;
	harm_each_byte(DIALER, MET, 0, true);
	harm_each_byte(LISTENER, ANSWERED, 0, true);
}

static void an_altered_message_ends_the_session_without_an_answer(void **state)
{
	(void)state;
	const size_t len = 2 + 128 + NOISE_TAG;
	for (size_t at = 2; at < len; at++) {
		line_release(&line);
		line_init(&line);
		line_meet(&line);
		line.harm_side = DIALER;
		line.harm_at = line.side[DIALER].said + at;
		line.flip = 0x40;
		line_say(&line, DIALER, 16, "good morning");
		line_run(&line);
		assert_int_equal(line.side[LISTENER].ended.err, ERR_AUTH);
		assert_true(line.side[LISTENER].ended.cut);
		assert_int_equal(line.side[LISTENER].messages, 0);
		assert_int_equal(line.side[LISTENER].said, ANSWERED);
	}
}

/* ---- Versions */

static void each_side_learns_whose_kith_is_older(void **state)
{
	(void)state;
	line.side[LISTENER].versions =
		(struct wire_versions){.min = WIRE_VERSION + 1, .max = WIRE_VERSION + 2};
	line_open(&line);
	line_run(&line);
	assert_log("anna is closed: the other side's kith is newer: update this one\n"
		   "ben is closed (cut): the other side's kith is older: it must be "
		   "updated there\n");
	assert_int_equal(line.side[DIALER].ended.err, ERR_VERSION);
	assert_int_equal(line.side[LISTENER].ended.err, ERR_VERSION);
}

static void two_versions_agree_on_what_both_speak(void **state)
{
	(void)state;
	line.side[LISTENER].versions =
		(struct wire_versions){.min = 1, .max = 3, .features = 5};
	line.side[DIALER].versions =
		(struct wire_versions){.min = 1, .max = 2, .features = 4};
	line_meet(&line);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(line.side[i].came.agreed.max, 2);
		assert_int_equal(line.side[i].came.agreed.features, 4);
	}
}

/* ---- Long messages */

static void long_messages_come_whole_and_in_order(void **state)
{
	(void)state;
	static uint8_t content[WIRE_MESSAGE_MAX];
	random_fill(content, sizeof content);
	const size_t lens[] = {WIRE_INNER_MAX, WIRE_INNER_MAX + 1, 2 * WIRE_INNER_MAX - 4,
		2 * WIRE_INNER_MAX - 3, 1000000, WIRE_MESSAGE_MAX};
	line.piece = 65536;
	line_meet(&line);
	for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
		struct bytes message = {content, lens[i]};
		assert_int_equal(
			session_send(line.side[DIALER].session, 40, message, line.now_ms),
			OK);
		line_run(&line);
		assert_int_equal(line.side[LISTENER].messages, i + 1);
		assert_true(
			bytes_equal(buf_bytes(&line.side[LISTENER].message), message));
	}
}

static void what_may_not_be_said_is_refused_before_a_byte_of_it(void **state)
{
	(void)state;
	static const uint8_t huge[WIRE_MESSAGE_MAX + 1];
	struct session *s;
	line_open(&line);
	s = line.side[DIALER].session;
	assert_int_equal(session_send(s, 16, bytes_text("early"), 0), ERR_CLOSED);
	line_run(&line);
	assert_int_equal(session_send(s, 16, BYTES_OF(huge), 0), ERR_TOO_BIG);
	assert_int_equal(session_send(s, 15, bytes_text("x"), 0), ERR_INVALID);
	assert_int_equal(session_send(s, 64, bytes_text("x"), 0), ERR_INVALID);
	assert_int_equal(session_output(s)->len, 0);
	session_close(s, WIRE_CLOSE_LEAVING);
	assert_int_equal(session_send(s, 16, bytes_text("late"), 0), ERR_CLOSED);
	session_close(s, WIRE_CLOSE_DONE);
	line_events(&line, DIALER);
	line_run(&line);
	assert_int_equal(line.side[LISTENER].ended.reason, WIRE_CLOSE_LEAVING);
}

static void a_message_cut_in_the_middle_is_not_heard(void **state)
{
	(void)state;
	static const uint8_t content[200000];
	line_meet(&line);
	line.harm_side = DIALER;
	line.harm_at = line.side[DIALER].said + 140000;
	line.cut = true;
	assert_int_equal(
		session_send(line.side[DIALER].session, 40, BYTES_OF(content), 0), OK);
	line_run(&line);
	assert_int_equal(line.side[LISTENER].messages, 0);
	assert_true(line.side[LISTENER].ended.cut);
	assert_int_equal(line.side[LISTENER].ended.err, ERR_CLOSED);
}

/* ---- Messages that an honest side never says */

static struct puppet puppet;

static void puppet_says(uint8_t kind, uint8_t flags, size_t len, uint32_t total)
{
	CLEAN_BUF struct buf inner = {0};
	if (flags == WIRE_FIRST && len >= 4)
		buf_add_u32(&inner, total);
	memset(buf_extend(&inner, len - inner.len), 'x', len - inner.len);
	puppet_say(&puppet, kind, flags, buf_bytes(&inner));
}

static void expect_fault(enum err e)
{
	struct session_event event;
	assert_true(session_next(puppet.against, &event));
	assert_int_equal(event.type, SESSION_CLOSED);
	assert_int_equal(event.err, e);
	assert_true(event.cut);
	assert_false(session_next(puppet.against, &event));
	assert_int_equal(puppet_hears_close(&puppet), WIRE_CLOSE_FAULT);
}

static void messages_that_nobody_may_say_end_the_session(void **state)
{
	(void)state;
	const size_t full = WIRE_INNER_MAX;
	const struct {
		const char *what;
		enum err e;
		size_t count;
		struct {
			uint8_t kind, flags;
			size_t len;
			size_t total;
		} says[2];
	} cases[] = {
		{"a kind of nobody", ERR_CORRUPT, 1, {{100, 0, 5, 0}}},
		{"a pairing's kind", ERR_CORRUPT, 1, {{WIRE_PAIR_COMMIT, 0, 32, 0}}},
		{"a still with content", ERR_CORRUPT, 1, {{WIRE_STILL, 0, 1, 0}}},
		{"a close without reason", ERR_CORRUPT, 1, {{WIRE_CLOSE, 0, 0, 0}}},
		{"an unknown flag", ERR_CORRUPT, 1, {{16, 4, 5, 0}}},
		{"both flags", ERR_CORRUPT, 1, {{16, 3, full, 3 * full}}},
		{"a part of nothing", ERR_CORRUPT, 1, {{16, 2, 5, 0}}},
		{"a short first part", ERR_CORRUPT, 1, {{16, 1, 100, 3 * full}}},
		{"a first part that is all", ERR_CORRUPT, 1, {{16, 1, full, full}}},
		{"more than the maximum", ERR_TOO_BIG, 1,
			{{16, 1, full, (size_t)WIRE_MESSAGE_MAX + 1}}},
		{"four milliards", ERR_TOO_BIG, 1, {{16, 1, full, UINT32_MAX}}},
		{"a still in parts", ERR_CORRUPT, 1, {{WIRE_STILL, 1, full, 3 * full}}},
		{"two first parts", ERR_CORRUPT, 2,
			{{16, 1, full, 3 * full}, {16, 1, full, 3 * full}}},
		{"a part of another kind", ERR_CORRUPT, 2,
			{{16, 1, full, 3 * full}, {17, 2, full, 0}}},
		{"a small part", ERR_CORRUPT, 2,
			{{16, 1, full, 3 * full}, {16, 2, 1, 0}}},
		{"another message between two parts", ERR_CORRUPT, 2,
			{{16, 1, full, 3 * full}, {16, 0, 5, 0}}},
		{"more than was announced", ERR_CORRUPT, 2,
			{{16, 1, full, full + 10}, {16, 2, 15, 0}}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		puppet_open(&puppet, &line);
		for (size_t k = 0; k < cases[i].count; k++)
			puppet_says(cases[i].says[k].kind, cases[i].says[k].flags,
				cases[i].says[k].len, (uint32_t)cases[i].says[k].total);
		if (session_is_up(puppet.against))
			fail_msg("taken: %s", cases[i].what);
		expect_fault(cases[i].e);
		puppet_release(&puppet);
	}
}

static void a_reason_to_close_that_nobody_knows_is_a_fault(void **state)
{
	(void)state;
	for (unsigned reason = 0; reason < 256; reason++) {
		puppet_open(&puppet, &line);
		const uint8_t byte = (uint8_t)reason;
		puppet_say(&puppet, WIRE_CLOSE, 0, (struct bytes){&byte, 1});
		struct session_event event;
		assert_true(session_next(puppet.against, &event));
		assert_int_equal(event.type, SESSION_CLOSED);
		assert_int_equal(event.err, ERR_CLOSED);
		assert_false(event.cut);
		assert_int_equal(event.reason,
			reason < WIRE_CLOSE_FAULT ? reason : WIRE_CLOSE_FAULT);
		puppet_release(&puppet);
	}
}

static void a_still_between_two_parts_is_in_order(void **state)
{
	(void)state;
	puppet_open(&puppet, &line);
	puppet_says(16, WIRE_FIRST, WIRE_INNER_MAX, WIRE_INNER_MAX + 1);
	puppet_says(WIRE_STILL, 0, 0, 0);
	puppet_says(16, WIRE_PART, 5, 0);
	struct session_event event;
	assert_true(session_next(puppet.against, &event));
	assert_int_equal(event.type, SESSION_MESSAGE);
	assert_int_equal(event.message.len, WIRE_INNER_MAX + 1);
	puppet_release(&puppet);
}

static void a_first_handshake_message_that_carries_something_is_refused(void **state)
{
	(void)state;
	puppet.first_payload = bytes_text("asked for again by whoever recorded it");
	puppet_call(&puppet, &line);
	struct session_event event;
	assert_true(session_next(puppet.against, &event));
	assert_int_equal(event.err, ERR_CORRUPT);
	assert_int_equal(session_output(puppet.against)->len, 0);
	puppet_release(&puppet);
	puppet.first_payload = (struct bytes){0};
}

/* ---- Time */

static void a_handshake_has_ten_seconds(void **state)
{
	(void)state;
	line_open(&line);
	for (int i = 0; i < 2; i++) {
		struct session *s = line.side[i].session;
		assert_int_equal(session_deadline_ms(s), 1000 + SESSION_HANDSHAKE_MS);
		session_tick(s, 1000 + SESSION_HANDSHAKE_MS - 1);
		line_events(&line, i);
		session_tick(s, 1000 + SESSION_HANDSHAKE_MS);
		line_events(&line, i);
		assert_int_equal(session_deadline_ms(s), UINT64_MAX);
	}
	assert_log("anna is closed (cut): the handshake took too long\n"
		   "ben is closed (cut): the handshake took too long\n");
}

static void who_has_nothing_to_say_says_so_and_lives_an_hour(void **state)
{
	(void)state;
	line_meet(&line);
	uint64_t began = line.now_ms;
	while (!line.side[DIALER].closed && line.now_ms < began + 2 * SESSION_AGE_MS) {
		uint64_t next = session_deadline_ms(line.side[DIALER].session);
		uint64_t other = session_deadline_ms(line.side[LISTENER].session);
		next = other < next ? other : next;
		assert_true(next > line.now_ms);
		line_wait(&line, next - line.now_ms);
	}
	assert_int_equal(line.now_ms - began, SESSION_AGE_MS);
	assert_int_equal(line.side[DIALER].ended.err, OK);
	assert_int_equal(line.side[DIALER].ended.reason, WIRE_CLOSE_AGE);
	assert_true(line.side[LISTENER].closed);
}

static void who_falls_silent_is_given_up(void **state)
{
	(void)state;
	line_meet(&line);
	struct session *s = line.side[DIALER].session;
	session_tick(s, line.now_ms + SESSION_SILENCE_MS - 1);
	line_events(&line, DIALER);
	assert_false(line.side[DIALER].closed);
	session_tick(s, line.now_ms + SESSION_SILENCE_MS);
	line_events(&line, DIALER);
	assert_log("anna is closed (cut): the other side fell silent\n");
	assert_int_equal(line.side[DIALER].ended.err, ERR_TIMEOUT);
}

static void a_connection_that_ends_without_a_word_is_a_cut(void **state)
{
	(void)state;
	line_meet(&line);
	session_eof(line.side[LISTENER].session, line.now_ms);
	session_eof(line.side[LISTENER].session, line.now_ms);
	line_events(&line, LISTENER);
	assert_log("ben is closed (cut): the connection broke off\n");
	assert_int_equal(line.side[LISTENER].ended.err, ERR_CLOSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_devices_of_a_pair_meet_and_talk),
		TEST(it_does_not_matter_how_the_bytes_are_cut),
		TEST(the_listener_knows_under_which_root_it_is_called),
		TEST(a_stranger_hears_the_challenge_and_nothing_else),
		TEST(a_recorded_call_is_a_strangers),
		TEST(a_dialler_with_another_pair_key_is_a_stranger),
		TEST(the_right_hint_without_the_psk_is_not_enough),
		TEST(a_call_that_comes_back_to_its_own_caller_ends),
		TEST(a_device_never_meets_itself),
		TEST(every_altered_byte_of_a_handshake_ends_it_without_a_word),
		TEST(a_handshake_cut_at_any_byte_ends_without_a_word),
		TEST(an_altered_message_ends_the_session_without_an_answer),
		TEST(each_side_learns_whose_kith_is_older),
		TEST(two_versions_agree_on_what_both_speak),
		TEST(long_messages_come_whole_and_in_order),
		TEST(what_may_not_be_said_is_refused_before_a_byte_of_it),
		TEST(a_message_cut_in_the_middle_is_not_heard),
		TEST(messages_that_nobody_may_say_end_the_session),
		TEST(a_reason_to_close_that_nobody_knows_is_a_fault),
		TEST(a_still_between_two_parts_is_in_order),
		TEST(a_first_handshake_message_that_carries_something_is_refused),
		TEST(a_handshake_has_ten_seconds),
		TEST(who_has_nothing_to_say_says_so_and_lives_an_hour),
		TEST(who_falls_silent_is_given_up),
		TEST(a_connection_that_ends_without_a_word_is_a_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
