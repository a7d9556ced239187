/*
 * Laws of documents on generated histories of two to eight devices: partitions, any
 * causal order, drafts held open across merges, seals at any moment. The seed is fixed;
 * KITH_LAWS_SEED and KITH_LAWS_CASES give others, and more.
 */
#include "tests/test.h"

#include "core/base/pack.h"
#include "core/crdt/marks.h"
#include "core/crdt/value.h"
#include "tests/laws/world.h"

#define BODY  (&kit_page_fields[2])
#define WORDS (&kit_page_fields[4])

static const struct bytes no_key;

static void assert_bytes_equal(const struct buf *a, const struct buf *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->at, b->at, a->len);
}

static void live(struct world *world, uint64_t number, size_t steps)
{
	world_begin(world, number);
	for (size_t i = 0; i < steps; i++)
		world_step(world);
}

static void assert_marks_equal(const struct document *a, const struct document *b)
{
	CLEAN_ARENA struct arena arena = {0};
	struct mark *x = NULL, *y = NULL;
	size_t m = 0, n = 0;
	document_marks(a, &arena, &x, &m);
	document_marks(b, &arena, &y, &n);
	assert_int_equal(m, n);
	for (size_t i = 0; i < m; i++) {
		assert_memory_equal(x[i].name, y[i].name, sizeof x[i].name);
		assert_true(bytes_equal(x[i].a, y[i].a) && bytes_equal(x[i].b, y[i].b));
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(x[i].name, x[k].name, sizeof x[i].name);
	}
}

static void all_who_heard_the_same_hold_the_same(void **state)
{
	(void)state;
	for (uint64_t number = 0; number < world_cases(60); number++) {
		struct world world;
		live(&world, number, 150);
		world_settle(&world);
		CLEAN_BUF struct buf first = {0};
		document_canonical(world.devices[0].document, &first);
		for (size_t i = 1; i < world.count; i++) {
			CLEAN_BUF struct buf other = {0};
			document_canonical(world.devices[i].document, &other);
			assert_bytes_equal(&first, &other);
			assert_marks_equal(
				world.devices[0].document, world.devices[i].document);
		}
		world_end(&world);
	}
}

/* ---- Against what everyone said, taken together with no order at all. */

struct fact {
	struct place place;
	uint64_t lamport;
	struct person_id by;
	struct bytes value;
	uint8_t rid[8];
	bool is_gone;
};

struct facts {
	struct fact *items;
	size_t count, cap;
};

/* Every section, decoded into the arena. */
static struct section *decode_all(const struct world *world, struct arena *arena)
{
	struct section *all = arena_array(arena, world->said_count, sizeof *all);
	for (size_t i = 0; i < world->said_count; i++) {
		assert_int_equal(section_decode(buf_bytes(&world->said[i].bytes),
					 &kit_schema, &kit_kinds[0], arena, &all[i]),
			OK);
		section_head_release(&all[i].head);
	}
	return all;
}

static void add_facts(
	struct facts *facts, const struct said *said, const struct field_ops *ops)
{
	for (size_t i = 0; ops != NULL && i < ops->count; i++) {
		const struct op *op = &ops->ops[i];
		if (op->act == OP_REMOVE || op->act == OP_VOID)
			continue;
		facts->items = mem_grow(
			facts->items, facts->count, &facts->cap, sizeof *facts->items);
		struct fact *fact = &facts->items[facts->count++];
		*fact = (struct fact){
			.place = {said->by.log, said->by.entry, (uint32_t)i},
			.lamport = said->by.lamport,
			.by = said->by.person,
			.value = op->value};
		memcpy(fact->rid, op->rid, sizeof fact->rid);
	}
}

static void take_facts(struct facts *facts, const struct field_ops *ops)
{
	for (size_t i = 0; ops != NULL && i < ops->count; i++)
		for (size_t k = 0; k < ops->ops[i].replaced_count; k++)
			for (size_t f = 0; f < facts->count; f++) {
				const struct place *place = &ops->ops[i].replaced[k];
				struct fact *fact = &facts->items[f];
				if (log_id_equal(fact->place.log, place->log) &&
					fact->place.entry == place->entry &&
					fact->place.position == place->position)
					fact->is_gone = true;
			}
}

