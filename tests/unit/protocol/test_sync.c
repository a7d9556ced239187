#include "tests/test.h"

#include "core/notebook/internal.h"
#include "core/notebook/ledger.h"
#include "core/notebook/offer.h"
#include "tests/unit/protocol/nodes.h"

/* Two people, paired and never met; every test begins with their folders as they were
 * then. */
static char *base;
static struct node anna, ben;
static struct talk talk;

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

static int teardown(void **state)
{
	(void)state;
	talk_end(&talk);
	buf_release(&talk.log);
	talk = (struct talk){0};
	return 0;
}

static void assert_log(const char *text)
{
	assert_string_equal(buf_text(&talk.log), text);
	buf_clear(&talk.log);
}

/* Anna's foreground sync with Ben's running node. */
static void sync_once(void)
{
	talk.side[0].once = true;
	talk_whole(&talk, &anna, &ben);
}

/* They met and hold the same; the log is empty again. */
static void have_met(void)
{
	sync_once();
	assert_true(talk.side[0].report.verified);
	assert_true(talk.side[1].report.verified);
	buf_clear(&talk.log);
}

static void assert_same(struct id document, const char *text)
{
	assert_string_equal(node_body(&anna, document), text);
	assert_string_equal(node_body(&ben, document), text);
}

static void assert_verified(void)
{
	for (int i = 0; i < 2; i++) {
		assert_true(talk.side[i].report.verified);
		assert_int_equal(talk.side[i].err, OK);
	}
	assert_memory_equal(
		talk.side[0].report.fingerprint, talk.side[1].report.fingerprint, 16);
}

/* ---- The sane days */

static void where_nothing_changed_hello_is_all(void **state)
{
	(void)state;
	have_met();
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben verified\n"
		   "ben → HELLO\n"
		   "ben rests\n"
		   "anna met\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_verified();
	assert_int_equal(talk.side[0].report.round_trips, 1);
}

static void what_waited_comes_in_two_round_trips(void **state)
{
	(void)state;
	have_met();
	struct id page = node_page(&anna, &ben, "What did you notice?");
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "anna met\n"
		   "anna → PUSH\n"
		   "ben got 1\n"
		   "ben verified\n"
		   "ben → ACK\n"
		   "ben rests\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_verified();
	assert_same(page, "What did you notice?");
	assert_int_equal(talk.side[0].report.sent, 1);
	assert_int_equal(talk.side[1].report.came, 1);
	assert_true(talk.side[0].report.round_trips <= 2);
}

static void two_flights_cross_where_both_wrote(void **state)
{
	(void)state;
	have_met();
	struct id hers = node_page(&anna, &ben, "from Anna");
	struct id his = node_page(&ben, &anna, "from Ben");
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "ben → PUSH\n"
		   "anna met\n"
		   "anna got 1\n"
		   "anna → PUSH\n"
		   "ben got 1\n"
		   "ben verified\n"
		   "ben → ACK\n"
		   "ben rests\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_verified();
	assert_same(hers, "from Anna");
	assert_same(his, "from Ben");
	for (int i = 0; i < 2; i++)
		assert_true(talk.side[i].report.round_trips <= 2);
}

static void while_both_stay_words_flow_as_they_are_written(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "one");
	talk_begin(&talk, &anna, &ben);
	talk_run(&talk);
	buf_clear(&talk.log);

	node_write(&anna, page, "one two");
	talk_run(&talk);
	assert_log("anna → PUSH\n"
		   "ben got 1\n"
		   "ben verified\n"
		   "ben → ACK\n"
		   "ben rests\n"
		   "anna verified\n"
		   "anna rests\n");
	node_write(&ben, page, "zero one two");
	talk_run(&talk);
	assert_log("ben → PUSH\n"
		   "anna got 1\n"
		   "anna verified\n"
		   "anna → ACK\n"
		   "anna rests\n"
		   "ben verified\n"
		   "ben rests\n");
	assert_same(page, "zero one two");
	assert_verified();
	assert_int_equal(talk.side[0].report.round_trips, 1);
}

