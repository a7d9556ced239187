#include "core/notebook/share.h"

#include "core/base/tr.h"
#include "core/crdt/value.h"
#include "core/notebook/ending.h"
#include "core/notebook/internal.h"
#include "core/notebook/ledger.h"

/* ---- Sharing. */

struct share {
	struct notebook_txn *txn;
	struct partner *partner;
	struct space *space;
	struct leaf_own *own; /* the private document */
	const struct kind_schema *kind;
	enum role role;
	enum way way;
	struct why *why;
};

enum role share_default_role(const struct kind_schema *kind)
{
	return kind->default_role;
}

static enum err pick_way(struct share *s)
{
	static const char *const words[] = {"read", "comment", "edit"};
	static const enum way ways[] = {WAY_SHOWN, WAY_COPY, WAY_MOVED};
	unsigned acts = 0;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		acts |= s->kind->ways & (1u << ways[i]);
		s->way = ways[i];
		if (kind_shares(s->kind, s->way, s->role))
			return OK;
	}
	if (acts == 0)
		return because(s->why, ERR_REFUSED,
			"a %s stays on this computer: it cannot be shared",
			tr_in("kind", s->kind->name));
	return because(s->why, ERR_REFUSED, "a %s cannot be shared to %s",
		tr_in("kind", s->kind->name), tr_in("role", words[s->role]));
}

/* Once with each partner, and what lives together with one is with nobody else. */
static enum err not_shared_yet(struct share *s)
{
	struct leaf_copy *copies = NULL;
	size_t count = leaf_copies(s->txn, s->own->leaf.id, &copies);
	for (size_t i = 0; i < count; i++) {
		const struct partner *other = people_partner(s->txn, &copies[i].partner);
		if (other == NULL)
			continue;
		if (s->way == WAY_MOVED)
			return because(s->why, ERR_REFUSED,
				"%s is shown this %s: take it back first, or share a "
				"copy",
				other->called, tr_in("kind", s->kind->name));
		if (other == s->partner)
			return because(s->why, ERR_REFUSED,
				"this %s is shared with %s already",
				tr_in("kind", s->kind->name), other->called);
	}
	return OK;
}

static enum err read_share(struct share *s, struct id document)
{
	struct leaf *leaf = NULL;
	enum err e = leaf_open(s->txn, document, &leaf, s->why);
	if (e != OK)
		return e;
	s->own = own_of(leaf);
	s->kind = leaf->head->kind;
	if (!leaf->is_private) {
		const struct partner *other = people_partner(s->txn, &leaf->partner);
		return because(s->why, ERR_REFUSED,
			leaf->by_me ? "this %s is shared with %s already"
				    : "this %s is %s's: only they may share it",
			tr_in("kind", s->kind->name),
			other != NULL ? other->called : tr("a partner"));
	}
	e = pick_way(s);
	if (e == OK)
		e = partner_space(s->txn, s->partner, &s->space, s->why);
	if (e == OK)
		e = not_shared_yet(s);
	return e;
}

/* A moved document's references, as they are in its new space: one that has no target
 * there is left out and waits. */
static enum err move_refs(
	struct share *s, struct draft *source, struct draft *moved, struct id there)
{
	struct arena *arena = &s->txn->arena;
	enum err e = OK;
	for (size_t i = 0; e == OK && i < s->kind->field_count; i++) {
		const struct field_schema *field = &s->kind->fields[i];
		struct reading reading = {0};
		struct id target, found;
		CLEAN_BUF struct buf value = {0};
		read_values(NULL, source, field, (struct bytes){0}, arena, &reading);
		if (reading.count == 0 ||
			!refs_read(field, reading.items[0].value, &target))
			continue;
		if (refs_there(s->txn, s->space, target, &found)) {
			refs_pack(found, &value);
			e = draft_set(moved, NULL, field, (struct bytes){0},
				buf_bytes(&value), s->why);
		} else {
			e = refs_later(
				s->txn, s->space, there, bytes_text(field->name), target);
		}
	}
	return e;
}

