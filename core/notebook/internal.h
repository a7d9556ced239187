/*
 * What the files of this room share and nobody else sees: the notebook, its transaction
 * and the leaves that are open in it.
 */
#ifndef KITH_NOTEBOOK_INTERNAL_H
#define KITH_NOTEBOOK_INTERNAL_H

#include "core/notebook/notebook.h"
#include "core/notebook/people.h"
#include "core/notebook/space.h"
#include "core/store/store.h"

struct notebook {
	struct store *store;
	const struct schema *schema;
	struct secret master;
	char *dir;
	struct me me;
	struct id mine;        /* the private space */
	uint8_t incarnation[8]; /* of this folder on this machine */
	uint64_t now_s;        /* 0: ask the system */
	bool me_dirty;
	struct notebook_txn *txn;
};

#define LEAF_SEEN_MAX 256u

/* What this store alone knows of a document beside its content. */
struct leaf_own {
	struct leaf leaf; /* first: a struct leaf * given out is one of these */
	struct hash state;
	bool counted;          /* `state` is in the space's sum */
	struct vector touched; /* in each log, the newest entry that wrote it */
	struct id from;        /* moved: the private document it was */
	bool restored;         /* was a draft in a store that was put back: may have left */
	bool both;             /* both wrote, when entries last came */
	uint8_t (*seen)[16];   /* places settled by looking at them */
	size_t seen_count, seen_cap;
	struct buf carried;    /* shown: what was last carried here (share.c) */
	struct buf waiting;    /* unread: nothing, a flag is enough; kept for the record's shape */
	uint32_t shares;       /* of a private document: how often it was shared, for the nonce */
	bool dirty_record, dirty_draft, dirty_state, erased, fresh;
};

struct notebook_txn {
	struct notebook *notebook;
	struct store_txn *store;
	struct arena arena;
	bool write;
	uint64_t now_s;
	struct leaf_own **leaves; /* open addressing by id */
	size_t leaf_count, leaf_room;
	struct space **spaces;
	size_t space_count, space_cap;
	struct partner *partners;
	bool *partner_dirty;
	size_t partner_count;
	bool partners_loaded, partners_dirty;
	struct id *all;
	size_t all_count;
	bool all_loaded;
};

static inline struct leaf_own *own_of(struct leaf *leaf)
{
	return (struct leaf_own *)(void *)leaf;
}

/* leaf.c */
MUST_USE enum err leaf_load(struct notebook_txn *txn, struct id id, struct leaf_own **out);
struct leaf_own *leaf_add(struct notebook_txn *txn, struct id id, struct id space);
void leaf_release(struct leaf_own *leaf);
MUST_USE enum err leaves_save(struct notebook_txn *txn, struct why *why);
/* Gone with its keys when the transaction commits. */
MUST_USE enum err leaf_forget(struct notebook_txn *txn, struct leaf_own *leaf);
/* Say who stands where: partner, by_me. */
void leaf_place(struct notebook_txn *txn, struct leaf_own *leaf);
/* A private note of plain text; nothing when the text is empty. */
MUST_USE enum err leaf_note(struct notebook_txn *txn, struct bytes text, struct why *why);
/* A private document with the same content as this one has here now. */
MUST_USE enum err leaf_private_copy(
	struct notebook_txn *txn, struct leaf_own *leaf, struct id id, struct why *why);
void leaf_state(struct notebook_txn *txn, const struct space *space, const struct leaf_own *leaf,
	struct hash *out);
MUST_USE enum err leaf_links(struct notebook_txn *txn, struct id master, struct leaf_copy **out,
	size_t *count);
MUST_USE enum err leaf_set_links(struct notebook_txn *txn, struct id master,
	const struct leaf_copy *links, size_t count);
MUST_USE enum err leaf_alias(struct notebook_txn *txn, struct id before, struct id now);

/* people.c */
MUST_USE enum err people_save(struct notebook_txn *txn);
void people_release(struct notebook_txn *txn);
MUST_USE enum err me_load(struct notebook *notebook, struct store_txn *txn, struct why *why);
MUST_USE enum err me_save(struct notebook *notebook, struct store_txn *txn);
MUST_USE enum err me_new(struct notebook *notebook, struct store_txn *txn, const char *name,
	struct bytes recovery, struct why *why);

/* space.c */
MUST_USE enum err spaces_save(struct notebook_txn *txn);
void spaces_release(struct notebook_txn *txn);

#endif
