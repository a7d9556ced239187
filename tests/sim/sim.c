/*
 * A deterministic simulation of three people who share with each other over bad networks
 * for months: Anna with Ben, Anna with Carla. Everything random comes from one seed; the
 * truth stands beside the notebooks, and is compared with them.
 *
 *	KITH_SIM_CASES=N   how many histories (default: a second's worth)
 *	KITH_SIM_SEED=S    the first one; a failure prints its seed
 *
 * What must hold (numbers: the model's invariants):
 *	I1, I6  when all has been said, each pair is verified: equal vectors, equal sums
 *	I2      no word is lost, doubled or back after it was deleted
 *	I3      no message of a pair holds a word that was not shared with that pair, or
 *was deleted before anything was offered; and nothing is readable on the wire I4 what was
 *taken back is gone on both sides I7      the ledger never says "not sent" of what was
 *said nobody is ever told of a fault
 *
 * Folders are put back only to where the two histories can be told apart again (DESIGN
 *§5): after one, no other until its pairs are verified. What only the lost days knew is
 *unsure.
 */
#include "tests/test.h"

#include "core/notebook/ledger.h"
#include "tests/sim/random.h"
#include "tests/unit/protocol/nodes.h"

#define PEOPLE    3
#define PAIRS     2
#define WORDS_MAX 512
#define DOCS_MAX  128
#define STEPS     90

enum { ANNA, BEN, CARLA };
static const int pair_of[PAIRS][2] = {{ANNA, BEN}, {ANNA, CARLA}};

struct doc {
	struct id id;           /* of a shown note: the master's */
	struct id there[PAIRS]; /* of a shown note: what each pair has */
	int pair;               /* moved or together; -1: private */
	int owner;
	bool shown[PAIRS];
	bool is_page;
	int dropped_by;     /* -1: by nobody */
	bool ended, unsure; /* unsure: lost days decided something about it */
	bool delivered;
	unsigned made, ended_at;
};

/* A title somebody gave a page: it stands until somebody who saw it gives another. */
struct title {
	char text[24];
	int doc;
	bool replaced;
};

struct word {
	char text[24];
	int author, doc;
	unsigned written, deleted; /* at which step; deleted 0: stands */
	int deleter;
	bool sealed; /* a talk went on since: it may have left */
	bool never;  /* deleted before that: it may not leave */
	bool delivered, delete_delivered;
	bool unsure;
};

static char *base;
static struct node people[PEOPLE];
static char home[PEOPLE][128], then[PEOPLE][200], saved[PEOPLE][200];
static unsigned saved_at[PEOPLE]; /* 0: never */
static bool put_back[PEOPLE];     /* and not verified with all since */
static bool settled[PAIRS];       /* verified since the last put back */

static struct doc docs[DOCS_MAX];
static struct word words[WORDS_MAX];
static struct title titles[WORDS_MAX];
static size_t doc_count, word_count, title_count;
static struct talk talks[PAIRS];
static bool open[PAIRS];
static struct buf plain[PAIRS], cipher[PAIRS];
static unsigned step;
static uint64_t seed;
static bool with_restores;
static struct buf story; /* what happened, a line each; told when something is wrong */

/* ---- Saying what went wrong */

#define check(condition, ...)                                                            \
	do {                                                                             \
		if (!(condition)) {                                                      \
			fputs(buf_text(&story), stderr);                                 \
			print_error(                                                     \
				"seed %llu, step %u: ", (unsigned long long)seed, step); \
			print_error(__VA_ARGS__);                                        \
			print_error("\n");                                               \
			fail();                                                          \
		}                                                                        \
	} while (0)

static void tell(const char *what, int person, const struct doc *doc)
{
	buf_add_format(&story, "%u: %s", step, what);
	if (person >= 0)
		buf_add_format(&story, " %s", people[person].name);
	if (doc != NULL)
		buf_add_format(&story, " of document %d", (int)(doc - docs));
	buf_add_text(&story, "\n");
}

/* As paired and never met, in the first house. */
static void begin_anew(int person)
{
	node_close(&people[person]);
	memcpy(people[person].dir, home[person], sizeof home[person]);
	node_open(&people[person]);
	node_put_back(&people[person], then[person]);
}

