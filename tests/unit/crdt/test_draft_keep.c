/* Drafts as they are saved, sealed, carried into a shown document and made a birth. */
#include "tests/unit/crdt/pair.h"

static void free_draft(struct draft **draft)
{
	draft_free(*draft);
}
#define CLEAN_DRAFT CLEANUP(free_draft)

/* A draft that does everything a draft can do. */
static void write_everything(struct pair *pair)
{
	pair_init(pair);
	set(&pair->anna, TITLE, "One");
	add(&pair->anna, "data");
	say(&pair->anna, 1, "first");
	rewrite(&pair->anna, "", "It went well.");
	meet(pair);
	set(&pair->anna, TITLE, "Two");
	empty(&pair->anna, STATE);
	take(&pair->anna, "data");
	add(&pair->anna, "idea");
	say(&pair->anna, 2, "second");
	assert_int_equal(unsay(&pair->anna, 1), OK);
	rewrite(&pair->anna, "It went well.", "It went really well. 😀");
	write_text_value(&pair->anna, CODE, "a", "x");
	write_text_value(&pair->anna, CODE, "b", "y");
}

/* ---- Saving */

static void a_saved_draft_is_loaded_as_it_was(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf saved = {0};
	CLEAN_BUF struct buf again = {0};
	write_everything(&pair);
	draft_save(pair.anna.draft, &saved);
	struct draft *loaded = NULL;

	assert_int_equal(draft_load(&SCHEMA, buf_bytes(&saved), &loaded), OK);
	draft_free(pair.anna.draft);
	pair.anna.draft = loaded;
	draft_save(loaded, &again);

	assert_true(bytes_equal(buf_bytes(&saved), buf_bytes(&again)));
	check_values(&pair.anna, TITLE, "Two*");
	check_set(&pair.anna, "idea*");
	check_log(&pair.anna, COMMENTS, "second*");
	check_text(&pair.anna, "It went really well. 😀");
	meet(&pair);
	check_text(&pair.ben, "It went really well. 😀");
	check_set(&pair.ben, "idea");
	check_log(&pair.ben, COMMENTS, "second");
}

static void a_saved_birth_is_loaded_as_it_was(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf saved = {0};
	pair_init_as(&pair, WAY_MOVED);
	rewrite(&pair.anna, "", "New.");
	draft_save(pair.anna.draft, &saved);
	CLEAN_DRAFT struct draft *loaded = NULL;

	assert_int_equal(draft_load(&SCHEMA, buf_bytes(&saved), &loaded), OK);

	const struct document_head *head = draft_head(loaded);
	assert_non_null(head);
	assert_ptr_equal(head->kind, &KIND);
	assert_int_equal(head->way, WAY_MOVED);
	assert_int_equal(head->role, ROLE_EDIT);
	assert_true(person_equal(head->owner, pair.anna.person));
	assert_memory_equal(draft_nonce(loaded), NONCE, sizeof NONCE);
}

static void equal_drafts_save_to_equal_bytes(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf one = {0};
	CLEAN_BUF struct buf two = {0};
	pair_init(&pair);
	write_text_value(&pair.anna, CODE, "b", "y");
	set(&pair.anna, TITLE, "Two");
	rewrite(&pair.anna, "", "abc");
	draft_save(pair.anna.draft, &one);
	draft_free(pair.anna.draft);
	pair.anna.draft = NULL;

	rewrite(&pair.anna, "", "xxbyy");
	add(&pair.anna, "idea");
	set(&pair.anna, TITLE, "One");
	rewrite(&pair.anna, "xxbyy", "abyyc");
	rewrite(&pair.anna, "abyyc", "abc");
	set(&pair.anna, TITLE, "Two");
	write_text_value(&pair.anna, CODE, "b", "y");
	take(&pair.anna, "idea");
	draft_save(pair.anna.draft, &two);

	assert_true(bytes_equal(buf_bytes(&one), buf_bytes(&two)));
}

