#include "core/notebook/apply.h"

#include "core/base/tr.h"
#include "core/crdt/marks.h"
#include "core/notebook/ending.h"
#include "core/notebook/internal.h"
#include "core/notebook/restore.h"

void apply_came_release(struct apply_came *came)
{
	mem_free(came->documents);
	*came = (struct apply_came){0};
}

static void note_document(struct apply_came *came, struct id document)
{
	for (size_t i = came->document_count; i > 0 && i + 8 > came->document_count; i--)
		if (id_equal(came->documents[i - 1], document))
			return;
	came->documents = mem_grow(came->documents, came->document_count,
		&came->document_cap, sizeof *came->documents);
	came->documents[came->document_count++] = document;
}

struct apply {
	struct notebook_txn *txn;
	struct space *space;
	enum bringer bringer;
	const struct apply_item *item;
	struct author author;
	size_t ops; /* of the entry at hand */
	struct apply_came *came;
	struct why *why;
};

static const char *partner_called(struct apply *apply)
{
	const struct partner *p = people_partner(apply->txn, &apply->space->partner);
	return p != NULL ? p->called : tr("your partner");
}

static bool by_partner(const struct apply *apply)
{
	return person_equal(apply->author.person, apply->space->partner);
}

static enum err void_section(struct apply *apply)
{
	if (apply->bringer == BRINGER_ME)
		return because(apply->why, ERR_VOID,
			"a change of yours does what it may not do: it was not sent");
	if (apply->came != NULL)
		apply->came->voids++;
	if (apply->bringer == BRINGER_PARTNER)
		space_notice(apply->space,
			"a change by %s was left out: it does what its author may not do",
			partner_called(apply));
	return OK;
}

static void set_incomplete(struct space *space, struct leaf_own *own)
{
	if (!own->leaf.incomplete) {
		own->leaf.incomplete = true;
		space->incomplete++;
		space_touch(space);
	}
	own->dirty_record = true;
}

static void set_unread(struct apply *apply, struct leaf_own *own)
{
	if (!own->leaf.unread) {
		own->leaf.unread = true;
		apply->space->unread++;
		space_touch(apply->space);
		space_notice(apply->space,
			"%s uses a newer kith: update yours to read everything",
			partner_called(apply));
	}
	own->dirty_record = true;
}

/*
 * The leaf of this space; NULL where nothing of it ever came. ERR_VOID of a document that
 * stands in another space: whoever knows its id has no say in it here.
 */
static enum err leaf_here(struct apply *apply, struct id document, struct leaf_own **out)
{
	enum err e = leaf_load(apply->txn, document, out);
	if (e == ERR_NOT_FOUND)
		*out = NULL;
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	return id_equal((*out)->leaf.space, apply->space->id) ? OK : ERR_VOID;
}

/* The leaf, or a shell of one where only hashes or unread words of it are here. */
static struct leaf_own *or_shell(
	struct apply *apply, struct id document, struct leaf_own *own)
{
	return own != NULL ? own : leaf_add(apply->txn, document, apply->space->id);
}

static void touched(struct apply *apply, struct leaf_own *own)
{
	vector_set(&own->touched, apply->item->log, apply->item->entry.seq);
	own->dirty_state = own->dirty_record = true;
	if (apply->came != NULL)
		note_document(apply->came, own->leaf.id);
}

/* The very draft that was sealed in the history which now comes back: what stands in it
 * since is kept beside it (DESIGN §5). */
static enum err draft_came_back(
	struct apply *apply, struct leaf_own *own, const struct section_head *head)
{
	if (apply->bringer != BRINGER_PARTNER || by_partner(apply) ||
		own->leaf.draft == NULL || id_is_zero(head->draft) ||
		!id_equal(draft_id(own->leaf.draft), head->draft))
		return OK;
	/* A birth is compared with what it became: apply_create(). */
	return own->leaf.sealed != NULL ? restore_note_draft(apply->txn, own, apply->why)
					: OK;
}

/* The birth this store still had as a draft is one no more: what it says beyond what was
 * created is kept beside it. A draft of an edit stays: its ground is applied anew. */
