/*
 * Everything out, in open formats (DOMAIN §4.2 nos. 8 and 9): which documents may go,
 * what stays and why, and each as a view with the names of pupils looked for.
 *
 * The name key goes nowhere. A lesson goes only by the hand of who taught it; who
 * observed it takes their own feedback and reflections. Feedback that is held back stays
 * held back.
 */
#ifndef KITH_COACHING_EXPORT_H
#define KITH_COACHING_EXPORT_H

#include "core/coaching/names.h"
#include "core/coaching/views.h"

struct export_scope {
	const struct kind_schema *kind; /* NULL: of every kind */
	bool mine_only; /* nothing that a partner wrote or that both wrote */
};

/* Why a document stays. */
enum left_out {
	LEFT_NOT, /* it goes */
	LEFT_NAME_KEY,
	LEFT_LESSON,   /* of a lesson that a partner taught */
	LEFT_HELD,     /* feedback held back */
	LEFT_NOT_MINE, /* mine_only */
	LEFT_KIND,     /* another kind */
	LEFT_REASONS,
};

/* What goes, in the transaction's arena, by kind and title; and how much stays. */
struct export_choice {
	struct id *ids;
	size_t count;
	size_t seen; /* all there was to choose from */
	size_t left[LEFT_REASONS];
};

MUST_USE enum err export_choose(struct notebook_txn *txn,
	const struct export_scope *scope, struct export_choice *out, struct why *why);

/* "2 of lessons that your partners taught": said in the reader's language. In the arena.
 */
const char *export_left_text(struct arena *arena, enum left_out reason, size_t count);

/* ---- Names of pupils in what goes. */

/* A zeroed one finds nothing. Either looks for names and notes them, or puts seats in
 * their place. */
struct export_guard {
	const struct name_entry *entries; /* names_all() */
	size_t entry_count;
	bool hide;
	struct name_hit *hits; /* room for `entry_count` */
	size_t hit_count;
};

MUST_USE enum err export_guard_read(
	struct notebook_txn *txn, struct export_guard *out, struct why *why);

/* A text as it may go. In the transaction's arena. */
struct bytes export_text(
	struct notebook_txn *txn, struct export_guard *guard, struct bytes text);

/* All texts of a view as they may go. */
void export_guard_document(struct notebook_txn *txn, struct export_guard *guard,
	struct view_document *document);

/* A document as it may go. Errors: as view_document(). */
MUST_USE enum err export_view(struct notebook_txn *txn, const struct export_scope *scope,
	struct export_guard *guard, struct id id, struct view_document *out,
	struct why *why);

#endif