static void a_truncated_draft_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf saved = {0};
	write_everything(&pair);
	draft_save(pair.anna.draft, &saved);
	for (size_t len = 0; len < saved.len; len++) {
		struct draft *loaded = pair.anna.draft;
		assert_int_equal(
			draft_load(&SCHEMA, (struct bytes){saved.at, len}, &loaded),
			ERR_CORRUPT);
		assert_null(loaded);
	}
}

/* Whatever still is a draft after a bit has flipped is saved as it was read. */
static void a_draft_with_any_bit_flipped_is_refused_or_another_draft(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf saved = {0};
	write_everything(&pair);
	draft_save(pair.anna.draft, &saved);
	size_t refused = 0;
	for (size_t bit = 0; bit < saved.len * 8; bit++) {
		CLEAN_DRAFT struct draft *loaded = NULL;
		saved.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (draft_load(&SCHEMA, buf_bytes(&saved), &loaded) == OK) {
			CLEAN_BUF struct buf again = {0};
			draft_save(loaded, &again);
			assert_true(bytes_equal(buf_bytes(&saved), buf_bytes(&again)));
		} else {
			assert_null(loaded);
			refused++;
		}
		saved.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(refused > saved.len);
}

static void a_draft_of_a_kind_nobody_knows_is_refused(void **state)
{
	(void)state;
	static const struct schema empty_schema = {.number = 2};
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf saved = {0};
	write_everything(&pair);
	draft_save(pair.anna.draft, &saved);
	struct draft *loaded = NULL;

	assert_int_equal(
		draft_load(&empty_schema, buf_bytes(&saved), &loaded), ERR_CORRUPT);
}

/* ---- Sealing */

static void seal_into(const struct side *w, const struct vector *seen,
	struct arena *arena, struct section *out)
{
	draft_seal(w->draft, w->sealed, &SCHEMA, seen, arena, out);
}

static void where_the_draft_began_is_said_only_where_it_differs(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	pair_init(&pair);
	set(&pair.anna, TITLE, "One");
	seal_into(&pair.anna, &pair.anna.seen, &arena, &section);
	assert_false(section.head.has_since);
	section_head_release(&section.head);

	set(&pair.ben, STATE, "open");
	receive(&pair.anna, seal(&pair, &pair.ben));
	seal_into(&pair.anna, &pair.anna.seen, &arena, &section);

	assert_true(section.head.has_since);
	assert_int_equal(vector_get(&section.head.since, pair.ben.log), 0);
	section_head_release(&section.head);
}

static void a_section_says_the_lowest_schema_that_has_all_it_uses(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf value = {0};
	struct section section;
	pair_init(&pair);
	set(&pair.anna, TITLE, "One");
	seal_into(&pair.anna, &pair.anna.seen, &arena, &section);
	assert_int_equal(section.head.schema, 1);

	pack_uint(&value, 30);
	assert_int_equal(draft_set(pair.anna.draft, pair.anna.sealed, SIZE, NO_KEY,
				 buf_bytes(&value), NULL),
		OK);
	seal_into(&pair.anna, &pair.anna.seen, &arena, &section);

	assert_int_equal(section.head.schema, 2);
}

static void places_that_are_gone_are_not_named(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	pair_init(&pair);
	set(&pair.anna, TITLE, "One");
	add(&pair.anna, "data");
	meet(&pair);

	set(&pair.anna, TITLE, "Two");
	take(&pair.anna, "data");
	set(&pair.ben, TITLE, "Three");
	take(&pair.ben, "data");
	receive(&pair.anna, seal(&pair, &pair.ben));
	seal_into(&pair.anna, &pair.anna.seen, &arena, &section);

	assert_int_equal(section.field_count, 1);
	assert_ptr_equal(section.fields[0].field, TITLE);
	assert_int_equal(section.fields[0].ops[0].replaced_count, 0);
	section_head_release(&section.head);
}

static void a_birth_with_nothing_in_it_is_sealed_too(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);

	const struct document_head *head = document_head(pair.ben.sealed);
	assert_ptr_equal(head->kind, &KIND);
	assert_true(person_equal(head->creator, pair.anna.person));
}

