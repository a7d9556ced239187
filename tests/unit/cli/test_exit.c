#include "tests/test.h"

#include "cli/exit.h"

static void codes_are_those_scripts_rely_on(void **state)
{
	(void)state;
	static const struct {
		enum err e;
		int code;
	} cases[] = {
		{OK, 0},
		{ERR_REFUSED, 1},
		{ERR_INVALID, 1},
		{ERR_USAGE, 2},
		{ERR_NOT_FOUND, 3},
		{ERR_AMBIGUOUS, 3},
		{ERR_LOCKED, 4},
		{ERR_PASSPHRASE, 4},
		{ERR_NOT_REACHED, 5},
		{ERR_DAMAGED, 6},
		{ERR_FOREIGN, 6},
		{ERR_READ_ONLY, 6},
		{ERR_FULL, 6},
		{ERR_MISMATCH, 7},
		{ERR_VERSION, 7},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal((int)exit_of(cases[i].e), cases[i].code);
}

static void every_error_has_a_code_and_a_word(void **state)
{
	(void)state;
#define CHECK(name, sentence)                                                            \
	{                                                                                \
		char word[32];                                                           \
		assert_true(exit_of(name) != EXIT_DONE);                                 \
		assert_true(strlen(exit_word(name, word)) > 1);                          \
		assert_null(strpbrk(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ "));               \
	}
	ERRORS(CHECK)
#undef CHECK
}

static void error_is_a_json_document_without_controls(void **state)
{
	(void)state;
	CLEAN_BUF struct buf out = {0};
	struct why why;
	why_say(&why, "no \"x\033[1m\" here");
	exit_json(&out, ERR_NOT_FOUND, &why);
	assert_string_equal(buf_text(&out), "{\"error\": {\"code\": \"not_found\", "
					    "\"text\": \"no \\\"x[1m\\\" here\"}}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_those_scripts_rely_on),
		cmocka_unit_test(every_error_has_a_code_and_a_word),
		cmocka_unit_test(error_is_a_json_document_without_controls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
