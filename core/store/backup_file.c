#include "core/store/backup_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/crypto/stream.h"
#include "core/store/trouble.h"

static const char magic[8] = "kithbak";

#define VERSION   1u
#define HEADER_AT (sizeof magic + 4u)
#define FRONT_LEN (HEADER_AT + HEADER_COPY)
#define BODY_AT   (FRONT_LEN + STREAM_HEADER)
#define VALUE_MAX (seal_len(STORE_VALUE_MAX) + OWNER_LEN)
#define BOX_LEN   STREAM_BOX((size_t)STREAM_CHUNK)

/* The stream begins with it: a front of one backup before the body of another is none. */
static struct hash hash_front(const uint8_t front[FRONT_LEN])
{
	struct bytes parts[] = {{front, FRONT_LEN}};
	return hash_of("kith/backup/1", parts, 1);
}

/* ---- Writing. */

struct backup_writer {
	int fd;
	off_t at;              /* end of what was written */
	struct stream *stream; /* NULL after the last chunk */
	struct buf plain;      /* less than a chunk, between calls */
	struct buf box;
	uint64_t records;
};

static enum err write_out(struct backup_writer *w, struct bytes bytes)
{
	while (bytes.len > 0) {
		ssize_t done = pwrite(w->fd, bytes.at, bytes.len, w->at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return trouble_of(done < 0 ? errno : EIO, w->fd);
		struct bytes gone;
		(void)bytes_take(&bytes, (size_t)done, &gone);
		w->at += done;
	}
	return OK;
}

static enum err write_chunk(struct backup_writer *w, struct bytes plain, bool last)
{
	buf_clear(&w->box);
	stream_seal(w->stream, plain, last, &w->box);
	return write_out(w, buf_bytes(&w->box));
}

/* Whole chunks only, and never the last one: the end makes that. */
static enum err add(struct backup_writer *w, struct bytes bytes)
{
	struct bytes part;
	enum err e = OK;
	while (e == OK && w->plain.len + bytes.len > STREAM_CHUNK) {
		(void)bytes_take(&bytes, STREAM_CHUNK - w->plain.len, &part);
		buf_add(&w->plain, part);
		e = write_chunk(w, buf_bytes(&w->plain), false);
		buf_clear(&w->plain);
	}
	buf_add(&w->plain, bytes);
	return e;
}

void backup_writer_free(struct backup_writer *w)
{
	if (w == NULL)
		return;
	stream_free(w->stream);
	buf_release(&w->plain);
	buf_release(&w->box);
	mem_free(w);
}

void backup_writer_freep(struct backup_writer **w)
{
	backup_writer_free(*w);
	*w = NULL;
}

enum err backup_write(int fd, const struct header *header, const struct store_keys *keys,
	uint64_t made_s, struct backup_writer **out)
{
	CLEAN_BUF struct buf front = {0};
	buf_add_raw(&front, magic, sizeof magic);
	buf_add_u32(&front, VERSION);
	header_pack(header, keys, buf_extend(&front, HEADER_COPY));
	struct hash hash = hash_front(front.at);

	struct backup_writer *w = mem_new(sizeof *w);
	w->fd = fd;
	w->stream = stream_new_writer(&keys->backup, buf_extend(&front, STREAM_HEADER));
	buf_add(&w->plain, BYTES_OF(hash.b));
	buf_add_u64(&w->plain, made_s);
	enum err e = write_out(w, buf_bytes(&front));
	if (e != OK)
		backup_writer_freep(&w);
	*out = w;
	return e;
}

enum err backup_put(
	struct backup_writer *w, const uint8_t name[NAME_LEN], struct bytes value)
{
	CLEAN_BUF struct buf head = {0};
	buf_add_u32(&head, (uint32_t)value.len);
	buf_add_raw(&head, name, NAME_LEN);
	w->records++;
	enum err e = add(w, buf_bytes(&head));
	return e == OK ? add(w, value) : e;
}

/* Zeros to a whole chunk: the length tells the size of a store to 64 KiB. */
enum err backup_end(struct backup_writer *w, uint64_t *bytes)
{
	CLEAN_BUF struct buf end = {0};
	buf_add_u32(&end, 0);
	buf_add_u64(&end, w->records);
	enum err e = add(w, buf_bytes(&end));
	size_t rest = STREAM_CHUNK - w->plain.len;
	memset(buf_extend(&w->plain, rest), 0, rest);
	if (e == OK)
		e = write_chunk(w, buf_bytes(&w->plain), true);
	*bytes = (uint64_t)w->at;
	if (e == OK && fsync(w->fd) != 0)
		e = trouble_of(errno, w->fd);
	return e;
}

/* ---- Reading. */

struct backup_reader {
	int fd;
	off_t at; /* of the next box */
	uint8_t front[FRONT_LEN];
	uint8_t stream_header[STREAM_HEADER];
	struct header header;
	struct store_keys *keys; /* in locked memory; NULL: not unlocked */
	struct stream *stream;
	struct buf plain; /* opened and not yet taken: from `taken` on */
	size_t taken;
	bool last; /* the last box was opened */
	uint64_t made_s, records;
	struct buf box;
};

/* Exactly `len` bytes, or false. */
static bool read_at(int fd, void *out, size_t len, off_t at)
{
	uint8_t *to = out;
	for (size_t have = 0; have < len;) {
		ssize_t got = pread(fd, to + have, len - have, at + (off_t)have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

void backup_reader_free(struct backup_reader *r)
{
	if (r == NULL)
		return;
	stream_free(r->stream);
	locked_free(r->keys);
	buf_release(&r->plain);
	buf_release(&r->box);
	mem_free(r);
}

void backup_reader_freep(struct backup_reader **r)
{
	backup_reader_free(*r);
	*r = NULL;
}

static enum err read_front(struct backup_reader *r)
{
	uint32_t version = 0;
	if (!read_at(r->fd, r->front, sizeof magic, 0) ||
		memcmp(r->front, magic, sizeof magic) != 0)
		return ERR_FOREIGN;
	if (!read_at(r->fd, r->front, FRONT_LEN, 0) ||
		!read_at(r->fd, r->stream_header, STREAM_HEADER, FRONT_LEN))
		return ERR_DAMAGED;
	struct bytes number = {r->front + sizeof magic, 4};
	(void)bytes_take_u32(&number, &version);
	if (version != VERSION)
		return ERR_VERSION;
	enum err e = header_unpack(r->front + HEADER_AT, NULL, &r->header);
	return e == OK || e == ERR_VERSION ? e : ERR_DAMAGED;
}

enum err backup_read(int fd, struct backup_reader **out)
{
	struct backup_reader *r = mem_new(sizeof *r);
	r->fd = fd;
	enum err e = read_front(r);
	if (e != OK)
		backup_reader_freep(&r);
	*out = r;
	return e;
}

struct header *backup_header(struct backup_reader *r)
{
	return &r->header;
}

enum err backup_unlock(
	struct backup_reader *r, struct bytes passphrase, struct secret *master)
{
	enum err e = header_unlock(&r->header, passphrase, master);
	if (e != OK)
		return e;
	if (r->keys == NULL)
		r->keys = locked_new(sizeof *r->keys);
	store_keys_derive(master, r->keys);
	return header_unpack(r->front + HEADER_AT, r->keys, &r->header) == OK
		       ? OK
		       : ERR_DAMAGED;
}

static enum err open_box(struct backup_reader *r)
{
	if (r->last)
		return ERR_DAMAGED;
	buf_clear(&r->box);
	if (!read_at(r->fd, buf_extend(&r->box, BOX_LEN), BOX_LEN, r->at))
		return ERR_DAMAGED;
	r->at += (off_t)BOX_LEN;
	if (stream_open(r->stream, buf_bytes(&r->box), &r->plain, &r->last) != OK)
		return ERR_DAMAGED;
	return OK;
}

/* The next bytes of the stream; borrowed until the next call. */
static enum err take(struct backup_reader *r, size_t len, struct bytes *out)
{
	if (r->taken >= STREAM_CHUNK) {
		buf_drop_front(&r->plain, r->taken);
		r->taken = 0;
	}
	while (r->plain.len - r->taken < len) {
		enum err e = open_box(r);
		if (e != OK)
			return e;
	}
	*out = (struct bytes){r->plain.at + r->taken, len};
	r->taken += len;
	return OK;
}

enum err backup_rewind(struct backup_reader *r)
{
	struct bytes bytes, hash;
	stream_free(r->stream);
	r->stream = stream_new_reader(&r->keys->backup, r->stream_header);
	r->at = (off_t)BODY_AT;
	r->last = false;
	r->taken = r->records = 0;
	buf_clear(&r->plain);
	enum err e = take(r, sizeof(struct hash) + 8, &bytes);
	if (e != OK)
		return e;
	struct hash front = hash_front(r->front);
	(void)bytes_take(&bytes, sizeof front.b, &hash);
	(void)bytes_take_u64(&bytes, &r->made_s);
	return bytes_equal(hash, BYTES_OF(front.b)) ? OK : ERR_DAMAGED;
}

uint64_t backup_made_s(const struct backup_reader *r)
{
	return r->made_s;
}

/* The count, zeros, and then nothing. */
static enum err read_end(struct backup_reader *r)
{
	struct bytes bytes;
	uint64_t records = 0;
	uint8_t beyond;
	enum err e = take(r, 8, &bytes);
	if (e != OK)
		return e;
	(void)bytes_take_u64(&bytes, &records);
	bool good =
		r->last && records == r->records && !read_at(r->fd, &beyond, 1, r->at);
	for (; good && r->taken < r->plain.len; r->taken++)
		good = r->plain.at[r->taken] == 0;
	return good ? OK : ERR_DAMAGED;
}

enum err backup_next(
	struct backup_reader *r, uint8_t name[NAME_LEN], struct buf *value, bool *end)
{
	struct bytes bytes;
	uint32_t len = 0;
	buf_clear(value);
	enum err e = take(r, 4, &bytes);
	if (e != OK)
		return e;
	(void)bytes_take_u32(&bytes, &len);
	*end = len == 0;
	if (len == 0)
		return read_end(r);
	if (len > VALUE_MAX)
		return ERR_DAMAGED;
	if ((e = take(r, NAME_LEN, &bytes)) != OK)
		return e;
	(void)bytes_take_into(&bytes, name, NAME_LEN);
	if ((e = take(r, len, &bytes)) != OK)
		return e;
	buf_add(value, bytes);
	r->records++;
	return OK;
}
