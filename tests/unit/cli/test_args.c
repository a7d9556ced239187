#include "tests/test.h"

#include "cli/args.h"

/* A small kith: the reader knows commands only by this table. */
static const struct option goal_options[] = {
	{"why", "T", "why it matters"},
	{"done", NULL, "a flag"},
};
static const struct command goal = {
	.name = "goal", .words = "TITLE", .min = 1, .max = 1, OPTIONS(goal_options)};
static const struct option list_options[] = {{"set", "VALUE", "nothing empties it"}};
static const struct command list = {.name = "list",
	.words = "[KIND]",
	.max = 1,
	OPTIONS(list_options),
	.may_be_blank = "set"};

const struct command *const commands[] = {&goal, &list};
const size_t command_count = 2;
const struct option global_options[] = {
	{"home", "DIR", "the store"},
	{"json", NULL, "JSON"},
	{"help", NULL, "help"},
	{"version", NULL, "version"},
};
const size_t global_option_count = 4;

#define ARGV_MAX 12

/* Read the words up to NULL. */
static enum err read_words(
	struct args *args, const char *const words[ARGV_MAX], struct why *why)
{
	int count = 0;
	while (count < ARGV_MAX && words[count] != NULL)
		count++;
	*args = (struct args){0};
	return args_read(args, count, words, why);
}

static void options_may_stand_anywhere(void **state)
{
	(void)state;
	static const char *const orders[][ARGV_MAX] = {
		{"kith", "--home", "d", "--json", "goal", "T", "--why", "w"},
		{"kith", "goal", "--why", "w", "T", "--home", "d", "--json"},
		{"kith", "--json", "goal", "--why=w", "--home=d", "T"},
	};
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		struct args args;
		assert_int_equal(read_words(&args, orders[i], NULL), OK);
		assert_ptr_equal(args.command, &goal);
		assert_string_equal(args_word(&args, 0), "T");
		assert_string_equal(args_value(&args, "why"), "w");
		assert_string_equal(args_value(&args, "home"), "d");
		assert_true(args_has(&args, "json"));
		assert_false(args_has(&args, "done"));
		args_release(&args);
	}
}

static void last_of_a_repeated_option_holds(void **state)
{
	(void)state;
	const char *const words[ARGV_MAX] = {
		"kith", "goal", "T", "--why", "a", "--why", "b"};
	struct args args;
	assert_int_equal(read_words(&args, words, NULL), OK);
	assert_string_equal(args_value(&args, "why"), "b");
	args_release(&args);
}

static void value_may_begin_with_a_dash(void **state)
{
	(void)state;
	const char *const words[ARGV_MAX] = {"kith", "goal", "T", "--why", "--json"};
	struct args args;
	assert_int_equal(read_words(&args, words, NULL), OK);
	assert_string_equal(args_value(&args, "why"), "--json");
	assert_false(args_has(&args, "json"));
	args_release(&args);
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	const char *const words[ARGV_MAX] = {"kith", "goal", "--", "--why"};
	struct args args;
	assert_int_equal(read_words(&args, words, NULL), OK);
	assert_string_equal(args_word(&args, 0), "--why");
	args_release(&args);
}

static void one_dash_is_a_word(void **state)
{
	(void)state;
	const char *const words[ARGV_MAX] = {"kith", "goal", "-"};
	struct args args;
	assert_int_equal(read_words(&args, words, NULL), OK);
	assert_string_equal(args_word(&args, 0), "-");
	args_release(&args);
}

static void nothing_is_a_value_where_the_command_says_so(void **state)
{
	(void)state;
	const char *const words[ARGV_MAX] = {"kith", "list", "--set", ""};
	struct args args;
	assert_int_equal(read_words(&args, words, NULL), OK);
	assert_string_equal(args_value(&args, "set"), "");
	args_release(&args);
}

static void mistake_is_refused_with_a_sentence(void **state)
{
	(void)state;
	static const struct {
		const char *words[ARGV_MAX];
		const char *says;
	} cases[] = {
		{{"kith", "gaol", "T"}, "did you mean \"goal\""},
		{{"kith", "frobnicate"}, "kith help"},
		{{"kith", "goal", "T", "--whi", "x"}, "did you mean --why"},
		{{"kith", "goal", "T", "--jsno"}, "did you mean --json"},
		{{"kith", "goal", "T", "--colour"}, "kith help goal"},
		{{"kith", "goal"}, "goal needs TITLE"},
		{{"kith", "goal", "two", "words"}, "quote a text"},
		{{"kith", "goal", "T", "--why"}, "--why needs a value"},
		{{"kith", "goal", "T", "--why", ""}, "--why is empty"},
		{{"kith", "goal", "T", "--why="}, "--why is empty"},
		{{"kith", "goal", "T", "--why", " \t"}, "--why is empty"},
		{{"kith", "goal", "T", "--why", "\xc2\xa0"}, "--why is empty"},
		{{"kith", "--home", "", "list"}, "--home is empty"},
		{{"kith", "goal", "T", "--done=yes"}, "takes no value"},
		{{"kith", "--why", "x", "goal", "T"}, "after a command"},
		{{"kith", "-x"}, "no option -x"},
		{{"kith", "goal", "\xff\xfe"}, "not valid UTF-8"},
		{{"kith", "goal", "T", "--why", "\xc0\x80"}, "not valid UTF-8"},
		{{"kith", "\xff"}, "not valid UTF-8"},
		{{"kith", "goal", "T", "--w\xff"}, "no option"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct args args;
		struct why why = {0};
		assert_int_equal(read_words(&args, cases[i].words, &why), ERR_USAGE);
		assert_non_null(strstr(why.text, cases[i].says));
		args_release(&args);
	}
}

static void help_needs_no_words(void **state)
{
	(void)state;
	static const char *const orders[][ARGV_MAX] = {
		{"kith", "goal", "--help"}, {"kith", "--help"}, {"kith", "goal", "-h"}};
	for (size_t i = 0; i < 3; i++) {
		struct args args;
		assert_int_equal(read_words(&args, orders[i], NULL), OK);
		assert_true(args_has(&args, "help"));
		args_release(&args);
	}
}

static void nothing_typed_names_no_command(void **state)
{
	(void)state;
	const char *const words[ARGV_MAX] = {"kith"};
	struct args args;
	assert_int_equal(read_words(&args, words, NULL), OK);
	assert_null(args.command);
	args_release(&args);
}

static void choice_is_an_index_or_a_suggestion(void **state)
{
	(void)state;
	static const char *const roles[] = {"read", "comment", "edit", NULL};
	size_t index = 9;
	struct why why = {0};
	assert_int_equal(args_choice("the role", "comment", roles, &index, &why), OK);
	assert_int_equal(index, 1);
	assert_int_equal(
		args_choice("the role", "coment", roles, &index, &why), ERR_USAGE);
	assert_non_null(strstr(why.text, "did you mean \"comment\""));
	assert_int_equal(
		args_choice("the role", "zzzzzz", roles, &index, &why), ERR_USAGE);
	assert_non_null(strstr(why.text, "read, comment, edit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_may_stand_anywhere),
		cmocka_unit_test(last_of_a_repeated_option_holds),
		cmocka_unit_test(value_may_begin_with_a_dash),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(one_dash_is_a_word),
		cmocka_unit_test(nothing_is_a_value_where_the_command_says_so),
		cmocka_unit_test(mistake_is_refused_with_a_sentence),
		cmocka_unit_test(help_needs_no_words),
		cmocka_unit_test(nothing_typed_names_no_command),
		cmocka_unit_test(choice_is_an_index_or_a_suggestion),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
