#include "core/coaching/quote.h"

#include <string.h>

#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/handover.h"
#include "core/coaching/views.h"
#include "core/coaching/writing.h"
#include "core/crdt/value.h"
#include "core/notebook/share.h"

#define QUOTE_BYTES ((size_t)2000)

static const char *const answer_words[] = {"approve", "decline", "other"};

const char *quote_state_word(enum quote_state state)
{
	static const char *const words[] = {
		[QUOTE_ASKED] = "asked",
		[QUOTE_APPROVED] = "approved",
		[QUOTE_DECLINED] = "declined",
		[QUOTE_OTHER] = "other_words",
		[QUOTE_ENDED] = "ended",
	};
	return words[state];
}

/* ---- Where it stands. */

static struct hash hash_of_words(struct id source, struct bytes words)
{
	struct bytes parts[] = {BYTES_OF(source.b), words};
	return hash_of("kith/quote/1", parts, 2);
}

/* While two devices of mine disagree about the words, none of them is approved. */
static bool has_one_value(
	struct notebook_txn *txn, const struct leaf *leaf, const char *field)
{
	struct reading values = {0};
	read_values(leaf->sealed, leaf->draft,
		kind_field(leaf->head->kind, bytes_text(field)), (struct bytes){0},
		txn_arena(txn), &values);
	return values.count == 1;
}

static bool is_of(struct bytes record, const struct hash *now)
{
	struct bytes of;
	struct hash then = {{0}};
	if (!value_part(record, "of", &of))
		return false;
	struct pack_reader r = pack_read(of);
	pack_read_fixed(&r, then.b, sizeof then.b);
	return !r.failed && hash_equal(&then, now);
}

/* A draft is by whom this store belongs to. */
static bool is_by_owner(struct notebook_txn *txn, const struct leaf *leaf,
	const struct reading_item *record)
{
	const struct person_id *by =
		record->is_draft ? &notebook_me(txn_notebook(txn))->person : &record->by;
	return person_equal(*by, leaf->head->owner);
}

static enum quote_state state_of(
	struct notebook_txn *txn, const struct leaf *leaf, struct quote *out)
{
	struct reading log;
	struct hash now = hash_of_words(out->source, out->words);
	enum quote_state state = QUOTE_ASKED;
	if (leaf->is_private)
		return QUOTE_ENDED;
	have_all(txn, leaf, "answers", &log);
	for (size_t i = 0; i < log.count; i++) {
		struct bytes record = log.items[i].value;
		if (is_by_owner(txn, leaf, &log.items[i]))
			continue;
		if (part_is(record, "answer", "decline"))
			state = QUOTE_DECLINED;
		else if (is_of(record, &now))
			state = QUOTE_APPROVED;
		else
			state = part_is(record, "answer", "other") ? QUOTE_OTHER
								   : QUOTE_ASKED;
		if (state == QUOTE_OTHER)
			out->other = part_text(record, "text");
	}
	bool is_one =
		has_one_value(txn, leaf, "words") && has_one_value(txn, leaf, "source");
	return state == QUOTE_APPROVED && !is_one ? QUOTE_ASKED : state;
}

static enum err open_quote(
	struct notebook_txn *txn, struct id id, struct leaf **out, struct why *why)
{
	enum err e = leaf_open(txn, id, out, why);
	if (e == OK && strcmp((*out)->head->kind->name, "quote") != 0)
		return because(why, ERR_REFUSED, "that is a %s, not a quote",
			tr_in("kind", (*out)->head->kind->name));
	return e;
}

enum err quote_read(
	struct notebook_txn *txn, struct id id, struct quote *out, struct why *why)
{
	struct leaf *leaf;
	*out = (struct quote){0};
	enum err e = open_quote(txn, id, &leaf, why);
	if (e != OK)
		return e;
	out->is_mine =
		person_equal(leaf->head->owner, notebook_me(txn_notebook(txn))->person);
	out->partner = leaf->is_private ? leaf->head->owner : leaf->partner;
	out->words = have_text(txn, leaf, "words");
	out->source = have_ref(txn, leaf, "source");
	out->state = state_of(txn, leaf, out);
	return OK;
}

/* ---- Asking. */

