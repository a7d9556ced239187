#include "tests/test.h"

#include <time.h>

#include "core/base/pack.h"
#include "core/crdt/draft.h"
#include "core/crdt/value.h"
#include "tests/crdt_kit.h"

#define PAGE      (&kit_kinds[0])
#define NOTE      (&kit_kinds[1])
#define LESSON    (&kit_kinds[2])
#define TITLE     (&kit_page_fields[0])
#define BODY      (&kit_page_fields[2])
#define PART      (&kit_page_fields[3])
#define WORDS     (&kit_page_fields[4])
#define SAID      (&kit_page_fields[5])
#define ABOUT     (&kit_note_fields[0])
#define NOTE_TEXT (&kit_note_fields[1])
#define WANTED    (&kit_note_fields[2])
#define COMMENTS  (&kit_note_fields[3])
#define EVENTS    (&kit_note_fields[4])

static const struct bytes no_key;

/* A page that anna made and ben has seen. */
struct scene {
	struct kit_hand anna, ben;
	struct document *document;
};

static void begin(struct scene *scene)
{
	*scene = (struct scene){.anna = kit_hand("a1"), .ben = kit_hand("b1")};
	CLEAN_SECTION struct kit_section s =
		kit_create(PAGE, scene->anna.person, ROLE_EDIT, WAY_TOGETHER);
	struct author author = kit_next(&scene->anna);
	assert_int_equal(kit_begin(&s, &author, &scene->document), OK);
	kit_meet(&scene->ben, &scene->anna);
}

static void end(struct scene *scene)
{
	document_free(scene->document);
	kit_hand_release(&scene->anna);
	kit_hand_release(&scene->ben);
}

/* Anna, or ben, says it; `s` is released. */
static enum err say(
	struct document *document, struct kit_hand *hand, struct kit_section *s)
{
	struct author author = kit_next(hand);
	enum err e = kit_apply(s, &author, document);
	kit_release(s);
	return e;
}

static struct buf canonical(const struct document *document)
{
	struct buf out = {0};
	document_canonical(document, &out);
	return out;
}

static void assert_same_state(const struct document *a, const struct document *b)
{
	CLEAN_BUF struct buf x = canonical(a);
	CLEAN_BUF struct buf y = canonical(b);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.at, y.at, x.len);
}

/* The values of a field, the one shown first first, with a comma between. */
static void assert_values(const struct document *document,
	const struct field_schema *field, const char *want)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf all = {0};
	struct reading reading = {0};
	if (field->type == FIELD_SET)
		read_set(document, NULL, field, no_key, &arena, &reading);
	else if (field->type == FIELD_LOG)
		read_log(document, NULL, field, &arena, &reading);
	else
		read_values(document, NULL, field, no_key, &arena, &reading);
	for (size_t i = 0; i < reading.count; i++) {
		if (i > 0)
			buf_add_text(&all, ",");
		value_plain(reading.items[i].value, &all);
	}
	assert_string_equal(buf_text(&all), want);
}

static void assert_body(const struct document *document, const char *want)
{
	CLEAN_ARENA struct arena arena = {0};
	struct bytes text;
	(void)read_text(document, NULL, BODY, no_key, &arena, &text);
	assert_int_equal(text.len, strlen(want));
	assert_memory_equal(text.at, want, text.len);
}

/* ---- Registers. */

static struct kit_section write_title(
	const char *text, const struct place *places, size_t count)
{
	struct kit_section s = kit_edit();
	kit_replaces(&s, kit_write(&s, TITLE, NULL, text), places, count);
	return s;
}

static void values_written_at_once_are_all_kept_until_one_is_chosen(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = write_title("Anna's", NULL, 0);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	s = write_title("Ben's", NULL, 0);
	assert_int_equal(say(scene.document, &scene.ben, &s), OK);
	/* Of one lamport: the greater log is shown first. */
	assert_values(scene.document, TITLE, "Ben's,Anna's");

	kit_meet(&scene.anna, &scene.ben);
	struct place both[] = {kit_place(&scene.anna, 2, 0), kit_place(&scene.ben, 1, 0)};
	s = write_title("Ours", both, 2);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	assert_values(scene.document, TITLE, "Ours");
	end(&scene);
}

static void a_value_nobody_saw_is_never_replaced(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = write_title("First", NULL, 0);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	struct place first = kit_place(&scene.anna, 2, 0);
	kit_meet(&scene.ben, &scene.anna);
	s = write_title("Anna's", &first, 1);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	s = write_title("Ben's", &first, 1);
	assert_int_equal(say(scene.document, &scene.ben, &s), OK);
	assert_values(scene.document, TITLE, "Ben's,Anna's");
	end(&scene);
}

