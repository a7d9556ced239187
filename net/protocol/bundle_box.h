/*
 * The sealed outside of a bundle: a file for the devices of one partner, which tells
 * nobody else anything but its size. A machine without I/O on either side; what is said
 * inside is net/protocol/bundle.h's.
 *
 *	"KITHB1" | u8 n | n × stanza[80] | mac[32] | stream header[24] | chunks
 *
 * A stanza is one message of Noise_Kpsk0 from the writer's device to one of the readers',
 * psk the pair's bundle key, prologue "kith/bundle/1"; its payload is the file key. There
 * are 4, 8 or 16 of them in random order; those for nobody are random and look alike. The
 * mac is keyed by the file key and covers all before it. The content is a secretstream of
 * chunks of 64 KiB (core/crypto/stream.h) whose last one is marked; cutting, swapping or
 * repeating them is noticed. The content is
 *
 *	u16 length ‖ versions (wire.h) ‖ records: u8 kind ‖ u32 length ‖ bytes
 *
 * and after the record BUNDLE_END zeros, to a power of two from 1 KiB or whole chunks, so
 * that few lengths of file are ever seen.
 *
 * One way has its price: whoever takes a reader's device key and the pair's root opens
 * every bundle ever written to that device, and could write one to it (Noise §7.7).
 *
 * Source: SECURITY §4.6; after age's format (https://age-encryption.org/v1).
 */
#ifndef KITH_PROTOCOL_BUNDLE_BOX_H
#define KITH_PROTOCOL_BUNDLE_BOX_H

#include "core/crypto/keys.h"
#include "core/notebook/trail.h"

#define BUNDLE_STANZA      80
#define BUNDLE_STANZAS_MAX 16u
#define BUNDLE_RECORD_MAX  (UINT32_C(4) << 20)
#define BUNDLE_PAD_MIN     1024u

/* Bytes of content, padding included: what a reader takes at most. The reading of one
 * file is one transaction, which keeps in memory what it changes: 10,000 short pages are
 * 3.5 MiB in the file and 60 MiB in memory (tests/bench/bench_bundle.c). */
#define BUNDLE_CONTENT_MAX ((size_t)16 << 20)
/* And of a file: content, 17 bytes for each 64 KiB of it, head. */
#define BUNDLE_FILE_MAX (BUNDLE_CONTENT_MAX + BUNDLE_CONTENT_MAX / 2048)

/* Whether a file that begins with these bytes is a bundle, of whatever version; at least
 * 6 bytes. */
bool bundle_looks_so(struct bytes beginning);

/* ---- Writing. */

/* One device of the partner, under one root of the pair. */
struct bundle_reader_key {
	struct dh_public device;
	struct secret psk; /* pair_bundle_key() */
};

struct bundle_writer;

/* Append the head for `count` keys, from 1 to BUNDLE_STANZAS_MAX. `id`: its name. */
struct bundle_writer *bundle_writer_new(const struct dh_secret *own,
	const struct bundle_reader_key *keys, size_t count, struct buf *out,
	struct bundle_id *id);
void bundle_writer_free(struct bundle_writer *writer);

/* Append what is whole of the file when this record, at most BUNDLE_RECORD_MAX, is in. */
void bundle_writer_add(
	struct bundle_writer *writer, uint8_t kind, struct bytes record, struct buf *out);
/* Bytes of content so far. */
size_t bundle_writer_len(const struct bundle_writer *writer);
/* Append the rest of the file. Nothing may follow. */
void bundle_writer_end(struct bundle_writer *writer, struct buf *out);

/* ---- Reading. */

/* One device that may have written it, under one root of that pair. */
struct bundle_writer_key {
	struct dh_public device;
	struct secret psk;
	size_t tag; /* the caller's own */
};

#define BUNDLE_END 0 /* the kind of the last record; never given out */

struct bundle_record {
	uint8_t kind;
	struct bytes bytes; /* borrowed until the next call */
};

struct bundle_reader;

/* `keys` are lent for the life of the reader. */
struct bundle_reader *bundle_reader_new(
	const struct dh_secret *own, const struct bundle_writer_key *keys, size_t count);
void bundle_reader_free(struct bundle_reader *reader);

/* The next bytes of the file; all records are to be taken out before more are given. */
void bundle_reader_recv(struct bundle_reader *reader, struct bytes bytes);
/* That was all of it. */
void bundle_reader_end(struct bundle_reader *reader);

/*
 * The next record; `got` false where more bytes are needed, or, after
 * bundle_reader_end(), where it was read whole.
 *
 * Errors: ERR_CORRUPT, not a bundle, damaged or cut short; ERR_VERSION, of a newer kith;
 * ERR_AUTH, not for this device or of nobody known; ERR_TOO_BIG. The same again then.
 */
MUST_USE enum err bundle_reader_next(struct bundle_reader *reader,
	struct bundle_record *out, bool *got, struct why *why);

/* Once there was a record: the key that opened it, and the bundle's name. */
const struct bundle_writer_key *bundle_reader_key(const struct bundle_reader *reader);
struct bundle_id bundle_reader_id(const struct bundle_reader *reader);

/* The name in the head of one that did not open; false where there is no whole head. To
 * know one's own again. */
bool bundle_reader_name(const struct bundle_reader *reader, struct bundle_id *out);

#endif
