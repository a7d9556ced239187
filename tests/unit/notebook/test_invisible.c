/* On which networks nobody is to find this computer. */
#include "core/notebook/invisible.h"
#include "tests/test.h"
#include "tests/unit/notebook/teachers.h"

static const uint8_t *network(unsigned n)
{
	static uint8_t id[NETWORK_ID];
	id[0] = (uint8_t)n;
	return id;
}

static void set(unsigned n, bool is_invisible)
{
	struct why why;
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(invisible_set(txn, network(n), is_invisible, &why), OK);
	done(txn);
}

static struct invisible now(void)
{
	struct invisible invisible;
	struct why why;
	struct notebook_txn *txn = look(amina);
	assert_int_equal(invisible_read(txn, &invisible, &why), OK);
	done(txn);
	return invisible;
}

static void off_by_default_and_kept_for_each_network(void **state)
{
	(void)state;
	struct invisible invisible = now();
	assert_int_equal(invisible.count, 0);
	set(1, true);
	set(2, true);
	set(3, true);
	set(2, true);
	set(1, false);
	set(9, false);
	teacher_close(amina);
	teacher_open(amina);
	invisible = now();
	assert_int_equal(invisible.count, 2);
	assert_false(invisible_on(&invisible, network(1)));
	assert_true(invisible_on(&invisible, network(2)));
	assert_true(invisible_on(&invisible, network(3)));
	assert_false(invisible_on(&invisible, network(9)));
}

static void one_too_many_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	struct why why;
	for (unsigned n = 0; n < INVISIBLE_MAX; n++)
		set(n, true);
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(
		invisible_set(txn, network(INVISIBLE_MAX), true, &why), ERR_REFUSED);
	assert_int_equal(invisible_set(txn, network(0), true, &why), OK);
	done(txn);
	struct invisible invisible = now();
	assert_int_equal(invisible.count, INVISIBLE_MAX);
	assert_false(invisible_on(&invisible, network(INVISIBLE_MAX)));
}

static void forgetting_them_is_being_visible_everywhere(void **state)
{
	(void)state;
	set(1, true);
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(invisible_forget(txn), OK);
	done(txn);
	struct invisible invisible = now();
	assert_int_equal(invisible.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			off_by_default_and_kept_for_each_network, teachers_again),
		cmocka_unit_test_setup(
			one_too_many_is_refused_and_changes_nothing, teachers_again),
		cmocka_unit_test_setup(
			forgetting_them_is_being_visible_everywhere, teachers_again),
	};
	return cmocka_run_group_tests(tests, teachers_start, teachers_stop);
}