static void equal_values_count_as_one(void **state)
{
	(void)state;
	struct scene one, two;
	begin(&one);
	begin(&two);
	struct kit_section s = write_title("Same", NULL, 0);
	assert_int_equal(say(one.document, &one.anna, &s), OK);
	s = write_title("Same", NULL, 0);
	assert_int_equal(say(two.document, &two.anna, &s), OK);
	s = write_title("Same", NULL, 0);
	assert_int_equal(say(two.document, &two.ben, &s), OK);
	assert_same_state(one.document, two.document);
	end(&one);
	end(&two);
}

static void a_place_its_author_had_not_seen_makes_the_section_void(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = write_title("Anna's", NULL, 0);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	struct place unseen = kit_place(&scene.anna, 2, 0);
	s = write_title("Ben's", &unseen, 1);
	assert_int_equal(say(scene.document, &scene.ben, &s), ERR_VOID);
	/* Nor may an entry replace what is in itself. */
	struct place own = kit_place(&scene.ben, 2, 0);
	s = write_title("Ben's", &own, 1);
	assert_int_equal(say(scene.document, &scene.ben, &s), ERR_VOID);
	assert_values(scene.document, TITLE, "Anna's");
	end(&scene);
}

static void a_place_where_nothing_stands_any_more_changes_nothing(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = write_title("Anna's", NULL, 0);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	struct place gone[] = {kit_place(&scene.anna, 1, 0), kit_place(&scene.anna, 2, 0),
		kit_place(&scene.anna, 2, 9)};
	s = write_title("Next", gone, 3);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	assert_values(scene.document, TITLE, "Next");
	end(&scene);
}

/* ---- Sets. */

static void an_addition_wins_over_a_removal_that_did_not_see_it(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_add(&s, WORDS, "calm");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	kit_meet(&scene.ben, &scene.anna);
	struct place seen = kit_place(&scene.anna, 2, 0);

	s = kit_edit();
	kit_add(&s, WORDS, "calm");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	s = kit_edit();
	struct op *op = kit_op(&s, WORDS, NULL, OP_REMOVE);
	op->value = kit_str(&s, "calm");
	kit_replaces(&s, op, &seen, 1);
	assert_int_equal(say(scene.document, &scene.ben, &s), OK);
	assert_values(scene.document, WORDS, "calm");
	end(&scene);
}

static void a_removal_takes_only_the_element_it_names(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_add(&s, WORDS, "calm");
	kit_add(&s, WORDS, "kind");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	struct place places[] = {
		kit_place(&scene.anna, 2, 0), kit_place(&scene.anna, 2, 1)};
	s = kit_edit();
	struct op *op = kit_op(&s, WORDS, NULL, OP_REMOVE);
	op->value = kit_str(&s, "kind");
	kit_replaces(&s, op, places, 2);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	assert_values(scene.document, WORDS, "calm");
	end(&scene);
}

/* ---- Logs. */

static struct kit_section void_of(const struct place *place, const char *rid)
{
	struct kit_section s = kit_edit();
	struct op *op = kit_op(&s, SAID, NULL, OP_VOID);
	memcpy(op->rid, rid, strlen(rid));
	kit_replaces(&s, op, place, 1);
	return s;
}

static void records_stand_in_the_order_in_which_they_could_be_said(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_append(&s, SAID, "1", "one");
	kit_append(&s, SAID, "2", "two");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	kit_meet(&scene.ben, &scene.anna);
	s = kit_edit();
	kit_append(&s, SAID, "3", "three");
	assert_int_equal(say(scene.document, &scene.ben, &s), OK);
	/* Anna's next is at once with ben's, and of the smaller log. */
	s = kit_edit();
	kit_append(&s, SAID, "4", "beside three");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	assert_values(scene.document, SAID, "one,two,beside three,three");
	end(&scene);
}

static void a_record_is_voided_by_who_wrote_it_alone(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_append(&s, SAID, "1", "one");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	kit_meet(&scene.ben, &scene.anna);
	struct place place = kit_place(&scene.anna, 2, 0);

	s = void_of(&place, "1");
	assert_int_equal(say(scene.document, &scene.ben, &s), ERR_VOID);
	assert_values(scene.document, SAID, "one");
	s = void_of(&place, "2");
	assert_int_equal(say(scene.document, &scene.anna, &s), ERR_VOID);
	s = void_of(&place, "1");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	assert_values(scene.document, SAID, "");
	/* Twice is harmless: another device may have said it too. */
	s = void_of(&place, "1");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	end(&scene);
}