static void two_who_write_at_once_both_keep_both(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "the middle");
	have_met();
	node_write(&anna, page, "Anna first, the middle");
	node_write(&ben, page, "the middle, Ben last");
	sync_once();
	assert_same(page, "Anna first, the middle, Ben last");
	assert_verified();
}

static void both_are_told_where_both_wrote(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "text");
	have_met();
	node_set(&anna, page, "title", "Monday");
	node_set(&ben, page, "title", "Tuesday");
	sync_once();
	assert_verified();
	assert_int_equal(talk.side[0].report.both_wrote, 1);
	assert_int_equal(talk.side[1].report.both_wrote, 1);
}

static void what_is_private_is_not_so_much_as_counted(void **state)
{
	(void)state;
	have_met();
	CLEAN_BUF struct buf plain = {0};
	talk.plain = &plain;
	node_note(&anna, "CANARY that nobody was shown");
	sync_once();
	assert_verified();
	assert_int_equal(talk.side[0].report.sent, 0);
	assert_null(memmem(plain.at, plain.len, "CANARY", 6));
	assert_int_equal(node_count(&ben), 0);
}

static void what_was_deleted_before_it_was_offered_never_leaves(void **state)
{
	(void)state;
	have_met();
	CLEAN_BUF struct buf plain = {0};
	talk.plain = &plain;
	struct id page = node_page(&anna, &ben, "I think CANARY of it");
	node_write(&anna, page, "I think well of it");
	sync_once();
	assert_same(page, "I think well of it");
	assert_null(memmem(plain.at, plain.len, "CANARY", 6));
	assert_non_null(memmem(plain.at, plain.len, "I think", 7));
}

static void a_shown_note_follows_its_master(void **state)
{
	(void)state;
	have_met();
	struct id note = node_note(&anna, "first words");
	struct id there = node_share(&anna, note, &ben, ROLE_COMMENT);
	sync_once();
	assert_string_equal(node_body(&ben, there), "first words");
	node_write(&anna, note, "second words");
	sync_once();
	assert_string_equal(node_body(&ben, there), "second words");
	assert_verified();
}

static void what_is_taken_back_is_gone_there_too(void **state)
{
	(void)state;
	have_met();
	struct id note = node_note(&anna, "lent for a while");
	struct id there = node_share(&anna, note, &ben, ROLE_EDIT);
	sync_once();
	assert_string_equal(node_body(&ben, there), "lent for a while");
	assert_true(id_is_zero(node_take_back(&anna, there)));
	sync_once();
	assert_string_equal(node_body(&ben, there), "(none)");
	assert_verified();
	assert_int_equal(node_count(&ben), 0);
}

static void the_end_of_a_pair_is_delivered(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "ours");
	have_met();
	node_unpair(&anna, &ben);
	sync_once();
	assert_true(talk.side[0].report.left);
	assert_true(talk.side[1].report.left);
	assert_same(page, "ours"); /* a private copy each, under the handle it had */
	node_write(&anna, page, "mine alone");
	assert_string_equal(node_body(&ben, page), "ours");
	assert_int_equal(node_count(&anna), 1);
	assert_int_equal(node_count(&ben), 1);
}

/* ---- Breaking off */

static struct id hers, his;

static void write_on_both_sides(void)
{
	hers = node_page(&anna, &ben, "from Anna");
	his = node_page(&ben, &anna, "from Ben");
}

static void a_sync_cut_at_any_message_goes_on_the_next_time(void **state)
{
	for (int side = 0; side < 2; side++) {
		for (size_t at = 1; at <= 4; at++) {
			(void)setup(state);
			write_on_both_sides();
			talk.cut_side = side;
			talk.cut_at = at;
			sync_once();
			talk.cut_at = 0;
			sync_once();
			assert_verified();
			assert_same(hers, "from Anna");
			assert_same(his, "from Ben");
			assert_int_equal(node_count(&anna), 2);
			assert_int_equal(node_count(&ben), 2);
			sync_once();
			assert_int_equal(talk.side[0].report.sent, 0);
			assert_int_equal(talk.side[1].report.sent, 0);
		}
	}
}