/* The same draft without its references. */
static enum err without_refs(struct share *s, struct draft **out)
{
	const struct schema *schema = s->txn->notebook->schema;
	CLEAN_BUF struct buf saved = {0}, nil = {0};
	draft_save(s->own->leaf.draft, &saved);
	enum err e = draft_load(schema, buf_bytes(&saved), out);
	pack_nil(&nil);
	for (size_t i = 0; e == OK && i < s->kind->field_count; i++) {
		const struct field_schema *field = &s->kind->fields[i];
		struct reading reading = {0};
		struct id target;
		if (field->type != FIELD_REGISTER || field->value != VALUE_REF)
			continue;
		read_values(
			NULL, *out, field, (struct bytes){0}, &s->txn->arena, &reading);
		if (reading.count > 0 &&
			refs_read(field, reading.items[0].value, &target))
			e = draft_set(*out, NULL, field, (struct bytes){0},
				buf_bytes(&nil), s->why);
	}
	return e;
}

static enum err flatten(struct share *s, const uint8_t nonce[16], struct draft **out)
{
	const struct person_id *me = &s->txn->notebook->me.person;
	struct document_head head = {.kind = s->kind,
		.owner = s->kind->owner == OWNER_TAUGHT ? s->partner->person : *me,
		.creator = *me,
		.role = s->role,
		.way = WAY_MOVED};
	struct draft *source = NULL;
	struct vector since = {0};
	enum err e = without_refs(s, &source);
	if (e == OK) {
		*out = draft_flatten(NULL, source, random_id(), &head);
		space_vector(s->space, &since);
		draft_rebirth(*out, nonce, &since);
		vector_release(&since);
	}
	draft_free(source);
	return e;
}

/* The pair's document starts with the present state; the private one ends. */
static enum err move(struct share *s, struct leaf_own **out)
{
	struct notebook_txn *txn = s->txn;
	struct id before = s->own->leaf.id;
	struct space_log *log = space_own_log(txn, s->space);
	struct draft *draft = NULL;
	uint8_t nonce[16];
	if (log == NULL)
		return because(s->why, ERR_REFUSED,
			"too many devices wrote in this pairing: pair again");
	share_nonce(&txn->notebook->me, s->space->id, before, s->own->shares, nonce);
	struct id id = entry_document_id(log->id, nonce);
	enum err e = flatten(s, nonce, &draft);
	if (e != OK)
		return because(s->why, e, "a document cannot be read: %s", err_text(e));
	e = move_refs(s, s->own->leaf.draft, draft, id);
	if (e == OK && draft_weight(draft) > DRAFT_MAX)
		e = because(s->why, ERR_TOO_BIG,
			"a %s of more than %zu KiB cannot be sent at once: shorten it",
			tr_in("kind", s->kind->name), DRAFT_MAX / 1024);
	if (e != OK) {
		draft_free(draft);
		return e;
	}
	struct leaf_own *moved = leaf_birth(txn, id, s->space->id, draft);
	moved->from = before;
	moved->shares = s->own->shares + 1;
	moved->leaf.shared_s = txn->now_s;
	*out = moved;
	e = leaf_forget(txn, s->own);
	return e == OK ? leaf_alias(txn, before, id) : e;
}

enum err share_document(struct notebook_txn *txn, struct id document,
	struct partner *partner, enum role role, struct id *there, struct why *why)
{
	struct share s = {.txn = txn, .partner = partner, .role = role, .why = why};
	struct leaf_own *own = NULL;
	*there = (struct id){0};
	enum err e = read_share(&s, document);
	if (e != OK)
		return e;
	document = s.own->leaf.id;
	e = s.way == WAY_MOVED
		    ? move(&s, &own)
		    : follow_birth(txn, s.space, s.own, s.role, s.way, &own, why);
	if (e == OK && own != NULL)
		e = refs_now(txn, s.space, document, own->leaf.id, why);
	if (e == OK && own != NULL)
		*there = own->leaf.id;
	return e;
}

/* ---- Ending. */

/* What is sealed, or was in a history that may come back, may have left. */
static bool may_have_left(const struct leaf_own *own)
{
	return own->leaf.sealed != NULL || own->born > 0 || own->restored;
}