static void what_was_voided_is_in_no_saved_byte(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_append(&s, SAID, "1", "canary");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	struct place place = kit_place(&scene.anna, 2, 0);
	s = void_of(&place, "1");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	CLEAN_BUF struct buf saved = {0};
	document_save(scene.document, &saved);
	assert_null(memmem(saved.at, saved.len, "canary", 6));
	end(&scene);
}

static void records_of_one_rid_are_two_whatever_comes_first(void **state)
{
	(void)state;
	struct scene here, there;
	begin(&here);
	begin(&there);
	struct kit_hand second[2] = {kit_hand("a2"), kit_hand("a2")};
	kit_meet(&second[0], &here.anna);
	kit_meet(&second[1], &there.anna);
	for (int turn = 0; turn < 2; turn++) {
		struct kit_section s = kit_edit();
		kit_append(&s, SAID, "1", "from the first device");
		assert_int_equal(say(turn == 0 ? here.document : there.document,
					 turn == 0 ? &here.anna : &there.anna, &s),
			OK);
		if (turn == 1)
			break;
		s = kit_edit();
		kit_append(&s, SAID, "1", "from the second device");
		assert_int_equal(say(there.document, &second[1], &s), OK);
	}
	struct kit_section s = kit_edit();
	kit_append(&s, SAID, "1", "from the second device");
	assert_int_equal(say(here.document, &second[0], &s), OK);
	assert_values(
		here.document, SAID, "from the first device,from the second device");
	assert_same_state(here.document, there.document);
	kit_hand_release(&second[0]);
	kit_hand_release(&second[1]);
	end(&here);
	end(&there);
}

/* ---- Texts. */

static void texts_written_at_once_merge(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_text(&s, BODY, NULL, 0, 0, "went");
	kit_text(&s, PART, "aim", 0, 0, "calm starts");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	kit_meet(&scene.ben, &scene.anna);
	s = kit_edit();
	kit_text(&s, BODY, NULL, 0, 0, "What ");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	s = kit_edit();
	kit_text(&s, BODY, NULL, 4, 0, " well");
	assert_int_equal(say(scene.document, &scene.ben, &s), OK);
	assert_body(scene.document, "What went well");
	end(&scene);
}

static void a_text_changed_outside_of_what_its_author_saw_is_void(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_text(&s, BODY, NULL, 0, 0, "a long text by anna");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	/* Ben has seen nothing of it: there is no place 5 for him. */
	s = kit_edit();
	kit_text(&s, BODY, NULL, 5, 0, "x");
	assert_int_equal(say(scene.document, &scene.ben, &s), ERR_VOID);
	assert_body(scene.document, "a long text by anna");
	end(&scene);
}

static void an_open_draft_is_carried_over_what_comes(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_text(&s, BODY, NULL, 0, 0, "went well");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	kit_meet(&scene.ben, &scene.anna);
	struct draft *draft =
		draft_new((struct id){.b = {1}}, &scene.ben.seen, NULL, NULL);
	assert_int_equal(draft_splice(draft, scene.document, BODY, no_key, 9, 0,
				 bytes_text(" today"), NULL),
		OK);

	CLEAN_SECTION struct kit_section next = kit_edit();
	kit_text(&next, BODY, NULL, 0, 0, "What ");
	struct author author = kit_next(&scene.anna);
	assert_int_equal(
		kit_send(&next, &author, scene.document, scene.ben.log, draft), OK);

	CLEAN_ARENA struct arena arena = {0};
	struct bytes text;
	assert_true(read_text(scene.document, draft, BODY, no_key, &arena, &text));
	assert_true(bytes_equal(text, bytes_text("What went well today")));
	draft_free(draft);
	end(&scene);
}

/* ---- All or nothing. */

static void a_section_with_one_fault_changes_nothing(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = write_title("Before", NULL, 0);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	document_save(scene.document, &before);

	s = kit_edit();
	kit_write(&s, TITLE, NULL, "Not this");
	kit_text(&s, BODY, NULL, 0, 0, "nor this");
	kit_text(&s, PART, "aim", 3, 0, "there is no place 3");
	kit_add(&s, WORDS, "nor this");
	assert_int_equal(say(scene.document, &scene.ben, &s), ERR_VOID);

	document_save(scene.document, &after);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.at, after.at, before.len);
	end(&scene);
}

