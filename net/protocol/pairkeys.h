/*
 * What derives from a pair's root: crypto_kdf, context "pairkey1". One key for each use
 * and, where it matters, for each direction, named by who typed the code at pairing (T)
 * and who showed it (S).
 *
 * Source: SECURITY §2.3.
 */
#ifndef KITH_PROTOCOL_PAIRKEYS_H
#define KITH_PROTOCOL_PAIRKEYS_H

#include "core/crypto/keys.h"

/* One root as a session sees it: a candidate of the listener, the choice of the dialler.
 */
struct session_key {
	struct secret psk;
	struct secret hint_out; /* when we dial */
	struct secret hint_in;  /* when they dial */
	size_t tag; /* the caller's own: which partner, and which of its roots */
};

/* `i_typed`: this side's part in the pairing that made `root`. */
void pair_session_key(
	const struct secret *root, bool i_typed, size_t tag, struct session_key *out);
void session_key_wipe(struct session_key *key);

/* Keys of the announced tokens: ours to them, and theirs to us. */
void pair_discovery_keys(
	const struct secret *root, bool i_typed, struct secret *out, struct secret *in);

/* The psk of bundles. */
void pair_bundle_key(const struct secret *root, struct secret *out);

/* The space that begins with this root, and its key. Both are kept for the life of the
 * space, whatever roots come later. */
void pair_space(const struct secret *root, struct id *space, struct secret *space_key);

#endif
