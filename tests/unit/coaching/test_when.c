/* core/coaching/when.h: the days people write. Today is Tuesday, 2026-11-24, 09:30. */
#include "tests/test.h"

#include "core/coaching/when.h"

static const struct moment today = {{2026, 11, 24}, 9, 30};

static void usual_forms_are_understood(void **state)
{
	(void)state;
	static const struct {
		const char *text, *day;
	} cases[] = {
		{"2027-01-31", "2027-01-31"},
		{"2027-02", "2027-02-28"},
		{"2028-02", "2028-02-29"},
		{"31.1.2027", "2027-01-31"},
		{"31.01.27", "2027-01-31"},
		{"31.1.", "2027-01-31"},
		{"24.11.", "2026-11-24"},
		{"23.11.", "2027-11-23"},
		{"31 Jan", "2027-01-31"},
		{"Jan 31", "2027-01-31"},
		{"31. January 2028", "2028-01-31"},
		{"December 1st, 2026", "2026-12-01"},
		{"29 Feb", "2028-02-29"},
		{"today", "2026-11-24"},
		{"Tomorrow", "2026-11-25"},
		{"wed", "2026-11-25"},
		{"tue", "2026-12-01"},
		{"Monday", "2026-11-30"},
		{"2w", "2026-12-08"},
		{"10d", "2026-12-04"},
		{"3m", "2027-02-24"},
		{"tue 10:10", "2026-12-01 10:10"},
		{"Tue, 8:05", "2026-12-01 08:05"},
		{"2027-01-31 14h", "2027-01-31 14:00"},
		{"tomorrow at 2pm", "2026-11-25 14:00"},
		{"12am on fri", "2026-11-27 00:00"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct moment out;
		struct why why = {{0}};
		char text[WHEN_TIME];
		if (when_read(cases[i].text, today, &out, &why) != OK)
			fail_msg("%s", why.text);
		when_text(out, text);
		assert_string_equal(text, cases[i].day);
	}
}

static void nonsense_is_refused_with_the_forms_there_are(void **state)
{
	(void)state;
	static const char *const cases[] = {"", "someday", "2027-02-30", "2027-13",
		"31.2.2027", "3/4/2027", "10:10", "25:00 tue", "tue 10:75", "tue wed",
		"31", "Jan", "0 Jan", "2027", "99999w", "-2w", "tue tue", "31 Jan Feb",
		"2027-01-31 31 Jan", "1899-01-01", "9999-99-99", "31 Jan 2027 2028",
		"13pm tue", "ja 31", "1..2",
		"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789"};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct moment out;
		struct why why = {{0}};
		if (when_read(cases[i], today, &out, &why) != ERR_INVALID)
			fail_msg("\"%s\" was taken", cases[i]);
		assert_non_null(strstr(why.text, "2027-01-31"));
	}
}

static void days_are_counted_and_counted_back(void **state)
{
	(void)state;
	assert_int_equal(day_number((struct day){1970, 1, 1}), 0);
	assert_int_equal(day_number((struct day){2000, 3, 1}), 11017);
	assert_int_equal(day_weekday((struct day){2026, 11, 24}), 1);
	for (long n = -25000; n < 80000; n += 17) {
		struct day day = day_of(n);
		assert_int_equal(day_number(day), n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_forms_are_understood),
		cmocka_unit_test(nonsense_is_refused_with_the_forms_there_are),
		cmocka_unit_test(days_are_counted_and_counted_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