static enum err birth_came_back(
	struct apply *apply, struct leaf_own *own, const struct document *created)
{
	const struct person_id *me = &apply->txn->notebook->me.person;
	CLEAN_BUF struct buf here = {0}, there = {0};
	if (own->leaf.draft == NULL || draft_head(own->leaf.draft) == NULL)
		return OK;
	if (apply->bringer != BRINGER_ME) {
		document_words(NULL, own->leaf.draft, me, &here);
		document_words(created, NULL, me, &there);
		if (!bytes_equal(buf_bytes(&here), buf_bytes(&there)))
			return restore_note_draft(apply->txn, own, apply->why);
	}
	draft_free(own->leaf.draft);
	own->leaf.draft = NULL;
	own->dirty_draft = true;
	return OK;
}

static bool is_of_pair(const struct apply *apply, const struct person_id *person)
{
	return person_equal(*person, apply->space->partner) ||
	       person_equal(*person, apply->txn->notebook->me.person);
}

/* A creation that is void leaves nothing, not even a shell. */
static enum err void_birth(struct apply *apply, struct leaf_own *own)
{
	if (own->fresh && own->leaf.sealed == NULL && own->leaf.draft == NULL)
		own->erased = true;
	return void_section(apply);
}

static enum err apply_create(
	struct apply *apply, struct leaf_own *own, const struct section *section)
{
	struct id id = entry_document_id(apply->item->log, section->nonce);
	struct document *document = NULL;
	/* What is private is in *mine*, never in a pair's space. */
	if (!id_equal(id, own->leaf.id) || own->leaf.sealed != NULL ||
		section->way == WAY_PRIVATE || !is_of_pair(apply, &section->owner) ||
		document_create(section, &apply->author, &document) != OK) {
		return void_birth(apply, own);
	}
	enum err e = birth_came_back(apply, own, document);
	own->leaf.sealed = document;
	own->born_log = apply->item->log;
	own->born = apply->item->entry.seq;
	if (own->leaf.shared_s == 0)
		own->leaf.shared_s = apply->txn->now_s;
	leaf_place(apply->txn, own);
	touched(apply, own);
	if (e != OK || apply->bringer != BRINGER_PARTNER || by_partner(apply))
		return e;
	return restore_recognise(apply->txn, apply->space, id, document_head(document),
		section->nonce, apply->why);
}

static enum err apply_edit(
	struct apply *apply, struct leaf_own *own, const struct section *section)
{
	if (own->leaf.sealed == NULL) {
		set_incomplete(apply->space, own);
		return OK;
	}
	/* Sealing: this is the draft itself, and no longer one. */
	if (apply->bringer == BRINGER_ME) {
		draft_free(own->leaf.draft);
		own->leaf.draft = NULL;
		own->dirty_draft = true;
	}
	struct draft *draft = apply->bringer == BRINGER_STORE ? NULL : own->leaf.draft;
	enum err e = document_apply(
		own->leaf.sealed, section, &apply->author, apply->space->own, draft);
	if (e == ERR_VOID)
		return void_section(apply);
	if (e != OK)
		return because(
			apply->why, e, "a change cannot be applied: %s", err_text(e));
	if (draft != NULL)
		own->dirty_draft = true;
	touched(apply, own);
	return OK;
}

static enum err apply_content(struct apply *apply, struct leaf_own *own,
	struct bytes rest, const struct section_head *head)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section = {0};
	if (own->leaf.unread)
		return OK; /* waits with the others: apply_waiting() */
	if (own->leaf.incomplete) {
		vector_set(&own->touched, apply->item->log, apply->item->entry.seq);
		return OK; /* waits until what is missing was fetched: apply_replay() */
	}
	const struct kind_schema *kind =
		own->leaf.sealed != NULL && head->type == SECTION_EDIT
			? document_head(own->leaf.sealed)->kind
			: NULL;
	if (kind == NULL && head->type == SECTION_EDIT) {
		set_incomplete(apply->space, own);
		return OK;
	}
	enum err e = section_decode(
		rest, apply->txn->notebook->schema, kind, &arena, &section);
	if (e == OK || e == ERR_VOID)
		apply->ops += section_ops(&section);
	/* What is here already was within the limit when it came. */
	if (apply->ops > SECTION_OPS_MAX && apply->bringer != BRINGER_STORE)
		e = ERR_TOO_BIG;
	if (e == ERR_UNREAD) {
		set_unread(apply, own);
		e = OK;
	} else if (e == ERR_VOID) {
		e = head->type == SECTION_CREATE ? void_birth(apply, own)
						 : void_section(apply);
	} else if (e != OK) {
		e = because(apply->why, e,
			"a change came that cannot be read: nothing was changed");
	} else if (head->type == SECTION_CREATE) {
		e = apply_create(apply, own, &section);
	} else {
		e = apply_edit(apply, own, &section);
	}
	section_head_release(&section.head);
	return e;
}

