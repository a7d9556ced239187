/* Text as it is sought. */
#include "tests/test.h"

#include "core/base/fold.h"
#include "core/base/utf8.h"

static const char *folded(struct buf *buf, const char *text)
{
	buf_clear(buf);
	fold_add(buf, bytes_text(text));
	return buf_text(buf);
}

static void equal_to_who_seeks_is_equal(void **state)
{
	(void)state;
	static const struct {
		const char *text, *folded, *because;
	} cases[] = {
		{"", "", "nothing is nothing"},
		{"Wait Time, 9B!", "wait time, 9b!", "plain letters"},
		{"Café", "cafe", "an accent in its letter"},
		{"Cafe\xcc\x81", "cafe", "an accent beside its letter"},
		{"STRASSE Straße", "strasse strasse", "sharp s"},
		{"Łukasz Sørensen Đorđe æsir Œuvre", "lukasz sorensen dorde aesir oeuvre",
			"strokes and joined letters"},
		{"İSTANBUL ılık", "istanbul ilik", "the dotted and the dotless i"},
		{"ΣΊΣΥΦΟΣ Σίσυφος", "σισυφοσ σισυφοσ", "the last sigma"},
		{"Ёлка", "елка", "Cyrillic"},
		{"שָׁלוֹם", "שלום", "Hebrew points"},
		{"مُدَرِّس أحمد", "مدرس احمد", "Arabic vowels, hamza"},
		{"ﬁnd ＡＢＣ", "find abc", "forms that only look different"},
		{"it’s — no\xc2\xa0"
		 "break",
			"it's - no break", "marks and spaces"},
		{"co\xc2\xad"
		 "operate",
			"cooperate", "a hyphen that is not seen"},
		{"two\r\n\tlines  here", "two lines here", "breaks are one space"},
		{"ガラス カラス", "ガラス カラス", "voicing is no accent"},
	};
	CLEAN_BUF struct buf a = {0}, b = {0};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		/* Kana and the like come out taken apart: the same on both sides. */
		const char *wanted = folded(&b, cases[i].folded);
		if (strcmp(folded(&a, cases[i].text), wanted) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].because, buf_text(&a),
				wanted);
	}
	assert_string_equal(folded(&a, "Straße"), "strasse");
	assert_string_not_equal(folded(&a, "ガラス"), folded(&b, "カラス"));
}

static void folding_twice_changes_nothing(void **state)
{
	(void)state;
	CLEAN_BUF struct buf text = {0}, once = {0}, twice = {0};
	for (uint32_t v = 1; v < 0x30000; v++) {
		if (v >= 0xd800 && v < 0xe000)
			continue;
		buf_clear(&text);
		buf_clear(&once);
		buf_clear(&twice);
		utf8_add(&text, v);
		fold_add(&once, buf_bytes(&text));
		fold_add(&twice, buf_bytes(&once));
		if (!bytes_equal(buf_bytes(&once), buf_bytes(&twice)))
			fail_msg("U+%04X", (unsigned)v);
		assert_true(utf8_valid(buf_bytes(&once)));
	}
}

static void what_was_found_is_shown_as_it_stands(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words, *shown;
	} cases[] = {
		{"I wait, you wait", "wait", "wait"},
		{"un Cafe\xcc\x81 noir", "cafe", "Cafe\xcc\x81"},
		{"Die Straße hier", "strasse", "Straße"},
		{"Die Straße hier", "ss", "ß"},
		{"group\n   work", "group work", "group\n   work"},
		{"ends in ﬁ", "fi", "ﬁ"},
		{"é", "e", "é"},
	};
	CLEAN_BUF struct buf words = {0}, scratch = {0};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bytes text = bytes_text(cases[i].text);
		struct fold_span found;
		buf_clear(&words);
		fold_add(&words, bytes_text(cases[i].words));
		assert_true(fold_find(text, buf_bytes(&words), &scratch, &found));
		struct bytes shown = {text.at + found.at, found.len};
		assert_true(bytes_equal(shown, bytes_text(cases[i].shown)));
	}
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	CLEAN_BUF struct buf scratch = {0};
	struct fold_span found;
	assert_false(
		fold_find(bytes_text("wai t"), bytes_text("wait"), &scratch, &found));
	assert_false(fold_find(bytes_text(""), bytes_text("wait"), &scratch, &found));
}

static void text_that_is_no_utf8_ends_there(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	assert_string_equal(folded(&out, "Good\xff"
					 "bad"),
		"good");
}

static void letters_digits_and_marks_make_words(void **state)
{
	(void)state;
	static const uint32_t in[] = {'a', 'Z', '7', 0xE9, 0x301, 0x5D0, 0x4E2D, 0x93E};
	static const uint32_t out[] = {' ', '-', '_', '\'', '.', 0x2019, 0xA0, 0x3002};
	for (size_t i = 0; i < sizeof in / sizeof in[0]; i++)
		assert_true(fold_is_word(in[i]));
	for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
		assert_false(fold_is_word(out[i]));
}

static void two_keyboards_compose_the_same_text(void **state)
{
	(void)state;
	static const struct {
		const char *typed, *composed;
	} cases[] = {
		{"quatre e\xcc\x81te\xcc\x81s", "quatre \xc3\xa9t\xc3\xa9s"},
		{"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"},
		/* Only the form is made one: no case, no look. */
		{"Stra\xc3\x9f"
		 "e \xef\xac\x81",
			"Stra\xc3\x9f"
			"e \xef\xac\x81"},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int32_t scratch[64];
		struct bytes out;
		assert_true(fold_compose(bytes_text(cases[i].typed), scratch, 64, &out));
		assert_true(bytes_equal(out, bytes_text(cases[i].composed)));
	}
}

static void what_does_not_fit_is_not_composed(void **state)
{
	(void)state;
	int32_t scratch[4];
	struct bytes out;
	assert_true(fold_compose(bytes_text("abc"), scratch, 4, &out));
	assert_false(fold_compose(bytes_text("abcd"), scratch, 4, &out));
	assert_false(fold_compose(bytes_text("\xff"), scratch, 4, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_to_who_seeks_is_equal),
		cmocka_unit_test(folding_twice_changes_nothing),
		cmocka_unit_test(what_was_found_is_shown_as_it_stands),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(text_that_is_no_utf8_ends_there),
		cmocka_unit_test(letters_digits_and_marks_make_words),
		cmocka_unit_test(two_keyboards_compose_the_same_text),
		cmocka_unit_test(what_does_not_fit_is_not_composed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
