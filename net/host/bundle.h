/*
 * Bundles as files: what is carried to a partner on a stick, and read from one
 * (DESIGN §6.4; net/protocol/bundle.h says what is in them). They work beside a running
 * node: the store is where the two processes meet.
 */
#ifndef KITH_HOST_BUNDLE_H
#define KITH_HOST_BUNDLE_H

#include "net/protocol/bundle.h"

/*
 * Write a bundle for this person into `path`. It appears there whole or not at all; a
 * bundle that was there is replaced, any other file is not. `len`: bytes of the file.
 * Errors: ERR_EXISTS; ERR_IO, ERR_FULL, ERR_READ_ONLY where it cannot be written; as
 * bundle_out_new().
 */
MUST_USE enum err bundle_write(struct notebook *notebook, const struct person_id *person,
	const char *path, struct bundle_written *out, uint64_t *len, struct why *why);

/*
 * Read the bundle in `path`: all of it is looked at before the first of it is taken in.
 * What came of it is asked from `out`, which the caller frees.
 * Errors: ERR_IO; as bundle_in_recv(). `why` begins with the path. Nothing has changed.
 */
MUST_USE enum err bundle_read(struct notebook *notebook, const char *path,
	struct bundle_in **out, struct why *why);

#endif
