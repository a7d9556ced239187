/* Bundles between two notebooks: what one gives, the other takes; and all that may come
 * of a file on its way. */
#include "tests/test.h"

#include "core/notebook/internal.h"
#include "core/notebook/ledger.h"
#include "tests/unit/protocol/carrier.h"

static char *base;
static struct node anna, ben;

static int begin(void **state)
{
	(void)state;
	base = nodes_two(&anna, &ben);
	node_keep(&anna);
	node_keep(&ben);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	nodes_two_remove(base, &anna, &ben);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	node_again(&anna);
	node_again(&ben);
	return 0;
}

static struct bundle_taken read_bundle(struct node *node, const struct buf *file)
{
	struct bundle_taken taken = {0};
	assert_int_equal(carrier_read(node, buf_bytes(file), &taken, NULL), OK);
	return taken;
}

static void assert_same(struct id document, const char *text)
{
	assert_string_equal(node_body(&anna, document), text);
	assert_string_equal(node_body(&ben, document), text);
}

/* There and back, as often as two people may need to be even. */
static void settle(void)
{
	struct bundle_taken taken = {0};
	for (int i = 0; i < 4; i++) {
		(void)carrier_carry(&anna, &ben);
		taken = carrier_carry(&ben, &anna);
	}
	assert_true(taken.verified);
	assert_true(carrier_carry(&anna, &ben).verified);
}

static enum reach reach_of(struct node *node, struct id document)
{
	struct notebook_txn *txn = NULL;
	struct ledger_line line;
	assert_int_equal(notebook_look(node->book, &txn, NULL), OK);
	assert_int_equal(ledger_line(txn, document, &line, NULL), OK);
	notebook_abort(txn);
	return line.reach;
}

/* ---- The sane days. */

static void what_was_written_comes_and_is_proven_the_same(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "What did you notice?");
	struct bundle_taken taken = carrier_carry(&anna, &ben);
	assert_int_equal(taken.came, 1);
	assert_int_equal(taken.document_count, 1);
	assert_true(taken.verified);
	assert_false(taken.they_lack || taken.waits || taken.restored || taken.pulling);
	assert_same(page, "What did you notice?");
}

static void the_one_who_wrote_learns_from_the_answer_that_it_came(void **state)
{
	(void)state;
	struct id note = node_note(&anna, "Group work");
	note = node_share(&anna, note, &ben, ROLE_COMMENT);
	assert_int_equal(reach_of(&anna, note), REACH_NOT_SENT);
	(void)carrier_carry(&anna, &ben);
	assert_int_equal(reach_of(&anna, note), REACH_MAY_HAVE_LEFT);
	struct bundle_taken taken = carrier_carry(&ben, &anna);
	assert_true(taken.verified);
	assert_int_equal(taken.came, 0);
	assert_int_equal(reach_of(&anna, note), REACH_HELD);
}

static void what_is_known_to_be_held_is_not_carried_again(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	(void)node_page(&anna, &ben, "One");
	assert_int_equal(carrier_write(&anna, &ben, &file).entries, 1);
	assert_int_equal(carrier_write(&anna, &ben, &file).entries, 1);
	(void)read_bundle(&ben, &file);
	(void)carrier_carry(&ben, &anna);
	assert_int_equal(carrier_write(&anna, &ben, &file).entries, 0);
}

static void both_wrote_and_both_texts_are_there(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "Debrief");
	settle();
	node_splice(&anna, page, 7, 0, ": felt long");
	node_splice(&ben, page, 0, 0, "Our ");
	struct bundle_taken taken = carrier_carry(&anna, &ben);
	assert_true(taken.waits);
	(void)carrier_carry(&ben, &anna);
	assert_same(page, "Our Debrief: felt long");
	settle();
}

static void what_is_taken_back_is_erased_there(void **state)
{
	(void)state;
	struct id note = node_share(
		&anna, node_note(&anna, "Private after all"), &ben, ROLE_COMMENT);
	settle();
	assert_string_equal(node_body(&ben, note), "Private after all");
	(void)node_take_back(&anna, note);
	(void)carrier_carry(&anna, &ben);
	assert_string_equal(node_body(&ben, note), "(none)");
	settle();
}

static void the_end_of_a_pair_travels_and_is_confirmed(void **state)
{
	(void)state;
	(void)node_page(&anna, &ben, "Of us two");
	settle();
	node_unpair(&anna, &ben);
	assert_true(carrier_carry(&anna, &ben).left);
	assert_true(carrier_carry(&ben, &anna).left);
}

