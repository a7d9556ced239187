/* What two people see of a pairing, and what it leaves behind. */
#include "tests/test.h"

#include "net/protocol/pairkeys.h"
#include "tests/unit/protocol/pairing_stage.h"

static const char wrong[] = "00-aardvark-adroitness-aardvark";

static bool nobody_wrote(const struct stage *s)
{
	return !s->side[SHOWER].done && !s->side[TYPER].done;
}

/* Both wrote, and the same. */
static void assert_paired(const struct stage *s)
{
	const struct pairing_outcome *a = &s->side[SHOWER].outcome;
	const struct pairing_outcome *b = &s->side[TYPER].outcome;
	assert_true(s->side[SHOWER].done && s->side[TYPER].done);
	assert_memory_equal(a->root.b, b->root.b, sizeof a->root.b);
	assert_true(id_equal(a->space, b->space));
	assert_memory_equal(a->space_key.b, b->space_key.b, sizeof a->space_key.b);
	assert_int_equal(a->kept, b->kept);
	assert_true(b->i_typed && !a->i_typed);
	assert_true(a->provisional && !b->provisional);
	assert_true(person_equal(a->list.person, s->side[TYPER].person));
	assert_true(person_equal(b->list.person, s->side[SHOWER].person));
}

static void both_say_same(struct stage *s)
{
	stage_answer(s, TYPER, true);
	stage_answer(s, SHOWER, true);
}

/* ---- The good way */

static void two_people_type_compare_and_are_paired(void **state)
{
	(void)state;
	STAGE(s);
	stage_to_words(&s);
	both_say_same(&s);
	stage_assert_said(&s, "shower: shows a code\n"
			      "typer: asks\n"
			      "typer: dials\n"
			      "typer: compares\n"
			      "shower: compares\n"
			      "shower: done\n"
			      "shower: hangs up\n"
			      "typer: done\n"
			      "typer: hangs up\n");
	assert_paired(&s);
	assert_string_equal(s.side[SHOWER].they, "Ben");
	assert_string_equal(s.side[TYPER].they, "Amina");
	assert_string_equal(s.side[TYPER].outcome_name, "Amina");
	assert_true(bytes_equal(
		buf_bytes(&s.side[TYPER].outcome_list), buf_bytes(&s.side[SHOWER].list)));
	assert_false(s.side[TYPER].knew || s.side[TYPER].outcome.kept);
	assert_true(pairing_deadline_ms(s.side[SHOWER].machine) == UINT64_MAX);
}

static void it_does_not_matter_who_answers_first(void **state)
{
	(void)state;
	STAGE(s);
	stage_to_words(&s);
	stage_answer(&s, SHOWER, true);
	assert_true(nobody_wrote(&s));
	stage_answer(&s, TYPER, true);
	assert_paired(&s);
}

static void a_new_space_begins_with_the_root(void **state)
{
	(void)state;
	STAGE(s);
	stage_to_words(&s);
	both_say_same(&s);
	struct id space;
	struct secret key;
	pair_space(&s.side[TYPER].outcome.root, &space, &key);
	assert_true(id_equal(space, s.side[TYPER].outcome.space));
	assert_memory_equal(key.b, s.side[TYPER].outcome.space_key.b, sizeof key.b);
}

static void no_two_pairings_have_a_root_or_words_in_common(void **state)
{
	(void)state;
	STAGE(s);
	char first[WORDS_TEXT_MAX], code[WORDS_TEXT_MAX];
	stage_to_words(&s);
	both_say_same(&s);
	struct secret root = s.side[TYPER].outcome.root;
	memcpy(first, s.side[TYPER].words, sizeof first);
	memcpy(code, s.side[SHOWER].code, sizeof code);
	stage_to_words(&s);
	both_say_same(&s);
	assert_memory_not_equal(root.b, s.side[TYPER].outcome.root.b, sizeof root.b);
	assert_string_not_equal(first, s.side[TYPER].words);
	assert_string_not_equal(code, s.side[SHOWER].code);
}

