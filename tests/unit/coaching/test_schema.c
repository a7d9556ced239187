#include "tests/test.h"

#include "core/coaching/schema.h"

#define EACH_KIND(kind)                                                                  \
	for (const struct kind_schema *kind = coaching_schema.kinds;                     \
		kind < coaching_schema.kinds + coaching_schema.count; kind++)
#define EACH_FIELD(kind, field)                                                          \
	for (const struct field_schema *field = (kind)->fields;                          \
		field < (kind)->fields + (kind)->field_count; field++)

static bool may(const struct kind_schema *kind, enum way way)
{
	return (kind->ways & (1u << way)) != 0;
}

static void letters_and_names_are_unique(void **state)
{
	(void)state;
	EACH_KIND(a)
	{
		assert_in_range(a->letter, 'a', 'z');
		for (const struct kind_schema *b = coaching_schema.kinds; b < a; b++) {
			assert_int_not_equal(a->letter, b->letter);
			assert_string_not_equal(a->name, b->name);
		}
	}
}

static void handles_keep_the_letters_people_learnt(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		char letter;
	} rows[] = {
		{"goal", 'g'},
		{"measure", 'm'},
		{"note", 'n'},
		{"page", 'p'},
		{"agreement", 'a'},
		{"class", 'c'},
		{"room", 'r'},
		{"names", 'k'},
		{"visit", 'v'},
		{"instrument", 'i'},
		{"session", 's'},
		{"feedback", 'f'},
		{"step", 't'},
		{"reflection", 'e'},
		{"door", 'd'},
		{"kudos", 'u'},
		{"quote", 'q'},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct kind_schema *kind = coaching_kind(rows[i].name);
		assert_non_null(kind);
		assert_int_equal(kind->letter, rows[i].letter);
	}
	assert_non_null(coaching_kind("profile"));
	assert_int_equal(coaching_schema.count, sizeof rows / sizeof rows[0] + 1);
}

static void field_names_are_unique_in_their_kind(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		EACH_FIELD(kind, a)
		{
			assert_ptr_equal(kind_field(kind, bytes_text(a->name)), a);
			for (const struct field_schema *b = kind->fields; b < a; b++)
				assert_string_not_equal(a->name, b->name);
		}
		assert_null(kind_field(kind, bytes_text("no such field")));
	}
}

static void choices_are_listed_where_and_only_where_one_is_to_be_made(void **state)
{
	(void)state;
	EACH_KIND(kind)
	EACH_FIELD(kind, field)
	{
		if (field->value == VALUE_CHOICE)
			assert_true(field->choices != NULL && field->choices[0] != NULL &&
				    field->choices[1] != NULL);
		else
			assert_null(field->choices);
	}
}

static void log_has_parts_and_its_order_is_one_of_them(void **state)
{
	(void)state;
	EACH_KIND(kind)
	EACH_FIELD(kind, field)
	{
		if (field->type != FIELD_LOG)
			continue;
		assert_int_equal(field->value, VALUE_RECORD);
		assert_non_null(field->record);
		assert_non_null(field->record[0].name);
		bool found = field->order_by == NULL;
		for (size_t i = 0; field->record[i].name != NULL; i++) {
			assert_true(i < RECORD_PARTS_MAX);
			if (field->order_by != NULL)
				found = found || strcmp(field->record[i].name,
							 field->order_by) == 0;
		}
		assert_true(found);
	}
}

static void title_is_made_of_fields_that_exist(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		assert_non_null(kind->title);
		for (size_t i = 0; kind->title[i] != NULL; i++)
			assert_non_null(kind_field(kind, bytes_text(kind->title[i])));
	}
}

static void default_role_is_one_that_is_offered(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		bool leaves = (kind->ways & ~(1u << WAY_PRIVATE)) != 0;
		assert_int_equal(leaves, kind->roles != 0);
		if (leaves)
			assert_true((kind->roles & (1u << kind->default_role)) != 0);
		assert_true((kind->roles & ~7u) == 0);
	}
}

static void only_what_both_own_or_what_moves_can_be_edited_by_both(void **state)
{
	(void)state;
	EACH_KIND(kind)
	{
		if ((kind->roles & (1u << ROLE_EDIT)) == 0)
			continue;
		assert_true(may(kind, WAY_TOGETHER) || may(kind, WAY_MOVED));
	}
}

static void pupils_names_and_classes_can_never_be_shared(void **state)
{
	(void)state;
	assert_int_equal(coaching_kind("names")->ways, 1u << WAY_PRIVATE);
	assert_int_equal(coaching_kind("class")->ways, 1u << WAY_PRIVATE);
}

static void page_and_agreement_are_together_from_birth(void **state)
{
	(void)state;
	static const char *const names[] = {"page", "agreement"};
	for (size_t i = 0; i < 2; i++) {
		const struct kind_schema *kind = coaching_kind(names[i]);
		assert_int_equal(kind->ways, 1u << WAY_TOGETHER);
		assert_int_equal(kind->owner, OWNER_BOTH);
	}
}

static void observation_is_written_by_its_creator_alone(void **state)
{
	(void)state;
	static const char *const captured[] = {"events", "moments", "gaps", "started"};
	const struct kind_schema *session = coaching_kind("session");
	for (size_t i = 0; i < sizeof captured / sizeof captured[0]; i++)
		assert_int_equal(
			kind_field(session, bytes_text(captured[i]))->who, WHO_CREATOR);
	assert_int_equal(session->owner, OWNER_TAUGHT);
}

/* P7: equals. There is nothing to rank a colleague with. */
static void nothing_is_a_score(void **state)
{
	(void)state;
	static const char *const words[] = {
		"score", "rating", "rank", "grade", "level", "points"};
	EACH_KIND(kind)
	EACH_FIELD(kind, field)
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		assert_null(strstr(field->name, words[i]));
}

static void everything_is_of_the_schema_it_claims(void **state)
{
	(void)state;
	EACH_KIND(kind)
	EACH_FIELD(kind, field)
	{
		assert_true(field->since_schema >= 1);
		assert_true(field->since_schema <= coaching_schema.number);
	}
}

static void kind_is_found_in_singular_and_plural(void **state)
{
	(void)state;
	assert_ptr_equal(coaching_kind("goals"), coaching_kind("goal"));
	assert_ptr_equal(coaching_kind("classes"), coaching_kind("class"));
	assert_non_null(coaching_kind("kudos"));
	assert_null(coaching_kind("goa"));
	assert_null(coaching_kind("goalx"));
	assert_null(coaching_kind(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_and_names_are_unique),
		cmocka_unit_test(handles_keep_the_letters_people_learnt),
		cmocka_unit_test(field_names_are_unique_in_their_kind),
		cmocka_unit_test(
			choices_are_listed_where_and_only_where_one_is_to_be_made),
		cmocka_unit_test(log_has_parts_and_its_order_is_one_of_them),
		cmocka_unit_test(title_is_made_of_fields_that_exist),
		cmocka_unit_test(default_role_is_one_that_is_offered),
		cmocka_unit_test(only_what_both_own_or_what_moves_can_be_edited_by_both),
		cmocka_unit_test(pupils_names_and_classes_can_never_be_shared),
		cmocka_unit_test(page_and_agreement_are_together_from_birth),
		cmocka_unit_test(observation_is_written_by_its_creator_alone),
		cmocka_unit_test(nothing_is_a_score),
		cmocka_unit_test(everything_is_of_the_schema_it_claims),
		cmocka_unit_test(kind_is_found_in_singular_and_plural),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
