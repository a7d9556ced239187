/* Devices that may not talk, and messages that no honest side says, at every state. */
#include "tests/test.h"

#include "core/base/pack.h"
#include "core/notebook/space.h"
#include "tests/unit/protocol/nodes.h"

static struct node anna, ben;

/* What Ben honestly says to a first hello of Anna's, one after the other. */
static struct buf hello, push;

static struct sync *alone(struct node *node, struct node *other)
{
	struct sync_config config = {.notebook = node->book,
		.partner = notebook_me(other->book)->person,
		.remote = notebook_me(other->book)->device_public,
		.renewed = true};
	return sync_new(&config, 0);
}

/* Events until one is said, or none is left. */
static bool said(struct sync *s, uint8_t *kind, struct buf *message)
{
	struct sync_event event;
	while (sync_next(s, 1 << 20, 0, &event))
		if (event.type == SYNC_SAY) {
			*kind = event.kind;
			buf_clear(message);
			buf_add(message, event.message);
			return true;
		}
	return false;
}

static bool ended(struct sync *s, enum err *e)
{
	struct sync_event event;
	while (sync_next(s, 1 << 20, 0, &event))
		if (event.type == SYNC_END) {
			*e = event.err;
			assert_int_equal(event.reason, WIRE_CLOSE_FAULT);
			assert_true(strlen(event.why) > 0);
			return true;
		}
	return false;
}

static void record(void)
{
	(void)node_page(&ben, &anna, "a page of Ben's");
	CLEANUP(sync_freep) struct sync *a = alone(&anna, &ben);
	CLEANUP(sync_freep) struct sync *b = alone(&ben, &anna);
	CLEAN_BUF struct buf first = {0};
	uint8_t kind;
	assert_true(said(a, &kind, &first));
	assert_int_equal(kind, SYNC_HELLO);
	assert_true(said(b, &kind, &hello));
	assert_int_equal(kind, SYNC_HELLO);
	sync_recv(b, SYNC_HELLO, buf_bytes(&first), 0);
	assert_true(said(b, &kind, &push));
	assert_int_equal(kind, SYNC_PUSH);
}

static char *base;

static int begin(void **state)
{
	(void)state;
	base = nodes_two(&anna, &ben);
	node_keep(&anna);
	node_keep(&ben);
	record();
	return 0;
}

static int finish(void **state)
{
	(void)state;
	buf_release(&hello);
	buf_release(&push);
	nodes_two_remove(base, &anna, &ben);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	node_again(&anna);
	return 0;
}

/* ---- Messages */

enum stage { BEFORE_HELLO, TALKING_NOW };

static struct sync *at_stage(enum stage stage)
{
	struct sync *s = alone(&anna, &ben);
	uint8_t kind;
	CLEAN_BUF struct buf own = {0};
	assert_true(said(s, &kind, &own));
	if (stage == TALKING_NOW)
		sync_recv(s, SYNC_HELLO, buf_bytes(&hello), 0);
	struct sync_event event;
	while (sync_next(s, 0, 0, &event))
		;
	return s;
}

/* The machine lives; if it ended, then with an error, and the store is as it was. */
static bool survives(enum stage stage, uint8_t kind, struct bytes message)
{
	CLEANUP(sync_freep) struct sync *s = at_stage(stage);
	uint64_t version = notebook_version(anna.book);
	enum err e = OK;
	sync_recv(s, kind, message, 0);
	if (!ended(s, &e))
		return false;
	assert_int_not_equal(e, OK);
	assert_int_equal(notebook_version(anna.book), version);
	assert_int_equal(node_count(&anna), 0);
	sync_recv(s, kind, message, 0);
	assert_false(ended(s, &e));
	return true;
}

