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
	struct id mine;         /* the private space */
	struct id cards;        /* of the pages of cards, but for its last byte */
	struct id words;        /* of the pages of words, but for its last two */
	uint8_t incarnation[8]; /* of this folder on this machine */
	uint64_t now_s;         /* 0: ask the system */
	bool me_dirty;
	struct notebook_txn *txn;
};

#define LEAF_SEEN_MAX 256u

/* What this store alone knows of a document beside its content. */
struct leaf_own {
	struct leaf leaf; /* first: a struct leaf * given out is one of these */
	struct hash state;
	bool counted;           /* `state` is in the space's sum */
	struct vector touched;  /* in each log, the newest entry that wrote it */
	struct log_id born_log; /* the entry that created it; */
	uint64_t born;          /* 0: not sealed yet */
	struct id from;         /* moved: the private document it was */
	bool restored;       /* was a draft in a store that was put back: may have left */
	bool both;           /* both wrote, when entries last came */
	uint8_t (*seen)[16]; /* places settled by looking at them */
	size_t seen_count, seen_cap;
	struct buf carried;      /* shown: what was last carried here (share.c) */
	struct document *before; /* while entries are applied anew: what was sealed; owned
				  */
	uint32_t shares; /* of a private document: how often it was shared, for the nonce
			  */
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
	size_t all_count, all_cap;
	bool all_loaded;
	struct nonces *nonces;     /* restore_back.c */
	struct cards *cards;       /* card.c; NULL until something is asked of it */
	struct words_pages *words; /* words_page.c; as above */
};

static inline struct leaf_own *own_of(struct leaf *leaf)
{
	return (struct leaf_own *)(void *)leaf;
}

/* notebook.c */
uint64_t notebook_now_s(const struct notebook *notebook);
enum kdf kdf_of_birth(enum birth_kdf kdf);
/* What tells this folder on this machine from a copy of it, and the setting that says it.
 */
extern const char notebook_machine_key[];
void notebook_machine(const char *dir, uint8_t out[16]);

/* leaf.c */
/* Errors: ERR_NOT_FOUND. Shells too, of which only hashes or unread words are here. */
MUST_USE enum err leaf_load(
	struct notebook_txn *txn, struct id id, struct leaf_own **out);
/* leaf_open(), and the space of the pair. Errors: ERR_REFUSED of a private one. */
MUST_USE enum err leaf_open_shared(struct notebook_txn *txn, struct id document,
	struct leaf_own **own, struct space **space, struct why *why);
/* leaf_record.c: a leaf as it is kept, in no list of the transaction: the caller's, for
 * leaf_own_release(). Errors: ERR_NOT_FOUND, ERR_DAMAGED. */
MUST_USE enum err leaf_read(
	struct notebook_txn *txn, struct id id, struct leaf_own **out);
/* All but its content and its draft. */
MUST_USE enum err leaf_peek(
	struct notebook_txn *txn, struct id id, struct leaf_own **out);
void leaf_pack(const struct leaf_own *own, struct buf *out);
struct leaf_own *leaf_add(struct notebook_txn *txn, struct id id, struct id space);
void leaf_own_release(struct leaf_own *leaf);
MUST_USE enum err leaves_save(struct notebook_txn *txn, struct why *why);
/* Bring the sums of the spaces up to what the leaves hold by now. */
MUST_USE enum err leaves_count(struct notebook_txn *txn);
/* The leaf if this transaction has it open, the erased ones too; else NULL. */
struct leaf_own *leaf_if_open(const struct notebook_txn *txn, struct id id);
/* Gone with its keys when the transaction commits. */
MUST_USE enum err leaf_forget(struct notebook_txn *txn, struct leaf_own *leaf);
/* Say who stands where: partner, by_me. */
void leaf_place(struct notebook_txn *txn, struct leaf_own *own);
void leaf_state(const struct space *space, const struct leaf_own *own, struct hash *out);

/* card.c: the card of a leaf that changed or ended; written by leaves_save(). */
MUST_USE enum err cards_note(struct notebook_txn *txn, struct leaf_own *own);
void cards_release(struct notebook_txn *txn);
/* words.c: the same of its words; leaf_place() was called. */
MUST_USE enum err words_note(struct notebook_txn *txn, struct leaf_own *own);
void words_release(struct notebook_txn *txn);
/* The number of this form of both pages, and of what is folded into them; a store that
 * was last written by a kith with another one makes all cards and words anew. */
#define CARDS_NUMBER 3u
MUST_USE enum err cards_remake(struct notebook_txn *txn, struct why *why);

/* leaf_find.c: keep the list of all ids in step. */
void all_add(struct notebook_txn *txn, struct id id);
void all_drop(struct notebook_txn *txn, struct id id);

/* leaf_make.c */
/* A private note of plain text; nothing when the text is empty. */
MUST_USE enum err leaf_note(struct notebook_txn *txn, struct bytes text, struct why *why);
/* A private document `id` with the same content as this one has here now, mine. */
MUST_USE enum err leaf_private_copy(
	struct notebook_txn *txn, struct leaf_own *leaf, struct id id, struct why *why);
/* The same of one that both hold and that ends: its head says as before whose it was and
 * whether the partner wrote in it too. A document of mine from the beginning is
 * ROLE_READ.
 */
