/* What a partner may do to us: void changes, forged words, harmed bytes, newer kinds,
 * withheld sections, floods (DESIGN §§4.3, 4.7, 7; SECURITY §5.4). */
#include "core/notebook/exchange.h"
#include "core/notebook/internal.h"
#include "core/notebook/offer.h"
#include "tests/test.h"
#include "tests/unit/notebook/meeting.h"

/* ---- Ben's kith, changed to say what it likes. */

/* The section of Ben's draft of a document, whatever his role. The draft is given up. */
static struct bytes draft_section(struct notebook_txn *txn, struct leaf *leaf)
{
	struct section section = {0};
	CLEAN_BUF struct buf rest = {0};
	static const struct vector nothing;
	draft_seal(leaf->draft, leaf->sealed, &test_schema, &nothing, txn_arena(txn),
		&section);
	section_encode(&section, &rest);
	section_head_release(&section.head);
	return arena_bytes(txn_arena(txn), buf_bytes(&rest));
}

struct forged {
	struct id document;
	struct bytes rest;
	struct id device; /* zero: Ben's own */
	uint64_t seq;     /* 0: the next */
	bool in_aminas_log;
};

/* A push with one entry in it, from Ben, right but for what is wanted wrong. */
static void forge(struct notebook_txn *txn, const struct forged *f, struct buf *push)
{
	struct partner *p = partner_of(txn, ben, amina);
	struct space *space = NULL;
	assert_int_equal(space_open(txn, p->space, &space), OK);
	struct space_log *log = space_own_log(txn, space);
	for (size_t i = 0; f->in_aminas_log && i < space->log_count; i++)
		if (person_equal(space->logs[i].person, p->person))
			log = &space->logs[i];
	struct entry_section section = {.document = f->document,
		.rest = f->rest,
		.hash = entry_section_hash(f->rest)};
	struct entry entry = {.seq = f->seq != 0 ? f->seq : log->seq + 1,
		.sections = &section,
		.section_count = 1};
	CLEAN_BUF struct buf core = {0};
	struct entry_seen seen[8];
	entry.seen = seen;
	for (size_t i = 0; i < space->log_count; i++) {
		const struct space_log *other = &space->logs[i];
		if (other == log || other->seq <= vector_get(&log->past, other->id))
			continue;
		seen[entry.seen_count] =
			(struct entry_seen){.log = other->id, .seq = other->seq};
		memcpy(seen[entry.seen_count++].hash, other->head.b, 8);
	}
	entry_core(&entry, &core);
	entry.core = buf_bytes(&core);
	struct hash hash = entry_hash(&entry, space->id, log->id, &log->head);
	pack_array(push, 4);
	pack_array(push, 1);
	pack_array(push, 4);
	pack_bin(push,
		id_is_zero(f->device) ? BYTES_OF(log->device.b) : BYTES_OF(f->device.b));
	pack_bin(push, BYTES_OF(log->incarnation));
	pack_uint(push, entry.seq);
	pack_bin(push, BYTES_OF(hash.b));
	pack_array(push, 1);
	pack_array(push, 2);
	pack_uint(push, 0);
	entry_write(&entry, push);
	pack_bool(push, false);
	pack_nil(push);
}

static enum err take_at(
	struct teacher *t, struct bytes push, size_t *voids, struct why *why)
{
	struct taken taken;
	struct notebook_txn *txn = edit(t);
	struct teacher *other = t == amina ? ben : amina;
	enum err e = exchange_take(txn, partner_of(txn, t, other), push, &taken, why);
	if (e != OK) {
		notebook_abort(txn);
		return e;
	}
	if (voids != NULL)
		*voids = taken.came.voids;
	apply_came_release(&taken.came);
	done(txn);
	return OK;
}

/* Ben writes where he may not, and says it all the same. */
static enum err say_unruly(
	struct id id, const char *field, const char *value, size_t *voids)
{
	struct leaf *leaf = NULL;
	struct draft *draft = NULL;
	CLEAN_BUF struct buf push = {0}, packed = {0};
	struct notebook_txn *txn = edit(ben);
	assert_int_equal(leaf_open(txn, id, &leaf, NULL), OK);
	assert_int_equal(leaf_draft(txn, leaf, &draft, NULL), OK);
	const struct field_schema *f = kind_field(leaf->head->kind, bytes_text(field));
	pack_cstr(&packed, value);
	if (f->type == FIELD_LOG) {
		CLEAN_BUF struct buf record = {0};
		pack_map(&record, 1);
		pack_cstr(&record, "text");
		buf_add(&record, buf_bytes(&packed));
		assert_int_equal(
			draft_append(draft, leaf->sealed, f, (const uint8_t *)"12345678",
				buf_bytes(&record), NULL),
			OK);
	} else if (f->type == FIELD_TEXT && !field_is_whole(f, leaf->head->way)) {
		assert_int_equal(draft_splice(draft, leaf->sealed, f, (struct bytes){0},
					 0, 0, bytes_text(value), NULL),
			OK);
	} else {
		assert_int_equal(draft_set(draft, leaf->sealed, f, (struct bytes){0},
					 buf_bytes(&packed), NULL),
			OK);
	}
	struct forged forged = {.document = id, .rest = draft_section(txn, leaf)};
	forge(txn, &forged, &push);
	notebook_abort(txn);
	return take_at(amina, buf_bytes(&push), voids, NULL);
}