static void a_code_may_be_typed_in_any_case_and_shortened(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	char typed[WORDS_TEXT_MAX];
	memcpy(typed, s.side[SHOWER].code, sizeof typed);
	for (char *c = typed; *c; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c == '-' ? ' ' : *c);
	stage_type(&s, typed);
	stage_connect(&s);
	both_say_same(&s);
	assert_paired(&s);
}

static void a_word_that_looks_wrong_is_told_before_it_costs_anything(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	struct why why;
	assert_int_equal(pairing_typed(s.side[TYPER].machine,
				 "12-aardvark-nonsense-adult", s.now_ms, &why),
		ERR_INVALID);
	assert_string_equal(why.text, "word 2 looks wrong");
	stage_run(&s);
	stage_assert_said(&s, "shower: shows a code\ntyper: asks\n");
	stage_type_shown(&s);
	stage_connect(&s);
	both_say_same(&s);
	assert_paired(&s);
	assert_int_equal(
		pairing_typed(s.side[TYPER].machine, wrong, s.now_ms, &why), ERR_REFUSED);
}

static void a_name_comes_without_what_drives_a_terminal(void **state)
{
	(void)state;
	STAGE(s);
	s.side[SHOWER].name = "A\x1b[31mmi\xe2\x80\xaena\n";
	stage_to_words(&s);
	assert_string_equal(s.side[TYPER].they, "A[31mmina");
}

static void a_name_too_long_is_cut_between_letters(void **state)
{
	(void)state;
	STAGE(s);
	s.side[SHOWER].name = "123456789 123456789 123456789 123456789 123456789 "
			      "123456789 123\xc3\xa9 and more";
	stage_to_words(&s);
	assert_string_equal(s.side[TYPER].they,
		"123456789 123456789 123456789 123456789 123456789 123456789 123");
}

static void a_name_of_nothing_or_of_no_text_ends_the_run(void **state)
{
	(void)state;
	const char *names[] = {"", "\x1b\x07", "\xff\xfe"};
	for (size_t i = 0; i < 3; i++) {
		STAGE(s);
		s.side[SHOWER].name = names[i];
		stage_open(&s);
		stage_type_shown(&s);
		stage_connect(&s);
		assert_false(s.side[TYPER].compares || s.side[SHOWER].compares);
	}
}

/* ---- Codes that are wrong */

static void mistyped_once_a_new_code_is_shown_and_holds(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	char first[WORDS_TEXT_MAX];
	memcpy(first, s.side[SHOWER].code, sizeof first);
	stage_type(&s, wrong);
	stage_connect(&s);
	stage_assert_said(&s, "shower: shows a code\n"
			      "typer: asks\n"
			      "typer: dials\n"
			      "shower: hangs up\n"
			      "shower: shows another code\n"
			      "typer: hangs up\n"
			      "typer: asks again\n");
	assert_string_equal(s.side[SHOWER].why, "the codes did not match: try a new one");
	assert_string_equal(s.side[TYPER].why, "the codes did not match: try a new one");
	assert_string_not_equal(first, s.side[SHOWER].code);
	stage_type_shown(&s);
	stage_connect(&s);
	both_say_same(&s);
	assert_paired(&s);
}

static void the_right_words_under_another_number_do_not_match(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	s.side[SHOWER].code[1] = s.side[SHOWER].code[1] == '0' ? '1' : '0';
	stage_type_shown(&s);
	stage_connect(&s);
	assert_false(s.side[SHOWER].compares || s.side[TYPER].compares);
}

static void mistyped_three_times_it_is_over_for_both(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	for (size_t i = 0; i < PAIRING_CODES; i++) {
		stage_type(&s, wrong);
		stage_connect(&s);
	}
	for (int i = 0; i < 2; i++) {
		assert_true(s.side[i].failed);
		assert_int_equal(s.side[i].err, ERR_MISMATCH);
		assert_false(pairing_connected(s.side[i].machine, s.now_ms));
	}
	assert_true(nobody_wrote(&s));
}

static void a_code_that_was_guessed_at_holds_no_more(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	char first[WORDS_TEXT_MAX];
	memcpy(first, s.side[SHOWER].code, sizeof first);
	stage_type(&s, wrong);
	stage_connect(&s);
	stage_type(&s, first);
	stage_connect(&s);
	assert_false(s.side[SHOWER].compares || s.side[TYPER].compares);
}

