/*
 * The bytes of a backup file: in front what opens it, as in a store's header; behind it
 * the records in one sealed stream, so that a file cut short, damaged or put together
 * from two is refused as a whole (FORMAT.md).
 *
 * A writer and a reader over a descriptor of the caller's. Neither knows where the
 * records come from or go to.
 *
 * Source: SECURITY §4.6, whose bundle this resembles; core/crypto/stream.h.
 */
#ifndef KITH_STORE_BACKUP_FILE_H
#define KITH_STORE_BACKUP_FILE_H

#include "core/store/header.h"
#include "core/store/names.h"

/* ---- Writing. */

struct backup_writer;

/* Begin with the header, which has one erasure key. `made_s`: when, in seconds since the
 * epoch. Errors: ERR_FULL, ERR_READ_ONLY, ERR_IO; `*out` is NULL then. */
MUST_USE enum err backup_write(int fd, const struct header *header,
	const struct store_keys *keys, uint64_t made_s, struct backup_writer **out);

/* Add a record; in rising order of names. Errors: as above; the file is of no use then.
 */
MUST_USE enum err backup_put(
	struct backup_writer *writer, const uint8_t name[NAME_LEN], struct bytes value);

/* End it. All of it is on the disk when this returns OK, and `*bytes` is its length. */
MUST_USE enum err backup_end(struct backup_writer *writer, uint64_t *bytes);

void backup_writer_free(struct backup_writer *writer); /* NULL does nothing */
void backup_writer_freep(struct backup_writer **writer);

/* ---- Reading. */

struct backup_reader;

/* Look at the front. Errors: ERR_FOREIGN for what is no backup; ERR_DAMAGED, also for
 * what cannot be read; ERR_VERSION. `*out` is NULL then. */
MUST_USE enum err backup_read(int fd, struct backup_reader **out);

/* As it stands in front: what opens it, and whose it is. */
struct header *backup_header(struct backup_reader *reader);

/* With the passphrase of the day it was made, or the recovery key's text. Errors:
 * ERR_PASSPHRASE; ERR_DAMAGED; ERR_FULL when there is no memory for the key. */
MUST_USE enum err backup_unlock(
	struct backup_reader *reader, struct bytes passphrase, struct secret *master);

/* Go to the first record, as often as wanted. Errors: ERR_DAMAGED. */
MUST_USE enum err backup_rewind(struct backup_reader *reader);

uint64_t backup_made_s(const struct backup_reader *reader); /* after backup_rewind() */

/*
 * The next record: its name, and its value in place of what `value` held. `*end` after
 * the last one: then all of the file was seen and is what was written. Errors:
 * ERR_DAMAGED.
 */
MUST_USE enum err backup_next(struct backup_reader *reader, uint8_t name[NAME_LEN],
	struct buf *value, bool *end);

void backup_reader_free(struct backup_reader *reader); /* NULL does nothing */
void backup_reader_freep(struct backup_reader **reader);

#endif
