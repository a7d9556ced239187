#include "core/coaching/after.h"

#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/schema.h"
#include "core/coaching/search.h"
#include "core/coaching/when.h"
#include "core/coaching/writing.h"

/* ---- Pages. */

static enum err find_page(
	struct notebook_txn *txn, struct id visit, struct id *out, struct why *why)
{
	struct leaf *leaf;
	*out = (struct id){{0}};
	enum err e = first_about(txn, "page", visit, &leaf, why);
	if (e == OK && leaf != NULL && !leaf->is_private)
		*out = leaf->id;
	return e;
}

static enum err new_together(struct notebook_txn *txn, const char *kind,
	const struct person_id *partner, struct id *out, struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_new_together(txn, coaching_kind(kind), partner, &leaf, why);
	if (e == OK)
		*out = leaf->id;
	return e;
}

enum err coach_debrief(struct notebook_txn *txn, struct id id, const struct pack *pack,
	struct id *out, bool *made, struct why *why)
{
	struct visit visit;
	*made = false;
	enum err e = visit_read(txn, id, &visit, why);
	if (e == OK && visit.state == VISIT_DRAFT)
		return because(why, ERR_REFUSED, "this visit was never sent");
	if (e == OK && visit.state == VISIT_DROPPED)
		return because(why, ERR_REFUSED, "this visit was dropped");
	if (e == OK)
		e = find_page(txn, id, out, why);
	if (e != OK || !id_is_zero(*out))
		return e;
	e = new_together(txn, "page", &visit.partner, out, why);
	if (e == OK)
		e = write_text(txn, *out, "topic", bytes_text("debrief"), why);
	if (e == OK)
		e = write_ref(txn, *out, "visit", id, why);
	if (e == OK)
		e = write_text(txn, *out, "pack", pack->id, why);
	const char *title = visit.focus[0] != '\0' ? visit.focus : visit.class_label;
	if (e == OK && title[0] != '\0')
		e = write_text(txn, *out, "title", bytes_text(title), why);
	*made = e == OK;
	return e;
}

enum err coach_answer(struct notebook_txn *txn, struct id document, struct bytes key,
	struct bytes text, struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_open(txn, document, &leaf, why);
	if (e != OK)
		return e;
	bool page = strcmp(leaf->head->kind->name, "page") == 0;
	if (!page && strcmp(leaf->head->kind->name, "reflection") != 0)
		return because(why, ERR_REFUSED, "a %s has no questions to answer",
			tr_in("kind", leaf->head->kind->name));
	return write_key(txn, document, page ? "section" : "answer", key, text, why);
}

/* ---- Steps and reflections. */

enum err coach_step(struct notebook_txn *txn, const struct step_words *words,
	struct id *out, struct why *why)
{
	struct moment moment;
	char by[WHEN_DAY] = "";
	enum err e = OK;
	if (words->what == NULL || utf8_blank(bytes_text(words->what)))
		return because(
			why, ERR_INVALID, "a step needs a text: what will you do?");
	if (words->by != NULL) {
		e = when_read(words->by, moment_now(), &moment, why);
		if (e != OK)
			return e;
		when_day_text(moment.day, by);
	}
	const struct {
		const char *name, *text;
	} texts[] = {{"what", words->what}, {"by", by},
		{"first_action", words->first_action}, {"know_by", words->know_by},
		{"state", "open"}};
	e = write_new(txn, "step", out, why);
	for (size_t i = 0; e == OK && i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].text != NULL)
			e = write_text(
				txn, *out, texts[i].name, bytes_text(texts[i].text), why);
	if (e == OK && !id_is_zero(words->visit))
		e = write_ref(txn, *out, "visit", words->visit, why);
	return e;
}

enum err coach_reflection(struct notebook_txn *txn, struct id visit,
	const struct pack *pack, struct id *out, struct why *why)
{
	enum err e = write_new(txn, "reflection", out, why);
	if (e == OK && !id_is_zero(visit))
		e = write_ref(txn, *out, "visit", visit, why);
	if (e == OK)
		e = write_text(txn, *out, "pack", pack->id, why);
	return e;
}

/* ---- Agreeing. */

static void hash_values(struct notebook_txn *txn, const struct leaf *leaf,
	const struct field_schema *field, struct bytes key, struct hasher *h)
{
	struct bytes text = {0};
	struct reading values = {0};
	CLEAN_BUF struct buf packed = {0};
	if (field->type == FIELD_TEXT) {
		(void)read_text(
			leaf->sealed, leaf->draft, field, key, txn_arena(txn), &text);
		pack_text(&packed, text);
	} else {
		read_values(
			leaf->sealed, leaf->draft, field, key, txn_arena(txn), &values);
		pack_array(&packed, values.count);
		for (size_t i = 0; i < values.count; i++)
			buf_add(&packed, values.items[i].value);
	}
	hasher_add(h, buf_bytes(&packed));
}

