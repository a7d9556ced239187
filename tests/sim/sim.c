/*
 * A deterministic simulation of three people who share with each other over bad networks
 * for months: Anna with Ben, Anna with Carla. Everything random comes from one seed; the
 * truth stands beside the notebooks, and is compared with them.
 *
 *	KITH_SIM_CASES=N   how many histories (default: a second's worth)
 *	KITH_SIM_SEED=S    the first one; a failure prints its seed
 *	KITH_SIM_ONLY=P    only the tests whose names fit the pattern
 *
 * What must hold, by the model's numbers:
 *
 *	I1, I6  when all is said each pair is verified: equal vectors, equal sums
 *	I2      no word is lost, or doubled, or back after it was deleted
 *	I3      no message of a pair holds a word that was not shared with it, or
 *	        that was deleted before it was offered; the wire holds none at all
 *	I4      what was taken back is gone on both sides
 *	I5      a title that its successor's author never saw still stands
 *	I7      the ledger never says "not sent" of what was said
 *
 * And nobody is ever told of a fault. Folders are put back only to where two histories
 * can be told apart again (DESIGN §5): after one, no other until its pairs are verified.
 * What only the lost days knew is unsure.
 */
#include "tests/test.h"

#include "tests/sim/random.h"
#include "tests/sim/world.h"

#define STEPS 90

/* ---- The end: all is said, and compared with the truth. */

static void say_all(void)
{
	if (paths == BY_STICKS) {
		for (int i = 0; i < PAIRS; i++)
			check(settle_by_sticks(i), "pair %d is never even by bundles", i);
		return;
	}
	for (unsigned round = 0; round < 8; round++) {
		bool verified = true;
		for (int i = 0; i < PAIRS; i++) {
			hang_up(i);
			connect_pair(i);
			run_out(i);
			verified = verified && talks[i].side[0].report.verified &&
				   talks[i].side[1].report.verified;
			check(round < 7 || verified, "pair %d ends unverified:\n%s", i,
				buf_text(&talks[i].log));
			hang_up(i);
		}
		if (verified)
			return;
	}
}

static size_t times(const char *text, const char *word)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
		count++;
	return count;
}

static void check_words(int doc, int person, struct id id)
{
	char body[4096];
	snprintf(body, sizeof body, "%s", node_body(&people[person], id));
	for (size_t i = 0; i < word_count; i++) {
		const struct word *word = &words[i];
		size_t count = times(body, word->text);
		check(count <= 1, "%s stands twice with %s: %s", word->text,
			people[person].name, body);
		if (word->doc != doc) {
			check(count == 0, "%s strayed", word->text);
			continue;
		}
		if (word->unsure || docs[doc].unsure)
			continue;
		check(count == (word->deleted == 0), "%s %s with %s: %s", word->text,
			count == 0 ? "is lost" : "came back", people[person].name, body);
	}
}

/* Whoever made it anew in a new log knows it by both ids, the other by the new one. What
 * was not offered when a folder moved may be private again. */
static void check_same(const struct doc *doc, struct id id, int pair)
{
	char body[4096];
	id = node_now(&people[pair_of[pair][0]], id);
	id = node_now(&people[pair_of[pair][1]], id);
	snprintf(body, sizeof body, "%s", node_body(&people[pair_of[pair][0]], id));
	const char *other = node_body(&people[pair_of[pair][1]], id);
	bool alone = strcmp(body, "(none)") == 0 || strcmp(other, "(none)") == 0;
	check(strcmp(body, other) == 0 || (doc->unsure && alone),
		"two bodies of one document: %s / %s", body, other);
}

static void check_titles(int doc, int person)
{
	CLEAN_BUF struct buf stand = {0}, should = {0};
	node_titles(&people[person], docs[doc].id, &stand);
	for (size_t i = 0; i < title_count; i++)
		if (titles[i].doc == doc && !titles[i].replaced)
			buf_add_format(&should, "%s\n", titles[i].text);
	check(strcmp(buf_text(&stand), buf_text(&should)) == 0,
		"titles with %s:\n%sinstead of:\n%s", people[person].name,
		buf_text(&stand), buf_text(&should));
}