static void an_entry_speaks_of_a_document_once(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	CLEAN_SECTION struct kit_section one = write_title("one", NULL, 0);
	CLEAN_SECTION struct kit_section two = write_title("two", NULL, 0);
	struct author author = kit_next(&scene.anna);
	assert_int_equal(kit_apply(&one, &author, scene.document), OK);
	assert_int_equal(kit_apply(&two, &author, scene.document), ERR_VOID);
	assert_values(scene.document, TITLE, "one");
	end(&scene);
}

static void a_draft_cannot_have_begun_on_what_its_author_never_saw(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = write_title("one", NULL, 0);
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	s = write_title("two", NULL, 0);
	s.section.head.has_since = true;
	vector_set(&s.section.head.since, scene.anna.log, 2);
	assert_int_equal(say(scene.document, &scene.ben, &s), ERR_VOID);
	end(&scene);
}

/* ---- Who may what. */

static enum err create(const struct kind_schema *kind, char owner, enum role role,
	enum way way, struct document **out)
{
	CLEAN_HAND struct kit_hand anna = kit_hand("a1");
	CLEAN_SECTION struct kit_section s =
		kit_create(kind, kit_person(owner), role, way);
	struct author author = kit_next(&anna);
	return kit_begin(&s, &author, out);
}

static void a_document_comes_only_in_ways_its_kind_has(void **state)
{
	(void)state;
	static const struct {
		const struct kind_schema *kind;
		char owner;
		enum role role;
		enum way way;
		enum err want;
	} rows[] = {
		{PAGE, 'a', ROLE_EDIT, WAY_TOGETHER, OK},
		{PAGE, 'b', ROLE_EDIT, WAY_TOGETHER, OK}, /* either's */
		{PAGE, 'a', ROLE_READ, WAY_TOGETHER, ERR_VOID},
		{PAGE, 'a', ROLE_EDIT, WAY_SHOWN, ERR_VOID},
		{NOTE, 'a', ROLE_COMMENT, WAY_SHOWN, OK},
		{NOTE, 'b', ROLE_COMMENT, WAY_SHOWN, ERR_VOID}, /* whoever shares owns */
		{NOTE, 'a', ROLE_EDIT, WAY_MOVED, OK},
		/* What can be shown moves to be edited by both, and only for that. */
		{NOTE, 'a', ROLE_EDIT, WAY_SHOWN, ERR_VOID},
		{NOTE, 'a', ROLE_COMMENT, WAY_MOVED, ERR_VOID},
		{NOTE, 'a', ROLE_EDIT, WAY_TOGETHER, ERR_VOID},
		{NOTE, 'a', ROLE_READ, WAY_PRIVATE, OK},
		{LESSON, 'b', ROLE_READ, WAY_MOVED, OK}, /* handed over */
		{LESSON, 'a', ROLE_READ, WAY_MOVED, ERR_VOID},
		{LESSON, 'b', ROLE_COMMENT, WAY_MOVED, ERR_VOID},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document *document = NULL;
		enum err e = create(rows[i].kind, rows[i].owner, rows[i].role,
			rows[i].way, &document);
		if (e != rows[i].want)
			fail_msg("row %zu: %s", i, err_text(e));
		assert_true((document != NULL) == (e == OK));
		document_free(document);
	}
}

static void each_writes_what_the_role_allows(void **state)
{
	(void)state;
	const struct document_head head = {.kind = NOTE,
		.owner = kit_person('a'),
		.creator = kit_person('a'),
		.way = WAY_MOVED};
	static const struct {
		const struct field_schema *field;
		bool owner, read, comment, edit;
	} rows[] = {
		{ABOUT, true, false, false, false}, {NOTE_TEXT, true, false, false, true},
		{WANTED, true, false, false, false}, {COMMENTS, true, false, true, true},
		{EVENTS, false, false, false, false}, /* once, by its creator */
	};
	struct person_id anna = kit_person('a'), ben = kit_person('b');
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct document_head h = head;
		for (int role = ROLE_READ; role <= ROLE_EDIT; role++) {
			h.role = (enum role)role;
			bool want = role == ROLE_READ      ? rows[i].read
				    : role == ROLE_COMMENT ? rows[i].comment
							   : rows[i].edit;
			assert_int_equal(document_may(&h, &anna, rows[i].field, false),
				rows[i].owner);
			assert_int_equal(
				document_may(&h, &ben, rows[i].field, false), want);
			assert_true(document_may(&h, &anna, rows[i].field, true));
		}
	}
}

