/*
 * What a sync brought, in five lines: new from the partner, changed, both wrote, taken
 * back, what waits for a word of mine (DOMAIN §5.3).
 */
#ifndef KITH_CLI_DIGEST_H
#define KITH_CLI_DIGEST_H

#include "cli/cli.h"
#include "core/notebook/news.h"

/* How one partner's things stood before. */
struct digest {
	struct person_id person;
	struct news_mark mark; /* owned */
	const char *notice;    /* the newest then; NULL: there was none */
};

/* Before the two meet. Free with digest_release(). */
MUST_USE enum err digest_begin(struct cli *cli, struct notebook_txn *txn,
	struct partner *partner, struct digest *out);
void digest_release(struct digest *digest);

/* After it: the five lines, and how to answer what waits. `voids`: how many changes were
 * left out. Nothing is said of what nothing came of. */
MUST_USE enum err digest_text(struct cli *cli, struct notebook_txn *txn,
	const struct digest *digest, size_t voids, struct why *why);

/* The same as keys of the object that is being written. */
MUST_USE enum err digest_json(struct cli *cli, struct notebook_txn *txn,
	const struct digest *digest, size_t voids, struct why *why);

#endif
