#include "core/notebook/apply.h"

#include <stdlib.h>
#include <string.h>

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
	came->documents = mem_grow(came->documents, came->document_count, &came->document_cap,
		sizeof *came->documents);
	came->documents[came->document_count++] = document;
}

/* ---- Verifying. What each log will be like after the entries before, of this batch. */

struct seen_entry {
	struct hash hash;
	uint64_t lamport;
};

struct check_log {
	const struct space_log *log;
	uint64_t seq, lamport;
	struct hash head;
	struct vector past;
	/* The entries of this batch, from number `first` on. */
	uint64_t first;
	struct seen_entry *entries;
	size_t count, cap;
};

struct check {
	struct notebook_txn *txn;
	struct space *space;
	enum bringer bringer;
	struct check_log *logs;
	size_t count;
	struct log_id *fork;
	struct why *why;
};

static void check_begin(struct check *check)
{
	check->count = check->space->log_count;
	check->logs = mem_array(check->count, sizeof *check->logs);
	for (size_t i = 0; i < check->count; i++) {
		const struct space_log *log = &check->space->logs[i];
		check->logs[i] = (struct check_log){.log = log,
			.seq = log->seq,
			.lamport = log->lamport,
			.head = log->head,
			.first = log->seq + 1};
		vector_copy(&check->logs[i].past, &log->past);
	}
}

static void check_end(struct check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		vector_release(&check->logs[i].past);
		mem_free(check->logs[i].entries);
	}
	mem_free(check->logs);
}

static struct check_log *check_log(struct check *check, struct log_id id)
{
	for (size_t i = 0; i < check->count; i++)
		if (log_id_equal(check->logs[i].log->id, id))
			return &check->logs[i];
	return NULL;
}

/* The hash and lamport of an entry that is here, or comes in this batch. */
static enum err check_entry(
	struct check *check, const struct check_log *log, uint64_t seq, struct seen_entry *out)
{
	if (seq >= log->first) {
		*out = log->entries[seq - log->first];
		return OK;
	}
	if (seq == log->log->seq) {
		*out = (struct seen_entry){log->log->head, log->log->lamport};
		return OK;
	}
	struct kept_entry kept;
	enum err e = space_get_entry(check->txn, check->space, log->log->id, seq, false, &kept);
	if (e == OK)
		*out = (struct seen_entry){kept.hash, kept.lamport};
	kept_entry_release(&kept);
	return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
}

static enum err forked(struct check *check, const struct check_log *log)
{
	*check->fork = log->log->id;
	return because(check->why, ERR_FORK,
		"two histories of one notebook met: a copy of a folder was used, or a backup");
}

/* What the author says to have seen: held here, under the same hashes, and more than
 * before. */
static enum err check_seen(
	struct check *check, struct check_log *log, struct apply_item *item, uint64_t *lamport)
{
	const struct entry *entry = &item->entry;
	for (size_t i = 0; i < entry->seen_count; i++) {
		const struct entry_seen *seen = &entry->seen[i];
		struct check_log *other = check_log(check, seen->log);
		if (other == NULL || seen->seq > other->seq)
			return because(check->why, ERR_GAP,
				"an entry names one that did not come with it");
		if (other == log || seen->seq <= vector_get(&log->past, seen->log))
			return because(check->why, ERR_CORRUPT,
				"an entry says again what it had seen before");
		struct seen_entry there;
		enum err e = check_entry(check, other, seen->seq, &there);
		if (e != OK)
			return e;
		if (memcmp(there.hash.b, seen->hash, sizeof seen->hash) != 0)
			return forked(check, other);
		if (there.lamport > *lamport)
			*lamport = there.lamport;
	}
	for (size_t i = 0; i < entry->seen_count; i++)
		vector_set(&log->past, entry->seen[i].log, entry->seen[i].seq);
	return OK;
}