static void a_copy_stays_as_it_is(void **state)
{
	(void)state;
	const struct document_head head = {.kind = NOTE,
		.owner = kit_person('a'),
		.creator = kit_person('a'),
		.role = ROLE_COMMENT,
		.way = WAY_COPY};
	struct person_id anna = kit_person('a'), ben = kit_person('b');
	assert_false(document_may(&head, &anna, NOTE_TEXT, false));
	assert_true(document_may(&head, &anna, COMMENTS, false));
	assert_true(document_may(&head, &ben, COMMENTS, false));
}

static void either_may_write_and_end_what_is_both_of_theirs(void **state)
{
	(void)state;
	const struct document_head head = {.kind = PAGE,
		.owner = kit_person('a'),
		.creator = kit_person('a'),
		.role = ROLE_EDIT,
		.way = WAY_TOGETHER};
	struct person_id ben = kit_person('b');
	for (size_t i = 0; i < PAGE->field_count; i++)
		assert_true(document_may(&head, &ben, &PAGE->fields[i], false));
	assert_true(document_may_end(&head, &ben, SECTION_TAKEBACK));
	assert_true(document_may_end(&head, &ben, SECTION_DROP));
}

static void only_the_owner_takes_back_and_only_the_other_drops(void **state)
{
	(void)state;
	/* A lesson: made by anna, owned by ben, who taught it. */
	const struct document_head head = {.kind = LESSON,
		.owner = kit_person('b'),
		.creator = kit_person('a'),
		.way = WAY_MOVED};
	struct person_id anna = kit_person('a'), ben = kit_person('b');
	assert_true(document_may_end(&head, &ben, SECTION_TAKEBACK));
	assert_false(document_may_end(&head, &anna, SECTION_TAKEBACK));
	assert_true(document_may_end(&head, &anna, SECTION_DROP));
	assert_false(document_may_end(&head, &ben, SECTION_DROP));
}

static void a_partner_who_writes_what_they_may_not_changes_nothing(void **state)
{
	(void)state;
	struct document *document = NULL;
	CLEAN_HAND struct kit_hand anna = kit_hand("a1");
	CLEAN_HAND struct kit_hand ben = kit_hand("b1");
	CLEAN_SECTION struct kit_section s =
		kit_create(NOTE, anna.person, ROLE_COMMENT, WAY_SHOWN);
	/* A shown text is carried whole. */
	kit_write(&s, NOTE_TEXT, NULL, "whole");
	kit_append(&s, EVENTS, "1", "said while it happened");
	struct author author = kit_next(&anna);
	assert_int_equal(kit_begin(&s, &author, &document), OK);
	kit_meet(&ben, &anna);

	struct kit_section edit = kit_edit();
	kit_write(&edit, NOTE_TEXT, NULL, "ben's");
	assert_int_equal(say(document, &ben, &edit), ERR_VOID);
	edit = kit_edit();
	kit_append(&edit, EVENTS, "2", "too late");
	assert_int_equal(say(document, &anna, &edit), ERR_VOID);
	/* Nor is it a text both write. */
	edit = kit_edit();
	kit_text(&edit, NOTE_TEXT, NULL, 0, 0, "x");
	assert_int_equal(say(document, &anna, &edit), ERR_VOID);
	edit = kit_edit();
	kit_append(&edit, COMMENTS, "3", "well seen");
	assert_int_equal(say(document, &ben, &edit), OK);
	assert_values(document, NOTE_TEXT, "whole");
	assert_values(document, COMMENTS, "well seen");
	document_free(document);
}

static void a_text_that_is_carried_whole_may_be_emptied(void **state)
{
	(void)state;
	struct document *document = NULL, *loaded = NULL;
	CLEAN_BUF struct buf saved = {0};
	CLEAN_HAND struct kit_hand anna = kit_hand("a1");
	CLEAN_SECTION struct kit_section s =
		kit_create(NOTE, anna.person, ROLE_COMMENT, WAY_SHOWN);
	pack_nil(&saved);
	kit_op(&s, NOTE_TEXT, NULL, OP_WRITE)->value =
		arena_bytes(&s.arena, buf_bytes(&saved));
	struct author author = kit_next(&anna);
	assert_int_equal(kit_begin(&s, &author, &document), OK);
	buf_clear(&saved);
	document_save(document, &saved);
	assert_int_equal(document_load(&kit_schema, buf_bytes(&saved), &loaded), OK);
	document_free(document);
	document_free(loaded);
}

