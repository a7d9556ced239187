/* Which bundles are known: late ones, lost ones, old ones. */
#include "tests/test.h"

#include "core/notebook/trail.h"

static struct bundle_id id(unsigned n)
{
	return (struct bundle_id){{(uint8_t)(n >> 8), (uint8_t)n, 7}};
}

static void what_was_read_and_what_it_names_as_earlier_is_known(void **state)
{
	(void)state;
	struct trail trail = {0};
	const struct bundle_id earlier[] = {id(3), id(2)};
	assert_false(trail_knows(&trail, id(4)));
	trail_read(&trail, id(4), earlier, 2);
	assert_true(trail_knows(&trail, id(4)));
	assert_true(trail_knows(&trail, id(3)));
	assert_true(trail_knows(&trail, id(2)));
	assert_false(trail_knows(&trail, id(1)));
	assert_false(trail_knows(&trail, id(5)));
}

static void the_oldest_are_forgotten_the_newest_never(void **state)
{
	(void)state;
	struct trail trail = {0};
	for (unsigned n = 1; n <= 1000; n++) {
		trail_read(&trail, id(n), NULL, 0);
		trail_write(&trail, id(n));
		assert_true(trail_knows(&trail, id(n)));
		assert_true(trail_wrote(&trail, id(n)));
	}
	assert_true(trail_knows(&trail, id(1000 - TRAIL_READ + 1)));
	assert_false(trail_knows(&trail, id(1000 - TRAIL_READ)));
	assert_true(trail_wrote(&trail, id(1000 - TRAIL_WRITTEN + 1)));
	assert_false(trail_wrote(&trail, id(1000 - TRAIL_WRITTEN)));
}

static void reading_again_pushes_nothing_out(void **state)
{
	(void)state;
	struct trail trail = {0};
	for (unsigned n = 1; n <= TRAIL_READ; n++)
		trail_read(&trail, id(n), NULL, 0);
	for (unsigned n = 0; n < 100; n++)
		trail_read(&trail, id(TRAIL_READ), (struct bundle_id[]){id(2)}, 1);
	assert_true(trail_knows(&trail, id(1)));
}

static void an_answer_is_fresh_until_own_history_has_to_come_back(void **state)
{
	(void)state;
	struct trail trail = {0};
	trail_write(&trail, id(1));
	assert_true(trail_is_fresh(&trail, id(1)));
	trail_restart(&trail);
	assert_false(trail_is_fresh(&trail, id(1)));
	trail_write(&trail, id(2));
	assert_true(trail_is_fresh(&trail, id(2)));
	assert_false(trail_is_fresh(&trail, id(1)));
	assert_true(trail_wrote(&trail, id(1)));
}

static void an_answer_is_since_they_met_until_they_meet(void **state)
{
	(void)state;
	struct trail trail = {0};
	trail_write(&trail, id(1));
	assert_true(trail_is_since_met(&trail, id(1)));
	trail_meet(&trail);
	assert_false(trail_is_since_met(&trail, id(1)));
	trail_write(&trail, id(2));
	assert_true(trail_is_since_met(&trail, id(2)));
	assert_false(trail_is_since_met(&trail, id(9)));
}

static void it_is_the_same_when_it_was_kept(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 80; n += 13) {
		struct trail trail = {0}, again;
		CLEAN_BUF struct buf kept = {0};
		for (unsigned i = 0; i < n; i++) {
			trail_read(&trail, id(i), NULL, 0);
			trail_write(&trail, id(i));
			trail_hear(&trail, id(i));
			if (i == 40)
				trail_restart(&trail);
			if (i == 45)
				trail_meet(&trail);
		}
		trail_pack(&kept, &trail);
		struct pack_reader r = pack_read(buf_bytes(&kept));
		trail_unpack(&r, &again);
		assert_true(pack_done(&r));
		assert_memory_equal(&again, &trail, sizeof trail);
	}
}

static void what_is_none_is_refused(void **state)
{
	(void)state;
	static const struct {
		uint8_t bytes[24];
		size_t len;
	} cases[] = {
		{{0x94, 0x90, 0x00, 0x00, 0x90}, 5},       /* a field short */
		{{0x95, 0x90, 0x01, 0x00, 0x90, 0xc0}, 6}, /* fresh: more than were */
		{{0x95, 0x90, 0x00, 0x01, 0x90, 0xc0}, 6}, /* since met, likewise */
		{{0x95, 0xdc, 0x00, 0x11, 0x00, 0x00}, 6}, /* 17 were written */
		{{0x95, 0x91, 0xc4, 0x07, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0x90, 0xc0}, 15},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct trail trail;
		struct pack_reader r =
			pack_read((struct bytes){cases[i].bytes, cases[i].len});
		trail_unpack(&r, &trail);
		assert_true(r.failed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read_and_what_it_names_as_earlier_is_known),
		cmocka_unit_test(the_oldest_are_forgotten_the_newest_never),
		cmocka_unit_test(reading_again_pushes_nothing_out),
		cmocka_unit_test(an_answer_is_fresh_until_own_history_has_to_come_back),
		cmocka_unit_test(an_answer_is_since_they_met_until_they_meet),
		cmocka_unit_test(it_is_the_same_when_it_was_kept),
		cmocka_unit_test(what_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
