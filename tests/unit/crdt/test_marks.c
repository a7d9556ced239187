#include "tests/test.h"

#include "core/base/pack.h"
#include "core/crdt/draft.h"
#include "core/crdt/marks.h"
#include "core/crdt/value.h"
#include "tests/crdt_kit.h"

#define PAGE  (&kit_kinds[0])
#define TITLE (&kit_page_fields[0])
#define BODY  (&kit_page_fields[2])
#define WORDS (&kit_page_fields[4])
#define SAID  (&kit_page_fields[5])

/* A page that anna made, ben has seen, and each goes on from there. */
struct scene {
	struct kit_hand anna, ben;
	struct document *document;
	struct arena arena;
	struct mark *marks;
	size_t count;
};

static void begin(struct scene *scene, const char *body)
{
	*scene = (struct scene){.anna = kit_hand("a1"), .ben = kit_hand("b1")};
	CLEAN_SECTION struct kit_section s =
		kit_create(PAGE, scene->anna.person, ROLE_EDIT, WAY_TOGETHER);
	if (body[0] != '\0')
		kit_text(&s, BODY, NULL, 0, 0, body);
	struct author author = kit_next(&scene->anna);
	assert_int_equal(kit_begin(&s, &author, &scene->document), OK);
	kit_meet(&scene->ben, &scene->anna);
}

static void end(struct scene *scene)
{
	document_free(scene->document);
	arena_release(&scene->arena);
	kit_hand_release(&scene->anna);
	kit_hand_release(&scene->ben);
}

static void say(struct scene *scene, struct kit_hand *hand, struct kit_section *s)
{
	struct author author = kit_next(hand);
	assert_int_equal(kit_apply(s, &author, scene->document), OK);
	kit_release(s);
}

static void insert(
	struct scene *scene, struct kit_hand *hand, size_t pos, const char *text)
{
	struct kit_section s = kit_edit();
	kit_text(&s, BODY, NULL, pos, 0, text);
	say(scene, hand, &s);
}

static void title(struct scene *scene, struct kit_hand *hand, const char *text,
	const struct place *replaced, size_t count)
{
	struct kit_section s = kit_edit();
	kit_replaces(&s, kit_write(&s, TITLE, NULL, text), replaced, count);
	say(scene, hand, &s);
}

static void look(struct scene *scene)
{
	document_marks(scene->document, &scene->arena, &scene->marks, &scene->count);
}

static void assert_text(struct bytes got, const char *want)
{
	assert_int_equal(got.len, strlen(want));
	assert_memory_equal(got.at, want, got.len);
}

static void where_one_wrote_after_the_other_there_is_no_mark(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "ab");
	insert(&scene, &scene.anna, 1, "X");
	kit_meet(&scene.ben, &scene.anna);
	insert(&scene, &scene.ben, 2, "Y");
	title(&scene, &scene.ben, "one", NULL, 0);
	look(&scene);
	assert_int_equal(scene.count, 0);
	end(&scene);
}

static void two_passages_written_at_once_in_one_place_are_marked(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "ab");
	insert(&scene, &scene.anna, 1, "AAA");
	insert(&scene, &scene.ben, 1, "BBBB");
	look(&scene);
	assert_int_equal(scene.count, 1);
	assert_ptr_equal(scene.marks[0].field, BODY);
	assert_true(scene.marks[0].is_text);
	assert_text(scene.marks[0].a, "AAA");
	assert_text(scene.marks[0].b, "BBBB");
	assert_true(person_equal(scene.marks[0].a_by, scene.anna.person));
	assert_true(person_equal(scene.marks[0].b_by, scene.ben.person));
	end(&scene);
}

static void what_stands_apart_is_not_marked(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "ab");
	insert(&scene, &scene.anna, 1, "AAA");
	insert(&scene, &scene.ben, 2, "BBBB");
	look(&scene);
	assert_int_equal(scene.count, 0);
	end(&scene);
}