/* ---- Keeping. */

static void full_page(struct scene *scene)
{
	begin(scene);
	struct kit_section s = kit_edit();
	kit_write(&s, TITLE, NULL, "Debrief");
	kit_text(&s, BODY, NULL, 0, 0, "what went well");
	kit_text(&s, PART, "aim", 0, 0, "calm starts");
	kit_add(&s, WORDS, "calm");
	kit_add(&s, WORDS, "kind");
	kit_append(&s, SAID, "1", "one");
	kit_append(&s, SAID, "2", "two");
	assert_int_equal(say(scene->document, &scene->anna, &s), OK);
	s = kit_edit();
	kit_write(&s, TITLE, NULL, "Talk");
	kit_text(&s, BODY, NULL, 0, 0, "beside ");
	kit_add(&s, WORDS, "calm");
	kit_append(&s, SAID, "3", "three");
	assert_int_equal(say(scene->document, &scene->ben, &s), OK);
	struct place place = kit_place(&scene->anna, 2, 1);
	s = void_of(&place, "2");
	assert_int_equal(say(scene->document, &scene->anna, &s), OK);
}

static void what_is_saved_is_loaded_again(void **state)
{
	(void)state;
	struct scene scene;
	full_page(&scene);
	CLEAN_BUF struct buf saved = {0};
	CLEAN_BUF struct buf again = {0};
	struct document *loaded = NULL;
	document_save(scene.document, &saved);
	assert_int_equal(document_load(&kit_schema, buf_bytes(&saved), &loaded), OK);
	document_save(loaded, &again);
	assert_int_equal(saved.len, again.len);
	assert_memory_equal(saved.at, again.at, saved.len);
	assert_same_state(scene.document, loaded);

	/* And goes on as the first does. */
	kit_meet(&scene.ben, &scene.anna);
	CLEAN_SECTION struct kit_section s = kit_edit();
	struct place both[] = {kit_place(&scene.anna, 2, 0), kit_place(&scene.ben, 1, 0)};
	kit_replaces(&s, kit_write(&s, TITLE, NULL, "Chosen"), both, 2);
	kit_text(&s, BODY, NULL, 2, 0, "!");
	struct author author = kit_next(&scene.ben);
	assert_int_equal(kit_apply(&s, &author, scene.document), OK);
	assert_int_equal(kit_apply(&s, &author, loaded), OK);
	assert_same_state(scene.document, loaded);
	document_free(loaded);
	end(&scene);
}

static void every_truncation_of_a_saved_document_is_refused(void **state)
{
	(void)state;
	struct scene scene;
	full_page(&scene);
	CLEAN_BUF struct buf saved = {0};
	document_save(scene.document, &saved);
	for (size_t len = 0; len < saved.len; len++) {
		uint8_t *cut = mem_copy(saved.at, len);
		struct document *loaded = NULL;
		assert_int_equal(
			document_load(&kit_schema, (struct bytes){cut, len}, &loaded),
			ERR_CORRUPT);
		assert_null(loaded);
		mem_free(cut);
	}
	end(&scene);
}

