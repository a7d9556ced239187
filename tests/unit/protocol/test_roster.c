#include "tests/test.h"

#include "net/protocol/roster.h"

/* A roster, its clock, and what it decided so far, one decision a line. */
struct play {
	struct roster *roster;
	uint64_t now_ms;
	struct buf log;
	struct roster_event last;
	size_t dials;
};

static const struct person_id anna = {.b = {1}}, ben = {.b = {2}};
static const struct dh_public own = {.b = {50}}, smaller = {.b = {10}},
			      larger = {.b = {90}};
static const uint8_t school[ROSTER_NETWORK] = {1}, home[ROSTER_NETWORK] = {2};

static void play_release(struct play *p)
{
	roster_free(p->roster);
	buf_release(&p->log);
}

#define PLAY(p)                                                                          \
	CLEANUP(play_release)                                                            \
	struct play p = {.roster = roster_new(&own), .now_ms = 1000}

/* Write down what was decided. */
static void drain(struct play *p)
{
	while (roster_next(p->roster, &p->last)) {
		if (p->last.type == ROSTER_END) {
			buf_add_format(&p->log, "end %d\n", (int)p->last.link);
			continue;
		}
		p->dials++;
		buf_add_format(&p->log, "dial %s %s%s\n",
			person_equal(p->last.person, anna) ? "anna" : "ben",
			p->last.address, p->last.typed ? " (typed)" : "");
	}
}

static void wait_until(struct play *p, uint64_t ms)
{
	for (size_t i = 0; i < 100000; i++) {
		drain(p);
		uint64_t next = roster_deadline_ms(p->roster);
		if (next > ms)
			break;
		p->now_ms = next > p->now_ms ? next : p->now_ms;
		roster_tick(p->roster, p->now_ms);
	}
	p->now_ms = ms;
}

/* Let time pass until the next dial; returns how long it took. */
static uint64_t wait_for_dial(struct play *p)
{
	uint64_t from = p->now_ms;
	size_t before = p->dials;
	drain(p);
	if (p->dials == before) {
		p->now_ms = roster_deadline_ms(p->roster);
		assert_true(p->now_ms != UINT64_MAX);
		roster_tick(p->roster, p->now_ms);
		drain(p);
	}
	assert_int_equal(p->dials, before + 1);
	return p->now_ms - from;
}

static void assert_said(struct play *p, const char *lines)
{
	drain(p);
	assert_string_equal(buf_text(&p->log), lines);
	buf_clear(&p->log);
}

static void know(struct play *p, struct person_id person)
{
	assert_int_equal(roster_partner(p->roster, person, p->now_ms), OK);
}

static void found(struct play *p, struct person_id who, const char *by, const char *at)
{
	roster_found(p->roster, who, by, at, p->now_ms);
}

static void failed(struct play *p, struct person_id who)
{
	roster_failed(p->roster, who, ERR_NOT_REACHED, p->now_ms);
}

static void up(struct play *p, struct person_id who, const struct dh_public *device,
	uint64_t link, bool dialled)
{
	roster_up(p->roster, who, device, link, dialled, p->now_ms);
}

/* ---- Rounds */

static void nobody_is_dialled_before_there_is_an_address(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	wait_until(&p, 100000);
	assert_said(&p, "");
	assert_true(roster_deadline_ms(p.roster) == UINT64_MAX);
	found(&p, anna, "x", "10.0.0.1:1");
	assert_said(&p, "dial anna 10.0.0.1:1\n");
}

static void a_round_goes_from_typed_to_announced_to_what_worked_here(void **state)
{
	(void)state;
	PLAY(p);
	roster_network(p.roster, school, p.now_ms);
	know(&p, anna);
	roster_worked(p.roster, anna, "10.0.0.3:1", school);
	roster_worked(p.roster, anna, "192.168.1.3:1", home);
	found(&p, anna, "x", "10.0.0.2:1");
	roster_typed(p.roster, anna, "10.0.0.1:1", p.now_ms);
	assert_said(&p, "dial anna 10.0.0.2:1\n");
	failed(&p, anna);
	wait_until(&p, p.now_ms + 4999);
	assert_said(&p, "");
	(void)wait_for_dial(&p);
	failed(&p, anna);
	(void)wait_for_dial(&p);
	failed(&p, anna);
	(void)wait_for_dial(&p);
	failed(&p, anna);
	assert_said(&p, "dial anna 10.0.0.1:1 (typed)\n"
			"dial anna 10.0.0.2:1\n"
			"dial anna 10.0.0.3:1\n");
}

