#include "core/coaching/needs.h"

#include <string.h>

#include "core/coaching/after.h"
#include "core/coaching/handover.h"
#include "core/coaching/quote.h"
#include "core/coaching/visit.h"
#include "core/coaching/writing.h"
#include "core/notebook/people.h"

struct needs {
	struct need *items;
	size_t count;
};

static void add(struct needs *needs, const struct leaf *leaf, enum need_kind kind,
	const char *word)
{
	needs->items[needs->count++] = (struct need){.kind = kind,
		.document = leaf->id,
		.partner = leaf->partner,
		.word = word};
}

static enum err look_at_visit(struct notebook_txn *txn, const struct leaf *leaf,
	struct needs *needs, struct why *why)
{
	struct visit visit;
	enum err e = visit_read(txn, leaf->id, &visit, why);
	if (e != OK)
		return e;
	bool proposed = visit.state == VISIT_OTHER_TIME && visit.other_when[0] != '\0';
	if (visit.state == VISIT_SENT && !visit.i_teach)
		add(needs, leaf, NEED_ANSWER, "");
	else if (visit.state == VISIT_OTHER_TIME && !visit.i_teach && !proposed)
		add(needs, leaf, NEED_AGAIN, "");
	else if (proposed && visit.i_teach)
		add(needs, leaf, NEED_TIME, visit.other_when);
	return OK;
}

static enum err look_at_agreement(struct notebook_txn *txn, const struct leaf *leaf,
	struct needs *needs, struct why *why)
{
	struct agreed agreed;
	enum err e = agreed_read(txn, leaf->id, &agreed, why);
	if (e == OK && agreed.by_them && !agreed.by_me)
		add(needs, leaf, NEED_SIGN, "");
	return e;
}

static enum err look_at_feedback(struct notebook_txn *txn, const struct leaf *leaf,
	struct needs *needs, struct why *why)
{
	bool held = false;
	struct reading answers;
	enum err e = feedback_is_held_back(txn, leaf->id, &held, why);
	have_all(txn, leaf, "answers", &answers);
	if (e == OK && held && answers.count == 0)
		add(needs, leaf, NEED_LOOK, have_line(txn, leaf, "kind"));
	return e;
}

static enum err look_at_quote(struct notebook_txn *txn, const struct leaf *leaf,
	struct needs *needs, struct why *why)
{
	struct quote quote;
	enum err e = quote_read(txn, leaf->id, &quote, why);
	if (e == OK && !quote.is_mine && quote.state == QUOTE_ASKED)
		add(needs, leaf, NEED_QUOTE, "");
	return e;
}

/* What was kept when the pair ended; `partner` of its leaf is nobody. */
static void look_at_kept(
	struct notebook_txn *txn, const struct leaf *leaf, struct needs *needs)
{
	struct partner *partner = people_partner(txn, &leaf->head->owner);
	if (strcmp(leaf->head->kind->name, "session") != 0 || partner == NULL ||
		!people_was_left(txn, partner))
		return;
	add(needs, leaf, NEED_PART, "");
	needs->items[needs->count - 1].partner = partner->person;
}

static enum err look_at(struct notebook_txn *txn, const struct leaf *leaf,
	struct needs *needs, struct why *why)
{
	const char *kind = leaf->head->kind->name;
	if (leaf->is_private) {
		look_at_kept(txn, leaf, needs);
		return OK;
	}
	if (strcmp(kind, "visit") == 0)
		return look_at_visit(txn, leaf, needs, why);
	if (strcmp(kind, "agreement") == 0)
		return look_at_agreement(txn, leaf, needs, why);
	if (strcmp(kind, "feedback") == 0)
		return look_at_feedback(txn, leaf, needs, why);
	if (strcmp(kind, "quote") == 0)
		return look_at_quote(txn, leaf, needs, why);
	return OK;
}

enum err needs_of(
	struct notebook_txn *txn, struct need **out, size_t *count, struct why *why)
{
	const struct id *ids;
	size_t total;
	struct needs needs = {0};
	enum err e = leaf_all(txn, &ids, &total, why);
	if (e != OK)
		return e;
	needs.items = arena_array(txn_arena(txn), total, sizeof *needs.items);
	for (size_t i = 0; e == OK && i < total; i++) {
		struct leaf *leaf;
		e = leaf_open(txn, ids[i], &leaf, NULL);
		if (e == OK)
			e = look_at(txn, leaf, &needs, why);
		else if (e == ERR_NOT_FOUND)
			e = OK;
	}
	*out = needs.items;
	*count = needs.count;
	return e;
}