static struct bytes ending_section(struct notebook_txn *txn, enum section_type type)
{
	struct section section = {.head = {.type = type, .schema = 1}};
	CLEAN_BUF struct buf rest = {0};
	section_encode(&section, &rest);
	return arena_bytes(txn_arena(txn), buf_bytes(&rest));
}

/* ---- Void. */

static void what_a_role_forbids_is_void(void **state)
{
	(void)state;
	struct id read = give(amina, make(amina, "note", "body", "a"), ben, ROLE_READ);
	struct id moved =
		give(amina, make(amina, "feedback", "body", "c"), ben, ROLE_COMMENT);
	struct id lesson =
		give(amina, make(amina, "session", "events", "e"), ben, ROLE_READ);
	assert_true(meet(amina, ben));
	const struct {
		struct id id;
		const char *field;
		size_t voids;
	} cases[] = {
		{read, "body", 1},     /* shown: the owner's */
		{read, "comments", 1}, /* role read */
		{moved, "body", 1},    /* role comment */
		{moved, "answers", 0}, /* that is what it allows */
		{lesson, "events", 1}, /* nobody's after the creation */
		{lesson, "notes", 0},  /* its owner taught it */
	};
	teacher_keep(amina, "before");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		size_t voids = 9;
		assert_int_equal(
			say_unruly(cases[i].id, cases[i].field, "unruly", &voids), OK);
		assert_int_equal(voids, cases[i].voids);
		assert_int_equal(has_word(amina, "unruly"), cases[i].voids == 0);
		assert_int_equal(noticed(amina, ben, "left out"), cases[i].voids > 0);
		teacher_put_back(amina, "before");
	}
}

static void an_end_by_who_may_not_is_void(void **state)
{
	(void)state;
	struct id note = give(amina, make(amina, "note", "body", "a"), ben, ROLE_EDIT);
	assert_true(meet(amina, ben));
	CLEAN_BUF struct buf push = {0};
	size_t voids = 0;
	struct notebook_txn *txn = edit(ben);
	struct forged forged = {
		.document = note, .rest = ending_section(txn, SECTION_TAKEBACK)};
	forge(txn, &forged, &push);
	notebook_abort(txn);
	assert_int_equal(take_at(amina, buf_bytes(&push), &voids, NULL), OK);
	assert_int_equal(voids, 1);
	assert_true(has(amina, note));
}

static void a_document_under_a_foreign_id_is_void(void **state)
{
	(void)state;
	struct leaf *leaf = NULL;
	struct id page = make_page(ben, amina, "forged");
	CLEAN_BUF struct buf push = {0};
	size_t voids = 0;
	struct notebook_txn *txn = edit(ben);
	assert_int_equal(leaf_open(txn, page, &leaf, NULL), OK);
	struct forged forged = {
		.document = random_id(), .rest = draft_section(txn, leaf)};
	forge(txn, &forged, &push);
	notebook_abort(txn);
	assert_int_equal(take_at(amina, buf_bytes(&push), &voids, NULL), OK);
	assert_int_equal(voids, 1);
	assert_false(has_word(amina, "forged"));
	assert_int_equal(shared_count(amina, ben), 0);
}

/* ---- Refused: nothing changes. */

static void words_in_my_mouth_are_refused(void **state)
{
	(void)state;
	struct leaf *leaf = NULL;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	put(ben, page, "body", "as if Amina had said it");
	CLEAN_BUF struct buf push = {0};
	struct why why = {0};
	struct notebook_txn *txn = edit(ben);
	assert_int_equal(leaf_open(txn, page, &leaf, NULL), OK);
	struct forged forged = {.document = page,
		.rest = draft_section(txn, leaf),
		.in_aminas_log = true};
	forge(txn, &forged, &push);
	notebook_abort(txn);
	/* For the log she writes, nobody may; for an older one of hers, only with her
	 * MAC. */
	uint64_t version = notebook_version(amina->notebook);
	assert_int_equal(take_at(amina, buf_bytes(&push), NULL, &why), ERR_REFUSED);
	assert_int_equal(notebook_version(amina->notebook), version);
	struct teacher copy;
	struct taken taken;
	teacher_copy(amina, &copy, "older");
	txn = edit(&copy);
	assert_int_equal(exchange_take(txn, partner_of(txn, &copy, ben), buf_bytes(&push),
				 &taken, &why),
		ERR_AUTH);
	notebook_abort(txn);
	assert_false(has_word(&copy, "as if"));
	teacher_close(&copy);
}