static void a_draft_begun_before_the_others_words_came_is_at_once_with_them(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "ab");
	CLEAN_VECTOR struct vector since = {0};
	vector_copy(&since, &scene.ben.seen);
	insert(&scene, &scene.anna, 1, "AAA");
	/* Ben's draft was carried over anna's words before it was sealed. */
	kit_meet(&scene.ben, &scene.anna);
	struct kit_section s = kit_edit();
	s.section.head.has_since = true;
	vector_copy(&s.section.head.since, &since);
	kit_text(&s, BODY, NULL, 4, 0, "BB");
	say(&scene, &scene.ben, &s);
	look(&scene);
	assert_int_equal(scene.count, 1);
	assert_text(scene.marks[0].a, "AAA");
	assert_text(scene.marks[0].b, "BB");
	end(&scene);
}

static void a_passage_is_all_that_its_author_wrote_there(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "ab");
	insert(&scene, &scene.anna, 1, "one");
	insert(&scene, &scene.anna, 4, " two");
	insert(&scene, &scene.ben, 1, "three");
	look(&scene);
	assert_int_equal(scene.count, 1);
	assert_text(scene.marks[0].a, "one two");
	assert_text(scene.marks[0].b, "three");
	end(&scene);
}

static void what_a_later_entry_had_seen_is_not_at_once_with_it(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "ab");
	insert(&scene, &scene.ben, 0, "Z");
	insert(&scene, &scene.anna, 1, "AAA");
	kit_meet(&scene.ben, &scene.anna);
	/* Z was at once with AAA and stands apart; this stands beside it and has seen it.
	 */
	insert(&scene, &scene.ben, 5, "BB");
	look(&scene);
	assert_int_equal(scene.count, 0);
	end(&scene);
}

static void erase(struct scene *scene, struct kit_hand *hand, size_t pos, size_t len)
{
	struct kit_section s = kit_edit();
	kit_text(&s, BODY, NULL, pos, len, "");
	say(scene, hand, &s);
}

static void words_inside_of_what_the_other_deleted_are_marked(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct scene scene;
		begin(&scene, "one two three");
		if (order == 0)
			erase(&scene, &scene.anna, 4, 4);
		insert(&scene, &scene.ben, 6, "XX");
		if (order == 1)
			erase(&scene, &scene.anna, 4, 4);
		look(&scene);
		assert_int_equal(scene.count, 1);
		assert_true(scene.marks[0].is_text);
		assert_text(scene.marks[0].a, "XX");
		assert_text(scene.marks[0].b, "");
		assert_true(person_equal(scene.marks[0].a_by, scene.ben.person));
		assert_true(person_equal(scene.marks[0].b_by, scene.anna.person));
		end(&scene);
	}
}

static void words_at_the_edge_of_a_deletion_are_not_marked(void **state)
{
	(void)state;
	for (size_t pos = 4; pos <= 8; pos += 4) {
		struct scene scene;
		begin(&scene, "one two three");
		erase(&scene, &scene.anna, 4, 4);
		insert(&scene, &scene.ben, pos, "XX");
		look(&scene);
		assert_int_equal(scene.count, 0);
		end(&scene);
	}
}

static void words_inside_of_ones_own_deletion_are_not_marked(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "one two three");
	erase(&scene, &scene.ben, 4, 2);
	insert(&scene, &scene.ben, 4, "XX");
	erase(&scene, &scene.ben, 6, 2);
	insert(&scene, &scene.anna, 0, "at once, elsewhere ");
	look(&scene);
	assert_int_equal(scene.count, 0);
	end(&scene);
}

static void a_word_that_both_replaced_is_one_place(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "a cat sat");
	struct kit_hand *hands[] = {&scene.anna, &scene.ben};
	static const char *const words[] = {"dog", "cow"};
	for (size_t i = 0; i < 2; i++) {
		insert(&scene, hands[i], 2, words[i]);
		erase(&scene, hands[i], 5, 3);
	}
	look(&scene);
	assert_int_equal(scene.count, 1);
	assert_text(scene.marks[0].a, "dog");
	assert_text(scene.marks[0].b, "cow");
	end(&scene);
}

static void a_passage_that_the_others_deletion_surrounds_is_told_whole(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "abcdefgh");
	erase(&scene, &scene.anna, 1, 6);
	insert(&scene, &scene.ben, 3, "X");
	insert(&scene, &scene.ben, 6, "Y");
	look(&scene);
	assert_int_equal(scene.count, 1);
	assert_text(scene.marks[0].a, "XY");
	end(&scene);
}

