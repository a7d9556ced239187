#include "core/base/tr.h"

#include "core/base/err.h"
#include "tests/test.h"
#include "tests/unit/base/catalogue.h"

#define HEADER                                                                           \
	"Content-Type: text/plain; charset=UTF-8\n"                                      \
	"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 "  \
	"|| n%100>=20) ? 1 : 2);\n"

static const struct message polish[] = {
	MESSAGE("", HEADER),
	MESSAGE("%zu place\0%zu places", "%zu miejsce\0%zu miejsca\0%zu miejsc"),
	MESSAGE("cannot open %s", "nie mogę otworzyć: %s"),
	MESSAGE("decimal point\004.", ","),
	MESSAGE("door", "drzwi"),
	MESSAGE("kind\004door", "otwarta lekcja"),
	MESSAGE("language tag\004en", "pl"),
	MESSAGE("nothing of that name is here", "niczego takiego tu nie ma"),
};
#define COUNT (sizeof polish / sizeof polish[0])

static int begin(void **state)
{
	(void)state;
	catalogue_begin(polish, COUNT);
	return 0;
}

static void a_number_takes_the_form_that_the_language_gives_it(void **state)
{
	(void)state;
	static const struct {
		size_t n;
		const char *text;
	} cases[] = {
		{0, "0 miejsc"},
		{1, "1 miejsce"},
		{2, "2 miejsca"},
		{4, "4 miejsca"},
		{5, "5 miejsc"},
		{12, "12 miejsc"}, /* the teens are many */
		{14, "14 miejsc"},
		{22, "22 miejsca"},
		{25, "25 miejsc"},
		{101, "101 miejsc"}, /* only 1 itself is one */
		{112, "112 miejsc"},
		{122, "122 miejsca"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[64];
		snprintf(text, sizeof text, tr_n("%zu place", "%zu places", cases[i].n),
			cases[i].n);
		assert_string_equal(text, cases[i].text);
	}
}

static void what_the_catalogue_lacks_is_english(void **state)
{
	(void)state;
	assert_string_equal(tr("nobody translated this"), "nobody translated this");
	assert_string_equal(tr_n("one thing", "many things", 1), "one thing");
	assert_string_equal(tr_n("one thing", "many things", 5), "many things");
	assert_string_equal(tr_in("field", "aim"), "aim");
	assert_string_equal(tr(""), ""); /* its key is the catalogue's own header */
}

static void a_word_means_what_its_context_says(void **state)
{
	(void)state;
	assert_string_equal(tr_in("kind", "door"), "otwarta lekcja");
	assert_string_equal(tr("door"), "drzwi");
	assert_string_equal(tr_in("field", "door"), "door");
}

static void the_language_says_its_tag_its_direction_and_its_decimal_point(void **state)
{
	(void)state;
	assert_string_equal(tr_language(), "pl");
	assert_false(tr_is_rtl());
	assert_string_equal(tr_decimal(), ",");
}

static void a_word_that_ends_at_its_length_is_found(void **state)
{
	(void)state;
	struct bytes door = {(const uint8_t *)"doors", 4};
	struct bytes found = tr_bytes(door);
	assert_int_equal(found.len, strlen("drzwi"));
	assert_memory_equal(found.at, "drzwi", found.len);
	struct bytes doors = bytes_text("doors");
	assert_ptr_equal(tr_bytes(doors).at, doors.at);
	uint8_t long_word[400];
	memset(long_word, 'x', sizeof long_word);
	assert_int_equal(tr_bytes((struct bytes){long_word, 400}).len, 400);
}

static void a_reason_is_said_in_the_language_with_what_it_names(void **state)
{
	(void)state;
	struct why why;
	assert_int_equal(because(&why, ERR_IO, "cannot open %s", "zeszyt"), ERR_IO);
	assert_string_equal(why.text, "nie mogę otworzyć: zeszyt");
	assert_string_equal(err_text(ERR_NOT_FOUND), "niczego takiego tu nie ma");
	assert_string_equal(err_text(ERR_BUSY), "another kith holds it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_takes_the_form_that_the_language_gives_it),
		cmocka_unit_test(what_the_catalogue_lacks_is_english),
		cmocka_unit_test(a_word_means_what_its_context_says),
		cmocka_unit_test(
			the_language_says_its_tag_its_direction_and_its_decimal_point),
		cmocka_unit_test(a_word_that_ends_at_its_length_is_found),
		cmocka_unit_test(a_reason_is_said_in_the_language_with_what_it_names),
	};
	return cmocka_run_group_tests(tests, begin, catalogue_end);
}
