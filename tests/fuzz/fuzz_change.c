/* The bytes of a change: what is read at all is read as what it says when written again;
 * and what it takes is bounded. */
#include <assert.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/change.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct text_change *a, const struct text_change *b)
{
	assert(a->count == b->count && bytes_equal(a->text, b->text));
	for (size_t i = 0; i < a->count; i++)
		assert(a->ops[i].is_insert == b->ops[i].is_insert &&
			a->ops[i].pos == b->ops[i].pos && a->ops[i].len == b->ops[i].len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEAN_ARENA struct arena arena = {0};
	CLEAN_BUF struct buf again = {0};
	struct text_change change, read;
	enum err e = text_change_decode((struct bytes){data, size}, &arena, &change);
	if (e != OK) {
		assert(e == ERR_CORRUPT || e == ERR_TOO_BIG);
		assert(change.count == 0 && change.text.len == 0);
		return 0;
	}
	size_t inserted = 0;
	for (size_t i = 0; i < change.count; i++) {
		assert(change.ops[i].len > 0 && change.ops[i].pos <= CHANGE_PLACE_MAX);
		inserted += change.ops[i].is_insert ? change.ops[i].len : 0;
	}
	assert(utf8_valid(change.text) && utf8_count(change.text) == inserted);
	text_change_encode(&change, &again);
	assert(text_change_decode(buf_bytes(&again), &arena, &read) == OK);
	check_same(&change, &read);
	return 0;
}