/* ---- Talks */

static bool holds(const struct buf *buf, const char *text)
{
	return buf->len > 0 && memmem(buf->at, buf->len, text, strlen(text)) != NULL;
}

static bool may_know(const struct word *word, int pair)
{
	const struct doc *doc = &docs[word->doc];
	return doc->pair == pair || doc->shown[pair];
}

static void check_ledger(const struct word *word, int pair)
{
	const struct doc *doc = &docs[word->doc];
	struct notebook_txn *txn = NULL;
	struct ledger_line line;
	if (with_restores || doc->ended)
		return;
	struct id id = doc->pair == pair ? doc->id : doc->there[pair];
	assert_int_equal(notebook_look(people[word->author].book, &txn, NULL), OK);
	if (ledger_line(txn, id, &line, NULL) == OK)
		check(line.reach != REACH_NOT_SENT, "%s was said, the ledger denies it",
			word->text);
	notebook_abort(txn);
}

/* What the two said in the last turns. */
static void check_said(int pair)
{
	check(!holds(&cipher[pair], "kithword"), "a word can be read on the wire");
	for (size_t i = 0; i < word_count; i++) {
		if (!holds(&plain[pair], words[i].text))
			continue;
		check(may_know(&words[i], pair), "%s left and was not shared",
			words[i].text);
		check(!words[i].never, "%s left and had been deleted", words[i].text);
		check_ledger(&words[i], pair);
	}
	buf_clear(&plain[pair]);
	buf_clear(&cipher[pair]);
}

/* From now on it may have left. */
static void mark_sealed(int pair)
{
	for (size_t i = 0; i < word_count; i++)
		if (may_know(&words[i], pair))
			words[i].sealed = true;
}

static void mark_delivered(int pair)
{
	for (size_t i = 0; i < word_count; i++)
		if (may_know(&words[i], pair)) {
			words[i].delivered = true;
			words[i].delete_delivered = words[i].deleted > 0;
		}
	for (size_t i = 0; i < doc_count; i++)
		if (docs[i].pair == pair || docs[i].shown[pair])
			docs[i].delivered = true;
	settled[pair] = true;
	for (int p = 0; p < PEOPLE; p++) {
		bool all = true;
		for (int i = 0; i < PAIRS; i++)
			if (pair_of[i][0] == p || pair_of[i][1] == p)
				all = all && settled[i];
		put_back[p] = put_back[p] && !all;
	}
}

static void connect_pair(int pair)
{
	if (open[pair])
		return;
	talks[pair].plain = &plain[pair];
	talks[pair].cipher = &cipher[pair];
	tell("connected to", pair_of[pair][1], NULL);
	talk_begin(&talks[pair], &people[pair_of[pair][0]], &people[pair_of[pair][1]]);
	open[pair] = true;
}

static void check_fault(int pair)
{
	for (int i = 0; i < 2; i++) {
		struct talk_side *side = &talks[pair].side[i];
		check(side->err == OK || side->err == ERR_CLOSED, "%s: %s\n%s",
			side->node->name, side->why, buf_text(&talks[pair].log));
	}
}

static bool turn(int pair)
{
	tell("turn with", pair_of[pair][1], NULL);
	bool any = talk_turn(&talks[pair]);
	check_said(pair);
	mark_sealed(pair);
	check_fault(pair);
	return any;
}

static void hang_up(int pair)
{
	if (!open[pair])
		return;
	tell("cut from", pair_of[pair][1], NULL);
	talk_break(&talks[pair]);
	talk_end(&talks[pair]);
	buf_release(&talks[pair].log);
	open[pair] = false;
}

static void run_out(int pair)
{
	for (unsigned turns = 0; turn(pair); turns++)
		check(turns < 1000, "pair %d talks for ever:\n%s", pair,
			buf_text(&talks[pair].log));
	if (talks[pair].side[0].report.verified && talks[pair].side[1].report.verified) {
		tell("verified with", pair_of[pair][1], NULL);
		mark_delivered(pair);
	}
}