/* Nothing unshared, nothing typed and deleted, in what the partner can open. */
static void only_what_is_offered_is_in_it(void **state)
{
	(void)state;
	static const char *const canaries[] = {"UNSHARED", "TYPED", "TAKEN", "LATER"};
	CLEAN_BUF struct buf file = {0}, records = {0};
	(void)node_note(&anna, "UNSHARED words");
	struct id page = node_page(&anna, &ben, "A page, TYPED and gone");
	node_write(&anna, page, "A page");
	struct id note =
		node_share(&anna, node_note(&anna, "TAKEN back"), &ben, ROLE_COMMENT);
	(void)node_take_back(&anna, note);
	(void)carrier_write(&anna, &ben, &file);
	node_write(&anna, page, "A page, LATER");
	carrier_open(&anna, &ben, buf_bytes(&file), &records);
	assert_non_null(memmem(records.at, records.len, "A page", 6));
	for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++)
		assert_null(memmem(
			records.at, records.len, canaries[i], strlen(canaries[i])));
	/* And outside of it nothing at all. */
	assert_null(memmem(file.at, file.len, "A page", 6));
	for (struct node *n = &anna; n != NULL; n = n == &anna ? &ben : NULL) {
		const struct me *me = notebook_me(n->book);
		assert_null(memmem(file.at, file.len, me->person.b, 32));
		assert_null(memmem(file.at, file.len, me->device_public.b, 32));
		assert_null(memmem(file.at, file.len, me->device.b, 16));
		assert_null(memmem(file.at, file.len, n->name, strlen(n->name)));
	}
}

/* ---- Late, twice, never. */

static void the_same_again_is_known_and_changes_nothing(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	struct id page = node_page(&anna, &ben, "Once");
	(void)carrier_write(&anna, &ben, &file);
	(void)read_bundle(&ben, &file);
	uint64_t version = notebook_version(ben.book);
	for (int i = 0; i < 3; i++) {
		struct bundle_taken taken = read_bundle(&ben, &file);
		assert_true(taken.known);
		assert_int_equal(taken.came, 0);
		assert_memory_equal(taken.person.b, notebook_me(anna.book)->person.b,
			sizeof taken.person.b);
	}
	assert_int_equal(notebook_version(ben.book), version);
	assert_same(page, "Once");
}

static void one_that_comes_late_takes_nothing_away(void **state)
{
	(void)state;
	CLEAN_BUF struct buf first = {0}, second = {0};
	struct id one = node_page(&anna, &ben, "One");
	(void)carrier_write(&anna, &ben, &first);
	struct id two = node_page(&anna, &ben, "Two");
	(void)carrier_write(&anna, &ben, &second);
	(void)read_bundle(&ben, &second);
	(void)carrier_carry(&ben, &anna);
	uint64_t version = notebook_version(ben.book);
	assert_true(read_bundle(&ben, &first).known);
	assert_int_equal(notebook_version(ben.book), version);
	assert_same(one, "One");
	assert_same(two, "Two");
	assert_int_equal(reach_of(&anna, two), REACH_HELD);
}

static void one_from_before_they_met_unsays_nothing(void **state)
{
	(void)state;
	CLEAN_BUF struct buf file = {0};
	(void)carrier_write(&anna, &ben, &file);
	struct id page = node_page(&ben, &anna, "Of Ben");
	anna.wall_s += 3600;
	ben.wall_s += 3600;
	notebook_clock(anna.book, anna.wall_s);
	notebook_clock(ben.book, ben.wall_s);
	struct talk talk = {0};
	talk.side[0].once = true;
	talk_whole(&talk, &anna, &ben);
	assert_true(talk.side[1].report.verified);
	talk_end(&talk);
	buf_release(&talk.log);
	assert_int_equal(reach_of(&ben, page), REACH_HELD);
	assert_true(read_bundle(&ben, &file).stale);
	assert_int_equal(reach_of(&ben, page), REACH_HELD);
}

static void one_that_was_lost_costs_nothing(void **state)
{
	(void)state;
	CLEAN_BUF struct buf lost = {0};
	struct id one = node_page(&anna, &ben, "One");
	(void)carrier_write(&anna, &ben, &lost);
	struct id two = node_page(&anna, &ben, "Two");
	assert_int_equal(carrier_carry(&anna, &ben).came, 2);
	assert_same(one, "One");
	assert_same(two, "Two");
}

static uint64_t counted(struct node *node, struct node *other)
{
	struct notebook_txn *txn = NULL;
	struct space *space = NULL;
	assert_int_equal(notebook_look(node->book, &txn, NULL), OK);
	assert_int_equal(
		space_open(txn, node_partner(node, txn, other)->space, &space), OK);
	uint64_t bytes = space->bytes_in;
	notebook_abort(txn);
	return bytes;
}

