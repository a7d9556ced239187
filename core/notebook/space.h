/*
 * A space: the set of documents that exactly the same people hold, with logs, clocks and
 * fingerprints of its own (DESIGN §4.1). There is *mine*, which is state and nothing
 * else, and one for each pair.
 */
#ifndef KITH_NOTEBOOK_SPACE_H
#define KITH_NOTEBOOK_SPACE_H

#include "core/crdt/section.h"
#include "core/crdt/vector.h"
#include "core/notebook/entry.h"
#include "core/notebook/idset.h"
#include "core/notebook/people.h"
#include "core/notebook/trail.h"

#define SPACE_LOGS_MAX    256u
#define SPACE_STEPS_MAX   256u
#define SPACE_NOTICES_MAX 16u
#define SPACE_ROOM        (UINT64_C(1) << 30) /* bytes of entries from a partner, at first */

/* One device's log in one incarnation. */
struct space_log {
	struct log_id id;
	struct id device;
	uint8_t incarnation[8];
	struct person_id person;
	uint64_t seq;     /* of its newest entry here; 0: none */
	struct hash head; /* that entry's hash */
	uint64_t lamport; /* of that entry */
	uint64_t common;  /* up to which entry the partner was seen to hold the same */
	struct vector
		past; /* what that entry's author had seen, the entry itself included */
};

/* An end that was decided here and not yet offered. The document is gone from this store.
 */
struct space_end {
	struct id document; /* zero for SECTION_CLOSE */
	enum section_type type;
	struct hash
		state; /* what the document counts in the sum until the end is sealed */
	bool counted;
};

/* When a device came to hold a log up to an entry. */
struct space_step {
	struct log_id log;
	uint64_t seq, when_s;
};

/* What one of the partner's devices is known to hold (DESIGN §6.2). */
struct space_holder {
	struct id device;
	struct vector held;
	struct space_step *steps;
	size_t step_count, step_cap;
};

struct space {
	struct id id;
	struct person_id partner;
	struct secret key; /* of state sums */
	uint8_t sum[32];   /* little endian, modulo 2^256 */
	struct space_log *logs;
	size_t log_count, log_cap;
	bool has_own; /* this incarnation has a log here */
	struct log_id own;
	struct space_end *ends;
	size_t end_count, end_cap;
	struct idset drafts;  /* documents with work that was not offered */
	struct idset follows; /* shown documents whose private one was changed */
	struct space_holder *holders;
	size_t holder_count, holder_cap;
	bool pulling; /* own logs first: nothing is sealed until `target` is here */
	struct vector target;
	uint64_t unread;         /* documents that wait for a newer kith */
	uint64_t incomplete;     /* documents with a section missing */
	uint64_t bytes_in, room; /* of entries from the partner: taken, and at most */
	bool closed_by_me, closed_by_them;
	bool forked;        /* when last heard, a log was another one there than here */
	bool they_forked;   /* by their last bundle: hashes of their logs go with ours */
	struct trail trail; /* of bundles */
	char *notices[SPACE_NOTICES_MAX]; /* newest first; owned */
	size_t notice_count;
	bool dirty;
};

/* The pair's space, loaded once a transaction. Errors: ERR_NOT_FOUND, ERR_DAMAGED. */
MUST_USE enum err space_open(struct notebook_txn *txn, struct id id, struct space **out);

/* A new pair's space. */
MUST_USE enum err space_new(struct notebook_txn *txn, struct id id,
	const struct secret *key, const struct person_id *partner, struct space **out);

void space_touch(struct space *space);

struct space_log *space_find_log(struct space *space, struct log_id log);
struct space_log *space_add_log(struct space *space, struct id device,
	const uint8_t incarnation[8], const struct person_id *person);

/* This incarnation's log; begun when there is none (DESIGN §5). */
struct space_log *space_own_log(struct notebook_txn *txn, struct space *space);

/* What this store holds of every log. */
void space_vector(const struct space *space, struct vector *out);

void space_sum_add(struct space *space, const struct hash *state);
void space_sum_drop(struct space *space, const struct hash *state);

/* What was decided and not said need not be said any more. */
void space_forget_ends(struct space *space);

/* Whether a document ended here, and how. */
MUST_USE enum err space_ended(
	struct notebook_txn *txn, struct space *space, struct id document, bool *ended);
MUST_USE enum err space_set_ended(
	struct notebook_txn *txn, struct space *space, struct id document);

/* The same of one of which nothing was ever said, as far as this store knows: should it
 * come back with own history, its end has to be said after all. */
MUST_USE enum err space_set_unsaid(
	struct notebook_txn *txn, struct space *space, struct id document);
MUST_USE enum err space_is_unsaid(
	struct notebook_txn *txn, struct space *space, struct id document, bool *unsaid);

/* An end to be said. */
void space_add_end(struct space *space, const struct space_end *end);

void space_mark_draft(struct space *space, struct id document);
void space_unmark_draft(struct space *space, struct id document);
void space_mark_follow(struct space *space, struct id document);

/* A device of the partner holds this; it came to at `now_s`. Never unsaid, except by a
 * smaller claim of the device itself. */
void space_hold(
	struct space *space, struct id device, const struct vector *held, uint64_t now_s);

/* A sentence for `status`. */
void space_notice(struct space *space, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- Entries in the store. */

/* An entry as kept: its core, its hashes; sections are looked up by number. */
struct kept_entry {
	struct entry entry; /* sections: hashes and, where they are here, bytes */
	struct hash hash;
	uint64_t lamport;
	struct buf record; /* what `entry` borrows */
	struct buf *rests;
	size_t rest_count;
};

MUST_USE enum err space_put_entry(struct notebook_txn *txn, struct space *space,
	struct log_id log, const struct entry *entry, const struct hash *hash,
	uint64_t lamport);

/* Sections of ended or damaged documents come withheld. `with_sections`: their bytes too.
 */
MUST_USE enum err space_get_entry(struct notebook_txn *txn, struct space *space,
	struct log_id log, uint64_t seq, bool with_sections, struct kept_entry *out);
void kept_entry_release(struct kept_entry *kept);

#endif
