/* core/coaching/pack.h: the shipped questions, and what is no pack. */
#include "tests/test.h"

#include "core/coaching/pack.h"

static void every_shipped_pack_reads_and_says_what_it_is_for(void **state)
{
	(void)state;
	size_t count;
	const struct pack *all = packs_shipped(&count);
	assert_int_equal(count, 13);
	assert_true(bytes_equal(all[0].id, bytes_text("basic")));
	unsigned uses = 0;
	for (size_t i = 0; i < count; i++) {
		assert_true(all[i].uses != 0);
		assert_true(all[i].source.len > 0);
		assert_true(all[i].prompt_count >= 2);
		uses |= all[i].uses;
	}
	assert_int_equal(
		uses, PACK_PLAN | PACK_DEBRIEF | PACK_REFLECTION | PACK_FEEDBACK);
}

static void a_pack_answers_to_its_id_and_to_a_unique_beginning(void **state)
{
	(void)state;
	assert_non_null(pack_find(bytes_text("grow")));
	assert_ptr_equal(
		pack_find(bytes_text("lesson")), pack_find(bytes_text("lesson_study")));
	assert_null(pack_find(bytes_text("nothing")));
	assert_null(pack_find(bytes_text("")));
}

static void tuning_takes_twenty_minutes(void **state)
{
	(void)state;
	const struct pack *pack = pack_find(bytes_text("tuning"));
	unsigned sum = 0;
	for (size_t i = 0; i < pack->prompt_count; i++)
		sum += pack->prompts[i].minutes;
	assert_int_equal(sum, 20);
}

static void what_is_no_pack_says_which_line_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"id: a\nname: A\nprompt: k\n", "line 3: a prompt is a key"},
		{"id: a\nname: A\nprompt: k | q\nprompt: k | r\n", "line 4: two prompts"},
		{"id: a\nname: A\nfor: fun\n", "line 3: a pack is for"},
		{"id: a\nname: A\n", "at least one prompt"},
		{"id: a\nname: A\nprompt: k | q | soon\n", "line 3: not a number"},
		{"what\n", "line 1: no \"word: value\""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pack pack;
		struct why why = {{0}};
		assert_int_equal(
			pack_parse(bytes_text(cases[i].text), &pack, &why), ERR_INVALID);
		if (strstr(why.text, cases[i].says) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", why.text, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_pack_reads_and_says_what_it_is_for),
		cmocka_unit_test(a_pack_answers_to_its_id_and_to_a_unique_beginning),
		cmocka_unit_test(tuning_takes_twenty_minutes),
		cmocka_unit_test(what_is_no_pack_says_which_line_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