/* ---- Connections that end before the guess */

/* Cut what the shower says after its nonce: the typer never sees its share. */
static void break_before_guess(struct stage *s)
{
	s->harm_side = SHOWER;
	s->harm_at = 16 + 2 + 18;
	s->cut = true;
	stage_connect(s);
	s->cut = false;
}

static void runs_that_end_before_the_guess_leave_the_code_as_it_is(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	stage_type_shown(&s);
	for (size_t i = 0; i < PAIRING_RUNS; i++) {
		break_before_guess(&s);
		stage_wait(&s, 1000);
	}
	stage_connect(&s);
	both_say_same(&s);
	assert_paired(&s);
}

static void one_run_more_burns_the_code_of_both(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	stage_type_shown(&s);
	for (size_t i = 0; i < PAIRING_RUNS; i++) {
		break_before_guess(&s);
		stage_wait(&s, 1000);
	}
	buf_clear(&s.log);
	break_before_guess(&s);
	stage_assert_said(&s, "typer: hangs up\n"
			      "typer: asks again\n"
			      "shower: hangs up\n"
			      "shower: shows another code\n");
}

static void whoever_connects_and_says_nothing_cannot_stop_a_pairing(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	struct pairing *shower = s.side[SHOWER].machine;
	for (size_t i = 0; i < 20; i++) {
		assert_true(pairing_connected(shower, s.now_ms));
		assert_false(pairing_connected(shower, s.now_ms));
		buf_clear(pairing_output(shower));
		if (i % 2 == 0)
			pairing_eof(shower, s.now_ms);
		else
			stage_wait(&s, PAIRING_RUN_MS);
		stage_run(&s);
	}
	stage_type_shown(&s);
	stage_connect(&s);
	both_say_same(&s);
	assert_paired(&s);
}

static void a_stranger_who_came_for_a_session_hears_a_challenge_and_no_more(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	struct pairing *shower = s.side[SHOWER].machine;
	static const uint8_t preface[WIRE_PREFACE] = {1, 2};
	assert_true(pairing_connected(shower, s.now_ms));
	assert_int_equal(pairing_output(shower)->len, WIRE_CHALLENGE);
	buf_clear(pairing_output(shower));
	pairing_recv(shower, BYTES_OF(preface), s.now_ms);
	assert_int_equal(pairing_output(shower)->len, 0);
	buf_clear(&s.log);
	stage_run(&s);
	stage_assert_said(&s, "shower: hangs up\n");
	assert_true(pairing_connected(shower, s.now_ms));
}

/* ---- People who do not agree, or do not answer */

static void different_words_leave_nothing_on_either_side(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		STAGE(s);
		stage_to_words(&s);
		stage_answer(&s, 1 - side, true);
		buf_clear(&s.log);
		stage_answer(&s, side, false);
		stage_assert_said(&s, side == SHOWER ? "shower: hangs up\n"
						       "shower: shows another code\n"
						       "typer: hangs up\n"
						       "typer: asks again\n"
						     : "typer: hangs up\n"
						       "typer: asks again\n"
						       "shower: hangs up\n"
						       "shower: shows another code\n");
		assert_true(nobody_wrote(&s));
		assert_int_equal(pairing_output(s.side[side].machine)->len, 0);
	}
}

static void different_words_three_times_end_it(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	for (size_t i = 0; i < PAIRING_CODES; i++) {
		stage_type_shown(&s);
		stage_connect(&s);
		stage_answer(&s, TYPER, false);
	}
	assert_int_equal(s.side[SHOWER].err, ERR_MISMATCH);
	assert_int_equal(s.side[TYPER].err, ERR_MISMATCH);
	assert_true(nobody_wrote(&s));
}

