/*
 * A text both may write at once: plain text and a compact event graph; CRDT state exists
 * only while concurrent branches are merged, and only back to their common ancestor.
 *
 * Source: J. Gentle, M. Kleppmann, "Collaborative Text Editing with Eg-walker" (EuroSys
 * 2025, arXiv 2409.14252); order of concurrent insertions: FugueMax (M. Weidner,
 * M. Kleppmann, arXiv 2305.00583), ties by log id, bytewise smaller first.
 *
 * Positions are Unicode scalar values.
 */
#ifndef KITH_CRDT_TEXT_H
#define KITH_CRDT_TEXT_H

#include "core/base/err.h"
#include "core/crdt/change.h"
#include "core/crdt/effect.h"
#include "core/crdt/vector.h"

struct rope;
struct text;

struct text *text_new(void);
void text_free(struct text *text); /* NULL is fine */

/*
 * One log's change, entry number `entry`, made on the text as it stood at `seen`: for
 * each log, all changes up to that entry. Everything `seen` names must be applied
 * already. A log that `seen` does not hold, or holds below what it wrote before, was seen
 * up to its own entry before this one: a log has always seen itself.
 *
 * ERR_VOID, and nothing changed, when a position lies outside the text as it stood there.
 * `effect` (may be NULL, else zeroed) receives what changed in the visible text.
 */
MUST_USE enum err text_apply(struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, const struct text_change *change,
	struct effect *effect);

/* Whether text_apply() would say OK; changes nothing. */
MUST_USE enum err text_fits(const struct text *text, struct log_id log, uint64_t entry,
	const struct vector *seen, const struct text_change *change);

/* The visible text. Borrowed until the next change. */
const struct rope *text_rope(const struct text *text);
size_t text_len(const struct text *text);                  /* scalar values */
void text_bytes(const struct text *text, struct buf *out); /* UTF-8, appended */

/*
 * The event graph and the end text, compact. A text that was saved, or loaded, is at
 * rest: until the next change its graph is kept as it is saved. text_load() checks the
 * text and, by a sum, that all is as it was saved: ERR_CORRUPT. The graph is read, and
 * checked, when a change arrives: text_apply() then gives ERR_CORRUPT where somebody made
 * a sum to fit.
 */
void text_save(const struct text *text, struct buf *out);
MUST_USE enum err text_load(struct bytes saved, struct text **out);

/*
 * Who wrote what is visible: runs from left to right that cover the text. `count` of
 * *runs, in `arena`. For private notes of one's own words and for "both wrote" marks.
 */
struct text_run {
	struct log_id log;
	uint64_t entry;
	uint32_t len;
	uint32_t at; /* of its first character, among the events of that entry */
};
void text_trace(const struct text *text, struct arena *arena, struct text_run **runs,
	size_t *count);

/*
 * The same with what was deleted: *gaps* stand where deleted characters do. Pieces from
 * left to right, no gap directly after another; in `arena`. For "both wrote" marks.
 */
struct text_deleter {
	struct log_id log;
	uint64_t entry;
};

/* Of several who deleted one character at once, those with the smallest log ids. */
#define TEXT_DELETERS 4u

struct text_piece {
	struct text_run run; /* of a gap `len` is 0, and the rest of no meaning */
	/* Of a gap: who deleted its leftmost character, and its rightmost one. */
	const struct text_deleter *left, *right;
	size_t left_count, right_count;
};
void text_trail(const struct text *text, struct arena *arena, struct text_piece **pieces,
	size_t *count);

/* Bytes it holds, itself included. At rest of the order of its text: its own bytes and
 * some 10 for each passage ever written or deleted. */
size_t text_memory(const struct text *text);

#endif
