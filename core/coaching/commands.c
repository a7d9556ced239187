#include "core/coaching/commands.h"

#include <string.h>

#include "core/base/pack.h"
#include "core/base/tr.h"
#include "core/base/utf8.h"
#include "core/coaching/fields.h"
#include "core/coaching/schema.h"
#include "core/coaching/values.h"

/* ---- New documents */

/* A field of a document that is being made: nothing is written for NULL. */
static enum err write_new(struct notebook_txn *txn, struct id id, const char *name,
	struct bytes value, struct why *why)
{
	struct leaf *leaf;
	bool changed;
	enum err e = leaf_open(txn, id, &leaf, why);
	if (e != OK)
		return e;
	struct edit_words words = {
		.act = EDIT_SET,
		.field = kind_field(leaf->head->kind, bytes_text(name)),
		.value = value,
	};
	return coach_edit(txn, id, &words, &changed, why);
}

static enum err write_new_text(struct notebook_txn *txn, struct id id, const char *name,
	const char *value, struct why *why)
{
	return value != NULL ? write_new(txn, id, name, bytes_text(value), why) : OK;
}

static enum err new_document(
	struct notebook_txn *txn, const char *kind, struct id *out, struct why *why)
{
	struct leaf *leaf;
	enum err e = leaf_new(txn, coaching_kind(kind), &leaf, why);
	if (e == OK)
		*out = leaf->id;
	return e;
}

enum err coach_goal(struct notebook_txn *txn, const struct goal_words *words,
	struct id *out, struct why *why)
{
	if (utf8_blank(words->wish))
		return because(why, ERR_INVALID, "a goal needs a title");
	enum err e = new_document(txn, "goal", out, why);
	if (e == OK)
		e = write_new(txn, *out, "wish", words->wish, why);
	if (e == OK)
		e = write_new_text(txn, *out, "why", words->why, why);
	if (e == OK)
		e = write_new_text(txn, *out, "measured_by", words->measured_by, why);
	if (e == OK)
		e = write_new_text(txn, *out, "by", words->by, why);
	return e;
}

enum err coach_note(struct notebook_txn *txn, struct bytes body, const struct id *about,
	struct id *out, struct why *why)
{
	if (utf8_blank(body))
		return because(why, ERR_INVALID, "a note needs a text");
	enum err e = new_document(txn, "note", out, why);
	if (e == OK)
		e = write_new(txn, *out, "body", body, why);
	if (e != OK || about == NULL)
		return e;
	char text[ID_TEXT + 1];
	id_text(*about, text);
	return write_new_text(txn, *out, "about", text, why);
}

enum err coach_page(struct notebook_txn *txn, const char *title,
	const struct partner *partner, struct id *out, struct why *why)
{
	struct leaf *leaf;
	if (utf8_blank(bytes_text(title)))
		return because(why, ERR_INVALID, "a page needs a title");
	enum err e = leaf_new_together(
		txn, coaching_kind("page"), &partner->person, &leaf, why);
	if (e != OK)
		return e;
	*out = leaf->id;
	return write_new_text(txn, *out, "title", title, why);
}

/* ---- Edits */

/* A document open for one change of one field. */
struct edit {
	struct notebook_txn *txn;
	struct leaf *leaf;
	struct draft *draft;
	const struct field_schema *field;
	struct bytes key;
};

static struct bytes text_now(const struct edit *edit)
{
	struct view_field found;
	if (!fields_read(edit->txn, edit->leaf, edit->field, edit->key, &found))
		return (struct bytes){0};
	return found.items[0].value;
}

static enum err refuse_act(const struct edit *edit, struct why *why)
{
	static const char *const is[] = {
		[FIELD_REGISTER] = N_("one value: --set"),
		[FIELD_TEXT] = N_("a text: --set, --append, --text-file"),
		[FIELD_SET] = N_("a set: --add, --remove"),
		[FIELD_LOG] = N_("a list of records: --append, --remove"),
	};
	return because(why, ERR_REFUSED, "that cannot be done to %s: it is %s",
		edit->field->name, tr(is[edit->field->type]));
}

static enum err rewrite(
	const struct edit *edit, struct bytes from, struct bytes to, struct why *why)
{
	return draft_text(
		edit->draft, edit->leaf->sealed, edit->field, edit->key, from, to, why);
}

/* Nothing at all empties a register: a nil replaces what was there. */
static enum err set(const struct edit *edit, struct bytes value, struct why *why)
{
	CLEAN_BUF struct buf packed = {0};
	enum err e = OK;
	if (edit->field->type == FIELD_TEXT)
		return rewrite(edit, text_now(edit), value, why);
	if (edit->field->type != FIELD_REGISTER)
		return refuse_act(edit, why);
	if (value.len == 0)
		pack_nil(&packed);
	else
		e = value_read(edit->txn, edit->field, value, &packed, why);
	if (e != OK)
		return e;
	return draft_set(edit->draft, edit->leaf->sealed, edit->field, edit->key,
		buf_bytes(&packed), why);
}

