#include "core/notebook/check.h"

#include <string.h>

#include "core/notebook/card_page.h"
#include "core/notebook/internal.h"
#include "core/notebook/words_page.h"
#include "core/store/care.h"

void notebook_findings_release(struct notebook_findings *findings)
{
	mem_free(findings->items);
	*findings = (struct notebook_findings){0};
}

/* Each thing is said once; how often it was met is counted. */
static void found(struct notebook_findings *findings, enum finding_what what,
	struct id document, const struct partner *partner, uint64_t count)
{
	struct finding finding = {.what = what, .document = document, .count = count};
	if (partner != NULL)
		memcpy(finding.partner,
			partner->called[0] != '\0' ? partner->called : partner->name,
			sizeof finding.partner);
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *item = &findings->items[i];
		if (item->what == what && id_equal(item->document, document) &&
			strcmp(item->partner, finding.partner) == 0) {
			item->count += count;
			return;
		}
	}
	findings->items = mem_grow(findings->items, findings->count, &findings->cap,
		sizeof *findings->items);
	findings->items[findings->count++] = finding;
}

static const struct id no_document;

/* ---- The records. */

static enum err check_store(
	struct notebook *notebook, struct notebook_findings *findings, struct why *why)
{
	struct store_findings store;
	enum err e = store_check(notebook->store, &store, why);
	findings->records = store.records;
	findings->bytes = store.bytes;
	if (store.own_damaged > 0)
		found(findings, FINDING_STORE, no_document, NULL, store.own_damaged);
	if (store.strangers > 0)
		found(findings, FINDING_STRANGERS, no_document, NULL, store.strangers);
	for (size_t i = 0; i < store.damaged_count; i++) {
		struct id id = store.damaged[i];
		bool is_page = card_page_is(notebook, id) || words_page_is(notebook, id);
		found(findings, is_page ? FINDING_PAGES : FINDING_DOCUMENT,
			is_page ? no_document : id, NULL, 1);
	}
	store_findings_release(&store);
	return e;
}

/* ---- A pair's space. */

struct space_check {
	struct notebook_txn *txn;
	struct notebook_findings *findings;
	struct partner *partner;
	struct space *space; /* NULL: it does not read */
	size_t drafts;       /* documents met with unsent work */
};

/* A section that is neither withheld nor of an ended document has to be here. */
static void check_section(struct space_check *check, const struct entry_section *section)
{
	struct leaf_own *own = NULL;
	bool ended = false;
	if (!section->withheld || id_is_zero(section->document) ||
		space_ended(check->txn, check->space, section->document, &ended) != OK ||
		ended || leaf_load(check->txn, section->document, &own) != OK ||
		own->leaf.sealed == NULL || own->leaf.incomplete)
		return;
	found(check->findings, FINDING_SECTION, section->document, check->partner, 1);
}

/* The entry under its own hash, which goes on from `hash`. */
static void check_entry(struct space_check *check, const struct space_log *log,
	uint64_t seq, struct hash *hash)
{
	struct kept_entry kept;
	enum err e = space_get_entry(check->txn, check->space, log->id, seq, true, &kept);
	if (e == OK) {
		struct hash afresh =
			entry_hash(&kept.entry, check->space->id, log->id, hash);
		for (size_t i = 0; i < kept.entry.section_count; i++)
			check_section(check, &kept.entry.sections[i]);
		if (!hash_equal(&afresh, &kept.hash))
			e = ERR_DAMAGED;
		*hash = kept.hash; /* one altered entry is one finding */
	}
	kept_entry_release(&kept);
	check->findings->entries++;
	if (e != OK)
		found(check->findings, FINDING_ENTRY, no_document, check->partner, 1);
}

static void check_logs(struct space_check *check)
{
	for (size_t i = 0; i < check->space->log_count; i++) {
		const struct space_log *log = &check->space->logs[i];
		struct hash hash = {{0}};
		for (uint64_t seq = 1; seq <= log->seq; seq++)
			check_entry(check, log, seq, &hash);
		if (log->seq > 0 && !hash_equal(&hash, &log->head))
			found(check->findings, FINDING_ENTRY, no_document, check->partner,
				1);
	}
}

/* ---- A document. */

static struct space_check *check_of(
	struct space_check *checks, size_t count, struct id id)
{
	for (size_t i = 0; i < count; i++)
		if (checks[i].space != NULL && id_equal(checks[i].space->id, id))
			return &checks[i];
	return NULL;
}