static void a_gap_or_a_stranger_is_refused(void **state)
{
	(void)state;
	struct id page = make_page(ben, amina, "Talk");
	struct leaf *leaf = NULL;
	CLEAN_BUF struct buf gap = {0}, stranger = {0};
	struct notebook_txn *txn = edit(ben);
	assert_int_equal(leaf_open(txn, page, &leaf, NULL), OK);
	struct forged forged = {
		.document = page, .rest = draft_section(txn, leaf), .seq = 2};
	forge(txn, &forged, &gap);
	forged.seq = 0;
	forged.device = random_id();
	forge(txn, &forged, &stranger);
	notebook_abort(txn);
	assert_int_equal(take_at(amina, buf_bytes(&gap), NULL, NULL), ERR_GAP);
	assert_int_equal(take_at(amina, buf_bytes(&stranger), NULL, NULL), ERR_REFUSED);
	assert_int_equal(shared_count(amina, ben), 0);
}

/* The bytes of what Ben pushes to one who holds nothing. */
static void push_of_ben(struct buf *push)
{
	struct vector nothing = {0};
	size_t sealed = 0;
	bool more = false;
	struct notebook_txn *txn = edit(ben);
	struct partner *p = partner_of(txn, ben, amina);
	assert_int_equal(offer_seal(txn, p, &sealed, NULL), OK);
	assert_int_equal(exchange_push(txn, p, &nothing, 1 << 20, push, &more, NULL), OK);
	done(txn);
	vector_release(&nothing);
}

static void a_flipped_byte_is_refused_and_nothing_changes(void **state)
{
	(void)state;
	struct id page = make_page(ben, amina, "Talk");
	put(ben, page, "body", "as it was said");
	CLEAN_BUF struct buf push = {0};
	push_of_ben(&push);
	uint64_t version = notebook_version(amina->notebook);
	size_t taken = 0;
	for (size_t i = 0; i < push.len; i++) {
		struct taken got;
		struct notebook_txn *txn = edit(amina);
		push.at[i] ^= 0x20;
		enum err e = exchange_take(
			txn, partner_of(txn, amina, ben), buf_bytes(&push), &got, NULL);
		if (e == OK) {
			/* In what is for Ben's eyes alone (16 bytes) or in the claim
			 * behind: what was said is what is read. */
			taken++;
			struct leaf *leaf = NULL;
			assert_int_equal(leaf_open(txn, page, &leaf, NULL), OK);
			apply_came_release(&got.came);
		}
		notebook_abort(txn);
		push.at[i] ^= 0x20;
	}
	assert_true(taken < 16 + 160);
	assert_int_equal(notebook_version(amina->notebook), version);
	for (size_t i = 0; i < push.len; i++)
		assert_int_equal(take_at(amina, (struct bytes){push.at, i}, NULL, NULL),
			ERR_CORRUPT);
	assert_int_equal(take_at(amina, buf_bytes(&push), NULL, NULL), OK);
	assert_string_equal(see(amina, page, "body"), "as it was said");
	/* Once more, and three times: the same. */
	for (int i = 0; i < 3; i++)
		assert_int_equal(take_at(amina, buf_bytes(&push), NULL, NULL), OK);
	assert_string_equal(see(amina, page, "body"), "as it was said");
	assert_true(meet(amina, ben));
}

static void a_partner_who_floods_waits_until_there_is_room(void **state)
{
	(void)state;
	struct space *space = NULL;
	(void)make_page(ben, amina, "one too many");
	CLEAN_BUF struct buf push = {0};
	push_of_ben(&push);
	struct notebook_txn *txn = edit(amina);
	assert_int_equal(space_open(txn, partner_of(txn, amina, ben)->space, &space), OK);
	space->bytes_in = SPACE_ROOM - push.len + 1;
	space_touch(space);
	done(txn);
	struct why why = {0};
	assert_int_equal(take_at(amina, buf_bytes(&push), NULL, &why), ERR_FULL);
	assert_non_null(strstr(why.text, "the rest waits"));
	assert_int_equal(shared_count(amina, ben), 0);

	struct exchange_room room;
	txn = edit(amina);
	assert_int_equal(
		exchange_room(txn, partner_of(txn, amina, ben), &room, &why), OK);
	assert_int_equal(room.most, SPACE_ROOM);
	assert_int_equal(
		exchange_set_room(txn, partner_of(txn, amina, ben), room.most + 1, &why),
		OK);
	done(txn);
	teacher_close(amina);
	teacher_open(amina);
	assert_int_equal(take_at(amina, buf_bytes(&push), NULL, &why), OK);
	assert_int_equal(shared_count(amina, ben), 1);
}

