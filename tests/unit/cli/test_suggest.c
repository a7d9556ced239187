#include "tests/test.h"

#include "cli/suggest.h"

static void distance_counts_what_must_change(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{"", "", 0},
		{"share", "share", 0},
		{"shar", "share", 1},   /* one dropped */
		{"sharee", "share", 1}, /* one added */
		{"shbre", "share", 1},  /* one changed */
		{"hsare", "share", 1},  /* two neighbours swapped */
		{"abc", "", 3},
		{"kitten", "sitting", 3},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(
			suggest_distance(cases[i].a, cases[i].b), cases[i].distance);
		assert_int_equal(
			suggest_distance(cases[i].b, cases[i].a), cases[i].distance);
	}
}

static void nearest_word_is_named(void **state)
{
	(void)state;
	static const char *const words[] = {"share", "shared", "show", "takeback"};
	assert_string_equal(suggest("shaer", words, 4), "share");
	assert_string_equal(suggest("takback", words, 4), "takeback");
	assert_string_equal(suggest("shwo", words, 4), "show");
}

static void far_word_names_nothing(void **state)
{
	(void)state;
	static const char *const words[] = {"share", "show"};
	assert_null(suggest("frobnicate", words, 2));
	assert_null(suggest("", words, 2));
	assert_null(suggest("x", words, 2));
}

static void endless_word_is_near_nothing(void **state)
{
	(void)state;
	static const char *const words[] = {"share"};
	char *wrong = malloc(100001);
	memset(wrong, 's', 100000);
	wrong[100000] = '\0';
	assert_null(suggest(wrong, words, 1));
	free(wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distance_counts_what_must_change),
		cmocka_unit_test(nearest_word_is_named),
		cmocka_unit_test(far_word_names_nothing),
		cmocka_unit_test(endless_word_is_near_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
