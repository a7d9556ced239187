/*
 * A patch: the net difference a draft makes to one text (DESIGN §4.4), as what is
 * retained, inserted and deleted from left to right. It holds the inserted text but not
 * the text it is made on, its *base*, of which it knows nothing but positions.
 *
 * Typing and deleting again cancels: of text that came and went within a patch nothing
 * is left, neither the characters nor their number nor their place.
 *
 * An insertion stands directly after its left neighbour. Where that neighbour is deleted
 * by the same patch it is still the neighbour: so a sealed patch merges as the keystrokes
 * themselves would have.
 */
#ifndef KITH_CRDT_PATCH_H
#define KITH_CRDT_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/id.h"
#include "core/base/mem.h"
#include "core/crdt/effect.h"

struct patch;
struct rope;
struct text_change;

/* The base a patch may lie over, in scalar values; a saved one over more is refused. */
#define PATCH_MAX_BASE (UINT32_C(1) << 30)

/* The bytes one edit may insert: an assertion, far beyond what a text may hold. */
#define PATCH_MAX_TEXT (UINT32_C(1) << 28)

struct patch *patch_new(void);
struct patch *patch_copy(const struct patch *patch);
void patch_free(struct patch *patch);
void patch_freep(struct patch **patch); /* for CLEANUP() */

/*
 * One local edit: in the text as the patch makes it, replace the `del` scalar values from
 * `pos` on by `text`, valid UTF-8. What was inserted by this patch and is deleted now is
 * gone; of the base's characters it is remembered which are deleted.
 * `pos` + `del` lie within that text: the caller's to check, since the patch cannot.
 */
void patch_splice(struct patch *patch, size_t pos, size_t del, struct bytes text);

/*
 * The patch that makes `to` from `from`, both valid UTF-8: short where they are alike,
 * and right however unlike they are. The work is bounded (core/crdt/diff.h).
 */
struct patch *patch_between(struct bytes from, struct bytes to);

/* Let `patch` do what `next`, made on its outcome, does as well. */
void patch_compose(struct patch *patch, const struct patch *next);

/*
 * Carry the patch over what has happened to its base meanwhile: it then lies over the
 * base as `effect` left it. Every inserted character stays, in order; what was deleted
 * by both is no longer the patch's to delete. Where the patch and the effect insert at
 * one place, the smaller log id stands first, as it would had the patch been sealed
 * before (`own` is the log it will be sealed into).
 *
 * So the text is the same whether the patch is carried and then sealed or sealed and then
 * met by what happened, where one other log wrote, however much, and had seen what the
 * patch lies on: the case of two people. Beyond that the carried patch knows less than a
 * sealed one. Logs 1, 2 and 3 write x, y and z at one place, none having seen the
 * others': sealed, that is xyz. A draft z carried over x comes to stand after x as if
 * written there, so that y, met later, is put behind it: xzy. Either order is one that
 * writing at that place may give, and all replicas have the same.
 */
void patch_carry(struct patch *patch, const struct effect *effect, struct log_id own);

/* Append to `out` the text that the patch makes of `base`, which has at least
 * patch_base_len() scalar values. */
void patch_apply(const struct patch *patch, const struct rope *base, struct rope *out);

/*
 * The patch as one change to seal: first all insertions, each after its left neighbour in
 * the base, then all deletions. `out` borrows from `arena`.
 */
void patch_seal(const struct patch *patch, struct arena *arena, struct text_change *out);

/* What applying the patch does, as an effect by `by`: to carry another patch over it. */
void patch_effect(const struct patch *patch, struct log_id by, struct effect *out);

/* Save for the local store; equal patches save to equal bytes. */
void patch_save(const struct patch *patch, struct buf *out);

/*
 * Errors: ERR_CORRUPT, and `*out` NULL, when the bytes are not what patch_save() writes.
 */
MUST_USE enum err patch_load(struct bytes saved, struct patch **out);

bool patch_is_empty(const struct patch *patch);
size_t patch_inserted(const struct patch *patch); /* scalar values */
size_t patch_deleted(const struct patch *patch);
size_t patch_span_count(const struct patch *patch);
/* How long the base must be at least. */
size_t patch_base_len(const struct patch *patch);
/* All inserted text, from left to right. Borrowed. */
const struct rope *patch_text(const struct patch *patch);
bool patch_equal(const struct patch *a, const struct patch *b);
/* Bytes of memory the patch holds, itself included. */
size_t patch_memory(const struct patch *patch);

/*
 * One step from left to right: pass over `retained` characters of the base, insert
 * `inserted` (the next of patch_text()), delete `deleted` of the base. What follows the
 * last span is retained.
 */
struct patch_span {
	uint32_t retained, inserted, deleted;
	/* The insertion's left neighbour was deleted by others since: whatever they
	 * write directly after the character that is now to its left stands before it. */
	bool after_gone;
};

/* The spans in order: `*index` starts as 0. False at the end. */
bool patch_next(const struct patch *patch, size_t *index, struct patch_span *out);

/*
 * Where a place in the base is in the draft, and back. A place is a gap: before character
 * `pos`. A place in the base at which the patch inserts is before the inserted text; a
 * place inside deleted or inserted text is where that begins.
 */
size_t patch_to_draft(const struct patch *patch, size_t base_pos);
size_t patch_to_base(const struct patch *patch, size_t draft_pos);

#endif
