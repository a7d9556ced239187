#include "tests/test.h"

#include <stdlib.h>

#include "net/protocol/announce.h"
#include "net/protocol/pairkeys.h"

#define NOON UINT64_C(1790000000) /* some moment, in unix seconds */
#define PORT 25484

/* The strings of an announcement as the network hands them on. */
struct strings {
	struct bytes at[5];
	size_t count;
};

static struct strings strings_of(const struct announcement *a)
{
	struct strings s = {.count = a->txt_count};
	for (size_t i = 0; i < a->txt_count; i++)
		s.at[i] = (struct bytes){a->txt[i].at, a->txt[i].len};
	return s;
}

static struct announce_heard heard(const struct announcement *a)
{
	struct announce_heard h;
	struct strings s = strings_of(a);
	assert_int_equal(announce_read(a->instance, a->port, s.at, s.count, &h), OK);
	return h;
}

static void draw_keys(struct secret *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		random_secret(&keys[i]);
}

static bool known_with(const struct announce_heard *h, const struct secret *key,
	int64_t offset_s, uint64_t now_s, uint32_t reach)
{
	struct announce_key k = {.in = *key, .clock_offset_s = offset_s, .tag = 7};
	size_t tag = 0;
	int64_t unused;
	bool known = announce_knows(h, &k, 1, now_s, reach, &tag, &unused);
	assert_int_equal(tag, known ? 7 : 0);
	return known;
}

static bool known(const struct announce_heard *h, const struct secret *key)
{
	return known_with(h, key, 0, NOON, ANNOUNCE_REACH);
}

/* ---- What is announced */

static void a_partner_recognises_what_was_made_for_them(void **state)
{
	(void)state;
	struct secret root, ours, theirs_in, unused;
	random_secret(&root);
	pair_discovery_keys(&root, true, &ours, &unused);
	pair_discovery_keys(&root, false, &unused, &theirs_in);
	struct announcement a;
	announce_make(&ours, 1, PORT, NOON, &a);
	struct announce_heard h = heard(&a);

	assert_true(known(&h, &theirs_in));
	assert_int_equal(h.port, PORT);
	assert_false(h.is_pairing);
}

static void whoever_made_it_does_not_take_it_for_the_partner(void **state)
{
	(void)state;
	struct secret root, ours, our_in;
	random_secret(&root);
	pair_discovery_keys(&root, true, &ours, &our_in);
	struct announcement a;
	announce_make(&ours, 1, PORT, NOON, &a);
	struct announce_heard h = heard(&a);
	assert_false(known(&h, &our_in));
}

static void the_right_one_of_several_partners_is_named(void **state)
{
	(void)state;
	struct secret keys[3];
	draw_keys(keys, 3);
	struct announcement a;
	announce_make(&keys[1], 1, PORT, NOON, &a);
	struct announce_heard h = heard(&a);
	struct announce_key known_keys[3];
	for (size_t i = 0; i < 3; i++)
		known_keys[i] = (struct announce_key){.in = keys[i], .tag = 10 + i};
	size_t tag = 0;
	int64_t clock_offset_s = 1;
	assert_true(announce_knows(
		&h, known_keys, 3, NOON, ANNOUNCE_REACH, &tag, &clock_offset_s));
	assert_int_equal(tag, 11);
	assert_int_equal(clock_offset_s, 0);
}

static void a_clock_that_is_far_off_is_learnt_once(void **state)
{
	(void)state;
	for (int64_t off = -20 * 3600; off <= 20 * 3600; off += 40 * 3600) {
		struct announce_key key = {.tag = 3};
		random_secret(&key.in);
		struct announcement a;
		announce_make(&key.in, 1, PORT, (uint64_t)((int64_t)NOON + off), &a);
		struct announce_heard h = heard(&a);
		size_t tag;
		int64_t learnt = 0;
		assert_false(
			announce_knows(&h, &key, 1, NOON, ANNOUNCE_REACH, &tag, &learnt));
		assert_true(announce_knows(
			&h, &key, 1, NOON, ANNOUNCE_REACH_WIDE, &tag, &learnt));
		assert_true(llabs(learnt - off) <= ANNOUNCE_EPOCH_S);
		key.clock_offset_s = learnt;
		int64_t kept = 0;
		assert_true(
			announce_knows(&h, &key, 1, NOON, ANNOUNCE_REACH, &tag, &kept));
		assert_int_equal(kept, learnt);
	}
}

