/*
 * A bundle: the first flight of a sync as a file, for a partner whom no network reaches
 * (DESIGN §6.4). Two machines without I/O over one notebook: one gives the bytes of the
 * file, one is given them.
 *
 * Its records, in this order; the bytes are those of net/protocol/sync.h:
 *
 *	about   [space id bin 16, seconds, newest bundle heard of theirs bin 8 or nil,
 *	         [ids of the up to 16 written before, newest first]]
 *	list    the writer's device list, where it is not the first
 *	hello   u8 0 ‖ claim, after sealing
 *	hashes  where the reader lacks own history, or it forked: of its newest 1024
 *	push    entries; the last of a series holds a claim
 *
 * What it holds is what the ledger says the partner lacks, so a bundle that never arrives
 * costs nothing: the next one has all of it again. Reading one acknowledges: what its
 * claim shows is held, and goes into no further bundle.
 *
 * Reading is one transaction over the whole file: all of it is kept or nothing.
 */
#ifndef KITH_PROTOCOL_BUNDLE_H
#define KITH_PROTOCOL_BUNDLE_H

#include "net/protocol/bundle_box.h"
#include "net/protocol/sync.h"

struct notebook;

#define BUNDLE_ABOUT     1
#define BUNDLE_ABOUT_MAX 512u

/* ---- Writing. */

/* The content after which no further push is begun; the next bundle has the rest. */
#define BUNDLE_FULL (BUNDLE_CONTENT_MAX - BUNDLE_RECORD_MAX - ((size_t)1 << 20))

struct bundle_written {
	size_t entries; /* in it */
	bool more;      /* not all that they lack went in: it would be too large */
	bool pulling;   /* own history is still coming back: nothing of mine was sealed */
	bool forked;    /* histories differ: it only says how they do */
};

struct bundle_out;

/*
 * Seal what waits for this partner, and append the beginning of the file. From then on it
 * counts as what may have left. Errors: ERR_NOT_FOUND; ERR_REFUSED for one whose side of
 * the pairing is not confirmed; those of the store.
 */
MUST_USE enum err bundle_out_new(struct notebook *notebook,
	const struct person_id *person, struct buf *out, struct bundle_out **bundle,
	struct why *why);
/* Fill it to less than BUNDLE_FULL. */
void bundle_out_limit(struct bundle_out *bundle, size_t content);
void bundle_out_free(struct bundle_out *bundle);
void bundle_out_freep(struct bundle_out **bundle);

/* Append the next part, at most about SYNC_PIECE and one entry; `more`: it is not the
 * last. */
MUST_USE enum err bundle_out_next(
	struct bundle_out *bundle, struct buf *out, bool *more, struct why *why);

const struct bundle_written *bundle_out_report(const struct bundle_out *bundle);

/* ---- Reading. */

enum bundle_pass {
	BUNDLE_CHECK,     /* is it whole and in order? Changes nothing */
	BUNDLE_TAKE,      /* take it all in */
	BUNDLE_HEAR,      /* only what it says that they hold: after ERR_GAP */
	BUNDLE_HEAR_FORK, /* the same after ERR_FORK, so that the next one of ours shows
			     them where */
};

struct bundle_taken {
	struct person_id person; /* who wrote it */
	uint64_t written_s;      /* when, by their clock */
	bool known;  /* it was read before, or one that was written after it: nothing
			changed */
	bool stale;  /* maybe from before the two last met: its claim was passed over */
	size_t came; /* entries */
	struct id *documents; /* touched; in order, each once */
	size_t document_count;
	size_t voids;
	bool verified, differs;
	uint8_t fingerprint[16];
	bool they_lack; /* something sealed here is not there yet */
	bool waits;     /* something waits here to be sealed */
	bool i_lack;    /* they hold more: the rest is in their next one */
	bool missed;    /* its entries stand on some that are not here: none was taken */
	bool restored;  /* this store learnt that it is older than it was */
	bool pulling;   /* and waits for its own history */
	bool my_fork, their_fork; /* two histories of one log: no entry was taken */
	bool healed;              /* my own was healed with what came */
	bool left;                /* the pair has ended */
};

struct bundle_in;

/* Errors: those of the store. */
MUST_USE enum err bundle_in_new(struct notebook *notebook, enum bundle_pass pass,
	struct bundle_in **out, struct why *why);
void bundle_in_free(struct bundle_in *bundle);
void bundle_in_freep(struct bundle_in **bundle);

/*
 * The next bytes of the file; and all of it was given, which for all but
 * BUNDLE_CHECK keeps what was taken in.
 *
 * Errors: ERR_CORRUPT, ERR_TOO_BIG, ERR_VERSION, ERR_AUTH as bundle_reader_next();
 * ERR_REFUSED for one's own, or one from before the two paired anew; of BUNDLE_TAKE,
 * ERR_GAP and ERR_FORK where it stands on entries that are not here: BUNDLE_HEAR then.
 * Nothing has changed after any.
 */
MUST_USE enum err bundle_in_recv(
	struct bundle_in *bundle, struct bytes bytes, struct why *why);
MUST_USE enum err bundle_in_end(struct bundle_in *bundle, struct why *why);

/* Borrowed for the life of the machine. */
const struct bundle_taken *bundle_in_report(const struct bundle_in *bundle);

#endif
