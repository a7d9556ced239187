#include <string.h>

#include "core/base/utf8.h"
#include "core/base/tr.h"
#include "core/crdt/value.h"
#include "core/notebook/internal.h"

/* At once, not only when it is written: sealing in the same transaction looks for it. */
static void note_draft(struct notebook_txn *txn, const struct leaf_own *own)
{
	struct space *space = NULL;
	if (!own->leaf.is_private && space_open(txn, own->leaf.space, &space) == OK)
		space_mark_draft(space, own->leaf.id);
}

struct leaf_own *leaf_birth(
	struct notebook_txn *txn, struct id id, struct id space, struct draft *draft)
{
	struct leaf_own *own = leaf_add(txn, id, space);
	draft_free(own->leaf.draft);
	own->leaf.draft = draft;
	own->dirty_draft = true;
	leaf_place(txn, own);
	note_draft(txn, own);
	return own;
}

enum err leaf_new(struct notebook_txn *txn, const struct kind_schema *kind,
	struct leaf **out, struct why *why)
{
	static const uint8_t no_nonce[16];
	static const struct vector nothing;
	*out = NULL;
	if ((kind->ways & (1u << WAY_PRIVATE)) == 0)
		return because(why, ERR_REFUSED,
			"a %s is made together with a partner: say --with NAME",
			tr_in("kind", kind->name));
	struct document_head head = {.kind = kind,
		.owner = txn->notebook->me.person,
		.creator = txn->notebook->me.person,
		.role = ROLE_READ,
		.way = WAY_PRIVATE};
	struct draft *draft = draft_new(random_id(), &nothing, &head, no_nonce);
	*out = &leaf_birth(txn, random_id(), txn->notebook->mine, draft)->leaf;
	return OK;
}

enum err partner_space(struct notebook_txn *txn, struct partner *partner,
	struct space **out, struct why *why)
{
	if (partner == NULL)
		return because(why, ERR_NOT_FOUND, "no such partner");
	enum err e = space_open(txn, partner->space, out);
	if (e != OK)
		return because(why, e, "what you share with %s cannot be read: %s",
			partner->called, err_text(e));
	if (partner->state == PARTNER_LEAVING || partner->state == PARTNER_LEFT ||
		(*out)->closed_by_me || (*out)->closed_by_them)
		return because(why, ERR_REFUSED,
			"you and %s are no longer paired: pair again to share",
			partner->called);
	return OK;
}

enum err leaf_new_together(struct notebook_txn *txn, const struct kind_schema *kind,
	const struct person_id *person, struct leaf **out, struct why *why)
{
	*out = NULL;
	if ((kind->ways & (1u << WAY_TOGETHER)) == 0)
		return because(why, ERR_REFUSED,
			"a %s begins private: make it, then share it",
			tr_in("kind", kind->name));
	struct space *space = NULL;
	struct partner *partner = people_partner(txn, person);
	enum err e = partner_space(txn, partner, &space, why);
	if (e != OK || space == NULL)
		return e;
	struct space_log *log = space_own_log(txn, space);
	if (log == NULL)
		return because(
			why, ERR_REFUSED, "too many devices wrote here: pair again");
	uint8_t nonce[16];
	random_fill(nonce, sizeof nonce);
	struct document_head head = {.kind = kind,
		.owner = txn->notebook->me.person,
		.creator = txn->notebook->me.person,
		.role = kind->default_role,
		.way = WAY_TOGETHER};
	struct vector since = {0};
	space_vector(space, &since);
	struct leaf_own *own = leaf_birth(txn, entry_document_id(log->id, nonce),
		space->id, draft_new(random_id(), &since, &head, nonce));
	vector_release(&since);
	own->leaf.shared_s = txn->now_s;
	*out = &own->leaf;
	return OK;
}

static enum err add_note(struct notebook_txn *txn, const struct kind_schema *kind,
	const struct field_schema *body, struct bytes text, struct why *why)
{
	struct leaf *leaf = NULL;
	enum err e = leaf_new(txn, kind, &leaf, why);
	if (e != OK || leaf == NULL)
		return e;
	return draft_text(
		leaf->draft, NULL, body, (struct bytes){0}, (struct bytes){0}, text, why);
}

/* What is longer than a text may be (the words of many fields, a merged text) becomes
 * several notes: nothing is lost, and nothing is refused that the partner decided. */