/* ---- Flattening */

static void a_flattened_document_shows_what_was_shown(void **state)
{
	(void)state;
	static const enum way ways[] = {WAY_PRIVATE, WAY_MOVED, WAY_SHOWN, WAY_COPY};
	CLEAN_PAIR struct pair pair;
	write_everything(&pair);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct document_head head = *document_head(pair.anna.sealed);
		head.way = ways[i];
		struct side flat = {.draft = draft_flatten(pair.anna.sealed,
					    pair.anna.draft, (struct id){{3}}, &head)};
		check_values(&flat, TITLE, "Two*");
		check_values(&flat, STATE, "");
		check_set(&flat, "idea*");
		check_log(&flat, COMMENTS, "second*");
		check_text(&flat, "It went really well. 😀");
		assert_int_equal(draft_head(flat.draft)->way, ways[i]);

		/* And back again. */
		head.way = WAY_PRIVATE;
		struct side back = {.draft = draft_flatten(
					    NULL, flat.draft, (struct id){{4}}, &head)};
		check_text(&back, "It went really well. 😀");
		check_set(&back, "idea*");
		side_release(&flat);
		side_release(&back);
	}
}

static void of_competing_values_a_flattened_document_has_the_first(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	set(&pair.anna, TITLE, "Two");
	set(&pair.ben, TITLE, "Three");
	meet(&pair);

	struct side flat = {.draft = draft_flatten(pair.anna.sealed, NULL,
				    (struct id){{3}}, document_head(pair.anna.sealed))};

	check_values(&flat, TITLE, "Three*");
	side_release(&flat);
}

static void two_records_of_one_name_are_both_kept(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	say(&pair.anna, 1, "hers");
	say(&pair.ben, 1, "his");
	meet(&pair);

	struct side flat = {.draft = draft_flatten(pair.anna.sealed, NULL,
				    (struct id){{3}}, document_head(pair.anna.sealed))};

	check_log(&flat, COMMENTS, "hers*|his*");
	assert_int_equal(unsay(&flat, 1), OK);
	check_log(&flat, COMMENTS, "his*");
	side_release(&flat);
}

static void a_birth_made_again_is_sealed_under_its_nonce(void **state)
{
	(void)state;
	static const uint8_t nonce[16] = {8, 8};
	CLEAN_PAIR struct pair pair;
	CLEAN_ARENA struct arena arena = {0};
	struct section section;
	write_everything(&pair);
	CLEAN_DRAFT struct draft *flat = draft_flatten(pair.anna.sealed, pair.anna.draft,
		(struct id){{3}}, document_head(pair.anna.sealed));

	draft_rebirth(flat, nonce, &pair.anna.seen);
	draft_seal(flat, NULL, &SCHEMA, &pair.anna.seen, &arena, &section);

	assert_int_equal(section.head.type, SECTION_CREATE);
	assert_false(section.head.has_since);
	assert_memory_equal(section.nonce, nonce, sizeof nonce);
	assert_true(id_equal(section.head.draft, (struct id){{3}}));
}

/* ---- Carrying into a shown document */

static void carry(struct side *w, const struct field_schema *field, const char *value,
	const char *known)
{
	CLEAN_BUF struct buf now = {0};
	CLEAN_BUF struct buf before = {0};
	pack_cstr(&now, value);
	pack_array(&before, known != NULL ? 1 : 0);
	if (known != NULL)
		pack_cstr(&before, known);
	assert_int_equal(draft_carry(draft_of(w), w->sealed, field, NO_KEY,
				 buf_bytes(&now), buf_bytes(&before), NULL),
		OK);
}

/* A shown document with a title and a body, that Ben has. */
static void show_one(struct pair *pair)
{
	pair_init_as(pair, WAY_SHOWN);
	carry(&pair->anna, TITLE, "One", NULL);
	carry(&pair->anna, BODY, "Long text.", NULL);
	receive(&pair->ben, seal(pair, &pair->anna));
}

