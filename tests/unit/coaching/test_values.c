/* core/coaching/values.h: numbers as people write them. */
#include "tests/test.h"

#include "core/coaching/values.h"

static void a_number_has_a_point_or_a_comma(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value;
	} cases[] = {{"12", 12}, {"0,5", 0.5}, {"0.5", 0.5}, {"-3,25", -3.25},
		{",5", 0.5}, {"+1.5e3", 1500}, {"1.234", 1.234}, {"0,125", 0.125},
		{"12,3456", 12.3456}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value;
		if (!number_read(cases[i].text, &value))
			fail_msg("\"%s\" was refused", cases[i].text);
		assert_true(value == cases[i].value);
	}
}

static void what_is_no_number_or_may_be_two_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {"", " ", "x", "1 2", "1,2,3", "1.2.3",
		"1.000,5", "nan", "inf", "0x10", "1e999", "--1", "1,234", "-1,234",
		"1111111111111111111111111111111111111111111"};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		double value;
		if (number_read(cases[i], &value))
			fail_msg("\"%s\" was taken", cases[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_has_a_point_or_a_comma),
		cmocka_unit_test(what_is_no_number_or_may_be_two_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