static void one_dial_at_a_time(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	found(&p, anna, "x", "10.0.0.2:1");
	roster_nudge(p.roster, anna, p.now_ms);
	wait_until(&p, p.now_ms + 60000);
	assert_said(&p, "dial anna 10.0.0.1:1\n");
	failed(&p, anna);
	assert_said(&p, "dial anna 10.0.0.2:1\n");
}

static void partners_do_not_wait_for_each_other(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	know(&p, ben);
	found(&p, ben, "y", "10.0.0.2:1");
	found(&p, anna, "x", "10.0.0.1:1");
	assert_said(&p, "dial anna 10.0.0.1:1\ndial ben 10.0.0.2:1\n");
}

static void an_address_in_two_lists_is_dialled_once_a_round(void **state)
{
	(void)state;
	PLAY(p);
	roster_network(p.roster, school, p.now_ms);
	know(&p, anna);
	roster_worked(p.roster, anna, "10.0.0.1:1", school);
	found(&p, anna, "x", "10.0.0.1:1");
	assert_said(&p, "dial anna 10.0.0.1:1\n");
	failed(&p, anna);
	wait_until(&p, p.now_ms + 4999);
	assert_said(&p, "");
}

static void rounds_in_vain_wait_twice_as_long_with_a_quarter_of_jitter(void **state)
{
	(void)state;
	bool differs = false;
	uint64_t first[8];
	for (size_t run = 0; run < 20; run++) {
		PLAY(p);
		know(&p, anna);
		found(&p, anna, "x", "10.0.0.1:1");
		drain(&p);
		uint64_t wait = ROSTER_AGAIN_MS;
		for (size_t round = 0; round < 8; round++) {
			failed(&p, anna);
			uint64_t took = wait_for_dial(&p);
			assert_true(took >= wait && took <= wait + wait / 4);
			differs |= run > 0 && took != first[round];
			if (run == 0)
				first[round] = took;
			wait = wait * 2 < ROSTER_AGAIN_MAX_MS ? wait * 2
							      : ROSTER_AGAIN_MAX_MS;
		}
	}
	assert_true(differs);
}

static void whoever_refuses_or_speaks_another_version_is_left_alone_the_longest(
	void **state)
{
	(void)state;
	const enum err reasons[] = {ERR_VERSION, ERR_REFUSED};
	for (size_t i = 0; i < 2; i++) {
		PLAY(p);
		know(&p, anna);
		found(&p, anna, "x", "10.0.0.1:1");
		found(&p, anna, "x", "10.0.0.2:1");
		drain(&p);
		roster_failed(p.roster, anna, reasons[i], p.now_ms);
		assert_int_equal(wait_for_dial(&p), 0);
		failed(&p, anna);
		assert_true(wait_for_dial(&p) >= ROSTER_AGAIN_MAX_MS);
	}
}

static void what_is_newly_found_cuts_the_wait_but_not_below_five_seconds(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	drain(&p);
	uint64_t began = p.now_ms;
	failed(&p, anna);
	p.now_ms += 1000;
	found(&p, anna, "x", "10.0.0.2:1");
	(void)wait_for_dial(&p);
	assert_int_equal(p.now_ms, began + ROSTER_AGAIN_MS);
	assert_string_equal(p.last.address, "10.0.0.2:1");
}

static void what_is_found_again_is_nothing_new(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	drain(&p);
	for (size_t i = 0; i < 4; i++) {
		failed(&p, anna);
		(void)wait_for_dial(&p);
	}
	failed(&p, anna);
	uint64_t planned = roster_deadline_ms(p.roster);
	p.now_ms += ROSTER_AGAIN_MS;
	found(&p, anna, "x", "10.0.0.1:1");
	assert_int_equal(roster_deadline_ms(p.roster), planned);
}

static void addresses_without_end_make_no_round_without_end(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	for (size_t i = 0; i < 1000; i++) {
		char address[32];
		(void)snprintf(
			address, sizeof address, "10.0.%zu.%zu:1", i / 250, i % 250);
		found(&p, anna, "x", address);
		drain(&p);
		failed(&p, anna);
	}
	drain(&p);
	assert_true(p.dials <= 24);
}

