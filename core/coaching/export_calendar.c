/* The calendar of an export: which visits and doors have a day, and what it says. */
#include <string.h>

#include "core/base/tr.h"
#include "core/coaching/calendar.h"
#include "core/coaching/export_formats.h"
#include "core/coaching/search.h"
#include "core/coaching/visit.h"
#include "core/coaching/writing.h"

struct filling {
	struct notebook_txn *txn;
	const struct export_scope *scope;
	struct export_guard *guard;
	struct buf *out;
	size_t count, undated;
};

static const char *guarded(struct filling *f, const char *text)
{
	return arena_string(
		txn_arena(f->txn), export_text(f->txn, f->guard, bytes_text(text)));
}

static void add(struct filling *f, const struct leaf *leaf, const char *when,
	struct calendar_entry *entry)
{
	if (!calendar_when(when, &entry->start)) {
		f->undated++;
		return;
	}
	entry->uid = leaf_before(leaf);
	entry->summary = guarded(f, entry->summary);
	entry->place = guarded(f, entry->place);
	entry->text = guarded(f, entry->text);
	calendar_add(f->out, entry, txn_now_s(f->txn));
	f->count++;
}

/* ---- Visits. */

static enum calendar_status status_of(enum visit_state state)
{
	switch (state) {
	case VISIT_DRAFT:
	case VISIT_SENT:
	case VISIT_OTHER_TIME:
		return CALENDAR_TENTATIVE;
	case VISIT_DECLINED:
	case VISIT_DROPPED:
		return CALENDAR_CANCELLED;
	case VISIT_ACCEPTED:
	case VISIT_RAN:
	case VISIT_HANDED_OVER:
	case VISIT_TALKED:
	case VISIT_REFLECTED:
	case VISIT_CLOSED:
		return CALENDAR_CONFIRMED;
	}
	return CALENDAR_TENTATIVE;
}

static const char *visit_summary(
	struct filling *f, const struct leaf *leaf, const struct visit *visit)
{
	struct arena *arena = txn_arena(f->txn);
	const char *class = visit->class_label;
	if (leaf->is_private)
		return class[0] != '\0' ? arena_format(arena, tr("Visit to %s"), class)
					: tr("Visit");
	const char *partner = view_person(f->txn, &visit->partner);
	if (visit->i_teach)
		return class[0] != '\0'
			       ? arena_format(arena, tr("%s visits %s"), partner, class)
			       : arena_format(arena, tr("%s visits me"), partner);
	return class[0] != '\0'
		       ? arena_format(arena, tr("Visit to %s, %s"), partner, class)
		       : arena_format(arena, tr("Visit to %s"), partner);
}

static void add_visit(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct filling *f = arg;
	struct visit visit;
	if (visit_read(txn, leaf->id, &visit, NULL) != OK ||
		(f->scope->mine_only && !visit.i_teach))
		return;
	struct calendar_entry entry = {.summary = visit_summary(f, leaf, &visit),
		.place = visit.place,
		.text = visit.i_teach ? visit.focus : "",
		.minutes = visit.minutes,
		.status = status_of(visit.state)};
	add(f, leaf, visit.when, &entry);
}

/* ---- Doors. */

static void add_door(void *arg, struct notebook_txn *txn, const struct leaf *leaf)
{
	struct filling *f = arg;
	struct arena *arena = txn_arena(txn);
	const char *topic = have_line(txn, leaf, "topic");
	bool is_mine =
		person_equal(leaf->head->owner, notebook_me(txn_notebook(txn))->person);
	bool is_closed = strcmp(have_line(txn, leaf, "state"), "closed") == 0;
	if (f->scope->mine_only && !is_mine)
		return;
	struct calendar_entry entry = {.place = have_line(txn, leaf, "place"),
		.text = "",
		.minutes = have_int(txn, leaf, "minutes", 0),
		.status = is_closed ? CALENDAR_CANCELLED : CALENDAR_TENTATIVE,
		.summary =
			is_mine ? arena_format(arena, tr("Open door: %s"), topic)
				: arena_format(arena, tr("Open door at %s: %s"),
					  view_person(txn, &leaf->head->owner), topic)};
	add(f, leaf, have_line(txn, leaf, "when"), &entry);
}

static bool is_wanted(const struct export_scope *scope, const char *kind)
{
	return scope->kind == NULL || strcmp(scope->kind->name, kind) == 0;
}

enum err export_calendar(struct notebook_txn *txn, const struct export_scope *scope,
	struct export_guard *guard, struct buf *out, size_t *count, size_t *undated,
	struct why *why)
{
	struct filling f = {.txn = txn, .scope = scope, .guard = guard, .out = out};
	enum err e = OK;
	calendar_begin(out);
	if (is_wanted(scope, "visit"))
		e = each_of(txn, "visit", add_visit, &f, why);
	if (e == OK && is_wanted(scope, "door"))
		e = each_of(txn, "door", add_door, &f, why);
	calendar_end(out);
	*count = f.count;
	*undated = f.undated;
	return e;
}
