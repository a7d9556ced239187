#include "tests/test.h"

#include "core/base/mem.h"
#include "core/base/pack.h"
#include "core/crdt/value.h"
#include "tests/crdt_kit.h"

#define PAGE  (&kit_kinds[0])
#define TITLE (&kit_page_fields[0])
#define MOOD  (&kit_page_fields[1])
#define BODY  (&kit_page_fields[2])
#define PART  (&kit_page_fields[3])
#define WORDS (&kit_page_fields[4])
#define SAID  (&kit_page_fields[5])

static const struct place places[] = {
	{.log = {"a1"}, .entry = 1, .position = 0},
	{.log = {"a1"}, .entry = 2, .position = 7},
	{.log = {"b1"}, .entry = 1, .position = 300},
};

/* One of everything. */
static struct kit_section full(enum section_type type)
{
	struct kit_section s = {.section = {.head = {.type = type, .schema = 1},
					.kind = PAGE,
					.owner = kit_person('a'),
					.role = ROLE_EDIT,
					.way = WAY_TOGETHER}};
	memset(s.section.head.draft.b, 7, sizeof s.section.head.draft.b);
	s.section.head.has_since = true;
	vector_set(&s.section.head.since, places[0].log, 2);
	vector_set(&s.section.head.since, places[2].log, 1);
	kit_replaces(&s, kit_write(&s, TITLE, NULL, "Debrief"), places, 3);
	kit_text(&s, BODY, NULL, 0, 0, "What went well");
	kit_text(&s, PART, "aim", 3, 2, "");
	kit_text(&s, PART, "next", 0, 0, "more");
	kit_add(&s, WORDS, "calm");
	struct op *op = kit_op(&s, WORDS, NULL, OP_REMOVE);
	op->value = kit_str(&s, "loud");
	kit_replaces(&s, op, places + 1, 1);
	kit_append(&s, SAID, "r1", "well done");
	op = kit_op(&s, SAID, NULL, OP_VOID);
	memcpy(op->rid, "r0", 2);
	kit_replaces(&s, op, places, 1);
	return s;
}

static const struct kind_schema *kind_for(enum section_type type)
{
	return type == SECTION_EDIT ? PAGE : NULL;
}

/* Decode; where that is OK, encoding again gives the same bytes. */
static enum err decode_and_compare(struct bytes bytes, const struct kind_schema *kind)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf again = {0};
	struct section section;
	enum err e = section_decode(bytes, &kit_schema, kind, &arena, &section);
	if (e == OK) {
		section_encode(&section, &again);
		assert_int_equal(again.len, bytes.len);
		assert_memory_equal(again.at, bytes.at, bytes.len);
	}
	section_head_release(&section.head);
	return e;
}

static void what_is_encoded_is_decoded_again(void **state)
{
	(void)state;
	for (int type = SECTION_CREATE; type <= SECTION_CLOSE; type++) {
		CLEAN_SECTION struct kit_section s = full((enum section_type)type);
		if (type > SECTION_EDIT) {
			kit_release(&s);
			s = (struct kit_section){
				.section.head = {
					.type = (enum section_type)type, .schema = 1}};
		}
		CLEAN_BUF struct buf bytes = {0};
		section_encode(&s.section, &bytes);
		assert_int_equal(decode_and_compare(buf_bytes(&bytes),
					 kind_for(s.section.head.type)),
			OK);
	}
}

static void every_part_comes_back_as_it_was(void **state)
{
	(void)state;
	CLEAN_SECTION struct kit_section s = full(SECTION_EDIT);
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct section got;
	section_encode(&s.section, &bytes);

	assert_int_equal(
		section_decode(buf_bytes(&bytes), &kit_schema, PAGE, &arena, &got), OK);

	assert_int_equal(got.head.type, SECTION_EDIT);
	assert_true(id_equal(got.head.draft, s.section.head.draft));
	assert_true(vector_equal(&got.head.since, &s.section.head.since));
	assert_int_equal(got.field_count, 6);
	assert_ptr_equal(got.fields[3].field, PART);
	assert_true(bytes_equal(got.fields[3].key, bytes_text("next")));
	assert_int_equal(got.fields[0].ops[0].replaced_count, 3);
	assert_memory_equal(got.fields[0].ops[0].replaced, places, sizeof places);
	assert_true(
		bytes_equal(value_text(got.fields[4].ops[1].value), bytes_text("loud")));
	assert_memory_equal(got.fields[5].ops[1].rid, "r0", 2);
	section_head_release(&got.head);
}

static void the_head_is_read_without_knowing_the_fields(void **state)
{
	(void)state;
	CLEAN_SECTION struct kit_section s = full(SECTION_CREATE);
	CLEAN_BUF struct buf bytes = {0};
	struct section_head head;
	s.section.head.schema = 900;
	section_encode(&s.section, &bytes);

	assert_int_equal(section_peek(buf_bytes(&bytes), &head), OK);

	assert_int_equal(head.type, SECTION_CREATE);
	assert_int_equal(head.schema, 900);
	assert_true(head.has_since);
	section_head_release(&head);
}