static void an_answer_that_comes_too_late_counts_for_nothing(void **state)
{
	(void)state;
	for (int silent = 0; silent < 2; silent++) {
		STAGE(s);
		stage_to_words(&s);
		stage_answer(&s, 1 - silent, true);
		stage_wait(&s, PAIRING_COMPARE_MS);
		stage_answer(&s, silent, true);
		assert_true(nobody_wrote(&s));
		assert_false(s.side[SHOWER].compares || s.side[TYPER].compares);
	}
}

static void an_answer_nobody_asked_for_counts_for_nothing(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	stage_answer(&s, SHOWER, true);
	stage_answer(&s, TYPER, true);
	pairing_kept(s.side[SHOWER].machine, s.now_ms);
	stage_type_shown(&s);
	stage_connect(&s);
	stage_answer(&s, SHOWER, true);
	stage_answer(&s, SHOWER, true);
	assert_true(nobody_wrote(&s));
	stage_answer(&s, TYPER, true);
	assert_paired(&s);
}

static void nobody_who_types_ends_it_after_two_minutes(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	stage_wait(&s, PAIRING_WAIT_MS - 1);
	assert_false(s.side[SHOWER].failed || s.side[TYPER].failed);
	stage_wait(&s, 1);
	assert_int_equal(s.side[SHOWER].err, ERR_TIMEOUT);
	assert_int_equal(s.side[TYPER].err, ERR_TIMEOUT);
	assert_false(pairing_connected(s.side[SHOWER].machine, s.now_ms));
}

static void nobody_who_is_found_is_not_reached(void **state)
{
	(void)state;
	STAGE(s);
	stage_open(&s);
	stage_wait(&s, 60000);
	stage_type_shown(&s);
	stage_wait(&s, PAIRING_WAIT_MS);
	assert_true(s.side[TYPER].failed);
	assert_int_equal(s.side[TYPER].err, ERR_NOT_REACHED);
}

static void giving_up_leaves_nothing_at_any_time(void **state)
{
	(void)state;
	for (int moment = 0; moment < 4; moment++)
		for (int side = 0; side < 2; side++) {
			STAGE(s);
			stage_open(&s);
			if (moment >= 1)
				stage_type_shown(&s);
			if (moment >= 2)
				stage_connect(&s);
			if (moment == 3)
				stage_answer(&s, side, true);
			pairing_cancel(s.side[side].machine);
			stage_run(&s);
			assert_true(s.side[side].failed);
			assert_int_equal(s.side[side].err, ERR_CLOSED);
			assert_true(nobody_wrote(&s));
			assert_false(s.connected);
			pairing_cancel(s.side[side].machine);
			stage_answer(&s, side, true);
			stage_answer(&s, 1 - side, true);
			assert_true(nobody_wrote(&s));
		}
}

static void a_shower_who_cannot_write_does_not_confirm(void **state)
{
	(void)state;
	STAGE(s);
	s.careless = true;
	stage_to_words(&s);
	both_say_same(&s);
	assert_true(s.side[SHOWER].failed);
	assert_false(s.side[TYPER].done);
}

/* ---- Versions */

static void two_who_share_no_version_both_learn_whose_is_older(void **state)
{
	(void)state;
	STAGE(s);
	s.side[SHOWER].versions =
		(struct wire_versions){.min = WIRE_VERSION + 1, .max = WIRE_VERSION + 2};
	stage_open(&s);
	stage_type_shown(&s);
	stage_connect(&s);
	assert_int_equal(s.side[SHOWER].err, ERR_VERSION);
	assert_int_equal(s.side[TYPER].err, ERR_VERSION);
	assert_non_null(strstr(s.side[TYPER].why, "newer"));
	assert_non_null(strstr(s.side[SHOWER].why, "older"));
	assert_true(nobody_wrote(&s));
}

/* ---- Whom one meets */

static void nobody_pairs_with_themself(void **state)
{
	(void)state;
	for (int other_device = 0; other_device < 2; other_device++) {
		STAGE(s);
		struct stage_side *a = &s.side[SHOWER], *b = &s.side[TYPER];
		a->devices.count = 2;
		a->devices.devices[1] = b->devices.devices[0];
		stage_sign(a);
		b->person = a->person;
		b->identity = a->identity;
		b->devices = a->devices;
		stage_sign(b);
		if (!other_device)
			b->own = a->own;
		stage_open(&s);
		stage_type_shown(&s);
		stage_connect(&s);
		assert_int_equal(a->err, other_device ? ERR_REFUSED : 0);
		assert_int_equal(b->err, ERR_REFUSED);
		assert_non_null(strstr(b->why, "pairing is for two people"));
		assert_true(nobody_wrote(&s));
	}
}

