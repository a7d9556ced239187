#include "core/notebook/exchange.h"

#include "core/notebook/exchange_parts.h"
#include "core/notebook/internal.h"
#include "core/notebook/restore.h"

/* ---- Forks of my own log. */

void exchange_ask(struct log_id log, uint64_t upto, struct buf *out)
{
	uint64_t from = upto > EXCHANGE_HASHES_MAX ? upto - EXCHANGE_HASHES_MAX + 1 : 1;
	pack_array(out, 3);
	pack_bin(out, BYTES_OF(log.b));
	pack_uint(out, from);
	pack_uint(out, upto - from + 1);
}

enum err exchange_hashes(struct notebook_txn *txn, struct partner *partner,
	struct bytes ask, struct buf *out, struct why *why)
{
	struct space *space = NULL;
	struct log_id id;
	enum err e = exchange_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(ask);
	(void)pack_read_array(&r, 3);
	pack_read_fixed(&r, id.b, sizeof id.b);
	uint64_t from = pack_read_uint(&r, ENTRY_SEQ_MAX);
	uint64_t count = pack_read_uint(&r, EXCHANGE_HASHES_MAX);
	if (!pack_done(&r) || from == 0)
		return exchange_unreadable(why);
	const struct space_log *log = space_find_log(space, id);
	uint64_t here = log != NULL ? log->seq : 0;
	if (from + count > here + 1)
		count = here + 1 > from ? here + 1 - from : 0;
	pack_array(out, 3);
	pack_bin(out, BYTES_OF(id.b));
	pack_uint(out, from);
	pack_array(out, (size_t)count);
	for (uint64_t i = 0; e == OK && i < count; i++) {
		struct hash hash;
		e = exchange_hash(txn, space, log, from + i, &hash);
		pack_bin(out, BYTES_OF(hash.b));
	}
	return e;
}

/* How far the hashes are those of the entries here, and whether one is another. */
static enum err compare_hashes(struct notebook_txn *txn, struct space *space,
	struct space_log *log, struct pack_reader *r, uint64_t from, uint64_t *common,
	bool *differ)
{
	size_t count = pack_read_array(r, EXCHANGE_HASHES_MAX);
	enum err e = OK;
	*common = from - 1;
	*differ = false;
	for (size_t i = 0; e == OK && i < count && from + i <= log->seq; i++) {
		struct hash theirs, here;
		pack_read_fixed(r, theirs.b, sizeof theirs.b);
		if (r->failed)
			return ERR_CORRUPT;
		e = exchange_hash(txn, space, log, from + i, &here);
		if (e != OK || !hash_equal(&theirs, &here)) {
			*differ = e == OK;
			return e;
		}
		*common = from + i;
	}
	return e;
}

enum err exchange_heal(struct notebook_txn *txn, struct partner *partner,
	struct bytes hashes, bool *again, struct log_id *log_id, uint64_t *upto,
	struct why *why)
{
	struct space *space = NULL;
	*again = false;
	enum err e = exchange_space(txn, partner, &space, why);
	if (e != OK)
		return e;
	struct pack_reader r = pack_read(hashes);
	(void)pack_read_array(&r, 3);
	pack_read_fixed(&r, log_id->b, sizeof log_id->b);
	uint64_t from = pack_read_uint(&r, ENTRY_SEQ_MAX), common = 0;
	bool differ = false;
	struct space_log *log = space_find_log(space, *log_id);
	if (r.failed || from == 0 || log == NULL ||
		!person_equal(log->person, txn->notebook->me.person))
		return exchange_unreadable(why);
	e = compare_hashes(txn, space, log, &r, from, &common, &differ);
	if (e != OK)
		return e == ERR_CORRUPT ? exchange_unreadable(why) : e;
	if (differ && common < from && from > 1) {
		*again = true;
		*upto = from - 1;
		return OK;
	}
	if (differ)
		return restore_fork(txn, space, *log_id, common, why);
	if (common > log->common) {
		log->common = common;
		space_touch(space);
	}
	return OK;
}
