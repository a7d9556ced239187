#include "core/coaching/handover.h"

#include <math.h>
#include <string.h>

#include "core/base/tr.h"
#include "core/coaching/search.h"
#include "core/coaching/views.h"
#include "core/coaching/writing.h"
#include "core/notebook/share.h"
#include "core/coaching/schema.h"
#include "core/notebook/card.h"

#define HANDOVER_RECORDS 32768u
#define HANDOVER_BYTES   ((size_t)900 * 1024)

/* ---- Feedback. */

static const char *asked_for(struct notebook_txn *txn, const struct visit *visit)
{
	const char *all = "";
	for (size_t i = 0; i < WANTED_KINDS; i++)
		if (visit->wanted & (1u << i))
			all = arena_format(txn_arena(txn), "%s%s%s", all,
				all[0] != '\0' ? ", " : "", wanted_words[i]);
	return all;
}

static bool is_kind(const char *word)
{
	for (size_t i = 0; i < WANTED_KINDS; i++)
		if (strcmp(word, wanted_words[i]) == 0)
			return true;
	return false;
}

static enum err ask_first(struct notebook_txn *txn, const struct visit *visit,
	const struct feedback_words *words, struct why *why)
{
	struct leaf *leaf = NULL;
	char handle[HANDLE_TEXT];
	enum err e = leaf_open(txn, visit->id, &leaf, why);
	if (e != OK)
		return e;
	leaf_handle(txn, leaf, handle);
	return because(why, ERR_REFUSED,
		"%s asked for %s; ask first: kith visit ask %s %s",
		view_person(txn, &visit->partner), asked_for(txn, visit), handle,
		words->kind);
}

static enum err check_feedback(struct notebook_txn *txn, const struct visit *visit,
	const struct feedback_words *words, struct why *why)
{
	if (!is_kind(words->kind))
		return because(why, ERR_INVALID,
			"\"%.40s\" is no kind of feedback; there are noticed, strength, "
			"wondered, idea, data",
			words->kind);
	if (visit->i_teach)
		return because(why, ERR_REFUSED,
			"this was your own lesson: kith reflect is for your own "
			"thoughts");
	if (visit->state == VISIT_DROPPED)
		return because(why, ERR_REFUSED, "this visit was dropped");
	if (words->body.len == 0)
		return because(why, ERR_INVALID, "feedback needs a text");
	if (words->at_count > FEEDBACK_AT_MAX)
		return because(
			why, ERR_INVALID, "feedback points at five moments at most");
	return visit_wants(visit, words->kind) ? OK : ask_first(txn, visit, words, why);
}

static enum err write_at(struct notebook_txn *txn, struct id id,
	const struct feedback_at *at, struct why *why)
{
	struct part parts[] = {
		{.name = "t_ms", .is_number = true, .number = (double)at->t_ms},
		{.name = "t2_ms",
			.is_number = true,
			.number = at->t2_ms > 0 ? (double)at->t2_ms : NAN},
	};
	return write_record(txn, id, "at", parts, 2, NULL, why);
}

enum err coach_feedback(struct notebook_txn *txn, struct id visit_id,
	const struct feedback_words *words, struct id *out, struct why *why)
{
	struct visit visit;
	enum err e = visit_read(txn, visit_id, &visit, why);
	if (e == OK)
		e = check_feedback(txn, &visit, words, why);
	if (e == OK)
		e = write_new(txn, "feedback", out, why);
	if (e == OK)
		e = write_ref(txn, *out, "visit", visit_id, why);
	if (e == OK)
		e = write_text(txn, *out, "kind", bytes_text(words->kind), why);
	if (e == OK && words->frame != NULL)
		e = write_text(txn, *out, "frame", bytes_text(words->frame), why);
	if (e == OK)
		e = write_text(txn, *out, "body", words->body, why);
	for (size_t i = 0; e == OK && i < words->at_count; i++)
		e = write_at(txn, *out, &words->at[i], why);
	return e;
}

enum err coach_feedback_answer(struct notebook_txn *txn, struct id feedback,
	enum feedback_answer answer, const char *text, struct why *why)
{
	static const char *const words[] = {"thanked", "parked", "reply"};
	struct leaf *leaf;
	enum err e = leaf_open(txn, feedback, &leaf, why);
	if (e != OK)
		return e;
	if (strcmp(leaf->head->kind->name, "feedback") != 0 || leaf->is_private)
		return because(
			why, ERR_REFUSED, "only feedback that was given can be answered");
	if (answer == FEEDBACK_REPLY && (text == NULL || text[0] == '\0'))
		return because(why, ERR_INVALID, "a reply needs a text");
	struct part parts[] = {
		{.name = "answer", .text = bytes_text(words[answer])},
		{.name = "text", .text = bytes_text(text != NULL ? text : "")},
	};
	return write_record(txn, feedback, "answers", parts, 2, NULL, why);
}

