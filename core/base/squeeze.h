/*
 * Compression of bytes, for content that is worth it: Brotli (RFC 7932). It is small on
 * short text, of which a change mostly is: it brings a dictionary of its own.
 *
 * The length of what was compressed is told apart from it and checked before any memory
 * is taken: squeezed bytes never say how much they will be.
 */
#ifndef KITH_BASE_SQUEEZE_H
#define KITH_BASE_SQUEEZE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

/* Append `bytes` compressed as far as it goes: about 2 ms a KiB. */
void squeeze(struct bytes bytes, struct buf *out);

/* The same a hundred times as fast, and a tenth larger: for what is written often. */
void squeeze_quickly(struct bytes bytes, struct buf *out);

/*
 * Exactly `len` bytes into `out`. Takes no more memory than a small multiple of `len`.
 * Errors: ERR_CORRUPT when they are more or fewer, or anything follows.
 */
MUST_USE enum err unsqueeze(struct bytes squeezed, uint8_t *out, size_t len);

#endif
