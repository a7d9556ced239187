/*
 * A world for laws: two persons with some devices each, one page between them, and every
 * entry any device ever sealed. Devices write into drafts, seal them, and hear of each
 * other's entries one by one, in any causal order.
 */
#ifndef KITH_LAWS_WORLD_H
#define KITH_LAWS_WORLD_H

#include "core/crdt/draft.h"
#include "tests/crdt_kit.h"

#define DEVICES_MAX 8u
#define TOKEN       6u /* characters of a token: "Q00042" */

struct said {
	struct kit_hand by; /* as it was: its `seen` without this entry */
	struct buf bytes;   /* the section */
};

struct device {
	struct kit_hand hand; /* `seen` includes its own */
	struct document *document;
	struct draft *draft;
	unsigned group; /* devices of one group reach each other */
	/* Of the open draft: tokens typed, and those taken out again. */
	unsigned *typed, *gone;
	size_t typed_count, typed_cap, gone_count, gone_cap;
};

struct world {
	uint64_t seed;
	struct device devices[DEVICES_MAX];
	size_t count;
	struct said *said;
	size_t said_count, said_cap;
	unsigned tokens;
};

uint64_t world_seed(uint64_t number);
uint64_t world_cases(uint64_t usual);
size_t world_below(struct world *world, size_t n);

/* A page, made by the first device and sealed. */
void world_begin(struct world *world, uint64_t number);
void world_end(struct world *world);

/* One random step: an edit, a seal, an entry heard, a partition. */
void world_step(struct world *world);

/* Whether the device lacks that entry and has all before it. */
bool world_may_hear(const struct device *device, const struct said *said);
/* Its section, applied to the device's document; the draft is carried. */
void world_hear(struct world *world, struct device *device, const struct said *said);
/* One entry it may hear, in a random order; false when it has all. */
bool world_hear_any(struct world *world, struct device *device, bool all_groups);

/* A random edit of the device's draft, which begins where there is none. */
void world_edit(struct world *world, struct device *device);
void world_seal(struct world *world, struct device *device);

/* Everybody seals, then hears everything. */
void world_settle(struct world *world);

#endif
