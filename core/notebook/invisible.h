/*
 * Networks on which this computer is invisible: it publishes nothing and answers nobody
 * there, and only looks for partners and dials them (SECURITY §3.2). A setting of this
 * store, off by default; it is never sent.
 */
#ifndef KITH_NOTEBOOK_INVISIBLE_H
#define KITH_NOTEBOOK_INVISIBLE_H

#include "core/notebook/notebook.h"

#define INVISIBLE_MAX 64
#define NETWORK_ID    16 /* bytes: net/host/interfaces.h makes them */

struct invisible {
	size_t count;
	uint8_t at[INVISIBLE_MAX][NETWORK_ID]; /* in the order they were named */
};

MUST_USE enum err invisible_read(
	struct notebook_txn *txn, struct invisible *out, struct why *why);

bool invisible_on(const struct invisible *invisible, const uint8_t network[NETWORK_ID]);

/* Add a network, or take it away; nothing where it is so already.
 * Errors: ERR_REFUSED beyond INVISIBLE_MAX. */
MUST_USE enum err invisible_set(struct notebook_txn *txn,
	const uint8_t network[NETWORK_ID], bool is_invisible, struct why *why);

/* Be visible everywhere. */
MUST_USE enum err invisible_forget(struct notebook_txn *txn);

#endif