static size_t shared_tokens(
	const struct announce_heard *a, const struct announce_heard *b)
{
	size_t same = 0;
	for (size_t i = 0; i < a->token_count; i++)
		for (size_t k = 0; k < b->token_count; k++)
			same += memcmp(a->tokens[i], b->tokens[k], ANNOUNCE_TOKEN) == 0;
	return same;
}

static void between_two_announcements_only_the_version_is_equal(void **state)
{
	(void)state;
	struct secret keys[5];
	draw_keys(keys, 5);
	for (uint64_t later = 0; later <= ANNOUNCE_EPOCH_S; later += ANNOUNCE_EPOCH_S) {
		struct announcement a, b;
		announce_make(keys, 5, PORT, NOON, &a);
		announce_make(keys, 5, PORT, NOON + later, &b);
		assert_string_not_equal(a.instance, b.instance);
		assert_string_not_equal(a.host, b.host);
		struct announce_heard ha = heard(&a), hb = heard(&b);
		assert_int_equal(shared_tokens(&ha, &hb), 0);
		assert_int_equal(a.txt_count, 2);
		assert_true(bytes_equal(strings_of(&a).at[0], bytes_text("v=1")));
	}
}

static void names_are_lower_case_base32_of_fixed_length(void **state)
{
	(void)state;
	struct announcement a;
	announce_make(NULL, 0, PORT, NOON, &a);
	assert_int_equal(strlen(a.instance), 26);
	assert_int_equal(strlen(a.host), 16);
	const char *digits = "0123456789abcdefghjkmnpqrstvwxyz";
	assert_int_equal(strspn(a.instance, digits), 26);
	assert_int_equal(strspn(a.host, digits), 16);
}

static void the_number_of_partners_is_hidden_to_a_multiple_of_sixteen(void **state)
{
	(void)state;
	static const struct {
		size_t partners, tokens;
	} cases[] = {{0, 16}, {1, 16}, {16, 16}, {17, 32}, {32, 32}, {33, 48}, {48, 48},
		{64, 48}};
	struct secret keys[64];
	draw_keys(keys, 64);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct announcement a;
		announce_make(keys, cases[i].partners, PORT, NOON, &a);
		struct announce_heard h = heard(&a);
		assert_int_equal(h.token_count, cases[i].tokens);
		size_t recognised = 0;
		for (size_t k = 0; k < cases[i].partners; k++)
			recognised += known(&h, &keys[k]);
		assert_int_equal(
			recognised, cases[i].partners < 48 ? cases[i].partners : 48);
	}
}

/* Of 64 partners each is left out of one announcement in four. */
static void of_too_many_partners_each_has_its_turn(void **state)
{
	(void)state;
	struct secret keys[64];
	draw_keys(keys, 64);
	bool seen[64] = {false};
	for (size_t round = 0; round < 40; round++) {
		struct announcement a;
		announce_make(keys, 64, PORT, NOON, &a);
		struct announce_heard h = heard(&a);
		for (size_t k = 0; k < 64; k++)
			seen[k] |= known_with(&h, &keys[k], 0, NOON, 0);
	}
	for (size_t k = 0; k < 64; k++)
		assert_true(seen[k]);
}

/* In an unshuffled one the only partner's token would always stand first. */
static void the_place_of_a_token_tells_nothing(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	bool first = false, elsewhere = false;
	for (size_t round = 0; round < 400 && !(first && elsewhere); round++) {
		struct announcement a;
		announce_make(&key, 1, PORT, NOON, &a);
		struct announce_heard h = heard(&a);
		h.token_count = 1;
		if (known_with(&h, &key, 0, NOON, 0))
			first = true;
		else
			elsewhere = true;
	}
	assert_true(first && elsewhere);
}

static void it_changes_soon_after_an_epoch_begins(void **state)
{
	(void)state;
	uint64_t epoch_end = (NOON / ANNOUNCE_EPOCH_S + 1) * ANNOUNCE_EPOCH_S;
	bool differs = false;
	uint64_t before = 0;
	for (size_t i = 0; i < 100; i++) {
		struct announcement a;
		announce_make(NULL, 0, PORT, NOON, &a);
		assert_true(a.until_s >= epoch_end);
		assert_true(a.until_s <= epoch_end + ANNOUNCE_JITTER_S);
		differs |= i > 0 && a.until_s != before;
		before = a.until_s;
	}
	assert_true(differs);
}

