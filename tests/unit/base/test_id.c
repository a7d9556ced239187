#include "tests/test.h"

#include "core/base/id.h"

static void an_id_comes_back_from_its_text(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 300; seed++) {
		struct id id, read;
		char text[ID_TEXT + 1];
		for (size_t i = 0; i < sizeof id.b; i++)
			id.b[i] = (uint8_t)(seed * 31 + i * 57 + (seed >> 3) * i);
		id_text(id, text);
		assert_int_equal(strlen(text), ID_TEXT);
		assert_true(id_read(text, &read));
		assert_true(id_equal(id, read));
		assert_int_equal(id_compare(id, read), 0);
	}
}

static void the_digits_are_crockfords(void **state)
{
	(void)state;
	static const uint8_t bytes[] = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6,
		0x35, 0xcf, 0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf};
	char text[33];
	base32_text(BYTES_OF(bytes), text);
	assert_string_equal(text, "0123456789abcdefghjkmnpqrstvwxyz");
	base32_text((struct bytes){bytes + 19, 1}, text); /* 0xdf: 11011 111(00) */
	assert_string_equal(text, "vw");
	base32_text((struct bytes){0}, text);
	assert_string_equal(text, "");
}

static void look_alikes_and_capitals_are_read(void **state)
{
	(void)state;
	uint8_t a[5], b[5];
	assert_true(base32_read("0o1ilabc", 8, a, 5));
	assert_true(base32_read("0O1ILABC", 8, b, 5));
	assert_memory_equal(a, b, 5);
	assert_true(base32_read("00111abc", 8, b, 5));
	assert_memory_equal(a, b, 5);
}

static void what_is_no_id_is_refused(void **state)
{
	(void)state;
	struct id id;
	static const char *const cases[] = {"", "0",
		"0123456789abcdefghjkmnpq",    /* short */
		"00000000000000000000000000u", /* u is no digit */
		"0000000000000000000000000u", "0000000000000000000000000-",
		"0000000000000000000000000\xc3", "00000000000000000000000001",
		"0000000000000000000000000z", /* bits that are not part of it */
		"000000000000000000000000000"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (id_read(cases[i], &id))
			fail_msg("case %zu: %s", i, cases[i]);
	assert_true(id_read("00000000000000000000000000", &id));
	assert_true(id_is_zero(id));
}

static void ids_have_an_order(void **state)
{
	(void)state;
	struct id a = {{1}}, b = {{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
	assert_true(id_compare(a, b) < 0);
	assert_true(id_compare(b, a) > 0);
	assert_false(id_equal(a, b));
	assert_false(id_is_zero(a));
	struct log_id x = {{0xff}}, y = {{0x01}};
	assert_true(log_id_compare(x, y) > 0);
	assert_false(log_id_equal(x, y));
	assert_true(log_id_equal(x, x));
}

static void a_person_is_told_by_all_bytes(void **state)
{
	(void)state;
	char text[PERSON_TEXT + 1];
	struct person_id a = {{0}}, b = {{0}};
	assert_true(person_equal(a, b));
	b.b[31] = 1;
	assert_false(person_equal(a, b));
	person_text(b, text);
	assert_int_equal(strlen(text), PERSON_TEXT);
	assert_string_equal(text + 50, "0g");
}

static void a_handle_is_a_letter_a_dash_and_digits(void **state)
{
	(void)state;
	char letter = 0, digits[ID_TEXT + 1];
	assert_true(handle_read("g-k7f3x", &letter, digits));
	assert_int_equal(letter, 'g');
	assert_string_equal(digits, "k7f3x");
	assert_true(handle_read("N-OIL", &letter, digits));
	assert_int_equal(letter, 'n');
	assert_string_equal(digits, "011");
	assert_true(handle_read("g-00000000000000000000000000", &letter, digits));
	static const char *const none[] = {"", "g", "g-", "-abc", "gk7f3x", "5-abcde",
		"g-u", "g-abc!", "g_abcde", "g-000000000000000000000000000", "g--abc",
		"\xc3\xa9-abc"};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (handle_read(none[i], &letter, digits))
			fail_msg("%s", none[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_comes_back_from_its_text),
		cmocka_unit_test(the_digits_are_crockfords),
		cmocka_unit_test(look_alikes_and_capitals_are_read),
		cmocka_unit_test(what_is_no_id_is_refused),
		cmocka_unit_test(ids_have_an_order),
		cmocka_unit_test(a_person_is_told_by_all_bytes),
		cmocka_unit_test(a_handle_is_a_letter_a_dash_and_digits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
