/* Bundles of a partner who is no friend, or of nobody: each is refused by one sentence,
 * and nothing has changed. */
#include "tests/test.h"

#include "core/base/pack.h"
#include "core/notebook/internal.h"
#include "tests/unit/protocol/carrier.h"

static char *base;
static struct node anna, ben, carla;
static struct buf honest;    /* a file of Anna's, with a page in it */
static struct buf records;   /* and what is in it */
static struct bytes part[8]; /* its records: about, hello, push */
static uint8_t kind[8];
static size_t parts;
static bool every; /* byte: takes long, in the full suite */

static int begin(void **state)
{
	(void)state;
	every = getenv("KITH_TEST_EVERY") != NULL;
	base = nodes_two(&anna, &ben);
	node_make(&carla, base, "carla");
	(void)carrier_carry(&anna, &ben);
	(void)carrier_carry(&ben, &anna);
	(void)node_page(&anna, &ben, "A page of Anna's");
	(void)carrier_write(&anna, &ben, &honest);
	carrier_open(&anna, &ben, buf_bytes(&honest), &records);
	struct bytes rest = buf_bytes(&records);
	while (carrier_take(&rest, &kind[parts], &part[parts]))
		parts++;
	assert_int_equal(parts, 3);
	node_keep(&anna);
	node_keep(&ben);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	node_close(&carla);
	nodes_two_remove(base, &anna, &ben);
	buf_release(&honest);
	buf_release(&records);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	node_again(&anna);
	node_again(&ben);
	return 0;
}

/* Ben refuses it so, in words, and his store has not moved. */
static void assert_refused(struct bytes file, enum err expected)
{
	struct bundle_taken taken = {0};
	struct why why = {0};
	uint64_t version = notebook_version(ben.book);
	assert_int_equal(carrier_read(&ben, file, &taken, &why), expected);
	assert_true(strlen(why.text) > 0);
	assert_null(strchr(why.text, '\n'));
	assert_int_equal(notebook_version(ben.book), version);
	assert_int_equal(node_count(&ben), 0);
}

static void assert_refuses(const struct buf *said, enum err expected)
{
	CLEAN_BUF struct buf file = {0};
	carrier_forge(&anna, &ben, buf_bytes(said), &file);
	assert_refused(buf_bytes(&file), expected);
}

/* The records of those numbers, from 0. */
static void pick(const char *numbers, struct buf *out)
{
	for (; *numbers != '\0'; numbers++)
		carrier_add(out, kind[*numbers - '0'], part[*numbers - '0']);
}

static void what_anna_honestly_wrote_is_taken(void **state)
{
	(void)state;
	struct bundle_taken taken = {0};
	CLEAN_BUF struct buf said = {0}, file = {0};
	pick("012", &said);
	carrier_forge(&anna, &ben, buf_bytes(&said), &file);
	assert_int_equal(carrier_read(&ben, buf_bytes(&file), &taken, NULL), OK);
	assert_int_equal(taken.came, 1);
	assert_true(taken.verified);
}

static void damage_anywhere_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < honest.len; i += every ? 1 : 41) {
		CLEAN_BUF struct buf file = {0};
		struct bundle_taken taken = {0};
		uint64_t version = notebook_version(ben.book);
		buf_add(&file, buf_bytes(&honest));
		file.at[i] ^= 0x10;
		assert_int_not_equal(
			carrier_read(&ben, buf_bytes(&file), &taken, NULL), OK);
		file.at[i] ^= 0x10;
		assert_int_not_equal(
			carrier_read(&ben, (struct bytes){file.at, i}, &taken, NULL), OK);
		assert_int_equal(notebook_version(ben.book), version);
	}
}

/* What is checked is checked again as it is taken: a stick may be swapped between. */
static void a_file_that_changes_between_the_passes_changes_nothing(void **state)
{
	(void)state;
	struct bundle_taken taken = {0};
	uint64_t version = notebook_version(ben.book);
	assert_int_equal(
		carrier_pass(&ben, BUNDLE_CHECK, buf_bytes(&honest), 4096, &taken, NULL),
		OK);
	assert_int_equal(
		carrier_pass(&ben, BUNDLE_TAKE, (struct bytes){honest.at, honest.len - 1},
			4096, &taken, NULL),
		ERR_CORRUPT);
	assert_int_equal(notebook_version(ben.book), version);
	assert_int_equal(node_count(&ben), 0);
}

static void records_in_any_other_order_are_refused(void **state)
{
	(void)state;
	static const char *const orders[] = {"", "0", "1", "2", "02", "12", "10", "021",
		"102", "120", "0012", "0112", "01210"};
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		CLEAN_BUF struct buf said = {0};
		pick(orders[i], &said);
		assert_refuses(&said, ERR_CORRUPT);
	}
}

static void kinds_that_do_not_belong_in_a_file_are_refused(void **state)
{
	(void)state;
	for (unsigned k = 1; k < 256; k++) {
		CLEAN_BUF struct buf said = {0};
		if (k == BUNDLE_ABOUT || k == SYNC_LIST || k == SYNC_HELLO ||
			k == SYNC_HASHES || k == SYNC_PUSH)
			continue;
		pick("01", &said);
		carrier_add(&said, (uint8_t)k, part[2]);
		assert_refuses(&said, ERR_CORRUPT);
	}
}