/* Who may bring entries of this log (SECURITY §5.1). */
static enum err check_authority(
	struct check *check, const struct check_log *log, const struct apply_item *item)
{
	const struct me *me = &check->txn->notebook->me;
	bool mine = person_equal(log->log->person, me->person);
	if (!mine && check->bringer == BRINGER_ME)
		return ERR_REFUSED;
	if (!mine || check->bringer != BRINGER_PARTNER)
		return OK;
	uint8_t mac[16];
	entry_own_mac(&me->log_mac, &item->hash, mac);
	if (!secret_equal(mac, item->entry.own_mac, sizeof mac))
		return because(check->why, ERR_AUTH,
			"words came back as yours that you never wrote");
	return OK;
}

static enum err check_known(struct check *check, const struct check_log *log,
	struct apply_item *item)
{
	/* The hash of an entry needs the one before it. */
	struct seen_entry before = {0}, here;
	enum err e = item->entry.seq > 1
		? check_entry(check, log, item->entry.seq - 1, &before)
		: OK;
	if (e == OK)
		e = check_entry(check, log, item->entry.seq, &here);
	if (e != OK)
		return e;
	item->known = true;
	item->lamport = here.lamport;
	item->hash = entry_hash(&item->entry, check->space->id, item->log, &before.hash);
	return hash_equal(&item->hash, &here.hash) ? OK : forked(check, log);
}

static enum err check_item(struct check *check, struct apply_item *item)
{
	struct check_log *log = check_log(check, item->log);
	if (log == NULL)
		return because(check->why, ERR_REFUSED, "an entry of an unknown log came");
	item->known = false;
	if (item->entry.seq <= log->seq)
		return check_known(check, log, item);
	if (item->entry.seq != log->seq + 1)
		return because(check->why, ERR_GAP, "an entry came before the one it follows");
	item->hash = entry_hash(&item->entry, check->space->id, item->log, &log->head);
	enum err e = check_authority(check, log, item);
	uint64_t lamport = log->lamport;
	if (e == OK)
		e = check_seen(check, log, item, &lamport);
	if (e != OK)
		return e;
	item->lamport = lamport + 1;
	log->seq = item->entry.seq;
	log->lamport = item->lamport;
	log->head = item->hash;
	vector_set(&log->past, item->log, log->seq);
	log->entries = mem_grow(log->entries, log->count, &log->cap, sizeof *log->entries);
	log->entries[log->count++] = (struct seen_entry){item->hash, item->lamport};
	return OK;
}

/* All that one entry may hold (DESIGN §4.7), and every section whole. */
static enum err check_sections(struct check *check, const struct apply_item *item)
{
	for (size_t i = 0; i < item->entry.section_count; i++) {
		const struct entry_section *section = &item->entry.sections[i];
		if (section->withheld)
			continue;
		struct section_head head;
		enum err e = section_peek(section->rest, &head);
		section_head_release(&head);
		if (e != OK)
			return because(check->why, e,
				"a change came that cannot be read: nothing was changed");
	}
	return OK;
}

enum err apply_check(struct notebook_txn *txn, struct space *space, struct apply_item *items,
	size_t count, enum bringer bringer, struct log_id *fork, struct why *why)
{
	struct check check = {
		.txn = txn, .space = space, .bringer = bringer, .fork = fork, .why = why};
	check_begin(&check);
	enum err e = OK;
	for (size_t i = 0; e == OK && i < count; i++) {
		e = check_item(&check, &items[i]);
		if (e == OK)
			e = check_sections(&check, &items[i]);
	}
	check_end(&check);
	return e;
}

/* ---- Applying. */

struct apply {
	struct notebook_txn *txn;
	struct space *space;
	enum bringer bringer;
	const struct apply_item *item;
	struct author author;
	struct apply_came *came;
	struct why *why;
};