MUST_USE enum err leaf_kept_copy(
	struct notebook_txn *txn, struct leaf_own *leaf, struct id id, struct why *why);
/* A document of a space that is not sealed yet. Takes `draft`, a birth. */
struct leaf_own *leaf_birth(
	struct notebook_txn *txn, struct id id, struct id space, struct draft *draft);
/* The open space of a pair that is not ended. Errors: ERR_REFUSED, ERR_NOT_FOUND. */
MUST_USE enum err partner_space(struct notebook_txn *txn, struct partner *partner,
	struct space **out, struct why *why);

/* leaf_links.c: which copies of a private document partners are shown, and by which other
 * ids a document was known. */
MUST_USE enum err leaf_links(struct notebook_txn *txn, struct id master,
	struct leaf_copy **out, size_t *count);
MUST_USE enum err leaf_link(struct notebook_txn *txn, struct id master,
	struct id document, const struct person_id *partner);
MUST_USE enum err leaf_unlink(
	struct notebook_txn *txn, struct id master, struct id document);
MUST_USE enum err leaf_alias(struct notebook_txn *txn, struct id before, struct id now);
/* The newest id of what was `before`; false where that is its own. */
bool leaf_alias_of(struct notebook_txn *txn, struct id before, struct id *now);
/* By the beginning of the old id's text. ERR_NOT_FOUND. */
MUST_USE enum err leaf_alias_find(
	struct notebook_txn *txn, const char *digits, struct id *now);

/* refs.c: references name documents of their own space only (DESIGN §4.1). */
/* The id that `target` has in `space`; false where it has none. */
bool refs_there(struct notebook_txn *txn, const struct space *space, struct id target,
	struct id *out);
/* Remember a reference of `document` that waits for its target to be shared. */
MUST_USE enum err refs_later(struct notebook_txn *txn, const struct space *space,
	struct id document, struct bytes field, struct id target);
/* `target` is in the space now, as `there`: carry what waited for it. */
MUST_USE enum err refs_now(struct notebook_txn *txn, struct space *space,
	struct id target, struct id there, struct why *why);
/* `own` is a private document with the content of `document` of the space: what that one
 * named there, and what waited, it names at home. */
MUST_USE enum err refs_home(struct notebook_txn *txn, const struct space *space,
	struct id document, struct leaf_own *own, struct why *why);
/* The id a value refers to; false of any other value. */
bool refs_read(const struct field_schema *field, struct bytes value, struct id *out);
void refs_pack(struct id id, struct buf *out);

/* follow.c */
/* The next id of a document that `space`'s own log creates for this private one. */
void share_nonce(const struct me *me, struct id space, struct id document, uint32_t count,
	uint8_t out[16]);
/* Carry what changed in the master of one document. */
MUST_USE enum err follow_one(struct notebook_txn *txn, struct space *space,
	struct leaf_own *copy, struct why *why);
/* The reverse, after a restore: what the copy holds newer goes back into the master. */
MUST_USE enum err follow_back(struct notebook_txn *txn, struct space *space,
	struct leaf_own *copy, bool *changed, struct why *why);
/* Records of logs that both write, as plain text: of `person` alone, or (NULL) of both.
 */
void follow_answers(struct notebook_txn *txn, const struct document *sealed,
	const struct draft *draft, const struct document_head *head,
	const struct person_id *person, struct buf *out);
/* Append what of mine stands in the copy beside what the master says. */
MUST_USE enum err follow_beside(struct notebook_txn *txn, struct space *space,
	struct leaf_own *copy, struct buf *out, struct why *why);
/* A new document that follows `master`, of the space's own log. */
MUST_USE enum err follow_birth(struct notebook_txn *txn, struct space *space,
	struct leaf_own *master, enum role role, enum way way, struct leaf_own **out,
	struct why *why);

/* restore.c */
/* Own history is back: settle what waited for it. */
MUST_USE enum err restore_pulled(
	struct notebook_txn *txn, struct space *space, struct why *why);
/* This store's words in a draft that cannot stay one, as a private note. Frees it. */
MUST_USE enum err restore_note_draft(
	struct notebook_txn *txn, struct leaf_own *own, struct why *why);

/* me.c */
MUST_USE enum err me_load(
	struct notebook *notebook, struct store_txn *txn, struct why *why);
MUST_USE enum err me_save(struct notebook *notebook, struct store_txn *txn);
MUST_USE enum err me_new(struct notebook *notebook, struct store_txn *txn,
	const char *name, struct bytes recovery, struct why *why);

/* people.c */
MUST_USE enum err people_save(struct notebook_txn *txn);
void people_release(struct notebook_txn *txn);

/* people_record.c */
void name_unpack(struct pack_reader *r, char out[NAME_MAX_LEN + 1]);
void partner_pack(struct buf *out, const struct partner *p);
MUST_USE enum err partner_unpack(struct bytes record, struct partner *p);

/* space.c */
MUST_USE enum err spaces_save(struct notebook_txn *txn);
void spaces_release(struct notebook_txn *txn);

/* space_record.c */
void space_pack(struct buf *out, const struct space *s);
MUST_USE enum err space_unpack(struct bytes record, struct space *s);

/* space_entry.c: an entry and its sections are no longer here. */
MUST_USE enum err space_drop_entry(
	struct notebook_txn *txn, struct space *space, struct log_id log, uint64_t seq);

#endif