static void a_kind_out_of_its_order_ends_the_sync(void **state)
{
	(void)state;
	for (unsigned kind = 0; kind < 256; kind++) {
		bool first = kind == SYNC_HELLO;
		bool later = kind == SYNC_PUSH || kind == SYNC_ACK ||
			     kind == SYNC_STATES || kind == SYNC_LIST ||
			     kind == SYNC_FETCH || kind == SYNC_ASK;
		if (!first)
			assert_true(
				survives(BEFORE_HELLO, (uint8_t)kind, buf_bytes(&hello)));
		if (!later)
			assert_true(
				survives(TALKING_NOW, (uint8_t)kind, buf_bytes(&hello)));
	}
}

static const uint8_t kinds[] = {SYNC_LIST, SYNC_PUSH, SYNC_ACK, SYNC_FETCH, SYNC_SECTIONS,
	SYNC_ASK, SYNC_HASHES, SYNC_STATES};

static void garbage_ends_the_sync_and_changes_nothing(void **state)
{
	(void)state;
	static uint8_t noise[70000];
	static const uint8_t deep[] = {0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91,
		0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0x91, 0xc0};
	static const uint8_t wide[] = {0xdd, 0xff, 0xff, 0xff, 0xff, 0};
	static const uint8_t wide_push[] = {
		0x94, 0xdd, 0xff, 0xff, 0xff, 0xff, 0x90, 0xc2, 0xc0};
	random_fill(noise, sizeof noise);
	noise[0] = noise[1] = 0xc1; /* begins nothing: a lone byte might say "none" */
	const struct bytes cases[] = {{noise, 0}, {noise, 1}, {noise, 20}, {noise, 900},
		BYTES_OF(noise), BYTES_OF(deep), BYTES_OF(wide), BYTES_OF(wide_push)};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(survives(BEFORE_HELLO, SYNC_HELLO, cases[i]));
		for (size_t k = 0; k < sizeof kinds; k++)
			assert_true(survives(TALKING_NOW, kinds[k], cases[i]));
	}
}

static void no_message_is_longer_than_its_kind_allows(void **state)
{
	(void)state;
	static uint8_t huge[EXCHANGE_CLAIM_MAX + 1];
	assert_true(survives(BEFORE_HELLO, SYNC_HELLO, BYTES_OF(huge)));
	assert_true(survives(TALKING_NOW, SYNC_ACK, BYTES_OF(huge)));
	assert_true(survives(TALKING_NOW, SYNC_LIST, BYTES_OF(huge)));
	assert_true(survives(TALKING_NOW, SYNC_ASK, BYTES_OF(huge)));
}

static void a_truncated_message_changes_nothing(void **state)
{
	(void)state;
	for (size_t len = 0; len < hello.len; len++)
		assert_true(survives(
			BEFORE_HELLO, SYNC_HELLO, (struct bytes){hello.at, len}));
	for (size_t len = 0; len < push.len; len++)
		assert_true(
			survives(TALKING_NOW, SYNC_PUSH, (struct bytes){push.at, len}));
}

/* In a push all but the claim at its end is under the hash that it names. The claim says
 * what the other side holds, and of that it may say what it likes. */
static void an_altered_push_is_refused_or_means_the_same(void **state)
{
	(void)state;
	size_t refused = 0;
	for (size_t at = 0; at < push.len; at++) {
		push.at[at] ^= 0x04;
		if (survives(TALKING_NOW, SYNC_PUSH, buf_bytes(&push)))
			refused++;
		else if (node_count(&anna) > 0)
			(void)setup(state);
		push.at[at] ^= 0x04;
	}
	assert_true(refused > push.len / 2);
}

/* ---- Lies that are well formed */

/* A hello of one log, with so many entries. */
static void boast(
	struct id device, const uint8_t incarnation[8], uint64_t seq, struct buf *out)
{
	static const uint8_t hash[32] = {7};
	buf_clear(out);
	buf_add_u8(out, 0);
	pack_array(out, 5);
	pack_uint(out, 1);
	pack_uint(out, 1);
	pack_uint(out, 0);
	pack_array(out, 1);
	pack_array(out, 4);
	pack_bin(out, BYTES_OF(device.b));
	pack_bin(out, (struct bytes){incarnation, 8});
	pack_uint(out, seq);
	pack_bin(out, BYTES_OF(hash));
	pack_nil(out);
}