static const struct field_ops *ops_of(
	const struct section *section, const struct field_schema *field)
{
	for (size_t i = 0; i < section->field_count; i++)
		if (section->fields[i].field == field)
			return &section->fields[i];
	return NULL;
}

static int by_order(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	if (x->lamport != y->lamport)
		return x->lamport < y->lamport ? -1 : 1;
	int order = log_id_compare(x->place.log, y->place.log);
	if (order != 0)
		return order;
	return x->place.position < y->place.position ? -1 : 1;
}

static int by_value(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	return bytes_compare(x->value, y->value);
}

/* What is left of a field, as the canonical state has it. */
static size_t pack_facts(struct facts *facts, const struct field_schema *field,
	const struct person_id *owner, struct buf *out)
{
	bool is_log = field->type == FIELD_LOG;
	size_t count = 0;
	if (facts->count > 1)
		qsort(facts->items, facts->count, sizeof *facts->items,
			is_log ? by_order : by_value);
	const struct fact *last = NULL;
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		bool is_again =
			!is_log && last != NULL && bytes_equal(last->value, fact->value);
		if (fact->is_gone || is_again)
			continue;
		if (is_log) {
			pack_array(out, 3);
			pack_bool(out, person_equal(fact->by, *owner));
			pack_bin(out, BYTES_OF(fact->rid));
		}
		buf_add(out, fact->value);
		last = fact;
		count++;
	}
	return count;
}

static bool pack_expected(const struct world *world, const struct section *all,
	const struct field_schema *field, const struct person_id *owner, struct buf *out)
{
	CLEAN_BUF struct buf content = {0};
	struct facts facts = {0};
	for (size_t i = 0; i < world->said_count; i++)
		add_facts(&facts, &world->said[i], ops_of(&all[i], field));
	for (size_t i = 0; i < world->said_count; i++)
		take_facts(&facts, ops_of(&all[i], field));
	size_t count = pack_facts(&facts, field, owner, &content);
	mem_free(facts.items);
	if (count == 0)
		return false;
	pack_array(out, 3);
	pack_cstr(out, field->name);
	pack_nil(out);
	pack_array(out, count);
	buf_add(out, buf_bytes(&content));
	return true;
}

static size_t pack_texts(const struct document *document,
	const struct field_schema *field, struct buf *out)
{
	static const char *const keys[] = {"aim", "next"};
	CLEAN_ARENA struct arena arena = {0};
	size_t count = 0;
	for (size_t i = 0; i < (field->family ? 2 : 1); i++) {
		struct bytes text, key = field->family ? bytes_text(keys[i]) : no_key;
		if (!read_text(document, NULL, field, key, &arena, &text))
			continue;
		pack_array(out, 3);
		pack_cstr(out, field->name);
		if (field->family)
			pack_text(out, key);
		else
			pack_nil(out);
		pack_text(out, text);
		count++;
	}
	return count;
}

static void the_state_is_what_was_said_less_what_was_seen_and_replaced(void **state)
{
	(void)state;
	for (uint64_t number = 1000; number < 1000 + world_cases(60); number++) {
		struct world world;
		live(&world, number, 200);
		world_settle(&world);
		CLEAN_ARENA struct arena arena = {0};
		CLEAN_BUF struct buf fields = {0};
		CLEAN_BUF struct buf want = {0};
		CLEAN_BUF struct buf got = {0};
		const struct document *document = world.devices[0].document;
		const struct document_head *head = document_head(document);
		struct section *all = decode_all(&world, &arena);
		size_t count = 0;
		for (size_t i = 0; i < head->kind->field_count; i++) {
			const struct field_schema *field = &head->kind->fields[i];
			if (field->type == FIELD_TEXT)
				count += pack_texts(document, field, &fields);
			else
				count += pack_expected(
					&world, all, field, &head->owner, &fields);
		}
		pack_array(&want, 4);
		pack_cstr(&want, head->kind->name);
		pack_bin(&want, BYTES_OF(head->owner.b));
		pack_uint(&want, head->role);
		pack_array(&want, count);
		buf_add(&want, buf_bytes(&fields));
		document_canonical(document, &got);
		assert_bytes_equal(&want, &got);
		world_end(&world);
	}
}

