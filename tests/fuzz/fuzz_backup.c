/*
 * Bytes to the reader of a backup. First byte, of three: 0, they are the file; 1, an
 * honest file, cut to u32 bytes unless 0, then changed by n × (u32 place, u8 value); 2,
 * they are what stands in the sealed stream behind its beginning, of a writer who has the
 * keys. What is read whole is what was written, or was sealed so.
 */
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/crypto/stream.h"
#include "core/store/backup_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FRONT_LEN (8 + 4 + HEADER_COPY) /* FORMAT.md: before the stream's header */
#define RECORDS   40u
#define MANY      (STREAM_CHUNK * 4u) /* records: more than any input can hold */

static int fd = -1;
static struct header header;
static struct store_keys keys;
static struct buf recovery, honest;

static enum err write_records(struct backup_writer *w)
{
	uint8_t name[NAME_LEN] = {0}, value[3000] = {7};
	enum err e = OK;
	for (uint8_t i = 0; e == OK && i < RECORDS; i++) {
		name[0] = i;
		e = backup_put(w, name, (struct bytes){value, sizeof value - i});
	}
	return e;
}

static void keep_file(struct buf *out)
{
	off_t len = lseek(fd, 0, SEEK_END);
	buf_clear(out);
	assert(pread(fd, buf_extend(out, (size_t)len), (size_t)len, 0) == len);
}

static void start(void)
{
	struct recovery key;
	struct secret master, erasure;
	struct backup_writer *w = NULL;
	uint64_t bytes = 0;
	assert(crypto_start() == OK);
	recovery_new(&key);
	recovery_text(&key, &recovery);
	assert(header_make(bytes_text("words"), KDF_INTERACTIVE, &key, &header,
		       &master) == OK);
	/* The passphrase's slot costs a tenth of a second, each time. */
	header.slots[0] = (struct header_slot){0};
	store_keys_derive(&master, &keys);
	random_secret(&erasure);
	header_add_erasure(&header, &keys, 1, &erasure);
	fd = memfd_create("backup", MFD_CLOEXEC);
	assert(fd >= 0);
	assert(backup_write(fd, &header, &keys, 1000, &w) == OK);
	assert(write_records(w) == OK && backup_end(w, &bytes) == OK);
	backup_writer_free(w);
	keep_file(&honest);
	assert(honest.len == bytes);
}

static void set_file(struct bytes file)
{
	assert(ftruncate(fd, 0) == 0);
	assert(pwrite(fd, file.at, file.len, 0) == (ssize_t)file.len);
}

/* A file whose slots are not ours may ask for Argon2id: that is fuzz_header's. */
static bool is_ours(struct backup_reader *r)
{
	return memcmp(backup_header(r)->slots, header.slots, sizeof header.slots) == 0;
}

static bool read_whole(void)
{
	CLEANUP(backup_reader_freep) struct backup_reader *r = NULL;
	CLEAN_BUF struct buf value = {0};
	struct secret master;
	uint8_t name[NAME_LEN];
	bool end = false;
	if (backup_read(fd, &r) != OK || !is_ours(r) ||
		backup_unlock(r, buf_bytes(&recovery), &master) != OK ||
		backup_rewind(r) != OK)
		return false;
	for (size_t i = 0; !end; i++) {
		assert(i < MANY);
		if (backup_next(r, name, &value, &end) != OK)
			return false;
	}
	return true;
}

static void change(struct bytes input)
{
	CLEAN_BUF struct buf file = {0};
	uint32_t cut = 0, at;
	uint8_t value;
	buf_add(&file, buf_bytes(&honest));
	(void)bytes_take_u32(&input, &cut);
	if (cut > 0 && cut < file.len)
		file.len = cut;
	while (bytes_take_u32(&input, &at) && bytes_take_u8(&input, &value))
		file.at[at % file.len] = value;
	set_file(buf_bytes(&file));
	assert(read_whole() == bytes_equal(buf_bytes(&file), buf_bytes(&honest)));
}

static void forge(struct bytes input)
{
	CLEAN_BUF struct buf file = {0}, plain = {0};
	CLEANUP(stream_freep) struct stream *stream = NULL;
	struct bytes front = {honest.at, FRONT_LEN}, part;
	struct hash hash = hash_of("kith/backup/1", &front, 1);
	buf_add(&file, front);
	stream = stream_new_writer(&keys.backup, buf_extend(&file, STREAM_HEADER));
	buf_add(&plain, BYTES_OF(hash.b));
	buf_add_u64(&plain, 1000);
	buf_add(&plain, input);
	size_t pad = STREAM_CHUNK - plain.len % STREAM_CHUNK;
	memset(buf_extend(&plain, pad), 0, pad);
	struct bytes rest = buf_bytes(&plain);
	while (bytes_take(&rest, STREAM_CHUNK, &part))
		stream_seal(stream, part, rest.len == 0, &file);
	set_file(buf_bytes(&file));
	(void)read_whole();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = {data, size};
	uint8_t way = 0;
	if (fd < 0)
		start();
	(void)bytes_take_u8(&input, &way);
	if (way % 3 == 1) {
		change(input);
	} else if (way % 3 == 2) {
		forge(input);
	} else {
		set_file(input);
		(void)read_whole();
	}
	return 0;
}
