#include "tests/test.h"

#include <ctype.h>

#include "core/base/err.h"

#define COUNT(name, sentence) +1
#define LAST                  (0 ERRORS(COUNT))

/* Each is put behind a colon or at the start of a line: no capital, no full stop. */
static void every_error_has_a_sentence_of_its_own(void **state)
{
	(void)state;
	for (int e = 0; e <= LAST; e++) {
		const char *text = err_text((enum err)e);
		assert_true(islower((unsigned char)text[0]));
		assert_true(text[strlen(text) - 1] != '.');
		assert_string_not_equal(text, err_text((enum err)(LAST + 1)));
		for (int other = 0; other < e; other++)
			assert_string_not_equal(text, err_text((enum err)other));
	}
}

static void the_reason_goes_up_with_the_error(void **state)
{
	(void)state;
	struct why why = {0};
	assert_string_equal(why_text(&why, ERR_FULL), "there is no space left");
	assert_string_equal(why_text(NULL, ERR_FULL), "there is no space left");
	assert_int_equal(because(&why, ERR_IO, "cannot open %s: %d", "x", 5), ERR_IO);
	assert_string_equal(why_text(&why, ERR_IO), "cannot open x: 5");
	assert_int_equal(because(NULL, ERR_IO, "cannot open %s", "x"), ERR_IO);
}

static void a_long_reason_is_cut(void **state)
{
	(void)state;
	struct why why;
	char text[2000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	assert_int_equal(because(&why, ERR_IO, "%s", text), ERR_IO);
	assert_int_equal(strlen(why.text), sizeof why.text - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_a_sentence_of_its_own),
		cmocka_unit_test(the_reason_goes_up_with_the_error),
		cmocka_unit_test(a_long_reason_is_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