static bool is_taken(struct bytes message)
{
	CLEANUP(sync_freep) struct sync *s = at_stage(BEFORE_HELLO);
	enum err e = OK;
	sync_recv(s, SYNC_HELLO, message, 0);
	return !ended(s, &e);
}

static void who_claims_more_than_there_is_gets_nothing_for_it(void **state)
{
	(void)state;
	static const uint8_t incarnation[8] = {1, 2, 3};
	CLEAN_BUF struct buf lie = {0};
	boast(notebook_me(ben.book)->device, incarnation, 1000000000, &lie);
	assert_true(is_taken(buf_bytes(&lie)));
	boast(notebook_me(ben.book)->device, incarnation, UINT64_MAX, &lie);
	assert_false(is_taken(buf_bytes(&lie)));
	boast(notebook_me(ben.book)->device, incarnation, 0, &lie);
	assert_false(is_taken(buf_bytes(&lie)));
	boast(random_id(), incarnation, 1, &lie); /* a device of nobody */
	assert_false(is_taken(buf_bytes(&lie)));
}

/* On such a word nothing is sealed before own entries have come back; from a liar none
 * come, and the next honest word ends it. */
static void a_lie_about_my_own_log_delays_me_and_does_no_more(void **state)
{
	(void)state;
	struct talk talk = {0};
	struct id page = node_page(&anna, &ben, "sealed");
	node_again(&ben);
	talk_whole(&talk, &anna, &ben);
	struct notebook_txn *txn = NULL;
	struct space *space = NULL;
	assert_int_equal(notebook_look(anna.book, &txn, NULL), OK);
	assert_int_equal(
		space_open(txn, node_partner(&anna, txn, &ben)->space, &space), OK);
	struct space_log own = space->logs[0];
	notebook_abort(txn);

	CLEAN_BUF struct buf lie = {0};
	boast(own.device, own.incarnation, 1000, &lie);
	assert_true(is_taken(buf_bytes(&lie)));
	(void)node_page(&anna, &ben, "waits");
	talk_whole(&talk, &anna, &ben);
	talk_whole(&talk, &anna, &ben);
	assert_true(talk.side[0].report.verified);
	assert_true(talk.side[1].report.verified);
	assert_string_equal(node_body(&ben, page), "sealed");
	assert_int_equal(node_count(&ben), 2);
	buf_release(&talk.log);
	node_again(&ben);
}

static void who_talks_on_and_brings_nothing_is_closed(void **state)
{
	(void)state;
	CLEANUP(sync_freep) struct sync *s = at_stage(TALKING_NOW);
	struct bytes claim = {hello.at + 1, hello.len - 1};
	enum err e = OK;
	size_t count = 0;
	while (!ended(s, &e) && count < 1000) {
		sync_recv(s, SYNC_ACK, claim, 0);
		count++;
	}
	assert_int_equal(e, ERR_TIMEOUT);
	assert_true(count <= SYNC_PATIENCE + 2);
}

static void who_never_says_hello_is_closed(void **state)
{
	(void)state;
	CLEANUP(sync_freep) struct sync *s = at_stage(BEFORE_HELLO);
	enum err e = OK;
	assert_int_equal(sync_deadline_ms(s), SYNC_HELLO_MS);
	sync_tick(s, SYNC_HELLO_MS - 1);
	assert_false(ended(s, &e));
	sync_tick(s, SYNC_HELLO_MS);
	assert_true(ended(s, &e));
	assert_int_equal(e, ERR_TIMEOUT);
}