static void a_newer_schema_is_unread_and_not_void(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	pack_array(&bytes, 5);
	pack_uint(&bytes, SECTION_EDIT);
	pack_uint(&bytes, kit_schema.number + 1);
	pack_nil(&bytes);
	pack_nil(&bytes);
	pack_map(&bytes, 1); /* whatever fields may be one day */
	pack_cstr(&bytes, "new");
	pack_bool(&bytes, true);

	assert_int_equal(decode_and_compare(buf_bytes(&bytes), PAGE), ERR_UNREAD);
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	CLEAN_SECTION struct kit_section s = full(SECTION_CREATE);
	CLEAN_BUF struct buf bytes = {0};
	section_encode(&s.section, &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		/* In memory of its own, so that reading on is noticed. */
		uint8_t *cut = mem_copy(bytes.at, len);
		struct bytes short_of = {cut, len};
		struct section_head head;
		assert_int_equal(decode_and_compare(short_of, NULL), ERR_CORRUPT);
		assert_int_equal(section_peek(short_of, &head), ERR_CORRUPT);
		section_head_release(&head);
		mem_free(cut);
	}
}

static void every_flipped_bit_is_refused_or_means_something_else(void **state)
{
	(void)state;
	CLEAN_SECTION struct kit_section s = full(SECTION_EDIT);
	CLEAN_BUF struct buf bytes = {0};
	section_encode(&s.section, &bytes);
	size_t refused = 0;
	for (size_t i = 0; i < bytes.len * 8; i++) {
		bytes.at[i / 8] ^= (uint8_t)(1u << i % 8);
		refused += decode_and_compare(buf_bytes(&bytes), PAGE) != OK;
		bytes.at[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_true(refused > bytes.len);
	assert_int_equal(decode_and_compare(buf_bytes(&bytes), PAGE), OK);
}

static enum err decode_of(struct kit_section *s)
{
	CLEAN_BUF struct buf bytes = {0};
	section_encode(&s->section, &bytes);
	enum err e =
		decode_and_compare(buf_bytes(&bytes), kind_for(s->section.head.type));
	kit_release(s);
	return e;
}

static void what_is_no_value_of_its_field_is_void(void **state)
{
	(void)state;
	struct kit_section s = kit_edit();
	kit_write(&s, TITLE, NULL, "two\nlines");
	assert_int_equal(decode_of(&s), ERR_VOID);

	s = kit_edit();
	kit_write(&s, MOOD, NULL, "grand");
	assert_int_equal(decode_of(&s), ERR_VOID);

	s = kit_edit();
	kit_op(&s, SAID, NULL, OP_APPEND)->value = kit_str(&s, "no record");
	assert_int_equal(decode_of(&s), ERR_VOID);

	s = kit_edit();
	kit_op(&s, TITLE, NULL, OP_ADD)->value = kit_str(&s, "no set");
	assert_int_equal(decode_of(&s), ERR_VOID);

	s = kit_edit();
	kit_write(&s, TITLE, NULL, "one");
	kit_write(&s, TITLE, NULL, "and another at once");
	assert_int_equal(decode_of(&s), ERR_VOID);

	s = kit_edit();
	kit_op(&s, SAID, NULL, OP_VOID); /* names no place */
	assert_int_equal(decode_of(&s), ERR_VOID);
}

static void what_this_schema_never_had_is_void(void **state)
{
	(void)state;
	struct field_schema strange = *TITLE;
	strange.name = "colour";
	struct kit_section s = kit_edit();
	kit_write(&s, &strange, NULL, "red");
	assert_int_equal(decode_of(&s), ERR_VOID);

	/* The field came with schema 2, but the section says that 1 is enough. */
	struct field_schema fields[] = {*TITLE};
	fields[0].since_schema = 2;
	struct kind_schema kind = {.name = "page", .fields = fields, .field_count = 1};
	struct schema schema = {.number = 3, .kinds = &kind, .count = 1};
	s = kit_edit();
	kit_write(&s, TITLE, NULL, "early");
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_ARENA struct arena arena = {0};
	struct section got;
	section_encode(&s.section, &bytes);
	assert_int_equal(section_decode(buf_bytes(&bytes), &schema, &kind, &arena, &got),
		ERR_VOID);
	kit_release(&s);
	section_head_release(&got.head);

	struct kind_schema unknown = *PAGE;
	unknown.name = "poem";
	s = kit_create(&unknown, kit_person('a'), ROLE_EDIT, WAY_TOGETHER);
	assert_int_equal(decode_of(&s), ERR_VOID);
}

static void a_key_that_is_none_is_void(void **state)
{
	(void)state;
	char lengthy[KEY_MAX + 2] = {0};
	memset(lengthy, 'k', KEY_MAX + 1);
	struct kit_section s = kit_edit();
	kit_text(&s, PART, lengthy, 0, 0, "x");
	assert_int_equal(decode_of(&s), ERR_VOID);
	s = kit_edit();
	kit_text(&s, PART, "a\tb", 0, 0, "x");
	assert_int_equal(decode_of(&s), ERR_VOID);
	s = kit_edit();
	for (char key[] = "k00"; key[1] <= '9'; key[1]++)
		for (key[2] = '0'; key[2] <= '9'; key[2]++)
			kit_text(&s, PART, arena_text(&s.arena, key), 0, 0, "x");
	assert_int_equal(decode_of(&s), ERR_VOID);
}

static void fields_and_places_out_of_order_are_refused(void **state)
{
	(void)state;
	struct kit_section s = kit_edit();
	kit_write(&s, MOOD, NULL, "calm");
	kit_write(&s, TITLE, NULL, "late");
	assert_int_equal(decode_of(&s), ERR_CORRUPT);

	s = kit_edit();
	kit_text(&s, PART, "b", 0, 0, "x");
	kit_text(&s, PART, "a", 0, 0, "x");
	assert_int_equal(decode_of(&s), ERR_CORRUPT);

	static const struct place twice[] = {
		{.log = {"a1"}, .entry = 1}, {.log = {"a1"}, .entry = 1}};
	s = kit_edit();
	kit_replaces(&s, kit_write(&s, TITLE, NULL, "x"), twice, 2);
	assert_int_equal(decode_of(&s), ERR_CORRUPT);

	static const struct place never[] = {{.log = {"a1"}, .entry = 0}};
	s = kit_edit();
	kit_replaces(&s, kit_write(&s, TITLE, NULL, "x"), never, 1);
	assert_int_equal(decode_of(&s), ERR_CORRUPT);
}

/* A set with that many equal elements put in. */
static void put_in_many(struct kit_section *s, size_t count)
{
	kit_add(s, WORDS, "w");
	struct field_ops *field = &s->section.fields[0];
	struct op *ops = arena_array(&s->arena, count, sizeof *ops);
	for (size_t i = 0; i < count; i++)
		ops[i] = field->ops[0];
	field->ops = ops;
	field->count = count;
}

static void more_operations_than_an_entry_may_hold_are_refused(void **state)
{
	(void)state;
	struct kit_section s = kit_edit();
	put_in_many(&s, SECTION_OPS_MAX);
	assert_int_equal(decode_of(&s), OK);
	s = kit_edit();
	put_in_many(&s, SECTION_OPS_MAX + 1);
	assert_int_equal(decode_of(&s), ERR_TOO_BIG);
}

static void the_operations_of_texts_count_too(void **state)
{
	(void)state;
	CLEAN_SECTION struct kit_section s = full(SECTION_EDIT);
	/* Eight, and three text changes of one operation each. */
	assert_int_equal(section_ops(&s.section), 8 + 3);
}

static void one_section_has_one_encoding(void **state)
{
	(void)state;
	/* No draft is nil, never zeros; no key is nil, never an empty one. */
	CLEAN_BUF struct buf bytes = {0};
	uint8_t zeros[16] = {0};
	pack_array(&bytes, 5);
	pack_uint(&bytes, SECTION_EDIT);
	pack_uint(&bytes, 1);
	pack_bin(&bytes, BYTES_OF(zeros));
	pack_nil(&bytes);
	pack_array(&bytes, 0);
	assert_int_equal(decode_and_compare(buf_bytes(&bytes), PAGE), ERR_CORRUPT);

	buf_clear(&bytes);
	pack_array(&bytes, 5);
	pack_uint(&bytes, SECTION_TAKEBACK);
	pack_uint(&bytes, 1);
	pack_nil(&bytes);
	pack_nil(&bytes);
	pack_array(&bytes, 0);
	assert_int_equal(decode_and_compare(buf_bytes(&bytes), NULL), ERR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded_again),
		cmocka_unit_test(every_part_comes_back_as_it_was),
		cmocka_unit_test(the_head_is_read_without_knowing_the_fields),
		cmocka_unit_test(a_newer_schema_is_unread_and_not_void),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_or_means_something_else),
		cmocka_unit_test(what_is_no_value_of_its_field_is_void),
		cmocka_unit_test(what_this_schema_never_had_is_void),
		cmocka_unit_test(a_key_that_is_none_is_void),
		cmocka_unit_test(fields_and_places_out_of_order_are_refused),
		cmocka_unit_test(more_operations_than_an_entry_may_hold_are_refused),
		cmocka_unit_test(the_operations_of_texts_count_too),
		cmocka_unit_test(one_section_has_one_encoding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