static void check_doc(int index)
{
	const struct doc *doc = &docs[index];
	for (int pair = 0; pair < PAIRS; pair++) {
		if (!doc->shown[pair])
			continue;
		check_same(doc, doc->there[pair], pair);
		check_words(index, pair_of[pair][1], doc->there[pair]);
	}
	if (doc->pair < 0) {
		check_words(index, doc->owner, doc->id);
		return;
	}
	if (doc->dropped_by >= 0 && !doc->unsure) {
		const char *body = node_body(&people[doc->dropped_by], doc->id);
		check(strcmp(body, "(none)") == 0, "a document is back that was dropped");
	}
	if (doc->dropped_by >= 0)
		return; /* the other has a private copy under the handle it had */
	check_same(doc, doc->id, doc->pair);
	if (doc->ended && !doc->unsure)
		check(strcmp(node_body(&people[doc->owner], doc->id), "(none)") == 0,
			"a document is back that was taken back");
	else if (!doc->ended)
		check_words(index, doc->owner, doc->id);
	if (doc->is_page && !doc->ended && !with_restores)
		for (int i = 0; i < 2; i++)
			check_titles(index, pair_of[doc->pair][i]);
}

/* In the end somebody leaves: both know, nothing shown or moved is shared any more, and
 * what was private is as it was. */
static void part(void)
{
	int pair = (int)random_upto(PAIRS);
	int who = pair_of[pair][random_upto(2)];
	int other = pair_of[pair][0] == who ? pair_of[pair][1] : pair_of[pair][0];
	tell("unpaired by", who, NULL);
	node_unpair(&people[who], &people[other]);
	hang_up(pair);
	connect_pair(pair);
	run_out(pair);
	for (int i = 0; i < 2; i++)
		check(talks[pair].side[i].report.left, "%s does not know of the end:\n%s",
			talks[pair].side[i].node->name, buf_text(&talks[pair].log));
	hang_up(pair);
	for (size_t i = 0; i < doc_count; i++) {
		if (docs[i].shown[pair])
			check(strcmp(node_body(&people[pair_of[pair][1]],
					     docs[i].there[pair]),
				      "(none)") == 0 ||
					docs[i].unsure || docs[i].owner != ANNA,
				"document %zu is shown still", i);
		if (docs[i].pair < 0)
			check_words((int)i, docs[i].owner, docs[i].id);
	}
}

static void play(uint64_t which, enum paths by)
{
	seed = which;
	paths = by;
	sticks_clear();
	random_seed(seed);
	buf_clear(&story);
	with_restores = seed % 2 == 1;
	doc_count = word_count = title_count = 0;
	for (int p = 0; p < PEOPLE; p++) {
		begin_anew(p);
		saved_at[p] = 0;
		put_back[p] = false;
	}
	for (step = 1; step <= STEPS; step++)
		if (doc_count < DOCS_MAX - 1 && word_count < WORDS_MAX - 1)
			act();
	say_all();
	for (size_t i = 0; i < doc_count; i++)
		check_doc((int)i);
	if (random_upto(3) == 0)
		part();
}

static void histories_of_three_people_end_in_what_they_wrote(void **state)
{
	(void)state;
	const char *cases = getenv("KITH_SIM_CASES"), *first = getenv("KITH_SIM_SEED");
	uint64_t count = cases != NULL ? strtoull(cases, NULL, 10) : 6;
	uint64_t from = first != NULL ? strtoull(first, NULL, 10) : 1;
	for (uint64_t i = 0; i < count; i++)
		play(from + i, BY_TALKS);
}

/* The same where bundles go to and fro between the talks, and where there are no talks at
 * all after the pairing. */
static void histories_with_bundles_end_in_what_they_wrote(void **state)
{
	(void)state;
	const char *cases = getenv("KITH_SIM_CASES"), *first = getenv("KITH_SIM_SEED");
	uint64_t count = cases != NULL ? strtoull(cases, NULL, 10) : 4;
	uint64_t from = first != NULL ? strtoull(first, NULL, 10) : 1;
	for (uint64_t i = 0; i < count; i++) {
		play(from + i, BY_BOTH);
		play(from + i, BY_STICKS);
	}
	sticks_clear();
}