static void records_that_are_too_long_are_refused(void **state)
{
	(void)state;
	static const struct {
		uint8_t kind;
		size_t len;
		const char *before;
	} cases[] = {{BUNDLE_ABOUT, BUNDLE_ABOUT_MAX + 1, ""},
		{SYNC_LIST, DEVICE_LIST_MAX + 1, "0"},
		{SYNC_HELLO, EXCHANGE_CLAIM_MAX + 2, "0"}, {SYNC_HASHES, 40961, "01"},
		{SYNC_HELLO, 1, "0"}, {SYNC_PUSH, 0, "01"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEAN_BUF struct buf said = {0}, bytes = {0};
		memset(buf_extend(&bytes, cases[i].len), 0x90, cases[i].len);
		pick(cases[i].before, &said);
		carrier_add(&said, cases[i].kind, buf_bytes(&bytes));
		assert_refuses(&said, ERR_CORRUPT);
	}
}

/* Every byte of every record another one: what opens is still looked at whole. Some say
 * something else then, which is the writer's right; none takes the store apart. */
static void altered_records_are_refused_or_taken_whole(void **state)
{
	(void)state;
	CLEAN_BUF struct buf said = {0};
	buf_add(&said, buf_bytes(&records));
	for (size_t i = 0; i < said.len; i += every ? 1 : 11) {
		CLEAN_BUF struct buf file = {0};
		struct bundle_taken taken = {0};
		uint64_t version = notebook_version(ben.book);
		uint8_t was = said.at[i];
		said.at[i] ^= (uint8_t)(1u << i % 8);
		carrier_forge(&anna, &ben, buf_bytes(&said), &file);
		if (carrier_read(&ben, buf_bytes(&file), &taken, NULL) != OK)
			assert_int_equal(notebook_version(ben.book), version);
		else if (notebook_version(ben.book) != version)
			node_again(&ben);
		said.at[i] = was;
	}
}

static void one_of_another_pairing_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf said = {0}, about = {0};
	buf_add(&about, part[0]);
	about.at[5] ^= 1; /* the space's id */
	carrier_add(&said, BUNDLE_ABOUT, buf_bytes(&about));
	carrier_add(&said, kind[1], part[1]);
	carrier_add(&said, kind[2], part[2]);
	assert_refuses(&said, ERR_REFUSED);
}

static void words_put_into_my_mouth_are_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf said = {0}, push = {0};
	const struct me *me = notebook_me(ben.book);
	/* The same entry, as one of Ben's own device. */
	buf_add(&push, part[2]);
	uint8_t *device = memmem(
		push.at, push.len, notebook_me(anna.book)->device.b, sizeof me->device.b);
	assert_non_null(device);
	memcpy(device, me->device.b, sizeof me->device.b);
	carrier_add(&said, kind[0], part[0]);
	carrier_add(&said, kind[1], part[1]);
	carrier_add(&said, SYNC_PUSH, buf_bytes(&push));
	CLEAN_BUF struct buf file = {0};
	struct bundle_taken taken = {0};
	carrier_forge(&anna, &ben, buf_bytes(&said), &file);
	enum err e = carrier_read(&ben, buf_bytes(&file), &taken, NULL);
	assert_true(e == ERR_AUTH || e == ERR_REFUSED);
	assert_int_equal(node_count(&ben), 0);
}

static void a_list_that_nobody_signed_is_refused(void **state)
{
	(void)state;
	CLEAN_BUF struct buf said = {0}, list = {0};
	pick("0", &said);
	buf_add(&list, buf_bytes(&notebook_me(anna.book)->list));
	list.at[40] ^= 1;
	carrier_add(&said, SYNC_LIST, buf_bytes(&list));
	carrier_add(&said, kind[1], part[1]);
	assert_refuses(&said, ERR_CORRUPT);
}

static void strangers_and_the_wrong_reader_are_told_apart_by_nothing(void **state)
{
	(void)state;
	struct bundle_taken taken = {0};
	struct why whose = {0}, mine = {0};
	assert_int_equal(
		carrier_read(&carla, buf_bytes(&honest), &taken, &whose), ERR_AUTH);
	assert_non_null(strstr(whose.text, "somebody else"));
	assert_int_equal(
		carrier_read(&anna, buf_bytes(&honest), &taken, &mine), ERR_REFUSED);
	assert_non_null(strstr(mine.text, "yourself"));
}

/* The root is another one now: what was sealed under the old one still opens until the
 * two have met, or read each other, under the new one. */
static void a_renewed_pairing_reads_what_was_on_its_way(void **state)
{
	(void)state;
	struct bundle_taken taken = {0};
	nodes_pair(&anna, &ben);
	assert_int_equal(carrier_read(&ben, buf_bytes(&honest), &taken, NULL), OK);
	assert_int_equal(taken.came, 1);
	(void)carrier_carry(&anna, &ben);
	node_again(&ben);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_anna_honestly_wrote_is_taken, setup),
		cmocka_unit_test_setup(damage_anywhere_changes_nothing, setup),
		cmocka_unit_test_setup(
			a_file_that_changes_between_the_passes_changes_nothing, setup),
		cmocka_unit_test_setup(records_in_any_other_order_are_refused, setup),
		cmocka_unit_test_setup(
			kinds_that_do_not_belong_in_a_file_are_refused, setup),
		cmocka_unit_test_setup(records_that_are_too_long_are_refused, setup),
		cmocka_unit_test_setup(altered_records_are_refused_or_taken_whole, setup),
		cmocka_unit_test_setup(one_of_another_pairing_is_refused, setup),
		cmocka_unit_test_setup(words_put_into_my_mouth_are_refused, setup),
		cmocka_unit_test_setup(a_list_that_nobody_signed_is_refused, setup),
		cmocka_unit_test_setup(
			strangers_and_the_wrong_reader_are_told_apart_by_nothing, setup),
		cmocka_unit_test_setup(
			a_renewed_pairing_reads_what_was_on_its_way, setup),
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
