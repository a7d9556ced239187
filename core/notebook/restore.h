/*
 * Restored backups, copied folders, forks: a new incarnation beside the old log, and
 * nothing said twice (DESIGN §5, SECURITY §§5.2, 5.3).
 */
#ifndef KITH_NOTEBOOK_RESTORE_H
#define KITH_NOTEBOOK_RESTORE_H

#include "core/notebook/space.h"

/* This folder is a copy: every pair's space begins a new log, open drafts of shared
 * documents become private notes beside them. */
MUST_USE enum err restore_everywhere(struct notebook_txn *txn, struct why *why);

/* The same for one space: the partner holds more of this store's own log than the store.
 */
MUST_USE enum err restore_space(
	struct notebook_txn *txn, struct space *space, struct why *why);

/*
 * My log forked: what follows entry `common` here is the losing branch. It becomes
 * private notes, its take-backs are said again, and the space is rebuilt without it.
 * Errors: ERR_FORK when somebody built on the branch that loses: only pairing again
 * helps.
 */
MUST_USE enum err restore_fork(struct notebook_txn *txn, struct space *space,
	struct log_id log, uint64_t common, struct why *why);

/* An entry of mine that came back creates a document: recognise what it was made from. */
MUST_USE enum err restore_recognise(struct notebook_txn *txn, struct space *space,
	struct id document, const struct document_head *head, const uint8_t nonce[16],
	struct why *why);

#endif
