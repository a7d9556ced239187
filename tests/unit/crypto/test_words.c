#include "tests/test.h"

#include <ctype.h>

#include "core/crypto/words.h"
#include "core/crypto/words_list.h"

static void assert_reads(const char *text, struct words_code expected)
{
	struct words_code code;
	struct why why = {0};
	if (words_code_read(text, &code, &why) != OK)
		fail_msg("%s: %s", text, why.text);
	assert_int_equal(code.nameplate, expected.nameplate);
	assert_memory_equal(code.r, expected.r, 3);
}

static void assert_refused(const char *text, const char *sentence)
{
	static const struct words_code none;
	struct words_code code;
	struct why why = {0};
	memset(&code, 1, sizeof code);
	assert_int_equal(words_code_read(text, &code, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, sentence));
	assert_memory_equal(&code, &none, sizeof code);
}

/* ---- The list. */

/* What the reading of beginnings rests on. */
static void no_word_begins_another_and_none_comes_twice(void **state)
{
	(void)state;
	for (int parity = 0; parity < 2; parity++)
		for (size_t i = 0; i < 256; i++)
			for (size_t k = 0; k < 256; k++) {
				const char *a = words_list[i][parity];
				if (i != k)
					assert_int_not_equal(
						strncmp(a, words_list[k][parity],
							strlen(a)),
						0);
			}
}

static void a_word_says_in_which_place_it_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < 256; i++)
		for (size_t k = 0; k < 256; k++)
			assert_string_not_equal(words_list[i][0], words_list[k][1]);
}

static void words_are_plain_small_letters_and_no_shorter_than_a_beginning(void **state)
{
	(void)state;
	for (size_t i = 0; i < 256; i++)
		for (int parity = 0; parity < 2; parity++) {
			const char *w = words_list[i][parity];
			assert_in_range(strlen(w), 4, 11);
			for (; *w != '\0'; w++)
				assert_true(islower((unsigned char)*w));
		}
}

/* The example that PGP's fingerprints are explained with. */
static void the_list_is_pgps(void **state)
{
	(void)state;
	static const uint8_t print[] = {0xe5, 0x82, 0x94, 0xf2, 0xe9, 0xa2, 0x27, 0x48,
		0x6e, 0x8b, 0x06, 0x1b, 0x31, 0xcc, 0x52, 0x8f, 0xd7, 0xfa, 0x3f, 0x19};
	static const char *const words[] = {"topmost", "istanbul", "pluto", "vagabond",
		"treadmill", "pacific", "brackish", "dictator", "goldfish", "medusa",
		"afflict", "bravado", "chatter", "revolver", "dupont", "midsummer",
		"stopwatch", "whimsical", "cowbell", "bottomless"};
	for (size_t i = 0; i < sizeof print; i++)
		assert_string_equal(words_list[print[i]][i % 2], words[i]);
	assert_string_equal(words_list[0x00][0], "aardvark");
	assert_string_equal(words_list[0xff][1], "yucatan");
}

/* ---- Codes. */

static void every_code_reads_as_it_was_written(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		struct words_code code = {(uint8_t)(i % WORDS_NAMEPLATES),
			{(uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i * 7)}};
		char text[WORDS_TEXT_MAX];
		words_code_text(&code, text);
		assert_reads(text, code);
	}
}

static void a_code_looks_as_the_help_says(void **state)
{
	(void)state;
	struct words_code code = {.nameplate = 7};
	char text[WORDS_TEXT_MAX];
	assert_int_equal(words_code_read("07-crusade-everyday-dropper", &code, NULL), OK);
	words_code_text(&code, text);
	assert_string_equal(text, "07-crusade-everyday-dropper");
	words_three_text(code.r, text);
	assert_string_equal(text, "crusade everyday dropper");
}

static void a_code_may_be_typed_in_any_manner(void **state)
{
	(void)state;
	struct words_code code;
	assert_int_equal(words_code_read("07-crusade-everyday-dropper", &code, NULL), OK);
	assert_reads("7 Crusade EVERYDAY dropper", code);
	assert_reads("  07.crusade.everyday.dropper\n", code);
	assert_reads("07 - crusade - everyday - dropper ", code);
	assert_reads("7-crus-ever-drop", code);
	assert_reads("7-CRUSA-everyd-droppe", code);
}

static void every_unique_beginning_of_four_letters_or_more_will_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < 256; i++) {
		const char *word = words_list[i][1];
		for (size_t len = 4; len <= strlen(word); len++) {
			size_t same = 0;
			for (size_t k = 0; k < 256; k++)
				same += strncmp(word, words_list[k][1], len) == 0;
			char text[WORDS_TEXT_MAX];
			(void)snprintf(
				text, sizeof text, "1-acme-%.*s-acme", (int)len, word);
			struct words_code code = {1, {3, (uint8_t)i, 3}};
			if (same == 1)
				assert_reads(text, code);
			else
				assert_refused(text, "word 2 could be more than one");
		}
	}
}

/* Known before a guess is spent. */
static void a_word_in_the_wrong_place_is_named(void **state)
{
	(void)state;
	assert_refused("07-everyday-crusade-dropper", "word 1 looks wrong");
	assert_refused("07-crusade-dropper-everyday", "word 2 looks wrong");
	assert_refused("07-crusade-everyday-everyday", "word 3 looks wrong");
	assert_refused("07-crusade-everyday-droppers", "word 3 looks wrong");
	assert_refused("07-cru-everyday-dropper", "word 1 looks wrong");
	assert_refused("07-crus\xc3\xa9-everyday-dropper", "word 1 looks wrong");
}

static void what_is_no_code_is_told_what_one_is(void **state)
{
	(void)state;
	static const char *const cases[] = {"", " ", "7", "crusade-everyday-dropper",
		"07-crusade-everyday", "07-crusade", "007-crusade-everyday-dropper",
		"-7x-crusade-everyday-dropper", "07-crusade-everyday-dropper-acme",
		"07-crusade-everyday-dropper-1", "+7-crusade-everyday-dropper"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_refused(cases[i], "a code is a number and three words");
	static char long_text[100000];
	memset(long_text, 'a', sizeof long_text - 1);
	assert_refused(long_text, "a code is");
	(void)memcpy(long_text, "7 ", 2);
	assert_refused(long_text, "word 1 looks wrong");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_word_begins_another_and_none_comes_twice),
		cmocka_unit_test(a_word_says_in_which_place_it_stands),
		cmocka_unit_test(
			words_are_plain_small_letters_and_no_shorter_than_a_beginning),
		cmocka_unit_test(the_list_is_pgps),
		cmocka_unit_test(every_code_reads_as_it_was_written),
		cmocka_unit_test(a_code_looks_as_the_help_says),
		cmocka_unit_test(a_code_may_be_typed_in_any_manner),
		cmocka_unit_test(every_unique_beginning_of_four_letters_or_more_will_do),
		cmocka_unit_test(a_word_in_the_wrong_place_is_named),
		cmocka_unit_test(what_is_no_code_is_told_what_one_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