static void a_removed_device_is_refused(void **state)
{
	(void)state;
	STAGE(s);
	s.side[SHOWER].devices.devices[0].removed = true;
	stage_sign(&s.side[SHOWER]);
	stage_open(&s);
	stage_type_shown(&s);
	stage_connect(&s);
	assert_int_equal(s.side[TYPER].err, ERR_REFUSED);
	assert_false(s.side[SHOWER].compares);
}

static void a_device_not_in_the_list_it_shows_is_no_ones(void **state)
{
	(void)state;
	STAGE(s);
	struct dh_public other;
	dh_pair(&s.side[SHOWER].own, &other);
	stage_open(&s);
	stage_type_shown(&s);
	stage_connect(&s);
	assert_false(s.side[TYPER].compares || s.side[SHOWER].compares);
}

static void a_list_somebody_else_signed_is_refused(void **state)
{
	(void)state;
	STAGE(s);
	s.side[SHOWER].list.at[s.side[SHOWER].list.len - 1] ^= 1;
	stage_open(&s);
	stage_type_shown(&s);
	stage_connect(&s);
	assert_false(s.side[TYPER].compares || s.side[SHOWER].compares);
}

/* What each side knows of the other before they pair again. */
static struct pairing_known known_of(const struct stage_side *other,
	enum pairing_space state, uint8_t space, uint8_t key)
{
	struct pairing_known k = {.person = other->person,
		.list_number = 1,
		.state = state,
		.space = {.b = {space}}};
	k.space_key.b[0] = key;
	return k;
}

static void pairing_again_with_a_known_person_renews_the_root_and_says_so(void **state)
{
	(void)state;
	STAGE(s);
	struct pairing_known k = known_of(&s.side[SHOWER], PAIRING_SPACE_OPEN, 1, 9);
	s.side[TYPER].known = &k;
	s.side[TYPER].known_count = 1;
	stage_to_words(&s);
	assert_true(s.side[TYPER].knew);
	assert_false(s.side[SHOWER].knew);
	both_say_same(&s);
	assert_paired(&s);
}

static void an_older_list_of_a_known_person_is_refused(void **state)
{
	(void)state;
	STAGE(s);
	struct pairing_known k = known_of(&s.side[SHOWER], PAIRING_SPACE_OPEN, 1, 9);
	k.list_number = 2;
	s.side[TYPER].known = &k;
	s.side[TYPER].known_count = 1;
	stage_open(&s);
	stage_type_shown(&s);
	stage_connect(&s);
	assert_int_equal(s.side[TYPER].err, ERR_REFUSED);
	assert_non_null(strstr(s.side[TYPER].why, "newer devices"));
	assert_true(nobody_wrote(&s));
}

