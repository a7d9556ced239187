/* A set of ids, against a plain list of the same. */
#include "core/notebook/idset.h"

#include "tests/test.h"

#define IDS 300

/* Few first bytes, so that slots collide. */
static struct id id_of(unsigned n)
{
	struct id id = {{0}};
	id.b[0] = (uint8_t)(n % 7);
	id.b[15] = (uint8_t)n;
	id.b[14] = (uint8_t)(n >> 8);
	return id;
}

static void check(const struct idset *set, const bool *want)
{
	size_t count = 0;
	for (unsigned i = 0; i < IDS; i++) {
		assert_int_equal(idset_has(set, id_of(i)), want[i]);
		count += want[i];
	}
	assert_int_equal(set->count, count);
}

static void it_holds_what_was_added_and_not_dropped(void **state)
{
	(void)state;
	struct idset set = {0}, again = {0};
	bool want[IDS] = {false};
	unsigned chance = 1;
	check(&set, want);
	for (unsigned step = 0; step < 4000; step++) {
		chance = chance * 1664525u + 1013904223u;
		unsigned n = (chance >> 8) % IDS;
		bool add = (chance >> 28) % 2 == 0;
		bool changed =
			add ? idset_add(&set, id_of(n)) : idset_drop(&set, id_of(n));
		assert_int_equal(changed, want[n] != add);
		want[n] = add;
		if (step % 97 == 0)
			check(&set, want);
	}
	check(&set, want);
	idset_load(&again, idset_bytes(&set));
	check(&again, want);
	idset_clear(&set);
	assert_false(idset_has(&set, id_of(3)));
	assert_true(idset_add(&set, id_of(3)));
	idset_release(&set);
	idset_release(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_holds_what_was_added_and_not_dropped)};
	return cmocka_run_group_tests_name("notebook: id sets", tests, NULL, NULL);
}