static void hang_up_on(int person)
{
	for (int i = 0; i < PAIRS; i++)
		if (pair_of[i][0] == person || pair_of[i][1] == person)
			hang_up(i);
}

/* ---- What people do */

static int any_partner(int person, int *pair)
{
	*pair = person == ANNA ? (int)random_upto(PAIRS) : person - 1;
	return pair_of[*pair][0] == person ? pair_of[*pair][1] : pair_of[*pair][0];
}

static const char *new_word(int author, int doc)
{
	struct word *word = &words[word_count];
	*word = (struct word){.author = author, .doc = doc, .written = step};
	snprintf(word->text, sizeof word->text, "kithword%04zux", word_count);
	word_count++;
	return word->text;
}

static struct doc *new_doc(int owner, int pair)
{
	struct doc *doc = &docs[doc_count++];
	*doc = (struct doc){.owner = owner, .pair = pair, .dropped_by = -1, .made = step};
	return doc;
}

static void make_note(int person)
{
	struct doc *doc = new_doc(person, -1);
	tell("note by", person, doc);
	doc->id = node_note(&people[person], new_word(person, (int)(doc - docs)));
}

static void make_page(int person)
{
	int pair, other = any_partner(person, &pair);
	struct doc *doc = new_doc(person, pair);
	doc->is_page = true;
	tell("page by", person, doc);
	doc->id = node_page(
		&people[person], &people[other], new_word(person, (int)(doc - docs)));
}

static struct doc *any_doc(void)
{
	return doc_count > 0 ? &docs[random_upto((uint32_t)doc_count)] : NULL;
}

/* The partner whom nobody met yet is offered nothing. */
static bool share_refused(int person, int pair)
{
	int other = pair_of[pair][0] == person ? pair_of[pair][1] : pair_of[pair][0];
	struct notebook_txn *txn = NULL;
	assert_int_equal(notebook_look(people[person].book, &txn, NULL), OK);
	bool refused = node_partner(&people[person], txn, &people[other])->state !=
		       PARTNER_ACTIVE;
	notebook_abort(txn);
	return refused;
}

static void share(struct doc *doc)
{
	int pair, other = any_partner(doc->owner, &pair);
	bool is_shown = doc->shown[0] || doc->shown[1];
	bool move = random_upto(2) == 0;
	if (doc->pair >= 0 || doc->ended || doc->shown[pair] || (move && is_shown) ||
		share_refused(doc->owner, pair) ||
		strcmp(node_body(&people[doc->owner], doc->id), "(none)") == 0)
		return;
	struct id there = node_share(&people[doc->owner], doc->id, &people[other],
		move ? ROLE_EDIT : ROLE_READ);
	doc->delivered = false;
	doc->made = step;
	tell(move ? "moved to" : "shown to", other, doc);
	if (move) {
		doc->pair = pair;
		doc->id = there;
	} else {
		doc->shown[pair] = true;
		doc->there[pair] = there;
	}
}

static int any_writer(const struct doc *doc)
{
	if (doc->pair < 0)
		return doc->owner;
	return pair_of[doc->pair][random_upto(2)];
}

/* At an end or a gap: no word is torn, so that each stays one in every merge. */
static void add_word(struct doc *doc, int person, const char *body)
{
	char text[32];
	size_t len = strlen(body), at = random_upto(2) == 0 ? 0 : len;
	const char *gap = random_upto(2) == 0 ? strchr(body, ' ') : NULL;
	if (gap != NULL)
		at = (size_t)(gap - body);
	snprintf(text, sizeof text, " %s ", new_word(person, (int)(doc - docs)));
	node_splice(&people[person], doc->id, at, 0, text);
}

static void delete_word(struct doc *doc, int person, const char *body)
{
	for (size_t tries = 0; tries < 8; tries++) {
		struct word *word = &words[random_upto((uint32_t)word_count)];
		const char *at = strstr(body, word->text);
		if (&docs[word->doc] != doc || at == NULL)
			continue;
		node_splice(&people[person], doc->id, (size_t)(at - body),
			strlen(word->text), "");
		if (word->deleted == 0) {
			word->deleted = step;
			word->deleter = person;
			word->delete_delivered = false;
		}
		word->never = word->never || !word->sealed;
		return;
	}
}