/* Flipped bits give a document that can be used, or none. */
static void every_flipped_bit_is_refused_or_makes_a_whole_document(void **state)
{
	(void)state;
	struct scene scene;
	full_page(&scene);
	CLEAN_BUF struct buf saved = {0};
	document_save(scene.document, &saved);
	size_t refused = 0;
	for (size_t i = 0; i < saved.len * 8; i++) {
		struct document *loaded = NULL;
		saved.at[i / 8] ^= (uint8_t)(1u << i % 8);
		if (document_load(&kit_schema, buf_bytes(&saved), &loaded) != OK) {
			refused++;
		} else {
			CLEAN_BUF struct buf out = {0};
			CLEAN_BUF struct buf words = {0};
			document_canonical(loaded, &out);
			document_words(loaded, NULL, &scene.anna.person, &words);
			document_save(loaded, &words);
		}
		document_free(loaded);
		saved.at[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_true(refused > saved.len);
	end(&scene);
}

static void the_canonical_state_is_the_content_and_not_its_history(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	struct kit_section s = kit_edit();
	kit_write(&s, TITLE, NULL, "T");
	kit_text(&s, BODY, NULL, 0, 0, "b");
	kit_text(&s, PART, "k", 0, 0, "p");
	kit_add(&s, WORDS, "y");
	kit_add(&s, WORDS, "x");
	kit_append(&s, SAID, "12345678", "r");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	s = kit_edit();
	kit_text(&s, PART, "gone", 0, 0, "p");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);
	s = kit_edit();
	kit_text(&s, PART, "gone", 0, 1, "");
	assert_int_equal(say(scene.document, &scene.anna, &s), OK);

	CLEAN_BUF struct buf want = {0};
	pack_array(&want, 4);
	pack_cstr(&want, "page");
	pack_bin(&want, BYTES_OF(scene.anna.person.b));
	pack_uint(&want, ROLE_EDIT);
	pack_array(&want, 5);
	pack_array(&want, 3);
	pack_cstr(&want, "title");
	pack_nil(&want);
	pack_array(&want, 1);
	pack_cstr(&want, "T");
	pack_array(&want, 3);
	pack_cstr(&want, "body");
	pack_nil(&want);
	pack_cstr(&want, "b");
	pack_array(&want, 3);
	pack_cstr(&want, "section");
	pack_cstr(&want, "k");
	pack_cstr(&want, "p");
	pack_array(&want, 3);
	pack_cstr(&want, "words");
	pack_nil(&want);
	pack_array(&want, 2);
	pack_cstr(&want, "x");
	pack_cstr(&want, "y");
	pack_array(&want, 3);
	pack_cstr(&want, "said");
	pack_nil(&want);
	pack_array(&want, 1);
	pack_array(&want, 3);
	pack_bool(&want, true);
	pack_bin(&want, bytes_text("12345678"));
	pack_map(&want, 1);
	pack_cstr(&want, "text");
	pack_cstr(&want, "r");
	CLEAN_BUF struct buf got = canonical(scene.document);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.at, want.at, want.len);
	end(&scene);
}

/* ---- Size. */

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* One section with `count` records; so many times the sections of one. */
static void append_many(struct scene *scene, struct kit_hand *hand, size_t count)
{
	CLEAN_ARENA struct arena arena = {0};
	struct kit_section some = {0};
	struct op *ops = arena_array(&arena, count, sizeof *ops);
	struct bytes value = kit_record(&some, "a small thing that happened");
	for (size_t i = 0; i < count; i++) {
		ops[i] = (struct op){.act = OP_APPEND, .value = value};
		memcpy(ops[i].rid, &i, sizeof i);
	}
	struct field_ops field = {.field = SAID, .ops = ops, .count = count};
	struct section section = {.head = {.type = SECTION_EDIT, .schema = 1},
		.fields = &field,
		.field_count = 1};
	struct author author = kit_next(hand);
	assert_int_equal(
		document_apply(scene->document, &section, &author, hand->log, NULL), OK);
	kit_release(&some);
}

static void a_log_of_the_greatest_size_is_quick(void **state)
{
	(void)state;
	struct scene scene;
	begin(&scene);
	double start = seconds();
	for (size_t i = 0; i < 4; i++)
		append_many(&scene, &scene.anna, LOG_MAX / 4);
	/* Thousands of small entries at once with them. */
	for (size_t i = 0; i < 2000; i++)
		append_many(&scene, i % 2 == 0 ? &scene.anna : &scene.ben, 1);
	CLEAN_BUF struct buf saved = {0};
	struct document *loaded = NULL;
	document_save(scene.document, &saved);
	assert_int_equal(document_load(&kit_schema, buf_bytes(&saved), &loaded), OK);
	assert_same_state(scene.document, loaded);
	assert_true(
		seconds() - start < 20); /* some tenths of a second; more under ASan */
	document_free(loaded);
	end(&scene);
}

/* As many elements as an entry may hold, equal ones or not, put in by ben. */
static void flood(struct scene *scene, bool equal)
{
	CLEAN_ARENA struct arena arena = {0};
	struct kit_section some = {0};
	size_t count = SECTION_OPS_MAX;
	struct op *ops = arena_array(&arena, count, sizeof *ops);
	for (size_t i = 0; i < count; i++)
		ops[i] = (struct op){.act = OP_ADD,
			.value = kit_str(
				&some, equal ? "flood" : arena_format(&arena, "%zu", i))};
	struct field_ops field = {.field = WORDS, .ops = ops, .count = count};
	struct section section = {.head = {.type = SECTION_EDIT, .schema = 1},
		.fields = &field,
		.field_count = 1};
	struct author author = kit_next(&scene->ben);
	assert_int_equal(
		document_apply(scene->document, &section, &author, scene->ben.log, NULL),
		OK);
	kit_release(&some);
}