static void what_is_carried_replaces_what_was_carried_before(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	show_one(&pair);
	check_text(&pair.ben, "Long text.");

	carry(&pair.anna, BODY, "Longer text.", "Long text.");
	carry(&pair.anna, TITLE, "Two", "One");
	meet(&pair);

	check_text(&pair.ben, "Longer text.");
	check_values(&pair.ben, TITLE, "Two");
}

static void carrying_what_stands_there_is_nothing(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	show_one(&pair);

	carry(&pair.anna, BODY, "Longer text.", "Long text.");
	carry(&pair.anna, BODY, "Long text.", "Longer text.");

	check_nothing_unsent(&pair.anna);
}

static void a_value_of_another_device_stays_beside_what_is_carried(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	show_one(&pair);
	/* The same person at another device, who carried another title. */
	struct side other = {.person = pair.anna.person, .log = {{3}}};
	receive(&other, &pair.sent[0]);
	carry(&other, TITLE, "Two", "One");
	receive(&pair.anna, seal(&pair, &other));

	carry(&pair.anna, TITLE, "Three", "One");

	check_values(&pair.anna, TITLE, "Three*|Two");
	side_release(&other);
}

static void carry_set(struct side *w, const char *value, const char *known)
{
	CLEAN_BUF struct buf now = {0};
	CLEAN_BUF struct buf before = {0};
	pack_array(&now, strlen(value));
	for (size_t i = 0; value[i] != '\0'; i++)
		pack_text(&now, (struct bytes){(const uint8_t *)&value[i], 1});
	pack_array(&before, strlen(known));
	for (size_t i = 0; known[i] != '\0'; i++)
		pack_text(&before, (struct bytes){(const uint8_t *)&known[i], 1});
	assert_int_equal(draft_carry(draft_of(w), w->sealed, WANTED, NO_KEY,
				 buf_bytes(&now), buf_bytes(&before), NULL),
		OK);
}

static void a_carried_set_becomes_what_it_is_now(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	pair_init_as(&pair, WAY_SHOWN);
	carry_set(&pair.anna, "ab", "");
	receive(&pair.ben, seal(&pair, &pair.anna));
	check_set(&pair.ben, "a|b");

	carry_set(&pair.anna, "bc", "ab");
	check_set(&pair.anna, "b|c*");
	carry_set(&pair.anna, "bd", "bc");
	check_set(&pair.anna, "b|d*");
	meet(&pair);

	check_set(&pair.ben, "b|d");
}

static void what_cannot_be_carried_is_refused(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_BUF struct buf value = {0};
	struct why why;
	show_one(&pair);
	pack_cstr(&value, "x");

	assert_int_equal(draft_carry(draft_of(&pair.anna), pair.anna.sealed, TITLE,
				 NO_KEY, buf_bytes(&value), buf_bytes(&value), &why),
		ERR_INVALID);
	assert_int_equal(draft_carry(draft_of(&pair.anna), pair.anna.sealed, WANTED,
				 NO_KEY, buf_bytes(&value), buf_bytes(&value), &why),
		ERR_INVALID);
	check_nothing_unsent(&pair.anna);
}

/* ---- Reading */

static void records_stand_by_the_part_the_schema_names(void **state)
{
	(void)state;
	static const char *const dates[] = {"2026-03-01", "2026-01-31", "2026-02-01"};
	CLEAN_PAIR struct pair pair;
	pair_init(&pair);
	for (uint8_t i = 0; i < 3; i++) {
		CLEAN_BUF struct buf record = {0};
		const uint8_t rid[8] = {i};
		pack_map(&record, 1);
		pack_cstr(&record, "date");
		pack_cstr(&record, dates[i]);
		assert_int_equal(draft_append(draft_of(&pair.anna), pair.anna.sealed,
					 READINGS, rid, buf_bytes(&record), NULL),
			OK);
		if (i == 1)
			meet(&pair);
	}

	check_log(&pair.anna, READINGS, "2026-01-31|2026-02-01*|2026-03-01");
}