static void a_nudge_meets_now_and_begins_the_waits_anew(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	drain(&p);
	for (size_t i = 0; i < 5; i++) {
		failed(&p, anna);
		(void)wait_for_dial(&p);
	}
	failed(&p, anna);
	p.now_ms += ROSTER_AGAIN_MS;
	roster_nudge(p.roster, anna, p.now_ms);
	assert_int_equal(wait_for_dial(&p), 0);
	failed(&p, anna);
	assert_true(wait_for_dial(&p) <= ROSTER_AGAIN_MS + ROSTER_AGAIN_MS / 4);
}

static void an_instance_that_went_away_is_not_dialled(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	found(&p, anna, "y", "10.0.0.2:1");
	drain(&p);
	roster_gone(p.roster, "y");
	failed(&p, anna);
	drain(&p);
	roster_gone(p.roster, "x");
	assert_true(roster_deadline_ms(p.roster) == UINT64_MAX);
	assert_said(&p, "dial anna 10.0.0.1:1\n");
}

static void an_address_announced_anew_outlives_the_old_instance(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	drain(&p);
	failed(&p, anna);
	found(&p, anna, "y", "10.0.0.1:1");
	roster_gone(p.roster, "x");
	(void)wait_for_dial(&p);
	assert_said(&p, "dial anna 10.0.0.1:1\ndial anna 10.0.0.1:1\n");
}

static void of_too_many_addresses_the_oldest_goes(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	for (size_t i = 0; i < ROSTER_ADDRESSES + 2; i++) {
		char address[32];
		(void)snprintf(address, sizeof address, "host%zu:1", i);
		roster_typed(p.roster, anna, address, p.now_ms);
	}
	drain(&p);
	buf_clear(&p.log);
	failed(&p, anna);
	for (size_t i = 0; i < ROSTER_ADDRESSES; i++) {
		(void)wait_for_dial(&p);
		failed(&p, anna);
	}
	assert_said(&p, "dial anna host9:1 (typed)\ndial anna host8:1 (typed)\n"
			"dial anna host7:1 (typed)\ndial anna host6:1 (typed)\n"
			"dial anna host5:1 (typed)\ndial anna host4:1 (typed)\n"
			"dial anna host3:1 (typed)\ndial anna host2:1 (typed)\n");
}

/* ---- Networks */

static void home_addresses_are_not_told_to_the_school(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	roster_worked(p.roster, anna, "192.168.1.3:1", home);
	roster_network(p.roster, school, p.now_ms);
	wait_until(&p, p.now_ms + 600000);
	roster_network(p.roster, NULL, p.now_ms);
	wait_until(&p, p.now_ms + 600000);
	assert_said(&p, "");
	roster_network(p.roster, home, p.now_ms);
	assert_said(&p, "dial anna 192.168.1.3:1\n");
}

static void another_network_tries_everyone_anew(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	roster_network(p.roster, school, p.now_ms);
	found(&p, anna, "x", "10.0.0.1:1");
	drain(&p);
	for (size_t i = 0; i < 6; i++) {
		failed(&p, anna);
		(void)wait_for_dial(&p);
	}
	failed(&p, anna);
	p.now_ms += ROSTER_AGAIN_MS;
	roster_network(p.roster, school, p.now_ms);
	assert_true(roster_deadline_ms(p.roster) > p.now_ms);
	roster_network(p.roster, home, p.now_ms);
	assert_int_equal(wait_for_dial(&p), 0);
}

/* ---- Sessions and crossings */

static void a_partner_with_whom_a_session_stands_is_not_dialled(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	up(&p, anna, &larger, 1, false);
	found(&p, anna, "x", "10.0.0.1:1");
	roster_nudge(p.roster, anna, p.now_ms);
	roster_network(p.roster, home, p.now_ms);
	wait_until(&p, p.now_ms + 3600000);
	assert_said(&p, "");
	roster_down(p.roster, 1, p.now_ms);
	assert_said(&p, "dial anna 10.0.0.1:1\n");
}

static void a_dial_not_yet_given_out_is_withdrawn_when_they_come(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	up(&p, anna, &larger, 1, false);
	assert_said(&p, "");
}