static void what_comes_again_counts_once_against_the_quota(void **state)
{
	(void)state;
	(void)node_page(&anna, &ben, "Again and again");
	(void)carrier_carry(&anna, &ben);
	uint64_t once = counted(&ben, &anna);
	assert_true(once > 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(carrier_carry(&anna, &ben).came, 0);
	assert_int_equal(counted(&ben, &anna), once);
}

static void what_does_not_fit_goes_in_the_next_one(void **state)
{
	(void)state;
	static char text[120000 + 1];
	CLEAN_BUF struct buf file = {0};
	settle();
	for (int i = 0; i < 6; i++) {
		for (size_t k = 0; k < sizeof text - 1; k++)
			text[k] = (char)('0' + random_below(75));
		(void)node_page(&anna, &ben, text);
		(void)carrier_write(&anna, &ben, &file); /* an entry of its own */
	}
	struct bundle_written written = carrier_write_some(&anna, &ben, 200000, &file);
	assert_true(written.more);
	assert_in_range(written.entries, 2, 4);
	struct bundle_taken taken = read_bundle(&ben, &file);
	assert_int_equal(taken.came, written.entries);
	assert_true(taken.i_lack);
	assert_false(taken.verified || taken.missed);

	/* Nothing was seen to arrive: the same goes again, and is no trouble. */
	(void)carrier_write_some(&anna, &ben, 200000, &file);
	assert_int_equal(read_bundle(&ben, &file).came, 0);

	(void)carrier_carry(&ben, &anna);
	assert_false(carrier_write(&anna, &ben, &file).more);
	taken = read_bundle(&ben, &file);
	assert_int_equal(taken.came + written.entries, 6);
	assert_true(taken.verified);
}

/* ---- Folders that were put back. */

static void a_store_that_was_put_back_gets_its_own_words_back(void **state)
{
	(void)state;
	char place[160];
	snprintf(place, sizeof place, "%s/anna-backup", base);
	struct id before = node_page(&anna, &ben, "Before");
	settle();
	node_save(&anna, place);
	struct id after = node_page(&anna, &ben, "After");
	settle();
	node_put_back(&anna, place);
	struct bundle_taken taken = carrier_carry(&ben, &anna);
	assert_true(taken.restored && taken.pulling);
	assert_string_equal(node_body(&anna, after), "(none)");
	(void)carrier_carry(&anna, &ben);
	taken = carrier_carry(&ben, &anna);
	assert_false(taken.pulling);
	assert_same(before, "Before");
	assert_same(after, "After");
	settle();
}

/* Only what was written in knowledge of the put-back store ends its wait. */
static void an_old_bundle_does_not_end_the_wait_for_own_history(void **state)
{
	(void)state;
	char place[160];
	CLEAN_BUF struct buf old = {0};
	snprintf(place, sizeof place, "%s/anna-backup", base);
	(void)node_page(&anna, &ben, "Before");
	settle();
	node_save(&anna, place);
	struct id one = node_page(&anna, &ben, "One");
	settle();
	(void)carrier_write(&ben, &anna, &old);
	struct id two = node_page(&anna, &ben, "Two");
	settle();
	node_put_back(&anna, place);
	struct bundle_taken taken = read_bundle(&anna, &old);
	assert_true(taken.pulling);
	struct id draft = node_page(&anna, &ben, "Waits");
	CLEAN_BUF struct buf file = {0};
	struct bundle_written written = carrier_write(&anna, &ben, &file);
	assert_true(written.pulling);
	(void)read_bundle(&ben, &file);
	assert_string_equal(node_body(&ben, draft), "(none)");
	(void)carrier_carry(&ben, &anna);
	assert_same(one, "One");
	assert_same(two, "Two");
	settle();
	assert_same(draft, "Waits");
}

static void a_reader_that_was_put_back_says_so_and_gets_all_again(void **state)
{
	(void)state;
	char place[160];
	snprintf(place, sizeof place, "%s/ben-backup", base);
	settle();
	node_save(&ben, place);
	struct id one = node_page(&anna, &ben, "One");
	settle();
	node_put_back(&ben, place);
	struct id two = node_page(&anna, &ben, "Two");
	struct bundle_taken taken = carrier_carry(&anna, &ben);
	assert_true(taken.missed);
	assert_int_equal(taken.came, 0);
	assert_string_equal(node_body(&ben, two), "(none)");
	(void)carrier_carry(&ben, &anna);
	(void)carrier_carry(&anna, &ben);
	assert_same(one, "One");
	assert_same(two, "Two");
	settle();
}

static void a_notebook_that_went_on_in_the_past_is_mended(void **state)
{
	(void)state;
	char place[160];
	snprintf(place, sizeof place, "%s/anna-backup", base);
	(void)node_page(&anna, &ben, "Before");
	settle();
	node_save(&anna, place);
	struct id first = node_page(&anna, &ben, "Of the first history");
	settle();
	node_put_back(&anna, place);
	struct id second = node_page(&anna, &ben, "Of the second history");
	struct bundle_taken taken = carrier_carry(&anna, &ben);
	assert_true(taken.their_fork);
	assert_int_equal(taken.came, 0);
	assert_string_equal(node_body(&ben, second), "(none)");
	taken = carrier_carry(&ben, &anna);
	assert_true(taken.healed);
	settle();
	assert_same(first, "Of the first history");
}

/* The second history is the longer one: no claim shows the fork, the entries do. */
static void a_second_history_that_is_longer_is_mended_too(void **state)
{
	(void)state;
	char place[160];
	CLEAN_BUF struct buf file = {0};
	snprintf(place, sizeof place, "%s/anna-backup", base);
	(void)node_page(&anna, &ben, "Before");
	settle();
	node_save(&anna, place);
	struct id first = node_page(&anna, &ben, "Of the first history");
	settle();
	node_put_back(&anna, place);
	for (int i = 0; i < 3; i++) {
		(void)node_page(&anna, &ben, "Of the second history");
		(void)carrier_write(&anna, &ben, &file);
	}
	struct bundle_taken taken = read_bundle(&ben, &file);
	assert_true(taken.their_fork);
	assert_int_equal(taken.came, 0);
	assert_true(carrier_carry(&ben, &anna).healed);
	settle();
	assert_same(first, "Of the first history");
}

/* Nothing of the log that begins after the first time had been said when it was put back
 * the second time: no history parts, another log begins. */
static void put_back_twice_both_times_all_comes_back(void **state)
{
	(void)state;
	char place[160];
	snprintf(place, sizeof place, "%s/anna-backup", base);
	(void)node_page(&anna, &ben, "Before");
	settle();
	node_save(&anna, place);
	struct id one = node_page(&anna, &ben, "One");
	settle();
	node_put_back(&anna, place);
	(void)carrier_carry(&ben, &anna);
	(void)carrier_carry(&anna, &ben);
	(void)carrier_carry(&ben, &anna);
	assert_true(carrier_carry(&anna, &ben).verified);
	node_save(&anna, place);
	struct id two = node_page(&anna, &ben, "Two");
	(void)carrier_carry(&anna, &ben);
	(void)carrier_carry(&ben, &anna);
	node_put_back(&anna, place);
	struct id three = node_page(&anna, &ben, "Three");
	assert_int_equal(carrier_carry(&anna, &ben).came, 1);
	settle();
	assert_same(one, "One");
	assert_same(two, "Two");
	assert_same(three, "Three");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			what_was_written_comes_and_is_proven_the_same, setup),
		cmocka_unit_test_setup(
			the_one_who_wrote_learns_from_the_answer_that_it_came, setup),
		cmocka_unit_test_setup(
			what_is_known_to_be_held_is_not_carried_again, setup),
		cmocka_unit_test_setup(both_wrote_and_both_texts_are_there, setup),
		cmocka_unit_test_setup(what_is_taken_back_is_erased_there, setup),
		cmocka_unit_test_setup(the_end_of_a_pair_travels_and_is_confirmed, setup),
		cmocka_unit_test_setup(only_what_is_offered_is_in_it, setup),
		cmocka_unit_test_setup(
			the_same_again_is_known_and_changes_nothing, setup),
		cmocka_unit_test_setup(one_that_comes_late_takes_nothing_away, setup),
		cmocka_unit_test_setup(one_from_before_they_met_unsays_nothing, setup),
		cmocka_unit_test_setup(
			what_comes_again_counts_once_against_the_quota, setup),
		cmocka_unit_test_setup(what_does_not_fit_goes_in_the_next_one, setup),
		cmocka_unit_test_setup(one_that_was_lost_costs_nothing, setup),
		cmocka_unit_test_setup(
			a_store_that_was_put_back_gets_its_own_words_back, setup),
		cmocka_unit_test_setup(
			an_old_bundle_does_not_end_the_wait_for_own_history, setup),
		cmocka_unit_test_setup(
			a_reader_that_was_put_back_says_so_and_gets_all_again, setup),
		cmocka_unit_test_setup(
			a_notebook_that_went_on_in_the_past_is_mended, setup),
		cmocka_unit_test_setup(
			a_second_history_that_is_longer_is_mended_too, setup),
		cmocka_unit_test_setup(put_back_twice_both_times_all_comes_back, setup),
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