enum err feedback_is_held_back(
	struct notebook_txn *txn, struct id feedback, bool *out, struct why *why)
{
	struct card card;
	struct leaf *leaf;
	struct visit visit;
	*out = false;
	/* Most are told by their cards; what has moved since is opened. */
	if (card_find(txn, feedback, &card, NULL) == OK &&
		(card.is_mine || card.kind != coaching_kind("feedback")))
		return OK;
	enum err e = leaf_open(txn, feedback, &leaf, why);
	const struct person_id *me = &notebook_me(txn_notebook(txn))->person;
	if (e != OK || strcmp(leaf->head->kind->name, "feedback") != 0 ||
		person_equal(leaf->head->owner, *me))
		return e;
	struct id of = have_ref(txn, leaf, "visit");
	if (id_is_zero(of) || visit_read_wanted(txn, of, &visit, NULL) != OK)
		return OK;
	*out = !visit_wants(&visit, have_line(txn, leaf, "kind"));
	return OK;
}

/* ---- What goes. */

struct looking {
	struct notebook_txn *txn;
	struct handover *out;
	struct name_entry *entries;
	size_t entry_count, bytes;
	struct why *why;
};

static void look_for_names(struct looking *l, struct bytes text)
{
	struct name_hit *hits;
	size_t count;
	l->bytes += text.len;
	names_scan(l->entries, l->entry_count, text, txn_arena(l->txn), &hits, &count);
	for (size_t i = 0; i < count; i++) {
		bool known = false;
		for (size_t k = 0; k < l->out->name_count; k++)
			known = known || strcmp(l->out->names[k].name, hits[i].name) == 0;
		if (!known)
			l->out->names[l->out->name_count++] = hits[i];
	}
}

static void look_at_lesson(struct looking *l, const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->line_count; i++) {
		const struct event *event = &lesson->lines[i].event;
		*(event->kind == EVENT_SCRIPT ? &l->out->lines : &l->out->events) += 1;
		l->bytes += 60 + event->code.len + event->subj.len;
		look_for_names(l, event->text);
	}
	for (size_t i = 0; i < lesson->moment_count; i++)
		look_for_names(l, lesson->moments[i].caption);
	l->out->moments = lesson->moment_count;
}

static void look_at_feedback(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct looking *l = arg;
	const char *kind = have_line(txn, leaf, "kind");
	if (!leaf->is_private)
		return;
	for (size_t i = 0; i < WANTED_KINDS; i++)
		l->out->feedback[i] += strcmp(kind, wanted_words[i]) == 0;
	look_for_names(l, have_text(txn, leaf, "body"));
	l->out->feedback_ids[l->out->feedback_count++] = leaf->id;
}

static size_t lines_in(struct bytes text)
{
	size_t lines = 0;
	for (size_t i = 0; i < text.len; i++)
		lines += text.at[i] == '\n';
	return lines;
}

/* Feedback drafts of the visit, and the note for own eyes. */
static enum err look_around(struct looking *l)
{
	const struct id *ids;
	struct id note = {{0}};
	struct leaf *leaf;
	size_t count;
	enum err e = card_select(
		l->txn, coaching_kind("feedback"), &l->out->visit, &ids, &count, l->why);
	if (e == OK)
		l->out->feedback_ids = arena_array(
			txn_arena(l->txn), count, sizeof *l->out->feedback_ids);
	if (e == OK)
		e = each_about(
			l->txn, "feedback", l->out->visit, look_at_feedback, l, l->why);
	if (e == OK)
		e = lesson_own_note(l->txn, l->out->session, &note, l->why);
	if (e != OK || id_is_zero(note))
		return e;
	e = leaf_open(l->txn, note, &leaf, l->why);
	if (e == OK) {
		size_t lines = lines_in(have_text(l->txn, leaf, "body"));
		l->out->own_lines = lines > 0 ? lines - 1 : 0; /* its first is the head */
	}
	return e;
}

static enum err check_handover(
	const struct lesson *lesson, const struct visit *visit, struct why *why)
{
	if (!lesson->is_private)
		return because(why, ERR_EXISTS, "this lesson is handed over already");
	if (visit->i_teach)
		return because(why, ERR_REFUSED,
			"this was your own lesson: there is nobody to hand it to");
	if (visit->state == VISIT_DRAFT)
		return because(why, ERR_REFUSED, "the visit was never sent");
	if (lesson->line_count > HANDOVER_RECORDS)
		return because(why, ERR_TOO_BIG,
			"a lesson of more than 32,768 records cannot be handed over: "
			"trim it");
	return OK;
}

