/*
 * Borrowed slices of bytes, a growable buffer, and sums that cannot wrap.
 *
 * Received bytes are read only through bytes_take() and its kin and through
 * core/base/pack.h; nobody else does pointer arithmetic on them.
 */
#ifndef KITH_BASE_BYTES_H
#define KITH_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else owns. A value: copy it freely. */
struct bytes {
	const uint8_t *at;
	size_t len;
};

#define BYTES_OF(array) ((struct bytes){(array), sizeof(array)})

struct bytes bytes_text(const char *text); /* without the closing NUL */
bool bytes_equal(struct bytes a, struct bytes b);
int bytes_compare(struct bytes a, struct bytes b); /* as memcmp, shorter first */

/* Each takes from the front of `rest` and moves it on; false, and nothing moved, when
 * short. */
bool bytes_take(struct bytes *rest, size_t len, struct bytes *out);
bool bytes_take_into(struct bytes *rest, void *out, size_t len);
bool bytes_take_u8(struct bytes *rest, uint8_t *out);
bool bytes_take_u16(struct bytes *rest, uint16_t *out); /* big endian, as all below */
bool bytes_take_u32(struct bytes *rest, uint32_t *out);
bool bytes_take_u64(struct bytes *rest, uint64_t *out);
/* Variable-length unsigned integer (LEB128), shortest form only. */
bool bytes_take_varint_any(struct bytes *rest, uint64_t *out);

/* Most are of one byte. */
static inline bool bytes_take_varint(struct bytes *rest, uint64_t *out)
{
	if (rest->len == 0 || *rest->at >= 0x80)
		return bytes_take_varint_any(rest, out);
	*out = *rest->at;
	*rest = (struct bytes){rest->at + 1, rest->len - 1};
	return true;
}

/* A buffer that grows. A zeroed one is empty. Owns `at`; release with buf_release(). */
struct buf {
	uint8_t *at;
	size_t len, cap;
};

void buf_add(struct buf *buf, struct bytes bytes);
void buf_add_raw(struct buf *buf, const void *at, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_u8(struct buf *buf, uint8_t v);
void buf_add_u16(struct buf *buf, uint16_t v);
void buf_add_u32(struct buf *buf, uint32_t v);
void buf_add_u64(struct buf *buf, uint64_t v);
void buf_add_varint(struct buf *buf, uint64_t v);
void buf_add_format(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Room for `len` more bytes at the end, counted as content; the caller fills it. Never
 * NULL, for 0 bytes too. */
uint8_t *buf_extend(struct buf *buf, size_t len);
void buf_drop_front(struct buf *buf, size_t len);
void buf_clear(struct buf *buf); /* keeps the memory */
struct bytes buf_bytes(const struct buf *buf);
/* The content with a closing NUL that is not counted; valid until the next change. */
const char *buf_text(struct buf *buf);
void buf_release(struct buf *buf);

#define CLEAN_BUF __attribute__((cleanup(buf_release)))

bool size_add_overflows(size_t a, size_t b, size_t *sum);
bool size_mul_overflows(size_t a, size_t b, size_t *product);

#endif