static void a_foreground_sync_does_not_wait_for_ever(void **state)
{
	(void)state;
	struct sync_config config = {.notebook = anna.book,
		.partner = notebook_me(ben.book)->person,
		.remote = notebook_me(ben.book)->device_public,
		.renewed = true,
		.once = true};
	CLEANUP(sync_freep) struct sync *s = sync_new(&config, 0);
	(void)node_page(&anna, &ben, "never acknowledged");
	enum err e = OK;
	assert_false(ended(s, &e));
	sync_recv(s, SYNC_HELLO, buf_bytes(&hello), 1000);
	assert_false(ended(s, &e));
	sync_tick(s, sync_deadline_ms(s) - 1);
	assert_false(ended(s, &e));
	assert_true(sync_deadline_ms(s) <= 1000 + SYNC_ANSWER_MS);
	sync_tick(s, sync_deadline_ms(s));
	assert_true(ended(s, &e));
	assert_int_equal(e, ERR_TIMEOUT);
}

/* ---- Devices: a partner whose identity this test holds. */

static struct identity_secret identity;
static struct device_list list;

static void sign(struct buf *out)
{
	buf_clear(out);
	assert_int_equal(device_list_sign(&list, &identity, out), OK);
}

static void pair_with_list(void)
{
	CLEAN_BUF struct buf bytes = {0};
	struct dh_secret secret;
	identity_pair(&identity, &list.person);
	list.number = 1;
	list.count = 1;
	list.devices[0] = (struct device){.id = random_id()};
	dh_pair(&secret, &list.devices[0].key);
	sign(&bytes);

	struct pairing_result result = {.name = "carla",
		.called = "",
		.list = list,
		.list_bytes = buf_bytes(&bytes),
		.space = random_id()};
	random_secret(&result.root);
	random_secret(&result.space_key);
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_edit(anna.book, &txn, NULL), OK);
	assert_int_equal(people_pair(txn, &result, NULL), OK);
	assert_int_equal(notebook_commit(txn, NULL), OK);
}

static struct sync *called_by(const struct dh_public *key)
{
	struct sync_config config = {
		.notebook = anna.book, .partner = list.person, .remote = *key};
	return sync_new(&config, 0);
}

static bool says_hello(struct sync *s)
{
	uint8_t kind = 0;
	CLEAN_BUF struct buf message = {0};
	return said(s, &kind, &message) && kind == SYNC_HELLO;
}

/* A second device, listed as number 2 says. */
static void add_device(bool removed)
{
	struct dh_secret secret;
	list.number = 2;
	list.count = 2;
	list.devices[1] = (struct device){.id = random_id(), .removed = removed};
	dh_pair(&secret, &list.devices[1].key);
}

static void a_known_device_hears_hello(void **state)
{
	(void)state;
	pair_with_list();
	CLEANUP(sync_freep) struct sync *s = called_by(&list.devices[0].key);
	assert_true(says_hello(s));
}

static void an_unknown_device_hears_nothing_until_its_list_comes(void **state)
{
	(void)state;
	pair_with_list();
	add_device(false);
	CLEANUP(sync_freep) struct sync *s = called_by(&list.devices[1].key);
	assert_false(says_hello(s));
	CLEAN_BUF struct buf bytes = {0};
	sign(&bytes);
	sync_recv(s, SYNC_LIST, buf_bytes(&bytes), 0);
	assert_true(says_hello(s));
	CLEANUP(sync_freep) struct sync *again = called_by(&list.devices[1].key);
	assert_true(says_hello(again));
}

static void refuses_list(const struct dh_public *key, struct bytes bytes)
{
	CLEANUP(sync_freep) struct sync *s = called_by(key);
	uint64_t version = notebook_version(anna.book);
	enum err e = OK;
	assert_false(says_hello(s));
	sync_recv(s, SYNC_LIST, bytes, 0);
	assert_true(ended(s, &e));
	assert_int_not_equal(e, OK);
	assert_int_equal(notebook_version(anna.book), version);
}

