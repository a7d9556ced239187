/*
 * A draft: own work on a document that nobody else has seen, as the net difference to the
 * sealed content (DESIGN §4.4). Of what was written and taken out again nothing is left.
 */
#ifndef KITH_CRDT_DRAFT_H
#define KITH_CRDT_DRAFT_H

#include "core/crdt/document.h"

struct draft;

/*
 * `id` is random; `since` what this store had seen of the space when it began (copied).
 * `head` (may be NULL; copied) makes it a birth: the document is not sealed yet, `nonce`
 * is what its id was made from.
 */
struct draft *draft_new(struct id id, const struct vector *since,
	const struct document_head *head, const uint8_t nonce[16]);
void draft_free(struct draft *draft); /* NULL is fine */

struct id draft_id(const struct draft *draft);
/* Of a birth; else NULL. Borrowed. */
const struct document_head *draft_head(const struct draft *draft);
const uint8_t *draft_nonce(const struct draft *draft);
/* Whether it changes nothing. A birth is never empty of itself: ask draft_head() too. */
bool draft_is_empty(const struct draft *draft);

/*
 * Local edits. `sealed` is the document under the draft; NULL for a birth. `key` is empty
 * but for a family. Values are canonical MessagePack, checked against the schema here.
 *
 * Errors, with a sentence in `why`, nothing changed: ERR_INVALID (outside the schema, not
 * UTF-8), ERR_TOO_BIG (DESIGN §4.7), ERR_NOT_FOUND (a record that is not there),
 * ERR_REFUSED (a record another person wrote).
 */
MUST_USE enum err draft_set(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct why *why);
MUST_USE enum err draft_add(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct why *why);
MUST_USE enum err draft_remove(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct why *why);
MUST_USE enum err draft_append(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, const uint8_t rid[8], struct bytes record,
	struct why *why);
/* `me` is compared with who wrote the record. A record of this draft simply goes. */
MUST_USE enum err draft_void(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, const uint8_t rid[8],
	const struct person_id *me, struct why *why);

/*
 * A text was made `to` from `from`, which it was when the writer began: carried over what
 * the text has become meanwhile.
 */
MUST_USE enum err draft_text(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes from,
	struct bytes to, struct why *why);

/* One edit at a place of the text as it is now, in scalar values. ERR_INVALID outside it.
 */
MUST_USE enum err draft_splice(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, size_t pos, size_t del,
	struct bytes text, struct why *why);

/*
 * The sealed content under the draft was read anew and is another at once: what the draft
 * does to texts is carried over the difference. `own` is the log it will be sealed into.
 */
void draft_move(struct draft *draft, const struct document *before,
	const struct document *after, struct log_id own);

/* The bytes it comes to in a section, at most. What is not private is sent, and a draft
 * is sent whole: beyond DRAFT_MAX it does not fit an entry. */
size_t draft_weight(const struct draft *draft);
#define DRAFT_MAX ((size_t)900 * 1024)

/*
 * Where the `len` scalar values from `pos` on of a sealed text stand in the text as the
 * draft (may be NULL) makes it.
 * Errors: ERR_NOT_FOUND (the draft takes all of them out), ERR_REFUSED (it changes
 * something in them).
 */
MUST_USE enum err draft_where(const struct draft *draft, const struct field_schema *field,
	struct bytes key, size_t pos, size_t len, size_t *now);

/*
 * The section to seal: a create for a birth, else an edit. Into `arena`, which it borrows
 * from, as from the draft. `seen` is what the entry it goes into has seen: `since` is
 * said only where it differs.
 */
void draft_seal(const struct draft *draft, const struct document *sealed,
	const struct schema *schema, const struct vector *seen, struct arena *arena,
	struct section *out);

/*
 * A birth that makes a new document of all that this one shows: sealed content and draft
 * over it, competing values as their first, texts whole. `sealed` or `draft` may be NULL.
 * `id` is the new draft's; `head` the new document's; texts become registers where the
 * new way is WAY_SHOWN or WAY_COPY (they are carried whole) and text again where it is
 * not.
 */
struct draft *draft_flatten(const struct document *sealed, const struct draft *draft,
	struct id id, const struct document_head *head);

/* Make a birth (of draft_flatten()) fit for sealing: its document's nonce, and since
 * when. */
void draft_rebirth(
	struct draft *draft, const uint8_t nonce[16], const struct vector *since);

/*
 * What was carried of one field of a shown document: `value` replaces exactly the values
 * that were carried before (`known`, as pack'd array of values) and what this draft says;
 * another value stays beside it. Of a set, `value` too is an array: of the elements that
 * are to stand; another element stays. A log is carried record by record, by rid.
 */
MUST_USE enum err draft_carry(struct draft *draft, const struct document *sealed,
	const struct field_schema *field, struct bytes key, struct bytes value,
	struct bytes known, struct why *why);

/* For the store; equal drafts save to equal bytes. draft_load(): ERR_CORRUPT. */
void draft_save(const struct draft *draft, struct buf *out);
MUST_USE enum err draft_load(
	const struct schema *schema, struct bytes saved, struct draft **out);

/* ---- Reading: sealed content with the draft laid over it; either may be NULL. */

struct reading_item {
	struct bytes value; /* canonical MessagePack */
	uint8_t rid[8];     /* of a log's record */
	struct person_id by;
	bool is_draft; /* own work, not sealed */
};

/* In the arena given. Registers: the one shown first, then those that compete with it. */
struct reading {
	struct reading_item *items;
	size_t count;
};

void read_values(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key, struct arena *arena,
	struct reading *out);
void read_set(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key, struct arena *arena,
	struct reading *out);
void read_log(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct arena *arena, struct reading *out);

/* The text; false when the field holds none. A shown text, held as a register, reads the
 * same. */
bool read_text(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct bytes key, struct arena *arena,
	struct bytes *out);

/* The keys of a family that hold something, sorted. */
void read_keys(const struct document *sealed, const struct draft *draft,
	const struct field_schema *field, struct arena *arena, struct bytes **out,
	size_t *count);

#endif
