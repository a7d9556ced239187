/*
 * text_save() and text_load(): a form byte (1); a sum of what follows; the text, its
 * bytes first; the columns of the event graph.
 *
 * Loading copies: the columns are read when a change arrives. What damage could have done
 * to them meanwhile the sum shows at once, and reading them checks everything again. (The
 * sum is no seal: records are sealed by the store.)
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/crdt/text_columns.h"

#define FORM 1u

/* Four lanes of 64-bit words, each a step of multiplying and mixing: one flipped bit
 * changes half of the sum. */
static uint64_t mix(uint64_t sum, uint64_t word)
{
	sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return sum ^ sum >> 29;
}

static uint64_t sum_of(struct bytes bytes)
{
	uint64_t lanes[4] = {bytes.len, 1, 2, 3};
	const uint8_t *at = bytes.at;
	size_t rest = bytes.len;
	for (; rest >= sizeof(lanes); at += sizeof(lanes), rest -= sizeof(lanes)) {
		uint64_t words[4];
		memcpy(words, at, sizeof(words));
		for (size_t i = 0; i < 4; i++)
			lanes[i] = mix(lanes[i], words[i]);
	}
	uint64_t words[4] = {0};
	if (rest > 0)
		memcpy(words, at, rest);
	for (size_t i = 0; i < 4; i++)
		lanes[0] = mix(lanes[0], mix(lanes[i], words[i]));
	return lanes[0];
}

/* The graph as its columns again: whoever saves has changed for now what they had to, and
 * a text at rest costs little more than it is long. */
static void pack(const struct text *unpacked)
{
	struct text *text = unpacked->cache->text;
	if (text->packed.len > 0)
		return;
	CLEAN_BUF struct buf columns = {0};
	columns_save(&text->graph, &columns);
	text_forget_walk(text);
	graph_release(&text->graph);
	text->packed =
		(struct buf){mem_copy(columns.at, columns.len), columns.len, columns.len};
}

void text_save(const struct text *text, struct buf *out)
{
	pack(text);
	buf_add_u8(out, FORM);
	size_t start = out->len;
	buf_add_u64(out, 0);
	buf_add_varint(out, rope_bytes(text->rope));
	rope_add(text->rope, out);
	buf_add(out, buf_bytes(&text->packed));
	uint64_t sum = sum_of((struct bytes){out->at + start + 8, out->len - start - 8});
	for (size_t i = 0; i < 8; i++)
		out->at[start + i] = (uint8_t)(sum >> (56 - 8 * i));
}

static bool load(struct bytes saved, struct text *text)
{
	uint8_t form = 0;
	uint64_t sum = 0, bytes = 0;
	struct bytes visible;
	if (!bytes_take_u8(&saved, &form) || form != FORM ||
		!bytes_take_u64(&saved, &sum) || sum != sum_of(saved) ||
		!bytes_take_varint(&saved, &bytes) || bytes > saved.len ||
		!bytes_take(&saved, (size_t)bytes, &visible) || saved.len == 0 ||
		!utf8_valid(visible))
		return false;
	rope_append(text->rope, visible);
	text->packed = (struct buf){mem_copy(saved.at, saved.len), saved.len, saved.len};
	return true;
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

enum err text_unpack(const struct text *packed)
{
	struct text *text = packed->cache->text;
	if (text->packed.len == 0)
		return OK;
	uint32_t len = 0;
	if (!columns_load(buf_bytes(&text->packed), NULL, text, &len) ||
		len != rope_len(text->rope)) {
		graph_release(&text->graph);
		return ERR_CORRUPT;
	}
	buf_release(&text->packed);
	return OK;
}