static enum err check_source(
	struct notebook_txn *txn, const struct leaf *leaf, struct why *why)
{
	bool held = false;
	const char *kind = leaf->head->kind->name;
	bool is_feedback = strcmp(kind, "feedback") == 0;
	if (leaf->is_private || (!is_feedback && strcmp(kind, "page") != 0) ||
		(is_feedback && leaf->by_me))
		return because(why, ERR_REFUSED,
			"quote from feedback that a partner gave you, or from a page of "
			"you both");
	enum err e = feedback_is_held_back(txn, leaf->id, &held, why);
	if (e == OK && held)
		return because(why, ERR_REFUSED,
			"that is held back: you did not ask for it. kith feedback "
			"--show");
	return e;
}

/* The words as somebody wrote them: in one of its texts. */
static bool has_words(const struct view_document *document, struct bytes words)
{
	for (size_t i = 0; i < document->field_count; i++) {
		const struct view_field *field = &document->fields[i];
		for (size_t k = 0; field->schema->type == FIELD_TEXT && k < field->count;
			k++)
			if (memmem(field->items[k].value.at, field->items[k].value.len,
				    words.at, words.len) != NULL)
				return true;
	}
	return false;
}

/* Exact words cannot have a seat put in for a name: they are asked for, or they are not.
 */
static enum err check_words(
	struct notebook_txn *txn, struct id source, struct bytes words, struct why *why)
{
	struct view_document document;
	struct name_entry *entries;
	struct name_hit *hits;
	size_t count, hit_count;
	if (words.len > QUOTE_BYTES)
		return because(why, ERR_TOO_BIG,
			"a quote is a few sentences, 2,000 letters at most");
	enum err e = view_document(txn, source, &document, why);
	if (e == OK && (utf8_blank(words) || !has_words(&document, words)))
		return because(why, ERR_NOT_FOUND,
			"these words do not stand there; a quote is exact");
	if (e == OK)
		e = names_all(txn, &entries, &count, why);
	if (e != OK)
		return e;
	names_scan(entries, count, words, txn_arena(txn), &hits, &hit_count);
	if (hit_count > 0)
		return because(why, ERR_REFUSED,
			"a pupil's name stands in it (%.100s): quote other words",
			hits[0].name);
	return OK;
}

enum err coach_quote(struct notebook_txn *txn, struct id source, struct bytes words,
	struct id *out, struct why *why)
{
	struct leaf *leaf;
	struct id mine;
	enum err e = leaf_open(txn, source, &leaf, why);
	if (e == OK)
		e = check_source(txn, leaf, why);
	if (e == OK && words.len == 0)
		words = have_text(txn, leaf, "body");
	if (e == OK)
		e = check_words(txn, leaf->id, words, why);
	if (e != OK)
		return e;
	struct partner *partner = people_partner(txn, &leaf->partner);
	e = write_new(txn, "quote", &mine, why);
	if (e == OK)
		e = write_text(txn, mine, "words", words, why);
	if (e == OK)
		e = write_ref(txn, mine, "source", leaf->id, why);
	return e == OK ? share_document(txn, mine, partner, ROLE_COMMENT, out, why) : e;
}

/* ---- Answering. */

enum err coach_quote_answer(struct notebook_txn *txn, struct id id,
	enum quote_answer answer, struct bytes words, struct why *why)
{
	struct quote quote;
	enum err e = quote_read(txn, id, &quote, why);
	if (e != OK)
		return e;
	if (quote.is_mine)
		return because(why, ERR_REFUSED,
			"you asked for this: only the one whose words they are answers");
	if (quote.state == QUOTE_ENDED)
		return because(why, ERR_REFUSED, "the pair has ended");
	if (answer == QUOTE_PROPOSE && (utf8_blank(words) || words.len > QUOTE_BYTES))
		return because(why, ERR_INVALID,
			"write the words you would rather be quoted with, 2,000 letters "
			"at most");
	struct hash of = hash_of_words(
		quote.source, answer == QUOTE_PROPOSE ? words : quote.words);
	struct part parts[] = {
		{.name = "answer", .text = bytes_text(answer_words[answer])},
		{.name = "of", .hash = answer != QUOTE_DECLINE ? of.b : NULL},
		{.name = "text",
			.text = answer == QUOTE_PROPOSE ? words : (struct bytes){0}},
	};
	return write_record(txn, id, "answers", parts, 3, NULL, why);
}

enum err coach_quote_take(struct notebook_txn *txn, struct id id, struct why *why)
{
	struct quote quote;
	enum err e = quote_read(txn, id, &quote, why);
	if (e != OK)
		return e;
	if (!quote.is_mine || quote.state != QUOTE_OTHER)
		return because(why, ERR_REFUSED, "no other words were proposed for it");
	return write_text(txn, id, "words", quote.other, why);
}