struct hash agreed_hash(struct notebook_txn *txn, const struct leaf *leaf)
{
	const struct kind_schema *kind = leaf->head->kind;
	struct hasher h;
	struct hash out;
	hasher_init(&h);
	hasher_add_text(&h, "kith/agreed/1");
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field_schema *field = &kind->fields[i];
		struct bytes *keys, none = {0};
		size_t count = 1;
		if (field->who != WHO_EDIT)
			continue;
		if (field->family)
			read_keys(leaf->sealed, leaf->draft, field, txn_arena(txn), &keys,
				&count);
		else
			keys = &none;
		for (size_t k = 0; k < count; k++) {
			CLEAN_BUF struct buf name = {0};
			pack_cstr(&name, field->name);
			pack_text(&name, keys[k]);
			hasher_add(&h, buf_bytes(&name));
			hash_values(txn, leaf, field, keys[k], &h);
		}
	}
	hasher_end(&h, out.b, sizeof out.b);
	return out;
}

static const char *agree_field(const struct leaf *leaf)
{
	if (strcmp(leaf->head->kind->name, "page") == 0)
		return "agreed";
	return strcmp(leaf->head->kind->name, "agreement") == 0 ? "signed" : NULL;
}

static bool is_past(struct notebook_txn *txn, const struct leaf *leaf)
{
	char today[WHEN_DAY];
	struct bytes review = have_text(txn, leaf, "review");
	when_day_text(moment_now().day, today);
	return review.len == sizeof today - 1 && memcmp(review.at, today, review.len) < 0;
}

enum err agreed_read(
	struct notebook_txn *txn, struct id document, struct agreed *out, struct why *why)
{
	struct leaf *leaf;
	struct reading log;
	*out = (struct agreed){0};
	enum err e = leaf_open(txn, document, &leaf, why);
	if (e != OK)
		return e;
	if (agree_field(leaf) == NULL)
		return because(why, ERR_REFUSED, "nobody agrees to a %s",
			tr_in("kind", leaf->head->kind->name));
	struct hash now = agreed_hash(txn, leaf);
	have_all(txn, leaf, agree_field(leaf), &log);
	for (size_t i = 0; i < log.count; i++) {
		struct pack_reader r = pack_read(log.items[i].value);
		struct hash then;
		if (pack_read_map(&r, 1) != 1)
			continue;
		(void)pack_read_text(&r, 16);
		pack_read_fixed(&r, then.b, sizeof then.b);
		if (r.failed || !hash_equal(&then, &now))
			continue;
		bool mine = log.items[i].is_draft ||
			    person_equal(log.items[i].by,
				    notebook_me(txn_notebook(txn))->person);
		*(mine ? &out->by_me : &out->by_them) = true;
	}
	out->lapsed = is_past(txn, leaf);
	return OK;
}

static enum err check_single(
	struct notebook_txn *txn, const struct leaf *leaf, struct why *why)
{
	const struct kind_schema *kind = leaf->head->kind;
	for (size_t i = 0; i < kind->field_count; i++) {
		struct reading values = {0};
		if (kind->fields[i].type != FIELD_REGISTER ||
			kind->fields[i].who != WHO_EDIT)
			continue;
		read_values(leaf->sealed, leaf->draft, &kind->fields[i],
			(struct bytes){0}, txn_arena(txn), &values);
		if (values.count > 1)
			return because(why, ERR_REFUSED,
				"you both wrote \"%s\": settle it first (kith "
				"both-wrote)",
				kind->fields[i].name);
	}
	return OK;
}

enum err coach_agree(struct notebook_txn *txn, struct id document, struct why *why)
{
	struct leaf *leaf;
	struct agreed agreed;
	enum err e = agreed_read(txn, document, &agreed, why);
	if (e == OK)
		e = leaf_open(txn, document, &leaf, why);
	if (e == OK)
		e = check_single(txn, leaf, why);
	if (e != OK || agreed.by_me)
		return e;
	struct hash now = agreed_hash(txn, leaf);
	struct part part = {.name = "hash", .hash = now.b};
	return write_record(txn, document, agree_field(leaf), &part, 1, NULL, why);
}

/* ---- The agreement. */

static const struct {
	const char *field, *sentence;
} sentences[] = {
	{"purpose",
		N_("We visit each other to learn, not to judge. Nothing in here is an "
		   "evaluation.")},
	{"looking_at", N_("Each says beforehand what to look at; we look at that.")},
	{"manners",
		N_("What was seen comes first, and the one who taught says first what it "
		   "means.")},
	{"naming", N_("Pupils are seats, never names.")},
	{"hearers", N_("Nobody else hears of it unless we both want that.")},
	{"safeguarding",
		N_("If a child may be in danger, we tell the school's safeguarding "
		   "lead, outside kith.")},
};

enum err coach_agreement(struct notebook_txn *txn, const struct partner *partner,
	struct id *out, bool *made, struct why *why)
{
	struct leaf *leaf;
	*made = false;
	enum err e =
		first_of(txn, "agreement", is_with_person, &partner->person, &leaf, why);
	if (e == OK && leaf != NULL) {
		*out = leaf->id;
		return OK;
	}
	if (e == OK)
		e = new_together(txn, "agreement", &partner->person, out, why);
	for (size_t i = 0; e == OK && i < sizeof sentences / sizeof sentences[0]; i++)
		e = write_text(txn, *out, sentences[i].field,
			bytes_text(tr(sentences[i].sentence)), why);
	struct moment review = {.day = day_of(day_number(moment_now().day) + 365)};
	char day[WHEN_DAY];
	when_day_text(review.day, day);
	if (e == OK)
		e = write_int(txn, *out, "keep_months", 12, why);
	if (e == OK)
		e = write_text(txn, *out, "review", bytes_text(day), why);
	*made = e == OK;
	return e;
}
