/*
 * The spans of a patch, without its text: a list with a gap where the last edit was, so
 * that the next one near it is found and made in constant time, and one k spans away by
 * passing k spans. Only patch*.c and effect.c include this.
 */
#ifndef KITH_CRDT_PATCH_SPANS_H
#define KITH_CRDT_PATCH_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/crdt/patch.h"

/*
 * Spans [0, left) and [cap - right, cap) of `at`. A zeroed one is empty.
 *
 * The form is canonical, so that equal differences are equal lists: no span is without
 * effect, an insertion that is none is not `after_gone`, and no two neighbours could be
 * one (spans_join).
 */
struct spans {
	struct patch_span *at;
	size_t cap, left, right;
	size_t base, draft, text; /* before the gap: base, draft, inserted characters */
	size_t inserted, deleted; /* in all */
};

void spans_release(struct spans *spans);
void spans_copy(struct spans *into, const struct spans *from); /* into a zeroed one */

static inline size_t spans_count(const struct spans *spans)
{
	return spans->left + spans->right;
}

static inline const struct patch_span *spans_get(const struct spans *spans, size_t index)
{
	return &spans->at[index < spans->left ? index
					      : index + spans->cap - spans_count(spans)];
}

/* Whether `b` goes on where `a` ends, and both can be one span. */
bool spans_join(struct patch_span *a, struct patch_span b);

/* Add at the right end of a list whose gap is there too; joins what can be joined. */
void spans_add(struct spans *spans, struct patch_span span);

/*
 * Insert `len` characters before draft position `pos`, directly after the character to
 * its left. Returns where in the inserted text they belong; the gap comes to stand after
 * the span that holds them.
 */
size_t spans_insert(struct spans *spans, size_t pos, size_t len, bool after_gone);

/*
 * Delete some of the `len` characters from draft position `pos` on; returns how many,
 * at least one. `*cut` of them were inserted ones, at `*text` of the inserted text.
 */
size_t spans_delete(
	struct spans *spans, size_t pos, size_t len, size_t *text, size_t *cut);

/* What the spans do, as an effect by `by`: effect.c. */
void spans_effect(const struct spans *spans, struct log_id by, struct effect *out);

#endif