static void competing_values_are_marked_until_one_is_chosen(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "");
	title(&scene, &scene.anna, "Anna's", NULL, 0);
	title(&scene, &scene.ben, "Ben's", NULL, 0);
	look(&scene);
	assert_int_equal(scene.count, 1);
	assert_ptr_equal(scene.marks[0].field, TITLE);
	assert_false(scene.marks[0].is_text);
	/* The one that is shown first. */
	assert_text(scene.marks[0].a, "Ben's");
	assert_text(scene.marks[0].b, "Anna's");

	kit_meet(&scene.anna, &scene.ben);
	struct place both[] = {kit_place(&scene.anna, 2, 0), kit_place(&scene.ben, 1, 0)};
	title(&scene, &scene.anna, "Ours", both, 2);
	look(&scene);
	assert_int_equal(scene.count, 0);
	end(&scene);
}

static void equal_values_are_one(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "");
	title(&scene, &scene.anna, "Same", NULL, 0);
	title(&scene, &scene.ben, "Same", NULL, 0);
	look(&scene);
	assert_int_equal(scene.count, 0);
	end(&scene);
}

static void both_sides_name_the_same_marks(void **state)
{
	(void)state;
	struct scene here, there;
	begin(&here, "ab");
	begin(&there, "ab");
	insert(&here, &here.anna, 1, "AAA");
	insert(&here, &here.ben, 1, "BBBB");
	insert(&there, &there.ben, 1, "BBBB");
	insert(&there, &there.anna, 1, "AAA");
	title(&here, &here.anna, "x", NULL, 0);
	title(&here, &here.ben, "y", NULL, 0);
	title(&there, &there.ben, "y", NULL, 0);
	title(&there, &there.anna, "x", NULL, 0);
	look(&here);
	look(&there);
	assert_int_equal(here.count, 2);
	assert_int_equal(there.count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_memory_equal(here.marks[i].name, there.marks[i].name, 16);
	assert_memory_not_equal(here.marks[0].name, here.marks[1].name, 16);

	/* Kept and read again they are the same still. */
	CLEAN_BUF struct buf saved = {0};
	uint8_t names[2][16];
	for (size_t i = 0; i < 2; i++)
		memcpy(names[i], here.marks[i].name, 16);
	document_save(here.document, &saved);
	document_free(here.document);
	assert_int_equal(
		document_load(&kit_schema, buf_bytes(&saved), &here.document), OK);
	look(&here);
	assert_int_equal(here.count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_memory_equal(here.marks[i].name, names[i], 16);
	end(&here);
	end(&there);
}

/* ---- What a person wrote. */

static void assert_words(struct scene *scene, const struct draft *draft,
	const struct person_id *who, const char *want)
{
	CLEAN_BUF struct buf words = {0};
	document_words(scene->document, draft, who, &words);
	assert_string_equal(buf_text(&words), want);
}

static void the_words_of_each_are_told_with_gaps_for_the_others(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "Anna began.");
	insert(&scene, &scene.ben, 11, " Ben went on.");
	kit_meet(&scene.anna, &scene.ben);
	insert(&scene, &scene.anna, 24, " Anna ended.");
	assert_words(&scene, NULL, &scene.anna.person, "Anna began.… Anna ended.");
	assert_words(&scene, NULL, &scene.ben.person, "… Ben went on.…");
	end(&scene);
}

static void each_field_is_told_apart(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "body");
	struct kit_section s = kit_edit();
	kit_write(&s, TITLE, NULL, "Title");
	kit_add(&s, WORDS, "calm");
	kit_add(&s, WORDS, "kind");
	kit_append(&s, SAID, "1", "well done");
	say(&scene, &scene.anna, &s);
	kit_meet(&scene.ben, &scene.anna);
	s = kit_edit();
	kit_append(&s, SAID, "2", "thank you");
	say(&scene, &scene.ben, &s);
	kit_meet(&scene.anna, &scene.ben);
	s = kit_edit();
	kit_append(&s, SAID, "3", "see you");
	say(&scene, &scene.anna, &s);
	assert_words(&scene, NULL, &scene.anna.person,
		"Title\n\nbody\n\ncalm, kind\n\nwell done\n…\nsee you");
	assert_words(&scene, NULL, &scene.ben.person, "…\nthank you\n…");
	end(&scene);
}

