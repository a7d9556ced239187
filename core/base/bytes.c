#include "core/base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

bool size_add_overflows(size_t a, size_t b, size_t *sum)
{
	return __builtin_add_overflow(a, b, sum);
}

bool size_mul_overflows(size_t a, size_t b, size_t *product)
{
	return __builtin_mul_overflow(a, b, product);
}

struct bytes bytes_text(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.at, b.at, len) : 0;
	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool bytes_take(struct bytes *rest, size_t len, struct bytes *out)
{
	if (rest->len < len)
		return false;
	*out = (struct bytes){rest->at, len};
	if (len > 0)
		*rest = (struct bytes){rest->at + len, rest->len - len};
	return true;
}

bool bytes_take_into(struct bytes *rest, void *out, size_t len)
{
	struct bytes part;
	if (!bytes_take(rest, len, &part))
		return false;
	if (len > 0)
		memcpy(out, part.at, len);
	return true;
}

static bool take_big_endian(struct bytes *rest, size_t len, uint64_t *out)
{
	struct bytes part;
	if (!bytes_take(rest, len, &part))
		return false;
	*out = 0;
	for (size_t i = 0; i < len; i++)
		*out = *out << 8 | part.at[i];
	return true;
}

bool bytes_take_u8(struct bytes *rest, uint8_t *out)
{
	return bytes_take_into(rest, out, 1);
}

bool bytes_take_u16(struct bytes *rest, uint16_t *out)
{
	uint64_t v = 0;
	bool ok = take_big_endian(rest, 2, &v);
	*out = (uint16_t)v;
	return ok;
}

bool bytes_take_u32(struct bytes *rest, uint32_t *out)
{
	uint64_t v = 0;
	bool ok = take_big_endian(rest, 4, &v);
	*out = (uint32_t)v;
	return ok;
}

bool bytes_take_u64(struct bytes *rest, uint64_t *out)
{
	*out = 0;
	return take_big_endian(rest, 8, out);
}

bool bytes_take_varint_any(struct bytes *rest, uint64_t *out)
{
	uint64_t v = 0;
	for (size_t i = 0; i < rest->len && i < 10; i++) {
		uint8_t b = rest->at[i];
		if (i == 9 && b > 1)
			return false;
		v |= (uint64_t)(b & 0x7f) << (7 * i);
		if ((b & 0x80) == 0) {
			if (b == 0 && i > 0)
				return false; /* a longer form of a shorter number */
			*rest = (struct bytes){rest->at + i + 1, rest->len - i - 1};
			*out = v;
			return true;
		}
	}
	return false;
}

static void buf_grow(struct buf *buf, size_t more)
{
	size_t need = 0;
	if (size_add_overflows(buf->len, more, &need))
		need = SIZE_MAX; /* ends the program below */
	size_t cap = buf->cap < 64 ? 64 : buf->cap;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	buf->at = mem_resize(buf->at, cap, 1);
	buf->cap = cap;
}

static inline void buf_reserve(struct buf *buf, size_t more)
{
	if (buf->cap - buf->len < more)
		buf_grow(buf, more);
}

uint8_t *buf_extend(struct buf *buf, size_t len)
{
	buf_reserve(buf, len > 0 ? len : 1); /* a place for no bytes is one, too */
	uint8_t *at = buf->at + buf->len;
	buf->len += len;
	return at;
}

void buf_add_raw(struct buf *buf, const void *at, size_t len)
{
	if (len > 0)
		memcpy(buf_extend(buf, len), at, len);
}

void buf_add(struct buf *buf, struct bytes bytes)
{
	buf_add_raw(buf, bytes.at, bytes.len);
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, bytes_text(text));
}

static void add_big_endian(struct buf *buf, uint64_t v, size_t len)
{
	uint8_t *at = buf_extend(buf, len);
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(v >> (8 * (len - 1 - i)));
}

void buf_add_u8(struct buf *buf, uint8_t v)
{
	*buf_extend(buf, 1) = v;
}

void buf_add_u16(struct buf *buf, uint16_t v)
{
	add_big_endian(buf, v, 2);
}

void buf_add_u32(struct buf *buf, uint32_t v)
{
	add_big_endian(buf, v, 4);
}

void buf_add_u64(struct buf *buf, uint64_t v)
{
	add_big_endian(buf, v, 8);
}

void buf_add_varint(struct buf *buf, uint64_t v)
{
	while (v >= 0x80) {
		buf_add_u8(buf, (uint8_t)(v | 0x80));
		v >>= 7;
	}
	buf_add_u8(buf, (uint8_t)v);
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len > 0) {
		buf_reserve(buf, (size_t)len + 1);
		(void)vsnprintf(
			(char *)buf->at + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void buf_drop_front(struct buf *buf, size_t len)
{
	if (len >= buf->len) {
		buf->len = 0;
		return;
	}
	if (len == 0)
		return;
	memmove(buf->at, buf->at + len, buf->len - len);
	buf->len -= len;
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
}

struct bytes buf_bytes(const struct buf *buf)
{
	return (struct bytes){buf->at, buf->len};
}

const char *buf_text(struct buf *buf)
{
	buf_reserve(buf, 1);
	buf->at[buf->len] = 0;
	return (const char *)buf->at;
}

void buf_release(struct buf *buf)
{
	mem_free(buf->at);
	*buf = (struct buf){0};
}
