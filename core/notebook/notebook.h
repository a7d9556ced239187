/*
 * The notebook: documents, people, spaces and sharing over one encrypted store; the one
 * door of both neighbours above, coaching and the network (DESIGN §§2, 4).
 *
 * Everything happens in a transaction: one look at the notebook as it stood at one
 * moment, or one change of it that is there whole or not at all.
 */
#ifndef KITH_NOTEBOOK_NOTEBOOK_H
#define KITH_NOTEBOOK_NOTEBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/id.h"
#include "core/base/mem.h"
#include "core/crdt/document.h"
#include "core/crdt/draft.h"
#include "core/crypto/keys.h"

struct notebook;
struct notebook_txn;

#define NAME_MAX_LEN 64 /* bytes of a person's display name */

/* What guessing one passphrase costs: core/store/store.h has the figures. */
enum birth_kdf { BIRTH_MODERATE, BIRTH_INTERACTIVE, BIRTH_SENSITIVE };

/* What a new notebook is made of. */
struct notebook_birth {
	const char *name;        /* the person's display name */
	struct bytes passphrase; /* UTF-8 */
	enum birth_kdf kdf;
	bool recovery; /* make a recovery key, given back as text */
};

/*
 * Make a new store in `dir` (made, 0700, if missing) and a new person in it.
 * `recovery` (may be NULL) receives the recovery key's text when one was asked for.
 * Errors: ERR_EXISTS where a store is already; as store_create(). Nothing is left behind.
 */
MUST_USE enum err notebook_create(const char *dir, const struct notebook_birth *birth,
	const struct schema *schema, struct buf *recovery, struct why *why);

/* The master key from a passphrase. Errors: ERR_PASSPHRASE, as store_unlock(). */
MUST_USE enum err notebook_unlock(
	const char *dir, struct bytes passphrase, struct secret *master, struct why *why);

/*
 * Open the notebook in `dir`. `schema` is lent for the notebook's life.
 * A folder that another machine wrote, or a copy of it, starts new logs here (DESIGN §5).
 * Errors: ERR_NOT_FOUND, ERR_FOREIGN, ERR_DAMAGED, ERR_READ_ONLY, ERR_PASSPHRASE.
 */
MUST_USE enum err notebook_open(const char *dir, const struct secret *master,
	const struct schema *schema, struct notebook **out, struct why *why);
void notebook_close(struct notebook *notebook);

const char *notebook_dir(const struct notebook *notebook);
const struct secret *notebook_master(const struct notebook *notebook);
/* Moves at every commit of any process. */
uint64_t notebook_version(struct notebook *notebook);

/* A descriptor that becomes readable soon after any process commits, and taking what made
 * it so: store_watch_fd(), store_watch_read(). A wake is a hint: compare the version. A
 * commit whose version is told after notebook_watch_read() is there to be looked at. */
int notebook_watch_fd(struct notebook *notebook);
void notebook_watch_read(struct notebook *notebook);

/* Become the node of the store in `dir`: store_lock_node(). */
MUST_USE enum err notebook_lock_node(const char *dir, int *fd, struct why *why);

/* What a person wants of time is given in: seconds since the epoch, for display only. */
void notebook_clock(struct notebook *notebook, uint64_t now_s);

/* ---- Transactions. One at a time in a process; a reader never waits, a writer waits for
 * writers. */

MUST_USE enum err notebook_look(
	struct notebook *notebook, struct notebook_txn **out, struct why *why);
MUST_USE enum err notebook_edit(
	struct notebook *notebook, struct notebook_txn **out, struct why *why);
/* Keep everything, or, on an error, nothing. Frees `txn` in either case. */
MUST_USE enum err notebook_commit(struct notebook_txn *txn, struct why *why);
void notebook_abort(struct notebook_txn *txn);
void notebook_abortp(struct notebook_txn **txn); /* for CLEANUP() */

struct notebook *txn_notebook(struct notebook_txn *txn);
struct arena *txn_arena(struct notebook_txn *txn); /* freed with the transaction */
uint64_t txn_now_s(const struct notebook_txn *txn);

/* ---- Documents. */

/* A document as this person has it: sealed replica and own draft over it; either may be
 * NULL. */
struct leaf {
	struct id id;
	const struct document_head *head;
	struct document *sealed;  /* what the space holds, the partner's words included */
	struct draft *draft;      /* own work that nobody else has seen */
	struct id space;          /* mine, or a pair's */
	bool is_private;          /* in *mine* */
	struct person_id partner; /* whose pair it is, when not private */
	bool by_me;               /* mine to take back (for OWNER_BOTH: ours) */
	struct id
		master; /* of a document that follows one of mine: that one; else zero */
	uint64_t shared_s;       /* when it was first offered, or came; 0: never */
	bool incomplete, unread; /* sections withheld, or newer than this version knows */
};

/*
 * The leaf of a document; borrowed, valid until the transaction ends.
 * Errors: ERR_NOT_FOUND.
 */
MUST_USE enum err leaf_open(
	struct notebook_txn *txn, struct id id, struct leaf **out, struct why *why);

/* The id that a document had before it was moved to a partner; its own where it was not,
 * or on the partner's side. */
struct id leaf_before(const struct leaf *leaf);

/* A new private document. */
MUST_USE enum err leaf_new(struct notebook_txn *txn, const struct kind_schema *kind,
	struct leaf **out, struct why *why);

/* A new document made together with a partner, from birth. Errors: ERR_REFUSED for other
 * kinds. */
MUST_USE enum err leaf_new_together(struct notebook_txn *txn,
	const struct kind_schema *kind, const struct person_id *partner,
	struct leaf **out, struct why *why);

/* The field to write, and the draft to write it into. Errors: ERR_NOT_FOUND (field),
 * ERR_REFUSED (not yours to write), ERR_UNREAD. */
MUST_USE enum err leaf_field(struct notebook_txn *txn, struct leaf *leaf,
	struct bytes name, const struct field_schema **field, struct why *why);
MUST_USE enum err leaf_draft(
	struct notebook_txn *txn, struct leaf *leaf, struct draft **out, struct why *why);

/*
 * Every document, in the order of ids; ids only. Borrowed from the transaction, until it
 * makes or ends one. Among them may be some that leaf_open() does not find: of which only
 * hashes, void words or words of a newer kith are here.
 */
MUST_USE enum err leaf_all(
	struct notebook_txn *txn, const struct id **out, size_t *count, struct why *why);

/* The copies of a private document that its partners hold ("shown"). */
struct leaf_copy {
	struct id document;
	struct person_id partner;
};
size_t leaf_copies(struct notebook_txn *txn, struct id master, struct leaf_copy **out);

/* Private documents only. Errors: ERR_REFUSED with the right word for a shared one. */
MUST_USE enum err leaf_erase(struct notebook_txn *txn, struct id id, struct why *why);

/* ---- Handles (CLI.md). */

#define HANDLE_TEXT (ID_TEXT + 3)

/* The shortest handle that is unique here. */
void leaf_handle(
	struct notebook_txn *txn, const struct leaf *leaf, char out[HANDLE_TEXT]);
void id_handle(struct notebook_txn *txn, struct id id, const struct kind_schema *kind,
	char out[HANDLE_TEXT]);

/*
 * The document of a handle, an id, or of a handle from before it was shared.
 * Errors: ERR_NOT_FOUND; ERR_AMBIGUOUS, with the candidates in `why`.
 */
MUST_USE enum err leaf_find(
	struct notebook_txn *txn, const char *handle, struct id *out, struct why *why);

#endif