/* ---- P1: what is private, or another pair's, makes no difference to what is said. */

/* Randomness begins anew at each step, so that the store's own draws move nothing. */
static void a_week_with_ben(bool and_more, struct buf *said, size_t *wire)
{
	struct talk talk = {.plain = said};
	CLEAN_BUF struct buf sealed = {0};
	talk.cipher = &sealed;
	for (int p = 0; p < PEOPLE; p++)
		begin_anew(p);
	random_seed(1);
	struct id page = node_page(&people[ANNA], &people[BEN], "for both of us");
	for (unsigned day = 0; day < 3; day++) {
		if (and_more) {
			struct id note = node_note(&people[ANNA], "for nobody");
			(void)node_page(&people[ANNA], &people[CARLA], "for Carla");
			node_write(&people[ANNA], note, "for nobody at all");
		}
		random_seed(2 + 3 * day);
		node_splice(&people[ANNA], page, 0, 0, "more ");
		random_seed(3 + 3 * day);
		if (day > 0) /* he has it now */
			node_splice(&people[BEN], page, 0, 0, "and ");
		random_seed(4 + 3 * day);
		talk_whole(&talk, &people[ANNA], &people[BEN]);
		check(talk.side[0].report.verified, "%s", buf_text(&talk.log));
	}
	*wire = sealed.len;
	buf_release(&talk.log);
}

static void what_is_private_makes_no_difference_to_what_is_said(void **state)
{
	(void)state;
	CLEAN_BUF struct buf without = {0}, with = {0};
	size_t wire_without, wire_with;
	step = 0;
	a_week_with_ben(false, &without, &wire_without);
	a_week_with_ben(true, &with, &wire_with);
	assert_true(without.len > 500);
	assert_int_equal(with.len, without.len);
	assert_memory_equal(with.at, without.at, with.len);
	assert_int_equal(wire_with, wire_without);
}

/* ---- A partner whose every message may be anything */

static struct buf earlier; /* a message that was said before */
static uint8_t earlier_kind;

static void mangle(uint8_t *kind, struct buf *message)
{
	CLEAN_BUF struct buf honest = {0};
	uint8_t honest_kind = *kind;
	buf_add(&honest, buf_bytes(message));
	switch (random_upto(12)) {
	case 0: /* a few bits */
		for (uint32_t n = 1 + random_upto(3); n > 0 && message->len > 0; n--)
			message->at[random_upto((uint32_t)message->len)] ^=
				(uint8_t)(1u << random_upto(8));
		break;
	case 1: /* cut */
		message->len = random_upto((uint32_t)message->len + 1);
		break;
	case 2: /* more */
		buf_add(message, buf_bytes(&earlier));
		break;
	case 3: /* another kind */
		*kind = (uint8_t)(SYNC_LIST + random_upto(9));
		break;
	case 4: /* an old one again */
		if (earlier.len > 0) {
			buf_clear(message);
			buf_add(message, buf_bytes(&earlier));
			*kind = earlier_kind;
		}
		break;
	case 5: /* one byte anything: lengths and numbers */
		if (message->len > 0)
			message->at[random_upto((uint32_t)message->len)] =
				(uint8_t)random_upto(256);
		break;
	default: /* honest */
		break;
	}
	buf_clear(&earlier);
	buf_add(&earlier, buf_bytes(&honest));
	earlier_kind = honest_kind;
}

static size_t words_elsewhere(struct node *node, struct id page, const char *word)
{
	struct notebook_txn *txn = NULL;
	const struct id *all = NULL;
	struct id ids[64];
	size_t count = 0, found = 0;
	assert_int_equal(notebook_look(node->book, &txn, NULL), OK);
	assert_int_equal(leaf_all(txn, &all, &count, NULL), OK);
	assert_true(count <= 64);
	memcpy(ids, all, count * sizeof *ids);
	notebook_abort(txn);
	for (size_t i = 0; i < count; i++)
		if (!id_equal(ids[i], page))
			found += times(node_body(node, ids[i]), word);
	return found;
}

