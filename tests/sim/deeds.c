#include "tests/test.h"

#include "tests/sim/random.h"
#include "tests/sim/world.h"

/* ---- What people do */

static int any_partner(int person, int *pair)
{
	*pair = person == ANNA ? (int)random_upto(PAIRS) : person - 1;
	return pair_of[*pair][0] == person ? pair_of[*pair][1] : pair_of[*pair][0];
}

/* What somebody writes into a shared document before they hear that their folder was put
 * back may become a note beside it (DESIGN §5); so the document may keep what they
 * deleted.
 */
static bool may_become_a_note(int author, int doc)
{
	return put_back[author] && docs[doc].pair >= 0;
}

static const char *new_word(int author, int doc)
{
	struct word *word = &words[word_count];
	*word = (struct word){.author = author,
		.doc = doc,
		.written = step,
		.unsure = may_become_a_note(author, doc)};
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
	doc->unsure = put_back[person];
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
		buf_add_format(&story, "  without %s\n", word->text);
		if (word->deleted == 0) {
			word->deleted = step;
			word->deleter = person;
			word->delete_delivered = false;
		}
		word->never = word->never || !word->sealed;
		word->unsure =
			word->unsure || may_become_a_note(person, (int)(doc - docs));
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
	doc->never = true;
	for (size_t i = 0; i < word_count; i++)
		doc->never =
			doc->never && (&docs[words[i].doc] != doc || !words[i].sealed);
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
		if (here && (!doc->delivered || doc->never || doc->pair < 0 ||
				    doc->shown[0] || doc->shown[1]))
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
	sticks_renewed(pair);
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

void act(void)
{
	int person = (int)random_upto(PEOPLE), pair = (int)random_upto(PAIRS);
	struct doc *doc = any_doc();
	uint32_t dice = random_upto(100);
	bool is_talk = dice >= 53 && dice < 92;
	if (is_talk && (paths == BY_STICKS || (paths == BY_BOTH && dice % 2 == 0))) {
		if (dice >= 90)
			(void)settle_by_sticks(pair);
		else
			stick_deed();
		return;
	}
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
		if (is_open[pair])
			(void)turn(pair);
	} else if (dice < 87) {
		if (is_open[pair])
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

/* As paired and never met, in the first house. */
void begin_anew(int person)
{
	node_close(&people[person]);
	memcpy(people[person].dir, home[person], sizeof home[person]);
	node_open(&people[person]);
	node_put_back(&people[person], then[person]);
}
