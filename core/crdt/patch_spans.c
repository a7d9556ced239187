#include "core/crdt/patch_spans.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"

void spans_release(struct spans *spans)
{
	mem_free(spans->at);
	*spans = (struct spans){0};
}

void spans_copy(struct spans *into, const struct spans *from)
{
	size_t count = spans_count(from);
	into->at = mem_resize(NULL, count, sizeof(*into->at));
	into->cap = count;
	for (size_t i = 0; i < count; i++)
		spans_add(into, *spans_get(from, i));
}

bool spans_join(struct patch_span *a, struct patch_span b)
{
	if (b.retained > 0)
		return false;
	if (b.inserted > 0 && (a->deleted > 0 || (b.after_gone && !a->after_gone)))
		return false;
	a->inserted += b.inserted;
	a->deleted += b.deleted;
	return true;
}

static struct patch_span *last(struct spans *spans)
{
	return &spans->at[spans->left - 1];
}

static struct patch_span *first(struct spans *spans)
{
	return &spans->at[spans->cap - spans->right];
}

static void widen(struct spans *spans)
{
	if (spans_count(spans) < spans->cap)
		return;
	size_t cap = spans->cap < 8 ? 8 : spans->cap * 2;
	struct patch_span *at = mem_resize(NULL, cap, sizeof(*at));
	if (spans->left > 0)
		memcpy(at, spans->at, spans->left * sizeof(*at));
	if (spans->right > 0)
		memcpy(at + cap - spans->right, first(spans), spans->right * sizeof(*at));
	mem_free(spans->at);
	spans->at = at;
	spans->cap = cap;
}

static void count_left(struct spans *spans, struct patch_span span)
{
	spans->base += span.retained + span.deleted;
	spans->draft += span.retained + span.inserted;
	spans->text += span.inserted;
}

/* Put a span to the left of the gap, which has the totals already. */
static void push(struct spans *spans, struct patch_span span)
{
	if (spans->left == 0 || !spans_join(last(spans), span)) {
		widen(spans);
		spans->at[spans->left++] = span;
	}
	count_left(spans, span);
}

static struct patch_span take_right(struct spans *spans)
{
	struct patch_span span = *first(spans);
	spans->right--;
	return span;
}

/* Put what is left of a span back; one that does nothing lengthens the next one. */
static void put_right(struct spans *spans, struct patch_span span)
{
	if (span.inserted == 0)
		span.after_gone = false;
	if (span.inserted == 0 && span.deleted == 0) {
		if (spans->right > 0)
			first(spans)->retained += span.retained;
		return;
	}
	widen(spans);
	spans->right++;
	*first(spans) = span;
}

static void step_left(struct spans *spans)
{
	struct patch_span span = spans->at[--spans->left];
	spans->right++;
	*first(spans) = span;
	spans->base -= span.retained + span.deleted;
	spans->draft -= span.retained + span.inserted;
	spans->text -= span.inserted;
}

static void step_right(struct spans *spans)
{
	struct patch_span span = take_right(spans);
	spans->at[spans->left++] = span;
	count_left(spans, span);
}

static size_t draft_width(struct patch_span span)
{
	return (size_t)span.retained + span.inserted;
}

/* Join what has come to touch across the gap. */
static void knit(struct spans *spans)
{
	while (spans->left > 0 && spans->right > 0 &&
		spans_join(last(spans), *first(spans)))
		count_left(spans, take_right(spans));
}

void spans_add(struct spans *spans, struct patch_span span)
{
	assert(spans->right == 0);
	spans->inserted += span.inserted;
	spans->deleted += span.deleted;
	push(spans, span);
}

size_t spans_insert(struct spans *spans, size_t pos, size_t len, bool after_gone)
{
	assert(len > 0 && len <= PATCH_MAX_BASE && pos <= PATCH_MAX_BASE);
	while (spans->left > 0 && spans->draft >= pos)
		step_left(spans);
	while (spans->right > 0 && pos > spans->draft + draft_width(*first(spans)))
		step_right(spans);
	/* The character at pos - 1 is within `span`, or in what is retained at the end.
	 */
	struct patch_span span = {0};
	size_t at = pos - spans->draft, text = spans->text;
	bool at_end = spans->right == 0;
	if (!at_end)
		span = take_right(spans);
	uint32_t n = (uint32_t)len;
	spans->inserted += len;
	if (at_end || at <= span.retained) {
		push(spans, (struct patch_span){(uint32_t)at, n, 0, after_gone});
		span.retained = at_end ? 0 : span.retained - (uint32_t)at;
		put_right(spans, span);
	} else if (at < draft_width(span) || span.after_gone || !after_gone) {
		text += at - span.retained;
		span.inserted += n;
		push(spans, span);
	} else {
		text += span.inserted;
		push(spans, (struct patch_span){span.retained, span.inserted, 0, false});
		push(spans, (struct patch_span){0, n, span.deleted, true});
	}
	knit(spans);
	return text;
}

size_t spans_delete(
	struct spans *spans, size_t pos, size_t len, size_t *text, size_t *cut)
{
	assert(len > 0 && len <= PATCH_MAX_BASE && pos <= PATCH_MAX_BASE);
	while (spans->left > 0 && spans->draft > pos)
		step_left(spans);
	while (spans->right > 0 && pos >= spans->draft + draft_width(*first(spans)))
		step_right(spans);
	struct patch_span span = {0};
	size_t at = pos - spans->draft, n = len;
	*cut = 0;
	*text = spans->text;
	bool at_end = spans->right == 0;
	if (!at_end)
		span = take_right(spans);
	if (at_end || at < span.retained) {
		if (!at_end && n > span.retained - at)
			n = span.retained - at;
		push(spans, (struct patch_span){(uint32_t)at, 0, (uint32_t)n, false});
		span.retained = at_end ? 0 : span.retained - (uint32_t)(at + n);
		spans->deleted += n;
	} else {
		if (n > draft_width(span) - at)
			n = draft_width(span) - at;
		*text += at - span.retained;
		*cut = n;
		span.inserted -= (uint32_t)n;
		spans->inserted -= n;
	}
	put_right(spans, span);
	knit(spans);
	return n;
}