static void a_pairing_announcement_carries_the_nameplate_and_recognises_nobody(
	void **state)
{
	(void)state;
	for (unsigned plate = 0; plate < 100; plate++) {
		struct announcement a;
		announce_pairing((uint8_t)plate, 40000, NOON, &a);
		struct announce_heard h = heard(&a);
		assert_true(h.is_pairing);
		assert_int_equal(h.nameplate, plate);
		assert_int_equal(h.port, 40000);
		assert_int_equal(h.token_count, 16);
	}
}

/* ---- Clocks */

static void a_clock_may_be_an_epoch_off_and_no_more(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	struct announcement a;
	announce_make(&key, 1, PORT, NOON, &a);
	struct announce_heard h = heard(&a);
	for (int off = -3; off <= 3; off++) {
		uint64_t now = (uint64_t)((int64_t)NOON + off * ANNOUNCE_EPOCH_S);
		assert_int_equal(known_with(&h, &key, 0, now, ANNOUNCE_REACH),
			off >= -1 && off <= 1);
	}
}

static void a_remembered_offset_moves_the_window(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	struct announcement a;
	const int64_t offsets[] = {86400 * 365, -86400 * 365, 5000, -5000};
	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		uint64_t theirs = (uint64_t)((int64_t)NOON + offsets[i]);
		announce_make(&key, 1, PORT, theirs, &a);
		struct announce_heard h = heard(&a);
		assert_false(known_with(&h, &key, 0, NOON, ANNOUNCE_REACH));
		assert_true(known_with(&h, &key, offsets[i], NOON, ANNOUNCE_REACH));
		assert_true(
			known_with(&h, &key, offsets[i] + 1000, NOON, ANNOUNCE_REACH));
	}
}

static void searching_again_reaches_a_day(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	struct announcement a;
	announce_make(&key, 1, PORT, NOON + 86000, &a);
	struct announce_heard h = heard(&a);
	assert_false(known_with(&h, &key, 0, NOON, ANNOUNCE_REACH));
	assert_true(known_with(&h, &key, 0, NOON, ANNOUNCE_REACH_WIDE));
}

static void a_clock_at_its_beginning_or_a_wild_offset_does_no_harm(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	struct announcement a;
	announce_make(&key, 1, PORT, 0, &a);
	struct announce_heard h = heard(&a);
	assert_true(known_with(&h, &key, 0, 0, ANNOUNCE_REACH_WIDE));
	assert_true(known_with(&h, &key, INT64_MIN, NOON, ANNOUNCE_REACH));
	assert_false(known_with(&h, &key, INT64_MAX, NOON, ANNOUNCE_REACH));
}

/* ---- Hostile announcements */

static void a_token_holds_for_its_label_and_port_only(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	struct announcement a, b;
	announce_make(&key, 1, PORT, NOON, &a);
	announce_make(NULL, 0, PORT, NOON, &b);
	struct announce_heard h;
	struct strings s = strings_of(&a);

	assert_int_equal(announce_read(b.instance, PORT, s.at, s.count, &h), OK);
	assert_false(known(&h, &key));
	assert_int_equal(announce_read(a.instance, PORT + 1, s.at, s.count, &h), OK);
	assert_false(known(&h, &key));
	assert_int_equal(announce_read(a.instance, PORT, s.at, s.count, &h), OK);
	assert_true(known(&h, &key));
}

static void strings_may_come_in_any_order_among_others_and_names_in_any_case(void **state)
{
	(void)state;
	struct secret keys[20];
	draw_keys(keys, 20);
	struct announcement a;
	announce_make(keys, 20, PORT, NOON, &a);
	struct strings s = strings_of(&a);
	const struct bytes mixed[] = {s.at[2], bytes_text("later=yes"), s.at[1],
		bytes_text(""), s.at[0], bytes_text("v")};
	a.instance[0] = (char)(a.instance[0] >= 'a' ? a.instance[0] - 32 : a.instance[0]);

	struct announce_heard h;
	assert_int_equal(announce_read(a.instance, PORT, mixed, 6, &h), OK);
	assert_int_equal(h.token_count, 32);
	for (size_t i = 0; i < 20; i++)
		assert_true(known(&h, &keys[i]));
}

