/*
 * Bytes as MessagePack. What the reader takes has one form: written again it is the same.
 * What it does not take fails whichever way it is read, and takes no memory.
 */
#include <assert.h>

#include "core/base/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_again(struct pack_reader *r, struct buf *out)
{
	struct pack_item item;
	if (pack_next(r, &item) != OK)
		return;
	size_t more = 0;
	switch (item.type) {
	case PACK_NIL:
		pack_nil(out);
		break;
	case PACK_BOOL:
		pack_bool(out, item.v.b);
		break;
	case PACK_UINT:
		pack_uint(out, item.v.u);
		break;
	case PACK_INT:
		pack_int(out, item.v.i);
		break;
	case PACK_NUMBER:
		pack_number(out, item.v.number);
		break;
	case PACK_TEXT:
		pack_text(out, item.v.bytes);
		break;
	case PACK_BIN:
		pack_bin(out, item.v.bytes);
		break;
	case PACK_ARRAY:
		pack_array(out, item.v.count);
		more = item.v.count;
		break;
	case PACK_MAP:
		pack_map(out, item.v.count);
		more = 2 * item.v.count;
		break;
	}
	for (size_t i = 0; i < more && !r->failed; i++)
		write_again(r, out);
}

/* Item by item: what fails once stays failed, and what does not moves on. */
static void read_on(struct bytes input)
{
	struct pack_reader r = pack_read(input);
	struct pack_item item;
	enum pack_type type;
	while (!pack_done(&r)) {
		size_t before = r.rest.len;
		bool seen = pack_peek(&r, &type);
		enum err e = pack_next(&r, &item);
		assert(seen == (e == OK) && (!seen || type == item.type));
		if (e != OK) {
			assert(r.failed && pack_read_uint(&r, UINT64_MAX) == 0);
			assert(pack_read_any(&r).len == 0);
			return;
		}
		assert(r.rest.len < before);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = {data, size};
	read_on(input);
	struct pack_reader r = pack_read(input);
	struct bytes whole = pack_read_any(&r);
	assert(pack_valid(input) == (!r.failed && whole.len == size));
	if (r.failed)
		return 0;
	CLEAN_BUF struct buf again = {0};
	struct pack_reader inner = pack_read(whole);
	write_again(&inner, &again);
	assert(pack_done(&inner) && bytes_equal(buf_bytes(&again), whole));
	return 0;
}
