#include "core/base/utf8.h"

#include <string.h>

static bool continuation(uint8_t b)
{
	return (b & 0xc0) == 0x80;
}

bool utf8_next(struct bytes *rest, uint32_t *scalar)
{
	const uint8_t *p = rest->at;
	size_t len = rest->len;
	if (len == 0)
		return false;
	size_t width = p[0] < 0x80   ? 1
		       : p[0] < 0xc2 ? 0
		       : p[0] < 0xe0 ? 2
		       : p[0] < 0xf0 ? 3
		       : p[0] < 0xf5 ? 4
				     : 0;
	if (width == 0 || len < width)
		return false;
	uint32_t v = width == 1 ? p[0] : p[0] & (0x7fu >> width);
	for (size_t i = 1; i < width; i++) {
		if (!continuation(p[i]))
			return false;
		v = v << 6 | (p[i] & 0x3fu);
	}
	if ((width == 3 && (v < 0x800 || (v >= 0xd800 && v < 0xe000))) ||
		(width == 4 && (v < 0x10000 || v > 0x10ffff)))
		return false;
	*scalar = v;
	*rest = (struct bytes){p + width, len - width};
	return true;
}

bool utf8_valid(struct bytes text)
{
	while (text.len > 0) {
		/* Eight plain ASCII bytes at a time: no high bit, no zero byte. */
		while (text.len >= 8) {
			uint64_t w = 0;
			memcpy(&w, text.at, 8);
			if ((w & UINT64_C(0x8080808080808080)) != 0 ||
				((w - UINT64_C(0x0101010101010101)) & ~w &
					UINT64_C(0x8080808080808080)) != 0)
				break;
			text = (struct bytes){text.at + 8, text.len - 8};
		}
		uint32_t scalar = 0;
		if (text.len > 0 && (!utf8_next(&text, &scalar) || scalar == 0))
			return false;
	}
	return true;
}

static bool shows_nothing(uint32_t v)
{
	return (v >= 0x9 && v <= 0xd) || v == 0x20 || v == 0x85 || v == 0xa0 ||
	       v == 0x1680 || (v >= 0x2000 && v <= 0x200b) || v == 0x2028 ||
	       v == 0x2029 || v == 0x202f || v == 0x205f || v == 0x2060 || v == 0x3000 ||
	       v == 0xfeff;
}

bool utf8_blank(struct bytes text)
{
	uint32_t scalar = 0;
	while (utf8_next(&text, &scalar))
		if (!shows_nothing(scalar))
			return false;
	return text.len == 0;
}

size_t utf8_count(struct bytes text)
{
	/* Sixteen lanes of bytes at a time, as long as a lane cannot overflow: the
	 * compiler makes vector code of it. Continuation bytes are those below -64. */
	size_t count = 0, i = 0;
	while (text.len - i >= 16) {
		size_t end = text.len - i > 2048 ? i + 2048 : text.len;
		uint8_t lanes[16] = {0};
		for (; end - i >= 16; i += 16) {
			for (size_t k = 0; k < 16; k++)
				lanes[k] = (uint8_t)(lanes[k] +
						     ((int8_t)text.at[i + k] >= -64));
		}
		for (size_t k = 0; k < 16; k++)
			count += lanes[k];
	}
	for (; i < text.len; i++)
		count += !continuation(text.at[i]);
	return count;
}

/* How many of the 8 bytes begin a scalar value. */
static size_t count_in_8(const uint8_t *at)
{
	uint64_t w = 0;
	memcpy(&w, at, sizeof(w));
	uint64_t continued = (w >> 7) & (~w >> 6) & UINT64_C(0x0101010101010101);
	return 8 - (size_t)((continued * UINT64_C(0x0101010101010101)) >> 56);
}

size_t utf8_offset(struct bytes text, size_t index)
{
	size_t at = 0;
	/* Eight bytes hold at most 8, so that `index` stays above 0: none is passed. */
	while (index > 8 && text.len - at >= 8) {
		index -= count_in_8(text.at + at);
		at += 8;
	}
	for (; at < text.len; at++) {
		if (!continuation(text.at[at]) && index-- == 0)
			break;
	}
	return at;
}

size_t utf8_offset_back(struct bytes text, size_t count)
{
	size_t at = text.len;
	while (count > 8 && at >= 8) {
		at -= 8;
		count -= count_in_8(text.at + at);
	}
	while (count > 0)
		count -= !continuation(text.at[--at]);
	return text.len - at;
}

/* What wcwidth() does not know takes one column: better a ragged line than a lost one. */
void utf8_add(struct buf *buf, uint32_t scalar)
{
	if (scalar < 0x80) {
		buf_add_u8(buf, (uint8_t)scalar);
	} else if (scalar < 0x800) {
		buf_add_u8(buf, (uint8_t)(0xc0 | scalar >> 6));
		buf_add_u8(buf, (uint8_t)(0x80 | (scalar & 0x3f)));
	} else if (scalar < 0x10000) {
		buf_add_u8(buf, (uint8_t)(0xe0 | scalar >> 12));
		buf_add_u8(buf, (uint8_t)(0x80 | (scalar >> 6 & 0x3f)));
		buf_add_u8(buf, (uint8_t)(0x80 | (scalar & 0x3f)));
	} else {
		buf_add_u8(buf, (uint8_t)(0xf0 | scalar >> 18));
		buf_add_u8(buf, (uint8_t)(0x80 | (scalar >> 12 & 0x3f)));
		buf_add_u8(buf, (uint8_t)(0x80 | (scalar >> 6 & 0x3f)));
		buf_add_u8(buf, (uint8_t)(0x80 | (scalar & 0x3f)));
	}
}

struct bytes utf8_cut(struct bytes text, size_t max)
{
	if (text.len <= max)
		return text;
	while (max > 0 && continuation(text.at[max]))
		max--;
	return (struct bytes){text.at, max};
}

static bool drives_or_reorders(uint32_t v, bool lines)
{
	if (lines && (v == '\n' || v == '\t'))
		return false;
	return v < 0x20 || (v >= 0x7f && v < 0xa0) || v == 0x61c || v == 0x200e ||
	       v == 0x200f || (v >= 0x2028 && v <= 0x202e) ||
	       (v >= 0x2066 && v <= 0x2069);
}

void utf8_add_clean(struct buf *buf, struct bytes text, bool lines)
{
	uint32_t scalar = 0;
	size_t plain = 0;
	while (plain < text.len && text.at[plain] >= ' ' && text.at[plain] < 0x7f)
		plain++;
	buf_add(buf, (struct bytes){text.at, plain});
	text = (struct bytes){text.at + plain, text.len - plain};
	while (utf8_next(&text, &scalar))
		if (!drives_or_reorders(scalar, lines))
			utf8_add(buf, scalar);
}