/* Anna takes the element out: as much of it as one draft may. */
static void take_out(struct scene *scene, const char *text)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf value = {0};
	CLEAN_BUF struct buf bytes = {0};
	struct section section;
	struct draft *draft =
		draft_new((struct id){.b = {1}}, &scene->anna.seen, NULL, NULL);
	pack_cstr(&value, text);
	assert_int_equal(draft_remove(draft, scene->document, WORDS, no_key,
				 buf_bytes(&value), NULL),
		OK);
	draft_seal(
		draft, scene->document, &kit_schema, &scene->anna.seen, &arena, &section);
	section_encode(&section, &bytes);
	assert_true(bytes.len < 900 * 1024);
	struct author author = kit_next(&scene->anna);
	assert_int_equal(
		document_apply(scene->document, &section, &author, scene->anna.log, NULL),
		OK);
	section_head_release(&section.head);
	draft_free(draft);
}

static size_t words_count(const struct scene *scene)
{
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading;
	read_set(scene->document, NULL, WORDS, no_key, &arena, &reading);
	return reading.count;
}

static void a_set_that_a_partner_flooded_is_read_and_emptied_quickly(void **state)
{
	(void)state;
	struct scene scene;
	double start = seconds();
	begin(&scene);
	flood(&scene, true);
	kit_meet(&scene.anna, &scene.ben);
	assert_int_equal(words_count(&scene), 1);
	for (size_t i = 0; i < 8; i++)
		take_out(&scene, "flood");
	assert_int_equal(words_count(&scene), 0);
	flood(&scene, false);
	kit_meet(&scene.anna, &scene.ben);
	assert_int_equal(words_count(&scene), SECTION_OPS_MAX);
	take_out(&scene, "77");
	assert_int_equal(words_count(&scene), SECTION_OPS_MAX - 1);
	assert_true(seconds() - start < 20); /* some tenths of a second */
	end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_written_at_once_are_all_kept_until_one_is_chosen),
		cmocka_unit_test(a_value_nobody_saw_is_never_replaced),
		cmocka_unit_test(equal_values_count_as_one),
		cmocka_unit_test(a_place_its_author_had_not_seen_makes_the_section_void),
		cmocka_unit_test(a_place_where_nothing_stands_any_more_changes_nothing),
		cmocka_unit_test(an_addition_wins_over_a_removal_that_did_not_see_it),
		cmocka_unit_test(a_removal_takes_only_the_element_it_names),
		cmocka_unit_test(records_stand_in_the_order_in_which_they_could_be_said),
		cmocka_unit_test(a_record_is_voided_by_who_wrote_it_alone),
		cmocka_unit_test(what_was_voided_is_in_no_saved_byte),
		cmocka_unit_test(records_of_one_rid_are_two_whatever_comes_first),
		cmocka_unit_test(texts_written_at_once_merge),
		cmocka_unit_test(a_text_changed_outside_of_what_its_author_saw_is_void),
		cmocka_unit_test(an_open_draft_is_carried_over_what_comes),
		cmocka_unit_test(a_section_with_one_fault_changes_nothing),
		cmocka_unit_test(an_entry_speaks_of_a_document_once),
		cmocka_unit_test(a_draft_cannot_have_begun_on_what_its_author_never_saw),
		cmocka_unit_test(a_document_comes_only_in_ways_its_kind_has),
		cmocka_unit_test(each_writes_what_the_role_allows),
		cmocka_unit_test(a_copy_stays_as_it_is),
		cmocka_unit_test(either_may_write_and_end_what_is_both_of_theirs),
		cmocka_unit_test(only_the_owner_takes_back_and_only_the_other_drops),
		cmocka_unit_test(a_partner_who_writes_what_they_may_not_changes_nothing),
		cmocka_unit_test(what_is_saved_is_loaded_again),
		cmocka_unit_test(every_truncation_of_a_saved_document_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_makes_a_whole_document),
		cmocka_unit_test(the_canonical_state_is_the_content_and_not_its_history),
		cmocka_unit_test(a_log_of_the_greatest_size_is_quick),
		cmocka_unit_test(
			a_set_that_a_partner_flooded_is_read_and_emptied_quickly),
		cmocka_unit_test(a_text_that_is_carried_whole_may_be_emptied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
