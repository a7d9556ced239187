#include "tests/test.h"

#include "core/notebook/ledger.h"
#include "tests/sim/world.h"

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

void check_said(int pair)
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

void mark_sealed(int pair)
{
	for (size_t i = 0; i < word_count; i++)
		if (may_know(&words[i], pair))
			words[i].sealed = true;
}

void mark_delivered(int pair)
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

void connect_pair(int pair)
{
	if (is_open[pair])
		return;
	talks[pair].plain = &plain[pair];
	talks[pair].cipher = &cipher[pair];
	tell("connected to", pair_of[pair][1], NULL);
	talk_begin(&talks[pair], &people[pair_of[pair][0]], &people[pair_of[pair][1]]);
	is_open[pair] = true;
}

static void check_fault(int pair)
{
	for (int i = 0; i < 2; i++) {
		struct talk_side *side = &talks[pair].side[i];
		check(side->err == OK || side->err == ERR_CLOSED, "%s: %s\n%s",
			side->node->name, side->why, buf_text(&talks[pair].log));
	}
}

bool turn(int pair)
{
	tell("turn with", pair_of[pair][1], NULL);
	bool any = talk_turn(&talks[pair]);
	check_said(pair);
	mark_sealed(pair);
	check_fault(pair);
	return any;
}

void hang_up(int pair)
{
	if (!is_open[pair])
		return;
	tell("cut from", pair_of[pair][1], NULL);
	talk_break(&talks[pair]);
	talk_end(&talks[pair]);
	buf_release(&talks[pair].log);
	is_open[pair] = false;
}

void run_out(int pair)
{
	for (unsigned turns = 0; turn(pair); turns++)
		check(turns < 1000, "pair %d talks for ever:\n%s", pair,
			buf_text(&talks[pair].log));
	if (talks[pair].side[0].report.verified && talks[pair].side[1].report.verified) {
		tell("verified with", pair_of[pair][1], NULL);
		mark_delivered(pair);
	}
}

void hang_up_on(int person)
{
	for (int i = 0; i < PAIRS; i++)
		if (pair_of[i][0] == person || pair_of[i][1] == person)
			hang_up(i);
}
