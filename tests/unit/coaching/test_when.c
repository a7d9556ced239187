/* core/coaching/when.h: the days people write. Today is Tuesday, 2026-11-24, 09:30. */
#include "tests/test.h"

#include "core/coaching/daywords.h"
#include "core/coaching/when.h"
#include "tests/unit/base/catalogue.h"

static const struct moment today = {{2026, 11, 24}, 9, 30};

static void usual_forms_are_understood(void **state)
{
	(void)state;
	static const struct {
		const char *text, *day;
	} cases[] = {
		{"2027-01-31", "2027-01-31"}, {"2027-02", "2027-02-28"},
		{"2028-02", "2028-02-29"}, {"31.1.2027", "2027-01-31"},
		{"31.01.27", "2027-01-31"}, {"31.1.", "2027-01-31"},
		{"24.11.", "2026-11-24"}, {"23.11.", "2027-11-23"},
		{"31 Jan", "2027-01-31"}, {"Jan 31", "2027-01-31"},
		{"31. January 2028", "2028-01-31"}, {"December 1st, 2026", "2026-12-01"},
		{"29 Feb", "2028-02-29"}, {"today", "2026-11-24"},
		{"Tomorrow", "2026-11-25"}, {"wed", "2026-11-25"}, {"tue", "2026-12-01"},
		{"Monday", "2026-11-30"}, {"2w", "2026-12-08"}, {"10d", "2026-12-04"},
		{"3m", "2027-02-24"}, {"tue 10:10", "2026-12-01 10:10"},
		{"Tue, 8:05", "2026-12-01 08:05"}, {"2027-01-31 14h", "2027-01-31 14:00"},
		{"tomorrow at 2pm", "2026-11-25 14:00"},
		{"12am on fri", "2026-11-27 00:00"}, {"2027/01/31", "2027-01-31"},
		{"24/11/2026", "2026-11-24"}, /* there is no 24th month */
		{"11/24/26", "2026-11-24"},
		{"5/5/2027 9:00", "2027-05-05 09:00"}, /* either way the same day */
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
		"31.2.2027", "13/13/2027", "1/2/3/4", "10:10", "25:00 tue", "tue 10:75", "tue wed",
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

static void a_day_that_may_be_two_is_refused_with_both(void **state)
{
	(void)state;
	struct moment out;
	struct why why;
	assert_int_equal(when_read("3/4/2027", today, &out, &why), ERR_INVALID);
	assert_string_equal(why.text,
		"\"3/4/2027\" may be Sat 3 Apr 2027 or Thu 4 Mar 2027; write 2027-04-03 "
		"or 2027-03-04");
	assert_int_equal(when_read("31/31/2027", today, &out, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "2027-01-31"));
}

/* Words of a language with cases: every form that stands in a date. */
static const struct message polish[] = {
	MESSAGE("", "Content-Type: text/plain; charset=UTF-8\n"),
	MESSAGE("%d %s %d, %02d:%02d", "%1$d %2$s %3$d, godz. %4$02d:%5$02d"),
	MESSAGE("%s %d %s %d", "%1$s, %2$d %3$s %4$d"),
	MESSAGE("days\004Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
		"sty lut mar kwi maj cze lip sie wrz paź lis gru"),
	MESSAGE("days\004Mon Tue Wed Thu Fri Sat Sun",
		"pon. wt. śr. czw. pt. sob. niedz."),
	MESSAGE("days\004at on", "o w we godz"),
	MESSAGE("days\004d w m", "d t m"),
	MESSAGE("days\004january february march april may june july august september "
		"october november december",
		"styczeń/stycznia luty/lutego marzec/marca kwiecień/kwietnia maj/maja "
		"czerwiec/czerwca lipiec/lipca sierpień/sierpnia wrzesień/września "
		"październik/października listopad/listopada grudzień/grudnia"),
	MESSAGE("days\004monday tuesday wednesday thursday friday saturday sunday",
		"poniedziałek/pn wtorek/wt środa/środę/śr czwartek/czw piątek/pt "
		"sobota/sobotę/sob niedziela/niedzielę/nd"),
	MESSAGE("days\004today tomorrow", "dziś/dzisiaj jutro"),
};

static void the_readers_language_is_understood_and_english_too(void **state)
{
	(void)state;
	static const struct {
		const char *text, *day;
	} cases[] = {
		{"we wtorek o 10:10", "2026-12-01 10:10"},
		{"śr", "2026-11-25"},
		{"SRODA", "2026-11-25"}, /* neither capitals nor accents matter */
		{"ŚRODĘ", "2026-11-25"},
		{"pią", "2026-11-27"},
		{"31 stycznia", "2027-01-31"},
		{"3 maja 2027", "2027-05-03"},
		{"jutro o godz. 9:05", "2026-11-25 09:05"},
		{"dzisiaj", "2026-11-24"},
		{"2t", "2026-12-08"},
		{"2w", "2026-12-08"},
		{"tue 10:10", "2026-12-01 10:10"},
		{"31 Jan", "2027-01-31"},
		{"tomorrow", "2026-11-25"},
	};
	catalogue_begin(polish, sizeof polish / sizeof polish[0]);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct moment out;
		struct why why = {{0}};
		char text[WHEN_TIME];
		if (when_read(cases[i].text, today, &out, &why) != OK)
			fail_msg("%s", why.text);
		when_text(out, text);
		assert_string_equal(text, cases[i].day);
	}
	char text[DAYWORDS_DATE];
	daywords_day(today.day, text);
	assert_string_equal(text, "wt., 24 lis 2026");
	daywords_moment(today, text);
	assert_string_equal(text, "24 lis 2026, godz. 09:30");
	catalogue_end(NULL);
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
		cmocka_unit_test(a_day_that_may_be_two_is_refused_with_both),
		cmocka_unit_test(days_are_counted_and_counted_back),
		/* Last: the language stays. */
		cmocka_unit_test(the_readers_language_is_understood_and_english_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