static void what_is_none_of_ours_is_refused(void **state)
{
	(void)state;
	static char row[131] = "t=", short_row[122] = "t=", second[131] = "u=",
		    third[131] = "w=", huge[401];
	memset(row + 2, 'x', 128);
	memset(short_row + 2, 'x', 119);
	memset(second + 2, 'x', 128);
	memset(third + 2, 'x', 128);
	memset(huge, 'x', 400);
	static const char name[] = "0123456789abcdefghjkmnpqrg";
	const struct {
		const char *reason, *instance;
		uint16_t port;
		enum err err;
		const char *txt[5];
	} cases[] = {
		{"sound", name, PORT, OK, {"v=1", row}},
		{"a row left out", name, PORT, ERR_CORRUPT, {"v=1", row, third}},
		{"no version", name, PORT, ERR_CORRUPT, {row}},
		{"two versions", name, PORT, ERR_CORRUPT, {"v=1", "v=1", row}},
		{"another version", name, PORT, ERR_VERSION, {"v=2"}},
		{"a longer version", name, PORT, ERR_VERSION, {"v=10", row}},
		{"no tokens", name, PORT, ERR_CORRUPT, {"v=1"}},
		{"a row too short", name, PORT, ERR_CORRUPT, {"v=1", short_row}},
		{"a row twice", name, PORT, ERR_CORRUPT, {"v=1", row, row}},
		{"second row alone", name, PORT, ERR_CORRUPT, {"v=1", second}},
		{"no port", name, 0, ERR_CORRUPT, {"v=1", row}},
		{"empty name", "", PORT, ERR_CORRUPT, {"v=1", row}},
		{"short name", "0123456789", PORT, ERR_CORRUPT, {"v=1", row}},
		{"long name", "0123456789abcdefghjkmnpqrg0", PORT, ERR_CORRUPT,
			{"v=1", row}},
		{"another alphabet", "0123456789abcdefghjkmnpqr!", PORT, ERR_CORRUPT,
			{"v=1", row}},
		{"bits beyond the label", "0123456789abcdefghjkmnpqrz", PORT, ERR_CORRUPT,
			{"v=1", row}},
		{"nameplate of one digit", name, PORT, ERR_CORRUPT, {"v=1", row, "n=7"}},
		{"nameplate of three", name, PORT, ERR_CORRUPT, {"v=1", row, "n=007"}},
		{"nameplate of letters", name, PORT, ERR_CORRUPT, {"v=1", row, "n=ab"}},
		{"two nameplates", name, PORT, ERR_CORRUPT, {"v=1", row, "n=07", "n=08"}},
		{"one long string", name, PORT, ERR_TOO_BIG, {"v=1", row, huge}},
		{"too much in all", name, PORT, ERR_TOO_BIG,
			{"v=1", row, second, third, row}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct bytes txt[5];
		size_t count = 0;
		while (count < 5 && cases[i].txt[count]) {
			txt[count] = bytes_text(cases[i].txt[count]);
			count++;
		}
		static const struct announce_heard zero;
		struct announce_heard h;
		memset(&h, 0xff, sizeof h);
		enum err e =
			announce_read(cases[i].instance, cases[i].port, txt, count, &h);
		if (e != cases[i].err)
			fail_msg("%s: %s", cases[i].reason, err_text(e));
		if (e != OK)
			assert_memory_equal(&h, &zero, sizeof h);
	}
}

static void the_longest_announcement_fits_its_maximum(void **state)
{
	(void)state;
	struct secret keys[48];
	draw_keys(keys, 48);
	struct announcement a;
	announce_make(keys, 48, PORT, NOON, &a);
	size_t total = 0;
	for (size_t i = 0; i < a.txt_count; i++)
		total += 1 + a.txt[i].len;
	assert_true(total <= ANNOUNCE_TXT_MAX);
}

static void every_flipped_bit_of_a_token_row_hides_the_partner_or_nothing(void **state)
{
	(void)state;
	struct secret key;
	random_secret(&key);
	struct announcement a;
	announce_make(&key, 1, PORT, NOON, &a);
	size_t hidden = 0;
	for (size_t bit = 0; bit < 128 * 8; bit++) {
		struct announcement b = a;
		b.txt[1].at[2 + bit / 8] ^= (uint8_t)(1 << bit % 8);
		struct announce_heard h = heard(&b);
		hidden += !known(&h, &key);
	}
	assert_int_equal(hidden, ANNOUNCE_TOKEN * 8);
}

/* ---- The gate */

static bool pass(struct announce_gate *gate, unsigned n, uint64_t now_ms)
{
	char name[32];
	const struct bytes txt[] = {bytes_text("v=1")};
	(void)snprintf(name, sizeof name, "instance %u", n);
	return announce_gate_pass(gate, name, PORT, txt, 1, now_ms);
}

static void an_instance_is_looked_at_once_until_all_are_looked_at_again(void **state)
{
	(void)state;
	struct announce_gate gate;
	announce_gate_init(&gate);
	assert_true(pass(&gate, 1, 0));
	assert_false(pass(&gate, 1, 0));
	assert_false(pass(&gate, 1, 60000));
	announce_gate_forget(&gate);
	assert_true(pass(&gate, 1, 60000));
}

static void other_strings_or_another_port_make_it_another_instance(void **state)
{
	(void)state;
	struct announce_gate gate;
	announce_gate_init(&gate);
	const struct bytes one[] = {bytes_text("ab"), bytes_text("c")};
	const struct bytes two[] = {bytes_text("a"), bytes_text("bc")};
	assert_true(announce_gate_pass(&gate, "x", 1, one, 2, 0));
	assert_true(announce_gate_pass(&gate, "x", 1, two, 2, 0));
	assert_true(announce_gate_pass(&gate, "x", 2, one, 2, 0));
	assert_false(announce_gate_pass(&gate, "x", 1, one, 2, 0));
}

static void a_flood_is_looked_at_no_faster_than_agreed(void **state)
{
	(void)state;
	struct announce_gate gate;
	announce_gate_init(&gate);
	size_t passed = 0;
	for (unsigned i = 0; i < 10000; i++)
		passed += pass(&gate, i, 1000 + i % 9000);
	assert_int_equal(passed, ANNOUNCE_NEW_MAX);
	assert_true(pass(&gate, 9999, 1000 + ANNOUNCE_NEW_MS));
}

static void an_instance_turned_away_by_a_flood_has_another_chance(void **state)
{
	(void)state;
	struct announce_gate gate;
	announce_gate_init(&gate);
	for (unsigned i = 0; i < ANNOUNCE_NEW_MAX; i++)
		assert_true(pass(&gate, i, 0));
	assert_false(pass(&gate, 5000, 0));
	assert_true(pass(&gate, 5000, ANNOUNCE_NEW_MS));
}

static void what_is_too_big_does_not_pass_the_gate(void **state)
{
	(void)state;
	struct announce_gate gate;
	announce_gate_init(&gate);
	static const uint8_t much[ANNOUNCE_TXT_MAX];
	const struct bytes txt[] = {BYTES_OF(much)};
	assert_false(announce_gate_pass(&gate, "x", PORT, txt, 1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_partner_recognises_what_was_made_for_them),
		cmocka_unit_test(whoever_made_it_does_not_take_it_for_the_partner),
		cmocka_unit_test(the_right_one_of_several_partners_is_named),
		cmocka_unit_test(a_clock_that_is_far_off_is_learnt_once),
		cmocka_unit_test(between_two_announcements_only_the_version_is_equal),
		cmocka_unit_test(names_are_lower_case_base32_of_fixed_length),
		cmocka_unit_test(
			the_number_of_partners_is_hidden_to_a_multiple_of_sixteen),
		cmocka_unit_test(of_too_many_partners_each_has_its_turn),
		cmocka_unit_test(the_place_of_a_token_tells_nothing),
		cmocka_unit_test(it_changes_soon_after_an_epoch_begins),
		cmocka_unit_test(
			a_pairing_announcement_carries_the_nameplate_and_recognises_nobody),
		cmocka_unit_test(a_clock_may_be_an_epoch_off_and_no_more),
		cmocka_unit_test(a_remembered_offset_moves_the_window),
		cmocka_unit_test(searching_again_reaches_a_day),
		cmocka_unit_test(a_clock_at_its_beginning_or_a_wild_offset_does_no_harm),
		cmocka_unit_test(a_token_holds_for_its_label_and_port_only),
		cmocka_unit_test(
			strings_may_come_in_any_order_among_others_and_names_in_any_case),
		cmocka_unit_test(what_is_none_of_ours_is_refused),
		cmocka_unit_test(the_longest_announcement_fits_its_maximum),
		cmocka_unit_test(
			every_flipped_bit_of_a_token_row_hides_the_partner_or_nothing),
		cmocka_unit_test(
			an_instance_is_looked_at_once_until_all_are_looked_at_again),
		cmocka_unit_test(other_strings_or_another_port_make_it_another_instance),
		cmocka_unit_test(a_flood_is_looked_at_no_faster_than_agreed),
		cmocka_unit_test(an_instance_turned_away_by_a_flood_has_another_chance),
		cmocka_unit_test(what_is_too_big_does_not_pass_the_gate),
	};
	if (crypto_start() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