static void check_state(struct space_check *check, const struct leaf_own *own)
{
	struct hash state;
	if (!own->counted || own->leaf.sealed == NULL)
		return;
	leaf_state(check->space, own, &state);
	if (!hash_equal(&state, &own->state))
		found(check->findings, FINDING_STATE, own->leaf.id, check->partner, 1);
	space_sum_drop(check->space, &own->state); /* in this look alone */
}

static void check_draft(struct space_check *check, const struct leaf_own *own)
{
	bool is_new = own->leaf.sealed == NULL;
	bool work =
		own->leaf.draft != NULL && (is_new || !draft_is_empty(own->leaf.draft));
	check->drafts += work;
	if (work != idset_has(&check->space->drafts, own->leaf.id))
		found(check->findings, FINDING_DRAFT, own->leaf.id, check->partner, 1);
}

static void check_link(struct space_check *check, const struct leaf_own *own)
{
	struct leaf_copy *links = NULL;
	size_t count = 0;
	if (id_is_zero(own->leaf.master))
		return;
	enum err e = leaf_links(check->txn, own->leaf.master, &links, &count);
	for (size_t i = 0; e == OK && i < count; i++)
		if (id_equal(links[i].document, own->leaf.id))
			return;
	found(check->findings, FINDING_LINK, own->leaf.id, check->partner, 1);
}

static void check_document(struct notebook_txn *txn, struct notebook_findings *findings,
	struct space_check *checks, size_t count, struct id id)
{
	struct leaf_own *own = NULL;
	enum err e = leaf_load(txn, id, &own);
	if (e == ERR_NOT_FOUND) /* of which only hashes are here */
		return;
	findings->documents++;
	if (e != OK) {
		found(findings, FINDING_DOCUMENT, id, NULL, 1);
		return;
	}
	if (own->leaf.is_private)
		return;
	struct space_check *check = check_of(checks, count, own->leaf.space);
	if (check == NULL) {
		found(findings, FINDING_DOCUMENT, id, NULL, 1);
		return;
	}
	check_state(check, own);
	check_draft(check, own);
	check_link(check, own);
}

/* ---- All of it. */

static void begin_spaces(struct notebook_txn *txn, struct notebook_findings *findings,
	struct partner *partners, size_t count, struct space_check *checks)
{
	for (size_t i = 0; i < count; i++) {
		struct space_check *check = &checks[i];
		*check = (struct space_check){
			.txn = txn, .findings = findings, .partner = &partners[i]};
		if (space_open(txn, partners[i].space, &check->space) == OK)
			continue;
		check->space = NULL;
		found(findings, FINDING_SPACE, no_document, check->partner, 1);
	}
}

/* What its documents took from the sum, and the ends that wait to be said, was all. */
static void end_space(struct space_check *check)
{
	static const uint8_t nothing[sizeof check->space->sum];
	if (check->space == NULL)
		return;
	if (check->drafts < check->space->drafts.count)
		found(check->findings, FINDING_DRAFT, no_document, check->partner,
			check->space->drafts.count - check->drafts);
	space_forget_ends(check->space);
	if (memcmp(check->space->sum, nothing, sizeof nothing) != 0)
		found(check->findings, FINDING_STATE, no_document, check->partner, 1);
	check_logs(check);
}

static enum err check_content(
	struct notebook_txn *txn, struct notebook_findings *findings, struct why *why)
{
	struct partner *partners = NULL;
	const struct id *ids;
	size_t partner_count = 0, count = 0;
	enum err e = people_partners(txn, &partners, &partner_count);
	if (e == ERR_DAMAGED || e == ERR_NOT_FOUND) {
		found(findings, FINDING_STORE, no_document, NULL, 1);
		e = OK;
		partner_count = 0;
	}
	if (e == OK)
		e = leaf_all(txn, &ids, &count, why);
	if (e != OK)
		return because(why, e, "the notebook cannot be read: %s", err_text(e));
	struct space_check *checks =
		arena_array(&txn->arena, partner_count, sizeof *checks);
	begin_spaces(txn, findings, partners, partner_count, checks);
	for (size_t i = 0; i < count; i++)
		check_document(txn, findings, checks, partner_count, ids[i]);
	for (size_t i = 0; i < partner_count; i++)
		end_space(&checks[i]);
	return OK;
}

enum err notebook_check(
	struct notebook *notebook, struct notebook_findings *findings, struct why *why)
{
	*findings = (struct notebook_findings){0};
	CLEANUP(notebook_abortp) struct notebook_txn *txn = NULL;
	enum err e = check_store(notebook, findings, why);
	if (e == OK)
		e = notebook_look(notebook, &txn, why);
	if (e == OK)
		e = check_content(txn, findings, why);
	if (e != OK)
		notebook_findings_release(findings);
	return e;
}