static void who_dies_between_commit_and_ack_gets_nothing_twice(void **state)
{
	(void)state;
	have_met();
	struct id page = node_page(&anna, &ben, "once");
	talk.cut_side = 1;
	talk.cut_at = 2; /* Ben's ack */
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "anna met\n"
		   "anna → PUSH\n"
		   "ben got 1\n"
		   "ben verified\n"
		   "ben is cut off\n");
	node_close(&ben);
	node_open(&ben);
	talk.cut_at = 0;
	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben verified\n"
		   "ben → HELLO\n"
		   "ben rests\n"
		   "anna met\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_same(page, "once");
}

static void a_long_push_goes_in_pieces_and_each_is_kept(void **state)
{
	(void)state;
	have_met();
	static char text[60001];
	memset(text, 'x', sizeof text - 1);
	for (int i = 0; i < 36; i++)
		(void)node_page(&anna, &ben, text);
	talk.cut_side = 0;
	talk.cut_at = 4;    /* after hello and two pushes */
	talk.room = 300000; /* one push a turn */
	sync_once();
	size_t came = talk.side[1].report.came;
	assert_int_equal(came, 1); /* the second was on its way */
	talk.cut_at = 0;
	sync_once();
	assert_verified();
	assert_int_equal(node_count(&ben), 36);
	assert_true(talk.side[0].report.sent < 4);
}

static void nothing_is_said_where_there_is_no_room(void **state)
{
	(void)state;
	have_met();
	(void)node_page(&anna, &ben, "waits");
	talk_begin(&talk, &anna, &ben);
	talk.room = 1;
	talk_run(&talk);
	assert_verified();
	struct sync_event event;
	sync_store_moved(talk.side[0].sync);
	assert_false(sync_next(talk.side[0].sync, 0, 0, &event));
}

/* ---- Mending */

static struct notebook_txn *edit_space(
	struct node *node, struct node *other, struct space **space)
{
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_edit(node->book, &txn, NULL), OK);
	assert_int_equal(
		space_open(txn, node_partner(node, txn, other)->space, space), OK);
	return txn;
}

static void a_sum_that_went_wrong_is_made_right(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "the same");
	have_met();
	struct space *space = NULL;
	struct notebook_txn *txn = edit_space(&ben, &anna, &space);
	space->sum[7] ^= 0x10;
	space_touch(space);
	assert_int_equal(notebook_commit(txn, NULL), OK);

	sync_once();
	assert_verified();
	assert_same(page, "the same");
	sync_once();
	assert_verified();
	assert_int_equal(talk.side[0].report.round_trips, 1);
}

static bool is_told(struct node *node, struct node *other, const char *text)
{
	struct notebook_txn *txn = NULL;
	const char **notices = NULL;
	bool told = false;
	assert_int_equal(notebook_look(node->book, &txn, NULL), OK);
	size_t count = ledger_notices(txn, node_partner(node, txn, other), &notices);
	for (size_t i = 0; i < count; i++)
		told = told || strstr(notices[i], text) != NULL;
	notebook_abort(txn);
	return told;
}