static void edit(struct doc *doc)
{
	int person = any_writer(doc);
	char body[4096];
	snprintf(body, sizeof body, "%s", node_body(&people[person], doc->id));
	if (strcmp(body, "(none)") == 0 || word_count == WORDS_MAX)
		return;
	tell("edit by", person, doc);
	if (random_upto(3) == 0)
		delete_word(doc, person, body);
	else
		add_word(doc, person, body);
}

/* I5: it replaces the titles that its writer sees, and no other. */
static void give_title(struct doc *doc)
{
	int person = any_writer(doc);
	if (!doc->is_page || title_count == WORDS_MAX ||
		strcmp(node_body(&people[person], doc->id), "(none)") == 0)
		return;
	CLEAN_BUF struct buf seen = {0};
	node_titles(&people[person], doc->id, &seen);
	for (size_t i = 0; i < title_count; i++)
		if (&docs[titles[i].doc] == doc && holds(&seen, titles[i].text))
			titles[i].replaced = true;
	struct title *title = &titles[title_count];
	*title = (struct title){.doc = (int)(doc - docs)};
	snprintf(title->text, sizeof title->text, "title%04zux", title_count++);
	tell("title by", person, doc);
	node_set(&people[person], doc->id, "title", title->text);
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

/* Who may not take it back puts it away; the other keeps a private copy. */
static void drop(struct doc *doc)
{
	if (doc->pair < 0 || doc->ended)
		return;
	int person = pair_of[doc->pair][0] == doc->owner ? pair_of[doc->pair][1]
							 : pair_of[doc->pair][0];
	if (strcmp(node_body(&people[person], doc->id), "(none)") == 0)
		return;
	tell("dropped by", person, doc);
	node_drop(&people[person], doc->id);
	doc->dropped_by = person;
	doc->ended = true;
	doc->ended_at = step;
	doc->delivered = false;
}

static void take_back(struct doc *doc)
{
	if (doc->pair < 0 || doc->ended ||
		strcmp(node_body(&people[doc->owner], doc->id), "(none)") == 0)
		return;
	tell("taken back by", doc->owner, doc);
	struct id back = node_take_back(&people[doc->owner], doc->id);
	if (!id_is_zero(back)) { /* nothing ever left: it is private again */
		doc->id = back;
		doc->pair = -1;
		return;
	}
	doc->ended = true;
	doc->ended_at = step;
	doc->delivered = false;
}

/* ---- What happens to folders */

static void save(int person)
{
	tell("saved", person, NULL);
	hang_up_on(person);
	node_save(&people[person], saved[person]);
	saved_at[person] = step;
}

/* What was decided here since, and nobody else was told, may be undone or done again. */
static void unsettle(int person)
{
	for (size_t i = 0; i < word_count; i++) {
		struct word *word = &words[i];
		bool wrote = word->author == person && !word->delivered;
		bool deleted = word->deleted > 0 && word->deleter == person &&
			       !word->delete_delivered;
		if (wrote || deleted)
			word->unsure = true;
		if (docs[word->doc].pair < 0 && docs[word->doc].owner == person)
			word->unsure = true;
		word->never = false;
	}
	for (size_t i = 0; i < doc_count; i++) {
		struct doc *doc = &docs[i];
		bool here = doc->owner == person ||
			    (doc->pair >= 0 && (pair_of[doc->pair][0] == person ||
						       pair_of[doc->pair][1] == person));
		if (here && (!doc->delivered || doc->pair < 0 || doc->shown[0] ||
				    doc->shown[1]))
			doc->unsure = true;
	}
}

static void restore(int person)
{
	if (!with_restores || saved_at[person] == 0)
		return;
	for (int p = 0; p < PEOPLE; p++)
		if (put_back[p])
			return;
	tell("put back", person, NULL);
	hang_up_on(person);
	node_put_back(&people[person], saved[person]);
	put_back[person] = true;
	for (int i = 0; i < PAIRS; i++)
		if (pair_of[i][0] == person || pair_of[i][1] == person)
			settled[i] = false;
	unsettle(person);
}

/* The folder on another machine: noticed at once, a new log in every space. */
static void move_house(int person)
{
	static unsigned moves;
	char place[220];
	if (!with_restores)
		return;
	for (int p = 0; p < PEOPLE; p++)
		if (put_back[p])
			return;
	tell("moved house", person, NULL);
	hang_up_on(person);
	snprintf(place, sizeof place, "%s/%s-%u", base, people[person].name, moves++);
	node_move(&people[person], place);
	saved_at[person] = 0; /* what was saved belongs to the old house */
	unsettle(person);
}

/* Paired anew: another root, the same space. A folder put back to before would have to be
 * paired again too. */
static void renew(int pair)
{
	hang_up(pair);
	tell("paired anew with", pair_of[pair][1], NULL);
	nodes_pair(&people[pair_of[pair][0]], &people[pair_of[pair][1]]);
	saved_at[pair_of[pair][0]] = saved_at[pair_of[pair][1]] = 0;
}

static void restart(int person)
{
	tell("restart", person, NULL);
	hang_up_on(person);
	node_close(&people[person]);
	node_open(&people[person]);
}

static void move_clock(int person)
{
	people[person].wall_s +=
		random_upto(4) == 0 ? (uint64_t)-86400 : random_upto(100000);
	notebook_clock(people[person].book, people[person].wall_s);
}

static void act(void)
{
	int person = (int)random_upto(PEOPLE), pair = (int)random_upto(PAIRS);
	struct doc *doc = any_doc();
	uint32_t dice = random_upto(100);
	if (dice < 6)
		make_note(person);
	else if (dice < 12)
		make_page(person);
	else if (dice < 20 && doc != NULL)
		share(doc);
	else if (dice < 44 && doc != NULL)
		edit(doc);
	else if (dice < 50 && doc != NULL)
		give_title(doc);
	else if (dice < 52 && doc != NULL)
		take_back(doc);
	else if (dice < 53 && doc != NULL)
		drop(doc);
	else if (dice < 63)
		connect_pair(pair);
	else if (dice < 80) {
		if (open[pair])
			(void)turn(pair);
	} else if (dice < 87) {
		if (open[pair])
			run_out(pair);
	} else if (dice < 92)
		hang_up(pair);
	else if (dice < 94)
		save(person);
	else if (dice < 96)
		restore(person);
	else if (dice < 97)
		restart(person);
	else if (dice < 98)
		move_house(person);
	else if (dice < 99)
		renew(pair);
	else
		move_clock(person);
}

/* ---- The end: all is said, and compared with the truth. */

static void say_all(void)
{
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

/* Whoever made it anew in a new log knows it by both ids, the other by the new one. */
static void check_same(struct id id, int pair)
{
	char body[4096];
	id = node_now(&people[pair_of[pair][0]], id);
	id = node_now(&people[pair_of[pair][1]], id);
	snprintf(body, sizeof body, "%s", node_body(&people[pair_of[pair][0]], id));
	const char *other = node_body(&people[pair_of[pair][1]], id);
	check(strcmp(body, other) == 0, "two bodies of one document: %s / %s", body,
		other);
}

static void check_doc(int index)
{
	const struct doc *doc = &docs[index];
	for (int pair = 0; pair < PAIRS; pair++) {
		if (!doc->shown[pair])
			continue;
		check_same(doc->there[pair], pair);
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
	check_same(doc->id, doc->pair);
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

static void play(uint64_t which)
{
	seed = which;
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
		play(from + i);
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

/* Whatever Ben says, Anna's notebook lives, and once he is himself again all is well. */
static void one_bad_partner(uint64_t which)
{
	static struct talk talk;
	seed = which;
	random_seed(seed);
	step = 0;
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
	check(times(node_body(&people[ANNA], page), "a ") == 6 &&
			times(node_body(&people[ANNA], page), "b ") == 6 &&
			times(node_body(&people[ANNA], page), "ours") == 1,
		"the page is now: %s", node_body(&people[ANNA], page));
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
	};
	return cmocka_run_group_tests(tests, begin, finish);
}