/* ---- A newer partner. */

static void a_newer_partner_is_read_when_mine_is_newer_too(void **state)
{
	(void)state;
	struct id page = make_page(amina, ben, "Talk");
	assert_true(meet(amina, ben));
	ben->schema = &newer_schema;
	teacher_close(ben);
	teacher_open(ben);
	put(ben, page, "mood", "cheerful");
	put(ben, page, "body", "in the same breath");
	assert_false(meet(amina, ben));
	/* It is kept and waits, and so does what comes after; nothing is said to differ.
	 */
	put(ben, page, "title", "Talk again");
	struct meeting m = {0};
	assert_false(meet_listening(amina, ben, &m));
	assert_int_equal(m.refused, OK);
	assert_false(m.side[0].differs || m.side[1].differs);
	assert_string_equal(see(amina, page, "title"), "Talk");
	assert_int_equal(try_write(amina, page, "body", "x"), ERR_UNREAD);
	assert_true(noticed(amina, ben, "newer kith"));

	amina->schema = &newer_schema;
	teacher_close(amina);
	teacher_open(amina);
	assert_string_equal(see(amina, page, "title"), "Talk again");
	assert_string_equal(see(amina, page, "mood"), "cheerful");
	assert_string_equal(see(amina, page, "body"), "in the same breath");
	assert_true(meet(amina, ben));
}

/* ---- Sections that were withheld, and nobody took back. */

static void withhold_all(
	const struct buf *push, struct notebook_txn *txn, struct buf *out)
{
	struct pack_reader r = pack_read(buf_bytes(push));
	(void)pack_read_array(&r, 4);
	pack_array(out, 4);
	buf_add(out, pack_read_any(&r));
	size_t count = pack_read_array(&r, 64);
	pack_array(out, count);
	for (size_t i = 0; i < count; i++) {
		struct entry entry;
		(void)pack_read_array(&r, 2);
		pack_array(out, 2);
		pack_uint(out, pack_read_uint(&r, 64));
		assert_int_equal(entry_read(&r, txn_arena(txn), &entry), OK);
		for (size_t k = 0; k < entry.section_count; k++)
			entry.sections[k].withheld = true;
		entry_write(&entry, out);
	}
	pack_bool(out, false);
	pack_nil(out);
}

static void what_was_withheld_is_fetched(void **state)
{
	(void)state;
	struct id page = make_page(ben, amina, "Talk");
	put(ben, page, "body", "hello");
	CLEAN_BUF struct buf push = {0}, withheld = {0};
	push_of_ben(&push);
	struct notebook_txn *txn = look(ben);
	withhold_all(&push, txn, &withheld);
	notebook_abort(txn);
	assert_int_equal(take_at(amina, buf_bytes(&withheld), NULL, NULL), OK);
	assert_false(has(amina, page));
	assert_int_equal(shared_count(amina, ben), 0);
	assert_true(meet(amina, ben));
	assert_string_equal(see(amina, page, "body"), "hello");
}

static void a_late_device_gets_all_but_what_was_taken_back(void **state)
{
	(void)state;
	struct id kept = make_page(amina, ben, "kept");
	struct id gone = make_page(amina, ben, "regretted");
	assert_true(meet(amina, ben));
	put(ben, kept, "body", "words");
	(void)take_back(amina, gone, NULL);
	assert_true(meet(amina, ben));
	assert_true(meet(amina, ben));
	/* Ben lost all since the pairing. */
	teacher_put_back(ben, "first");
	struct meeting m = {0};
	(void)meet_listening(amina, ben, &m);
	assert_int_equal(m.refused, OK);
	for (int i = 0; i < 3; i++)
		(void)meet(amina, ben);
	assert_true(meet(amina, ben));
	assert_string_equal(see(ben, kept, "body"), "words");
	assert_false(has(ben, gone));
	assert_false(has_word(ben, "regretted"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, teachers_again)
	const struct CMUnitTest tests[] = {
		TEST(what_a_role_forbids_is_void),
		TEST(an_end_by_who_may_not_is_void),
		TEST(a_document_under_a_foreign_id_is_void),
		TEST(words_in_my_mouth_are_refused),
		TEST(a_gap_or_a_stranger_is_refused),
		TEST(a_flipped_byte_is_refused_and_nothing_changes),
		TEST(a_partner_who_floods_waits_until_there_is_room),
		TEST(a_newer_partner_is_read_when_mine_is_newer_too),
		TEST(what_was_withheld_is_fetched),
		TEST(a_late_device_gets_all_but_what_was_taken_back),
	};
	return cmocka_run_group_tests_name(
		"notebook: exchange", tests, teachers_start, teachers_stop);
}
