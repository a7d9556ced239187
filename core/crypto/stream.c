#include "core/crypto/stream.h"

#include <assert.h>
#include <sodium.h>

_Static_assert(STREAM_HEADER == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "");
_Static_assert(STREAM_OVERHEAD == crypto_secretstream_xchacha20poly1305_ABYTES, "");

struct stream {
	crypto_secretstream_xchacha20poly1305_state state;
	bool over; /* the last chunk went through, or an error */
};

struct stream *stream_new_writer(const struct secret *key, uint8_t header[STREAM_HEADER])
{
	struct stream *stream = locked_new(sizeof *stream);
	(void)crypto_secretstream_xchacha20poly1305_init_push(
		&stream->state, header, key->b);
	return stream;
}

struct stream *stream_new_reader(
	const struct secret *key, const uint8_t header[STREAM_HEADER])
{
	struct stream *stream = locked_new(sizeof *stream);
	(void)crypto_secretstream_xchacha20poly1305_init_pull(
		&stream->state, header, key->b);
	return stream;
}

void stream_free(struct stream *stream)
{
	locked_free(stream);
}

void stream_freep(struct stream **stream)
{
	stream_free(*stream);
}

void stream_seal(struct stream *stream, struct bytes plain, bool last, struct buf *box)
{
	assert(!stream->over && plain.len <= STREAM_CHUNK);
	(void)crypto_secretstream_xchacha20poly1305_push(&stream->state,
		buf_extend(box, STREAM_BOX(plain.len)), NULL, plain.at, plain.len, NULL,
		0,
		last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
		     : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
	stream->over = last;
}

static enum err pull(
	struct stream *stream, struct bytes box, struct buf *plain, bool *last)
{
	if (box.len < STREAM_OVERHEAD)
		return ERR_CORRUPT;
	if (box.len > STREAM_BOX(STREAM_CHUNK))
		return ERR_TOO_BIG;
	size_t len = box.len - STREAM_OVERHEAD;
	size_t before = plain->len;
	unsigned char tag = 0;
	if (crypto_secretstream_xchacha20poly1305_pull(&stream->state,
		    buf_extend(plain, len), NULL, &tag, box.at, box.len, NULL, 0) != 0) {
		plain->len = before;
		return ERR_AUTH;
	}
	*last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
	return OK;
}

enum err stream_open(
	struct stream *stream, struct bytes box, struct buf *plain, bool *last)
{
	*last = false;
	if (stream->over)
		return ERR_CLOSED;
	enum err e = pull(stream, box, plain, last);
	stream->over = e != OK || *last;
	return e;
}