static const char *partner_called(struct apply *apply)
{
	const struct partner *p = people_partner(apply->txn, &apply->space->partner);
	return p != NULL ? p->called : "your partner";
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

/* The leaf, or a shell of one where only hashes or unread words of it are here. */
static enum err leaf_or_shell(struct apply *apply, struct id document, struct leaf_own **out)
{
	enum err e = leaf_load(apply->txn, document, out);
	if (e != ERR_NOT_FOUND)
		return e;
	*out = leaf_add(apply->txn, document, apply->space->id);
	return OK;
}

static void touched(struct apply *apply, struct leaf_own *own)
{
	vector_set(&own->touched, apply->item->log, apply->item->entry.seq);
	own->dirty_state = own->dirty_record = true;
	if (apply->came != NULL)
		note_document(apply->came, own->leaf.id);
}

/* The very draft that was sealed in the history which now comes back: what stands in it since
 * is kept beside it (DESIGN §5). */
static enum err draft_came_back(
	struct apply *apply, struct leaf_own *own, const struct section_head *head)
{
	if (apply->bringer != BRINGER_PARTNER || by_partner(apply) || own->leaf.draft == NULL ||
		id_is_zero(head->draft) || !id_equal(draft_id(own->leaf.draft), head->draft))
		return OK;
	CLEAN_BUF struct buf words = {0};
	document_words(
		own->leaf.sealed, own->leaf.draft, &apply->txn->notebook->me.person, &words);
	enum err e = leaf_note(apply->txn, buf_bytes(&words), apply->why);
	draft_free(own->leaf.draft);
	own->leaf.draft = NULL;
	own->dirty_draft = true;
	return e;
}

static bool is_of_pair(const struct apply *apply, const struct person_id *person)
{
	return person_equal(*person, apply->space->partner) ||
	       person_equal(*person, apply->txn->notebook->me.person);
}

static enum err apply_create(
	struct apply *apply, struct leaf_own *own, const struct section *section)
{
	struct id id = entry_document_id(apply->item->log, section->nonce);
	struct document *document = NULL;
	if (!id_equal(id, own->leaf.id) || own->leaf.sealed != NULL ||
		!is_of_pair(apply, &section->owner) ||
		document_create(section, &apply->author, &document) != OK) {
		if (own->fresh && own->leaf.draft == NULL)
			own->erased = true;
		return void_section(apply);
	}
	draft_free(own->leaf.draft);
	own->leaf.draft = NULL;
	own->dirty_draft = true;
	own->leaf.sealed = document;
	if (own->leaf.shared_s == 0)
		own->leaf.shared_s = apply->txn->now_s;
	leaf_place(apply->txn, own);
	touched(apply, own);
	if (apply->bringer != BRINGER_PARTNER || by_partner(apply))
		return OK;
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
	enum err e = document_apply(own->leaf.sealed, section, &apply->author,
		apply->space->own, draft);
	if (e == ERR_VOID)
		return void_section(apply);
	if (e != OK)
		return because(apply->why, e, "a change cannot be applied: %s", err_text(e));
	if (draft != NULL)
		own->dirty_draft = true;
	touched(apply, own);
	return OK;
}

static enum err apply_content(struct apply *apply, struct leaf_own *own, struct bytes rest,
	const struct section_head *head)
{
	CLEAN_ARENA struct arena arena = {0};
	struct section section = {0};
	if (own->leaf.unread)
		return OK; /* waits with the others: apply_waiting() */
	if (own->leaf.incomplete) {
		vector_set(&own->touched, apply->item->log, apply->item->entry.seq);
		return OK; /* waits until what is missing was fetched: apply_replay() */
	}
	const struct kind_schema *kind = own->leaf.sealed != NULL &&
			head->type == SECTION_EDIT
		? document_head(own->leaf.sealed)->kind
		: NULL;
	if (kind == NULL && head->type == SECTION_EDIT) {
		set_incomplete(apply->space, own);
		return OK;
	}
	enum err e = section_decode(rest, apply->txn->notebook->schema, kind, &arena, &section);
	if (e == ERR_UNREAD) {
		set_unread(apply, own);
		e = OK;
	} else if (e == ERR_VOID) {
		e = void_section(apply);
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

static enum err apply_end(
	struct apply *apply, struct id document, enum section_type type)
{
	struct leaf_own *own = NULL;
	bool ended = false;
	enum err e = space_ended(apply->txn, apply->space, document, &ended);
	if (e != OK || ended)
		return e;
	e = leaf_load(apply->txn, document, &own);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (e == OK && own->leaf.sealed != NULL &&
		!document_may_end(document_head(own->leaf.sealed), &apply->author.person, type))
		return void_section(apply);
	if (apply->came != NULL)
		note_document(apply->came, document);
	return ending_apply(apply->txn, apply->space, document, type, &apply->author.person,
		apply->bringer == BRINGER_ME, apply->why);
}

/* What ends a document, sealed here: the user decided it before; it counts from now on. */
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

static enum err apply_close(struct apply *apply)
{
	struct space *s = apply->space;
	bool here = person_equal(apply->author.person, apply->txn->notebook->me.person);
	bool done = here ? s->closed_by_me : s->closed_by_them;
	(void)settle_end(apply, (struct id){0});
	*(here ? &s->closed_by_me : &s->closed_by_them) = true;
	space_touch(s);
	if (done)
		return OK;
	struct partner *partner = people_partner(apply->txn, &s->partner);
	if (!here && partner != NULL && partner->state != PARTNER_LEAVING) {
		partner->state = PARTNER_LEFT;
		people_touch(apply->txn, partner);
		space_notice(s, "%s ended your pairing", partner->called);
	}
	return ending_close(apply->txn, s, &apply->author.person, apply->why);
}

static enum err apply_section(struct apply *apply, const struct entry_section *section)
{
	struct leaf_own *own = NULL;
	bool ended = false;
	enum err e = space_ended(apply->txn, apply->space, section->document, &ended);
	if (e != OK)
		return e;
	if (section->withheld) {
		if (ended)
			return OK;
		e = leaf_or_shell(apply, section->document, &own);
		if (e == OK)
			set_incomplete(apply->space, own);
		return e;
	}
	struct section_head head;
	e = section_peek(section->rest, &head);
	if (e != OK)
		return e;
	if (apply->came != NULL && by_partner(apply))
		apply->came->sections++;
	switch (head.type) {
	case SECTION_TAKEBACK:
	case SECTION_DROP:
		if (settle_end(apply, section->document))
			e = space_set_ended(apply->txn, apply->space, section->document);
		else
			e = apply_end(apply, section->document, head.type);
		break;
	case SECTION_CLOSE:
		e = apply_close(apply);
		break;
	case SECTION_CREATE:
	case SECTION_EDIT:
		if (ended)
			break;
		e = leaf_or_shell(apply, section->document, &own);
		if (e == OK)
			e = draft_came_back(apply, own, &head);
		if (e == OK)
			e = apply_content(apply, own, section->rest, &head);
		break;
	}
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

enum err apply_batch(struct notebook_txn *txn, struct space *space, struct apply_item *items,
	size_t count, enum bringer bringer, struct apply_came *came, struct why *why)
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
		(void)because(why, e, "entries could not be written: %s", err_text(e));
	return e;
}

/* ---- Order and replay. */

static int by_lamport(const void *a, const void *b)
{
	const struct place_in_log *x = a, *y = b;
	if (x->lamport != y->lamport)
		return x->lamport < y->lamport ? -1 : 1;
	int order = log_id_compare(x->log, y->log);
	if (order != 0)
		return order;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

enum err apply_order(struct notebook_txn *txn, struct space *space, const struct vector *after,
	struct place_in_log **out, size_t *count)
{
	size_t total = 0;
	for (size_t i = 0; i < space->log_count; i++) {
		uint64_t had = vector_get(after, space->logs[i].id);
		if (space->logs[i].seq > had)
			total += (size_t)(space->logs[i].seq - had);
	}
	*out = arena_array(&txn->arena, total, sizeof **out);
	*count = 0;
	for (size_t i = 0; i < space->log_count; i++) {
		struct space_log *log = &space->logs[i];
		for (uint64_t seq = vector_get(after, log->id) + 1; seq <= log->seq; seq++) {
			struct kept_entry kept;
			enum err e = space_get_entry(txn, space, log->id, seq, false, &kept);
			uint64_t lamport = kept.lamport;
			kept_entry_release(&kept);
			if (e != OK)
				return e == ERR_NOT_FOUND ? ERR_DAMAGED : e;
			(*out)[(*count)++] = (struct place_in_log){log->id, seq, lamport};
		}
	}
	if (*count > 1)
		qsort(*out, *count, sizeof **out, by_lamport);
	return OK;
}

static enum err forget_sealed(struct notebook_txn *txn, struct space *space, struct why *why)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(txn, space->id, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(txn, ids[i], &own);
		if (e != OK)
			break;
		if (own->counted)
			space_sum_drop(space, &own->state);
		own->counted = false;
		if (own->leaf.incomplete)
			space->incomplete--;
		if (own->leaf.unread)
			space->unread--;
		own->leaf.incomplete = own->leaf.unread = false;
		document_free(own->leaf.sealed);
		own->leaf.sealed = NULL;
		vector_release(&own->touched);
		own->dirty_record = true;
	}
	for (size_t i = 0; i < space->log_count; i++) {
		space->logs[i].seq = space->logs[i].lamport = 0;
		space->logs[i].head = (struct hash){0};
		vector_release(&space->logs[i].past);
	}
	space_touch(space);
	return e;
}

/* A draft whose ground changed under it cannot be laid over it any more: a note keeps it. */
static enum err keep_drafts(struct notebook_txn *txn, struct space *space, struct why *why)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum err e = ending_documents(txn, space->id, &ids, &count, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct leaf_own *own = NULL;
		e = leaf_load(txn, ids[i], &own);
		if (e != OK || own->leaf.draft == NULL || !own->leaf.incomplete ||
			draft_head(own->leaf.draft) != NULL)
			continue;
		CLEAN_BUF struct buf words = {0};
		document_words(NULL, own->leaf.draft, &txn->notebook->me.person, &words);
		e = leaf_note(txn, buf_bytes(&words), why);
		draft_free(own->leaf.draft);
		own->leaf.draft = NULL;
		own->dirty_draft = true;
	}
	return e;
}

enum err apply_replay(struct notebook_txn *txn, struct space *space, struct why *why)
{
	static const struct vector nothing;
	struct place_in_log *order = NULL;
	size_t count = 0;
	enum err e = apply_order(txn, space, &nothing, &order, &count);
	if (e == OK)
		e = forget_sealed(txn, space, why);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct kept_entry kept;
		e = space_get_entry(txn, space, order[i].log, order[i].seq, true, &kept);
		if (e == OK) {
			struct apply_item item = {.log = order[i].log,
				.entry = kept.entry,
				.hash = kept.hash,
				.lamport = kept.lamport};
			e = apply_batch(txn, space, &item, 1, BRINGER_STORE, NULL, why);
		}
		kept_entry_release(&kept);
	}
	if (e == OK)
		e = keep_drafts(txn, space, why);
	return e;
}

enum err apply_waiting(struct notebook_txn *txn, struct why *why)
{
	struct partner *partners = NULL;
	size_t count = 0;
	enum err e = people_partners(txn, &partners, &count);
	for (size_t i = 0; e == OK && i < count; i++) {
		struct space *space = NULL;
		e = space_open(txn, partners[i].space, &space);
		if (e == OK && space->unread > 0)
			e = apply_replay(txn, space, why);
	}
	return e;
}