static void keys_of_a_family_are_those_that_hold_something(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf nil = {0};
	struct bytes *keys = NULL;
	size_t count = 0;
	pair_init(&pair);
	write_text_value(&pair.anna, CODE, "b", "x");
	write_text_value(&pair.anna, CODE, "c", "x");
	meet(&pair);
	write_text_value(&pair.anna, CODE, "a", "x");
	pack_nil(&nil);
	assert_int_equal(draft_set(pair.anna.draft, pair.anna.sealed, CODE,
				 bytes_text("b"), buf_bytes(&nil), NULL),
		OK);

	read_keys(pair.anna.sealed, pair.anna.draft, CODE, &arena, &keys, &count);

	assert_int_equal(count, 2);
	assert_true(bytes_equal(keys[0], bytes_text("a")));
	assert_true(bytes_equal(keys[1], bytes_text("c")));
}

static void nothing_at_all_reads_as_nothing(void **state)
{
	(void)state;
	CLEAN_ARENA struct arena arena = {0};
	struct side nobody = {0};
	struct bytes *keys = NULL;
	size_t count = 9;

	check_values(&nobody, TITLE, "");
	check_set(&nobody, "");
	check_log(&nobody, COMMENTS, "");
	check_text(&nobody, "");
	read_keys(NULL, NULL, CODE, &arena, &keys, &count);
	assert_int_equal(count, 0);
}

static void what_others_wrote_names_its_writer(void **state)
{
	(void)state;
	CLEAN_PAIR struct pair pair;
	CLEAN_ARENA struct arena arena = {0};
	struct reading reading;
	pair_init(&pair);
	set(&pair.ben, TITLE, "His");
	say(&pair.ben, 4, "his");
	meet(&pair);

	read_values(pair.anna.sealed, NULL, TITLE, NO_KEY, &arena, &reading);
	assert_true(person_equal(reading.items[0].by, pair.ben.person));
	assert_false(reading.items[0].is_draft);
	read_log(pair.anna.sealed, NULL, COMMENTS, &arena, &reading);
	assert_true(person_equal(reading.items[0].by, pair.ben.person));
	assert_int_equal(reading.items[0].rid[0], 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_saved_draft_is_loaded_as_it_was),
		cmocka_unit_test(a_saved_birth_is_loaded_as_it_was),
		cmocka_unit_test(equal_drafts_save_to_equal_bytes),
		cmocka_unit_test(a_truncated_draft_is_refused),
		cmocka_unit_test(
			a_draft_with_any_bit_flipped_is_refused_or_another_draft),
		cmocka_unit_test(a_draft_of_a_kind_nobody_knows_is_refused),
		cmocka_unit_test(where_the_draft_began_is_said_only_where_it_differs),
		cmocka_unit_test(a_section_says_the_lowest_schema_that_has_all_it_uses),
		cmocka_unit_test(places_that_are_gone_are_not_named),
		cmocka_unit_test(a_birth_with_nothing_in_it_is_sealed_too),
		cmocka_unit_test(a_flattened_document_shows_what_was_shown),
		cmocka_unit_test(of_competing_values_a_flattened_document_has_the_first),
		cmocka_unit_test(two_records_of_one_name_are_both_kept),
		cmocka_unit_test(a_birth_made_again_is_sealed_under_its_nonce),
		cmocka_unit_test(what_is_carried_replaces_what_was_carried_before),
		cmocka_unit_test(carrying_what_stands_there_is_nothing),
		cmocka_unit_test(a_value_of_another_device_stays_beside_what_is_carried),
		cmocka_unit_test(a_carried_set_becomes_what_it_is_now),
		cmocka_unit_test(what_cannot_be_carried_is_refused),
		cmocka_unit_test(records_stand_by_the_part_the_schema_names),
		cmocka_unit_test(keys_of_a_family_are_those_that_hold_something),
		cmocka_unit_test(nothing_at_all_reads_as_nothing),
		cmocka_unit_test(what_others_wrote_names_its_writer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