static void the_open_draft_belongs_to_ones_words(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "one two three");
	struct id id = {.b = {1}};
	struct draft *draft = draft_new(id, &scene.ben.seen, NULL, NULL);
	assert_int_equal(draft_splice(draft, scene.document, BODY, (struct bytes){0}, 4,
				 3, bytes_text("TWO"), NULL),
		OK);
	assert_words(&scene, draft, &scene.ben.person, "…TWO…");
	assert_words(&scene, NULL, &scene.ben.person, "");
	draft_free(draft);
	end(&scene);
}

static void a_draft_alone_tells_what_it_would_write(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene, "one two three");
	struct id id = {.b = {1}};
	struct draft *draft = draft_new(id, &scene.ben.seen, NULL, NULL);
	assert_int_equal(draft_splice(draft, scene.document, BODY, (struct bytes){0}, 4,
				 0, bytes_text("half "), NULL),
		OK);
	CLEAN_BUF struct buf words = {0};
	document_words(NULL, draft, &scene.ben.person, &words);
	assert_string_equal(buf_text(&words), "…half ");
	draft_free(draft);
	end(&scene);
}

static void a_passage_is_found_where_the_draft_has_moved_it(void **state)
{
	(void)state;
	struct scene scene;
	size_t now = 0;
	begin(&scene, "one two three");
	struct bytes none = {0};
	struct draft *draft =
		draft_new((struct id){.b = {1}}, &scene.ben.seen, NULL, NULL);
	assert_int_equal(draft_where(NULL, BODY, none, 4, 3, &now), OK);
	assert_int_equal(now, 4);
	assert_int_equal(draft_splice(draft, scene.document, BODY, none, 0, 3,
				 bytes_text("a and b"), NULL),
		OK);
	assert_int_equal(draft_where(draft, BODY, none, 4, 3, &now), OK);
	assert_int_equal(now, 8);
	/* Directly before it, and directly after it. */
	assert_int_equal(draft_splice(draft, scene.document, BODY, none, 8, 0,
				 bytes_text("<"), NULL),
		OK);
	assert_int_equal(draft_splice(draft, scene.document, BODY, none, 12, 0,
				 bytes_text(">"), NULL),
		OK);
	assert_int_equal(draft_where(draft, BODY, none, 4, 3, &now), OK);
	assert_int_equal(now, 9);
	assert_int_equal(draft_where(draft, BODY, none, 0, 3, &now), ERR_NOT_FOUND);
	assert_int_equal(draft_where(draft, BODY, none, 0, 7, &now), ERR_REFUSED);
	assert_int_equal(draft_splice(draft, scene.document, BODY, none, 10, 0,
				 bytes_text("-"), NULL),
		OK);
	assert_int_equal(draft_where(draft, BODY, none, 4, 3, &now), ERR_REFUSED);
	draft_free(draft);
	end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_one_wrote_after_the_other_there_is_no_mark),
		cmocka_unit_test(two_passages_written_at_once_in_one_place_are_marked),
		cmocka_unit_test(what_stands_apart_is_not_marked),
		cmocka_unit_test(
			a_draft_begun_before_the_others_words_came_is_at_once_with_them),
		cmocka_unit_test(a_passage_is_all_that_its_author_wrote_there),
		cmocka_unit_test(what_a_later_entry_had_seen_is_not_at_once_with_it),
		cmocka_unit_test(words_inside_of_what_the_other_deleted_are_marked),
		cmocka_unit_test(words_at_the_edge_of_a_deletion_are_not_marked),
		cmocka_unit_test(words_inside_of_ones_own_deletion_are_not_marked),
		cmocka_unit_test(a_word_that_both_replaced_is_one_place),
		cmocka_unit_test(
			a_passage_that_the_others_deletion_surrounds_is_told_whole),
		cmocka_unit_test(competing_values_are_marked_until_one_is_chosen),
		cmocka_unit_test(equal_values_are_one),
		cmocka_unit_test(both_sides_name_the_same_marks),
		cmocka_unit_test(the_words_of_each_are_told_with_gaps_for_the_others),
		cmocka_unit_test(each_field_is_told_apart),
		cmocka_unit_test(the_open_draft_belongs_to_ones_words),
		cmocka_unit_test(a_draft_alone_tells_what_it_would_write),
		cmocka_unit_test(a_passage_is_found_where_the_draft_has_moved_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