static enum err add(const struct edit *edit, struct bytes value, struct why *why)
{
	CLEAN_BUF struct buf packed = {0};
	if (edit->field->type != FIELD_SET)
		return refuse_act(edit, why);
	enum err e = value_read(edit->txn, edit->field, value, &packed, why);
	if (e != OK)
		return e;
	return draft_add(edit->draft, edit->leaf->sealed, edit->field, edit->key,
		buf_bytes(&packed), why);
}

/* The record of a log that its id in base 32 names. */
static enum err void_record(const struct edit *edit, struct bytes value, struct why *why)
{
	uint8_t record[8];
	if (!base32_read((const char *)value.at, value.len, record, sizeof record))
		return because(why, ERR_INVALID,
			"\"%.*s\" is no record's id; show has them, 13 characters each",
			(int)(value.len < 40 ? value.len : 40), (const char *)value.at);
	return draft_void(edit->draft, edit->leaf->sealed, edit->field, record,
		&notebook_me(txn_notebook(edit->txn))->person, why);
}

static enum err remove_value(const struct edit *edit, struct bytes value, struct why *why)
{
	CLEAN_BUF struct buf packed = {0};
	if (edit->field->type == FIELD_LOG)
		return void_record(edit, value, why);
	if (edit->field->type != FIELD_SET)
		return refuse_act(edit, why);
	enum err e = value_read(edit->txn, edit->field, value, &packed, why);
	if (e != OK)
		return e;
	return draft_remove(edit->draft, edit->leaf->sealed, edit->field, edit->key,
		buf_bytes(&packed), why);
}

static enum err append_line(const struct edit *edit, struct bytes value, struct why *why)
{
	CLEAN_BUF struct buf to = {0};
	struct bytes from = text_now(edit);
	buf_add(&to, from);
	if (from.len > 0 && from.at[from.len - 1] != '\n')
		buf_add_u8(&to, '\n');
	buf_add(&to, value);
	return rewrite(edit, from, buf_bytes(&to), why);
}

static enum err append(const struct edit *edit, struct bytes value, struct why *why)
{
	if (edit->field->type == FIELD_TEXT)
		return append_line(edit, value, why);
	if (edit->field->type != FIELD_LOG)
		return refuse_act(edit, why);
	CLEAN_BUF struct buf packed = {0};
	uint8_t record[8];
	enum err e = record_read(edit->txn, edit->field, value, &packed, why);
	if (e != OK)
		return e;
	random_fill(record, sizeof record);
	return draft_append(edit->draft, edit->leaf->sealed, edit->field, record,
		buf_bytes(&packed), why);
}

static enum err act(
	const struct edit *edit, const struct edit_words *words, struct why *why)
{
	switch (words->act) {
	case EDIT_SET:
		return set(edit, words->value, why);
	case EDIT_ADD:
		return add(edit, words->value, why);
	case EDIT_REMOVE:
		return remove_value(edit, words->value, why);
	case EDIT_APPEND:
		return append(edit, words->value, why);
	case EDIT_REWRITE:
		if (edit->field->type != FIELD_TEXT)
			return refuse_act(edit, why);
		return rewrite(edit, words->base, words->value, why);
	}
	return ERR_INVALID;
}

/* What the field holds, as bytes to compare: items in their order, each with its length.
 */
static void field_state(const struct edit *edit, struct buf *out)
{
	struct view_field found;
	if (!fields_read(edit->txn, edit->leaf, edit->field, edit->key, &found))
		return;
	for (size_t i = 0; i < found.count; i++) {
		buf_add_u64(out, found.items[i].value.len);
		buf_add(out, found.items[i].value);
	}
}

enum err coach_edit(struct notebook_txn *txn, struct id document,
	const struct edit_words *words, bool *changed, struct why *why)
{
	struct edit edit = {.txn = txn, .key = words->key};
	enum err e = leaf_open(txn, document, &edit.leaf, why);
	if (e == OK)
		e = leaf_field(
			txn, edit.leaf, bytes_text(words->field->name), &edit.field, why);
	CLEAN_BUF struct buf before = {0}, after = {0};
	if (e == OK)
		field_state(&edit, &before);
	if (e == OK)
		e = leaf_draft(txn, edit.leaf, &edit.draft, why);
	if (e == OK)
		e = act(&edit, words, why);
	if (e != OK)
		return e;
	field_state(&edit, &after);
	*changed = !bytes_equal(buf_bytes(&before), buf_bytes(&after));
	return OK;
}

enum err coach_text(struct notebook_txn *txn, struct id document,
	const struct field_schema *field, struct bytes key, struct bytes *out,
	struct why *why)
{
	struct edit edit = {.txn = txn, .field = field, .key = key};
	enum err e = leaf_open(txn, document, &edit.leaf, why);
	if (e == OK && field->type != FIELD_TEXT)
		e = refuse_act(&edit, why);
	if (e == OK)
		*out = text_now(&edit);
	return e;
}
