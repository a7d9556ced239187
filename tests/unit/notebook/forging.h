/*
 * A modified partner: entries that no kith would make, in the log of its device, taken in
 * by the other at the one door, and by the partner's own store as history that came back.
 */
#ifndef KITH_TESTS_NOTEBOOK_FORGING_H
#define KITH_TESTS_NOTEBOOK_FORGING_H

#include "core/crdt/section.h"
#include "core/notebook/apply.h"
#include "tests/unit/notebook/teachers.h"

/* A section made by hand. Of one that creates, a zero `document` becomes its right id. */
struct forged {
	struct id document;
	struct section section;
};

/* Both stores, open for as many entries as are forged. Their logs have met before. */
struct forging {
	struct teacher *from, *to;
	struct notebook_txn *theirs, *ours;
};

void forging_begin(struct forging *f, struct teacher *from, struct teacher *to);
/* Keep what came, or nothing of it. */
void forging_end(struct forging *f);
void forging_drop(struct forging *f);

/*
 * One entry of `from`. `voids`: how many of its sections were left out, by `to` and by
 * `from` itself. After an error only forging_drop().
 */
enum err forge(struct forging *f, struct forged *forged, size_t count, size_t voids[2]);

/* The state sums of the space the two share, as it is here and as it is there. */
void forging_sums(struct forging *f, uint8_t here[32], uint8_t there[32]);

#endif