/* With another key of sums nothing that is rebuilt will ever be the same. */
static void documents_that_stay_different_are_named_to_both(void **state)
{
	(void)state;
	(void)node_page(&anna, &ben, "the same, and yet");
	have_met();
	struct space *space = NULL;
	struct notebook_txn *txn = edit_space(&ben, &anna, &space);
	space->key.b[0] ^= 1;
	space_touch(space);
	assert_int_equal(exchange_rebuild(txn, node_partner(&ben, txn, &anna), NULL), OK);
	assert_int_equal(notebook_commit(txn, NULL), OK);

	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "ben → ACK\n"
		   "anna met\n"
		   "anna differs\n"
		   "anna → STATES\n"
		   "anna → ACK\n"
		   "ben differs\n"
		   "ben → STATES\n"
		   "ben rests\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	for (int i = 0; i < 2; i++) {
		assert_true(talk.side[i].report.differs);
		assert_false(talk.side[i].report.verified);
	}
	assert_true(is_told(&anna, &ben, "differ"));
	assert_true(is_told(&ben, &anna, "differ"));
}

static void give_room(struct node *node, struct node *other, uint64_t most)
{
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_edit(node->book, &txn, NULL), OK);
	assert_int_equal(
		exchange_set_room(txn, node_partner(node, txn, other), most, NULL), OK);
	assert_int_equal(notebook_commit(txn, NULL), OK);
}

static void what_finds_no_room_waits_and_the_teacher_is_told(void **state)
{
	(void)state;
	have_met();
	struct id page = node_page(&ben, &anna, "more than fits");
	give_room(&anna, &ben, 1);
	sync_once();
	assert_int_equal(talk.side[0].err, ERR_FULL);
	assert_string_equal(node_body(&anna, page), "(none)");
	assert_true(is_told(&anna, &ben, "the rest waits"));
	assert_false(is_told(&ben, &anna, "the rest waits"));

	give_room(&anna, &ben, SPACE_ROOM);
	sync_once();
	assert_verified();
	assert_same(page, "more than fits");
}

static void a_section_that_was_lost_is_fetched(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "still here");
	have_met();
	struct space *space = NULL;
	struct kept_entry kept;
	struct notebook_txn *txn = edit_space(&ben, &anna, &space);
	struct log_id log = space->logs[0].id;
	assert_int_equal(space_get_entry(txn, space, log, 1, true, &kept), OK);
	assert_int_equal(space_drop_entry(txn, space, log, 1), OK);
	kept.entry.sections[0].withheld = true;
	kept.entry.sections[0].rest = (struct bytes){0};
	assert_int_equal(
		space_put_entry(txn, space, log, &kept.entry, &kept.hash, kept.lamport),
		OK);
	kept_entry_release(&kept);
	assert_int_equal(exchange_rebuild(txn, node_partner(&ben, txn, &anna), NULL), OK);
	assert_int_equal(notebook_commit(txn, NULL), OK);
	assert_string_equal(node_body(&ben, page), "(none)");
	buf_clear(&talk.log);

	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "ben → FETCH\n"
		   "anna met\n"
		   "anna → SECTIONS\n"
		   "ben verified\n"
		   "ben → ACK\n"
		   "ben rests\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_same(page, "still here");
	assert_verified();
}

/* ---- A newer kith */

static void reopen(struct node *node, const struct schema *schema)
{
	node_close(node);
	node->schema = schema;
	node_open(node);
}

static void words_of_a_newer_kith_wait_until_this_one_can_read_them(void **state)
{
	(void)state;
	struct id page = node_page(&anna, &ben, "a page");
	have_met();
	reopen(&ben, &nodes_schema_later);
	node_set(&ben, page, "mood", "cheerful");
	sync_once();
	assert_int_equal(talk.side[0].report.came, 1);
	assert_false(talk.side[0].report.verified);
	assert_int_equal(talk.side[0].err, OK);
	assert_string_equal(node_body(&anna, page), "a page");

	reopen(&anna, &nodes_schema_later);
	sync_once();
	reopen(&anna, &nodes_schema);
	reopen(&ben, &nodes_schema);
	assert_verified();
}

/* ---- Folders put back, folders copied */

static char then[160];