enum err leaf_note(struct notebook_txn *txn, struct bytes text, struct why *why)
{
	const struct kind_schema *kind =
		schema_kind(txn->notebook->schema, bytes_text("note"));
	const struct field_schema *body =
		kind != NULL ? kind_field(kind, bytes_text("body")) : NULL;
	if (text.len > 0 && body == NULL)
		return because(why, ERR_REFUSED, "this schema has no notes");
	enum err e = OK;
	while (e == OK && text.len > 0) {
		struct bytes part = {0};
		(void)bytes_take(&text, utf8_offset(text, TEXT_MAX), &part);
		e = add_note(txn, kind, body, part, why);
	}
	return e;
}

static enum err copy_as(struct notebook_txn *txn, struct leaf_own *from, struct id id,
	const struct document_head *head, struct why *why)
{
	struct draft *draft =
		draft_flatten(from->leaf.sealed, from->leaf.draft, random_id(), head);
	struct leaf_own *own = leaf_birth(txn, id, txn->notebook->mine, draft);
	struct space *space = NULL;
	enum err e = space_open(txn, from->leaf.space, &space);
	return e == OK ? refs_home(txn, space, from->leaf.id, own, why) : e;
}

enum err leaf_private_copy(
	struct notebook_txn *txn, struct leaf_own *from, struct id id, struct why *why)
{
	struct document_head head = *from->leaf.head;
	head.owner = head.creator = txn->notebook->me.person;
	head.role = ROLE_READ;
	head.way = WAY_PRIVATE;
	return copy_as(txn, from, id, &head, why);
}

enum err leaf_kept_copy(
	struct notebook_txn *txn, struct leaf_own *from, struct id id, struct why *why)
{
	struct document_head head = *from->leaf.head;
	head.creator = txn->notebook->me.person;
	head.way = WAY_PRIVATE;
	return copy_as(txn, from, id, &head, why);
}

/* ---- Writing a field. */

enum err leaf_field(struct notebook_txn *txn, struct leaf *leaf, struct bytes name,
	const struct field_schema **field, struct why *why)
{
	*field = kind_field(leaf->head->kind, name);
	if (*field == NULL)
		return because(why, ERR_NOT_FOUND, "a %s has no field \"%.*s\"",
			tr_in("kind", leaf->head->kind->name),
			(int)(name.len < 64 ? name.len : 64), name.at);
	if (leaf->unread)
		return because(why, ERR_UNREAD,
			"a newer kith wrote in this document: update yours before you "
			"change it");
	bool creating = leaf->sealed == NULL;
	if (!leaf->is_private && !id_is_zero(leaf->master) &&
		(*field)->who != WHO_COMMENT)
		return because(why, ERR_REFUSED,
			"this follows your own document: change that one");
	if (!leaf->is_private &&
		!document_may(leaf->head, &txn->notebook->me.person, *field, creating))
		return because(why, ERR_REFUSED, "only the other side may change %s here",
			(*field)->name);
	return OK;
}

enum err leaf_draft(
	struct notebook_txn *txn, struct leaf *leaf, struct draft **out, struct why *why)
{
	struct leaf_own *own = own_of(leaf);
	if (!txn->write)
		return because(why, ERR_REFUSED, "this only looks, it cannot write");
	if (leaf->draft == NULL) {
		struct vector since = {0};
		struct space *space = NULL;
		enum err e = space_open(txn, leaf->space, &space);
		if (e != OK)
			return because(why, e, "a space cannot be read: %s", err_text(e));
		space_vector(space, &since);
		leaf->draft = draft_new(random_id(), &since, NULL, NULL);
		vector_release(&since);
	}
	own->dirty_draft = true;
	note_draft(txn, own);
	*out = leaf->draft;
	return OK;
}

enum err leaf_erase(struct notebook_txn *txn, struct id id, struct why *why)
{
	struct leaf *leaf = NULL;
	enum err e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	char handle[HANDLE_TEXT];
	leaf_handle(txn, leaf, handle);
	struct leaf_copy *copies = NULL;
	if (!leaf->is_private || leaf_copies(txn, id, &copies) > 0)
		return because(why, ERR_REFUSED,
			leaf->by_me ? "%s is shared: `kith takeback %s` first"
				    : "%s is your partner's: `kith drop %s` lets it go",
			handle, handle);
	return leaf_forget(txn, own_of(leaf));
}
