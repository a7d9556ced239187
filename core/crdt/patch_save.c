/*
 * patch_save() and patch_load(): the number of spans, then of each the retained, twice
 * the inserted plus `after_gone`, and the deleted characters, all LEB128; then all
 * inserted text.
 */
#include "core/crdt/patch_body.h"
#include "core/crdt/rope.h"

void patch_save(const struct patch *patch, struct buf *out)
{
	const struct spans *spans = &patch->spans;
	buf_add_varint(out, spans_count(spans));
	for (size_t i = 0; i < spans_count(spans); i++) {
		const struct patch_span *span = spans_get(spans, i);
		buf_add_varint(out, span->retained);
		buf_add_varint(out, (uint64_t)span->inserted * 2 + span->after_gone);
		buf_add_varint(out, span->deleted);
	}
	rope_add(patch->text, out);
}

static bool take(struct bytes *rest, uint32_t *out)
{
	uint64_t v = 0;
	if (!bytes_take_varint(rest, &v) || v > PATCH_MAX_BASE)
		return false;
	*out = (uint32_t)v;
	return true;
}

static bool take_span(struct bytes *rest, struct patch_span *span)
{
	uint32_t inserted = 0;
	if (!take(rest, &span->retained) || !take(rest, &inserted) ||
		!take(rest, &span->deleted))
		return false;
	span->inserted = inserted / 2;
	span->after_gone = inserted % 2 == 1;
	return span->inserted > 0 || (span->deleted > 0 && !span->after_gone);
}

/* Only the form that patch_save() writes is read, so that a patch has one saved form. */
static bool load_spans(struct bytes *rest, struct spans *spans)
{
	uint64_t count = 0;
	if (!bytes_take_varint(rest, &count) || count > rest->len / 3)
		return false;
	size_t base = 0;
	for (uint64_t i = 0; i < count; i++) {
		struct patch_span span = {0};
		if (!take_span(rest, &span))
			return false;
		spans_add(spans, span);
		base += (size_t)span.retained + span.deleted;
		if (spans_count(spans) != i + 1 || base > PATCH_MAX_BASE ||
			spans->inserted > rest->len)
			return false;
	}
	return true;
}

enum err patch_load(struct bytes saved, struct patch **out)
{
	*out = NULL;
	CLEANUP(patch_freep) struct patch *patch = patch_new();
	if (!load_spans(&saved, &patch->spans) || !utf8_valid(saved))
		return ERR_CORRUPT;
	rope_append(patch->text, saved);
	if (rope_len(patch->text) != patch->spans.inserted)
		return ERR_CORRUPT;
	*out = patch;
	patch = NULL;
	return OK;
}
