/*
 * The trail of the bundles that two stores carried to each other: which this one wrote,
 * and which it read. A file on a stick may come twice, late or never; each names those
 * before it, so whoever reads one knows which others say nothing any more.
 */
#ifndef KITH_NOTEBOOK_TRAIL_H
#define KITH_NOTEBOOK_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/pack.h"

#define TRAIL_WRITTEN 16u
#define TRAIL_READ    64u

/* A bundle's name: random to everybody, the same in the file and in both stores. */
struct bundle_id {
	uint8_t b[8];
};

/* A zeroed one is empty. A value. */
struct trail {
	struct bundle_id written[TRAIL_WRITTEN]; /* newest first */
	size_t written_count;
	/* Of those, how many were written since own history last had to come back: only
	 * what answers one of them tells how much of it there is. */
	size_t fresh_count;
	/* The newest that was read, then all that were read or are older than one that
	 * was. */
	struct bundle_id read[TRAIL_READ];
	size_t read_count;
};

void trail_write(struct trail *trail, struct bundle_id id);
/* It was read, and with it the `count` that it names as earlier ones are known. */
void trail_read(struct trail *trail, struct bundle_id id, const struct bundle_id *earlier,
	size_t count);

/* Whether this store wrote it; whether it was read here, or one after it. */
bool trail_wrote(const struct trail *trail, struct bundle_id id);
bool trail_knows(const struct trail *trail, struct bundle_id id);

/* Whether what answers `id` was said in knowledge of how this store stands now. */
bool trail_is_fresh(const struct trail *trail, struct bundle_id id);
/* From now on only answers to what is written from now on. */
void trail_restart(struct trail *trail);

/* [[id bin 8 …] written, count of fresh ones, [id bin 8 …] read] */
void trail_pack(struct buf *out, const struct trail *trail);
void trail_unpack(struct pack_reader *r, struct trail *out);

/* A list of ids, newest first: [id bin 8 …]. */
void trail_pack_ids(struct buf *out, const struct bundle_id *ids, size_t count);
size_t trail_unpack_ids(struct pack_reader *r, struct bundle_id *out, size_t max);

#endif
