/* The places where both wrote, as several commands show them. */
#ifndef KITH_CLI_PLACES_H
#define KITH_CLI_PLACES_H

#include "cli/cli.h"

/* A list under `key`; every place that is not settled. */
MUST_USE enum err places_json(
	struct cli *cli, struct notebook_txn *txn, const char *key, struct why *why);
/* The same under a heading, nothing where there are none. */
MUST_USE enum err places_say(
	struct cli *cli, struct notebook_txn *txn, size_t *count, struct why *why);
/* The same to read; `count` is how many there are. */
MUST_USE enum err places_text(
	struct cli *cli, struct notebook_txn *txn, size_t *count, struct why *why);

#endif
