#include "core/base/squeeze.h"

#include <assert.h>
#include <brotli/decode.h>
#include <brotli/encode.h>

#include "core/base/mem.h"

/* The greatest but one that is quick: from 9 on it takes a hundred times as long. */
#define QUICK_QUALITY 7

static void squeeze_as(struct bytes bytes, int quality, struct buf *out)
{
	size_t room = BrotliEncoderMaxCompressedSize(bytes.len), start = out->len;
	uint8_t *to = buf_extend(out, room);
	/* A window as large as the input: the decoder takes memory for it. */
	int window = BROTLI_MIN_WINDOW_BITS;
	while (window < BROTLI_MAX_WINDOW_BITS && ((size_t)1 << window) - 16 < bytes.len)
		window++;
	BROTLI_BOOL ok = BrotliEncoderCompress(
		quality, window, BROTLI_MODE_GENERIC, bytes.len, bytes.at, &room, to);
	assert(ok == BROTLI_TRUE);
	out->len = start + room;
}

void squeeze(struct bytes bytes, struct buf *out)
{
	squeeze_as(bytes, BROTLI_MAX_QUALITY, out);
}

void squeeze_quickly(struct bytes bytes, struct buf *out)
{
	squeeze_as(bytes, QUICK_QUALITY, out);
}

static void *take(void *opaque, size_t size)
{
	(void)opaque;
	return mem_resize(NULL, size, 1);
}

static void give(void *opaque, void *p)
{
	(void)opaque;
	mem_free(p);
}

enum err unsqueeze(struct bytes squeezed, uint8_t *out, size_t len)
{
	BrotliDecoderState *state = BrotliDecoderCreateInstance(take, give, NULL);
	assert(state != NULL);
	size_t in = squeezed.len, room = len;
	BrotliDecoderResult result = BrotliDecoderDecompressStream(
		state, &in, &squeezed.at, &room, &out, NULL);
	BrotliDecoderDestroyInstance(state);
	bool ok = result == BROTLI_DECODER_RESULT_SUCCESS && in == 0 && room == 0;
	return ok ? OK : ERR_CORRUPT;
}
