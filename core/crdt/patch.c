#include "core/crdt/patch.h"

#include <assert.h>

#include "core/crdt/diff.h"
#include "core/crdt/patch_body.h"
#include "core/crdt/rope.h"

struct patch *patch_new(void)
{
	struct patch *patch = mem_new(sizeof(*patch));
	patch->text = rope_new();
	return patch;
}

struct patch *patch_copy(const struct patch *patch)
{
	struct patch *copy = mem_new(sizeof(*copy));
	copy->text = rope_copy(patch->text);
	spans_copy(&copy->spans, &patch->spans);
	return copy;
}

void patch_free(struct patch *patch)
{
	if (patch == NULL)
		return;
	spans_release(&patch->spans);
	rope_free(patch->text);
	mem_free(patch);
}

void patch_freep(struct patch **patch)
{
	patch_free(*patch);
	*patch = NULL;
}

static void splice_slowly(struct patch *patch, size_t pos, size_t del, struct bytes text)
{
	while (del > 0) {
		size_t at = 0, cut = 0;
		del -= spans_delete(&patch->spans, pos, del, &at, &cut);
		if (cut > 0)
			rope_delete(patch->text, at, cut);
	}
	if (text.len == 0)
		return;
	size_t len = utf8_count(text);
	assert(text.len <= PATCH_MAX_TEXT);
	rope_insert(patch->text, spans_insert(&patch->spans, pos, len, false), text);
}

void patch_splice(struct patch *patch, size_t pos, size_t del, struct bytes text)
{
	/* Typing: after at least one character of the insertion edited last, and deleting
	 * nothing outside it. So it neither vanishes nor comes to touch another span. */
	struct spans *spans = &patch->spans;
	struct patch_span *span = spans->left > 0 ? &spans->at[spans->left - 1] : NULL;
	if (span == NULL || pos > spans->draft || pos + span->inserted <= spans->draft ||
		del > spans->draft - pos || text.len > PATCH_MAX_TEXT) {
		splice_slowly(patch, pos, del, text);
		return;
	}
	size_t n =
		rope_splice(patch->text, spans->text - (spans->draft - pos), del, text);
	span->inserted += (uint32_t)(n - del);
	spans->draft += n - del;
	spans->text += n - del;
	spans->inserted += n - del;
}

struct patch *patch_between(struct bytes from, struct bytes to)
{
	struct patch *patch = patch_new();
	CLEAN_DIFF struct diff diff = {0};
	diff_text(from, to, &diff);
	size_t passed = 0; /* bytes of `to` */
	for (size_t i = 0; i < diff.count; i++) {
		const struct diff_run *run = &diff.runs[i];
		struct bytes rest = {to.at + passed, to.len - passed};
		struct bytes added;
		size_t kept = utf8_offset(rest, run->kept);
		(void)bytes_take(&rest, kept, &added);
		(void)bytes_take(&rest, utf8_offset(rest, run->added), &added);
		rope_append(patch->text, added);
		spans_add(&patch->spans,
			(struct patch_span){run->kept, run->added, run->removed, false});
		passed += kept + added.len;
	}
	return patch;
}

/* The spans of `next` as edits: all that it inserts first, while what it deletes still
 * stands, so that each insertion finds its place among the deleted. */
void patch_compose(struct patch *patch, const struct patch *next)
{
	assert(patch != next);
	const struct spans *spans = &next->spans;
	size_t pos = 0, text = 0;
	CLEAN_BUF struct buf content = {0};
	for (size_t i = 0; i < spans_count(spans); i++) {
		const struct patch_span *span = spans_get(spans, i);
		pos += span->retained;
		buf_clear(&content);
		rope_add_range(next->text, text, span->inserted, &content);
		patch_splice(patch, pos, 0, buf_bytes(&content));
		pos += span->inserted + span->deleted;
		text += span->inserted;
	}
	pos = 0;
	for (size_t i = 0; i < spans_count(spans); i++) {
		const struct patch_span *span = spans_get(spans, i);
		pos += span->retained + span->inserted;
		patch_splice(patch, pos, span->deleted, (struct bytes){0});
	}
}

void patch_apply(const struct patch *patch, const struct rope *base, struct rope *out)
{
	const struct spans *spans = &patch->spans;
	size_t pos = 0, text = 0;
	for (size_t i = 0; i < spans_count(spans); i++) {
		const struct patch_span *span = spans_get(spans, i);
		rope_append_range(out, base, pos, span->retained);
		rope_append_range(out, patch->text, text, span->inserted);
		pos += span->retained + span->deleted;
		text += span->inserted;
	}
	rope_append_range(out, base, pos, rope_len(base) - pos);
}

void patch_effect(const struct patch *patch, struct log_id by, struct effect *out)
{
	spans_effect(&patch->spans, by, out);
}

bool patch_is_empty(const struct patch *patch)
{
	return spans_count(&patch->spans) == 0;
}

size_t patch_inserted(const struct patch *patch)
{
	return patch->spans.inserted;
}

size_t patch_deleted(const struct patch *patch)
{
	return patch->spans.deleted;
}

size_t patch_span_count(const struct patch *patch)
{
	return spans_count(&patch->spans);
}

size_t patch_base_len(const struct patch *patch)
{
	size_t len = 0, index = 0;
	struct patch_span span;
	while (patch_next(patch, &index, &span))
		len += span.retained + span.deleted;
	return len;
}

const struct rope *patch_text(const struct patch *patch)
{
	return patch->text;
}

static bool same_span(const struct patch_span *a, const struct patch_span *b)
{
	return a->retained == b->retained && a->inserted == b->inserted &&
	       a->deleted == b->deleted && a->after_gone == b->after_gone;
}

bool patch_equal(const struct patch *a, const struct patch *b)
{
	if (spans_count(&a->spans) != spans_count(&b->spans))
		return false;
	for (size_t i = 0; i < spans_count(&a->spans); i++) {
		if (!same_span(spans_get(&a->spans, i), spans_get(&b->spans, i)))
			return false;
	}
	return rope_equal(a->text, b->text);
}

size_t patch_memory(const struct patch *patch)
{
	return sizeof(*patch) + patch->spans.cap * sizeof(struct patch_span) +
	       rope_memory(patch->text);
}

bool patch_next(const struct patch *patch, size_t *index, struct patch_span *out)
{
	if (*index == spans_count(&patch->spans))
		return false;
	*out = *spans_get(&patch->spans, (*index)++);
	return true;
}

size_t patch_to_draft(const struct patch *patch, size_t base_pos)
{
	size_t base = 0, draft = 0, index = 0;
	struct patch_span span;
	while (patch_next(patch, &index, &span)) {
		if (base_pos <= base + span.retained)
			break;
		base += span.retained;
		draft += span.retained + span.inserted;
		if (base_pos < base + span.deleted)
			return draft;
		base += span.deleted;
	}
	return draft + (base_pos - base);
}

size_t patch_to_base(const struct patch *patch, size_t draft_pos)
{
	size_t base = 0, draft = 0, index = 0;
	struct patch_span span;
	while (patch_next(patch, &index, &span)) {
		if (draft_pos <= draft + span.retained)
			break;
		base += span.retained;
		draft += span.retained;
		if (draft_pos < draft + span.inserted)
			return base;
		base += span.deleted;
		draft += span.inserted;
	}
	return base + (draft_pos - draft);
}
