/*
 * The open formats of an export: each function appends to a buffer and writes nothing
 * itself. JSON Lines are the face's, as it knows the keys of `kith show --json`.
 */
#ifndef KITH_COACHING_EXPORT_FORMATS_H
#define KITH_COACHING_EXPORT_FORMATS_H

#include "core/coaching/export.h"

/* A document to read, as Markdown (CommonMark 0.31), with the sentence that it is no
 * evaluation. */
void export_markdown(
	struct notebook_txn *txn, const struct view_document *document, struct buf *out);
/* One line of a list of documents, with a link to its file. */
void export_markdown_link(const struct view_document *document, struct buf *out);
/* Append a text as it shall read, whatever of it Markdown would take for its own. */
void export_markdown_text(struct buf *out, struct bytes text);

/* Tables; each begins with its headings (export_*_begin) and a row is added for each
 * event of a session, each figure its instruments make of it, each reading of a measure.
 * Figures, kinds and codes are the program's own words, the same in every language. */
void export_events_begin(struct buf *out);
void export_figures_begin(struct buf *out);
void export_readings_begin(struct buf *out);
MUST_USE enum err export_events(struct notebook_txn *txn, struct export_guard *guard,
	struct id session, struct buf *events, struct buf *figures, struct why *why);
MUST_USE enum err export_readings(struct notebook_txn *txn, struct export_guard *guard,
	struct id measure, struct buf *out, struct why *why);

/*
 * Visits and open doors that have a day. Of a visit to a partner's lesson only when and
 * where it is and whose, so that one gets there. `count`: entries, `undated`: what has no
 * day that is one.
 */
MUST_USE enum err export_calendar(struct notebook_txn *txn,
	const struct export_scope *scope, struct export_guard *guard, struct buf *out,
	size_t *count, size_t *undated, struct why *why);

#endif