static void a_space_goes_on_when_one_has_it_and_the_other_did_not_close_it(void **state)
{
	(void)state;
	enum {
		none = PAIRING_SPACE_NONE,
		open = PAIRING_SPACE_OPEN,
		closed = PAIRING_SPACE_CLOSED,
	};
	static const struct {
		const char *reason;
		struct {
			int state;
			uint8_t space, key;
		} side[2];
		uint8_t kept; /* the space; 0: a new one */
		bool mine[2];
	} cases[] = {
		{"strangers", {{none, 0, 0}, {none, 0, 0}}, 0, {0}},
		{"both hold it", {{open, 1, 9}, {open, 1, 9}}, 1, {true, true}},
		{"the typer lost it", {{open, 1, 9}, {none, 0, 0}}, 1, {true, false}},
		{"the shower lost it", {{none, 0, 0}, {open, 1, 9}}, 1, {false, true}},
		{"the typer closed it", {{open, 1, 9}, {closed, 1, 0}}, 0, {0}},
		{"the shower closed it", {{closed, 1, 0}, {open, 1, 9}}, 0, {0}},
		{"both closed it", {{closed, 1, 0}, {closed, 1, 0}}, 0, {0}},
		{"closed another", {{closed, 2, 0}, {open, 1, 9}}, 1, {false, true}},
		{"each holds another", {{open, 2, 9}, {open, 1, 9}}, 0, {0}},
		{"keys differ", {{open, 1, 8}, {open, 1, 9}}, 0, {0}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		STAGE(s);
		struct pairing_known k[2];
		for (int n = 0; n < 2; n++) {
			k[n] = known_of(&s.side[1 - n],
				(enum pairing_space)cases[i].side[n].state,
				cases[i].side[n].space, cases[i].side[n].key);
			s.side[n].known = &k[n];
			s.side[n].known_count = 1;
		}
		stage_to_words(&s);
		both_say_same(&s);
		assert_paired(&s);
		for (int n = 0; n < 2; n++) {
			const struct pairing_outcome *o = &s.side[n].outcome;
			if (o->kept != (cases[i].kept != 0) ||
				o->mine != cases[i].mine[n] ||
				(o->kept && (o->space.b[0] != cases[i].kept ||
						    o->space_key.b[0] != 9)))
				fail_msg("%s: side %d", cases[i].reason, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_people_type_compare_and_are_paired),
		cmocka_unit_test(it_does_not_matter_who_answers_first),
		cmocka_unit_test(a_new_space_begins_with_the_root),
		cmocka_unit_test(no_two_pairings_have_a_root_or_words_in_common),
		cmocka_unit_test(a_code_may_be_typed_in_any_case_and_shortened),
		cmocka_unit_test(
			a_word_that_looks_wrong_is_told_before_it_costs_anything),
		cmocka_unit_test(a_name_comes_without_what_drives_a_terminal),
		cmocka_unit_test(a_name_too_long_is_cut_between_letters),
		cmocka_unit_test(a_name_of_nothing_or_of_no_text_ends_the_run),
		cmocka_unit_test(mistyped_once_a_new_code_is_shown_and_holds),
		cmocka_unit_test(the_right_words_under_another_number_do_not_match),
		cmocka_unit_test(mistyped_three_times_it_is_over_for_both),
		cmocka_unit_test(a_code_that_was_guessed_at_holds_no_more),
		cmocka_unit_test(runs_that_end_before_the_guess_leave_the_code_as_it_is),
		cmocka_unit_test(one_run_more_burns_the_code_of_both),
		cmocka_unit_test(whoever_connects_and_says_nothing_cannot_stop_a_pairing),
		cmocka_unit_test(
			a_stranger_who_came_for_a_session_hears_a_challenge_and_no_more),
		cmocka_unit_test(different_words_leave_nothing_on_either_side),
		cmocka_unit_test(different_words_three_times_end_it),
		cmocka_unit_test(an_answer_that_comes_too_late_counts_for_nothing),
		cmocka_unit_test(an_answer_nobody_asked_for_counts_for_nothing),
		cmocka_unit_test(nobody_who_types_ends_it_after_two_minutes),
		cmocka_unit_test(nobody_who_is_found_is_not_reached),
		cmocka_unit_test(giving_up_leaves_nothing_at_any_time),
		cmocka_unit_test(a_shower_who_cannot_write_does_not_confirm),
		cmocka_unit_test(two_who_share_no_version_both_learn_whose_is_older),
		cmocka_unit_test(nobody_pairs_with_themself),
		cmocka_unit_test(a_removed_device_is_refused),
		cmocka_unit_test(a_device_not_in_the_list_it_shows_is_no_ones),
		cmocka_unit_test(a_list_somebody_else_signed_is_refused),
		cmocka_unit_test(
			pairing_again_with_a_known_person_renews_the_root_and_says_so),
		cmocka_unit_test(an_older_list_of_a_known_person_is_refused),
		cmocka_unit_test(
			a_space_goes_on_when_one_has_it_and_the_other_did_not_close_it),
	};
	if (crypto_start() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