static enum err apply_end(struct apply *apply, struct id document,
	const struct leaf_own *own, enum section_type type)
{
	if (own != NULL && own->leaf.sealed != NULL &&
		!document_may_end(
			document_head(own->leaf.sealed), &apply->author.person, type))
		return void_section(apply);
	if (apply->came != NULL)
		note_document(apply->came, document);
	return ending_apply(apply->txn, apply->space, document, type,
		&apply->author.person, apply->bringer == BRINGER_ME, apply->why);
}

/* What ends a document, sealed here: the user decided it before; it counts from now on.
 */
static bool settle_end(struct apply *apply, struct id document)
{
	struct space *s = apply->space;
	for (size_t i = 0; i < s->end_count; i++) {
		if (!id_equal(s->ends[i].document, document))
			continue;
		if (s->ends[i].counted)
			space_sum_drop(s, &s->ends[i].state);
		s->ends[i] = s->ends[--s->end_count];
		space_touch(s);
		return true;
	}
	return false;
}

/* A last word of mine stays until it has arrived (exchange.c); where the pair has ended,
 * nothing counts any more. */
static enum err count_nothing(struct apply *apply)
{
	struct id *ids = NULL;
	size_t count = 0;
	struct space *s = apply->space;
	enum err e = ending_documents(apply->txn, s->id, &ids, &count, apply->why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(apply->txn, ids[i], &own);
		if (e != OK)
			break;
		if (own->counted)
			space_sum_drop(s, &own->state);
		own->counted = own->dirty_state = false;
		own->dirty_record = true;
	}
	return e;
}

static enum err apply_close(struct apply *apply)
{
	struct space *s = apply->space;
	bool here = person_equal(apply->author.person, apply->txn->notebook->me.person);
	bool done = here ? s->closed_by_me : s->closed_by_them;
	(void)settle_end(apply, (struct id){0});
	*(here ? &s->closed_by_me : &s->closed_by_them) = true;
	space_touch(s);
	if (done)
		return here ? count_nothing(apply) : OK;
	struct partner *partner = people_partner(apply->txn, &s->partner);
	if (!here && partner != NULL) {
		/* Nothing of mine needs saying any more, not even that I end it too. */
		space_forget_ends(s);
		idset_clear(&s->follows);
		partner->state = PARTNER_LEFT;
		people_touch(apply->txn, partner);
		space_notice(s, "%s ended your pairing", partner->called);
	}
	return ending_close(apply->txn, s, &apply->author.person, NULL, apply->why);
}

/* A document comes back with own history that was called back here, when this store took
 * it for never sent. */
static enum err end_after_all(struct apply *apply, const struct entry_section *created)
{
	const struct notebook *notebook = apply->txn->notebook;
	CLEAN_ARENA struct arena arena = {0};
	struct section section = {0};
	struct document *document = NULL;
	bool unsaid = false;
	enum err e =
		space_is_unsaid(apply->txn, apply->space, created->document, &unsaid);
	if (e != OK || !unsaid)
		return e;
	if (section_decode(created->rest, notebook->schema, NULL, &arena, &section) ==
			OK &&
		document_create(&section, &apply->author, &document) == OK) {
		bool mine = document_may_end(
			document_head(document), &notebook->me.person, SECTION_TAKEBACK);
		space_add_end(apply->space,
			&(struct space_end){.document = created->document,
				.type = mine ? SECTION_TAKEBACK : SECTION_DROP});
		document_free(document);
	}
	section_head_release(&section.head);
	return space_set_ended(apply->txn, apply->space, created->document);
}

/* Entries come in causal order: what no section created, or only a void one, nobody can
 * change. */
static bool was_created(const struct leaf_own *own)
{
	return own != NULL &&
	       (own->leaf.sealed != NULL || own->leaf.incomplete || own->leaf.unread);
}

/* A section of a document that has not ended. */
static enum err apply_living(struct apply *apply, struct leaf_own *own,
	const struct entry_section *section, const struct section_head *head)
{
	if (head->type == SECTION_EDIT && !was_created(own))
		return void_section(apply);
	own = or_shell(apply, section->document, own);
	enum err e = draft_came_back(apply, own, head);
	return e == OK ? apply_content(apply, own, section->rest, head) : e;
}