static void a_folder_put_back_gets_its_own_words_back(void **state)
{
	(void)state;
	struct id page = node_page(&ben, &anna, "before");
	have_met();
	snprintf(then, sizeof then, "%s/later", base);
	node_save(&ben, then);
	node_write(&ben, page, "before and after");
	sync_once();
	buf_clear(&talk.log);

	node_put_back(&ben, then);
	assert_string_equal(node_body(&ben, page), "before");
	sync_once();
	assert_verified();
	assert_same(page, "before and after");
	node_write(&ben, page, "before and after and now");
	sync_once();
	assert_verified();
	assert_same(page, "before and after and now");
}

static void what_was_written_in_a_folder_put_back_is_not_lost(void **state)
{
	(void)state;
	struct id page = node_page(&ben, &anna, "before");
	have_met();
	snprintf(then, sizeof then, "%s/later", base);
	node_save(&ben, then);
	node_write(&ben, page, "before and after");
	sync_once();
	node_put_back(&ben, then);
	node_write(&ben, page, "before, or otherwise");
	sync_once();
	assert_verified();
	assert_same(page, "before and after");
	assert_int_equal(node_count(&ben), 2); /* the draft is a note beside it */
}

static void a_log_that_forked_is_healed(void **state)
{
	(void)state;
	struct id page = node_page(&ben, &anna, "before");
	have_met();
	snprintf(then, sizeof then, "%s/later", base);
	node_save(&ben, then);
	node_write(&ben, page, "before and after");
	sync_once();
	node_put_back(&ben, then);
	node_write(&ben, page, "before, or otherwise");
	/* As if for a stick: the same number once more, with other words. */
	struct space *space = NULL;
	struct notebook_txn *txn = edit_space(&ben, &anna, &space);
	size_t sealed = 0;
	assert_int_equal(
		offer_seal(txn, node_partner(&ben, txn, &anna), &sealed, NULL), OK);
	assert_int_equal(sealed, 1);
	assert_int_equal(notebook_commit(txn, NULL), OK);
	buf_clear(&talk.log);

	sync_once();
	assert_log("anna → HELLO\n"
		   "ben met\n"
		   "ben → HELLO\n"
		   "ben → ASK\n"
		   "anna met\n"
		   "anna → HASHES\n"
		   "ben → ACK\n"
		   "anna → PUSH\n"
		   "ben got 1\n"
		   "ben verified\n"
		   "ben → ACK\n"
		   "ben rests\n"
		   "anna verified\n"
		   "anna rests\n"
		   "anna ends: all is said\n");
	assert_verified();
	assert_same(page, "before and after");
	assert_int_equal(node_count(&ben), 2); /* the branch that lost, as a note */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_nothing_changed_hello_is_all),
		TEST(what_waited_comes_in_two_round_trips),
		TEST(two_flights_cross_where_both_wrote),
		TEST(while_both_stay_words_flow_as_they_are_written),
		TEST(two_who_write_at_once_both_keep_both),
		TEST(both_are_told_where_both_wrote),
		TEST(what_is_private_is_not_so_much_as_counted),
		TEST(what_was_deleted_before_it_was_offered_never_leaves),
		TEST(a_shown_note_follows_its_master),
		TEST(what_is_taken_back_is_gone_there_too),
		TEST(the_end_of_a_pair_is_delivered),
		TEST(a_sync_cut_at_any_message_goes_on_the_next_time),
		TEST(who_dies_between_commit_and_ack_gets_nothing_twice),
		TEST(a_long_push_goes_in_pieces_and_each_is_kept),
		TEST(nothing_is_said_where_there_is_no_room),
		TEST(a_sum_that_went_wrong_is_made_right),
		TEST(documents_that_stay_different_are_named_to_both),
		TEST(what_finds_no_room_waits_and_the_teacher_is_told),
		TEST(a_section_that_was_lost_is_fetched),
		TEST(words_of_a_newer_kith_wait_until_this_one_can_read_them),
		TEST(a_folder_put_back_gets_its_own_words_back),
		TEST(what_was_written_in_a_folder_put_back_is_not_lost),
		TEST(a_log_that_forked_is_healed),
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
