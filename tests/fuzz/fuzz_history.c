/* The columns of an event graph and all inserted text, as they are in a history before it
 * is squeezed: first how many bytes are columns, then those, then the text. */
#include <assert.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/text_columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = {data, size}, columns;
	uint8_t bytes = 0;
	uint32_t len = 0;
	if (!bytes_take_u8(&rest, &bytes) || !bytes_take(&rest, bytes, &columns) ||
		!utf8_valid(rest))
		return 0;
	struct text *text = text_new(), *loaded = NULL;
	if (!columns_load(columns, &rest, text, &len)) {
		text_free(text);
		return 0;
	}
	assert(len == text_len(text));
	/* What can be merged can be saved, loaded and added to. */
	CLEAN_BUF struct buf saved = {0};
	CLEAN_VECTOR struct vector none = {0};
	struct text_op op = {true, 0, 1};
	struct text_change change = {&op, 1, bytes_text("x")};
	text_save(text, &saved);
	enum err e = text_load(buf_bytes(&saved), &loaded);
	assert(e == OK && rope_equal(text_rope(text), text_rope(loaded)));
	/* A log of that name may be among what was loaded: then both refuse alike. */
	e = text_apply(text, (struct log_id){"new"}, 1, &none, &change, NULL);
	assert(text_apply(loaded, (struct log_id){"new"}, 1, &none, &change, NULL) == e);
	assert(rope_equal(text_rope(text), text_rope(loaded)));
	text_free(text);
	text_free(loaded);
	return 0;
}
