#include "core/base/columns.h"

#include "tests/test.h"

static void a_cluster_is_what_people_take_for_one_character(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t clusters, columns;
	} cases[] = {
		{"", 0, 0},
		{"abc", 3, 3},
		{"漢字", 2, 4},               /* wide */
		{"ｱ", 1, 1},                  /* half width */
		{"e\u0301te\u0301", 3, 3},    /* accents take no column */
		{"\u1112\u1161\u11ab", 1, 2}, /* a Hangul syllable of three jamo */
		{"👩‍👩‍👧", 1, 2}, /* a family, joined */
		{"👋🏽", 1, 2},           /* a hand with the colour of its skin */
		{"🇵🇱🇩🇪", 2, 4},               /* two flags of two letters each */
		{"❤\ufe0f", 1, 2},            /* a heart, asked for as an emoji */
		{"1\ufe0f\u20e3", 1, 2},      /* a keycap */
		{"שלום", 4, 4},
		{"\u0628\u064e\u0631", 2, 2}, /* an Arabic letter with a vowel mark */
		{"\u0928\u093f", 1, 2},       /* a Devanagari letter and its vowel sign */
		{"\r\n", 1, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes rest = bytes_text(cases[i].text), cluster;
		size_t count = 0, len = 0;
		while (cluster_next(&rest, &cluster)) {
			count++;
			len += cluster.len;
		}
		assert_int_equal(len, strlen(cases[i].text));
		assert_int_equal(count, cases[i].clusters);
		assert_int_equal(
			text_columns(bytes_text(cases[i].text)), cases[i].columns);
	}
}

static void clusters_end_at_a_byte_that_is_none_of_utf8(void **state)
{
	(void)state;
	struct bytes rest = bytes_text("a\xff"
				       "b"),
		     cluster;
	assert_true(cluster_next(&rest, &cluster));
	assert_int_equal(cluster.len, 1);
	assert_false(cluster_next(&rest, &cluster));
}

static void what_runs_right_to_left_is_isolated_from_what_stands_beside_it(void **state)
{
	(void)state;
	static const struct {
		const char *text, *isolated;
	} cases[] = {
		{"", ""}, {"plain, 3 lines", "plain, 3 lines"},
		{"g-k7f3x  שלום, 3 lines", "g-k7f3x  \u2068שלום\u2069, 3 lines"},
		{"שלום עולם: 12", "\u2068שלום עולם\u2069: 12"},
		{"שלום 3 עולם!",
			"\u2068שלום 3 עולם\u2069!"}, /* a number inside stays in */
		{"אב abc גד", "\u2068אב\u2069 abc \u2068גד\u2069"},
		{"אב\nגד", "\u2068אב\u2069\n\u2068גד\u2069"}, /* each line for itself */
		{"\u0628\u064e: 1", "\u2068\u0628\u064e\u2069: 1"}, /* with its mark */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CLEAN_BUF struct buf out = {0};
		add_isolated(&out, bytes_text(cases[i].text));
		assert_string_equal(buf_text(&out), cases[i].isolated);
		assert_int_equal(text_columns(buf_bytes(&out)),
			text_columns(bytes_text(cases[i].text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cluster_is_what_people_take_for_one_character),
		cmocka_unit_test(clusters_end_at_a_byte_that_is_none_of_utf8),
		cmocka_unit_test(
			what_runs_right_to_left_is_isolated_from_what_stands_beside_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
