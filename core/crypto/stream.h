/*
 * A long content sealed chunk by chunk, so that cutting, swapping or repeating chunks is
 * noticed, and so is an end that is not the end: libsodium's secretstream
 * (XChaCha20-Poly1305). The body of a bundle (SECURITY §4.6).
 *
 * A chunk's box carries no length: the caller cuts the file into pieces of
 * STREAM_BOX(STREAM_CHUNK) bytes; what is left over is the last one.
 */
#ifndef KITH_CRYPTO_STREAM_H
#define KITH_CRYPTO_STREAM_H

#include "core/crypto/keys.h"

#define STREAM_HEADER   24
#define STREAM_CHUNK    65536 /* plain bytes in each chunk but the last */
#define STREAM_OVERHEAD 17
#define STREAM_BOX(len) ((len) + STREAM_OVERHEAD)

/* Either side. Holds a key; in locked memory. */
struct stream;

struct stream *stream_new_writer(const struct secret *key, uint8_t header[STREAM_HEADER]);
struct stream *stream_new_reader(
	const struct secret *key, const uint8_t header[STREAM_HEADER]);
void stream_free(struct stream *stream);
void stream_freep(struct stream **stream);

/* Append the box of the next chunk (at most STREAM_CHUNK bytes) to `box`. Nothing may
 * follow the last one. */
void stream_seal(struct stream *stream, struct bytes plain, bool last, struct buf *box);

/*
 * Open the next box, append what is in it to `plain`, and say whether it was the last.
 *
 * Errors: ERR_CORRUPT too short; ERR_TOO_BIG; ERR_AUTH when it is not the next box;
 * ERR_CLOSED after the last one or after an error. `plain` is unchanged then.
 */
MUST_USE enum err stream_open(
	struct stream *stream, struct bytes box, struct buf *plain, bool *last);

#endif