/* Both devices of one crossing: what A dialled is link 1 at both, what B dialled 2. */
static void crossing(
	bool a_sees_own_first, bool b_sees_own_first, char *kept_by_a, char *kept_by_b)
{
	const struct dh_public *keys[] = {&smaller, &larger};
	char *kept[] = {kept_by_a, kept_by_b};
	bool own_first[] = {a_sees_own_first, b_sees_own_first};
	for (int side = 0; side < 2; side++) {
		CLEANUP(play_release)
		struct play p = {.roster = roster_new(keys[side])};
		know(&p, anna);
		for (int turn = 0; turn < 2; turn++) {
			bool dialled = (turn == 0) == own_first[side];
			up(&p, anna, keys[1 - side], dialled == (side == 0) ? 1 : 2,
				dialled);
			p.now_ms += 100;
		}
		drain(&p);
		assert_int_equal(p.last.type, ROSTER_END);
		*kept[side] = p.last.link == 1 ? '2' : '1';
		assert_string_equal(
			buf_text(&p.log), p.last.link == 1 ? "end 1\n" : "end 2\n");
	}
}

static void of_two_that_crossed_both_sides_keep_what_the_smaller_key_dialled(void **state)
{
	(void)state;
	for (int order = 0; order < 4; order++) {
		char a = 0, b = 0;
		crossing(order & 1, order & 2, &a, &b);
		assert_int_equal(a, '1');
		assert_int_equal(b, '1');
	}
}

static void the_newer_connection_of_one_device_stays(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	up(&p, anna, &larger, 1, true);
	p.now_ms += ROSTER_CROSS_MS;
	up(&p, anna, &larger, 2, false);
	assert_said(&p, "end 1\n");
	up(&p, anna, &larger, 3, false);
	assert_said(&p, "end 2\n");
	roster_down(p.roster, 1, p.now_ms);
	roster_down(p.roster, 2, p.now_ms);
	found(&p, anna, "x", "10.0.0.1:1");
	assert_said(&p, "");
	p.now_ms += ROSTER_CROSS_MS;
	roster_down(p.roster, 3, p.now_ms);
	assert_said(&p, "dial anna 10.0.0.1:1\n");
}

static void two_devices_of_one_partner_stand_side_by_side(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	up(&p, anna, &larger, 1, true);
	up(&p, anna, &smaller, 2, false);
	assert_said(&p, "");
	roster_down(p.roster, 1, p.now_ms);
	found(&p, anna, "x", "10.0.0.1:1");
	assert_said(&p, "");
}

static void of_too_many_devices_the_oldest_session_ends(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	for (uint8_t i = 0; i <= ROSTER_LINKS; i++) {
		struct dh_public device = {.b = {100, i}};
		up(&p, anna, &device, i, false);
	}
	assert_said(&p, "end 0\n");
}

static void a_session_that_hardly_stood_counts_as_a_round_in_vain(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	drain(&p);
	uint64_t wait = ROSTER_AGAIN_MS;
	for (uint64_t link = 0; link < 4; link++) {
		up(&p, anna, &larger, link, true);
		roster_down(p.roster, link, p.now_ms);
		uint64_t took = wait_for_dial(&p);
		assert_true(took >= wait && took <= wait + wait / 4);
		wait *= 2;
	}
}

static void after_a_session_that_stood_the_waits_begin_anew(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	drain(&p);
	for (size_t i = 0; i < 5; i++) {
		failed(&p, anna);
		(void)wait_for_dial(&p);
	}
	up(&p, anna, &larger, 1, true);
	p.now_ms += ROSTER_CROSS_MS;
	roster_down(p.roster, 1, p.now_ms);
	assert_int_equal(wait_for_dial(&p), 0);
	failed(&p, anna);
	assert_true(wait_for_dial(&p) <= ROSTER_AGAIN_MS + ROSTER_AGAIN_MS / 4);
}

static void a_session_under_way_when_the_dial_fails_is_not_disturbed(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, anna, "x", "10.0.0.1:1");
	found(&p, anna, "x", "10.0.0.2:1");
	drain(&p);
	up(&p, anna, &larger, 1, false);
	failed(&p, anna);
	wait_until(&p, p.now_ms + 100000);
	assert_said(&p, "dial anna 10.0.0.1:1\n");
}

/* ---- Edges */

static void facts_about_a_stranger_are_ignored(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	found(&p, ben, "x", "10.0.0.1:1");
	roster_typed(p.roster, ben, "10.0.0.1:1", p.now_ms);
	roster_worked(p.roster, ben, "10.0.0.1:1", school);
	up(&p, ben, &larger, 1, false);
	failed(&p, ben);
	roster_nudge(p.roster, ben, p.now_ms);
	roster_down(p.roster, 9, p.now_ms);
	wait_until(&p, 100000);
	assert_said(&p, "");
}