enum err handover_look(struct notebook_txn *txn, struct id session, struct handover *out,
	struct why *why)
{
	struct lesson lesson;
	struct visit visit;
	*out = (struct handover){.session = session};
	struct looking l = {.txn = txn, .out = out, .why = why};
	enum err e = lesson_read(txn, session, &lesson, why);
	if (e == OK && id_is_zero(lesson.visit))
		return because(why, ERR_REFUSED,
			"this lesson belongs to no visit: there is nobody to hand it to");
	if (e == OK)
		e = visit_read(txn, lesson.visit, &visit, why);
	if (e == OK)
		e = check_handover(&lesson, &visit, why);
	if (e == OK)
		e = names_all(txn, &l.entries, &l.entry_count, why);
	if (e != OK)
		return e;
	out->visit = lesson.visit;
	out->to = visit.partner;
	out->names = arena_array(txn_arena(txn), l.entry_count, sizeof *out->names);
	look_at_lesson(&l, &lesson);
	e = look_around(&l);
	if (e == OK && l.bytes > HANDOVER_BYTES)
		return because(why, ERR_TOO_BIG,
			"a lesson of more than 900 KiB cannot be handed over: trim it");
	return e;
}

enum err coach_handover(struct notebook_txn *txn, const struct handover *handover,
	struct id *there, struct why *why)
{
	struct partner *partner = people_partner(txn, &handover->to);
	struct id given;
	if (partner == NULL)
		return because(why, ERR_NOT_FOUND,
			"the one who taught is no partner of yours any more");
	enum err e =
		share_document(txn, handover->session, partner, ROLE_READ, there, why);
	for (size_t i = 0; e == OK && i < handover->feedback_count; i++)
		e = share_document(txn, handover->feedback_ids[i], partner, ROLE_COMMENT,
			&given, why);
	if (e == OK)
		e = coach_visit_done(txn, handover->visit, DONE_RAN, why);
	return e;
}

/* ---- Before it goes. */

static enum err open_private(struct notebook_txn *txn, struct id session, struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_open(txn, session, &leaf, why);
	if (e == OK && !leaf->is_private)
		return because(why, ERR_REFUSED,
			"this lesson is handed over: what was observed is not changed "
			"any more");
	return e;
}

enum err coach_trim(struct notebook_txn *txn, struct id session,
	const struct lesson_line *lines, size_t count, struct why *why)
{
	enum err e = open_private(txn, session, why);
	for (size_t i = 0; e == OK && i < count; i++)
		e = lesson_void(txn, session, lines[i].rid, why);
	return e;
}

/* An event is never rewritten: the line goes, and one with the seat stands in its place.
 */
static enum err hide_in_lesson(struct notebook_txn *txn, struct id session,
	const struct name_entry *entries, size_t count, struct why *why)
{
	struct lesson lesson;
	enum err e = lesson_read(txn, session, &lesson, why);
	for (size_t i = 0; e == OK && i < lesson.line_count; i++) {
		struct event event = lesson.lines[i].event;
		uint8_t rid[8];
		struct bytes hidden =
			names_hide(entries, count, event.text, txn_arena(txn));
		if (bytes_equal(hidden, event.text))
			continue;
		event.text = hidden;
		e = lesson_void(txn, session, lesson.lines[i].rid, why);
		if (e == OK)
			e = lesson_event(txn, session, &event, rid, why);
	}
	for (size_t i = 0; e == OK && i < lesson.moment_count; i++) {
		struct bytes caption = lesson.moments[i].caption;
		struct bytes hidden = names_hide(entries, count, caption, txn_arena(txn));
		if (bytes_equal(hidden, caption))
			continue;
		e = write_void(txn, session, "moments", lesson.moments[i].rid, why);
		if (e == OK)
			e = lesson_moment(
				txn, session, lesson.moments[i].t_ms, hidden, why);
	}
	return e;
}

enum err coach_hide_names(
	struct notebook_txn *txn, const struct handover *handover, struct why *why)
{
	struct name_entry *entries;
	size_t count;
	enum err e = open_private(txn, handover->session, why);
	if (e == OK)
		e = names_all(txn, &entries, &count, why);
	if (e == OK)
		e = hide_in_lesson(txn, handover->session, entries, count, why);
	for (size_t i = 0; e == OK && i < handover->feedback_count; i++) {
		struct leaf *leaf;
		e = leaf_open(txn, handover->feedback_ids[i], &leaf, why);
		if (e != OK)
			break;
		struct bytes body = have_text(txn, leaf, "body");
		struct bytes hidden = names_hide(entries, count, body, txn_arena(txn));
		if (!bytes_equal(hidden, body))
			e = write_text(
				txn, handover->feedback_ids[i], "body", hidden, why);
	}
	return e;
}
