/*
 * A document: fields of four types, as its space holds it, merged from sections in causal
 * order (DESIGN §§4.2, 4.3). The same sections in any causal order give the same
 * canonical bytes on every device.
 */
#ifndef KITH_CRDT_DOCUMENT_H
#define KITH_CRDT_DOCUMENT_H

#include "core/crdt/effect.h"
#include "core/crdt/section.h"

struct document;
struct draft;

/* Fixed when it is created. */
struct document_head {
	const struct kind_schema *kind;
	struct person_id owner;
	enum role role;
	enum way way;
	struct person_id creator;
};

/* Who wrote a section, where it stands, and what its author had seen. */
struct author {
	struct log_id log;
	uint64_t entry, lamport;
	struct person_id person;
	const struct vector
		*seen; /* of the space, this entry itself not included; borrowed */
};

/*
 * The document that a section creates. ERR_VOID when it may not (kind not shareable that
 * way, role not offered, owner not one of the pair is the caller's to check).
 */
MUST_USE enum err document_create(const struct section *section,
	const struct author *author, struct document **out);

/*
 * Apply an edit. Whether it is valid depends only on what its author had seen. All or
 * nothing. `draft` (may be NULL) is this store's own work on the document: it is carried
 * over what changed.
 * Errors: ERR_VOID: changes nothing (role, schema, a place outside its past or its text).
 */
MUST_USE enum err document_apply(struct document *document, const struct section *section,
	const struct author *author, struct log_id own, struct draft *draft);

/* Borrowed; lives as long as the document. */
const struct document_head *document_head(const struct document *document);

/* Whether that person may write that field. `creating`: by the section that creates it.
 */
bool document_may(const struct document_head *head, const struct person_id *person,
	const struct field_schema *field, bool creating);

/* Whether that person may end it: SECTION_TAKEBACK by the owner (either, where it is
 * both), SECTION_DROP by who is not the owner (either, where it is both). */
bool document_may_end(const struct document_head *head, const struct person_id *person,
	enum section_type type);

/* Append the canonical sealed state (DESIGN §6.3). */
void document_canonical(const struct document *document, struct buf *out);

/* Everything this store keeps of it; document_load() checks wholly. ERR_CORRUPT. */
void document_save(const struct document *document, struct buf *out);
MUST_USE enum err document_load(
	const struct schema *schema, struct bytes saved, struct document **out);

/* NULL is fine. */
void document_free(struct document *document);

/*
 * Plain text of what `person` wrote in it, draft included when it is their own (may be
 * NULL): field after field, with "…" where the words of others stood. For the private
 * note that stays when a document ends (DESIGN §4.6). Empty when they wrote nothing.
 */
void document_words(const struct document *document, const struct draft *draft,
	const struct person_id *person, struct buf *out);

/* Which places of this document both wrote: see core/crdt/marks.h. */

#endif