/* ---- Keeping. */

static void reload(struct device *device)
{
	CLEAN_BUF struct buf saved = {0};
	CLEAN_BUF struct buf again = {0};
	if (device->document != NULL) {
		document_save(device->document, &saved);
		document_free(device->document);
		assert_int_equal(
			document_load(&kit_schema, buf_bytes(&saved), &device->document),
			OK);
		document_save(device->document, &again);
		assert_bytes_equal(&saved, &again);
	}
	buf_clear(&saved);
	buf_clear(&again);
	if (device->draft != NULL) {
		draft_save(device->draft, &saved);
		/* Weighed as it grew, and at once. */
		size_t weight = draft_weight(device->draft);
		draft_free(device->draft);
		assert_int_equal(
			draft_load(&kit_schema, buf_bytes(&saved), &device->draft), OK);
		assert_int_equal(draft_weight(device->draft), weight);
		draft_save(device->draft, &again);
		assert_bytes_equal(&saved, &again);
	}
}

static void a_store_may_be_left_and_opened_at_any_moment(void **state)
{
	(void)state;
	for (uint64_t number = 2000; number < 2000 + world_cases(20); number++) {
		struct world kept, open;
		live(&open, number, 120);
		world_begin(&kept, number);
		for (size_t i = 0; i < 120; i++) {
			world_step(&kept);
			reload(&kept.devices[i % kept.count]);
		}
		/* The same to the byte: nothing of the walk of time is lost. */
		assert_int_equal(kept.said_count, open.said_count);
		for (size_t i = 0; i < kept.said_count; i++)
			assert_bytes_equal(&kept.said[i].bytes, &open.said[i].bytes);
		world_end(&kept);
		world_end(&open);
	}
}

/* ---- What was typed and taken out again. */

static struct draft *copy_of(const struct draft *draft)
{
	CLEAN_BUF struct buf saved = {0};
	struct draft *copy = NULL;
	draft_save(draft, &saved);
	assert_int_equal(draft_load(&kit_schema, buf_bytes(&saved), &copy), OK);
	return copy;
}

static void come_and_go(struct world *world, struct device *device)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	CLEAN_BUF struct buf value = {0};
	struct bytes text;
	struct draft *draft = copy_of(device->draft);
	(void)read_text(device->document, draft, BODY, no_key, &arena, &text);
	size_t pos = world_below(world, kit_scalars(text) + 1);
	assert_int_equal(draft_splice(draft, device->document, BODY, no_key, pos, 0,
				 bytes_text("canary"), NULL),
		OK);
	/* In pieces, from anywhere in it. */
	for (size_t left = 6; left > 0; left--)
		assert_int_equal(draft_splice(draft, device->document, BODY, no_key,
					 pos + world_below(world, left), 1, no_key, NULL),
			OK);
	pack_cstr(&value, "canary");
	assert_int_equal(draft_add(draft, device->document, WORDS, no_key,
				 buf_bytes(&value), NULL),
		OK);
	assert_int_equal(draft_remove(draft, device->document, WORDS, no_key,
				 buf_bytes(&value), NULL),
		OK);
	draft_save(device->draft, &before);
	draft_save(draft, &after);
	assert_bytes_equal(&before, &after);
	draft_free(draft);
}

static void of_what_came_and_went_in_a_draft_nothing_is_left(void **state)
{
	(void)state;
	for (uint64_t number = 3000; number < 3000 + world_cases(20); number++) {
		struct world world;
		world_begin(&world, number);
		for (size_t i = 0; i < 120; i++) {
			world_step(&world);
			struct device *device = &world.devices[i % world.count];
			if (device->draft != NULL)
				come_and_go(&world, device);
		}
		world_end(&world);
	}
}

