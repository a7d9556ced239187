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
	size_t met_count; /* and how many since the two last met in a session */
	/* The newest of theirs that was heard, taken in or not: what the next one of ours
	 * answers. */
	struct bundle_id heard;
	bool has_heard;
	/* The newest that was read, then all that were read or are older than one that
	 * was. */
	struct bundle_id read[TRAIL_READ];
	size_t read_count;
};

void trail_write(struct trail *trail, struct bundle_id id);
/* Its claim was heard. */
void trail_hear(struct trail *trail, struct bundle_id id);
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

/* Whether what answers `id` was said since the two last met. */
bool trail_is_since_met(const struct trail *trail, struct bundle_id id);
void trail_meet(struct trail *trail);

/* [[id bin 8 …] written, fresh ones, since met, [id bin 8 …] read, heard bin 8 or nil] */
void trail_pack(struct buf *out, const struct trail *trail);
void trail_unpack(struct pack_reader *r, struct trail *out);

/* A list of ids, newest first: [id bin 8 …]. */
void trail_pack_ids(struct buf *out, const struct bundle_id *ids, size_t count);
size_t trail_unpack_ids(struct pack_reader *r, struct bundle_id *out, size_t max);

#endif
