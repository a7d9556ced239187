/*
 * What the files of exchange.h share: the head of a log as it is said, and whose it is.
 */
#ifndef KITH_NOTEBOOK_EXCHANGE_PARTS_H
#define KITH_NOTEBOOK_EXCHANGE_PARTS_H

#include "core/notebook/exchange.h"

/* [device, incarnation, seq, hash of that entry] */
struct exchange_head {
	struct id device;
	uint8_t incarnation[8];
	struct log_id id;
	uint64_t seq;
	struct hash head;
};

void exchange_pack_head(struct buf *out, const struct space_log *log, uint64_t seq,
	const struct hash *hash);
/* Fails the reader when it is none. */
void exchange_read_head(
	struct pack_reader *r, struct id space, struct exchange_head *out);

/* The partner's space, with a sentence where it cannot be read. */
MUST_USE enum err exchange_space(struct notebook_txn *txn, const struct partner *partner,
	struct space **out, struct why *why);

/* ERR_CORRUPT, with its sentence. */
enum err exchange_unreadable(struct why *why);

/* Append the claim of what is here now. */
MUST_USE enum err exchange_add_claim(struct notebook_txn *txn,
	const struct partner *partner, struct space *space, struct buf *out);

/* Whose device that is, by the lists held here; NULL: nobody's known. */
const struct person_id *exchange_owner(
	struct notebook_txn *txn, const struct partner *partner, struct id device);

/* The hash of an entry that is here. */
MUST_USE enum err exchange_hash(struct notebook_txn *txn, struct space *space,
	const struct space_log *log, uint64_t seq, struct hash *out);

#endif