static enum err apply_read(struct apply *apply, struct leaf_own *own, bool ended,
	const struct entry_section *section, const struct section_head *head)
{
	switch (head->type) {
	case SECTION_TAKEBACK:
	case SECTION_DROP:
		if (settle_end(apply, section->document))
			return space_set_ended(
				apply->txn, apply->space, section->document);
		return ended ? OK : apply_end(apply, section->document, own, head->type);
	case SECTION_CLOSE:
		return apply_close(apply);
	case SECTION_CREATE:
		return ended ? end_after_all(apply, section)
			     : apply_living(apply, own, section, head);
	case SECTION_EDIT:
		return ended ? OK : apply_living(apply, own, section, head);
	}
	return OK;
}

static enum err apply_section(struct apply *apply, const struct entry_section *section)
{
	struct leaf_own *own = NULL;
	bool ended = false;
	enum err e = space_ended(apply->txn, apply->space, section->document, &ended);
	if (e == OK && !ended)
		e = leaf_here(apply, section->document, &own);
	if (e == ERR_VOID)
		return void_section(apply);
	if (e == OK && section->withheld) {
		if (!ended)
			set_incomplete(
				apply->space, or_shell(apply, section->document, own));
		return OK;
	}
	struct section_head head;
	if (e == OK)
		e = section_peek(section->rest, &head);
	if (e != OK)
		return e;
	if (apply->came != NULL && by_partner(apply))
		apply->came->sections++;
	e = apply_read(apply, own, ended, section, &head);
	section_head_release(&head);
	return e;
}

/* The log as it is once this entry is in, and who wrote it having seen what. */
static void step_log(struct apply *apply, struct space_log *log)
{
	const struct apply_item *item = apply->item;
	for (size_t i = 0; i < item->entry.seen_count; i++)
		vector_set(&log->past, item->entry.seen[i].log, item->entry.seen[i].seq);
	log->seq = item->entry.seq;
	log->head = item->hash;
	log->lamport = item->lamport;
	space_touch(apply->space);
	apply->author = (struct author){.log = log->id,
		.entry = log->seq,
		.lamport = log->lamport,
		.person = log->person,
		.seen = &log->past};
}

static enum err apply_item(struct apply *apply)
{
	const struct apply_item *item = apply->item;
	struct space_log *log = space_find_log(apply->space, item->log);
	step_log(apply, log);
	apply->ops = 0;
	enum err e = OK;
	if (apply->bringer != BRINGER_STORE)
		e = space_put_entry(apply->txn, apply->space, item->log, &item->entry,
			&item->hash, item->lamport);
	for (size_t i = 0; e == OK && i < item->entry.section_count; i++)
		e = apply_section(apply, &item->entry.sections[i]);
	/* The author's own view includes the entry only once it is made. */
	log = space_find_log(apply->space, item->log);
	vector_set(&log->past, item->log, item->entry.seq);
	if (apply->came != NULL)
		apply->came->entries++;
	return e;
}

/* After a batch: where both wrote. */
static void look_for_places(struct apply *apply, const struct apply_came *came)
{
	for (size_t i = 0; i < came->document_count; i++) {
		struct leaf_own *own = NULL;
		if (leaf_load(apply->txn, came->documents[i], &own) != OK ||
			own->leaf.sealed == NULL || own->touched.count < 2)
			continue;
		CLEAN_ARENA struct arena arena = {0};
		struct mark *marks = NULL;
		size_t count = 0;
		document_marks(own->leaf.sealed, &arena, &marks, &count);
		own->both = count > 0;
		own->dirty_record = true;
	}
}

enum err apply_batch(struct notebook_txn *txn, struct space *space,
	struct apply_item *items, size_t count, enum bringer bringer,
	struct apply_came *came, struct why *why)
{
	struct apply_came own = {0};
	struct apply apply = {.txn = txn,
		.space = space,
		.bringer = bringer,
		.came = came != NULL ? came : &own,
		.why = why};
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count; i++) {
		if (items[i].known)
			continue;
		apply.item = &items[i];
		e = apply_item(&apply);
	}
	if (e == OK)
		look_for_places(&apply, apply.came);
	apply_came_release(&own);
	if (e != OK && why != NULL && why->text[0] == '\0')
		why_say(why, "entries could not be written: %s", err_text(e));
	return e;
}