/* ---- Bad bytes. */

/* A document of its own, as the device has it. */
static struct document *twin(const struct device *device)
{
	CLEAN_BUF struct buf saved = {0};
	struct document *copy = NULL;
	document_save(device->document, &saved);
	assert_int_equal(document_load(&kit_schema, buf_bytes(&saved), &copy), OK);
	return copy;
}

/* Damaged sections, applied as if they had come: all or nothing, and a whole document. */
static void hear_damaged(
	struct world *world, const struct device *device, const struct said *said)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf bytes = {0};
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	struct document *document = twin(device), *again = NULL;
	struct section section;
	struct author author = {.log = said->by.log,
		.entry = said->by.entry,
		.lamport = said->by.lamport,
		.person = said->by.person,
		.seen = &said->by.seen};
	buf_add(&bytes, buf_bytes(&said->bytes));
	for (size_t n = 1 + world_below(world, 3); n > 0; n--)
		bytes.at[world_below(world, bytes.len)] ^=
			(uint8_t)(1u << world_below(world, 8));
	document_save(document, &before);
	enum err e = section_decode(
		buf_bytes(&bytes), &kit_schema, &kit_kinds[0], &arena, &section);
	if (e == OK && section.head.type == SECTION_EDIT)
		e = document_apply(document, &section, &author, device->hand.log, NULL);
	section_head_release(&section.head);
	document_save(document, &after);
	if (e != OK)
		assert_bytes_equal(&before, &after);
	assert_int_equal(document_load(&kit_schema, buf_bytes(&after), &again), OK);
	document_free(again);
	document_free(document);
}

static void damaged_sections_change_all_they_say_or_nothing(void **state)
{
	(void)state;
	for (uint64_t number = 4000; number < 4000 + world_cases(40); number++) {
		struct world world;
		live(&world, number, 80);
		for (size_t i = 0; i < world.count; i++)
			for (size_t k = 0; k < world.said_count; k++)
				if (world.devices[i].document != NULL &&
					world_may_hear(&world.devices[i], &world.said[k]))
					for (size_t n = 0; n < 20; n++)
						hear_damaged(&world, &world.devices[i],
							&world.said[k]);
		world_end(&world);
	}
}

static void an_entry_heard_twice_is_heard_once(void **state)
{
	(void)state;
	struct world world;
	live(&world, 5000, 150);
	world_settle(&world);
	struct device *device = &world.devices[world.count - 1];
	CLEAN_BUF struct buf before = {0};
	CLEAN_BUF struct buf after = {0};
	document_save(device->document, &before);
	for (size_t i = 0; i < world.said_count; i++) {
		CLEAN_ARENA struct arena arena = {0};
		struct section section;
		struct author author = {.log = world.said[i].by.log,
			.entry = world.said[i].by.entry,
			.lamport = world.said[i].by.lamport,
			.person = world.said[i].by.person,
			.seen = &world.said[i].by.seen};
		assert_int_equal(section_decode(buf_bytes(&world.said[i].bytes),
					 &kit_schema, &kit_kinds[0], &arena, &section),
			OK);
		if (section.head.type == SECTION_EDIT)
			assert_int_equal(document_apply(device->document, &section,
						 &author, device->hand.log, NULL),
				ERR_VOID);
		section_head_release(&section.head);
	}
	document_save(device->document, &after);
	assert_bytes_equal(&before, &after);
	world_end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_who_heard_the_same_hold_the_same),
		cmocka_unit_test(
			the_state_is_what_was_said_less_what_was_seen_and_replaced),
		cmocka_unit_test(a_store_may_be_left_and_opened_at_any_moment),
		cmocka_unit_test(of_what_came_and_went_in_a_draft_nothing_is_left),
		cmocka_unit_test(damaged_sections_change_all_they_say_or_nothing),
		cmocka_unit_test(an_entry_heard_twice_is_heard_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