static void no_other_list_lets_a_device_in(void **state)
{
	(void)state;
	CLEAN_BUF struct buf bytes = {0};
	pair_with_list();
	sign(&bytes); /* the one that is held: the device is not in it */
	struct dh_public stranger;
	struct dh_secret secret;
	dh_pair(&secret, &stranger);
	refuses_list(&stranger, buf_bytes(&bytes));

	add_device(true); /* in it, and not in use */
	sign(&bytes);
	refuses_list(&list.devices[1].key, buf_bytes(&bytes));

	list.devices[1].removed = false;
	sign(&bytes);
	for (size_t i = 0; i < bytes.len; i += 5) { /* altered */
		bytes.at[i] ^= 1;
		refuses_list(&list.devices[1].key, buf_bytes(&bytes));
		bytes.at[i] ^= 1;
	}
	struct person_id pinned = list.person; /* signed by another */
	identity_pair(&identity, &list.person);
	sign(&bytes);
	list.person = pinned;
	refuses_list(&list.devices[1].key, buf_bytes(&bytes));
}

static void a_removed_device_hears_what_an_unknown_one_hears(void **state)
{
	(void)state;
	pair_with_list();
	add_device(false);
	list.devices[0].removed = true;
	CLEAN_BUF struct buf bytes = {0};
	sign(&bytes);
	CLEANUP(sync_freep) struct sync *s = called_by(&list.devices[1].key);
	sync_recv(s, SYNC_LIST, buf_bytes(&bytes), 0);
	assert_true(says_hello(s));

	CLEANUP(sync_freep) struct sync *removed = called_by(&list.devices[0].key);
	assert_false(says_hello(removed));
	enum err e = OK;
	sync_recv(removed, SYNC_HELLO, buf_bytes(&hello), 0);
	assert_true(ended(removed, &e));
	assert_int_equal(e, ERR_CORRUPT);
}

static void a_device_removed_meanwhile_is_closed(void **state)
{
	(void)state;
	pair_with_list();
	CLEANUP(sync_freep) struct sync *s = called_by(&list.devices[0].key);
	assert_true(says_hello(s));
	CLEAN_BUF struct buf bytes = {0};
	static const uint8_t empty_hello[] = {0, 0x95, 1, 1, 0, 0x90, 0xc0};
	sync_recv(s, SYNC_HELLO, BYTES_OF(empty_hello), 0);
	struct sync_event event;
	while (sync_next(s, 1 << 20, 0, &event))
		assert_int_not_equal(event.type, SYNC_END);
	add_device(false);
	list.devices[0].removed = true;
	sign(&bytes);
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_edit(anna.book, &txn, NULL), OK);
	assert_int_equal(people_list(txn, people_partner(txn, &list.person),
				 buf_bytes(&bytes), NULL),
		OK);
	assert_int_equal(notebook_commit(txn, NULL), OK);
	enum err e = OK;
	sync_store_moved(s);
	assert_true(ended(s, &e));
	assert_int_equal(e, ERR_AUTH);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kind_out_of_its_order_ends_the_sync),
		TEST(garbage_ends_the_sync_and_changes_nothing),
		TEST(no_message_is_longer_than_its_kind_allows),
		TEST(a_truncated_message_changes_nothing),
		TEST(an_altered_push_is_refused_or_means_the_same),
		TEST(who_claims_more_than_there_is_gets_nothing_for_it),
		TEST(a_lie_about_my_own_log_delays_me_and_does_no_more),
		TEST(a_foreground_sync_does_not_wait_for_ever),
		TEST(who_talks_on_and_brings_nothing_is_closed),
		TEST(who_never_says_hello_is_closed),
		TEST(a_known_device_hears_hello),
		TEST(an_unknown_device_hears_nothing_until_its_list_comes),
		TEST(no_other_list_lets_a_device_in),
		TEST(a_removed_device_hears_what_an_unknown_one_hears),
		TEST(a_device_removed_meanwhile_is_closed),
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