/* End it here now, and say so at the next contact. */
static enum err end_here(struct notebook_txn *txn, struct space *space,
	struct leaf_own *own, enum section_type type, struct why *why)
{
	enum err e = leaves_count(txn);
	if (e != OK)
		return because(why, e, "a space cannot be read: %s", err_text(e));
	struct id document = own->leaf.id;
	bool left = may_have_left(own);
	if (left)
		space_add_end(space, &(struct space_end){.document = document,
					     .type = type,
					     .state = own->state,
					     .counted = own->counted});
	e = ending_apply(
		txn, space, document, type, &txn->notebook->me.person, true, why);
	return e == OK && !left ? space_set_unsaid(txn, space, document) : e;
}

/* It never left: what had moved is the private document it was. */
static enum err call_back(struct notebook_txn *txn, struct space *space,
	struct leaf_own *own, struct id *back, struct why *why)
{
	struct id there = own->leaf.id;
	uint32_t shares = own->shares;
	*back = own->from;
	enum err e = leaf_private_copy(txn, own, *back, why);
	struct leaf_own *private = NULL;
	if (e == OK)
		e = leaf_load(txn, *back, &private);
	if (e != OK)
		return e;
	private->shares = shares;
	e = leaf_forget(txn, own);
	if (e == OK)
		e = space_set_unsaid(txn, space, there);
	return e == OK ? leaf_alias(txn, there, *back) : e;
}

enum err share_takeback(struct notebook_txn *txn, struct id document, enum reach *was,
	struct id *back, struct why *why)
{
	struct leaf_own *own = NULL;
	struct space *space = NULL;
	struct ledger_line line;
	*back = (struct id){0};
	enum err e = leaf_open_shared(txn, document, &own, &space, why);
	if (e == OK)
		e = ledger_line(txn, own->leaf.id, &line, why);
	if (e != OK)
		return e;
	*was = line.reach;
	/* What never left is its author's alone, whose ever it will be: a lesson too. */
	if (!may_have_left(own) && !id_is_zero(own->from))
		return call_back(txn, space, own, back, why);
	if (!document_may_end(
		    own->leaf.head, &txn->notebook->me.person, SECTION_TAKEBACK))
		return because(why, ERR_REFUSED,
			"this %s is not yours to take back: `kith drop` lets it go",
			tr_in("kind", own->leaf.head->kind->name));
	return end_here(txn, space, own, SECTION_TAKEBACK, why);
}

enum err share_drop(struct notebook_txn *txn, struct id document, struct why *why)
{
	struct leaf_own *own = NULL;
	struct space *space = NULL;
	enum err e = leaf_open_shared(txn, document, &own, &space, why);
	if (e != OK)
		return e;
	struct id back;
	if (!may_have_left(own) && !id_is_zero(own->from))
		return call_back(txn, space, own, &back, why);
	if (!document_may_end(own->leaf.head, &txn->notebook->me.person, SECTION_DROP))
		return because(why, ERR_REFUSED,
			"this %s is yours: `kith takeback` takes it back",
			tr_in("kind", own->leaf.head->kind->name));
	return end_here(txn, space, own, SECTION_DROP, why);
}

enum err share_unpair(struct notebook_txn *txn, struct partner *partner,
	const struct id *last, struct why *why)
{
	struct space *space = NULL;
	enum err e = space_open(txn, partner->space, &space);
	if (e != OK)
		return because(why, e, "what you share with %s cannot be read: %s",
			partner->called, err_text(e));
	if (partner->state == PARTNER_LEAVING ||
		(partner->state == PARTNER_LEFT && space->closed_by_me))
		return because(why, ERR_REFUSED, "you ended it with %s already",
			partner->called);
	if (space->closed_by_them)
		last = NULL; /* they listen no more */
	e = ending_close(txn, space, &txn->notebook->me.person, last, why);
	if (e != OK)
		return e;
	idset_clear(&space->follows);
	space->closed_by_me = true;
	if (!space->closed_by_them)
		space_add_end(space, &(struct space_end){.type = SECTION_CLOSE});
	space_touch(space);
	partner->state = space->closed_by_them ? PARTNER_LEFT : PARTNER_LEAVING;
	partner->identical = false;
	people_touch(txn, partner);
	return OK;
}