/* Whatever Ben says, Anna's notebook lives, and once he is himself again all is well. */
static void one_bad_partner(uint64_t which)
{
	static struct talk talk;
	seed = which;
	random_seed(seed);
	step = 0;
	/* What another history said would be true words of Anna's from another time. */
	buf_clear(&earlier);
	for (int p = 0; p < PEOPLE; p++)
		begin_anew(p);
	struct id page = node_page(&people[ANNA], &people[BEN], "ours");
	talk = (struct talk){0};
	talk_whole(&talk, &people[ANNA], &people[BEN]);
	for (step = 1; step <= 6; step++) {
		node_splice(&people[ANNA], page, 0, 0, "a ");
		node_splice(&people[BEN], page, 0, 0, "b ");
		talk.mangle = mangle;
		talk.mangle_side = 1;
		talk_whole(&talk, &people[ANNA], &people[BEN]);
	}
	talk.mangle = NULL;
	for (int i = 0; i < 3; i++)
		talk_whole(&talk, &people[ANNA], &people[BEN]);
	check(talk.side[0].report.verified && talk.side[1].report.verified,
		"not verified again:\n%s", buf_text(&talk.log));
	/* Told of another history of her own log, she keeps what she wrote since as a
	 * note: words of hers may stand there instead, or there too when they come back.
	 */
	char body[4096];
	snprintf(body, sizeof body, "%s", node_body(&people[ANNA], page));
	size_t own = times(body, "a ");
	check(own <= 6 && own + words_elsewhere(&people[ANNA], page, "a ") >= 6 &&
			times(body, "b ") == 6 && times(body, "ours") == 1,
		"the page is now: %s", body);
	buf_release(&talk.log);
}

static void no_word_of_a_bad_partner_harms_the_notebook(void **state)
{
	(void)state;
	const char *cases = getenv("KITH_SIM_CASES"), *first = getenv("KITH_SIM_SEED");
	uint64_t count = cases != NULL ? strtoull(cases, NULL, 10) : 6;
	uint64_t from = first != NULL ? strtoull(first, NULL, 10) : 1;
	for (uint64_t i = 0; i < count; i++)
		one_bad_partner(from + i);
	buf_release(&earlier);
}

static int begin(void **state)
{
	static const char *const names[PEOPLE] = {"anna", "ben", "carla"};
	(void)state;
	random_start();
	assert_int_equal(crypto_start(), OK);
	base = nodes_folder();
	for (int p = 0; p < PEOPLE; p++)
		node_make(&people[p], base, names[p]);
	for (int i = 0; i < PAIRS; i++)
		nodes_pair(&people[pair_of[i][0]], &people[pair_of[i][1]]);
	for (int p = 0; p < PEOPLE; p++) {
		snprintf(then[p], sizeof then[p], "%s/%s-then", base, names[p]);
		snprintf(saved[p], sizeof saved[p], "%s/%s-saved", base, names[p]);
		memcpy(home[p], people[p].dir, sizeof home[p]);
		node_save(&people[p], then[p]);
	}
	return 0;
}

static int finish(void **state)
{
	(void)state;
	for (int i = 0; i < PAIRS; i++) {
		hang_up(i);
		buf_release(&plain[i]);
		buf_release(&cipher[i]);
	}
	for (int p = 0; p < PEOPLE; p++)
		node_close(&people[p]);
	buf_release(&story);
	nodes_remove(base);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_private_makes_no_difference_to_what_is_said),
		cmocka_unit_test(no_word_of_a_bad_partner_harms_the_notebook),
		cmocka_unit_test(histories_of_three_people_end_in_what_they_wrote),
		cmocka_unit_test(histories_with_bundles_end_in_what_they_wrote),
	};
	if (getenv("KITH_SIM_ONLY") != NULL)
		cmocka_set_test_filter(getenv("KITH_SIM_ONLY"));
	return cmocka_run_group_tests(tests, begin, finish);
}
