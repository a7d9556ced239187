/* Seeking words, in one notebook and beside a partner's; snippets. */
#include "tests/unit/coaching/desk.h"

#include "core/coaching/seek.h"

/* The only document that has the words; its places. In `txn`. */
static struct seek_hit only(struct notebook_txn *txn, const char *word)
{
	struct seek_words words = {.words = &word, .count = 1};
	struct seek_hit *hits;
	size_t count;
	struct why why = {0};
	enum err e = coach_seek(txn, &words, &hits, &count, &why);
	if (e != OK || count != 1)
		fail_msg("%s: %zu found, %s", word, count, why_text(&why, e));
	return hits[0];
}

static size_t found(struct notebook_txn *txn, const struct seek_words *words)
{
	struct seek_hit *hits;
	size_t count;
	assert_int_equal(coach_seek(txn, words, &hits, &count, NULL), OK);
	return count;
}

static void a_partners_comment_is_found_in_the_document_it_is_about(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask, then wait");
	struct id there = give(amina, goal, ben, ROLE_COMMENT);
	assert_true(meet(amina, ben));
	assert_true(changes(ben, there, EDIT_APPEND, "comments", "Three séconds?"));
	assert_true(meet(amina, ben));

	struct notebook_txn *txn = look(amina);
	struct seek_hit hit = only(txn, "seconds");
	assert_true(id_equal(hit.id, goal));
	assert_int_equal(hit.count, 1);
	assert_string_equal(hit.places[0].field, "comments");
	assert_string_equal(hit.places[0].with, "Ben");
	/* Both words are in the document, each at another's hand. */
	const char *both[] = {"seconds", "ask"};
	assert_int_equal(found(txn, &(struct seek_words){.words = both, .count = 2}), 1);
	notebook_abort(txn);
}

static void with_a_partner_is_what_that_partner_has_too(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask, then wait");
	(void)new_goal(amina, "Wait for myself");
	(void)give(amina, goal, ben, ROLE_COMMENT);

	struct partner *with;
	const char *word = "wait";
	struct notebook_txn *txn = look(amina);
	assert_int_equal(people_find(txn, "Ben", &with, NULL), OK);
	struct seek_words words = {.words = &word, .count = 1};
	assert_int_equal(found(txn, &words), 2);
	words.with = with;
	assert_int_equal(found(txn, &words), 1);
	words.kind = coaching_kind("note");
	assert_int_equal(found(txn, &words), 0);
	notebook_abort(txn);
}

static void the_place_with_most_of_the_words_comes_first(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "wait");
	assert_true(changes(amina, goal, EDIT_SET, "why", "they wait, I count"));
	const char *both[] = {"wait", "count"};
	struct seek_words words = {.words = both, .count = 2};
	struct seek_hit *hits;
	size_t count;
	struct notebook_txn *txn = look(amina);
	assert_int_equal(coach_seek(txn, &words, &hits, &count, NULL), OK);
	assert_int_equal(count, 1);
	assert_int_equal(hits[0].count, 2);
	assert_string_equal(hits[0].places[0].field, "why");
	assert_int_equal(hits[0].places[0].fits, 2);
	notebook_abort(txn);
}

static void places_are_read_of_as_many_as_are_wanted(void **state)
{
	(void)state;
	(void)new_goal(amina, "a: wait");
	(void)new_goal(amina, "b: wait");
	(void)new_goal(amina, "c: wait");
	const char *word = "wait";
	struct seek_words words = {.words = &word, .count = 1, .most = 2};
	struct seek_hit *hits;
	size_t count;
	struct notebook_txn *txn = look(amina);
	assert_int_equal(coach_seek(txn, &words, &hits, &count, NULL), OK);
	assert_int_equal(count, 3);
	assert_int_equal(hits[0].count, 1);
	assert_int_equal(hits[1].count, 1);
	assert_int_equal(hits[2].count, 0);
	notebook_abort(txn);
}

static void what_was_deleted_is_not_found(void **state)
{
	(void)state;
	struct id goal = new_goal(amina, "Ask Marcus, then wait");
	assert_true(changes(amina, goal, EDIT_SET, "wish", "Ask, then wait"));
	const char *word = "marcus";
	struct notebook_txn *txn = look(amina);
	assert_int_equal(found(txn, &(struct seek_words){.words = &word, .count = 1}), 0);
	notebook_abort(txn);
}

static void a_search_for_nothing_gets_its_sentence(void **state)
{
	(void)state;
	static const struct {
		struct seek_words words;
		enum err error;
		const char *says;
	} cases[] = {
		{{0}, ERR_USAGE, "seek what?"},
		{{.seat = 4}, ERR_USAGE, "of which class"},
		{{.class_label = "9B", .seat = 61}, ERR_INVALID, "there is no S61"},
		{{.class_label = ""}, ERR_INVALID, "which class"},
	};
	static const char *const blank = " \t", *const wait = "wait";
	struct notebook_txn *txn = look(amina);
	struct seek_hit *hits;
	size_t count;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct why why = {0};
		struct seek_words words = cases[i].words;
		if (cases[i].error == ERR_USAGE && words.seat > 0) {
			words.words = &wait;
			words.count = 1;
		}
		assert_int_equal(
			coach_seek(txn, &words, &hits, &count, &why), cases[i].error);
		assert_non_null(strstr(why.text, cases[i].says));
	}
	struct seek_words words = {.words = &blank, .count = 1};
	assert_int_equal(coach_seek(txn, &words, &hits, &count, NULL), ERR_USAGE);
	notebook_abort(txn);
}

static void check_snippet(
	const char *text, const char *found, size_t width, const char *wanted)
{
	CLEAN_ARENA struct arena arena = {0};
	struct seek_place place = {.text = bytes_text(text)};
	const char *at = strstr(text, found);
	assert_non_null(at);
	place.found = (struct fold_span){(size_t)(at - text), strlen(found)};
	struct snippet s = seek_snippet(&arena, &place, width);
	const char *all = arena_format(&arena, "%s[%s]%s", s.before, s.found, s.after);
	assert_string_equal(all, wanted);
}

static void a_snippet_is_one_clean_line_cut_between_words(void **state)
{
	(void)state;
	check_snippet("wait", "wait", 4, "[wait]");
	check_snippet("I wait here", "wait", 40, "I [wait] here");
	check_snippet(
		"one two three wait four five six", "wait", 8, "…three [wait] four…");
	check_snippet("a\n\n\tb\033[31m wait\r\nc", "wait", 40, "a b[31m [wait] c");
	check_snippet("ééééééééééééééééééééé wait", "wait", 4, "…ééé [wait]");
	check_snippet("wait ééééééééééééééééééééé", "wait", 4, "[wait] ééé…");
	check_snippet(
		"語語語語語語語語語語語語語語語語語語wait", "wait", 3, "…語語語[wait]");
	check_snippet(
		"no place at all is shown from its front", "", 8, "[]no place at all…");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, desks_again)
	const struct CMUnitTest tests[] = {
		TEST(a_partners_comment_is_found_in_the_document_it_is_about),
		TEST(with_a_partner_is_what_that_partner_has_too),
		TEST(the_place_with_most_of_the_words_comes_first),
		TEST(places_are_read_of_as_many_as_are_wanted),
		TEST(what_was_deleted_is_not_found),
		TEST(a_search_for_nothing_gets_its_sentence),
		cmocka_unit_test(a_snippet_is_one_clean_line_cut_between_words),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