static void whoever_was_forgotten_is_met_no_more(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	know(&p, ben);
	found(&p, anna, "x", "10.0.0.1:1");
	found(&p, ben, "y", "10.0.0.2:1");
	roster_forget(p.roster, anna);
	assert_said(&p, "dial ben 10.0.0.2:1\n");
	failed(&p, anna);
	failed(&p, ben);
	(void)wait_for_dial(&p);
	assert_said(&p, "dial ben 10.0.0.2:1\n");
}

static void there_is_room_for_so_many_partners_and_no_more(void **state)
{
	(void)state;
	PLAY(p);
	for (unsigned i = 0; i <= ROSTER_PARTNERS; i++) {
		struct person_id person = {.b = {(uint8_t)(i + 1)}};
		assert_int_equal(roster_partner(p.roster, person, 0),
			i < ROSTER_PARTNERS ? OK : ERR_FULL);
	}
	know(&p, anna);
}

static void an_address_or_name_too_long_is_ignored(void **state)
{
	(void)state;
	PLAY(p);
	know(&p, anna);
	char text[200];
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	found(&p, anna, "x", text);
	found(&p, anna, text, "10.0.0.1:1");
	found(&p, anna, "x", "");
	roster_typed(p.roster, anna, text, p.now_ms);
	roster_worked(p.roster, anna, text, school);
	text[ROSTER_ADDRESS_MAX] = '\0';
	roster_typed(p.roster, anna, text, p.now_ms);
	assert_said(&p, "");
	text[ROSTER_ADDRESS_MAX - 1] = '\0';
	roster_typed(p.roster, anna, text, p.now_ms);
	assert_int_equal(wait_for_dial(&p), 0);
	assert_string_equal(p.last.address, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_dialled_before_there_is_an_address),
		cmocka_unit_test(
			a_round_goes_from_typed_to_announced_to_what_worked_here),
		cmocka_unit_test(one_dial_at_a_time),
		cmocka_unit_test(partners_do_not_wait_for_each_other),
		cmocka_unit_test(an_address_in_two_lists_is_dialled_once_a_round),
		cmocka_unit_test(
			rounds_in_vain_wait_twice_as_long_with_a_quarter_of_jitter),
		cmocka_unit_test(
			whoever_refuses_or_speaks_another_version_is_left_alone_the_longest),
		cmocka_unit_test(
			what_is_newly_found_cuts_the_wait_but_not_below_five_seconds),
		cmocka_unit_test(what_is_found_again_is_nothing_new),
		cmocka_unit_test(addresses_without_end_make_no_round_without_end),
		cmocka_unit_test(a_nudge_meets_now_and_begins_the_waits_anew),
		cmocka_unit_test(an_instance_that_went_away_is_not_dialled),
		cmocka_unit_test(an_address_announced_anew_outlives_the_old_instance),
		cmocka_unit_test(of_too_many_addresses_the_oldest_goes),
		cmocka_unit_test(home_addresses_are_not_told_to_the_school),
		cmocka_unit_test(another_network_tries_everyone_anew),
		cmocka_unit_test(a_partner_with_whom_a_session_stands_is_not_dialled),
		cmocka_unit_test(a_dial_not_yet_given_out_is_withdrawn_when_they_come),
		cmocka_unit_test(
			of_two_that_crossed_both_sides_keep_what_the_smaller_key_dialled),
		cmocka_unit_test(the_newer_connection_of_one_device_stays),
		cmocka_unit_test(two_devices_of_one_partner_stand_side_by_side),
		cmocka_unit_test(of_too_many_devices_the_oldest_session_ends),
		cmocka_unit_test(a_session_that_hardly_stood_counts_as_a_round_in_vain),
		cmocka_unit_test(after_a_session_that_stood_the_waits_begin_anew),
		cmocka_unit_test(
			a_session_under_way_when_the_dial_fails_is_not_disturbed),
		cmocka_unit_test(facts_about_a_stranger_are_ignored),
		cmocka_unit_test(whoever_was_forgotten_is_met_no_more),
		cmocka_unit_test(there_is_room_for_so_many_partners_and_no_more),
		cmocka_unit_test(an_address_or_name_too_long_is_ignored),
	};
	if (crypto_start() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
