/*
 * text_save() and text_load(): a form byte (1); the text, its bytes first; the columns of
 * the event graph.
 */
#include "core/base/utf8.h"
#include "core/crdt/text_columns.h"

#define FORM 1u

void text_save(const struct text *text, struct buf *out)
{
	buf_add_u8(out, FORM);
	buf_add_varint(out, rope_bytes(text->rope));
	rope_add(text->rope, out);
	columns_save(&text->graph, out);
}

static bool load(struct bytes saved, struct text *text)
{
	uint8_t form = 0;
	uint64_t bytes = 0;
	struct bytes visible;
	uint32_t len = 0;
	if (!bytes_take_u8(&saved, &form) || form != FORM ||
		!bytes_take_varint(&saved, &bytes) || bytes > saved.len ||
		!bytes_take(&saved, (size_t)bytes, &visible) || !utf8_valid(visible) ||
		!columns_load(saved, NULL, text, &len))
		return false;
	rope_append(text->rope, visible);
	return rope_len(text->rope) == len;
}

enum err text_load(struct bytes saved, struct text **out)
{
	*out = NULL;
	struct text *text = text_new();
	if (!load(saved, text)) {
		text_free(text);
		return ERR_CORRUPT;
	}
	*out = text;
	return OK;
}
